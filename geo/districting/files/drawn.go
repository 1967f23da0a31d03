package files

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"sanse/geo"
	"sanse/geo/features"
	"sanse/geo/topology"
)

// Drawn is an area as a file draws it, faults and all.
type Drawn struct {
	topology.Area
	Level geo.Level // 0: the file does not say
	Line  int       // of the file, on which it ends
	// Properties are those of the feature, for WriteDrawn to write again; numbers
	// are json.Number.
	Properties map[string]any
}

// ReadDrawn reads GeoJSON of areas to be checked: polygons with a code (or id,
// or zone; else the feature's own id). The level is the property of that name,
// or told by the number of digits of the code; the parent is the property
// parent (or community), else the beginning of the code. An area is declared to
// have as many parts as the property parts says, else one.
//
// How areas lie is not asked; only what cannot be read is an error.
func ReadDrawn(r io.Reader) ([]Drawn, error) {
	in, err := features.NewReader(r)
	if err != nil {
		return nil, err
	}
	var (
		out []Drawn
		bad Faults
	)
	for {
		f, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		d := Drawn{Line: f.Line, Properties: f.Properties}
		d.Shape, d.Code = shapeOf(f, &bad)
		d.Level = levelOf(f, d.Code, &bad)
		if d.Parent, _ = property(f, parentNames); d.Parent == "" && d.Level > geo.LevelDistrict && len(d.Code) == geo.CodeLength(d.Level) {
			d.Parent = d.Code[:geo.CodeLength(d.Level-1)]
		}
		if text, ok := property(f, aliases{"parts"}); ok {
			if d.Parts, err = strconv.Atoi(text); err != nil || d.Parts < 1 {
				bad.add(f.Line, "parts", text, "is no number of parts")
			}
		}
		out = append(out, d)
	}
	if err := foreignCRS(in.CRS()); err != nil {
		return nil, err
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("there is no area in the file")
	}
	return out, nil
}

// levelOf is the level that a feature names, or that its code has.
func levelOf(f features.Feature, code string, bad *Faults) geo.Level {
	if text, ok := property(f, aliases{"level", "级别"}); ok {
		l, err := geo.ParseLevel(text)
		if err != nil {
			bad.add(f.Line, "level", text, "is no level: %v", err)
		}
		return l
	}
	for _, d := range code {
		if d < '0' || d > '9' {
			return 0
		}
	}
	for l := geo.LevelDistrict; l <= geo.LevelMicroGrid; l++ {
		if geo.CodeLength(l) == len(code) {
			return l
		}
	}
	return 0
}

// CheckDrawn finds where areas do not tile: level by level, those of the level
// above that are in the file as their parents. See topology.Sheet.Check.
func CheckDrawn(areas []Drawn) ([]topology.Finding, error) {
	byLevel := map[geo.Level][]topology.Area{}
	for _, a := range areas {
		byLevel[a.Level] = append(byLevel[a.Level], a.Area)
	}
	var out []topology.Finding
	for l := geo.Level(0); l <= geo.LevelMicroGrid; l++ {
		level := byLevel[l]
		if len(level) == 0 {
			continue
		}
		var parents []topology.Area
		if l > geo.LevelDistrict {
			parents = parentsOf(level, byLevel[l-1])
		}
		s, err := topology.Survey(level, topology.Options{Parents: parents})
		if err != nil {
			return nil, fmt.Errorf("check areas: %w", err)
		}
		out = append(out, s.Check()...)
	}
	return out, nil
}

// parentsOf are the areas above that any of the level names; those of the level
// that name none of them have none.
func parentsOf(level, above []topology.Area) []topology.Area {
	named := map[string]bool{}
	for _, a := range level {
		named[a.Parent] = true
	}
	there := map[string]bool{}
	parents := slices.DeleteFunc(slices.Clone(above), func(a topology.Area) bool {
		there[a.Code] = true
		return !named[a.Code]
	})
	for i := range level {
		if len(parents) > 0 && !there[level[i].Parent] {
			level[i].Parent = ""
		}
	}
	return parents
}
