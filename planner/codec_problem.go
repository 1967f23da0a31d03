package planner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/planner/internal/fields"
)

// ReadProblem reads a problem in the JSON of docs/schema/problem.json and
// validates it. A field that it does not know is an error with its path: a name
// that is misspelt would else lift a rule unseen. A resident without a
// block gets that of the matrix which holds it, the community of the grid
// first; so does a task with a place of its own. Errors about the content wrap
// ErrInvalid.
func ReadProblem(r io.Reader) (*Problem, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read problem: %w", err)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	p, gaps, err := decodeProblem(b)
	if err != nil {
		return nil, fmt.Errorf("read problem: %w", err)
	}
	p.fillBlocks()
	if err := errors.Join(gaps, p.Validate()); err != nil {
		return nil, fmt.Errorf("read problem: %w: %w", ErrInvalid, err)
	}
	return p, nil
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

// problemFile is a problem as a file has it: what is missing can be told from
// what is zero.
type problemFile struct {
	District        string          `json:"district"`
	Name            string          `json:"name"`
	MadeUp          bool            `json:"made_up"`
	Start           Date            `json:"start"`
	Days            int             `json:"days"`
	TimeZone        string          `json:"time_zone"`
	Policies        *[]Policy       `json:"policies"`
	Residents       *[]residentFile `json:"residents"`
	Visitors        *[]visitorFile  `json:"visitors"`
	Areas           *[]Area         `json:"areas"`
	Matrices        *[]matrixFile   `json:"matrices"`
	CatchUpDays     int             `json:"catch_up_days"`
	Tasks           []taskFile      `json:"tasks"`
	Slow            []Slow          `json:"slow"`
	Now             *momentFile     `json:"now"`
	Made            []madeFile      `json:"made"`
	Locks           []Lock          `json:"locks"`
	FairnessPercent int             `json:"fairness_percent"`
}

// The fields of these that are named here stand before those of the struct
// inside.
type (
	residentFile struct {
		Resident
		Location []float64   `json:"location"`
		Hours    []shiftFile `json:"hours"`
	}
	taskFile struct {
		Task
		Location *[]float64  `json:"location"`
		Hours    []shiftFile `json:"hours"`
	}
	visitorFile struct {
		Visitor
		Start  []float64   `json:"start"`
		End    *[]float64  `json:"end"`
		Shifts []shiftFile `json:"shifts"`
	}
	shiftFile struct {
		Weekday int       `json:"weekday"`
		From    clockFile `json:"from"`
		To      clockFile `json:"to"`
	}
	momentFile struct {
		Date  *Date     `json:"date"`
		Clock clockFile `json:"clock"`
	}
	madeFile struct {
		Made
		Arrive clockFile `json:"arrive"`
		Leave  clockFile `json:"leave"`
	}
	matrixFile struct {
		Block     string          `json:"block"`
		Mode      string          `json:"mode"`
		From      *Date           `json:"from"`
		To        *Date           `json:"to"`
		Locations []string        `json:"locations"`
		Seconds   json.RawMessage `json:"seconds"`
	}
)

// clockFile is a time of day plus 1; 0: missing.
type clockFile Clock

// UnmarshalText reads "HH:MM".
func (c *clockFile) UnmarshalText(b []byte) error {
	var v Clock
	if err := v.UnmarshalText(b); err != nil {
		return err
	}
	*c = clockFile(v) + 1
	return nil
}

func (c clockFile) clock() Clock { return Clock(max(0, c-1)) }

func (s *shiftFile) gap() bool { return s.From == 0 || s.To == 0 }

func shiftsOf(list []shiftFile) []Shift {
	if list == nil {
		return nil
	}
	out := make([]Shift, len(list))
	for i, s := range list {
		out[i] = Shift{s.Weekday, s.From.clock(), s.To.clock()}
	}
	return out
}

func pointOf(xy []float64) orb.Point {
	var q orb.Point
	copy(q[:], xy)
	return q
}

// decodeProblem reads a problem and tells what the file leaves out that cannot
// be told from a zero once it is read: whole lists, points, the hours of a
// shift. The times of matrices, most of the text, are read apart.
func decodeProblem(b []byte) (p *Problem, gaps, err error) {
	var s problemFile
	var f findings
	text, times := cutMatrices(b)
	if !decodesWhole(text, &s) {
		s, times = problemFile{}, nil
		if err := decodeJSON(b, &s); err != nil {
			return nil, nil, err // with the line of the file
		}
		unknown, more, err := fields.Unknown(b, s, maxFindings)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		for _, path := range unknown {
			f.add("%s is no field of a problem", path)
		}
		f.more += more
	}
	p = &Problem{
		District: s.District, Name: s.Name, MadeUp: s.MadeUp, Start: s.Start, Days: s.Days, TimeZone: s.TimeZone,
		CatchUpDays: s.CatchUpDays, Slow: s.Slow, Locks: s.Locks, FairnessPercent: s.FairnessPercent,
	}
	list := func(name string, missing bool) bool {
		if missing {
			f.add("%s is missing, want a list", name)
		}
		return !missing
	}
	if list("policies", s.Policies == nil) {
		p.Policies = *s.Policies
	}
	if list("residents", s.Residents == nil) {
		p.Residents = readResidents(&f, *s.Residents)
	}
	p.Tasks = readTasks(&f, s.Tasks)
	if list("visitors", s.Visitors == nil) {
		p.Visitors = readVisitors(&f, *s.Visitors)
	}
	if list("areas", s.Areas == nil) {
		p.Areas = *s.Areas
	}
	if list("matrices", s.Matrices == nil) {
		p.Matrices = make([]Matrix, len(*s.Matrices))
		for i := range *s.Matrices {
			if p.Matrices[i], err = (*s.Matrices)[i].matrix(times); err != nil {
				return nil, nil, fmt.Errorf("%w: %w", ErrInvalid, err)
			}
		}
	}
	if s.Now != nil {
		if s.Now.Date == nil || s.Now.Clock == 0 {
			f.add("now lacks date or clock")
		} else {
			p.Now = &Moment{*s.Now.Date, s.Now.Clock.clock()}
		}
	}
	for i := range s.Made {
		m := &s.Made[i]
		if m.Arrive == 0 || m.Leave == 0 {
			f.add("made visit number %d lacks arrive or leave", i+1)
		}
		m.Made.Arrive, m.Made.Leave = m.Arrive.clock(), m.Leave.clock()
		p.Made = append(p.Made, m.Made)
	}
	return p, f.join(), nil
}

// decodesWhole reads a text and tells whether all of it was understood: no error
// and no field that v has no place for.
func decodesWhole(b []byte, v any) bool {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return false
	}
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

// findShiftGaps records hours without a beginning or an end.
func findShiftGaps(f *findings, format, id string, list []shiftFile) {
	for k := range list {
		if list[k].gap() {
			f.add(format, id, k+1)
		}
	}
}

func readResidents(f *findings, list []residentFile) []Resident {
	out := make([]Resident, len(list))
	for i := range list {
		r := &list[i]
		if len(r.Location) < 2 {
			f.add("resident %q: location is missing, want [longitude, latitude]", r.ID)
		}
		findShiftGaps(f, "resident %q: hours %d lack from or to", r.ID, r.Hours)
		out[i] = r.Resident
		out[i].Location, out[i].Hours = pointOf(r.Location), shiftsOf(r.Hours)
	}
	return out
}

func readTasks(f *findings, list []taskFile) []Task {
	if list == nil {
		return nil
	}
	out := make([]Task, len(list))
	for i := range list {
		t := &list[i]
		out[i] = t.Task
		if t.Location != nil {
			if len(*t.Location) < 2 {
				f.add("task %q: location is not [longitude, latitude]", t.ID)
			}
			out[i].Location = pointOf(*t.Location)
		}
		findShiftGaps(f, "task %q: hours %d lack from or to", t.ID, t.Hours)
		out[i].Hours = shiftsOf(t.Hours)
	}
	return out
}

func readVisitors(f *findings, list []visitorFile) []Visitor {
	out := make([]Visitor, len(list))
	for i := range list {
		v := &list[i]
		if len(v.Start) < 2 || v.End != nil && len(*v.End) < 2 {
			f.add("visitor %q: start or end is not [longitude, latitude]", v.ID)
		}
		findShiftGaps(f, "visitor %q: shift %d lacks from or to", v.ID, v.Shifts)
		out[i] = v.Visitor
		out[i].Start, out[i].Shifts = pointOf(v.Start), shiftsOf(v.Shifts)
		if v.End != nil {
			end := pointOf(*v.End)
			out[i].End = &end
		}
	}
	return out
}

// matrix reads the times, or takes those that were cut out of the text.
func (m *matrixFile) matrix(times [][][]int32) (Matrix, error) {
	out := Matrix{Block: m.Block, Mode: m.Mode, From: m.From, To: m.To, Locations: m.Locations}
	if n, err := strconv.Atoi(string(m.Seconds)); err == nil && n >= 0 && n < len(times) {
		out.Seconds = times[n]
		return out, nil
	}
	rows, _, err := parseMatrix(m.Seconds)
	if err != nil {
		return out, fmt.Errorf("matrix of block %q: %w", m.Block, err)
	}
	out.Seconds = rows
	return out, nil
}

// UnmarshalJSON reads a matrix. Every entry must be a whole number: a null, a
// fraction or a text is an error, not 0.
func (m *Matrix) UnmarshalJSON(b []byte) error {
	var s matrixFile
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	var err error
	*m, err = s.matrix(nil)
	return err
}

// cutMatrices reads the seconds of every matrix of a problem's text and
// returns the text with their numbers in the list instead, for encoding/json
// would go over them several times. A text in which anything about them is
// unusual is returned as it is, without times.
func cutMatrices(b []byte) (text []byte, times [][][]int32) {
	text = make([]byte, 0, len(b)/2)
	depth, done, in := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := stringEnd(b, i)
			name := b[i+1 : max(i+1, end-1)]
			i = end - 1
			if depth != 1 && depth != 3 {
				continue
			}
			at := skipSpace(b, end)
			if at >= len(b) || b[at] != ':' {
				continue // no name of a field
			}
			if depth == 1 {
				in = string(name) == "matrices"
			}
			if depth != 3 || !in || string(name) != "seconds" {
				continue
			}
			at = skipSpace(b, at+1)
			rows, n, err := parseMatrix(b[at:])
			if err != nil {
				return b, nil
			}
			text = append(text, b[done:at]...)
			text = strconv.AppendInt(text, int64(len(times)), 10)
			times = append(times, rows)
			done = at + n
			i = done - 1
		}
	}
	return append(text, b[done:]...), times
}

