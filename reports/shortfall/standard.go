package shortfall

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"sanse/geo"
)

// Text is a text in both languages of the pages.
type Text struct {
	Chinese string `json:"zh,omitempty"`
	English string `json:"en,omitempty"`
}

// Measure is how a standard is measured.
type Measure string

// The measures. A row's have, need and short are whole numbers of what the
// comment names.
const (
	// Reach: of those whom the standard is for, so many percent have the
	// service within Minutes on foot. People.
	Reach Measure = "reach"
	// PerArea: of the areas of Level, so many percent have at least one open
	// facility of the service, or one of the resource. Areas.
	PerArea Measure = "per_area"
	// PerThousand: so many places (capacity) of the service for 1,000 of those
	// whom it is for. Places; of elder_care these are beds.
	PerThousand Measure = "per_thousand"
	// PerHouseholds: so many of the resource for every Per households. Persons.
	PerHouseholds Measure = "per_households"
	// AreaPerThousand: so many square metres of service rooms for 1,000 of
	// those whom it is for. Square metres.
	AreaPerThousand Measure = "area_m2_per_thousand"
	// Response: of the calls so many percent are answered within Minutes.
	// Calls are not recorded yet, so there is no data.
	Response Measure = "response"
	// Share: of what is asked for so many percent is done; the resource says
	// what: VisitsOnTime. Visits.
	Share Measure = "share"
	// Idle: of the capacity that was built at most so many percent stands idle.
	// Places; short are those to be put to use.
	Idle Measure = "idle"
)

// Measures lists all measures.
func Measures() []Measure {
	return []Measure{Reach, PerArea, PerThousand, PerHouseholds, AreaPerThousand, Response, Share, Idle}
}

// The resources: what a standard can ask for that is no service of a facility.
const (
	GridWorkers   = "grid_workers"   // visitors of kind grid_worker who work on at least Days days a week
	SocialWorkers = "social_workers" // visitors with the skill social_work
	VisitsOnTime  = "visits_on_time" // visits that fell due, and were made before
)

// Keys of Whom. Those of the population are counted door by door; the others
// are enrolled residents: all, of a grade ("grade:red"), of a kind
// ("kind:child_in_difficulty").
const (
	People    = "people"
	Over60    = "over60"
	Over80    = "over80"
	Under18   = "under18"
	Disabled  = "disabled"
	Residents = "residents"

	gradePrefix = "grade:"
	kindPrefix  = "kind:"
)

// Whom names those whom a standard is for.
type Whom struct {
	Key string `json:"key"`
	Text
}

// ofPopulation tells that the key is one of the population's columns.
func ofPopulation(key string) bool {
	switch key {
	case People, Over60, Over80, Under18, Disabled:
		return true
	}
	return false
}

// Target is what is to be reached by the end of a year. Unit follows from the
// measure and reads on from the value: "%", "/1000", "m²/1000", "/300".
type Target struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
	Year  int     `json:"year"`
}

// Step is a stage on the way to the target.
type Step struct {
	Year  int     `json:"year"`
	Value float64 `json:"value"`
}

// Source says where a figure comes from.
type Source struct {
	Title string `json:"title"`
	Year  int    `json:"year"`
	Note  string `json:"note,omitempty"`
}

// Standard is one promise of a district.
type Standard struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
	// Service is a key of the services; any of Or will do as well. Resource is
	// asked for instead of a service: GridWorkers, SocialWorkers, VisitsOnTime.
	Service  string   `json:"service,omitempty"`
	Or       []string `json:"or,omitempty"`
	Resource string   `json:"resource,omitempty"`
	Whom     Whom     `json:"whom,omitempty"`
	Measure  Measure  `json:"measure"`
	Minutes  int      `json:"minutes,omitempty"` // of Reach and Response
	Speed    string   `json:"speed,omitempty"`   // of Reach: a walker's profile; empty: elderly
	// Level is the level of the areas that PerArea counts. For all others it is
	// the deepest level at which the standard is asked of an area: of a
	// micro-grid nobody asks for beds. Empty: a building for Reach, a grid for
	// Share, a community for the others.
	Level string `json:"level,omitempty"`
	Per   int    `json:"per,omitempty"`  // of PerHouseholds
	Days  int    `json:"days,omitempty"` // of GridWorkers: work on at least so many days a week; 0: any
	// Target is to be reached by its year. With Steps the last one whose year
	// has come is in force, before the first has come the first.
	Target Target `json:"target"`
	Steps  []Step `json:"steps,omitempty"`
	Source Source `json:"source"`
	// Places limits the standard to "urban" or "rural" ground; empty: both.
	Places string `json:"places,omitempty"`
}

