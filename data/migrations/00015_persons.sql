-- +goose Up

-- What names people moves into tables of its own, so that whoever computes and
-- counts can read every record and still know nobody; and the database itself
-- shows a session what it may see and no more.
--
-- Sealed values are bound to the place they were sealed for: table, column,
-- district and record. That stays the place they came from ("resident", "name",
-- …), so nothing has to be sealed again.

CREATE TABLE resident_person (
	district text NOT NULL,
	resident text NOT NULL,
	id_hash bytea,
	name sealed,
	id_number sealed,
	phone sealed,
	address sealed,
	note sealed,
	PRIMARY KEY (district, resident),
	CONSTRAINT resident_person_id_hash_key UNIQUE (district, id_hash),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE resident_person IS 'Who a resident is, one row a resident, sealed. The associated data name table resident.';
COMMENT ON COLUMN resident_person.id_hash IS 'HMAC-SHA-256 of the ID number under the store''s key: tells that two records are one person without saying who.';
INSERT INTO resident_person SELECT district, id, id_hash, name, id_number, phone, address, note FROM resident;
ALTER TABLE resident DROP COLUMN id_hash, DROP COLUMN name, DROP COLUMN id_number, DROP COLUMN phone, DROP COLUMN address, DROP COLUMN note;
COMMENT ON TABLE resident IS 'Residents to be visited (关爱对象), one record a person, who is in resident_person.';

CREATE TABLE visitor_person (
	district text NOT NULL,
	visitor text NOT NULL,
	name sealed,
	phone sealed,
	PRIMARY KEY (district, visitor),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE visitor_person IS 'Who a visitor is, one row a visitor, sealed. The associated data name table visitor.';
INSERT INTO visitor_person SELECT district, id, name, phone FROM visitor;
ALTER TABLE visitor DROP COLUMN name, DROP COLUMN phone;
COMMENT ON TABLE visitor IS 'Those who make visits (走访力量). Tier: 1 micro-grid, 2 grid, 3 master-grid, 4 task force. end_at null: the day ends at the last door. Who they are is in visitor_person.';

CREATE TABLE task_person (
	district text NOT NULL,
	task text NOT NULL,
	address sealed NOT NULL,
	PRIMARY KEY (district, task),
	FOREIGN KEY (district, task) REFERENCES task (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE task_person IS 'Where a task is, in words, of those of which it is known, sealed. The associated data name table task.';
INSERT INTO task_person SELECT district, id, address FROM task WHERE address IS NOT NULL;
ALTER TABLE task DROP COLUMN address;

-- What a session sees -------------------------------------------------------------

-- Two things can be seen of a resident: the record (an opaque id, a grade, visits)
-- and the names (name, phone, address, notes). The functions below say in which
-- areas a session sees which, and who was handed to it. Policies ask each of them
-- once for a statement, in a subquery of its own, so that they cost the same for
-- one row and for all, and leave the indexes to the query.

-- +goose StatementBegin
CREATE FUNCTION trust.district() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (SELECT s.district FROM trust.seat() s);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.district() IS 'The district of the session; null without one.';

-- +goose StatementBegin
CREATE FUNCTION trust.areas(what text) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF what NOT IN ('records', 'names') THEN
		RAISE EXCEPTION 'nothing is called %', what;
	END IF;
	RETURN QUERY
	WITH RECURSIVE given AS (
		SELECT s.district, COALESCE(g.area, v.area) AS area, COALESCE(v.given_at, g.from_at) AS since
		FROM trust.seat() s
		JOIN account_grant g ON g.district = s.district AND g.account = s.account
		LEFT JOIN visitor_scope v ON g.role = 'worker' AND v.district = s.district AND v.visitor = s.visitor
		LEFT JOIN area a ON a.district = s.district AND a.code = COALESCE(g.area, v.area)
		WHERE (s.kind = 'key') = (g.role = 'service')
			AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now())
			AND CASE
				WHEN g.role IN ('worker', 'leader') THEN true
				WHEN g.role = 'official' THEN what = 'records' OR a.level >= 3
				WHEN g.role IN ('planner', 'task_force') THEN what = 'records'
				WHEN g.role = 'service' THEN what = 'records' OR 'names' = ANY (s.scopes)
				ELSE false
			END
	), published AS (
		-- Boundaries that came into force and were not taken back since.
		SELECT p.id, p.effective
		FROM publication p JOIN trust.seat() s ON s.district = p.district JOIN district d ON d.code = p.district
		WHERE p.draft IS NOT NULL AND p.effective <= (now() AT TIME ZONE d.time_zone)::date
			AND NOT EXISTS (SELECT FROM publication b WHERE b.district = p.district AND b.back_to < p.effective AND b.effective > p.effective
				AND b.effective <= (now() AT TIME ZONE d.time_zone)::date)
	), followed AS (
		SELECT g.district, g.area, (g.since AT TIME ZONE d.time_zone)::date AS since FROM given g JOIN district d ON d.code = g.district
		UNION
		SELECT f.district, l.to_area, p.effective
		FROM followed f
		JOIN area_lineage l ON l.district = f.district AND l.from_area = f.area
		JOIN published p ON p.id = l.publication AND p.effective > f.since
	)
	SELECT DISTINCT f.area FROM followed f WHERE f.area IS NOT NULL;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.areas(text) IS 'The areas, with all that lies in them, whose residents'' records or names (what) the session sees: as they were granted, and what took their place when boundaries changed since. Names go to workers, to leaders, to officials of a community or below, and to keys whose scopes say so.';

-- +goose StatementBegin
CREATE FUNCTION trust.everywhere(what text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM trust.areas(what) g JOIN area a ON a.district = trust.district() AND a.code = g AND a.level = 1);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.everywhere(text) IS 'Whether trust.areas(what) has the whole district.';

-- +goose StatementBegin
CREATE FUNCTION trust.grids(what text) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (
		WITH RECURSIVE inside AS (
			SELECT a.district, a.code, a.level FROM trust.areas(what) g JOIN area a ON a.district = trust.district() AND a.code = g
			UNION
			SELECT a.district, a.code, a.level FROM inside i JOIN area a ON a.district = i.district AND a.parent = i.code WHERE i.level < 4
		)
		SELECT COALESCE(array_agg(code), '{}') FROM inside WHERE level = 4
	);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.grids(text) IS 'The grids that lie in trust.areas(what).';

-- +goose StatementBegin
CREATE FUNCTION trust.micro_grids(what text) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (
		SELECT COALESCE(array_agg(a.code), '{}')
		FROM trust.areas(what) g JOIN area a ON a.district = trust.district() AND a.code = g AND a.level = 5
	);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.micro_grids(text) IS 'The micro-grids among trust.areas(what). Those in a grid that is seen need no naming: their residents have that grid.';

-- +goose StatementBegin
CREATE FUNCTION trust.handed() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (
		SELECT COALESCE(array_agg(resident), '{}') FROM (
			SELECT h.resident
			FROM trust.seat() s JOIN handover h ON h.district = s.district AND h.account = s.account
			WHERE h.from_at <= now() AND h.to_at > now()
				AND EXISTS (SELECT FROM trust.grants() g WHERE g.role NOT IN ('auditor', 'administrator', 'service'))
			UNION
			SELECT h.resident
			FROM trust.grants() g JOIN handover h ON h.district = g.district AND h.body = g.body
			WHERE g.role = 'department' AND h.from_at <= now() AND h.to_at > now()
			UNION
			SELECT n.resident
			FROM trust.grants() g
			JOIN district d ON d.code = g.district
			CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE d.time_zone)::date AS today) t
			JOIN need_match m ON m.district = g.district AND m.provider = g.body AND m.from_day <= t.today
			JOIN need n ON n.district = m.district AND n.id = m.need AND n.from_day <= t.today AND (n.to_day IS NULL OR n.to_day >= t.today)
			WHERE g.role = 'provider' AND NOT EXISTS (SELECT FROM need_match l
				WHERE l.district = m.district AND l.need = m.need AND l.n > m.n AND l.from_day <= t.today)
		) h
	);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.handed() IS 'Residents whom the session sees, names and all, wherever they live: handed over to the account, if it has any role that sees people, or to a department that it is granted; or whose need is matched today to a provider that it is granted.';

-- +goose StatementBegin
CREATE FUNCTION trust.colleagues() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (
		SELECT COALESCE(array_agg(visitor), '{}') FROM (
			SELECT s.visitor FROM trust.seat() s WHERE s.visitor IS NOT NULL AND EXISTS (SELECT FROM trust.grants() g WHERE g.role = 'worker')
			UNION
			SELECT v.visitor
			FROM visitor_scope v JOIN trust.areas('records') a ON starts_with(v.area, a) OR starts_with(a, v.area)
			WHERE v.district = trust.district()
			UNION
			SELECT w.visitor FROM trust.grants() g JOIN provider_worker w ON w.district = g.district AND w.provider = g.body WHERE g.role = 'provider'
		) v
	);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.colleagues() IS 'Visitors whom the session sees, names and all: whose areas share ground with its own, or who work for a provider that it is granted. The code of an area begins with those of all that it lies in.';

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA trust FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.seat(), trust.grants(), trust.district(), trust.areas(text), trust.everywhere(text), trust.grids(text),
	trust.micro_grids(text), trust.handed(), trust.colleagues() TO sanse_desk;

-- The rules -----------------------------------------------------------------------

-- A resident: in an area whose records are seen, or handed over.
ALTER TABLE resident ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON resident TO sanse_engine USING (true);
CREATE POLICY desk ON resident FOR SELECT TO sanse_desk USING (
	district = (SELECT trust.district()) AND (
		(SELECT trust.everywhere('records'))
		OR grid = ANY ((SELECT trust.grids('records'))::text[])
		OR micro_grid = ANY ((SELECT trust.micro_grids('records'))::text[])
		OR id = ANY ((SELECT trust.handed())::text[])));

-- A task: at the home of a resident who is seen, or itself in such an area.
ALTER TABLE task ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON task TO sanse_engine USING (true);
CREATE POLICY desk ON task FOR SELECT TO sanse_desk USING (
	district = (SELECT trust.district()) AND CASE
		WHEN resident IS NOT NULL THEN EXISTS (SELECT FROM resident r WHERE r.district = task.district AND r.id = task.resident)
		ELSE (SELECT trust.everywhere('records'))
			OR grid = ANY ((SELECT trust.grids('records'))::text[])
			OR micro_grid = ANY ((SELECT trust.micro_grids('records'))::text[])
		END);

-- Who a resident is, and where a task is in words: the same with names. The
-- engine sees no row; of addresses of tasks it may clear those it stores anew.
ALTER TABLE resident_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON resident_person FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM resident r WHERE r.district = resident_person.district AND r.id = resident_person.resident AND (
		(SELECT trust.everywhere('names'))
		OR r.grid = ANY ((SELECT trust.grids('names'))::text[])
		OR r.micro_grid = ANY ((SELECT trust.micro_grids('names'))::text[])
		OR r.id = ANY ((SELECT trust.handed())::text[]))));
