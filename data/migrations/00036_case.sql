-- +goose Up

-- Cases (事件; case is a word of SQL): something missed, found, reported by a
-- resident, raised by a device or sent from above, from the call to its end.

CREATE TABLE incident (
	district text NOT NULL,
	id text NOT NULL CHECK (id ~ '^k[0-9a-f]{16}$'),
	kind text NOT NULL CHECK (kind <> ''),
	source text NOT NULL CHECK (source IN ('found', 'missed', 'resident', 'device', 'above')),
	resident text,
	area text NOT NULL,
	ladder bigint,
	level text NOT NULL CHECK (level IN ('grid', 'departments', 'task_force')),
	body text CHECK (body <> ''),
	stage text NOT NULL CHECK (stage IN ('call', 'arrival', 'handling', 'feedback', 'rating', 'closed')),
	n smallint NOT NULL CHECK (n > 0),
	opened_at timestamptz NOT NULL,
	opened_by text,
	deadline timestamptz NOT NULL,
	closed_at timestamptz,
	PRIMARY KEY (district, id),
	CONSTRAINT incident_ladder_key UNIQUE (district, ladder),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, area) REFERENCES area (district, code),
	FOREIGN KEY (district, ladder) REFERENCES ladder (district, id) ON DELETE SET NULL (ladder),
	CONSTRAINT incident_end_check CHECK ((stage = 'closed') = (closed_at IS NOT NULL)),
	CONSTRAINT incident_leads_check CHECK (body IS NULL OR level = 'departments')
);
COMMENT ON TABLE incident IS 'Cases (事件), as they stand now; what became of each step by step is in incident_step, the words in incident_text.';
COMMENT ON COLUMN incident.area IS 'Where it is, a micro-grid or a grid: of a resident where they live.';
COMMENT ON COLUMN incident.ladder IS 'The ladder whose lapse it is.';
COMMENT ON COLUMN incident.level IS 'Who holds it: the grid, departments together (body names the one that leads), or the task force.';
COMMENT ON COLUMN incident.n IS 'How many steps it has had.';
COMMENT ON COLUMN incident.deadline IS 'By when it is to be answered while its stage is call, afterwards by when it is to be solved.';
CREATE INDEX incident_open ON incident (district, deadline) WHERE closed_at IS NULL;
CREATE INDEX incident_resident ON incident (district, resident);
CREATE INDEX incident_area ON incident (district, area);

CREATE TABLE incident_step (
	district text NOT NULL,
	incident text NOT NULL,
	n smallint NOT NULL CHECK (n > 0),
	at timestamptz NOT NULL,
	by text,
	stage text NOT NULL,
	level text NOT NULL,
	body text,
	deadline timestamptz NOT NULL,
	PRIMARY KEY (district, incident, n),
	FOREIGN KEY (district, incident) REFERENCES incident (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE incident_step IS 'What became of a case: rows are only added. by is the account, null: the program.';

CREATE TABLE incident_text (
	district text NOT NULL,
	incident text NOT NULL,
	n smallint NOT NULL,
	text sealed NOT NULL,
	PRIMARY KEY (district, incident, n),
	FOREIGN KEY (district, incident, n) REFERENCES incident_step (district, incident, n) ON DELETE CASCADE
);
COMMENT ON TABLE incident_text IS 'What people wrote of a step, sealed.';

-- The case of a lapse ends with it when the visit comes to be known later, as long
-- as nobody has taken it up.

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.ladder_met() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	WITH ended AS (
		UPDATE ladder l SET closed_at = now(), closed_how = 'visit', closed_by = NULL, next_at = NULL, entered = true
		FROM come v
		WHERE l.district = v.district AND l.resident = v.resident AND v.done AND v.day BETWEEN l.first_day AND l.due_by
			AND (l.closed_at IS NULL OR l.closed_how = 'lapsed')
		RETURNING l.district, l.id
	), gone AS (
		UPDATE incident i SET stage = 'closed', closed_at = now(), n = i.n + 1
		FROM ended e WHERE i.district = e.district AND i.ladder = e.id AND i.stage = 'call'
		RETURNING i.district, i.id, i.n, i.level, i.body, i.deadline
	)
	INSERT INTO incident_step (district, incident, n, at, stage, level, body, deadline)
	SELECT district, id, n, now(), 'closed', level, body, deadline FROM gone;
	RETURN NULL;
END
$$;
-- +goose StatementEnd

ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON incident TO sanse_engine USING (true);
CREATE POLICY desk ON incident TO sanse_desk USING (CASE
	WHEN resident IS NOT NULL THEN EXISTS (SELECT FROM resident r WHERE r.district = incident.district AND r.id = incident.resident)
	ELSE district = (SELECT trust.district()) AND ((SELECT trust.everywhere('records')) OR area = ANY ((SELECT trust.grids('records'))::text[])
		OR area = ANY ((SELECT trust.micro_grids('records'))::text[]) OR left(area, 15) = ANY ((SELECT trust.grids('records'))::text[])) END);
CREATE POLICY served ON incident AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident IS NULL OR resident <> ALL ((SELECT trust.merely('served'))::text[]));
ALTER TABLE incident_step ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON incident_step TO sanse_engine USING (true);
CREATE POLICY desk ON incident_step TO sanse_desk USING (EXISTS (SELECT FROM incident i WHERE i.district = incident_step.district AND i.id = incident_step.incident));
ALTER TABLE incident_text ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON incident_text TO sanse_desk USING (EXISTS (SELECT FROM incident i WHERE i.district = incident_text.district AND i.id = incident_text.incident));

GRANT SELECT, INSERT ON incident, incident_step TO sanse_engine;
GRANT SELECT, INSERT, UPDATE (level, body, stage, n, deadline, closed_at) ON incident TO sanse_desk;
GRANT SELECT, INSERT ON incident_step, incident_text TO sanse_desk;

-- +goose Down

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.ladder_met() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	UPDATE ladder l SET closed_at = now(), closed_how = 'visit', closed_by = NULL, next_at = NULL, entered = true
	FROM come v
	WHERE l.district = v.district AND l.resident = v.resident AND v.done AND v.day BETWEEN l.first_day AND l.due_by
		AND (l.closed_at IS NULL OR l.closed_how = 'lapsed');
	RETURN NULL;
END
$$;
-- +goose StatementEnd
DROP TABLE incident_text, incident_step, incident;
