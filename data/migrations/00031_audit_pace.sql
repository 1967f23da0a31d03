-- +goose Up

-- A link is made when there is enough to be chained, and where the chain ends is
-- looked up, however long it is.

CREATE INDEX audit_link_rows ON audit_link (district, upto DESC) WHERE kind = 'rows';
CREATE INDEX audit_link_removed ON audit_link (district, upto DESC) WHERE kind = 'removed';

-- +goose StatementBegin
CREATE FUNCTION trust.audit_backlog(d text, most integer) RETURNS TABLE (rows bigint, seconds double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	after bigint := COALESCE((SELECT l.upto FROM public.audit_link l WHERE l.district = d AND l.kind = 'rows' ORDER BY l.upto DESC LIMIT 1), 0);
BEGIN
	RETURN QUERY
	SELECT count(*), COALESCE(extract(epoch FROM clock_timestamp() - min(r.at)), 0)::double precision
	FROM (SELECT a.at FROM public.audit a WHERE a.district = d AND a.id > after ORDER BY a.id LIMIT most) r;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.audit_backlog(text, integer) IS 'How many rows are not chained yet, at most so many, and how many seconds old the oldest of them is.';
REVOKE EXECUTE ON FUNCTION trust.audit_backlog(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.audit_backlog(text, integer) TO sanse_gate;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.audit_mark(d text) RETURNS TABLE (last bigint, horizon xid8)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	SELECT max(a.id) INTO last FROM public.audit a WHERE a.district = d;
	IF last <= (SELECT l.upto FROM public.audit_link l WHERE l.district = d AND l.kind = 'rows' ORDER BY l.upto DESC LIMIT 1) THEN
		last := NULL; -- all of it is chained
	END IF;
	horizon := pg_current_xact_id(); -- after the look: whoever drew an id before it had begun
	RETURN NEXT;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.audit_pending(d text, last bigint, horizon xid8, most integer)
RETURNS TABLE (n bigint, upto bigint, rows bigint, content bytea, before bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	after bigint;
BEGIN
	IF pg_snapshot_xmin(pg_current_snapshot()) < horizon THEN
		RETURN;
	END IF;
	SELECT l.n, l.digest INTO n, before FROM public.audit_link l WHERE l.district = d ORDER BY l.n DESC LIMIT 1;
	n := COALESCE(n, 0) + 1;
	before := COALESCE(before, '');
	after := COALESCE((SELECT l.upto FROM public.audit_link l WHERE l.district = d AND l.kind = 'rows' ORDER BY l.upto DESC LIMIT 1), 0);
	SELECT max(r.id), count(*), sha256(COALESCE(string_agg(sha256(trust.audit_bytes(r)), ''::bytea ORDER BY r.id), ''))
		INTO upto, rows, content
		FROM (SELECT a.* FROM public.audit a WHERE a.district = d AND a.id > after AND a.id <= last ORDER BY a.id LIMIT most) r;
	IF rows > 0 THEN
		RETURN NEXT;
	END IF;
END $$;
-- +goose StatementEnd

-- +goose Down

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.audit_mark(d text) RETURNS TABLE (last bigint, horizon xid8)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	SELECT max(a.id) INTO last FROM public.audit a WHERE a.district = d;
	IF last <= (SELECT max(l.upto) FROM public.audit_link l WHERE l.district = d) THEN
		last := NULL; -- all of it is chained
	END IF;
	horizon := pg_current_xact_id(); -- after the look: whoever drew an id before it had begun
	RETURN NEXT;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.audit_pending(d text, last bigint, horizon xid8, most integer)
RETURNS TABLE (n bigint, upto bigint, rows bigint, content bytea, before bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	after bigint;
BEGIN
	IF pg_snapshot_xmin(pg_current_snapshot()) < horizon THEN
		RETURN;
	END IF;
	SELECT l.n, l.digest INTO n, before FROM public.audit_link l WHERE l.district = d ORDER BY l.n DESC LIMIT 1;
	n := COALESCE(n, 0) + 1;
	before := COALESCE(before, '');
	after := COALESCE((SELECT max(l.upto) FROM public.audit_link l WHERE l.district = d), 0);
	SELECT max(r.id), count(*), sha256(COALESCE(string_agg(sha256(trust.audit_bytes(r)), ''::bytea ORDER BY r.id), ''))
		INTO upto, rows, content
		FROM (SELECT a.* FROM public.audit a WHERE a.district = d AND a.id > after AND a.id <= last ORDER BY a.id LIMIT most) r;
	IF rows > 0 THEN
		RETURN NEXT;
	END IF;
END $$;
-- +goose StatementEnd

DROP FUNCTION trust.audit_backlog(text, integer);
DROP INDEX audit_link_removed, audit_link_rows;
