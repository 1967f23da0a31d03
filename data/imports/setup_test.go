package imports_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
)

const district = "510199"

var today = planner.NewDate(2026, time.December, 1)

// memory is a Sink that keeps what it is given.
type memory struct {
	areas      []data.Area
	buildings  []data.Building
	population []data.Population
	facilities []data.Facility
	visitors   []data.Visitor
	residents  []data.Resident
	visits     []data.Visit
	tasks      []data.Task
	taskVisits []data.TaskVisit
	needs      []data.Need
	providers  []data.Provider
	policies   []data.Policy
	standards  json.RawMessage
	devices    []data.Device
	streets    []data.Street
	graph      []byte
	version    data.StreetVersion
	overlay    data.StreetOverlay
	log        []data.ImportRecord
	puts       int
	fail       error
}

func (m *memory) put() error { m.puts++; return m.fail }

func (m *memory) PutAreas(_ string, v []data.Area) error {
	m.areas = append(m.areas, v...)
	return m.put()
}

func (m *memory) PutBuildings(_ string, v []data.Building) error {
	m.buildings = append(m.buildings, v...)
	return m.put()
}

func (m *memory) PutPopulation(_ string, v []data.Population) error {
	m.population = append(m.population, v...)
	return m.put()
}

func (m *memory) PutFacilities(_ string, v []data.Facility) error {
	m.facilities = append(m.facilities, v...)
	return m.put()
}

func (m *memory) PutVisitors(_ string, v []data.Visitor) error {
	m.visitors = append(m.visitors, v...)
	return m.put()
}

func (m *memory) PutResidents(_ string, v []data.Resident) error {
	m.residents = append(m.residents, v...)
	return m.put()
}

func (m *memory) PutVisits(_ string, v []data.Visit) error {
	m.visits = append(m.visits, v...)
	return m.put()
}

func (m *memory) PutTasks(_ string, v []data.Task) error {
	m.tasks = append(m.tasks, v...)
	return m.put()
}

func (m *memory) PutDevices(_ string, v []data.Device) error {
	m.devices = append(m.devices, v...)
	return m.put()
}

func (m *memory) PutTaskVisits(_ string, v []data.TaskVisit) error {
	m.taskVisits = append(m.taskVisits, v...)
	return m.put()
}

func (m *memory) PutNeeds(_ string, v []data.Need) error {
	m.needs = append(m.needs, v...)
	return m.put()
}

func (m *memory) PutProviders(_ string, v []data.Provider) error {
	m.providers = append(m.providers, v...)
	return m.put()
}

func (m *memory) PutPolicies(_ string, v []data.Policy) error {
	m.policies = append(m.policies, v...)
	return m.put()
}

func (m *memory) ReplaceStandards(_ string, content json.RawMessage, _ time.Time) (int, error) {
	m.standards = content
	return 2, m.put()
}

func (m *memory) PutStreets(_ string, v data.StreetVersion, graph []byte, s []data.Street) (int, error) {
	v.Version = m.version.Version + 1
	m.version, m.graph, m.streets = v, graph, s
	return v.Version, m.put()
}

func (m *memory) PutStreetOverlay(_ string, o data.StreetOverlay) (int, error) {
	o.Version = m.overlay.Version + 1
	m.overlay = o
	return o.Version, m.put()
}

func (m *memory) PutImport(_ string, r data.ImportRecord) error {
	m.log = append(m.log, r)
	return m.put()
}

// bundle is what a test of an import works with.
type bundle struct {
	dir  string
	env  imports.Env
	sink *memory // what has been kept
}

// box is a counter-clockwise rectangle.
func box(x0, y0, x1, y1 float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}}}
}

