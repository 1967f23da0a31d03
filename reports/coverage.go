package reports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"sanse/planner"
	"sanse/routing"
)

// CoverageInput is what coverage is measured on. Points are lon-lat degrees in
// WGS 84. The zero value of an option stands for the default named beside it.
type CoverageInput struct {
	// Engine walks at the pace of those who are to be served, the elderly
	// profile of 1.0 m/s as a rule.
	Engine *routing.Engine

	Residents  []CoverageResident
	Population []CoveragePopulation
	Facilities []CoverageFacility
	Areas      []planner.Area
	// Services are those to report even if no facility gives them; those of
	// the facilities are added.
	Services []string

	Minutes        int     // in reach is who walks no longer than this; 15
	SearchMinutes  int     // how far to look for the nearest facility; 60
	SnapMetres     float64 // farther from any street is unplaced; 300
	CellResolution int     // H3 resolution of circles and times; 10
	BufferMetres   float64 // ground on both sides of a street that counts to a circle; 40
	SkipCircles    bool    // leave out circles and cells
	Threads        int     // runtime.NumCPU
}

// CoverageResident is an enrolled resident.
type CoverageResident struct {
	ID       string
	Location orb.Point
	Area     string // code of the deepest area known; it counts in all above
}

// CoveragePopulation is so many people in one place, a building or a cell.
type CoveragePopulation struct {
	Location orb.Point
	Area     string
	People   int
	Over60   int
	Under18  int
	Disabled int
}

// CoverageFacility is a facility of one service; only an open one counts.
type CoverageFacility struct {
	ID       string
	Name     string
	Service  string
	Location orb.Point
	Open     bool
}

func (in *CoverageInput) defaults() {
	if in.Minutes == 0 {
		in.Minutes = 15
	}
	if in.SearchMinutes == 0 {
		in.SearchMinutes = 60
	}
	in.SearchMinutes = max(in.SearchMinutes, in.Minutes)
	if in.SnapMetres == 0 {
		in.SnapMetres = 300
	}
	if in.CellResolution == 0 {
		in.CellResolution = 10
	}
	if in.BufferMetres == 0 {
		in.BufferMetres = 40
	}
	if in.Threads <= 0 {
		in.Threads = runtime.NumCPU()
	}
}

func (in *CoverageInput) check() error {
	if in.Engine == nil {
		return errors.New("no streets given")
	}
	if in.Minutes < 0 || in.SearchMinutes < 0 || in.SnapMetres < 0 || in.BufferMetres < 0 {
		return errors.New("minutes and metres cannot be negative")
	}
	if in.CellResolution < 0 || in.CellResolution > 12 {
		return fmt.Errorf("cell resolution %d is not one of 0 to 12", in.CellResolution)
	}
	for i := range in.Population {
		p := &in.Population[i]
		if min(p.People, p.Over60, p.Under18, p.Disabled) < 0 {
			return fmt.Errorf("population %d: a count is negative", i)
		}
	}
	return nil
}

// NewCoverage measures who is within a walk of which service. A walk is the way
// from the nearest open facility to the door on the street network, with the
// straight walk to the street at both ends. Residents, people and facilities
// without a street within SnapMetres are never guessed at: they are listed in
// Unplaced, and Count says how they are counted.
//
// The work is one search a service and one a facility, on Threads goroutines;
// the answer does not depend on their number.
func NewCoverage(ctx context.Context, in CoverageInput) (*Coverage, error) {
	in.defaults()
	if err := in.check(); err != nil {
		return nil, fmt.Errorf("measure coverage: %w", err)
	}
	m := &measure{in: &in}
	c, err := m.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("measure coverage: %w", err)
	}
	return c, nil
}

// measure is one run of NewCoverage. Targets are the residents, then the
// population.
type measure struct {
	in         *CoverageInput
	services   []string
	targets    []routing.Snap
	facilities []routing.Snap // OK only if open and on a street
	areasOf    [][]int32      // indices into in.Areas, by target
	walks      [][]int32      // seconds by service and target; -1: none within the bound
	out        Coverage
}

