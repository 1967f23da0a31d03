package directions_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/routing"
	"sanse/routing/directions"
)

// drawWorld makes a random grid with holes, names, stairs, one-ways, crossings
// and edges without length.
func drawWorld(rt *rapid.T, t testing.TB) (w *world, side int) {
	w, side = newWorld(t), rapid.IntRange(2, 5).Draw(rt, "side")
	pick := func(words ...string) string { return rapid.SampledFrom(words).Draw(rt, "word") }
	attr := func() routing.EdgeAttr {
		a := routing.EdgeAttr{
			Class: pick("residential", "footway", "path", "steps", "service", "secondary"), Name: pick("", "", "甲路", "乙路", "丙桥"),
			Walk: rapid.SampledFrom([]routing.Ways{routing.Both, routing.Both, routing.Both, routing.Forward}).Draw(rt, "walk"),
			Ride: rapid.SampledFrom([]routing.Ways{routing.Neither, routing.Both, routing.Forward}).Draw(rt, "ride"), Drive: routing.Both,
			Signals: rapid.Uint8Range(0, 2).Draw(rt, "signals"), Crossings: rapid.Uint8Range(0, 3).Draw(rt, "crossings"),
			Gates: rapid.Uint8Range(0, 1).Draw(rt, "gates"), Lifts: rapid.Uint8Range(0, 1).Draw(rt, "lifts"),
			Roundabout: rapid.IntRange(0, 5).Draw(rt, "ring") == 0,
		}
		a.Steps = a.Class == "steps"
		return a
	}
	place := func(x, y int) orb.Point {
		jitter := func() float64 { return float64(rapid.IntRange(-30, 30).Draw(rt, "jitter")) }
		return at(float64(80*x)+jitter(), float64(80*y)+jitter())
	}
	points := make([]orb.Point, side*side)
	for i := range points {
		points[i] = place(i%side, i/side)
	}
	for i := range points {
		if i%side+1 < side && rapid.IntRange(0, 7).Draw(rt, "hole") > 0 {
			w.street(attr(), points[i], points[i+1])
		}
		if i/side+1 < side {
			w.street(attr(), points[i], points[i+side])
		}
	}
	if rapid.Bool().Draw(rt, "twin") { // two nodes at one point
		a, b := w.node(points[0]), w.b.AddNode(points[0])
		for _, e := range []struct {
			to   int32
			line orb.LineString
		}{{a, orb.LineString{points[0], points[0]}}, {w.node(points[1]), nil}} {
			if _, err := w.b.AddEdge(b, e.to, e.line, routing.EdgeAttr{Class: "footway", Walk: routing.Both}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return w, side
}

func TestStepsAddUpToThePathThatTheyTell(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, side := drawWorld(rt, t)
		profile := rapid.SampledFrom([]routing.Profile{routing.Foot(), routing.EBike(), routing.Car()}).Draw(rt, "profile")
		e := w.engine(profile)
		anywhere := func() orb.Point {
			return at(rapid.Float64Range(-20, float64(80*side)).Draw(rt, "east"), rapid.Float64Range(-20, float64(80*side)).Draw(rt, "north"))
		}
		from, to := anywhere(), anywhere()
		snaps, errs := e.SnapAll([]orb.Point{from, to}, 5000)
		if errs[0] != nil || errs[1] != nil {
			return // no street that this profile can use
		}
		onStreet := rapid.Bool().Draw(rt, "street to street")
		var o directions.Options
		if onStreet {
			o = directions.Options{From: &from, To: &to}
			for i := range snaps {
				snaps[i].Asked, snaps[i].Metres = snaps[i].Point, 0
			}
		}
		path, err := e.Route(context.Background(), snaps[0], snaps[1])
		if errors.Is(err, routing.ErrNoWay) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		steps, err := directions.NewGuide(e.Graph()).Steps(e, path, o)
		if err != nil {
			rt.Fatal(err)
		}
		checkSteps(rt, path, steps)
	})
}

// checkSteps holds steps against the package's invariants.
func checkSteps(rt *rapid.T, path routing.Path, steps []directions.Step) {
	n := len(steps)
	if n < 2 || steps[0].Manoeuvre.Type != directions.Depart || steps[n-1].Manoeuvre.Type != directions.Arrive {
		rt.Fatalf("%d steps do not depart and arrive", n)
	}
	var line orb.LineString
	metres, millis, next := 0.0, uint32(0), 0
	for i, s := range steps {
		m := s.Manoeuvre
		if inner := i > 0 && i < n-1; inner == (m.Type == directions.Depart || m.Type == directions.Arrive) || inner && m.Modifier == "" {
			rt.Fatalf("step %d of %d is %+v", i, n, m)
		}
		if m.Type == directions.Turn && m.Modifier == directions.Straight {
			rt.Fatalf("step %d is a turn straight on", i)
		}
		if s.First != next || s.Past < s.First {
			rt.Fatalf("step %d has the pieces %d to %d after %d", i, s.First, s.Past, next)
		}
		next = s.Past
		metres += s.Metres
		millis += s.Millis
		if len(s.Line) < 2 || s.Line[0] != m.Location {
			rt.Fatalf("step %d begins at %v with the line %v", i, m.Location, s.Line)
		}
		if len(line) > 0 && line[len(line)-1] != s.Line[0] {
			rt.Fatalf("step %d does not begin where the last one ends", i)
		}
		for _, p := range s.Line {
			if len(line) == 0 || line[len(line)-1] != p {
				line = append(line, p)
			}
		}
		if s.Signals < 0 || s.Crossings < 0 || s.Gates < 0 || s.Lifts < 0 {
			rt.Fatalf("step %d passes less than nothing: %+v", i, s)
		}
		for _, x := range s.Intersections {
			if len(x.Bearings) != len(x.Entry) || !slices.IsSorted(x.Bearings) || x.In >= len(x.Bearings) || x.Out >= len(x.Bearings) ||
				x.In < 0 && i > 0 || x.Out < 0 && i < n-1 {
				rt.Fatalf("step %d has the intersection %+v", i, x)
			}
		}
		for _, l := range []directions.Language{directions.Chinese, directions.English} {
			text := directions.Text(s, l)
			if text == "" || strings.Contains(text, "%!") || strings.Contains(text, "  ") || strings.HasPrefix(text, "，") {
				rt.Fatalf("step %d is said as %q", i, text)
			}
		}
	}
	if next != len(path.Steps) {
		rt.Fatalf("%d of %d pieces are told", next, len(path.Steps))
	}
	if math.Abs(metres-path.Metres) > 0.01 || millis != path.Millis {
		rt.Fatalf("steps have %.3f m and %d ms, the path %.3f m and %d ms", metres, millis, path.Metres, path.Millis)
	}
	if !near(line[0], path.Line[0]) || !near(line[len(line)-1], path.Line[len(path.Line)-1]) {
		rt.Fatalf("steps run from %v to %v, the path from %v to %v", line[0], line[len(line)-1], path.Line[0], path.Line[len(path.Line)-1])
	}
}

// near tells whether two points are within two centimetres of each other, which
// the grid of the street map allows.
func near(a, b orb.Point) bool { return math.Abs(a[0]-b[0]) < 2e-7 && math.Abs(a[1]-b[1]) < 2e-7 }

func TestEveryCrossingIsCountedOnce(t *testing.T) {
	w := newWorld(t)
	w.street(routing.EdgeAttr{Class: "footway", Crossings: 1}, at(0, 0), at(0, 100))
	w.street(routing.EdgeAttr{Class: "residential", Name: "东街", Crossings: 1, Signals: 1}, at(0, 100), at(100, 100))
	w.street(routing.EdgeAttr{Class: "footway", Name: "北巷", Signals: 1}, at(100, 100), at(100, 200))
	w.street(named("footway", ""), at(0, 100), at(0, 200))
	w.street(named("footway", ""), at(100, 100), at(200, 100))
	crossings, signals := 0, 0
	for _, s := range tell(t, w.engine(routing.Foot()), at(0, 0), at(100, 200)) {
		crossings += s.Crossings
		signals += s.Signals
	}
	if crossings != 1 || signals != 1 {
		t.Errorf("%d crossings and %d signals are told, want one of each", crossings, signals)
	}
}

func TestAPathOfAnotherGraphIsRefused(t *testing.T) {
	w := newWorld(t)
	w.street(named("footway", ""), at(0, 0), at(0, 100))
	e := w.engine(routing.Foot())
	for _, p := range []routing.Path{
		{Steps: []routing.PathStep{{Edge: 7, To: 1}}},
		{Steps: []routing.PathStep{{Edge: -1, To: 1}}},
		{Steps: []routing.PathStep{{Edge: 0, To: math.NaN()}}},
		{},
	} {
		if _, err := directions.NewGuide(e.Graph()).Steps(e, p, directions.Options{}); err == nil {
			t.Errorf("%+v is told", p)
		}
	}
}

func TestTheIntersectionOfATurnNamesWaysInAndOut(t *testing.T) {
	w := newWorld(t)
	w.street(named("residential", "南街"), at(0, 0), at(0, 100))
	w.street(named("residential", "东街"), at(0, 100), at(100, 100))
	w.street(routing.EdgeAttr{Class: "residential", Name: "西街", Walk: routing.Forward}, at(-100, 100), at(0, 100))
	steps := tell(t, w.engine(routing.Foot()), at(0, 0), at(100, 100))
	x := steps[1].Intersections[0]
	if want := []int{90, 180, 270}; !slices.Equal(x.Bearings, want) || !slices.Equal(x.Entry, []bool{true, true, false}) || x.In != 1 || x.Out != 0 {
		t.Errorf("intersection %+v", x)
	}
}

func TestLanguagesAreKnownByTheirTags(t *testing.T) {
	for tag, want := range map[string]directions.Language{
		"zh": directions.Chinese, "zh-CN": directions.Chinese, "zh_Hans": directions.Chinese, "EN": directions.English, "en-GB": directions.English,
	} {
		if got, ok := directions.ParseLanguage(tag); !ok || got != want {
			t.Errorf("%s is %v, %v", tag, got, ok)
		}
	}
	for _, tag := range []string{"", "de", "zhuang", "english"} {
		if _, ok := directions.ParseLanguage(tag); ok {
			t.Errorf("%q is a language", tag)
		}
	}
}
