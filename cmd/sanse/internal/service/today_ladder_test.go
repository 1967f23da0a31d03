package service_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
)

// Whom somebody covers for is in their day, whether the plan has room for it or not,
// and what they record there is of the ladder.
func TestTheDayHoldsWhomOneCoversFor(t *testing.T) {
	b := newRecordBed(t)
	worker := b.seat(1, data.RoleWorker, "", "", "v1")
	b.planDay("r0000", "r0002")
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error { return tx.PutPolicies(lattice, []data.Policy{{Grade: "yellow", PerWeek: 1}}) })
	if err != nil {
		t.Fatal(err)
	}
	deadline := b.now.Add(time.Hour)
	err = b.store.Write(t.Context(), func(tx *data.Tx) error {
		if err := tx.PutLadderRule(lattice, "", ladder.Reference(b.today-1)); err != nil {
			return err
		}
		open := []data.Ladder{{Resident: "r0000", First: b.today}, {Resident: "r0001", First: b.today}, {Resident: "r0101", First: b.today}}
		if _, err := tx.OpenLadders(lattice, b.today, b.today-1, b.now, b.now, open); err != nil {
			return err
		}
		due, err := tx.ClaimLadders(lattice, b.now, 10)
		if err != nil {
			return err
		}
		var moves []data.LadderMove
		var steps []data.LadderStep
		for i := range due {
			holder := map[bool]string{true: "v3", false: "v1"}[due[i].Resident == "r0101"]
			moves = append(moves, data.LadderMove{ID: due[i].ID, Taken: 1, Next: deadline, Holding: true, Tier: planner.TierGrid, Holder: holder, Deadline: deadline})
			steps = append(steps, data.LadderStep{Ladder: due[i].ID, Kind: ladder.Cover, Tier: planner.TierGrid, Holder: holder, Due: b.now, Deadline: deadline, Taken: b.now})
		}
		return tx.MoveLadders(lattice, b.now, moves, steps)
	})
	if err != nil {
		t.Fatal(err)
	}
	day := func() (out []string) {
		t.Helper()
		v := must(b.VisitDay(worker, lattice, "", 0))(t)
		for _, s := range v.Stops {
			out = append(out, s.Resident+" "+s.Why)
			if (s.Why == "covering") != (s.Covering != nil) || s.Covering != nil && (!s.Covering.Deadline.Equal(deadline) || s.Covering.Deadline.Format("-07:00") != "+08:00" || s.Covering.Tier != planner.TierGrid) || s.Key == "" {
				t.Errorf("the stop is %+v with %+v", s, s.Covering)
			}
		}
		return out
	}
	if got := day(); !slices.Equal(got, []string{"r0001 covering", "r0000 covering", "r0002 planned"}) {
		t.Fatalf("the day is %v", got)
	}
	covered, other := b.record("r0001"), b.record("r0002")
	covered.Stop = must(b.VisitDay(worker, lattice, "", 0))(t).Stops[0].Key
	if got := b.put(worker, covered, other); got[0] != "stored" || got[1] != "stored" {
		t.Fatal(got)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_record v JOIN ladder l ON l.district = v.district AND l.id = v.ladder AND l.closed_how = 'visit'
		WHERE v.id = $1`, covered.ID) + one[int](t, b.owner, `SELECT count(*)::int FROM visit_record WHERE id = $1 AND ladder IS NULL`, other.ID); n != 2 {
		t.Error("a record is of another ladder than the one that its visitor held")
	}
	if got := day(); !slices.Equal(got, []string{"r0000 covering", "r0002 planned"}) {
		t.Errorf("after the visit the day is %v", got)
	}
}

// Whom the plan comes to when the deadline is over stands first, without that hour.
func TestWhoIsCoveredForStandsBeforeTheDeadline(t *testing.T) {
	b := newRecordBed(t)
	worker := b.seat(1, data.RoleWorker, "", "", "v1")
	b.planDay("r0000", "r0002") // at 08:10 and at 08:40
	day := b.today.Time()
	deadline := time.Date(day.Year(), day.Month(), day.Day(), 0, 20, 0, 0, time.UTC) // 08:20 there
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutPolicies(lattice, []data.Policy{{Grade: "yellow", PerWeek: 1}}), tx.PutLadderRule(lattice, "", ladder.Reference(b.today-1)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.owner.Pool().Exec(t.Context(), `INSERT INTO ladder (district, resident, first_day, due_by, rule_from, opened_at, taken, next_at, tier, holder, deadline)
		SELECT $1, r, $2, $2, $3, $4, 2, $5, 2, 'v1', $5 FROM unnest('{r0000,r0002}'::text[]) r`, lattice, day, (b.today - 1).Time(), b.now, deadline); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range must(b.VisitDay(worker, lattice, "", 0))(t).Stops {
		at := "at once"
		if s.Arrive != nil {
			at = s.Arrive.String()
		}
		got = append(got, s.Resident+" "+s.Why+" "+at)
	}
	if want := []string{"r0002 covering at once", "r0000 covering 08:10"}; !slices.Equal(got, want) {
		t.Errorf("the day is %v, want %v", got, want)
	}
}
