package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pulls say how a platform is asked for what it tells of. The zero value is for one
// that answers as docs/connect.md has it.
type Pulls struct {
	Visits *Pull `json:"visits,omitempty"`
	Cases  *Pull `json:"cases,omitempty"`
}

// Pull says how a platform is asked for rows of one kind, and where what it answers
// stands in its answer: names with dots between them, for objects in objects. What is
// left out is as if there were no mapping.
type Pull struct {
	Rows      string `json:"rows,omitempty"`      // the list; a dot: the answer is the list
	Cursor    string `json:"cursor,omitempty"`    // a text or a number
	More      string `json:"more,omitempty"`      // whether there is more
	Parameter string `json:"parameter,omitempty"` // in which the cursor is sent
	Header    string `json:"header,omitempty"`    // in which the secret is sent, as it is; empty: Authorization, as a bearer's
	// Signed says that the secret is not sent: time and signature are, as with what is
	// pushed, of the path with all that is asked.
	Signed bool `json:"signed,omitempty"`
}

const (
	// MaxPullBytes is how large an answer may be.
	MaxPullBytes = 8 << 20
	// MaxPullRows is how many rows it may have, and maxCursor how long a cursor is.
	MaxPullRows = 2000
	maxCursor   = 500
	// maxPullRow is how large a row may be.
	maxPullRow = 64 << 10
)

var (
	parameterName = regexp.MustCompile(`^[A-Za-z0-9_.\-\[\]]{1,60}$`)
	headerName    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9\-]{0,59}$`)
)

// keptHeaders are of the way a request goes, and no place for a secret.
var keptHeaders = []string{"Host", "Accept", "User-Agent", "Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Cookie", HeaderTimestamp, HeaderSignature}

func (p *Pull) check(kind string) (out []Fault) {
	kind = "pull." + kind
	for _, f := range [][2]string{{"rows", p.Rows}, {"cursor", p.Cursor}, {"more", p.More}} {
		for _, name := range strings.Split(f[1], ".") {
			if name == "" && f[1] != "" && (f[0] != "rows" || f[1] != ".") {
				out = append(out, *fault(kind+"."+f[0], "want names with dots between them"))
				break
			}
		}
	}
	if p.Parameter != "" && !parameterName.MatchString(p.Parameter) {
		out = append(out, *fault(kind+".parameter", "want the name of a parameter: letters, digits, - _ . [ ], at most 60"))
	}
	if p.Header == "" {
		return out
	}
	switch kept := false; {
	case p.Signed:
		out = append(out, *fault(kind+".header", "a secret that signs is not sent: leave one of them out"))
	default:
		for _, name := range keptHeaders {
			kept = kept || strings.EqualFold(name, p.Header)
		}
		if kept || !headerName.MatchString(p.Header) {
			out = append(out, *fault(kind+".header", "want the name of a header in which a secret may stand"))
		}
	}
	return out
}

// PullOf is how rows of a kind are asked for.
func (m *Mapping) PullOf(kind string) Pull {
	var p *Pull
	if m.Pull != nil {
		if p = m.Pull.Visits; kind == "case" {
			p = m.Pull.Cases
		}
	}
	if p == nil {
		return Pull{}
	}
	return *p
}

// Address is what is asked: the address with the cursor, if there is one yet.
func (p *Pull) Address(address, cursor string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the address cannot be read")
	}
	if cursor != "" {
		q := u.Query()
		q.Set(or(p.Parameter, "cursor"), cursor)
		u.RawQuery = q.Encode()
	}
	return u.String(), nil
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Page is an answer of a platform.
type Page struct {
	Rows   []Row // nil: such a one is no object, or too large
	Cursor string
	More   bool
}

// What is wrong with an answer, in a word. None of them repeats anything of it.
const (
	PullNotJSON   = "not_json"
	PullNoRows    = "no_rows"    // there is no list where the mapping says
	PullTooMany   = "too_many"   // rows
	PullBadCursor = "bad_cursor" // neither a text nor a number, or too long
	PullBadMore   = "bad_more"   // neither yes nor no
	PullLoops     = "loops"      // it says that there is more, and goes round
)

// Read reads an answer; a word says what is wrong with it, an empty one: nothing.
func (p *Pull) Read(body []byte) (page Page, wrong string) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) || !json.Valid(body) {
		return page, PullNotJSON
	}
	list, whole := json.RawMessage(body), p.Rows == "."
	if !whole {
		list = within(body, or(p.Rows, "rows"))
	}
	if list = bytes.TrimSpace(list); len(list) == 0 || list[0] != '[' {
		return page, PullNoRows
	}
	// One after the other: a list of very many is not made anything of.
	d := json.NewDecoder(bytes.NewReader(list))
	if _, err := d.Token(); err != nil {
		return page, PullNoRows
	}
	for d.More() {
		if len(page.Rows) == MaxPullRows {
			return Page{}, PullTooMany
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return Page{}, PullNotJSON
		}
		page.Rows = append(page.Rows, pulledRow(raw))
	}
	if whole {
		return page, ""
	}
	cursor, ok := scalar(within(body, or(p.Cursor, "cursor")))
	if !ok || utf8.RuneCountInString(cursor) > maxCursor || strings.ContainsFunc(cursor, unicode.IsControl) {
		return Page{}, PullBadCursor
	}
	more, ok := scalar(within(body, or(p.More, "more")))
	switch page.Cursor = cursor; {
	case ok && (more == "true" || more == "1"):
		page.More = true
	case !ok || more != "" && more != "false" && more != "0":
		return Page{}, PullBadMore
	}
	return page, ""
}

// pulledRow is a row of an answer; nil: it cannot be read.
func pulledRow(raw []byte) Row {
	if len(raw) > maxPullRow || bytes.Contains(raw, []byte(`\u0000`)) {
		return nil
	}
	row, err := ReadRow(raw)
	if err != nil {
		return nil
	}
	return row
}

// within is what stands at a path of an answer; nil: nothing.
func within(body json.RawMessage, path string) json.RawMessage {
	for name := range strings.SplitSeq(path, ".") {
		var o map[string]json.RawMessage
		if json.Unmarshal(body, &o) != nil {
			return nil
		}
		body = o[name]
	}
	return body
}

// scalar is a text, a number, yes or no as text; what is not there is empty.
func scalar(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 {
		return "", true
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return "", false
	}
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// Place is how far a platform is read. Mark is a cursor that was met among the
// answers, counted in Answers, that each said there is more: if it is met again they go
// round (Brent 1980), however large the round is.
type Place struct {
	Cursor  string
	Mark    string
	Answers int64
}

// Next is the place after an answer. Loops tells that it says there is more, and that
// asking for that leads nowhere: then the place is the one from before, and is marked
// anew. An answer without a cursor leaves it as it is.
func (at Place) Next(page *Page) (next Place, loops bool) {
	cursor := or(page.Cursor, at.Cursor)
	if !page.More {
		return Place{Cursor: cursor}, false
	}
	if cursor == at.Cursor || at.Answers > 0 && cursor == at.Mark {
		return Place{Cursor: at.Cursor}, true
	}
	next = Place{Cursor: cursor, Mark: at.Mark, Answers: at.Answers + 1}
	if next.Answers&(next.Answers-1) == 0 { // 1, 2, 4, …: the mark moves on
		next.Mark = cursor
	}
	return next, false
}
