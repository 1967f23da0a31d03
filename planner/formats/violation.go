package formats

import (
	"cmp"
	"fmt"
	"slices"
)

// Violation is something wrong with a solution.
type Violation struct {
	Code   Code   `json:"code"`
	Route  string `json:"route,omitempty"` // which route, in words of the format
	Detail string `json:"detail"`
}

// Code says what is wrong. The list is closed; docs/formats.md describes each.
type Code string

// The codes.
const (
	CodeUnknownCustomer Code = "unknown_customer" // visits somebody who is not in the problem
	CodeUnknownVehicle  Code = "unknown_vehicle"  // a route of a vehicle, day or depot that does not exist
	CodeVehicleTwice    Code = "vehicle_twice"    // a vehicle has two routes on a day
	CodeTooManyVehicles Code = "too_many_vehicles"
	CodeOverLoad        Code = "over_load"
	CodeOverDuration    Code = "over_duration"
	CodeOverTasks       Code = "over_tasks"
	CodeOverDistance    Code = "over_distance"
	CodeLate            Code = "late"        // service begins outside the windows, or the route ends after its own
	CodeEarly           Code = "early"       // sooner than the way and the work before allow
	CodeNoWay           Code = "no_way"      // the matrix has no way from one step to the next
	CodeWrongDays       Code = "wrong_days"  // visited on days that the customer's rule does not allow
	CodeTwiceADay       Code = "twice_a_day" // visited more often than once on a day
	CodeNotVisited      Code = "not_visited" // not visited, and not listed as such
	CodeListedButDone   Code = "listed_but_visited"
	CodeSkillMissing    Code = "skill_missing"
	CodeBreakWrong      Code = "break_wrong"  // a break is missing, unknown or at a wrong time
	CodeWrongFigure     Code = "wrong_figure" // a figure that the solution states is not what it comes to
	CodeWrongShape      Code = "wrong_shape"  // a route does not begin or end where it must
)

// Codes returns the closed list of codes.
func Codes() []Code {
	return []Code{
		CodeUnknownCustomer, CodeUnknownVehicle, CodeVehicleTwice, CodeTooManyVehicles, CodeOverLoad, CodeOverDuration,
		CodeOverTasks, CodeOverDistance, CodeLate, CodeEarly, CodeNoWay, CodeWrongDays, CodeTwiceADay, CodeNotVisited,
		CodeListedButDone, CodeSkillMissing, CodeBreakWrong, CodeWrongFigure, CodeWrongShape,
	}
}

type violations []Violation

func (v *violations) add(code Code, route, format string, args ...any) {
	*v = append(*v, Violation{code, route, fmt.Sprintf(format, args...)})
}

// sorted orders violations by code, then by where they are found.
func (v violations) sorted() []Violation {
	slices.SortStableFunc(v, func(a, b Violation) int { return cmp.Compare(a.Code, b.Code) })
	return v
}
