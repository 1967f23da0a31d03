package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"sanse/reports/siting"
)

// sitesPoints are the rows of a file of demands or candidates.
type sitesPoints struct {
	ids  []string
	of   map[string]int
	at   []orb.Point // lon, lat in degrees, or x, y in metres; nil: not known
	flat bool        // x, y

	weight []int64 // of demands
	sites  []siting.Site
	places []string // of candidates, as the file names them
	room   []int64  // capacities of candidates, noRoom where none is given; nil: there is no column
}

// noRoom stands for a capacity that is not given.
const noRoom = -1

// capacities are those of the candidates, in which new sites without one have
// that of the flag; nil: nothing limits any.
func (p *sitesPoints) capacities(flag int64) []int64 {
	if p.room == nil && flag == 0 {
		return nil
	}
	out := make([]int64, len(p.ids))
	for s := range out {
		out[s] = siting.None
		if p.room != nil && p.room[s] != noRoom {
			out[s] = p.room[s]
		} else if flag > 0 && p.sites[s].Status == siting.New {
			out[s] = flag
		}
	}
	return out
}

func (p *sitesPoints) add(id string) {
	p.of[id] = len(p.ids)
	p.ids = append(p.ids, id)
}

// metres is the straight way between two points.
func (p *sitesPoints) metres(a, b orb.Point) float64 {
	if p.flat {
		return math.Hypot(a[0]-b[0], a[1]-b[1])
	}
	return geo.DistanceHaversine(a, b)
}

// maxSitesRows bounds a file of demands or candidates.
const maxSitesRows = 2_000_000

// maxWeight bounds the weight of a demand and the price of a site.
const maxWeight = 1_000_000_000_000

// statusWords are the states of a candidate, as files name them, and all that
// facilityStates has: a file of facilities is one of candidates too.
var statusWords = map[string]siting.Status{
	"": siting.New, "new": siting.New, "candidate": siting.New, "planned": siting.New, "新建": siting.New, "候选": siting.New, "规划": siting.New, "规划中": siting.New, "在建": siting.New, "拟建": siting.New,
	"idle": siting.Idle, "closed": siting.Idle, "闲置": siting.Idle, "停用": siting.Idle, "停业": siting.Idle,
	"kept": siting.Kept, "open": siting.Kept, "stays": siting.Kept, "现有": siting.Kept, "保留": siting.Kept, "开放": siting.Kept, "在用": siting.Kept, "运行": siting.Kept, "运营": siting.Kept, "正常": siting.Kept, "营业": siting.Kept,
}

// readSitesPoints reads demands (with the columns id, weight and a place) or, if
// candidates, candidates (id, status, place, price and where they lie). Without a
// weight every demand counts 1.
func readSitesPoints(in io.Reader, candidates bool) (*sitesPoints, error) {
	t, err := newSitesTable(in)
	if err != nil {
		return nil, err
	}
	c, err := findSitesColumns(t, candidates)
	if err != nil {
		return nil, err
	}
	p := &sitesPoints{of: map[string]int{}, flat: c.x >= 0}
	lines := []int{}
	for {
		more, err := t.next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		if len(p.ids) == maxSitesRows {
			return nil, fmt.Errorf("line %d: at most %d rows are taken", t.line, maxSitesRows)
		}
		id := t.cell(c.id)
		if first, twice := p.of[id]; id == "" || twice {
			if twice {
				t.refuse(c.id, fmt.Sprintf("is on line %d already", lines[first]))
			} else {
				t.refuse(c.id, "is empty")
			}
			continue
		}
		p.add(strings.Clone(id))
		lines = append(lines, t.line)
		p.readPlace(t, c)
		if candidates {
			p.readSite(t, c)
		} else {
			weight := int64(1)
			if c.weight >= 0 {
				weight, _ = t.whole(c.weight, maxWeight)
			}
			p.weight = append(p.weight, weight)
		}
	}
	if err := t.bad.err(); err != nil {
		return nil, err
	}
	if len(p.ids) == 0 {
		return nil, fmt.Errorf("there is a header but no row")
	}
	return p, nil
}

// sitesColumns are where the columns stand; −1: there is none.
type sitesColumns struct {
	id, weight, x, y, lon, lat, status, place, price, room int
}