ALTER TABLE task_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON task_person TO sanse_engine USING (true);
CREATE POLICY desk ON task_person FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM task t WHERE t.district = task_person.district AND t.id = task_person.task AND CASE
		WHEN t.resident IS NOT NULL THEN EXISTS (SELECT FROM resident_person p WHERE p.district = t.district AND p.resident = t.resident)
		ELSE (SELECT trust.everywhere('names'))
			OR t.grid = ANY ((SELECT trust.grids('names'))::text[])
			OR t.micro_grid = ANY ((SELECT trust.micro_grids('names'))::text[])
		END));

-- A visitor: one's own, and those one works with.
ALTER TABLE visitor ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON visitor TO sanse_engine USING (true);
CREATE POLICY desk ON visitor FOR SELECT TO sanse_desk USING (
	district = (SELECT trust.district()) AND id = ANY ((SELECT trust.colleagues())::text[]));
ALTER TABLE visitor_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON visitor_person FOR SELECT TO sanse_desk USING (
	district = (SELECT trust.district()) AND visitor = ANY ((SELECT trust.colleagues())::text[]));

-- Whatever is part of a resident, a task, a need or a visitor is seen with it.
-- +goose StatementBegin
DO $$
DECLARE
	part record;
BEGIN
	FOR part IN SELECT * FROM (VALUES
		('resident_kind', 'resident', 'resident'),
		('resident_absence', 'resident', 'resident'),
		('resident_prefer', 'resident', 'resident'),
		('team', 'resident', 'resident'),
		('visit', 'resident', 'resident'),
		('need', 'resident', 'resident'),
		('need_match', 'need', 'need'),
		('task_prefer', 'task', 'task'),
		('task_visit', 'task', 'task'),
		('visitor_scope', 'visitor', 'visitor'),
		('visitor_shift', 'visitor', 'visitor'),
		('visitor_day_off', 'visitor', 'visitor'),
		('plan_itinerary', 'visitor', 'visitor')
	) AS t (part, by_column, whole) LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part.part);
		EXECUTE format('CREATE POLICY engine ON %I TO sanse_engine USING (true)', part.part);
		EXECUTE format('CREATE POLICY desk ON %I FOR SELECT TO sanse_desk USING (EXISTS (SELECT FROM %I w WHERE w.district = %1$I.district AND w.id = %1$I.%3$I))',
			part.part, part.whole, part.by_column);
	END LOOP;
	-- A stop, planned or not, is a resident's home or a task's own place.
	FOREACH part.part IN ARRAY ARRAY['plan_stop', 'plan_unplanned'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part.part);
		EXECUTE format('CREATE POLICY engine ON %I TO sanse_engine USING (true)', part.part);
		EXECUTE format('CREATE POLICY desk ON %I FOR SELECT TO sanse_desk USING (CASE WHEN resident IS NOT NULL
			THEN EXISTS (SELECT FROM resident w WHERE w.district = %1$I.district AND w.id = %1$I.resident)
			ELSE EXISTS (SELECT FROM task w WHERE w.district = %1$I.district AND w.id = %1$I.task) END)', part.part);
	END LOOP;
