-- +goose Up

-- Who asks is found by the functions in a view of the owner's, and not by another
-- function that each of them calls. It begins with the token, whatever is known of
-- how many sessions and accounts there are.

CREATE VIEW trust.seated AS
	SELECT s.district, s.id AS session, a.id AS account, a.visitor, s.kind, s.scopes
	FROM (SELECT * FROM session
		WHERE token_hash = sha256(convert_to(NULLIF(current_setting('sanse.session', true), ''), 'UTF8'))
			AND stage = 'full' AND revoked_at IS NULL AND expires_at > now()
			AND (idle_seconds = 0 OR seen_at + make_interval(secs => idle_seconds) > now()) OFFSET 0) s
	JOIN account a ON a.district = s.district AND a.id = s.account AND (a.disabled_at IS NULL OR a.disabled_at > now());
COMMENT ON VIEW trust.seated IS 'What trust.seat() says, for the functions of this schema: nobody but the owner reads it.';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.seat(OUT district text, OUT session text, OUT account text, OUT visitor text, OUT kind text, OUT scopes text[])
	RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT s.district, s.session, s.account, s.visitor, s.kind, s.scopes FROM trust.seated s;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.grants(OUT district text, OUT account text, OUT role text, OUT area text, OUT body text)
	RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3
	SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
	me record;
BEGIN
	SELECT * INTO me FROM trust.seated s;
	IF me.account IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT g.district, g.account, g.role, COALESCE(g.area, v.area), g.body
	FROM account_grant g
	LEFT JOIN visitor_scope v ON g.role = 'worker' AND v.district = me.district AND v.visitor = me.visitor
	WHERE g.district = me.district AND g.account = me.account AND (me.kind = 'key') = (g.role = 'service')
		AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now());
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.sight(what text) RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
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
	SELECT * INTO me FROM trust.seated;
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
		-- An area that nothing came of is what it was, and nobody is asked.
		LEFT JOIN LATERAL (
			SELECT a.code WHERE NOT EXISTS (SELECT FROM area_lineage l WHERE l.district = me.district AND l.from_area = a.code AND l.heir)
			UNION ALL
			SELECT t FROM trust.followed(me.district, a.code, COALESCE(v.given_at, g.from_at)) t
			WHERE EXISTS (SELECT FROM area_lineage l WHERE l.district = me.district AND l.from_area = a.code AND l.heir)
		) f (area) ON true
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

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.knows() RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	me record;
BEGIN
	SELECT * INTO me FROM trust.seated;
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

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.merely(what text) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	me record;
	sight text := CASE what WHEN 'served' THEN 'records' WHEN 'contact' THEN 'names' END;
	only_these text[];
	grids text[];
	micro_grids text[];
BEGIN
	IF sight IS NULL THEN
		RAISE EXCEPTION 'nothing is called %', what;
	END IF;
	SELECT * INTO me FROM trust.seated;
	IF NOT EXISTS (SELECT FROM account_grant g WHERE g.district = me.district AND g.account = me.account AND g.role IN ('provider', 'department')) THEN
		RETURN '{}'; -- nearly everybody; what has ended is looked at below
	END IF;
	only_these := (SELECT array_agg(h.resident) FROM (
		SELECT s.resident FROM trust.served() s
		UNION
		SELECT d FROM trust.handed_to('department') d WHERE what = 'contact'
		EXCEPT
		SELECT a FROM trust.handed_to('account') a
		EXCEPT
		SELECT d FROM trust.handed_to('department') d WHERE what = 'served'
	) h);
	IF only_these IS NULL OR trust.everywhere(sight) THEN
		RETURN '{}';
	END IF;
	grids := trust.grids(sight);
	micro_grids := trust.micro_grids(sight);
	RETURN (
		SELECT COALESCE(array_agg(r.id), '{}') FROM resident r
		WHERE r.district = trust.district() AND r.id = ANY (only_these)
			AND NOT COALESCE(r.grid = ANY (grids), false) AND NOT COALESCE(r.micro_grid = ANY (micro_grids), false)
	);
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.restricted() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (SELECT COALESCE(array_agg(r.resident), '{}') FROM trust.seated s JOIN restriction r ON r.district = s.district
		WHERE r.from_at <= now() AND (r.to_at IS NULL OR r.to_at > now()));
END
$$;
-- +goose StatementEnd

-- +goose Down

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.seat(OUT district text, OUT session text, OUT account text, OUT visitor text, OUT kind text, OUT scopes text[])
	RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT s.district, s.id, a.id, a.visitor, s.kind, s.scopes
	FROM session s JOIN account a ON a.district = s.district AND a.id = s.account
	WHERE s.token_hash = sha256(convert_to(NULLIF(current_setting('sanse.session', true), ''), 'UTF8'))
		AND s.stage = 'full' AND s.revoked_at IS NULL AND s.expires_at > now()
		AND (s.idle_seconds = 0 OR s.seen_at + make_interval(secs => s.idle_seconds) > now())
		AND (a.disabled_at IS NULL OR a.disabled_at > now());
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.grants(OUT district text, OUT account text, OUT role text, OUT area text, OUT body text)
	RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3
	SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT g.district, g.account, g.role, COALESCE(g.area, v.area), g.body
	FROM trust.seat() s
	JOIN account_grant g ON g.district = s.district AND g.account = s.account
	LEFT JOIN visitor_scope v ON g.role = 'worker' AND v.district = s.district AND v.visitor = s.visitor
	WHERE (s.kind = 'key') = (g.role = 'service')
		AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now());
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.sight(what text) RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
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

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.knows() RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
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

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.merely(what text) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	sight text := CASE what WHEN 'served' THEN 'records' WHEN 'contact' THEN 'names' END;
	only_these text[];
	grids text[];
	micro_grids text[];
BEGIN
	IF sight IS NULL THEN
		RAISE EXCEPTION 'nothing is called %', what;
	END IF;
	IF NOT EXISTS (SELECT FROM trust.grants() g WHERE g.role IN ('provider', 'department')) THEN
		RETURN '{}'; -- nearly everybody
	END IF;
	only_these := (SELECT array_agg(h.resident) FROM (
		SELECT s.resident FROM trust.served() s
		UNION
		SELECT d FROM trust.handed_to('department') d WHERE what = 'contact'
		EXCEPT
		SELECT a FROM trust.handed_to('account') a
		EXCEPT
		SELECT d FROM trust.handed_to('department') d WHERE what = 'served'
	) h);
	IF only_these IS NULL OR trust.everywhere(sight) THEN
		RETURN '{}';
	END IF;
	grids := trust.grids(sight);
	micro_grids := trust.micro_grids(sight);
	RETURN (
		SELECT COALESCE(array_agg(r.id), '{}') FROM resident r
		WHERE r.district = trust.district() AND r.id = ANY (only_these)
			AND NOT COALESCE(r.grid = ANY (grids), false) AND NOT COALESCE(r.micro_grid = ANY (micro_grids), false)
	);
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.restricted() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (SELECT COALESCE(array_agg(r.resident), '{}') FROM trust.seat() s JOIN restriction r ON r.district = s.district
		WHERE r.from_at <= now() AND (r.to_at IS NULL OR r.to_at > now()));
END
$$;
-- +goose StatementEnd

DROP VIEW trust.seated;
