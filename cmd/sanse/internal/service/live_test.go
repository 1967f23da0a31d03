package service_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// The numbers of a day are those of the database at each step of it: a plan, the first
// hour at which others take over, a visit, a reason, midnight, and a case to its end.
func TestADayUnderWayIsWhatIsStored(t *testing.T) {
	b := newLadderBed(t, 5)
	b.plan(5)
	s := b.program()
	// The desk is the owner's here: this test is of numbers, others are of who is told them.
	desk := b.programOn(b.owner)
	ctx := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	day := func(date string) service.LiveView {
		t.Helper()
		v := must(s.Live(ctx, ladderDistrict, ""))(t)
		const onDay = ` FROM resident r LEFT JOIN ladder l ON l.district = r.district AND l.resident = r.id AND l.due_by = $1::date
			LEFT JOIN LATERAL (SELECT true AS planned FROM plan_stop p JOIN plan ON plan.district = p.district AND plan.id = p.plan AND plan.is_current
				WHERE p.district = r.district AND p.resident = r.id AND p.day = $1::date LIMIT 1) p ON true
			LEFT JOIN visit v ON v.district = r.district AND v.resident = r.id AND v.day = $1::date AND v.done
			WHERE (l.id IS NOT NULL OR p.planned) AND l.closed_how IS DISTINCT FROM 'hospital'`
		done := `(v.day IS NOT NULL OR l.closed_how = 'visit')`
		for what, n := range map[string]struct {
			got int
			sql string
		}{
			"due":     {v.Totals.Due, `SELECT count(*)::int` + onDay},
			"done":    {v.Totals.Done, `SELECT count(*)::int` + onDay + ` AND ` + done},
			"late":    {v.Totals.Late, `SELECT count(*)::int` + onDay + ` AND l.taken > 1 AND NOT COALESCE(` + done + `, false)`},
			"covered": {v.Totals.Covered, `SELECT count(*)::int` + onDay + ` AND l.taken > 1 AND l.holder IS NOT NULL`},
		} {
			if want := one[int](t, b.owner, n.sql, date); n.got != want {
				t.Errorf("%s at %s: %d, in the database %d", what, b.now, n.got, want)
			}
		}
		open, _ := v.Totals.Open()
		if want := one[int](t, b.owner, `SELECT count(*)::int FROM incident WHERE closed_at IS NULL`); open != want || len(v.Clocks) != want {
			t.Errorf("cases at %s: %d open and %d clocks, in the database %d", b.now, open, len(v.Clocks), want)
		}
		if len(v.Children) != 1 || v.Children[0].Code != ladderDistrict+"001" || v.Children[0].Due != v.Totals.Due || v.Children[0].Late != v.Totals.Late {
			t.Errorf("the town has %+v of %+v", v.Children, v.Totals)
		}
		return v
	}
	b.at(2, 7, 30)
	if v := day("2026-12-02"); !v.Plan || !v.Ladder || v.Totals.Done != 0 || v.Date.String() != "2026-12-02" {
		t.Errorf("in the morning the day is %+v", v)
	}
	b.goOn()
	b.at(2, 14, 5)
	b.goOn() // with the micro-grid leader
	if v := day("2026-12-02"); v.Totals.Late != 5 || v.Totals.Covered != 5 {
		t.Errorf("after the first step the day is %+v", v.Totals)
	}
	b.visit("r00000", 2)
	if v := day("2026-12-02"); v.Totals.Done != 1 || v.Totals.Late != 4 || v.Totals.Covered != 5 {
		t.Errorf("after a visit the day is %+v", v.Totals)
	}
	ladders, _, err := desk.Ladders(ctx, ladderDistrict, service.LadderQuery{Open: true})
	if err != nil || len(ladders) != 4 {
		t.Fatalf("the ladders are %+v (%v)", ladders, err)
	}
	if err := desk.CloseLadder(ctx, ladderDistrict, ladders[0].ID, data.LadderHospital, "taken there this morning"); err != nil {
		t.Fatal(err)
	}
	if v := day("2026-12-02"); v.Totals.Due != 4 || v.Totals.Late != 3 {
		t.Errorf("without who is in hospital the day is %+v", v.Totals)
	}
	c := must(desk.OpenCase(ctx, ladderDistrict, service.NewCase{Kind: "emergency", Source: "found", Resident: "r00001", Text: "smoke"}))(t)
	v := day("2026-12-02")
	if len(v.Kinds) != 1 || v.Kinds[0].Code != "emergency" || v.Kinds[0].Waiting != 1 || v.Kinds[0].Overdue != 0 || !v.Kinds[0].Next.Equal(c.Deadline) || v.Clocks[0].In.Code != ladderDistrict+"001" {
		t.Errorf("the case is %+v %+v", v.Kinds, v.Clocks)
	}
	// Nothing is stored when a deadline passes: time alone changes what is told.
	b.at(2, 14, 20)
	if v := day("2026-12-02"); v.Kinds[0].Overdue != 1 {
		t.Errorf("past the deadline the case is %+v", v.Kinds)
	}
	must(desk.StepCase(ctx, ladderDistrict, c.ID, data.CaseHandling, ""))(t)
	if v := day("2026-12-02"); v.Kinds[0].Overdue != 0 || v.Kinds[0].Waiting != 0 {
		t.Errorf("taken up the case is %+v", v.Kinds)
	}
	must(desk.StepCase(ctx, ladderDistrict, c.ID, data.CaseClosed, ""))(t)
	day("2026-12-02")
	b.at(3, 0, 1)
	b.goOn()
	if v := day("2026-12-03"); len(v.Kinds) != 1 || v.Kinds[0].Code != "missed" || v.Kinds[0].Open != 3 {
		t.Errorf("after midnight the cases are %+v", v.Kinds)
	}
	// A micro-grid has none below it; of one that there is not nothing is told.
	if v := must(s.Live(ctx, ladderDistrict, ladderMicro))(t); len(v.Children) != 0 || len(v.Path) != 5 || v.Clocks[0].In.Code != ladderMicro {
		t.Errorf("the micro-grid is %+v", v)
	}
	if _, err := s.Live(ctx, ladderDistrict, ladderDistrict+"009"); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("a town there is not: %v", err)
	}
	if _, err := s.Live(t.Context(), ladderDistrict, ""); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("the public: %v", err)
	}
}

