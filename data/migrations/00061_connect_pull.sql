-- +goose Up

-- Platforms that only answer: they are asked for visits and cases, over and over.

CREATE TABLE connect_pull (
	district text NOT NULL,
	connector text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('visit', 'case')),
	url text NOT NULL CHECK (url ~ '^https?://' AND length(url) <= 2048),
	secret sealed NOT NULL,
	account text NOT NULL,
	session text NOT NULL,
	token sealed NOT NULL,
	every_seconds integer NOT NULL CHECK (every_seconds BETWEEN 30 AND 86400),
	reached text NOT NULL DEFAULT '' CHECK (length(reached) <= 500),
	mark text NOT NULL DEFAULT '' CHECK (length(mark) <= 500),
	answers bigint NOT NULL DEFAULT 0,
	turn bigint NOT NULL DEFAULT 0,
	next_at timestamptz NOT NULL,
	asked_at timestamptz,
	taken_at timestamptz,
	failed_at timestamptz,
	fails integer NOT NULL DEFAULT 0,
	code text CHECK (code ~ '^[a-z0-9_]{1,40}$'),
	stored bigint NOT NULL DEFAULT 0,
	same bigint NOT NULL DEFAULT 0,
	refused bigint NOT NULL DEFAULT 0,
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, connector, kind),
	FOREIGN KEY (district, connector) REFERENCES connector (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, account) REFERENCES account (district, id),
	CONSTRAINT connect_pull_failed_check CHECK ((fails = 0) = (failed_at IS NULL) AND (fails = 0) = (code IS NULL))
);
COMMENT ON TABLE connect_pull IS 'Where a platform is asked for what it tells of, how far that is read, and what the last try came to.';
COMMENT ON COLUMN connect_pull.secret IS 'What the platform knows us by.';
COMMENT ON COLUMN connect_pull.token IS 'Of the session (of the account of the platform''s key) in which its rows are stored, under the rules that hold for what it sends itself.';
COMMENT ON COLUMN connect_pull.reached IS 'The cursor of the last answer of which all rows are stored.';
COMMENT ON COLUMN connect_pull.mark IS 'A cursor among the answers that each said there is more, counted in answers: met again, they go round.';
COMMENT ON COLUMN connect_pull.turn IS 'Who asked last: whoever asked before that and was late moves nothing.';
COMMENT ON COLUMN connect_pull.failed_at IS 'Since when it fails, fails times in a row; code says how the last time.';

ALTER TABLE connect_pull ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON connect_pull TO sanse_engine USING (true);
GRANT SELECT, UPDATE (reached, mark, answers, turn, next_at, asked_at, taken_at, failed_at, fails, code, stored, same, refused) ON connect_pull TO sanse_engine;

-- When a platform last asked for its tasks.

ALTER TABLE connector ADD COLUMN asked_at timestamptz;
COMMENT ON COLUMN connector.asked_at IS 'When it last asked for tasks.';
GRANT UPDATE (asked_at) ON connector TO sanse_engine;

-- +goose Down

ALTER TABLE connector DROP COLUMN asked_at;
DROP TABLE connect_pull;
