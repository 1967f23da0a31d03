package nearby

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// Duty is whether a visitor works at a moment.
type Duty uint8

// The duties, the ablest first.
const (
	Working Duty = iota // in a shift
	Later               // on the same day, before or after
	Off                 // not on that day
)

// String writes working, later or off.
func (d Duty) String() string {
	switch d {
	case Working:
		return "working"
	case Later:
		return "later"
	default:
		return "off"
	}
}

// DutyAt tells whether a visitor works at a moment.
func DutyAt(v *planner.Visitor, now planner.Moment) Duty {
	if slices.Contains(v.DaysOff, now.Date) {
		return Off
	}
	duty := Off
	for _, s := range v.Shifts {
		if s.Weekday != now.Date.Weekday() {
			continue
		}
		if s.From <= now.Clock && now.Clock < s.To {
			return Working
		}
		duty = Later
	}
	return duty
}

// Whereabouts is where a visitor is at a moment, by the plan.
type Whereabouts struct {
	Point orb.Point
	Stop  *planner.Stop // at its door, or on the way from it; nil: at the start, or back from a walk
	Busy  bool          // at a door now
}

// Where tells where a visitor is at a moment: at the door that the plan has them at,
// else at the one that they left last, and before and after their walks where
// these begin and end. Place says where a stop is, false if that is not known any
// more: then it is as if it were not there. Walks of others and of other days are
// left out.
func Where(v *planner.Visitor, walks []planner.Itinerary, now planner.Moment, place func(*planner.Stop) (orb.Point, bool)) Whereabouts {
	at := Whereabouts{Point: v.Start}
	depart := planner.Clock(-1)
	for i := range walks {
		it := &walks[i]
		if it.Visitor != v.ID || it.Date != now.Date || it.Depart > now.Clock || it.Depart < depart || len(it.Stops) == 0 {
			continue
		}
		depart, at = it.Depart, Whereabouts{Point: v.Start} // the walk that began last
		for k := range it.Stops {
			st := &it.Stops[k]
			if st.Arrive > now.Clock {
				break
			}
			if p, known := place(st); known {
				at = Whereabouts{Point: p, Stop: st, Busy: now.Clock < st.Leave}
			}
		}
		last := it.Stops[len(it.Stops)-1].Leave
		if home := last + planner.Clock((it.ReturnSeconds+59)/60); v.End != nil && last <= now.Clock && home <= now.Clock {
			at = Whereabouts{Point: *v.End}
		}
	}
	return at
}

// Helper is somebody who could come.
type Helper struct {
	ID      string
	Duty    Duty
	Seconds int // of the way; less than 0: there is none
}

// Rank sorts helpers in the order in which they are asked and returns at most so many:
// those who work now by the length of their way, then those who work later on the day;
// of equals the smaller id. Who is off or has no way is left out.
func Rank(list []Helper, most int) []Helper {
	out := slices.DeleteFunc(slices.Clone(list), func(h Helper) bool { return h.Duty == Off || h.Seconds < 0 })
	slices.SortFunc(out, func(a, b Helper) int {
		return cmp.Or(cmp.Compare(a.Duty, b.Duty), cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), most)]
}
