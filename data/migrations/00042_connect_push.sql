-- +goose Up

-- Tasks that are sent to the platform, rather than asked for.

ALTER TABLE connector
	ADD COLUMN push_url text CHECK (push_url ~ '^https?://'),
	ADD COLUMN push_from bigint NOT NULL DEFAULT 0,
	ADD COLUMN secret sealed;
COMMENT ON COLUMN connector.acked IS 'Up to which change it has what was told: it has asked for what comes after, or has answered what was pushed.';
COMMENT ON COLUMN connector.push_url IS 'Where changes are sent; null: it asks for them.';
COMMENT ON COLUMN connector.push_from IS 'Up to which change deliveries were made.';
COMMENT ON COLUMN connector.secret IS 'What deliveries are signed with.';

CREATE TABLE connect_delivery (
	district text NOT NULL,
	connector text NOT NULL,
	n bigint NOT NULL CHECK (n > 0),
	from_seq bigint NOT NULL,
	to_seq bigint NOT NULL CHECK (to_seq >= from_seq),
	tasks integer NOT NULL CHECK (tasks > 0),
	body bytea,
	state text NOT NULL CHECK (state IN ('waiting', 'taken', 'dead', 'again')),
	tries smallint NOT NULL DEFAULT 0,
	made_at timestamptz NOT NULL,
	next_at timestamptz NOT NULL,
	done_at timestamptz,
	code text CHECK (code ~ '^[a-z0-9_]{1,40}$'),
	PRIMARY KEY (district, connector, n),
	FOREIGN KEY (district, connector) REFERENCES connector (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE connect_delivery IS 'Changes on their way to a platform, one delivery after the other. Dead: it was tried to the end; its tasks can be sent again as they are then.';
COMMENT ON COLUMN connect_delivery.body IS 'What is sent, the same each time; null: it has arrived.';
CREATE INDEX connect_delivery_waiting ON connect_delivery (district, connector, n) WHERE state = 'waiting';

GRANT UPDATE (push_from) ON connector TO sanse_engine;
ALTER TABLE connect_delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON connect_delivery TO sanse_engine USING (true);
GRANT SELECT, INSERT, UPDATE ON connect_delivery TO sanse_engine;

-- +goose Down

DROP TABLE connect_delivery;
ALTER TABLE connector DROP COLUMN secret, DROP COLUMN push_from, DROP COLUMN push_url;
