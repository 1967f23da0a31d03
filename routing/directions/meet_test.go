package directions_test

import (
	"strings"
	"testing"

	"sanse/routing"
	"sanse/routing/directions"
)

// A sentence for everything that a step can hold: whatever is added to the
// types must be said.
func TestEveryStepIsSaid(t *testing.T) {
	for _, c := range []struct {
		name   string
		step   directions.Step
		zh, en string
	}{
		{
			"several of everything",
			directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Turn, Modifier: directions.SharpLeft}, Class: "path", Mode: directions.Walking, Metres: 1240,
				Signals: 2, Crossings: 3, Gates: 2, Lifts: 2,
			},
			"向左后方转，进入小路，走 1.2 公里，途中过 2 处红绿灯、过 3 处人行横道、经过 2 道门、乘 2 部电梯",
			"Turn sharp left onto the path, walk 1.2 km, crossing at 2 traffic lights and over 3 crossings and through 2 gates and by 2 lifts",
		},
		{
			"a bridge with an English name", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Turn, Modifier: directions.SlightRight}, Name: "Tower Bridge", Mode: directions.Walking, Metres: 244,
			}, "向右前方转，过 Tower Bridge，走 240 米", "Bear right across the Tower Bridge, walk 240 m",
		},
		{
			"a bridge with a Portuguese name", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.NewName, Modifier: directions.Straight}, Name: "Ponte Luís I", Mode: directions.Walking, Metres: 2000,
			}, "过 Ponte Luís I，走 2 公里", "Continue across Ponte Luís I, walk 2 km",
		},
		{
			"a far exit of a roundabout",
			directions.Step{Manoeuvre: directions.Manoeuvre{Type: directions.Roundabout, Exit: 11}, Mode: directions.Driving},
			"进入环岛，从第 11 个出口驶出", "At the roundabout take exit 11",
		},
		{
			"straight round a roundabout with a bicycle in hand", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Roundabout, Modifier: directions.Straight, Exit: 2}, Name: "Rua Nova", Mode: directions.Pushing, Metres: 80,
			}, "绕环岛走，进入 Rua Nova，推车走 80 米", "Go round the roundabout onto Rua Nova, push your bike 80 m",
		},
		{
			"off a roundabout by stairs", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.ExitRoundabout, Modifier: directions.Right}, Class: "steps", Stairs: directions.StairsDown, Mode: directions.Walking, Metres: 20,
			}, "离开环岛，下楼梯 20 米", "Leave the roundabout and go down the steps, walk 20 m",
		},
		{
			"a turn between ways of one kind without names", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.EndOfRoad, Modifier: directions.Left}, Class: "path", Alike: true, Mode: directions.Walking, Metres: 75,
			}, "到路尽头左转，走 75 米", "At the end of the road turn left, walk 75 m",
		},
		{
			"a bend onto a nameless way of another kind", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Continue, Modifier: directions.SlightLeft}, Class: "path", Mode: directions.Walking, Metres: 75,
			}, "向左前方转，进入小路，走 75 米", "Bear left onto the path, walk 75 m",
		},
		{
			"a place inside a roundabout",
			directions.Step{Manoeuvre: directions.Manoeuvre{Type: directions.Roundabout}, Mode: directions.Driving},
			"进入环岛", "Enter the roundabout",
		},
		{
			"a fork to the right",
			directions.Step{Manoeuvre: directions.Manoeuvre{Type: directions.Fork, Modifier: directions.SlightRight}, Class: "track", Mode: directions.Walking, Metres: 4.4},
			"在岔路口靠右，进入土路，走 4 米", "Keep right at the fork onto the track, walk 4 m",
		},
		{
			"pushing up stairs", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Turn, Modifier: directions.Left}, Class: "steps", Stairs: directions.StairsUp, Mode: directions.Pushing, Metres: 12,
			}, "左转，推车上楼梯 10 米", "Turn left and go up the steps, push your bike 10 m",
		},
		{
			"a start far off the street", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Depart, BearingAfter: 225}, Name: "中街", Mode: directions.Walking, Metres: 160, OffStreet: 60,
			}, "先走 60 米到中街，再沿中街向西南走 160 米", "Walk 60 m to the street, then head southwest along 中街, walk 160 m",
		},
		{
			"a start on stairs", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Depart, BearingAfter: 350}, Class: "steps", Stairs: directions.StairsEither, Mode: directions.Walking, Metres: 30,
			}, "向北走楼梯 30 米", "Head north on the steps, walk 30 m",
		},
		{
			"a place ahead",
			directions.Step{Manoeuvre: directions.Manoeuvre{Type: directions.Arrive, Modifier: directions.Straight}},
			"到达，目的地在前方", "You have arrived, your destination is ahead",
		},
		{
			"turning around",
			directions.Step{Manoeuvre: directions.Manoeuvre{Type: directions.Turn, Modifier: directions.UTurn}, Name: "中街", Mode: directions.Driving, Metres: 996},
			"掉头，进入中街，行驶 1 公里", "Turn around onto 中街, drive 1 km",
		},
		{
			"a toll on the way", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Turn, Modifier: directions.Right}, Class: "motorway_link", Mode: directions.Driving, Metres: 620, Gates: 1,
			}, "右转，进入匝道，行驶 620 米，途中经过道闸", "Turn right onto the ramp, drive 620 m, through the barrier",
		},
		{
			"straight on where a name ends", directions.Step{
				Manoeuvre: directions.Manoeuvre{Type: directions.Continue, Modifier: directions.Straight}, Class: "cycleway", Mode: directions.Cycling, Metres: 52,
			}, "继续沿自行车道骑行 50 米", "Continue along the cycleway, ride 50 m",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := directions.Text(c.step, directions.Chinese); got != c.zh {
				t.Errorf("in Chinese %q, want %q", got, c.zh)
			}
			if got := directions.Text(c.step, directions.English); got != c.en {
				t.Errorf("in English %q, want %q", got, c.en)
			}
		})
	}
}

