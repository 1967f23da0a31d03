package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/geojson"
)

// A street of 2 km along a canal, and another on the far bank that meets it at its
// western end only; homes on both.
const (
	bankStreets = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"highway":"residential"},"geometry":{"type":"LineString","coordinates":[[104.30,30.80],[104.31,30.80],[104.32,30.80]]}},
{"type":"Feature","properties":{"highway":"residential"},"geometry":{"type":"LineString","coordinates":[[104.30,30.80],[104.30,30.801],[104.31,30.801],[104.32,30.801]]}}]}`
	bankHomes = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"h1","properties":{"people":40},"geometry":{"type":"Point","coordinates":[104.3199,30.80]}},
{"type":"Feature","properties":{"id":"h2","people":30},"geometry":{"type":"Polygon","coordinates":[[[104.3198,30.8009],[104.32,30.8009],[104.32,30.8011],[104.3198,30.8011],[104.3198,30.8009]]]}},
{"type":"Feature","properties":{"编号":"h3","people":20},"geometry":{"type":"Point","coordinates":[104.3001,30.80]}}]}`
	bankPlaces = "id,状态,lon,lat,容量\neast,新建,104.3195,30.80,35\nfar,新建,104.3195,30.801,\nwest,现有,104.3002,30.8,5\n"
)

func TestSitesAreChosenByWalksOnStreets(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	homes, places := file("homes.geojson", bankHomes), file("places.csv", strings.ReplaceAll(bankPlaces, ",容量", ",note"))
	streets := file("streets.geojson", bankStreets)
	args := func(more ...string) []string {
		return append([]string{"sites", "--demand", homes, "--candidates", places, "--radius", "400", "-p", "1", "--goal", "mclp"}, more...)
	}
	// Straight across the canal both homes in the east are near; on foot one is.
	sanse(t.Context(), args()...).want(t, exitDone).says(t, "90 of 90 covered")
	sanse(t.Context(), args("--graph", streets)...).want(t, exitDone).says(t, "60 of 90 covered", "1,east,new,40,60\n")
	sanse(t.Context(), "sites", "--demand", homes, "--candidates", places, "--radius", "400", "-p", "2", "--goal", "mclp", "--streets", streets, "--profile", "foot").want(t, exitDone).says(t, "90 of 90 covered", "1,east,new,40,60\n2,far,new,30,90\n")
	sanse(t.Context(), "sites", "--demand", homes, "--candidates", places, "-p", "1", "--goal", "pcenter", "--graph", streets).want(t, exitDone).says(t, "at most ")
	lost := file("lost.csv", "id,lon,lat,weight\na,104.3199,30.80,5\nb,104.40,30.80,2\n")
	sanse(t.Context(), "sites", "--demand", lost, "--candidates", places, "-p", "1", "--goal", "mclp", "--radius", "400", "--graph", streets).
		want(t, exitDone).says(t, `1 of 2 demands lie farther than 300 m from every street and have no way, the first is "b"`, "5 of 7 covered")
}

func TestCandidatesAreMadeFromStreetsAndBuildings(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	homes, streets := file("homes.geojson", bankHomes), file("streets.geojson", bankStreets)
	today := file("today.csv", "id,status,lon,lat\nwest,kept,104.3002,30.8\ns1,idle,104.305,30.8\n")
	out := filepath.Join(dir, "out.geojson")
	sanse(t.Context(), "sites", "--demand", homes, "--candidates", today, "--graph", streets, "--make-candidates", "streets", "--apart", "100", "--goal", "mclp", "-p", "2", "--radius", "300", "-o", out).
		want(t, exitDone).says(t, "2 sites, 90 of 90 covered (100.00 %), the best possible")
	all, err := geojson.UnmarshalFeatureCollection([]byte(readText(t, out)))
	if err != nil || len(all.Features) != 2 {
		t.Fatalf("%v: %s", err, readText(t, out))
	}
	for _, f := range all.Features {
		if at := f.Point(); at[0] < 104.315 || f.Properties.MustString("status") != "new" {
			t.Errorf("%v", f)
		}
	}
	footprint := func(id, x string) string {
		return `{"type":"Feature","properties":{"id":"` + id + `"},"geometry":{"type":"Polygon","coordinates":[[[104.` + x + `0,30.8001],[104.` + x + `4,30.8001],[104.` + x + `4,30.8004],[104.` + x + `0,30.8004],[104.` + x + `0,30.8001]]]}}`
	}
	buildings := file("buildings.geojson", `{"type":"FeatureCollection","features":[`+footprint("hall", "318")+","+footprint("school", "301")+"]}")
	with := []string{"sites", "--demand", homes, "--graph", streets, "--make-candidates", "buildings", "--buildings", buildings, "--goal", "mclp", "-p", "1", "--radius", "400"}
	sanse(t.Context(), with...).want(t, exitDone).says(t, "1,hall,new,40,40\n")
	sanse(t.Context(), append(with, "--least-m2", "5000")...).want(t, exitInvalid).says(t, "--make-candidates buildings: there are none where the people are")
}

