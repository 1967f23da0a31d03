package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sanse/planner"
)

// Mapping says how the rows of a platform read: which of its fields hold what, and
// which of its words mean what. The zero value is for a platform that speaks our
// words.
type Mapping struct {
	Visits *Rows  `json:"visits,omitempty"`
	Cases  *Rows  `json:"cases,omitempty"`
	Pull   *Pulls `json:"pull,omitempty"` // how it is asked, where it does not send
}

// Rows are the rows of one kind.
type Rows struct {
	// Fields has for each of our fields where it stands in a row: names with dots
	// between them, for objects in objects. A field that is left out is not sent.
	Fields map[string]string `json:"fields"`
	// Values has, for each of our fields that has words, their word for each of ours.
	Values map[string]map[string]string `json:"values,omitempty"`
	// Times says how times are written, see Times; empty: rfc3339.
	Times string `json:"times,omitempty"`
	// TheirIDs says that residents and visitors are named by the platform's own
	// numbers, which are looked up; otherwise by ours.
	TheirIDs bool `json:"their_ids,omitempty"`
}

// Times are the ways in which times are written. Days are read from any of them.
var Times = []string{"rfc3339", "local", "unix", "unix_ms"}

// field is one of our fields of a row.
type field struct {
	name   string
	needed bool
	words  []string // that it can be; nil: anything
}

var (
	visitFields = []field{
		{"id", true, nil},
		{"resident", true, nil},
		{"day", true, nil},
		{"result", true, []string{"seen", "not_seen"}},
		{"visitor", false, nil},
		{"task", false, nil},
	}
	caseFields = []field{
		{"id", true, nil},
		{"at", true, nil},
		{"kind", true, []string{"emergency", "general"}},
		{"resident", false, nil},
		{"area", false, nil},
		{"source", false, []string{"found", "resident", "device", "above"}},
		{"stage", false, []string{"call", "arrival", "handling", "feedback", "rating", "closed"}},
		{"text", false, nil},
	}
)

// Fault is what is wrong with a mapping or with a row, by the name of a field of
// ours. It says nothing of what stood there.
type Fault struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Error is the fault in one line.
func (f *Fault) Error() string { return f.Field + ": " + f.Reason }

func fault(name, format string, args ...any) *Fault {
	return &Fault{Field: name, Reason: fmt.Sprintf(format, args...)}
}

// ReadMapping reads a mapping from JSON and checks it: all that is wrong with it is
// told at once.
func ReadMapping(r io.Reader) (Mapping, []Fault) {
	var m Mapping
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return m, []Fault{*fault(wrong.Field, "is of another type than is wanted")}
		}
		return m, []Fault{*fault("mapping", "is no JSON of visits, cases and pull, or has a field that nobody knows")}
	}
	if d.More() {
		return m, []Fault{*fault("mapping", "something follows it")}
	}
	return m, m.Check()
}

// Check says what is wrong with a mapping; nothing: it can be used.
func (m *Mapping) Check() (out []Fault) {
	if m.Visits != nil {
		out = append(out, m.Visits.check("visits", visitFields)...)
	}
	if m.Cases != nil {
		out = append(out, m.Cases.check("cases", caseFields)...)
		if m.Cases.Fields["resident"] == "" && m.Cases.Fields["area"] == "" {
			out = append(out, *fault("cases.fields", "neither resident nor area is there: where is a case?"))
		}
	}
	if m.Pull != nil {
		if p := m.Pull.Visits; p != nil {
			out = append(out, p.check("visits")...)
		}
		if p := m.Pull.Cases; p != nil {
			out = append(out, p.check("cases")...)
		}
	}
	return out
}

