-- +goose Up

-- How long data live, and what residents ask of theirs.

CREATE TABLE retention (
	district text NOT NULL REFERENCES district (code),
	kind text NOT NULL CHECK (kind <> ''),
	keep_days integer NOT NULL CHECK (keep_days BETWEEN 1 AND 36500),
	basis text NOT NULL CHECK (basis <> ''),
	set_by text NOT NULL DEFAULT '',
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, kind)
);
COMMENT ON TABLE retention IS 'How long a kind of data is kept where the district has decided otherwise than the reference of the program.';

CREATE TABLE life_run (
	district text NOT NULL REFERENCES district (code),
	n bigint NOT NULL CHECK (n > 0),
	at timestamptz NOT NULL,
	gone jsonb NOT NULL CHECK (jsonb_typeof(gone) = 'object'),
	PRIMARY KEY (district, n)
);
COMMENT ON TABLE life_run IS 'Runs that took away what was over: how many records of which kind. Kept for good, as proof.';

CREATE TABLE data_request (
	district text NOT NULL,
	id text NOT NULL CHECK (id ~ '^q[0-9a-f]{16}$'),
	resident text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('erasure', 'correction', 'restriction', 'access')),
	lift boolean NOT NULL DEFAULT false CHECK (NOT lift OR kind = 'restriction'),
	reason sealed,
	fields sealed,
	asked_at timestamptz NOT NULL DEFAULT now(),
	asked_by text NOT NULL DEFAULT '',
	decision text CHECK (decision IN ('accept', 'refuse')),
	decision_reason sealed,
	decided_at timestamptz,
	decided_by text,
	done_at timestamptz,
	outcome jsonb,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	CONSTRAINT data_request_decided_check CHECK ((decision IS NULL) = (decided_at IS NULL)),
	CONSTRAINT data_request_done_check CHECK (done_at IS NULL OR decision = 'accept')
);
COMMENT ON TABLE data_request IS 'What a resident, or who speaks for them, asks of their data (PIPL articles 44 to 47), what was decided and what was done. When an erasure is done the texts are destroyed and the rest stays as proof.';
COMMENT ON COLUMN data_request.lift IS 'Of a restriction: that it end.';
COMMENT ON COLUMN data_request.fields IS 'Of a correction: JSON of column and new text.';
COMMENT ON COLUMN data_request.outcome IS 'How many records of which table were changed or destroyed.';
CREATE INDEX data_request_resident ON data_request (district, resident);

CREATE TABLE restriction (
	district text NOT NULL,
	resident text NOT NULL,
	request text NOT NULL,
	from_at timestamptz NOT NULL DEFAULT now(),
	to_at timestamptz,
	PRIMARY KEY (district, resident, request),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, request) REFERENCES data_request (district, id)
);
COMMENT ON TABLE restriction IS 'Residents who are named to nobody, from when to when (null: until it is lifted).';
CREATE INDEX restriction_request ON restriction (district, request);

CREATE TABLE erased (
	district text NOT NULL,
	resident text NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (district, resident)
);
COMMENT ON TABLE erased IS 'Opaque ids of residents who were erased: whatever brings them back, an import or a copy, is erased again. Refers to nothing, so that it outlives all.';

CREATE TABLE consent (
	district text NOT NULL,
	resident text NOT NULL,
	n integer NOT NULL CHECK (n > 0),
	purpose text NOT NULL CHECK (purpose <> ''),
	given boolean NOT NULL,
	how text NOT NULL CHECK (how IN ('written', 'spoken', 'guardian')),
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL DEFAULT '',
	PRIMARY KEY (district, resident, n),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id)
);
COMMENT ON TABLE consent IS 'What a resident agreed to and took back, purpose by purpose; rows are only added, the last one of a purpose holds.';

-- Who sees a resident as a record sees what was asked and agreed for them.

ALTER TABLE data_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON data_request TO sanse_desk USING (EXISTS (SELECT FROM resident r WHERE r.district = data_request.district AND r.id = data_request.resident));
ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON consent TO sanse_desk USING (EXISTS (SELECT FROM resident r WHERE r.district = consent.district AND r.id = consent.resident));
ALTER TABLE restriction ENABLE ROW LEVEL SECURITY;
ALTER TABLE erased ENABLE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON retention TO sanse_engine;
GRANT SELECT ON life_run TO sanse_engine;
GRANT SELECT, INSERT, UPDATE (decision, decision_reason, decided_at, decided_by) ON data_request TO sanse_desk;
GRANT SELECT, INSERT ON consent TO sanse_desk;

-- A restricted resident is named to nobody, whatever else a session may see.

-- +goose StatementBegin
CREATE FUNCTION trust.restricted() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
	SELECT COALESCE(array_agg(resident), '{}') FROM restriction
	WHERE district = trust.district() AND from_at <= now() AND (to_at IS NULL OR to_at > now())
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.restricted() IS 'Residents of the session''s district who are named to nobody now.';
REVOKE EXECUTE ON FUNCTION trust.restricted() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.restricted() TO sanse_desk;
CREATE POLICY restricted ON resident_person AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident <> ALL ((SELECT trust.restricted())::text[]));

-- +goose Down

DROP POLICY restricted ON resident_person;
DROP FUNCTION trust.restricted();
DROP TABLE consent, erased, restriction, data_request, life_run, retention;
