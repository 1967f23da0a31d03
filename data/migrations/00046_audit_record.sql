-- +goose Up

-- Who looked at somebody, and who changed what of them: an auditor asks by record.
-- What a policy hides is not compared before it was let through, so an auditor's
-- own question would read the whole audit; the index is asked here instead.

CREATE INDEX audit_ids ON audit USING gin (ids);
DROP INDEX audit_reason_ids; -- which was of some of these rows

-- +goose StatementBegin
CREATE FUNCTION trust.traces(record text) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	d text := trust.audits();
BEGIN
	IF d IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT COALESCE(array_agg(a.id), '{}') FROM public.audit a WHERE a.ids @> ARRAY[record] AND a.district = d);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.traces(text) IS 'The rows of the audit that name a record, for an auditor; to everybody else null.';
REVOKE ALL ON FUNCTION trust.traces(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.traces(text) TO sanse_desk;

-- +goose Down

DROP FUNCTION trust.traces(text);
CREATE INDEX audit_reason_ids ON audit USING gin (ids) WHERE reason <> '';
DROP INDEX audit_ids;
