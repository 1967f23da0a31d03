package grading_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/grading"
)

var update = flag.Bool("update", false, "write testdata/suggest.golden anew")

// today is a Thursday.
var today = planner.NewDate(2026, 12, 10)

func reference() *grading.Rules {
	r := grading.Reference(planner.NewDate(2026, 1, 1))
	return &r
}

func TestTheReferenceCanBeUsed(t *testing.T) {
	r := reference()
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again grading.Rules
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*r, again); diff != "" {
		t.Errorf("read again it is another: %s", diff)
	}
}

// The table: facts, and what the reference suggests by them. Each line of the golden
// file was looked at by somebody who had the words of docs/grades.md before them.
func TestTheGoldenTable(t *testing.T) {
	noted := func(code string, daysAgo int) map[string]planner.Date {
		return map[string]planner.Date{code: today - planner.Date(daysAgo)}
	}
	found := func(item, answer string, daysAgo int) []grading.Found {
		return []grading.Found{{Item: item, Answer: answer, Day: today - planner.Date(daysAgo)}}
	}
	raised := func(from string, daysAgo int) *grading.Raised {
		return &grading.Raised{From: from, On: today - planner.Date(daysAgo)}
	}
	table := []struct {
		name  string
		facts grading.Facts
	}{
		{"nothing is known", grading.Facts{Grade: "blue"}},
		{"left hospital today", grading.Facts{Grade: "blue", Noted: noted("discharged", 0)}},
		{"left hospital on the last day that counts", grading.Facts{Grade: "yellow", Noted: noted("discharged", 13)}},
		{"left hospital a day before that", grading.Facts{Grade: "blue", Noted: noted("discharged", 14)}},
		{"leaves hospital tomorrow", grading.Facts{Grade: "blue", Noted: noted("discharged", -1)}},
		{"left hospital, is red", grading.Facts{Grade: "red", Noted: noted("discharged", 3)}},
		{"left hospital, of a grade of the district's own", grading.Facts{Grade: "green", Noted: noted("discharged", 3)}},
		{"two doors unanswered", grading.Facts{Grade: "blue", Unanswered: 2}},
		{"three doors unanswered", grading.Facts{Grade: "blue", Unanswered: 3}},
		{"alone and disabled", grading.Facts{Grade: "blue", Kinds: []string{"lone_elder", "disabled"}}},
		{"alone, disabled and 80 today", grading.Facts{Grade: "blue", Kinds: []string{"lone_elder", "disabled"}, Noted: map[string]planner.Date{grading.Born: planner.NewDate(1946, 12, 10)}}},
		{"alone, disabled and 80 tomorrow", grading.Facts{Grade: "blue", Kinds: []string{"lone_elder", "disabled"}, Noted: map[string]planner.Date{grading.Born: planner.NewDate(1946, 12, 11)}}},
		{"alone, 80, disabled, ill and worse", grading.Facts{
			Grade: "yellow", Kinds: []string{"lone_elder", "disabled", "chronic_illness"}, Found: found("health", "worse", 3),
			Noted: map[string]planner.Date{grading.Born: planner.NewDate(1940, 1, 1)},
		}},
		{"smelled of gas", grading.Facts{Grade: "blue", Found: found("gas", "smell", 5)}},
		{"smelled of gas, is yellow", grading.Facts{Grade: "yellow", Found: found("gas", "smell", 5)}},
		{"smelled of gas long ago", grading.Facts{Grade: "blue", Found: found("gas", "smell", 31)}},
		{"needs a doctor and smells of gas", grading.Facts{Grade: "blue", Found: append(found("gas", "smell", 1), found("health", "urgent", 1)...)}},
		{"an emergency", grading.Facts{Grade: "blue", Cases: []grading.Case{{Kind: "emergency", Day: today - 29}, {Kind: "general", Day: today}}}},
		{"an emergency too long ago", grading.Facts{Grade: "blue", Cases: []grading.Case{{Kind: "emergency", Day: today - 30}}}},
		{"a fall, alone", grading.Facts{Grade: "blue", Kinds: []string{"lone_elder"}, Noted: noted("fell", 10)}},
		{"two lapses add one point to four", grading.Facts{
			Grade: "blue", Kinds: []string{"lone_elder", "disabled", "chronic_illness"}, Lapsed: []planner.Date{today - 1, today - 9},
		}},
		{"one lapse of two is too old", grading.Facts{
			Grade: "blue", Kinds: []string{"lone_elder", "disabled", "chronic_illness"}, Lapsed: []planner.Date{today - 1, today - 30},
		}},
		{"raised 29 days ago, and it is over", grading.Facts{Grade: "red", Raised: raised("blue", 29)}},
		{"raised 30 days ago, and it is over", grading.Facts{Grade: "red", Raised: raised("blue", 30)}},
		{"raised 30 days ago, and something less strict is left", grading.Facts{Grade: "red", Raised: raised("blue", 30), Found: found("gas", "unsafe", 2)}},
		{"raised 30 days ago, and it is not over", grading.Facts{Grade: "red", Raised: raised("blue", 30), Unanswered: 4}},
		{"raised from a grade that is unknown", grading.Facts{Grade: "red", Raised: raised("green", 60)}},
		{"never raised", grading.Facts{Grade: "red"}},
		{"not followed ten days ago for the same", grading.Facts{
			Grade: "blue", Unanswered: 3, Kept: &grading.Kept{Grade: "red", Reasons: []string{"unanswered"}, On: today - 10},
		}},
		{"not followed for something else", grading.Facts{
			Grade: "blue", Unanswered: 3, Kept: &grading.Kept{Grade: "red", Reasons: []string{"discharged"}, On: today - 10},
		}},
		{"not followed 30 days ago", grading.Facts{
			Grade: "blue", Unanswered: 3, Kept: &grading.Kept{Grade: "red", Reasons: []string{"unanswered"}, On: today - 30},
		}},
	}
	r := reference()
	var b strings.Builder
	for _, row := range table {
		out := "-"
		if s := r.Suggest(&row.facts, today); s != nil {
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			out = string(text)
		}
		fmt.Fprintf(&b, "%s\n\t%s\n", row.name, out)
	}
	const golden = "testdata/suggest.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

// drawn draws rules without anything that must not be so, and facts.
func drawn(t *rapid.T) (*grading.Rules, *grading.Facts) {
	words := []string{"a", "b", "c", "d"}
	word := rapid.SampledFrom(words)
	days := rapid.IntRange(0, 40)
	r := &grading.Rules{Grades: []string{"red", "yellow", "blue"}, LowerAfter: rapid.IntRange(0, 5).Draw(t, "lower"), AgainAfter: 5}
	for _, w := range append(words, grading.Born) {
		r.Notes = append(r.Notes, grading.Note{Code: w, ZH: w, EN: w})
	}
	for i := range rapid.IntRange(1, 8).Draw(t, "rules") {
		q := grading.Rule{Code: fmt.Sprint("r", i), ZH: "z", EN: "e"}
		if rapid.Bool().Draw(t, "points") {
			q.Points = rapid.IntRange(1, 4).Draw(t, "n")
		} else {
			q.Grade = rapid.SampledFrom(r.Grades).Draw(t, "grade")
		}
		for range rapid.IntRange(1, 3).Draw(t, "conditions") {
			var c grading.Condition
			switch rapid.IntRange(0, 6).Draw(t, "of") {
			case 0:
				c.Kind = word.Draw(t, "kind")
			case 1:
				c.Noted, c.Days = word.Draw(t, "noted"), days.Draw(t, "days")
			case 2:
				c.Age = rapid.IntRange(1, 100).Draw(t, "age")
			case 3:
				c.Unanswered = rapid.IntRange(1, 4).Draw(t, "unanswered")
			case 4:
				c.Lapses, c.Days = rapid.IntRange(1, 3).Draw(t, "lapses"), 1+days.Draw(t, "days")
			case 5:
				c.Found, c.Answers, c.Days = word.Draw(t, "found"), []string{word.Draw(t, "answer")}, days.Draw(t, "days")
			case 6:
				c.Case, c.Days = word.Draw(t, "case"), days.Draw(t, "days")
			}
			q.If = append(q.If, c)
		}
		r.Rules = append(r.Rules, q)
	}
	if slices.ContainsFunc(r.Rules, func(q grading.Rule) bool { return q.Points > 0 }) {
		r.Points = []grading.Threshold{{Points: 5, Grade: "red"}, {Points: 2, Grade: "yellow"}}
	}
	f := &grading.Facts{Grade: rapid.SampledFrom(r.Grades).Draw(t, "present"), Noted: map[string]planner.Date{}}
	for range rapid.IntRange(0, 8).Draw(t, "facts") {
		more(t, f)
	}
	return r, f
}

// more adds a fact.
func more(t *rapid.T, f *grading.Facts) {
	word := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "word")
	day := today - planner.Date(rapid.IntRange(0, 50).Draw(t, "ago"))
	switch rapid.IntRange(0, 6).Draw(t, "fact") {
	case 0:
		f.Kinds = append(slices.Clone(f.Kinds), word)
	case 1, 2:
		if word == "d" {
			word, day = grading.Born, today-planner.Date(rapid.IntRange(1, 36000).Draw(t, "old"))
		}
		if f.Noted[word] == 0 { // one of a sort: a later day is another fact, not one more
			f.Noted[word] = day
		}
	case 3:
		f.Unanswered++
	case 4:
		f.Lapsed = append(slices.Clone(f.Lapsed), day)
	case 5:
		f.Found = append(slices.Clone(f.Found), grading.Found{Item: word, Answer: word, Day: day})
	case 6:
		f.Cases = append(slices.Clone(f.Cases), grading.Case{Kind: word, Day: day})
	}
}

