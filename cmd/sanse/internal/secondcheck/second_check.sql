-- The second checker: a second opinion on the plan in force of a district,
-- written from the words of docs/planning.md and never from the first checker.
-- It reads the stored records alone, and the travel times of the problem in the
-- temporary table travel (block, mode, from_id, to_id, seconds).
--
-- $1 is the district, $2 the number of days in which what is owed is caught up.
-- One row a violation; none means that the plan can be walked as it is stored,
-- that it hides no lapse and that its summary counts right.
--
-- A day is "running" for a rule and a resident where the rule holds and the
-- resident is neither away nor paused. An interval of n days closes on the n-th
-- running day after the last visit; a quota asks for its share of the running
-- days of its week or month up to the end of the horizon, rounded half up.

WITH RECURSIVE
p AS (
	SELECT plan.*,
		start_day + days - 1 AS end_day,
		least(start_day + $2::integer - 1, start_day + days - 1) AS catch_up_day
	FROM plan
	WHERE district = $1 AND is_current
),

-- The walks ---------------------------------------------------------------------

walk AS (
	SELECT i.visitor, i.day, i.depart, i.block, i.return_seconds, v.mode,
		shift.from_minute, shift.to_minute,
		CASE
			WHEN v.end_at IS NULL THEN NULL
			WHEN ST_X(v.end_at) = ST_X(v.start_at) AND ST_Y(v.end_at) = ST_Y(v.start_at) THEN v.id
			ELSE v.id || ':end'
		END AS end_id
	FROM p
	JOIN plan_itinerary i ON i.district = p.district AND i.plan = p.id
	JOIN visitor v ON v.district = i.district AND v.id = i.visitor
	LEFT JOIN LATERAL (
		SELECT s.from_minute, s.to_minute
		FROM visitor_shift s
		WHERE s.district = v.district AND s.visitor = v.id
			AND s.weekday = extract(isodow FROM i.day) AND s.from_minute <= i.depart
		ORDER BY s.from_minute DESC
		LIMIT 1
	) shift ON i.depart <= shift.to_minute
),
stop AS (
	SELECT s.visitor, s.day, s.depart, s.n, s.resident, s.arrive, s.leave, s.walk_seconds, s.due_by, s.owed,
		w.block, w.mode, r.grid, r.micro_grid,
		coalesce(r.minutes, CASE r.grade WHEN 'red' THEN 30 WHEN 'yellow' THEN 25 ELSE 20 END) AS minutes,
		lag(s.resident::text, 1, s.visitor::text) OVER walked AS from_id,
		lag(s.leave, 1, s.depart) OVER walked AS from_minute,
		s.n = max(s.n) OVER (PARTITION BY s.visitor, s.day, s.depart) AS is_last
	FROM p
	JOIN plan_stop s ON s.district = p.district AND s.plan = p.id
	JOIN resident r ON r.district = s.district AND r.id = s.resident
	JOIN walk w ON w.visitor = s.visitor AND w.day = s.day AND w.depart = s.depart
	WINDOW walked AS (PARTITION BY s.visitor, s.day, s.depart ORDER BY s.n)
),
leg AS (
	SELECT stop.*, t.seconds
	FROM stop
	LEFT JOIN travel t ON t.block = stop.block AND t.mode = stop.mode AND t.from_id = stop.from_id AND t.to_id = stop.resident
),
return AS (
	SELECT w.*, s.resident AS last_resident, s.leave,
		CASE WHEN w.end_id IS NULL THEN 0 ELSE t.seconds END AS seconds
	FROM walk w
	JOIN stop s ON s.visitor = w.visitor AND s.day = w.day AND s.depart = w.depart AND s.is_last
	LEFT JOIN travel t ON t.block = w.block AND t.mode = w.mode AND t.from_id = s.resident AND t.to_id = w.end_id
),

-- The rules -----------------------------------------------------------------------

