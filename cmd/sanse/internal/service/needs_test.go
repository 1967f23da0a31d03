package service_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// needBed is the lattice with streets, facilities, providers and needs.
type needBed struct {
	*draftBed
	ctx context.Context
}

func newNeedBed(t *testing.T, change ...func(tx *data.Tx) error) *needBed {
	t.Helper()
	b := &needBed{newReachBed(t), service.WithViewer(t.Context(), service.Everyone(lattice))}
	b.write(func(tx *data.Tx) error {
		return tx.PutPolicies(lattice, []data.Policy{{ID: "red", Grade: "red", PerWeek: 1}, {ID: "blue", Grade: "blue", PerMonth: 1}})
	})
	for _, f := range change {
		b.write(f)
	}
	return b
}

func (b *needBed) write(f func(tx *data.Tx) error) {
	b.t.Helper()
	if err := b.store.Write(b.ctx, f); err != nil {
		b.t.Fatal(err)
	}
}

// need is a need that holds today; place and rules may be changed after.
func (b *needBed) need(id, resident, what string, rule planner.Policy, place string) data.Need {
	return data.Need{ID: id, Resident: resident, Service: what, Rules: []planner.Policy{rule}, Place: place, From: b.today - 10}
}

func (b *needBed) put(needs ...data.Need) {
	b.t.Helper()
	b.write(func(tx *data.Tx) error { return tx.PutNeeds(lattice, needs) })
}

func (b *needBed) match(o service.MatchOptions) *service.MatchResult {
	b.t.Helper()
	return must(b.MatchNeeds(b.ctx, lattice, o))(b.t)
}

// states are the needs by id: who meets them, or the reason why nobody does.
func (b *needBed) states() map[string]string {
	b.t.Helper()
	list, total, err := b.Needs(b.ctx, lattice, service.NeedFilter{})
	if err != nil || total != len(list) {
		b.t.Fatal(total, len(list), err)
	}
	out := map[string]string{}
	for _, n := range list {
		if out[n.ID] = n.Reason; n.Match != nil {
			out[n.ID] = n.Match.Facility + n.Match.Provider
		}
	}
	return out
}

func (b *needBed) want(want map[string]string) {
	b.t.Helper()
	if got := b.states(); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("got  %v\nwant %v", got, want)
	}
}

var (
	daily   = planner.Policy{EveryDays: 1}
	weekly  = planner.Policy{PerWeek: 1}
	monthly = planner.Policy{PerMonth: 1}
)

// kitchens has the kitchen take so many, and closes the one of the mornings.
func kitchens(places int) func(tx *data.Tx) error {
	return func(tx *data.Tx) error {
		return tx.PutFacilities(lattice, []data.Facility{
			{ID: "kitchen", Name: "食堂", Service: "meals", Location: squareAt(0, 0).Bound().Center(), Status: "open", Capacity: places + 3, InUse: 3},
			{ID: "morning", Name: "早餐", Service: "meals", Location: squareAt(6, 0).Bound().Center(), Status: "idle"},
		})
	}
}

