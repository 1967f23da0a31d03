-- +goose Up

-- A correction at a resident's wish holds against imports of what was corrected.

ALTER TABLE data_request ADD COLUMN replaced sealed, ADD COLUMN holds text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN data_request.replaced IS 'Of a correction that was carried out: JSON of column and the text that was there before, sealed.';
COMMENT ON COLUMN data_request.holds IS 'Of a correction that was carried out: the columns whose source still says what was corrected, as far as is known.';
UPDATE data_request SET holds = corrects WHERE kind = 'correction' AND done_at IS NOT NULL AND fields IS NOT NULL;
CREATE INDEX data_request_holds ON data_request (district, resident) WHERE holds <> '{}';

-- +goose Down

ALTER TABLE data_request DROP COLUMN holds, DROP COLUMN replaced;
