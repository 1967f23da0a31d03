package ogc

import (
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// spatial reads S_INTERSECTS(geometry, literal), in either order.
func (p *parser) spatial() (node, error) {
	at := p.now.at
	if p.spatials++; p.spatials > MaxSpatial {
		return nil, p.wrong(at, "S_INTERSECTS stands in the filter more than %d times", MaxSpatial)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if err := p.want("("); err != nil {
		return nil, err
	}
	var n intersects
	properties := 0
	for i := range 2 {
		if i == 1 {
			if err := p.want(","); err != nil {
				return nil, err
			}
		}
		k := slices.IndexFunc(p.queryables, func(q Queryable) bool {
			return q.Type == Geometry && q.Name == p.now.text && (p.now.kind == tokenName || p.now.kind == tokenQuoted)
		})
		if k >= 0 {
			properties++
			if err := p.step(); err != nil {
				return nil, err
			}
			continue
		}
		g, err := p.geometry()
		if err != nil {
			return nil, err
		}
		n.shape = newShape(g)
	}
	if properties != 1 {
		return nil, p.wrong(at, "S_INTERSECTS wants the geometry property and a literal")
	}
	return n, p.want(")")
}

// geometry reads well-known text, or BBOX(west, south, east, north).
func (p *parser) geometry() (orb.Geometry, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	t := p.now
	if t.kind != tokenName {
		return nil, p.wrong(t.at, "want a geometry, but there is %s", t)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	dimensions := 2
	if p.now.is("Z") {
		dimensions = 3
		if err := p.step(); err != nil {
			return nil, err
		}
	}
	switch strings.ToUpper(t.text) {
	case "BBOX":
		return p.box(t.at)
	case "POINT":
		list, err := p.points(dimensions)
		if err == nil && len(list) != 1 {
			return nil, p.wrong(t.at, "a POINT has one position")
		}
		if err != nil {
			return nil, err
		}
		return list[0], nil
	case "MULTIPOINT":
		return listOf(p, func() (orb.Point, error) {
			if p.now.kind == tokenSign && p.now.text == "(" {
				list, err := p.points(dimensions)
				if err == nil && len(list) != 1 {
					err = p.wrong(t.at, "a position of a MULTIPOINT is one")
				}
				if err != nil {
					return orb.Point{}, err
				}
				return list[0], nil
			}
			return p.position(dimensions)
		}, func(l []orb.Point) orb.Geometry { return orb.MultiPoint(l) })
	case "LINESTRING":
		return p.line(t.at, dimensions)
	case "MULTILINESTRING":
		return listOf(p, func() (orb.LineString, error) { return p.line(t.at, dimensions) }, func(l []orb.LineString) orb.Geometry { return orb.MultiLineString(l) })
	case "POLYGON":
		return p.polygon(t.at, dimensions)
	case "MULTIPOLYGON":
		return listOf(p, func() (orb.Polygon, error) { return p.polygon(t.at, dimensions) }, func(l []orb.Polygon) orb.Geometry { return orb.MultiPolygon(l) })
	case "GEOMETRYCOLLECTION":
		return listOf(p, p.geometry, func(l []orb.Geometry) orb.Geometry { return orb.Collection(l) })
	default:
		return nil, p.wrong(t.at, "want a geometry (POINT, LINESTRING, POLYGON, MULTI…, BBOX), but there is %s", t)
	}
}

// listOf reads one or more of something in brackets.
func listOf[T any](p *parser, one func() (T, error), pack func([]T) orb.Geometry) (orb.Geometry, error) {
	list, err := readList(p, one)
	if err != nil {
		return nil, err
	}
	return pack(list), nil
}

func readList[T any](p *parser, one func() (T, error)) ([]T, error) {
	if err := p.want("("); err != nil {
		return nil, err
	}
	var list []T
	for {
		v, err := one()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if ok, err := p.take(","); err != nil {
			return nil, err
		} else if !ok {
			return list, p.want(")")
		}
	}
}

func (p *parser) points(dimensions int) ([]orb.Point, error) {
	return readList(p, func() (orb.Point, error) { return p.position(dimensions) })
}

// position reads the numbers of one place, of which the first two count.
func (p *parser) position(dimensions int) (orb.Point, error) {
	var at orb.Point
	first := p.now.at
	if p.positions++; p.positions > MaxPositions {
		return at, p.wrong(first, "the geometries have more than %d positions", MaxPositions)
	}
	for i := range dimensions {
		v, err := p.number()
		if err != nil {
			return at, err
		}
		if i < 2 {
			at[i] = v
		}
	}
	if at[0] < -180 || at[0] > 180 || at[1] < -90 || at[1] > 90 {
		return at, p.wrong(first, "%g %g is no longitude and latitude", at[0], at[1])
	}
	return at, nil
}

func (p *parser) number() (float64, error) {
	t := p.now
	v, err := strconv.ParseFloat(t.text, 64)
	if t.kind != tokenNumber || err != nil {
		return 0, p.wrong(t.at, "want a number, but there is %s", t)
	}
	return v, p.step()
}

func (p *parser) line(at, dimensions int) (orb.LineString, error) {
	list, err := p.points(dimensions)
	if err == nil && len(list) < 2 {
		err = p.wrong(at, "a line has two positions or more")
	}
	return list, err
}

func (p *parser) polygon(at, dimensions int) (orb.Polygon, error) {
	return readList(p, func() (orb.Ring, error) {
		list, err := p.points(dimensions)
		if err == nil && (len(list) < 4 || list[0] != list[len(list)-1]) {
			err = p.wrong(at, "a ring has four positions or more, the last as the first")
		}
		return list, err
	})
}

// box reads the numbers of BBOX: four, or six with heights.
func (p *parser) box(at int) (orb.Geometry, error) {
	v, err := readList(p, p.number)
	if err != nil {
		return nil, err
	}
	b, err := boxOf(v)
	if err != nil {
		return nil, p.wrong(at, "%s", err)
	}
	return b, nil
}
