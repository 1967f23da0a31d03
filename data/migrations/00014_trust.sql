-- +goose Up

-- Who may do what. People sign in to accounts; an account is granted roles, each
-- for an area or a body and a time; a session is somebody signed in. What the
-- program does for people it does as one of three roles of the database, none of
-- which owns a table or can pass row-level security by:
--
--   sanse_engine  computes and counts; sees records without personal text
--   sanse_desk    whatever names people: sees what the session of its
--                 transaction may see, and nothing without one
--   sanse_gate    accounts, grants, sessions; no records of people
--
-- Roles belong to the whole server, and several databases of it may be migrated
-- at once.

-- +goose StatementBegin
DO $$
DECLARE
	r text;
BEGIN
	FOREACH r IN ARRAY ARRAY['sanse_engine', 'sanse_desk', 'sanse_gate'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
			BEGIN
				EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', r);
			EXCEPTION
				WHEN duplicate_object OR unique_violation THEN
					NULL; -- another database of this server was first
				WHEN insufficient_privilege THEN
					RAISE EXCEPTION 'the roles of Sanse are not there, and % may not make them. Let an administrator of the server run: CREATE ROLE sanse_engine LOGIN NOINHERIT; CREATE ROLE sanse_desk LOGIN NOINHERIT; CREATE ROLE sanse_gate LOGIN NOINHERIT;', current_user;
			END;
		END IF;
		IF EXISTS (SELECT FROM pg_roles WHERE rolname = r AND (rolsuper OR rolbypassrls)) THEN
			RAISE EXCEPTION 'the role % can pass row-level security by. Let an administrator of the server run: ALTER ROLE % NOSUPERUSER NOBYPASSRLS;', r, r;
		END IF;
	END LOOP;
END
$$;
-- +goose StatementEnd

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE TABLE account (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id ~ '^a[0-9a-f]{16}$'),
	login text NOT NULL CHECK (login = lower(login) AND login ~ '^[^[:space:][:cntrl:]]{1,128}$'),
	name sealed,
	visitor text,
	issuer text,
	subject text,
	password text CHECK (password <> ''),
	secret_until timestamptz,
	must_change boolean NOT NULL DEFAULT false,
	totp sealed,
	totp_on boolean NOT NULL DEFAULT false,
	totp_step bigint NOT NULL DEFAULT 0,
	recovery text[] NOT NULL DEFAULT '{}',
	pin text CHECK (pin <> ''),
	failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
	locked_until timestamptz,
	disabled_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	seen_at timestamptz,
	PRIMARY KEY (district, id),
	CONSTRAINT account_login_key UNIQUE (district, login),
	CONSTRAINT account_subject_key UNIQUE (district, issuer, subject),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id),
	CONSTRAINT account_subject_check CHECK (num_nonnulls(issuer, subject) <> 1),
	CONSTRAINT account_totp_check CHECK (NOT totp_on OR totp IS NOT NULL)
);
COMMENT ON TABLE account IS 'Who can sign in. Never taken away, for the trace names it: disabled.';
COMMENT ON COLUMN account.visitor IS 'Who of the visitors it is; a worker answers for the areas of that visitor.';
COMMENT ON COLUMN account.issuer IS 'With subject: who it is to a house that signs in for us (OIDC).';
COMMENT ON COLUMN account.password IS 'PHC string ($argon2id$…); null: no password. pin likewise, for coming back on a phone.';
COMMENT ON COLUMN account.secret_until IS 'The password is a secret for one time that ends then; null: it is the holder''s own.';
COMMENT ON COLUMN account.totp IS 'Secret of the second factor, sealed; totp_on: it was confirmed; totp_step: the last step that was used, for a code is good once.';
COMMENT ON COLUMN account.recovery IS 'SHA-256 (hex) of the recovery codes that are left.';
CREATE INDEX account_visitor ON account (district, visitor);

