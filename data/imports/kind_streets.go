package imports

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/routing"
	"sanse/routing/osm"
)

// importStreets stores the walking graph of an OpenStreetMap extract and the
// lines to draw it by.
func importStreets(ctx context.Context, j *job, s Sink) error {
	x, err := osm.ReadFile(ctx, j.opt.Path, osm.Options{Only: osm.Streets | osm.Waters, Progress: j.progress})
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, osm.ErrDamaged):
		return &InputError{Path: j.base(), Reason: "the file is cut off or broken: fetch it again", Err: err}
	case errors.Is(err, osm.ErrFormat):
		return &InputError{Path: j.base(), Reason: "not a file of streets", Err: err}
	case errors.Is(err, routing.ErrEmpty):
		return &InputError{Path: j.base(), Reason: "nothing in it can be walked on", Err: err}
	default:
		return &InputError{Path: j.base(), Reason: "read streets", Err: err}
	}
	j.rep.CRS = "wgs84"
	j.rep.Read = x.Graph.Edges()
	j.countHints(x.Counts)
	if !j.storing(s) {
		return ctx.Err()
	}
	graph, err := x.Graph.MarshalBinary()
	if err != nil {
		return fmt.Errorf("pack the walking graph: %w", err)
	}
	streets := make([]data.Street, 0, x.Graph.Edges())
	x.Graph.EachEdge(func(e routing.Edge) bool {
		streets = append(streets, data.Street{ID: int64(e.ID), Class: e.Class, Name: e.Name, Line: e.Line})
		return true
	})
	streets = append(streets, waterLines(x.Waters, int64(len(streets)))...)
	version := data.StreetVersion{Source: j.base(), Attribution: j.env.Attribution, Imported: j.env.Now}
	if _, err := s.PutStreets(j.district, version, graph, streets); err != nil {
		return fmt.Errorf("store streets: %w", err)
	}
	j.rep.Stored = j.rep.Read
	return ctx.Err()
}

// waterLines turns water into lines to draw: rings of class "water", which the
// map fills, and lines of class "waterway".
func waterLines(waters []osm.Water, next int64) []data.Street {
	var out []data.Street
	add := func(class, name string, line orb.LineString) {
		out = append(out, data.Street{ID: next, Class: class, Name: name, Line: line})
		next++
	}
	for _, w := range waters {
		for _, poly := range w.Area {
			if len(poly) > 0 { // islands are drawn by the streets on them
				add("water", w.Name, orb.LineString(poly[0]))
			}
		}
		if len(w.Line) > 1 {
			add("waterway", w.Name, w.Line)
		}
	}
	return out
}

func (j *job) countHints(c osm.Counts) {
	note := func(n int, text string) {
		if n > 0 {
			j.hint(fmt.Sprintf("%d %s", n, text))
		}
	}
	note(c.MissingNodes, "nodes that streets name are not in the file: those streets are broken off there, as at the edge of an extract")
	note(c.BadNodes, "nodes have no position on earth and were left out")
	note(c.DuplicateIDs, "ids are given more than once: the last one counts")
}
