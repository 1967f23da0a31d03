package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	orbclip "github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

// groundPath asks where the current tiles of the ground are.
func groundPath(c *client) string {
	c.t.Helper()
	v := c.get("/v1/tiles/ground.json")
	return strings.TrimPrefix(text(list(v["tiles"])[0]), c.base)
}

// tileAt fills in the address of a tile.
func tileAt(template string, m maptile.Tile) string {
	return strings.NewReplacer("{z}", fmt.Sprint(m.Z), "{x}", fmt.Sprint(m.X), "{y}", fmt.Sprint(m.Y)).Replace(template)
}

// ready waits for a set of tiles that is made while nobody waits: what a browser
// may keep is what it was made for.
func (c *client) ready(template string) {
	c.t.Helper()
	for begun := time.Now(); time.Since(begun) < 2*time.Minute; {
		a := c.ask(tileAt(template, maptile.Tile{}))
		if a.status != http.StatusOK {
			c.t.Fatalf("GET %s: %d %s", template, a.status, clip(a.body))
		}
		if strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			return
		}
	}
	c.t.Fatal("the tiles are never ready")
}

// homeOf is where the first resident of a demo lives.
func homeOf(t *testing.T, d *district) orb.Point {
	t.Helper()
	at := list(list(readJSON(t, d.file("problem.json"))["residents"])[0].(object)["location"])
	return orb.Point{at[0].(float64), at[1].(float64)}
}

func TestTilesHoldTheGround(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	path := groundPath(c)
	c.ready(path)
	seen := map[string]int{}
	for _, z := range []maptile.Zoom{8, 12, 14, 16} {
		tile := maptile.At(homeOf(t, d), z)
		a := c.ask(tileAt(path, tile))
		if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			t.Fatalf("zoom %d: %d %v", z, a.status, a.header)
		}
		layers, err := mvt.Unmarshal([]byte(a.body))
		if err != nil {
			t.Fatalf("zoom %d: %v", z, err)
		}
		if len(layers) == 0 {
			t.Errorf("zoom %d holds nothing", z)
		}
		for _, l := range layers {
			if !slices.Contains([]string{"water", "building", "street", "area"}, l.Name) {
				t.Errorf("zoom %d: layer %s", z, l.Name)
			}
			seen[l.Name] += len(l.Features)
		}
		// Without a version it is the same tile, to be asked about again.
		b := c.ask(fmt.Sprintf("/v1/tiles/%d/%d/%d.mvt?v=1", tile.Z, tile.X, tile.Y))
		if b.status != http.StatusOK || b.header.Get("Cache-Control") != "private, no-cache" || b.body != a.body {
			t.Errorf("the latest tile of zoom %d: %d %v, %d and %d bytes", z, b.status, b.header, len(a.body), len(b.body))
		}
	}
	for _, name := range []string{"building", "street", "area"} {
		if seen[name] == 0 {
			t.Errorf("no tile holds a %s: %v", name, seen)
		}
	}
}

