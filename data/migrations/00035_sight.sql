-- +goose Up

-- What a session sees is found out once for a table of a statement, by one
-- function, and not by one for each way in which it may see a row: that was most
-- of what a look at a single record cost.

-- +goose StatementBegin
CREATE FUNCTION trust.sight(what text) RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	me record;
	one record; -- a grant with an area
	seen text[] := '{}';   -- what can be seen, as the policies ask for it
	wide text[] := '{}';   -- areas that hold grids
	works boolean := false; -- in a role that sees people
BEGIN
	IF what NOT IN ('records', 'names') THEN
		RAISE EXCEPTION 'nothing is called %', what;
	END IF;
	SELECT * INTO me FROM trust.seat();
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	FOR one IN
		SELECT g.role, g.body, f.area, o.level, o.level IS NOT NULL AND CASE
				WHEN g.role IN ('worker', 'leader') THEN true
				WHEN g.role = 'official' THEN what = 'records' OR a.level >= 3
				WHEN g.role IN ('planner', 'task_force') THEN what = 'records'
				WHEN g.role = 'service' THEN what = 'records' OR 'names' = ANY (me.scopes)
				ELSE false
			END AS here
		FROM account_grant g
		LEFT JOIN visitor_scope v ON g.role = 'worker' AND v.district = me.district AND v.visitor = me.visitor
		LEFT JOIN area a ON a.district = me.district AND a.code = COALESCE(g.area, v.area)
		LEFT JOIN LATERAL trust.followed(me.district, a.code, COALESCE(v.given_at, g.from_at)) f (area) ON true
		LEFT JOIN area o ON o.district = me.district AND o.code = f.area
		WHERE g.district = me.district AND g.account = me.account AND (me.kind = 'key') = (g.role = 'service')
			AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now())
	LOOP
		works := works OR one.role NOT IN ('auditor', 'administrator', 'service');
		IF one.here AND one.level = 1 THEN
			RETURN jsonb_build_object(me.district || ' *', true);
		ELSIF one.here AND one.level < 4 THEN
			wide := wide || one.area;
		ELSIF one.here THEN
			seen := seen || (me.district || ' ' || one.area);
		END IF;
		-- Who is handed to a body, or matched today to a provider, wherever they live.
		IF one.role = 'department' THEN
			seen := seen || ARRAY(SELECT me.district || ' r ' || h.resident FROM handover h
				WHERE h.district = me.district AND h.body = one.body AND h.from_at <= now() AND h.to_at > now());
		ELSIF one.role = 'provider' THEN
			seen := seen || ARRAY(SELECT me.district || ' r ' || n.resident
				FROM (SELECT (now() AT TIME ZONE d.time_zone)::date AS today FROM district d WHERE d.code = me.district) t
				JOIN need_match m ON m.district = me.district AND m.provider = one.body AND m.from_day <= t.today
				JOIN need n ON n.district = m.district AND n.id = m.need AND n.from_day <= t.today AND (n.to_day IS NULL OR n.to_day >= t.today)
				WHERE NOT EXISTS (SELECT FROM need_match l
					WHERE l.district = m.district AND l.need = m.need AND l.n > m.n AND l.from_day <= t.today));
		END IF;
	END LOOP;
	IF works THEN
		seen := seen || ARRAY(SELECT me.district || ' r ' || h.resident FROM handover h
			WHERE h.district = me.district AND h.account = me.account AND h.from_at <= now() AND h.to_at > now());
	END IF;
	WHILE cardinality(wide) > 0 LOOP -- a level at a time
		SELECT array_agg(a.code) FILTER (WHERE a.level < 4), seen || COALESCE(array_agg(me.district || ' ' || a.code) FILTER (WHERE a.level = 4), '{}')
			INTO wide, seen FROM area a WHERE a.district = me.district AND a.parent = ANY (wide);
	END LOOP;
	RETURN (SELECT jsonb_object_agg(k, true) FROM unnest(seen) k);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.sight(text) IS 'Whose records or names (what) the session sees: keys of the district and * (all), the code of a grid or a micro-grid, or r and a resident. Null: nobody''s. It says what trust.everywhere, trust.grids, trust.micro_grids and trust.handed say, in one.';

-- +goose StatementBegin
CREATE FUNCTION trust.knows() RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	me record;
BEGIN
	SELECT * INTO me FROM trust.seat();
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT jsonb_object_agg(me.district || ' v ' || CASE g.role WHEN 'worker' THEN me.visitor ELSE w.visitor END, true)
		FROM account_grant g LEFT JOIN provider_worker w ON g.role = 'provider' AND w.district = g.district AND w.provider = g.body
		WHERE g.district = me.district AND g.account = me.account AND me.kind <> 'key'
			AND (g.role = 'worker' AND me.visitor IS NOT NULL OR w.visitor IS NOT NULL)
			AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now()));
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.knows() IS 'trust.colleagues() as keys of the district, v and a visitor. Null: nobody.';

