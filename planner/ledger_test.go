package planner_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

func TestTheLedgerHoldsTasksBesideVisitsAndWhatEachWeekAsksOfEachVisitor(t *testing.T) {
	p, plan := busy()
	b, err := json.Marshal(planner.Account(p, plan))
	if err != nil {
		t.Fatal(err)
	}
	const (
		none  = `"owed":0,"owed_cleared":0,"owed_late":0,"owed_cleared_on":null`
		care  = `"residents":1,"required":1,"planned":1,"due":1,"met":1,"done":0,"lapses":0,` + none + `,"care_minutes":30`
		bath  = `"residents":1,"required":1,"planned":1,"due":1,"met":1,"done":0,"lapses":0,` + none + `,"care_minutes":80`
		point = `"residents":1,"required":1,"planned":2,"made":1,"due":2,"met":2,"done":1,"lapses":0,` + none + `,"care_minutes":10`
		days  = `"first":"2026-12-01","last":"2026-12-03","planned":1,"due":1,"met":1,"done":0,"lapses":0`
	)
	want := strings.NewReplacer("\n", "", "\t", "").Replace(`{"total":{` + care + `},
"grades":[{"name":"red",` + care + `}],
"areas":[{"name":"` + community + `",` + care + `}],
"weeks":[{` + days + `}],
"months":[{` + days + `}],
"tasks":[{"name":"patrol",` + point + `},{"name":"service",` + bath + `}],
"loads":[{"visitor":"a","first":"2026-12-01","days":3,"stops":4,"care_minutes":80,"walk_seconds":2520},
{"visitor":"b","first":"2026-12-01","days":1,"stops":1,"care_minutes":40,"walk_seconds":1800}],
"visitor_days":4,"care_minutes":120,"walk_seconds":4320}`)
	if string(b) != want {
		t.Errorf("got\n%s\nwant\n%s", b, want)
	}
}

// TestTheRowsOfTheLedgerAddUp: grades, towns and months, which part the
// residents and the days, come to the total.
func TestTheRowsOfTheLedgerAddUp(t *testing.T) {
	p := sample.Problem(sample.Config{Seed: 4, Blocks: 13, Visitors: 4, Days: 45, Wide: 1})
	plan, _ := solve(t, p, planner.Options{Iterations: 5})
	l := planner.Account(p, plan)
	if l.Total.Lapses == 0 || l.Total.Owed == 0 || l.Total.Done == 0 {
		t.Fatalf("the sample has nothing to tell apart: %+v", l.Total)
	}
	var grades, towns planner.Tally
	sum := func(a *planner.Tally, b planner.Tally) {
		a.Residents += b.Residents
		a.Required += b.Required
		a.Planned += b.Planned
		a.Due += b.Due
		a.Met += b.Met
		a.Done += b.Done
		a.Lapses += b.Lapses
		a.Owed += b.Owed
		a.OwedCleared += b.OwedCleared
		a.OwedLate += b.OwedLate
		a.CareMinutes += b.CareMinutes
	}
	for _, g := range l.Grades {
		sum(&grades, g.Tally)
	}
	for _, a := range l.Areas {
		if len(a.Name) == 9 {
			sum(&towns, a.Tally)
		}
	}
	total := l.Total
	total.OwedClearedOn = nil
	if grades != total || towns != total {
		t.Errorf("total %+v, grades %+v, towns %+v", total, grades, towns)
	}
	for name, rows := range map[string][]planner.PeriodTally{"weeks": l.Weeks, "months": l.Months} {
		var s planner.PeriodTally
		for i, r := range rows {
			s.Planned, s.Due, s.Met, s.Done, s.Lapses = s.Planned+r.Planned, s.Due+r.Due, s.Met+r.Met, s.Done+r.Done, s.Lapses+r.Lapses
			if i > 0 && r.First != rows[i-1].Last+1 {
				t.Errorf("%s: %s does not follow %s", name, r.First, rows[i-1].Last)
			}
		}
		if s.Planned != total.Planned || s.Due != total.Due || s.Met != total.Met || s.Done != total.Done || s.Lapses != total.Lapses {
			t.Errorf("%s come to %+v, the total is %+v", name, s, total)
		}
	}
	minutes, stops := 0, 0
	for _, w := range l.Loads {
		minutes, stops = minutes+w.CareMinutes, stops+w.Stops
	}
	if minutes != total.CareMinutes || minutes != l.CareMinutes || stops != total.Planned {
		t.Errorf("loads have %d minutes and %d stops, the total %d and %d", minutes, stops, total.CareMinutes, total.Planned)
	}
}
