package osm_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/osm"
)

// ground turns metres from 104.3 E 30.8 N, which is where the worlds drawn by
// hand lie, into longitude and latitude.
func ground(x, y float64) orb.Point {
	const metresPerDegree = 111194.93
	return orb.Point{104.3 + x/(metresPerDegree*math.Cos(30.8*math.Pi/180)), 30.8 + y/metresPerDegree}
}

// journey is a way that somebody takes, and its length in metres; -1 where
// there must be none.
type journey struct {
	name           string
	profile        string
	x1, y1, x2, y2 float64
	metres         float64
	door           bool // its start is in a house that has one
}

// world is a case from life, drawn by hand.
type world struct {
	name     string
	journeys []journey
}

func worlds() []world {
	return []world{
		{"estate", []journey{
			{name: "from a house at the north wall to the street behind it: round by the gate", profile: "foot", x1: 150, y1: 135, x2: 150, y2: 165, metres: 15 + 50 + 80 + 40 + 100 + 160 + 50 + 5},
			{name: "from a house whose door is in the south", profile: "foot", x1: 50, y1: 140, x2: 100, y2: -5, metres: 15 + 5 + 50 + 120 + 5, door: true},
			{name: "the locked gate is none", profile: "foot", x1: 100, y1: 145, x2: 100, y2: 162, metres: 145 + 100 + 160 + 100 + 2},
			{name: "cars come in by the open gate", profile: "car", x1: 100, y1: 5, x2: 100, y2: 35, metres: 30},
		}},
		{"footbridge", []journey{
			{name: "over the bridge", profile: "foot", x1: -45, y1: 0, x2: 45, y2: 0, metres: 90},
			{name: "a wheelchair through the underpass", profile: "wheelchair", x1: -45, y1: 0, x2: 45, y2: 0, metres: 130 + 80 + 130 + 10},
			{name: "a house at the road does not get to the other side across it", profile: "foot", x1: -8, y1: 50, x2: 12, y2: -100, metres: 32 + 50 + 80 + 100 + 28},
		}},
		{"river", []journey{
			{name: "a house on the north bank, nearer to the path in the south", profile: "foot", x1: -200, y1: 35, x2: -200, y2: -42, metres: 85 + 200 + 160 + 200 + 2},
			{name: "across the bridge", profile: "elderly", x1: 10, y1: 120, x2: 10, y2: -40, metres: 180},
		}},
		{"station", []journey{
			{name: "from one side to the other", profile: "foot", x1: -65, y1: 0, x2: 65, y2: 0, metres: 130},
			{name: "to the middle of the platform", profile: "foot", x1: -65, y1: 0, x2: 0, y2: 100, metres: 65 + 20 + 4 + 80 + 4},
			{name: "a wheelchair over the level crossing", profile: "wheelchair", x1: -65, y1: 0, x2: 65, y2: 0, metres: 5 + 150 + 120 + 150 + 5},
		}},
		{"lake", []journey{
			{name: "round the lake", profile: "foot", x1: -200, y1: 0, x2: 200, y2: 0, metres: 80 + 2*12*120*math.Sin(math.Pi/24) + 80},
			{name: "onto the island", profile: "foot", x1: 0, y1: 130, x2: 0, y2: 0, metres: 130},
		}},
		{"plaza", []journey{
			{name: "from corner to corner, past the fountain", profile: "foot", x1: 0, y1: 0, x2: 100, y2: 100, metres: 2 * math.Hypot(65, 35)},
			{name: "along one side", profile: "foot", x1: 0, y1: 0, x2: 100, y2: 0, metres: 100},
			{name: "from the south to the corner in the north-west, past the fountain", profile: "foot", x1: 50, y1: 0, x2: 0, y2: 100, metres: math.Hypot(15, 35) + math.Hypot(35, 65)},
		}},
		{"slope", []journey{
			{name: "up the steps", profile: "foot", x1: 0, y1: 0, x2: 0, y2: 40, metres: 40},
			{name: "a wheelchair up the ramp", profile: "wheelchair", x1: 0, y1: 0, x2: 0, y2: 40, metres: 440},
			{name: "over the raised kerb on foot", profile: "foot", x1: 50, y1: 0, x2: 50, y2: -40, metres: 40},
			{name: "a wheelchair by the lowered kerb", profile: "wheelchair", x1: 50, y1: 0, x2: 50, y2: -40, metres: 240},
			{name: "nobody walks on the road whose pavements are mapped apart", profile: "foot", x1: 0, y1: -21, x2: 200, y2: -21, metres: 19 + 200 + 19},
		}},
		{"traffic", []journey{
			{name: "a bike against the one-way", profile: "e-bike", x1: 100, y1: 80, x2: 50, y2: 0, metres: 130},
			{name: "walking takes no notice of one-ways", profile: "foot", x1: 200, y1: 20, x2: 200, y2: 90, metres: 70},
			{name: "a car may not turn right", profile: "car", x1: 50, y1: 0, x2: 100, y2: -50, metres: 300},
			{name: "a bike may", profile: "e-bike", x1: 50, y1: 0, x2: 100, y2: -50, metres: 100},
			{name: "a car out of the south goes straight on past the next street and turns round", profile: "car", x1: 100, y1: -50, x2: 200, y2: -50, metres: 400},
			{name: "a car out of the middle piece turns as it likes", profile: "car", x1: 150, y1: 0, x2: 200, y2: -50, metres: 100},
		}},
	}
}

// worldOf reads one of the worlds.
func worldOf(t *testing.T, name string) *osm.Extract {
	t.Helper()
	x, err := osm.ReadFile(context.Background(), filepath.Join("testdata", name+".osm"), osm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// journeySlack is how far off a length may be: positions are kept to a
// centimetre, and lengths are of a sphere.
const journeySlack = 0.6

func TestCasesFromLife(t *testing.T) {
	for _, w := range worlds() {
		t.Run(w.name, func(t *testing.T) {
			x := worldOf(t, w.name)
			for _, j := range w.journeys {
				t.Run(j.name, func(t *testing.T) {
					p, err := routing.ProfileByName(j.profile)
					if err != nil {
						t.Fatal(err)
					}
					e := engineOf(t, x.Graph, p)
					snaps, errs := e.SnapAll([]orb.Point{ground(j.x1, j.y1), ground(j.x2, j.y2)}, 200)
					if err := errors.Join(errs...); err != nil {
						t.Fatal(err)
					}
					path, err := e.Route(context.Background(), snaps[0], snaps[1])
					if j.metres < 0 {
						if !errors.Is(err, routing.ErrNoWay) {
							t.Fatalf("%.1f m and %v, want no way", path.Metres, err)
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					if math.Abs(path.Metres-j.metres) > journeySlack+j.metres/500 {
						t.Errorf("%.1f m, want %.1f", path.Metres, j.metres)
					}
					if snaps[0].Blocked || snaps[1].Blocked || snaps[0].Entrance != j.door {
						t.Errorf("from %+v to %+v", snaps[0], snaps[1])
					}
				})
			}
		})
	}
}