REVOKE EXECUTE ON FUNCTION trust.sight(text), trust.knows() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.sight(text), trust.knows() TO sanse_desk;

ALTER POLICY desk ON resident USING (
	(SELECT trust.sight('records')) ?| ARRAY[district || ' *', district || ' ' || grid, district || ' ' || micro_grid, district || ' r ' || id]);
-- One row by its key, and never all of them: a subquery that could be asked of
-- whether there is any is planned as a table of all residents as well.
ALTER POLICY desk ON resident_person USING (
	(SELECT (SELECT trust.sight('names')) ?| ARRAY[r.district || ' *', r.district || ' ' || r.grid, r.district || ' ' || r.micro_grid, r.district || ' r ' || r.id]
		FROM resident r WHERE r.district = resident_person.district AND r.id = resident_person.resident));
ALTER POLICY desk ON task USING (CASE
	WHEN resident IS NOT NULL THEN (SELECT true FROM resident r WHERE r.district = task.district AND r.id = task.resident)
	ELSE (SELECT trust.sight('records')) ?| ARRAY[district || ' *', district || ' ' || grid, district || ' ' || micro_grid] END);
ALTER POLICY desk ON task_person USING (
	(SELECT CASE
		WHEN t.resident IS NOT NULL THEN
			(SELECT true FROM resident_person p WHERE p.district = t.district AND p.resident = t.resident) IS TRUE
			OR t.resident = ANY ((SELECT trust.merely('contact'))::text[]) AND t.resident <> ALL ((SELECT trust.restricted())::text[])
		ELSE (SELECT trust.sight('names')) ?| ARRAY[t.district || ' *', t.district || ' ' || t.grid, t.district || ' ' || t.micro_grid] END
		FROM task t WHERE t.district = task_person.district AND t.id = task_person.task));
ALTER POLICY desk ON visitor_scope USING (
	(SELECT trust.knows()) ? (district || ' v ' || visitor)
	OR district = (SELECT trust.district()) AND EXISTS (SELECT FROM unnest((SELECT array_agg(a) FROM trust.areas('records') a)) mine
		WHERE starts_with(area, mine) OR starts_with(mine, area)));
ALTER POLICY desk ON visitor USING (
	(SELECT trust.knows()) ? (district || ' v ' || id)
	OR (SELECT true FROM visitor_scope s WHERE s.district = visitor.district AND s.visitor = visitor.id LIMIT 1));
ALTER POLICY desk ON visitor_person USING (
	(SELECT trust.knows()) ? (district || ' v ' || visitor)
	OR (SELECT true FROM visitor_scope s WHERE s.district = visitor_person.district AND s.visitor = visitor_person.visitor LIMIT 1));

-- An area that nothing came of is what it was: that is asked first.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.followed(d text, given text, since timestamptz) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 2
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	zone text;
	today date;
BEGIN
	IF given IS NULL THEN
		RETURN;
	END IF;
	IF NOT EXISTS (SELECT FROM area_lineage l WHERE l.district = d AND l.from_area = given AND l.heir) THEN
		RETURN NEXT given;
		RETURN;
	END IF;
	zone := (SELECT time_zone FROM district WHERE code = d);
	today := (now() AT TIME ZONE zone)::date;
	RETURN QUERY
	WITH RECURSIVE published AS (
		-- Boundaries that came into force and were not taken back since.
		SELECT p.id, p.effective FROM publication p
		WHERE p.district = d AND p.draft IS NOT NULL AND p.effective <= today
			AND NOT EXISTS (SELECT FROM publication b
				WHERE b.district = d AND b.back_to < p.effective AND b.effective > p.effective AND b.effective <= today)
	), followed AS (
		SELECT given AS area, (since AT TIME ZONE zone)::date AS since
		UNION
		SELECT l.to_area, p.effective
		FROM followed f
		JOIN area_lineage l ON l.district = d AND l.from_area = f.area AND l.heir
		JOIN published p ON p.id = l.publication AND p.effective > f.since
	)
	SELECT DISTINCT f.area FROM followed f WHERE f.area IS NOT NULL;
END
$$;
-- +goose StatementEnd

