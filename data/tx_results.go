package data

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"sanse/planner"
)

// PutPlan stores a plan with its itineraries and what it leaves unplanned, and
// returns its number. A current plan takes the mark from the one before; rec.ID
// is not read.
func (tx *Tx) PutPlan(district string, rec PlanRecord, itineraries []ItineraryRecord, unplanned []planner.Unplanned) (int64, error) {
	if err := tx.touch(district); err != nil {
		return 0, err
	}
	if err := tx.lockDistrict(district); err != nil {
		return 0, err
	}
	if rec.Current {
		if _, err := tx.tx.Exec(tx.ctx, `UPDATE plan SET is_current = false WHERE district = $1 AND is_current`, district); err != nil {
			return 0, fmt.Errorf("retire plan: %w", tidy(err))
		}
	}
	summary := "{}"
	if len(rec.Summary) > 0 {
		summary = string(rec.Summary)
	}
	var cost any
	if rec.Cost != nil {
		b, err := json.Marshal(rec.Cost)
		if err != nil {
			return 0, fmt.Errorf("store plan: cost: %w", err)
		}
		cost = string(b)
	}
	shortages, err := jsonOrNil(rec.Shortages)
	if err != nil {
		return 0, fmt.Errorf("store plan: shortages: %w", err)
	}
	var id int64
	err = tx.tx.QueryRow(tx.ctx, `INSERT INTO plan (district, id, start_day, days, seed, made_at, is_current, summary, cost, shortages, replaces, changes, moved)
		SELECT $1, COALESCE(max(id), 0) + 1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb, $10, $11::jsonb, $12::jsonb FROM plan WHERE district = $1 RETURNING id`,
		district, rec.Start.Time(), rec.Days, int64(rec.Seed), rec.MadeAt, rec.Current, summary, cost, shortages,
		orNil(rec.Replaces), rawOrNil(rec.Changes), rawOrNil(rec.Moved)).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("store plan: %w", tidy(err))
	}
	if err := tx.insertItineraries(district, id, itineraries); err != nil {
		return 0, err
	}
	columns := []string{"district", "plan", "n", "resident", "due_by", "reason", "detail", "owed", "visitor", "day", "minutes_short", "task", "mends"}
	err = tx.insert("plan_unplanned", columns, len(unplanned), func(i int) ([]any, error) {
		u := &unplanned[i]
		var day any
		if u.Date != nil {
			day = u.Date.Time()
		}
		mends, err := jsonOrNil(u.Mends)
		if err != nil {
			return nil, err
		}
		return []any{
			district, id, i, orNil(u.Resident), u.DueBy.Time(), string(u.Reason), u.Detail, u.Owed, orNil(u.Visitor), day, u.MinutesShort,
			orNil(u.Task), mends,
		}, nil
	})
	return id, err
}

func (tx *Tx) insertItineraries(district string, plan int64, itineraries []ItineraryRecord) error {
	type place struct{ itinerary, stop int }
	var stops []place
	for i := range itineraries {
		for k := range itineraries[i].Stops {
			stops = append(stops, place{i, k})
		}
	}
	columns := []string{"district", "plan", "visitor", "day", "depart", "block", "return_seconds", "route"}
	err := tx.insert("plan_itinerary", columns, len(itineraries), func(i int) ([]any, error) {
		it := &itineraries[i]
		route, err := geometry(it.Route)
		if err != nil {
			return nil, fmt.Errorf("route of %s on %s: %w", it.Visitor, it.Date, err)
		}
		return []any{district, plan, it.Visitor, it.Date.Time(), int16(it.Depart), it.Block, it.ReturnSeconds, route}, nil
	})
	if err != nil {
		return err
	}
	columns = []string{"district", "plan", "visitor", "day", "depart", "n", "resident", "arrive", "leave", "walk_seconds", "due_by", "owed", "task"}
	return tx.insert("plan_stop", columns, len(stops), func(i int) ([]any, error) {
		it := &itineraries[stops[i].itinerary]
		s := &it.Stops[stops[i].stop]
		return []any{
			district, plan, it.Visitor, it.Date.Time(), int16(it.Depart), int16(stops[i].stop + 1), orNil(s.Resident),
			int16(s.Arrive), int16(s.Leave), s.WalkSeconds, s.DueBy.Time(), s.Owed, orNil(s.Task),
		}, nil
	})
}

// PutPlanProblem keeps what a plan was made from, compressed.
func (tx *Tx) PutPlanProblem(district string, plan int64, p *planner.Problem) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	packed, err := packProblem(p)
	if err != nil {
		return fmt.Errorf("store the problem of plan %d: %w", plan, err)
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO plan_problem (district, plan, problem) VALUES ($1, $2, $3)`, district, plan, packed)
	if err != nil {
		return fmt.Errorf("store the problem of plan %d: %w", plan, tidy(err))
	}
	return nil
}

// packProblem writes the canonical JSON, compressed. The fastest level makes
// little more of it than the best, at a tenth of the time.
func packProblem(p *planner.Problem) ([]byte, error) {
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(planner.WriteProblem(z, p), z.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// PutCoverage stores a computation of coverage and returns its number; the
// latest is the one that is read. rec.ID is not read.
func (tx *Tx) PutCoverage(district string, rec CoverageRecord) (int64, error) {
	if err := tx.touch(district); err != nil {
		return 0, err
	}
	if err := tx.lockDistrict(district); err != nil {
		return 0, err
	}
	var id int64
	err := tx.tx.QueryRow(tx.ctx, `INSERT INTO coverage_run (district, id, day, minutes, metres_per_second, street_version, made_at)
		SELECT $1, COALESCE(max(id), 0) + 1, $2, $3, $4, $5, $6 FROM coverage_run WHERE district = $1 RETURNING id`,
		district, rec.Date.Time(), rec.Minutes, rec.MetresPerSecond, rec.StreetVersion, rec.MadeAt).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("store coverage run: %w", tidy(err))
	}
	columns := []string{
		"district", "run", "area", "service", "people", "people_covered", "over60", "over60_covered", "residents", "residents_covered",
	}
	err = tx.insert("coverage_area", columns, len(rec.Areas), func(i int) ([]any, error) {
		a := &rec.Areas[i]
		return []any{
			district, id, a.Area, a.Service, a.People, a.PeopleCovered, a.Over60, a.Over60Covered, a.Residents, a.ResidentsCovered,
		}, nil
	})
	return id, err
}

// PutImport adds a line to the log of imports, and to the audit; rec.ID is not
// read.
func (tx *Tx) PutImport(district string, rec ImportRecord) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	if err := tx.lockDistrict(district); err != nil {
		return err
	}
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO import_log (district, id, kind, source, crs, rows_read, rows_stored, rows_refused, at)
		SELECT $1, COALESCE(max(id), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM import_log WHERE district = $1`,
		district, rec.Kind, rec.Source, rec.CRS, rec.Read, rec.Stored, rec.Refused, rec.At)
	if err != nil {
		return fmt.Errorf("store import log: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActImport, Object: rec.Kind, N: int(rec.Stored)})
}
