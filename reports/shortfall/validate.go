package shortfall

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Known are the words that a set may use beside its own.
type Known struct {
	Services []string
	Grades   []string // nil: any
	Kinds    []string // of residents; nil: any
	Profiles []string // of walkers
	// Year is the year that it is: targets of years gone by are refused. 0:
	// they are not.
	Year int
}

// Fault is what is wrong with a set: where, in JSON's words ("items[3].target.value"),
// what it holds and why that will not do.
type Fault struct {
	Where  string
	Value  any
	Reason string
}

// InvalidError lists all faults of a set.
type InvalidError struct{ Faults []Fault }

// Error names the faults.
func (e *InvalidError) Error() string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s", f.Where, f.Reason)
	}
	return b.String()
}

// maxStandards bounds a set: it is measured whole, for every area.
const maxStandards = 100

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// Validate returns an *InvalidError with everything that makes the set
// meaningless, nil if it can be measured. It fills in the units of targets.
func (s *Set) Validate(known Known) error {
	v := validator{known: known}
	if len(s.Standards) > maxStandards {
		v.fault("items", len(s.Standards), "at most %d standards", maxStandards)
	}
	ids, asked := map[string]bool{}, map[string]int{}
	for i := range s.Standards {
		st := &s.Standards[i]
		v.at = fmt.Sprintf("items[%d].", i)
		before := len(v.faults)
		v.standard(st)
		if ids[st.ID] {
			v.fault("id", st.ID, "there are two standards with this id")
		}
		ids[st.ID] = true
		if len(v.faults) > before {
			continue
		}
		st.Target.Unit = st.unit()
		key := st.asks()
		if j, twice := asked[key]; twice {
			if other := &s.Standards[j]; other.Target.Value != st.Target.Value || other.Target.Year != st.Target.Year || !slices.Equal(other.Steps, st.Steps) {
				v.fault("target.value", st.Target.Value, "contradicts items[%d], which asks the same with another target", j)
			} else {
				v.fault("id", st.ID, "asks the same as items[%d]", j)
			}
		} else {
			asked[key] = i
		}
	}
	ids = map[string]bool{}
	for i := range s.Rates {
		v.at = fmt.Sprintf("rates[%d].", i)
		r := &s.Rates[i]
		v.rate(r)
		if ids[r.ID] {
			v.fault("id", r.ID, "there are two rates with this id")
		}
		ids[r.ID] = true
	}
	if len(v.faults) > 0 {
		return &InvalidError{Faults: v.faults}
	}
	return nil
}

type validator struct {
	known  Known
	at     string
	faults []Fault
}

func (v *validator) fault(field string, value any, format string, args ...any) {
	v.faults = append(v.faults, Fault{Where: v.at + field, Value: value, Reason: fmt.Sprintf(format, args...)})
}

func (v *validator) naming(id string, name Text, source Source) {
	if !idForm.MatchString(id) {
		v.fault("id", id, "want 1 to 64 small letters, digits, hyphens and underscores")
	}
	if strings.TrimSpace(name.Chinese) == "" && strings.TrimSpace(name.English) == "" {
		v.fault("name", "", "has no name in either language")
	}
	for _, text := range []string{name.Chinese, name.English, source.Title, source.Note} {
		if len(text) > 2000 {
			v.fault("name", text[:20]+"…", "texts have at most 2,000 bytes")
		}
	}
	if strings.TrimSpace(source.Title) == "" {
		v.fault("source.title", "", "says nothing of where the figure comes from")
	}
	if source.Year < 1900 || source.Year > 2200 {
		v.fault("source.year", source.Year, "is no year")
	}
}

func (v *validator) standard(s *Standard) {
	v.naming(s.ID, s.Name, s.Source)
	if !slices.Contains(Measures(), s.Measure) {
		v.fault("measure", s.Measure, "is no measure: want one of %v", Measures())
		return
	}
	v.what(s)
	v.whom(s)
	if s.Places != "" && s.Places != Urban && s.Places != Rural {
		v.fault("places", s.Places, "want urban, rural or nothing")
	}
	v.walk(s)
	if l := levelOf(s.Level); s.Level != "" && (l == 0 || l == levelBuilding && s.Measure != Reach) {
		v.fault("level", s.Level, "is no level of area")
	} else if s.Measure == PerArea && s.Level == "" {
		v.fault("level", "", "of which level is each area to have one?")
	}
	if s.Measure == PerHouseholds {
		if s.Per < 1 || s.Per > 1_000_000 {
			v.fault("per", s.Per, "for how many households? Want 1 to 1,000,000")
		}
	} else if s.Per != 0 {
		v.fault("per", s.Per, "belongs to per_households only")
	}
	if s.Days < 0 || s.Days > 7 || s.Days > 0 && s.Resource != GridWorkers {
		v.fault("days", s.Days, "want 1 to 7 days a week, of grid workers only")
	}
	v.target(s)
}

