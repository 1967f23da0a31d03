package service

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports/shortfall"
)

// districtShortfall is a district held against its standards. It never changes
// once made.
type districtShortfall struct {
	snap      *Snapshot
	today     planner.Date
	standards StandardsView
	in        *shortfall.Input
	table     *shortfall.Table
	shortages []planner.Shortage
	unmatched []UnmatchedNeed
}

// shortfall returns a district held against its standards. It is kept until the
// data or the standards change or a new day begins.
func (s *Service) shortfall(ctx context.Context, district string) (*districtShortfall, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	code := v.snap.District.Code
	standards, err := s.Standards(ctx, code)
	if err != nil {
		return nil, err
	}
	// Held while it is made, as for views.
	select {
	case s.measuring <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the shortfall of district %s: %w", code, ctx.Err())
	}
	defer func() { <-s.measuring }()
	if k := s.shortfalls[code]; k != nil && k.snap.Version >= v.snap.Version && k.today == v.today && k.standards.Version == standards.Version {
		return k, nil
	}
	k, err := s.measureShortfall(ctx, v, standards)
	if err != nil {
		return nil, fmt.Errorf("hold district %s against its standards: %w", code, err)
	}
	s.shortfalls[code] = k
	return k, nil
}

// measureShortfall holds a view against standards. The walks must be of the same
// data: where somebody has changed them meanwhile the view is read again.
func (s *Service) measureShortfall(ctx context.Context, v *view, standards StandardsView) (*districtShortfall, error) {
	for range 5 {
		in := shortfallInput(v.snap)
		in.Year = v.today.Time().Year()
		countVisits(in, v.board, v.today)
		ok, err := s.walks(ctx, v, standards.Set, in)
		if err != nil {
			return nil, err
		}
		if !ok {
			if v, err = s.view(ctx, v.snap.District.Code); err != nil {
				return nil, err
			}
			continue
		}
		unmatched, err := s.unmatchedNeeds(ctx, v.snap.District.Code)
		if err != nil {
			return nil, err
		}
		if now, err := s.view(ctx, v.snap.District.Code); err != nil {
			return nil, err
		} else if now.snap.Version != v.snap.Version { // the needs may be newer
			v = now
			continue
		}
		table, err := shortfall.New(standards.Set, in)
		if err != nil {
			return nil, err
		}
		return &districtShortfall{
			snap: v.snap, today: v.today, standards: standards, in: in, table: table, shortages: v.planned.Shortages, unmatched: unmatched,
		}, nil
	}
	return nil, &Error{Code: CodeOutside, Message: "the district's data are being changed all the time: try again", Err: errors.New("five views were stale")}
}

// walks fills in who walks how long to what; false: the data have changed since
// the view was read.
func (s *Service) walks(ctx context.Context, v *view, set *shortfall.Set, in *shortfall.Input) (bool, error) {
	need := set.Walks()
	for _, service := range in.Services {
		need = append(need, shortfall.Walk{Service: service, Profile: in.Pace})
	}
	in.Walks = make(map[shortfall.Walk][]int32, len(need))
	for _, w := range need {
		if in.Walks[w] != nil {
			continue
		}
		r, err := s.reach(ctx, v.snap.District.Code, w.Profile)
		if err != nil {
			return false, err
		}
		if r.snap.Version != v.snap.Version {
			return false, nil
		}
		in.Walks[w] = r.index.Seconds(w.Service)
	}
	return true, nil
}

// ShortfallView is how an area stands against the standards of its district.
type ShortfallView struct {
	Area planner.Area
	Path []planner.Area
	Day  planner.Date
	// Previous is the report that Trend looks back at; nil: none was taken.
	Previous *data.ReportRun
	Rows     []ShortfallRow
	Children []ShortfallChild
	// What follows is of people, and nil for those who do not answer for them.
	Uncovered      map[string]shortfall.Uncovered // by service
	Unmatched      map[string]shortfall.Unmatched // by service
	Expected       []shortfall.Expectation
	Places         []shortfall.PlaceRow
	Team           *shortfall.Team
	VisitorMinutes *VisitorMinutes
	Facilities     shortfall.Supply
}

// ShortfallRow is a row and what it was before.
type ShortfallRow struct {
	shortfall.Row
	Trend *Trend
}

// Trend is what a report before had. What had no figure is nil.
type Trend struct {
	Day    planner.Date
	Have   *float64
	Short  *float64
	Share  *float64
	Status string
}

// ShortfallChild are the rows of an area right below, or of a building.
type ShortfallChild struct {
	Area planner.Area
	Rows []shortfall.Row
}

// unmatchedIn counts the unmatched needs of an area by service.
func (k *districtShortfall) unmatchedIn(area string) map[string]shortfall.Unmatched {
	out := map[string]shortfall.Unmatched{}
	for i := range k.unmatched {
		n := &k.unmatched[i]
		if !strings.HasPrefix(n.Grid, area) && !strings.HasPrefix(n.MicroGrid, area) {
			continue
		}
		u, ok := out[n.Service]
		if !ok {
			u.ByReason = map[string]int{}
		}
		u.Total++
		u.ByReason[n.Reason]++
		out[n.Service] = u
	}
	return out
}

// VisitorMinutes is by how much visitors are too few, proven by the planner: no
// plan is without lapses that does not have so many minutes more.
type VisitorMinutes struct {
	Short  int `json:"short"`
	Blocks int `json:"blocks"` // communities, or groups of them, that a proof names
}