matches AS (
	SELECT r.id AS resident, po.*
	FROM p
	JOIN resident r ON r.district = p.district
	JOIN policy po ON po.district = r.district
		AND (po.grade = r.grade
			OR EXISTS (SELECT FROM resident_kind k WHERE k.district = r.district AND k.resident = r.id AND k.kind = po.kind))
),
rule AS (SELECT * FROM matches WHERE NOT pause),
away AS (
	SELECT a.resident, a.from_day, a.to_day FROM p JOIN resident_absence a ON a.district = p.district
	UNION ALL
	SELECT resident, coalesce(from_day, '-infinity'), coalesce(to_day, 'infinity') FROM matches WHERE pause
),
past AS (
	SELECT DISTINCT v.resident, v.day
	FROM p
	JOIN visit v ON v.district = p.district AND v.done AND v.day < p.start_day
),
seen AS MATERIALIZED (SELECT resident, day FROM past UNION SELECT resident, day FROM stop),
last_seen AS (SELECT resident, max(day) AS day FROM past GROUP BY resident),

-- Intervals, day by day: since is the number of running days since the last
-- visit, or since the last window closed.
span AS (
	SELECT rule.resident, rule.id AS policy, rule.every_days AS n, rule.from_day, rule.to_day, l.day AS last_day,
		(
			SELECT count(*)
			FROM generate_series(l.day + 1, p.start_day - 1, interval '1 day') AS g
			WHERE g::date BETWEEN coalesce(rule.from_day, '-infinity') AND coalesce(rule.to_day, 'infinity')
				AND NOT EXISTS (SELECT FROM away WHERE away.resident = rule.resident AND g::date BETWEEN away.from_day AND away.to_day)
		)::integer AS since
	FROM p, rule
	LEFT JOIN last_seen l ON l.resident = rule.resident
	WHERE rule.every_days IS NOT NULL
),
run AS (
	SELECT span.resident, span.policy, span.n, span.from_day, span.to_day,
		p.start_day - 1 AS day, span.since % span.n AS since, false AS lapsed
	FROM p, span
	UNION ALL
	SELECT run.resident, run.policy, run.n, run.from_day, run.to_day, run.day + 1,
		CASE
			WHEN today.visited THEN 0
			WHEN NOT today.running THEN run.since
			ELSE (run.since + 1) % run.n
		END,
		today.running AND NOT today.visited AND run.since + 1 = run.n
	FROM run
	CROSS JOIN p
	CROSS JOIN LATERAL (
		SELECT
			EXISTS (SELECT FROM seen WHERE seen.resident = run.resident AND seen.day = run.day + 1) AS visited,
			run.day + 1 BETWEEN coalesce(run.from_day, '-infinity') AND coalesce(run.to_day, 'infinity')
				AND NOT EXISTS (SELECT FROM away WHERE away.resident = run.resident AND run.day + 1 BETWEEN away.from_day AND away.to_day) AS running
	) today
	WHERE run.day < p.end_day
),

-- Quotas: the week or month before the one in which the plan begins, and all
-- from there to the horizon's end.
period AS (
	SELECT 'week' AS unit, g::date AS first_day, g::date + 6 AS last_day
	FROM p, generate_series(date_trunc('week', p.start_day::timestamp) - interval '7 days', p.end_day, interval '7 days') AS g
	UNION ALL
	SELECT 'month', g::date, (g + interval '1 month')::date - 1
	FROM p, generate_series(date_trunc('month', p.start_day::timestamp) - interval '1 month', p.end_day, interval '1 month') AS g
),
quota AS (
	-- Where a rule begins or ends inside the period, so does its window: what is
	-- asked of the days on which it holds is to be done on them.
	SELECT rule.resident, rule.id AS policy, coalesce(rule.per_week, rule.per_month) AS k,
		opens, closes, period.last_day - period.first_day + 1 AS length,
		(
			SELECT count(*)
			FROM generate_series(opens, closes, interval '1 day') AS g
			WHERE NOT EXISTS (SELECT FROM away WHERE away.resident = rule.resident AND g::date BETWEEN away.from_day AND away.to_day)
		)::integer AS running,
		count(seen.day)::integer AS visits
	FROM p
	CROSS JOIN rule
	JOIN period ON period.unit = CASE WHEN rule.per_week IS NOT NULL THEN 'week' WHEN rule.per_month IS NOT NULL THEN 'month' END
	CROSS JOIN LATERAL (SELECT greatest(period.first_day, rule.from_day) AS opens, least(period.last_day, rule.to_day, p.end_day) AS closes) held
	LEFT JOIN seen ON seen.resident = rule.resident AND seen.day BETWEEN opens AND closes
	GROUP BY rule.resident, rule.id, rule.per_week, rule.per_month, period.first_day, period.last_day, opens, closes
),
need AS (
	-- k · running / length, rounded half up.
	SELECT quota.*, (2 * k * running + length) / (2 * length) - visits AS missing
	FROM quota
),

