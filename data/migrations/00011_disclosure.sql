-- +goose Up

-- What outsiders are told of small numbers, and what the counts were when they
-- were told it: the next release is judged by all before it, so none is ever
-- changed or taken away.

CREATE TABLE release (
	district text NOT NULL REFERENCES district (code),
	day date NOT NULL,
	k integer NOT NULL CHECK (k > 0),
	made_at timestamptz NOT NULL,
	content jsonb NOT NULL,
	PRIMARY KEY (district, day)
);
COMMENT ON TABLE release IS 'Releases (发布) of counts to those who do not answer for the people counted. The last one is in use.';
COMMENT ON COLUMN release.k IS 'Counts below are hidden.';
COMMENT ON COLUMN release.content IS 'A disclosure.Release of reports, true counts included: for the program alone.';

-- +goose Down

DROP TABLE release;
