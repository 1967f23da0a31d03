package files

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"sanse/geo"
)

// Comparison is what differs between two divisions into grids.
type Comparison struct {
	// Units are those in both; Moved of them are in another grid. Of areas both
	// are 0.
	Units int `json:"units,omitempty"`
	Moved int `json:"moved,omitempty"`
	// OnlyA and OnlyB are units that one assignment alone names.
	OnlyA   []string      `json:"only_a,omitempty"`
	OnlyB   []string      `json:"only_b,omitempty"`
	Created []string      `json:"created"` // grids of B that A has not
	Retired []string      `json:"retired"` // grids of A that B has not
	Moves   []Move        `json:"moves"`
	Zones   []ZoneCompare `json:"zones"` // all grids, by name
}

// Move is what goes from one grid to another; a grid "" is none.
type Move struct {
	From    string           `json:"from"`
	To      string           `json:"to"`
	Units   int              `json:"units,omitempty"`
	AreaM2  float64          `json:"area_m2,omitempty"`
	Weights map[string]int64 `json:"weights,omitempty"`
}

// ZoneCompare is one grid before and after; nil where it is not there.
type ZoneCompare struct {
	Zone   string    `json:"zone"`
	Before *ZoneHave `json:"before,omitempty"`
	After  *ZoneHave `json:"after,omitempty"`
}

// ZoneHave is what a grid has.
type ZoneHave struct {
	Units   int              `json:"units,omitempty"`
	AreaM2  float64          `json:"area_m2,omitempty"`
	Weights map[string]int64 `json:"weights,omitempty"`
}

// CompareAssignments tells who moves from A to B. Areas and weights are those of
// u, which may be nil; a unit that one of the two alone names, and no unit of u,
// does not move.
func CompareAssignments(a, b *Assignment, u *Units) *Comparison {
	c := newComparison()
	var at map[string]int32
	if u != nil {
		at = u.index()
	}
	before := zonesByUnit(a)
	after := zonesByUnit(b)
	moves := map[[2]string]*Move{}
	for i, id := range a.IDs {
		to, both := after[id]
		c.put(u, at, id, a.Zones[i], false)
		if !both {
			c.out.OnlyA = append(c.out.OnlyA, id)
			continue
		}
		c.out.Units++
		from := a.Zones[i]
		if from == to {
			continue
		}
		c.out.Moved++
		m := moves[[2]string{from, to}]
		if m == nil {
			m = &Move{From: from, To: to}
			moves[[2]string{from, to}] = m
		}
		m.Units++
		weigh(u, at, id, &m.AreaM2, &m.Weights)
	}
	for i, id := range b.IDs {
		c.put(u, at, id, b.Zones[i], true)
		if _, both := before[id]; !both {
			c.out.OnlyB = append(c.out.OnlyB, id)
		}
	}
	for _, m := range moves {
		m.AreaM2 = tenth(m.AreaM2)
		c.out.Moves = append(c.out.Moves, *m)
	}
	return c.done()
}

func zonesByUnit(a *Assignment) map[string]string {
	of := make(map[string]string, len(a.IDs))
	for i, id := range a.IDs {
		of[id] = a.Zones[i]
	}
	return of
}

// comparing gathers a Comparison.
type comparing struct {
	out   *Comparison
	zones map[string]*ZoneCompare
}

func newComparison() *comparing {
	return &comparing{&Comparison{Created: []string{}, Retired: []string{}, Moves: []Move{}, Zones: []ZoneCompare{}}, map[string]*ZoneCompare{}}
}

// have is where a grid's side of the comparison is kept.
func (c *comparing) have(zone string, after bool) *ZoneHave {
	z := c.zones[zone]
	if z == nil {
		z = &ZoneCompare{Zone: zone}
		c.zones[zone] = z
	}
	side := &z.Before
	if after {
		side = &z.After
	}
	if *side == nil {
		*side = &ZoneHave{}
	}
	return *side
}

// put adds a unit to its grid.
func (c *comparing) put(u *Units, at map[string]int32, id, zone string, after bool) {
	if zone == "" {
		return
	}
	h := c.have(zone, after)
	h.Units++
	weigh(u, at, id, &h.AreaM2, &h.Weights)
}

// weigh adds the area and the weights of a unit, where they are known.
func weigh(u *Units, at map[string]int32, id string, m2 *float64, weights *map[string]int64) {
	i, known := at[id]
	if !known {
		return
	}
	if u.Graph.Area != nil {
		*m2 += u.Graph.Area[i]
	}
	for _, w := range u.Weights {
		if *weights == nil {
			*weights = map[string]int64{}
		}
		(*weights)[w.Name] += w.Of[i]
	}
}