-- What lapses, and what is owed ------------------------------------------------------

lapse AS (
	SELECT resident, due_by, max(missing) AS missing
	FROM (
		SELECT resident, day AS due_by, 1 AS missing FROM run WHERE lapsed
		UNION ALL
		SELECT need.resident, need.closes, need.missing FROM p, need WHERE need.closes >= p.start_day AND need.missing > 0
	) AS by_rule
	GROUP BY resident, due_by
),
listed AS (
	SELECT u.resident, u.due_by, count(*)::integer AS missing
	FROM p
	JOIN plan_unplanned u ON u.district = p.district AND u.plan = p.id AND NOT u.owed
	GROUP BY u.resident, u.due_by
),
debtor AS (
	SELECT DISTINCT rule.resident
	FROM rule
	WHERE NOT EXISTS (SELECT FROM past WHERE past.resident = rule.resident)
	UNION
	SELECT resident FROM span WHERE since >= n
	UNION
	SELECT need.resident FROM p, need WHERE need.closes < p.start_day AND need.missing > 0
),
debt AS (
	SELECT debtor.resident, min(stop.day) AS cleared
	FROM debtor
	LEFT JOIN stop ON stop.resident = debtor.resident
	GROUP BY debtor.resident
),
listed_debt AS (
	SELECT u.resident, count(*) AS entries
	FROM p
	JOIN plan_unplanned u ON u.district = p.district AND u.plan = p.id AND u.owed
	GROUP BY u.resident
),

-- What the summary should say ----------------------------------------------------------

total (name, counted) AS (
	SELECT 'visits_planned', (SELECT count(*) FROM stop)::text
	UNION ALL SELECT 'owed_at_start', (SELECT count(*) FROM debt)::text
	UNION ALL SELECT 'owed_cleared_on', (SELECT CASE WHEN bool_and(cleared IS NOT NULL) THEN max(cleared) END FROM debt)::text
	UNION ALL SELECT 'lapses', (SELECT coalesce(sum(missing), 0) FROM lapse)::text
	UNION ALL SELECT 'visitor_days', (SELECT count(DISTINCT (visitor, day)) FROM walk)::text
	UNION ALL SELECT 'walk_seconds', ((SELECT coalesce(sum(walk_seconds), 0) FROM stop) + (SELECT coalesce(sum(return_seconds), 0) FROM walk))::text
)

SELECT 'outside_horizon' AS code, w.visitor, NULL AS resident, w.day, format('not within %s to %s', p.start_day, p.end_day) AS detail
FROM p, walk w
WHERE w.day NOT BETWEEN p.start_day AND p.end_day

UNION ALL
SELECT 'no_stops', w.visitor, NULL, w.day, format('departs at minute %s and visits nobody', w.depart)
FROM walk w
WHERE NOT EXISTS (SELECT FROM stop s WHERE s.visitor = w.visitor AND s.day = w.day AND s.depart = w.depart)

UNION ALL
SELECT 'day_off', w.visitor, NULL, w.day, 'the visitor does not work'
FROM p, walk w
JOIN visitor_day_off o ON o.visitor = w.visitor AND o.day = w.day
WHERE o.district = p.district

UNION ALL
SELECT 'outside_shift', w.visitor, NULL, w.day, format('departs at minute %s, in no shift of the weekday', w.depart)
FROM walk w
WHERE w.from_minute IS NULL

UNION ALL
SELECT 'return_late', r.visitor, r.last_resident, r.day, format('leaves the last door at minute %s, is back %s s later, the shift ends at minute %s', r.leave, r.return_seconds, r.to_minute)
FROM return r
WHERE r.leave * 60 + greatest(r.return_seconds, r.seconds) > r.to_minute * 60

UNION ALL
SELECT 'shift_twice', w.visitor, NULL, w.day, format('%s itineraries in the shift from minute %s', count(*), w.from_minute)
FROM walk w
WHERE w.from_minute IS NOT NULL
GROUP BY w.visitor, w.day, w.from_minute
HAVING count(*) > 1

