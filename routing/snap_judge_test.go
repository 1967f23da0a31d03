package routing_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// home is a place and where it ought to be brought to.
type home struct {
	name    string
	at      xy
	street  string  // its name
	metres  float64 // of way, within a tenth
	via     *xy     // the entrance, if any
	blocked bool
	behind  routing.ObstacleKind
}

func checkHomes(t *testing.T, e *routing.Engine, limit float64, homes []home) {
	t.Helper()
	for _, h := range homes {
		t.Run(h.name, func(t *testing.T) {
			s, err := e.Snap(ground(h.at[0], h.at[1]), limit)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Graph().Edge(s.Edge).Name; got != h.street || math.Abs(s.Metres-h.metres) > 0.1 {
				t.Errorf("brought to %q, %.2f m away, and not to %q, %.2f m away", got, s.Metres, h.street, h.metres)
			}
			if s.Blocked != h.blocked || s.Blocked && s.Behind != h.behind {
				t.Errorf("blocked is %v (by %v), not %v (by %v)", s.Blocked, s.Behind, h.blocked, h.behind)
			}
			if s.Entrance != (h.via != nil) {
				t.Errorf("by an entrance is %v (%v)", s.Entrance, s.Via)
			}
			if h.via != nil && metresApart(s.Via, ground(h.via[0], h.via[1])) > 0.1 {
				t.Errorf("by the entrance at %v, not %v", s.Via, *h.via)
			}
			way := s.Way()
			sum := 0.0
			for i := 1; i < len(way); i++ {
				sum += metresApart(way[i-1], way[i])
			}
			if way[0] != s.Asked || way[len(way)-1] != s.Point || math.Abs(sum-s.Metres) > 0.02 {
				t.Errorf("the way %v of %.2f m does not lead from %v to %v over %.2f m", way, sum, s.Asked, s.Point, s.Metres)
			}
		})
	}
}

// metresApart measures on the plan.
func metresApart(a, b orb.Point) float64 {
	return math.Hypot((a[0]-b[0])/eastMetre, (a[1]-b[1])/northMetre)
}

func TestHomesOfAGatedEstateGoToThePathInside(t *testing.T) {
	w := newPlan(t)
	// A street runs along the south of the estate; the only gate is in the
	// north wall, and a path leads from it into the middle.
	w.street("street", xy{-200, 0}, xy{0, 0}, xy{200, 0})
	w.street("street", xy{200, 0}, xy{200, 150}, xy{50, 150})
	w.street("path", xy{50, 150}, xy{50, 100}, xy{50, 60})
	w.district(xy{-200, 0})
	w.obstacle(routing.ObstacleWall, xy{50, 100}, xy{100, 100}, xy{100, 10}, xy{0, 10}, xy{0, 100}, xy{50, 100})
	checkHomes(t, w.engine(routing.Foot()), 500, []home{
		{name: "behind the wall, the street nearer", at: xy{50, 15}, street: "path", metres: 45},
		{name: "in the corner", at: xy{95, 15}, street: "path", metres: math.Hypot(45, 45)},
		{name: "right at the wall on the inside", at: xy{50, 11}, street: "path", metres: 49},
		{name: "right at the wall on the outside", at: xy{50, 9}, street: "street", metres: 9},
		{name: "outside beside the wall", at: xy{110, 50}, street: "street", metres: 50},
		{name: "at the gate", at: xy{50, 101}, street: "path", metres: 0},
		{name: "north of the wall, nearest to the gate", at: xy{30, 102}, street: "path", metres: 20},
	})
	// With a limit that the path is beyond, nobody is dropped: the street it is,
	// and it says so.
	checkHomes(t, w.engine(routing.Foot()), 40, []home{
		{name: "the limit is too narrow for the path", at: xy{50, 15}, street: "street", metres: 15, blocked: true, behind: routing.ObstacleWall},
	})
}

func TestAWallWithoutAGateKeepsNobodyIn(t *testing.T) {
	w := newPlan(t)
	w.street("street", xy{-200, 0}, xy{200, 0})
	w.street("courtyard path", xy{10, 40}, xy{40, 40})
	w.district(xy{-200, 0})
	w.obstacle(routing.ObstacleWall, box(0, 10, 100, 100)...)
	checkHomes(t, w.engine(routing.Foot()), 200, []home{
		{name: "nearer to the path that leads nowhere", at: xy{20, 30}, street: "street", metres: 30, blocked: true, behind: routing.ObstacleWall},
	})
}

