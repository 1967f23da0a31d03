package streetapi

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// reader takes options one by one and remembers the first thing wrong, so that
// a service reads them in a straight line. Options that nobody took are unknown
// to the service: InvalidQuery, as in OSRM.
type reader struct {
	options options
	taken   map[string]bool
	failed  error
}

func (o options) reader() *reader { return &reader{options: o, taken: map[string]bool{}} }

func (r *reader) value(name string) (string, bool) {
	r.taken[name] = true
	v, ok := r.options[name]
	return v, ok
}

func (r *reader) fail(code, format string, args ...any) {
	if r.failed == nil {
		r.failed = fail(code, format, args...)
	}
}

// done returns the first failure, or one of an option left over.
func (r *reader) done() error {
	if r.failed != nil {
		return r.failed
	}
	for name := range r.options {
		if !r.taken[name] {
			return fail(codeInvalidQuery, "Query string malformed: an option is unknown, there are %s", strings.Join(slices.Sorted(maps.Keys(r.taken)), ", "))
		}
	}
	return nil
}

// word reads one of several words, the first of which is the default.
func (r *reader) word(name string, words ...string) string {
	v, ok := r.value(name)
	if !ok {
		return words[0]
	}
	if !slices.Contains(words, v) {
		r.fail(codeInvalidQuery, "Query string malformed: %s, want one of %s", name, strings.Join(words, ", "))
		return words[0]
	}
	return v
}

func (r *reader) truth(name string, otherwise bool) bool {
	words := []string{"false", "true"}
	if otherwise {
		words = []string{"true", "false"}
	}
	return r.word(name, words...) == "true"
}

// positive reads a number above zero; 0 when it is not there.
func (r *reader) positive(name string) float64 {
	v, ok := r.value(name)
	if !ok {
		return 0
	}
	n, ok := parseDecimal(v)
	if !ok {
		r.fail(codeInvalidQuery, "Query string malformed: %s is no number", name)
	} else if !(n > 0) {
		r.fail(codeInvalidOptions, "%s must be above 0", name)
	}
	return n
}

// list reads "a;b;c"; nil when it is not there. It must have as many elements
// as there are coordinates.
func (r *reader) list(name string, n int) []string {
	v, ok := r.value(name)
	if !ok {
		return nil
	}
	// Two coordinates and no element at all is written as nothing, too.
	if v == "" {
		return nil
	}
	if count := strings.Count(v, ";") + 1; count != n {
		r.fail(codeInvalidOptions, "Number of %s (%d) does not match the number of coordinates (%d)", name, count, n)
		return nil
	}
	return strings.Split(v, ";")
}

// radiuses reads the metres within which each coordinate must have its street:
// +Inf is unlimited, and -1 stands where nothing is said.
func (r *reader) radiuses(n int) []float64 {
	list := r.list("radiuses", n)
	if list == nil {
		return nil
	}
	out := make([]float64, len(list))
	for i, s := range list {
		switch v, ok := parseDecimal(s); {
		case s == "":
			out[i] = -1
		case s == "unlimited":
			out[i] = math.Inf(1)
		case !ok:
			r.fail(codeInvalidQuery, "Query string malformed: radius %d is no number", i)
		case !(v >= 0):
			r.fail(codeInvalidValue, "Invalid radius: radius %d is below 0", i)
		default:
			out[i] = v
		}
	}
	return out
}

// bearing is a direction in degrees from north, clockwise, and how far off it
// may be; a zero range with set false is any direction.
type bearing struct {
	value, spread int
	set           bool
}

func (r *reader) bearings(n int) []bearing {
	list := r.list("bearings", n)
	if list == nil {
		return nil
	}
	out := make([]bearing, len(list))
	for i, s := range list {
		if s == "" {
			continue
		}
		value, spread, found := strings.Cut(s, ",")
		v, errV := strconv.Atoi(value)
		w, errW := strconv.Atoi(spread)
		switch {
		case !found || errV != nil || errW != nil:
			r.fail(codeInvalidQuery, "Query string malformed: bearing %d, want value,range", i)
		case v < 0 || v > 360 || w < 0 || w > 180:
			r.fail(codeInvalidValue, "Invalid bearing: bearing %d is outside 0 to 360, 0 to 180", i)
		default:
			out[i] = bearing{v, w, true}
		}
	}
	return out
}

// indices reads "0;2;5" or "all" (nil) of n coordinates.
func (r *reader) indices(name string, n int) []int {
	v, ok := r.value(name)
	if !ok || v == "all" {
		return nil
	}
	if strings.Count(v, ";") >= max(n, 1) {
		r.fail(codeInvalidOptions, "Number of %s is higher than the number of coordinates", name)
		return nil
	}
	var out []int
	for s := range strings.SplitSeq(v, ";") {
		i, err := strconv.Atoi(s)
		if err != nil || s[0] == '+' {
			r.fail(codeInvalidQuery, "Query string malformed: %s, want indices or all", name)
			return nil
		}
		if i < 0 || i >= n {
			r.fail(codeInvalidOptions, "%s has index %d, the coordinates are 0 to %d", name, i, n-1)
			return nil
		}
		out = append(out, i)
	}
	return out
}

// set reads "true", "false" or a list of words; true gives all of them.
func (r *reader) set(name string, words ...string) map[string]bool {
	out := map[string]bool{}
	v, ok := r.value(name)
	if !ok || v == "false" {
		return out
	}
	if v == "true" {
		for _, w := range words {
			out[w] = true
		}
		return out
	}
	for w := range strings.SplitSeq(v, ",") {
		if !slices.Contains(words, w) {
			r.fail(codeInvalidQuery, "Query string malformed: %s, want true, false or some of %s", name, strings.Join(words, ", "))
			return out
		}
		out[w] = true
	}
	return out
}
