-- +goose Up

-- Files that left the house: whose each is, what for, how long it is good. A copy
-- that is found is followed back by its number. Refers to nothing, as the audit
-- does: it outlives the accounts that it names.

CREATE TABLE export (
	district text NOT NULL,
	id text NOT NULL CHECK (id ~ '^x[0-9a-f]{16}$'),
	account text NOT NULL CHECK (account <> ''),
	at timestamptz NOT NULL,
	kind text NOT NULL CHECK (kind <> ''),
	area text NOT NULL DEFAULT '',
	purpose text NOT NULL DEFAULT '',
	records integer NOT NULL DEFAULT 0 CHECK (records >= 0),
	valid_until timestamptz NOT NULL CHECK (valid_until > at),
	digest bytea NOT NULL CHECK (octet_length(digest) = 32),
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE export IS 'Files with true numbers or single records that left the house (导出), each with its own number. Rows are only added, until their time is over.';
COMMENT ON COLUMN export.account IS 'Who took it: id of the account; os: and a user''s name for who works on the machine itself.';
COMMENT ON COLUMN export.kind IS 'What it was: the operation that made it, or the verb and the file.';
COMMENT ON COLUMN export.records IS 'How many single records it tells of: residents and tasks by id or name, rows of the audit; 0: sums alone.';
COMMENT ON COLUMN export.valid_until IS 'Until when it is good for what it was taken for; then it is to be destroyed.';
COMMENT ON COLUMN export.digest IS 'SHA-256 of the file without its mark.';
CREATE INDEX export_account ON export (district, account, at);

-- Who asks adds in their own name and sees their own; auditors see all.

ALTER TABLE export ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON export TO sanse_desk;
CREATE POLICY export_write ON export FOR INSERT TO sanse_desk
	WITH CHECK ((district, account) = (SELECT s.district, s.account FROM trust.seat() s));
CREATE POLICY export_own ON export FOR SELECT TO sanse_desk
	USING ((district, account) = (SELECT s.district, s.account FROM trust.seat() s));
CREATE POLICY export_read ON export FOR SELECT TO sanse_desk USING (district = (SELECT trust.audits()));

-- The number under which a map was reviewed (审图号), which stands on every map.

ALTER TABLE district ADD COLUMN review_number text NOT NULL DEFAULT '' CHECK (length(review_number) <= 60);
COMMENT ON COLUMN district.review_number IS 'The review number (审图号) that is printed on every map; empty: none is set.';
GRANT UPDATE (review_number) ON district TO sanse_engine;
GRANT SELECT (review_number) ON district TO sanse_desk;

-- +goose Down

ALTER TABLE district DROP COLUMN review_number;
DROP TABLE export;
