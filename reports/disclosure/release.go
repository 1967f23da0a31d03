package disclosure

import (
	"context"
	"fmt"
	"slices"

	"sanse/planner"
)

// Release is what outsiders are told from a day on, and, for the releases after
// it, what the counts were. Only Figure is for outsiders.
type Release struct {
	Day     planner.Date `json:"day"`
	K       int          `json:"k"`
	Columns []string     `json:"columns"`
	Places  []Place      `json:"places"`
	Details []Detail     `json:"details"`
	Rows    []Row        `json:"rows"`
	// Told are the figures by detail and key of the place.
	Told map[string]map[string]Told `json:"told"`
}

// Told is a figure as outsiders are told it: a count for each part of the
// detail, in its order, as of a day.
type Told struct {
	Day   planner.Date `json:"day"`
	Parts []int        `json:"n"`
}

// Figure is what outsiders are told of a detail at a place: the count of each
// part, and the day of which they are; not ok where it is hidden.
func (r *Release) Figure(place, detail string) (parts map[string]int, day planner.Date, ok bool) {
	t, ok := r.Told[detail][place]
	if !ok {
		return nil, 0, false
	}
	i := slices.IndexFunc(r.Details, func(d Detail) bool { return d.Name == detail })
	if i < 0 || len(r.Details[i].Parts) != len(t.Parts) {
		return nil, 0, false
	}
	parts = make(map[string]int, len(t.Parts))
	for k, p := range r.Details[i].Parts {
		parts[p.Name] = t.Parts[k]
	}
	return parts, t.Day, true
}

// fresh tells whether a figure was told anew in this release.
func (r *Release) fresh(detail, place string) bool {
	t, ok := r.Told[detail][place]
	return ok && t.Day == r.Day
}

func (r *Release) input() *Input {
	return &Input{Day: r.Day, K: r.K, Columns: r.Columns, Places: r.Places, Details: r.Details, Rows: r.Rows}
}

// Take makes the release of a day from what is counted on it and all releases
// before it, the oldest first. Where a new figure may not be told, that of the
// last release stands, unless there are now fewer than k and the change is k or
// more: then it is hidden. Every earlier release is laid over the new one for
// every insider, so it takes its time in a large district: the context ends it,
// with its error.
func Take(ctx context.Context, in Input, earlier []*Release) (*Release, error) {
	if err := in.check(); err != nil {
		return nil, fmt.Errorf("release of %s: %w", in.Day, err)
	}
	for i, e := range earlier {
		if e.Day >= in.Day || i > 0 && e.Day <= earlier[i-1].Day {
			return nil, fmt.Errorf("release of %s: one of %s is already there", in.Day, e.Day)
		}
	}
	names := make(map[string]int)
	now := newTable(&in, names)
	j := newJudge(&in, now)
	if err := j.close(ctx); err != nil { // what could be told if nothing ever had been
		return nil, fmt.Errorf("release of %s: %w", in.Day, err)
	}
	for _, e := range earlier {
		j.sheets = append(j.sheets, changes(&in, e, now, names))
	}
	if err := j.close(ctx); err != nil {
		return nil, fmt.Errorf("release of %s: %w", in.Day, err)
	}
	out := &Release{
		Day: in.Day, K: in.K, Columns: in.Columns, Places: in.Places, Details: in.Details, Rows: in.Rows,
		Told: make(map[string]map[string]Told, len(in.Details)),
	}
	var last *Release
	if len(earlier) > 0 {
		last = earlier[len(earlier)-1]
	}
	for d := range in.Details {
		name := in.Details[d].Name
		told := make(map[string]Told)
		for p := range in.Places {
			key := in.Places[p].Key
			parts := slices.Clone([]int(now.sums[p][now.parts[d][0]:now.parts[d][1]]))
			switch old, ok := toldBefore(last, &in.Details[d], key); {
			case j.open[d][p]:
				told[key] = Told{Day: in.Day, Parts: parts}
			case ok && !fallen(old.Parts, parts, in.K):
				told[key] = old
			}
		}
		out.Told[name] = told
	}
	return out, nil
}

// toldBefore is what the last release tells, where the detail has still the same
// parts.
func toldBefore(last *Release, d *Detail, place string) (Told, bool) {
	if last == nil {
		return Told{}, false
	}
	i := slices.IndexFunc(last.Details, func(o Detail) bool { return o.Name == d.Name })
	if i < 0 || !slices.EqualFunc(last.Details[i].Parts, d.Parts, func(a, b Part) bool { return a.Name == b.Name }) {
		return Told{}, false
	}
	t, ok := last.Told[d.Name][place]
	return t, ok
}

// fallen tells whether some part has become small by a change that is not.
func fallen(old, now []int, k int) bool {
	for i := range now {
		if now[i] < k && old[i]-now[i] >= k {
			return true
		}
	}
	return false
}

// changes is the sheet of what has changed since an earlier release.
func changes(in *Input, e *Release, now *table, names map[string]int) *sheet {
	old := e.input()
	// The old rows in the columns and details of today, so that both can be
	// subtracted; a column that was not counted then held nobody.
	column := make(map[string]int, len(old.Columns))
	for i, c := range old.Columns {
		column[c] = i
	}
	rows := make([]Row, len(old.Rows))
	for i, r := range old.Rows {
		rows[i] = Row{Place: r.Place, Insider: r.Insider, Counts: make([]int, len(in.Columns))}
		for k, c := range in.Columns {
			if was, ok := column[c]; ok {
				rows[i].Counts[k] = r.Counts[was]
			}
		}
	}
	old.Columns, old.Details, old.Rows = in.Columns, in.Details, rows
	s := &sheet{now: now, was: newTable(old, names), at: make([]int, len(in.Places)), old: old.Places}
	s.spots = spots(in, old, now, s.was, names)
	s.names = len(names)
	index := make(map[string]int, len(old.Places))
	for i, p := range old.Places {
		index[p.Key] = i
	}
	for p := range in.Places {
		s.at[p] = -1
		if i, ok := index[in.Places[p].Key]; ok {
			s.at[p] = i
		}
	}
	for d := range in.Details {
		known := make([]bool, len(in.Places))
		for p := range known {
			known[p] = s.at[p] >= 0 && e.fresh(in.Details[d].Name, in.Places[p].Key)
		}
		told := make([]bool, len(old.Places))
		for p := range told {
			told[p] = e.fresh(in.Details[d].Name, old.Places[p].Key)
		}
		s.known, s.told = append(s.known, known), append(s.told, told)
	}
	return s
}
