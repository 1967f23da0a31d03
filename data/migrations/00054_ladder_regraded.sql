-- +goose Up

-- A ladder also ends when a human decides on a grade by which nothing is due that day.

ALTER TABLE ladder DROP CONSTRAINT ladder_how_check;
ALTER TABLE ladder ADD CONSTRAINT ladder_how_check CHECK (closed_how IN ('visit', 'away', 'hospital', 'moved', 'deceased', 'refused', 'lapsed', 'regraded'));
COMMENT ON TABLE ladder IS 'One resident on the last day of a window (due_by): who is to come, and how it ended. It ends with a visit, a reasoned closing, a grade by which nothing is due that day, or, at midnight, as a lapse.';

-- +goose Down

UPDATE ladder SET closed_how = 'away' WHERE closed_how = 'regraded';
ALTER TABLE ladder DROP CONSTRAINT ladder_how_check;
ALTER TABLE ladder ADD CONSTRAINT ladder_how_check CHECK (closed_how IN ('visit', 'away', 'hospital', 'moved', 'deceased', 'refused', 'lapsed'));
COMMENT ON TABLE ladder IS 'One resident on the last day of a window (due_by): who is to come, and how it ended. It ends with a visit, a reasoned closing or, at midnight, as a lapse.';
