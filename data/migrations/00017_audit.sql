-- +goose Up

-- Who looked at whom and who changed what, for good. Rows are only ever added;
-- audit_link chains them, so that one that was changed, taken away or slipped in
-- is found. Neither refers to other tables: the trace outlives what it tells of,
-- a district that was deleted included.

CREATE TABLE audit (
	district text NOT NULL,
	tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
	id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
	at timestamptz NOT NULL DEFAULT clock_timestamp(),
	account text NOT NULL DEFAULT '',
	session text NOT NULL DEFAULT '',
	role text NOT NULL DEFAULT '',
	action text NOT NULL CHECK (action <> ''),
	object text NOT NULL CHECK (object <> ''),
	ids text[] NOT NULL DEFAULT '{}',
	n integer NOT NULL DEFAULT 0 CHECK (n >= 0),
	area text NOT NULL DEFAULT '',
	address text NOT NULL DEFAULT '',
	purpose text NOT NULL DEFAULT '',
	reason text NOT NULL DEFAULT '',
	reason_hash bytea,
	outcome text NOT NULL CHECK (outcome IN ('ok', 'refused', 'refused_by_database', 'failed')),
	request text NOT NULL DEFAULT '',
	detail jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
	PRIMARY KEY (district, id),
	CONSTRAINT audit_reason_check CHECK ((reason = '') = (reason_hash IS NULL))
);
COMMENT ON TABLE audit IS 'The audit (审计): every read and write of personal data or of single records, sign-ins, grants, exports, keys. Append-only for everybody, the owner included. Nothing personal stands in it.';
COMMENT ON COLUMN audit.tx IS 'The transaction that wrote the row. It comes before id, so that it is begun before the id is drawn: a link waits for it.';
COMMENT ON COLUMN audit.account IS 'Who: id of the account; os: and a user''s name for who works on the machine itself; empty: nobody known.';
COMMENT ON COLUMN audit.ids IS 'The records, by opaque id, the first 500; n is how many there were.';
COMMENT ON COLUMN audit.area IS 'Code of the area that was asked about or that the records lie in.';
COMMENT ON COLUMN audit.address IS 'The network that the request came from (/24 or /48).';
COMMENT ON COLUMN audit.reason IS 'Key of the text in audit_reason; reason_hash is the keyed hash of that text: the text can be sealed anew or destroyed while the chain stays whole.';
CREATE INDEX audit_at ON audit (district, at);
CREATE INDEX audit_account ON audit (district, account, id);

