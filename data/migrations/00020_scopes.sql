-- +goose Up

-- What became of an area is asked in two places: by the policies, and by whoever
-- takes a seat. Both are to say the same.

-- +goose StatementBegin
CREATE FUNCTION trust.followed(d text, given text, since timestamptz) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 2
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
		JOIN area_lineage l ON l.district = d AND l.from_area = f.area
		JOIN published p ON p.id = l.publication AND p.effective > f.since
	)
	SELECT DISTINCT f.area FROM followed f WHERE f.area IS NOT NULL;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.followed(text, text, timestamptz) IS 'An area that was given to somebody at that time, and what took its place in boundaries that came into force since and were not taken back.';
REVOKE EXECUTE ON FUNCTION trust.followed(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.followed(text, text, timestamptz) TO sanse_gate;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.areas(what text) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF what NOT IN ('records', 'names') THEN
		RAISE EXCEPTION 'nothing is called %', what;
	END IF;
	RETURN QUERY
	SELECT DISTINCT f.area
	FROM trust.seat() s
	JOIN account_grant g ON g.district = s.district AND g.account = s.account
	LEFT JOIN visitor_scope v ON g.role = 'worker' AND v.district = s.district AND v.visitor = s.visitor
	LEFT JOIN area a ON a.district = s.district AND a.code = COALESCE(g.area, v.area)
	CROSS JOIN LATERAL trust.followed(s.district, COALESCE(g.area, v.area), COALESCE(v.given_at, g.from_at)) f (area)
	WHERE (s.kind = 'key') = (g.role = 'service')
		AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now())
		AND CASE
			WHEN g.role IN ('worker', 'leader') THEN true
			WHEN g.role = 'official' THEN what = 'records' OR a.level >= 3
			WHEN g.role IN ('planner', 'task_force') THEN what = 'records'
			WHEN g.role = 'service' THEN what = 'records' OR 'names' = ANY (s.scopes)
			ELSE false
		END;
END
$$;
-- +goose StatementEnd

GRANT SELECT (given_at) ON visitor_scope TO sanse_gate;

-- Who works in areas that share ground with the session's is decided visitor by
-- visitor, so that one name costs one look-up, however many visitors there are.

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.colleagues() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (
		SELECT COALESCE(array_agg(visitor), '{}') FROM (
			SELECT s.visitor FROM trust.seat() s WHERE s.visitor IS NOT NULL AND EXISTS (SELECT FROM trust.grants() g WHERE g.role = 'worker')
			UNION
			SELECT w.visitor FROM trust.grants() g JOIN provider_worker w ON w.district = g.district AND w.provider = g.body WHERE g.role = 'provider'
		) v
	);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.colleagues() IS 'Visitors whom the session sees, names and all, wherever they work: the one whose account it is, if that is a worker''s, and those who work for a provider that it is granted.';

-- +goose StatementBegin
CREATE FUNCTION trust.shares_ground(d text, v text, mine text[]) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM visitor_scope s, unnest(mine) a
		WHERE s.district = d AND s.visitor = v AND (starts_with(s.area, a) OR starts_with(a, s.area)));
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.shares_ground(text, text, text[]) IS 'Whether a visitor works in an area that lies in one of mine, or has one of mine in it. The code of an area begins with those of all that it lies in.';
REVOKE EXECUTE ON FUNCTION trust.shares_ground(text, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.shares_ground(text, text, text[]) TO sanse_desk;

ALTER POLICY desk ON visitor USING (
	district = (SELECT trust.district()) AND (
		id = ANY ((SELECT trust.colleagues())::text[])
		OR trust.shares_ground(district, id, (SELECT array_agg(a) FROM trust.areas('records') a))));
ALTER POLICY desk ON visitor_person USING (
	district = (SELECT trust.district()) AND (
		visitor = ANY ((SELECT trust.colleagues())::text[])
		OR trust.shares_ground(district, visitor, (SELECT array_agg(a) FROM trust.areas('records') a))));

-- +goose Down

ALTER POLICY desk ON visitor USING (district = (SELECT trust.district()) AND id = ANY ((SELECT trust.colleagues())::text[]));
ALTER POLICY desk ON visitor_person USING (district = (SELECT trust.district()) AND visitor = ANY ((SELECT trust.colleagues())::text[]));
DROP FUNCTION trust.shares_ground(text, text, text[]);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.colleagues() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
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


-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.areas(what text) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3
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
REVOKE SELECT (given_at) ON visitor_scope FROM sanse_gate;
DROP FUNCTION trust.followed(text, text, timestamptz);
