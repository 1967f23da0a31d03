-- +goose Up

-- Humans look at what came: at what is doubtful in a record, and at a few records
-- that were drawn at random, whose residents are called.

CREATE TABLE visit_flag_look (
	district text NOT NULL,
	record uuid NOT NULL,
	flag text NOT NULL,
	n smallint NOT NULL CHECK (n > 0),
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL CHECK (by <> ''),
	verdict text NOT NULL CHECK (verdict IN ('fine', 'talk', 'wrong')),
	reason sealed,
	PRIMARY KEY (district, record, flag, n),
	FOREIGN KEY (district, record, flag) REFERENCES visit_flag (district, record, flag) ON DELETE CASCADE
);
COMMENT ON TABLE visit_flag_look IS 'What was found each time that a human looked at a flag: rows are only added. visit_flag has the last. reason is null once the resident was erased.';

-- The reason stands with the look.
ALTER TABLE visit_flag DROP COLUMN reason;

CREATE TABLE quality_sample (
	district text NOT NULL,
	week date NOT NULL CHECK (extract(isodow FROM week) = 1),
	area text NOT NULL,
	seed bigint NOT NULL CHECK (seed >= 0),
	size smallint NOT NULL CHECK (size > 0),
	records integer NOT NULL CHECK (records >= 0),
	drawn_at timestamptz NOT NULL,
	drawn_by text NOT NULL,
	PRIMARY KEY (district, week, area),
	FOREIGN KEY (district, area) REFERENCES area (district, code)
);
COMMENT ON TABLE quality_sample IS 'Samples for quality review: drawn once for a week (its Monday) and an area from the records in which somebody was seen, of days of that week and with a grid of that area, that had come by then and stood. Who knows the seed draws the same (planner/evidence).';
COMMENT ON COLUMN quality_sample.records IS 'From how many it was drawn.';

CREATE TABLE quality_item (
	district text NOT NULL,
	week date NOT NULL,
	area text NOT NULL,
	n smallint NOT NULL CHECK (n > 0),
	record uuid NOT NULL,
	PRIMARY KEY (district, week, area, n),
	FOREIGN KEY (district, week, area) REFERENCES quality_sample (district, week, area) ON DELETE CASCADE,
	FOREIGN KEY (district, record) REFERENCES visit_record (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE quality_item IS 'The records of a sample, in the order in which they were drawn.';
CREATE INDEX quality_item_record ON quality_item (district, record);

CREATE TABLE quality_call (
	district text NOT NULL,
	record uuid NOT NULL,
	n smallint NOT NULL CHECK (n > 0),
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL CHECK (by <> ''),
	result text NOT NULL CHECK (result IN ('confirmed', 'differs', 'not_reached', 'declined')),
	words sealed,
	PRIMARY KEY (district, record, n),
	FOREIGN KEY (district, record) REFERENCES visit_record (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE quality_call IS 'What residents or families said of a visit that was drawn, each time that somebody called: rows are only added.';

-- Who sees a record sees what was found of it; leaders and those above look.

ALTER TABLE visit_flag_look ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON visit_flag_look FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM visit_record w WHERE w.district = visit_flag_look.district AND w.id = visit_flag_look.record));
CREATE POLICY looks ON visit_flag_look FOR INSERT TO sanse_desk WITH CHECK (
	by = (SELECT s.account FROM trust.seat() s) AND EXISTS (SELECT FROM trust.grants() g WHERE g.role IN ('leader', 'planner', 'official', 'task_force'))
	AND EXISTS (SELECT FROM visit_record w WHERE w.district = visit_flag_look.district AND w.id = visit_flag_look.record));
ALTER TABLE quality_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON quality_item FOR INSERT TO sanse_engine WITH CHECK (true);
CREATE POLICY desk ON quality_item FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM visit_record w WHERE w.district = quality_item.district AND w.id = quality_item.record));
ALTER TABLE quality_call ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON quality_call FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM visit_record w WHERE w.district = quality_call.district AND w.id = quality_call.record));
CREATE POLICY calls ON quality_call FOR INSERT TO sanse_desk WITH CHECK (
	by = (SELECT s.account FROM trust.seat() s) AND EXISTS (SELECT FROM trust.grants() g WHERE g.role IN ('leader', 'planner', 'official', 'task_force'))
	AND EXISTS (SELECT FROM quality_item i WHERE i.district = quality_call.district AND i.record = quality_call.record));

GRANT SELECT, INSERT ON visit_flag_look, quality_call TO sanse_desk;
GRANT SELECT, INSERT ON quality_sample TO sanse_engine;
GRANT SELECT ON quality_sample, quality_item TO sanse_desk;
GRANT INSERT ON quality_item TO sanse_engine;

-- +goose Down

DROP TABLE quality_call, quality_item, quality_sample;
ALTER TABLE visit_flag ADD COLUMN reason sealed;
GRANT SELECT (reason), UPDATE (reason) ON visit_flag TO sanse_desk;
DROP TABLE visit_flag_look;
