package lines

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/features"
	"sanse/routing"
)

// ErrFormat is returned for what is not GeoJSON, or was cut off.
var ErrFormat = features.ErrFormat

// DefaultTolerance is how far apart, in metres, two ends may be and still be
// one place.
const DefaultTolerance = 0.5

// maxFindings is how many refusals, and how many gaps, are listed; all are counted.
const maxFindings = 1000

// Options say how a file is read. The zero value is the default.
type Options struct {
	// Tolerance in metres within which ends meet; 0 is DefaultTolerance, the
	// most is 10.
	Tolerance float64
	// Cross joins roads on the ground where they cross without a shared vertex.
	Cross bool
	// Convert turns a position of the file into WGS 84 lon-lat degrees; nil for
	// files that are in it. It is the caller's word for the file's system: a
	// "crs" member is not looked at, nor whether the axes look swapped.
	Convert func(orb.Point) (orb.Point, error)
}

// Counts says what became of a file.
type Counts struct {
	Features int // in the file
	Refused  int // of these, that gave no street
	Shut     int // of these, that nobody may use by its own columns
	Lines    int // streets, before they are cut where they meet
	// Repeated are lines drawn twice and Short those that are shorter than the
	// tolerance; both are left out.
	Repeated, Short int
	DuplicateIDs    int
	// SharedVertices are places where lines share a vertex, MovedEnds ends
	// that were moved onto another line or end within the tolerance.
	SharedVertices, MovedEnds int
	// Crossings are places where lines on the ground cross without a vertex in
	// common; they are joined if Options.Cross says so.
	Crossings int
	// Overpasses are places where lines on two levels share a vertex or an end
	// and were kept apart, since both run through.
	Overpasses int
	// DeadEnds are ends where nothing goes on; Gaps those of them that come
	// within 5 m of another line.
	DeadEnds, Gaps int
	// NoClass and UnknownClass are features taken as ordinary streets.
	NoClass, UnknownClass int
}

// Finding is one place of a file that deserves a look.
type Finding struct {
	Feature int       // its place in the file, from 1
	Line    int       // of the text, on which the feature ends
	ID      string    // the feature's own id, if it has one
	At      orb.Point // lon-lat; zero where the finding is about no place
	Metres  float64   // of a gap: how far to the other line
	Other   int       // of a gap: the other feature's place in the file
	Reason  string
}

// String says it in one line.
func (f Finding) String() string {
	where := fmt.Sprintf("feature %d (line %d)", f.Feature, f.Line)
	if f.ID != "" {
		where = fmt.Sprintf("feature %d (line %d, id %s)", f.Feature, f.Line, quoted(f.ID))
	}
	return where + ": " + f.Reason
}

// Result is what a file gave.
type Result struct {
	Graph  *routing.Graph // nil beside an error
	Counts Counts
	// Refused and Gaps are in the order of the file, at most 1000 of each.
	Refused, Gaps []Finding
	// Hints are short texts about the file as a whole.
	Hints []string
	// Columns says which header gave which column; see Columns.
	Columns map[string]string
}

// reader is one reading of a file.
type reader struct {
	opt     Options
	header  *header
	classes classTable
	net     *network
	res     *Result
	ids     map[string]bool
	drawn   map[uint64][]int32 // lines of the network by hash of their vertices
	unknown map[string]int     // class words without a class
	crs     string
}

// Read makes a graph of road lines in GeoJSON: a FeatureCollection, or features
// one after the other. Features are LineStrings or MultiLineStrings; what their
// columns say is in Columns and Classes. Errors: ErrFormat for what is no
// whole GeoJSON; routing.ErrEmpty when no feature gave a street, with the result
// beside it, which says why. The reader is read to its end.
func Read(r io.Reader, o Options) (*Result, error) {
	if o.Tolerance == 0 {
		o.Tolerance = DefaultTolerance
	}
	if !(o.Tolerance > 0 && o.Tolerance <= 10) {
		return nil, fmt.Errorf("read road lines: a tolerance of %v m is not between 0 and 10", o.Tolerance)
	}
	fr, err := features.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("read road lines: %w", err)
	}
	x := &reader{
		opt: o, header: newHeader(), classes: newClassTable(), net: newNetwork(o), res: &Result{},
		ids: map[string]bool{}, drawn: map[uint64][]int32{}, unknown: map[string]int{},
	}
	for {
		ft, err := fr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read road lines: %w", err)
		}
		x.crs = fr.CRS()
		x.feature(ft)
	}
	if err := x.checkCRS(fr.CRS()); err != nil {
		return nil, err
	}
	x.res.Columns = x.header.found
	if x.net.lines() == 0 {
		x.hints()
		why := "it has no features"
		if len(x.res.Refused) > 0 {
			why = x.res.Refused[0].String()
		}
		return x.res, fmt.Errorf("read road lines: %w: %s", routing.ErrEmpty, why)
	}
	if err := x.net.build(x.res); err != nil {
		return x.res, fmt.Errorf("read road lines: %w", err)
	}
	x.hints()
	return x.res, nil
}

// checkCRS refuses a file that says it is in another system. The member may
// stand behind the features, so this is asked once everything is read.
func (x *reader) checkCRS(name string) error {
	if name == "" || x.opt.Convert != nil || strings.HasSuffix(strings.ToUpper(name), "CRS84") {
		return nil
	}
	if crs, err := geo.ParseCRS(name); err == nil && crs == geo.WGS84 {
		return nil
	}
	return fmt.Errorf("read road lines: the file says that it is in %s: convert it to WGS 84 first", quoted(name))
}

