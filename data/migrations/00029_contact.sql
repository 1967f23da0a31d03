-- +goose Up

-- Who comes for one service is told how to find the door, and no more. A provider
-- sees of a resident who is matched to it the record, the need in question, and
-- whom to ask for where (trust.contact); no kinds, visits, wishes or other needs. A
-- department to which a resident was handed is told name, telephone and address as
-- well, and neither ID number nor note. Whoever sees the resident by an area too,
-- or to whose account they were handed, sees what they saw.

-- +goose StatementBegin
CREATE FUNCTION trust.served(OUT need text, OUT resident text) RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT n.id, n.resident
	FROM trust.grants() g
	JOIN district d ON d.code = g.district
	CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE d.time_zone)::date AS today) t
	JOIN need_match m ON m.district = g.district AND m.provider = g.body AND m.from_day <= t.today
	JOIN need n ON n.district = m.district AND n.id = m.need AND n.from_day <= t.today AND (n.to_day IS NULL OR n.to_day >= t.today)
	WHERE g.role = 'provider' AND NOT EXISTS (SELECT FROM need_match l
		WHERE l.district = m.district AND l.need = m.need AND l.n > m.n AND l.from_day <= t.today);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.served() IS 'Needs that are matched today to a provider that the session is granted, and whose they are.';

-- +goose StatementBegin
CREATE FUNCTION trust.handed_to(whom text) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF whom = 'account' THEN
		RETURN QUERY
		SELECT h.resident
		FROM trust.seat() s JOIN handover h ON h.district = s.district AND h.account = s.account
		WHERE h.from_at <= now() AND h.to_at > now()
			AND EXISTS (SELECT FROM trust.grants() g WHERE g.role NOT IN ('auditor', 'administrator', 'service'));
	ELSIF whom = 'department' THEN
		RETURN QUERY
		SELECT h.resident
		FROM trust.grants() g JOIN handover h ON h.district = g.district AND h.body = g.body
		WHERE g.role = 'department' AND h.from_at <= now() AND h.to_at > now();
	ELSE
		RAISE EXCEPTION 'nothing is handed to %', whom;
	END IF;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.handed_to(text) IS 'Residents who are handed over now to the account of the session (''account''), if it has any role that sees people, or to a department that it is granted (''department'').';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.handed() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (
		SELECT COALESCE(array_agg(resident), '{}') FROM (
			SELECT trust.handed_to('account') AS resident
			UNION
			SELECT trust.handed_to('department')
			UNION
			SELECT s.resident FROM trust.served() s
		) h
	);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.handed() IS 'Residents whom the session sees wherever they live: handed over to the account or to a department that it is granted; or whose need is matched today to a provider that it is granted.';

-- +goose StatementBegin
CREATE FUNCTION trust.merely(what text) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
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
COMMENT ON FUNCTION trust.merely(text) IS 'Residents whom the session sees for nothing but a need matched to its provider (''served''), or of whom it is told no more than whom to ask for where (''contact'': the same, and those handed to its department), and not by an area or for themselves as well.';

-- +goose StatementBegin
CREATE FUNCTION trust.contact(ids text[], OUT resident text, OUT name bytea, OUT phone bytea, OUT address bytea) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT p.resident, p.name::bytea, p.phone::bytea, p.address::bytea
	FROM resident_person p
	WHERE p.district = trust.district() AND p.resident = ANY (ids)
		AND p.resident = ANY (trust.merely('contact')) AND p.resident <> ALL (trust.restricted());
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.contact(text[]) IS 'Whom to ask for where, sealed: of those of these residents of whom the session is told that and no more (trust.merely).';

