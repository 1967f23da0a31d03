package planner

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// ErrInvalid is wrapped by every error that says a file was read but is not a
// valid problem or plan, as against one that could not be read.
var ErrInvalid = errors.New("file is not valid")

// ReadPlan reads a plan in the JSON of docs/schema/plan.json. What it says is
// for Check to judge. An itinerary without a departure departs as late as its
// first stop allows. Errors about the content wrap ErrInvalid.
func ReadPlan(r io.Reader) (*Plan, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	var shape struct {
		Itineraries *[]struct {
			Depart *json.RawMessage `json:"depart"`
		} `json:"itineraries"`
		Unplanned *[]json.RawMessage `json:"unplanned"`
	}
	if err := decodeJSON(b, &shape); err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	if shape.Itineraries == nil || shape.Unplanned == nil {
		return nil, fmt.Errorf("read plan: %w: itineraries and unplanned must both be lists", ErrInvalid)
	}
	var p Plan
	if err := decodeJSON(b, &p); err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	for i := range p.Itineraries {
		if it := &p.Itineraries[i]; (*shape.Itineraries)[i].Depart == nil && len(it.Stops) > 0 {
			it.Depart = max(0, it.Stops[0].Arrive-Clock((max(0, it.Stops[0].WalkSeconds)+59)/60))
		}
	}
	return &p, nil
}

func decodeJSON(b []byte, v any) error {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	err := json.Unmarshal(b, v)
	if err == nil {
		return nil
	}
	var syn *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syn):
		line, col := lineOf(b, syn.Offset)
		return fmt.Errorf("%w: line %d, column %d: %w", ErrInvalid, line, col, err)
	case errors.As(err, &typ):
		line, col := lineOf(b, typ.Offset)
		return fmt.Errorf("%w: line %d, column %d: %s cannot be %s", ErrInvalid, line, col, jsonPath(typ.Field), typ.Value)
	}
	var value *valueError
	if errors.As(err, &value) {
		if line, col, ok := value.find(b); ok {
			return fmt.Errorf("%w: line %d, column %d: %w", ErrInvalid, line, col, err)
		}
	}
	return fmt.Errorf("%w: %w", ErrInvalid, err)
}

// valueError says that a text is not what a field holds: a date, a time of day,
// a tier.
type valueError struct{ value, want string }

func (e *valueError) Error() string { return fmt.Sprintf("%q is not %s", e.value, e.want) }

// find looks for where in a file the value stands, for encoding/json does not
// tell: the first that is no name of a field.
func (e *valueError) find(b []byte) (line, col int, ok bool) {
	quoted, err := json.Marshal(e.value)
	if err != nil {
		return 0, 0, false
	}
	for from := 0; ; {
		n := bytes.Index(b[from:], quoted)
		if n < 0 {
			return 0, 0, false
		}
		at := from + n
		from = at + len(quoted)
		if next := skipSpace(b, from); next < len(b) && b[next] == ':' {
			continue
		}
		line, col = lineOf(b, int64(at+1))
		return line, col, true
	}
}

// jsonPath drops from a path the names of Go types that are no names in a
// file: those of structs inside structs.
func jsonPath(path string) string {
	names := strings.Split(path, ".")
	names = slices.DeleteFunc(names, func(n string) bool { return n != "" && n[0] >= 'A' && n[0] <= 'Z' })
	return strings.Join(names, ".")
}

func lineOf(b []byte, off int64) (line, col int) {
	off = max(0, min(off, int64(len(b))))
	line = 1 + bytes.Count(b[:off], []byte("\n"))
	return line, int(off) - bytes.LastIndexByte(b[:off], '\n') - 1
}