END
$$;
-- +goose StatementEnd

-- The gate reads which areas a worker has, and keeps accounts; nobody else does,
-- whatever may be granted by mistake. The problem of a plan holds everybody in
-- one piece, and who works for a provider nobody has asked for at the desk: these
-- are for the engine alone.
CREATE POLICY gate ON visitor_scope FOR SELECT TO sanse_gate USING (true);
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON account TO sanse_gate USING (true);
ALTER TABLE account_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON account_grant TO sanse_gate USING (true);
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON session TO sanse_gate USING (true);
ALTER TABLE handover ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON handover TO sanse_gate USING (true);
ALTER TABLE plan_problem ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON plan_problem TO sanse_engine USING (true);
ALTER TABLE provider_worker ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON provider_worker TO sanse_engine USING (true);

-- Grants --------------------------------------------------------------------------

-- The engine reads all that is not personal, and writes what the pages have it
-- write: boundaries and where people belong by them, plans, matches of needs,
-- days off, standards, reports, releases. People, visits, streets, facilities and
-- rules come by import, which the owner does.
GRANT SELECT ON district, area, area_version, building, population, facility, street_version, street_overlay, street,
	provider, provider_scope, provider_worker, policy, import_log,
	resident, resident_kind, resident_absence, resident_prefer, team, visit, need, need_match, task, task_prefer, task_visit,
	visitor, visitor_scope, visitor_shift, visitor_day_off,
	plan, plan_itinerary, plan_stop, plan_unplanned, plan_problem, coverage_run, coverage_area,
	draft, draft_base, draft_change, draft_area, draft_lineage, draft_edit, draft_lock, publication, area_lineage,
	standard_set, report_run, report_value, release
	TO sanse_engine;
