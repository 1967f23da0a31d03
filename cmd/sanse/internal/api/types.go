package api

import (
	"encoding/json"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// answer is a JSON answer.
type answer[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func answerOf[T any](v T) *answer[T] { return &answer[T]{CacheControl: fresh, Body: v} }

// Word is a key with what people call it.
type Word struct {
	Key string `json:"key"`
	ZH  string `json:"zh"`
	EN  string `json:"en"`
}

// words puts keys into both languages; a key that is no reference word stands
// for itself.
func words(keys []string, terms []data.Term) []Word {
	out := []Word{}
	for _, k := range keys {
		w := Word{k, k, k}
		for _, t := range terms {
			if t.Key == k {
				w = Word{k, t.Chinese, t.English}
			}
		}
		out = append(out, w)
	}
	return out
}

func allWords(terms []data.Term) []Word {
	keys := make([]string, len(terms))
	for i, t := range terms {
		keys[i] = t.Key
	}
	return words(keys, terms)
}

// District is what the pages ask first.
type District struct {
	Code         string          `json:"code"`
	Name         string          `json:"name"`
	MadeUp       bool            `json:"made_up" doc:"people, or the ground as well, are invented; note says which"`
	Note         string          `json:"note"`
	Attribution  string          `json:"attribution"`
	ReviewNumber string          `json:"review_number" doc:"under which the maps were reviewed (审图号); stands on every map; empty: none is set"`
	TimeZone     string          `json:"time_zone"`
	Today        string          `json:"today" format:"date" doc:"the day to open on: today, or the nearest day of the plan"`
	DataVersion  int64           `json:"data_version" doc:"raised by every change"`
	Ground       string          `json:"ground_version" doc:"raised by every change to areas, buildings and streets, and on the day on which boundaries change; part of the addresses of tiles"`
	Bounds       [4]float64      `json:"bounds" doc:"west, south, east, north in degrees"`
	Services     []Word          `json:"services"`
	Grades       []Word          `json:"grades"`
	Kinds        []Word          `json:"kinds"`
	VisitorKinds []Word          `json:"visitor_kinds"`
	Tiers        []Word          `json:"tiers"`
	Reasons      []Word          `json:"reasons"`
	TaskKinds    []Word          `json:"task_kinds"`
	Skills       []Word          `json:"skills" doc:"what a visitor can do beyond a care visit, and what services consist of"`
	Viewer       []string        `json:"viewer" doc:"codes of the areas that whoever asks answers for, with all that lies in them; empty: the public"`
	Plan         *Plan           `json:"plan"`
	Summary      json.RawMessage `json:"summary" doc:"the plan's summary.json"`
}

// Plan is the plan in force.
type Plan struct {
	ID     int64  `json:"id"`
	Start  string `json:"start" format:"date"`
	Days   int    `json:"days"`
	End    string `json:"end" format:"date"`
	MadeAt string `json:"made_at" format:"date-time"`
}

// Area names an area.
type Area struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Level string `json:"level"`
}

func areaOf(a planner.Area) Area { return Area{a.Code, a.Name, a.Level} }

// FoundArea is an area that a search found.
type FoundArea struct {
	Area
	Path   []string   `json:"path" doc:"names from the district down"`
	Bounds [4]float64 `json:"bounds"`
}

func boundsOf(b orb.Bound) [4]float64 { return [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} }

// Board is the account of an area.
type Board struct {
	Area     Area                      `json:"area"`
	Path     []Area                    `json:"path"`
	Period   reports.Period            `json:"period"`
	Totals   BoardRow                  `json:"totals"`
	Grades   map[string]BoardRow       `json:"grades"`
	Children []BoardAreaRow            `json:"children"`
	Weeks    []BoardPeriodRow          `json:"weeks"`
	Tasks    []reports.TaskRow         `json:"tasks" doc:"field work beside the care visits, by kind"`
	Coverage map[string]CoverageShares `json:"coverage"`
	Released *ReleaseTerm              `json:"released" doc:"what the figures are from, where they are not the true ones of the period; else null"`
}

// CoverageShares are the shares, 0 to 1, of an area's people within reach of a
// service; null where there is nobody.
type CoverageShares struct {
	People    *float64 `json:"people_share"`
	Over60    *float64 `json:"over60_share"`
	Residents *float64 `json:"resident_share"`
}

func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	v := float64(part) / float64(whole)
	return &v
}