func TestSitesWithCapacitiesServeNoMoreThanTheyCan(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	homes := file("homes.csv", "id,weight,x,y\na,50,0,0\nb,20,100,0\n")
	places := file("places.csv", "id,status,容量,x,y\nk,kept,10,0,0\np,new,30,10,0\nq,new,,90,0\nnone,new,0,0,0\n")
	who := filepath.Join(dir, "who.csv")
	args := func(more ...string) []string {
		return append([]string{"sites", "--demand", homes, "--candidates", places, "--radius", "200", "--goal", "mclp"}, more...)
	}
	sanse(t.Context(), args("-p", "1", "--assignment", who)...).want(t, exitDone).says(t, "70 of 70 covered", "step,id,status,gain,after,capacity,load\n1,q,new,60,70,,60\n")
	if got := readText(t, who); !strings.HasPrefix(got, "demand,candidate,cost,weight\n") || !strings.Contains(got, ",k,") {
		t.Errorf("who is served where:\n%s", got)
	}
	sanse(t.Context(), args("-p", "1", "--capacity", "20")...).want(t, exitDone).says(t, "40 of 70 covered (57.14 %), the best possible", "1,p,new,30,40,30,30\n")
	sanse(t.Context(), args("-p", "2", "--capacity", "20", "--assignment", who)...).want(t, exitDone).says(t, "60 of 70 covered")
	if got := readText(t, who); !strings.Contains(got, ",,,10\n") {
		t.Errorf("nobody is said to be served nowhere:\n%s", got)
	}
}

func TestBadGroundForSitesExitsWithTwoAndSaysWhy(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	homes, streets, flat := file("homes.geojson", bankHomes), file("streets.geojson", bankStreets), file("flat.csv", sitesPlaces)
	places := file("places.csv", bankPlaces)
	far := file("far.csv", "id,lon,lat\nx,100,20\n")
	good := []string{"--demand", homes, "--candidates", places, "--goal", "mclp", "-p", "1", "--radius", "400"}
	// with gives a flag another value, or adds it.
	with := func(args []string, flags ...string) []string {
		out := slices.Clone(args)
		for k := 0; k < len(flags); k += 2 {
			if i := slices.Index(out, flags[k]); i >= 0 {
				out[i+1] = flags[k+1]
			} else {
				out = append(out, flags[k], flags[k+1])
			}
		}
		return out
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{append(good, "--graph", streets, "--matrix", far), "not both"},
		{append(good, "--make-candidates", "streets"), "needs --graph"},
		{append(good, "--make-candidates", "buildings"), "go together"},
		{append(good, "--buildings", homes), "go together"},
		{append(good, "--capacity=-1"), "--capacity -1: want 1 or more"},
		{append(good, "--graph", streets, "--limit", "0"), "above 0"},
		{append(good, "--graph", streets, "--profile", "flying"), `there is no profile "flying"`},
		{with(good, "--graph", streets, "--candidates", far), "--candidates: none lies within 300 m of a street"},
		{with(good, "--graph", streets, "--candidates", flat), "need the columns lon and lat"},
		{with(good, "--candidates", file("c.csv", "id,lon,lat,capacity\np,104.3,30.8,x\n")), `column capacity "x": is no whole number`},
		{with(good, "--candidates", file("z.csv", "id,lon,lat,capacity\np,104.3,30.8,0\n")), "all have a capacity of 0"},
		{with(good, "--demand", file("line.geojson", bankStreets)), "line 2"},
		{with(good, "--demand", file("cut.geojson", bankHomes[:300])), "not a whole GeoJSON file"},
		{with(good, "--demand", file("empty.geojson", `{"type":"FeatureCollection","features":[]}`)), "no row"},
		{with(good, "--demand", file("noid.geojson", `{"type":"Feature","properties":{"people":3},"geometry":{"type":"Point","coordinates":[104.3,30.8]}}`)), "no column id"},
		{with(good, "--demand", file("swapped.geojson", `{"type":"Feature","id":"a","properties":{},"geometry":{"type":"Point","coordinates":[30.8,104.3]}}`)), "swapped"},
		{[]string{"--demand", homes, "--candidates", places, "--goal", "pcenter", "-p", "1", "--capacity", "9"}, "capacities are for the goals"},
	} {
		r := sanse(t.Context(), append([]string{"sites"}, c.args...)...)
		if r.code != exitInvalid || !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%v: want %q\nout: %s\nerr: %s", c.args, c.want, r.out, r.err)
		}
	}
}
