package features

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrFormat is returned for what is not GeoJSON, or was cut off.
var ErrFormat = errors.New("not a whole GeoJSON file")

// Feature is one feature as the file has it.
type Feature struct {
	Line       int // of the file, on which it ends, from 1
	ID         string
	Properties map[string]any // numbers are json.Number
	Geometry   Geometry
	Bad        string // why it is no feature; the rest may be empty
}

// Geometry keeps the coordinates as they are written.
type Geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// Reader streams the features of a FeatureCollection, or of a sequence of
// features (newline-delimited, or RFC 8142). It is for one goroutine.
type Reader struct {
	dec        *json.Decoder
	lines      *lineReader
	collection bool
	inside     bool
	crs        string
}

// lineReader remembers where lines end in what has been read ahead.
type lineReader struct {
	r      io.Reader
	offset int64
	ends   []int64 // of lines not yet passed
	line   int     // lines passed
	err    error   // of reading, io.EOF apart
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, b := range p[:n] {
		switch b {
		case '\n':
			l.ends = append(l.ends, l.offset+int64(i))
		case 0x1E: // the record separator of RFC 8142 is a blank to JSON
			p[i] = ' '
		}
	}
	l.offset += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}

// at returns the line of an offset not before the last one asked for.
func (l *lineReader) at(offset int64) int {
	n := 0
	for n < len(l.ends) && l.ends[n] < offset {
		n++
	}
	l.line += n
	l.ends = append(l.ends[:0], l.ends[n:]...)
	return l.line + 1
}

// NewReader looks at the beginning of a file; ErrFormat tells that it is empty
// or no JSON object. The reader must then be read to its end for a file that was
// cut off to be noticed.
func NewReader(r io.Reader) (*Reader, error) {
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
	start := bytes.TrimLeft(head, " \t\r\n\x1e")
	if len(start) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrFormat)
	}
	if start[0] != '{' {
		return nil, fmt.Errorf("%w: it does not begin with {", ErrFormat)
	}
	f := &Reader{lines: &lineReader{r: br}}
	f.collection = !beginsWithFeature(json.NewDecoder(bytes.NewReader(start)))
	f.dec = json.NewDecoder(f.lines)
	f.dec.UseNumber()
	return f, nil
}

// beginsWithFeature tells whether the object that begins is a single feature.
func beginsWithFeature(dec *json.Decoder) bool {
	if _, err := dec.Token(); err != nil {
		return false
	}
	for {
		key, err := dec.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return false
		}
		if name == "geometry" || name == "properties" {
			return true
		}
		var value json.RawMessage
		if name == "features" || dec.Decode(&value) != nil {
			return false
		}
		if name == "type" {
			return strings.Trim(string(value), `"`) == "Feature"
		}
	}
}

// CRS is the name in a "crs" member (GeoJSON 2008); empty if there was none so
// far: it may stand behind the features.
func (f *Reader) CRS() string { return f.crs }

// Next returns the next feature, or io.EOF behind the last. Its other errors are
// the reader's, or ErrFormat with the line.
func (f *Reader) Next() (Feature, error) {
	if f.collection {
		if !f.inside {
			if err := f.enter(); err != nil {
				return Feature{}, f.explain(err)
			}
			f.inside = true
		}
		if !f.dec.More() {
			if err := f.leave(); err != nil {
				return Feature{}, f.explain(err)
			}
			return Feature{}, io.EOF
		}
	}
	var x rawFeature
	err := f.dec.Decode(&x)
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF) && !f.collection:
		return Feature{}, io.EOF
	case errors.As(err, &mismatch): // valid JSON, only not what belongs there
		return Feature{Line: f.lines.at(f.dec.InputOffset()), Bad: "it is no GeoJSON feature"}, nil
	case err != nil:
		return Feature{}, f.explain(err)
	}
	ft := x.feature()
	ft.Line = f.lines.at(f.dec.InputOffset())
	return ft, nil
}

// rawFeature is a feature as JSON has it.
type rawFeature struct {
	Type       string         `json:"type"`
	ID         any            `json:"id"`
	Properties map[string]any `json:"properties"`
	Geometry   *Geometry      `json:"geometry"`
}

func (x rawFeature) feature() Feature {
	if x.Type != "Feature" {
		return Feature{Bad: "a Feature is expected, this is " + quoted(x.Type)}
	}
	ft := Feature{Properties: x.Properties}
	switch id := x.ID.(type) {
	case string:
		ft.ID = id
	case json.Number:
		ft.ID = id.String()
	}
	if x.Geometry == nil {
		ft.Bad = "it has no geometry"
		return ft
	}
	ft.Geometry = *x.Geometry
	return ft
}

// enter reads up to the features of a collection.
func (f *Reader) enter() error {
	if err := f.expect(json.Delim('{')); err != nil {
		return err
	}
	for f.dec.More() {
		key, err := f.dec.Token()
		if err != nil {
			return err
		}
		if key == "features" {
			return f.expect(json.Delim('['))
		}
		if err := f.member(key); err != nil {
			return err
		}
	}
	return errors.New("there is no member \"features\"")
}

// leave reads what stands behind the features: a file cut off is noticed here.
func (f *Reader) leave() error {
	if err := f.expect(json.Delim(']')); err != nil {
		return err
	}
	for f.dec.More() {
		key, err := f.dec.Token()
		if err != nil {
			return err
		}
		if err := f.member(key); err != nil {
			return err
		}
	}
	return f.expect(json.Delim('}'))
}

// member reads one member of the collection beside its features.
func (f *Reader) member(key json.Token) error {
	var raw json.RawMessage
	if err := f.dec.Decode(&raw); err != nil {
		return err
	}
	switch key {
	case "type":
		var kind string
		if err := json.Unmarshal(raw, &kind); err != nil || kind != "FeatureCollection" {
			return fmt.Errorf("a FeatureCollection is expected, this is %s", quoted(strings.Trim(string(raw), `"`)))
		}
	case "crs":
		var crs struct {
			Properties struct {
				Name string `json:"name"`
			} `json:"properties"`
		}
		if err := json.Unmarshal(raw, &crs); err != nil {
			return errors.New("the crs member cannot be read")
		}
		f.crs = crs.Properties.Name
	}
	return nil
}

func (f *Reader) expect(want json.Delim) error {
	got, err := f.dec.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%q is expected, found %v", want.String(), got)
	}
	return nil
}

func (f *Reader) explain(err error) error {
	line := f.lines.at(f.dec.InputOffset())
	switch {
	case f.lines.err != nil:
		return fmt.Errorf("read file: %w", f.lines.err)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends in the middle, on line %d: it was cut off", ErrFormat, line+len(f.lines.ends))
	}
	return fmt.Errorf("%w: near line %d: %w", ErrFormat, line, err)
}

// quoted shows a word of the file, shortened.
func quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
