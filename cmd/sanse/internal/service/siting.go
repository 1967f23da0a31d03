package service

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/reports/siting"
)

// Whom sites are for: what a place of demand weighs.
const (
	ForPeople    = "people"
	ForOver60    = "over60"
	ForDisabled  = "disabled"
	ForResidents = "residents"
	ForUnmet     = "unmet" // residents who are out of reach today
)

// Where candidates come from, if they are not given.
const (
	SitesInBuildings  = "buildings"
	SitesAlongStreets = "streets"
)

// SiteRequest says what is to be built where, and for whom.
type SiteRequest struct {
	Service string // a key of data.Services
	Goal    siting.Goal
	Choose  int   // how many sites at most; not for AllCovered
	Budget  int64 // what they may cost together; 0: none
	Minutes int   // in reach is who walks no longer than this
	Speed   string
	For     string // one of the words above
	Area    string // people and candidates of an area only; empty: the district
	// From is where candidates come from; empty: Candidates.
	From       string
	Candidates []SiteCandidate
	// Capacity is how many a new site can serve; 0: as many as come.
	Capacity int64
	// Beside is how near, in metres, a new site may be to an idle facility and not
	// wait for it.
	Beside float64

	Time       time.Duration // of the search, at most
	Iterations int           // at most; 0: any number
	Seed       uint64
}

// SiteCandidate is where a facility could be built.
type SiteCandidate struct {
	ID       string
	Location orb.Point
	Price    int64
	Capacity int64 // 0: that of the request
}

// siteWords are whom sites can be for.
var siteWords = []string{ForPeople, ForOver60, ForDisabled, ForResidents, ForUnmet}

// complete refuses what cannot be.
func (in *SiteRequest) complete() error {
	covers := in.Goal == siting.MostCovered || in.Goal == siting.AllCovered
	known := slices.ContainsFunc(data.Services, func(t data.Term) bool { return t.Key == in.Service })
	switch {
	case !known:
		return invalid("service: there is no %q", in.Service)
	case !slices.Contains([]siting.Goal{siting.MostCovered, siting.AllCovered, siting.LeastTotal, siting.LeastWorst}, in.Goal):
		return invalid("goal: there is no %q: want mclp, lscp, pmedian or pcenter", in.Goal)
	case !slices.Contains(siteWords, in.For):
		return invalid("sites are for people, over60, disabled, residents or unmet, not for %q", in.For)
	case (covers || in.For == ForUnmet) && in.Minutes < 1:
		return invalid("within %d minutes nobody is reached: want 1 or more", in.Minutes)
	case in.Choose < 0 || in.Budget < 0 || in.Capacity < 0:
		return invalid("numbers of sites, budgets and capacities cannot be below 0")
	case !(in.Beside >= 0 && in.Beside <= mostBeside):
		return invalid("sites are beside each other within 0 to %d metres", mostBeside)
	case in.Goal == siting.AllCovered && (in.Choose > 0 || in.Budget > 0):
		return invalid("the fewest sites that reach all are asked for: neither a number nor a budget can be given")
	case in.Choose > mostCapped && in.limited():
		return invalid("with capacities at most %d sites can be chosen: who is served where is worked out again for each of them", mostCapped)
	case in.Goal != siting.AllCovered && in.Choose == 0 && in.Budget == 0:
		return invalid("how many sites? give a number, or a budget")
	case in.Goal == siting.LeastWorst && in.Choose > 0 && in.Budget > 0:
		return invalid("the least worst way takes a number of sites or a budget, not both")
	case in.Time <= 0 && in.Iterations <= 0:
		return invalid("a search needs an end: say for how many seconds")
	case in.From == "" && len(in.Candidates) == 0:
		return invalid("there are no candidates: give some, or have them made from buildings or streets")
	case in.From != "" && len(in.Candidates) > 0:
		return invalid("candidates are given or made from %s, not both", in.From)
	case in.From != "" && in.From != SitesInBuildings && in.From != SitesAlongStreets:
		return invalid("candidates are made from buildings or streets, not from %q", in.From)
	case in.Budget > 0 && !slices.ContainsFunc(in.Candidates, func(c SiteCandidate) bool { return c.Price > 0 }):
		return invalid("a budget wants candidates with prices")
	}
	seen := make(map[string]bool, len(in.Candidates))
	for i := range in.Candidates {
		c := &in.Candidates[i]
		switch {
		case c.ID == "":
			return invalid("candidate %d has no id", i+1)
		case seen[c.ID]:
			return invalid("two candidates are called %q", c.ID)
		case c.Price < 0 || c.Capacity < 0:
			return invalid("candidate %q: its price or capacity is below 0", c.ID)
		case math.IsNaN(c.Location[0]) || math.IsNaN(c.Location[1]) || math.Abs(c.Location[0]) > 180 || math.Abs(c.Location[1]) > 90:
			return invalid("candidate %q is nowhere on earth", c.ID)
		}
		seen[c.ID] = true
	}
	if in.limited() && in.Goal != siting.MostCovered && in.Goal != siting.LeastTotal {
		return invalid("capacities are for the goals mclp and pmedian")
	}
	return nil
}

