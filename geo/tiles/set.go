package tiles

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// Size of a tile and of the margin around it, in units of its grid.
const (
	Extent = 4096
	Margin = 64
)

// MaxZoom is the deepest zoom at which a tile can be asked for.
const MaxZoom = 24

// Property is a named value of a feature: a string, bool, int, int64 or
// float64. nil leaves the property out.
type Property struct {
	Key   string
	Value any
}

// Feature is a shape with its properties, drawn from MinZoom to MaxZoom, both
// included; a MaxZoom of 0 is no limit.
type Feature struct {
	// ID is the feature's number within its layer; 0 for none.
	ID uint64
	// Geometry is a Point, MultiPoint, LineString, MultiLineString, Polygon or
	// MultiPolygon, WGS 84, lon-lat degrees.
	Geometry         orb.Geometry
	Properties       []Property
	MinZoom, MaxZoom int
}

// Layer is a named list of features, drawn in this order.
type Layer struct {
	Name     string
	Features []Feature
}

// Set is layers ready to be cut into tiles. It is immutable.
type Set struct {
	layers []layer
}

type kind uint8

// The kinds of geometry, as the specification numbers them.
const (
	kindPoint kind = iota + 1
	kindLine
	kindPolygon
)

// world is the width of the map in the units in which points are kept: 9 mm at
// the equator.
const world = 1 << 32

// dot is a point in Web Mercator, x to the right and y downward.
type dot struct{ x, y uint32 }

// layer holds features in flat arrays: feature i has the rings (or lines, or
// the one list of points) rings[first : the next feature's first], ring r has
// the dots from its first to that of the next ring, and tags are pairs of
// indices into keys and values.
type layer struct {
	name     string
	keys     []string
	values   [][]byte // as the specification writes them
	features []feature
	rings    []ring
	dots     []dot
	keep     []uint8 // by dot: the zoom from which on it is drawn
	tags     []uint32
	trees    []zoomTree
}

type feature struct {
	id        uint64
	ring, tag int32 // the first of each
	kind      kind
	from, to  uint8 // zooms
	x0, y0    uint32
	x1, y1    uint32
}

type ring struct {
	dot   int32
	outer bool
}

// zoomTree finds the features that are drawn from a zoom on.
type zoomTree struct {
	from  int
	boxes *rtree.RTreeG[int32]
}

// New builds a set; the features given are not kept. It refuses what the
// format cannot hold: a geometry of another kind, a coordinate that is no
// number, a property of another type, zooms out of order.
func New(layers []Layer) (*Set, error) {
	s := &Set{layers: make([]layer, len(layers))}
	for i := range layers {
		if err := s.layers[i].build(&layers[i]); err != nil {
			return nil, fmt.Errorf("tiles of layer %s: %w", layers[i].Name, err)
		}
	}
	return s, nil
}

func (l *layer) build(in *Layer) error {
	l.name = in.Name
	keys, values := map[string]uint32{}, map[any]uint32{}
	trees := map[int]int{}
	for i := range in.Features {
		f := &in.Features[i]
		to := f.MaxZoom
		if to == 0 {
			to = MaxZoom
		}
		if f.MinZoom < 0 || to > MaxZoom || f.MinZoom > to {
			return fmt.Errorf("feature %d: zooms %d to %d", i, f.MinZoom, f.MaxZoom)
		}
		out := feature{id: f.ID, ring: int32(len(l.rings)), tag: int32(len(l.tags)), from: uint8(f.MinZoom), to: uint8(to)}
		from := len(l.dots)
		if err := l.shape(&out, f.Geometry); err != nil {
			return fmt.Errorf("feature %d: %w", i, err)
		}
		if from == len(l.dots) {
			continue // nothing to draw
		}
		out.box(l.dots[from:])
		for _, p := range f.Properties {
			if p.Value == nil {
				continue
			}
			text, err := value(p.Value)
			if err != nil {
				return fmt.Errorf("feature %d: property %s: %w", i, p.Key, err)
			}
			l.tags = append(l.tags, intern(keys, &l.keys, p.Key, p.Key), intern(values, &l.values, p.Value, text))
		}
		n, ok := trees[f.MinZoom]
		if !ok {
			n = len(l.trees)
			trees[f.MinZoom] = n
			l.trees = append(l.trees, zoomTree{f.MinZoom, new(rtree.RTreeG[int32])})
		}
		l.trees[n].boxes.Insert([2]float64{float64(out.x0), float64(out.y0)}, [2]float64{float64(out.x1), float64(out.y1)}, int32(len(l.features)))
		l.features = append(l.features, out)
	}
	// One more of each ends the last.
	l.features = append(l.features, feature{ring: int32(len(l.rings)), tag: int32(len(l.tags))})
	l.rings = append(l.rings, ring{dot: int32(len(l.dots))})
	return nil
}

