-- +goose Up

-- What is named by a record is found by it: a correction takes the visits of the
-- record that it corrects away, while all other records wait.

CREATE INDEX visit_from_record ON visit (district, record) WHERE record IS NOT NULL;

-- +goose Down

DROP INDEX visit_from_record;