REVOKE EXECUTE ON FUNCTION trust.served(), trust.handed_to(text), trust.merely(text), trust.contact(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.served(), trust.merely(text), trust.contact(text[]) TO sanse_desk;

CREATE POLICY contact ON resident_person AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident <> ALL ((SELECT trust.merely('contact'))::text[]));
-- +goose StatementBegin
DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['resident_kind', 'resident_absence', 'resident_prefer', 'team', 'visit', 'data_request', 'consent'] LOOP
		EXECUTE format('CREATE POLICY served ON %I AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident <> ALL ((SELECT trust.merely(''served''))::text[]))', part);
	END LOOP;
	-- Work at a home is that of who goes there.
	FOREACH part IN ARRAY ARRAY['task', 'plan_stop', 'plan_unplanned'] LOOP
		EXECUTE format('CREATE POLICY served ON %I AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident IS NULL OR resident <> ALL ((SELECT trust.merely(''served''))::text[]))', part);
	END LOOP;
END
$$;
-- +goose StatementEnd
CREATE POLICY served ON need AS RESTRICTIVE FOR SELECT TO sanse_desk USING (
	resident <> ALL ((SELECT trust.merely('served'))::text[]) OR id IN (SELECT s.need FROM trust.served() s));
ALTER POLICY desk ON task_person USING (
	EXISTS (SELECT FROM task t WHERE t.district = task_person.district AND t.id = task_person.task AND CASE
		WHEN t.resident IS NOT NULL THEN
			EXISTS (SELECT FROM resident_person p WHERE p.district = t.district AND p.resident = t.resident)
			OR t.resident = ANY ((SELECT trust.merely('contact'))::text[]) AND t.resident <> ALL ((SELECT trust.restricted())::text[])
		ELSE (SELECT trust.everywhere('names'))
			OR t.grid = ANY ((SELECT trust.grids('names'))::text[])
			OR t.micro_grid = ANY ((SELECT trust.micro_grids('names'))::text[])
		END));

-- Where a visitor works is told by the rules of where they work, to who sees ground
-- of it, and by nothing that answers anybody about anybody.

ALTER POLICY desk ON visitor_scope USING (
	district = (SELECT trust.district()) AND (
		visitor = ANY ((SELECT trust.colleagues())::text[])
		OR EXISTS (SELECT FROM unnest((SELECT array_agg(a) FROM trust.areas('records') a)) mine
			WHERE starts_with(area, mine) OR starts_with(mine, area))));
ALTER POLICY desk ON visitor USING (
	district = (SELECT trust.district()) AND (
		id = ANY ((SELECT trust.colleagues())::text[])
		OR EXISTS (SELECT FROM visitor_scope s WHERE s.district = visitor.district AND s.visitor = visitor.id)));
ALTER POLICY desk ON visitor_person USING (
	district = (SELECT trust.district()) AND (
		visitor = ANY ((SELECT trust.colleagues())::text[])
		OR EXISTS (SELECT FROM visitor_scope s WHERE s.district = visitor_person.district AND s.visitor = visitor_person.visitor)));
DROP FUNCTION trust.shares_ground(text, text, text[]);

-- +goose Down

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
ALTER POLICY desk ON visitor_scope USING (EXISTS (SELECT FROM visitor w WHERE w.district = visitor_scope.district AND w.id = visitor_scope.visitor));
ALTER POLICY desk ON task_person USING (
	EXISTS (SELECT FROM task t WHERE t.district = task_person.district AND t.id = task_person.task AND CASE
		WHEN t.resident IS NOT NULL THEN EXISTS (SELECT FROM resident_person p WHERE p.district = t.district AND p.resident = t.resident)
		ELSE (SELECT trust.everywhere('names'))
			OR t.grid = ANY ((SELECT trust.grids('names'))::text[])
			OR t.micro_grid = ANY ((SELECT trust.micro_grids('names'))::text[])
		END));
DROP POLICY contact ON resident_person;
-- +goose StatementBegin
DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['resident_kind', 'resident_absence', 'resident_prefer', 'team', 'visit', 'data_request', 'consent', 'task', 'plan_stop', 'plan_unplanned', 'need'] LOOP
		EXECUTE format('DROP POLICY served ON %I', part);
	END LOOP;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.handed() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
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
DROP FUNCTION trust.contact(text[]), trust.merely(text), trust.handed_to(text), trust.served();