func TestTileJSONDescribesTheTiles(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	sets := list(c.get("/v1/tiles.json")["sets"])
	if len(sets) == 0 {
		t.Fatal("no sets")
	}
	for _, set := range sets {
		link := strings.TrimPrefix(text(set.(object)["tilejson"]), c.base)
		v := c.get(link)
		if v["tilejson"] != "3.0.0" || v["scheme"] != "xyz" || len(list(v["bounds"])) != 4 || !strings.Contains(text(v["attribution"]), "OpenStreetMap") {
			t.Errorf("%s: %v", link, v)
		}
		template := text(list(v["tiles"])[0])
		if !strings.HasPrefix(template, c.base+"/v1/tiles/") {
			t.Errorf("%s: the tiles are at %s", link, template)
		}
		path := strings.TrimPrefix(template, c.base)
		if strings.HasPrefix(path, "/v1/tiles/ground/") { // true numbers are made when they are asked for, and kept by no browser
			c.ready(path)
		}
		// Every layer and field of every tile is described, with its zooms.
		layers := map[string]object{}
		for _, l := range list(v["vector_layers"]) {
			layers[text(l.(object)["id"])] = l.(object)
		}
		found := map[string]bool{}
		for z := whole(v["minzoom"]); z <= whole(v["maxzoom"]); z++ {
			tile, err := mvt.Unmarshal([]byte(c.ask(tileAt(path, maptile.At(homeOf(t, d), maptile.Zoom(z)))).body))
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range tile {
				described, ok := layers[l.Name]
				if !ok || z < whole(described["minzoom"]) || z > whole(described["maxzoom"]) {
					t.Errorf("%s: layer %s at zoom %d: %v", link, l.Name, z, described)
					continue
				}
				found[l.Name] = true
				for _, f := range l.Features {
					for key := range f.Properties {
						if _, ok := described["fields"].(object)[key]; !ok {
							t.Errorf("%s: field %s of layer %s is not described", link, key, l.Name)
						}
					}
				}
			}
		}
		for name := range layers {
			if !found[name] && name != "water" { // not everybody lives by the water
				t.Errorf("%s: no tile has layer %s: %v", link, name, slices.Collect(maps.Keys(found)))
			}
		}
		// A description made on another name of this machine leads back to it.
		a := c.ask(link, func(r *http.Request) { r.Host = "localhost:81" })
		if !strings.Contains(a.body, `"http://localhost:81/v1/tiles/`) {
			t.Errorf("asked as localhost:81: %s", clip(a.body))
		}
	}
}

func TestATileIsSentOnceAndAsked(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	path := groundPath(c)
	c.ready(path)
	here := tileAt(path, maptile.At(homeOf(t, d), 14))
	var first answer
	for _, test := range []struct {
		name, accept, match string
		status              int
		gzip                bool
	}{
		{"plain", "identity", "", 200, false},
		{"compressed", "br, gzip;q=0.8", "", 200, true},
		{"compressing is refused", "gzip;q=0", "", 200, false},
		{"the copy still holds", "gzip", "W/\"x\", {tag}", 304, false},
		{"any copy", "gzip", "*", 304, false},
		{"another copy", "gzip", `"x"`, 200, true},
	} {
		a := c.ask(here, func(r *http.Request) {
			r.Header.Set("Accept-Encoding", test.accept) // so that the client leaves the body as it is
			if test.match != "" {
				r.Header.Set("If-None-Match", strings.ReplaceAll(test.match, "{tag}", first.header.Get("ETag")))
			}
		})
		if a.status != test.status || (a.header.Get("Content-Encoding") == "gzip") != test.gzip || a.header.Get("Vary") != "Accept-Encoding" || a.header.Get("ETag") == "" {
			t.Errorf("%s: %d %v", test.name, a.status, a.header)
			continue
		}
		if first.status == 0 {
			first = a
		}
		body := a.body
		if test.gzip {
			r, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			body = string(b)
		}
		if test.status == 304 && body != "" || test.status == 200 && body != first.body {
			t.Errorf("%s: %d bytes, the first answer has %d", test.name, len(body), len(first.body))
		}
		if a.header.Get("ETag") != first.header.Get("ETag") {
			t.Errorf("%s: the tag %s is another than %s", test.name, a.header.Get("ETag"), first.header.Get("ETag"))
		}
	}
}

func TestAnOldVersionLeadsToTheCurrentTiles(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	path := groundPath(c)
	c.ready(path)
	stay := *http.DefaultClient
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, version := range []string{"1", "1.20200101"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/v1/tiles/ground/"+version+"/0/0/0.mvt", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := stay.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusTemporaryRedirect || resp.Header.Get("Location") != tileAt(path, maptile.Tile{}) || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("version %s: %d %v", version, resp.StatusCode, resp.Header)
		}
	}
	if a := c.ask("/v1/tiles/ground/latest/0/0/0.mvt"); a.status != 200 || a.header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("the latest: %d %v", a.status, a.header)
	}
}

