package service_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/reports/siting"
)

// answering is a context of those who answer for the lattice.
func answering(t *testing.T) context.Context {
	t.Helper()
	return service.WithViewer(t.Context(), service.Everyone(lattice))
}

// look waits for a search for sites to end.
func (b *draftBed) look(job int64) service.Siting {
	b.t.Helper()
	for {
		s, err := b.SitingOf(answering(b.t), lattice, job)
		if err != nil {
			b.t.Fatal(err)
		}
		if s.State != service.SitingRunning {
			return s
		}
		time.Sleep(time.Millisecond)
	}
}

// sites has a search end and puts what it chose into words.
func (b *draftBed) sites(in service.SiteRequest) (string, *service.SitingResult) {
	b.t.Helper()
	job, err := b.StartSiting(answering(b.t), lattice, in)
	if err != nil {
		b.t.Fatal(err)
	}
	s := b.look(job)
	if s.State != service.SitingDone || s.Result == nil || s.Spent != 1 {
		b.t.Fatalf("the search ended as %+v", s)
	}
	var words []string
	for _, c := range s.Result.Sites {
		words = append(words, fmt.Sprintf("%s %s +%d", c.Status, c.ID, c.Gain))
	}
	return strings.Join(words, ", "), s.Result
}

func middle(x, y int) orb.Point { return squareAt(x, y).Bound().Center() }

// three are candidates in the first row: people there are 10 and one more a square
// eastward, and walk about 190 s from square to square.
var three = []service.SiteCandidate{{ID: "west", Location: middle(2, 0)}, {ID: "middle", Location: middle(5, 0)}, {ID: "east", Location: middle(10, 0)}}

func TestSitesAreChosenForThePeopleOfADistrict(t *testing.T) {
	t.Parallel()
	b := newReachBed(t)
	ask := func(change func(in *service.SiteRequest)) service.SiteRequest {
		in := service.SiteRequest{
			Service: "day_care", Goal: siting.MostCovered, Choose: 1, Minutes: 7, For: service.ForPeople, Candidates: three, Time: time.Minute,
		}
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		in   service.SiteRequest
		want string
	}{
		// 7 minutes are two squares either way: 18 + 19 + 20 + 21 around the eastern one.
		"the most covered":         {ask(func(*service.SiteRequest) {}), "new east +78"},
		"older people":             {ask(func(in *service.SiteRequest) { in.For = service.ForOver60 }), "new east +38"},
		"two":                      {ask(func(in *service.SiteRequest) { in.Choose = 2 }), "new east +78, new middle +75"},
		"one with little room":     {ask(func(in *service.SiteRequest) { in.Capacity = 30 }), "new west +30"},
		"room of a candidate":      {ask(func(in *service.SiteRequest) { in.Capacity = 30; in.Candidates = roomy(three) }), "new middle +75"},
		"prices":                   {ask(func(in *service.SiteRequest) { in.Choose = 0; in.Budget = 9; in.Candidates = priced(three) }), "new middle +75, new west +33"},
		"all with the fewest":      {ask(func(in *service.SiteRequest) { in.Goal = siting.AllCovered; in.Choose = 0 }), "new east +78, new middle +75, new west +33"},
		"the least worst way":      {ask(func(in *service.SiteRequest) { in.Goal = siting.LeastWorst }), "new middle +"},
		"the least way of all":     {ask(func(in *service.SiteRequest) { in.Goal = siting.LeastTotal }), "new middle +"},
		"residents of one side":    {ask(func(in *service.SiteRequest) { in.For = service.ForResidents; in.Area = west; in.Minutes = 60 }), "new west +36"},
		"what stands is reckoned":  {ask(func(in *service.SiteRequest) { in.Service = "meals" }), "new east +"},
		"an idle one goes before":  {ask(func(in *service.SiteRequest) { in.Service = "clinic"; in.Beside = 9000 }), "idle idle +33"},
		"and is not in the way":    {ask(func(in *service.SiteRequest) { in.Service = "clinic"; in.Beside = 50 }), "new east +78"},
		"an idle one and then new": {ask(func(in *service.SiteRequest) { in.Service = "clinic"; in.Beside = 9000; in.Choose = 2 }), "idle idle +33, new east +78"},
	} {
		got, r := b.sites(c.in)
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if !r.Proven || r.English == "" || r.Chinese == "" {
			t.Errorf("%s: %+v", name, r)
		}
		if c.in.For == service.ForPeople && r.Unplaced != 7 {
			t.Errorf("%s: %d live near no street, want 7", name, r.Unplaced)
		}
	}
}

func roomy(list []service.SiteCandidate) []service.SiteCandidate {
	out := append([]service.SiteCandidate(nil), list...)
	out[1].Capacity = 500
	return out
}

func priced(list []service.SiteCandidate) []service.SiteCandidate {
	out := append([]service.SiteCandidate(nil), list...)
	for i := range out {
		out[i].Price = int64(4 + i)
	}
	out[2].Price = 10
	return out
}

func TestCandidatesAreMadeFromStreets(t *testing.T) {
	t.Parallel()
	b := newReachBed(t)
	_, r := b.sites(service.SiteRequest{
		Service: "day_care", Goal: siting.MostCovered, Choose: 2, Minutes: 9, For: service.ForPeople, From: service.SitesAlongStreets, Time: time.Minute,
	})
	if r.Candidates < 40 || r.Apart == 0 || !strings.Contains(r.English, "no choice is better") || len(r.Sites) != 2 {
		t.Errorf("%+v", r)
	}
	for _, c := range r.Sites {
		if c.Share <= 0 || c.Share > 1 || c.Location == (orb.Point{}) {
			t.Errorf("%+v", c)
		}
	}
}

