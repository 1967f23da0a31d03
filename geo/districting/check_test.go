package districting_test

import (
	"math"
	"strings"
	"testing"

	"sanse/geo/districting"
)

// small is a valid problem: 3 × 2 units in two parents' three zones.
func small() *districting.Problem {
	return &districting.Problem{
		Graph: lattice(3, 2, false), Parent: []int32{0, 0, 1, 0, 0, 1}, Zones: []int{2, 1}, Goal: districting.CutEdges,
		Weights: []districting.Weight{{Name: "households", Of: []int64{1, 1, 4, 1, 1, 4}, Tolerance: 0.1}},
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	for want, spoil := range map[string]func(p *districting.Problem){
		"there are no units":         func(p *districting.Problem) { p.First = nil },
		"Area has 2 entries":         func(p *districting.Problem) { p.Area = []float64{1, 1} },
		"rows of neighbours go":      func(p *districting.Problem) { p.First[6]-- },
		"its row of neighbours goes": func(p *districting.Problem) { p.First[2] = 9999 },
		"its neighbour 77":           func(p *districting.Problem) { p.To[1] = 77 },
		"its own neighbour":          func(p *districting.Problem) { p.To[0] = 0 },
		"not ascending":              func(p *districting.Problem) { p.To[0], p.To[1] = p.To[1], p.To[0] },
		"but not the other way":      func(p *districting.Problem) { p.To[1] = 4 },
		"metres long, but":           func(p *districting.Problem) { p.Border = make([]float64, len(p.To)); p.Border[3] = 2 },
		"NaN metres long":            func(p *districting.Problem) { p.Border = make([]float64, len(p.To)); p.Border[0] = math.NaN() },
		"barrier from one side only": func(p *districting.Problem) { p.Barrier = make([]bool, len(p.To)); p.Barrier[0] = true },
		"its area is -1":             func(p *districting.Problem) { p.Area = []float64{-1, 1, 1, 1, 1, 1} },
		"its outer border is +Inf":   func(p *districting.Problem) { p.Outer = []float64{math.Inf(1), 1, 1, 1, 1, 1} },
		"Zones is empty":             func(p *districting.Problem) { p.Zones = nil },
		"unit 2: parent 7":           func(p *districting.Problem) { p.Parent[2] = 7 },
		"parent 1: 0 zones":          func(p *districting.Problem) { p.Zones[1] = 0 },
		"parent 0: 5 zones are more": func(p *districting.Problem) { p.Zones[0] = 5 },
		"6 weights are more":         func(p *districting.Problem) { p.Weights = make([]districting.Weight, 6) },
		"1 entries instead of 6":     func(p *districting.Problem) { p.Weights[0].Of = []int64{1} },
		"unit 3 has -2":              func(p *districting.Problem) { p.Weights[0].Of[3] = -2 },
		"is more than 2^52":          func(p *districting.Problem) { p.Weights[0].Of[3] = math.MaxInt64 },
		"tolerance -0.1":             func(p *districting.Problem) { p.Weights[0].Tolerance = -0.1 },
		"tolerance NaN":              func(p *districting.Problem) { p.Weights[0].Tolerance = math.NaN() },
		"from 9 to 3 is no range":    func(p *districting.Problem) { p.Weights[0].Least, p.Weights[0].Most = 9, 3 },
		"list Closed has 1 entries":  func(p *districting.Problem) { p.Closed = []bool{true} },
		"locked in zone 9":           func(p *districting.Problem) { p.Locked = []int32{9, -1, -1, -1, -1, -1} },
		"today in zone -5":           func(p *districting.Problem) { p.Today = []int32{-5, -1, -1, -1, -1, -1} },
		"locked in zone 2 of parent 1": func(p *districting.Problem) {
			p.Locked = []int32{2, -1, -1, -1, -1, -1}
		},
		"all zones are closed": func(p *districting.Problem) { p.Closed = []bool{false, false, true} },
		"0 units that are not locked are too few": func(p *districting.Problem) {
			p.Locked = []int32{0, 0, -1, 0, 0, -1}
		},
		`goal "round"`:       func(p *districting.Problem) { p.Goal = "round" },
		"as today costs NaN": func(p *districting.Problem) { p.Stay = math.NaN() },
	} {
		t.Run(want, func(t *testing.T) {
			p := small()
			if err := p.Validate(); err != nil {
				t.Fatalf("before: %v", err)
			}
			spoil(p)
			if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("%v does not say %q", err, want)
			}
		})
	}
}