func TestNeedsAreMatchedByReachHoursAndRoomAndElseSayWhyNot(t *testing.T) {
	b := newNeedBed(t, kitchens(1))
	b.write(func(tx *data.Tx) error {
		return tx.PutResidents(lattice, []data.Resident{
			{ID: "red", Grade: "red", Location: squareAt(2, 0).Bound().Center(), Grid: west + "001"},
			{ID: "astray", Grade: "red", Location: orb.Point{corner[0] - 50*step, corner[1]}, Grid: west + "001"},
		})
	})
	b.put(
		b.need("near", "r0000", "meals", daily, ""), b.need("red", "red", "meals", daily, ""), b.need("far", "r0900", "meals", daily, ""),
		b.need("astray", "astray", "meals", daily, "facility"), b.need("shut", "r0000", "bathing", weekly, "facility"),
		b.need("idle", "r0001", "clinic", weekly, ""), b.need("never heard of", "r0001", "看星星", weekly, ""),
	)
	b.want(map[string]string{"near": "open", "red": "open", "far": "open", "astray": "open", "shut": "open", "idle": "open", "never heard of": "open"})
	r := b.match(service.MatchOptions{})
	b.want(map[string]string{
		"near": service.WhyFull, "red": "kitchen", "far": service.WhyTooFar, "astray": service.WhyOffStreets, "shut": service.WhyClosed,
		"idle": service.WhyNobodyOffers, "never heard of": service.WhyNobodyOffers,
	})
	if r.Needs != 7 || r.Matched != 1 || r.Unmatched != 6 || r.Changed != 7 || r.ByReason[service.WhyNobodyOffers] != 2 {
		t.Errorf("got %+v", r)
	}
	if again := b.match(service.MatchOptions{}); again.Changed != 0 {
		t.Errorf("proposed again, %d needs change", again.Changed)
	}
	left := must(b.UnmatchedNeeds(b.ctx, lattice))(t)
	if len(left) != 6 {
		t.Errorf("%d needs are unmatched: %+v", len(left), left)
	}
	// All grades alike, the nearest has the place.
	b.match(service.MatchOptions{Alike: true})
	if s := b.states(); s["near"] != "kitchen" || s["red"] != service.WhyFull {
		t.Errorf("got %v", s)
	}
	_, history, err := b.NeedHistory(b.ctx, lattice, "near")
	if err != nil || len(history) != 2 || history[0].Reason != service.WhyFull || history[0].Ended != b.today || history[1].Facility != "kitchen" || history[1].Ended != 0 {
		t.Errorf("history %+v, %v", history, err)
	}
	if s := history[1].Seconds; s == nil || *s > 5 {
		t.Errorf("the walk from the house of the kitchen is %v", s)
	}
}

func TestAResidentWalksAtTheirOwnPace(t *testing.T) {
	b := newNeedBed(t, kitchens(10))
	// Four squares are some 770 m: 770 s for an older person, 960 s with a cane.
	b.write(func(tx *data.Tx) error {
		at := squareAt(4, 0).Bound().Center()
		return tx.PutResidents(lattice, []data.Resident{
			{ID: "elder", Grade: "blue", Location: at, Grid: west + "002"},
			{ID: "cane", Grade: "blue", Kinds: []string{"disabled"}, Location: at, Grid: west + "002"},
			{ID: "child", Grade: "blue", Kinds: []string{"child_in_difficulty"}, Location: squareAt(5, 0).Bound().Center(), Grid: west + "002"},
		})
	})
	b.put(b.need("elder", "elder", "meals", daily, ""), b.need("cane", "cane", "meals", daily, ""), b.need("child", "child", "meals", daily, ""))
	b.match(service.MatchOptions{})
	b.want(map[string]string{"elder": "kitchen", "cane": service.WhyTooFar, "child": "kitchen"})
}

func TestAFacilityThatIsNeverOpenWhenTheResidentCanIsClosedToThem(t *testing.T) {
	b := newNeedBed(t)
	evening, morning := b.need("evening", "r0700", "meals", daily, ""), b.need("morning", "r0701", "meals", daily, "")
	evening.Hours = []planner.Shift{{Weekday: 1, From: 1080, To: 1200}}
	morning.Hours = []planner.Shift{{Weekday: 1, From: 420, To: 480}}
	morning.Resident = "r0800"
	b.put(evening, morning)
	r := b.match(service.MatchOptions{})
	b.want(map[string]string{"evening": service.WhyClosed, "morning": "morning"})
	if r.NoDataFacilities != 1 || r.NoDataNeeds != 1 {
		t.Errorf("a capacity that nobody knows is to be counted: %+v", r)
	}
}

