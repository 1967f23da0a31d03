-- +goose Up

-- Secret addresses at which a calendar finds when somebody walks, and what patrols
-- and other tasks at no home were done, ticked off on the way.

CREATE TABLE calendar_feed (
	district text NOT NULL,
	id text NOT NULL CHECK (id ~ '^f[0-9a-f]{16}$'),
	token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
	account text NOT NULL,
	visitor text NOT NULL,
	made_at timestamptz NOT NULL DEFAULT now(),
	revoked_at timestamptz,
	PRIMARY KEY (district, id),
	CONSTRAINT calendar_feed_token UNIQUE (district, token_hash),
	FOREIGN KEY (district, account) REFERENCES account (district, id),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE calendar_feed IS 'Addresses of calendars: whoever has one learns when and in which community a visitor walks, and how many doors; nobody''s name.';
COMMENT ON COLUMN calendar_feed.token_hash IS 'SHA-256 of the secret in the address, which its holder alone knows.';
CREATE UNIQUE INDEX calendar_feed_one ON calendar_feed (district, account) WHERE revoked_at IS NULL;

ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON calendar_feed TO sanse_gate USING (true);
GRANT SELECT, INSERT, UPDATE (revoked_at) ON calendar_feed TO sanse_gate;

GRANT INSERT ON task_visit TO sanse_engine;

-- +goose Down

REVOKE INSERT ON task_visit FROM sanse_engine;
DROP TABLE calendar_feed;