func TestAnotherFactNeverSpeaksForALowerGrade(t *testing.T) {
	speaks := 0
	rapid.Check(t, func(t *rapid.T) {
		r, f := drawn(t)
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
		before, _, ok := r.Grade(f, today)
		for range 3 {
			more(t, f)
			after, reasons, still := r.Grade(f, today)
			if ok && (!still || slices.Index(r.Grades, after) > slices.Index(r.Grades, before)) {
				t.Fatalf("%s has become %q by one more fact", before, after)
			}
			if still && len(reasons) == 0 {
				t.Fatalf("%s without a reason", after)
			}
			if before, ok = after, still; ok {
				speaks++
			}
		}
	})
	if speaks == 0 {
		t.Error("no facts ever spoke for a grade: the test proves nothing")
	}
}

func TestWhatMustNotBeSoSaysItself(t *testing.T) {
	r := &grading.Rules{
		Grades: []string{"red", "blue"},
		Rules: []grading.Rule{
			{Code: "alone", ZH: "z", EN: "e", Grade: "red", If: []grading.Condition{{Kind: "lone_elder"}, {Kind: "cared_for", Not: true}}},
		},
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	f := grading.Facts{Grade: "blue", Kinds: []string{"lone_elder"}}
	if s := r.Suggest(&f, today); s == nil || s.Grade != "red" || len(s.Reasons[0].Facts) != 1 {
		t.Errorf("alone: %+v", s)
	}
	f.Kinds = append(f.Kinds, "cared_for")
	if s := r.Suggest(&f, today); s != nil {
		t.Errorf("cared for: %+v", s)
	}
}

func TestTheSameFactsGiveTheSameSuggestionInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, f := drawn(t)
		want := r.Suggest(f, today)
		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		g, q := *f, *r
		g.Kinds, g.Lapsed, g.Cases, g.Found = slices.Clone(f.Kinds), slices.Clone(f.Lapsed), slices.Clone(f.Cases), slices.Clone(f.Found)
		q.Rules = slices.Clone(r.Rules)
		for _, list := range []any{g.Kinds, g.Lapsed, g.Cases, g.Found, q.Rules} {
			v := reflect.ValueOf(list)
			shuffle.Shuffle(v.Len(), reflect.Swapper(list))
		}
		if diff := cmp.Diff(want, q.Suggest(&g, today)); diff != "" {
			t.Fatal(diff)
		}
		if want == nil {
			return
		}
		if want.Grade == f.Grade || want.Lower || !slices.IsSorted(want.Codes()) {
			t.Fatalf("of a grade that nobody raised, %s: %+v", f.Grade, want)
		}
		// What was not followed is not suggested again; once it was, there is nothing to suggest.
		g.Kept = &grading.Kept{Grade: want.Grade, Reasons: want.Codes(), On: today}
		if s := r.Suggest(&g, today); s != nil {
			t.Fatalf("again: %+v", s)
		}
		g.Kept, g.Grade = nil, want.Grade
		if s := r.Suggest(&g, today); s != nil {
			t.Fatalf("after it was followed: %+v", s)
		}
	})
}