CREATE TABLE account_grant (
	district text NOT NULL,
	account text NOT NULL,
	n integer NOT NULL CHECK (n > 0),
	role text NOT NULL,
	area text,
	body text CHECK (body <> ''),
	from_at timestamptz NOT NULL,
	to_at timestamptz,
	given_by text NOT NULL CHECK (given_by <> ''),
	reason text NOT NULL DEFAULT '',
	ended_at timestamptz,
	ended_by text,
	PRIMARY KEY (district, account, n),
	FOREIGN KEY (district, account) REFERENCES account (district, id),
	FOREIGN KEY (district, area) REFERENCES area (district, code),
	CONSTRAINT account_grant_role_check CHECK (CASE role
		WHEN 'worker' THEN num_nonnulls(area, body) = 0
		WHEN 'leader' THEN area IS NOT NULL AND body IS NULL
		WHEN 'planner' THEN area IS NOT NULL AND body IS NULL
		WHEN 'official' THEN area IS NOT NULL AND body IS NULL
		WHEN 'department' THEN area IS NULL AND body IS NOT NULL
		WHEN 'task_force' THEN area IS NOT NULL AND body IS NULL
		WHEN 'provider' THEN area IS NULL AND body IS NOT NULL
		WHEN 'auditor' THEN num_nonnulls(area, body) = 0
		WHEN 'administrator' THEN num_nonnulls(area, body) = 0
		WHEN 'service' THEN area IS NOT NULL AND body IS NULL
		ELSE false END),
	CONSTRAINT account_grant_time_check CHECK (to_at > from_at),
	CONSTRAINT account_grant_end_check CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
COMMENT ON TABLE account_grant IS 'Roles given to accounts, numbered for each (n), for an area or a body, from one time to another. One that ended stays.';
COMMENT ON COLUMN account_grant.area IS 'Where it holds, with all below; null for a worker (the areas of the linked visitor), for whom a body is (department, provider), and for roles of the whole district that see nobody (auditor, administrator).';
COMMENT ON COLUMN account_grant.body IS 'The department, or the id of the provider.';
COMMENT ON COLUMN account_grant.to_at IS 'The moment from which it no longer holds; null: until it is ended.';
CREATE INDEX account_grant_area ON account_grant (district, area);

CREATE TABLE session (
	district text NOT NULL,
	id text NOT NULL CHECK (id ~ '^s[0-9a-f]{16}$'),
	token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
	account text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('page', 'phone', 'key')),
	stage text NOT NULL CHECK (stage IN ('full', 'password', 'totp', 'enrol', 'pin')),
	scopes text[] NOT NULL DEFAULT '{}',
	failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
	created_at timestamptz NOT NULL DEFAULT now(),
	seen_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	idle_seconds integer NOT NULL CHECK (idle_seconds >= 0),
	revoked_at timestamptz,
	address text NOT NULL DEFAULT '',
	agent text NOT NULL DEFAULT '',
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, account) REFERENCES account (district, id),
	CONSTRAINT session_scopes_check CHECK (kind = 'key' OR cardinality(scopes) = 0)
);
COMMENT ON TABLE session IS 'Who is signed in, and keys of programs (kind key).';
COMMENT ON COLUMN session.token_hash IS 'SHA-256 of the token, which is known to its holder alone.';
COMMENT ON COLUMN session.stage IS 'full: signed in; otherwise what is still asked for before anything is shown.';
COMMENT ON COLUMN session.scopes IS 'What a key may ask for: ids of operations, audiences, and names; of other kinds empty.';
COMMENT ON COLUMN session.failures IS 'Wrong PINs since the last right one.';
COMMENT ON COLUMN session.idle_seconds IS 'Ends when it has not been used for so long; 0: only at expires_at.';
COMMENT ON COLUMN session.address IS 'Where it was opened: the net (/24 or /48), not the address.';
-- The one lookup by which the database knows who asks: the token's digest comes
-- first, for the district is found by it, not named by whoever asks.
CREATE UNIQUE INDEX session_token ON session (token_hash, district);
CREATE INDEX session_account ON session (district, account);

CREATE TABLE handover (
	district text NOT NULL,
	resident text NOT NULL,
	n integer NOT NULL CHECK (n > 0),
	account text,
	body text CHECK (body <> ''),
	kind text NOT NULL CHECK (kind IN ('case', 'break_glass', 'help')),
	from_at timestamptz NOT NULL,
	to_at timestamptz NOT NULL,
	given_by text NOT NULL CHECK (given_by <> ''),
	reason sealed,
	PRIMARY KEY (district, resident, n),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, account) REFERENCES account (district, id),
	CONSTRAINT handover_whom_check CHECK (num_nonnulls(account, body) = 1),
	CONSTRAINT handover_time_check CHECK (to_at >= from_at)
);
COMMENT ON TABLE handover IS 'Residents whom somebody outside their areas may see for a time: handed to an account or a body with a case, for help, or taken in an emergency (break_glass). It opens the resident to roles that see people, never to an auditor or an administrator.';
COMMENT ON COLUMN handover.n IS 'Numbers the handovers of a resident.';
CREATE INDEX handover_account ON handover (district, account, to_at);
CREATE INDEX handover_body ON handover (district, body, to_at);

-- Who asks ----------------------------------------------------------------------