func TestWhatWasDecidedByHandIsKeptUntilItIsGivenBack(t *testing.T) {
	b := newNeedBed(t, kitchens(1))
	b.put(b.need("a", "r0000", "meals", daily, ""), b.need("b", "r0100", "meals", daily, ""), b.need("c", "r0900", "meals", daily, ""))
	b.match(service.MatchOptions{})
	b.want(map[string]string{"a": "kitchen", "b": service.WhyFull, "c": service.WhyTooFar})
	hand := func(id string, c service.NeedChoice, wantCode service.Code, says string) {
		t.Helper()
		_, err := b.SetNeedMatch(b.ctx, lattice, id, c)
		if service.CodeOf(err) != wantCode || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("need %s, %+v: got %v, want %s %q", id, c, err, wantCode, says)
		}
	}
	hand("b", service.NeedChoice{Facility: "kitchen", Reason: "邻居同去"}, service.CodeNo, "no room")
	hand("c", service.NeedChoice{Facility: "kitchen", Reason: "女儿送去"}, service.CodeNo, "15 minutes")
	hand("b", service.NeedChoice{Facility: "kitchen"}, service.CodeInvalid, "reason")
	hand("b", service.NeedChoice{Reason: "?"}, service.CodeInvalid, "want one of")
	hand("b", service.NeedChoice{Facility: "kitchen", None: true, Reason: "?"}, service.CodeInvalid, "want one of")
	hand("b", service.NeedChoice{Facility: "idle", Reason: "?"}, service.CodeInvalid, "that gives this service")
	hand("b", service.NeedChoice{Provider: "nobody", Reason: "?"}, service.CodeInvalid, "that gives this service")
	hand("z", service.NeedChoice{None: true, Reason: "?"}, service.CodeNotFound, "no need")
	hand("c", service.NeedChoice{Facility: "kitchen", Reason: "女儿送去", Force: true}, "", "")
	b.want(map[string]string{"a": "kitchen", "b": service.WhyFull, "c": "kitchen"})

	// The place that was forced is taken, and what was decided stays.
	r := b.match(service.MatchOptions{})
	b.want(map[string]string{"a": service.WhyFull, "b": service.WhyFull, "c": "kitchen"})
	if r.KeptByHand != 1 || r.Needs != 3 {
		t.Errorf("got %+v", r)
	}
	hand("a", service.NeedChoice{None: true, Reason: "自己做饭"}, "", "")
	hand("c", service.NeedChoice{Auto: true}, "", "")
	b.match(service.MatchOptions{})
	b.want(map[string]string{"a": service.WhyByHand, "b": "kitchen", "c": service.WhyTooFar})
	if r = b.match(service.MatchOptions{FreeHand: true}); r.KeptByHand != 0 {
		t.Errorf("got %+v", r)
	}
	b.want(map[string]string{"a": "kitchen", "b": service.WhyFull, "c": service.WhyTooFar})

	options := must(b.NeedOptions(b.ctx, lattice, "b"))(t)
	if len(options) != 2 || options[0].Facility != "kitchen" || options[0].Reason != service.WhyFull || options[0].Room == nil || *options[0].Room != 0 || options[1].Reason != service.WhyClosed {
		t.Errorf("options %+v", options)
	}
}

// homeHelp are providers: with capacities of services a week, one with a worker.
func homeHelp(capacity int) func(tx *data.Tx) error {
	return func(tx *data.Tx) error {
		return errors.Join(
			tx.PutVisitors(lattice, []data.Visitor{
				{Visitor: planner.Visitor{ID: "w1", Kind: "life_service_worker", Tier: planner.TierTaskForce, Scope: []string{west}, Start: corner, Mode: "foot", Skills: []string{"bathing"}}},
			}),
			tx.PutProviders(lattice, []data.Provider{
				{ID: "own", Name: "自有", Services: []string{"bathing", "nursing"}, Capacity: capacity, Scope: []string{lattice + "001"}, Workers: []string{"w1"}},
				{ID: "near", Name: "近邻", Services: []string{"cleaning"}, Location: &orb.Point{corner[0], corner[1]}, Radius: 500},
			}),
		)
	}
}