func TestAWallIsGoneRoundButNotForEver(t *testing.T) {
	for _, c := range []struct {
		name   string
		inside float64 // where the path within begins
		home   home
	}{
		{"the path is 190 m farther", 205, home{street: "path", metres: 205}},
		{"the path is 210 m farther", 225, home{street: "street", metres: 15, blocked: true, behind: routing.ObstacleWall}},
	} {
		w := newPlan(t)
		w.street("street", xy{-200, 0}, xy{-100, 0}, xy{600, 0})
		w.street("path", xy{600, 0}, xy{600, 100}, xy{c.inside, 15})
		w.district(xy{-200, 0})
		w.obstacle(routing.ObstacleWall, xy{-50, 100}, xy{-50, 10}, xy{500, 10}, xy{500, 300}, xy{-50, 300}, xy{-50, 100})
		c.home.name, c.home.at = c.name, xy{0, 15}
		checkHomes(t, w.engine(routing.Foot()), 500, []home{c.home})
	}
}

func TestNobodyWadesThroughARiver(t *testing.T) {
	w := newPlan(t)
	// The river flows along y = 0..60; a street on each bank, a bridge far away.
	w.street("south bank", xy{-300, -40}, xy{0, -40}, xy{400, -40})
	w.street("north bank", xy{-300, 70}, xy{0, 70}, xy{400, 70})
	w.street("bridge", xy{400, -40}, xy{400, 70})
	w.district(xy{-300, 70})
	if err := w.b.AddWater(orb.Polygon{onGround(box(-500, 0, 600, 60)), onGround(box(-420, 20, -380, 40))}); err != nil {
		t.Fatal(err)
	}
	checkHomes(t, w.engine(routing.Foot()), 500, []home{
		{name: "on the south bank", at: xy{50, -3}, street: "south bank", metres: 37},
		{name: "on the north bank", at: xy{50, 63}, street: "north bank", metres: 7},
		{name: "beside the bridge", at: xy{395, -10}, street: "bridge", metres: 5},
		{name: "on a boat, which lands at the nearer bank", at: xy{50, 50}, street: "north bank", metres: 20},
		{name: "on an island without a street", at: xy{-400, 30}, street: "north bank", metres: math.Hypot(100, 40), blocked: true, behind: routing.ObstacleWater},
	})
}

func TestAHouseBesideAMotorwayGoesToItsOwnStreet(t *testing.T) {
	for kind, name := range map[routing.ObstacleKind]string{routing.ObstacleMotorway: "motorway", routing.ObstacleRailway: "railway"} {
		t.Run(name, func(t *testing.T) {
			w := newPlan(t)
			w.street("beyond", xy{-300, 20}, xy{300, 20})
			w.street("own", xy{-300, -90}, xy{300, -90})
			w.street("link", xy{300, 20}, xy{300, -90})
			w.district(xy{-300, 20})
			w.obstacle(kind, xy{-300, 10}, xy{290, 10})
			checkHomes(t, w.engine(routing.Foot()), 500, []home{
				{name: "the other side is nearer", at: xy{0, 0}, street: "own", metres: 90},
				{name: "that other side", at: xy{0, 12}, street: "beyond", metres: 8},
			})
		})
	}
}

func TestHomesInABlockOfHousesDoNotWalkThroughThem(t *testing.T) {
	w := newPlan(t)
	w.street("front", xy{-200, 0}, xy{100, 0})
	w.street("passage", xy{100, 0}, xy{100, 45}, xy{60, 45})
	w.district(xy{-200, 0})
	w.building(box(-150, 5, 50, 20)) // a row of houses along the street
	w.building(box(-20, 24, 0, 30))  // a shed in the yard
	checkHomes(t, w.engine(routing.Foot()), 500, []home{
		// 25 m through the row and 30 more for it, 40 m round it.
		{name: "in the yard, the passage within reach", at: xy{20, 25}, street: "passage", metres: math.Hypot(40, 20)},
		// 95 m to the passage: through the row after all.
		{name: "in the yard, far from the passage", at: xy{-60, 25}, street: "front", metres: 25},
		{name: "in the row itself, which has no entrance", at: xy{0, 15}, street: "front", metres: 15},
		{name: "in the shed, which counts for nothing", at: xy{-10, 27}, street: "front", metres: 27},
	})
}

