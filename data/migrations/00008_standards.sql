-- +goose Up

-- What a facility has beside its capacity.

ALTER TABLE facility
	ADD COLUMN area_m2 integer NOT NULL DEFAULT 0 CHECK (area_m2 >= 0),
	ADD COLUMN staff integer NOT NULL DEFAULT 0 CHECK (staff >= 0),
	ADD COLUMN hours jsonb CHECK (jsonb_typeof(hours) = 'array');
COMMENT ON COLUMN facility.area_m2 IS 'Square metres of its service rooms; 0: not known.';
COMMENT ON COLUMN facility.staff IS 'Who work there; 0: not known.';
COMMENT ON COLUMN facility.hours IS 'When it is open, [{"weekday": 1, "from": "08:30", "to": "17:00"}, …], 1 = Monday; null: not known, taken for always; an empty list: closed all week.';

-- What a district is to have. A set is read, checked and replaced as a whole, so
-- it is one row; sets are kept, for a report names the one that it was made by.

CREATE TABLE standard_set (
	district text NOT NULL REFERENCES district (code),
	version integer NOT NULL CHECK (version > 0),
	set_at timestamptz NOT NULL,
	content jsonb,
	PRIMARY KEY (district, version)
);
COMMENT ON TABLE standard_set IS 'Standards (标准) of a district: the highest version is in use. content null: from then on the reference set holds.';

-- Reports: every value of a day, so that the next one can say what changed.

CREATE TABLE report_run (
	district text NOT NULL REFERENCES district (code),
	id integer NOT NULL CHECK (id > 0),
	day date NOT NULL,
	made_at timestamptz NOT NULL,
	standards integer NOT NULL CHECK (standards >= 0),
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE report_run IS 'Reports of the shortfall that were taken. standards: version of the standard set, 0 for the reference set before any was stored.';

CREATE TABLE report_value (
	district text NOT NULL,
	run integer NOT NULL,
	area text NOT NULL,
	standard text NOT NULL,
	have double precision,
	need double precision,
	short double precision,
	share double precision,
	status text NOT NULL CHECK (status IN ('met', 'short', 'no_data', 'not_applicable')),
	PRIMARY KEY (district, run, area, standard),
	FOREIGN KEY (district, run) REFERENCES report_run (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE report_value IS 'What an area had of a standard on the day of a report. area is the code of that day, which may have gone since; null: there was no such figure.';

-- +goose Down

DROP TABLE report_value;
DROP TABLE report_run;
DROP TABLE standard_set;
ALTER TABLE facility DROP COLUMN hours, DROP COLUMN staff, DROP COLUMN area_m2;
