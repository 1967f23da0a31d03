package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"sanse/planner"
)

// erasures destroy what names a resident and what leads to their door. $1 is the
// district, $2 the resident, $3 the day. What is counted of a resident (grade,
// kinds, visits, the grid) stays, under an id that belongs to no name; the plan
// passes them by, for they are away for good.
var erasures = []struct{ what, sql string }{
	{"person", `DELETE FROM resident_person WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"place", `UPDATE resident r SET building = NULL, unit = '', micro_grid = NULL, needs = NULL,
			location = COALESCE((SELECT ST_PointOnSurface(v.boundary) FROM area_version v
				WHERE v.district = r.district AND v.area = r.grid ORDER BY v.valid @> $3::date DESC, v.valid_from DESC LIMIT 1), ST_SnapToGrid(r.location, 0.01))
		WHERE r.district = $1 AND r.id = $2`},
	{"team", `DELETE FROM team WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"wishes", `DELETE FROM resident_prefer WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"absences", `DELETE FROM resident_absence WHERE district = $1 AND resident = $2 AND to_day >= $3::date`},
	{"away", `INSERT INTO resident_absence (district, resident, from_day, to_day) VALUES ($1, $2, $3::date, '` + noEnd + `')`},
	{"addresses", `DELETE FROM task_person p USING task t WHERE p.district = $1 AND t.district = $1 AND t.id = p.task AND t.resident = $2 AND $3::date IS NOT NULL`},
	{"tasks", `UPDATE task SET needs = NULL, absent = jsonb_build_array(jsonb_build_object('from', to_char($3::date, 'YYYY-MM-DD'), 'to', '` + noEnd + `'))
		WHERE district = $1 AND resident = $2`},
	{"wishes for tasks", `DELETE FROM task_prefer p USING task t WHERE p.district = $1 AND t.district = $1 AND t.id = p.task AND t.resident = $2 AND $3::date IS NOT NULL`},
	{"matches", `DELETE FROM need_match m USING need n WHERE m.district = $1 AND n.district = $1 AND n.id = m.need AND n.resident = $2 AND n.from_day >= $3::date`},
	{"needs to come", `DELETE FROM need WHERE district = $1 AND resident = $2 AND from_day >= $3::date`},
	{"needs", `UPDATE need SET hours = NULL, source = '', to_day = LEAST(COALESCE(to_day, $3::date - 1), $3::date - 1) WHERE district = $1 AND resident = $2`},
	{"words of visits", `DELETE FROM visit_record_text t USING visit_record v WHERE t.district = $1 AND v.district = $1 AND v.id = t.record AND v.resident = $2 AND $3::date IS NOT NULL`},
	{"answers at visits", `UPDATE visit_record SET answers = '{}', metres = NULL, content = '' WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"figures of flags", `UPDATE visit_flag f SET detail = '{}' FROM visit_record v
		WHERE f.district = $1 AND v.district = $1 AND v.id = f.record AND v.resident = $2 AND $3::date IS NOT NULL`},
	{"verdicts on visits", `UPDATE visit_flag_look f SET reason = NULL FROM visit_record v
		WHERE f.district = $1 AND v.district = $1 AND v.id = f.record AND v.resident = $2 AND f.reason IS NOT NULL AND $3::date IS NOT NULL`},
	{"words of calls", `UPDATE quality_call q SET words = NULL FROM visit_record v
		WHERE q.district = $1 AND v.district = $1 AND v.id = q.record AND v.resident = $2 AND q.words IS NOT NULL AND $3::date IS NOT NULL`},
	{"words of ratings", `DELETE FROM visit_rating_text t USING visit_rating g, visit_record v
		WHERE t.district = $1 AND g.district = $1 AND g.id = t.rating AND v.district = $1 AND v.id = g.record AND v.resident = $2 AND $3::date IS NOT NULL`},
	{"rating codes", `DELETE FROM rating_code WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"door codes", `UPDATE door_code SET retired_at = now(), retired_by = '', retired_why = 'erased' WHERE district = $1 AND resident = $2 AND retired_at IS NULL AND $3::date IS NOT NULL`},
	{"handovers", `UPDATE handover SET reason = NULL, to_at = LEAST(to_at, GREATEST(now(), from_at)) WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"cases", `DELETE FROM incident_text x USING incident i WHERE x.district = $1 AND i.district = $1 AND i.id = x.incident AND i.resident = $2 AND $3::date IS NOT NULL`},
	{"numbers of platforms", `DELETE FROM external_id WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	// A delivery that waits, or is to be sent again, says of their tasks what it says of
	// any that is withdrawn: which it is.
	{"deliveries to platforms", `UPDATE connect_delivery d SET body = convert_to(jsonb_set(was.body, '{items}', (
			SELECT jsonb_agg(CASE WHEN i ->> 'resident' = $2::text THEN jsonb_build_object('id', i -> 'id', 'op', 'withdrawn', 'seq', i -> 'seq') ELSE i END ORDER BY n)
			FROM jsonb_array_elements(was.body -> 'items') WITH ORDINALITY AS l (i, n)))::text, 'UTF8')
		FROM (SELECT connector, n, convert_from(body, 'UTF8')::jsonb AS body FROM connect_delivery WHERE district = $1 AND state IN ('waiting', 'dead') AND body IS NOT NULL) was
		WHERE d.district = $1 AND d.connector = was.connector AND d.n = was.n AND d.state IN ('waiting', 'dead') AND $3::date IS NOT NULL
			AND was.body @> jsonb_build_object('items', jsonb_build_array(jsonb_build_object('resident', $2::text)))`},
	{"rows of platforms", `UPDATE connect_row SET content = '' WHERE district = $1 AND resident = $2 AND content <> '' AND $3::date IS NOT NULL`},
	{"devices", `DELETE FROM device WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"grades", `UPDATE grade_change SET reason = NULL WHERE district = $1 AND resident = $2 AND reason IS NOT NULL AND $3::date IS NOT NULL`},
	{"appeals", `UPDATE grade_appeal SET said = NULL, answer = NULL WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"suggestions", `DELETE FROM grade_suggestion WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"facts", `DELETE FROM resident_fact WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
	{"ladders", `UPDATE ladder SET reason = NULL WHERE district = $1 AND resident = $2 AND reason IS NOT NULL AND $3::date IS NOT NULL`},
	{"reasons", `DELETE FROM audit_reason r USING audit a WHERE r.district = $1 AND a.district = $1 AND a.reason = r.id AND a.reason <> '' AND a.ids @> ARRAY[$2] AND $3::date IS NOT NULL`},
	// What plans were computed from holds homes; that of the plan in force is
	// brought up to what is left, see blurProblem.
	{"problems", `DELETE FROM plan_problem x USING plan p WHERE x.district = $1 AND p.district = $1 AND p.id = x.plan AND NOT p.is_current
		AND $2::text IS NOT NULL AND $3::date IS NOT NULL`},
	{"requests", `UPDATE data_request SET reason = NULL, fields = NULL, replaced = NULL, holds = '{}', decision_reason = NULL WHERE district = $1 AND resident = $2 AND $3::date IS NOT NULL`},
}

// erase destroys what names a resident, and keeps the id so that whatever brings
// them back is erased again. It says how many records of what were touched.
func (tx *Tx) erase(district, resident string, day planner.Date) (map[string]int64, error) {
	if err := tx.touch(district); err != nil {
		return nil, err
	}
	done := map[string]int64{}
	for _, e := range erasures {
		tag, err := tx.tx.Exec(tx.ctx, e.sql, district, resident, day.Time())
		if err != nil {
			return nil, fmt.Errorf("erase %s: %w", e.what, tidy(err))
		}
		if n := tag.RowsAffected(); n > 0 {
			done[e.what] = n
		}
	}
	if err := tx.placeAnew(district, resident); err != nil {
		return nil, err
	}
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO erased (district, resident, at) VALUES ($1, $2, now())
		ON CONFLICT (district, resident) DO NOTHING`, district, resident)
	if err != nil {
		return nil, fmt.Errorf("keep what was erased: %w", tidy(err))
	}
	return done, tx.Record(district, Event{Action: ActDelete, Object: "resident_person", IDs: []string{resident}})
}

