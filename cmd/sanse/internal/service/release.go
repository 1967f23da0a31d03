package service

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"sanse/data"
	"sanse/planner"
	"sanse/reports/disclosure"
)

// storedRelease is what is kept of a release: the counts, and the shares of
// visits made in time, by area, in steps of 5 %.
type storedRelease struct {
	disclosure.Release
	OnTime map[string]int `json:"on_time"`
}

// Release is what those are told of a district who do not answer for the people
// counted. Every answer to them about residents, grades, kinds and disabled
// people is made from it and from what is open.
type Release struct {
	Day  planner.Date // since when it holds
	Next planner.Date // until when: the day from which another one may be taken
	K    int          // counts below are hidden

	stored *storedRelease
}

// onTimeStep is the percent to which shares of visits made in time are rounded
// for outsiders: a finer share says how many visits there were, and so which
// grades.
const onTimeStep = 5

// nextQuarter is the first day of the quarter after a day.
func nextQuarter(d planner.Date) planner.Date {
	t := d.Time()
	return planner.NewDate(t.Year(), t.Month()-(t.Month()-1)%3+3, 1)
}

func (s *Service) readReleases(ctx context.Context, district string) ([]*storedRelease, error) {
	records, err := s.store.Releases(ctx, district)
	if err != nil {
		return nil, err
	}
	out := make([]*storedRelease, len(records))
	for i := range records {
		out[i] = new(storedRelease)
		if err := json.Unmarshal(records[i].Content, out[i]); err != nil {
			return nil, fmt.Errorf("release of %s: %w", records[i].Day, err)
		}
	}
	return out, nil
}

// takeRelease makes the release of today and stores it.
func (s *Service) takeRelease(ctx context.Context, v *view, earlier []*storedRelease) (*storedRelease, error) {
	before := make([]*disclosure.Release, len(earlier))
	var last *disclosure.Release
	for i, e := range earlier {
		before[i] = &e.Release
		last = &e.Release
	}
	in, err := releaseInput(v, last)
	if err != nil {
		return nil, err
	}
	r, err := disclosure.Take(ctx, in, before)
	if err != nil {
		return nil, err
	}
	out := &storedRelease{Release: *r, OnTime: make(map[string]int)}
	for key := range r.Told[detailEnrolled] {
		if strings.Contains(key, "/") {
			continue
		}
		if share := v.board.Row(key, lately(v.today)).OnTime; share != nil {
			out.OnTime[key] = int(math.Round(*share*100/onTimeStep)) * onTimeStep
		}
	}
	content, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write release: %w", err)
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		if err := tx.PutRelease(v.snap.District.Code, data.ReleaseRecord{Day: r.Day, K: r.K, MadeAt: s.now(), Content: content}); err != nil {
			return err
		}
		return tx.Record(v.snap.District.Code, data.Event{Action: data.ActCreate, Object: "release", IDs: []string{r.Day.String()}})
	})
	if err != nil {
		return nil, fmt.Errorf("release of district %s: %w", v.snap.District.Code, err)
	}
	return out, nil
}

// Residents is how many residents an area has; not ok where that is hidden, as
// it always is below the community.
func (r *Release) Residents(area string) (n int, ok bool) {
	parts, _, ok := r.stored.Figure(area, detailEnrolled)
	return parts["all"], ok
}

// Grades is how many residents of each grade an area has. Where that is hidden
// the small grades are together under a key of several with plus signs between
// them; nil where that is hidden as well.
func (r *Release) Grades(area string) map[string]int {
	for _, detail := range []string{detailGrade, detailGrades} {
		if parts, _, ok := r.stored.Figure(area, detail); ok {
			return parts
		}
	}
	return nil
}

// Kind is how many residents of an area are of a kind.
func (r *Release) Kind(area, kind string) (n int, ok bool) {
	parts, _, ok := r.stored.Figure(area, detailKind+kind)
	return parts[partYes], ok
}

// Disabled is how many disabled people live in an area.
func (r *Release) Disabled(area string) (n int, ok bool) {
	parts, _, ok := r.stored.Figure(area, detailDisabled)
	return parts[partYes], ok
}

// OnTime is the share of the visits of an area, 0 to 1 in steps of a twentieth,
// that were made in time in the month of the release and the one before; nil where it is hidden.
func (r *Release) OnTime(area string) *float64 {
	percent, ok := r.stored.OnTime[area]
	if !ok {
		return nil
	}
	share := float64(percent) / 100
	return &share
}

// Figure is one line of a release.
type Figure struct {
	Area   string
	Cell   string // of the part of it that lies in this cell; empty: all of it
	Detail string
	Parts  map[string]int
	Day    planner.Date // of which the figures are
}

// Figures lists all that a release tells of an area and what lies in it.
func (r *Release) Figures(area string) []Figure {
	var out []Figure
	for _, p := range r.stored.Places {
		code, cell := pieceOf(p.Key)
		if !strings.HasPrefix(code, area) {
			continue
		}
		for _, d := range r.stored.Details {
			parts, day, ok := r.stored.Figure(p.Key, d.Name)
			if !ok {
				continue
			}
			f := Figure{Area: code, Detail: d.Name, Parts: parts, Day: day}
			if cell != 0 {
				f.Cell = cell.String()
			}
			out = append(out, f)
		}
	}
	return out
}

// words are the grades and kinds that a release tells of somewhere.
func (r *Release) words() (grades, kinds []string) {
	for _, d := range r.stored.Details {
		if len(r.stored.Told[d.Name]) == 0 {
			continue
		}
		switch kind, ok := strings.CutPrefix(d.Name, detailKind); {
		case ok:
			kinds = append(kinds, kind)
		case d.Name == detailGrade:
			for _, p := range d.Parts {
				grades = append(grades, p.Name)
			}
		}
	}
	slices.Sort(kinds)
	return grades, kinds
}

// tellsOf tells whether a release tells of a grade or a kind somewhere.
func (r *Release) tellsOf(word string) bool {
	return slices.ContainsFunc(r.stored.Details, func(d disclosure.Detail) bool {
		switch {
		case len(r.stored.Told[d.Name]) == 0:
			return false
		case d.Name == detailGrade, d.Name == detailGrades:
			return slices.ContainsFunc(d.Parts, func(p disclosure.Part) bool { return p.Name == word })
		}
		return d.Name == detailKind+word
	})
}

// released is the release that a viewer is to be answered from; nil for one who
// answers for the area.
func (s *Service) released(ctx context.Context, b *boundaries, area string) (*Release, error) {
	if viewerOf(ctx).AnswersFor(area) {
		return nil, nil
	}
	return s.Release(ctx, b.district.Code)
}
