-- +goose Up

-- A plan that serves a district for a month is stored in one transaction, and the
-- statistics know nothing of it: its number is not among those that were counted, so
-- a query takes it for a plan of one row and goes through all its stops for each of
-- its days. Whoever has written a good part of a table has its rows counted at once.

-- +goose StatementBegin
CREATE FUNCTION trust.written(tables text[], wrote bigint[]) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	t regclass;
	counted text[] := '{}';
BEGIN
	-- In one order, for each is locked until the transaction ends.
	FOR t IN SELECT c.oid FROM unnest(tables, wrote) w (name, n) JOIN pg_class c ON c.relname = w.name
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND w.n * 10 >= c.reltuples ORDER BY c.relname
	LOOP
		EXECUTE format('ANALYZE %s', t);
		counted := counted || t::text;
	END LOOP;
	RETURN counted;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION trust.written(text[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.written(text[], bigint[]) TO sanse_engine;

-- +goose Down

DROP FUNCTION trust.written(text[], bigint[]);