// tenth keeps square metres readable.
func tenth(m2 float64) float64 { return math.Round(m2*10) / 10 }

// done sorts what was gathered.
func (c *comparing) done() *Comparison {
	for zone, z := range c.zones {
		switch {
		case z.Before == nil:
			c.out.Created = append(c.out.Created, zone)
		case z.After == nil:
			c.out.Retired = append(c.out.Retired, zone)
		}
		for _, h := range []*ZoneHave{z.Before, z.After} {
			if h != nil {
				h.AreaM2 = tenth(h.AreaM2)
			}
		}
		c.out.Zones = append(c.out.Zones, *z)
	}
	slices.Sort(c.out.Created)
	slices.Sort(c.out.Retired)
	slices.SortFunc(c.out.Zones, func(a, b ZoneCompare) int { return strings.Compare(a.Zone, b.Zone) })
	slices.SortFunc(c.out.Moves, func(a, b Move) int {
		if d := strings.Compare(a.From, b.From); d != 0 {
			return d
		}
		return strings.Compare(a.To, b.To)
	})
	return c.out
}

// CompareShapes tells which ground goes from an area of a to another of b, and
// what each area has before and after. Hairlines (geo.SliverM2, geo.SliverWidthM)
// are let pass. Ground that only one of the two has goes from or to "".
func CompareShapes(a, b *Units) (*Comparison, error) {
	c := newComparison()
	for i, id := range a.IDs {
		*c.have(id, false) = haveOf(a, i)
	}
	for i, id := range b.IDs {
		*c.have(id, true) = haveOf(b, i)
	}
	for _, way := range []struct {
		from, to *Units
		back     bool
	}{{a, b, false}, {b, a, true}} {
		if err := c.ground(way.from, way.to, way.back); err != nil {
			return nil, err
		}
	}
	return c.done(), nil
}

func haveOf(u *Units, i int) ZoneHave {
	h := ZoneHave{AreaM2: geo.AreaM2(u.Shapes[i])}
	for _, w := range u.Weights {
		if h.Weights == nil {
			h.Weights = map[string]int64{}
		}
		h.Weights[w.Name] = w.Of[i]
	}
	return h
}

// ground finds where the ground of each area goes; on the way back only what
// was in no area before is told.
func (c *comparing) ground(from, to *Units, back bool) error {
	var boxes rtree.RTreeG[int]
	at := to.index()
	for j, shape := range to.Shapes {
		box := shape.Bound()
		boxes.Insert(box.Min, box.Max, j)
	}
	for i, shape := range from.Shapes {
		if j, ok := at[from.IDs[i]]; ok && orb.Equal(shape, to.Shapes[j]) {
			continue // nothing of it moves
		}
		var near []int
		box := shape.Bound()
		boxes.Search(box.Min, box.Max, func(_, _ [2]float64, j int) bool {
			near = append(near, j)
			return true
		})
		slices.Sort(near)
		rest := shape
		for _, j := range near {
			if !back && to.IDs[j] != from.IDs[i] {
				common, err := geo.Intersection(shape, to.Shapes[j])
				if err != nil {
					return fmt.Errorf("compare areas %q and %q: %w", short(from.IDs[i]), short(to.IDs[j]), err)
				}
				c.moved(from.IDs[i], to.IDs[j], common)
			}
			if len(rest) == 0 {
				continue
			}
			left, err := geo.Difference(rest, to.Shapes[j])
			if err != nil {
				return fmt.Errorf("compare areas %q and %q: %w", short(from.IDs[i]), short(to.IDs[j]), err)
			}
			rest = left
		}
		if back {
			c.moved("", from.IDs[i], rest)
		} else {
			c.moved(from.IDs[i], "", rest)
		}
	}
	return nil
}

// moved adds ground that goes from one area to another.
func (c *comparing) moved(from, to string, ground orb.MultiPolygon) {
	var m2 float64
	for _, poly := range ground {
		piece := geo.AreaM2(orb.MultiPolygon{poly})
		var around float64
		for _, ring := range poly {
			around += geo.Length(orb.LineString(ring))
		}
		if piece > geo.SliverM2 && 2*piece > geo.SliverWidthM*around {
			m2 += piece
		}
	}
	if m2 > 0 {
		c.out.Moves = append(c.out.Moves, Move{From: from, To: to, AreaM2: tenth(m2)})
	}
}
