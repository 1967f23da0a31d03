package reports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"sanse/planner"
	"sanse/reports/reach"
)

// CoverageInput says what a coverage is counted from.
type CoverageInput struct {
	// Index is who reaches what: its demand is the population, then the
	// residents. It walks at the pace of those who are to be served, the elderly
	// profile of 1.0 m/s as a rule.
	Index *reach.Index

	Population []CoveragePopulation
	Residents  []CoverageResident
	Names      []string // of the index's facilities; nil: none are known
	Areas      []planner.Area

	Minutes        int // in reach is who walks no longer than this; 15
	CellResolution int // H3 resolution of times; 10
}

// CoverageResident is an enrolled resident.
type CoverageResident struct {
	ID   string
	Area string // code of the deepest area known; it counts in all above
}

// CoveragePopulation is so many people in one place, a building or a cell.
type CoveragePopulation struct {
	Area     string
	People   int
	Over60   int
	Under18  int
	Disabled int
}

func (in *CoverageInput) defaults() {
	if in.Minutes == 0 {
		in.Minutes = 15
	}
	if in.CellResolution == 0 {
		in.CellResolution = 10
	}
}

func (in *CoverageInput) check() error {
	if in.Index == nil {
		return errors.New("nobody's reach is given")
	}
	if want := len(in.Population) + len(in.Residents); in.Index.Demand() != want {
		return fmt.Errorf("the reach is of %d places, not of %d", in.Index.Demand(), want)
	}
	if in.Names != nil && len(in.Names) != len(in.Index.Facilities()) {
		return fmt.Errorf("%d names of %d facilities", len(in.Names), len(in.Index.Facilities()))
	}
	if bound := in.Index.Options().Seconds; in.Minutes < 0 || in.Minutes*60 > bound {
		return fmt.Errorf("%d minutes: want 0 to %d, which is how far was looked", in.Minutes, bound/60)
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

// CoverageOf counts who is within a walk of which service, by area, with the
// circles and cells that go with it. What a walk is and who counts is said in
// package reach (docs/reach.md). Residents, people and facilities without a
// street are never guessed at: they are listed in Unplaced, and Count says how
// they are counted.
func CoverageOf(ctx context.Context, in CoverageInput) (*Coverage, error) {
	in.defaults()
	if err := in.check(); err != nil {
		return nil, fmt.Errorf("count coverage: %w", err)
	}
	c := &Coverage{Minutes: in.Minutes, MetresPerSecond: in.Index.Engine().Profile().MetresPerSecond}
	c.Unplaced, c.Supply = in.unplaced(), in.supply()
	in.count(c)
	if err := in.circles(ctx, c); err != nil {
		return nil, fmt.Errorf("count coverage: %w", err)
	}
	return c, nil
}

// unplaced lists residents first, then the population, then facilities.
func (in *CoverageInput) unplaced() []Unplaced {
	var people, residents, facilities []Unplaced
	for _, u := range in.Index.Unplaced() {
		out := Unplaced{Count: 1, Reason: u.Reason.Text(in.Index.Options().MaxMetres)}
		switch {
		case u.Facility:
			out.What, out.ID = "facility", in.Index.Facilities()[u.Index].ID
			facilities = append(facilities, out)
		case u.Index < len(in.Population):
			out.What, out.ID, out.Count = "population", strconv.Itoa(u.Index), in.Population[u.Index].People
			people = append(people, out)
		default:
			out.What, out.ID = "resident", in.Residents[u.Index-len(in.Population)].ID
			residents = append(residents, out)
		}
	}
	return slices.Concat(residents, people, facilities)
}

func (in *CoverageInput) supply() []ServiceSupply {
	var out []ServiceSupply
	place := map[string]int{}
	for i, s := range in.Index.Services() {
		place[s] = i
		out = append(out, ServiceSupply{Service: s})
	}
	for i, f := range in.Index.Facilities() {
		s := &out[place[f.Service]]
		switch in.Index.Why(i) {
		case "":
			s.Open++
		case reach.NotOpen, reach.ClosedAllWeek, reach.ClosedThen:
			s.Closed++
		default:
			s.Unplaced++
		}
	}
	return out
}

// areasOf lists, by demand, the indices of the areas that it is in.
func (in *CoverageInput) areasOf() [][]int32 {
	lengths := map[int]bool{}
	index := make(map[string]int32, len(in.Areas))
	for i, a := range in.Areas {
		index[a.Code] = int32(i)
		lengths[len(a.Code)] = true
	}
	byCode := map[string][]int32{}
	areas := func(code string) []int32 {
		out, ok := byCode[code]
		if !ok {
			for n := range lengths {
				if n <= len(code) {
					if i, ok := index[code[:n]]; ok {
						out = append(out, i)
					}
				}
			}
			byCode[code] = out
		}
		return out
	}
	out := make([][]int32, 0, in.Index.Demand())
	for i := range in.Population {
		out = append(out, areas(in.Population[i].Area))
	}
	for i := range in.Residents {
		out = append(out, areas(in.Residents[i].Area))
	}
	return out
}

// count fills the shares by area and service.
func (in *CoverageInput) count(c *Coverage) {
	services := in.Index.Services()
	c.District = make(map[string]Reached, len(services))
	c.NearestSeconds = make(map[string]map[string]int, len(services))
	c.Areas = make([]AreaCoverage, len(in.Areas))
	for i, a := range in.Areas {
		c.Areas[i] = AreaCoverage{Code: a.Code, Level: a.Level, Name: a.Name, Services: make(map[string]Reached, len(services))}
	}
	areasOf := in.areasOf()
	for _, service := range services {
		rows := in.countOne(service, areasOf)
		for i := range in.Areas {
			c.Areas[i].Services[service] = rows[i]
		}
		c.District[service] = rows[len(in.Areas)]
		nearest := make(map[string]int, len(in.Residents))
		for i, s := range in.Index.Seconds(service)[len(in.Population):] {
			nearest[in.Residents[i].ID] = max(-1, int(s))
		}
		c.NearestSeconds[service] = nearest
	}
	slices.SortFunc(c.Areas, func(a, b AreaCoverage) int { return cmp.Compare(a.Code, b.Code) })
}

// countOne counts for one service, by area; the last is the district.
func (in *CoverageInput) countOne(service string, areasOf [][]int32) []Reached {
	limit := int32(in.Minutes * 60)
	rows := make([]Reached, len(in.Areas)+1)
	walks := make([][]int32, len(rows))
	for t, walk := range in.Index.Seconds(service) {
		placed, reached := walk != reach.OffStreet, walk >= 0 && walk <= limit
		one := func(i int) {
			r := &rows[i]
			if t >= len(in.Population) {
				r.Residents.add(1, placed, reached)
				if walk >= 0 {
					walks[i] = append(walks[i], walk)
				}
				return
			}
			p := &in.Population[t]
			r.People.add(p.People, placed, reached)
			r.Over60.add(p.Over60, placed, reached)
			r.Disabled.add(p.Disabled, placed, reached)
			r.Under18.add(p.Under18, placed, reached)
		}
		for _, a := range areasOf[t] {
			one(int(a))
		}
		one(len(in.Areas))
	}
	for i := range rows {
		rows[i].MedianSeconds = -1
		if w := walks[i]; len(w) > 0 {
			slices.Sort(w)
			rows[i].MedianSeconds = int(w[(len(w)-1)/2])
		}
	}
	return rows
}

// circles draws the circle of every facility that counts and, for each service,
// the walk into every cell.
func (in *CoverageInput) circles(ctx context.Context, c *Coverage) error {
	var serving []int32
	for _, service := range in.Index.Services() {
		serving = append(serving, in.Index.Serving(service)...)
	}
	c.Circles = make([]Circle, len(serving))
	eg, gctx := errgroup.WithContext(ctx)
	eg.SetLimit(in.Index.Options().Threads)
	for k, f := range serving {
		eg.Go(func() (err error) {
			if c.Circles[k], err = in.circle(gctx, int(f)); err != nil {
				return fmt.Errorf("draw circle of facility %s: %w", in.Index.Facilities()[f].ID, err)
			}
			return nil
		})
	}
	cells := make([][]CellTime, len(in.Index.Services()))
	for s, service := range in.Index.Services() {
		eg.Go(func() error {
			found, err := in.Index.Cells(gctx, service, in.CellResolution, in.Minutes*60)
			for _, t := range found {
				cells[s] = append(cells[s], CellTime{Cell: t.Cell, Seconds: int(t.Seconds)})
			}
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		return err
	}
	slices.SortFunc(c.Circles, func(a, b Circle) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Facility, b.Facility))
	})
	c.Cells = make(map[string][]CellTime, len(cells))
	for s, service := range in.Index.Services() {
		c.Cells[service] = cells[s]
	}
	return nil
}

// circle draws one circle and counts who lives in it, door by door.
func (in *CoverageInput) circle(ctx context.Context, facility int) (Circle, error) {
	f := &in.Index.Facilities()[facility]
	k := Circle{Facility: f.ID, Service: f.Service, Location: f.Location}
	if in.Names != nil {
		k.Name = in.Names[facility]
	}
	bands, err := in.Index.Circle(ctx, facility, []int{in.Minutes})
	if err != nil {
		return k, err
	}
	k.Polygon, k.AreaKM2 = bands[0].Outline, bands[0].AreaKM2
	demand, _, err := in.Index.From(ctx, facility, in.Minutes*60)
	if err != nil {
		return k, err
	}
	for _, d := range demand {
		if int(d) >= len(in.Population) {
			k.Residents++
			continue
		}
		p := &in.Population[d]
		k.People += p.People
		k.Over60 += p.Over60
	}
	return k, nil
}
