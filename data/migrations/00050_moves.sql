-- +goose Up

-- What whoever walks changes of their day: a visit put off, handed to a colleague or
-- passed up the ladder, and the doors of a day in another order. The plan in force is
-- made again with it.

CREATE TABLE visit_move (
	district text NOT NULL,
	id uuid NOT NULL,
	kind text NOT NULL CHECK (kind IN ('postpone', 'hand_over', 'pass_on')),
	resident text NOT NULL,
	visitor text NOT NULL,
	day date NOT NULL,
	to_visitor text,
	to_day date,
	why text NOT NULL CHECK (why ~ '^[a-z0-9_]{1,40}$'),
	account text NOT NULL,
	at timestamptz NOT NULL,
	entered boolean NOT NULL DEFAULT false,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id),
	FOREIGN KEY (district, to_visitor) REFERENCES visitor (district, id),
	CONSTRAINT visit_move_to_check CHECK (num_nonnulls(to_visitor, to_day) = CASE WHEN kind = 'pass_on' THEN 0 ELSE 2 END)
);
COMMENT ON TABLE visit_move IS 'A visit that whoever was to make it put off, handed to a colleague, or passed on to the next of the ladder. Of a resident the latest holds. Rows are only added.';
COMMENT ON COLUMN visit_move.id IS 'Made on the phone: however often it is sent, it is stored once.';
COMMENT ON COLUMN visit_move.day IS 'The day on which visitor was to come; to_visitor comes on to_day.';
COMMENT ON COLUMN visit_move.entered IS 'The plan was made again with it, or cannot be.';
CREATE INDEX visit_move_resident ON visit_move (district, resident, at);
CREATE INDEX visit_move_from ON visit_move (district, day, visitor);
CREATE INDEX visit_move_to ON visit_move (district, to_day, to_visitor);
CREATE INDEX visit_move_not_entered ON visit_move (district) WHERE NOT entered;

CREATE TABLE day_order (
	district text NOT NULL,
	visitor text NOT NULL,
	day date NOT NULL,
	doors text[] NOT NULL,
	why text CHECK (why ~ '^[a-z0-9_]{1,40}$'),
	account text NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (district, visitor, day),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE day_order IS 'The doors of a day in the order in which its visitor walks, where that is not the plan''s.';
COMMENT ON COLUMN day_order.doors IS 'Ids of residents and tasks.';
COMMENT ON COLUMN day_order.why IS 'Where the order breaks somebody''s hours or the shift: the reason.';

ALTER TABLE visit_move ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON visit_move TO sanse_engine USING (true);
ALTER TABLE day_order ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON day_order TO sanse_engine USING (true);
GRANT SELECT, INSERT, UPDATE (entered) ON visit_move TO sanse_engine;
GRANT SELECT, INSERT, UPDATE, DELETE ON day_order TO sanse_engine;

-- +goose Down

DROP TABLE day_order, visit_move;
