package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sanse/geo"
)

const (
	// maxPoints is how many points a side of a table may have.
	maxPoints = 100_000
	// maxPointBytes bounds a file of points: what is larger is something else.
	maxPointBytes = 256 << 20
	// shownFaults is how many faults of a file are told one by one.
	shownFaults = 10
)

// place is a row of a file of points.
type place struct {
	id   string
	at   orb.Point // lon, lat in WGS 84
	line int       // of the file; 0: from the command line
}

// places are the points of one file, or the one of a flag.
type places struct {
	name string // of the file or the flag, for messages
	all  []place
}

func (p places) points() []orb.Point {
	out := make([]orb.Point, len(p.all))
	for i, q := range p.all {
		out[i] = q.at
	}
	return out
}

// where names the row of a place for a message.
func (p places) where(i int) string {
	if p.all[i].line == 0 {
		return p.name
	}
	return fmt.Sprintf("%s line %d (id %q)", p.name, p.all[i].line, shorten(p.all[i].id))
}

// Columns of a file of points, under the names that people give them.
const (
	columnID = iota
	columnLon
	columnLat
	columns
)

var columnNames = [columns]string{"id", "lon", "lat"}

// columnOf tells which column a header names; false for one that is not needed.
func columnOf(header string) (int, bool) {
	switch strings.ToLower(strings.TrimSpace(header)) {
	case "id", "code", "编号", "序号", "代码":
		return columnID, true
	case "lon", "lng", "long", "longitude", "经度":
		return columnLon, true
	case "lat", "latitude", "纬度":
		return columnLat, true
	}
	return 0, false
}

// readPlaces reads a file of points ("-": standard input). Its errors name
// line, column and value.
func readPlaces(path string, in io.Reader) (places, error) {
	name := filepath.Base(path)
	if path == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(path)
		if err != nil {
			return places{}, badInput(err, "cannot read")
		}
		defer f.Close()
		in = f
	}
	all, err := parsePlaces(in, maxPoints)
	if err != nil {
		return places{}, badInput(err, "%s", name)
	}
	return places{name, all}, nil
}

// faults gathers what is wrong with the rows of a file.
type faults struct {
	unit  string // what rows are called; line if empty
	told  []string
	count int
}

func (f *faults) add(line int, column, value, why string) {
	if f.count++; f.count <= shownFaults {
		f.told = append(f.told, fmt.Sprintf("%s %d, %s %q: %s", cmp.Or(f.unit, "line"), line, column, shorten(value), why))
	}
}

func (f *faults) err() error {
	if f.count == 0 {
		return nil
	}
	text := strings.Join(f.told, "\n  ")
	if more := f.count - len(f.told); more > 0 {
		text += fmt.Sprintf("\n  … and %d more", more)
	}
	return fmt.Errorf("%d values cannot be used:\n  %s", f.count, text)
}

// parsePlaces reads CSV with a header: the columns id, lon and lat in any order
// and among others, under English or Chinese names; comma, semicolon or tab;
// UTF-8 with or without BOM, UTF-16 with BOM, or GB18030. More than limit rows are refused with
// their number.
func parsePlaces(in io.Reader, limit int) ([]place, error) {
	text, err := readText8(in)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = delimiterOf(text)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: the first line names the columns id, lon, lat")
	}
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	at, err := findColumns(header)
	if err != nil {
		return nil, err
	}
	var (
		out  []place
		bad  faults
		rows int
		seen = make(map[string]int)
	)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		if isBlank(row) {
			continue // as spreadsheets leave them at the end
		}
		if rows++; rows > limit {
			continue // counted for the message
		}
		p, ok := parsePlace(r, row, at, &bad)
		if !ok {
			continue
		}
		if first, twice := seen[p.id]; twice {
			bad.add(p.line, "id", p.id, fmt.Sprintf("is on line %d already", first))
			continue
		}
		seen[p.id] = p.line
		out = append(out, p)
	}
	if rows > limit {
		return nil, fmt.Errorf("%d points: at most %d are taken at once, so cut the file in pieces", rows, limit)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if rows == 0 {
		return nil, errors.New("there is a header but no point")
	}
	return out, nil
}

