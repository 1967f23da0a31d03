package imports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// feature is one feature of a GeoJSON text (RFC 7946).
type feature struct {
	line     int // on which it ends
	props    map[string]any
	id       any
	geometry orb.MultiPolygon // as the file has it
	bad      string           // why the feature cannot be read
}

// featureReader streams the features of a FeatureCollection, or of a sequence
// of features one after the other (RFC 8142, with or without its separators).
type featureReader struct {
	dec        *json.Decoder
	lines      *lineReader
	collection bool
	inArray    bool
	// crs is what a "crs" member names (GeoJSON 2008): empty if there is none.
	crs string
}

// lineReader remembers where lines end in what has been read ahead.
type lineReader struct {
	r      io.Reader
	offset int64
	ends   []int64 // offsets of newlines not counted yet
	line   int
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, b := range p[:n] {
		switch b {
		case '\n':
			l.ends = append(l.ends, l.offset+int64(i))
		case 0x1E: // record separator of RFC 8142: a blank to JSON
			p[i] = ' '
		}
	}
	l.offset += int64(n)
	return n, err
}

// at returns the line of an offset that is not before the last one asked for.
func (l *lineReader) at(offset int64) int {
	n := 0
	for n < len(l.ends) && l.ends[n] < offset {
		n++
	}
	l.line += n
	l.ends = append(l.ends[:0], l.ends[n:]...)
	return l.line + 1
}

func newFeatureReader(r io.Reader) (*featureReader, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	head, err := br.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		if _, err := br.Discard(3); err != nil {
			return nil, fmt.Errorf("read file: %w", err)
		}
		head = head[3:]
	}
	lines := &lineReader{r: br}
	f := &featureReader{lines: lines}
	start := bytes.TrimLeft(head, " \t\r\n\x1e")
	if len(start) == 0 {
		return nil, errors.New("the file is empty")
	}
	if start[0] != '{' {
		return nil, errors.New("not GeoJSON: it does not begin with {")
	}
	// A sequence begins with a feature; everything else must be a collection.
	first := json.NewDecoder(bytes.NewReader(start))
	f.collection = firstType(first) != "Feature"
	f.dec = json.NewDecoder(lines)
	f.dec.UseNumber()
	return f, nil
}

// firstType returns the "type" member of the object that begins, if it comes
// before anything long.
func firstType(dec *json.Decoder) string {
	if _, err := dec.Token(); err != nil {
		return ""
	}
	for {
		key, err := dec.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return ""
		}
		if name == "geometry" || name == "properties" {
			return "Feature"
		}
		var value json.RawMessage
		if name == "features" || dec.Decode(&value) != nil {
			return ""
		}
		if name == "type" {
			return strings.Trim(string(value), `"`)
		}
	}
}

