package siting_test

import (
	"math"
	"strings"
	"testing"

	"sanse/reports/siting"
)

func TestAMeaninglessProblemIsRefusedWithItsReason(t *testing.T) {
	for want, spoil := range map[string]func(p *siting.Problem){
		"there is no demand":                      func(p *siting.Problem) { p.Weight = nil },
		"every weight is 0":                       func(p *siting.Problem) { clear(p.Weight) },
		"demand 3: its weight -1 is below 0":      func(p *siting.Problem) { p.Weight[3] = -1 },
		"there are no sites":                      func(p *siting.Problem) { p.Sites = nil },
		"site 2: its price -5 is below 0":         func(p *siting.Problem) { p.Sites[2].Price = -5 },
		"site 2: its place -5 is below 0":         func(p *siting.Problem) { p.Sites[2].Place = -5 },
		"site 1: 9 is no status":                  func(p *siting.Problem) { p.Sites[1].Status = 9 },
		"prices of all sites":                     func(p *siting.Problem) { p.Sites[1].Price, p.Sites[2].Price = math.MaxInt64>>8, 1 },
		"6 sites are to be chosen of 5":           func(p *siting.Problem) { p.Choose = 6 },
		"2 sites are to be chosen of 1":           func(p *siting.Problem) { stay(p, 4); p.Choose = 2 },
		"neither the number of sites":             func(p *siting.Problem) { p.Choose = 0 },
		"the budget -1 is below 0":                func(p *siting.Problem) { p.Budget = -1 },
		"the radius is 0":                         func(p *siting.Problem) { p.Goal, p.Radius = siting.MostCovered, 0 },
		"the radius is -3":                        func(p *siting.Problem) { p.Goal, p.Radius, p.Choose = siting.AllCovered, -3, 0 },
		`"nearest" is no goal`:                    func(p *siting.Problem) { p.Goal = "nearest" },
		"neither a number nor a budget can":       func(p *siting.Problem) { p.Goal = siting.AllCovered },
		"not both":                                func(p *siting.Problem) { p.Goal, p.Budget = siting.LeastWorst, 5 },
		"demand 1: its way to site 2 costs -7":    func(p *siting.Problem) { p.Ways.Table[7] = -7 },
		"instead of 10 demands × 5 sites":         func(p *siting.Problem) { p.Ways.Table = p.Ways.Table[1:] },
		"as lists and as a table":                 func(p *siting.Problem) { p.Ways.First = []int{0} },
		"lists of ways do not fit 10 demands":     func(p *siting.Problem) { p.Ways = siting.Ways{First: []int{0}} },
		"demand 0: there is no site 5 among 5":    func(p *siting.Problem) { list(p, 5) },
		"demand 0 has two ways to site 3":         func(p *siting.Problem) { list(p, 3, 3) },
		"prices are too large a number":           func(p *siting.Problem) { p.Sites[1].Price = math.MaxInt64 >> 9 },
		"weights times costs are too large":       func(p *siting.Problem) { p.Weight[0] = math.MaxInt64 >> 13 },
		"the cost -1 of who is not reached is no": func(p *siting.Problem) { p.Far = -1 },
	} {
		p := made{goal: siting.LeastTotal, demands: 10, sites: 5, choose: 2}.problem(1)
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(p)
		err := p.Validate()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if _, again := siting.Solve(t.Context(), p, siting.Options{}); again == nil || again.Error() != err.Error() {
			t.Errorf("Solve says %v, Validate %v", again, err)
		}
	}
}

func stay(p *siting.Problem, n int) {
	for s := range n {
		p.Sites[s].Status = siting.Kept
	}
}

// list gives the first demand ways to some sites, the others none.
func list(p *siting.Problem, sites ...int32) {
	p.Ways = siting.Ways{First: []int{0}, Site: sites, Cost: make([]int32, len(sites))}
	for range p.Weight {
		p.Ways.First = append(p.Ways.First, len(sites))
	}
}

func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	for want, spoil := range map[string]func(p *siting.Problem, s *siting.Solution){
		"the objective is":              func(_ *siting.Problem, s *siting.Solution) { s.Objective++; s.Gap = 1 },
		"is better than its bound":      func(_ *siting.Problem, s *siting.Solution) { s.Bound = s.Objective + 1 },
		"the gap is":                    func(_ *siting.Problem, s *siting.Solution) { s.Gap = 0.5 },
		"more than 2":                   func(_ *siting.Problem, s *siting.Solution) { s.Chosen = []int32{2, 3, 4} },
		"more than the budget of 1":     func(p *siting.Problem, _ *siting.Solution) { p.Budget = 1 },
		"site 7 is chosen, but there":   func(_ *siting.Problem, s *siting.Solution) { s.Chosen = []int32{7} },
		"it stays or is chosen already": func(_ *siting.Problem, s *siting.Solution) { s.Chosen = []int32{0, 2} },
		"are not ascending":             func(_ *siting.Problem, s *siting.Solution) { s.Chosen = []int32{3, 2} },
		"before the idle site 1":        func(p *siting.Problem, s *siting.Solution) { s.Chosen = []int32{2}; p.Sites[1].Status = siting.Idle },
		"is not served by the nearest":  func(_ *siting.Problem, s *siting.Solution) { s.Site[0] = siting.None },
		"there are sites for 3 of 10":   func(_ *siting.Problem, s *siting.Solution) { s.Site = s.Site[:3] },
		"are reached and":               func(_ *siting.Problem, s *siting.Solution) { s.Reached++ },
		"no step opens site":            func(_ *siting.Problem, s *siting.Solution) { s.Steps[0].Site = s.Steps[1].Site },
		"there are 1 steps for 2 sites": func(_ *siting.Problem, s *siting.Solution) { s.Steps = s.Steps[1:] },
	} {
		p := made{goal: siting.LeastTotal, demands: 10, sites: 6, choose: 2, kept: 1, prices: true}.problem(1)
		p.Sites[1].Place, p.Sites[2].Place = 1, 1
		s := solve(t, p, siting.Options{})
		spoil(p, s)
		if got := strings.Join(siting.Check(p, s), "; "); !strings.Contains(got, want) {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}
