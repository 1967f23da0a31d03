package shortfall

import (
	"fmt"
	"math"
	"slices"

	"sanse/geo"
)

// Status says how an area stands against a standard.
type Status string

// The states. No data is one of its own: what nobody knows is neither met nor
// missed.
const (
	Met           Status = "met"
	Short         Status = "short"
	NoData        Status = "no_data"
	NotApplicable Status = "not_applicable"
)

// Reasons of rows without figures.
const (
	NobodyCounted    = "nobody_counted"     // no data: no such people are recorded in the whole district
	Nobody           = "nobody"             // not applicable: none of them live here
	BelowLevel       = "below_level"        // not applicable: it is not asked of so small an area
	NoArea           = "no_area"            // not applicable: it has no areas of that level
	CapacityNotKnown = "capacity_not_known" // no data: of no facility is the capacity known
	AreaNotKnown     = "area_not_known"     // no data: of no facility are the rooms known
	NoFacility       = "no_facility"        // not applicable: nothing was built that could stand idle
	NotRecorded      = "not_recorded"       // no data: calls, or visits, are not counted
	NothingDue       = "nothing_due"        // not applicable: no visit fell due
)

// Figures are what a standard comes to. What has no value is nil.
type Figures struct {
	Status Status `json:"status"`
	Reason string `json:"reason,omitempty"` // of NoData and NotApplicable
	// Have, Need and Short are whole numbers of what the measure counts; of Idle
	// Need is the most that may stand idle and Short what is above that.
	Have  *int `json:"have"`
	Need  *int `json:"need"`
	Short *int `json:"short"`
	// Total is what Have is a part of or counted for: the people, areas,
	// households, visits or places.
	Total *int `json:"total"`
	// Share is Have of Total where the target is a percentage, else Have of
	// Need; 0 to 1, above 1 where there is more than needed.
	Share *float64 `json:"share"`
	// Value is what there is in the unit of the target.
	Value *float64 `json:"value"`
	// Unknown counts facilities whose capacity or rooms are not known: Have may
	// be more.
	Unknown int `json:"unknown,omitempty"`
}

// Row is how an area stands against one standard.
type Row struct {
	Standard string  `json:"standard"`
	Name     Text    `json:"name"`
	Measure  Measure `json:"measure"`
	Unit     string  `json:"unit"`
	// Target is the one in force, Aim the last of the steps where it is another.
	Target Target  `json:"target"`
	Aim    *Target `json:"aim,omitempty"`
	Figures
	// Urban and Rural are set where an area has people on both grounds.
	Urban *Figures `json:"urban,omitempty"`
	Rural *Figures `json:"rural,omitempty"`
}

// sums are added up over an area and all below it.
type sums struct{ have, total, count, unknown int64 }

func (s *sums) add(o sums) {
	s.have += o.have
	s.total += o.total
	s.count += o.count
	s.unknown += o.unknown
}

// Table is a set held against a district. It never changes once made: share it
// between goroutines freely.
type Table struct {
	set *Set
	in  *Input
	g   *ground
	by  [][][sides]sums // by standard and area
}

// New holds a set against a district; both are kept and must not change
// afterwards. The set must be valid.
func New(set *Set, in *Input) (*Table, error) {
	if err := in.check(set); err != nil {
		return nil, fmt.Errorf("measure shortfall: %w", err)
	}
	g, err := newGround(in)
	if err != nil {
		return nil, fmt.Errorf("measure shortfall: %w", err)
	}
	t := &Table{set: set, in: in, g: g, by: make([][][sides]sums, len(set.Standards))}
	for i := range set.Standards {
		t.by[i] = t.sum(&set.Standards[i])
	}
	return t, nil
}

