package files

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/geo/features"
	"sanse/geo/topology"
)

// Mended is what MendDrawn made of areas.
type Mended struct {
	Areas []Drawn            // in their order, without those that have no ground any more
	Done  []topology.Finding // what was mended, each by its first mend
	Left  []topology.Finding // what is left: it takes a decision
	Gone  []string           // codes of the areas that have no ground any more
}

// mendRounds is how often what comes of mends is mended again.
const mendRounds = 4

// MendDrawn mends areas level by level, the outermost first, so that a level is
// mended within what the one above it has become. Of the ways to mend a finding
// the best is taken.
func MendDrawn(areas []Drawn) (*Mended, error) {
	byLevel := map[geo.Level][]topology.Area{}
	for _, a := range areas {
		byLevel[a.Level] = append(byLevel[a.Level], a.Area)
	}
	out := &Mended{}
	shapes := map[geo.Level]map[string]orb.MultiPolygon{}
	for l := geo.Level(0); l <= geo.LevelMicroGrid; l++ {
		if len(byLevel[l]) == 0 {
			continue
		}
		var parents []topology.Area
		if l > geo.LevelDistrict {
			parents = parentsOf(byLevel[l], byLevel[l-1])
		}
		s, err := topology.Survey(byLevel[l], topology.Options{Parents: parents})
		if err != nil {
			return nil, fmt.Errorf("mend areas: %w", err)
		}
		s, err = out.mend(s)
		if err != nil {
			return nil, err
		}
		byLevel[l] = s.Areas()
		shapes[l] = map[string]orb.MultiPolygon{}
		for _, a := range byLevel[l] {
			shapes[l][a.Code] = a.Shape
		}
	}
	seen := map[string]bool{}
	for _, a := range areas {
		shape, stands := shapes[a.Level][a.Code]
		switch {
		case seen[a.Code]: // two of one code have become one
		case !stands:
			out.Gone = append(out.Gone, a.Code)
		default:
			a.Shape = shape
			out.Areas = append(out.Areas, a)
		}
		seen[a.Code] = true
	}
	return out, nil
}

// mend mends a level.
func (m *Mended) mend(s *topology.Sheet) (*topology.Sheet, error) {
	found := s.Check()
	for range mendRounds {
		some := slices.DeleteFunc(slices.Clone(found), func(f topology.Finding) bool { return len(f.Mends) == 0 })
		if len(some) == 0 {
			break
		}
		next, left, err := s.Mend(some)
		if err != nil {
			return nil, fmt.Errorf("mend areas: %w", err)
		}
		m.Done = append(m.Done, some...)
		s, found = next, left
	}
	m.Left = append(m.Left, found...)
	return s, nil
}

// WriteDrawn writes areas as GeoJSON, each with the properties that it was read
// with.
func WriteDrawn(w io.Writer, areas []Drawn) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, `{"type": "FeatureCollection", "features": [`)
	for i, a := range areas {
		var g orb.Geometry = a.Shape
		if len(a.Shape) == 1 {
			g = a.Shape[0]
		}
		f := geojson.NewFeature(g)
		f.Properties = a.Properties
		if _, ok := property(features.Feature{Properties: a.Properties}, areaNames); !ok {
			f.ID = a.Code
		}
		text, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("write area %s: %w", a.Code, err)
		}
		if i > 0 {
			fmt.Fprint(b, ",")
		}
		fmt.Fprintf(b, "\n%s", text)
	}
	fmt.Fprint(b, "\n]}\n")
	if err := b.Flush(); err != nil { // holds the first error of those before
		return fmt.Errorf("write areas: %w", err)
	}
	return nil
}
