package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"sanse/geo"
	"sanse/geo/features"
)

// Barriers are lines that no grid may cross: rivers, railways, motorways, walls.
type Barriers struct {
	segments rtree.RTreeG[[2]orb.Point]
}

// NewBarriers returns barriers along lines, lon-lat in degrees.
func NewBarriers(lines ...orb.LineString) *Barriers {
	var b Barriers
	for _, l := range lines {
		b.add(l)
	}
	return &b
}

// ReadBarriers reads GeoJSON of lines; of polygons (a lake, a wide river) the
// outlines count.
func ReadBarriers(r io.Reader) (*Barriers, error) {
	in, err := features.NewReader(r)
	if err != nil {
		return nil, err
	}
	var (
		b   Barriers
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
		if f.Bad != "" {
			bad.add(f.Line, "", "", "%s", f.Bad)
			continue
		}
		lines, why := linesOf(f.Geometry)
		if why != "" {
			bad.add(f.Line, "geometry", f.Geometry.Type, "%s", why)
			continue
		}
		for _, l := range lines {
			b.add(l)
		}
	}
	if err := foreignCRS(in.CRS()); err != nil {
		return nil, err
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if b.segments.Len() == 0 {
		return nil, errors.New("there is no line in the file")
	}
	return &b, nil
}

// foreignCRS refuses coordinates that are not WGS 84 by their own account.
func foreignCRS(name string) error {
	if name == "" {
		return nil
	}
	crs, err := geo.ParseCRS(name)
	if err != nil {
		return fmt.Errorf("member crs: %w", err)
	}
	if crs != geo.WGS84 && crs != geo.CGCS2000 {
		return fmt.Errorf("the coordinates are in %s by the file's own account: WGS 84 is expected", name)
	}
	return nil
}

// linesOf reads the lines of a geometry, or says why there are none.
func linesOf(g features.Geometry) ([]orb.LineString, string) {
	var (
		lines []orb.LineString
		err   error
	)
	read := func(v any) { err = json.Unmarshal(g.Coordinates, v) }
	var (
		one   []position
		many  [][]position
		multi [][][]position
	)
	switch g.Type {
	case "LineString":
		read(&one)
		many = [][]position{one}
	case "MultiLineString", "Polygon":
		read(&many)
	case "MultiPolygon":
		read(&multi)
		for _, p := range multi {
			many = append(many, p...)
		}
	default:
		return nil, "is no line and no polygon"
	}
	if err != nil {
		return nil, "has coordinates that cannot be read: " + err.Error()
	}
	for _, l := range many {
		if len(l) < 2 {
			return nil, "has a line of fewer than two points"
		}
		line := make(orb.LineString, len(l))
		for i, p := range l {
			at, why := p.point()
			if why != "" {
				return nil, why
			}
			line[i] = at
		}
		lines = append(lines, line)
	}
	return lines, ""
}

// position is a point of GeoJSON; a height is passed over.
type position []float64

func (p position) point() (orb.Point, string) {
	if len(p) < 2 {
		return orb.Point{}, "has a point without longitude and latitude"
	}
	at := orb.Point{p[0], p[1]}
	if hint, ok := geo.LooksProjected(at); ok {
		return at, "is not in degrees: " + hint
	}
	if math.Abs(at[0]) > 180 || math.Abs(at[1]) > 90 {
		return at, fmt.Sprintf("has the point %g, %g: longitude lies between -180 and 180, latitude between -90 and 90", at[0], at[1])
	}
	return at, ""
}

func (b *Barriers) add(line orb.LineString) {
	for i := range line[1:] {
		box := orb.MultiPoint(line[i : i+2]).Bound()
		b.segments.Insert(box.Min, box.Max, [2]orb.Point{line[i], line[i+1]})
	}
}

// Between tells whether a barrier crosses or touches the straight line from p to
// q in lon-lat. The answer is exact.
func (b *Barriers) Between(p, q orb.Point) bool {
	crossed := false
	box := orb.MultiPoint{p, q}.Bound()
	b.segments.Search(box.Min, box.Max, func(_, _ [2]float64, s [2]orb.Point) bool {
		crossed = geo.Meet(p, q, s[0], s[1])
		return !crossed
	})
	return crossed
}

// Mark sets Graph.Barrier for the neighbours with a barrier between their
// centres, and returns the number of such pairs.
func (b *Barriers) Mark(u *Units) (int, error) {
	if u.Centres == nil {
		return 0, errors.New("barriers need units that lie somewhere: the file does not say where")
	}
	g := &u.Graph
	g.Barrier = make([]bool, len(g.To))
	n := 0
	for i := range u.Len() {
		for k := g.First[i]; k < g.First[i+1]; k++ {
			j := int(g.To[k])
			// Asked from the smaller number, so that both sides get one answer.
			if g.Barrier[k] = b.Between(u.Centres[min(i, j)], u.Centres[max(i, j)]); g.Barrier[k] && i < j {
				n++
			}
		}
	}
	return n, nil
}