func TestABuildingIsLeftByItsEntrances(t *testing.T) {
	w := newPlan(t)
	w.street("front", xy{-100, 0}, xy{0, 0}, xy{100, 0})
	w.street("back", xy{-100, 60}, xy{0, 60}, xy{100, 60})
	w.street("side", xy{100, 0}, xy{100, 60})
	w.street("arcade", xy{60, 0}, xy{60, 30}, xy{60, 60})
	w.street("front", xy{0, 0}, xy{60, 0})
	w.street("back", xy{0, 60}, xy{60, 60})
	w.district(xy{-100, 0})
	// The door is at the back, though the front is nearer.
	w.building(box(-40, 5, 0, 40), xy{-20, 40})
	// Two doors: the way counts, not the door.
	w.building(box(10, 5, 50, 30), xy{30, 30}, xy{10, 5})
	// A house that the arcade runs through, with a door on the far side.
	w.building(box(55, 10, 90, 50), xy{90, 30})
	door := func(x, y float64) *xy { return &xy{x, y} }
	checkHomes(t, w.engine(routing.Foot()), 500, []home{
		{name: "the door is at the back", at: xy{-20, 10}, street: "back", metres: 30 + 20, via: door(-20, 40)},
		{name: "near the front door", at: xy{15, 10}, street: "front", metres: math.Hypot(5, 5) + 5, via: door(10, 5)},
		{name: "nearer to the back door, the way by the front is shorter", at: xy{25, 20}, street: "front", metres: math.Hypot(15, 15) + 5, via: door(10, 5)},
		{name: "the arcade runs by inside", at: xy{65, 30}, street: "arcade", metres: 5},
	})
	checkHomes(t, w.engine(routing.Foot()), 25, []home{
		{name: "the way by the door is beyond the limit", at: xy{-20, 10}, street: "front", metres: 10, blocked: true, behind: routing.ObstacleWall},
	})
}

func TestAnIslandKeepsItsOwnAndAFragmentDoesNot(t *testing.T) {
	w := newPlan(t)
	w.street("mainland", xy{-300, 0}, xy{300, 0})
	w.district(xy{-300, 0})
	w.street("island", xy{0, -200}, xy{50, -200})
	w.street("yard", xy{100, 50}, xy{120, 50})
	if err := w.b.AddWater(orb.Polygon{onGround(box(-500, -180, 500, -20))}); err != nil {
		t.Fatal(err)
	}
	e := w.engine(routing.Foot())
	checkHomes(t, e, 500, []home{
		{name: "on the island", at: xy{20, -190}, street: "island", metres: 10},
		{name: "in the yard, whose path leads nowhere", at: xy{110, 49}, street: "mainland", metres: 49},
	})
	checkHomes(t, e, 20, []home{
		{name: "nothing else within the limit", at: xy{110, 49}, street: "yard", metres: 1},
	})
}

