package service

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/routing"
)

// snapMetres is how far from a walkable street a home may lie and still count
// as reachable on foot. Farther ones are reported, never guessed.
const snapMetres = 500

// historyDays is how far back visits are read: a quota needs the month before.
// The last visit of a resident may be older; it is read apart.
const historyDays = 100

// Snapshot is everything that a computation on a district reads, taken in one
// transaction and never changed afterwards: boundaries valid on a date, one
// version of the streets, the people and their histories.
type Snapshot struct {
	District data.District
	Version  int64 // of the district's data
	Date     planner.Date
	Tree     *geo.Tree
	Streets  data.StreetVersion
	Network  *routing.Network // nil where only people are asked for
	// StreetsChange is the next day on which other changes to the streets come
	// into force; 0 if there is none.
	StreetsChange planner.Date
	Policies      []data.Policy
	Residents     []data.Resident
	Grades        []data.GradeChange // in the historyDays before Date, and since
	Visitors      []data.Visitor
	Visits        []data.Visit            // in the historyDays before Date
	LastVisits    map[string]planner.Date // of each resident seen before Date
	Tasks         []data.Task
	TaskVisits    []data.TaskVisit        // in the historyDays before Date
	LastTaskDone  map[string]planner.Date // of each task done before Date
	Facilities    []data.Facility
	Population    []data.Population

	mu      sync.Mutex
	engines map[string]*routing.Engine // by mode
}

// defaultMinutes is the length of a visit where the resident's record gives none.
func defaultMinutes(grade string) int {
	switch grade {
	case "red":
		return 30
	case "yellow":
		return 25
	default:
		return 20
	}
}

// Problem builds the planning problem of the days from start: residents and
// tasks with their histories, visitors, and a travel-time matrix for each block and mode.
// The places tell where on the streets each location of a block was snapped.
func (s *Snapshot) Problem(ctx context.Context, start planner.Date, days int) (*planner.Problem, places, error) {
	p := s.people(start, days)
	at, err := s.matrices(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	return p, at, nil
}

// people builds the problem without its travel times: enough to count visits.
func (s *Snapshot) people(start planner.Date, days int) *planner.Problem {
	p := &planner.Problem{
		District: s.District.Code,
		Name:     s.District.Name,
		MadeUp:   s.District.MadeUp,
		Start:    start,
		Days:     days,
		TimeZone: s.District.TimeZone,
		Policies: s.Policies,
	}
	for _, level := range []geo.Level{geo.LevelDistrict, geo.LevelTown, geo.LevelCommunity, geo.LevelGrid, geo.LevelMicroGrid} {
		for _, code := range s.Tree.Codes(level) {
			a, _ := s.Tree.Area(code)
			p.Areas = append(p.Areas, planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name})
		}
	}
	p.Residents = s.residents(start)
	p.Tasks = s.tasks(start)
	for i := range s.Visitors {
		v := s.Visitors[i].Visitor
		// The contract has a list, empty where there is nothing: never null.
		if v.DaysOff == nil {
			v.DaysOff = []planner.Date{}
		}
		if v.Shifts == nil {
			v.Shifts = []planner.Shift{}
		}
		p.Visitors = append(p.Visitors, v)
	}
	return p
}

func (s *Snapshot) residents(start planner.Date) []planner.Resident {
	done := make(map[string][]planner.Date)
	for _, v := range s.Visits {
		if v.Done && v.Date < start {
			done[v.Resident] = append(done[v.Resident], v.Date)
		}
	}
	since := historySince(start)
	grades := byResident(s.Grades)
	out := make([]planner.Resident, 0, len(s.Residents))
	for i := range s.Residents {
		r := &s.Residents[i]
		pr := planner.Resident{
			ID: r.ID, Grade: r.Grade, Kinds: r.Kinds, Location: r.Location,
			Grid: r.Grid, MicroGrid: r.MicroGrid, Minutes: r.Minutes,
			Team: r.Team, Absent: r.Absent, Block: blockOf(r.Grid), Needs: r.Needs,
		}
		if changes := grades[r.ID]; len(changes) > 0 {
			pr.Before = gradesBefore(changes, r.Grade, since)
		}
		if pr.Kinds == nil {
			pr.Kinds = []string{}
		}
		if pr.Minutes == 0 {
			pr.Minutes = defaultMinutes(r.Grade)
		}
		if last, seen := s.LastVisits[r.ID]; seen {
			dates := done[r.ID]
			slices.Sort(dates)
			dates = slices.Compact(dates)
			first, _ := slices.BinarySearch(dates, since)
			pr.LastVisit, pr.Visits = &last, dates[first:]
			if len(pr.Visits) == 0 {
				pr.Visits = []planner.Date{last}
			}
		}
		out = append(out, pr)
	}
	return out
}

