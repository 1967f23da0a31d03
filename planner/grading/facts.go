package grading

import (
	"slices"
	"time"

	"sanse/planner"
)

// How far back facts are looked for.
const (
	maxUnanswered = 50
	maxLapseDays  = 60
)

// Facts are what is known of a resident.
type Facts struct {
	Grade      string                  `json:"grade"` // the present one
	Kinds      []string                `json:"kinds,omitempty"`
	Noted      map[string]planner.Date `json:"noted,omitempty"`      // by code, the latest day
	Unanswered int                     `json:"unanswered,omitempty"` // visits in a row, the last ones, at which nobody was seen
	Lapsed     []planner.Date          `json:"lapsed,omitempty"`     // last days of windows that closed without a visit
	Found      []Found                 `json:"found,omitempty"`
	Cases      []Case                  `json:"cases,omitempty"`
	// Raised is set where the present grade is one that was decided on, in the place
	// of a less strict one.
	Raised *Raised `json:"raised,omitempty"`
	// Kept is the last suggestion that was not followed, since the grade is what it is.
	Kept *Kept `json:"kept,omitempty"`
}

// Found is the answer to an item of the form when it was last asked.
type Found struct {
	Item   string       `json:"item"`
	Answer string       `json:"answer"`
	Day    planner.Date `json:"day"`
}

// Case is a case that was opened about the resident.
type Case struct {
	Kind string       `json:"kind"`
	Day  planner.Date `json:"day"`
}

// Raised is the grade before a decision, and its day.
type Raised struct {
	From string       `json:"from"`
	On   planner.Date `json:"on"`
}

// Kept is a suggestion that was not followed, and when that was decided.
type Kept struct {
	Grade   string       `json:"grade"`
	Reasons []string     `json:"reasons"`
	On      planner.Date `json:"on"`
}

// Fact is one that made a condition hold.
type Fact struct {
	What string       `json:"what"`           // kind, noted, age, unanswered, lapses, found, case
	Code string       `json:"code,omitempty"` // which: of a kind, a note, an item or a case
	Word string       `json:"word,omitempty"` // the answer, of what was found
	N    int          `json:"n,omitempty"`    // years, visits, lapses, cases
	Day  planner.Date `json:"day,omitzero"`   // the latest
}

// since is the first day that counts of so many back; of 0 every day does.
func since(on planner.Date, days int) planner.Date {
	if days == 0 {
		return 0
	}
	return on - planner.Date(days) + 1
}

// holds tells whether a condition holds on a day, and the fact that it does by; of
// what must not be so there is none. What is to come counts for nothing.
func (c *Condition) holds(f *Facts, on planner.Date) (Fact, bool) {
	fact, is := c.fact(f, on)
	if c.Not {
		return Fact{}, !is
	}
	return fact, is
}

func (c *Condition) fact(f *Facts, on planner.Date) (Fact, bool) {
	first := since(on, c.Days)
	in := func(d planner.Date) bool { return (c.Days == 0 || first <= d) && d <= on }
	switch {
	case c.Kind != "":
		return Fact{What: "kind", Code: c.Kind}, slices.Contains(f.Kinds, c.Kind)
	case c.Noted != "":
		day, noted := f.Noted[c.Noted]
		return Fact{What: "noted", Code: c.Noted, Day: day}, noted && in(day)
	case c.Age > 0:
		born, known := f.Noted[Born]
		n := years(born, on)
		return Fact{What: "age", N: n}, known && born <= on && n >= c.Age
	case c.Unanswered > 0:
		return Fact{What: "unanswered", N: f.Unanswered}, f.Unanswered >= c.Unanswered
	case c.Lapses > 0:
		out := Fact{What: "lapses"}
		for _, d := range f.Lapsed {
			if in(d) {
				out.N, out.Day = out.N+1, max(out.Day, d)
			}
		}
		return out, out.N >= c.Lapses
	case c.Found != "":
		var last *Found
		for i := range f.Found {
			x := &f.Found[i]
			if x.Item == c.Found && slices.Contains(c.Answers, x.Answer) && in(x.Day) && (last == nil || x.Day > last.Day || x.Day == last.Day && x.Answer < last.Answer) {
				last = x
			}
		}
		if last != nil {
			return Fact{What: "found", Code: last.Item, Word: last.Answer, Day: last.Day}, true
		}
	case c.Case != "":
		out := Fact{What: "case", Code: c.Case}
		for _, x := range f.Cases {
			if x.Kind == c.Case && in(x.Day) {
				out.N, out.Day = out.N+1, max(out.Day, x.Day)
			}
		}
		return out, out.N > 0
	}
	return Fact{}, false
}

// years is how old somebody is on a day who was born on another.
func years(born, on planner.Date) int {
	b, o := born.Time(), on.Time()
	n := o.Year() - b.Year()
	if o.Before(time.Date(o.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)) {
		n--
	}
	return n
}
