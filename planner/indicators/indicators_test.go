package indicators_test

import (
	"fmt"
	"strings"
	"testing"

	"sanse/planner"
	"sanse/planner/indicators"
)

var december = planner.NewDate(2026, 12, 1)

func TestTheReferenceIsASet(t *testing.T) {
	ref := indicators.Reference(december + 11)
	if err := ref.Validate(); err != nil || ref.From != december || len(ref.Indicators) != indicators.Most {
		t.Errorf("%s, %d indicators: %v", ref.From, len(ref.Indicators), err)
	}
	for _, m := range indicators.Measures {
		if _, ok := indicators.KindOf(m); !ok {
			t.Errorf("%s has no kind", m)
		}
	}
}

func TestWhatIsNoSetIsRefusedByName(t *testing.T) {
	num := func(v float64) *float64 { return &v }
	for name, test := range map[string]struct {
		change func(*indicators.Set)
		want   string
	}{
		"in the middle of a month":  {func(s *indicators.Set) { s.From++ }, "from"},
		"none":                      {func(s *indicators.Set) { s.Indicators = nil }, "indicators"},
		"nine":                      {func(s *indicators.Set) { s.Indicators = append(s.Indicators, s.Indicators[0]) }, "indicators"},
		"twice":                     {func(s *indicators.Set) { s.Indicators[1].Code = s.Indicators[0].Code }, "indicator 2: code"},
		"a code with a blank":       {func(s *indicators.Set) { s.Indicators[2].Code = "on time" }, "indicator 3: code"},
		"without a name":            {func(s *indicators.Set) { s.Indicators[0].EN = " " }, "indicator 1: en"},
		"of a measure of people":    {func(s *indicators.Set) { s.Indicators[0].Measure = "best_worker" }, "indicator 1: measure"},
		"coverage of nothing":       {func(s *indicators.Set) { s.Indicators[7].Service = "" }, "indicator 8: service"},
		"a service of visits":       {func(s *indicators.Set) { s.Indicators[0].Service = "meals" }, "indicator 1: service"},
		"a share of 95":             {func(s *indicators.Set) { s.Indicators[0].Target = num(95) }, "indicator 1: target"},
		"half a visit":              {func(s *indicators.Set) { s.Indicators[1].Target = num(.5) }, "indicator 2: target"},
		"a rating of six":           {func(s *indicators.Set) { s.Indicators[6].Target = num(6) }, "indicator 7: target"},
		"fewer than none are owed":  {func(s *indicators.Set) { s.Indicators[2].Target = num(-1) }, "indicator 3: target"},
		"a name that fills a board": {func(s *indicators.Set) { s.Indicators[0].ZH = strings.Repeat("长", 41) }, "indicator 1: zh"},
	} {
		s := indicators.Reference(december)
		test.change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestTheSetThatBeganLastHolds(t *testing.T) {
	sets := []indicators.Set{{From: december}, {From: december.NextMonth()}}
	for _, test := range []struct {
		day  planner.Date
		from planner.Date
	}{{december - 1, 0}, {december, december}, {december + 30, december}, {december + 31, december + 31}, {december + 400, december + 31}} {
		if s, ok := indicators.On(sets, test.day); s.From != test.from || ok != (test.from != 0) {
			t.Errorf("on %s the set of %s holds, want %s", test.day, s.From, test.from)
		}
	}
}

func TestAFigureIsOfEnoughOrNone(t *testing.T) {
	for _, test := range []struct {
		m    indicators.Measure
		t    indicators.Tally
		want string
	}{
		{indicators.OnTime, indicators.Tally{Part: 3, Of: 4}, "0.75"},
		{indicators.OnTime, indicators.Tally{}, "none"},
		{indicators.Missed, indicators.Tally{Part: 3, Of: 40}, "3"},
		{indicators.Missed, indicators.Tally{Part: 0, Of: 40}, "0"},
		{indicators.Satisfaction, indicators.Tally{Part: 20, Of: 4}, "none"},
		{indicators.Satisfaction, indicators.Tally{Part: 22, Of: 5}, "4.4"},
		{"best_worker", indicators.Tally{Part: 1, Of: 1}, "none"},
	} {
		got := "none"
		if v := test.t.Value(test.m); v != nil {
			got = fmt.Sprint(*v)
		}
		if got != test.want {
			t.Errorf("%s of %+v is %s, want %s", test.m, test.t, got, test.want)
		}
	}
	ref := indicators.Reference(december).Indicators
	if ref[0].Kept(.94) || !ref[0].Kept(.95) || ref[1].Kept(1) || !ref[1].Kept(0) {
		t.Error("more in time is better, less missed is")
	}
	if x := (indicators.Indicator{Measure: indicators.Missed}); !x.Kept(1000) {
		t.Error("without a target everything keeps it")
	}
}
