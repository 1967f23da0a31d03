package planner

// Plan is what the planner answers: the canonical JSON of docs/schema/plan.json.
type Plan struct {
	Start       Date        `json:"start"`
	Days        int         `json:"days"`
	Itineraries []Itinerary `json:"itineraries"`
	Unplanned   []Unplanned `json:"unplanned"`
	// Cost is the plan's, term by term; nil in a plan that Sanse did not make.
	Cost *Cost `json:"cost,omitempty"`
	// Shortages prove, for blocks with lapses, that no plan is without; a block
	// with lapses that has none has a gap of the search.
	Shortages []Shortage `json:"shortages,omitempty"`
}

// Itinerary is the walk of one visitor in one shift of one day. One that holds
// what was made before Now has the stops as they were; what is said of the ways
// to them is not judged.
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
	Resident    string `json:"resident"`       // whose home it is; empty at a task with a place of its own
	Task        string `json:"task,omitempty"` // the task done; empty: a care visit
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
	Resident string `json:"resident"`       // empty for a task with a place of its own
	Task     string `json:"task,omitempty"` // empty: a care visit
	DueBy    Date   `json:"due_by"`
	Reason   Reason `json:"reason"`
	Detail   string `json:"detail"` // what stands in the way and what would free it, in English
	Owed     bool   `json:"owed,omitempty"`
	// Visitor and Date name the shift that comes nearest to holding the
	// visit, MinutesShort what it lacks. Set where the reason is about time.
	Visitor      string `json:"visitor,omitempty"`
	Date         *Date  `json:"date,omitempty"`
	MinutesShort int    `json:"minutes_short,omitempty"`
	// Mends are the smallest changes that would free the visit, each found by
	// trial, smallest first; empty where nothing small does.
	Mends []Mend `json:"mends,omitempty"`
}

// MendKind says what a Mend changes. The list is closed; docs/planning.md
// describes each.
type MendKind string

// The kinds of mend, in the order of preference among equals.
const (
	MendMinutes MendKind = "minutes" // the shift of Visitor on Date ends Minutes later
	MendVisits  MendKind = "visits"  // Visitor may make one more visit on Date
	MendTier    MendKind = "tier"    // Visitor, who has time on Date, is given the area though it is outside the scope
	MendLater   MendKind = "later"   // the visit is made on Date, after its due-by, by Visitor
	MendHours   MendKind = "hours"   // the door is open At on Date, Minutes outside its hours, for Visitor
	MendSkill   MendKind = "skill"   // Visitor, who has time on Date, learns Skill
)

// MendKinds returns the closed list of kinds, in the order of preference among
// equals.
func MendKinds() []MendKind {
	return []MendKind{MendMinutes, MendVisits, MendTier, MendLater, MendHours, MendSkill}
}

// Mend is a change that would free a visit: with it there is a shift that can
// hold the visit beside all that is planned. Where two must come Visitor is the
// one who is changed; somebody else has time already. The size of a mend is in
// minutes that somebody must give: Minutes as they are, a visit more counts
// for 15, somebody from another area for 30, each day late for 60, a skill to be
// learnt for 480.
type Mend struct {
	Kind    MendKind `json:"kind"`
	Visitor string   `json:"visitor,omitempty"`
	Date    *Date    `json:"date,omitempty"`
	Minutes int      `json:"minutes,omitempty"`
	// At is when the visit would begin where the door's hours are what is
	// changed; Minutes is then 240 if the door is closed all day.
	At    *Clock `json:"at,omitempty"`
	Skill string `json:"skill,omitempty"`
}

// Shortage proves that a block cannot be planned without lapses: on some days
// the rules need more minutes than there are, whoever plans. Anybody can add it
// up again: each entry of Needs holds in every lapse-free plan.
type Shortage struct {
	Block string `json:"block"` // empty: several, which share visitors
	// Days are those of the proof, ascending, Visitors those whose shifts on
	// them count: all who could make any of the visits in Needs on one of them,
	// if they had nothing else to do.
	Days     []Date   `json:"days"`
	Visitors []string `json:"visitors"`
	// NeedMinutes is what Needs come to, HaveMinutes what the shifts of Visitors
	// on Days have for them: each its length, less the shortest way home from a
	// last door, less what the shortest way to a first door is longer than the
	// way that Needs counts for it, and of that what some of Needs, each once,
	// can fill (of 35 minutes visits of 20 fill 20); a visitor with a capacity no
	// more a day than so many of the longest visits. Short is at least 1:
	// NeedMinutes less HaveMinutes.
	NeedMinutes int `json:"need_minutes"`
	HaveMinutes int `json:"have_minutes"`
	Short       int `json:"short_minutes"`
	// Needs say how many visits must fall on Days and what each takes at least.
	Needs []ShortageNeed `json:"needs"`
	// MendMinutes is how many visitor-minutes more, over all days, every
	// lapse-free plan needs at least, whoever works them. It can be less than
	// Short where shifts are too short for any of the visits or not filled by
	// them, or visitors have the visits of the day.
	MendMinutes int `json:"mend_minutes"`
}

// ShortageNeed is what one resident or task asks of the days of a Shortage.
type ShortageNeed struct {
	Resident string `json:"resident,omitempty"`
	Task     string `json:"task,omitempty"`
	Visits   int    `json:"visits"` // on the days, in every plan that keeps the rules; times the people needed
	// Minutes of one: at the door, and on the shortest way to it from where a
	// visitor begins, from the door of another of Needs, or from any other of the
	// block with what a stop there takes.
	Minutes int `json:"minutes"`
}

// Reason says why a visit is not planned. The list is closed; docs/planning.md
// describes each.
type Reason string