func (r *Rows) check(kind string, fields []field) (out []Fault) {
	if r.Times != "" && !slices.Contains(Times, r.Times) {
		out = append(out, *fault(kind+".times", "want one of %s", strings.Join(Times, ", ")))
	}
	known := make(map[string]field, len(fields))
	for _, f := range fields {
		known[f.name] = f
		if f.needed && r.Fields[f.name] == "" {
			out = append(out, *fault(kind+".fields."+f.name, "is wanted"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
		switch _, there := known[name]; {
		case !there:
			out = append(out, *fault(kind+".fields."+name, "there is no such field; there are %s", names(fields)))
		case r.Fields[name] != "" && slices.Contains(strings.Split(r.Fields[name], "."), ""):
			out = append(out, *fault(kind+".fields."+name, "want names with dots between them"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		f, there := known[name]
		if !there || f.words == nil {
			out = append(out, *fault(kind+".values."+name, "is no field that has words"))
			continue
		}
		for _, theirs := range slices.Sorted(maps.Keys(r.Values[name])) {
			if !slices.Contains(f.words, r.Values[name][theirs]) {
				out = append(out, *fault(kind+".values."+name, "%q stands for something that is none of %s", theirs, strings.Join(f.words, ", ")))
			}
		}
	}
	return out
}

func names(fields []field) string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return strings.Join(out, ", ")
}

// Row is a row as a platform sent it. Numbers are json.Number, so that a long one
// keeps its digits.
type Row map[string]any

// ReadRow reads a row from JSON.
func ReadRow(b []byte) (Row, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var r Row
	if err := d.Decode(&r); err != nil || r == nil {
		return nil, errors.New("a row is a JSON object")
	}
	return r, nil
}

// maxField is how many characters a field that is no text may have.
const maxField = 100

// maxText is how many characters a text may have.
const maxText = 2000

// of reads the fields of a row by our names, their words already ours.
func (r *Rows) of(row Row, fields []field) (map[string]string, *Fault) {
	out := make(map[string]string, len(fields))
	for _, f := range fields {
		path := f.name
		if r != nil {
			if path = r.Fields[f.name]; path == "" {
				continue
			}
		}
		text, ok := at(row, strings.Split(path, "."))
		switch {
		case !ok:
			return out, fault(f.name, "want a text, a number, or yes and no")
		case f.needed && text == "":
			return out, fault(f.name, "is not there")
		case f.name != "text" && (utf8.RuneCountInString(text) > maxField || strings.ContainsFunc(text, unicode.IsControl)):
			return out, fault(f.name, "want at most %d characters, on one line", maxField)
		case utf8.RuneCountInString(text) > maxText:
			return out, fault(f.name, "want at most %d characters", maxText)
		}
		if f.words != nil && text != "" {
			if r != nil && len(r.Values[f.name]) > 0 {
				text = r.Values[f.name][text]
			}
			if !slices.Contains(f.words, text) {
				return out, fault(f.name, "stands for none of %s", strings.Join(f.words, ", "))
			}
		}
		out[f.name] = text
	}
	return out, nil
}

// at is what stands at a path of a row, as text; what is not there is empty.
func at(row map[string]any, path []string) (string, bool) {
	var v any = row
	for _, name := range path {
		var o map[string]any
		switch in := v.(type) {
		case map[string]any:
			o = in
		case Row:
			o = in
		case nil:
			return "", true
		default:
			return "", false
		}
		v = o[name]
	}
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return strings.TrimSpace(v), utf8.ValidString(v)
	case json.Number:
		return v.String(), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// local are the ways in which a time without a zone is written, the district's being
// meant.
var local = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/01/02 15:04:05", "2006/01/02 15:04", time.DateOnly, "2006/01/02"}

// time reads a time, in the zone where it has none of its own.
func (r *Rows) time(text string, zone *time.Location) (time.Time, bool) {
	how := "rfc3339"
	if r != nil && r.Times != "" {
		how = r.Times
	}
	var t time.Time
	var err error
	switch how {
	case "rfc3339":
		if t, err = time.Parse(time.RFC3339, text); err != nil {
			t, err = time.ParseInLocation(time.DateOnly, text, zone)
		}
	case "local":
		for _, layout := range local {
			if t, err = time.ParseInLocation(layout, text, zone); err == nil {
				break
			}
		}
	default:
		var n int64
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			break
		}
		if how == "unix" {
			t = time.Unix(n, 0)
		} else {
			t = time.UnixMilli(n)
		}
	}
	if err != nil || t.UTC().Year() < 1970 || t.UTC().Year() > 2199 {
		return time.Time{}, false
	}
	return t.In(zone), true
}

// Visit is a visit that a platform tells of.
type Visit struct {
	ID       string       `json:"id"`       // the platform's
	Resident string       `json:"resident"` // as TheirIDs says
	Visitor  string       `json:"visitor"`  // the same; empty: not said
	Day      planner.Date `json:"day"`
	Seen     bool         `json:"seen"`
	Task     string       `json:"task"` // a task of ours; empty: it was none
}

// Case is a case that a platform tells of.
type Case struct {
	ID       string    `json:"id"`       // the platform's
	Resident string    `json:"resident"` // as TheirIDs says, or else
	Area     string    `json:"area"`     // a grid or a micro-grid, by its code
	Kind     string    `json:"kind"`
	Source   string    `json:"source"`
	Stage    string    `json:"stage"`
	Text     string    `json:"text"`
	At       time.Time `json:"at"` // since when it is so
}

// Visit reads a visit. Of one that cannot be read as much is returned as was read:
// its id, if it has one.
func (m *Mapping) Visit(row Row, zone *time.Location) (Visit, *Fault) {
	f, bad := m.Visits.of(row, visitFields)
	v := Visit{ID: f["id"], Resident: f["resident"], Visitor: f["visitor"], Seen: f["result"] == "seen", Task: f["task"]}
	if bad != nil {
		return v, bad
	}
	t, ok := m.Visits.time(f["day"], zone)
	if !ok {
		return v, fault("day", "is no time as they are written here")
	}
	v.Day = planner.DateOf(t)
	if v.Task != "" && !IsTaskID(v.Task) {
		return v, fault("task", "is no id of a task")
	}
	return v, nil
}

// Case reads a case.
func (m *Mapping) Case(row Row, zone *time.Location) (Case, *Fault) {
	f, bad := m.Cases.of(row, caseFields)
	c := Case{ID: f["id"], Resident: f["resident"], Area: f["area"], Kind: f["kind"], Source: f["source"], Stage: f["stage"], Text: f["text"]}
	if bad != nil {
		return c, bad
	}
	if c.Source == "" {
		c.Source = "above"
	}
	if c.Stage == "" {
		c.Stage = "call"
	}
	if (c.Resident == "") == (c.Area == "") {
		return c, fault("resident", "a case is of a resident, or of a grid or micro-grid (area): one of them")
	}
	var ok bool
	if c.At, ok = m.Cases.time(f["at"], zone); !ok {
		return c, fault("at", "is no time as they are written here")
	}
	return c, nil
}

// IsTaskID tells whether text could be the id of a task that was sent: t and 16
// hexadecimal digits.
func IsTaskID(text string) bool {
	if len(text) != 17 || text[0] != 't' {
		return false
	}
	return strings.Trim(text[1:], "0123456789abcdef") == ""
}
