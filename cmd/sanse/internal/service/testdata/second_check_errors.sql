-- Errors to plant in a sound plan, one at a time. A case begins with a line
-- "error: what is done => the code that the second checker must answer with".
-- The last statement of a case must touch a row. A test database holds one
-- district and one plan.

-- error: a stop is reached before the walk can be over => walk_too_short
UPDATE plan_stop SET arrive = depart WHERE n = 1 AND walk_seconds > 0

-- error: a second door is reached the minute the first is left => walk_too_short
UPDATE plan_stop s SET arrive = b.leave FROM plan_stop b
WHERE (b.visitor, b.day, b.depart, b.n + 1) = (s.visitor, s.day, s.depart, s.n) AND s.walk_seconds > 60

-- error: a walk is said to be longer than the streets are => wrong_walk_seconds
UPDATE plan_stop SET walk_seconds = walk_seconds + 1 WHERE n = 1

-- error: the way back is said to be longer than the streets are => wrong_return_seconds
UPDATE plan_itinerary SET return_seconds = return_seconds + 1

-- error: a visit is a minute too short => visit_too_short
UPDATE plan_stop SET leave = leave - 1 WHERE n = 1

-- error: a visit goes on until midnight => return_late
UPDATE plan_stop s SET leave = 1440
WHERE n = (SELECT max(n) FROM plan_stop o WHERE (o.visitor, o.day, o.depart) = (s.visitor, s.day, s.depart))

-- error: the visitor does not work on that weekday => outside_shift
DELETE FROM visitor_shift h USING plan_itinerary i WHERE i.visitor = h.visitor AND extract(isodow FROM i.day) = h.weekday

-- error: the shift ends sooner than it did => return_late
UPDATE visitor_shift h SET to_minute = i.depart + 1 FROM plan_itinerary i
WHERE i.visitor = h.visitor AND extract(isodow FROM i.day) = h.weekday AND i.depart BETWEEN h.from_minute AND h.to_minute

-- error: the visitor has the day off => day_off
INSERT INTO visitor_day_off (district, visitor, day) SELECT DISTINCT district, visitor, day FROM plan_itinerary ORDER BY day, visitor LIMIT 1

-- error: the visitor may visit elsewhere only => out_of_scope
DELETE FROM visitor_scope v USING plan_stop s WHERE s.visitor = v.visitor

-- error: somebody else takes over the walk => out_of_scope
WITH swap AS (
	SELECT s.district, s.plan, s.visitor, s.day, s.depart, other.id AS other
	FROM plan_stop s, visitor other
	WHERE NOT EXISTS (
			SELECT FROM visitor_scope v, resident r
			WHERE v.visitor = other.id AND r.id = s.resident AND (starts_with(r.grid, v.area) OR starts_with(r.micro_grid, v.area))
		)
		AND NOT EXISTS (SELECT FROM plan_itinerary i WHERE i.visitor = other.id AND i.day = s.day)
	ORDER BY s.day, s.visitor, s.depart, other.id
	LIMIT 1
), itinerary AS (
	INSERT INTO plan_itinerary (district, plan, visitor, day, depart, block, return_seconds)
	SELECT i.district, i.plan, swap.other, i.day, i.depart, i.block, i.return_seconds
	FROM plan_itinerary i JOIN swap USING (visitor, day, depart)
)
UPDATE plan_stop s SET visitor = swap.other FROM swap WHERE (s.visitor, s.day, s.depart) = (swap.visitor, swap.day, swap.depart)

-- error: a walk is cut in two => shift_twice
WITH cut AS (
	SELECT a.*, i.block, i.return_seconds FROM plan_stop a JOIN plan_itinerary i USING (district, plan, visitor, day, depart)
	WHERE a.n = 1 AND EXISTS (SELECT FROM plan_stop b WHERE (b.visitor, b.day, b.depart, b.n) = (a.visitor, a.day, a.depart, 2))
	ORDER BY a.day, a.visitor
	LIMIT 1
), itinerary AS (
	INSERT INTO plan_itinerary (district, plan, visitor, day, depart, block, return_seconds)
	SELECT district, plan, visitor, day, leave, block, return_seconds FROM cut
)
UPDATE plan_stop s SET depart = cut.leave FROM cut WHERE (s.visitor, s.day, s.depart) = (cut.visitor, cut.day, cut.depart) AND s.n > 1

-- error: an itinerary visits nobody => no_stops
INSERT INTO plan_itinerary (district, plan, visitor, day, depart, block, return_seconds)
SELECT district, plan, visitor, day, 1440, block, 0 FROM plan_itinerary LIMIT 1

-- error: a visitor can make one visit a day => over_capacity
UPDATE visitor v SET capacity = 1
WHERE EXISTS (SELECT FROM plan_stop s WHERE s.visitor = v.id GROUP BY s.day HAVING count(*) > 1)

-- error: a resident is seen twice on a day => twice_in_a_day
DROP INDEX plan_stop_visit_once;
INSERT INTO plan_stop (district, plan, visitor, day, depart, n, resident, arrive, leave, walk_seconds, due_by, owed)
SELECT DISTINCT ON (visitor, day, depart) district, plan, visitor, day, depart, n + 1, resident, leave, leave, 0, due_by, false
FROM plan_stop ORDER BY visitor, day, depart, n DESC

