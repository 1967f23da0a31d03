-- +goose Up

-- What happens at doors: the codes that hang there, the records of visits, what
-- was found in words, and what in a record a human should look at.

CREATE TABLE door_code (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id ~ '^c[0-9a-f]{16}$'),
	token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
	kind text NOT NULL CHECK (kind IN ('home', 'card', 'plate')),
	resident text,
	building text,
	made_at timestamptz NOT NULL DEFAULT now(),
	made_by text NOT NULL DEFAULT '',
	retired_at timestamptz,
	retired_by text,
	retired_why text CHECK (retired_why ~ '^[a-z_]{1,40}$'),
	PRIMARY KEY (district, id),
	CONSTRAINT door_code_token_key UNIQUE (district, token_hash),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, building) REFERENCES building (district, id),
	CONSTRAINT door_code_what_check CHECK (num_nonnulls(resident, building) = 1 AND (kind = 'plate') = (building IS NOT NULL)),
	CONSTRAINT door_code_retired_check CHECK (num_nonnulls(retired_at, retired_by, retired_why) IN (0, 3))
);
COMMENT ON TABLE door_code IS 'Door codes (走访码): an opaque token as a QR code, inside a home, on a card, or the same plate on every door of a building. The token itself is known to the paper alone.';
COMMENT ON COLUMN door_code.token_hash IS 'SHA-256 of the token.';
CREATE INDEX door_code_resident ON door_code (district, resident);
CREATE INDEX door_code_building ON door_code (district, building);

CREATE TABLE visit_record (
	district text NOT NULL,
	id uuid NOT NULL,
	resident text NOT NULL,
	grid text NOT NULL,
	visitor text,
	account text NOT NULL,
	day date NOT NULL,
	arrived timestamptz NOT NULL,
	left_at timestamptz,
	received timestamptz NOT NULL,
	clock_skew integer NOT NULL,
	result text NOT NULL CHECK (result IN ('seen', 'not_seen')),
	not_seen text CHECK (not_seen ~ '^[a-z0-9_]{1,40}$'),
	how text NOT NULL CHECK (how IN ('code', 'card', 'plate', 'hand')),
	code text,
	no_code text CHECK (no_code ~ '^[a-z0-9_]{1,40}$'),
	form text NOT NULL CHECK (form ~ '^[a-z0-9_-]{1,40}$'),
	answers jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(answers) = 'object'),
	evidence text NOT NULL CHECK (evidence IN ('code', 'place', 'time', 'hand')),
	metres integer CHECK (metres >= 0 AND metres % 50 = 0),
	plan bigint,
	ladder bigint,
	corrects uuid,
	content bytea NOT NULL,
	judged boolean NOT NULL DEFAULT false,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, grid) REFERENCES area (district, code),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id),
	FOREIGN KEY (district, code) REFERENCES door_code (district, id),
	CONSTRAINT visit_record_why_check CHECK ((result = 'not_seen') = (not_seen IS NOT NULL)),
	CONSTRAINT visit_record_times_check CHECK (left_at >= arrived),
	CONSTRAINT visit_record_by_code_check CHECK ((how = 'hand') = (code IS NULL))
);
COMMENT ON TABLE visit_record IS 'Visit records (走访记录) as they were made at doors, with signal or without. Rows are only added: a correction is a record that names the one it corrects.';
COMMENT ON COLUMN visit_record.id IS 'Made on the phone: however often a record is sent, it is stored once.';
COMMENT ON COLUMN visit_record.grid IS 'The resident''s on that day, by the boundaries of that day.';
COMMENT ON COLUMN visit_record.account IS 'Who recorded it; visitor is who of the visitors that is, if any.';
COMMENT ON COLUMN visit_record.day IS 'Of arrival, in the district''s time zone.';
COMMENT ON COLUMN visit_record.clock_skew IS 'Seconds by which the phone''s clock was ahead of ours; arrived and left_at are ours.';
COMMENT ON COLUMN visit_record.metres IS 'How far from the door it was made at least, to the nearest 50 m; null: not known. Where it was made is not kept.';
COMMENT ON COLUMN visit_record.content IS 'Keyed hash of what was sent: tells a record that is sent again from another under its id.';
COMMENT ON COLUMN visit_record.judged IS 'Held against the other records of the day; what is to be looked at is in visit_flag.';
CREATE INDEX visit_record_resident ON visit_record (district, resident, day);
CREATE INDEX visit_record_day ON visit_record (district, day, grid);
CREATE INDEX visit_record_account ON visit_record (district, account, day);
CREATE INDEX visit_record_code ON visit_record (district, code, day) WHERE code IS NOT NULL;
CREATE INDEX visit_record_due ON visit_record (district, received) WHERE NOT judged;
CREATE UNIQUE INDEX visit_record_corrects ON visit_record (district, corrects) WHERE corrects IS NOT NULL;

