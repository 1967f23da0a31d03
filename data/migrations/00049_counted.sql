-- +goose Up

-- Records come in by the tens of thousands in a morning, and a plan that was made
-- while a table was all but empty takes any index of the district's for as good as
-- the key: each row then looks at all that came before. Whoever tends to records has
-- the rows counted whenever a table has grown tenfold, and does not wait until
-- autovacuum comes by.

-- +goose StatementBegin
CREATE FUNCTION trust.counted() RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	t regclass;
	counted text[] := '{}';
BEGIN
	FOR t IN SELECT c.oid FROM pg_class c WHERE c.oid IN ('visit'::regclass, 'visit_record'::regclass, 'visit_record_text'::regclass, 'ladder'::regclass, 'ladder_step'::regclass)
		AND pg_relation_size(c.oid) / current_setting('block_size')::int >= 10 * greatest(c.relpages, 1) ORDER BY c.relname
	LOOP
		EXECUTE format('ANALYZE %s', t);
		counted := counted || t::text;
	END LOOP;
	RETURN counted;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION trust.counted() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.counted() TO sanse_engine;

-- +goose Down

DROP FUNCTION trust.counted();