func TestTilesOfCellsTellOutsidersNothingOfCare(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	read := func(as string, m maptile.Tile) (layers mvt.Layers, template string) {
		t.Helper()
		template = strings.TrimPrefix(text(list(c.get("/v1/tiles/cells.json" + as)["tiles"])[0]), c.base)
		a := c.ask(tileAt(template, m))
		layers, err := mvt.Unmarshal([]byte(a.body))
		// What not everybody is told does not stay in a browser.
		kept := strings.Contains(a.header.Get("Cache-Control"), "immutable")
		if a.status != http.StatusOK || err != nil || kept != (as != "") || !kept && a.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %v, %v", template, a.status, a.header, err)
		}
		return layers, template
	}
	m := maptile.At(homeOf(t, done(t, andorra)), 8)
	duty, ours := read("", m)
	open, theirs := read("?as=public", m)
	count := func(layers mvt.Layers, key string) (sum float64, told bool) {
		for _, l := range layers {
			for _, f := range l.Features {
				if v, ok := f.Properties[key]; ok {
					sum, told = sum+v.(float64), true
				}
			}
		}
		return sum, told
	}
	if n, told := count(duty, "residents"); !told || n == 0 {
		t.Errorf("%v residents, told %v", n, told)
	}
	for _, key := range []string{"residents", "disabled", "red", "yellow", "blue"} {
		if n, told := count(open, key); told {
			t.Errorf("%v %s are told to the public", n, key)
		}
	}
	a, _ := count(duty, "people")
	if b, _ := count(open, "people"); a != b || a == 0 {
		t.Errorf("%v people, the public is told of %v", a, b)
	}
	if !strings.HasSuffix(theirs, ".mvt?as=public") || strings.Contains(ours, "?") {
		t.Errorf("tiles at %s and %s", ours, theirs)
	}
	// Those who answer for nobody do not get by with the address of those who do.
	b := c.ask(tileAt(ours, m) + "?as=public")
	if got, err := mvt.Unmarshal([]byte(b.body)); err != nil || b.status != http.StatusOK {
		t.Errorf("%d, %v", b.status, err)
	} else if _, told := count(got, "residents"); told {
		t.Error("the address tells the public of residents")
	}
}

