package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// What a body may be, counted before anything is made of it: what is read takes many
// times the room of its text, and what is wrong with each item of it some more. The
// largest that our pages send is the outlines of a district.
const (
	maxDepth  = 64        // lists and objects in each other
	maxItems  = 200_000   // of one list or object
	maxValues = 2_000_000 // of all together
)

var (
	errDeep = fmt.Errorf("lists and objects are in each other more than %d deep", maxDepth)
	errLong = fmt.Errorf("a list or object has more than %d items, or all together more than %d", maxItems, maxValues)
	errZero = errors.New("a text has the character U+0000, which cannot be stored")
)

// formats are how bodies are read and written.
func formats() map[string]huma.Format {
	f := huma.DefaultJSONFormat
	f.Unmarshal = func(b []byte, v any) error {
		if err := bounded(b); err != nil {
			return err
		}
		return json.Unmarshal(b, v)
	}
	return map[string]huma.Format{"application/json": f, "json": f}
}

// bounded refuses JSON that is too much, in one pass and without any memory to
// speak of. Whether it is JSON is not looked at.
func bounded(b []byte) error {
	var items [maxDepth + 1]int
	depth, values, quoted := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			if i++; i+5 <= len(b) && string(b[i:i+5]) == "u0000" {
				return errZero
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return errDeep
			}
			items[depth] = 0
		case c == ']' || c == '}':
			depth = max(depth-1, 0)
		case c == ',':
			items[depth]++
			values++
			if items[depth] >= maxItems || values >= maxValues {
				return errLong
			}
		}
	}
	return nil
}

// maxProblems is how much of what is wrong with a request is told.
const maxProblems = 20

// withoutValues takes what was sent out of the answer that refuses it: it may be a
// password, a name or a place, and answers end up in logs. Where it stood and what
// is wrong with it stay.
func withoutValues(ctx huma.Context, _ string, v any) (any, error) {
	u := ctx.URL()
	var problem *huma.ErrorModel
	switch p := v.(type) {
	case *huma.ErrorModel:
		problem = p
	case *ReasonProblem:
		p.Detail = unsaid(&u, p.Detail)
		return p, nil
	case *DraftProblem:
		p.Detail = unsaid(&u, p.Detail)
		return p, nil
	default:
		return v, nil
	}
	bare := *problem
	bare.Errors, bare.Detail = nil, unsaid(&u, problem.Detail)
	for i, e := range problem.Errors {
		if i == maxProblems {
			bare.Errors = append(bare.Errors, &huma.ErrorDetail{Message: fmt.Sprintf("and %d more", len(problem.Errors)-i)})
			break
		}
		bare.Errors = append(bare.Errors, &huma.ErrorDetail{Location: e.Location, Message: e.Message})
	}
	return &bare, nil
}

// unsaid is a text without what the address of the request said, where that is more
// than a code or an id: it may be somebody's name.
func unsaid(u *url.URL, text string) string {
	said := strings.Split(u.Path, "/")
	for _, values := range u.Query() {
		said = append(said, values...)
	}
	for _, value := range said {
		if !strings.ContainsFunc(value, func(r rune) bool { return r > '~' || r == ' ' }) {
			continue
		}
		for _, form := range []string{strconv.Quote(value), value} {
			text = strings.ReplaceAll(text, form, "…")
		}
	}
	return text
}

// readable tells whether an address is text: whatever is in it can be stored, and
// written into a log on one line.
func readable(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	text := u.Path + query
	return err == nil && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// onlyReadable refuses addresses that are no text.
func (s *Server) onlyReadable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !readable(r.URL) {
			s.refuse(w, http.StatusBadRequest, "the address has bytes in it that are no text")
			return
		}
		next.ServeHTTP(w, r)
	})
}
