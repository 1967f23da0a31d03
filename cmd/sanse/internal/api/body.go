package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
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
	// What is checked must be what is read: of two fields of one name a check may see
	// the one and whoever reads it the other.
	errTwice = errors.New("an object has two fields of one name")

	errUnread = errors.New("a value is not of the form that is wanted")
)

// strict has bodies held against their schemas by the exact names of fields: Go reads
// a field by its name in whatever case, and checks would see one of two that differ in
// nothing else.
var strict = sync.OnceFunc(func() { huma.ValidateStrictCasing = true })

// formats are how bodies are read and written.
func formats() map[string]huma.Format {
	strict()
	f := huma.DefaultJSONFormat
	f.Unmarshal = func(b []byte, v any) error {
		if err := bounded(b); err != nil {
			return err
		}
		if err := single(b); err != nil {
			return err
		}
		return unread(json.Unmarshal(b, v))
	}
	return map[string]huma.Format{"application/json": f, "json": f}
}

// unread says why JSON could not be read, without what stands in it.
func unread(err error) error {
	var form *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &form):
		return fmt.Errorf("this is no JSON from byte %d on", form.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s: of another type than is wanted", kind.Field)
	default:
		return errUnread
	}
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

// How many fields an object has as a rule, and how many names all of a body.
const (
	fewFields = 32
	manyNames = 4096
)

// single refuses objects with two fields of one name, of JSON that is bounded. Whether
// it is JSON is not looked at.
func single(b []byte) error {
	var object [maxDepth + 1]bool          // what is at a depth
	var seen [maxDepth + 1]map[string]bool // of the object that is at a depth, by name
	names := make(map[string]string)       // each kept once
	depth, begin := 0, -1
	named := false // the next text is the name of a field
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case begin >= 0 && c == '\\':
			i++
		case begin >= 0 && c == '"':
			if text := b[begin : i+1]; named && depth > 0 {
				name, known := names[string(text)]
				if !known {
					if json.Unmarshal(text, &name) != nil {
						return errUnread
					}
					if len(names) >= manyNames {
						clear(names)
					}
					names[string(text)] = name
				}
				if seen[depth][name] {
					return errTwice
				}
				seen[depth][name] = true
			}
			begin, named = -1, false
		case begin >= 0:
		case c == '"':
			begin = i
		case c == '[' || c == '{':
			depth = min(depth+1, maxDepth)
			if object[depth], named = c == '{', c == '{'; named {
				if seen[depth] == nil || len(seen[depth]) > fewFields { // clearing takes as long as it ever was large
					seen[depth] = make(map[string]bool)
				}
				clear(seen[depth])
			}
		case c == ']' || c == '}':
			depth, named = max(depth-1, 0), false
		case c == ',':
			named = object[depth]
		}
	}
	return nil
}

// maxProblems is how much of what is wrong with a request is told.
const maxProblems = 20

// withoutValues takes what was sent out of the answer that refuses it: it may be a
// password, a name or a place, and answers end up in logs. Where it stood and what
// is wrong with it stay. The texts themselves hold nothing that was sent
// (service.Tell); what huma says of a body is looked at here.
func withoutValues(v any, fields func() map[string]bool) any {
	problem, ok := v.(*huma.ErrorModel)
	if !ok {
		return v
	}
	bare := *problem
	bare.Errors = nil
	for i, e := range problem.Errors {
		if i == maxProblems {
			bare.Errors = append(bare.Errors, &huma.ErrorDetail{Message: fmt.Sprintf("and %d more", len(problem.Errors)-i)})
			break
		}
		bare.Errors = append(bare.Errors, &huma.ErrorDetail{Location: placeOf(e.Location, fields()), Message: formOf(e.Message)})
	}
	return &bare
}

// placeOf is where something stands, with the names of fields that there are: who
// sends a field that there is not may have typed anything for its name.
func placeOf(location string, fields map[string]bool) string {
	var out strings.Builder
	for i, part := range strings.Split(location, ".") {
		if i > 0 {
			out.WriteByte('.')
		}
		name, index, indexed := strings.Cut(part, "[")
		if fields[name] {
			out.WriteString(name)
		} else if name != "" {
			out.WriteString("…")
		}
		if n, err := strconv.Atoi(strings.TrimSuffix(index, "]")); indexed && err == nil {
			fmt.Fprintf(&out, "[%d]", n)
		}
	}
	return out.String()
}

// formOf is what something should have been, without why it is not, which says it.
func formOf(message string) string {
	form, _, cut := strings.Cut(message, ": ")
	for _, begin := range []string{"expected string to be ", "expected duration", "invalid value", "unknown content type"} {
		if cut && strings.HasPrefix(form, begin) {
			return form
		}
	}
	return message
}

// fieldsOf are the names of all that operations take: of parameters, of what is in
// bodies, and of where they stand.
func fieldsOf(doc *huma.OpenAPI) map[string]bool {
	out := map[string]bool{"path": true, "query": true, "header": true, "cookie": true, "body": true}
	var add func(*huma.Schema)
	add = func(s *huma.Schema) {
		if s == nil {
			return
		}
		for name, property := range s.Properties {
			out[name] = true
			add(property)
		}
		add(s.Items)
		for _, list := range [][]*huma.Schema{s.OneOf, s.AnyOf, s.AllOf} {
			for _, one := range list {
				add(one)
			}
		}
	}
	for _, s := range doc.Components.Schemas.Map() {
		add(s)
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				out[p.Name] = true
			}
			if op.RequestBody != nil {
				for _, content := range op.RequestBody.Content {
					add(content.Schema)
				}
			}
		}
	}
	return out
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
