package osm_test

import (
	"context"
	"errors"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// passes tells whether somebody gets from (5,1) to (5,4) in twoStreets, whose
// second street has the node's tags on (5,2).
func passes(t *testing.T, g *routing.Graph, p routing.Profile, from, to orb.Point) bool {
	t.Helper()
	e := engineOf(t, g, p)
	snaps, errs := e.SnapAll([]orb.Point{from, to}, 30)
	if errors.Join(errs...) != nil {
		return false
	}
	_, err := e.Route(context.Background(), snaps[0], snaps[1])
	if err != nil && !errors.Is(err, routing.ErrNoWay) {
		t.Fatal(err)
	}
	return err == nil
}

func TestABarrierStopsThoseWhomItIsMeantFor(t *testing.T) {
	for _, c := range []struct {
		name, node                string
		walk, drive, wheels, ride bool
	}{
		{"nothing", "", true, true, true, true},
		{"bollards", "barrier=bollard", true, false, true, true},
		{"bollards that let cars pass", "barrier=bollard motor_vehicle=yes", true, true, true, true},
		{"blocks", "barrier=block", true, false, true, true},
		{"a gate", "barrier=gate", true, true, true, true},
		{"a gate for walkers", "barrier=gate access=no foot=yes", true, false, true, false},
		{"a gate where cars may not", "barrier=lift_gate motor_vehicle=private", true, false, true, true},
		{"a private gate", "barrier=gate access=private", false, false, false, false},
		{"a gate that cars push open", "barrier=bump_gate", true, true, true, true},
		{"a beam that slides", "barrier=sliding_beam", true, true, true, true},
		{"a gap in a dyke", "barrier=coupure", true, true, true, true},
		{"a stile", "barrier=stile", true, false, false, false},
		{"a turnstile", "barrier=turnstile", true, false, false, false},
		{"a turnstile with a door beside it", "barrier=turnstile wheelchair=yes", true, false, true, false},
		{"a kissing gate", "barrier=kissing_gate", true, false, true, false},
		{"a wicket", "barrier=wicket_gate", true, false, true, true},
		{"a fence", "barrier=fence", false, false, false, false},
		{"a fence with a gap", "barrier=fence foot=yes", true, false, true, false},
		{"a toll booth", "barrier=toll_booth", true, true, true, true},
		{"something unheard of", "barrier=flying_pig", true, false, true, true},
		{"a kerb", "kerb=raised", true, true, false, true},
		{"a low kerb", "kerb=lowered", true, true, true, true},
		{"a locked gate for walkers", "barrier=gate locked=yes foot=yes", true, false, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(twoStreets("highway=residential", c.node))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range []struct {
				profile routing.Profile
				want    bool
			}{{routing.Foot(), c.walk}, {routing.Car(), c.drive}, {routing.Wheelchair(), c.wheels}} {
				for _, way := range [][2]orb.Point{{at(5, 1), at(5, 4)}, {at(5, 4), at(5, 1)}} {
					if got := passes(t, x.Graph, w.profile, way[0], way[1]); got != w.want {
						t.Errorf("%s from %v: %v, want %v", w.profile.Name, way[0], got, w.want)
					}
				}
			}
			rides := true
			x.Graph.EachEdge(func(e routing.Edge) bool {
				rides = rides && e.Ride == routing.Both
				return true
			})
			closed := !c.walk && !c.drive // no edge leads over it
			if !closed && rides != c.ride {
				t.Errorf("bikes ride: %v, want %v", rides, c.ride)
			}
		})
	}
}

// Bollards on the middle of a crossroads of four streets, one of them a footway:
// every pair of streets is open to walkers and shut to cars, but for the way
// along which nobody passes the bollards.
func TestABarrierAtAJunctionIsExact(t *testing.T) {
	x, err := readString(`<osm version="0.6">
<node id="1" lon="0" lat="0">` + tagXML("barrier=bollard") + `</node>
<node id="2" lon="0.0018" lat="0"/><node id="3" lon="0" lat="0.0018"/><node id="4" lon="-0.0018" lat="0"/><node id="5" lon="0" lat="-0.0018"/>
<way id="12"><nd ref="1"/><nd ref="2"/>` + tagXML("highway=residential") + `</way>
<way id="13"><nd ref="3"/><nd ref="1"/>` + tagXML("highway=residential oneway=yes") + `</way>
<way id="14"><nd ref="1"/><nd ref="4"/>` + tagXML("highway=footway") + `</way>
<way id="15"><nd ref="1"/><nd ref="5"/>` + tagXML("highway=residential") + `</way>
<way id="16"><nd ref="2"/><nd ref="5"/>` + tagXML("highway=residential") + `</way></osm>`)
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string]orb.Point{"east": at(1, 0), "north": at(0, 1), "west": at(-1, 0), "south": at(0, -1)}
	for a, from := range ends {
		for b, to := range ends {
			if a == b {
				continue
			}
			if !passes(t, x.Graph, routing.Foot(), from, to) {
				t.Errorf("nobody walks from %s to %s", a, b)
			}
			if a == "west" || b == "west" || a == "north" || b == "north" {
				continue // no cars there, or none that could leave again
			}
			if !passes(t, x.Graph, routing.Car(), from, to) {
				t.Errorf("nobody drives from %s round to %s", a, b)
			}
		}
	}
	if x.Counts.PartBarriers != 1 || x.Counts.ClosedBarriers != 0 {
		t.Errorf("%+v", x.Counts)
	}
	// Along the bollards, 200 m; round, 540.
	e := engineOf(t, x.Graph, routing.Car())
	snaps, errs := e.SnapAll([]orb.Point{at(1, 0), at(0, -1)}, 30)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	p, err := e.Route(context.Background(), snaps[0], snaps[1])
	if err != nil || p.Metres < 450 {
		t.Errorf("a car drives %.0f m, %v", p.Metres, err)
	}
}
