package ogc

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is read, so that nobody can keep the program busy with a
// filter: its bytes, how deep brackets and NOT may lie in one another, how often
// it may ask where an item lies, and the positions of the geometries that it asks
// with, all together. Every item is held against each of them.
const (
	MaxFilter    = 16 << 10
	MaxSpatial   = 20
	MaxPositions = 500
	maxDepth     = 40
)

// Parse reads a filter over those queryables. An empty text lets everything
// through. Names of properties are taken as they are written; keywords in any
// case. Of a timestamp the day in that time zone counts; nil is UTC.
func Parse(text string, queryables []Queryable, zone *time.Location) (*Filter, error) {
	if strings.TrimSpace(text) == "" {
		return &Filter{}, nil
	}
	p := &parser{lexer: lexer{text: text}, queryables: queryables, zone: zone}
	if zone == nil {
		p.zone = time.UTC
	}
	if len(text) > MaxFilter {
		return nil, p.wrong(MaxFilter, "the filter is longer than %d bytes", MaxFilter)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	root, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.now.kind != tokenEnd {
		return nil, p.wrong(p.now.at, "the filter should end here, or go on with AND or OR, but there is %s", p.now)
	}
	return &Filter{root}, nil
}

// Equal is the filter that lets through items whose property has that value, as
// a parameter of an address gives it.
func Equal(queryables []Queryable, name, text string) (*Filter, error) {
	i := slices.IndexFunc(queryables, func(q Queryable) bool { return q.Name == name })
	if i < 0 {
		return nil, errors.New("there is no such property")
	}
	property := scalar{queryable: i, kind: queryables[i].Type}
	value := scalar{queryable: -1, kind: property.kind}
	switch property.kind {
	case Text, Date:
		value.literal = text
	case Number:
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errors.New("want a number")
		}
		value.literal = v
	case Boolean:
		if text != "true" && text != "false" {
			return nil, errors.New("want true or false")
		}
		value.literal = text == "true"
	default:
		return nil, fmt.Errorf("%q is %s, which is equal to nothing", name, property.kind)
	}
	return &Filter{comparison{property, value, "="}}, nil
}

// parser reads by recursive descent, one token ahead.
type parser struct {
	lexer
	now        token
	queryables []Queryable
	zone       *time.Location
	depth      int
	spatials   int // S_INTERSECTS so far
	positions  int // of geometries so far
}

func (p *parser) step() (err error) {
	p.now, err = p.next()
	return err
}

// take goes on if the token is that keyword or sign.
func (p *parser) take(text string) (bool, error) {
	if p.now.is(text) || p.now.kind == tokenSign && p.now.text == text {
		return true, p.step()
	}
	return false, nil
}

// want is take for what must be there.
func (p *parser) want(text string) error {
	at := p.now
	ok, err := p.take(text)
	if err == nil && !ok {
		return p.wrong(at.at, "want %s, but there is %s", text, at)
	}
	return err
}

func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return p.wrong(p.now.at, "the filter is nested more than %d deep", maxDepth)
	}
	return nil
}