// stringEnd returns the index after the text that begins with the quote at i.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// parseMatrix reads a list of lists of whole numbers and returns the number of
// bytes it takes.
func parseMatrix(b []byte) (rows [][]int32, n int, err error) {
	i := 0
	take := func(c byte) bool {
		if i = skipSpace(b, i); i < len(b) && b[i] == c {
			i++
			return true
		}
		return false
	}
	if !take('[') {
		return nil, 0, errors.New("seconds must be a list of lists")
	}
	rows = [][]int32{}
	if take(']') {
		return rows, i, nil
	}
	var flat []int32 // memory for all rows, if they are as long as the first
	for {
		if !take('[') {
			return nil, 0, fmt.Errorf("seconds row %d is not a list", len(rows)+1)
		}
		row := []int32{}
		if len(rows) > 0 {
			if w := len(rows[0]); len(flat) >= w {
				row, flat = flat[:0:w], flat[w:]
			}
		}
		if !take(']') {
			for {
				i = skipSpace(b, i)
				v, w := parseSeconds(b[i:])
				if w == 0 {
					from := i
					for i < len(b) && b[i] != ',' && b[i] != ']' && b[i] > ' ' {
						i++
					}
					return nil, 0, fmt.Errorf("seconds row %d, column %d is %.20s, want a whole number", len(rows)+1, len(row)+1, b[from:i])
				}
				i += w
				row = append(row, v)
				if take(',') {
					continue
				}
				if take(']') {
					break
				}
				return nil, 0, fmt.Errorf("seconds row %d does not end", len(rows)+1)
			}
		}
		rows = append(rows, row)
		if w := len(row); len(rows) == 1 && w > 1 && w <= len(b)/2/w {
			rows = slices.Grow(rows, w-1)
			flat = make([]int32, w*(w-1))
		}
		if take(',') {
			continue
		}
		if take(']') {
			return rows, i, nil
		}
		return nil, 0, errors.New("seconds does not end")
	}
}

// parseSeconds reads a whole number as JSON writes it, of at most 32 bits, and
// returns how many bytes it takes; 0: it is none.
func parseSeconds(b []byte) (v int32, n int) {
	if n < len(b) && b[n] == '-' {
		n++
	}
	digits, sum := n, int64(0)
	for n < len(b) && b[n] >= '0' && b[n] <= '9' && n-digits <= 10 {
		sum = sum*10 + int64(b[n]-'0')
		n++
	}
	switch {
	case n == digits, n > digits+1 && b[digits] == '0':
		return 0, 0
	case n < len(b) && b[n] != ',' && b[n] != ']' && b[n] > ' ':
		return 0, 0
	}
	if digits > 0 {
		sum = -sum
	}
	if sum != int64(int32(sum)) {
		return 0, 0
	}
	return int32(sum), n
}
