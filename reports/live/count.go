package live

import (
	"slices"
	"time"
)

// Visit is one resident who is to be seen on the day.
type Visit struct {
	Area    string // the smallest in which they live
	Done    bool   // somebody saw them
	Late    bool   // by the hour at which others take over nobody had, or before the day already
	Covered bool   // it came to somebody else, who has it or made it
}

// Case is one that is open.
type Case struct {
	Area     string // the smallest in which it is
	Kind     string
	Level    string    // who holds it
	Deadline time.Time // to answer while nobody has taken it up, afterwards to solve it
	Waiting  bool      // nobody has taken it up
}

// Kind is how many cases of a kind are open.
type Kind struct {
	Open    int
	Waiting int // of which nobody has taken up
	Overdue int // of which are past their deadline
}

// Counts are those of an area.
type Counts struct {
	Due, Done, Late, Covered int
	Kinds                    map[string]Kind
}

// Open is how many cases of all kinds are open, and past their deadline.
func (c *Counts) Open() (open, overdue int) {
	for _, k := range c.Kinds {
		open += k.Open
		overdue += k.Overdue
	}
	return open, overdue
}

// Day is what Count comes to.
type Day struct {
	Areas map[string]*Counts // by code; areas in which there is nothing are left out
	Next  time.Time          // when time alone changes them: the next deadline; zero: never
}

// Of returns the counts of an area, which are the caller's to read only.
func (d *Day) Of(area string) *Counts {
	if c := d.Areas[area]; c != nil {
		return c
	}
	return &Counts{Kinds: map[string]Kind{}}
}

// Count adds up visits and cases for all areas that hold them at a moment. The parent
// of an area is the area right above it, empty for the outermost one.
func Count(visits []Visit, cases []Case, parent func(area string) string, now time.Time) *Day {
	d := &Day{Areas: make(map[string]*Counts)}
	each := func(area string, add func(*Counts)) {
		for ; area != ""; area = parent(area) {
			c := d.Areas[area]
			if c == nil {
				c = &Counts{Kinds: make(map[string]Kind)}
				d.Areas[area] = c
			}
			add(c)
		}
	}
	for i := range visits {
		v := &visits[i]
		each(v.Area, func(c *Counts) {
			c.Due++
			if v.Covered {
				c.Covered++
			}
			switch {
			case v.Done:
				c.Done++
			case v.Late:
				c.Late++
			}
		})
	}
	for i := range cases {
		k := &cases[i]
		over := !k.Deadline.After(now)
		if !over && (d.Next.IsZero() || k.Deadline.Before(d.Next)) {
			d.Next = k.Deadline
		}
		each(k.Area, func(c *Counts) {
			n := c.Kinds[k.Kind]
			n.Open++
			if k.Waiting {
				n.Waiting++
			}
			if over {
				n.Overdue++
			}
			c.Kinds[k.Kind] = n
		})
	}
	return d
}

// Nearest returns the cases of an area whose deadlines come first, at most so many:
// those that are over first. Within tells whether an area lies in that one.
func Nearest(cases []Case, within func(area string) bool, most int) []Case {
	var out []Case
	for _, c := range cases {
		if within(c.Area) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Case) int { return a.Deadline.Compare(b.Deadline) })
	return out[:min(len(out), most)]
}
