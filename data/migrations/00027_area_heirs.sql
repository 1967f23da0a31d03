-- +goose Up

-- Who answers for an area answers for its heirs once boundaries have changed, and
-- for nothing else that got ground of it. Which of a lineage are heirs is decided
-- where boundaries are published, and kept: row-level security, who is seated, the
-- plans and what planners are shown beforehand all go by it.

ALTER TABLE area_lineage ADD COLUMN heir boolean;
COMMENT ON COLUMN area_lineage.heir IS 'Whether who answered for from_area answers for to_area since; otherwise it took but a piece.';

-- What was published before is judged by the same rule.
WITH ground AS (
	SELECT l.district, l.publication, l.from_area, l.to_area, ends, begins,
		ST_Area(ST_Intersection(ST_MakeValid(was.boundary), ST_MakeValid(now.boundary))) AS shared,
		ST_Area(was.boundary) AS of_from, ST_Area(now.boundary) AS of_to
	FROM area_lineage l
	JOIN publication p ON p.district = l.district AND p.id = l.publication
	CROSS JOIN LATERAL (SELECT
		NOT EXISTS (SELECT FROM area_version v WHERE v.district = l.district AND v.area = l.from_area AND v.valid @> p.effective) AS ends,
		NOT EXISTS (SELECT FROM area_version v WHERE v.district = l.district AND v.area = l.to_area AND v.valid @> p.effective - 1) AS begins) life
	LEFT JOIN area_version was ON was.district = l.district AND was.area = l.from_area AND was.valid @> p.effective - 1
	LEFT JOIN area_version now ON now.district = l.district AND now.area = l.to_area AND now.valid @> p.effective
	WHERE l.from_area <> l.to_area AND (ends OR begins)
), judged AS (
	SELECT g.*, begins AND shared >= 0.25 * of_to OR ends AND shared >= 0.25 * of_from AS heir FROM ground g WHERE shared > 0
), ranked AS (
	SELECT j.*,
		ends AND NOT bool_or(heir) OVER outgoing AND row_number() OVER (outgoing ORDER BY shared DESC, to_area) = 1
		OR begins AND NOT bool_or(heir) OVER incoming AND row_number() OVER (incoming ORDER BY shared DESC, from_area) = 1 AS next
	FROM judged j
	WINDOW outgoing AS (PARTITION BY district, publication, from_area), incoming AS (PARTITION BY district, publication, to_area)
)
UPDATE area_lineage l SET heir = l.from_area = l.to_area OR EXISTS (SELECT FROM ranked r
	WHERE r.district = l.district AND r.publication = l.publication AND r.from_area = l.from_area AND r.to_area = l.to_area AND (r.heir OR r.next));
ALTER TABLE area_lineage ALTER COLUMN heir SET NOT NULL;

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
		JOIN area_lineage l ON l.district = d AND l.from_area = f.area AND l.heir
		JOIN published p ON p.id = l.publication AND p.effective > f.since
	)
	SELECT DISTINCT f.area FROM followed f WHERE f.area IS NOT NULL;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.followed(text, text, timestamptz) IS 'An area that was given to somebody at that time, and its heirs by boundaries that came into force since and were not taken back.';
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

-- +goose Down

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
ALTER TABLE area_lineage DROP COLUMN heir;