// placeAnew brings what is kept of a place up to the place.
func (tx *Tx) placeAnew(district, resident string) error {
	var p orb.Point
	err := tx.tx.QueryRow(tx.ctx, `SELECT ST_X(location), ST_Y(location) FROM resident WHERE district = $1 AND id = $2`, district, resident).Scan(&p[0], &p[1])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("place anew: %w", tidy(err))
	}
	cell, err := cellOf(p)
	if err != nil {
		return fmt.Errorf("place anew: %w", err)
	}
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE resident SET cell8 = $3 WHERE district = $1 AND id = $2`, district, resident, cell); err != nil {
		return fmt.Errorf("place anew: %w", tidy(err))
	}
	return tx.blurProblem(district, resident, p)
}

// blurProblem puts the new place of a resident into what the plan in force was
// computed from, and takes the hours and wishes out.
func (tx *Tx) blurProblem(district, resident string, at orb.Point) error {
	var plan int64
	err := tx.tx.QueryRow(tx.ctx, `SELECT p.id FROM plan p JOIN plan_problem x ON x.district = p.district AND x.plan = p.id
		WHERE p.district = $1 AND p.is_current`, district).Scan(&plan)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("blur the problem: %w", tidy(err))
	}
	text, err := tx.Reads().PlanProblem(tx.ctx, district, plan)
	if err != nil {
		return fmt.Errorf("blur the problem: %w", err)
	}
	var problem planner.Problem
	if err := json.Unmarshal(text, &problem); err != nil {
		return fmt.Errorf("blur the problem of plan %d: %w", plan, err)
	}
	for i := range problem.Residents {
		if r := &problem.Residents[i]; r.ID == resident {
			r.Location = at
			r.Needs.Hours, r.Needs.Prefer = nil, nil
		}
	}
	packed, err := packProblem(&problem)
	if err != nil {
		return fmt.Errorf("blur the problem: %w", err)
	}
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE plan_problem SET problem = $3 WHERE district = $1 AND plan = $2`, district, plan, packed); err != nil {
		return fmt.Errorf("blur the problem: %w", tidy(err))
	}
	return nil
}