func TestWhoFollowsADayIsToldOfEachChangeAndHeldToABound(t *testing.T) {
	b := newLadderBed(t, 2)
	s := service.New(b.serving, service.Config{Now: func() time.Time { return b.now }, LiveEvery: 10 * time.Millisecond})
	t.Cleanup(s.Close)
	ctx := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	follow := func() *service.LiveFollow {
		t.Helper()
		f := must(s.FollowLive(ctx, ladderDistrict))(t)
		t.Cleanup(f.End)
		return f
	}
	// until waits for the state that somebody looks for: what comes before it may be one
	// of a moment ago.
	until := func(f *service.LiveFollow, want func(service.LiveView) bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		for {
			changed := f.Changed()
			if v := must(f.Live(ctx, ""))(t); want(v) {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				t.Fatal("nobody was told")
			}
		}
	}
	one, two := follow(), follow()
	until(one, func(v service.LiveView) bool { return v.Totals.Due == 0 })
	b.goOn() // the ladders of the day are opened
	for _, f := range []*service.LiveFollow{one, two} {
		until(f, func(v service.LiveView) bool { return v.Totals.Due == 2 })
	}
	b.visit("r00001", 2)
	for _, f := range []*service.LiveFollow{one, two} {
		until(f, func(v service.LiveView) bool { return v.Totals.Done == 1 })
	}
	one.End()
	one.End() // a second time is none
	var last *service.LiveFollow
	for n := 1; ; n++ {
		f, err := s.FollowLive(ctx, ladderDistrict)
		if err != nil {
			if !errors.Is(err, service.ErrManyFollow) || n != 12 {
				t.Errorf("the %d. is refused: %v", n, err)
			}
			break
		}
		t.Cleanup(f.End)
		last = f
	}
	last.End()
	follow() // there is room again
	s.EndLive()
	select {
	case <-two.Ended():
	default:
		t.Error("whoever follows is not told that the program ends")
	}
	if _, err := s.FollowLive(ctx, ladderDistrict); !errors.Is(err, service.ErrManyFollow) {
		t.Errorf("while the program ends: %v", err)
	}
}