func TestTheRulesOfADayAreTheLatestThatHaveBegun(t *testing.T) {
	list := []grading.Rules{{From: 200, AgainAfter: 2}, {From: 100, AgainAfter: 1}, {From: 200, AgainAfter: 3}}
	for day, want := range map[planner.Date]int{99: -1, 100: 1, 199: 1, 200: 3, 300: 3} {
		got, ok := grading.On(list, day)
		if ok != (want >= 0) || ok && got.AgainAfter != want {
			t.Errorf("on %d: %v %v", day, got.AgainAfter, ok)
		}
	}
}

func TestHowFarBackTheRulesLook(t *testing.T) {
	r := reference()
	if found, cases := r.LooksBack(366); found != 31 || cases != 30 {
		t.Errorf("found %d, cases %d days", found, cases)
	}
	r.Rules[0].If[0].Days, r.Rules[3].If[0].Days = 0, 400
	if found, cases := r.LooksBack(366); found != 366 || cases != 366 {
		t.Errorf("without a bound: found %d, cases %d days", found, cases)
	}
}

func TestWhatAChangeDoes(t *testing.T) {
	r := reference()
	for _, c := range []struct {
		was, grade        string
		lowers, strictest bool
	}{
		{"red", "blue", true, true},
		{"yellow", "blue", true, false},
		{"blue", "red", false, false},
		{"red", "red", false, false},
		{"green", "blue", false, false},
		{"red", "green", false, true},
	} {
		if l, s := r.Lowers(c.was, c.grade), r.FromStrictest(c.was, c.grade); l != c.lowers || s != c.strictest {
			t.Errorf("%s to %s: lowers %t, from the strictest %t", c.was, c.grade, l, s)
		}
	}
}

