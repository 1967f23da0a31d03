package form_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sanse/planner"
	"sanse/planner/form"
)

func TestTheReferenceCanBeUsed(t *testing.T) {
	f := form.Reference()
	if err := f.Validate(); err != nil {
		t.Fatal(err)
	}
	groups := map[form.Group]int{}
	for _, it := range f.Items {
		groups[it.Group]++
	}
	if groups[form.Ask] != 3 || groups[form.Check] != 3 || groups[form.Clear] != 3 {
		t.Errorf("three of each are wanted: %v", groups)
	}
}

func TestTheFormOfADayIsTheLatestThatHasBegun(t *testing.T) {
	own := []form.Form{{ID: "second", From: 200}, {ID: "first", From: 100}, {ID: "corrected", From: 200}}
	for day, want := range map[planner.Date]string{99: "reference-1", 100: "first", 199: "first", 200: "corrected", 300: "corrected"} {
		if got := form.On(own, day); got.ID != want {
			t.Errorf("on %s it is %s, want %s", day, got.ID, want)
		}
	}
	if form.ByID(own, "first") == nil || form.ByID(own, "reference-1") == nil || form.ByID(own, "third") != nil {
		t.Error("a form is found by its id, the reference too, and no other")
	}
}

func TestAnswersAreOfTheForm(t *testing.T) {
	f := form.Reference()
	var bad *form.AnswerError
	for _, c := range []struct {
		answers map[string]string
		item    string
		wrong   bool
	}{
		{nil, "", false},
		{map[string]string{"health": "good", "gas": "smell"}, "", false},
		{map[string]string{"health": "王伟"}, "health", true},
		{map[string]string{"health": "good", "王伟": "good"}, "", true},
	} {
		err := f.CheckAnswers(c.answers)
		if c.wrong != errors.As(err, &bad) || c.wrong && (bad.Item != c.item || strings.Contains(err.Error(), "王伟")) {
			t.Errorf("%v: %v", c.answers, err)
		}
	}
	if got := f.Bad(map[string]string{"gas": "smell", "health": "good", "passage": "blocked"}); !slices.Equal(got, []string{"gas", "passage"}) {
		t.Errorf("to be looked into: %v", got)
	}
}

func TestAFormThatCannotBeUsedSaysWhere(t *testing.T) {
	for want, spoil := range map[string]func(*form.Form){
		"items":               func(f *form.Form) { f.Items = nil },
		"items[1].id":         func(f *form.Form) { f.Items[1].ID = "Meals!" },
		"items[2].id":         func(f *form.Form) { f.Items[2].ID = f.Items[0].ID },
		"items[0].group":      func(f *form.Form) { f.Items[0].Group = "guess" },
		"items[0].answers":    func(f *form.Form) { f.Items[0].Answers = f.Items[0].Answers[:1] },
		"items[3].en":         func(f *form.Form) { f.Items[3].EN = "" },
		"items[0].answers[1]": func(f *form.Form) { f.Items[0].Answers[1].Code = f.Items[0].Answers[0].Code },
		"not_seen":            func(f *form.Form) { f.NotSeen = nil },
		"no_code[0].zh":       func(f *form.Form) { f.NoCode[0].ZH = strings.Repeat("长", 61) },
	} {
		f := form.Reference()
		spoil(f)
		if err := f.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
