package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
	"sanse/routing/lines"
	"sanse/routing/osm"
)

// IsRoadLines tells by its name a file of road lines (GeoJSON, Shapefile,
// GeoPackage) from an OpenStreetMap extract.
func IsRoadLines(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".geojson", ".geojsonl", ".geojsons", ".json", ".ndjson":
		return true
	}
	return NeedsOGR(path)
}

// IsGraph tells a built graph, of whatever version, by its name or its first
// bytes. The error is the system's.
func IsGraph(path string) (_ bool, err error) {
	const mark = "SANSE"
	if strings.EqualFold(filepath.Ext(path), ".graph") {
		return true, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, len(mark))
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return string(head[:n]) == mark, err
}

// StreetOptions says how files of streets are read; the zero value is the
// default. All but Progress are for road lines.
type StreetOptions struct {
	CRS   geo.CRS // of the coordinates; empty: the file's own, else WGS 84
	Layer string  // of a GeoPackage; empty: the only one
	Cross bool    // join roads that cross without a vertex in common
	// Progress is told the bytes read and the size of an extract.
	Progress func(done, total int64)
}

// StreetFile is what files of streets gave.
type StreetFile struct {
	Graph  *routing.Graph
	Waters []osm.Water // to draw; none beside road lines
	// OSM tells that the data are OpenStreetMap's, whose credit is due.
	OSM bool
	// Read counts edges of the graph, or features of road lines; Refused those
	// features that gave no street.
	Read    int
	Refused []lines.Finding
	Hints   []string
	CRS     geo.CRS // empty: the file's own
	// Encoding is what a Shapefile's attributes were taken to be written in.
	Encoding string
}

// ReadStreets reads streets from OpenStreetMap extracts, which are merged, or
// from one file of road lines, or from one built graph. An *InputError says what
// is wrong with a file.
func ReadStreets(ctx context.Context, paths []string, o StreetOptions) (StreetFile, error) {
	for _, p := range paths {
		built, err := IsGraph(p)
		switch {
		case err != nil:
			return StreetFile{}, &InputError{Reason: "open file", Err: err}
		case built && len(paths) > 1:
			return StreetFile{}, &InputError{Path: filepath.Base(p), Reason: "a built graph cannot be merged with other files: merge what it was built from"}
		case built:
			return readGraph(p)
		}
		if IsRoadLines(p) {
			if len(paths) > 1 {
				return StreetFile{}, &InputError{Path: filepath.Base(p), Reason: "road lines cannot be merged with other files"}
			}
			return readRoadLines(ctx, p, o)
		}
	}
	x, err := osm.ReadFiles(ctx, paths, osm.Options{Only: osm.Streets | osm.Waters | osm.Obstacles, Progress: o.Progress})
	if err != nil {
		name := ""
		if len(paths) > 0 {
			name = filepath.Base(paths[0])
		}
		return StreetFile{}, streetsFault(ctx, name, err)
	}
	return StreetFile{Graph: x.Graph, Waters: x.Waters, OSM: true, Read: x.Graph.Edges(), Hints: extractHints(x.Counts), CRS: geo.WGS84}, nil
}

// readGraph takes the streets of a built graph. It does not say whose data they
// are: the credit that is due to most is given.
func readGraph(path string) (StreetFile, error) {
	packed, err := os.ReadFile(path)
	if err != nil {
		return StreetFile{}, &InputError{Reason: "open file", Err: err}
	}
	net, err := routing.Load(packed)
	if err != nil {
		return StreetFile{}, &InputError{Path: filepath.Base(path), Reason: "not a graph that this program can use: build it again", Err: err}
	}
	return StreetFile{
		Graph: net.Graph(), OSM: true, Read: net.Graph().Edges(), CRS: geo.WGS84,
		Hints: []string{"a built graph does not say whose data it holds: OpenStreetMap is named where they are shown; rivers and lakes to draw are not in it"},
	}, nil
}

func streetsFault(ctx context.Context, name string, err error) error {
	reason := "read streets"
	var input *InputError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &input):
		return err
	case errors.Is(err, osm.ErrDamaged):
		reason = "the file is cut off or broken: fetch it again"
	case errors.Is(err, osm.ErrFormat):
		reason = "not a file of streets"
	case errors.Is(err, routing.ErrEmpty):
		reason = "nothing in it can be walked on"
	}
	return &InputError{Path: name, Reason: reason, Err: err}
}

func readRoadLines(ctx context.Context, path string, o StreetOptions) (out StreetFile, err error) {
	base := filepath.Base(path)
	lo := lines.Options{Cross: o.Cross}
	out.CRS = o.CRS
	if o.CRS != "" {
		conv, err := geo.NewConverter(o.CRS)
		if err != nil {
			return out, &InputError{Reason: fmt.Sprintf("the coordinate system %s cannot be used", o.CRS), Err: err}
		}
		defer conv.Close()
		out.CRS = conv.CRS()
		lo.Convert = func(p orb.Point) (orb.Point, error) { return conv.ToWGS84(p) }
	}
	var in io.ReadCloser
	if NeedsOGR(path) {
		stream, err := OpenOGR(ctx, path, OGROptions{Layer: o.Layer, AsIs: o.CRS != ""})
		if err != nil {
			return out, err
		}
		in, out.Encoding = stream, stream.Encoding
	} else if in, err = os.Open(path); err != nil {
		return out, &InputError{Reason: "open file", Err: err}
	}
	r, readErr := lines.Read(in, lo)
	if err := errors.Join(readErr, in.Close()); err != nil {
		return out, streetsFault(ctx, base, err)
	}
	out.Graph, out.Read, out.Refused, out.Hints = r.Graph, r.Counts.Features, r.Refused, r.Hints
	return out, nil
}

// extractHints says what an extract lacks.
func extractHints(c osm.Counts) []string {
	var out []string
	note := func(n int, text string) {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, text))
		}
	}
	note(c.MissingNodes, "nodes that streets name are not in the file: those streets are broken off there, as at the edge of an extract")
	note(c.BadNodes, "nodes have no position on earth and were left out")
	note(c.DuplicateIDs, "ids are given more than once: the last one counts")
	note(c.IgnoredTurns, "turn restrictions were not understood, or are not whole: they are not obeyed")
	note(c.Conditional, "ways and relations have rules for some hours only, which are not obeyed")
	return out
}
