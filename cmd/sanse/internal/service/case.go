package service

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"sanse/data"
)

// maxCases is how many cases a list holds at most, and maxCaseText how many
// characters a step has.
const (
	maxCases    = 1000
	maxCaseText = 2000
)

// NewCase is what somebody reports.
type NewCase struct {
	Kind     string
	Source   string // found, resident, device, above
	Resident string // or else
	Area     string // where it is: a grid or a micro-grid
	Text     string
}

// maySeeCase tells whether who asks may read a case that the desk shows them: it is
// where they may, or of somebody handed to them, or of nobody and with their
// department, now or before. A platform has the cases that it tells of, and those of
// devices (CapConnect).
func maySeeCase(ctx context.Context, c *data.Case) bool {
	v := viewerOf(ctx)
	return v.May(CapCase, c.Area) || v.May(CapConnect, c.Area) || c.Resident != "" && v.Handed(CapCase) || c.Resident == "" && leads(v, c.Bodies...)
}

// mayCase tells whether they may take part in it as well: a department in a case of
// nobody as long as it leads it.
func mayCase(ctx context.Context, c *data.Case) bool {
	v := viewerOf(ctx)
	return v.May(CapCase, c.Area) || v.May(CapConnect, c.Area) || c.Resident != "" && v.Handed(CapCase) || c.Resident == "" && leads(v, c.Body)
}

// leads tells whether who asks does so for one of these departments.
func leads(v Viewer, bodies ...string) bool {
	return slices.ContainsFunc(v.Bodies(data.RoleDepartment), func(b string) bool { return slices.Contains(bodies, b) })
}

// Cases lists the cases of an area, an empty code being the district: those that are
// open first, nearest deadline first. Who has people handed to them sees theirs, a
// department also those of nobody that it leads or has led.
// More tells that there are others.
func (s *Service) Cases(ctx context.Context, district, area string, open bool) (out []data.Case, more bool, err error) {
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, false, err
	}
	a, err := f.area(area)
	if err != nil {
		return nil, false, err
	}
	err = s.atDesk(ctx, func(d *data.Desk) error {
		list, err := d.Cases(ctx, district, data.CaseFilter{Area: a.Code, Open: open, Limit: maxCases + 1})
		if err != nil {
			return err
		}
		if more = len(list) > maxCases; more {
			list = list[:maxCases]
		}
		out = slices.DeleteFunc(list, func(c data.Case) bool { return !maySeeCase(ctx, &c) })
		if len(out) == 0 {
			return nil
		}
		return s.recordAt(ctx, d, district, read("case", a.Code, data.CaseIDs(out...)...))
	})
	return out, more, err
}

// Case tells of a case, with all that became of it and was written. Of one that is
// not theirs nobody is told whether there is such a one.
func (s *Service) Case(ctx context.Context, district, id string) (c data.Case, steps []data.CaseStep, err error) {
	err = s.atDesk(ctx, func(d *data.Desk) error {
		if c, steps, err = s.caseOf(ctx, d, district, id); err != nil {
			return err
		}
		return s.recordAt(ctx, d, district, read("case", c.Area, data.CaseIDs(c)...))
	})
	return c, steps, err
}

// caseOf reads a case that who asks may read.
func (s *Service) caseOf(ctx context.Context, d *data.Desk, district, id string) (data.Case, []data.CaseStep, error) {
	c, steps, err := d.Case(ctx, district, id)
	if errors.Is(err, data.ErrNotFound) {
		return c, nil, missing(ctx, CapCase, district, "there is no case %q", id)
	}
	if err == nil && !maySeeCase(ctx, &c) {
		err = forbidden(notTheirs)
	}
	return c, steps, err
}

// checkCaseText sees that what is written is no novel.
func checkCaseText(text string, wanted bool) error {
	switch {
	case wanted && visible(text) == 0:
		return invalid("what is it? say it in words; they are kept sealed")
	case utf8.RuneCountInString(text) > maxCaseText:
		return invalid("a text is at most %d characters long", maxCaseText)
	}
	return nil
}

// OpenCase opens a case, which the grid holds until it is passed on.
func (s *Service) OpenCase(ctx context.Context, district string, n NewCase) (c data.Case, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return data.Case{}, err
	}
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		c, err = s.openCaseAt(ctx, desk, d, n)
		return err
	})
	return c, err
}

