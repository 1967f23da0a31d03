-- +goose Up

-- One sequence for all districts: a district that is deleted and made again
-- goes on above the numbers it had, so that nothing kept under an old number (a
-- browser's tile, a view in another process) is taken for the new ground.

CREATE SEQUENCE data_version;
SELECT setval('data_version', GREATEST(1, (SELECT max(data_version) FROM district)));
ALTER TABLE district ALTER COLUMN data_version SET DEFAULT nextval('data_version');
COMMENT ON COLUMN district.data_version IS 'Raised by every transaction that writes to the district, and never given twice, not even to a district that is made again; part of tile addresses.';

-- +goose Down

ALTER TABLE district ALTER COLUMN data_version SET DEFAULT 0;
DROP SEQUENCE data_version;
