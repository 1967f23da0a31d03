package directions_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/directions"
)

var update = flag.Bool("update", false, "renew the golden files")

// cases are small worlds and a way through each.
var cases = []struct {
	name     string
	profile  routing.Profile
	build    func(*world)
	from, to orb.Point
}{
	{
		name: "a corner into another street and a home on the left", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "中山路"), at(0, 0), at(0, 120), at(0, 300))
			w.street(named("residential", "人民路"), at(0, 120), at(90, 120), at(200, 120))
		},
		from: at(0, 1), to: at(80, 128),
	},
	{
		name: "side streets are passed without a word", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "中山路"), at(0, 0), at(0, 100), at(5, 200), at(10, 300))
			w.street(named("service", ""), at(0, 100), at(80, 100))
			w.street(named("service", ""), at(5, 200), at(-80, 200))
		},
		from: at(0, 0), to: at(10, 300),
	},
	{
		name: "a street that turns a right angle at a junction", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "解放路"), at(0, 0), at(0, 100), at(-150, 100))
			w.street(named("residential", "北街"), at(0, 100), at(0, 200))
			w.street(named("residential", "东街"), at(0, 100), at(150, 100))
		},
		from: at(0, 0), to: at(-150, 100),
	},
	{
		name: "the end of a road", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "南街"), at(0, 0), at(0, 150))
			w.street(named("secondary", "大道"), at(-200, 150), at(0, 150), at(1400, 150))
		},
		from: at(0, 0), to: at(1300, 150),
	},
	{
		name: "a fork of paths in a park", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("footway", ""), at(0, 0), at(0, 100))
			w.street(named("footway", ""), at(0, 100), at(-50, 190))
			w.street(named("footway", ""), at(0, 100), at(50, 190))
		},
		from: at(0, 0), to: at(-50, 190),
	},
	{
		name: "steps up to a bridge and down again", profile: routing.Foot(),
		build: func(w *world) {
			up := routing.EdgeAttr{Class: "steps", Steps: true, Incline: 20}
			down := routing.EdgeAttr{Class: "steps", Steps: true, Incline: -20}
			w.street(named("footway", ""), at(-60, 0), at(0, 0))
			w.street(up, at(0, 0), at(20, 0))
			w.street(named("footway", "四平桥"), at(20, 0), at(100, 0))
			w.street(down, at(100, 0), at(120, 0))
			w.street(named("residential", "河东路"), at(120, -200), at(120, 0), at(120, 200))
		},
		from: at(-60, 0), to: at(120, 150),
	},
	{
		name: "steps of unknown slope straight ahead", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "坡路"), at(0, 0), at(0, 80))
			w.street(routing.EdgeAttr{Class: "steps", Steps: true}, at(0, 80), at(0, 100))
			w.street(named("residential", "坡路"), at(0, 100), at(0, 200))
		},
		from: at(0, 0), to: at(0, 200),
	},
	{
		name: "over a wide street by a crossing with signals", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("footway", ""), at(0, 0), at(0, 100))
			w.street(routing.EdgeAttr{Class: "footway", Signals: 2}, at(0, 100), at(0, 125))
			w.street(named("footway", ""), at(0, 125), at(0, 200))
			w.street(named("footway", ""), at(-80, 100), at(0, 100), at(80, 100))
			w.street(named("footway", ""), at(-80, 125), at(0, 125), at(80, 125))
		},
		from: at(0, 0), to: at(0, 200),
	},
	{
		name: "a jog over an offset crossing is no turn", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("footway", "绿道"), at(0, 0), at(0, 100))
			w.street(named("footway", ""), at(0, 100), at(10, 100))
			w.street(named("footway", "绿道"), at(10, 100), at(10, 250))
			w.street(named("footway", ""), at(-80, 100), at(0, 100))
			w.street(named("footway", ""), at(10, 100), at(80, 100))
		},
		from: at(0, 0), to: at(10, 250),
	},
	{
		name: "two quick turns the same way are one", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("footway", ""), at(0, 0), at(0, 100))
			w.street(named("footway", ""), at(0, 100), at(7, 107))
			w.street(named("residential", "横街"), at(7, 107), at(150, 107))
			w.street(named("footway", ""), at(0, 100), at(0, 200))
			w.street(named("residential", "横街"), at(7, 107), at(-90, 150))
		},
		from: at(0, 0), to: at(150, 107),
	},
	{
		name: "through a gate and by a lift to a home off the street", profile: routing.Elderly(),
		build: func(w *world) {
			w.street(named("residential", "学府路"), at(-100, 0), at(0, 0), at(100, 0))
			w.street(routing.EdgeAttr{Class: "service", Gates: 2}, at(0, 0), at(0, 60))
			w.street(routing.EdgeAttr{Class: "corridor", Lifts: 2}, at(0, 60), at(40, 60))
		},
		from: at(-100, 0), to: at(45, 85),
	},
	{
		name: "a bicycle is pushed through a pedestrian street", profile: routing.EBike(),
		build: func(w *world) {
			w.street(named("residential", "西街"), at(0, 0), at(200, 0))
			w.street(routing.EdgeAttr{Class: "pedestrian", Name: "春熙路", Walk: routing.Both}, at(200, 0), at(260, 0))
			w.street(named("residential", "东街"), at(260, 0), at(500, 0))
		},
		from: at(0, 0), to: at(500, 0),
	},
	{
		name: "the second way out of a roundabout", profile: routing.Car(),
		build: func(w *world) {
			ring := routing.EdgeAttr{Class: "residential", Drive: routing.Forward, Walk: routing.Both, Roundabout: true}
			w.street(ring, at(0, -20), at(14, -14), at(20, 0), at(14, 14), at(0, 20), at(-14, 14), at(-20, 0), at(-14, -14), at(0, -20))
			w.street(named("residential", "南街"), at(0, -200), at(0, -20))
			w.street(named("residential", "东街"), at(20, 0), at(200, 0))
			w.street(named("residential", "北街"), at(0, 20), at(0, 200))
			w.street(named("residential", "西街"), at(-20, 0), at(-200, 0))
		},
		from: at(0, -200), to: at(0, 200),
	},
	{
		name: "on foot round a roundabout", profile: routing.Foot(),
		build: func(w *world) {
			ring := routing.EdgeAttr{Class: "residential", Drive: routing.Forward, Walk: routing.Both, Roundabout: true}
			w.street(ring, at(0, -20), at(14, -14), at(20, 0), at(14, 14), at(0, 20), at(-14, 14), at(-20, 0), at(-14, -14), at(0, -20))
			w.street(named("residential", "南街"), at(0, -200), at(0, -20))
			w.street(named("residential", "东街"), at(20, 0), at(200, 0))
			w.street(named("residential", "西北街"), at(-14, 14), at(-140, 140))
		},
		from: at(0, -200), to: at(-140, 140),
	},
	{
		name: "on foot round a roundabout to its far side", profile: routing.Foot(),
		build: func(w *world) {
			ring := routing.EdgeAttr{Class: "residential", Drive: routing.Forward, Walk: routing.Both, Roundabout: true}
			w.street(ring, at(0, -20), at(14, -14), at(20, 0), at(14, 14), at(0, 20), at(-14, 14), at(-20, 0), at(-14, -14), at(0, -20))
			w.street(named("residential", "南街"), at(0, -200), at(0, -20))
			w.street(named("residential", "东街"), at(20, 0), at(200, 0))
		},
		from: at(0, -200), to: at(14, 14),
	},
	{
		name: "a hop over a kerb is one with the turn after it", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("footway", ""), at(0, 0), at(0, 100), at(0, 200))
			w.street(named("footway", ""), at(0, 100), at(-3, 100))
			w.street(named("residential", "长街"), at(-3, 0), at(-3, 100))
			w.street(named("residential", "斜街"), at(-3, 100), at(60, 163))
		},
		from: at(0, 0), to: at(60, 163),
	},
	{
		name: "a hop at the start is one with the turn after it", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("footway", ""), at(0, 0), at(0, 3))
			w.street(named("residential", "长街"), at(-100, 3), at(0, 3), at(100, 3))
		},
		from: at(0, 0), to: at(100, 3),
	},
	{
		name: "a hop onto the street that one came by is not told", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "长街"), at(0, 0), at(0, 100))
			w.street(named("footway", ""), at(0, 100), at(3, 103))
			w.street(named("residential", "长街"), at(3, 103), at(3, 200))
			w.street(named("residential", "西街"), at(0, 100), at(-80, 100))
			w.street(named("residential", "东街"), at(3, 103), at(80, 103))
		},
		from: at(0, 0), to: at(3, 200),
	},
	{
		name: "a step before a turn is not told and a stair is", profile: routing.Foot(),
		build: func(w *world) {
			steps := routing.EdgeAttr{Class: "steps", Steps: true}
			w.street(named("residential", "一街"), at(0, 0), at(0, 100))
			w.street(steps, at(0, 100), at(0, 101.5))
			w.street(named("residential", "二街"), at(-90, 101.5), at(0, 101.5), at(90, 101.5))
			w.street(steps, at(90, 101.5), at(90, 105.5))
			w.street(named("residential", "三街"), at(10, 105.5), at(90, 105.5), at(190, 105.5))
		},
		from: at(0, 0), to: at(190, 105.5),
	},
	{
		name: "a street that goes on after a hop to one side of it", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "大道"), at(0, 0), at(0, 100), at(-100, 100))
			w.street(named("footway", ""), at(0, 100), at(2, 103))
			w.street(named("residential", "大道"), at(2, 103), at(150, 103))
			w.street(named("footway", ""), at(2, 103), at(2, 200))
		},
		from: at(0, 0), to: at(150, 103),
	},
	{
		name: "a street that forks and keeps its name on both sides", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "广场路"), at(0, 0), at(0, 100), at(-50, 190))
			w.street(named("residential", "广场路"), at(0, 100), at(50, 190))
		},
		from: at(0, 0), to: at(50, 190),
	},
	{
		name: "stairs with a name", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "江边"), at(-100, 0), at(0, 0), at(100, 0))
			w.street(routing.EdgeAttr{Class: "steps", Name: "Escadas da Vitória", Steps: true, Incline: 20}, at(0, 0), at(0, 180))
			w.street(routing.EdgeAttr{Class: "steps", Name: "石阶巷", Steps: true}, at(0, 180), at(60, 180))
			w.street(named("residential", "山路"), at(60, 180), at(60, 300))
		},
		from: at(-100, 0), to: at(60, 300),
	},
	{
		name: "from a nameless way onto one of its kind and one of another", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("footway", ""), at(0, 0), at(0, 100), at(0, 180))
			w.street(named("footway", ""), at(0, 100), at(75, 100), at(150, 100))
			w.street(named("pedestrian", ""), at(75, 100), at(75, 20))
			w.street(named("pedestrian", "春熙路"), at(75, 20), at(160, 20))
			w.street(named("pedestrian", ""), at(75, 20), at(-20, 20))
		},
		from: at(0, 0), to: at(160, 20),
	},
	{
		name: "a name ends where a nameless way bends off", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "一路"), at(0, 0), at(0, 100))
			w.street(named("path", ""), at(0, 100), at(60, 200))
			w.street(named("service", ""), at(0, 100), at(-20, 200))
		},
		from: at(0, 0), to: at(60, 200),
	},
	{
		name: "along one street only", profile: routing.Foot(),
		build: func(w *world) { w.street(named("residential", "Rua Direita"), at(0, 0), at(300, 100)) },
		from:  at(60, 12), to: at(225, 85),
	},
	{
		name: "a name ends and another begins", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "一路"), at(0, 0), at(0, 100))
			w.street(named("residential", "二路"), at(0, 100), at(0, 200))
			w.street(named("footway", ""), at(0, 200), at(0, 260))
		},
		from: at(0, 0), to: at(0, 260),
	},
	{
		name: "a street that parts from another at a small angle and keeps its name", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("primary", "滨河路"), at(0, 0), at(0, 150), at(-100, 320))
			w.street(named("primary", ""), at(0, 150), at(20, 400))
		},
		from: at(0, 0), to: at(-100, 320),
	},
	{
		name: "a street that goes on to one side where it ends at another", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "环路"), at(0, 0), at(0, 150), at(120, 150))
			w.street(named("residential", "西街"), at(0, 150), at(-120, 150))
		},
		from: at(0, 0), to: at(120, 150),
	},
	{
		name: "a gap in the name of a street goes without saying", profile: routing.Foot(),
		build: func(w *world) {
			w.street(named("residential", "长街"), at(0, 0), at(0, 150))
			w.street(named("residential", ""), at(0, 150), at(0, 190))
			w.street(named("residential", "长街"), at(0, 190), at(0, 300))
			w.street(named("residential", ""), at(0, 300), at(0, 330))
			w.street(named("residential", "短街"), at(0, 330), at(0, 400))
			for _, north := range []float64{150, 190, 300, 330} {
				w.street(named("service", ""), at(0, north), at(60, north))
			}
		},
		from: at(0, 0), to: at(0, 400),
	},
	{
		name: "back the way at the wrong end of a one-way", profile: routing.Car(),
		build: func(w *world) {
			w.street(routing.EdgeAttr{Class: "residential", Name: "单行路", Drive: routing.Forward}, at(0, 0), at(100, 0))
			w.street(named("residential", "南路"), at(100, 0), at(100, -100))
			w.street(named("residential", "回路"), at(100, -100), at(0, -100), at(0, 0))
		},
		from: at(80, 2), to: at(20, 3),
	},
}

func TestAWayIsToldAsTheGoldenFileHasIt(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.build(w)
			var b strings.Builder
			for _, s := range tell(t, w.engine(c.profile), c.from, c.to) {
				m := s.Manoeuvre
				fmt.Fprintf(&b, "%s | %s | %d>%d | %.0f m | %s | %q %d\n  %s\n  %s\n", m.Type, m.Modifier, m.BearingBefore, m.BearingAfter,
					s.Metres, s.Mode, s.Name, len(s.Intersections),
					directions.Text(s, directions.Chinese), directions.Text(s, directions.English))
			}
			file := filepath.Join("testdata", strings.ReplaceAll(c.name, " ", "_")+".golden")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("told otherwise (-golden +now):\n%s", diff)
			}
		})
	}
}