func TestRulesThatCannotBeUsedSayWhere(t *testing.T) {
	for want, spoil := range map[string]func(*grading.Rules){
		"grades: want":             func(r *grading.Rules) { r.Grades = r.Grades[:1] },
		"grades[2]: is there":      func(r *grading.Rules) { r.Grades[2] = "red" },
		"lower_after_days":         func(r *grading.Rules) { r.LowerAfter = -1 },
		"again_after_days":         func(r *grading.Rules) { r.AgainAfter = 100000 },
		"notes[1].code: is there":  func(r *grading.Rules) { r.Notes[1].Code = r.Notes[0].Code },
		"notes[0].zh":              func(r *grading.Rules) { r.Notes[0].ZH = strings.Repeat("长", 61) },
		"rules: want":              func(r *grading.Rules) { r.Rules = nil },
		"rules[0].code: over":      func(r *grading.Rules) { r.Rules[0].Code = grading.Over },
		"rules[1].code: want":      func(r *grading.Rules) { r.Rules[1].Code = "Hospital!" },
		"rules[1]: it speaks":      func(r *grading.Rules) { r.Rules[1].Points = 2 },
		"rules[2].grade":           func(r *grading.Rules) { r.Rules[2].Grade = "violet" },
		"rules[2].if: want":        func(r *grading.Rules) { r.Rules[2].If = nil },
		"rules[5].points":          func(r *grading.Rules) { r.Rules[5].Points = 101 },
		"rules[5].if[0]: set one":  func(r *grading.Rules) { r.Rules[5].If[0].Age = 80 },
		"rules[5].if[0].within":    func(r *grading.Rules) { r.Rules[5].If[0].Days = 3 },
		"rules[1].if[0].noted":     func(r *grading.Rules) { r.Notes = r.Notes[1:] },
		"rules[6].if[0].age_from":  func(r *grading.Rules) { r.Notes = r.Notes[:4] },
		"rules[3].if[0].answers":   func(r *grading.Rules) { r.Rules[3].If[0].Answers = nil },
		"rules[15].if[0].within":   func(r *grading.Rules) { r.Rules[15].If[0].Days = 0 },
		"points: rules":            func(r *grading.Rules) { r.Points = nil },
		"points[0].grade":          func(r *grading.Rules) { r.Points[0].Grade = "violet" },
		"points[1]: thresholds":    func(r *grading.Rules) { r.Points[1].Points = 8 },
		"points[0].points: want 1": func(r *grading.Rules) { r.Points[0].Points = 0 },
	} {
		r := reference()
		spoil(r)
		if err := r.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