// historySince is the first day of the past that a window may still need, or
// the board of the past: it begins on a Monday.
func historySince(start planner.Date) planner.Date {
	return min((start.MonthStart() - 1).MonthStart().WeekStart(), start.WeekStart()-7)
}

// tasks are the field work beside the care visits, with what was done of it.
func (s *Snapshot) tasks(start planner.Date) []planner.Task {
	done := make(map[string][]planner.Date)
	for _, v := range s.TaskVisits {
		if v.Done && v.Date < start {
			done[v.Task] = append(done[v.Task], v.Date)
		}
	}
	since := historySince(start)
	var out []planner.Task
	for i := range s.Tasks {
		t := &s.Tasks[i]
		pt := planner.Task{
			ID: t.ID, Kind: t.Kind, Resident: t.Resident, Location: t.Location, Grid: t.Grid, MicroGrid: t.MicroGrid,
			Minutes: t.Minutes, Rules: t.Rules, Absent: t.Absent, Weight: t.Weight, Needs: t.Needs,
		}
		if t.Resident == "" {
			pt.Block = blockOf(t.Grid)
		}
		if last, ever := s.LastTaskDone[t.ID]; ever && last < start {
			dates := done[t.ID]
			slices.Sort(dates)
			first, _ := slices.BinarySearch(dates, since)
			if pt.Done = slices.Compact(dates[first:]); len(pt.Done) == 0 {
				pt.Done = []planner.Date{last}
			}
		}
		out = append(out, pt)
	}
	return out
}

// communityDigits is the length of a community's code, and so of a block's.
const communityDigits = 12

func blockOf(grid string) string { return grid[:min(len(grid), communityDigits)] }

// place is a location of a block's matrix and where it meets the streets.
type place struct {
	point orb.Point
	snap  routing.Snap
	ok    bool
}

// places finds a location by mode, block and id.
type places map[placeKey]place

type placeKey struct{ mode, block, id string }

// endID names the end of a visitor that is another place than the start.
func endID(visitor string) string { return visitor + ":end" }