UNION ALL
SELECT 'over_capacity', s.visitor, NULL, s.day, format('%s visits, at most %s', count(*), v.capacity)
FROM p
JOIN visitor v ON v.district = p.district
JOIN stop s ON s.visitor = v.id
WHERE v.capacity > 0
GROUP BY s.visitor, s.day, v.capacity
HAVING count(*) > v.capacity

UNION ALL
SELECT 'overlap', w.visitor, NULL, w.day, format('departs at minute %s, before an earlier walk is over', w.depart)
FROM walk w
JOIN return r ON r.visitor = w.visitor AND r.day = w.day AND r.depart < w.depart AND r.leave * 60 + r.return_seconds > w.depart * 60

UNION ALL
SELECT 'wrong_block', s.visitor, s.resident, s.day, format('the itinerary is in block %s, the door in grid %s', s.block, s.grid)
FROM stop s
WHERE NOT starts_with(s.grid, s.block)

UNION ALL
SELECT 'no_way', l.visitor, l.resident, l.day, format('from %s: %s', l.from_id, coalesce(l.seconds::text, 'not in the travel times'))
FROM leg l
WHERE coalesce(l.seconds, -1) < 0

UNION ALL
SELECT 'no_way', r.visitor, r.last_resident, r.day, format('back to %s: %s', r.end_id, coalesce(r.seconds::text, 'not in the travel times'))
FROM return r
WHERE coalesce(r.seconds, -1) < 0

UNION ALL
SELECT 'walk_too_short', l.visitor, l.resident, l.day, format('leaves %s at minute %s, walks %s s, arrives at minute %s', l.from_id, l.from_minute, l.seconds, l.arrive)
FROM leg l
WHERE l.arrive * 60 < l.from_minute * 60 + greatest(coalesce(l.seconds, 0), 0)

UNION ALL
SELECT 'wrong_walk_seconds', l.visitor, l.resident, l.day, format('the stop says %s s, the streets say %s s', l.walk_seconds, l.seconds)
FROM leg l
WHERE l.seconds >= 0 AND l.walk_seconds <> l.seconds

UNION ALL
SELECT 'wrong_return_seconds', r.visitor, r.last_resident, r.day, format('the itinerary says %s s, the streets say %s s', r.return_seconds, r.seconds)
FROM return r
WHERE r.seconds >= 0 AND r.return_seconds <> r.seconds

UNION ALL
SELECT 'visit_too_short', s.visitor, s.resident, s.day, format('minute %s to %s, wants %s minutes', s.arrive, s.leave, s.minutes)
FROM stop s
WHERE s.leave - s.arrive < s.minutes

UNION ALL
SELECT 'out_of_scope', s.visitor, s.resident, s.day, format('grid %s', s.grid)
FROM stop s
WHERE NOT EXISTS (
	SELECT FROM p, visitor_scope v
	WHERE v.district = p.district AND v.visitor = s.visitor
		AND (starts_with(s.grid, v.area) OR starts_with(s.micro_grid, v.area))
)

UNION ALL
SELECT 'twice_in_a_day', NULL, s.resident, s.day, format('%s visits', count(*))
FROM stop s
GROUP BY s.resident, s.day
HAVING count(*) > 1

UNION ALL
SELECT 'absent', s.visitor, s.resident, s.day, format('away or paused from %s to %s', a.from_day, a.to_day)
FROM stop s
JOIN away a ON a.resident = s.resident AND s.day BETWEEN a.from_day AND a.to_day

