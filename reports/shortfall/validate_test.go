package shortfall_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/reports/shortfall"
)

func TestTheReferenceSetIsValidAndNamesItsSources(t *testing.T) {
	set, err := shortfall.Reference()
	if err != nil {
		t.Fatal(err)
	}
	k := known()
	if err := set.Validate(k); err != nil {
		t.Fatal(err)
	}
	// The figures of the list, each once.
	want := map[string][]float64{
		"elder-centre": {100}, "station": {65, 85, 90}, "elders-meals": {90}, "elders-care": {90}, "disabled-rehabilitation": {85},
		"children-home": {95}, "grid-workers": {1}, "social-worker": {100}, "service-rooms": {200}, "beds": {28, 52}, "idle": {10},
		"on-time-red": {100}, "on-time-yellow": {100}, "on-time-blue": {100},
	}
	got := map[string][]float64{}
	for _, s := range set.Standards {
		for _, p := range s.Steps {
			got[s.ID] = append(got[s.ID], p.Value)
		}
		got[s.ID] = append(got[s.ID], s.Target.Value)
		if s.Source.Note == "" || s.Source.Year != 2024 || s.Name.Chinese == "" || s.Name.English == "" {
			t.Errorf("%s: %+v", s.ID, s.Source)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if r := set.Rates; len(r) != 2 || r[0].Count != 2300 || r[0].Of != 128711 || r[1].Count != 12731 || r[1].Of != 616000 {
		t.Errorf("rates: %+v", r)
	}
}

func TestASetReadsAsItWasWritten(t *testing.T) {
	set, err := shortfall.Reference()
	if err != nil {
		t.Fatal(err)
	}
	b, err := set.Write()
	if err != nil {
		t.Fatal(err)
	}
	again, err := shortfall.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(set, again); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{`{"items":[{"id":"a","targt":{}}]}`, `{"items":[]} x`, `[`, ``, `{"items":7}`} {
		if _, err := shortfall.Read([]byte(text)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func TestStandardsThatMakeNoSenseAreRefused(t *testing.T) {
	type edit = func(*shortfall.Set)
	first := func(f func(*shortfall.Standard)) edit { return func(s *shortfall.Set) { f(&s.Standards[0]) } }
	of := func(id string, f func(*shortfall.Standard)) edit {
		return func(s *shortfall.Set) {
			st, ok := s.Standard(id)
			if !ok {
				panic(id)
			}
			f(st)
		}
	}
	for name, c := range map[string]struct {
		edit  edit
		where string // empty: it is valid
		says  string
	}{
		"the world as it is":                   {func(*shortfall.Set) {}, "", ""},
		"nobody whom it is for":                {first(func(s *shortfall.Standard) { s.Whom = shortfall.Whom{} }), "items[0].whom.key", "without people"},
		"people whom nobody counts":            {first(func(s *shortfall.Standard) { s.Whom.Key = "giants" }), "items[0].whom.key", "want people"},
		"a grade that is none":                 {first(func(s *shortfall.Standard) { s.Whom.Key = "grade:green" }), "items[0].whom.key", "no such grade"},
		"a kind that is none":                  {first(func(s *shortfall.Standard) { s.Whom.Key = "kind:" }), "items[0].whom.key", "no such kind"},
		"a target above all":                   {first(func(s *shortfall.Standard) { s.Target.Value = 101 }), "items[0].target.value", "at most 100"},
		"a target of nothing":                  {first(func(s *shortfall.Standard) { s.Target.Value = 0 }), "items[0].target.value", "more than 0"},
		"a target below nothing":               {of("idle", func(s *shortfall.Standard) { s.Target.Value = -1 }), "items[8].target.value", "at most 100"},
		"nothing may stand idle":               {of("idle", func(s *shortfall.Standard) { s.Target.Value = 0 }), "", ""},
		"a year gone by":                       {first(func(s *shortfall.Standard) { s.Target.Year = 2025 }), "items[0].target.year", "gone by"},
		"this year":                            {first(func(s *shortfall.Standard) { s.Target.Year = 2026 }), "", ""},
		"no year":                              {first(func(s *shortfall.Standard) { s.Target.Year = 0 }), "items[0].target.year", "no year"},
		"another unit":                         {first(func(s *shortfall.Standard) { s.Target.Unit = "/1000" }), "items[0].target.unit", "in \"%\""},
		"a service that is none":               {first(func(s *shortfall.Standard) { s.Service = "casino" }), "items[0].service", "no service"},
		"no service":                           {first(func(s *shortfall.Standard) { s.Service, s.Or = "", nil }), "items[0].service", "needs a service"},
		"the same service twice":               {first(func(s *shortfall.Standard) { s.Or = []string{"meals"} }), "items[0].or", "twice"},
		"a service and a resource":             {first(func(s *shortfall.Standard) { s.Resource = "grid_workers" }), "items[0].resource", "or of a resource"},
		"a resource of another measure":        {of("workers", func(s *shortfall.Standard) { s.Resource = "visits_on_time" }), "items[6].resource", "not of this"},
		"a measure that is none":               {first(func(s *shortfall.Standard) { s.Measure = "luck" }), "items[0].measure", "no measure"},
		"a level that is none":                 {of("centre", func(s *shortfall.Standard) { s.Level = "street" }), "items[3].level", "no level"},
		"one in each area of which level":      {of("centre", func(s *shortfall.Standard) { s.Level = "" }), "items[3].level", "of which level"},
		"beds in every building":               {of("beds", func(s *shortfall.Standard) { s.Level = "building" }), "items[5].level", "no level"},
		"no minutes":                           {first(func(s *shortfall.Standard) { s.Minutes = 0 }), "items[0].minutes", "want 1 to 60"},
		"minutes of what is not walked":        {of("beds", func(s *shortfall.Standard) { s.Minutes = 9 }), "items[5].minutes", "belong to"},
		"a walker that is none":                {first(func(s *shortfall.Standard) { s.Speed = "car" }), "items[0].speed", "want one of"},
		"workers for how many households":      {of("workers", func(s *shortfall.Standard) { s.Per = 0 }), "items[6].per", "how many"},
		"eight days a week":                    {of("workers", func(s *shortfall.Standard) { s.Days = 8 }), "items[6].days", "1 to 7"},
		"a place that is none":                 {first(func(s *shortfall.Standard) { s.Places = "sea" }), "items[0].places", "urban, rural"},
		"no id":                                {first(func(s *shortfall.Standard) { s.ID = "" }), "items[0].id", "want 1 to 64"},
		"an id with blanks":                    {first(func(s *shortfall.Standard) { s.ID = "a b" }), "items[0].id", "want 1 to 64"},
		"an id twice":                          {first(func(s *shortfall.Standard) { s.ID = "beds" }), "items[5].id", "two standards"},
		"no name":                              {first(func(s *shortfall.Standard) { s.Name = shortfall.Text{} }), "items[0].name", "no name"},
		"no source":                            {first(func(s *shortfall.Standard) { s.Source.Title = " " }), "items[0].source.title", "where the figure"},
		"visits to those who are not enrolled": {of("red", func(s *shortfall.Standard) { s.Whom.Key = "people" }), "items[9].whom.key", "to residents"},
		"steps that lead away":                 {of("centre", func(s *shortfall.Standard) { s.Target.Value = 40 }), "items[3].steps[0].value", "leads away"},
		"a step after the target":              {of("centre", func(s *shortfall.Standard) { s.Steps[0].Year = 2031 }), "items[3].steps[0].year", "one after the other"},
		"two that contradict": {func(s *shortfall.Set) {
			other := s.Standards[0]
			other.ID, other.Target.Value = "other", 60
			s.Standards = append(s.Standards, other)
		}, "items[11].target.value", "contradicts items[0]"},
		"two that ask the same": {func(s *shortfall.Set) {
			other := s.Standards[0]
			other.ID = "other"
			s.Standards = append(s.Standards, other)
		}, "items[11].id", "same as items[0]"},
		"the same of other ground": {func(s *shortfall.Set) {
			other := s.Standards[0]
			other.ID, other.Target.Value, other.Places = "other", 60, "rural"
			s.Standards = append(s.Standards, other)
		}, "", ""},
		"a rate of nobody":        {func(s *shortfall.Set) { s.Rates[0].Base = "residents" }, "rates[0].base", "want one of"},
		"a rate against itself":   {func(s *shortfall.Set) { s.Rates[0].Against = "over60" }, "rates[0].against", "what the rate is of"},
		"a rate above one a head": {func(s *shortfall.Set) { s.Rates[0].Count = 101 }, "rates[0].count", "at least count"},
		"a rate twice":            {func(s *shortfall.Set) { s.Rates[1].ID = "care" }, "rates[1].id", "two rates"},
		"far too many": {func(s *shortfall.Set) {
			for len(s.Standards) < 101 {
				s.Standards = append(s.Standards, s.Standards[0])
			}
		}, "items", "at most 100"},
	} {
		set, _ := world()
		c.edit(set)
		err := set.Validate(known())
		var invalid *shortfall.InvalidError
		switch {
		case c.where == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.As(err, &invalid):
			t.Errorf("%s: %v", name, err)
		default:
			found := false
			for _, f := range invalid.Faults {
				found = found || f.Where == c.where && strings.Contains(f.Reason, c.says)
			}
			if !found {
				t.Errorf("%s: %v, want %s: … %s", name, err, c.where, c.says)
			}
		}
	}
}