CREATE TABLE visit_record_text (
	district text NOT NULL,
	record uuid NOT NULL,
	text sealed NOT NULL,
	PRIMARY KEY (district, record),
	FOREIGN KEY (district, record) REFERENCES visit_record (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE visit_record_text IS 'What was found, as it was typed or spoken, sealed.';

CREATE TABLE visit_flag (
	district text NOT NULL,
	record uuid NOT NULL,
	flag text NOT NULL CHECK (flag ~ '^[a-z_]{1,40}$'),
	at timestamptz NOT NULL DEFAULT now(),
	detail jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
	looked_by text,
	looked_at timestamptz,
	verdict text CHECK (verdict IN ('fine', 'talk', 'wrong')),
	reason sealed,
	PRIMARY KEY (district, record, flag),
	FOREIGN KEY (district, record) REFERENCES visit_record (district, id) ON DELETE CASCADE,
	CONSTRAINT visit_flag_looked_check CHECK (num_nonnulls(looked_by, looked_at, verdict) IN (0, 3))
);
COMMENT ON TABLE visit_flag IS 'What in a record a human should look at (存疑), and what they found. Nothing is blocked by it.';
CREATE INDEX visit_flag_open ON visit_flag (district, at) WHERE verdict IS NULL;

-- A visit that is in a record is a visit of the past like any other, so that due
-- dates, plans and boards go on as they are.

ALTER TABLE visit ADD COLUMN record uuid;
COMMENT ON COLUMN visit.record IS 'The visit record that it is in; null: it came by file.';

-- Records of many people are stored in one transaction, by the engine, which sees
-- nothing of what is written in words. What is told of records is decided at the
-- desk as well. A flag is looked at in the name of the session.

ALTER TABLE door_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON door_code TO sanse_engine USING (true);
GRANT SELECT, INSERT, UPDATE (retired_at, retired_by, retired_why) ON door_code TO sanse_engine;

ALTER TABLE visit_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON visit_record TO sanse_engine USING (true);
CREATE POLICY desk ON visit_record FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM resident w WHERE w.district = visit_record.district AND w.id = visit_record.resident));
CREATE POLICY served ON visit_record AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident <> ALL ((SELECT trust.merely('served'))::text[]));
GRANT SELECT, INSERT, UPDATE (judged) ON visit_record TO sanse_engine;
GRANT SELECT ON visit_record TO sanse_desk;

ALTER TABLE visit_record_text ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON visit_record_text FOR INSERT TO sanse_engine WITH CHECK (true);
CREATE POLICY desk ON visit_record_text FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM visit_record v JOIN resident_person p ON p.district = v.district AND p.resident = v.resident
		WHERE v.district = visit_record_text.district AND v.id = visit_record_text.record));
GRANT INSERT ON visit_record_text TO sanse_engine;
GRANT SELECT ON visit_record_text TO sanse_desk;

ALTER TABLE visit_flag ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON visit_flag TO sanse_engine USING (true);
CREATE POLICY desk ON visit_flag FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM visit_record w WHERE w.district = visit_flag.district AND w.id = visit_flag.record));
CREATE POLICY looks ON visit_flag FOR UPDATE TO sanse_desk USING (
	EXISTS (SELECT FROM trust.grants() g WHERE g.role IN ('leader', 'planner', 'official', 'task_force'))
	AND EXISTS (SELECT FROM visit_record w WHERE w.district = visit_flag.district AND w.id = visit_flag.record))
	WITH CHECK (looked_by = (SELECT s.account FROM trust.seat() s));
GRANT SELECT (district, record, flag, at, detail, looked_by, looked_at, verdict), INSERT (district, record, flag, detail) ON visit_flag TO sanse_engine;
GRANT SELECT, UPDATE (looked_by, looked_at, verdict, reason) ON visit_flag TO sanse_desk;

GRANT INSERT, DELETE ON visit TO sanse_engine;

-- +goose Down

REVOKE INSERT, DELETE ON visit FROM sanse_engine;
ALTER TABLE visit DROP COLUMN record;
DROP TABLE visit_flag, visit_record_text, visit_record, door_code;
