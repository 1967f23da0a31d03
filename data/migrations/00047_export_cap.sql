-- +goose Up

-- How much a role takes out of the house, where the district has decided on less
-- than the program allows.

CREATE TABLE export_cap (
	district text NOT NULL REFERENCES district (code),
	role text NOT NULL CHECK (role <> ''),
	files integer NOT NULL CHECK (files >= 0),
	records integer NOT NULL CHECK (records >= 0),
	records_day integer NOT NULL CHECK (records_day >= 0),
	basis text NOT NULL CHECK (basis <> ''),
	set_by text NOT NULL DEFAULT '',
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, role)
);
COMMENT ON TABLE export_cap IS 'How many files and single records a role takes out of the house (导出上限) where the district has decided on less than the program allows.';
COMMENT ON COLUMN export_cap.files IS 'Files a day; 0: those that everybody gets alone.';
COMMENT ON COLUMN export_cap.records IS 'Single records that a file may tell of.';
COMMENT ON COLUMN export_cap.records_day IS 'Single records that the files of a day may tell of.';
GRANT SELECT, INSERT, UPDATE, DELETE ON export_cap TO sanse_engine;

-- +goose Down

DROP TABLE export_cap;
