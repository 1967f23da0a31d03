package planner

import "slices"

// The reasons, in the order in which they are tried: the first that fits is
// the one given.
const (
	// ReasonAbsent : the resident is away, or the rules are paused, on every
	// day that is left of the window.
	ReasonAbsent Reason = "absent"
	// ReasonRuleImpossible : no calendar meets the rules, whoever works.
	ReasonRuleImpossible Reason = "rule_impossible"
	// ReasonNoVisitorInScope : no visitor's scope holds the resident.
	ReasonNoVisitorInScope Reason = "no_visitor_in_scope"
	// ReasonSkillMissing : of those whose scope holds the resident nobody has
	// the skills, or is of the kind, that the visit needs.
	ReasonSkillMissing Reason = "skill_missing"
	// ReasonUnreachable : there is no way to the door from the start of any
	// visitor in scope.
	ReasonUnreachable Reason = "unreachable"
	// ReasonNoVisitorWorking : nobody in scope with a way to the door works on a day
	// of the window.
	ReasonNoVisitorWorking Reason = "no_visitor_working"
	// ReasonWindowClosed : on no day of the window does the door open while
	// somebody in scope works.
	ReasonWindowClosed Reason = "window_closed"
	// ReasonNoSecondVisitor : two must come, and on no day of the window do two
	// who may come work at the same time.
	ReasonNoSecondVisitor Reason = "no_second_visitor"
	// ReasonVisitTooLong : the visit and its walk fit in no shift, even an
	// empty one.
	ReasonVisitTooLong Reason = "visit_too_long"
	// ReasonNoFreeTime : every shift that could hold the visit is full.
	ReasonNoFreeTime Reason = "no_free_time"
	// ReasonSearchGap : a visit would fit; the search did not find it.
	ReasonSearchGap Reason = "search_gap"
)

// Reasons returns the closed list of reasons.
func Reasons() []Reason {
	return []Reason{
		ReasonAbsent, ReasonRuleImpossible, ReasonNoVisitorInScope, ReasonSkillMissing, ReasonUnreachable,
		ReasonNoVisitorWorking, ReasonWindowClosed, ReasonNoSecondVisitor, ReasonVisitTooLong, ReasonNoFreeTime,
		ReasonSearchGap,
	}
}

// Valid tells whether the reason is on the list.
func (r Reason) Valid() bool { return slices.Contains(Reasons(), r) }

// text says the reason in English, in a few words.
func (r Reason) text() string {
	switch r {
	case ReasonAbsent:
		return "away"
	case ReasonRuleImpossible:
		return "rules that no calendar meets"
	case ReasonNoVisitorInScope:
		return "nobody has the area"
	case ReasonSkillMissing:
		return "nobody has the skill"
	case ReasonUnreachable:
		return "no way to the door"
	case ReasonNoVisitorWorking:
		return "nobody works"
	case ReasonWindowClosed:
		return "the door is closed"
	case ReasonNoSecondVisitor:
		return "no second visitor"
	case ReasonVisitTooLong:
		return "no shift is long enough"
	case ReasonNoFreeTime:
		return "all shifts are full"
	case ReasonSearchGap:
		return "the search did not find it"
	}
	return string(r)
}
