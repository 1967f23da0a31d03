package service_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// seat signs somebody in who is a visitor of the bed.
func (b *ladderBed) seat(n int, role data.Role, area, visitor string) context.Context {
	b.t.Helper()
	ctx, gate := b.t.Context(), b.serving.Gate()
	account, token := fmt.Sprintf("a%016x", n), data.Token(fmt.Sprint("seat ", n))
	if err := gate.PutAccount(ctx, ladderDistrict, data.Account{ID: account, Login: fmt.Sprint("seat", n), Visitor: visitor}); err != nil {
		b.t.Fatal(err)
	}
	if _, err := gate.Give(ctx, ladderDistrict, data.Grant{Account: account, Role: role, Area: area, GivenBy: "ops"}); err != nil {
		b.t.Fatal(err)
	}
	s := data.Session{ID: fmt.Sprintf("s%016x", sha256.Sum256([]byte(token)))[:17], Account: account, Kind: data.SessionPhone, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour)}
	if err := gate.OpenSession(ctx, ladderDistrict, token.Hash(), s); err != nil {
		b.t.Fatal(err)
	}
	seated, err := gate.Seat(ctx, token.Hash())
	if err != nil {
		b.t.Fatal(err)
	}
	return service.WithViewer(ctx, service.ViewerOf(seated, token))
}

// planned tells who goes to whom on a day of December.
func (b *ladderBed) planned(day int) (out []string) {
	b.t.Helper()
	on := planner.NewDate(2026, 12, day)
	rec, err := b.serving.CurrentPlan(b.t.Context(), ladderDistrict)
	if err != nil {
		b.t.Fatal(err)
	}
	its, err := b.serving.PlanItineraries(b.t.Context(), ladderDistrict, rec.ID, data.ItineraryFilter{From: on, To: on})
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range its {
		for _, st := range its[i].Stops {
			out = append(out, st.Resident+" "+its[i].Visitor)
		}
	}
	slices.Sort(out)
	return out
}

// moveBed is a day that two visitors change.
type moveBed struct {
	*ladderBed
	*service.Service
	mine, theirs, leads context.Context // of v0, v1 and the leader of both, v2
}

func (b *ladderBed) moves() *moveBed {
	return &moveBed{b, b.program(), b.seat(1, data.RoleWorker, "", "v0"), b.seat(2, data.RoleWorker, "", "v1"), b.seat(3, data.RoleLeader, ladderGrid, "v2")}
}

