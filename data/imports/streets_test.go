package imports_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/data/imports"
	"sanse/routing"
	"sanse/routing/overlay"
)

const roadLines = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"道路名称":"幸福路","道路类型":"支路"},"geometry":{"type":"LineString","coordinates":[[104.300,30.80],[104.310,30.80]]}},
{"type":"Feature","properties":{"道路名称":"和平路"},"geometry":{"type":"LineString","coordinates":[[104.310,30.80],[104.310,30.81]]}}]}`

// seconds is the time on foot between two points of a stored network.
func seconds(t *testing.T, packed []byte, from, to orb.Point) int32 {
	t.Helper()
	net, err := routing.Load(packed)
	if err != nil {
		t.Fatal(err)
	}
	e, err := net.Engine(routing.Foot())
	if err != nil {
		t.Fatal(err)
	}
	snaps, faults := e.SnapAll([]orb.Point{from, to}, 200)
	if err := errors.Join(faults...); err != nil {
		t.Fatal(err)
	}
	table, err := e.Table(t.Context(), snaps[:1], snaps[1:])
	if err != nil {
		t.Fatal(err)
	}
	return table[0][0]
}

func TestRoadLinesStandInForAnExtract(t *testing.T) {
	b := setup(t)
	b.env.Attribution = imports.OSMAttribution
	rep, err := b.run(imports.Streets, b.file(t, "roads.geojson", roadLines))
	mustRun(t, rep, err)
	if rep.Read != 2 || rep.Stored != 2 || len(b.sink.streets) != 2 {
		t.Errorf("%+v, %d streets", rep, len(b.sink.streets))
	}
	if b.sink.version.Attribution != "" {
		t.Errorf("the district's own lines are credited to %s", b.sink.version.Attribution)
	}
	if s := seconds(t, b.sink.graph, orb.Point{104.30, 30.80}, orb.Point{104.31, 30.81}); s < 1500 || s > 1700 {
		t.Errorf("2.07 km take %d s", s)
	}

	t.Run("a point among the lines is refused by its place", func(t *testing.T) {
		b := setup(t)
		rep, err := b.run(imports.Streets, b.file(t, "roads.geojson", strings.Replace(roadLines, `"LineString","coordinates":[[104.310,30.80],[104.310,30.81]]`, `"Point","coordinates":[104.31,30.80]`, 1)))
		if !errors.Is(err, imports.ErrRefused) || rep.Refused != 1 || rep.Refusals[0].Line != 3 {
			t.Errorf("%v, %+v", err, rep)
		}
	})
}

// closed is a file that closes 幸福路 for some days and adds a way for good.
const closed = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"1","change":"close","from":"2026-01-01","until":"2026-12-31"},"geometry":{"type":"LineString","coordinates":[[104.303,30.80],[104.306,30.80]]}},
{"type":"Feature","properties":{"id":"2","change":"add","class":"footway","from":"2026-01-01"},"geometry":{"type":"LineString","coordinates":[[104.300,30.80],[104.310,30.81]]}}]}`

func TestChangesAreLaidOverTheStreets(t *testing.T) {
	west, east, north := orb.Point{104.300, 30.80}, orb.Point{104.310, 30.80}, orb.Point{104.310, 30.81}
	b := setup(t)
	rep, err := b.run(imports.Streets, b.file(t, "roads.geojson", roadLines))
	mustRun(t, rep, err)
	before := seconds(t, b.sink.graph, west, east)
	net, err := routing.Load(b.sink.graph)
	if err != nil {
		t.Fatal(err)
	}
	b.env.Base = &imports.StoredBase{Version: b.sink.version, Graph: net.Graph()}

	rep, err = b.run(imports.Overlay, b.file(t, "changes.geojson", closed))
	mustRun(t, rep, err)
	if rep.Read != 2 || rep.Stored != 2 || string(b.sink.overlay.Changes) != closed {
		t.Errorf("%+v", rep)
	}
	v := b.sink.version
	if v.Base != 1 || v.Overlay != 1 || v.InForce == "" || v.Source != "roads.geojson" {
		t.Errorf("stored as %+v", v)
	}
	if after := seconds(t, b.sink.graph, west, east); after <= before {
		t.Errorf("over the added way it takes %d s, before the street was closed %d s", after, before)
	}
	if s := seconds(t, b.sink.graph, west, north); s < 1100 || s > 1200 {
		t.Errorf("the added way of 1.46 km takes %d s", s)
	}

	t.Run("and over the next streets, as they are on the day of the import", func(t *testing.T) {
		o, err := overlay.Read(bytes.NewReader(b.sink.overlay.Changes))
		if err != nil {
			t.Fatal(err)
		}
		b.env.Overlay = &imports.StoredOverlay{Version: 1, Overlay: o}
		rep, err := b.run(imports.Streets, b.file(t, "roads2.geojson", roadLines))
		mustRun(t, rep, err)
		if again := b.sink.version; again.Base != again.Version-1 || again.Overlay != 1 || again.InForce != v.InForce || again.Source != "roads2.geojson" {
			t.Errorf("stored as %+v", again)
		}
	})

	t.Run("a file with a fault is refused whole and every fault is named", func(t *testing.T) {
		bad := strings.NewReplacer(`"change":"close"`, `"change":"shut"`, `"class":"footway"`, `"class":"motorway to heaven"`).Replace(closed)
		stored := b.sink.overlay
		rep, err := b.run(imports.Overlay, b.file(t, "bad.geojson", bad))
		if !errors.Is(err, imports.ErrRefused) || len(rep.Refusals) != 2 || b.sink.overlay.Version != stored.Version {
			t.Errorf("%v, %+v", err, rep)
		}
	})

	t.Run("a dry run tells what deserves a look, and stores nothing", func(t *testing.T) {
		far := strings.Replace(closed, "[[104.303,30.80],[104.306,30.80]]", "[[104.303,30.85],[104.306,30.85]]", 1)
		stored := b.sink.overlay
		rep, err := b.run(imports.Overlay, b.file(t, "far.geojson", far), dryRun)
		mustRun(t, rep, err)
		if len(rep.Hints) != 1 || !strings.Contains(rep.Hints[0], `"1"`) || rep.Stored != 0 || b.sink.overlay.Version != stored.Version {
			t.Errorf("%+v", rep)
		}
	})

	t.Run("streets come first", func(t *testing.T) {
		var input *imports.InputError
		if _, err := setup(t).run(imports.Overlay, b.file(t, "early.geojson", closed)); !errors.As(err, &input) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestABuiltGraphStandsInForItsExtract(t *testing.T) {
	b := setup(t)
	b.env.Attribution = imports.OSMAttribution
	rep, err := b.run(imports.Streets, b.file(t, "roads.geojson", roadLines))
	mustRun(t, rep, err)
	packed, want := b.sink.graph, len(b.sink.streets)
	rep, err = b.run(imports.Streets, b.file(t, "city.graph", string(packed)))
	mustRun(t, rep, err)
	if !bytes.Equal(b.sink.graph, packed) || len(b.sink.streets) != want || rep.Stored != want {
		t.Errorf("%d bytes and %d streets of %d and %d; %+v", len(b.sink.graph), len(b.sink.streets), len(packed), want, rep)
	}
	if b.sink.version.Attribution != imports.OSMAttribution {
		t.Errorf("credited to %q", b.sink.version.Attribution)
	}
	var input *imports.InputError
	if _, err := b.run(imports.Streets, b.file(t, "cut.graph", string(packed[:len(packed)/2]))); !errors.As(err, &input) || !errors.Is(err, routing.ErrDamaged) {
		t.Errorf("cut off: error is %v", err)
	}
}