// isBlank tells a row in which nothing is written.
func isBlank(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func findColumns(header []string) (at [columns]int, err error) {
	for i := range at {
		at[i] = -1
	}
	for i, h := range header {
		c, known := columnOf(h)
		if !known {
			continue
		}
		if at[c] >= 0 {
			return at, fmt.Errorf("line 1: both %q and %q name the column %s", header[at[c]], h, columnNames[c])
		}
		at[c] = i
	}
	for c, i := range at {
		if i < 0 {
			return at, fmt.Errorf("line 1: no column %s: want id,lon,lat (编号,经度,纬度), found %q", columnNames[c], shorten(strings.Join(header, ",")))
		}
	}
	return at, nil
}

// parsePlace reads one row; what is wrong with it goes to bad.
func parsePlace(r *csv.Reader, row []string, at [columns]int, bad *faults) (place, bool) {
	line, _ := r.FieldPos(0)
	var cells [columns]string
	for c, i := range at {
		if i >= len(row) {
			bad.add(line, columnNames[c], "", fmt.Sprintf("the row has %d fields, this column is number %d", len(row), i+1))
			return place{}, false
		}
		cells[c] = strings.TrimSpace(row[i])
	}
	p := place{id: strings.Clone(cells[columnID]), line: line}
	if p.id == "" {
		bad.add(line, "id", "", "is empty")
		return p, false
	}
	for axis, c := range [2]int{columnLon, columnLat} {
		v, why := parseDegrees(cells[c])
		if why != "" {
			bad.add(line, columnNames[c], cells[c], why)
			return p, false
		}
		p.at[axis] = v
	}
	if why := notOnEarth(p.at); why != "" {
		bad.add(line, "lon,lat", cells[columnLon]+","+cells[columnLat], why)
		return p, false
	}
	return p, true
}

// parseDegrees reads a number, or says why it is none.
func parseDegrees(s string) (float64, string) {
	if s == "" {
		return 0, "is empty"
	}
	v, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil && strings.Contains(s, ","):
		return 0, "is no number: write a point before the decimals"
	case err != nil, math.IsNaN(v), math.IsInf(v, 0), strings.ContainsAny(s, "xX_"): // no hexadecimals
		return 0, "is no number"
	}
	return v, ""
}

// notOnEarth says why a point is no longitude and latitude; "" if it is one.
func notOnEarth(p orb.Point) string {
	if hint, ok := geo.LooksProjected(p); ok {
		return "not degrees: " + hint
	}
	lon, lat := math.Abs(p[0]), math.Abs(p[1])
	switch {
	case lat > 90 && lat <= 180 && lon <= 90:
		return "longitude and latitude look swapped: the longitude comes first"
	case lon > 180 || lat > 90:
		return "not degrees: longitude lies between -180 and 180, latitude between -90 and 90"
	case lon == 0 && lat == 0:
		return "0, 0 is no place"
	}
	return ""
}

// lonLatFlag is the value of a flag for a point, which may begin with the minus
// of a western longitude.
type lonLatFlag string

// Decode implements kong.MapperValue.
func (l *lonLatFlag) Decode(ctx *kong.DecodeContext) error {
	token := ctx.Scan.Pop()
	s := token.String()
	if !token.IsValue() && (len(s) < 2 || s[0] != '-' || !strings.Contains(".0123456789", s[1:2])) {
		return fmt.Errorf("expected lon,lat but got %q", s)
	}
	*l = lonLatFlag(s)
	return nil
}

// parseLonLat reads the point of a flag, such as 104.06,30.67.
func parseLonLat(flag, s string) (places, error) {
	lon, lat, ok := strings.Cut(s, ",")
	if !ok {
		return places{}, badInput(nil, "%s %q: want lon,lat such as 104.06,30.67", flag, shorten(s))
	}
	var at orb.Point
	for i, part := range [2]string{lon, lat} {
		v, why := parseDegrees(strings.TrimSpace(part))
		if why != "" {
			return places{}, badInput(nil, "%s %q: the %s %s", flag, shorten(s), [2]string{"longitude", "latitude"}[i], why)
		}
		at[i] = v
	}
	if why := notOnEarth(at); why != "" {
		return places{}, badInput(nil, "%s %q: %s", flag, shorten(s), why)
	}
	return places{flag, []place{{id: flag, at: at}}}, nil
}

// readText8 reads text and makes it UTF-8: Chinese spreadsheets write GB18030,
// and UTF-16 as "Unicode text".
func readText8(in io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxPointBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if len(text) > maxPointBytes {
		return nil, fmt.Errorf("more than %d MiB: this is no file of points", maxPointBytes>>20)
	}
	if bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF")) {
		if text, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(text); err != nil {
			return nil, fmt.Errorf("not UTF-16, as it begins: %w", err)
		}
		return text, nil
	}
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(text) {
		return text, nil
	}
	if text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(text); err != nil {
		return nil, fmt.Errorf("neither UTF-8 nor GB18030: %w", err)
	}
	return text, nil
}

// delimiterOf looks at the header, which holds no quoted text worth the name.
func delimiterOf(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', bytes.Count(head, []byte(","))
	for _, d := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

// shorten keeps a value from filling the screen.
func shorten(s string) string {
	const most = 60
	r := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:most-1]) + "…"
}