GRANT USAGE ON SEQUENCE data_version TO sanse_engine;
GRANT UPDATE (data_version, ground_version) ON district TO sanse_engine;
GRANT INSERT, UPDATE ON area TO sanse_engine;
GRANT INSERT, UPDATE, DELETE ON area_version TO sanse_engine;
GRANT UPDATE (grid, micro_grid) ON resident, population TO sanse_engine;
GRANT UPDATE (grid) ON facility TO sanse_engine;
GRANT INSERT, UPDATE ON task TO sanse_engine;
GRANT INSERT, UPDATE, DELETE ON task_prefer TO sanse_engine;
GRANT SELECT (district, task), DELETE ON task_person TO sanse_engine;
GRANT INSERT ON need_match, visitor_day_off TO sanse_engine;
GRANT INSERT, UPDATE (is_current) ON plan TO sanse_engine;
GRANT INSERT ON plan_itinerary, plan_stop, plan_unplanned, plan_problem, coverage_run, coverage_area TO sanse_engine;
GRANT INSERT, UPDATE, DELETE ON draft, draft_base, draft_change, draft_area, draft_lineage, draft_edit, draft_lock TO sanse_engine;
GRANT INSERT ON publication, area_lineage, standard_set, report_run, report_value, release TO sanse_engine;