// mostBeside bounds SiteRequest.Beside, in metres.
const mostBeside = 10_000

// mostCapped bounds how many sites with capacities are chosen at once: a search
// must end about when its time does.
const mostCapped = 150

// limited tells whether any site is asked to have a capacity.
func (in *SiteRequest) limited() bool {
	return in.Capacity > 0 || slices.ContainsFunc(in.Candidates, func(c SiteCandidate) bool { return c.Capacity > 0 })
}

// StartSiting begins to look for sites and returns at once with the number of the
// search. What can be told to be wrong is told here; the walks are measured while
// the search runs.
func (s *Service) StartSiting(ctx context.Context, district string, in SiteRequest) (job int64, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return 0, err
	}
	scope := d.Code
	if in.Area != "" {
		scope = in.Area
	}
	if err := mustMay(ctx, CapPlan, scope); err != nil {
		return 0, err
	}
	if err := in.complete(); err != nil {
		return 0, err
	}
	// Taken before the work: many that are asked for at once are not all begun.
	release, err := s.sitings.take()
	if err != nil {
		return 0, err
	}
	defer release()
	r, err := s.reach(ctx, d.Code, in.Speed)
	if err != nil {
		return 0, err
	}
	if in.Area != "" {
		if _, ok := r.snap.Tree.Area(in.Area); !ok {
			return 0, notFound("there is no area %q", in.Area)
		}
	}
	buildings, err := s.siteBuildings(ctx, d.Code, in.From)
	if err != nil {
		return 0, err
	}
	j := &sitingJob{district: d.Code, scope: scope, ask: in}
	if j.sited, err = siteProblem(r, &in, buildings); err != nil {
		return 0, err
	}
	return s.sitings.start(s, j)
}

// siteBuildings reads the buildings, if sites may be in them.
func (s *Service) siteBuildings(ctx context.Context, district, from string) (all []data.Building, err error) {
	if from != SitesInBuildings {
		return nil, nil
	}
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		all, err = r.Buildings(ctx, district)
		return err
	})
	if err == nil && len(all) == 0 {
		return nil, invalid("the district has no buildings: have candidates made from streets, or import buildings first")
	}
	return all, err
}

// SitingOf tells how far a search for sites is, with the best that it has found.
func (s *Service) SitingOf(ctx context.Context, district string, job int64) (Siting, error) {
	j, err := s.siting(ctx, district, job)
	if err != nil {
		return Siting{}, err
	}
	return j.report(), nil
}

// StopSiting ends a search for sites; what it has found by then is kept.
func (s *Service) StopSiting(ctx context.Context, district string, job int64) (Siting, error) {
	j, err := s.siting(ctx, district, job)
	if err != nil {
		return Siting{}, err
	}
	j.stop()
	select {
	case <-j.ended:
	case <-ctx.Done():
		return Siting{}, ctx.Err()
	}
	return j.report(), nil
}

func (s *Service) siting(ctx context.Context, district string, job int64) (*sitingJob, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	j := s.sitings.find(d.Code, job)
	if j == nil || !viewerOf(ctx).May(CapPlan, j.scope) {
		return nil, missing(ctx, CapPlan, d.Code, "there is no search %d for sites: those that are over are kept for an hour, or until the program ends", job)
	}
	return j, nil
}