// WriteProblem writes the problem as JSON, an element a line and a matrix row
// a line, without holding the text in memory. The same problem gives the same
// bytes.
func WriteProblem(w io.Writer, p *Problem) error {
	j := jsonWriter{w: bufio.NewWriterSize(w, 1<<16)}
	j.raw("{")
	if p.District != "" {
		j.field("district", p.District)
	}
	if p.Name != "" {
		j.field("name", p.Name)
	}
	if p.MadeUp {
		j.field("made_up", true)
	}
	j.field("start", p.Start)
	j.field("days", p.Days)
	j.field("time_zone", p.TimeZone)
	if p.CatchUpDays != 0 {
		j.field("catch_up_days", p.CatchUpDays)
	}
	if p.FairnessPercent != 0 {
		j.field("fairness_percent", p.FairnessPercent)
	}
	if p.Now != nil {
		j.field("now", p.Now)
	}
	writeList(&j, "policies", p.Policies)
	writeList(&j, "areas", p.Areas)
	writeList(&j, "residents", p.Residents)
	writeSome(&j, "tasks", p.Tasks)
	writeList(&j, "visitors", p.Visitors)
	writeSome(&j, "slow", p.Slow)
	writeSome(&j, "made", p.Made)
	writeSome(&j, "locks", p.Locks)
	j.key("matrices")
	j.raw("[")
	for i := range p.Matrices {
		j.matrix(&p.Matrices[i], i > 0)
	}
	j.raw("\n]\n}\n")
	if j.err == nil {
		j.err = j.w.Flush()
	}
	if j.err != nil {
		return fmt.Errorf("write problem: %w", j.err)
	}
	return nil
}

// WritePlan writes the plan as JSON, an itinerary a line.
func WritePlan(w io.Writer, p *Plan) error {
	j := jsonWriter{w: bufio.NewWriterSize(w, 1<<16)}
	j.raw("{")
	j.field("start", p.Start)
	j.field("days", p.Days)
	writeList(&j, "itineraries", p.Itineraries)
	writeList(&j, "unplanned", p.Unplanned)
	if p.Cost != nil {
		j.field("cost", p.Cost)
	}
	writeSome(&j, "shortages", p.Shortages)
	j.raw("\n}\n")
	if j.err == nil {
		j.err = j.w.Flush()
	}
	if j.err != nil {
		return fmt.Errorf("write plan: %w", j.err)
	}
	return nil
}

type jsonWriter struct {
	w      *bufio.Writer
	err    error
	fields int
	buf    []byte
}

func (j *jsonWriter) raw(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}

func (j *jsonWriter) value(v any) {
	if j.err != nil {
		return
	}
	var b []byte
	if b, j.err = json.Marshal(v); j.err == nil {
		_, j.err = j.w.Write(b)
	}
}

func (j *jsonWriter) key(name string) {
	if j.fields > 0 {
		j.raw(",")
	}
	j.fields++
	j.raw("\n\"" + name + "\": ")
}

func (j *jsonWriter) field(name string, v any) {
	j.key(name)
	j.value(v)
}

func writeList[T any](j *jsonWriter, name string, list []T) {
	j.key(name)
	j.raw("[")
	for i := range list {
		if i > 0 {
			j.raw(",")
		}
		j.raw("\n")
		j.value(&list[i])
	}
	j.raw("\n]")
}

// writeSome is writeList for a list that is left out where it is empty.
func writeSome[T any](j *jsonWriter, name string, list []T) {
	if len(list) > 0 {
		writeList(j, name, list)
	}
}

func (j *jsonWriter) matrix(m *Matrix, more bool) {
	if more {
		j.raw(",")
	}
	j.raw("\n{\"block\": ")
	j.value(m.Block)
	if m.Mode != "" {
		j.raw(", \"mode\": ")
		j.value(m.Mode)
	}
	if m.From != nil {
		j.raw(", \"from\": ")
		j.value(m.From)
	}
	if m.To != nil {
		j.raw(", \"to\": ")
		j.value(m.To)
	}
	j.raw(", \"locations\": ")
	if m.Locations == nil {
		j.raw("[]")
	} else {
		j.value(m.Locations)
	}
	j.raw(", \"seconds\": [")
	for i, row := range m.Seconds {
		b := j.buf[:0]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '\n', '[')
		for k, v := range row {
			if k > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(v), 10)
		}
		j.buf = append(b, ']')
		if j.err == nil {
			_, j.err = j.w.Write(j.buf)
		}
	}
	j.raw("\n]}")
}
