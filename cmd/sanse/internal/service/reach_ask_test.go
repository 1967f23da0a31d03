package service_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/reports/reach"
)

// duty asks as those who answer for the lattice, the zero context as the public.
func duty(t *testing.T, area string) context.Context {
	t.Helper()
	return service.WithViewer(t.Context(), service.Everyone(area))
}

func number(p geojson.Properties, key string) any {
	if v, ok := p[key].(*int); ok {
		if v == nil {
			return nil
		}
		return *v
	}
	return p[key]
}

func TestOutlinesCountWhoIsInThem(t *testing.T) {
	b := newReachBed(t)
	q := service.ReachQuery{Service: "meals", Minutes: []int{4, 7}}
	fc := must(b.ReachOutlines(duty(t, lattice), lattice, q))(t)
	// Squares are some 191 m wide: 4 minutes get to the next, 7 two squares on,
	// from the first square and the seventh. In the first row people live, in all
	// rows residents; the rows are joined at the western end only, 191 m and 222 m
	// from the kitchen.
	want := []map[string]any{
		{"people": 10 + 11 + 15 + 16 + 17, "over60": 0 + 1 + 5 + 6 + 7, "disabled": 0 + 1 + 1 + 0 + 1, "residents": 5},
		{"people": 10 + 11 + 12 + 14 + 15 + 16 + 17 + 18, "over60": 0 + 1 + 2 + 4 + 5 + 6 + 7 + 8, "disabled": 1 + 0 + 0 + 1 + 0 + 1 + 0, "residents": 9},
	}
	for i, f := range fc.Features {
		for key, n := range want[i] {
			if got := number(f.Properties, key); got != n {
				t.Errorf("%v minutes: %v %s, want %v", f.Properties["minutes"], got, key, n)
			}
		}
	}
	open := must(b.ReachOutlines(t.Context(), lattice, q))(t)
	for i, f := range open.Features {
		if number(f.Properties, "people") != want[i]["people"] || number(f.Properties, "residents") != nil || number(f.Properties, "disabled") != nil {
			t.Errorf("the public sees %v", f.Properties)
		}
	}
	circle := must(b.Circle(duty(t, lattice), lattice, "kitchen", q))(t)
	if len(circle) != 2 || number(circle[0].Properties, "people") != 21 || number(circle[1].Properties, "people") != 33 {
		t.Errorf("the kitchen's circle: %v", circle)
	}
	for id, why := range map[string]string{
		"idle": `facility "idle" has no service circle: it is idle`, "never": `facility "never" has no service circle: closed all week`,
		"far":    `facility "far" has no service circle: outside the street map, more than 300 m from its edge`,
		"nobody": `there is no facility "…"`,
	} {
		if _, err := b.Circle(t.Context(), lattice, id, q); service.CodeOf(err) != service.CodeNotFound || service.MessageOf(err) != why {
			t.Errorf("%s: %v", id, err)
		}
	}
	cells := must(b.CoverageCells(t.Context(), lattice, q))(t)
	for _, f := range cells.Features {
		seconds, minutes := f.Properties["seconds"].(int32), f.Properties["minutes"].(int)
		if int(seconds) > minutes*60 || minutes == 7 && seconds <= 240 {
			t.Errorf("a cell %d s away is in the band of %d minutes", seconds, minutes)
		}
	}
	if len(cells.Features) < 10 {
		t.Errorf("%d cells", len(cells.Features))
	}
	for name, bad := range map[string]service.ReachQuery{
		"no service": {Service: "casino"}, "0 minutes": {Service: "meals", Minutes: []int{0}}, "two hours": {Service: "meals", Minutes: []int{120}},
		"no speed": {Service: "meals", Speed: "rocket"}, "an eighth day": {Service: "meals", At: &reach.Moment{Weekday: 8}}, "too fine": {Service: "meals", Res: 11},
	} {
		if _, err := b.CoverageCells(t.Context(), lattice, bad); service.CodeOf(err) != service.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAResidentsReachIsForThoseWhoAnswerForThem(t *testing.T) {
	b := newReachBed(t)
	q := service.ReachQuery{Minutes: []int{30}}
	r := must(b.ResidentReach(duty(t, west), lattice, "r0200", q))(t)
	if len(r.Services) != len(data.Services) || r.Reason != "" {
		t.Fatalf("%+v", r)
	}
	for _, s := range r.Services {
		switch {
		case s.Service != "meals":
			if s.Seconds != nil || s.Facility != "" || len(s.InReach) != 0 {
				t.Errorf("nobody gives %+v", s)
			}
		case s.Facility != "kitchen" || len(s.InReach) != 2 || s.InReach[0].Facility != "kitchen" || s.InReach[1].Facility != "morning":
			t.Errorf("meals: %+v", s)
		default:
			walked(t, "to the kitchen", *s.Seconds, 2, 1)
			walked(t, "to breakfast", s.InReach[1].Seconds, 4, 1)
		}
	}
	for name, ctx := range map[string]context.Context{"the public": t.Context(), "the other community": duty(t, east)} {
		for _, id := range []string{"r0200", "nobody"} {
			if _, err := b.ResidentReach(ctx, lattice, id, q); service.CodeOf(err) != service.CodeForbidden {
				t.Errorf("%s asks for %s: %v", name, id, err)
			}
		}
	}
	if _, err := b.ResidentReach(duty(t, lattice), lattice, "nobody", q); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("nobody: %v", err)
	}
}

func TestWhatDoesNotCountIsListedWithItsReason(t *testing.T) {
	b := newReachBed(t)
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutResidents(lattice, []data.Resident{{ID: "lost", Grade: "yellow", Location: orb.Point{corner[0] - 40*step, corner[1]}, Grid: west + "001"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	reasons := func(l service.UnplacedList) map[string]string {
		out := map[string]string{}
		for _, i := range l.Items {
			out[i.What+" "+i.ID] = i.Reason
		}
		return out
	}
	everything := map[string]string{
		"population ": "outside", "resident lost": "outside", "facility idle": "idle", "facility never": "closed_all_week", "facility far": "outside",
	}
	l := must(b.Unplaced(duty(t, lattice), lattice, "", service.ReachQuery{}))(t)
	if d := cmp.Diff(everything, reasons(l)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"population": 7, "resident": 1, "facility": 3}, l.Totals); d != "" {
		t.Error(d)
	}
	sunday := service.ReachQuery{At: &reach.Moment{Weekday: 7, Minute: 600}}
	if l = must(b.Unplaced(duty(t, lattice), lattice, "", sunday))(t); reasons(l)["facility morning"] != "closed_then" {
		t.Errorf("on Sunday: %v", reasons(l))
	}
	l = must(b.Unplaced(duty(t, west), lattice, west, service.ReachQuery{}))(t)
	if _, ok := reasons(l)["resident lost"]; !ok || len(l.Items) != 1 {
		t.Errorf("in the west: %v", reasons(l))
	}
	l = must(b.Unplaced(t.Context(), lattice, "", service.ReachQuery{}))(t)
	delete(everything, "resident lost")
	if d := cmp.Diff(everything, reasons(l)); d != "" {
		t.Errorf("the public: %s", d)
	}
}

func TestATryTellsWhatBuildingWouldDo(t *testing.T) {
	b := newReachBed(t)
	ctx, q := duty(t, lattice), service.ReachQuery{Minutes: []int{4}}
	add := service.TryChange{Op: "add", Service: "meals", Location: squareAt(10, 0).Bound().Center()}
	tried := must(b.TryCoverage(ctx, lattice, "", nil, []service.TryChange{add}, q))(t)
	meals := tried.Services["meals"]
	if len(tried.Services) != 1 || meals.After.People-meals.Before.People != 19+20+21 || *meals.After.Residents-*meals.Before.Residents != 3 || meals.Total.People != 7+12*10+66 {
		t.Fatalf("%+v", tried.Services)
	}
	if len(tried.Cells.Features) == 0 || tried.Unplaced != "" {
		t.Errorf("%d cells, %q", len(tried.Cells.Features), tried.Unplaced)
	}
	for _, f := range tried.Cells.Features {
		if f.Properties["before"] != nil || f.Properties["after"] == nil {
			t.Errorf("a cell that was far is told as %v", f.Properties)
		}
	}
	seen := map[string]int{}
	for _, a := range tried.Areas {
		seen[a.Code] = a.After.People - a.Before.People
	}
	if d := cmp.Diff(map[string]int{lattice + "001": 60, east: 60, east + "002": 60}, seen); d != "" {
		t.Error(d)
	}
	// Built in earnest, it is what was told.
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutFacilities(lattice, []data.Facility{{ID: "built", Name: "新", Service: "meals", Location: add.Location}})
	})
	if err != nil {
		t.Fatal(err)
	}
	is := must(b.TryCoverage(ctx, lattice, "", []string{"meals"}, nil, q))(t)
	if d := cmp.Diff(meals.After, is.Services["meals"].Before); d != "" {
		t.Error(d)
	}
	if len(is.Areas)+len(is.Cells.Features) > 0 {
		t.Errorf("nothing was changed, and told are %v", is.Areas)
	}

	for name, c := range map[string]struct {
		change service.TryChange
		why    string
	}{
		"off the streets": {service.TryChange{Op: "move", Facility: "kitchen", Location: orb.Point{100, 30}}, "outside"},
		"idle":            {service.TryChange{Op: "add", Service: "meals", Location: add.Location, Status: "idle"}, "idle"},
		"opened, never":   {service.TryChange{Op: "open", Facility: "never"}, "closed_all_week"},
		"closed":          {service.TryChange{Op: "close", Facility: "kitchen"}, ""},
	} {
		if got := must(b.TryCoverage(ctx, lattice, "", nil, []service.TryChange{c.change}, q))(t); got.Unplaced != c.why {
			t.Errorf("%s: %q", name, got.Unplaced)
		}
	}
	for name, c := range map[string]service.TryChange{
		"no op": {}, "no service": {Op: "add"}, "no facility": {Op: "move", Facility: "nobody"}, "taken": {Op: "add", Service: "meals", Facility: "kitchen"},
	} {
		if _, err := b.TryCoverage(ctx, lattice, "", nil, []service.TryChange{c}, q); err == nil {
			t.Errorf("%s is tried", name)
		}
	}
	public := must(b.TryCoverage(t.Context(), lattice, "", nil, []service.TryChange{{Op: "close", Facility: "kitchen"}}, q))(t)
	if s := public.Services["meals"]; s.Before.Residents != nil || s.After.Disabled != nil || s.Total.Residents != nil || s.Before.People == 0 {
		t.Errorf("the public sees %+v", s)
	}
	mine := must(b.TryCoverage(duty(t, east), lattice, east, nil, []service.TryChange{add}, q))(t)
	if s := mine.Services["meals"]; s.Before.Residents == nil || s.Total.People != 10*6+6+7+8+9+10+11 {
		t.Errorf("the east sees %+v", s)
	}
}
