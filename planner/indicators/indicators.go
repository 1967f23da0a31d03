package indicators

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sanse/planner"
)

// Measure is what can be measured.
type Measure string

// The measures. Each is a part of a whole, or a count.
const (
	OnTime       Measure = "on_time"      // visits made in their window, of those whose window is over
	Missed       Measure = "missed"       // windows that closed without a visit
	Owed         Measure = "owed"         // residents owed a visit, of all, at the end of the month
	Covered      Measure = "covered"      // visits made by midnight, of those that went to somebody else by the ladder
	Reached      Measure = "reached"      // records in which somebody was seen, of all
	Answered     Measure = "answered"     // cases answered by their deadline, of those answered or over it
	Satisfaction Measure = "satisfaction" // mean rating, 1 to 5
	Coverage     Measure = "coverage"     // residents who reach a service on foot, of all
)

// Unit is what a figure is of.
type Unit string

// The units.
const (
	Share  Unit = "share"  // 0 to 1
	Count  Unit = "count"  // a whole number
	Rating Unit = "rating" // 1 to 5
)

// Kind tells what a measure is like.
type Kind struct {
	Unit Unit
	Less bool // less of it is better
	K    int  // of how many it must be to be told; 0: any number
}

var kinds = map[Measure]Kind{
	OnTime: {Unit: Share}, Missed: {Unit: Count, Less: true}, Owed: {Unit: Share, Less: true}, Covered: {Unit: Share}, Reached: {Unit: Share},
	// Whoever rates a visit is not to be known by it.
	Answered: {Unit: Share}, Satisfaction: {Unit: Rating, K: 5}, Coverage: {Unit: Share},
}

// Measures are all there are, in the order in which they are offered.
var Measures = []Measure{OnTime, Missed, Owed, Covered, Reached, Answered, Satisfaction, Coverage}

// KindOf tells what a measure is like; false if it is none.
func KindOf(m Measure) (Kind, bool) {
	k, ok := kinds[m]
	return k, ok
}

// Indicator is a measure under a name of the district's own.
type Indicator struct {
	Code    string   `json:"code"` // small letters, digits, _
	ZH      string   `json:"zh"`
	EN      string   `json:"en"`
	Measure Measure  `json:"measure"`
	Service string   `json:"service,omitempty"` // of Coverage alone: the key of a service
	Target  *float64 `json:"target,omitempty"`  // in the measure's unit; nil: none
}

// Set is what a district measures itself by from a month on.
type Set struct {
	From       planner.Date `json:"from"` // the first of a month
	Indicators []Indicator  `json:"indicators"`
}

// Most is how many indicators a set has at most.
const Most = 8

var code = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Validate says what is wrong with a set, all of it.
func (s *Set) Validate() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if s.From != s.From.MonthStart() {
		add("from: want the first day of a month")
	}
	if n := len(s.Indicators); n == 0 || n > Most {
		add("indicators: want 1 to %d", Most)
	}
	seen := map[string]bool{}
	for i := range s.Indicators {
		x := &s.Indicators[i]
		kind, known := kinds[x.Measure]
		switch {
		case !code.MatchString(x.Code):
			add("indicator %d: code: want small letters, digits and _, 40 at most", i+1)
		case seen[x.Code]:
			add("indicator %d: code: it is there twice", i+1)
		}
		seen[x.Code] = true
		for name, text := range map[string]string{"zh": x.ZH, "en": x.EN} {
			if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > 40 {
				add("indicator %d: %s: want a name of at most 40 characters", i+1, name)
			}
		}
		if !known {
			add("indicator %d: measure: there is no such one", i+1)
			continue
		}
		if (x.Measure == Coverage) != (x.Service != "") {
			add("indicator %d: service: coverage wants one, others have none", i+1)
		}
		if x.Target != nil {
			bad := math.IsNaN(*x.Target) || *x.Target < 0
			switch kind.Unit {
			case Share:
				bad = bad || *x.Target > 1
			case Rating:
				bad = bad || *x.Target < 1 || *x.Target > 5
			case Count:
				bad = bad || *x.Target != math.Trunc(*x.Target) || *x.Target > 1e6
			}
			if bad {
				add("indicator %d: target: a share is 0 to 1, a rating 1 to 5, a count whole", i+1)
			}
		}
	}
	return errors.Join(errs...)
}

// On is the set that holds in the month of a day, of sets in order; false: none does.
func On(sets []Set, day planner.Date) (Set, bool) {
	for _, s := range slices.Backward(sets) {
		if s.From <= day.MonthStart() {
			return s, true
		}
	}
	return Set{}, false
}

// Reference is what a district may begin with, from the month of a day on.
func Reference(day planner.Date) Set {
	target := func(v float64) *float64 { return &v }
	return Set{From: day.MonthStart(), Indicators: []Indicator{
		{Code: "on_time", ZH: "走访按时率", EN: "Visits in time", Measure: OnTime, Target: target(.95)},
		{Code: "missed", ZH: "漏访", EN: "Missed visits", Measure: Missed, Target: target(0)},
		{Code: "owed", ZH: "欠访率", EN: "Residents owed a visit", Measure: Owed, Target: target(.02)},
		{Code: "covered", ZH: "补位成功率", EN: "Covered by the ladder", Measure: Covered, Target: target(.9)},
		{Code: "reached", ZH: "见面率", EN: "Somebody was seen", Measure: Reached, Target: target(.85)},
		{Code: "answered", ZH: "事件按时响应率", EN: "Cases answered in time", Measure: Answered, Target: target(.95)},
		{Code: "satisfaction", ZH: "满意度", EN: "Satisfaction", Measure: Satisfaction, Target: target(4.5)},
		{Code: "meals", ZH: "助餐覆盖率", EN: "Meals within 15 minutes", Measure: Coverage, Service: "meals", Target: target(.9)},
	}}
}

// Tally is what was counted for a measure. Of a Count only Part counts; of a Rating
// Part is the sum of all ratings.
type Tally struct {
	Part int `json:"part"`
	Of   int `json:"of"`
}

// Value is the figure of a measure; nil where there is nothing that it could be of, or
// too little to be told.
func (t Tally) Value(m Measure) *float64 {
	k, ok := kinds[m]
	if !ok || t.Of == 0 || t.Of < k.K {
		return nil
	}
	v := float64(t.Part)
	if k.Unit != Count {
		v /= float64(t.Of)
	}
	return &v
}

// Kept tells whether a figure is as good as its target.
func (x *Indicator) Kept(v float64) bool {
	switch {
	case x.Target == nil:
		return true
	case kinds[x.Measure].Less:
		return v <= *x.Target
	}
	return v >= *x.Target
}
