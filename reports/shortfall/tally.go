package shortfall

import (
	"slices"
	"strings"
)

// Uncovered are the enrolled residents of an area who have no open place of a
// service within the promised walk, those off the streets included.
type Uncovered struct {
	Total   int            `json:"total"`
	ByGrade map[string]int `json:"by_grade"`
	ByKind  map[string]int `json:"by_kind"` // one may be of several kinds
}

// Unmatched are the needs of an area for one service that nobody meets: missing
// capacity, where the reason is that all who could are full.
type Unmatched struct {
	Total    int            `json:"total"`
	ByReason map[string]int `json:"by_reason"` // by the code of the reason
}

// Uncovered counts them for each of Input.Services.
func (t *Table) Uncovered(area string) map[string]Uncovered {
	out := make(map[string]Uncovered, len(t.in.Services))
	for _, service := range t.in.Services {
		u := Uncovered{ByGrade: map[string]int{}, ByKind: map[string]int{}}
		for i := range t.in.Residents {
			r := &t.in.Residents[i]
			if t.under(t.g.of(r.Area), area) && !t.covered(service, len(t.in.Spots)+i) {
				u.Total++
				u.ByGrade[r.Grade]++
				for _, k := range r.Kinds {
					u.ByKind[k]++
				}
			}
		}
		out[service] = u
	}
	return out
}

func (t *Table) covered(service string, target int) bool {
	seconds := t.in.Walks[Walk{service, t.in.Pace}][target]
	return seconds >= 0 && int(seconds) <= t.in.Promise
}

// Team says how many residents have one visitor of each kind around them (五包一)
// and how many lack one of which kind.
type Team struct {
	Residents int            `json:"residents"`
	Complete  int            `json:"complete"`
	Lacking   map[string]int `json:"lacking"` // by kind of visitor; one may lack several
}

// Team counts the teams of an area.
func (t *Table) Team(area string) Team {
	out := Team{Lacking: map[string]int{}}
	for i := range t.in.Residents {
		r := &t.in.Residents[i]
		if !t.under(t.g.of(r.Area), area) {
			continue
		}
		out.Residents++
		lacks := t.lacks(r)
		for _, kind := range lacks {
			out.Lacking[kind]++
		}
		out.Complete += b2i(len(lacks) == 0)
	}
	return out
}

// lacks lists the kinds of visitor of which a team has none.
func (t *Table) lacks(r *Resident) []string {
	var out []string
	for _, kind := range t.in.VisitorKinds {
		if !slices.Contains(r.Team, kind) {
			out = append(out, kind)
		}
	}
	return out
}

// Supply counts the facilities of an area.
type Supply struct {
	Open    int `json:"open"`
	Idle    int `json:"idle"` // closed all week among them
	Planned int `json:"planned"`
	// Full and Unused are those of the open whose capacity is known and all of it,
	// or less than a tenth of it, in use; nil for who is not told.
	Full   *int `json:"full"`
	Unused *int `json:"unused"`
}

// Supply counts the facilities of an area; those outside the district are in
// none.
func (t *Table) Supply(area string) Supply {
	s := Supply{Full: new(int), Unused: new(int)}
	for i := range t.in.Facilities {
		f := &t.in.Facilities[i]
		if f.Area == "" || !strings.HasPrefix(f.Area, area) {
			continue
		}
		switch {
		case f.Status == "planned":
			s.Planned++
		case !f.serves():
			s.Idle++
		default:
			s.Open++
			if f.Capacity > 0 {
				*s.Full += b2i(f.InUse >= f.Capacity)
				*s.Unused += b2i(f.InUse*10 < f.Capacity)
			}
		}
	}
	return s
}