func findSitesColumns(t *sitesTable, candidates bool) (c sitesColumns, err error) {
	if c.id, err = t.needed(sitesID); err != nil {
		return c, err
	}
	for _, f := range []struct {
		at    *int
		names sitesColumn
		want  bool
	}{
		{&c.weight, sitesWeight, !candidates},
		{&c.x, sitesX, true},
		{&c.y, sitesY, true},
		{&c.lon, sitesLon, true},
		{&c.lat, sitesLat, true},
		{&c.status, sitesStatus, candidates},
		{&c.place, sitesPlace, candidates},
		{&c.price, sitesPrice, candidates},
		{&c.room, sitesCapacity, candidates},
	} {
		if *f.at = -1; f.want {
			if *f.at, err = t.column(f.names); err != nil {
				return c, err
			}
		}
	}
	switch {
	case (c.x < 0) != (c.y < 0):
		return c, fmt.Errorf("line 1: of the columns x and y there is only one")
	case (c.lon < 0) != (c.lat < 0):
		return c, fmt.Errorf("line 1: of the columns lon and lat there is only one")
	case c.lon >= 0:
		c.x, c.y = -1, -1 // degrees are known to everybody
	}
	return c, nil
}

func (p *sitesPoints) readPlace(t *sitesTable, c sitesColumns) {
	var at orb.Point
	for axis, column := range [2]int{max(c.x, c.lon), max(c.y, c.lat)} {
		if column < 0 {
			return
		}
		v, why := parseDegrees(t.cell(column))
		if why != "" {
			t.refuse(column, why)
		}
		at[axis] = v
	}
	if c.lon >= 0 {
		if why := notOnEarth(at); why != "" {
			t.refuse(c.lon, why)
		}
	}
	p.at = append(p.at, at)
}

func (p *sitesPoints) readSite(t *sitesTable, c sitesColumns) {
	var s siting.Site
	if c.status >= 0 {
		status, known := statusWords[strings.ToLower(t.cell(c.status))]
		if !known {
			t.refuse(c.status, "is no status: want new (新建), idle (闲置) or kept (现有)")
		}
		s.Status = status
	}
	if c.price >= 0 && t.cell(c.price) != "" {
		s.Price, _ = t.whole(c.price, maxWeight)
	}
	if c.room >= 0 {
		room := int64(noRoom)
		if t.cell(c.room) != "" {
			room, _ = t.whole(c.room, maxWeight)
		}
		p.room = append(p.room, room)
	}
	place := ""
	if c.place >= 0 {
		place = strings.Clone(t.cell(c.place))
	}
	p.sites, p.places = append(p.sites, s), append(p.places, place)
}

// numberPlaces gives sites of one place the same number. A new site without a
// place joins the nearest idle one within some metres.
func (p *sitesPoints) numberPlaces(beside float64) {
	number := map[string]int32{}
	next := func() int32 { return int32(len(number) + 1) }
	for s, name := range p.places {
		if name != "" {
			if number[name] == 0 {
				number[name] = next()
			}
			p.sites[s].Place = number[name]
		}
	}
	if beside <= 0 || p.at == nil {
		return
	}
	for s := range p.sites {
		if p.sites[s].Status != siting.New || p.sites[s].Place != 0 {
			continue
		}
		near, best := -1, beside
		for i := range p.sites {
			if p.sites[i].Status == siting.Idle {
				if m := p.metres(p.at[s], p.at[i]); m < best || m == best && near < 0 {
					near, best = i, m
				}
			}
		}
		if near < 0 {
			continue
		}
		if p.sites[near].Place == 0 {
			name := "beside " + p.ids[near] + "\x00" // as no file names a place
			number[name] = next()
			p.sites[near].Place = number[name]
		}
		p.sites[s].Place = p.sites[near].Place
	}
}

// readSitesMatrix reads ways: a list with the columns demand, candidate and cost.
// Without candidates, those that it names are the candidates, in their order.
func readSitesMatrix(in io.Reader, demand, candidates *sitesPoints) (*sitesPoints, siting.Ways, error) {
	var ways siting.Ways
	t, err := newSitesTable(in)
	if err != nil {
		return nil, ways, err
	}
	var column [3]int
	for i, names := range []sitesColumn{sitesDemand, sitesCandidate, sitesCost} {
		if column[i], err = t.needed(names); err != nil {
			return nil, ways, err
		}
	}
	named := candidates != nil
	if !named {
		candidates = &sitesPoints{of: map[string]int{}}
	}
	type way struct{ site, cost int32 }
	of := make([][]way, len(demand.ids))
	seen := map[[2]int]int{}
	for {
		more, err := t.next()
		if err != nil {
			return nil, ways, err
		}
		if !more {
			break
		}
		d, known := demand.of[t.cell(column[0])]
		if !known {
			t.refuse(column[0], "is no demand")
			continue
		}
		s, known := candidates.of[t.cell(column[1])]
		if !known {
			if named || t.cell(column[1]) == "" {
				t.refuse(column[1], "is no candidate")
				continue
			}
			s = len(candidates.ids)
			candidates.add(strings.Clone(t.cell(column[1])))
			candidates.sites = append(candidates.sites, siting.Site{})
		}
		if first, twice := seen[[2]int{d, s}]; twice {
			t.refuse(column[1], fmt.Sprintf("has its way on line %d already", first))
			continue
		}
		seen[[2]int{d, s}] = t.line
		if cost, ok := t.rounded(column[2], maxSitesCost); ok {
			of[d] = append(of[d], way{int32(s), int32(cost)})
		}
	}
	if err := t.bad.err(); err != nil {
		return nil, ways, err
	}
	if len(seen) == 0 {
		return nil, ways, fmt.Errorf("there is a header but no row")
	}
	ways.First = []int{0}
	for _, list := range of {
		for _, w := range list {
			ways.Site, ways.Cost = append(ways.Site, w.site), append(ways.Cost, w.cost)
		}
		ways.First = append(ways.First, len(ways.Site))
	}
	return candidates, ways, nil
}