-- The desk reads rows that its session sees, without the exact places of homes;
-- it writes nothing but the trace.
GRANT SELECT (code, name, time_zone, made_up, note, attribution, data_version, ground_version) ON district TO sanse_desk;
GRANT SELECT (district, id, grade, grid, micro_grid, declared, minutes, enrolled) ON resident TO sanse_desk;
GRANT SELECT (district, id, kind, what, resident, grid, micro_grid, minutes, rules, absent, weight) ON task TO sanse_desk;
GRANT SELECT (district, id, kind, tier, mode, capacity, skills) ON visitor TO sanse_desk;
GRANT SELECT (district, plan, visitor, day, depart, block, return_seconds) ON plan_itinerary TO sanse_desk;
GRANT SELECT ON resident_person, visitor_person, task_person, resident_kind, resident_absence, resident_prefer, team, visit, need, need_match,
	task_prefer, task_visit, visitor_scope, visitor_shift, visitor_day_off, plan_stop, plan_unplanned TO sanse_desk;

-- +goose Down

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM sanse_engine, sanse_desk;
REVOKE ALL ON SEQUENCE data_version FROM sanse_engine;
GRANT SELECT ON key_check TO sanse_engine, sanse_desk;
-- +goose StatementBegin
DO $$
DECLARE
	p record;
BEGIN
	FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
		EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
		EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', p.tablename);
	END LOOP;
END
$$;
-- +goose StatementEnd
DROP FUNCTION trust.colleagues(), trust.handed(), trust.micro_grids(text), trust.grids(text), trust.everywhere(text), trust.areas(text), trust.district();
ALTER TABLE task ADD COLUMN address sealed;
UPDATE task t SET address = p.address FROM task_person p WHERE p.district = t.district AND p.task = t.id;
ALTER TABLE visitor ADD COLUMN name sealed, ADD COLUMN phone sealed;
UPDATE visitor v SET name = p.name, phone = p.phone FROM visitor_person p WHERE p.district = v.district AND p.visitor = v.id;
ALTER TABLE resident ADD COLUMN id_hash bytea, ADD COLUMN name sealed, ADD COLUMN id_number sealed, ADD COLUMN phone sealed,
	ADD COLUMN address sealed, ADD COLUMN note sealed;
UPDATE resident r SET id_hash = p.id_hash, name = p.name, id_number = p.id_number, phone = p.phone, address = p.address, note = p.note
	FROM resident_person p WHERE p.district = r.district AND p.resident = r.id;
ALTER TABLE resident ADD CONSTRAINT resident_id_hash_key UNIQUE (district, id_hash);
DROP TABLE task_person, visitor_person, resident_person;
