-- +goose Up

-- A few houses that change sides do not open the whole neighbouring grid to whoever
-- was granted the one that gave them.

-- +goose StatementBegin
CREATE FUNCTION trust.followed(d text, given text, since timestamptz, works boolean) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 2
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
		-- Ground that went to a neighbour who was there before leads into all of
		-- the neighbour's: that is for those who are sent there, and for nobody else
		-- while the area that was granted goes on.
		WHERE works OR l.to_area = l.from_area
			OR NOT EXISTS (SELECT FROM area_lineage o
				WHERE o.district = d AND o.publication = l.publication AND o.from_area = l.from_area AND o.to_area = l.from_area)
			OR NOT EXISTS (SELECT FROM area_version v
				WHERE v.district = d AND v.area = l.to_area AND v.valid_from < p.effective AND (v.valid_to IS NULL OR v.valid_to >= p.effective))
	)
	SELECT DISTINCT f.area FROM followed f WHERE f.area IS NOT NULL;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.followed(text, text, timestamptz, boolean) IS 'An area that was given to somebody at that time, and what took its place in boundaries that came into force since and were not taken back. Works: it is an area of a visitor, who is planned for whatever got ground of it (as a snapshot has it); otherwise a neighbour who was there before and got a piece is not followed while the area goes on.';
REVOKE EXECUTE ON FUNCTION trust.followed(text, text, timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.followed(text, text, timestamptz, boolean) TO sanse_gate;

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
	CROSS JOIN LATERAL trust.followed(s.district, COALESCE(g.area, v.area), COALESCE(v.given_at, g.from_at), g.role = 'worker') f (area)
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

DROP FUNCTION trust.followed(text, text, timestamptz);

-- +goose Down

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

DROP FUNCTION trust.followed(text, text, timestamptz, boolean);