UNION ALL
-- A pattern binds the visits of one calendar week, those made before included;
-- where the past already fits no pattern, the plan answers for its own.
SELECT 'pattern_broken', NULL, week.resident, week.monday, format('planned on weekdays %s, before on %s, rule %s', week.planned, week.before, week.policy)
FROM (
	SELECT rule.resident, rule.id AS policy, rule.patterns, date_trunc('week', seen.day::timestamp)::date AS monday,
		coalesce(jsonb_agg(extract(isodow FROM seen.day)::integer ORDER BY seen.day) FILTER (WHERE seen.day >= p.start_day), '[]') AS planned,
		coalesce(jsonb_agg(extract(isodow FROM seen.day)::integer ORDER BY seen.day) FILTER (WHERE seen.day < p.start_day), '[]') AS before
	FROM p, rule
	JOIN seen ON seen.resident = rule.resident
		AND seen.day BETWEEN coalesce(rule.from_day, '-infinity') AND coalesce(rule.to_day, 'infinity')
	WHERE jsonb_array_length(rule.patterns) > 0
	GROUP BY rule.resident, rule.id, rule.patterns, monday
) AS week
WHERE jsonb_array_length(week.planned) > 0
	AND NOT EXISTS (
		SELECT FROM jsonb_array_elements(week.patterns) AS pattern
		WHERE pattern @> week.planned
			AND (pattern @> week.before
				OR NOT EXISTS (SELECT FROM jsonb_array_elements(week.patterns) AS other WHERE other @> week.before))
	)

UNION ALL
SELECT 'wrong_due_by', s.visitor, s.resident, s.day, format('due by %s', s.due_by)
FROM stop s
WHERE s.due_by < s.day AND NOT s.owed

UNION ALL
SELECT 'wrong_owed', s.visitor, s.resident, s.day, CASE WHEN s.owed THEN 'said to clear a debt, but there is none' ELSE 'clears a debt, but does not say so' END
FROM stop s
LEFT JOIN debt ON debt.resident = s.resident
WHERE s.owed <> coalesce(debt.cleared = s.day, false)

UNION ALL
SELECT CASE WHEN coalesce(lapse.missing, 0) > coalesce(listed.missing, 0) THEN 'lapse_not_listed' ELSE 'listed_but_no_lapse' END,
	NULL, resident, due_by, format('%s visits are missing, %s are listed', coalesce(lapse.missing, 0), coalesce(listed.missing, 0))
FROM lapse
FULL JOIN listed USING (resident, due_by)
WHERE coalesce(lapse.missing, 0) <> coalesce(listed.missing, 0)

UNION ALL
SELECT 'owed_not_listed', NULL, debt.resident, p.catch_up_day, format('seen on %s, %s entries', coalesce(debt.cleared::text, 'no day'), coalesce(l.entries, 0))
FROM p, debt
LEFT JOIN listed_debt l ON l.resident = debt.resident
WHERE coalesce(debt.cleared > p.catch_up_day, true) AND coalesce(l.entries, 0) <> 1

UNION ALL
SELECT 'listed_but_not_owed', NULL, l.resident, NULL, format('%s entries, seen on %s', l.entries, debt.cleared)
FROM p, listed_debt l
LEFT JOIN debt ON debt.resident = l.resident
WHERE debt.resident IS NULL OR debt.cleared <= p.catch_up_day

UNION ALL
SELECT 'wrong_summary', NULL, NULL, NULL, format('%s: the summary says %s, the records %s', total.name, coalesce(p.summary ->> total.name, 'nothing'), coalesce(total.counted, 'nothing'))
FROM p, total
WHERE p.summary ->> total.name IS DISTINCT FROM total.counted

UNION ALL
SELECT 'wrong_summary', NULL, NULL, NULL, format('residents of grade %s: the summary says %s, the records %s', grade, coalesce(said.n, 0), coalesce(counted.n, 0))
FROM (SELECT r.grade, count(*) AS n FROM p JOIN resident r ON r.district = p.district GROUP BY r.grade) AS counted
FULL JOIN (SELECT e.key AS grade, e.value::bigint AS n FROM p, jsonb_each_text(p.summary -> 'residents') AS e) AS said USING (grade)
WHERE counted.n IS DISTINCT FROM said.n

UNION ALL
SELECT 'wrong_summary', NULL, NULL, NULL, format('unplanned for reason %s: the summary says %s, the records %s', reason, coalesce(said.n, 0), coalesce(counted.n, 0))
FROM (SELECT u.reason, count(*) AS n FROM p JOIN plan_unplanned u ON u.district = p.district AND u.plan = p.id GROUP BY u.reason) AS counted
FULL JOIN (SELECT e.key AS reason, e.value::bigint AS n FROM p, jsonb_each_text(p.summary -> 'unplanned') AS e) AS said USING (reason)
WHERE counted.n IS DISTINCT FROM said.n

ORDER BY code, day, visitor, resident, detail