func (x *reader) refuse(ft features.Feature, at orb.Point, reason string) {
	x.res.Counts.Refused++
	if len(x.res.Refused) < maxFindings {
		x.res.Refused = append(x.res.Refused, Finding{Feature: x.res.Counts.Features, Line: ft.Line, ID: ft.ID, At: at, Reason: reason})
	}
}

// feature takes one feature in, whole or not at all.
func (x *reader) feature(ft features.Feature) {
	c := &x.res.Counts
	c.Features++
	if ft.Bad != "" {
		x.refuse(ft, orb.Point{}, ft.Bad)
		return
	}
	values := x.header.values(ft.Properties)
	if ft.ID == "" {
		ft.ID = text(values["id"])
	}
	if ft.ID != "" {
		if x.ids[ft.ID] {
			c.DuplicateIDs++
		}
		x.ids[ft.ID] = true
	}
	parts, err := lineStrings(ft.Geometry)
	if err != nil {
		x.refuse(ft, orb.Point{}, err.Error())
		return
	}
	road, usable := x.roadOf(values, c.Features)
	if !usable {
		c.Shut++
		x.refuse(ft, orb.Point{}, "by its own columns nobody may walk, ride or drive on it")
		return
	}
	var packed [][]int32
	for _, part := range parts {
		coords, at, err := x.pack(part)
		if err != nil {
			x.refuse(ft, at, err.Error())
			return
		}
		if len(coords) >= 4 {
			packed = append(packed, coords)
		}
	}
	if len(packed) == 0 {
		reason := "it has no points"
		if len(parts) > 0 && len(parts[0]) > 0 {
			reason = "it has no length: all its points are one"
		}
		x.refuse(ft, orb.Point{}, reason)
		return
	}
	if road.noClass {
		c.NoClass++
	}
	if road.unknown != "" {
		c.UnknownClass++
		x.unknown[road.unknown]++
	}
	for _, coords := range packed {
		if x.repeated(coords, road) {
			c.Repeated++
			continue
		}
		x.net.add(coords, road, source{feature: int32(c.Features), line: int32(min(ft.Line, math.MaxInt32)), id: ft.ID})
		c.Lines++
	}
}

// pack converts a line to units of 1e-7 degrees, x and y in turn, without
// points that repeat the one before.
func (x *reader) pack(line orb.LineString) (coords []int32, at orb.Point, err error) {
	coords = make([]int32, 0, 2*len(line))
	for _, p := range line {
		asked := p
		if x.opt.Convert != nil {
			if p, err = x.opt.Convert(p); err != nil {
				return nil, asked, fmt.Errorf("%v cannot be converted: %w", asked, err)
			}
		} else if hint, ok := geo.LooksSwapped(p); ok {
			return nil, asked, errors.New(hint)
		}
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			reason := fmt.Sprintf("%v is no position in degrees of longitude and latitude", p)
			if hint, ok := geo.LooksProjected(p); ok {
				reason += ": " + hint
			}
			return nil, asked, errors.New(reason)
		}
		u, v := int32(math.Round(p[0]*units)), int32(math.Round(p[1]*units))
		if n := len(coords); n == 0 || coords[n-2] != u || coords[n-1] != v {
			coords = append(coords, u, v)
		}
	}
	return coords, orb.Point{}, nil
}

// repeated tells whether the same line with the same use is there already.
func (x *reader) repeated(coords []int32, r road) bool {
	h := uint64(len(coords)) // FNV-1a over the coordinates
	for _, v := range coords {
		h = (h ^ uint64(uint32(v))) * 0x100000001b3
	}
	for _, l := range x.drawn[h] {
		a, b := r.attr, x.net.roads[l].attr
		a.Way, b.Way = 0, 0
		if a == b && x.net.roads[l].level == r.level && slices.Equal(coords, x.net.line(l)) {
			return true
		}
	}
	x.drawn[h] = append(x.drawn[h], int32(x.net.lines()))
	return false
}

// hints puts what was counted into words.
func (x *reader) hints() {
	c, res := x.res.Counts, x.res
	note := func(n int, text string) {
		if n > 0 {
			res.Hints = append(res.Hints, fmt.Sprintf("%d %s", n, text))
		}
	}
	note(c.NoClass, "features have no class and are taken as ordinary streets")
	if c.UnknownClass > 0 {
		const most = 8
		words := slices.SortedFunc(maps.Keys(x.unknown), func(a, b string) int {
			if d := x.unknown[b] - x.unknown[a]; d != 0 {
				return d
			}
			return strings.Compare(a, b)
		})
		more := ""
		if len(words) > most {
			more = fmt.Sprintf(" and %d more", len(words)-most)
			words = words[:most]
		}
		for i, w := range words {
			words[i] = quoted(w)
		}
		note(c.UnknownClass, "features have a class that is not known and are taken as ordinary streets: "+strings.Join(words, ", ")+more)
	}
	note(c.DuplicateIDs, "features have an id that another has too")
	note(c.Repeated, "lines are drawn twice and were taken once")
	note(c.Short, "lines are shorter than the tolerance and were left out")
	if !x.opt.Cross {
		note(c.Crossings, "places where lines cross without a vertex in common were not joined: ask for it if the file is not cut at its junctions")
	}
	note(c.Gaps, "ends come within 5 m of another line without meeting it: probably drawn too short or too long")
	if res.Graph != nil {
		parts := res.Graph.Components()
		total := 0.0
		for _, p := range parts {
			total += p.Metres
		}
		if len(parts) > 1 {
			res.Hints = append(res.Hints, fmt.Sprintf("%d parts do not hang together; the largest has %.1f %% of the length", len(parts), 100*parts[0].Metres/total))
		}
	}
}

// quoted shows a word of the file, shortened.
func quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
