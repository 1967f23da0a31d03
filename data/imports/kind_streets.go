package imports

import (
	"bytes"
	"context"
	"fmt"
	"runtime"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/routing"
	"sanse/routing/osm"
	"sanse/routing/overlay"
)

// importStreets stores the network of an extract or of road lines with the
// lines to draw it by, and, where the district has changes of its own, the same
// with those laid over it.
func importStreets(ctx context.Context, j *job, s Sink) error {
	x, err := ReadStreets(ctx, []string{j.opt.Path}, StreetOptions{CRS: j.opt.CRS, Layer: j.opt.Layer, Cross: j.opt.Cross, Progress: j.progress})
	if err != nil {
		return err
	}
	j.rep.CRS, j.rep.Encoding, j.rep.Read = string(x.CRS), x.Encoding, x.Read
	if x.CRS == "" {
		j.rep.CRS = "the file's own"
	}
	for _, f := range x.Refused {
		j.refuse(f.Line, "", f.ID, f.Reason, public)
	}
	j.rep.Hints = append(j.rep.Hints, x.Hints...)
	if !j.storing(s) {
		return ctx.Err()
	}
	v := data.StreetVersion{Source: j.base(), Imported: j.env.Now}
	if x.OSM {
		v.Attribution = j.env.Attribution
	}
	water := waterLines(x.Waters)
	base, err := putNetwork(ctx, j, s, v, x.Graph, water)
	if err != nil {
		return err
	}
	j.rep.Stored = j.rep.Read - len(x.Refused)
	if j.env.Overlay == nil {
		return ctx.Err()
	}
	v.Base = base
	return layOver(ctx, j, s, v, x.Graph, water, j.env.Overlay)
}

// putNetwork prepares a graph for those who walk it and stores it.
func putNetwork(ctx context.Context, j *job, s Sink, v data.StreetVersion, g *routing.Graph, water []data.Street) (version int, err error) {
	var prepared []*routing.Engine
	for _, p := range []routing.Profile{routing.Foot(), routing.Elderly()} {
		e, err := routing.NewEngine(g, p)
		if err == nil {
			e, err = e.Prepare(ctx, routing.PrepareOptions{Threads: runtime.GOMAXPROCS(0)})
		}
		if err != nil {
			return 0, fmt.Errorf("prepare streets for %s: %w", p.Name, err)
		}
		prepared = append(prepared, e)
	}
	net, err := routing.NewNetwork(g, prepared...)
	if err != nil {
		return 0, fmt.Errorf("prepare streets: %w", err)
	}
	var packed bytes.Buffer
	if _, err := net.WriteTo(&packed); err != nil {
		return 0, fmt.Errorf("pack streets: %w", err)
	}
	streets := make([]data.Street, 0, g.Edges()+len(water))
	g.EachEdge(func(e routing.Edge) bool {
		if len(e.Line) > 1 && e.Metres > 0 { // what only joins two modes has nothing to draw
			streets = append(streets, data.Street{ID: int64(e.ID), Class: e.Class, Name: e.Name, Line: e.Line})
		}
		return true
	})
	for _, w := range water {
		w.ID = int64(len(streets))
		streets = append(streets, w)
	}
	if version, err = s.PutStreets(j.district, v, packed.Bytes(), streets); err != nil {
		return 0, fmt.Errorf("store streets: %w", err)
	}
	return version, nil
}

// layOver stores the streets with the changes that are in force today; none at
// all is right, too.
func layOver(ctx context.Context, j *job, s Sink, v data.StreetVersion, g *routing.Graph, water []data.Street, o *StoredOverlay) error {
	changed, inForce, err := j.changed(g, o.Overlay)
	if err != nil {
		return err
	}
	v.Overlay, v.InForce = o.Version, inForce
	_, err = putNetwork(ctx, j, s, v, changed, water)
	return err
}

// changed is a graph with the changes that are in force today and a digest of
// those. What deserves a look becomes a hint.
func (j *job) changed(g *routing.Graph, o *overlay.Overlay) (_ *routing.Graph, inForce string, err error) {
	changes := o.On(overlay.Day(j.env.Today.String()))
	out, report, err := overlay.Apply(g, changes)
	if err != nil {
		return nil, "", &InputError{Path: j.base(), Reason: "lay the district's changes over the streets", Err: err}
	}
	for _, done := range report.Outcomes {
		for _, f := range done.Findings {
			j.hint(fmt.Sprintf("change %q: %s", done.ID, f))
		}
	}
	return out, overlay.Digest(changes), nil
}

// waterLines turns water into lines to draw: rings of class "water", which the
// map fills, and lines of class "waterway".
func waterLines(waters []osm.Water) []data.Street {
	var out []data.Street
	add := func(class, name string, line orb.LineString) {
		out = append(out, data.Street{Class: class, Name: name, Line: line})
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
