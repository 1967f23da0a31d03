-- +goose Up

-- Field work beside the care visits: services given at home, patrol points, the
-- doors of a sweep. A task has its own rules and says who may do it. A plan
-- keeps the very problem that it was made from, what proves that it cannot be
-- without lapses, and, where it is a replan, the plan before it and what moved.

ALTER TABLE visitor ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN visitor.skills IS 'What the visitor can do beyond a care visit: keys of the vocabulary or the district''s own words.';

ALTER TABLE resident ADD COLUMN needs jsonb;
COMMENT ON COLUMN resident.needs IS 'What a visit asks beyond scope, as in problem.json: hours, skills, visitor_kinds, people; null: nothing. Preferred visitors are in resident_prefer.';

CREATE TABLE resident_prefer (
	district text NOT NULL,
	resident text NOT NULL,
	visitor text NOT NULL,
	n smallint NOT NULL,
	PRIMARY KEY (district, resident, visitor),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE resident_prefer IS 'Visitors whom a resident wishes for, before anybody of the team.';
CREATE INDEX resident_prefer_visitor ON resident_prefer (district, visitor);

CREATE TABLE task (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	kind text NOT NULL CHECK (kind <> ''),
	what text NOT NULL DEFAULT '',
	resident text,
	location geometry(Point, 4326),
	grid text,
	micro_grid text,
	minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
	rules jsonb NOT NULL,
	absent jsonb,
	weight integer NOT NULL DEFAULT 0 CHECK (weight >= 0),
	needs jsonb,
	address sealed,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, grid) REFERENCES area (district, code),
	FOREIGN KEY (district, micro_grid) REFERENCES area (district, code),
	CONSTRAINT task_place_check CHECK ((resident IS NULL) = (location IS NOT NULL) AND (resident IS NULL) = (grid IS NOT NULL) AND (resident IS NULL OR micro_grid IS NULL))
);
COMMENT ON TABLE task IS 'Field work (任务) with a place, a duration and rules: a service at a resident''s home, a patrol point, a door of a sweep. One at a home has the resident''s place and grid.';
COMMENT ON COLUMN task.what IS 'What is done, in a word or two: a key of the vocabulary of services or the district''s own words. Nothing personal.';
COMMENT ON COLUMN task.rules IS 'Visit rules without grade and kind, as in problem.json.';
COMMENT ON COLUMN task.needs IS 'As resident.needs.';
COMMENT ON COLUMN task.absent IS 'Days on which it cannot be done: [{"from": …, "to": …}].';
CREATE INDEX task_resident ON task (district, resident);
CREATE INDEX task_grid ON task (district, grid);
CREATE INDEX task_micro_grid ON task (district, micro_grid);
CREATE INDEX task_location ON task USING gist (location);

