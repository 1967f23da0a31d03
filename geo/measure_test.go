package geo_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-proj/v11"
	"pgregory.net/rapid"

	"sanse/geo"
)

// TestDistanceAgreesWithTheGeodesic compares with PROJ's geodesic (Karney
// 2013), which PostGIS geography uses as well.
func TestDistanceAgreesWithTheGeodesic(t *testing.T) {
	ctx := proj.NewContext()
	pj, err := ctx.New("EPSG:4326")
	if err != nil {
		t.Fatal(err)
	}
	geodesic := func(a, b orb.Point) float64 {
		ca, cb := proj.NewCoord(a[0], a[1], 0, 0), proj.NewCoord(b[0], b[1], 0, 0)
		s, _, _ := pj.Geod(ca.DegToRad(), cb.DegToRad())
		return s
	}
	if s := geodesic(orb.Point{104, 31}, orb.Point{105, 31}); math.Abs(s-95505) > 20 {
		t.Fatalf("the oracle takes its arguments otherwise: one degree at 31°N is %g m", s)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := orb.Point{rapid.Float64Range(-179, 179).Draw(t, "lon"), rapid.Float64Range(-60, 60).Draw(t, "lat")}
		metres := math.Pow(10, rapid.Float64Range(0, 5).Draw(t, "log metres"))
		turn := rapid.Float64Range(0, 2*math.Pi).Draw(t, "direction")
		b := orb.Point{
			a[0] + metres*math.Sin(turn)/111320/math.Cos(a[1]*math.Pi/180),
			min(max(a[1]+metres*math.Cos(turn)/111320, -60), 60),
		}
		want := geodesic(a, b)
		if got := geo.Distance(a, b); math.Abs(got-want) > 0.0001*want+1e-6 {
			t.Fatalf("%v to %v: %.3f m, geodesic %.3f, off by %.4f %%", a, b, got, want, 100*(got/want-1))
		}
		if geo.Distance(a, b) != geo.Distance(b, a) {
			t.Fatalf("%v to %v is not as far as back", a, b)
		}
	})
}

// TestDegreesAreAsLongAsTheStandardSays has the lengths of NGA.STND.0036's
// ellipsoid from its radii: a·π/180 at the equator, a²/b·π/180 at a pole.
func TestDegreesAreAsLongAsTheStandardSays(t *testing.T) {
	for _, c := range []struct{ lat, east, north float64 }{
		{0, 111319.4908, 110574.2758},
		{45, 78846.8351, 111131.7774},
		{-45, 78846.8351, 111131.7774},
		{90, 0, 111693.9793},
	} {
		if east, north := geo.DegreeMetres(c.lat); math.Abs(east-c.east) > 1e-3 || math.Abs(north-c.north) > 1e-3 {
			t.Errorf("at %g°: %.4f m east and %.4f m north, want %.4f and %.4f", c.lat, east, north, c.east, c.north)
		}
	}
}

func TestDistanceGoesTheShortWayAround(t *testing.T) {
	if d := geo.Distance(orb.Point{179.99, 0}, orb.Point{-179.99, 0}); math.Abs(d-2226.4) > 1 {
		t.Errorf("got %g m", d)
	}
	if d := geo.Bearing(orb.Point{179.99, 0}, orb.Point{-179.99, 0}); math.Abs(d-90) > 1e-6 {
		t.Errorf("got %g°", d)
	}
}

func TestBearingsGoClockwiseFromNorth(t *testing.T) {
	o := orb.Point{104, 31}
	for want, to := range map[float64]orb.Point{0: {104, 31.1}, 90: {104.1, 31}, 180: {104, 30.9}, 270: {103.9, 31}} {
		if got := geo.Bearing(o, to); math.Abs(got-want) > 0.1 {
			t.Errorf("to %v: %g°, want %g°", to, got, want)
		}
	}
	if b := geo.Bearing(orb.Point{}, orb.Point{-1e-20, 1}); b != 0 {
		t.Errorf("a hair west of north: %g°, want 0, not a whole turn", b)
	}
	if b := geo.Bearing(o, o); b != 0 {
		t.Errorf("to itself: %g°", b)
	}
}

func TestAreaOfTheWholeEllipsoid(t *testing.T) {
	// 510,065,621.724 km², Karney's GeographicLib.
	if got := geo.AreaM2(square(-180, -90, 180, 90)); math.Abs(got-510065621.724e6) > 1e3 {
		// Simpson's rule sees whole edges, but meridians add nothing and
		// parallels are exact.
		t.Errorf("got %.3f km²", got/1e6)
	}
}

func TestAreaIsTheSumOfItsParts(t *testing.T) {
	areas := demoDistrict()
	var sum, whole float64
	for _, a := range areas {
		switch a.Level {
		case geo.LevelDistrict:
			whole = geo.AreaM2(a.Boundary)
		case geo.LevelMicroGrid:
			sum += geo.AreaM2(a.Boundary)
		}
	}
	if math.Abs(sum-whole) > 1e-9*whole {
		t.Errorf("parts %.3f m², whole %.3f", sum, whole)
	}
	a := square(104, 31, 104.001, 31.001)
	wide, high := geo.Distance(orb.Point{104, 31.0005}, orb.Point{104.001, 31.0005}), geo.Distance(orb.Point{104, 31}, orb.Point{104, 31.001})
	if got := geo.AreaM2(a); math.Abs(got-wide*high) > 1e-6*got {
		t.Errorf("a small square has %g m², its sides say %g", got, wide*high)
	}
	if geo.AreaM2(nil) != 0 || geo.AreaM2(orb.MultiPolygon{{}}) != 0 || geo.AreaM2(orb.MultiPolygon{{{{1, 1}}}}) != 0 {
		t.Error("nothing has an area")
	}
}

func TestLengthAddsUp(t *testing.T) {
	l := orb.LineString{{104, 31}, {104.01, 31}, {104.01, 31.01}}
	if got, want := geo.Length(l), geo.Distance(l[0], l[1])+geo.Distance(l[1], l[2]); got != want || geo.Length(l[:1]) != 0 {
		t.Errorf("got %g, want %g", got, want)
	}
}
