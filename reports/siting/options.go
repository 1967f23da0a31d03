package siting

// Options are the settings of Solve; the zero value is the default.
type Options struct {
	Seed uint64
	// Iterations bounds the work: evaluations of the bound and rounds of the local
	// search; 0: until the answer is proven to be the best, or the Budget is spent.
	Iterations int
	// Budget, if set, ends the search as well.
	Budget Budget
	// Threads that evaluate the bound side by side; 0 stands for 1. The answer does
	// not depend on them.
	Threads int
	// Progress, if set, is called from the goroutine of Solve when the answer or
	// its bound gets better.
	Progress func(Progress)
}

// Budget says how much of a run is over: 0 at the beginning, 1 or more to stop.
// It is asked at every iteration.
type Budget interface {
	Spent(iterations int) float64
}

// Progress tells how far Solve is.
type Progress struct {
	Iterations int
	// Objective and Bound are as in Solution; Objective is −1 before there is any.
	// Where lists leave out sites (Ways.Beyond) the answer may cost more than that.
	Objective, Bound int64
	// Chosen are the sites of the best answer so far, in any order; valid during the
	// call only.
	Chosen []int32
}

// Solution is a choice of sites. Which is better depends on the goal: more of the
// objective for MostCovered, less for the others.
type Solution struct {
	// Chosen are the sites to open, ascending, without those that stay.
	Chosen []int32
	// Objective is the weight that is covered (MostCovered), the number of chosen
	// sites or the sum of their prices where any has one (AllCovered), the sum of
	// weights times costs (LeastTotal), or the largest cost (LeastWorst).
	Objective int64
	// Bound is what no answer can beat: at least the best possible for
	// MostCovered, at most that for the others. It equals Objective where the
	// answer is proven to be best.
	Bound int64
	// Gap is the share by which the answer can be off the best possible at most:
	// |Objective − Bound| / Bound.
	Gap float64
	// Site is the nearest site of each demand that is chosen or stays; None: it
	// has a way to none, or for MostCovered and AllCovered none within the radius.
	// With capacities it is the site that serves most of the demand.
	Site []int32
	// Loads say who is served where, by demand and site; nil without capacities.
	Loads []Load
	// Reached is the weight of the demands with a Site, with capacities that of all
	// Loads; Hopeless is that of those
	// whom no site of all could reach (for MostCovered and AllCovered: within the
	// radius). They count in no objective of AllCovered and LeastWorst.
	Reached, Hopeless int64
	// Steps are the chosen sites in the order in which to open them.
	Steps []Step
	// Iterations that were made.
	Iterations int
}

// Load is a part of a demand that is served at a site.
type Load struct {
	Demand, Site int32
	Weight       int64 // > 0
}

// Step is one site of a ranked list: each is the one of those left that brings
// most after those before it (of idle and new ones in one place, idle ones first).
type Step struct {
	Site int32
	// Gain is the weight that it newly covers (MostCovered, AllCovered), by how
	// much the sum of weights times costs falls (LeastTotal), or the largest cost
	// (LeastWorst), where those whom nothing reaches yet cost Far.
	Gain int64
	// After is the weight covered, the sum or the largest cost with it.
	After int64
}

// Proven tells whether no answer is better.
func (s *Solution) Proven() bool { return s.Objective == s.Bound }

// gap is as Solution.Gap.
func gap(objective, bound int64) float64 {
	switch d := objective - bound; {
	case d == 0:
		return 0
	case bound == 0:
		return 1
	case d < 0:
		return float64(-d) / float64(bound)
	default:
		return float64(d) / float64(bound)
	}
}
