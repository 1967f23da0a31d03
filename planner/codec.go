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
)

// ErrInvalid is wrapped by every error that says a file was read but is not a
// valid problem or plan, as against one that could not be read.
var ErrInvalid = errors.New("file is not valid")

// ReadProblem reads a problem in the JSON of docs/schema/problem.json and
// validates it. Fields it does not know are ignored. A resident without a
// block gets that of the matrix which holds it, the community of the grid
// first. Errors about the content wrap ErrInvalid.
func ReadProblem(r io.Reader) (*Problem, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read problem: %w", err)
	}
	var p Problem
	if err := decodeJSON(b, &p); err != nil {
		return nil, fmt.Errorf("read problem: %w", err)
	}
	p.fillBlocks()
	if err := errors.Join(findGaps(b), p.Validate()); err != nil {
		return nil, fmt.Errorf("read problem: %w: %w", ErrInvalid, err)
	}
	return &p, nil
}

// fillBlocks gives each resident, and each task with a place of its own, that
// has no block the community of the grid, where its matrix holds the place or no
// matrix does, else the block of the first matrix that does.
func (p *Problem) fillBlocks() {
	const community = 12
	type asker struct {
		id, grid string
		block    *string
	}
	var ask []asker
	for i := range p.Residents {
		if r := &p.Residents[i]; r.Block == "" {
			ask = append(ask, asker{r.ID, r.Grid, &r.Block})
		}
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.Block == "" && t.Resident == "" {
			ask = append(ask, asker{t.ID, t.Grid, &t.Block})
		}
	}
	if len(ask) == 0 {
		return
	}
	holds := make(map[string][]string, len(ask)) // location → blocks
	for _, a := range ask {
		holds[a.id] = nil
	}
	for i := range p.Matrices {
		m := &p.Matrices[i]
		for _, l := range m.Locations {
			if in, ok := holds[l]; ok {
				holds[l] = append(in, m.Block)
			}
		}
	}
	for _, a := range ask {
		in, own := holds[a.id], ""
		if len(a.grid) >= community {
			own = a.grid[:community]
		}
		if *a.block = own; len(in) > 0 && !slices.Contains(in, own) {
			*a.block = in[0]
		}
	}
}

// hours are the ends of a span of time as a file has them, to tell 00:00 from
// nothing.
type hours struct {
	From *string `json:"from"`
	To   *string `json:"to"`
}

func (h hours) gap() bool { return h.From == nil || h.To == nil }

// findGaps tells what a problem's file leaves out that cannot be told from a
// zero once it is read: whole lists, points, the hours of a shift.
func findGaps(b []byte) error {
	var s struct {
		Policies  *[]struct{} `json:"policies"`
		Residents *[]struct {
			ID       string    `json:"id"`
			Location []float64 `json:"location"`
			Hours    []hours   `json:"hours"`
		} `json:"residents"`
		Tasks []struct {
			ID       string     `json:"id"`
			Location *[]float64 `json:"location"`
			Hours    []hours    `json:"hours"`
		} `json:"tasks"`
		Visitors *[]struct {
			ID     string     `json:"id"`
			Start  []float64  `json:"start"`
			End    *[]float64 `json:"end"`
			Shifts []hours    `json:"shifts"`
		} `json:"visitors"`
		Areas    *[]struct{} `json:"areas"`
		Matrices *[]struct{} `json:"matrices"`
		Now      *struct {
			Date  *string `json:"date"`
			Clock *string `json:"clock"`
		} `json:"now"`
		Made []struct {
			Arrive *string `json:"arrive"`
			Leave  *string `json:"leave"`
		} `json:"made"`
	}
	if err := decodeJSON(b, &s); err != nil {
		return err
	}
	var f findings
	for _, l := range [...]struct {
		name    string
		missing bool
	}{
		{"policies", s.Policies == nil},
		{"residents", s.Residents == nil},
		{"visitors", s.Visitors == nil},
		{"areas", s.Areas == nil},
		{"matrices", s.Matrices == nil},
	} {
		if l.missing {
			f.add("%s is missing, want a list", l.name)
		}
	}
	open := func(what, id string, list []hours) {
		for k, h := range list {
			if h.gap() {
				f.add("%s %q: hours %d lack from or to", what, id, k+1)
			}
		}
	}
	if s.Residents != nil {
		for _, r := range *s.Residents {
			if len(r.Location) < 2 {
				f.add("resident %q: location is missing, want [longitude, latitude]", r.ID)
			}
			open("resident", r.ID, r.Hours)
		}
	}
	for _, t := range s.Tasks {
		if t.Location != nil && len(*t.Location) < 2 {
			f.add("task %q: location is not [longitude, latitude]", t.ID)
		}
		open("task", t.ID, t.Hours)
	}
	if s.Visitors != nil {
		for _, v := range *s.Visitors {
			if len(v.Start) < 2 || v.End != nil && len(*v.End) < 2 {
				f.add("visitor %q: start or end is not [longitude, latitude]", v.ID)
			}
			for k, h := range v.Shifts {
				if h.gap() {
					f.add("visitor %q: shift %d lacks from or to", v.ID, k+1)
				}
			}
		}
	}
	if s.Now != nil && (s.Now.Date == nil || s.Now.Clock == nil) {
		f.add("now lacks date or clock")
	}
	for i, m := range s.Made {
		if m.Arrive == nil || m.Leave == nil {
			f.add("made visit number %d lacks arrive or leave", i+1)
		}
	}
	return f.join()
}

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
		return fmt.Errorf("%w: line %d, column %d: %s cannot be %s", ErrInvalid, line, col, typ.Field, typ.Value)
	default:
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
}

