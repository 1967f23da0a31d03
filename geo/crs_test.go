package geo_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
)

func converter(t testing.TB, crs geo.CRS) *geo.Converter {
	t.Helper()
	c, err := geo.NewConverter(crs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestParseCRSReadsNamesAndCodes(t *testing.T) {
	for in, want := range map[string]geo.CRS{
		"wgs84": geo.WGS84, "WGS 84": geo.WGS84, "EPSG:4326": geo.WGS84, "urn:ogc:def:crs:EPSG::4326": geo.WGS84,
		"cgcs2000": geo.CGCS2000, "epsg:4490": geo.CGCS2000,
		"GCJ-02": geo.GCJ02, "gcj02": geo.GCJ02, "bd_09": geo.BD09, "BD09LL": geo.BD09,
		"EPSG:4549": "EPSG:4549", " epsg:3857 ": "EPSG:3857",
	} {
		if got, err := geo.ParseCRS(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "4549", "EPSG:", "EPSG:45x9", "EPSG:04549", "EPSG:1", "EPSG:1234567", "mars", "EPSG:+4549", "+proj=longlat", "EPSG:４５４９"} {
		if got, err := geo.ParseCRS(in); err == nil {
			t.Errorf("%q was read as %q", in, got)
		}
	}
	var c geo.CRS
	if err := json.Unmarshal([]byte(`"GCJ-02"`), &c); err != nil || c != geo.GCJ02 {
		t.Errorf("got %q, %v", c, err)
	}
	if err := json.Unmarshal([]byte(`"x"`), &c); err == nil {
		t.Error("x was read")
	}
}

func FuzzParseCRS(f *testing.F) {
	for _, s := range []string{"wgs84", "EPSG:4549", "urn:ogc:def:crs:EPSG::4490", "BD-09", "epsg:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		crs, err := geo.ParseCRS(s)
		if err != nil {
			return
		}
		again, err := geo.ParseCRS(string(crs))
		if err != nil || again != crs {
			t.Errorf("%q → %q → %q, %v", s, crs, again, err)
		}
	})
}

func TestDatumsAgreeWithGcoord(t *testing.T) {
	b, err := os.ReadFile("testdata/gcoord.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Points []struct {
			WGS84       orb.Point `json:"wgs84"`
			GCJ02       orb.Point `json:"gcj02"`
			BD09        orb.Point `json:"bd09"`
			WGS84OfGCJ  orb.Point `json:"wgs84_of_gcj02"`
			WGS84OfBD09 orb.Point `json:"wgs84_of_bd09"`
		} `json:"points"`
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Points) != 14 {
		t.Fatalf("%d points", len(golden.Points))
	}
	gcj, bd := converter(t, geo.GCJ02), converter(t, geo.BD09)
	for _, g := range golden.Points {
		near := func(what string, got orb.Point, err error, want orb.Point, metres float64) {
			t.Helper()
			if d := geo.Distance(got, want); err != nil || d > metres {
				t.Errorf("%v %s: got %v, %v, %g m from %v", g.WGS84, what, got, err, d, want)
			}
		}
		p, err := gcj.FromWGS84(g.WGS84)
		near("to GCJ-02", p, err, g.GCJ02, 1e-6)
		p, err = gcj.ToWGS84(g.WGS84)
		// gcoord stops its iteration at a millionth of a degree.
		near("from GCJ-02", p, err, g.WGS84OfGCJ, 0.15)
		if g.WGS84[0] < 72 || g.WGS84[0] > 138 {
			// gcoord turns to BD-09 outside China too; there Sanse leaves points alone.
			p, err = bd.FromWGS84(g.WGS84)
			near("to BD-09, outside China", p, err, g.WGS84, 0)
			continue
		}
		p, err = bd.FromWGS84(g.WGS84)
		near("to BD-09", p, err, g.BD09, 1e-6)
		p, err = bd.ToWGS84(g.WGS84)
		// gcoord's inverse of the turn is not iterated: it is off by up to a metre.
		near("from BD-09", p, err, g.WGS84OfBD09, 1.5)
	}
}

func TestRoundTripsInChinaAreBelowAMillimetre(t *testing.T) {
	for _, crs := range []geo.CRS{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09} {
		c := converter(t, crs)
		rapid.Check(t, func(t *rapid.T) {
			p := orb.Point{rapid.Float64Range(73, 136).Draw(t, "lon"), rapid.Float64Range(3, 54).Draw(t, "lat")}
			q, err := c.FromWGS84(p)
			if err != nil {
				t.Fatal(err)
			}
			back, err := c.ToWGS84(q)
			if err != nil {
				t.Fatal(err)
			}
			if d := geo.Distance(p, back); d > 0.001 {
				t.Fatalf("%s: %v came back as %v, %g m off", crs, p, back, d)
			}
			if d := geo.Distance(p, q); (crs == geo.GCJ02 || crs == geo.BD09) && (d < 10 || d > 2500) {
				t.Fatalf("%s: %v shifted by %g m", crs, p, d)
			}
		})
	}
}

func TestOutsideChinaNothingIsShifted(t *testing.T) {
	for _, crs := range []geo.CRS{geo.GCJ02, geo.BD09} {
		c := converter(t, crs)
		rapid.Check(t, func(t *rapid.T) {
			p := orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
			if p[0] > 71.9 && p[0] < 137.9 && p[1] > 0.7 && p[1] < 55.9 {
				t.Skip("in the box")
			}
			for _, f := range []func(orb.Point) (orb.Point, error){c.ToWGS84, c.FromWGS84} {
				if q, err := f(p); err != nil || q != p {
					t.Fatalf("%s: %v → %v, %v", crs, p, q, err)
				}
			}
		})
	}
}

func TestProjectedSystemsGoThroughPROJ(t *testing.T) {
	// Worked out by Krüger's series of third order on the ellipsoid of CGCS2000
	// and by the formula of the Mercator projection.
	place := orb.Point{104.3, 30.8}
	for crs, want := range map[geo.CRS]orb.Point{
		"EPSG:4544": {433007.0988, 3409010.3269},
		"EPSG:4523": {35433007.0988, 3409010.3269},
		"EPSG:3857": {11610622.8897, 3606802.4843},
	} {
		c := converter(t, crs)
		got, err := c.FromWGS84(place)
		if err != nil {
			t.Fatal(err)
		}
		if math.Hypot(got[0]-want[0], got[1]-want[1]) > 0.001 {
			t.Errorf("%s: got %.4f, want %.4f", crs, got, want)
		}
		back, err := c.ToWGS84(got)
		if err != nil || geo.Distance(back, place) > 0.001 {
			t.Errorf("%s: %v came back as %v, %v", crs, place, back, err)
		}
		if c.CRS() != crs || c.Rough() {
			t.Errorf("%s: is %s, rough %v", crs, c.CRS(), c.Rough())
		}
	}
}

func TestConvertersRefuseWhatIsNotAPlace(t *testing.T) {
	for _, crs := range []geo.CRS{"", geo.WGS84, geo.GCJ02, geo.BD09} {
		c := converter(t, crs)
		for _, p := range []orb.Point{{math.NaN(), 0}, {0, math.Inf(1)}, {181, 0}, {30.8, 104.3}, {35433041, 3408784}} {
			if q, err := c.ToWGS84(p); err == nil {
				t.Errorf("%q: %v was taken for %v", crs, p, q)
			}
			if q, err := c.FromWGS84(p); err == nil {
				t.Errorf("%q: %v was turned into %v", crs, p, q)
			}
		}
	}
	gk := converter(t, "EPSG:4544")
	for _, p := range []orb.Point{{math.NaN(), 0}, {math.Inf(1), 0}, {1e12, 1e12}} {
		if q, err := gk.ToWGS84(p); err == nil {
			t.Errorf("%v was taken for %v", p, q)
		}
	}
	for _, crs := range []geo.CRS{"EPSG:99999", "EPSG:0", "mars", "EPSG:6326", "EPSG:9001"} {
		if _, err := geo.NewConverter(crs); err == nil {
			t.Errorf("%s was opened", crs)
		}
	}
	gk.Close()
	gk.Close()
	if _, err := gk.ToWGS84(orb.Point{433041, 3408784}); err == nil {
		t.Error("a closed converter converts")
	}
}

func TestGeometryConvertsEveryPoint(t *testing.T) {
	c := converter(t, geo.GCJ02)
	in := square(104.3, 30.8, 104.31, 30.81)
	out, err := c.Geometry(in)
	if err != nil {
		t.Fatal(err)
	}
	want, err := c.ToWGS84(in[0][0][2])
	if err != nil || out[0][0][2] != want || in[0][0][2] != (orb.Point{104.31, 30.81}) {
		t.Errorf("got %v, want %v; the argument is now %v", out[0][0][2], want, in[0][0][2])
	}
	in[0][0][3] = orb.Point{500, 0}
	if _, err := c.Geometry(in); err == nil || !strings.Contains(err.Error(), "point 4") {
		t.Errorf("got %v", err)
	}
}

func TestHintsNameWhatTheNumbersAre(t *testing.T) {
	for name, c := range map[string]struct {
		p    orb.Point
		want []string
	}{
		"3-degree zone with its number": {orb.Point{35433041, 3408784}, []string{"EPSG:4523", "105°E"}},
		"6-degree zone with its number": {orb.Point{18241000, 3412000}, []string{"EPSG:4496", "105°E"}},
		"no zone number":                {orb.Point{433041, 3408784}, []string{"EPSG:4534 to 4554"}},
		"northing first":                {orb.Point{3408784, 35433041}, []string{"EPSG:4523", "swapped"}},
		"Web Mercator":                  {orb.Point{11610622, 3609836}, []string{"EPSG:3857"}},
		"Gauss–Krüger or Web Mercator":  {orb.Point{13500000, 3609836}, []string{"EPSG:4491", "EPSG:3857"}},
	} {
		t.Run(name, func(t *testing.T) {
			hint, ok := geo.LooksProjected(c.p)
			if !ok {
				t.Fatal("no hint")
			}
			for _, w := range c.want {
				if !strings.Contains(hint, w) {
					t.Errorf("%q does not say %q", hint, w)
				}
			}
		})
	}
	for _, p := range []orb.Point{{104.3, 30.8}, {30.8, 104.3}, {math.NaN(), 4e6}, {1e9, 1e9}, {200, 10}} {
		if hint, ok := geo.LooksProjected(p); ok {
			t.Errorf("%v: %s", p, hint)
		}
	}
	if hint, ok := geo.LooksSwapped(orb.Point{30.8, 104.3}); !ok || !strings.Contains(hint, "104.3") {
		t.Errorf("got %q, %v", hint, ok)
	}
	for _, p := range []orb.Point{{104.3, 30.8}, {2.3, 48.9}, {math.NaN(), 104}} {
		if _, ok := geo.LooksSwapped(p); ok {
			t.Errorf("%v is taken for swapped", p)
		}
	}
	for lon, want := range map[float64]geo.CRS{104.3: "EPSG:4544", 75: "EPSG:4534", 135: "EPSG:4554", 10: "", math.NaN(): ""} {
		if got, ok := geo.GaussKruger(lon); got != want || ok != (want != "") {
			t.Errorf("%g°: %s, %v, want %s", lon, got, ok, want)
		}
	}
}

// TestTheHintedZoneIsTheRightOne projects a place in zones across China, the
// first and the last among them, and asks what it looks like.
func TestTheHintedZoneIsTheRightOne(t *testing.T) {
	for lon := 75.0; lon <= 135; lon += 15 {
		for _, first := range []struct {
			base int
			step float64
		}{{4513, 3}, {4491, 6}} {
			if first.step == 6 && int(lon)%6 != 3 {
				continue
			}
			code := geo.CRS("EPSG:" + itoa(first.base+int((lon-75)/first.step)))
			c := converter(t, code)
			p, err := c.FromWGS84(orb.Point{lon + 0.3, 31})
			if err != nil {
				t.Fatal(err)
			}
			if hint, ok := geo.LooksProjected(p); !ok || !strings.Contains(hint, string(code)) {
				t.Errorf("%s: %v looks like %q", code, p, hint)
			}
		}
		code, ok := geo.GaussKruger(lon)
		if !ok {
			t.Fatalf("no zone at %g", lon)
		}
		c := converter(t, code)
		if p, err := c.FromWGS84(orb.Point{lon, 31}); err != nil || math.Abs(p[0]-500000) > 0.001 {
			t.Errorf("%s has its meridian not at %g°: %v, %v", code, lon, p, err)
		}
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }
