package siting_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/reports/siting"
)

// shortened lists of every demand the nearest few sites only.
func shortened(p *siting.Problem, few int) *siting.Problem {
	q := *p
	n := len(p.Sites)
	q.Ways = siting.Ways{First: []int{0}, Left: func(d int, s int32) int32 { return p.Ways.Table[d*n+int(s)] }}
	for d := range p.Weight {
		order := make([]int32, n)
		for s := range order {
			order[s] = int32(s)
		}
		slices.SortFunc(order, func(a, b int32) int {
			return cmp.Or(cmp.Compare(q.Ways.Left(d, a), q.Ways.Left(d, b)), cmp.Compare(a, b))
		})
		beyond := int32(siting.None)
		for k, s := range order {
			if k == few {
				beyond = q.Ways.Left(d, s)
				break
			}
			q.Ways.Site, q.Ways.Cost = append(q.Ways.Site, s), append(q.Ways.Cost, q.Ways.Left(d, s))
		}
		q.Ways.First, q.Ways.Beyond = append(q.Ways.First, len(q.Ways.Site)), append(q.Ways.Beyond, beyond)
	}
	return &q
}

func TestListsOfTheNearestSitesGiveAnswersAtTheirTrueCostAndABoundThatHolds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := made{
			goal: siting.LeastTotal, demands: rapid.IntRange(1, 25).Draw(rt, "demands"), sites: rapid.IntRange(3, 9).Draw(rt, "sites"),
			kept: rapid.IntRange(0, 2).Draw(rt, "kept"), places: rapid.Bool().Draw(rt, "places"), prices: rapid.Bool().Draw(rt, "prices"),
		}
		m.choose = rapid.IntRange(1, m.sites-m.kept).Draw(rt, "choose")
		p := m.problem(rapid.Uint64().Draw(rt, "seed"))
		p.Far = int32(rapid.IntRange(1, 1500).Draw(rt, "far"))
		want, _ := best(p)
		q := shortened(p, rapid.IntRange(0, m.sites).Draw(rt, "few"))
		s, err := siting.Solve(t.Context(), q, siting.Options{Iterations: rapid.IntRange(1, 60).Draw(rt, "iterations")})
		if err != nil {
			rt.Fatal(err)
		}
		if s.Objective < want || s.Bound > want {
			rt.Fatalf("objective %d, bound %d; the best is %d", s.Objective, s.Bound, want)
		}
		for what, of := range map[string]*siting.Problem{"the lists": q, "the whole table": p} {
			if wrong := siting.Check(of, s); len(wrong) > 0 {
				rt.Fatalf("by %s, the check finds: %s", what, strings.Join(wrong, "; "))
			}
		}
	})
}

func TestListsThatAreLongEnoughGiveTheBest(t *testing.T) {
	p := made{goal: siting.LeastTotal, demands: 300, sites: 60, choose: 8, kept: 1}.problem(5)
	p.Far = 3000
	want := solve(t, p, siting.Options{})
	if s := solve(t, shortened(p, 40), siting.Options{}); s.Objective != want.Objective || !s.Proven() {
		t.Errorf("%d and a bound of %d; the best is %d", s.Objective, s.Bound, want.Objective)
	}
	for reason, spoil := range map[string]func(p *siting.Problem){
		"leave out does not fit":          func(p *siting.Problem) { p.Ways.Left = nil },
		"for the goal pmedian alone":      func(p *siting.Problem) { p.Far = 0 },
		"its list leaves out costs -7 or": func(p *siting.Problem) { p.Ways.Beyond[0] = -7 },
	} {
		q := shortened(p, 4)
		if spoil(q); q.Validate() == nil || !strings.Contains(q.Validate().Error(), reason) {
			t.Errorf("want %q, got %v", reason, q.Validate())
		}
	}
}