// erasedOf tells which of these residents were erased. What is written about them
// from now on is written without them.
func (tx *Tx) erasedOf(district string, residents []string) (map[string]bool, error) {
	rows, err := tx.tx.Query(tx.ctx, `SELECT resident FROM erased WHERE district = $1 AND resident = ANY ($2)`, district, residents)
	if err != nil {
		return nil, fmt.Errorf("look up who was erased: %w", tidy(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look up who was erased: %w", tidy(err))
	}
	gone := make(map[string]bool, len(list))
	for _, id := range list {
		gone[id] = true
	}
	return gone, nil
}

// eraseAmong erases again those of these residents who were erased, in the
// transaction that has just written them.
func (tx *Tx) eraseAmong(district string, residents []string) error {
	gone, err := tx.erasedOf(district, residents)
	if err != nil || len(gone) == 0 {
		return err
	}
	var today planner.Date
	err = tx.tx.QueryRow(tx.ctx, `SELECT `+dayOf(`(now() AT TIME ZONE time_zone)::date`)+` FROM district WHERE code = $1`, district).Scan(&today)
	if err != nil {
		return fmt.Errorf("erase again: %w", tidy(err))
	}
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		if _, err := tx.erase(district, id, today); err != nil {
			return err
		}
	}
	return nil
}

// carryOut does what a request that was accepted asks.
func (tx *Tx) carryOut(district string, r *RightsRequest, day planner.Date) error {
	var done map[string]int64
	var gone bool
	err := tx.tx.QueryRow(tx.ctx, `SELECT EXISTS (SELECT FROM erased WHERE district = $1 AND resident = $2)`, district, r.Resident).Scan(&gone)
	if err != nil {
		return fmt.Errorf("carry out request %s: %w", r.ID, tidy(err))
	}
	kind := r.Kind
	if gone && kind == RequestCorrection {
		kind = RequestAccess // there is nobody any more: it is done with nothing done
	}
	switch kind {
	case RequestErasure:
		done, err = tx.erase(district, r.Resident, day)
	case RequestCorrection:
		var fields map[string]Sealed
		if fields, err = tx.requestTexts(district, r.ID, "fields"); err == nil {
			done, err = tx.correct(district, r, fields)
		}
	case RequestRestriction:
		sql := `INSERT INTO restriction (district, resident, request) VALUES ($1, $2, $3)`
		if r.Lift {
			sql = `UPDATE restriction SET to_at = now() WHERE district = $1 AND resident = $2 AND to_at IS NULL AND $3::text IS NOT NULL`
		}
		tag, e := tx.tx.Exec(tx.ctx, sql, district, r.Resident, r.ID)
		done, err = map[string]int64{"restrictions": tag.RowsAffected()}, tidy(e)
		if err == nil {
			err = tx.Record(district, Event{Action: ActUpdate, Object: "restriction", IDs: []string{r.Resident}})
		}
	case RequestAccess: // from now on a copy can be taken
		done = map[string]int64{}
	default:
		return &InvalidError{Table: "data_request", Rule: "kind"}
	}
	if err != nil {
		return fmt.Errorf("carry out request %s: %w", r.ID, err)
	}
	outcome, err := json.Marshal(done)
	if err != nil {
		return fmt.Errorf("carry out request %s: %w", r.ID, err)
	}
	tag, err := tx.tx.Exec(tx.ctx, `UPDATE data_request SET done_at = now(), outcome = $3 WHERE district = $1 AND id = $2 AND done_at IS NULL`,
		district, r.ID, string(outcome))
	return touchedOne(tag, err, "carry out request")
}

// Erased returns the ids of residents who were erased, in their order.
func (s *Reads) Erased(ctx context.Context, district string) ([]string, error) {
	ids, err := collect(ctx, s, "erased residents", func(r pgx.Rows, id *string) error { return r.Scan(id) },
		`SELECT resident FROM erased WHERE district = $1`, district)
	slices.Sort(ids)
	return ids, err
}
