-- +goose Up

-- The id of a row of the audit, and the transaction before it, are the database's
-- to give: whoever could name an id would put the end of the chain out of reach,
-- or slip a row under a link. Whoever serves cannot date a row either, but for the
-- slack of clocks.

REVOKE INSERT ON audit FROM sanse_engine, sanse_desk, sanse_gate;
GRANT INSERT (district, at, account, session, role, action, object, ids, n, area, address, purpose, reason, reason_hash, outcome, request, detail)
	ON audit TO sanse_engine, sanse_desk, sanse_gate;
CREATE POLICY audit_now ON audit AS RESTRICTIVE FOR INSERT TO sanse_engine, sanse_desk, sanse_gate
	WITH CHECK (at BETWEEN clock_timestamp() - interval '5 minutes' AND clock_timestamp() + interval '5 minutes');

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.audit_append(d text, n bigint, upto bigint, rows bigint, content bytea, before bytea, digest bytea, seal bytea, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.audit a WHERE a.district = d AND a.id = upto) THEN
		RAISE EXCEPTION 'a link ends at a row' USING ERRCODE = 'check_violation';
	END IF;
	INSERT INTO public.audit_link (district, n, kind, upto, rows, content, before, digest, seal, at)
	VALUES (d, n, 'rows', upto, rows, content, before, digest, seal, at);
END $$;
-- +goose StatementEnd

-- +goose Down

DROP POLICY audit_now ON audit;
REVOKE INSERT (district, at, account, session, role, action, object, ids, n, area, address, purpose, reason, reason_hash, outcome, request, detail)
	ON audit FROM sanse_engine, sanse_desk, sanse_gate;
GRANT INSERT ON audit TO sanse_engine, sanse_desk, sanse_gate;