func TestProvidersComeWhereTheyWorkAndAsOftenAsTheyCan(t *testing.T) {
	b := newNeedBed(t, homeHelp(2)) // eight services in four weeks
	b.put(
		b.need("weekly", "r0000", "bathing", weekly, "home"), b.need("weekly too", "r0001", "bathing", weekly, "either"),
		b.need("monthly", "r0002", "bathing", monthly, "home"), b.need("elsewhere", "r0900", "bathing", monthly, "home"),
		b.need("unskilled", "r0003", "nursing", monthly, "home"), b.need("close by", "r0000", "cleaning", monthly, "home"), b.need("too far", "r0900", "cleaning", monthly, "home"),
	)
	b.match(service.MatchOptions{})
	b.want(map[string]string{
		"weekly": "own", "weekly too": service.WhyFull, "monthly": "own", "elsewhere": service.WhyNoSkill, "unskilled": service.WhyNoSkill,
		"close by": "near", "too far": service.WhyOutOfScope,
	})
}

func TestWhatIsMatchedToAProviderIsPlannedOnce(t *testing.T) {
	b := newNeedBed(t, homeHelp(20))
	b.write(func(tx *data.Tx) error {
		return tx.PutTasks(lattice, []data.Task{{ID: "T1", Kind: "service", What: "bathing", Resident: "r0001", Minutes: 50, Rules: []planner.Policy{weekly}}})
	})
	until := b.need("until", "r0002", "bathing", weekly, "home")
	last := b.today + 30
	until.To, until.Minutes = &last, 75
	b.put(b.need("new", "r0000", "bathing", weekly, "home"), b.need("planned", "r0001", "bathing", weekly, "home"), until, b.need("theirs", "r0000", "cleaning", weekly, "home"))
	b.match(service.MatchOptions{})
	b.want(map[string]string{"new": "own", "planned": "own", "until": "own", "theirs": "near"})
	tasks := func() map[string]data.Task {
		t.Helper()
		out := map[string]data.Task{}
		for _, task := range must(b.store.Tasks(b.ctx, lattice))(t) {
			out[task.ID] = task
		}
		return out
	}
	got := tasks()
	if len(got) != 3 {
		t.Fatalf("tasks are %v: one that is planned already is not planned twice, and of a provider who plans its own none", got)
	}
	first := got["need-new"]
	if first.Kind != "service" || first.What != "bathing" || first.Resident != "r0000" || first.Minutes != 60 || *first.Rules[0].From != b.today+1 || first.Rules[0].To != nil ||
		fmt.Sprint(first.Needs.Skills, first.Needs.Prefer) != "[bathing] [w1]" {
		t.Errorf("got %+v", first)
	}
	if u := got["need-until"]; u.Minutes != 75 || *u.Rules[0].To != last {
		t.Errorf("got %+v", u)
	}
	// A day later nothing begins anew; what is no more matched ends, and stays.
	b.now = b.now.AddDate(0, 0, 1)
	if r := b.match(service.MatchOptions{}); r.Changed != 0 {
		t.Errorf("got %+v", r)
	}
	if again := tasks()["need-new"]; *again.Rules[0].From != b.today+1 || again.Rules[0].To != nil {
		t.Errorf("got %+v", again)
	}
	must(b.SetNeedMatch(b.ctx, lattice, "new", service.NeedChoice{None: true, Reason: "住院"}))(t)
	if ended := tasks()["need-new"]; ended.Rules[0].To == nil || *ended.Rules[0].To != b.today+1 {
		t.Errorf("got %+v", ended)
	}
	must(b.SetNeedMatch(b.ctx, lattice, "new", service.NeedChoice{Provider: "own", Reason: "出院"}))(t)
	if back := tasks()["need-new"]; *back.Rules[0].From != b.today+2 || back.Rules[0].To != nil {
		t.Errorf("got %+v", back)
	}
	// Ended before it began, it asks for nothing.
	must(b.SetNeedMatch(b.ctx, lattice, "new", service.NeedChoice{None: true, Reason: "又住院"}))(t)
	task := tasks()["need-new"]
	for _, w := range planner.Windows(task.Rules, nil, task.Absent, b.today-5, b.today+60) {
		if w.Need > 0 {
			t.Errorf("it asks for %+v: %+v", w, task)
		}
	}
}