-- A transaction at the desk begins with set_config('sanse.session', token, true).
-- The functions here say whose token that is. They run with the owner's rights,
-- so that the desk can ask them and cannot read the tables below.

CREATE SCHEMA trust;
REVOKE ALL ON SCHEMA trust FROM PUBLIC;
GRANT USAGE ON SCHEMA trust TO sanse_engine, sanse_desk, sanse_gate;
COMMENT ON SCHEMA trust IS 'Who asks, and what they may see: asked by the policies of row-level security.';

-- +goose StatementBegin
CREATE FUNCTION trust.seat(OUT district text, OUT session text, OUT account text, OUT visitor text, OUT kind text, OUT scopes text[])
	RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT s.district, s.id, a.id, a.visitor, s.kind, s.scopes
	FROM session s JOIN account a ON a.district = s.district AND a.id = s.account
	WHERE s.token_hash = sha256(convert_to(NULLIF(current_setting('sanse.session', true), ''), 'UTF8'))
		AND s.stage = 'full' AND s.revoked_at IS NULL AND s.expires_at > now()
		AND (s.idle_seconds = 0 OR s.seen_at + make_interval(secs => s.idle_seconds) > now())
		AND (a.disabled_at IS NULL OR a.disabled_at > now());
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.seat() IS 'The session of this transaction, if it is signed in fully and is in force now; otherwise no row.';

-- +goose StatementBegin
CREATE FUNCTION trust.grants(OUT district text, OUT account text, OUT role text, OUT area text, OUT body text)
	RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3
	SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT g.district, g.account, g.role, COALESCE(g.area, v.area), g.body
	FROM trust.seat() s
	JOIN account_grant g ON g.district = s.district AND g.account = s.account
	LEFT JOIN visitor_scope v ON g.role = 'worker' AND v.district = s.district AND v.visitor = s.visitor
	WHERE (s.kind = 'key') = (g.role = 'service')
		AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now());
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.grants() IS 'What the session of this transaction is granted now. A worker is granted each area of the linked visitor. A key has grants of the role service and no other, and nobody else has those.';

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA trust FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.seat(), trust.grants() TO sanse_desk;

-- Whoever keeps seats in memory hears at once that one has changed. seen_at is
-- no change: it moves all the time.
-- +goose StatementBegin
CREATE FUNCTION trust.tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM pg_notify('sanse_seat', OLD.district);
	ELSE
		PERFORM pg_notify('sanse_seat', NEW.district);
	END IF;
	RETURN NULL;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION trust.tell() FROM PUBLIC;
CREATE TRIGGER account_tell AFTER UPDATE OF login, name, visitor, issuer, subject, password, must_change, totp, totp_on, pin, disabled_at ON account
	FOR EACH ROW EXECUTE FUNCTION trust.tell();
CREATE TRIGGER account_grant_tell AFTER INSERT OR UPDATE OR DELETE ON account_grant FOR EACH ROW EXECUTE FUNCTION trust.tell();
CREATE TRIGGER session_tell AFTER UPDATE OF token_hash, stage, scopes, expires_at, revoked_at ON session
	FOR EACH ROW EXECUTE FUNCTION trust.tell();
CREATE TRIGGER session_gone AFTER DELETE ON session FOR EACH ROW EXECUTE FUNCTION trust.tell();

-- What the gate does ------------------------------------------------------------

GRANT USAGE ON SCHEMA public TO sanse_engine, sanse_desk, sanse_gate;
GRANT SELECT (code, name, made_up, data_version) ON district TO sanse_gate;
GRANT SELECT (district, visitor, area, n) ON visitor_scope TO sanse_gate;
GRANT SELECT, INSERT, UPDATE ON account TO sanse_gate;
GRANT SELECT, INSERT, UPDATE (ended_at, ended_by) ON account_grant TO sanse_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO sanse_gate;
GRANT SELECT, INSERT, UPDATE (to_at) ON handover TO sanse_gate;
GRANT SELECT ON key_check TO sanse_engine, sanse_desk, sanse_gate;

-- +goose Down

-- The roles stay: other databases of the server have them too.
DROP TABLE handover, session, account_grant, account;
DROP FUNCTION trust.tell(), trust.grants(), trust.seat();
DROP SCHEMA trust;
REVOKE SELECT ON key_check FROM sanse_engine, sanse_desk, sanse_gate;
REVOKE SELECT (district, visitor, area, n) ON visitor_scope FROM sanse_gate;
REVOKE SELECT (code, name, made_up, data_version) ON district FROM sanse_gate;
REVOKE USAGE ON SCHEMA public FROM sanse_engine, sanse_desk, sanse_gate;