// sum adds up what a standard counts, for every area.
func (t *Table) sum(s *Standard) [][sides]sums {
	by := make([][sides]sums, len(t.g.areas))
	only := map[string]side{Urban: urban, Rural: rural}[s.Places]
	put := func(a int32, at side, x sums) {
		if only != all && at != only {
			return
		}
		for ; a >= 0; a = t.g.up[a] {
			by[a][all].add(x)
			if at != all {
				by[a][at].add(x)
			}
		}
	}
	switch s.Measure {
	case Reach:
		t.reached(s, func(a int32, at side, n int, in bool) {
			x := sums{total: int64(n)}
			if in {
				x.have = int64(n)
			}
			put(a, at, x)
		})
	case PerArea:
		t.areasWith(s, func(a int32, has bool) {
			x := sums{total: 1}
			if has {
				x.have = 1
			}
			put(a, t.g.sideOfArea(a), x)
		})
	case PerThousand, AreaPerThousand:
		t.population(s.Whom.Key, put)
		t.facilities(s, func(_ int, f *Facility, a int32) {
			if f.serves() {
				n := f.figure(s.Measure)
				put(a, t.g.sideOfArea(a), sums{have: int64(n), count: 1, unknown: int64(b2i(n == 0))})
			}
		})
	case PerHouseholds:
		for i := range t.in.Spots {
			p := &t.in.Spots[i]
			put(t.g.of(p.Area), sideOf(p.Place), sums{total: int64(p.Households)})
		}
		t.workers(s, func(_ *Visitor, a int32) { put(a, t.g.sideOfArea(a), sums{have: 1}) })
	case Share:
		for i := range t.in.Residents {
			r := &t.in.Residents[i]
			if r.is(s.Whom.Key) {
				put(t.g.of(r.Area), t.sideOfResident(r), sums{have: int64(r.Due - r.Late), total: int64(r.Due)})
			}
		}
	case Idle:
		t.facilities(s, func(_ int, f *Facility, a int32) {
			if f.Status == "planned" {
				return
			}
			x := sums{total: int64(f.Capacity), count: 1, unknown: int64(b2i(f.Capacity == 0))}
			if !f.serves() {
				x.have = int64(f.Capacity)
			}
			put(a, t.g.sideOfArea(a), x)
		})
	}
	return by
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// figure is what of a facility a measure counts.
func (f *Facility) figure(m Measure) int {
	if m == AreaPerThousand {
		return f.AreaM2
	}
	return f.Capacity
}

// reached names every spot and resident of whom a standard speaks, with how
// many they are and whether they have the service in reach.
func (t *Table) reached(s *Standard, each func(a int32, at side, n int, in bool)) {
	t.eachOf(s.Whom.Key, func(target int, a int32, at side, n int) {
		seconds, _ := t.walk(s, target)
		each(a, at, n, seconds >= 0 && int(seconds) <= 60*s.Minutes)
	})
}

// walk is the shortest walk of a target to any of the standard's services, and
// which; -1: none.
func (t *Table) walk(s *Standard, target int) (seconds int32, service string) {
	seconds = -1
	for _, name := range s.Services() {
		if w := t.in.Walks[Walk{name, s.Profile()}][target]; w >= 0 && (seconds < 0 || w < seconds) {
			seconds, service = w, name
		}
	}
	return seconds, service
}

// eachOf names the spots at which people of a key live, or the residents that
// are of it; target counts spots first and then residents.
func (t *Table) eachOf(key string, each func(target int, a int32, at side, n int)) {
	if ofPopulation(key) {
		for i := range t.in.Spots {
			if p := &t.in.Spots[i]; p.of(key) > 0 {
				each(i, t.g.of(p.Area), sideOf(p.Place), p.of(key))
			}
		}
		return
	}
	for i := range t.in.Residents {
		if r := &t.in.Residents[i]; r.is(key) {
			each(len(t.in.Spots)+i, t.g.of(r.Area), t.sideOfResident(r), 1)
		}
	}
}

func (t *Table) sideOfResident(r *Resident) side {
	if r.Place != "" {
		return sideOf(r.Place)
	}
	return t.g.sideOfArea(t.g.of(r.Area))
}

func (t *Table) population(key string, put func(a int32, at side, x sums)) {
	t.eachOf(key, func(_ int, a int32, at side, n int) { put(a, at, sums{total: int64(n)}) })
}

// facilities names those of a standard's services, of all where it names none,
// that lie in an area.
func (t *Table) facilities(s *Standard, each func(i int, f *Facility, a int32)) {
	services := s.Services()
	for i := range t.in.Facilities {
		f := &t.in.Facilities[i]
		if a := t.g.of(f.Area); a >= 0 && (services == nil || slices.Contains(services, f.Service)) {
			each(i, f, a)
		}
	}
}

// workers names the visitors of a resource and the area in which all of their
// scope lies.
func (t *Table) workers(s *Standard, each func(v *Visitor, a int32)) {
	for i := range t.in.Visitors {
		v := &t.in.Visitors[i]
		switch s.Resource {
		case GridWorkers:
			if v.Kind != "grid_worker" || v.Days < s.Days {
				continue
			}
		case SocialWorkers:
			if !slices.Contains(v.Skills, "social_work") {
				continue
			}
		default:
			continue
		}
		if a := t.g.holding(v.Scope); a >= 0 {
			each(v, a)
		}
	}
}

// areasWith names every area of a standard's level, and whether it has what it
// is to have.
func (t *Table) areasWith(s *Standard, each func(a int32, has bool)) {
	level := s.deepest()
	has := make(map[int32]bool)
	if s.Resource != "" {
		t.workers(s, func(_ *Visitor, a int32) { has[t.g.above(a, level)] = true })
	} else {
		t.facilities(s, func(_ int, f *Facility, a int32) {
			if f.serves() {
				has[t.g.above(a, level)] = true
			}
		})
	}
	for i := range t.g.areas {
		if t.g.areas[i].Level == level {
			each(int32(i), has[int32(i)])
		}
	}
}

// Rows are the rows of an area in the order of the set; nil for an area that is
// not there.
func (t *Table) Rows(code string) []Row {
	a := t.g.of(code)
	if a < 0 {
		return nil
	}
	out := make([]Row, len(t.set.Standards))
	for i := range t.set.Standards {
		out[i] = t.row(i, a)
	}
	return out
}

func (t *Table) row(i int, a int32) Row {
	s := &t.set.Standards[i]
	target := s.InForce(t.in.Year)
	row := Row{Standard: s.ID, Name: s.Name, Measure: s.Measure, Unit: target.Unit, Target: target}
	if target.Value != s.Target.Value || target.Year != s.Target.Year {
		aim := s.Target
		row.Aim = &aim
	}
	level := t.g.areas[a].Level
	row.Figures = t.figures(i, a, all, level)
	if n := t.by[i][a]; s.Places == "" && level < geo.LevelGrid && n[urban].total > 0 && n[rural].total > 0 {
		u, r := t.figures(i, a, urban, level), t.figures(i, a, rural, level)
		row.Urban, row.Rural = &u, &r
	}
	return row
}

// figures judges the sums of an area.
func (t *Table) figures(i int, a int32, at side, level geo.Level) Figures {
	s := &t.set.Standards[i]
	if s.Measure == Response {
		return Figures{Status: NoData, Reason: NotRecorded}
	}
	if level > s.deepest() {
		return Figures{Status: NotApplicable, Reason: BelowLevel}
	}
	district := t.by[i][t.root(a)][all]
	return judge(s, s.InForce(t.in.Year).Value, t.by[i][a][at], district, t.in.Counted)
}

// root is the outermost area above an area.
func (t *Table) root(a int32) int32 {
	for t.g.up[a] >= 0 {
		a = t.g.up[a]
	}
	return a
}

// judge turns sums into figures. The district's tell apart what nobody recorded
// from what is not there.
func judge(s *Standard, target float64, n, district sums, counted bool) Figures {
	none := func(status Status, reason string) Figures {
		return Figures{Status: status, Reason: reason, Unknown: int(n.unknown)}
	}
	var need int64
	switch s.Measure {
	case Reach, PerThousand, AreaPerThousand, PerHouseholds:
		switch {
		case district.total == 0:
			return none(NoData, NobodyCounted)
		case n.total == 0:
			return none(NotApplicable, Nobody)
		case s.Measure == PerThousand && n.count > 0 && n.unknown == n.count:
			return none(NoData, CapacityNotKnown)
		case s.Measure == AreaPerThousand && n.count > 0 && n.unknown == n.count:
			return none(NoData, AreaNotKnown)
		}
	case PerArea:
		if n.total == 0 {
			return none(NotApplicable, NoArea)
		}
	case Share:
		if !counted {
			return none(NoData, NotRecorded)
		}
		if n.total == 0 {
			return none(NotApplicable, NothingDue)
		}
	case Idle:
		if n.total == 0 && n.count > 0 {
			return none(NoData, CapacityNotKnown)
		}
		if n.total == 0 {
			return none(NotApplicable, NoFacility)
		}
	}
	per := 100.0
	switch s.Measure {
	case PerThousand, AreaPerThousand:
		per = 1000
	case PerHouseholds:
		per = float64(s.Per)
	}
	exact := float64(n.total) * target / per
	if s.Measure == Idle {
		need = int64(math.Floor(exact + tiny))
	} else {
		need = int64(math.Ceil(exact - tiny))
	}
	short := max(0, need-n.have)
	if s.Measure == Idle {
		short = max(0, n.have-need)
	}
	f := Figures{Status: Met, Have: whole(n.have), Need: whole(need), Short: whole(short), Total: whole(n.total), Unknown: int(n.unknown)}
	if short > 0 {
		f.Status = Short
	}
	of := n.total
	if per != 100 {
		of = need
	}
	if of > 0 {
		share := float64(n.have) / float64(of)
		f.Share = &share
	}
	value := float64(n.have) / float64(n.total) * per
	f.Value = &value
	return f
}

// tiny keeps 90 % of 10 people from being more than 9 of them.
const tiny = 1e-9

func whole(n int64) *int {
	v := int(n)
	return &v
}