func TestEveryClassOfStreetHasItsWord(t *testing.T) {
	words := map[string]bool{}
	for _, class := range strings.Fields("residential footway path pedestrian steps service track cycleway corridor elevator living_street platform crossing bridleway motorway motorway_link") {
		s := directions.Step{Manoeuvre: directions.Manoeuvre{Type: directions.Turn, Modifier: directions.Left}, Class: class, Mode: directions.Walking}
		for _, l := range []directions.Language{directions.Chinese, directions.English} {
			text := directions.Texts([]directions.Step{s}, l)[0]
			if words[text] {
				t.Errorf("%s is said like another: %s", class, text)
			}
			words[text] = true
		}
	}
}

func TestATurnOffTheStreetThatGoesOnIsToldAndTheStreetIsNot(t *testing.T) {
	w := newWorld(t)
	w.street(named("residential", "中街"), at(0, 0), at(0, 100), at(10, 200))
	w.street(named("service", ""), at(0, 100), at(-40, 180)) // slightly left
	e := w.engine(routing.Foot())
	if steps := tell(t, e, at(0, 0), at(10, 200)); len(steps) != 2 {
		t.Errorf("going on along the street is told in %d steps: %v", len(steps), directions.Texts(steps, directions.English))
	}
	steps := tell(t, e, at(0, 0), at(-40, 180))
	if len(steps) != 3 || steps[1].Manoeuvre.Type != directions.Turn || steps[1].Manoeuvre.Modifier != directions.SlightLeft {
		t.Errorf("leaving the street is told as %v", directions.Texts(steps, directions.English))
	}
}

func TestAWayWithoutLengthStillDepartsAndArrives(t *testing.T) {
	w := newWorld(t)
	w.street(named("residential", "中街"), at(0, 0), at(0, 100))
	e := w.engine(routing.Foot())
	for _, c := range []struct{ from, to [2]float64 }{{[2]float64{0, 50}, [2]float64{0, 50}}, {[2]float64{-20, 50}, [2]float64{20, 50}}} {
		steps := tell(t, e, at(c.from[0], c.from[1]), at(c.to[0], c.to[1]))
		if len(steps) != 2 {
			t.Errorf("%d steps", len(steps))
		}
	}
}