func (m *measure) run(ctx context.Context) (*Coverage, error) {
	in := m.in
	m.out = Coverage{Minutes: in.Minutes, MetresPerSecond: in.Engine.Profile().MetresPerSecond}
	m.place()
	m.supply()
	m.walks = make([][]int32, len(m.services))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(in.Threads)
	for s, service := range m.services {
		g.Go(func() error {
			var sources []routing.Snap
			for i := range in.Facilities {
				if in.Facilities[i].Service == service && m.facilities[i].OK {
					sources = append(sources, m.facilities[i])
				}
			}
			if len(sources) == 0 {
				m.walks[s] = slices.Repeat([]int32{-1}, len(m.targets))
				return nil
			}
			walk, _, err := in.Engine.Nearest(gctx, sources, m.targets, in.SearchMinutes*60)
			if err != nil {
				return fmt.Errorf("walk from %s: %w", service, err)
			}
			m.walks[s] = walk
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	m.count()
	if !in.SkipCircles {
		if err := m.circles(ctx); err != nil {
			return nil, err
		}
	}
	return &m.out, nil
}

// place brings everybody and everything to the streets and into its areas.
func (m *measure) place() {
	in := m.in
	snap := func(p orb.Point) (routing.Snap, string) {
		s, err := in.Engine.Snap(p, in.SnapMetres)
		if err != nil {
			return routing.Snap{}, reasonUnplaced(err, in.SnapMetres)
		}
		return s, ""
	}
	lengths := map[int]bool{}
	index := make(map[string]int32, len(in.Areas))
	for i, a := range in.Areas {
		index[a.Code] = int32(i)
		lengths[len(a.Code)] = true
	}
	areas := func(code string) []int32 {
		var out []int32
		for n := range lengths {
			if n <= len(code) {
				if i, ok := index[code[:n]]; ok {
					out = append(out, i)
				}
			}
		}
		return out
	}
	byCode := map[string][]int32{}
	add := func(p orb.Point, code, what, id string, count int) {
		s, why := snap(p)
		if why != "" {
			m.out.Unplaced = append(m.out.Unplaced, Unplaced{What: what, ID: id, Count: count, Reason: why})
		}
		a, ok := byCode[code]
		if !ok {
			a = areas(code)
			byCode[code] = a
		}
		m.targets = append(m.targets, s)
		m.areasOf = append(m.areasOf, a)
	}
	for i := range in.Residents {
		r := &in.Residents[i]
		add(r.Location, r.Area, "resident", r.ID, 1)
	}
	for i := range in.Population {
		p := &in.Population[i]
		add(p.Location, p.Area, "population", strconv.Itoa(i), p.People)
	}
	m.facilities = make([]routing.Snap, len(in.Facilities))
	for i := range in.Facilities {
		f := &in.Facilities[i]
		if !f.Open {
			continue
		}
		s, why := snap(f.Location)
		if why != "" {
			m.out.Unplaced = append(m.out.Unplaced, Unplaced{What: "facility", ID: f.ID, Count: 1, Reason: why})
			continue
		}
		m.facilities[i] = s
	}
}

func reasonUnplaced(err error, metres float64) string {
	switch {
	case errors.Is(err, routing.ErrOutside):
		return fmt.Sprintf("outside the street map, more than %.0f m from its edge", metres)
	case errors.Is(err, routing.ErrTooFar):
		return fmt.Sprintf("no street within %.0f m", metres)
	}
	return "no position in degrees of longitude and latitude"
}

func (m *measure) supply() {
	in := m.in
	seen := map[string]int{}
	slot := func(service string) *ServiceSupply {
		i, ok := seen[service]
		if !ok {
			i = len(m.out.Supply)
			seen[service] = i
			m.out.Supply = append(m.out.Supply, ServiceSupply{Service: service})
		}
		return &m.out.Supply[i]
	}
	for _, s := range in.Services {
		slot(s)
	}
	for i := range in.Facilities {
		s := slot(in.Facilities[i].Service)
		switch {
		case !in.Facilities[i].Open:
			s.Closed++
		case !m.facilities[i].OK:
			s.Unplaced++
		default:
			s.Open++
		}
	}
	slices.SortFunc(m.out.Supply, func(a, b ServiceSupply) int { return cmp.Compare(a.Service, b.Service) })
	for _, s := range m.out.Supply {
		m.services = append(m.services, s.Service)
	}
}

// count fills the shares by area and service.
func (m *measure) count() {
	in := m.in
	limit := int32(in.Minutes * 60)
	m.out.District = make(map[string]Reached, len(m.services))
	m.out.NearestSeconds = make(map[string]map[string]int, len(m.services))
	m.out.Areas = make([]AreaCoverage, len(in.Areas))
	for i, a := range in.Areas {
		m.out.Areas[i] = AreaCoverage{Code: a.Code, Level: a.Level, Name: a.Name, Services: make(map[string]Reached, len(m.services))}
	}
	for s, service := range m.services {
		cells := make([]Reached, len(in.Areas)+1) // the last is the district
		walks := make([][]int32, len(cells))
		nearest := make(map[string]int, len(in.Residents))
		for t, snap := range m.targets {
			walk := m.walks[s][t]
			reached := snap.OK && walk >= 0 && walk <= limit
			one := func(i int) {
				c := &cells[i]
				if t < len(in.Residents) {
					c.Residents.add(1, snap.OK, reached)
					if walk >= 0 {
						walks[i] = append(walks[i], walk)
					}
					return
				}
				p := &in.Population[t-len(in.Residents)]
				c.People.add(p.People, snap.OK, reached)
				c.Over60.add(p.Over60, snap.OK, reached)
				c.Disabled.add(p.Disabled, snap.OK, reached)
				c.Under18.add(p.Under18, snap.OK, reached)
			}
			for _, a := range m.areasOf[t] {
				one(int(a))
			}
			one(len(in.Areas))
			if t < len(in.Residents) {
				nearest[in.Residents[t].ID] = int(walk)
			}
		}
		for i := range cells {
			cells[i].MedianSeconds = -1
			if w := walks[i]; len(w) > 0 {
				slices.Sort(w)
				cells[i].MedianSeconds = int(w[(len(w)-1)/2])
			}
			if i < len(in.Areas) {
				m.out.Areas[i].Services[service] = cells[i]
			} else {
				m.out.District[service] = cells[i]
			}
		}
		m.out.NearestSeconds[service] = nearest
	}
	slices.SortFunc(m.out.Areas, func(a, b AreaCoverage) int { return cmp.Compare(a.Code, b.Code) })
}
