package planner

// Plan is what the planner answers: the canonical JSON of docs/schema/plan.json.
type Plan struct {
	Start       Date        `json:"start"`
	Days        int         `json:"days"`
	Itineraries []Itinerary `json:"itineraries"`
	Unplanned   []Unplanned `json:"unplanned"`
}

// Itinerary is the walk of one visitor in one shift of one day.
type Itinerary struct {
	Visitor string `json:"visitor"`
	Date    Date   `json:"date"`
	Block   string `json:"block"` // whose matrix the times are from
	Depart  Clock  `json:"depart"`
	Stops   []Stop `json:"stops"`
	// ReturnSeconds is the travel time from the last stop to the visitor's
	// end; 0 where the day ends at the last door.
	ReturnSeconds int `json:"return_seconds"`
}

// Stop is one visit of an itinerary. Arrive is a whole minute, not before the
// departure from the place before plus the travel time.
type Stop struct {
	Resident    string `json:"resident"`
	Arrive      Clock  `json:"arrive"`
	Leave       Clock  `json:"leave"`
	WalkSeconds int    `json:"walk_seconds"` // travel time from the place before
	// DueBy is the last day of the window that the visit meets.
	DueBy Date `json:"due_by"`
	Owed  bool `json:"owed,omitempty"` // the visit clears what was owed
}

// Unplanned is a visit that the plan does not make: a lapse inside the
// horizon, or something owed that is not caught up in time.
type Unplanned struct {
	Resident string `json:"resident"`
	DueBy    Date   `json:"due_by"`
	Reason   Reason `json:"reason"`
	Detail   string `json:"detail"` // what stands in the way and what would free it, in English
	Owed     bool   `json:"owed,omitempty"`
	// Visitor and Date name the shift that comes nearest to holding the
	// visit, MinutesShort what it lacks. Set where the reason is about time.
	Visitor      string `json:"visitor,omitempty"`
	Date         *Date  `json:"date,omitempty"`
	MinutesShort int    `json:"minutes_short,omitempty"`
}

// Reason says why a visit is not planned. The list is closed; docs/planning.md
// describes each.
type Reason string
