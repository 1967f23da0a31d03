package service_test

import (
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func TestALapseIsACaseOfTheTaskForceThatGoesOnToItsEnd(t *testing.T) {
	b := newLadderBed(t, 2)
	b.plan(2)
	b.at(2, 20, 0)
	b.goOn()
	b.at(3, 0, 0)
	b.goOn()
	s := service.New(b.owner, service.Config{Now: func() time.Time { return b.now }})
	defer s.Close()
	ctx := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	if err := b.owner.Gate().PutAccount(ctx, ladderDistrict, data.Account{ID: "a0000000000000001", Login: "housing"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.owner.Gate().Give(ctx, ladderDistrict, data.Grant{Account: "a0000000000000001", Role: data.RoleDepartment, Body: "housing", From: b.now.AddDate(-1, 0, 0), GivenBy: "ops"}); err != nil {
		t.Fatal(err)
	}
	list, _, err := s.Cases(ctx, ladderDistrict, ladderMicro, true)
	if err != nil || len(list) != 2 {
		t.Fatalf("the cases are %+v (%v)", list, err)
	}
	c := list[0]
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 12, day, hour-8, minute, 0, 0, time.UTC) }
	if c.Kind != "missed" || c.Level != data.CaseTaskForce || c.Stage != data.CaseCall || c.Area != ladderMicro || c.Ladder == 0 || !c.Deadline.Equal(at(3, 10, 0)) {
		t.Errorf("a lapse becomes %+v", c)
	}
	b.at(3, 9, 0)
	for _, step := range []struct {
		name     string
		do       func() (data.Case, error)
		want     service.Code
		deadline time.Time // of what goes well
	}{
		{"somebody sets out: the clock is that of its solution", func() (data.Case, error) {
			return s.StepCase(ctx, ladderDistrict, c.ID, data.CaseArrival, "")
		}, "", at(5, 0, 0)},
		{"back is not on", func() (data.Case, error) {
			return s.StepCase(ctx, ladderDistrict, c.ID, data.CaseCall, "again")
		}, service.CodeNo, time.Time{}},
		{"there is nothing to say of the stage it is at", func() (data.Case, error) {
			return s.StepCase(ctx, ladderDistrict, c.ID, data.CaseArrival, " ")
		}, service.CodeInvalid, time.Time{}},
		{"departments need a name", func() (data.Case, error) {
			return s.PassCase(ctx, ladderDistrict, c.ID, data.CaseDepartments, "", "the lock is broken")
		}, service.CodeInvalid, time.Time{}},
		{"a department is one for which somebody signs in", func() (data.Case, error) {
			return s.PassCase(ctx, ladderDistrict, c.ID, data.CaseDepartments, "Mr Wang of housing", "the lock is broken")
		}, service.CodeInvalid, time.Time{}},
		{"departments have three working days, Friday, Monday and Tuesday", func() (data.Case, error) {
			return s.PassCase(ctx, ladderDistrict, c.ID, data.CaseDepartments, "housing", "the lock is broken")
		}, "", at(9, 0, 0)},
		{"it is with them already", func() (data.Case, error) {
			return s.PassCase(ctx, ladderDistrict, c.ID, data.CaseDepartments, "housing", "")
		}, service.CodeNo, time.Time{}},
		{"it is closed", func() (data.Case, error) {
			return s.StepCase(ctx, ladderDistrict, c.ID, data.CaseClosed, "seen and well")
		}, "", at(9, 0, 0)},
		{"what is closed stays so", func() (data.Case, error) {
			return s.StepCase(ctx, ladderDistrict, c.ID, data.CaseClosed, "and again")
		}, service.CodeNo, time.Time{}},
	} {
		got, err := step.do()
		if service.CodeOf(err) != step.want || step.want == "" && !got.Deadline.Equal(step.deadline) {
			t.Errorf("%s: %v, deadline %s; want %q, %s", step.name, err, got.Deadline, step.want, step.deadline)
		}
	}
	_, steps, err := s.Case(ctx, ladderDistrict, c.ID)
	if err != nil || len(steps) != 4 || steps[2].Body != "housing" || steps[3].Text.Reveal() != "seen and well" {
		t.Errorf("the steps are %+v (%v)", steps, err)
	}
}

func TestACaseIsOpenedWithItsClock(t *testing.T) {
	b := newLadderBed(t, 1)
	s := service.New(b.owner, service.Config{Now: func() time.Time { return b.now }})
	defer s.Close()
	operator := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	for _, c := range []struct {
		name string
		of   service.NewCase
		want service.Code
		in   time.Duration
	}{
		{"an emergency", service.NewCase{Kind: "emergency", Source: "found", Resident: "r00000", Text: "smoke"}, "", 15 * time.Minute},
		{"a general one of a place", service.NewCase{Kind: "general", Source: "above", Area: ladderGrid, Text: "a lamp is out"}, "", 2 * time.Hour},
		{"of nobody and nowhere", service.NewCase{Kind: "general", Source: "found", Text: "x"}, service.CodeInvalid, 0},
		{"of both", service.NewCase{Kind: "general", Source: "found", Resident: "r00000", Area: ladderGrid, Text: "x"}, service.CodeInvalid, 0},
		{"of a community", service.NewCase{Kind: "general", Source: "found", Area: ladderDistrict + "001001", Text: "x"}, service.CodeNotFound, 0},
		{"of a resident there is not", service.NewCase{Kind: "general", Source: "found", Resident: "nobody", Text: "x"}, service.CodeForbidden, 0},
		{"of a kind there is not", service.NewCase{Kind: "party", Source: "found", Resident: "r00000", Text: "x"}, service.CodeInvalid, 0},
		{"a lapse made by hand", service.NewCase{Kind: "missed", Source: "found", Resident: "r00000", Text: "x"}, service.CodeInvalid, 0},
		{"without a word", service.NewCase{Kind: "general", Source: "found", Resident: "r00000"}, service.CodeInvalid, 0},
	} {
		got, err := s.OpenCase(operator, ladderDistrict, c.of)
		if service.CodeOf(err) != c.want || c.want == "" && !got.Deadline.Equal(b.now.Add(c.in)) {
			t.Errorf("%s: %v, deadline %s", c.name, err, got.Deadline)
		}
	}
}