CREATE TABLE audit_reason (
	district text NOT NULL,
	id text NOT NULL CHECK (id <> ''),
	reason sealed NOT NULL,
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE audit_reason IS 'What was given as the reason of a look, sealed.';

CREATE TABLE audit_link (
	district text NOT NULL,
	n bigint NOT NULL CHECK (n > 0),
	kind text NOT NULL CHECK (kind IN ('rows', 'removed')),
	upto bigint NOT NULL,
	rows bigint NOT NULL CHECK (rows > 0),
	content bytea NOT NULL,
	before bytea NOT NULL,
	digest bytea NOT NULL,
	seal bytea NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (district, n)
);
COMMENT ON TABLE audit_link IS 'The chain over the audit. A link of kind rows covers the rows after the link of that kind before it, up to the id upto; one of kind removed says that the rows up to that id were taken away when their time was over.';
COMMENT ON COLUMN audit_link.content IS 'SHA-256 over the SHA-256 of each row''s trust.audit_bytes, by id; of a link of kind removed, the digest of the last link whose rows went.';
COMMENT ON COLUMN audit_link.digest IS 'SHA-256 over the digest before and everything else in the link.';
COMMENT ON COLUMN audit_link.seal IS 'HMAC of the digest under the store''s key: who has only the database cannot make a link.';

-- Nothing is changed, and nothing goes but what a link says has gone, half a year
-- after it was written at the earliest (Cybersecurity Law, article 21).

-- +goose StatementBegin
CREATE FUNCTION trust.audit_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit' THEN
		IF OLD.at < now() - interval '180 days'
			AND EXISTS (SELECT FROM public.audit_link l WHERE l.district = OLD.district AND l.kind = 'removed' AND l.upto >= OLD.id) THEN
			RETURN OLD;
		END IF;
	END IF;
	RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION trust.audit_stays();
CREATE TRIGGER audit_all_stays BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION trust.audit_stays();
CREATE TRIGGER audit_link_stays BEFORE UPDATE OR DELETE ON audit_link FOR EACH ROW EXECUTE FUNCTION trust.audit_stays();
CREATE TRIGGER audit_link_all_stays BEFORE TRUNCATE ON audit_link FOR EACH STATEMENT EXECUTE FUNCTION trust.audit_stays();

-- What a row says, byte for byte: every field with its length in front, so that
-- no two rows read alike.

CREATE FUNCTION trust.audit_bytes(a audit) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT convert_to(string_agg(octet_length(f)::text || ':' || f, '' ORDER BY o), 'UTF8')
	FROM unnest(ARRAY[a.district, a.id::text, ((extract(epoch FROM a.at) * 1000000)::bigint)::text, a.account, a.session, a.role, a.action, a.object,
		a.n::text, a.area, a.address, a.purpose, a.reason, COALESCE(encode(a.reason_hash, 'hex'), ''), a.outcome, a.request, a.detail::text,
		cardinality(a.ids)::text] || a.ids) WITH ORDINALITY u (f, o)
$$;

-- Chaining waits for nobody and nobody waits for it. An id is drawn after its
-- transaction has begun, so of the ids up to the last one that can be seen none
-- is still to come once every transaction has ended that had begun by then.

-- +goose StatementBegin
CREATE FUNCTION trust.audit_mark(d text) RETURNS TABLE (last bigint, horizon xid8)
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

-- What the next link is to cover, at most so many rows; nothing if there is none,
-- or if transactions from before the mark still run.

-- +goose StatementBegin
CREATE FUNCTION trust.audit_pending(d text, last bigint, horizon xid8, most integer)
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

-- +goose StatementBegin
CREATE FUNCTION trust.audit_append(d text, n bigint, upto bigint, rows bigint, content bytea, before bytea, digest bytea, seal bytea, at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
	INSERT INTO public.audit_link (district, n, kind, upto, rows, content, before, digest, seal, at)
	VALUES (d, n, 'rows', upto, rows, content, before, digest, seal, at)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION trust.audits() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	RETURN (SELECT g.district FROM trust.grants() g WHERE g.role = 'auditor' LIMIT 1);
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.audits() IS 'The district whose audit the session of this transaction may read: an auditor''s; of everybody else null.';

REVOKE ALL ON FUNCTION trust.audit_stays, trust.audit_bytes, trust.audit_mark, trust.audit_pending, trust.audit_append, trust.audits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.audits TO sanse_desk;
GRANT EXECUTE ON FUNCTION trust.audit_mark, trust.audit_pending, trust.audit_append TO sanse_gate;

-- Everybody writes, at the desk in nobody's name but that of the session; auditors
-- read, at the desk and nowhere else.

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_reason ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_link ENABLE ROW LEVEL SECURITY;
GRANT INSERT ON audit, audit_reason TO sanse_engine, sanse_desk, sanse_gate;
CREATE POLICY audit_write ON audit FOR INSERT TO sanse_engine, sanse_gate WITH CHECK (true);
CREATE POLICY audit_write_desk ON audit FOR INSERT TO sanse_desk
	WITH CHECK ((district, account, session) = (SELECT s.district, s.account, s.session FROM trust.seat() s));
CREATE POLICY audit_reason_write ON audit_reason FOR INSERT TO sanse_engine, sanse_gate WITH CHECK (true);
CREATE POLICY audit_reason_write_desk ON audit_reason FOR INSERT TO sanse_desk WITH CHECK (district = (SELECT s.district FROM trust.seat() s));
GRANT SELECT ON audit, audit_reason, audit_link TO sanse_desk;
CREATE POLICY audit_read ON audit FOR SELECT TO sanse_desk USING (district = (SELECT trust.audits()));
CREATE POLICY audit_reason_read ON audit_reason FOR SELECT TO sanse_desk USING (district = (SELECT trust.audits()));
CREATE POLICY audit_link_read ON audit_link FOR SELECT TO sanse_desk USING (district = (SELECT trust.audits()));

-- +goose Down

DROP FUNCTION trust.audit_append, trust.audit_pending, trust.audit_mark, trust.audit_bytes;
DROP TABLE audit_link, audit_reason, audit;
DROP FUNCTION trust.audits, trust.audit_stays;
