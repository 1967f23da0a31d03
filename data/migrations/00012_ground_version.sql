-- +goose Up

-- Tiles of the ground stay what they are while people, visits and plans change,
-- so their addresses carry a version of their own.

ALTER TABLE district ADD COLUMN ground_version bigint NOT NULL DEFAULT 0;
UPDATE district SET ground_version = data_version;
COMMENT ON COLUMN district.ground_version IS 'The data version of the last transaction that wrote areas, buildings or streets; part of the addresses of the ground''s tiles.';

-- +goose Down

ALTER TABLE district DROP COLUMN ground_version;
