package formats

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"sanse/planner"
	"sanse/planner/internal/english"
)

// row is a line of a text file that holds anything, split at blanks.
type row struct {
	line   int // from 1
	fields []string
}

// readRows returns the lines that hold anything.
func readRows(r io.Reader) ([]row, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var rows []row
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	for i, line := range strings.Split(string(b), "\n") {
		if f := strings.Fields(line); len(f) > 0 {
			rows = append(rows, row{i + 1, f})
		}
	}
	return rows, nil
}

// errorf is an error about the content of the line.
func (r row) errorf(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", planner.ErrInvalid, r.line, fmt.Sprintf(format, args...))
}

func errorf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", planner.ErrInvalid, fmt.Sprintf(format, args...))
}

// maxNumber bounds the size of what is read, far beyond every instance and far
// below where a float64 stops to hold whole numbers.
const maxNumber = 1e12

// number reads field i as a number.
func (r row) number(i int, name string) (float64, error) {
	if i >= len(r.fields) {
		return 0, r.errorf("%s is missing: the line has %s", name, english.Count(len(r.fields), "field", "fields"))
	}
	v, err := strconv.ParseFloat(r.fields[i], 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > maxNumber {
		return 0, r.errorf("%s is %.20q, want a number", name, r.fields[i])
	}
	return v, nil
}

// field is field i, empty where there is none.
func (r row) field(i int) string {
	if i >= len(r.fields) {
		return ""
	}
	return r.fields[i]
}

// whole reads field i as a whole number from low to high.
func (r row) whole(i int, name string, low, high int) (int, error) {
	v, err := r.number(i, name)
	n, notInt := strconv.Atoi(r.field(i))
	switch {
	case notInt == nil: // exact beyond what a float64 holds
	case err != nil:
		return 0, err
	case v == math.Trunc(v):
		n = int(v)
	default:
		n = low - 1
	}
	if n < low || n > high {
		return 0, r.errorf("%s is %.20s, want a whole number from %d to %d", name, r.fields[i], low, high)
	}
	return n, nil
}

// numeric tells whether every field is a number.
func (r row) numeric() bool {
	for _, f := range r.fields {
		if _, err := strconv.ParseFloat(f, 64); err != nil {
			return false
		}
	}
	return true
}