func lineOf(b []byte, off int64) (line, col int) {
	off = max(0, min(off, int64(len(b))))
	line = 1 + bytes.Count(b[:off], []byte("\n"))
	return line, int(off) - bytes.LastIndexByte(b[:off], '\n') - 1
}

// UnmarshalJSON reads a matrix. Every entry must be a whole number: a null, a
// fraction or a text is an error, not 0.
func (m *Matrix) UnmarshalJSON(b []byte) error {
	var s struct {
		Block     string          `json:"block"`
		Mode      string          `json:"mode"`
		From      *Date           `json:"from"`
		To        *Date           `json:"to"`
		Locations []string        `json:"locations"`
		Seconds   json.RawMessage `json:"seconds"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	rows, err := parseMatrix(s.Seconds, len(s.Locations))
	if err != nil {
		return fmt.Errorf("matrix of block %q: %w", s.Block, err)
	}
	*m = Matrix{Block: s.Block, Mode: s.Mode, Locations: s.Locations, Seconds: rows, From: s.From, To: s.To}
	return nil
}

func parseMatrix(b []byte, n int) ([][]int32, error) {
	i := 0
	space := func() {
		for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
			i++
		}
	}
	take := func(c byte) bool {
		space()
		if i < len(b) && b[i] == c {
			i++
			return true
		}
		return false
	}
	if !take('[') {
		return nil, errors.New("seconds must be a list of lists")
	}
	rows := make([][]int32, 0, n)
	if take(']') {
		return rows, nil
	}
	for {
		if !take('[') {
			return nil, fmt.Errorf("seconds row %d is not a list", len(rows)+1)
		}
		row := make([]int32, 0, n)
		if !take(']') {
			for {
				space()
				from := i
				for i < len(b) && b[i] != ',' && b[i] != ']' && b[i] > ' ' {
					i++
				}
				v, err := strconv.ParseInt(string(b[from:i]), 10, 32)
				if err != nil {
					return nil, fmt.Errorf("seconds row %d, column %d is %.20s, want a whole number", len(rows)+1, len(row)+1, b[from:i])
				}
				row = append(row, int32(v))
				if take(',') {
					continue
				}
				if take(']') {
					break
				}
				return nil, fmt.Errorf("seconds row %d does not end", len(rows)+1)
			}
		}
		rows = append(rows, row)
		if take(',') {
			continue
		}
		if take(']') {
			return rows, nil
		}
		return nil, errors.New("seconds does not end")
	}
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