func TestEveryProfileHasComponentsOfItsOwn(t *testing.T) {
	w := newPlan(t)
	w.street("low street", xy{-300, 0}, xy{0, 0}, xy{300, 0})
	w.district(xy{-300, 0})
	w.way(routing.EdgeAttr{Class: "steps", Name: "stairs", Walk: routing.Both, Steps: true}, xy{0, 0}, xy{0, 30})
	w.way(routing.EdgeAttr{Class: "footway", Name: "terrace", Walk: routing.Both}, xy{0, 30}, xy{50, 30})
	// A road that cars may only leave the network by.
	w.way(routing.EdgeAttr{Class: "residential", Name: "exit", Walk: routing.Both, Drive: routing.Forward}, xy{300, 0}, xy{300, -80})
	g := w.build()
	engine := func(p routing.Profile) *routing.Engine {
		e, err := routing.NewEngine(g, p)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	foot, wheels, car := engine(routing.Foot()), engine(routing.Wheelchair()), engine(routing.Car())
	checkHomes(t, foot, 500, []home{{name: "on foot to the terrace", at: xy{40, 28}, street: "terrace", metres: 2}})
	checkHomes(t, wheels, 500, []home{{name: "in a wheelchair to the street", at: xy{40, 28}, street: "low street", metres: 28}})
	checkHomes(t, foot, 500, []home{{name: "on foot to the exit", at: xy{290, -70}, street: "exit", metres: 10}})
	checkHomes(t, car, 500, []home{{name: "by car not to where there is no way back", at: xy{290, -70}, street: "low street", metres: 70}})
	if got := []int{len(foot.Components()), len(wheels.Components()), len(car.Components())}; got[0] != 1 || got[1] != 2 || got[2] != 2 {
		t.Errorf("components: %v", got)
	}
	if c := car.Components()[1]; c.Edges != 1 || c.Nodes != 0 || math.Abs(c.Metres-80) > 0.1 {
		t.Errorf("the exit is %+v", c)
	}
}

func TestANetworkOfItsOwnKeepsThoseWhoAreMuchNearer(t *testing.T) {
	w := newPlan(t)
	w.street("large", xy{0, 0}, xy{9000, 0})
	w.street("small", xy{0, -200}, xy{6000, -200})
	w.street("yard", xy{100, -190}, xy{120, -190})
	checkHomes(t, w.engine(routing.Foot()), 500, []home{
		{name: "far nearer to the small one", at: xy{110, -180}, street: "small", metres: 20},
		{name: "a little nearer to the small one", at: xy{110, -120}, street: "large", metres: 120},
		{name: "far beyond it", at: xy{110, -260}, street: "small", metres: 60},
	})
}

func TestWhatCannotBeSnappedSaysWhy(t *testing.T) {
	w := newPlan(t)
	w.street("ring", xy{0, 0}, xy{2000, 0}, xy{2000, 2000}, xy{0, 2000}, xy{0, 0})
	w.street("spur", xy{0, 0}, xy{10, 10})
	g := w.build()
	e, err := routing.NewEngine(g, routing.Foot())
	if err != nil {
		t.Fatal(err)
	}
	swapped := orb.Point{groundLat, groundLon}
	for name, c := range map[string]struct {
		p     orb.Point
		limit float64
		want  error
		text  string
	}{
		"in a large block":     {ground(1000, 1000), 500, routing.ErrTooFar, "within 500 m"},
		"off the map":          {ground(-600, 0), 500, routing.ErrOutside, "600 m outside"},
		"turned round":         {swapped, 500, routing.ErrOutside, "longitude comes first"},
		"not a number":         {orb.Point{math.NaN(), 42}, 500, routing.ErrPoint, ""},
		"without end":          {orb.Point{1, math.Inf(1)}, 500, routing.ErrPoint, ""},
		"beyond the pole":      {orb.Point{1, 91}, 500, routing.ErrPoint, ""},
		"a limit below zero":   {ground(0, 0), -1, nil, "no limit"},
		"a limit that is none": {ground(0, 0), math.NaN(), nil, "no limit"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := e.Snap(c.p, c.limit)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("error %v, want %v with %q", err, c.want, c.text)
			}
			if s != (routing.Snap{}) {
				t.Errorf("a snap all the same: %+v", s)
			}
			if many, err := e.SnapMany(c.p, 3, c.limit); err == nil || many != nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("many: %v, %v", many, err)
			}
		})
	}
	snaps, errs := e.SnapAll([]orb.Point{ground(5, 0), ground(1000, 1000)}, 100)
	if !snaps[0].OK || errs[0] != nil || snaps[1] != (routing.Snap{}) || !errors.Is(errs[1], routing.ErrTooFar) {
		t.Errorf("all: %v, %v", snaps, errs)
	}
	if _, err := e.SnapMany(ground(0, 0), 0, 100); err == nil {
		t.Error("none of many is no error")
	}
}

func TestManyAreDifferentEdgesNearestFirst(t *testing.T) {
	w := newPlan(t)
	w.street("a", xy{0, 0}, xy{100, 0})
	w.street("b", xy{0, 0}, xy{0, 100})
	w.street("c", xy{0, 0}, xy{-100, 0})
	w.street("d", xy{0, 0}, xy{0, -100})
	w.way(routing.EdgeAttr{Class: "motorway", Name: "road", Drive: routing.Both}, xy{-50, -6}, xy{50, -6})
	w.obstacle(routing.ObstacleWall, xy{-50, 15}, xy{-1, 15}, xy{-1, 1}, xy{-50, 1})
	e := w.engine(routing.Foot())
	got, err := e.SnapMany(ground(10, 20), 3, 50)
	if err != nil {
		t.Fatal(err)
	}
	var names string
	for _, s := range got {
		names += e.Graph().Edge(s.Edge).Name
	}
	if names != "bac" || got[0].Metres > got[1].Metres || got[1].Metres > got[2].Metres {
		t.Errorf("edges %s at %v", names, got)
	}
	// In the pocket of the wall, which opens to the west only.
	got, err = e.SnapMany(ground(-10, 8), 9, 50)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 {
		t.Fatalf("%d edges: %v", len(got), got)
	}
	for _, s := range got {
		if !s.Blocked || s.Behind != routing.ObstacleWall {
			t.Errorf("%s is not blocked: %+v", e.Graph().Edge(s.Edge).Name, s)
		}
	}
}