func (f *featureReader) next() (feature, error) {
	if f.collection {
		if !f.inArray {
			if err := f.enter(); err != nil {
				return feature{}, f.explain(err)
			}
			f.inArray = true
		}
		if !f.dec.More() {
			if err := f.leave(); err != nil {
				return feature{}, f.explain(err)
			}
			return feature{}, io.EOF
		}
	}
	var raw struct {
		Type       string          `json:"type"`
		ID         any             `json:"id"`
		Properties map[string]any  `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	if err := f.dec.Decode(&raw); err != nil {
		if errors.Is(err, io.EOF) && !f.collection {
			return feature{}, io.EOF
		}
		return feature{}, f.explain(err)
	}
	ft := feature{line: f.lines.at(f.dec.InputOffset()), props: raw.Properties, id: raw.ID}
	if raw.Type != "Feature" {
		ft.bad = fmt.Sprintf("a feature is expected, this is %s", quote(shorten(raw.Type)))
		return ft, nil
	}
	for k, v := range ft.props {
		if s, ok := v.(string); ok && (!utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError)) || strings.ContainsRune(k, utf8.RuneError) {
			ft.bad = "the feature holds bytes that are not UTF-8: save the file as UTF-8 again from its source"
			return ft, nil
		}
	}
	var err error
	if ft.geometry, err = polygonsOf(raw.Geometry); err != nil {
		ft.bad = err.Error()
	}
	return ft, nil
}

// enter reads up to the features of a collection.
func (f *featureReader) enter() error {
	if err := f.expect(json.Delim('{')); err != nil {
		return err
	}
	for f.dec.More() {
		key, err := f.dec.Token()
		if err != nil {
			return err
		}
		switch key {
		case "features":
			return f.expect(json.Delim('['))
		case "crs":
			if err := f.readCRS(); err != nil {
				return err
			}
		case "type":
			var t string
			if err := f.dec.Decode(&t); err != nil {
				return err
			}
			if t != "FeatureCollection" {
				return fmt.Errorf("not a FeatureCollection but %s", quote(shorten(t)))
			}
		default:
			var skip json.RawMessage
			if err := f.dec.Decode(&skip); err != nil {
				return err
			}
		}
	}
	return errors.New("a FeatureCollection without features")
}

// leave reads what follows the features: a file cut off is found out here.
func (f *featureReader) leave() error {
	if err := f.expect(json.Delim(']')); err != nil {
		return err
	}
	for f.dec.More() {
		key, err := f.dec.Token()
		if err != nil {
			return err
		}
		if key == "crs" {
			before := f.crs
			if err := f.readCRS(); err != nil {
				return err
			}
			if f.crs != before && f.crs != string(geo.WGS84) {
				return errors.New("the crs member stands behind the features: declare the coordinate system with --crs")
			}
			continue
		}
		var skip json.RawMessage
		if err := f.dec.Decode(&skip); err != nil {
			return err
		}
	}
	return f.expect(json.Delim('}'))
}

func (f *featureReader) expect(want json.Delim) error {
	got, err := f.dec.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%q is expected, found %v", want.String(), got)
	}
	return nil
}

// readCRS reads {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}.
func (f *featureReader) readCRS() error {
	var raw *struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if err := f.dec.Decode(&raw); err != nil {
		return fmt.Errorf("read crs member: %w", err)
	}
	if raw == nil {
		return nil
	}
	name := raw.Properties.Name
	if up := strings.ToUpper(name); strings.HasSuffix(up, ":CRS84") || strings.HasSuffix(up, "OGC:1.3:CRS84") {
		f.crs = string(geo.WGS84)
		return nil
	}
	crs, err := geo.ParseCRS(name)
	if err != nil {
		return fmt.Errorf("the crs member names %s, which is not known: declare the coordinate system with --crs", quote(shorten(name)))
	}
	f.crs = string(crs)
	return nil
}

func (f *featureReader) explain(err error) error {
	line := f.lines.at(f.dec.InputOffset())
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file ends in the middle, on line %d: it was cut off", line+len(f.lines.ends))
	}
	return fmt.Errorf("not GeoJSON, near line %d: %w", line, err)
}

// polygonsOf reads a Polygon or MultiPolygon; heights are dropped, open rings
// closed, outer rings turned counter-clockwise and holes clockwise.
func polygonsOf(raw json.RawMessage) (orb.MultiPolygon, error) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Geometries  []json.RawMessage
	}
	if len(raw) == 0 || string(raw) == "null" {
		return nil, errors.New("the feature has no geometry")
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, errors.New("the geometry cannot be read")
	}
	var polys [][][][]float64
	switch g.Type {
	case "Polygon":
		polys = make([][][][]float64, 1)
		if err := json.Unmarshal(g.Coordinates, &polys[0]); err != nil {
			return nil, errors.New("the coordinates cannot be read")
		}
	case "MultiPolygon":
		if err := json.Unmarshal(g.Coordinates, &polys); err != nil {
			return nil, errors.New("the coordinates cannot be read")
		}
	default:
		return nil, fmt.Errorf("a Polygon or MultiPolygon is needed, this is %s", quote(shorten(g.Type)))
	}
	var out orb.MultiPolygon
	for _, rings := range polys {
		if len(rings) == 0 {
			continue
		}
		poly := make(orb.Polygon, len(rings))
		for i, ring := range rings {
			r := make(orb.Ring, 0, len(ring)+1)
			for _, c := range ring {
				if len(c) < 2 {
					return nil, errors.New("a position has fewer than two coordinates")
				}
				r = append(r, orb.Point{c[0], c[1]})
			}
			if len(r) > 0 && r[0] != r[len(r)-1] {
				r = append(r, r[0])
			}
			if len(r) < 4 {
				return nil, errors.New("a ring has fewer than three corners")
			}
			want := orb.CCW
			if i > 0 {
				want = orb.CW
			}
			if o := r.Orientation(); o != 0 && o != want {
				slices.Reverse(r)
			}
			poly[i] = r
		}
		out = append(out, poly)
	}
	if len(out) == 0 {
		return nil, errors.New("the geometry is empty")
	}
	return out, nil
}