func TestCheckFindsPlantedFaults(t *testing.T) {
	const none = districting.None
	for name, c := range map[string]struct {
		spoil func(p *districting.Problem)
		zone  []int32
		want  []districting.FaultKind
	}{
		"a good drawing":              {func(*districting.Problem) {}, []int32{0, 0, 2, 1, 1, 2}, nil},
		"a unit too few":              {func(*districting.Problem) {}, []int32{0}, []districting.FaultKind{districting.FaultProblem}},
		"no such zone":                {func(*districting.Problem) {}, []int32{0, 0, 2, 1, 1, 3}, []districting.FaultKind{districting.FaultProblem}},
		"two zones out of balance":    {func(*districting.Problem) {}, []int32{0, 0, 2, 0, 1, 2}, []districting.FaultKind{districting.FaultBalance, districting.FaultBalance}},
		"an empty zone":               {func(p *districting.Problem) { p.Weights = nil }, []int32{0, 0, 2, 0, 0, 2}, []districting.FaultKind{districting.FaultEmpty}},
		"units across each other":     {func(*districting.Problem) {}, []int32{0, 1, 2, 1, 0, 2}, []districting.FaultKind{districting.FaultParts, districting.FaultParts}},
		"a barrier between":           {func(p *districting.Problem) { bar(&p.Graph, 0, 1) }, []int32{0, 0, 2, 1, 1, 2}, []districting.FaultKind{districting.FaultParts}},
		"a zone of another parent":    {func(p *districting.Problem) { p.Weights = nil }, []int32{0, 2, 2, 1, 1, 2}, []districting.FaultKind{districting.FaultParent}},
		"elsewhere than it is locked": {func(p *districting.Problem) { p.Locked = []int32{1, none, none, none, none, none} }, []int32{0, 0, 2, 1, 1, 2}, []districting.FaultKind{districting.FaultLock}},
		"more in a closed zone": {func(p *districting.Problem) {
			p.Weights = nil
			p.Locked = []int32{0, none, none, none, none, none}
			p.Closed = []bool{true, false, false}
		}, []int32{0, 0, 2, 1, 1, 2}, []districting.FaultKind{districting.FaultClosed}},
	} {
		t.Run(name, func(t *testing.T) {
			p := small()
			c.spoil(p)
			got := districting.Check(p, c.zone)
			if len(got) != len(c.want) {
				t.Fatalf("%+v", got)
			}
			for i, f := range got {
				if f.Kind != c.want[i] || f.Message == "" {
					t.Fatalf("%+v instead of %s", f, c.want[i])
				}
			}
		})
	}
}

func TestMeasureOfASquare(t *testing.T) {
	p := &districting.Problem{Graph: lattice(4, 2, false), Zones: []int{2}, Goal: districting.Compact}
	p.Border = make([]float64, len(p.To))
	for i := range p.Border {
		p.Border[i] = 10
	}
	p.Area = []float64{100, 100, 100, 100, 100, 100, 100, 100}
	p.Outer = []float64{20, 10, 10, 20, 20, 10, 10, 20}
	p.Today = []int32{0, 0, 0, 0, 1, 1, 1, 1}
	bar(&p.Graph, 0, 1)
	m, err := districting.Measure(p, []int32{0, 0, 1, 1, 0, 0, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	if m.CutEdges != 2 || m.BorderMetres != 20 || math.Abs(m.PolsbyPopper-math.Pi/4) > 1e-12 ||
		m.Parts != 2 || m.BarrierPairs != 1 || m.Moved != 4 || m.Zones[1].Units != 4 {
		t.Fatalf("%+v", m)
	}
}