func TestBadRequestsForSitesAreRefusedWithTheirReason(t *testing.T) {
	t.Parallel()
	b := newReachBed(t)
	for want, spoil := range map[string]func(in *service.SiteRequest){
		"service: there is no":                        func(in *service.SiteRequest) { in.Service = "nothing" },
		"goal: there is no":                           func(in *service.SiteRequest) { in.Goal = "best" },
		"not for \"cats\"":                            func(in *service.SiteRequest) { in.For = "cats" },
		"within 0 minutes nobody":                     func(in *service.SiteRequest) { in.Minutes = 0 },
		"4 sites are asked for, and there are only 3": func(in *service.SiteRequest) { in.Choose = 4 },
		"how many sites":                              func(in *service.SiteRequest) { in.Choose = 0 },
		"below 0":                                     func(in *service.SiteRequest) { in.Capacity = -1 },
		"neither a number":                            func(in *service.SiteRequest) { in.Goal = siting.AllCovered },
		"capacities are for":                          func(in *service.SiteRequest) { in.Goal, in.Capacity = siting.LeastWorst, 9 },
		"a budget wants candidates with prices":       func(in *service.SiteRequest) { in.Budget = 9 },
		"there are no candidates":                     func(in *service.SiteRequest) { in.Candidates = nil },
		"not both":                                    func(in *service.SiteRequest) { in.From = service.SitesAlongStreets },
		"has no buildings":                            func(in *service.SiteRequest) { in.Candidates, in.From = nil, service.SitesInBuildings },
		`no street within 300 m`:                      func(in *service.SiteRequest) { in.Candidates[1].Location = orb.Point{1, 1} },
		`two candidates are called "west"`:            func(in *service.SiteRequest) { in.Candidates[1].ID = "west" },
		`there is no area "510197009"`:                func(in *service.SiteRequest) { in.Area = lattice + "009" },
		"a search needs an end":                       func(in *service.SiteRequest) { in.Time = 0 },
		"there is nobody to build for":                func(in *service.SiteRequest) { in.For, in.Service, in.Minutes = service.ForUnmet, "meals", 60 },
		"no such way to walk":                         func(in *service.SiteRequest) { in.Speed = "flying" },
	} {
		in := service.SiteRequest{
			Service: "day_care", Goal: siting.MostCovered, Choose: 1, Minutes: 7, For: service.ForPeople,
			Candidates: append([]service.SiteCandidate(nil), three...), Time: time.Minute,
		}
		spoil(&in)
		if _, err := b.StartSiting(answering(t), lattice, in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestSitesAreForThoseWhoAnswerForTheArea(t *testing.T) {
	t.Parallel()
	b := newReachBed(t)
	in := service.SiteRequest{Service: "day_care", Goal: siting.MostCovered, Choose: 1, Minutes: 7, For: service.ForPeople, Area: west, Candidates: three, Time: time.Minute}
	town := service.WithViewer(t.Context(), service.Everyone(west))
	job, err := b.StartSiting(town, lattice, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SitingOf(town, lattice, job); err != nil {
		t.Error(err)
	}
	for who, ctx := range map[string]context.Context{"the public": t.Context(), "others": service.WithViewer(t.Context(), service.Everyone(east))} {
		if _, err := b.StartSiting(ctx, lattice, in); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s may search: %v", who, err)
		}
		if _, err := b.SitingOf(ctx, lattice, job); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s may look: %v", who, err)
		}
		if _, err := b.StopSiting(ctx, lattice, job); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s may stop it: %v", who, err)
		}
	}
	// Who does not plan for all is not told whether others search.
	district := service.WithViewer(t.Context(), service.Everyone(lattice))
	for ctx, want := range map[context.Context]service.Code{town: service.CodeForbidden, district: service.CodeNotFound} {
		if _, err := b.SitingOf(ctx, lattice, 77); service.CodeOf(err) != want {
			t.Errorf("a search that there never was: %v", err)
		}
	}
	b.look(job)
}

func TestASearchThatBreaksIsAFailedOneAndNoMoreThanTwoRunAtOnce(t *testing.T) {
	t.Parallel()
	b := newReachBed(t)
	if s := b.look(b.BrokenSiting(t, lattice)); s.State != service.SitingFailed || s.Message == "" || s.Result != nil {
		t.Errorf("a search that breaks is %+v", s)
	}
	in := service.SiteRequest{
		Service: "day_care", Goal: siting.MostCovered, Choose: 9, Minutes: 4, For: service.ForPeople, From: service.SitesAlongStreets, Time: time.Hour,
	}
	b.HoldSitings(t, 2)
	if _, err := b.StartSiting(answering(t), lattice, in); service.CodeOf(err) != service.CodeNo {
		t.Errorf("a third search: %v", err)
	}
	b.HoldSitings(t, 0)
	job, err := b.StartSiting(answering(t), lattice, in)
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.StopSiting(answering(t), lattice, job)
	if err != nil || s.State == service.SitingRunning || s.State == service.SitingFailed {
		t.Errorf("a search that is stopped is %+v (%v)", s, err)
	}
	b.Close()
	if _, err := b.StartSiting(answering(t), lattice, in); service.CodeOf(err) != service.CodeNo {
		t.Errorf("a search after the end: %v", err)
	}
}
