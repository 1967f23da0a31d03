package imports

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// place brings points to WGS 84, says which area they lie in and keeps a
// sample by which the file's coordinate system is judged.
type place struct {
	conv   *geo.Converter
	crs    geo.CRS
	tree   *geo.Tree
	sample []sighting
	seen   int
	stride int
}

// sighting is a point with what is known of where it should be.
type sighting struct {
	at          orb.Point // as the file has it
	declared    string    // area code; empty: anywhere in the district
	building    orb.Point // of the building it names
	hasBuilding bool
}

const maxSample = 4000

func (p *place) open(j *job) error {
	p.tree, p.stride = j.env.Areas, 1
	return p.use(j, j.opt.CRS)
}

// use sets the system of the points to come.
func (p *place) use(j *job, crs geo.CRS) error {
	conv, err := geo.NewConverter(crs)
	if err != nil {
		return &InputError{Reason: fmt.Sprintf("the coordinate system %s cannot be used", crs), Err: err}
	}
	p.close()
	p.conv, p.crs = conv, conv.CRS()
	j.rep.CRS = string(p.crs)
	if conv.Rough() {
		j.hint(fmt.Sprintf("PROJ knows no exact way from %s to WGS 84: points can be off by a hundred metres", p.crs))
	}
	return nil
}

func (p *place) close() {
	if p.conv != nil {
		p.conv.Close()
		p.conv = nil
	}
}

// degrees tells that the declared system is one of longitude and latitude.
func (p *place) degrees() bool {
	switch p.crs {
	case geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09:
		return true
	}
	return false
}

// convert brings a raw point to WGS 84, or says in words without coordinates
// why not.
func (p *place) convert(raw orb.Point) (orb.Point, string) {
	if p.degrees() {
		if hint, ok := geo.LooksProjected(raw); ok {
			return orb.Point{}, "not degrees: " + hint + "; declare it with --crs"
		}
		if _, ok := geo.LooksSwapped(raw); ok {
			return orb.Point{}, "longitude and latitude look swapped: the longitude of a place in China lies between 73 and 136, the latitude between 15 and 56"
		}
		if math.Abs(raw[0]) > 180 || math.Abs(raw[1]) > 90 {
			return orb.Point{}, "not degrees: longitude lies between -180 and 180, latitude between -90 and 90"
		}
	} else if math.Abs(raw[0]) <= 180 && math.Abs(raw[1]) <= 90 && (raw[0] != 0 || raw[1] != 0) {
		return orb.Point{}, fmt.Sprintf("looks like degrees, but %s is declared", p.crs)
	}
	if raw[0] == 0 && raw[1] == 0 {
		return orb.Point{}, "0, 0 is no place: leave the cells empty where it is not known"
	}
	q, err := p.conv.ToWGS84(raw)
	if err != nil {
		return orb.Point{}, fmt.Sprintf("the point cannot be converted from %s: it lies beyond that system", p.crs)
	}
	return q, ""
}

// point reads lon and lat of a row. ok is false if they are refused or empty.
func (r *row) point() (raw, p orb.Point, ok bool) {
	lon, lat := r.get("lon"), r.get("lat")
	if lon == "" && lat == "" {
		return raw, p, false
	}
	for i, key := range [...]string{"lon", "lat"} {
		v, err := parseNumber(r.get(key))
		if err != nil {
			if r.get(key) == "" {
				r.refuse(key, key+" is empty while the other coordinate is given")
			} else {
				r.refuse(key, err.Error())
			}
			return raw, p, false
		}
		raw[i] = v
	}
	p, why := r.job.place.convert(raw)
	if why != "" {
		r.refuse("lon", why)
		return raw, p, false
	}
	return raw, p, true
}

// note keeps every n-th point for the judgement at the end, n growing with the
// file.
func (p *place) note(s sighting) {
	p.seen++
	if p.seen%p.stride != 0 {
		return
	}
	if len(p.sample) == maxSample {
		kept := p.sample[:0]
		for i := 1; i < len(p.sample); i += 2 {
			kept = append(kept, p.sample[i])
		}
		p.sample = kept
		p.stride *= 2
		if p.seen%p.stride != 0 {
			return
		}
	}
	p.sample = append(p.sample, s)
}

// inDistrict tells whether the point lies in the district; true where there
// are no areas to tell by.
func (p *place) inDistrict(at orb.Point) bool {
	if p.tree == nil {
		return true
	}
	_, ok := p.tree.Locate(at, geo.LevelDistrict)
	return ok
}