func TestNeedsAreForThoseWhoAnswerForTheResident(t *testing.T) {
	b := newNeedBed(t, kitchens(5))
	b.put(b.need("west", "r0000", "meals", daily, ""), b.need("east", "r0900", "meals", daily, ""))
	b.match(service.MatchOptions{})
	public := t.Context()
	eastern := service.WithViewer(t.Context(), service.Everyone(east))
	for name, try := range map[string]func(context.Context) error{
		"list": func(ctx context.Context) error { _, _, err := b.Needs(ctx, lattice, service.NeedFilter{}); return err },
		"match": func(ctx context.Context) error {
			_, err := b.MatchNeeds(ctx, lattice, service.MatchOptions{})
			return err
		},
		"history": func(ctx context.Context) error { _, _, err := b.NeedHistory(ctx, lattice, "west"); return err },
		"options": func(ctx context.Context) error { _, err := b.NeedOptions(ctx, lattice, "west"); return err },
		"hand": func(ctx context.Context) error {
			_, err := b.SetNeedMatch(ctx, lattice, "west", service.NeedChoice{None: true, Reason: "?"})
			return err
		},
		"supply of needs": func(ctx context.Context) error {
			_, err := b.Supply(ctx, lattice, service.SupplyQuery{Service: "meals", Who: "needs"})
			return err
		},
		"supply of the disabled": func(ctx context.Context) error {
			_, err := b.Supply(ctx, lattice, service.SupplyQuery{Service: "meals", Who: "disabled"})
			return err
		},
	} {
		for who, ctx := range map[string]context.Context{"the public": public, "the neighbours": eastern} {
			if err := try(ctx); service.CodeOf(err) != service.CodeForbidden {
				t.Errorf("%s by %s: %v", name, who, err)
			}
		}
	}
	_, _, others := b.NeedHistory(eastern, lattice, "west")
	_, _, nobodys := b.NeedHistory(eastern, lattice, "nonsense")
	if nobodys == nil || others == nil || nobodys.Error() != others.Error() {
		t.Errorf("the neighbours hear whether there is a need: %v, %v", others, nobodys)
	}
	if _, _, err := b.NeedHistory(b.ctx, lattice, "nonsense"); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("who answers for all hears of no need: %v", err)
	}
	list, total, err := b.Needs(eastern, lattice, service.NeedFilter{Area: east})
	if err != nil || total != 1 || list[0].ID != "east" {
		t.Errorf("got %v, %v", list, err)
	}
	for _, who := range []string{"needs", "residents", "disabled"} {
		// Who comes to a neighbour's canteen from elsewhere is not theirs to count.
		if _, err := b.Supply(eastern, lattice, service.SupplyQuery{Service: "meals", Who: who, Area: east}); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("the neighbours are told of %s: %v", who, err)
		}
	}
	if m, err := b.Supply(public, lattice, service.SupplyQuery{Service: "meals"}); err != nil || m.Who != "over60" {
		t.Errorf("the public are told of the old: %+v, %v", m, err)
	}
}

