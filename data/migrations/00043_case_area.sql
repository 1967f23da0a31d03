-- +goose Up

-- A case follows whom it is about: where they live now is where it is. One of nobody
-- is where its area was, and after a redraw with the heirs of that.

-- +goose StatementBegin
CREATE FUNCTION trust.case_area(d text, given text, since timestamptz, seen jsonb) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF seen IS NULL THEN -- no session
		RETURN NULL;
	END IF;
	RETURN (SELECT f.area FROM trust.followed(d, given, since) f (area)
		WHERE seen ?| ARRAY[d || ' *', d || ' ' || f.area, d || ' ' || left(f.area, 15)]
		ORDER BY EXISTS (SELECT FROM area_version v WHERE v.district = d AND v.area = f.area
			AND v.valid @> (SELECT (now() AT TIME ZONE p.time_zone)::date FROM district p WHERE p.code = d)) DESC, f.area
		LIMIT 1);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.case_area(text, text, timestamptz, jsonb) IS 'Where a case of nobody is that was opened in an area at that time: there, or with an heir of the area, of those that the session sees (seen: trust.sight), in force first. Null: in none.';
REVOKE EXECUTE ON FUNCTION trust.case_area(text, text, timestamptz, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.case_area(text, text, timestamptz, jsonb) TO sanse_desk;

-- A department sees the cases of nobody that it leads or has led: of somebody it
-- sees those who were handed to it.

ALTER TABLE incident ADD COLUMN bodies text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN incident.bodies IS 'The departments that lead the case or have led it.';
UPDATE incident i SET bodies = ARRAY(SELECT DISTINCT s.body FROM incident_step s WHERE s.district = i.district AND s.incident = i.id AND s.body IS NOT NULL);
GRANT UPDATE (bodies) ON incident TO sanse_desk;

ALTER POLICY desk ON incident USING (CASE
	WHEN resident IS NOT NULL THEN EXISTS (SELECT FROM resident r WHERE r.district = incident.district AND r.id = incident.resident)
	ELSE district = (SELECT trust.district()) AND (trust.case_area(district, area, opened_at, (SELECT trust.sight('records'))) IS NOT NULL
		OR bodies && (SELECT array_agg(g.body) FROM trust.grants() g WHERE g.role = 'department')) END);

-- The latest ladders first.

CREATE INDEX ladder_latest ON ladder (district, due_by DESC, id);

-- +goose Down

DROP INDEX ladder_latest;
ALTER POLICY desk ON incident USING (CASE
	WHEN resident IS NOT NULL THEN EXISTS (SELECT FROM resident r WHERE r.district = incident.district AND r.id = incident.resident)
	ELSE district = (SELECT trust.district()) AND ((SELECT trust.everywhere('records')) OR area = ANY ((SELECT trust.grids('records'))::text[])
		OR area = ANY ((SELECT trust.micro_grids('records'))::text[]) OR left(area, 15) = ANY ((SELECT trust.grids('records'))::text[])) END);
ALTER TABLE incident DROP COLUMN bodies;
DROP FUNCTION trust.case_area(text, text, timestamptz, jsonb);
