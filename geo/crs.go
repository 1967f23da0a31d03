package geo

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-proj/v11"
)

// CRS names a coordinate reference system: one of the four constants, or
// "EPSG:" and a code. The zero value stands for WGS84. Read one with ParseCRS.
type CRS string

// The four datums that Chinese data come in. CGCS2000 agrees with WGS 84
// within centimetres and is taken for the same; GCJ02 is the encrypted datum
// of 高德 and 腾讯 maps, BD09 that of 百度.
const (
	WGS84    CRS = "wgs84"
	CGCS2000 CRS = "cgcs2000"
	GCJ02    CRS = "gcj02"
	BD09     CRS = "bd09"
)

// ParseCRS reads "wgs84", "cgcs2000", "gcj02", "bd09" (case, blanks, hyphens
// and underscores do not matter) or "EPSG:4549". EPSG:4326 and EPSG:4490 come
// back as WGS84 and CGCS2000. Whether PROJ knows the code is found out by
// NewConverter.
func ParseCRS(s string) (CRS, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(t) {
	case "wgs84", "epsg:4326":
		return WGS84, nil
	case "cgcs2000", "epsg:4490":
		return CGCS2000, nil
	case "gcj02":
		return GCJ02, nil
	case "bd09", "bd09ll":
		return BD09, nil
	}
	code, ok := strings.CutPrefix(t, "epsg:")
	if !ok {
		code, ok = strings.CutPrefix(t, "urn:ogc:def:crs:epsg::")
	}
	if !ok || len(code) < 4 || len(code) > 6 || code[0] == '0' || !allDigits(code) {
		return "", fmt.Errorf("%q is no coordinate system: want wgs84, cgcs2000, gcj02, bd09 or EPSG:code", s)
	}
	switch code {
	case "4326":
		return WGS84, nil
	case "4490":
		return CGCS2000, nil
	}
	return CRS("EPSG:" + code), nil
}

// UnmarshalText reads a CRS as ParseCRS does.
func (c *CRS) UnmarshalText(b []byte) error {
	v, err := ParseCRS(string(b))
	if err != nil {
		return err
	}
	*c = v
	return nil
}

// Converter brings points of one system to WGS 84 and back. It is safe for
// concurrent use; Close frees what PROJ holds.
type Converter struct {
	crs     CRS
	forward func(orb.Point) orb.Point // WGS 84 → the datum; nil if there is none to apply
	rough   bool

	mu      sync.Mutex // guards proj, context
	context *proj.Context
	proj    *proj.PJ // the system → WGS 84; nil for the four datums
	closed  bool
}

// NewConverter returns a converter between crs and WGS 84. It fails if the
// EPSG code is not known to PROJ or names no system of points on the ground.
func NewConverter(crs CRS) (*Converter, error) {
	switch crs {
	case "":
		crs = WGS84
		fallthrough
	case WGS84, CGCS2000:
		return &Converter{crs: crs}, nil
	case GCJ02:
		return &Converter{crs: crs, forward: gcj02FromWGS84}, nil
	case BD09:
		return &Converter{crs: crs, forward: bd09FromWGS84}, nil
	}
	crs, err := ParseCRS(string(crs))
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(crs), "EPSG:") {
		return NewConverter(crs)
	}
	ctx := proj.NewContext()
	ctx.SetLogLevel(proj.LogLevelNone)
	// What stands on CGCS2000 has no transformation to WGS 84 and needs none.
	pj, err := openPROJ(ctx, crs, "EPSG:4490")
	if err != nil {
		return nil, err
	}
	rough := pj.HasBallparkTransformation()
	if rough {
		if pj, err = openPROJ(ctx, crs, "EPSG:4326"); err != nil {
			return nil, err
		}
		rough = pj.HasBallparkTransformation()
	}
	c := &Converter{crs: crs, rough: rough, context: ctx, proj: pj}
	// A geocentric system has three coordinates: of two, only the longitude
	// comes back.
	probe := orb.Point{104.3, 30.8}
	if q, err := c.trans(proj.DirectionInv, probe); err == nil {
		if back, err := c.trans(proj.DirectionFwd, q); err == nil && math.Abs(back[0]-probe[0]) < 1e-6 && math.Abs(back[1]) < 1 {
			return nil, fmt.Errorf("open %s: it is geocentric, not a system of points on a map", crs)
		}
	}
	return c, nil
}

// openPROJ returns the operation between two systems, longitude or easting
// first on both sides.
func openPROJ(ctx *proj.Context, from CRS, to string) (*proj.PJ, error) {
	pj, err := ctx.NewCRSToCRS(string(from), to, nil)
	if err != nil {
		return nil, fmt.Errorf("open %s in PROJ: %w", from, err)
	}
	normal, err := pj.NormalizeForVisualization()
	if err != nil {
		return nil, fmt.Errorf("order the axes of %s: %w", from, err)
	}
	return normal, nil
}