// The grounds that Places names: rural are villages, urban is the rest.
const (
	Urban = "urban"
	Rural = "rural"
)

// InForce is the target that an area is held against in a year.
func (s *Standard) InForce(year int) Target {
	t := s.Target
	if len(s.Steps) == 0 || year >= t.Year {
		return t
	}
	step := s.Steps[0]
	for _, p := range s.Steps[1:] {
		if p.Year <= year {
			step = p
		}
	}
	t.Value, t.Year = step.Value, step.Year
	return t
}

// Services lists the services any of which will do.
func (s *Standard) Services() []string {
	if s.Service == "" {
		return nil
	}
	return append([]string{s.Service}, s.Or...)
}

// Profile is the walker's profile of a standard of reach.
func (s *Standard) Profile() string { return cmp.Or(s.Speed, "elderly") }

// unit is what targets of the measure are given in.
func (s *Standard) unit() string {
	switch s.Measure {
	case PerThousand:
		return "/1000"
	case AreaPerThousand:
		return "m²/1000"
	case PerHouseholds:
		return "/" + strconv.Itoa(s.Per)
	}
	return "%"
}

// levelBuilding is below the micro-grid; geo has no such level.
const levelBuilding = geo.LevelMicroGrid + 1

// deepest is the deepest level at which the standard is asked of an area.
func (s *Standard) deepest() geo.Level {
	if s.Level == "" {
		switch s.Measure {
		case Reach:
			return levelBuilding
		case Share:
			return geo.LevelGrid
		}
		return geo.LevelCommunity
	}
	return levelOf(s.Level)
}

// levelOf reads a level; 0 for a word that names none.
func levelOf(word string) geo.Level {
	if word == "building" {
		return levelBuilding
	}
	l, err := geo.ParseLevel(word)
	if err != nil {
		return 0
	}
	return l
}

// asks is everything of a standard but its name, target and source: two that
// ask the same must not want different things.
func (s *Standard) asks() string {
	return fmt.Sprintf("%s|%s|%s|%s|%s|%d|%s|%d|%d|%d|%s", s.Measure, strings.Join(s.Services(), ","), s.Resource, s.Whom.Key,
		s.Profile(), s.Minutes, s.Places, s.deepest(), s.Per, s.Days, s.unit())
}

// Comparable tells whether what an area had by standard o in the year then can be
// held beside what it has by s in the year now: both ask the same of the same
// people, and where a share is one of the goal, the goal is the same.
func (s *Standard) Comparable(now int, o *Standard, then int) bool {
	return s.asks() == o.asks() && (s.unit() == "%" || s.InForce(now).Value == o.InForce(then).Value)
}

// Rate is how many are to be expected: Count of Of people of a kind of the
// population, as a source has it.
type Rate struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
	// Base is the column of the population that the rate is of: people, over60,
	// over80, under18 or disabled.
	Base  string `json:"base"`
	Count int    `json:"count"`
	Of    int    `json:"of"`
	// Against are those of whom it is asked whether they are as many as
	// expected: a key as of Whom, residents and disabled among them.
	Against string `json:"against"`
	Source  Source `json:"source"`
}

// PerHead is how many are to be expected of one.
func (r *Rate) PerHead() float64 { return float64(r.Count) / float64(r.Of) }

// Set is what a district goes by.
type Set struct {
	Standards []Standard `json:"items"`
	Rates     []Rate     `json:"rates"`
}

// Standard finds a standard by its id.
func (s *Set) Standard(id string) (*Standard, bool) {
	for i := range s.Standards {
		if s.Standards[i].ID == id {
			return &s.Standards[i], true
		}
	}
	return nil, false
}
