package imports_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"golang.org/x/text/encoding/simplifiedchinese"

	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
	"sanse/routing"
)

// collection writes areas as GeoJSON, after change has had its way with each.
func collection(t testing.TB, areas []geo.Area, change func(*geojson.Feature)) string {
	t.Helper()
	fc := geojson.NewFeatureCollection()
	for _, a := range areas {
		f := geojson.NewFeature(a.Boundary)
		f.Properties = geojson.Properties{"code": a.Code, "level": a.Level.String(), "parent": a.Parent, "name": a.Name, "special": a.Special}
		if change != nil {
			change(f)
		}
		fc.Append(f)
	}
	raw, err := json.MarshalIndent(fc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAreasAreStoredAsOneTree(t *testing.T) {
	b := setup(t)
	b.env.Areas = nil
	areas := groundAreas()
	slices.Reverse(areas) // children may come before their parents
	rep, err := b.run(imports.Areas, b.file(t, "a.geojson", collection(t, areas, nil)))
	mustRun(t, rep, err)
	if rep.Stored != len(areas) || len(b.sink.areas) != len(areas) || len(rep.Warnings) != 0 {
		t.Fatalf("stored %d of %d: %+v", rep.Stored, len(areas), rep)
	}
	if a := b.sink.areas[0]; a.ValidFrom != today || a.Level != geo.LevelMicroGrid || a.Name != "微网格2" {
		t.Errorf("first area is %+v", a)
	}
}

func TestAreasThatDoNotFitAreRefused(t *testing.T) {
	everything := func(f *geojson.Feature, code string, change func(*geojson.Feature)) {
		if f.Properties["code"] == code {
			change(f)
		}
	}
	grid := district + "001001001"
	for _, c := range []struct {
		name, reason string
		extra        []geo.Area
		change       func(*geojson.Feature)
	}{
		{
			"a grid listed in two communities", "listed twice",
			[]geo.Area{{Code: grid, Level: geo.LevelGrid, Parent: district + "001002", Name: "x", Boundary: box(104.30, 30.80, 104.31, 30.81)}},
			nil,
		},
		{
			"a grid whose ground lies in two communities", "510199001001002", nil,
			func(f *geojson.Feature) {
				everything(f, district+"001001002", func(f *geojson.Feature) { f.Geometry = box(104.31, 30.80, 104.325, 30.81)[0] })
			},
		},
		{
			"a code that is too short", "not an area's code", nil,
			func(f *geojson.Feature) {
				everything(f, grid, func(f *geojson.Feature) { f.Properties["code"] = "51019900100100" })
			},
		},
		{
			"a level that does not fit its code", "is that of a grid", nil,
			func(f *geojson.Feature) {
				everything(f, grid, func(f *geojson.Feature) { f.Properties["level"] = "town" })
			},
		},
		{
			"a parent that does not fit the code", "the code says", nil,
			func(f *geojson.Feature) {
				everything(f, grid, func(f *geojson.Feature) { f.Properties["parent"] = district + "001002" })
			},
		},
		{
			"a code of another district", "does not begin with", nil,
			func(f *geojson.Feature) {
				everything(f, grid, func(f *geojson.Feature) { f.Properties["code"] = "510113001001001" })
			},
		},
		{
			"a boundary that crosses itself", "elf-intersection", nil,
			func(f *geojson.Feature) {
				everything(f, grid+"001", func(f *geojson.Feature) {
					f.Geometry = orb.Polygon{{{104.30, 30.80}, {104.305, 30.81}, {104.305, 30.80}, {104.30, 30.81}, {104.30, 30.80}}}
				})
			},
		},
		{
			"a point where a polygon is needed", "this is “Point”", nil,
			func(f *geojson.Feature) {
				everything(f, grid, func(f *geojson.Feature) { f.Geometry = orb.Point{104.3, 30.8} })
			},
		},
		{
			"swapped coordinates", "swapped", nil,
			func(f *geojson.Feature) {
				everything(f, grid, func(f *geojson.Feature) {
					f.Geometry = orb.Polygon{{{30.80, 104.30}, {30.80, 104.31}, {30.81, 104.31}, {30.80, 104.30}}}
				})
			},
		},
		{
			"Gauss–Krüger metres declared as degrees", "Gauss–Krüger", nil,
			func(f *geojson.Feature) {
				everything(f, grid, func(f *geojson.Feature) {
					f.Geometry = orb.Polygon{{{433600, 3409000}, {434600, 3409000}, {434600, 3410000}, {433600, 3409000}}}
				})
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			b.env.Areas = nil
			rep, err := b.run(imports.Areas, b.file(t, "a.geojson", collection(t, append(groundAreas(), c.extra...), c.change)))
			if !errors.Is(err, imports.ErrRefused) || len(b.sink.areas) != 0 {
				t.Fatalf("error is %v, stored %d", err, len(b.sink.areas))
			}
			r := rep.Refusals[0]
			if !strings.Contains(r.Reason, c.reason) || r.Line < 2 {
				t.Errorf("refused on line %d: %s\nwant …%s…", r.Line, r.Reason, c.reason)
			}
		})
	}
}

func TestSkippingARefusedGridLeavesOutWhatHangsOnIt(t *testing.T) {
	b := setup(t)
	b.env.Areas = nil
	rep, err := b.run(imports.Areas, b.file(t, "a.geojson", collection(t, groundAreas(), func(f *geojson.Feature) {
		if f.Properties["code"] == district+"001001001" {
			f.Properties["parent"] = "510199009009"
		}
	})), skipRefused)
	mustRun(t, rep, err)
	if rep.Refused != 3 || rep.Stored != len(groundAreas())-3 {
		t.Errorf("refused %d, stored %d: %+v", rep.Refused, rep.Stored, rep.Refusals)
	}
	if len(rep.Warnings) != 1 || !strings.Contains(rep.Warnings[0].Text, "in none of the areas") {
		t.Errorf("the gap it leaves: %+v", rep.Warnings)
	}
}

func TestAFileOfGridsFitsIntoTheAreasThatAreStored(t *testing.T) {
	b := setup(t)
	var grids []geo.Area
	for _, a := range groundAreas() {
		if a.Level == geo.LevelGrid {
			a.Name = "新" + a.Name
			grids = append(grids, a)
		}
	}
	rep, err := b.run(imports.Areas, b.file(t, "a.geojson", collection(t, grids, nil)), func(o *imports.Options) {
		o.ValidFrom = planner.NewDate(2027, 1, 1)
	})
	mustRun(t, rep, err)
	if len(b.sink.areas) != 16 || b.sink.areas[0].ValidFrom != planner.NewDate(2027, 1, 1) {
		t.Errorf("stored %d, from %v", len(b.sink.areas), b.sink.areas[0].ValidFrom)
	}
	b.env.Areas = nil
	rep, err = b.run(imports.Areas, b.file(t, "a.geojson", collection(t, grids, nil)))
	if !errors.Is(err, imports.ErrRefused) || len(rep.Refusals) == 0 {
		t.Errorf("grids without a district: %v", err)
	}
}

func TestGeoJSONThatIsNoneIsAnInputError(t *testing.T) {
	whole := collection(t, groundAreas(), nil)
	b := setup(t)
	var input *imports.InputError
	for name, text := range map[string]string{
		"nothing": "", "a list": "[1]", "no JSON": "{\"type\": \"FeatureCollection\", \"features\": [{]}", "no features": `{"type":"FeatureCollection"}`,
		"another type": `{"type":"Topology","objects":{}}`, "cut off in a feature": whole[:len(whole)/2], "cut off behind the features": whole[:len(whole)-2],
		"a crs that is not known": `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"local"}},"features":[]}`,
		"no code":                 `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"nom":"x"},"geometry":{"type":"Polygon","coordinates":[[[104.3,30.8],[104.4,30.8],[104.4,30.9],[104.3,30.8]]]}}]}`,
	} {
		if _, err := b.run(imports.Areas, b.file(t, "a.geojson", text)); !errors.As(err, &input) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// houses are footprints, in degrees around the middle of the ground.
func houses(n int) []orb.Polygon {
	out := make([]orb.Polygon, n)
	for i := range out {
		x, y := 104.301+float64(i%30)*0.001, 30.801+float64(i/30)*0.001
		out[i] = box(x, y, x+0.0003, y+0.0002)[0]
	}
	return out
}

func houseFile(t testing.TB, crs string, move func(orb.Point) orb.Point) string {
	t.Helper()
	fc := geojson.NewFeatureCollection()
	if crs != "" {
		fc.ExtraMembers = geojson.Properties{"crs": map[string]any{"type": "name", "properties": map[string]any{"name": crs}}}
	}
	for i, p := range houses(60) {
		moved := make(orb.Ring, len(p[0]))
		for k, q := range p[0] {
			moved[k] = q
			if move != nil {
				moved[k] = move(q)
			}
		}
		f := geojson.NewFeature(orb.Polygon{moved})
		f.Properties = geojson.Properties{"id": fmt.Sprintf("B%d", i), "name": fmt.Sprintf("幸福苑%d栋", i), "kind": "apartments", "address": "幸福路", "units": 2, "floors": 6}
		fc.Append(f)
	}
	raw, err := json.Marshal(fc)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func converter(t *testing.T, crs geo.CRS) func(orb.Point) orb.Point {
	t.Helper()
	conv, err := geo.NewConverter(crs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conv.Close)
	return func(p orb.Point) orb.Point {
		q, err := conv.FromWGS84(p)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
}

func checkHouses(t *testing.T, b *bundle, rep imports.Report, err error) {
	t.Helper()
	mustRun(t, rep, err)
	if len(b.sink.buildings) != 60 || rep.Stored != 60 {
		t.Fatalf("stored %d buildings: %+v", len(b.sink.buildings), rep)
	}
	for i, h := range b.sink.buildings {
		at, want := h.Boundary[0][0][0], houses(60)[i][0]
		near := false
		for _, p := range want {
			near = near || geo.Distance(at, p) < 0.2
		}
		if !near || h.ID != fmt.Sprintf("B%d", i) || h.Name != fmt.Sprintf("幸福苑%d栋", i) || h.Units != 2 || h.Floors != 6 || h.Boundary[0][0].Orientation() != orb.CCW {
			t.Fatalf("building %d is %+v at %v, want %v", i, h, at, want[0])
		}
	}
}

func TestBuildingsComeInTheSystemOfTheirFileOrOfTheOption(t *testing.T) {
	b := setup(t)
	rep, err := b.run(imports.Buildings, b.file(t, "w.geojson", houseFile(t, "", nil)))
	checkHouses(t, b, rep, err)
	rep, err = b.run(imports.Buildings, b.file(t, "crs84.geojson", houseFile(t, "urn:ogc:def:crs:OGC:1.3:CRS84", nil)))
	checkHouses(t, b, rep, err)
	metres := houseFile(t, "urn:ogc:def:crs:EPSG::4543", converter(t, "EPSG:4543"))
	rep, err = b.run(imports.Buildings, b.file(t, "m.geojson", metres))
	checkHouses(t, b, rep, err)
	rep, err = b.run(imports.Buildings, b.file(t, "g.geojson", houseFile(t, "", converter(t, geo.GCJ02))), in(geo.GCJ02))
	checkHouses(t, b, rep, err)
	// The option goes before what the file says.
	rep, err = b.run(imports.Buildings, b.file(t, "o.geojson", houseFile(t, "urn:ogc:def:crs:EPSG::4543", nil)), in(geo.WGS84))
	checkHouses(t, b, rep, err)
	// One feature a line, with record separators.
	var fc struct{ Features []json.RawMessage }
	if err := json.Unmarshal([]byte(houseFile(t, "", nil)), &fc); err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, f := range fc.Features {
		fmt.Fprintf(&lines, "\x1e%s\n", f)
	}
	rep, err = b.run(imports.Buildings, b.file(t, "s.geojsonl", lines.String()))
	checkHouses(t, b, rep, err)
}

func TestBuildingsThatAreWrongSayWhy(t *testing.T) {
	b := setup(t)
	feature := func(id, geometry string) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"id":%q,"units":"2"},"geometry":%s}`+"\n", id, geometry)
	}
	square := `{"type":"Polygon","coordinates":[[[104.301,30.801],[104.302,30.801],[104.302,30.802],[104.301,30.801]]]}`
	rep, err := b.run(imports.Buildings, b.file(t, "b.geojsonl", feature("B1", square)+feature("B1", square)+feature("", square)+
		feature("B4", `null`)+feature("B5", `{"type":"Polygon","coordinates":[[[104.301,30.801],[104.302,30.801]]]}`)+
		feature("B6", `{"type":"Polygon","coordinates":[[[116.4,39.9],[116.5,39.9],[116.5,39.8],[116.4,39.9]]]}`)+
		feature("B7", `{"type":"Polygon","coordinates":[[[104.301,30.801],[104.302,30.802],[104.302,30.801],[104.301,30.802],[104.301,30.801]]]}`)+
		feature("B8", `{"type":"Polygon","coordinates":"x"}`)))
	checkRefusals(t, rep, err, []want{
		{2, "id", "line 1"},
		{3, "id", "empty"},
		{4, "", "no geometry"},
		{5, "", "fewer than three"},
		{6, "geometry", "from its border"},
		{7, "geometry", "elf-intersection"},
		{8, "", "cannot be read"},
	})
}

func TestShapefilesAndGeoPackagesAreReadThroughGDAL(t *testing.T) {
	tool, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Fatal("this test needs gdal-bin")
	}
	b := setup(t)
	gcj := b.file(t, "gcj.geojson", houseFile(t, "", converter(t, geo.GCJ02)))
	source := b.file(t, "source.geojson", houseFile(t, "", nil))
	make := func(name string, args ...string) string {
		path := filepath.Join(b.dir, name)
		cmd := exec.Command(tool, append(args[:len(args)-1:len(args)-1], path, args[len(args)-1])...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", name, err, out)
		}
		return path
	}
	rep, err := b.run(imports.Buildings, make("w.gpkg", "-f", "GPKG", source))
	checkHouses(t, b, rep, err)
	rep, err = b.run(imports.Buildings, make("m.shp", "-f", "ESRI Shapefile", "-t_srs", "EPSG:4543", "-lco", "ENCODING=UTF-8", source))
	checkHouses(t, b, rep, err)
	rep, err = b.run(imports.Buildings, make("g.gpkg", "-f", "GPKG", gcj), in(geo.GCJ02))
	checkHouses(t, b, rep, err)

	// A Shapefile of an old GIS: GBK, and no word of it.
	old := make("old.shp", "-f", "ESRI Shapefile", "-lco", "ENCODING=CP936", source)
	for _, ext := range []string{".cpg"} {
		if err := os.Remove(strings.TrimSuffix(old, ".shp") + ext); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	dbf := strings.TrimSuffix(old, ".shp") + ".dbf"
	raw, err := os.ReadFile(dbf)
	if err != nil {
		t.Fatal(err)
	}
	raw[29] = 0
	if err := os.WriteFile(dbf, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if gbk, err := simplifiedchinese.GBK.NewEncoder().String("幸福苑"); err != nil || !strings.Contains(string(raw), gbk) {
		t.Fatal("the Shapefile of the test is not in GBK")
	}
	rep, err = b.run(imports.Buildings, old)
	checkHouses(t, b, rep, err)
	if rep.Encoding != "GB18030" {
		t.Errorf("read as %s", rep.Encoding)
	}

	// Without a .prj nobody knows where it is.
	bare := make("bare.shp", "-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8", source)
	if err := os.Remove(strings.TrimSuffix(bare, ".shp") + ".prj"); err != nil {
		t.Fatal(err)
	}
	var input *imports.InputError
	if _, err := b.run(imports.Buildings, bare); !errors.As(err, &input) || !strings.Contains(err.Error(), "--crs") {
		t.Errorf("a Shapefile without .prj: %v", err)
	}
	rep, err = b.run(imports.Buildings, bare, in(geo.WGS84))
	checkHouses(t, b, rep, err)
	if _, err := b.run(imports.Buildings, b.file(t, "no.gpkg", "nothing of the kind")); !errors.As(err, &input) {
		t.Errorf("no GeoPackage: %v", err)
	}
	t.Setenv("PATH", b.dir)
	if _, err := b.run(imports.Buildings, bare); err == nil || !strings.Contains(err.Error(), "gdal-bin") || errors.As(err, &input) {
		t.Errorf("without gdal-bin: %v", err)
	}
}

func osmSample(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		t.Fatalf("find module paulmach/osm: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "testdata", name)
}

func TestStreetsAreStoredWithTheirGraph(t *testing.T) {
	b := setup(t)
	b.env.Attribution = imports.OSMAttribution
	path := b.file(t, "s.osm", `<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="30.80" lon="104.30"/><node id="2" lat="30.80" lon="104.31"/><node id="3" lat="30.81" lon="104.31"/>
<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="幸福路"/></way>
<way id="8"><nd ref="2"/><nd ref="3"/><tag k="highway" v="footway"/></way>
</osm>`)
	rep, err := b.run(imports.Streets, path)
	mustRun(t, rep, err)
	net, err := routing.Load(b.sink.graph)
	if err != nil {
		t.Fatal(err)
	}
	g := net.Graph()
	for _, p := range []routing.Profile{routing.Foot(), routing.Elderly()} {
		if e, err := net.Engine(p); err != nil || !e.Prepared() {
			t.Errorf("not prepared for %s: %v", p.Name, err)
		}
	}
	if g.Edges() != rep.Stored || len(b.sink.streets) != g.Edges() || b.sink.version.Source != "s.osm" || b.sink.version.Attribution != imports.OSMAttribution || b.sink.version.Imported.IsZero() {
		t.Errorf("stored %d edges, %d streets, %+v", g.Edges(), len(b.sink.streets), b.sink.version)
	}
	rep, err = b.run(imports.Streets, path, dryRun)
	mustRun(t, rep, err)
	if rep.Stored != 0 || rep.Read != 2 {
		t.Errorf("dry run: %+v", rep)
	}
}

func TestATruncatedPBFIsAnInputError(t *testing.T) {
	raw, err := os.ReadFile(osmSample(t, "delaware-latest.osm.pbf"))
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t)
	for name, text := range map[string]string{
		"cut off": string(raw[:len(raw)/3]), "no OSM data": "residents,of,Delaware", "nothing": "",
	} {
		var input *imports.InputError
		if _, err := b.run(imports.Streets, b.file(t, "s.osm.pbf", text)); !errors.As(err, &input) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}