// CRS returns the system that the converter was made for.
func (c *Converter) CRS() CRS { return c.crs }

// Rough tells that PROJ knows no transformation of the datum and takes it for
// WGS 84 as it stands, which can be off by a hundred metres (Xi'an 1980, for
// one).
func (c *Converter) Rough() bool { return c.rough }

// ToWGS84 converts a point of the converter's system, {lon, lat} in degrees or
// {easting, northing} in the system's unit, whatever order the EPSG gives the
// axes, to WGS 84 {lon, lat}. It fails where the point is not a number, is out
// of the range of degrees, or lies beyond the projection.
func (c *Converter) ToWGS84(p orb.Point) (orb.Point, error) {
	if c.crs == WGS84 || c.crs == CGCS2000 || c.forward != nil {
		if err := checkLonLat(p); err != nil {
			return orb.Point{}, fmt.Errorf("convert from %s: %w", c.crs, err)
		}
		if c.forward != nil {
			return wgs84From(p, c.forward), nil
		}
		return p, nil
	}
	q, err := c.trans(proj.DirectionFwd, p)
	if err != nil {
		return orb.Point{}, fmt.Errorf("convert (%g, %g) from %s: %w", p[0], p[1], c.crs, err)
	}
	if err := checkLonLat(q); err != nil {
		return orb.Point{}, fmt.Errorf("convert (%g, %g) from %s: %w", p[0], p[1], c.crs, err)
	}
	return q, nil
}

// FromWGS84 is the inverse of ToWGS84.
func (c *Converter) FromWGS84(p orb.Point) (orb.Point, error) {
	if err := checkLonLat(p); err != nil {
		return orb.Point{}, fmt.Errorf("convert to %s: %w", c.crs, err)
	}
	if c.forward != nil {
		if !inChinaBox(p) {
			return p, nil
		}
		return c.forward(p), nil
	}
	if c.crs == WGS84 || c.crs == CGCS2000 {
		return p, nil
	}
	q, err := c.trans(proj.DirectionInv, p)
	if err != nil {
		return orb.Point{}, fmt.Errorf("convert (%g, %g) to %s: %w", p[0], p[1], c.crs, err)
	}
	return q, nil
}

// Geometry converts every point of g, which is not changed, to WGS 84.
func (c *Converter) Geometry(g orb.MultiPolygon) (orb.MultiPolygon, error) {
	out := make(orb.MultiPolygon, len(g))
	for i, poly := range g {
		out[i] = make(orb.Polygon, len(poly))
		for j, ring := range poly {
			out[i][j] = make(orb.Ring, len(ring))
			for k, p := range ring {
				q, err := c.ToWGS84(p)
				if err != nil {
					return nil, fmt.Errorf("polygon %d, ring %d, point %d: %w", i+1, j+1, k+1, err)
				}
				out[i][j][k] = q
			}
		}
	}
	return out, nil
}

func (c *Converter) trans(dir proj.Direction, p orb.Point) (orb.Point, error) {
	if !finite(p) {
		return orb.Point{}, fmt.Errorf("not a number")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.proj == nil {
		return orb.Point{}, fmt.Errorf("the converter is closed")
	}
	q, err := c.proj.Trans(dir, proj.NewCoord(p[0], p[1], 0, 0))
	if err != nil {
		return orb.Point{}, err
	}
	out := orb.Point{q.X(), q.Y()}
	if !finite(out) {
		return orb.Point{}, fmt.Errorf("beyond the projection")
	}
	return out, nil
}

// Close lets go of what PROJ holds. The converter cannot be used afterwards.
func (c *Converter) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed, c.proj, c.context = true, nil, nil
}

// checkLonLat says what is wrong with p as degrees.
func checkLonLat(p orb.Point) error {
	if !finite(p) {
		return fmt.Errorf("a coordinate is not a number")
	}
	if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		if hint, ok := LooksProjected(p); ok {
			return fmt.Errorf("(%g, %g) is not in degrees: %s", p[0], p[1], hint)
		}
		if hint, ok := LooksSwapped(p); ok {
			return fmt.Errorf("(%g, %g): %s", p[0], p[1], hint)
		}
		return fmt.Errorf("(%g, %g) is not in degrees: longitude lies in -180..180, latitude in -90..90", p[0], p[1])
	}
	return nil
}

func finite(p orb.Point) bool {
	return !math.IsNaN(p[0]) && !math.IsInf(p[0], 0) && !math.IsNaN(p[1]) && !math.IsInf(p[1], 0)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) > 0
}