-- A function in plpgsql keeps its plan, one in SQL is planned each time.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.restricted() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (SELECT COALESCE(array_agg(r.resident), '{}') FROM trust.seat() s JOIN restriction r ON r.district = s.district
		WHERE r.from_at <= now() AND (r.to_at IS NULL OR r.to_at > now()));
END
$$;
-- +goose StatementEnd

-- +goose Down

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.restricted() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
	SELECT COALESCE(array_agg(resident), '{}') FROM restriction
	WHERE district = trust.district() AND from_at <= now() AND (to_at IS NULL OR to_at > now())
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.followed(d text, given text, since timestamptz) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 2
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	zone text := (SELECT time_zone FROM district WHERE code = d);
	today date := (now() AT TIME ZONE zone)::date;
BEGIN
	RETURN QUERY
	WITH RECURSIVE published AS (
		-- Boundaries that came into force and were not taken back since.
		SELECT p.id, p.effective FROM publication p
		WHERE p.district = d AND p.draft IS NOT NULL AND p.effective <= today
			AND NOT EXISTS (SELECT FROM publication b
				WHERE b.district = d AND b.back_to < p.effective AND b.effective > p.effective AND b.effective <= today)
	), followed AS (
		SELECT given AS area, (since AT TIME ZONE zone)::date AS since
		UNION
		SELECT l.to_area, p.effective
		FROM followed f
		JOIN area_lineage l ON l.district = d AND l.from_area = f.area AND l.heir
		JOIN published p ON p.id = l.publication AND p.effective > f.since
	)
	SELECT DISTINCT f.area FROM followed f WHERE f.area IS NOT NULL;
END
$$;
-- +goose StatementEnd

ALTER POLICY desk ON visitor_person USING (
	district = (SELECT trust.district()) AND (
		visitor = ANY ((SELECT trust.colleagues())::text[])
		OR EXISTS (SELECT FROM visitor_scope s WHERE s.district = visitor_person.district AND s.visitor = visitor_person.visitor)));
ALTER POLICY desk ON visitor USING (
	district = (SELECT trust.district()) AND (
		id = ANY ((SELECT trust.colleagues())::text[])
		OR EXISTS (SELECT FROM visitor_scope s WHERE s.district = visitor.district AND s.visitor = visitor.id)));
ALTER POLICY desk ON visitor_scope USING (
	district = (SELECT trust.district()) AND (
		visitor = ANY ((SELECT trust.colleagues())::text[])
		OR EXISTS (SELECT FROM unnest((SELECT array_agg(a) FROM trust.areas('records') a)) mine
			WHERE starts_with(area, mine) OR starts_with(mine, area))));
ALTER POLICY desk ON task_person USING (
	EXISTS (SELECT FROM task t WHERE t.district = task_person.district AND t.id = task_person.task AND CASE
		WHEN t.resident IS NOT NULL THEN
			EXISTS (SELECT FROM resident_person p WHERE p.district = t.district AND p.resident = t.resident)
			OR t.resident = ANY ((SELECT trust.merely('contact'))::text[]) AND t.resident <> ALL ((SELECT trust.restricted())::text[])
		ELSE (SELECT trust.everywhere('names'))
			OR t.grid = ANY ((SELECT trust.grids('names'))::text[])
			OR t.micro_grid = ANY ((SELECT trust.micro_grids('names'))::text[])
		END));
ALTER POLICY desk ON task USING (
	district = (SELECT trust.district()) AND CASE
		WHEN resident IS NOT NULL THEN EXISTS (SELECT FROM resident r WHERE r.district = task.district AND r.id = task.resident)
		ELSE (SELECT trust.everywhere('records'))
			OR grid = ANY ((SELECT trust.grids('records'))::text[])
			OR micro_grid = ANY ((SELECT trust.micro_grids('records'))::text[])
		END);
ALTER POLICY desk ON resident_person USING (
	EXISTS (SELECT FROM resident r WHERE r.district = resident_person.district AND r.id = resident_person.resident AND (
		(SELECT trust.everywhere('names'))
		OR r.grid = ANY ((SELECT trust.grids('names'))::text[])
		OR r.micro_grid = ANY ((SELECT trust.micro_grids('names'))::text[])
		OR r.id = ANY ((SELECT trust.handed())::text[]))));
ALTER POLICY desk ON resident USING (
	district = (SELECT trust.district()) AND (
		(SELECT trust.everywhere('records'))
		OR grid = ANY ((SELECT trust.grids('records'))::text[])
		OR micro_grid = ANY ((SELECT trust.micro_grids('records'))::text[])
		OR id = ANY ((SELECT trust.handed())::text[])));
DROP FUNCTION trust.knows(), trust.sight(text);
