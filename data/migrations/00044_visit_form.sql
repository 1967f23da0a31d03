-- +goose Up

-- What a district asks and looks at on a visit, dated. What holds is the one that
-- began last; those of before stay, for records name them.

CREATE TABLE visit_form (
	district text NOT NULL REFERENCES district (code),
	n integer NOT NULL CHECK (n > 0),
	from_day date NOT NULL,
	form jsonb NOT NULL CHECK (jsonb_typeof(form) = 'object'),
	set_by text NOT NULL,
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, n)
);
COMMENT ON TABLE visit_form IS 'The district''s own forms: of equal first days the later one holds. A district without one has the reference.';

GRANT SELECT, INSERT ON visit_form TO sanse_engine;

-- +goose Down

DROP TABLE visit_form;
