package overlay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// What a file may hold: a district's own changes are hundreds.
const (
	maxBytes   = 64 << 20
	maxChanges = 10_000
	maxPoints  = 10_000
	maxListed  = 100 // problems that an InvalidError lists
)

// ErrFormat is returned for what is no GeoJSON FeatureCollection.
var ErrFormat = errors.New("not a GeoJSON FeatureCollection")

// Problem is one thing that is wrong in a file.
type Problem struct {
	Feature  int    // its place in the file, from 1
	ID       string // if it has one
	Property string // empty where the geometry is wrong
	Value    string // as given, shortened
	Why      string
}

// String says it in one line.
func (p Problem) String() string {
	where := fmt.Sprintf("feature %d", p.Feature)
	if p.ID != "" {
		where += fmt.Sprintf(" (id %q)", p.ID)
	}
	what := "geometry"
	if p.Property != "" {
		what = "property " + p.Property
	}
	if p.Value != "" {
		what += fmt.Sprintf(" = %q", p.Value)
	}
	return where + ", " + what + ": " + p.Why
}

// InvalidError says everything that is wrong in a file.
type InvalidError struct {
	Problems []Problem // the first 100
	Count    int       // of all
}

// Error names the first problem.
func (e *InvalidError) Error() string {
	s := "read overlay: " + e.Problems[0].String()
	if e.Count > 1 {
		s += fmt.Sprintf(" (and %d more problems)", e.Count-1)
	}
	return s
}

func (e *InvalidError) add(all ...Problem) {
	e.Count += len(all)
	e.Problems = append(e.Problems, all[:min(len(all), maxListed-len(e.Problems))]...)
}

// Read reads a file of changes. Errors: ErrFormat for what is no FeatureCollection,
// *InvalidError for one with something wrong in it. An empty collection is an
// overlay without changes.
func Read(r io.Reader) (*Overlay, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read overlay: %w", err)
	}
	if len(raw) > maxBytes {
		return nil, fmt.Errorf("read overlay: more than %d MB", maxBytes>>20)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	var file struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
		CRS      *struct {
			Properties struct {
				Name string `json:"name"`
			} `json:"properties"`
		} `json:"crs"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("read overlay: %w: %w", ErrFormat, err)
	}
	if file.Type != "FeatureCollection" || file.Features == nil {
		return nil, fmt.Errorf("read overlay: %w: its type is %q", ErrFormat, shown(file.Type))
	}
	if file.CRS != nil && !isWGS84(file.CRS.Properties.Name) {
		return nil, fmt.Errorf("read overlay: the file says that it is in %q: convert it to WGS 84 first", shown(file.CRS.Properties.Name))
	}
	if len(file.Features) > maxChanges {
		return nil, fmt.Errorf("read overlay: %d changes are more than %d", len(file.Features), maxChanges)
	}
	o := &Overlay{}
	invalid := &InvalidError{}
	ids := map[string]int{}
	for i, raw := range file.Features {
		c, problems := readFeature(i+1, raw)
		if before, ok := ids[c.ID]; ok && c.ID != "" {
			problems = append(problems, Problem{Feature: c.Feature, Property: "id", Value: shown(c.ID), Why: fmt.Sprintf("feature %d has it already", before)})
		} else {
			ids[c.ID] = c.Feature
		}
		for k := range problems {
			problems[k].ID = shown(c.ID)
		}
		invalid.add(problems...)
		o.changes = append(o.changes, c)
	}
	if invalid.Count > 0 {
		return nil, invalid
	}
	return o, nil
}

func isWGS84(name string) bool {
	if name == "" || strings.HasSuffix(strings.ToUpper(name), "CRS84") {
		return true
	}
	crs, err := geo.ParseCRS(name)
	return err == nil && crs == geo.WGS84
}

func readFeature(number int, raw []byte) (Change, []Problem) {
	c := Change{Feature: number}
	var f struct {
		Type       string         `json:"type"`
		Properties map[string]any `json:"properties"`
		Geometry   *struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometry"`
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&f); err != nil || f.Type != "Feature" {
		return c, []Problem{{Feature: number, Value: shown(f.Type), Why: "it is no GeoJSON Feature"}}
	}
	problems := readProperties(&c, f.Properties)
	wrong := func(value, why string) {
		problems = append(problems, Problem{Feature: number, Value: value, Why: why})
	}
	if f.Geometry == nil {
		wrong("", "there is none")
		return c, problems
	}
	var coords [][]float64
	var err error
	switch f.Geometry.Type {
	case "Point":
		coords = make([][]float64, 1)
		err = json.Unmarshal(f.Geometry.Coordinates, &coords[0])
	case "LineString":
		err = json.Unmarshal(f.Geometry.Coordinates, &coords)
	default:
		wrong(shown(f.Geometry.Type), "a Point or a LineString is needed")
		return c, problems
	}
	if err != nil {
		wrong(f.Geometry.Type, "its coordinates cannot be read")
		return c, problems
	}
	if len(coords) > maxPoints {
		wrong(f.Geometry.Type, fmt.Sprintf("%d points are more than %d", len(coords), maxPoints))
		return c, problems
	}
	for _, x := range coords {
		if len(x) < 2 {
			wrong(f.Geometry.Type, "a position has fewer than two coordinates")
			return c, problems
		}
		p := orb.Point{x[0], x[1]}
		if why := badPoint(p); why != "" {
			wrong(fmt.Sprint(p), why)
			return c, problems
		}
		p = onGrid(p)
		if n := len(c.Line); n == 0 || c.Line[n-1] != p {
			c.Line = append(c.Line, p)
		}
	}
	if why := badShape(c.Kind, f.Geometry.Type, len(c.Line)); why != "" {
		wrong(f.Geometry.Type, why)
	}
	return c, problems
}

// badShape says why a kind of change cannot have such a geometry.
func badShape(k Kind, kind string, points int) string {
	switch {
	case kind == "LineString" && points < 2:
		return "a line of one place has no length"
	case k == Add && kind != "LineString":
		return "what is added is a LineString"
	case k == Gate && kind != "Point":
		return "a gate is a Point"
	}
	return ""
}

// badPoint says why p is no place in WGS 84; empty if it is one.
func badPoint(p orb.Point) string {
	if hint, ok := geo.LooksSwapped(p); ok {
		return hint
	}
	if math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 {
		return ""
	}
	if hint, ok := geo.LooksProjected(p); ok {
		return "no degrees of longitude and latitude: it " + hint
	}
	return "no degrees of longitude and latitude"
}

// onGrid rounds a place to 1e-7 degrees, where graphs keep theirs.
func onGrid(p orb.Point) orb.Point {
	const units = 1e7
	return orb.Point{math.Round(p[0]*units) / units, math.Round(p[1]*units) / units}
}
