-- +goose Up

-- Behind the platform that a district has already: what it sends, under its own
-- numbers, and the devices that raise an alarm.

CREATE TABLE connector (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id ~ '^[a-z][a-z0-9_-]{0,39}$'),
	account text,
	made_at timestamptz NOT NULL DEFAULT now(),
	off_at timestamptz,
	PRIMARY KEY (district, id),
	CONSTRAINT connector_account_key UNIQUE (district, account),
	FOREIGN KEY (district, account) REFERENCES account (district, id)
);
COMMENT ON TABLE connector IS 'Platforms of others that send what was done and are told what is to be done.';
COMMENT ON COLUMN connector.account IS 'The account of the key with which it asks: the key says which platform it is. Null: it comes by file alone.';

CREATE TABLE connect_mapping (
	district text NOT NULL,
	connector text NOT NULL,
	from_day date NOT NULL,
	mapping jsonb NOT NULL CHECK (jsonb_typeof(mapping) = 'object'),
	set_by text NOT NULL DEFAULT '',
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, connector, from_day),
	FOREIGN KEY (district, connector) REFERENCES connector (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE connect_mapping IS 'Which of a platform''s fields hold what, and which of its words mean what; dated: the one that began last holds.';

CREATE TABLE external_id (
	district text NOT NULL,
	connector text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('resident', 'visitor')),
	external text NOT NULL CHECK (external <> '' AND length(external) <= 100),
	resident text,
	visitor text,
	PRIMARY KEY (district, connector, kind, external),
	FOREIGN KEY (district, connector) REFERENCES connector (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id),
	CONSTRAINT external_id_whose_check CHECK ((kind = 'resident') = (resident IS NOT NULL) AND (kind = 'visitor') = (visitor IS NOT NULL))
);
COMMENT ON TABLE external_id IS 'The numbers under which a platform knows residents and visitors.';
CREATE UNIQUE INDEX external_id_resident ON external_id (district, connector, resident) WHERE resident IS NOT NULL;
CREATE UNIQUE INDEX external_id_visitor ON external_id (district, connector, visitor) WHERE visitor IS NOT NULL;

CREATE TABLE connect_row (
	district text NOT NULL,
	connector text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('visit', 'case')),
	external text NOT NULL CHECK (external <> '' AND length(external) <= 100),
	status text NOT NULL CHECK (status IN ('stored', 'refused')),
	code text CHECK (code ~ '^[a-z_]{1,40}$'),
	first_at timestamptz NOT NULL,
	last_at timestamptz NOT NULL,
	content bytea NOT NULL DEFAULT '',
	resident text,
	area text,
	day date,
	done boolean,
	task text CHECK (task ~ '^t[0-9a-f]{16}$'),
	incident text,
	stage text,
	their_at timestamptz,
	PRIMARY KEY (district, connector, kind, external),
	FOREIGN KEY (district, connector) REFERENCES connector (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, incident) REFERENCES incident (district, id) ON DELETE SET NULL (incident),
	CONSTRAINT connect_row_why_check CHECK ((status = 'refused') = (code IS NOT NULL))
);
COMMENT ON TABLE connect_row IS 'What a platform has sent, by its own number: stored once however often it is sent; one that was refused, with the reason, until it is sent again and good.';
COMMENT ON COLUMN connect_row.content IS 'Keyed hash of what was sent: tells the same row from another under its number.';
COMMENT ON COLUMN connect_row.task IS 'Of a visit: the task of ours that it says it is.';
COMMENT ON COLUMN connect_row.stage IS 'Of a case: how far it is there, as of their_at.';
CREATE INDEX connect_row_last ON connect_row (district, last_at);
CREATE INDEX connect_row_resident ON connect_row (district, resident, day);
CREATE INDEX connect_row_incident ON connect_row (district, incident) WHERE incident IS NOT NULL;

CREATE TABLE device (
	district text NOT NULL,
	id text NOT NULL CHECK (id <> '' AND length(id) <= 100),
	kind text NOT NULL CHECK (kind IN ('wristband', 'door_sensor', 'gas', 'smoke')),
	resident text,
	area text,
	ended_at timestamptz,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, area) REFERENCES area (district, code),
	CONSTRAINT device_whose_check CHECK (num_nonnulls(resident, area) = 1)
);
COMMENT ON TABLE device IS 'Devices that raise an alarm (手环, 门磁, 燃气, 烟感): at a resident''s, or in a grid or micro-grid.';
CREATE INDEX device_resident ON device (district, resident);

