package service_test

import (
	"slices"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner/form"
)

// A district asks by its own form from a day on; what a phone asked by an older one
// is taken all the same.
func TestADistrictAsksByItsOwnForm(t *testing.T) {
	b := newRecordBed(t)
	b.rules()
	worker, plans := b.seat(1, data.RoleWorker, "", "", "v1"), b.seat(2, data.RolePlanner, lattice, "", "")
	own := func(change func(*form.Form)) form.Form {
		f := *form.Reference()
		f.From = b.today + 1
		f.Items = []form.Item{{ID: "mood", Group: form.Ask, ZH: "心情", EN: "Mood", Answers: []form.Choice{{Code: "bright", ZH: "好", EN: "bright"}, {Code: "low", ZH: "低落", EN: "low", Bad: true}}}}
		change(&f)
		return f
	}
	for name, test := range map[string]struct {
		f    form.Form
		want service.Code
	}{
		"of today":             {own(func(f *form.Form) { f.From = b.today }), service.CodeInvalid},
		"with nothing to ask":  {own(func(f *form.Form) { f.Items = nil }), service.CodeInvalid},
		"without a word of it": {own(func(f *form.Form) { f.Items[0].EN = "" }), service.CodeInvalid},
	} {
		if _, err := b.PutForm(plans, lattice, test.f); service.CodeOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.PutForm(worker, lattice, own(func(*form.Form) {})); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("by a worker: %v", err)
	}
	set := must(b.PutForm(plans, lattice, own(func(*form.Form) {})))(t)
	if again := must(b.PutForm(plans, lattice, own(func(f *form.Form) { f.ID = set.ID })))(t); again.ID == set.ID {
		t.Error("a form takes another's id")
	} else {
		set = again
	}
	if list := must(b.Forms(worker, lattice))(t); len(list) != 2 || list[1].ID != set.ID {
		t.Errorf("the forms are %+v", list)
	}
	asked := func(want string) {
		t.Helper()
		if v := must(b.VisitDay(worker, lattice, "", b.today))(t); v.Form.ID != want {
			t.Errorf("today is asked by %s, want %s", v.Form.ID, want)
		}
	}
	asked("reference-1")
	// A record answers by name of the form; of none it is that of the day.
	by := func(id string, answers map[string]string) service.RecordIn {
		r := b.record("r0000")
		r.Form, r.Answers = id, answers
		return r
	}
	bright, good := map[string]string{"mood": "bright"}, map[string]string{"health": "good"}
	if got := b.put(worker, by("", good), by("", bright), by("own-9", bright)); !slices.Equal(got, []string{"stored", "refused invalid", "refused invalid"}) {
		t.Errorf("before it holds: %v", got)
	}
	b.now, b.today = b.now.AddDate(0, 0, 1), b.today+1
	asked(set.ID)
	late := by("reference-1", good)
	if got := b.put(worker, by(set.ID, bright), by("", bright), by(set.ID, good), late); !slices.Equal(got, []string{"stored", "stored", "refused invalid", "stored"}) {
		t.Errorf("once it holds: %v", got)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_record WHERE form = $1`, set.ID); n != 2 {
		t.Errorf("%d records name it, want 2", n)
	}
	b.now = b.now.AddDate(0, 0, -3)
	early := by(set.ID, bright)
	b.now = b.now.AddDate(0, 0, 3)
	if got := b.put(worker, early); got[0] != "refused invalid" {
		t.Errorf("of two days before it holds: %v", got)
	}
}