func (s *Snapshot) matrices(ctx context.Context, p *planner.Problem) (places, error) {
	doors := make(map[string][]door)
	for i := range p.Residents {
		r := &p.Residents[i]
		doors[r.Block] = append(doors[r.Block], door{r.ID, r.Location})
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.Resident == "" {
			doors[t.Block] = append(doors[t.Block], door{t.ID, t.Location})
		}
	}
	blocks := slices.Sorted(maps.Keys(doors))
	searches := len(p.Residents) + len(p.Tasks)
	visitors := make(map[placeKey][]*planner.Visitor)
	modes := map[string]*routing.Engine{}
	for i := range p.Visitors {
		v := &p.Visitors[i]
		if _, ok := modes[v.Mode]; !ok {
			engine, err := s.engine(ctx, v.Mode, searches)
			if err != nil {
				return nil, invalidCause(err, "visitor %s", v.ID)
			}
			modes[v.Mode] = engine
		}
		for _, b := range blocksOf(v.Scope, blocks) {
			k := placeKey{mode: v.Mode, block: b}
			visitors[k] = append(visitors[k], v)
		}
	}
	if len(modes) == 0 {
		engine, err := s.engine(ctx, "foot", searches)
		if err != nil {
			return nil, err
		}
		modes["foot"] = engine
	}
	type result struct {
		matrix planner.Matrix
		at     places
	}
	var keys []placeKey
	for _, b := range blocks {
		names := make([]string, 0, len(modes))
		for m := range modes {
			names = append(names, m)
		}
		slices.Sort(names)
		for i, m := range names {
			k := placeKey{mode: m, block: b}
			// A block nobody can be sent to still has its matrix, so that
			// every resident and task is in one.
			if len(visitors[k]) > 0 || i == 0 && nobody(visitors, names, b) {
				keys = append(keys, k)
			}
		}
	}
	results := make([]result, len(keys))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, k := range keys {
		group.Go(func() error {
			m, at, err := s.matrix(ctx, modes[k.mode], k, doors[k.block], visitors[k])
			results[i] = result{m, at}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := make(places)
	for _, r := range results {
		p.Matrices = append(p.Matrices, r.matrix)
		for k, v := range r.at {
			all[k] = v
		}
	}
	return all, nil
}

func nobody(visitors map[placeKey][]*planner.Visitor, modes []string, block string) bool {
	for _, m := range modes {
		if len(visitors[placeKey{mode: m, block: block}]) > 0 {
			return false
		}
	}
	return true
}

// engine returns the engine of a way to get about, for so many searches or so.
// Where the stored network is not prepared for it and the searches pay for
// that, it is prepared here.
func (s *Snapshot) engine(ctx context.Context, mode string, searches int) (*routing.Engine, error) {
	profile, err := routing.ProfileByName(mode)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.engines[mode]; e != nil {
		return e, nil
	}
	e, err := s.Network.Engine(profile)
	if err != nil {
		return nil, err
	}
	if !e.Prepared() && searches >= preparePays {
		if e, err = e.Prepare(ctx, routing.PrepareOptions{Threads: runtime.GOMAXPROCS(0)}); err != nil {
			return nil, err
		}
	}
	if s.engines == nil {
		s.engines = make(map[string]*routing.Engine)
	}
	s.engines[mode] = e
	return e, nil
}

// preparePays is from how many searches on a hierarchy is made for them.
const preparePays = 500

// blocksOf lists the blocks in which somebody of that scope may visit.
func blocksOf(scope, blocks []string) []string {
	var out []string
	for _, b := range blocks {
		for _, c := range scope {
			if strings.HasPrefix(b, c) || strings.HasPrefix(c, b) {
				out = append(out, b)
				break
			}
		}
	}
	return out
}

// door is a place of a block where something is to be done: a home, or where a
// task is that is at none.
type door struct {
	id    string
	point orb.Point
}

// matrix makes the travel times of a block. What a plan can use is asked for:
// between two doors, and between a door and a visitor's place. Between the
// places of two visitors nobody walks, and the matrix says -1.
func (s *Snapshot) matrix(ctx context.Context, engine *routing.Engine, k placeKey, doors []door, visitors []*planner.Visitor) (planner.Matrix, places, error) {
	m := planner.Matrix{Block: k.block, Mode: k.mode}
	at := make(places)
	// Many visitors begin at the same office: each point is routed once.
	var snaps []routing.Snap
	row := make(map[orb.Point]int) // index into snaps, -1 off the streets
	index := []int{}
	add := func(id string, point orb.Point) {
		r, seen := row[point]
		if !seen {
			r = -1
			if snap, err := engine.Snap(point, snapMetres); err == nil {
				r = len(snaps)
				snaps = append(snaps, snap)
			}
			row[point] = r
		}
		m.Locations = append(m.Locations, id)
		index = append(index, r)
		pl := place{point: point, ok: r >= 0}
		if pl.ok {
			pl.snap = snaps[r]
		}
		at[placeKey{k.mode, k.block, id}] = pl
	}
	for _, d := range doors {
		add(d.id, d.point)
	}
	homes := len(snaps)
	for _, v := range visitors {
		add(v.ID, v.Start)
		if v.End != nil && *v.End != v.Start {
			add(endID(v.ID), *v.End)
		}
	}
	out, err := engine.Table(ctx, snaps[:homes], snaps)
	if err != nil {
		return m, nil, fmt.Errorf("travel times of block %s: %w", k.block, err)
	}
	var back [][]int32 // from the visitors' places to the doors
	if !engine.Symmetric() {
		if back, err = engine.Table(ctx, snaps[homes:], snaps[:homes]); err != nil {
			return m, nil, fmt.Errorf("travel times of block %s: %w", k.block, err)
		}
	}
	seconds := func(from, to int) int32 {
		switch {
		case from < 0 || to < 0:
			return -1
		case from < homes:
			return out[from][to]
		case to >= homes:
			return -1
		case back == nil:
			return out[to][from]
		default:
			return back[from-homes][to]
		}
	}
	m.Seconds = make([][]int32, len(index))
	for i, from := range index {
		line := make([]int32, len(index))
		for j, to := range index {
			if i != j && (from != to || from < 0) {
				line[j] = seconds(from, to)
			}
		}
		m.Seconds[i] = line
	}
	return m, at, nil
}