// maxSitesCost is the largest cost of a way.
const maxSitesCost = math.MaxInt32/2 - 1

// maxSitesTable bounds a table of ways.
const maxSitesTable = 100_000_000

// readSitesBinary reads the table that `sanse streets table` writes: rows of
// demands, columns of candidates.
func readSitesBinary(in io.Reader, demand, candidates *sitesPoints) (siting.Ways, error) {
	n := len(demand.ids) * len(candidates.ids)
	var ways siting.Ways
	if n > maxSitesTable {
		return ways, fmt.Errorf("%d demands × %d candidates are more than %d ways", len(demand.ids), len(candidates.ids), maxSitesTable)
	}
	raw, err := io.ReadAll(io.LimitReader(in, int64(4*n)+1))
	if err != nil {
		return ways, fmt.Errorf("read table: %w", err)
	}
	if len(raw) != 4*n {
		return ways, fmt.Errorf("a table of %d demands × %d candidates has %d bytes, the file has %s", len(demand.ids), len(candidates.ids), 4*n, sizeWord(len(raw), 4*n))
	}
	ways.Table = make([]int32, n)
	for i := range ways.Table {
		v := int32(uint32(raw[4*i]) | uint32(raw[4*i+1])<<8 | uint32(raw[4*i+2])<<16 | uint32(raw[4*i+3])<<24)
		if v < -1 || v > maxSitesCost {
			return ways, fmt.Errorf("row %d, column %d: the way costs %d", i/len(candidates.ids)+1, i%len(candidates.ids)+1, v)
		}
		ways.Table[i] = v
	}
	return ways, nil
}

func sizeWord(have, want int) string {
	if have > want {
		return "more"
	}
	return fmt.Sprint(have)
}

// straightWays are the straight distances in metres, rounded up: all of them, or
// with a radius above 0 those within it.
func straightWays(demand, candidates *sitesPoints, radius int32) (siting.Ways, error) {
	var ways siting.Ways
	switch {
	case demand.at == nil || candidates.at == nil:
		return ways, fmt.Errorf("without --matrix, demands and candidates need the columns lon and lat, or x and y")
	case demand.flat != candidates.flat:
		return ways, fmt.Errorf("demands and candidates are not in the same system: one has lon and lat, the other x and y")
	}
	if n := len(demand.ids) * len(candidates.ids); radius <= 0 && n > maxSitesTable {
		return ways, fmt.Errorf("%d demands × %d candidates are more than %d ways: give --matrix with those that matter", len(demand.ids), len(candidates.ids), maxSitesTable)
	}
	if radius <= 0 {
		for _, d := range demand.at {
			for _, c := range candidates.at {
				ways.Table = append(ways.Table, int32(min(math.Ceil(demand.metres(d, c)), maxSitesCost)))
			}
		}
		return ways, nil
	}
	// Candidates by their second axis, of which a metre is the same everywhere.
	order := make([]int32, len(candidates.at))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch x, y := candidates.at[a][1], candidates.at[b][1]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return int(a - b)
	})
	reach := float64(radius)
	if !demand.flat {
		reach = float64(radius) / 110_000 // degrees; a degree is 110.6 km at least
	}
	ways.First = []int{0}
	for _, d := range demand.at {
		from, _ := slices.BinarySearchFunc(order, d[1]-reach, func(s int32, v float64) int {
			if candidates.at[s][1] < v {
				return -1
			}
			return 1
		})
		for _, s := range order[from:] {
			c := candidates.at[s]
			if c[1] > d[1]+reach {
				break
			}
			if demand.flat && math.Abs(c[0]-d[0]) > reach {
				continue
			}
			if m := math.Ceil(demand.metres(d, c)); m <= float64(radius) {
				ways.Site, ways.Cost = append(ways.Site, s), append(ways.Cost, int32(m))
			}
		}
		ways.First = append(ways.First, len(ways.Site))
	}
	return ways, nil
}
