-- +goose Up

-- What is to be done, as tasks of the platform that is there: told as changes, in
-- one order, to whoever asks for them.

ALTER TABLE connector ADD COLUMN acked bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN connector.acked IS 'Up to which change it has what was told: it has asked for what comes after.';

CREATE TABLE connect_feed (
	district text PRIMARY KEY REFERENCES district (code),
	last bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE connect_feed IS 'The number of the last change to a task; held while changes are written, so that they are seen in their order.';

CREATE TABLE connect_task (
	district text NOT NULL,
	id text NOT NULL CHECK (id ~ '^t[0-9a-f]{16}$'),
	seq bigint NOT NULL,
	op text NOT NULL CHECK (op IN ('added', 'changed', 'withdrawn')),
	resident text,
	task text,
	visitor text,
	area text NOT NULL,
	areas text[] NOT NULL,
	day date NOT NULL,
	place smallint NOT NULL,
	arrive smallint NOT NULL,
	minutes smallint NOT NULL,
	due_by date NOT NULL,
	why text NOT NULL CHECK (why IN ('planned', 'owed', 'covering', 'unplanned')),
	first_at timestamptz NOT NULL,
	changed_at timestamptz NOT NULL,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, task) REFERENCES task (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE connect_task IS 'Tasks as they were told last, with the number of that change. A task keeps its id over replans, as long as it is the same visit.';
COMMENT ON COLUMN connect_task.areas IS 'Where it was ever: who was told of it there is told when it goes.';
CREATE UNIQUE INDEX connect_task_seq ON connect_task (district, seq);
CREATE INDEX connect_task_day ON connect_task (district, day);
CREATE INDEX connect_task_resident ON connect_task (district, resident);

-- The engine tells tasks by opaque id; names are opened at the desk.

CREATE POLICY cursor ON connector FOR UPDATE TO sanse_engine USING (true);
GRANT UPDATE (acked) ON connector TO sanse_engine;
GRANT SELECT, INSERT, UPDATE ON connect_feed TO sanse_engine;
ALTER TABLE connect_task ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON connect_task TO sanse_engine USING (true);
GRANT SELECT, INSERT, UPDATE ON connect_task TO sanse_engine;

-- +goose Down

DROP TABLE connect_task, connect_feed;
REVOKE UPDATE (acked) ON connector FROM sanse_engine;
DROP POLICY cursor ON connector;
ALTER TABLE connector DROP COLUMN acked;
