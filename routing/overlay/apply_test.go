package overlay_test

import (
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// square is a block of 400 by 100 metres with a street on each side.
func square(t fataler) *routing.Graph {
	return world(t, road("south", 0, 0, 200, 0, 400, 0), road("east", 400, 0, 400, 100), road("north", 400, 100, 200, 100, 0, 100), road("west", 0, 100, 0, 0))
}

func TestChangesChangeTheWay(t *testing.T) {
	type query struct {
		profile  routing.Profile
		from, to orb.Point
		before   int
		after    int
	}
	foot, car := routing.Foot(), routing.Car()
	for _, c := range []struct {
		name     string
		world    func(fataler) *routing.Graph
		features []map[string]any
		queries  []query
		finding  string
		undone   bool
	}{
		{
			"a path through the block is added", square,
			[]map[string]any{change("1", "add", line(200, 0, 200, 50, 200, 100), nil)},
			[]query{{foot, at(200, 0), at(200, 100), walk(500), walk(100)}},
			"", false,
		},
		{
			"a path drawn a little short is joined", square,
			[]map[string]any{change("1", "add", line(100, 4, 100, 93), nil)},
			[]query{{foot, at(100, 0), at(100, 100), walk(300), walk(100)}},
			"", false,
		},
		{
			"a path that goes nowhere is added up to its end and said so", square,
			[]map[string]any{change("1", "add", line(100, 0, 100, 50), nil)},
			[]query{{foot, at(100, 0), at(100, 50), -1, walk(50)}},
			"last point meets no street", false,
		},
		{
			"a path that meets nothing is left out", square,
			[]map[string]any{change("1", "add", line(100, 40, 200, 50), nil)},
			[]query{{foot, at(100, 40), at(200, 50), -1, -1}},
			"left out", true,
		},
		{
			"a path that meets nothing is added when it says so", square,
			[]map[string]any{change("1", "add", line(100, 40, 200, 40), props{"alone": true})},
			[]query{{foot, at(100, 40), at(200, 40), -1, walk(100)}},
			"", false,
		},
		{
			"a path beside a street is not joined to it on the way", square,
			[]map[string]any{change("1", "add", line(0, 50, 50, 4, 350, 4, 400, 50), nil)},
			[]query{{foot, at(200, 4), at(200, 0), 4, walk(150 + 68 + 50 + 200)}},
			"", false,
		},
		{
			"nobody drives over an added footway", square,
			[]map[string]any{change("1", "add", line(200, 0, 200, 100), nil)},
			[]query{{car, at(200, 1), at(200, 99), 0, 0}},
			"", false,
		},
		{
			"an added street has one way for wheels", square,
			[]map[string]any{change("1", "add", line(200, 0, 200, 100), props{"class": "支路", "oneway": "yes"})},
			[]query{{foot, at(200, 100), at(200, 0), walk(500), walk(100)}},
			"", false,
		},
		{
			"added ways meet each other", square,
			[]map[string]any{
				change("1", "add", line(100, 0, 100, 50), nil), change("2", "add", line(100, 50, 300, 50), nil), change("3", "add", line(300, 50, 300, 100), nil),
			},
			[]query{{foot, at(100, 0), at(300, 100), walk(500), walk(300)}},
			"last point meets no street", false,
		},
		{
			"a street is closed", square,
			[]map[string]any{change("1", "close", line(0, 20, 0, 80), nil)},
			[]query{{foot, at(0, 10), at(0, 90), walk(80), walk(920)}},
			"", false,
		},
		{
			"a closed line may be drawn beside the street", square,
			[]map[string]any{change("1", "close", line(5, 20, 4, 50, 5, 80), nil)},
			[]query{{foot, at(0, 10), at(0, 90), walk(80), walk(920)}},
			"", false,
		},
		{
			"a closed stretch may go around a corner and be drawn against the line", square,
			[]map[string]any{change("1", "close", line(0, 50, 0, 0, 50, 0), nil)},
			[]query{{foot, at(60, 0), at(0, 60), walk(120), walk(340 + 100 + 400 + 40)}, {foot, at(20, 0), at(0, 60), walk(80), -2}},
			"", false,
		},
		{
			"the street nearest to a point is closed as a whole", square,
			[]map[string]any{change("1", "close", line(3, 50), nil)},
			[]query{{foot, at(0, 100), at(0, 0), walk(100), walk(900)}},
			"", false,
		},
		{
			"a street is closed to some", square,
			[]map[string]any{change("1", "close", line(3, 50), props{"modes": "drive"})},
			[]query{{foot, at(0, 90), at(0, 10), walk(80), walk(80)}, {car, at(0, 100), at(0, 0), 0, -3}},
			"", false,
		},
		{
			"what follows no street closes nothing", square,
			[]map[string]any{change("1", "close", line(0, 50, 100, 50), nil)},
			[]query{{foot, at(0, 90), at(0, 10), walk(80), walk(80)}},
			"nothing is closed", true,
		},
		{
			"a gate shuts a street for everybody", square,
			[]map[string]any{change("1", "gate", line(3, 50), props{"keys": "residents"})},
			[]query{{foot, at(0, 40), at(0, 60), walk(20), walk(980)}},
			"", false,
		},
		{
			"a gate lets people on foot pass", square,
			[]map[string]any{change("1", "gate", line(3, 50), props{"modes": []string{"drive", "ride"}})},
			[]query{{foot, at(0, 40), at(0, 60), walk(20), walk(20)}, {car, at(0, 40), at(0, 60), 0, -3}},
			"", false,
		},
		{
			"a gate on a junction is refused",
			func(t fataler) *routing.Graph {
				return world(t, road("a", 0, 0, 100, 0), road("b", 100, 0, 200, 0), road("c", 100, 0, 100, 100))
			},
			[]map[string]any{change("1", "gate", line(100, 0), nil)},
			[]query{{foot, at(0, 0), at(200, 0), walk(200), walk(200)}},
			"junction of 3 streets", true,
		},
		{
			"a gate where one street becomes another", square,
			[]map[string]any{change("1", "gate", line(0, 0), nil)},
			[]query{{foot, at(0, 40), at(40, 0), walk(80), walk(920)}},
			"", false,
		},
		{
			"a gate is opened again at its place", square,
			[]map[string]any{change("1", "gate", line(0, 50), nil), change("2", "open", line(2, 52), nil)},
			[]query{{foot, at(0, 40), at(0, 60), walk(20), walk(20)}},
			"", false,
		},
		{
			"a closed barrier of the map is opened",
			func(t fataler) *routing.Graph {
				b := routing.NewBuilder()
				attr := road("").attr
				n := []int32{b.AddNode(at(0, 0)), b.AddNode(at(50, 0)), b.AddNode(at(50, 0)), b.AddNode(at(100, 0))}
				for i := 0; i < 4; i += 2 {
					if _, err := b.AddEdge(n[i], n[i+1], nil, attr); err != nil {
						t.Fatal(err)
					}
				}
				g, err := b.Build()
				if err != nil {
					t.Fatal(err)
				}
				return g
			},
			[]map[string]any{change("1", "open", line(51, 2), nil)},
			[]query{{foot, at(0, 0), at(100, 0), -1, walk(100)}},
			"", false,
		},
		{
			"people on foot may use what was for cars only",
			func(t fataler) *routing.Graph {
				s := road("tunnel", 0, 0, 100, 0)
				s.attr.Walk = routing.Neither
				return world(t, s, road("x", 0, 0, 0, 100, 100, 100, 100, 0))
			},
			[]map[string]any{change("1", "open", line(10, 0, 90, 0), nil), change("2", "open", line(5, 0), nil), change("3", "open", line(95, 0), nil)},
			[]query{{foot, at(0, 0), at(100, 0), walk(300), walk(100)}},
			"", false,
		},
		{
			"what is open already is left", square,
			[]map[string]any{change("1", "open", line(0, 50), nil)},
			[]query{{foot, at(0, 90), at(0, 10), walk(80), walk(80)}},
			"nothing is opened", true,
		},
		{
			"a one-way street is opened both ways for cars",
			func(t fataler) *routing.Graph {
				s := road("one", 0, 0, 100, 0)
				s.attr.Drive = routing.Forward
				return world(t, s)
			},
			[]map[string]any{change("1", "open", line(50, 0), props{"modes": "drive", "oneway": "no"})},
			[]query{{car, at(100, 0), at(0, 0), -1, -4}},
			"", false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := c.world(t)
			made, rep := apply(t, g, c.features...)
			last := rep.Outcomes[len(rep.Outcomes)-1]
			if last.Done == c.undone || (last.Edges > 0) != last.Done {
				t.Errorf("outcome %+v", last)
			}
			findings := ""
			for _, o := range rep.Outcomes {
				findings += strings.Join(o.Findings, "; ")
			}
			if !strings.Contains(findings, c.finding) || c.finding == "" && findings != "" {
				t.Errorf("findings %q, want %q", findings, c.finding)
			}
			for _, q := range c.queries {
				before, after := seconds(t, g, q.profile, q.from, q.to), seconds(t, made, q.profile, q.from, q.to)
				if q.before != 0 && !near(before, q.before, 2) {
					t.Errorf("before %d, want %d", before, q.before)
				}
				switch q.after {
				case 0: // the way round, as before
					if before != after {
						t.Errorf("before %d, after %d", before, after)
					}
				case -2: // from inside what is closed: snapped elsewhere, never over it
				case -3: // longer
					if after >= 0 && after <= before {
						t.Errorf("before %d, after %d", before, after)
					}
				case -4: // possible
					if after < 0 {
						t.Error("no way")
					}
				default:
					if !near(after, q.after, 2) {
						t.Errorf("after %d, want %d", after, q.after)
					}
				}
			}
		})
	}
}