// UnplannedList is what a plan does not make.
type UnplannedList struct {
	Items []Unplanned `json:"items"`
	Total int         `json:"total"`
}

// Unplanned is a visit that the plan does not make.
type Unplanned struct {
	Resident string `json:"resident" doc:"whose home it is; empty: a task with a place of its own"`
	Task     string `json:"task,omitempty" doc:"empty: a care visit"`
	Kind     string `json:"kind,omitempty" doc:"of the task"`
	What     string `json:"what,omitempty" doc:"what is done at the task: a key of the district's skills, or words"`
	Grade    string `json:"grade"`
	Grid     string `json:"grid"`
	DueBy    string `json:"due_by" format:"date"`
	Reason   string `json:"reason"`
	Detail   string `json:"detail"`
	Owed     bool   `json:"owed"`
	// The shift that comes nearest to holding the visit, and what it lacks;
	// null and 0 where the reason is not about time.
	Visitor      *string `json:"visitor"`
	Date         *string `json:"date"`
	MinutesShort int     `json:"minutes_short"`
	Mends        []Mend  `json:"mends" doc:"the smallest changes that would free the visit, smallest first"`
}

// Mend is a change that would free a visit.
type Mend struct {
	Kind    string  `json:"kind" enum:"minutes,visits,tier,later,hours,skill"`
	Visitor string  `json:"visitor,omitempty"`
	Date    *string `json:"date"`
	Minutes int     `json:"minutes,omitempty"`
	Skill   string  `json:"skill,omitempty"`
}

// Shortage proves that a plan cannot be without lapses.
type Shortage struct {
	Block       string   `json:"block" doc:"code of the community; empty: several together"`
	Name        string   `json:"name"`
	Days        []string `json:"days"`
	Visitors    int      `json:"visitors" doc:"whose shifts count"`
	Only        []string `json:"only" doc:"who they are, where they are at most three"`
	Needs       int      `json:"needs" doc:"visits that must fall on the days"`
	NeedMinutes int      `json:"need_minutes"`
	HaveMinutes int      `json:"have_minutes"`
	Short       int      `json:"short_minutes"`
	MendMinutes int      `json:"mend_minutes"`
	Work        []Work   `json:"work" doc:"what the visits are for, most first"`
}

// Work is how many visits are for one sort of work.
type Work struct {
	Kind   string `json:"kind,omitempty" doc:"of tasks; none: care visits"`
	What   string `json:"what,omitempty" doc:"a key of the district's skills"`
	Visits int    `json:"visits"`
}

// ReplanInput says what has happened, and whether the new plan is to be the one
// in force.
type ReplanInput struct {
	Off []Off  `json:"off" minItems:"1" maxItems:"50"`
	Now string `json:"now,omitempty" doc:"YYYY-MM-DDTHH:MM, local; empty: now. What a look at it answered is to be given when it is published"`
	// Publish makes it the plan in force; without it nothing is kept.
	Publish  bool  `json:"publish,omitempty"`
	Replaces int64 `json:"replaces,omitempty" doc:"the plan that was looked at; another one in force by now is a conflict"`
}

// Off says that a visitor does not work.
type Off struct {
	Visitor string `json:"visitor" minLength:"1" maxLength:"100"`
	From    string `json:"from" format:"date"`
	To      string `json:"to" format:"date"`
}

// Replan is a plan made again, and what it moves.
type Replan struct {
	Plan         int64         `json:"plan" doc:"number of the new plan; 0 where it was not published"`
	Replaces     int64         `json:"replaces"`
	Now          string        `json:"now" doc:"from when on; empty: the plan has not begun"`
	Moved        planner.Moved `json:"moved"`
	LapsesBefore int           `json:"lapses_before"`
	Lapses       int           `json:"lapses"`
	Missing      []Unplanned   `json:"missing" doc:"what the new plan leaves out and the one in force did not"`
}

