package ogc

import (
	"cmp"
	"strings"

	"github.com/paulmach/orb"
)

// Type is the type of a property.
type Type uint8

// The types.
const (
	Text Type = iota + 1
	Number
	Boolean
	Date // text, YYYY-MM-DD
	Geometry
)

// String returns the type's word in errors.
func (t Type) String() string {
	switch t {
	case Text:
		return "text"
	case Number:
		return "a number"
	case Boolean:
		return "true or false"
	case Date:
		return "a date"
	case Geometry:
		return "a geometry"
	default:
		return "nothing"
	}
}

// Queryable is a property that a filter may name.
type Queryable struct {
	Name string
	Type Type
}

// Item is what a filter is asked about.
type Item interface {
	// Value is the value of queryable i: a string, bool, int, int64 or float64;
	// nil if it has none.
	Value(i int) any
	// Shape is the item's geometry.
	Shape() orb.Geometry
}

// Filter is a filter that was read. It is immutable; the zero value lets
// everything through.
type Filter struct{ root node }

// Match tells whether the filter lets an item through.
func (f *Filter) Match(item Item) bool { return f.root == nil || f.root.ask(&asked{Item: item}) == yes }

// asked is an item with its geometry taken apart, once for all predicates.
type asked struct {
	Item
	taken *shape
}

// apart is the geometry taken apart; nil if the item has none.
func (a *asked) apart() *shape {
	if a.taken == nil {
		if g := a.Shape(); g != nil {
			a.taken = newShape(g)
		}
	}
	return a.taken
}

// truth is the answer of a predicate: what is null makes it unknown.
type truth uint8

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

type node interface{ ask(*asked) truth }

type (
	// and, or and not join predicates as SQL does.
	and []node
	or  []node
	not struct{ of node }

	literalTruth truth

	comparison struct {
		a, b scalar
		op   string
	}
	isNull struct{ queryable int }
	like   struct {
		of      scalar
		pattern []part
	}
	between    struct{ of, low, high scalar }
	in         struct{ of, list []scalar } // of has one
	intersects struct{ shape *shape }
)

func (n and) ask(i *asked) truth {
	all := yes
	for _, c := range n {
		if all = min(all, c.ask(i)); all == no {
			break
		}
	}
	return all
}

func (n or) ask(i *asked) truth {
	anyOf := no
	for _, c := range n {
		if anyOf = max(anyOf, c.ask(i)); anyOf == yes {
			break
		}
	}
	return anyOf
}

func (n not) ask(i *asked) truth { return yes - n.of.ask(i) }

func (n literalTruth) ask(*asked) truth { return truth(n) }

func (n comparison) ask(i *asked) truth {
	c, known := compare(n.a.of(i), n.b.of(i))
	if !known {
		return unknown
	}
	switch n.op {
	case "=":
		return truthOf(c == 0)
	case "<>":
		return truthOf(c != 0)
	case "<":
		return truthOf(c < 0)
	case "<=":
		return truthOf(c <= 0)
	case ">":
		return truthOf(c > 0)
	default:
		return truthOf(c >= 0)
	}
}

func (n isNull) ask(i *asked) truth { return truthOf(i.Value(n.queryable) == nil) }

func (n like) ask(i *asked) truth {
	text, ok := n.of.of(i).(string)
	if !ok {
		return unknown
	}
	return truthOf(matches(text, n.pattern))
}

func (n between) ask(i *asked) truth {
	return and{comparison{n.of, n.low, ">="}, comparison{n.of, n.high, "<="}}.ask(i)
}

func (n in) ask(i *asked) truth {
	found := no
	for _, s := range n.list {
		found = max(found, comparison{n.of[0], s, "="}.ask(i))
	}
	return found
}

func (n intersects) ask(i *asked) truth {
	o := i.apart()
	if o == nil {
		return unknown
	}
	return truthOf(n.shape.meets(o))
}

// scalar is a property or a literal.
type scalar struct {
	queryable int // -1 for a literal
	literal   any
	kind      Type
}

func (s scalar) of(i *asked) any {
	if s.queryable < 0 {
		return s.literal
	}
	switch v := i.Value(s.queryable).(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	default:
		return v
	}
}

// compare orders two values of one type; it is not known if one is null.
func compare(a, b any) (order int, known bool) {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), true
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b), true
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(b2i(a), b2i(b)), true
		}
	}
	return 0, false
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// part is a piece of a LIKE pattern: a character, any character, or any number
// of any characters.
type part struct {
	char rune
	any  bool
	many bool
}

// pattern reads a LIKE pattern: % is anything, _ any character, \ makes the next
// one stand for itself.
func pattern(text string) []part {
	var out []part
	escaped := false
	for _, r := range text {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == '%':
			if n := len(out); n == 0 || !out[n-1].many {
				out = append(out, part{many: true})
			}
		case !escaped && r == '_':
			out = append(out, part{any: true})
		default:
			out = append(out, part{char: r})
		}
		escaped = false
	}
	if escaped {
		out = append(out, part{char: '\\'})
	}
	return out
}

// matches tells whether a text is of a pattern. A failed try goes back to the
// last % only, so that the time is the product of the two lengths at most.
func matches(text string, pattern []part) bool {
	runes := []rune(text)
	p, t, back, mark := 0, 0, -1, 0
	for t < len(runes) {
		switch {
		case p < len(pattern) && pattern[p].many:
			back, mark = p, t
			p++
		case p < len(pattern) && (pattern[p].any || pattern[p].char == runes[t]):
			p++
			t++
		case back >= 0:
			mark++
			p, t = back+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p].many {
		p++
	}
	return p == len(pattern)
}