// groundAreas is a small district: one town, two communities side by side, in
// each eight grids of about a kilometre, each cut into two micro-grids.
func groundAreas() []geo.Area {
	const x0, y0, step = 104.30, 30.80, 0.01
	at := func(i float64) float64 { return float64(int(i*1e7+0.5)) / 1e7 }
	all := box(at(x0), at(y0), at(x0+4*step), at(y0+4*step))
	areas := []geo.Area{
		{Code: district, Level: geo.LevelDistrict, Name: "示范区", Boundary: all},
		{Code: district + "001", Level: geo.LevelTown, Parent: district, Name: "一镇", Boundary: all},
	}
	for c := range 2 {
		west := x0 + float64(2*c)*step
		community := fmt.Sprintf("%s001%03d", district, c+1)
		areas = append(areas, geo.Area{
			Code: community, Level: geo.LevelCommunity, Parent: district + "001", Name: fmt.Sprintf("社区%d", c+1),
			Boundary: box(at(west), at(y0), at(west+2*step), at(y0+4*step)),
		})
		for g := range 8 {
			gx, gy := west+float64(g%2)*step, y0+float64(g/2)*step
			grid := fmt.Sprintf("%s%03d", community, g+1)
			areas = append(areas, geo.Area{
				Code: grid, Level: geo.LevelGrid, Parent: community, Name: fmt.Sprintf("网格%d", g+1),
				Boundary: box(at(gx), at(gy), at(gx+step), at(gy+step)),
			})
			for m := range 2 {
				mx := gx + float64(m)*step/2
				areas = append(areas, geo.Area{
					Code: fmt.Sprintf("%s%03d", grid, m+1), Level: geo.LevelMicroGrid, Parent: grid, Name: fmt.Sprintf("微网格%d", m+1),
					Boundary: box(at(mx), at(gy), at(mx+step/2), at(gy+step)),
				})
			}
		}
	}
	return areas
}

func setup(t testing.TB) *bundle {
	t.Helper()
	tree, err := geo.NewTree(groundAreas())
	if err != nil {
		t.Fatalf("build areas: %v", err)
	}
	b := &bundle{dir: t.TempDir(), sink: &memory{}}
	b.env = imports.Env{Areas: tree, Today: today, Now: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)}
	b.env.Write = func(_ context.Context, f func(imports.Sink) error) error {
		tx := &memory{}
		if err := f(tx); err != nil {
			return err
		}
		b.sink = tx
		return nil
	}
	return b
}

func (b *bundle) file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (b *bundle) run(kind imports.Kind, path string, change ...func(*imports.Options)) (imports.Report, error) {
	opt := imports.Options{Kind: kind, Path: path, District: district}
	for _, c := range change {
		c(&opt)
	}
	return imports.Run(context.Background(), opt, b.env)
}

func dryRun(o *imports.Options)      { o.DryRun = true }
func skipRefused(o *imports.Options) { o.SkipRefused = true }
func in(crs geo.CRS) func(*imports.Options) {
	return func(o *imports.Options) { o.CRS = crs }
}

// want is one refusal that is expected.
type want struct {
	line   int
	column string
	reason string // part of it
}

func checkRefusals(t *testing.T, rep imports.Report, err error, wants []want) {
	t.Helper()
	if !errors.Is(err, imports.ErrRefused) {
		t.Fatalf("error is %v, want ErrRefused; report %+v", err, rep)
	}
	if len(rep.Refusals) != len(wants) {
		t.Errorf("%d refusals, want %d: %+v", len(rep.Refusals), len(wants), rep.Refusals)
	}
	for i, w := range wants {
		if i >= len(rep.Refusals) {
			break
		}
		got := rep.Refusals[i]
		if got.Line != w.line || got.Column != w.column || !strings.Contains(got.Reason, w.reason) {
			t.Errorf("refusal %d is line %d, column %q: %s\nwant line %d, column %q: …%s…", i, got.Line, got.Column, got.Reason, w.line, w.column, w.reason)
		}
	}
}

func mustRun(t *testing.T, rep imports.Report, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("import: %v; %+v", err, rep.Refusals)
	}
}