// intern returns the number of a thing, which is added to the list if it is new.
func intern[K comparable, V any](known map[K]uint32, list *[]V, key K, v V) uint32 {
	n, ok := known[key]
	if !ok {
		n = uint32(len(*list))
		known[key] = n
		*list = append(*list, v)
	}
	return n
}

func (f *feature) box(dots []dot) {
	f.x0, f.y0, f.x1, f.y1 = dots[0].x, dots[0].y, dots[0].x, dots[0].y
	for _, d := range dots[1:] {
		f.x0, f.y0, f.x1, f.y1 = min(f.x0, d.x), min(f.y0, d.y), max(f.x1, d.x), max(f.y1, d.y)
	}
}

// shape adds the rings of a geometry.
func (l *layer) shape(f *feature, g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Point:
		f.kind = kindPoint
		return l.line(f, []orb.Point{g}, false)
	case orb.MultiPoint:
		f.kind = kindPoint
		return l.line(f, g, false)
	case orb.LineString:
		f.kind = kindLine
		return l.line(f, g, false)
	case orb.MultiLineString:
		f.kind = kindLine
		for _, line := range g {
			if err := l.line(f, line, false); err != nil {
				return err
			}
		}
		return nil
	case orb.Polygon:
		return l.shape(f, orb.MultiPolygon{g})
	case orb.MultiPolygon:
		f.kind = kindPolygon
		for _, p := range g {
			for i, r := range p {
				if n := len(r); n > 1 && r[0] == r[n-1] {
					r = r[:n-1] // kept open
				}
				if len(r) < 3 {
					if i == 0 {
						break // and its holes with it
					}
					continue
				}
				if err := l.line(f, r, i == 0); err != nil {
					return err
				}
			}
		}
		return nil
	default:
		return fmt.Errorf("a geometry of type %T cannot be drawn", g)
	}
}

// line adds one list of points: a line, a ring, or points by themselves.
func (l *layer) line(f *feature, points []orb.Point, outer bool) error {
	if len(points) == 0 || f.kind == kindLine && len(points) < 2 {
		return nil
	}
	l.rings = append(l.rings, ring{dot: int32(len(l.dots)), outer: outer})
	from := len(l.dots)
	for _, p := range points {
		d, err := project(p)
		if err != nil {
			return err
		}
		l.dots = append(l.dots, d)
	}
	l.keep = append(l.keep, make([]uint8, len(points))...)
	if f.kind != kindPoint {
		thin(l.dots[from:], l.keep[from:], f.kind == kindPolygon)
	}
	return nil
}

// edge is the latitude at which the square of Web Mercator ends.
const edge = 85.05112877980659

// project brings a point to Web Mercator (EPSG:3857), scaled to the world.
func project(p orb.Point) (dot, error) {
	if math.IsNaN(p[0]) || math.IsNaN(p[1]) || math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		return dot{}, fmt.Errorf("%v is not a longitude and latitude", p)
	}
	sin := math.Sin(min(max(p[1], -edge), edge) * math.Pi / 180)
	x := (p[0] + 180) / 360
	y := 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)
	return dot{scaled(x), scaled(y)}, nil
}

func scaled(v float64) uint32 { return uint32(min(max(math.Round(v*world), 0), world-1)) }