// openCaseAt is OpenCase in a transaction of the desk.
func (s *Service) openCaseAt(ctx context.Context, desk *data.Desk, d data.District, n NewCase) (data.Case, error) {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return data.Case{}, invalid("there is no time zone %q", d.TimeZone)
	}
	district := d.Code
	c := data.Case{Kind: n.Kind, Source: n.Source, Resident: n.Resident, Area: n.Area, Level: data.CaseGrid, Stage: data.CaseCall, N: 1, Opened: s.now(), OpenedBy: viewerOf(ctx).Account}
	if (n.Resident == "") == (n.Area == "") {
		return c, invalid("a case is of a resident, or of a grid or micro-grid: name one of them")
	}
	if c.ID, err = newCaseID(); err != nil {
		return c, err
	}
	if n.Resident != "" {
		grids, err := desk.Grids(ctx, district, []string{n.Resident})
		if err != nil {
			return c, err
		}
		c.Area = grids[n.Resident]
	} else {
		f, err := s.frame(ctx, district)
		if err != nil {
			return c, err
		}
		if a, err := f.area(n.Area); err != nil || a.Level != "grid" && a.Level != "micro-grid" {
			return c, missing(ctx, CapCase, district, "there is no grid %q", n.Area)
		}
	}
	if c.Area == "" || !mayCase(ctx, &c) {
		return c, forbidden(notTheirs)
	}
	kind, known := caseKind(n.Kind)
	switch {
	case !known || n.Kind == caseMissed:
		return c, invalid("kind: there is no such kind of case")
	case !slices.Contains([]string{"found", "resident", "device", "above"}, n.Source):
		return c, invalid("a case comes from what was found, a resident, a device or from above, not %q", n.Source)
	}
	if err := checkCaseText(n.Text, true); err != nil {
		return c, err
	}
	c.Deadline = deadlineOf(kind.Answer, c.Opened, zone)
	if err := desk.OpenCase(ctx, district, c, data.Sealed(cleanText(n.Text))); err != nil {
		return c, err
	}
	return c, desk.Tell(ctx, district, []data.Outgoing{caseCame(&c, c.OpenedBy, c.Opened)})
}

// StepCase takes a case a stage further, or several, or writes something of the stage
// it is at. Once somebody has taken it up the clock is that of its solution. What
// is closed stays so.
func (s *Service) StepCase(ctx context.Context, district, id string, stage data.CaseStage, text string) (data.Case, error) {
	return s.moveCase(ctx, district, id, text, func(c *data.Case) error {
		to := slices.Index(data.CaseStages, stage)
		switch {
		case to < 0:
			return invalid("stage: there is no such stage")
		case to < slices.Index(data.CaseStages, c.Stage):
			return &Error{Code: CodeNo, Message: "the case is at " + string(c.Stage) + " already: it goes on, not back"}
		}
		c.Stage = stage
		return nil
	})
}

// PassCase gives a case to others: up, where it is too large, or back. To departments
// body names the one that leads; who it is about is handed to it apart from this.
// A department is one for which somebody signs in.
func (s *Service) PassCase(ctx context.Context, district, id string, to data.CaseLevel, body, text string) (data.Case, error) {
	var known []string
	if body != "" {
		d, err := s.District(ctx, district)
		if err != nil {
			return data.Case{}, err
		}
		if known, err = s.departments(ctx, d.Code); err != nil {
			return data.Case{}, err
		}
	}
	return s.moveCase(ctx, district, id, text, func(c *data.Case) error {
		switch {
		case !slices.Contains([]data.CaseLevel{data.CaseGrid, data.CaseDepartments, data.CaseTaskForce}, to):
			return invalid("a case is with the grid, departments or the task force, not %q", to)
		case (to == data.CaseDepartments) != (body != ""):
			return invalid("to departments, and to them alone, a case goes with the name of the one that leads")
		case body != "" && !slices.Contains(known, body):
			return invalid("body: there is no such department for which somebody signs in")
		case to == c.Level && body == c.Body:
			return &Error{Code: CodeNo, Message: "it is with them already"}
		}
		c.Level, c.Body = to, body
		return nil
	})
}

// moveCase changes a case, sets its clock, and writes the step.
func (s *Service) moveCase(ctx context.Context, district, id, text string, change func(*data.Case) error) (out data.Case, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		out, err = s.moveCaseAt(ctx, desk, d, id, text, change)
		return err
	})
	return out, err
}

// moveCaseAt is moveCase in a transaction of the desk.
func (s *Service) moveCaseAt(ctx context.Context, desk *data.Desk, d data.District, id, text string, change func(*data.Case) error) (data.Case, error) {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return data.Case{}, invalid("there is no time zone %q", d.TimeZone)
	}
	out, _, err := s.caseOf(ctx, desk, d.Code, id)
	if err != nil {
		return out, err
	}
	if !mayCase(ctx, &out) {
		return out, forbidden("it is with others now: they go on with it")
	}
	was := out
	if was.Stage == data.CaseClosed {
		return out, &Error{Code: CodeNo, Message: "the case is closed: open another"}
	}
	if err := change(&out); err != nil {
		return out, err
	}
	if err := checkCaseText(text, was.Stage == out.Stage && was.Level == out.Level); err != nil {
		return out, err
	}
	now := s.now()
	if taken := was.Stage == data.CaseCall && out.Stage != data.CaseCall; taken || was.Level != out.Level || was.Body != out.Body {
		kind, _ := caseKind(out.Kind) // of one that is no more: the zero limit, which is over now
		out.Deadline = deadlineOf(kind.limit(out.Stage, out.Level), now, zone)
	}
	if out.Stage == data.CaseClosed {
		out.Closed = now
	}
	err = desk.MoveCase(ctx, d.Code, out, now, viewerOf(ctx).Account, data.Sealed(cleanText(text)))
	if errors.Is(err, data.ErrNotFound) {
		return out, &Error{Code: CodeNo, Message: "somebody else has gone on with the case meanwhile: look again"}
	}
	if err != nil {
		return out, err
	}
	if out.N++; was.Level != out.Level || was.Body != out.Body {
		err = desk.Tell(ctx, d.Code, []data.Outgoing{caseCame(&out, viewerOf(ctx).Account, now)})
	}
	return out, err
}