// day is what a visitor takes along, with how it came there.
func (b *moveBed) day(ctx context.Context, on planner.Date) (out []string) {
	b.t.Helper()
	for _, st := range must(b.VisitDay(ctx, ladderDistrict, "", on))(b.t).Stops {
		text := st.Resident
		if st.Moved != nil {
			text += " " + string(st.Moved.Kind)
		}
		if st.Covering != nil {
			text += " covering"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func (b *moveBed) enter() {
	b.t.Helper()
	if err := b.EnterLadders(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	if ids := must(b.serving.MovesToEnter(b.t.Context(), ladderDistrict))(b.t); len(ids) > 0 {
		b.t.Fatalf("%d moves are still to be entered", len(ids))
	}
}

func (b *moveBed) fails(what string, want service.Code, err error) {
	b.t.Helper()
	if service.CodeOf(err) != want {
		b.t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func TestAVisitIsPutOffOnceWithinItsWindow(t *testing.T) {
	bed := newLadderBed(t, 4)
	first, second := planner.NewDate(2026, 12, 1), planner.NewDate(2026, 12, 2)
	var early []planner.Lock
	for _, on := range []planner.Date{first, first + 2, first + 4} {
		early = append(early, planner.Lock{Resident: "r00000", Date: on, Visitor: "v0"})
	}
	bed.plan(4, early...)
	bed.at(1, 7, 0)
	b := bed.moves()
	opt := must(b.MoveOptions(b.mine, ladderDistrict, "", first, "r00000"))(t)
	var who []string
	for _, c := range opt.Colleagues {
		who = append(who, c.ID)
	}
	if slices.Sort(who); !slices.Equal(opt.Days, []planner.Date{second}) || opt.DueBy != second || !slices.Equal(who, []string{"v1", "v2", "v3"}) || opt.Ladder != 0 || len(opt.Reasons) == 0 {
		t.Fatalf("offered are %+v", opt)
	}
	off := service.MoveIn{ID: uuid.NewString(), Kind: data.MovePostpone, Day: first, Resident: "r00000", ToDay: second, Why: "asked"}
	for _, c := range []struct {
		what   string
		who    context.Context
		change func(*service.MoveIn)
		want   service.Code
	}{
		{"a day that is not offered", b.mine, func(m *service.MoveIn) { m.ToDay = second + 1 }, service.CodeNo},
		{"a reason that is none", b.mine, func(m *service.MoveIn) { m.Why = "because" }, service.CodeInvalid},
		{"an id that is none", b.mine, func(m *service.MoveIn) { m.ID = "1" }, service.CodeInvalid},
		{"of a colleague", b.theirs, func(m *service.MoveIn) { m.Visitor = "v0" }, service.CodeForbidden},
		{"somebody whom one does not visit", b.theirs, func(*service.MoveIn) {}, service.CodeNotFound},
		{"somebody who may not come", b.mine, func(m *service.MoveIn) { m.Kind, m.To = data.MoveHandOver, "v9" }, service.CodeNo},
		{"what there is not", b.mine, func(m *service.MoveIn) { m.Kind = "forget" }, service.CodeInvalid},
		{"a day that is over", b.mine, func(m *service.MoveIn) { m.Day-- }, service.CodeInvalid},
	} {
		in := off
		c.change(&in)
		_, err := b.Move(c.who, ladderDistrict, in)
		b.fails(c.what, c.want, err)
	}
	if out := must(b.Move(b.mine, ladderDistrict, off))(t); out.Status != service.RecordStored {
		t.Fatalf("it is %+v", out)
	}
	if out := must(b.Move(b.mine, ladderDistrict, off))(t); out.Status != service.RecordSame {
		t.Errorf("sent again it is %+v", out)
	}
	other := off
	other.ToDay, other.Kind, other.To = 0, data.MoveHandOver, "v1"
	_, err := b.Move(b.mine, ladderDistrict, other)
	b.fails("another move of the same id", service.CodeInvalid, err)
	if a, z := b.day(b.mine, first), b.day(b.mine, second); slices.Contains(a, "r00000") || !slices.Contains(z, "r00000 postpone") {
		t.Fatalf("before the plan is made again the days are %v and %v", a, z)
	}
	b.enter()
	if a, z := b.planned(1), b.planned(2); slices.Contains(a, "r00000 v0") || !slices.Contains(z, "r00000 v0") {
		t.Fatalf("the plan says %v and %v", a, z)
	}
}

func TestOnTheLastDayAVisitIsHandedOverOrPassedOn(t *testing.T) {
	bed := newLadderBed(t, 4)
	second := planner.NewDate(2026, 12, 2)
	bed.plan(4)
	b := bed.moves()
	own := []string{"r00001", "r00002"}
	b.at(2, 8, 30)
	b.goOn()
	opt := must(b.MoveOptions(b.mine, ladderDistrict, "", 0, own[0]))(t)
	if len(opt.Days) > 0 || opt.Ladder == 0 {
		t.Fatalf("on the last day %+v is offered", opt)
	}
	_, err := b.Move(b.mine, ladderDistrict, service.MoveIn{ID: uuid.NewString(), Kind: data.MovePostpone, Resident: own[0], ToDay: second + 1, Why: "asked"})
	b.fails("put off beyond the last day", service.CodeNo, err)
	give := service.MoveIn{ID: uuid.NewString(), Kind: data.MoveHandOver, Visitor: "v0", Resident: own[0], To: "v1", Why: "ill"}
	must(b.Move(b.leads, ladderDistrict, give))(t) // who leads may do it for them
	if a, z := b.day(b.mine, 0), b.day(b.theirs, 0); slices.Contains(a, own[0]) || !slices.Contains(z, own[0]+" hand_over") {
		t.Fatalf("the days are %v and %v", a, z)
	}
	pass := service.MoveIn{ID: uuid.NewString(), Kind: data.MovePassOn, Resident: own[1], Why: "ill"}
	out := must(b.Move(b.mine, ladderDistrict, pass))(t)
	if out.Holder != "v1" || !out.Until.Equal(time.Date(2026, 12, 2, 8, 0, 0, 0, time.UTC)) {
		t.Fatalf("it was passed on to %+v", out)
	}
	if out := must(b.Move(b.mine, ladderDistrict, pass))(t); out.Status != service.RecordSame {
		t.Errorf("sent again it is %+v", out)
	}
	if a, z := b.day(b.mine, 0), b.day(b.theirs, 0); slices.Contains(a, own[1]) || !slices.Contains(z, own[1]+" covering") {
		t.Fatalf("the days are %v and %v", a, z)
	}
	b.enter()
	kept := func() {
		t.Helper()
		got := b.planned(2)
		for _, want := range []string{"r00000 v0", "r00003 v0", own[0] + " v1", own[1] + " v1"} {
			if !slices.Contains(got, want) {
				t.Fatalf("the plan says %v, without %s", got, want)
			}
		}
	}
	kept()
	// Whatever makes the plan again later keeps to it.
	d := must(b.District(t.Context(), ladderDistrict))(t)
	must(b.Replan(service.WithViewer(t.Context(), service.Everyone(ladderDistrict)), d, service.ReplanOptions{Publish: true}))(t)
	kept()
	// The ladder goes on from there, at the hours of its rule.
	b.at(2, 14, 30)
	b.goOn()
	list := must(b.serving.Ladders(t.Context(), ladderDistrict, data.LadderFilter{Day: second}))(t)
	for _, l := range list {
		if l.Resident == own[1] && (l.Taken != 2 || l.Holder != "v1") {
			t.Errorf("the ladder that was passed on is %+v", l)
		}
	}
	told := must(b.Moves(b.leads, ladderDistrict, ladderGrid))(t)
	if len(told) != 2 || told[1].Why != "ill" || told[0].Account == "" {
		t.Errorf("the history tells %+v", told)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'visit_move' AND action = 'update'`); n != 2 {
		t.Errorf("%d moves are in the audit, want 2", n)
	}
}

func TestAVisitPassedOnManyTimesAtOnceGoesOneStep(t *testing.T) {
	bed := newLadderBed(t, 2)
	bed.plan(2)
	b := bed.moves()
	b.at(2, 8, 30)
	b.goOn()
	pass := service.MoveIn{ID: uuid.NewString(), Kind: data.MovePassOn, Visitor: "v0", Resident: "r00000", Why: "ill"}
	var sent errgroup.Group
	for range 6 { // over a line on which no answer comes
		sent.Go(func() error {
			_, err := b.Move(b.mine, ladderDistrict, pass)
			return err
		})
	}
	var leaders [4]error // who want the same, each by themselves
	for i := range leaders {
		sent.Go(func() error {
			_, leaders[i] = b.Move(b.leads, ladderDistrict, service.MoveIn{ID: uuid.NewString(), Kind: data.MovePassOn, Visitor: "v0", Resident: "r00001", Why: "ill"})
			return nil
		})
	}
	if err := sent.Wait(); err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, err := range leaders {
		switch service.CodeOf(err) {
		case "":
			done++
		case service.CodeNo, service.CodeNotFound:
		default:
			t.Errorf("who wants the same is told %v", err)
		}
	}
	if done != 1 {
		t.Errorf("%d of them passed it on", done)
	}
	for _, l := range must(b.serving.Ladders(t.Context(), ladderDistrict, data.LadderFilter{Day: planner.NewDate(2026, 12, 2)}))(t) {
		if l.Taken != 2 || l.Holder != "v1" {
			t.Errorf("the ladder of %s has gone %d steps, to %s", l.Resident, l.Taken, l.Holder)
		}
	}
}

func TestWhoWasSeenSinceIsNotInTheDayToWhichTheVisitWasPutOff(t *testing.T) {
	bed := newLadderBed(t, 1)
	first, second := planner.NewDate(2026, 12, 1), planner.NewDate(2026, 12, 2)
	bed.plan(1, planner.Lock{Resident: "r00000", Date: first, Visitor: "v0"}, planner.Lock{Resident: "r00000", Date: first + 2, Visitor: "v0"}, planner.Lock{Resident: "r00000", Date: first + 4, Visitor: "v0"})
	bed.at(1, 7, 0)
	b := bed.moves()
	must(b.Move(b.mine, ladderDistrict, service.MoveIn{ID: uuid.NewString(), Kind: data.MovePostpone, Resident: "r00000", ToDay: second, Why: "asked"}))(t)
	if z := b.day(b.mine, second); !slices.Contains(z, "r00000 postpone") {
		t.Fatalf("the day is %v", z)
	}
	b.visit("r00000", 1)
	if z := b.day(b.mine, second); len(z) > 0 {
		t.Errorf("after somebody was there the day is %v", z)
	}
}

func TestADayIsWalkedInTheOrderThatItsVisitorChose(t *testing.T) {
	b := newLadderBed(t, 4)
	b.plan(4)
	b.at(2, 7, 0)
	mine := b.seat(1, data.RoleWorker, "", "v0")
	s := b.program()
	day := func() (doors []string, reordered bool) {
		t.Helper()
		v := must(s.VisitDay(mine, ladderDistrict, "", 0))(t)
		for i, st := range v.Stops {
			doors = append(doors, st.Resident)
			if i > 0 && *st.Arrive <= *v.Stops[i-1].Arrive {
				t.Errorf("door %d is reached at %s", i, st.Arrive)
			}
		}
		return doors, v.Reordered
	}
	planned, own := day()
	if len(planned) != 4 || own {
		t.Fatalf("the day is %v", planned)
	}
	turned := slices.Clone(planned)
	slices.Reverse(turned)
	try := must(s.OrderDay(mine, ladderDistrict, service.OrderIn{Doors: turned, Try: true}))(t)
	if try.Kept || len(try.Breaks) > 0 || len(try.Stops) != 4 || try.Stops[0].Door != turned[0] {
		t.Fatalf("tried it is %+v", try)
	}
	if got, own := day(); own || !slices.Equal(got, planned) {
		t.Fatal("what is tried is kept")
	}
	for range 2 {
		if kept := must(s.OrderDay(mine, ladderDistrict, service.OrderIn{Doors: turned}))(t); !kept.Kept {
			t.Fatalf("it is %+v", kept)
		}
	}
	if got, own := day(); !own || !slices.Equal(got, turned) {
		t.Fatalf("the day is %v, want %v", got, turned)
	}
	// The plan is made again, and the order holds.
	d := must(s.District(t.Context(), ladderDistrict))(t)
	must(s.Replan(service.WithViewer(t.Context(), service.Everyone(ladderDistrict)), d, service.ReplanOptions{Publish: true}))(t)
	if got, _ := day(); !slices.Equal(got, turned) {
		t.Fatalf("after the plan was made again the day is %v, want %v", got, turned)
	}
	if _, err := s.OrderDay(b.seat(2, data.RoleWorker, "", "v1"), ladderDistrict, service.OrderIn{Visitor: "v0", Doors: planned}); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("a colleague puts the day into another order: %v", err)
	}
	must(s.OrderDay(mine, ladderDistrict, service.OrderIn{}))(t)
	if got, own := day(); own || !slices.Equal(got, planned) {
		t.Errorf("as planned again the day is %v, want %v", got, planned)
	}
}

// Between a move and the plan that is made again with it lie some seconds.
func TestNobodyIsGivenMoreThanTheyHaveTimeFor(t *testing.T) {
	bed := newLadderBed(t, 4)
	// v1 has time for one visit on Wednesday: five minutes, and a minute there and back.
	if _, err := bed.owner.Pool().Exec(t.Context(), `UPDATE visitor_shift SET from_minute = 600, to_minute = 609 WHERE visitor = 'v1'`); err != nil {
		t.Fatal(err)
	}
	bed.plan(4)
	b := bed.moves()
	b.at(2, 8, 30)
	var offered []string
	for _, r := range []string{"r00001", "r00002"} {
		opt := must(b.MoveOptions(b.mine, ladderDistrict, "", 0, r))(t)
		if slices.ContainsFunc(opt.Colleagues, func(c service.Colleague) bool { return c.ID == "v1" }) {
			offered = append(offered, r)
		}
	}
	if len(offered) != 2 {
		t.Fatalf("v1 is offered for %v, want both: the test proves nothing", offered)
	}
	// Both at once, from two programs.
	var done errgroup.Group
	var took atomic.Int32
	for i, r := range offered {
		s := []*service.Service{b.Service, b.program()}[i]
		done.Go(func() error {
			_, err := s.Move(b.mine, ladderDistrict, service.MoveIn{ID: uuid.NewString(), Kind: data.MoveHandOver, Resident: r, To: "v1", Why: "ill"})
			if err == nil {
				took.Add(1)
			} else if service.CodeOf(err) != service.CodeNo {
				return err
			}
			return nil
		})
	}
	if err := done.Wait(); err != nil {
		t.Fatal(err)
	}
	if took.Load() != 1 {
		t.Errorf("%d visits were given to v1, who has time for one", took.Load())
	}
	b.enter()
	if got := b.planned(2); len(got) != 4 {
		t.Errorf("the plan made again has %v", got)
	}
}