// specialCare is the rate of which the places are told; a set without it tells
// those of its first.
const specialCare = "special-care"

// Shortfall returns how an area (empty: the district) stands against the
// standards, and what it was at a report before (0: the last one of a day before
// today). Those who do not answer for the area are not told of people in need.
func (s *Service) Shortfall(ctx context.Context, district, area string, report int) (ShortfallView, error) {
	k, a, err := s.shortfallOf(ctx, district, area)
	if err != nil {
		return ShortfallView{}, err
	}
	viewer := viewerOf(ctx)
	out := ShortfallView{Area: a, Path: pathOf(k.snap.Tree, a), Day: k.today, Facilities: k.table.Supply(a.Code)}
	if !viewer.AnswersFor(a.Code) {
		// Of a lone facility it would tell how many come.
		out.Facilities.Full, out.Facilities.Unused = nil, nil
	}
	rows := k.disclosed(viewer, a.Code, k.table.Rows(a.Code))
	for _, r := range rows {
		out.Rows = append(out.Rows, ShortfallRow{Row: r})
	}
	for _, code := range k.snap.Tree.Children(a.Code) {
		child, _ := k.snap.Tree.Area(code)
		out.Children = append(out.Children, ShortfallChild{Area: plannerArea(child), Rows: k.disclosed(viewer, code, k.table.Rows(code))})
	}
	if viewer.AnswersFor(a.Code) {
		if len(out.Children) == 0 {
			out.Children = k.buildings(a)
		}
		out.Unmatched = k.unmatchedIn(a.Code)
		out.Uncovered, out.Expected = k.table.Uncovered(a.Code), k.table.Expected(a.Code)
		team := k.table.Team(a.Code)
		out.Team, out.VisitorMinutes = &team, visitorMinutes(k.shortages, a.Code, k.snap.District.Code)
		out.Places = k.places(a.Code)
	}
	return out, s.lookBack(ctx, k, report, &out)
}

func (s *Service) shortfallOf(ctx context.Context, district, area string) (*districtShortfall, planner.Area, error) {
	k, err := s.shortfall(ctx, district)
	if err != nil {
		return nil, planner.Area{}, err
	}
	if area == "" {
		area = k.snap.District.Code
	}
	a, ok := k.snap.Tree.Area(area)
	if !ok {
		return nil, planner.Area{}, notFound("there is no area %q", area)
	}
	return k, plannerArea(a), nil
}

func plannerArea(a geo.Area) planner.Area {
	return planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name}
}

// pathOf lists the areas from the district down to a.
func pathOf(tree *geo.Tree, a planner.Area) []planner.Area {
	path := []planner.Area{a}
	for up := a.Parent; up != ""; {
		over, ok := tree.Area(up)
		if !ok {
			break
		}
		path, up = append([]planner.Area{plannerArea(over)}, path...), over.Parent
	}
	return path
}

// Hidden is the reason of a row that tells of people in need, to those who do
// not answer for them.
const Hidden = "hidden"

// disclosed leaves out the figures of rows that tell of people in need of care
// where the viewer does not answer for the area.
func (k *districtShortfall) disclosed(viewer Viewer, area string, rows []shortfall.Row) []shortfall.Row {
	if viewer.AnswersFor(area) {
		return rows
	}
	for i := range rows {
		if st, ok := k.standards.Set.Standard(rows[i].Standard); ok && ofPeopleInNeed(st) {
			rows[i].Figures, rows[i].Urban, rows[i].Rural = shortfall.Figures{Status: shortfall.NoData, Reason: Hidden}, nil, nil
		}
	}
	return rows
}

// ofPeopleInNeed tells whether the figures of a standard count residents or
// disabled people, rather than people by their age, places or workers.
func ofPeopleInNeed(st *shortfall.Standard) bool {
	switch st.Whom.Key {
	case shortfall.People, shortfall.Over60, shortfall.Over80, shortfall.Under18:
		return false
	case "":
		return st.Measure == shortfall.Share
	}
	return st.Measure != shortfall.PerArea && st.Measure != shortfall.PerHouseholds && st.Measure != shortfall.Idle
}

// buildings are the rows of the buildings of an area that has no areas below it.
func (k *districtShortfall) buildings(a planner.Area) []ShortfallChild {
	var out []ShortfallChild
	for _, b := range k.table.Buildings(a.Code) {
		out = append(out, ShortfallChild{Area: planner.Area{Code: b.Building, Level: "building", Parent: a.Code}, Rows: b.Rows})
	}
	return out
}

// visitorMinutes adds up the planner's proofs of an area: of each block the
// largest, for the days of two proofs may be the same. Those of blocks together
// are of the district alone.
func visitorMinutes(shortages []planner.Shortage, area, district string) *VisitorMinutes {
	most := map[string]int{}
	for i := range shortages {
		sh := &shortages[i]
		if sh.Block == "" && area != district || !strings.HasPrefix(sh.Block, area) && sh.Block != "" {
			continue
		}
		most[sh.Block] = max(most[sh.Block], sh.MendMinutes)
	}
	out := &VisitorMinutes{}
	together := most[""]
	delete(most, "")
	for _, n := range most {
		out.Short += n
	}
	out.Blocks = len(most)
	// A proof of several blocks may speak of the same minutes as theirs.
	if together > out.Short {
		out.Short, out.Blocks = together, out.Blocks+1
	}
	return out
}