-- error: the resident is in hospital on the day => absent
INSERT INTO resident_absence (district, resident, from_day, to_day)
SELECT DISTINCT ON (resident) district, resident, day, day FROM plan_stop ORDER BY resident, day
ON CONFLICT (district, resident, from_day) DO UPDATE SET to_day = excluded.to_day

-- error: the rules are paused for all blue residents => absent
INSERT INTO policy (district, id, grade, pause) SELECT code, 'a pause', 'blue', true FROM district
WHERE EXISTS (SELECT FROM plan_stop s JOIN resident r ON r.id = s.resident WHERE r.grade = 'blue')

-- error: visits are allowed on no weekday that is used => pattern_broken
UPDATE policy SET patterns = '[[7]]'
WHERE NOT pause AND grade IN (SELECT r.grade FROM plan_stop s JOIN resident r ON r.id = s.resident WHERE extract(isodow FROM s.day) < 7)

-- error: the plan ends before its last walk => outside_horizon
UPDATE plan SET days = (SELECT max(day) FROM plan_itinerary) - start_day

-- error: the walk lies in another community => wrong_block
UPDATE plan_itinerary i SET block = (SELECT min(code) FROM area WHERE level = 3 AND code <> i.block) WHERE EXISTS (SELECT FROM area WHERE level = 3 AND code <> i.block)

-- error: a bridge is closed => no_way
UPDATE travel SET seconds = -1 FROM plan_stop s WHERE s.n = 1 AND from_id = s.visitor AND to_id = s.resident

-- error: the travel times do not know the door => no_way
DELETE FROM travel USING plan_stop s WHERE to_id = s.resident

-- error: a visit misses its date => wrong_due_by
UPDATE plan_stop SET due_by = day - 1 WHERE NOT owed

-- error: the visits of the blue residents are left out => lapse_not_listed
DELETE FROM plan_stop s USING resident r
WHERE r.id = s.resident AND r.grade = 'blue'
	AND NOT EXISTS (SELECT FROM resident_absence a WHERE a.resident = s.resident)
	AND NOT EXISTS (SELECT FROM visit v WHERE v.resident = s.resident AND v.done AND v.day >= date_trunc('month', s.day))

-- error: no red resident is seen after the first week => lapse_not_listed
DELETE FROM plan_stop s USING resident r, plan p WHERE r.id = s.resident AND r.grade = 'red' AND s.day > p.start_day + 6

-- error: a lapse is hushed up => lapse_not_listed
DELETE FROM plan_unplanned WHERE n = (SELECT min(n) FROM plan_unplanned WHERE NOT owed)

-- error: a lapse is listed for another day => listed_but_no_lapse
UPDATE plan_unplanned SET due_by = due_by - 1 WHERE n = (SELECT min(n) FROM plan_unplanned WHERE NOT owed)

-- error: a lapse is listed twice => listed_but_no_lapse
INSERT INTO plan_unplanned (district, plan, n, resident, due_by, reason, detail, owed)
SELECT district, plan, n + 1000000, resident, due_by, reason, detail, owed FROM plan_unplanned WHERE NOT owed ORDER BY n LIMIT 1

-- error: a lapse is called a debt => lapse_not_listed
UPDATE plan_unplanned SET owed = true WHERE n = (SELECT min(n) FROM plan_unplanned WHERE NOT owed)

-- error: an old debt is hushed up => owed_not_listed
DELETE FROM plan_unplanned WHERE n = (SELECT min(n) FROM plan_unplanned WHERE owed)

-- error: a debt is listed that there is not => listed_but_not_owed
INSERT INTO plan_unplanned (district, plan, n, resident, due_by, reason, detail, owed)
SELECT district, plan, 1000000, resident, day, 'no_free_time', '', true FROM plan_stop WHERE owed ORDER BY day, resident LIMIT 1

-- error: a stop does not say that it clears a debt => wrong_owed
UPDATE plan_stop SET owed = false WHERE owed

-- error: a stop says that it clears a debt that there is not => wrong_owed
UPDATE plan_stop SET owed = true WHERE NOT owed

-- error: the history is lost => wrong_summary
DELETE FROM visit

-- error: a rule becomes stricter after the plan was made => lapse_not_listed
UPDATE policy SET every_days = 1 WHERE every_days IS NOT NULL AND grade IN (SELECT grade FROM resident)

-- error: a quota becomes larger after the plan was made => lapse_not_listed
UPDATE policy SET per_week = 7 WHERE per_week IS NOT NULL AND grade IN (SELECT grade FROM resident)

-- error: the summary counts a visit that there is not => wrong_summary
UPDATE plan SET summary = jsonb_set(summary, '{visits_planned}', to_jsonb((summary ->> 'visits_planned')::integer + 1))

-- error: the summary counts a debt too few => wrong_summary
UPDATE plan SET summary = jsonb_set(summary, '{owed_at_start}', to_jsonb((summary ->> 'owed_at_start')::integer - 1))

-- error: the summary says that the debts are cleared sooner => wrong_summary
UPDATE plan SET summary = jsonb_set(summary, '{owed_cleared_on}', '"2026-01-01"')

-- error: the summary is silent on lapses => wrong_summary
UPDATE plan SET summary = jsonb_set(summary, '{lapses}', '-1')
