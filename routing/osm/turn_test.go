package osm_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

func TestAWayThatPassesTheNodeOfARule(t *testing.T) {
	for _, c := range []struct {
		name, through  string
		rules, ignored int
	}{
		{"one-way: the piece that leaves is meant", "highway=primary oneway=yes", 1, 0},
		{"both ways: nobody knows", "highway=primary", 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(`<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="0.0018" lat="0"/><node id="3" lon="0.0036" lat="0"/><node id="4" lon="0.0018" lat="0.0018"/>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>` + tagXML(c.through) + `</way>
<way id="2"><nd ref="4"/><nd ref="2"/>` + tagXML("highway=residential") + `</way>` + rule("restriction=no_left_turn", "from=2", "via=n2", "to=1") + `</osm>`)
			if err != nil {
				t.Fatal(err)
			}
			if x.Counts.Turns != c.rules || x.Counts.IgnoredTurns != c.ignored {
				t.Errorf("%d rules, %d ignored", x.Counts.Turns, x.Counts.IgnoredTurns)
			}
		})
	}
}

// A street from (0,0) over (2,0) and (3,0) to (5,0), one to the north and one
// to the south at (2,0), one to the south at (3,0); all open at their ends to a
// way round that is long.
func crossroads(relations ...string) string {
	return `<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="0.0018" lat="0"/><node id="3" lon="0.0027" lat="0"/><node id="4" lon="0.0045" lat="0"/>
<node id="5" lon="0.0018" lat="0.0018"/><node id="6" lon="0.0018" lat="-0.0018"/><node id="7" lon="0.0027" lat="-0.0018"/>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
<way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
<way id="3"><nd ref="3"/><nd ref="4"/><tag k="highway" v="primary"/></way>
<way id="4"><nd ref="2"/><nd ref="5"/><tag k="highway" v="residential"/></way>
<way id="5"><nd ref="6"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="6"><nd ref="3"/><nd ref="7"/><tag k="highway" v="residential"/></way>` + strings.Join(relations, "") + `</osm>`
}

func rule(tags string, members ...string) string {
	var b strings.Builder
	b.WriteString(`<relation id="1">`)
	for _, m := range members {
		role, what, _ := strings.Cut(m, "=")
		kind, ref := "way", what
		if n, ok := strings.CutPrefix(what, "n"); ok {
			kind, ref = "node", n
		}
		fmt.Fprintf(&b, `<member type=%q ref=%q role=%q/>`, kind, ref, role)
	}
	b.WriteString(tagXML("type=restriction "+tags) + `</relation>`)
	return b.String()
}

func TestTurnRestrictions(t *testing.T) {
	// From (1,0): to the north end, the south end, the east end, and to the south
	// beyond the next street; how far a car has to go. It turns where it may, at
	// the ends of streets too.
	west, north, south, east, next := at(1, 0), at(2, 1), at(2, -1), at(4, 0), at(3, -1)
	const straight = -1
	for _, c := range []struct {
		name           string
		relation       string
		from, to       orb.Point
		car            float64 // straight where the rule is none for it
		rules, ignored int
	}{
		{"no left turn", rule("restriction=no_left_turn", "from=1", "via=n2", "to=4"), west, north, 300 + 100, 1, 0},
		{"no left turn, to the right", rule("restriction=no_left_turn", "from=1", "via=n2", "to=4"), west, south, straight, 1, 0},
		{"only straight on", rule("restriction=only_straight_on", "from=1", "via=n2", "to=2"), west, south, 400, 1, 0},
		{"not for cars", rule("restriction=no_left_turn except=motorcar", "from=1", "via=n2", "to=4"), west, north, straight, 1, 0},
		{"for bikes only", rule("restriction:bicycle=no_left_turn", "from=1", "via=n2", "to=4"), west, north, straight, 1, 0},
		{"for cars only", rule("restriction:motorcar=no_left_turn", "from=1", "via=n2", "to=4"), west, north, 400, 1, 0},
		{"for lorries only", rule("restriction:hgv=no_left_turn", "from=1", "via=n2", "to=4"), west, north, straight, 0, 1},
		{"by the hour", rule("restriction:conditional=no_left_turn", "from=1", "via=n2", "to=4"), west, north, straight, 0, 1},
		{"two ways in", rule("restriction=no_entry", "from=1", "from=5", "via=n2", "to=4"), west, north, 400, 2, 0},
		{"over a way", rule("restriction=no_right_turn", "from=5", "via=2", "to=6"), south, next, 500, 1, 0},
		{"over a way, from elsewhere", rule("restriction=no_right_turn", "from=5", "via=2", "to=6"), west, next, straight, 1, 0},
		{"only over a way", rule("restriction=only_straight_on", "from=1", "via=2", "to=3"), west, next, 700, 1, 0},
		{"a way that is not there", rule("restriction=no_left_turn", "from=77", "via=n2", "to=4"), west, north, straight, 0, 1},
		{"ways that do not meet", rule("restriction=no_left_turn", "from=3", "via=n2", "to=4"), west, north, straight, 0, 1},
		{"no word of where", rule("restriction=no_left_turn", "from=1", "to=4"), west, north, straight, 0, 1},
		{"east, whatever is forbidden", rule("restriction=no_left_turn", "from=1", "via=n2", "to=4"), west, east, straight, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(crossroads(c.relation))
			if err != nil {
				t.Fatal(err)
			}
			plain := math.Abs(c.from[0]-c.to[0]) + math.Abs(c.from[1]-c.to[1])
			if c.from == south {
				plain += 2 * step // up to the main street first
			}
			want := plain / step * 100.2
			car := routing.Car()
			car.UTurnSeconds = 0 // the shortest way is what is worked out here
			for _, p := range []routing.Profile{routing.Foot(), car} {
				e := engineOf(t, x.Graph, p)
				snaps, errs := e.SnapAll([]orb.Point{c.from, c.to}, 10)
				if err := errors.Join(errs...); err != nil {
					t.Fatal(err)
				}
				path, err := e.Route(context.Background(), snaps[0], snaps[1])
				if err != nil {
					t.Fatal(err)
				}
				if p.Name == "car" && c.car != straight {
					want = c.car * 1.002
				}
				if math.Abs(path.Metres-want) > 2 {
					t.Errorf("%s: %.0f m, want %.0f", p.Name, path.Metres, want)
				}
			}
			if x.Counts.Turns != c.rules || x.Counts.IgnoredTurns != c.ignored {
				t.Errorf("%d rules, %d ignored, want %d and %d", x.Counts.Turns, x.Counts.IgnoredTurns, c.rules, c.ignored)
			}
		})
	}
}