CREATE TABLE task_prefer (
	district text NOT NULL,
	task text NOT NULL,
	visitor text NOT NULL,
	n smallint NOT NULL,
	PRIMARY KEY (district, task, visitor),
	FOREIGN KEY (district, task) REFERENCES task (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE task_prefer IS 'Visitors who are to do a task rather than others.';
CREATE INDEX task_prefer_visitor ON task_prefer (district, visitor);

CREATE TABLE task_visit (
	district text NOT NULL,
	task text NOT NULL,
	day date NOT NULL,
	done boolean NOT NULL,
	visitor text,
	PRIMARY KEY (district, task, day, done),
	FOREIGN KEY (district, task) REFERENCES task (district, id),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE task_visit IS 'Tasks of the past, done or missed; at most one of each for a task and a day.';
CREATE INDEX task_visit_day ON task_visit (district, day);
CREATE INDEX task_visit_visitor ON task_visit (district, visitor);

ALTER TABLE policy ADD COLUMN once boolean NOT NULL DEFAULT false;
ALTER TABLE policy DROP CONSTRAINT policy_rule_check;
ALTER TABLE policy ADD CONSTRAINT policy_rule_check CHECK (num_nonnulls(every_days, per_week, per_month, NULLIF(pause, false), NULLIF(once, false)) = 1);
ALTER TABLE policy ADD CONSTRAINT policy_once_check CHECK (NOT once OR (from_day IS NOT NULL AND to_day IS NOT NULL));
COMMENT ON COLUMN policy.once IS 'One visit between from_day and to_day.';

ALTER TABLE plan
	ADD COLUMN cost jsonb,
	ADD COLUMN shortages jsonb,
	ADD COLUMN replaces bigint,
	ADD COLUMN changes jsonb,
	ADD COLUMN moved jsonb,
	ADD FOREIGN KEY (district, replaces) REFERENCES plan (district, id);
COMMENT ON COLUMN plan.cost IS 'The plan''s cost, term by term, as in plan.json.';
COMMENT ON COLUMN plan.shortages IS 'What proves that no plan is without lapses, as in plan.json; null: nothing.';
COMMENT ON COLUMN plan.replaces IS 'The plan that this one was made from when something happened; null: it was planned from the beginning.';
COMMENT ON COLUMN plan.changes IS 'What had happened: who is off, from when.';
COMMENT ON COLUMN plan.moved IS 'What moved against the plan before.';
CREATE INDEX plan_replaces ON plan (district, replaces);

CREATE TABLE plan_problem (
	district text NOT NULL,
	plan bigint NOT NULL,
	problem bytea NOT NULL,
	PRIMARY KEY (district, plan),
	FOREIGN KEY (district, plan) REFERENCES plan (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE plan_problem IS 'What a plan was made from, as it was then: the canonical problem.json, compressed (Zstandard).';
ALTER TABLE plan_problem ALTER COLUMN problem SET STORAGE EXTERNAL;

ALTER TABLE plan_stop ALTER COLUMN resident DROP NOT NULL;
ALTER TABLE plan_stop ADD COLUMN task text;
ALTER TABLE plan_stop ADD FOREIGN KEY (district, task) REFERENCES task (district, id);
ALTER TABLE plan_stop ADD CONSTRAINT plan_stop_what_check CHECK (resident IS NOT NULL OR task IS NOT NULL);
ALTER TABLE plan_stop DROP CONSTRAINT plan_stop_once;
CREATE UNIQUE INDEX plan_stop_visit_once ON plan_stop (district, plan, resident, day, visitor) WHERE task IS NULL;
CREATE UNIQUE INDEX plan_stop_task_once ON plan_stop (district, plan, task, day, visitor) WHERE task IS NOT NULL;
CREATE INDEX plan_stop_task ON plan_stop (district, task);
COMMENT ON TABLE plan_stop IS 'Visits and tasks of a walk in their order n; arrive and leave in minutes since midnight. A stop for two visitors is in the walks of both.';
COMMENT ON COLUMN plan_stop.resident IS 'Whose home it is; null at a task with a place of its own.';

ALTER TABLE plan_unplanned ALTER COLUMN resident DROP NOT NULL;
ALTER TABLE plan_unplanned ADD COLUMN task text;
ALTER TABLE plan_unplanned ADD COLUMN mends jsonb;
ALTER TABLE plan_unplanned ADD FOREIGN KEY (district, task) REFERENCES task (district, id);
ALTER TABLE plan_unplanned ADD CONSTRAINT plan_unplanned_what_check CHECK (resident IS NOT NULL OR task IS NOT NULL);
CREATE INDEX plan_unplanned_task ON plan_unplanned (district, task);
COMMENT ON COLUMN plan_unplanned.mends IS 'The smallest changes that would free the visit, as in plan.json; null: none.';

-- +goose Down

-- The plans go: what they say of tasks cannot be kept.
DELETE FROM plan_stop;
DELETE FROM plan_unplanned;
DELETE FROM plan_itinerary;
DROP TABLE plan_problem;
ALTER TABLE plan DROP COLUMN cost, DROP COLUMN shortages, DROP COLUMN replaces, DROP COLUMN changes, DROP COLUMN moved;
DELETE FROM plan;
ALTER TABLE plan_unplanned DROP COLUMN task, DROP COLUMN mends;
ALTER TABLE plan_unplanned ALTER COLUMN resident SET NOT NULL;
DROP INDEX plan_stop_visit_once;
ALTER TABLE plan_stop DROP COLUMN task;
ALTER TABLE plan_stop ALTER COLUMN resident SET NOT NULL;
ALTER TABLE plan_stop ADD CONSTRAINT plan_stop_once UNIQUE (district, plan, resident, day);
ALTER TABLE policy DROP CONSTRAINT policy_once_check;
ALTER TABLE policy DROP CONSTRAINT policy_rule_check;
DELETE FROM policy WHERE once;
ALTER TABLE policy DROP COLUMN once;
ALTER TABLE policy ADD CONSTRAINT policy_rule_check CHECK (num_nonnulls(every_days, per_week, per_month, NULLIF(pause, false)) = 1);
DROP TABLE task_visit, task_prefer, task, resident_prefer;
ALTER TABLE resident DROP COLUMN needs;
ALTER TABLE visitor DROP COLUMN skills;
