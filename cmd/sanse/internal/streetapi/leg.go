package streetapi

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
	"sanse/routing/directions"
)

// annotationNames are those that a leg can have. Numbers of nodes are known as
// a word only.
var annotationNames = []string{"duration", "distance", "speed", "weight", "datasources", "nodes"}

// leg is a way between two waypoints, as OSRM shows it.
type leg struct {
	Steps      []step      `json:"steps"`
	Weight     float64     `json:"weight"`
	Summary    string      `json:"summary"`
	Duration   float64     `json:"duration"`
	Distance   float64     `json:"distance"`
	Annotation *annotation `json:"annotation,omitempty"`
}

type step struct {
	Geometry      any            `json:"geometry"`
	Maneuver      maneuver       `json:"maneuver"`
	Mode          string         `json:"mode"`
	DrivingSide   string         `json:"driving_side"`
	Name          string         `json:"name"`
	Intersections []intersection `json:"intersections"`
	Weight        float64        `json:"weight"`
	Duration      float64        `json:"duration"`
	Distance      float64        `json:"distance"`
}

type maneuver struct {
	Type          string     `json:"type"`
	Modifier      string     `json:"modifier,omitempty"`
	Location      [2]float64 `json:"location"`
	BearingBefore int        `json:"bearing_before"`
	BearingAfter  int        `json:"bearing_after"`
	Exit          int        `json:"exit,omitempty"`
	Instruction   string     `json:"instruction,omitempty"` // ours
}

type intersection struct {
	Location [2]float64 `json:"location"`
	Bearings []int      `json:"bearings"`
	Entry    []bool     `json:"entry"`
	In       *int       `json:"in,omitempty"`
	Out      *int       `json:"out,omitempty"`
}

// annotation is by piece of the line between two of its points.
type annotation struct {
	Duration    []float64 `json:"duration,omitempty"`
	Distance    []float64 `json:"distance,omitempty"`
	Speed       []float64 `json:"speed,omitempty"`
	Weight      []float64 `json:"weight,omitempty"`
	Datasources []int     `json:"datasources,omitempty"`
	Metadata    *metadata `json:"metadata,omitempty"`
}

type metadata struct {
	DatasourceNames []string `json:"datasource_names"`
}

// leg makes the leg of a path between two coordinates.
func (h *handler) leg(e *routing.Engine, path routing.Path, from, to orb.Point, q routeRequest) (leg, error) {
	l := leg{Steps: []step{}, Duration: tenth(float64(path.Millis) / 1000), Distance: tenth(path.Metres)}
	l.Weight = l.Duration
	if len(q.annotations) > 0 {
		l.Annotation = annotate(e, path, q.annotations)
	}
	if !q.steps {
		return l, nil
	}
	var o directions.Options
	if !q.snap.walkToStreet {
		o = directions.Options{From: &from, To: &to}
	}
	steps, err := h.guide().Steps(e, path, o)
	if err != nil {
		return leg{}, err
	}
	for _, s := range steps {
		l.Steps = append(l.Steps, stepOf(s, q))
	}
	l.Summary = summary(steps)
	return l, nil
}

func stepOf(s directions.Step, q routeRequest) step {
	m := s.Manoeuvre
	out := step{
		Geometry: geometry(s.Line, q.geometries), Mode: string(s.Mode), DrivingSide: "right", Name: s.Name,
		Duration: tenth(float64(s.Millis) / 1000), Distance: tenth(s.Metres),
		Maneuver: maneuver{
			Type: string(m.Type), Modifier: string(m.Modifier), Location: position(m.Location),
			BearingBefore: m.BearingBefore, BearingAfter: m.BearingAfter, Exit: m.Exit,
		},
	}
	out.Weight = out.Duration
	if q.told {
		out.Maneuver.Instruction = directions.Text(s, q.language)
	}
	for _, x := range s.Intersections {
		shown := intersection{Location: position(x.Location), Bearings: x.Bearings, Entry: x.Entry}
		if x.In >= 0 {
			shown.In = &x.In
		}
		if x.Out >= 0 {
			shown.Out = &x.Out
		}
		out.Intersections = append(out.Intersections, shown)
	}
	return out
}

// summary names the two streets that most of a leg is on, in their order.
func summary(steps []directions.Step) string {
	length := map[string]float64{}
	var names []string
	for _, s := range steps {
		if s.Name == "" {
			continue
		}
		if _, ok := length[s.Name]; !ok {
			names = append(names, s.Name)
		}
		length[s.Name] += s.Metres
	}
	if len(names) > 2 {
		longest := slices.Clone(names)
		slices.SortStableFunc(longest, func(a, b string) int {
			switch {
			case length[a] > length[b]:
				return -1
			case length[a] < length[b]:
				return 1
			}
			return 0
		})
		names = slices.DeleteFunc(names, func(n string) bool { return n != longest[0] && n != longest[1] })
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return names[0] + ", " + names[1]
}

// annotate shares the lengths and times of a path out among the pieces of its
// line, those of each stretch of street by length.
func annotate(e *routing.Engine, path routing.Path, want map[string]bool) *annotation {
	metres, seconds := pieces(e, path)
	a := &annotation{}
	for i := range metres {
		duration := tenth(seconds[i])
		if want["duration"] {
			a.Duration = append(a.Duration, duration)
		}
		if want["distance"] {
			a.Distance = append(a.Distance, math.Round(metres[i]*1000)/1000)
		}
		if want["weight"] {
			a.Weight = append(a.Weight, duration)
		}
		if want["speed"] {
			speed := 0.0
			if seconds[i] > 0 {
				speed = tenth(metres[i] / seconds[i])
			}
			a.Speed = append(a.Speed, speed)
		}
		if want["datasources"] {
			a.Datasources = append(a.Datasources, 0)
		}
	}
	if want["datasources"] {
		a.Metadata = &metadata{[]string{"profile " + e.Profile().Name}}
	}
	return a
}

// pieces are the lengths and times between each two points of a path's line.
func pieces(e *routing.Engine, path routing.Path) (metres, seconds []float64) {
	metres = make([]float64, max(len(path.Line)-1, 0))
	for i := range metres {
		metres[i] = geo.Distance(path.Line[i], path.Line[i+1])
	}
	seconds = make([]float64, len(metres))
	at := 0
	for _, s := range stretches(e, path) {
		first, sum := at, 0.0
		// Up to the piece whose end is nearest to where the stretch ends.
		for at < len(metres) && (sum+metres[at]/2 < s.metres || s.last) {
			sum += metres[at]
			at++
		}
		for i := first; i < at && sum > 0; i++ {
			share := metres[i] / sum
			metres[i], seconds[i] = share*s.metres, share*s.seconds
		}
	}
	return metres, seconds
}

type stretch struct {
	metres, seconds float64
	last            bool
}

// stretches are what a path is made of and has a length.
func stretches(e *routing.Engine, path routing.Path) []stretch {
	walk := e.Profile().MetresPerSecond
	var out []stretch
	add := func(metres, seconds float64) {
		if metres > 0 {
			out = append(out, stretch{metres: metres, seconds: seconds})
		}
	}
	add(path.OffStart, path.OffStart/walk)
	for _, s := range path.Steps {
		add(s.Metres, float64(s.Millis)/1000)
	}
	add(path.OffEnd, path.OffEnd/walk)
	if len(out) > 0 {
		out[len(out)-1].last = true
	}
	return out
}