func (p *parser) disjunction() (node, error) {
	first, err := p.conjunction()
	if err != nil {
		return nil, err
	}
	all := or{first}
	for p.now.is("OR") {
		if err := p.step(); err != nil {
			return nil, err
		}
		n, err := p.conjunction()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	if len(all) == 1 {
		return first, nil
	}
	return all, nil
}

func (p *parser) conjunction() (node, error) {
	first, err := p.factor()
	if err != nil {
		return nil, err
	}
	all := and{first}
	for p.now.is("AND") {
		if err := p.step(); err != nil {
			return nil, err
		}
		n, err := p.factor()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	if len(all) == 1 {
		return first, nil
	}
	return all, nil
}

func (p *parser) factor() (node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if ok, err := p.take("NOT"); err != nil {
		return nil, err
	} else if ok {
		n, err := p.factor()
		return not{n}, err
	}
	if ok, err := p.take("("); err != nil {
		return nil, err
	} else if ok {
		n, err := p.disjunction()
		if err != nil {
			return nil, err
		}
		return n, p.want(")")
	}
	if p.now.is("S_INTERSECTS") {
		return p.spatial()
	}
	return p.predicate()
}

// predicate reads what begins with a property or a literal.
func (p *parser) predicate() (node, error) {
	at := p.now
	a, err := p.scalar()
	if err != nil {
		return nil, err
	}
	negated, err := p.take("NOT")
	if err != nil {
		return nil, err
	}
	var n node
	switch {
	case p.now.is("LIKE"):
		n, err = p.like(a, at)
	case p.now.is("BETWEEN"):
		n, err = p.between(a)
	case p.now.is("IN"):
		n, err = p.in(a)
	case negated:
		return nil, p.wrong(p.now.at, "want LIKE, BETWEEN or IN after NOT, but there is %s", p.now)
	case p.now.is("IS"):
		return p.isNull(a, at)
	case p.now.kind == tokenSign && slices.Contains([]string{"=", "<>", "<", "<=", ">", ">="}, p.now.text):
		return p.comparison(a)
	case a.kind == Boolean && a.queryable < 0:
		return literalTruth(truthOf(a.literal == true)), nil
	case a.kind == Boolean:
		return comparison{a, scalar{queryable: -1, literal: true, kind: Boolean}, "="}, nil
	default:
		return nil, p.wrong(p.now.at, "want a comparison, but there is %s", p.now)
	}
	if err != nil {
		return nil, err
	}
	if negated {
		return not{n}, nil
	}
	return n, nil
}

func (p *parser) comparison(a scalar) (node, error) {
	op := p.now.text
	if err := p.step(); err != nil {
		return nil, err
	}
	b, err := p.sameType(a)
	if err != nil {
		return nil, err
	}
	return comparison{a, b, op}, nil
}

// sameType reads a scalar that can be compared with a.
func (p *parser) sameType(a scalar) (scalar, error) {
	at := p.now.at
	b, err := p.scalar()
	if err != nil {
		return b, err
	}
	// A date may be written as a plain text.
	same := a.kind == b.kind || a.kind == Date && b.kind == Text || a.kind == Text && b.kind == Date
	if !same {
		return b, p.wrong(at, "this is %s, and is held against %s", b.kind, a.kind)
	}
	return b, nil
}

func (p *parser) like(a scalar, at token) (node, error) {
	if a.kind != Text {
		return nil, p.wrong(at.at, "LIKE is for text, this is %s", a.kind)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if p.now.kind != tokenText {
		return nil, p.wrong(p.now.at, "want a pattern in quotes after LIKE, but there is %s", p.now)
	}
	n := like{a, pattern(p.now.text)}
	return n, p.step()
}

func (p *parser) between(a scalar) (node, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	low, err := p.sameType(a)
	if err != nil {
		return nil, err
	}
	if err := p.want("AND"); err != nil {
		return nil, err
	}
	high, err := p.sameType(a)
	return between{a, low, high}, err
}

func (p *parser) in(a scalar) (node, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	if err := p.want("("); err != nil {
		return nil, err
	}
	n := in{of: []scalar{a}}
	for {
		b, err := p.sameType(a)
		if err != nil {
			return nil, err
		}
		n.list = append(n.list, b)
		if ok, err := p.take(","); err != nil {
			return nil, err
		} else if !ok {
			return n, p.want(")")
		}
	}
}

func (p *parser) isNull(a scalar, at token) (node, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	negated, err := p.take("NOT")
	if err != nil {
		return nil, err
	}
	if err := p.want("NULL"); err != nil {
		return nil, err
	}
	if a.queryable < 0 {
		return nil, p.wrong(at.at, "IS NULL is for properties")
	}
	if negated {
		return not{isNull{a.queryable}}, nil
	}
	return isNull{a.queryable}, nil
}

// scalar reads a property or a literal.
func (p *parser) scalar() (scalar, error) {
	t := p.now
	s := scalar{queryable: -1}
	switch {
	case t.kind == tokenText:
		s.kind, s.literal = Text, t.text
	case t.kind == tokenNumber:
		v, err := strconv.ParseFloat(t.text, 64)
		if err != nil || math.IsInf(v, 0) {
			return s, p.wrong(t.at, "this is no number that can be held")
		}
		s.kind, s.literal = Number, v
	case t.is("TRUE"), t.is("FALSE"):
		s.kind, s.literal = Boolean, t.is("TRUE")
	case t.is("DATE"), t.is("TIMESTAMP"):
		return p.instant()
	case t.kind == tokenName, t.kind == tokenQuoted:
		s.queryable = slices.IndexFunc(p.queryables, func(q Queryable) bool { return q.Name == t.text })
		if s.queryable < 0 {
			return s, p.wrong(t.at, "there is no such property; there are %s", p.names())
		}
		if s.kind = p.queryables[s.queryable].Type; s.kind == Geometry {
			return s, p.wrong(t.at, "%q is a geometry: only S_INTERSECTS takes it", t.text)
		}
	default:
		return s, p.wrong(t.at, "want a property or a value, but there is %s", t)
	}
	return s, p.step()
}

func (p *parser) names() string {
	var names []string
	for _, q := range p.queryables {
		names = append(names, q.Name)
	}
	return strings.Join(names, ", ")
}

// instant reads DATE('…') or TIMESTAMP('…'); of a timestamp its day in the time
// zone counts.
func (p *parser) instant() (scalar, error) {
	s := scalar{queryable: -1, kind: Date}
	layout, zone := time.DateOnly, time.UTC
	if p.now.is("TIMESTAMP") {
		layout, zone = time.RFC3339Nano, p.zone
	}
	if err := p.step(); err != nil {
		return s, err
	}
	if err := p.want("("); err != nil {
		return s, err
	}
	if p.now.kind != tokenText {
		return s, p.wrong(p.now.at, "want a time in quotes, but there is %s", p.now)
	}
	at, err := time.Parse(layout, p.now.text)
	if err != nil {
		return s, p.wrong(p.now.at, "this is not written as %s", layout)
	}
	s.literal = at.In(zone).Format(time.DateOnly)
	if err := p.step(); err != nil {
		return s, err
	}
	return s, p.want(")")
}