// VisitorList lists visitors.
type VisitorList struct {
	Items []Visitor `json:"items"`
	Total int       `json:"total"`
}

// Visitor is a visitor with their day in a few figures.
type Visitor struct {
	ID     string       `json:"id"`
	Name   string       `json:"name,omitempty"`
	Kind   string       `json:"kind"`
	Tier   planner.Tier `json:"tier"`
	Scope  []string     `json:"scope,omitempty"`
	Stops  int          `json:"stops"`
	Depart *string      `json:"depart"`
	Back   *string      `json:"back"`
}

// Day is a visitor's day.
type Day struct {
	Visitor     DayVisitor     `json:"visitor"`
	Date        string         `json:"date" format:"date"`
	Previous    *string        `json:"prev"`
	Next        *string        `json:"next"`
	Itineraries []DayItinerary `json:"itineraries"`
	Leads       []Visitor      `json:"leads"`
}

// DayVisitor is whose day it is.
type DayVisitor struct {
	ID     string       `json:"id"`
	Name   string       `json:"name"`
	Kind   string       `json:"kind"`
	Tier   planner.Tier `json:"tier"`
	Scope  []string     `json:"scope"`
	Mode   string       `json:"mode"`
	Shifts []Span       `json:"shifts"`
}

// Span is a span of a day.
type Span struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// DayItinerary is one walk.
type DayItinerary struct {
	Depart        string            `json:"depart"`
	Back          string            `json:"back"`
	ReturnSeconds int               `json:"return_seconds"`
	WalkSeconds   int               `json:"walk_seconds"`
	Route         *geojson.Geometry `json:"route"`
	Stops         []DayStop         `json:"stops"`
}

// DayStop is one door.
type DayStop struct {
	Seq         int       `json:"seq"`
	Resident    string    `json:"resident" doc:"empty at a task with a place of its own"`
	Task        *DayTask  `json:"task" doc:"null: a care visit"`
	Hours       []Span    `json:"hours" doc:"in which it may begin that day; empty: any time"`
	With        []string  `json:"with" doc:"visitors who must be there as well"`
	Name        string    `json:"name"`
	Grade       string    `json:"grade"`
	Kinds       []string  `json:"kinds"`
	Address     string    `json:"address"`
	Location    orb.Point `json:"location"`
	Arrive      string    `json:"arrive"`
	Leave       string    `json:"leave"`
	Minutes     int       `json:"minutes"`
	WalkSeconds int       `json:"walk_seconds"`
	DueBy       string    `json:"due_by" format:"date"`
	Owed        bool      `json:"owed"`
	Why         string    `json:"why" enum:"owed,due_today,due_soon,on_the_way"`
}

// DayTask is what is done at a stop beside a care visit.
type DayTask struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind"`
	What   string   `json:"what" doc:"a key of the district's skills, or words"`
	Skills []string `json:"skills"`
}

// WalkDirections are the ways of one walk of a day.
type WalkDirections struct {
	Legs []DirectionLeg `json:"legs"`
}

// DirectionLeg is the way to one door, or, with no resident named, to the end
// of the walk. It has no steps where the streets know no way any more.
type DirectionLeg struct {
	To      string          `json:"to" doc:"id of the resident, or of the task with a place of its own; empty for the end of the walk"`
	Seconds int             `json:"seconds"`
	Metres  float64         `json:"metres"`
	Steps   []DirectionStep `json:"steps"`
}

// DirectionStep is one thing to do on the way.
type DirectionStep struct {
	Text     string    `json:"text"`
	Type     string    `json:"type" doc:"manoeuvre in OSRM's words: depart, turn, new name, arrive …"`
	Modifier string    `json:"modifier,omitempty" doc:"left, slight right, straight …"`
	Metres   float64   `json:"metres"`
	Seconds  int       `json:"seconds"`
	Location orb.Point `json:"location"`
}
