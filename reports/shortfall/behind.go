package shortfall

import (
	"fmt"
	"slices"
	"strings"
)

// Kinds of what stands behind a figure.
const (
	BehindPeople     = "people"     // spots and residents that go without
	BehindFacilities = "facilities" // the places that the figure is about
	BehindAreas      = "areas"      // the areas below that are short, or lack what each is to have
)

// Behind is one entry behind a figure.
type Behind struct {
	// Kind is spot, resident, facility or area; ID that of the building,
	// resident, facility or area, empty for a cell.
	Kind string
	ID   string
	// Index is the place in Input.Spots, Residents, Facilities or Areas.
	Index int
	Area  string // where it lies
	// Count is how many people go without at a spot, visits that were late, the
	// capacity or square metres of a facility, or what an area is short of.
	Count   int
	Seconds int // the walk to the nearest of the services; -1: none, or not about walks
	Note    string
}

// Notes of entries.
const (
	NoWay         = "no_way"         // no open place of the service within the hour, or no street near
	TooFar        = "too_far"        // there is one, beyond the minutes
	Late          = "late"           // visits that were not made in time
	Lacks         = "lacks"          // an area without what each is to have
	IsShort       = "short"          // an area that is short
	Open          = "open"           // a facility that counts
	NotOpen       = "not_open"       // idle, planned or closed all week: does not count
	FigureUnknown = "figure_unknown" // open, but what it is counted by is not known
)

// Behind lists what stands behind the figure of a standard in an area: people
// the farthest first, all else by id or code.
func (t *Table) Behind(standard, area, what string) ([]Behind, error) {
	a := t.g.of(area)
	if a < 0 {
		return nil, fmt.Errorf("there is no area %q", area)
	}
	i := slices.IndexFunc(t.set.Standards, func(s Standard) bool { return s.ID == standard })
	if i < 0 {
		return nil, fmt.Errorf("there is no standard %q", standard)
	}
	switch what {
	case BehindPeople:
		return t.peopleBehind(&t.set.Standards[i], area), nil
	case BehindFacilities:
		return t.facilitiesBehind(&t.set.Standards[i], area), nil
	case BehindAreas:
		return t.areasBehind(i, a), nil
	}
	return nil, fmt.Errorf("%q stands behind nothing: want people, facilities or areas", what)
}

func (t *Table) peopleBehind(s *Standard, area string) []Behind {
	var out []Behind
	switch s.Measure {
	case Reach:
		t.eachOf(s.Whom.Key, func(target int, a int32, at side, n int) {
			if !t.within(s, a, at, area) {
				return
			}
			seconds, _ := t.walk(s, target)
			if seconds >= 0 && int(seconds) <= 60*s.Minutes {
				return
			}
			b := Behind{Kind: "spot", Index: target, Area: t.g.areas[a].Code, Count: n, Seconds: int(seconds), Note: TooFar}
			if seconds < 0 {
				b.Seconds, b.Note = -1, NoWay
			}
			if r := target - len(t.in.Spots); r >= 0 {
				b.Kind, b.Index, b.ID = "resident", r, t.in.Residents[r].ID
			} else {
				b.ID = t.in.Spots[target].Building
			}
			out = append(out, b)
		})
	case Share:
		for i := range t.in.Residents {
			r := &t.in.Residents[i]
			if a := t.g.of(r.Area); r.Late > 0 && r.is(s.Whom.Key) && t.within(s, a, t.sideOfResident(r), area) {
				out = append(out, Behind{Kind: "resident", ID: r.ID, Index: i, Area: r.Area, Count: r.Late, Seconds: -1, Note: Late})
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Behind) int {
		far := func(b Behind) int {
			if b.Seconds < 0 {
				return 1 << 30
			}
			return b.Seconds
		}
		if d := far(y) - far(x); d != 0 {
			return d
		}
		return strings.Compare(x.ID, y.ID)
	})
	return out
}

// within tells whether something in an area, on a ground, counts for a standard
// in the area asked for.
func (t *Table) within(s *Standard, a int32, at side, area string) bool {
	if a < 0 || !strings.HasPrefix(t.g.areas[a].Code, area) {
		return false
	}
	return s.Places == "" || s.Places == Urban && at == urban || s.Places == Rural && at == rural
}

func (t *Table) facilitiesBehind(s *Standard, area string) []Behind {
	var out []Behind
	if s.Resource != "" {
		return nil
	}
	t.facilities(s, func(i int, f *Facility, a int32) {
		if !t.within(s, a, t.g.sideOfArea(a), area) || s.Measure == Idle && f.Status == "planned" {
			return
		}
		b := Behind{Kind: "facility", ID: f.ID, Index: i, Area: f.Area, Count: f.figure(s.Measure), Seconds: -1, Note: Open}
		switch {
		case !f.serves():
			b.Note = NotOpen
		case b.Count == 0 && (s.Measure == PerThousand || s.Measure == AreaPerThousand || s.Measure == Idle):
			b.Note = FigureUnknown
		}
		out = append(out, b)
	})
	slices.SortFunc(out, func(x, y Behind) int { return strings.Compare(x.ID, y.ID) })
	return out
}

func (t *Table) areasBehind(i int, a int32) []Behind {
	s := &t.set.Standards[i]
	var out []Behind
	area := t.g.areas[a].Code
	if s.Measure == PerArea {
		t.areasWith(s, func(b int32, has bool) {
			if !has && t.within(s, b, t.g.sideOfArea(b), area) {
				out = append(out, Behind{Kind: "area", ID: t.g.areas[b].Code, Index: int(b), Area: t.g.areas[b].Code, Count: 1, Seconds: -1, Note: Lacks})
			}
		})
	} else {
		for b := range t.g.areas {
			if t.g.areas[b].Parent != area {
				continue
			}
			if f := t.figures(i, int32(b), all, t.g.areas[b].Level); f.Status == Short {
				out = append(out, Behind{Kind: "area", ID: t.g.areas[b].Code, Index: b, Area: t.g.areas[b].Code, Count: *f.Short, Seconds: -1, Note: IsShort})
			}
		}
	}
	slices.SortFunc(out, func(x, y Behind) int { return strings.Compare(x.ID, y.ID) })
	return out
}