CREATE TABLE device_rule (
	district text NOT NULL REFERENCES district (code),
	from_day date NOT NULL,
	rules jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'array'),
	set_by text NOT NULL DEFAULT '',
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, from_day)
);
COMMENT ON TABLE device_rule IS 'Which event of a device opens which case and which only counts; dated. A district without any goes by the reference.';

CREATE TABLE device_event (
	district text NOT NULL,
	device text NOT NULL,
	event text NOT NULL CHECK (event <> '' AND length(event) <= 100),
	kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
	at timestamptz NOT NULL,
	received timestamptz NOT NULL,
	value double precision,
	clock boolean NOT NULL DEFAULT false,
	outcome text NOT NULL CHECK (outcome IN ('opened', 'counted')),
	incident text,
	PRIMARY KEY (district, device, event),
	FOREIGN KEY (district, device) REFERENCES device (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, incident) REFERENCES incident (district, id) ON DELETE SET NULL (incident)
);
COMMENT ON TABLE device_event IS 'What devices said, once each. Counted: it opened no case, by the rule or because one was opened lately (incident).';
COMMENT ON COLUMN device_event.clock IS 'The device''s clock is wrong, or it came a day late: at is to be doubted.';
CREATE INDEX device_event_lately ON device_event (district, device, kind, received);
CREATE INDEX device_event_received ON device_event (district, received);

CREATE TABLE device_refused (
	district text NOT NULL REFERENCES district (code),
	day date NOT NULL,
	code text NOT NULL CHECK (code ~ '^[a-z_]{1,40}$'),
	n bigint NOT NULL CHECK (n > 0),
	PRIMARY KEY (district, day, code)
);
COMMENT ON TABLE device_refused IS 'How many events were refused on a day, and why: forged and unknown devices leave a count and nothing else.';

-- Visits of many people come in by the engine, as records do. A case is opened at
-- the desk, in the session of the key, and so are the alarms of devices.

ALTER TABLE connector ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON connector FOR SELECT TO sanse_engine USING (true);
GRANT SELECT ON connector, connect_mapping TO sanse_engine;

ALTER TABLE external_id ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON external_id FOR SELECT TO sanse_engine USING (true);
GRANT SELECT ON external_id TO sanse_engine;

ALTER TABLE connect_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON connect_row TO sanse_engine USING (true);
CREATE POLICY desk ON connect_row TO sanse_desk USING (CASE
	WHEN resident IS NOT NULL THEN (SELECT true FROM resident r WHERE r.district = connect_row.district AND r.id = connect_row.resident)
	WHEN area IS NOT NULL THEN (SELECT trust.sight('records')) ?| ARRAY[district || ' *', district || ' ' || area, district || ' ' || left(area, 15)]
	ELSE district = (SELECT trust.district()) AND EXISTS (SELECT FROM trust.grants() g WHERE g.role = 'service') END);
CREATE POLICY served ON connect_row AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident IS NULL OR resident <> ALL ((SELECT trust.merely('served'))::text[]));
GRANT SELECT, INSERT, UPDATE (status, code, last_at, content, resident, area, day, done, task, incident, stage, their_at) ON connect_row TO sanse_engine, sanse_desk;

ALTER TABLE device ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON device FOR SELECT TO sanse_engine USING (true);
CREATE POLICY desk ON device FOR SELECT TO sanse_desk USING (CASE
	WHEN resident IS NOT NULL THEN (SELECT true FROM resident r WHERE r.district = device.district AND r.id = device.resident)
	ELSE (SELECT trust.sight('records')) ?| ARRAY[district || ' *', district || ' ' || area, district || ' ' || left(area, 15)] END);
CREATE POLICY served ON device AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident IS NULL OR resident <> ALL ((SELECT trust.merely('served'))::text[]));
GRANT SELECT ON device TO sanse_engine, sanse_desk;

ALTER TABLE device_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON device_event FOR SELECT TO sanse_engine USING (true);
CREATE POLICY desk ON device_event TO sanse_desk USING (EXISTS (SELECT FROM device d WHERE d.district = device_event.district AND d.id = device_event.device));
GRANT SELECT ON device_event TO sanse_engine;
GRANT SELECT, INSERT ON device_event TO sanse_desk;

GRANT SELECT ON device_rule TO sanse_engine;
GRANT SELECT, INSERT, UPDATE ON device_refused TO sanse_engine;

-- +goose Down

DROP TABLE device_refused, device_event, device_rule, device, connect_row, external_id, connect_mapping, connector;