// what checks the service or the resource.
func (v *validator) what(s *Standard) {
	for i, service := range s.Services() {
		if !slices.Contains(v.known.Services, service) {
			v.fault("service", service, "is no service: want one of %s", strings.Join(v.known.Services, ", "))
		}
		if i > 0 && slices.Contains(s.Services()[:i], service) {
			v.fault("or", service, "is named twice")
		}
	}
	if s.Service == "" && len(s.Or) > 0 {
		v.fault("or", s.Or, "or is beside a service")
	}
	var resources []string
	service := true
	switch s.Measure {
	case PerArea:
		resources = []string{GridWorkers, SocialWorkers}
	case PerHouseholds:
		resources, service = []string{GridWorkers, SocialWorkers}, false
	case Share:
		resources, service = []string{VisitsOnTime}, false
	case AreaPerThousand, Idle:
		if s.Service == "" && s.Resource == "" {
			return // of all services
		}
	case Response:
		if s.Resource == "" {
			return
		}
	}
	switch {
	case s.Resource != "" && s.Service != "":
		v.fault("resource", s.Resource, "a standard is of a service or of a resource")
	case s.Resource != "" && !slices.Contains(resources, s.Resource):
		v.fault("resource", s.Resource, "the measure is not of this")
	case s.Resource == "" && (s.Service == "" || !service):
		want := "a service"
		if len(resources) > 0 {
			want = strings.Join(resources, " or ")
			if service {
				want = "a service, " + want
			}
		}
		v.fault(map[bool]string{true: "service", false: "resource"}[service], s.Service, "the measure needs %s", want)
	}
}

func (v *validator) whom(s *Standard) {
	key := s.Whom.Key
	switch s.Measure {
	case PerArea, PerHouseholds, Idle, Response:
		if key == "" {
			return
		}
	case PerThousand, AreaPerThousand:
		if key != "" && !ofPopulation(key) {
			v.fault("whom.key", key, "want one of people, over60, over80, under18, disabled")
			return
		}
	case Share:
		if ofPopulation(key) {
			v.fault("whom.key", key, "visits are to residents: want residents, grade:… or kind:…")
			return
		}
	}
	if key == "" {
		v.fault("whom.key", "", "for whom? A standard without people can be neither met nor missed")
		return
	}
	v.people("whom.key", key)
}

func (v *validator) people(field, key string) {
	switch {
	case ofPopulation(key), key == Residents:
	case strings.HasPrefix(key, gradePrefix):
		if g := key[len(gradePrefix):]; g == "" || v.known.Grades != nil && !slices.Contains(v.known.Grades, g) {
			v.fault(field, key, "there is no such grade")
		}
	case strings.HasPrefix(key, kindPrefix):
		if k := key[len(kindPrefix):]; k == "" || v.known.Kinds != nil && !slices.Contains(v.known.Kinds, k) {
			v.fault(field, key, "there is no such kind of resident")
		}
	default:
		v.fault(field, key, "want people, over60, over80, under18, disabled, residents, grade:… or kind:…")
	}
}

// maxMinutes is the farthest that walks are looked for.
const maxMinutes = 60

func (v *validator) walk(s *Standard) {
	switch s.Measure {
	case Reach:
		if s.Minutes < 1 || s.Minutes > maxMinutes {
			v.fault("minutes", s.Minutes, "want 1 to %d minutes on foot", maxMinutes)
		}
		if !slices.Contains(v.known.Profiles, s.Profile()) {
			v.fault("speed", s.Speed, "want one of %s", strings.Join(v.known.Profiles, ", "))
		}
	case Response:
		if s.Minutes < 1 || s.Minutes > 7*24*60 {
			v.fault("minutes", s.Minutes, "within how many minutes?")
		}
	default:
		if s.Minutes != 0 {
			v.fault("minutes", s.Minutes, "belong to reach and response only")
		}
	}
	if s.Speed != "" && s.Measure != Reach {
		v.fault("speed", s.Speed, "belongs to reach only")
	}
}

// bounds of targets by measure; a share of 100 % is the most there is.
func (s *Standard) inRange(value float64) (low, high float64, ok bool) {
	low, high = 0, 100
	switch s.Measure {
	case PerThousand:
		high = 1000
	case PerHouseholds:
		high = 1000
	case AreaPerThousand:
		high = 1_000_000
	case Idle:
		return low, high, value >= 0 && value <= 100
	}
	return low, high, value > low && value <= high
}

func (v *validator) target(s *Standard) {
	t := s.Target
	check := func(field string, value float64) {
		if low, high, ok := s.inRange(value); !ok || math.IsNaN(value) {
			v.fault(field, value, "want more than %g and at most %g", low, high)
		}
	}
	check("target.value", t.Value)
	if u := s.unit(); t.Unit != "" && t.Unit != u {
		v.fault("target.unit", t.Unit, "targets of this measure are in %q", u)
	}
	switch {
	case t.Year < 1900 || t.Year > 2200:
		v.fault("target.year", t.Year, "is no year")
	case v.known.Year != 0 && t.Year < v.known.Year:
		v.fault("target.year", t.Year, "has gone by: name the year until which the target is to be reached, or kept")
	}
	for i, p := range s.Steps {
		at := fmt.Sprintf("steps[%d].", i)
		check(at+"value", p.Value)
		if i > 0 && p.Year <= s.Steps[i-1].Year || p.Year >= t.Year {
			v.fault(at+"year", p.Year, "steps come one after the other and before the target's year")
		}
		next := t.Value
		if i+1 < len(s.Steps) {
			next = s.Steps[i+1].Value
		}
		if away := cmp.Compare(p.Value, next); away > 0 && s.Measure != Idle || away < 0 && s.Measure == Idle {
			v.fault(at+"value", p.Value, "leads away from the target")
		}
	}
}

func (v *validator) rate(r *Rate) {
	v.naming(r.ID, r.Name, r.Source)
	if !ofPopulation(r.Base) {
		v.fault("base", r.Base, "want one of people, over60, over80, under18, disabled")
	}
	v.people("against", r.Against)
	if r.Against == r.Base {
		v.fault("against", r.Against, "is what the rate is of")
	}
	if r.Count < 1 || r.Of < r.Count || r.Of > 2_000_000_000 {
		v.fault("count", r.Count, "want count people of of, count at least 1 and of at least count")
	}
}