// judge tells, for points declared in one of the four datums, whether another
// of them fits far better. The measure is the declared area where there is
// one, else the building, else the district. It takes at least 5 points, of which
// at least 3 and 2 % do not fit, and at most a quarter as many after the other
// reading; of two that pass, the better one is named. The sharper the measure the
// sharper the verdict: a shift of 500 m moves nearly every point out of its grid,
// but few out of a district.
func (p *place) judge() (why string, best geo.CRS, ok bool) {
	if !p.degrees() || p.tree == nil || len(p.sample) < 5 {
		return "", "", false
	}
	misses := func(crs geo.CRS) (int, error) {
		conv, err := geo.NewConverter(crs)
		if err != nil {
			return 0, err
		}
		defer conv.Close()
		n := 0
		for _, s := range p.sample {
			at, err := conv.ToWGS84(s.at)
			if err != nil || !p.fits(s, at) {
				n++
			}
		}
		return n, nil
	}
	asDeclared, err := misses(p.crs)
	if err != nil || asDeclared < 3 || float64(asDeclared) < 0.02*float64(len(p.sample)) {
		return "", "", false
	}
	fewest := asDeclared/4 + 1
	for _, crs := range [...]geo.CRS{geo.WGS84, geo.GCJ02, geo.BD09} {
		if crs == p.crs {
			continue
		}
		if n, err := misses(crs); err == nil && n < fewest {
			best, fewest = crs, n
		}
	}
	if best == "" {
		return "", "", false
	}
	return fmt.Sprintf("of %d points tried, %d are not where they should be when read as %s, and %d when read as %s",
		len(p.sample), asDeclared, p.crs, fewest, best), best, true
}

// Shifted tells whether points that are taken for WGS 84 fit far better as
// GCJ-02 or BD-09, by the rule of the importers. Each point comes with the code
// of the area that should hold it; the tree says where the areas are.
func Shifted(tree *geo.Tree, points []orb.Point, codes []string) (why string, likely geo.CRS, ok bool) {
	p := place{tree: tree, crs: geo.WGS84, stride: 1}
	for i := range points {
		p.note(sighting{at: points[i], declared: codes[i]})
	}
	return p.judge()
}

// nearBuilding is how far from the middle of its building a point may lie.
const nearBuilding = 150 // metres

func (p *place) fits(s sighting, at orb.Point) bool {
	if s.declared != "" {
		level, ok := levelOf(s.declared)
		if !ok {
			return p.inDistrict(at)
		}
		code, ok := p.tree.Locate(at, level)
		return ok && code == s.declared
	}
	if s.hasBuilding {
		return geo.Distance(at, s.building) <= nearBuilding
	}
	return p.inDistrict(at)
}

// judgeAtEnd refuses the file as a whole if it is in another system than
// declared.
func (j *job) judgeAtEnd() {
	if why, crs, ok := j.place.judge(); ok {
		hint := fmt.Sprintf("%s: the file is probably in %s; import it with --crs %[2]s", why, crs)
		j.refuse(0, "lon, lat", "", hint, public)
		j.hint(hint)
	}
}

// locate returns the grid and, where there is one, the micro-grid of a point.
// why says why there is none.
func (p *place) locate(at orb.Point) (grid, micro, why string) { return p.locateUnit(at, "", "") }

// locateUnit is locate of a home in a unit of a building; both empty: not known.
func (p *place) locateUnit(at orb.Point, building, unit string) (grid, micro, why string) {
	if code, ok := p.tree.LocateUnit(at, building, unit, geo.LevelMicroGrid); ok {
		if grid, ok = p.tree.Ancestor(code, geo.LevelGrid); ok {
			return grid, code, ""
		}
	}
	if grid, ok := p.tree.Locate(at, geo.LevelGrid); ok {
		return grid, "", ""
	}
	if p.inDistrict(at) {
		return "", "", "the point lies in the district, but in none of its grids"
	}
	d := p.tree.District()
	return "", "", fmt.Sprintf("the point lies outside %s, %s from its border", d.Name, metres(p.tree.Outside(at)))
}

// near tells whether a point lies in the district or within so many metres of
// it, and if not how far away it is.
func (p *place) near(at orb.Point, within float64) (ok bool, why string) {
	if p.inDistrict(at) {
		return true, ""
	}
	d := p.tree.District()
	dist := p.tree.Outside(at)
	return dist <= within, fmt.Sprintf("the point lies outside %s, %s from its border", d.Name, metres(dist))
}

// metres writes a distance for people: "420 m", "3.1 km".
func metres(m float64) string {
	if m < 1000 {
		return fmt.Sprintf("%.0f m", m)
	}
	if m < 100e3 {
		return fmt.Sprintf("%.1f km", m/1000)
	}
	return fmt.Sprintf("%.0f km", m/1000)
}

// isAreaCode tells whether a word has the shape of an area's code.
func isAreaCode(s string) bool {
	_, ok := levelOf(s)
	return ok && isDigits(s)
}

// area finds an area by its code.
func (j *job) area(code string) (geo.Area, bool) {
	return j.place.tree.Area(strings.TrimSpace(code))
}
