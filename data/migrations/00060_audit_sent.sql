-- +goose Up

-- How far the audit was sent to which collector. It is the owner's alone, as sending
-- is, and stays with the audit when a district is dropped.

CREATE TABLE audit_sent (
	district text NOT NULL,
	collector text NOT NULL CHECK (collector <> ''),
	upto bigint NOT NULL CHECK (upto > 0),
	sent_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, collector)
);
COMMENT ON TABLE audit_sent IS 'The last row of the audit that a collector has taken; all before it were taken too.';

-- +goose Down

DROP TABLE audit_sent;