// The database's own tiles are the measure of ours.
func TestTilesAgreeWithPostGIS(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	path := groundPath(c)
	c.ready(path)
	a, err := app.Open(t.Context(), app.Config{Home: home, DatabaseURL: d.bed.dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	code := text(readJSON(t, d.file("problem.json"))["district"])
	seen := 0
	for _, z := range []maptile.Zoom{6, 9, 11, 12, 13, 14, 15, 16, 18} {
		m := maptile.At(homeOf(t, d), z)
		theirs, err := a.Store.Tile(t.Context(), code, int(m.Z), int(m.X), int(m.Y), planner.NewDate(2026, 12, 1))
		if err != nil {
			t.Fatal(err)
		}
		want, got := measures(t, theirs), measures(t, []byte(c.ask(tileAt(path, m)).body))
		for name, w := range want {
			g := got[name]
			seen += w.features
			// Both round to the grid; ours leaves out what moves a line by 2 units
			// or less. From afar most shapes are as small as that.
			few := 2 * float64(max(w.features, g.features))
			if math.Abs(w.area-g.area) > 0.01*w.area+6*w.length+few+100 || math.Abs(w.length-g.length) > 0.05*w.length+2*few+200 {
				t.Errorf("zoom %d, %s: %+v, PostGIS has %+v", z, name, g, w)
			}
			if off := math.Abs(float64(w.features - g.features)); z >= 11 && off > 0.01*float64(w.features) || z >= 14 && off > 0 {
				t.Errorf("zoom %d: %d of %s, PostGIS has %d", z, g.features, name, w.features)
			}
		}
		if len(got) > len(want) {
			t.Errorf("zoom %d: layers %v, PostGIS has %v", z, got, want)
		}
	}
	if seen < 1000 {
		t.Errorf("only %d features were compared", seen)
	}
}

// measure is how much of a layer is in a tile, without its margin.
type measure struct {
	features     int
	area, length float64 // units; area of polygons, length of lines and of rings
}

func measures(t *testing.T, b []byte) map[string]measure {
	t.Helper()
	layers, err := mvt.Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]measure{}
	for _, l := range layers {
		var m measure
		for _, f := range l.Features {
			g := orbclip.Geometry(orb.Bound{Max: orb.Point{4096, 4096}}, orb.Clone(f.Geometry))
			if g == nil {
				continue
			}
			m.features++
			if g.Dimensions() == 2 {
				m.area += planar.Area(g)
			} else {
				m.length += planar.Length(g)
			}
		}
		if m.features > 0 {
			out[l.Name] = m
		}
	}
	return out
}

// BenchmarkTilesAtAConstantRate asks for every tile of the demo district at
// zooms 8 to 16 once, in a random order, 200 a second whether answers come or
// not: from the program over HTTP, and for comparison from the database alone,
// by the statement that it would be with ST_AsMVT. The client, the program and
// the database share the machine.
func BenchmarkTilesAtAConstantRate(b *testing.B) {
	const rate = 200
	d, err := demo("tiles_bench", "tiles_bench", false)
	if err != nil || d.code != exitDone {
		b.Fatal(err, d.err)
	}
	a, err := app.Open(b.Context(), app.Config{Home: home, DatabaseURL: d.bed.dsn})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	district, err := a.Service.District(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	set, err := a.Service.GroundTileSet(b.Context(), district.Code)
	if err != nil {
		b.Fatal(err)
	}
	var all []maptile.Tile
	for z := maptile.Zoom(8); z <= 16; z++ {
		from, to := maptile.At(orb.Point{set.Bounds.Left(), set.Bounds.Top()}, z), maptile.At(orb.Point{set.Bounds.Right(), set.Bounds.Bottom()}, z)
		for x := from.X; x <= to.X; x++ {
			for y := from.Y; y <= to.Y; y++ {
				all = append(all, maptile.Tile{X: x, Y: y, Z: z})
			}
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	server := httptest.NewServer(api.New(a.Service, district.Code, api.Fixed(service.Everyone(district.Code)), http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true}}
	// The set is ready, as it is soon after the program begins; no tile is.
	for ready := false; !ready; {
		t, err := a.Service.GroundTile(b.Context(), district.Code, set.Version, 0, 0, 0)
		if err != nil {
			b.Fatal(err)
		}
		ready = t.Version != ""
	}
	path := server.URL + "/v1/tiles/ground/" + set.Version + "/{z}/{x}/{y}.mvt"
	for _, source := range []struct {
		name string
		get  func(maptile.Tile) (int, error)
	}{
		{"memory", func(m maptile.Tile) (int, error) {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, tileAt(path, m), http.NoBody)
			if err != nil {
				return 0, err
			}
			req.Header.Set("Accept-Encoding", "gzip")
			resp, err := client.Do(req)
			if err != nil {
				return 0, err
			}
			defer resp.Body.Close()
			var body bytes.Buffer
			n, err := body.ReadFrom(resp.Body)
			if err == nil && resp.StatusCode != http.StatusOK {
				err = fmt.Errorf("%s: %s", resp.Status, body.String())
			}
			return int(n), err
		}},
		{"st_asmvt", func(m maptile.Tile) (int, error) {
			t, err := a.Store.Tile(b.Context(), district.Code, int(m.Z), int(m.X), int(m.Y), planner.NewDate(2026, 12, 1))
			return len(t), err
		}},
	} {
		b.Run(source.name, func(b *testing.B) {
			took := make([]time.Duration, len(all))
			var bytesSent, failed int
			var mu sync.Mutex
			began := processor(b)
			for b.Loop() {
				var work sync.WaitGroup
				start := time.Now()
				for i, m := range all {
					due := start.Add(time.Duration(i) * time.Second / rate)
					time.Sleep(time.Until(due)) // the load's own clock
					work.Go(func() {
						n, err := source.get(m)
						took[i] = time.Since(due)
						mu.Lock()
						defer mu.Unlock()
						if bytesSent += n; err != nil {
							failed++
							b.Error(err)
						}
					})
				}
				work.Wait()
			}
			slices.Sort(took)
			at := func(share float64) float64 { return took[int(share*float64(len(took)-1))].Seconds() * 1000 }
			b.ReportMetric(at(0.5), "p50-ms")
			b.ReportMetric(at(0.99), "p99-ms")
			b.ReportMetric(at(1), "max-ms")
			b.ReportMetric(float64(len(all)), "tiles")
			b.ReportMetric(float64(bytesSent)/float64(b.N*len(all)), "bytes/tile")
			b.ReportMetric((processor(b)-began).Seconds()*1000/float64(b.N*len(all)), "cpu-ms/tile")
		})
	}
}
