-- +goose Up

-- What a district measures itself by, month by month; and how residents and families
-- rate a visit when they are called about it.

CREATE TABLE indicator_set (
	district text NOT NULL REFERENCES district (code),
	from_day date NOT NULL CHECK (extract(day FROM from_day) = 1),
	indicators jsonb NOT NULL CHECK (jsonb_typeof(indicators) = 'object'),
	set_by text NOT NULL DEFAULT '',
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, from_day)
);
COMMENT ON TABLE indicator_set IS 'The indicators of the district''s own, dated by month: those that began last hold. A district without any sees the reference.';

ALTER TABLE quality_call ADD COLUMN rating smallint CHECK (rating BETWEEN 1 AND 5),
	ADD CONSTRAINT quality_call_rated_check CHECK (rating IS NULL OR result IN ('confirmed', 'differs'));
COMMENT ON COLUMN quality_call.rating IS 'How whoever was called rates the visit, 1 to 5; null: they said nothing of it.';

-- The engine counts ratings; what was said is read at the desk alone.
CREATE POLICY engine ON quality_call FOR SELECT TO sanse_engine USING (true);
GRANT SELECT (district, record, n, rating) ON quality_call TO sanse_engine;
GRANT SELECT, INSERT, UPDATE ON indicator_set TO sanse_engine;

-- +goose Down

DROP TABLE indicator_set;
REVOKE SELECT (district, record, n, rating) ON quality_call FROM sanse_engine;
DROP POLICY engine ON quality_call;
ALTER TABLE quality_call DROP COLUMN rating;