func TestNeedsAreFilteredAndPaged(t *testing.T) {
	b := newNeedBed(t, kitchens(2))
	over := b.need("over", "r0000", "meals", daily, "")
	yesterday := b.today - 1
	over.To = &yesterday
	ahead := b.need("ahead", "r0000", "meals", daily, "")
	ahead.From = b.today + 1
	b.put(b.need("a", "r0000", "meals", daily, ""), b.need("b", "r0100", "meals", planner.Policy{PerWeek: 2}, ""), b.need("c", "r0900", "meals", daily, ""), b.need("d", "r0000", "nursing", weekly, ""), over, ahead)
	b.match(service.MatchOptions{Services: []string{"meals"}})
	for _, c := range []struct {
		f     service.NeedFilter
		total int
		ids   string
	}{
		{service.NeedFilter{}, 4, "a b c d"},
		{service.NeedFilter{Limit: 2, Offset: 1}, 4, "b c"},
		{service.NeedFilter{Status: service.NeedMatched}, 2, "a b"},
		{service.NeedFilter{Status: service.NeedUnmatched}, 1, "c"},
		{service.NeedFilter{Status: service.NeedOpen}, 1, "d"},
		{service.NeedFilter{Service: "meals", Area: east}, 1, "c"},
		{service.NeedFilter{Resident: "r0000"}, 2, "a d"},
	} {
		list, total, err := b.Needs(b.ctx, lattice, c.f)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, n := range list {
			ids = append(ids, n.ID)
		}
		if total != c.total || strings.Join(ids, " ") != c.ids {
			t.Errorf("%+v: %d, %v; want %d, %s", c.f, total, ids, c.total, c.ids)
		}
		for _, n := range list {
			if n.ID == "b" && n.Frequency != "2/week" {
				t.Errorf("frequency %q", n.Frequency)
			}
		}
	}
	for _, f := range []service.NeedFilter{{Status: "happy"}, {Limit: -1}} {
		if _, _, err := b.Needs(b.ctx, lattice, f); service.CodeOf(err) != service.CodeInvalid {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if _, _, err := b.Needs(b.ctx, lattice, service.NeedFilter{Area: "510197999"}); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

func TestNeedsAreLookedAtTodayAlsoWhenThePlanIsOver(t *testing.T) {
	t.Parallel()
	b := newNeedBed(t, kitchens(2), func(tx *data.Tx) error {
		start := planner.DateOf(time.Now()) - 60
		_, err := tx.PutPlan(lattice, data.PlanRecord{Start: start, Days: 28, MadeAt: time.Now(), Current: true}, nil, nil)
		return err
	})
	fresh, over := b.need("fresh", "r0000", "meals", daily, ""), b.need("over", "r0100", "meals", daily, "")
	last := b.today - 5
	fresh.From, over.From, over.To = b.today-3, b.today-90, &last
	b.put(fresh, over)
	b.match(service.MatchOptions{})
	b.want(map[string]string{"fresh": "kitchen"})
	list, _, err := b.Needs(b.ctx, lattice, service.NeedFilter{})
	if err != nil || len(list) != 1 || list[0].Match == nil || list[0].Match.From != b.today {
		t.Errorf("the match holds from another day than today: %+v, %v", list, err)
	}
}

func TestAMatchFallsWithWhatItWasMadeFor(t *testing.T) {
	kitchen := data.Facility{ID: "kitchen", Name: "食堂", Service: "meals", Location: squareAt(0, 0).Bound().Center(), Status: "open", Capacity: 3}
	helper := data.Provider{ID: "helper", Name: "家政", Services: []string{"cleaning"}}
	type change struct {
		facility func(*data.Facility)
		provider func(*data.Provider)
		need     func(*data.Need)
	}
	const eaten, cleaned = "kitchen", "helper"
	for name, test := range map[string]struct {
		change                 change
		eats, forced, cleanest string // why unmatched, or who meets it
	}{
		"nothing":                     {change{}, eaten, eaten, cleaned},
		"the facility's service":      {change{facility: func(f *data.Facility) { f.Service = "clinic" }}, service.WhyNobodyOffers, eaten, cleaned},
		"the facility is idle":        {change{facility: func(f *data.Facility) { f.Status = "idle" }}, service.WhyClosed, eaten, cleaned},
		"the provider's services":     {change{provider: func(p *data.Provider) { p.Services = []string{"nursing"} }}, eaten, eaten, service.WhyNobodyOffers},
		"the provider's areas":        {change{provider: func(p *data.Provider) { p.Scope = []string{east} }}, eaten, eaten, service.WhyOutOfScope},
		"the need is of another kind": {change{need: func(n *data.Need) { n.Service = "rehabilitation" }}, service.WhyNobodyOffers, eaten, service.WhyNobodyOffers},
		"the need's place": {change{need: func(n *data.Need) {
			if n.Place == data.PlaceHome {
				n.Place = data.PlaceFacility
			} else {
				n.Place = data.PlaceHome
			}
		}}, service.WhyNobodyOffers, eaten, service.WhyNobodyOffers},
	} {
		t.Run(name, func(t *testing.T) {
			b := newNeedBed(t, func(tx *data.Tx) error {
				return errors.Join(tx.PutFacilities(lattice, []data.Facility{kitchen}), tx.PutProviders(lattice, []data.Provider{helper}))
			})
			needs := []data.Need{
				b.need("eats", "r0000", "meals", daily, "facility"), b.need("forced", "r0900", "meals", daily, "facility"), b.need("cleans", "r0001", "cleaning", weekly, "home"),
			}
			b.put(needs...)
			must(b.SetNeedMatch(b.ctx, lattice, "forced", service.NeedChoice{Facility: "kitchen", Reason: "家人接送", Force: true}))(t)
			b.match(service.MatchOptions{})
			if test.change.facility != nil {
				f := kitchen
				test.change.facility(&f)
				b.write(func(tx *data.Tx) error { return tx.PutFacilities(lattice, []data.Facility{f}) })
			}
			if test.change.provider != nil {
				p := helper
				test.change.provider(&p)
				b.write(func(tx *data.Tx) error { return tx.PutProviders(lattice, []data.Provider{p}) })
			}
			if test.change.need != nil {
				for i := range needs {
					test.change.need(&needs[i])
				}
				b.put(needs...)
			}
			list, _, err := b.Needs(b.ctx, lattice, service.NeedFilter{})
			if err != nil {
				t.Fatal(err)
			}
			unmet := 0
			for _, n := range list {
				want := map[string]string{"eats": test.eats, "forced": test.forced, "cleans": test.cleanest}[n.ID]
				if n.Status == service.NeedUnmatched {
					unmet++
				}
				if got := n.Reason; got == "" && n.Match.Facility+n.Match.Provider != want || got != "" && got != want {
					t.Errorf("%s is %s, %q, want %s", n.ID, n.Status, got, want)
				}
			}
			if left := must(b.UnmatchedNeeds(b.ctx, lattice))(t); len(left) != unmet {
				t.Errorf("%d needs are in the shortfall, %d in the ledger", len(left), unmet)
			}
			if r := b.match(service.MatchOptions{}); r.Unmatched != unmet {
				t.Errorf("proposed again, %d are unmatched, want %d", r.Unmatched, unmet)
			}
		})
	}
}

func TestAMatchByHandThatHasFallenTakesNobodysPlace(t *testing.T) {
	b := newNeedBed(t, kitchens(1))
	first := b.need("first", "r0000", "meals", daily, "")
	b.put(first, b.need("second", "r0001", "meals", daily, ""))
	must(b.SetNeedMatch(b.ctx, lattice, "first", service.NeedChoice{Facility: "kitchen", Reason: "家属要求"}))(t)
	b.match(service.MatchOptions{})
	b.want(map[string]string{"first": "kitchen", "second": service.WhyFull})
	first.Service = "rehabilitation"
	b.put(first)
	r := b.match(service.MatchOptions{})
	list, _, err := b.Needs(b.ctx, lattice, service.NeedFilter{Status: service.NeedMatched})
	if err != nil || len(list) != 1 || list[0].ID != "second" || list[0].Match.Facility != "kitchen" {
		t.Errorf("matched are %+v, %v", list, err)
	}
	if r.KeptByHand != 1 || r.Unmatched != 1 || r.ByReason[service.WhyNobodyOffers] != 1 {
		t.Errorf("got %+v", r)
	}
}
