package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sanse/data"
	"sanse/planner"
)

// Options say what district to make. The zero value, but for Start, is the
// default demo district.
type Options struct {
	// Seed makes another district of the same kind; equal seeds give equal files.
	Seed uint64
	// Tight makes the short-staffed variant: about a third of the visitors,
	// with shorter hours, some communities with nobody at weekends, and one
	// resident beyond the river whom no bridge reaches. It cannot keep every
	// promise.
	Tight bool
	// Start is the first day to be planned; the history ends the day before.
	Start planner.Date
	// Extract is the path of an OpenStreetMap file (.osm.pbf, .osm, .osm.bz2)
	// to build on; empty for the made-up district.
	Extract string
	// Services is how many services a year are given at residents' homes
	// (baths, clean-ups, rehabilitation, meals) by providers who are hired for
	// them; 0: none. 33,000 is what a pilot of the size of the made-up district
	// gave.
	Services int
	// Patrol gives the leader of every grid whole working days and six hours of
	// patrol points in each.
	Patrol bool
	// Full, if above 0, leaves only as many visitors as have their days so many
	// percent full, of six to eight stops, patrol points among them. Without
	// Tight and Patrol.
	Full int
	// Residents is how many to enrol; 0 is 2,370 in the made-up district and a
	// number to suit its size on an extract.
	Residents int
	// TimeZone is an IANA name; empty is Asia/Shanghai.
	TimeZone string
	// Progress, if set, hears of every stage as it begins and ends.
	Progress func(stage string, done, total int)
}

// Manifest names the files of a district, by path.
type Manifest struct {
	District   data.District
	Streets    string // OpenStreetMap XML, or the extract itself
	Areas      string // GeoJSON: code, level, parent, name, special; of some parts, of some micro-grids units
	Buildings  string // GeoJSON: id, name, kind, address, units, floors; empty if the ground has no buildings
	Population string // CSV, by building, or by H3 cell where there are none
	Facilities string // CSV
	Residents  string // CSV
	Visitors   string // CSV
	Visits     string // CSV: the past
	Policies   string // JSON array of planner.Policy
	Needs      string // CSV: what residents need, from assessment
	Providers  string // CSV: who gives services at home
	Tasks      string // CSV; empty if there are none
	TaskVisits string // CSV: what was done of them; empty if there are none
}

// stages is how many stages Progress hears of.
const stages = 8

// Generate makes a district and writes its files into dir, which is created if
// need be. It takes some seconds; when ctx ends it stops and returns its error,
// and the files are not complete.
func Generate(ctx context.Context, dir string, opt Options) (Manifest, error) {
	if opt.TimeZone == "" {
		opt.TimeZone = "Asia/Shanghai"
	}
	if opt.Residents < 0 {
		return Manifest{}, fmt.Errorf("make district: %d residents", opt.Residents)
	}
	switch {
	case opt.Services < 0 || opt.Services > 1e6:
		return Manifest{}, fmt.Errorf("make district: %d services a year", opt.Services)
	case opt.Full < 0 || opt.Full > 120:
		return Manifest{}, fmt.Errorf("make district: days %d percent full", opt.Full)
	case opt.Full > 0 && (opt.Tight || opt.Patrol):
		return Manifest{}, errors.New("make district: full days come with visitors and patrol of their own")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Manifest{}, fmt.Errorf("make folder: %w", err)
	}
	man := Manifest{
		Areas:      filepath.Join(dir, "areas.geojson"),
		Buildings:  filepath.Join(dir, "buildings.geojson"),
		Population: filepath.Join(dir, "population.csv"),
		Facilities: filepath.Join(dir, "facilities.csv"),
		Residents:  filepath.Join(dir, "residents.csv"),
		Visitors:   filepath.Join(dir, "visitors.csv"),
		Visits:     filepath.Join(dir, "visits.csv"),
		Policies:   filepath.Join(dir, "policies.json"),
		Needs:      filepath.Join(dir, "needs.csv"),
		Providers:  filepath.Join(dir, "providers.csv"),
	}
	g := &generator{ctx: ctx, opt: opt, lonely: -1}
	var err error
	if opt.Extract != "" {
		man.Streets = opt.Extract
		err = g.fromExtract()
	} else {
		man.Streets = filepath.Join(dir, "streets.osm")
		err = g.invent()
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("make district: %w", err)
	}
	man.District = g.district
	if len(g.tasks) > 0 {
		man.Tasks, man.TaskVisits = filepath.Join(dir, "tasks.csv"), filepath.Join(dir, "task-visits.csv")
	}
	if !g.footprints() {
		man.Buildings = ""
	}
	if err := g.write(man); err != nil {
		return Manifest{}, fmt.Errorf("write district: %w", err)
	}
	return man, nil
}

// generator holds a district while it is made: first the ground, then the
// houses, then the people.
type generator struct {
	ctx      context.Context
	opt      Options
	done     int
	district data.District

	frame       frame
	mesh        *mesh
	lines       []line
	communities []community
	towns       []town
	faces       []faceInfo // by face of the mesh

	net       *network
	buildings []building
	lonely    int // index of the building that no street reaches, -1 if none

	facilities []data.Facility
	residents  []resident
	visitors   []visitor
	hired      int // the number of the last one
	visits     []data.Visit
	tasks      []task
	taskVisits []data.TaskVisit
	needs      []need
	providers  []data.Provider
	mapped     []home  // of an extract
	townBy     []int   // of an extract: by community
	homes      [][]int // by community: its buildings, made when first asked for
}

// stage reports that a stage begins and stops when the context has ended.
func (g *generator) stage(name string) error {
	if err := g.ctx.Err(); err != nil {
		return err
	}
	if g.opt.Progress != nil {
		g.opt.Progress(name, g.done, stages)
	}
	g.done++
	return nil
}

// invent makes the default district.
func (g *generator) invent() error {
	g.district = data.District{
		Code: demoCode, Name: "示范区（虚构）", TimeZone: g.opt.TimeZone, MadeUp: true,
		Note: "示范数据：地形、街道、建筑和人员均为虚构，由随机种子生成。Made up from a seed: ground, streets, buildings and people.",
	}
	return g.run([]step{
		{"ground", g.ground},
		{"streets", g.streets},
		{"houses", g.houses},
		{"people", g.people},
		{"residents", g.enrol},
		{"facilities", g.placeFacilities},
		{"visitors", g.staff},
	})
}

// step is one stage of making a district.
type step struct {
	name string
	do   func() error
}

// run takes the steps one after the other.
func (g *generator) run(steps []step) error {
	for _, s := range steps {
		if err := g.stage(s.name); err != nil {
			return err
		}
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// demoCode is a code that no district has.
const demoCode = "510199"
