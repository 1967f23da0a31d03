package service

import (
	"context"
	"errors"
	"slices"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/grading"
)

// maxGrades is how many suggestions or changes a list holds at most.
const maxGrades = 1000

// GradeSuggestion is a suggestion, and where its resident lives.
type GradeSuggestion struct {
	data.GradeSuggestion

	Grid string
}

// GradeChange is a change of grade, and where its resident lives.
type GradeChange struct {
	data.GradeChange

	Grid string
}

// GradeRules returns the rules of a district by which grades are suggested, dated,
// the first first: those that began last hold. None: nothing is suggested. With them
// goes the day that it is there.
func (s *Service) GradeRules(ctx context.Context, district string) ([]grading.Rules, planner.Date, error) {
	d, today, err := s.districtToday(ctx, district)
	if err != nil {
		return nil, 0, err
	}
	rules, err := s.store.GradeRules(ctx, d.Code)
	return rules, today, err
}

// PutGradeRules sets the rules that hold from a day on, today at the earliest.
func (s *Service) PutGradeRules(ctx context.Context, district string, rules grading.Rules) error {
	if err := mustMay(ctx, CapPlan, district); err != nil {
		return err
	}
	if err := rules.Validate(); err != nil {
		return invalidCause(err, "these are no rules for grades")
	}
	d, today, err := s.districtToday(ctx, district)
	if err != nil {
		return err
	}
	if rules.From < today {
		return invalid("the rules can begin on %s at the earliest", today)
	}
	if rules.Notes == nil {
		rules.Notes = []grading.Note{}
	}
	defer s.grades.again(d.Code)
	return s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutGradeRules(d.Code, viewerOf(ctx).Account, rules) })
}

// districtToday finds a district and the day that it is there.
func (s *Service) districtToday(ctx context.Context, code string) (data.District, planner.Date, error) {
	d, err := s.District(ctx, code)
	if err != nil {
		return d, 0, err
	}
	today, err := s.Today(d.TimeZone)
	return d, today, err
}

// GradeSuggestions lists what is suggested for the residents of an area, an empty code
// being the district, and not decided on yet. More tells that there are others.
func (s *Service) GradeSuggestions(ctx context.Context, district, area string) (out []GradeSuggestion, more bool, err error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, false, err
	}
	if err := mustMay(ctx, CapGrade, a.Code); err != nil {
		return nil, false, err
	}
	list, err := s.store.GradeSuggestions(ctx, v.snap.District.Code, data.SuggestionFilter{Area: a.Code, Open: true, Limit: maxGrades + 1})
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > maxGrades; more {
		list = list[:maxGrades]
	}
	residents := make([]string, len(list))
	out = make([]GradeSuggestion, len(list))
	for i := range list {
		residents[i], out[i] = list[i].Resident, GradeSuggestion{list[i], v.gridOf(list[i].Resident)}
	}
	return out, more, s.shown(ctx, v.snap, residents, read("grade", a.Code))
}

// GradeChanges lists the changes of grade in an area, the latest first, without the
// words; with flagged those alone that took the strictest grade away.
func (s *Service) GradeChanges(ctx context.Context, district, area string, flagged bool) (out []GradeChange, more bool, err error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, false, err
	}
	if err := mustMay(ctx, CapGrade, a.Code); err != nil {
		return nil, false, err
	}
	list, err := s.store.GradeChanges(ctx, v.snap.District.Code, data.GradeFilter{Area: a.Code, Flagged: flagged, Limit: maxGrades + 1})
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > maxGrades; more {
		list = list[:maxGrades]
	}
	residents := make([]string, len(list))
	out = make([]GradeChange, len(list))
	for i := range list {
		residents[i], out[i] = list[i].Resident, GradeChange{list[i], v.gridOf(list[i].Resident)}
	}
	return out, more, s.shown(ctx, v.snap, residents, read("grade", a.Code))
}

// gridOf is where a resident lives; empty for one who is not there any more.
func (v *view) gridOf(resident string) string {
	if r := v.residents[resident]; r != nil {
		return r.Grid
	}
	return ""
}

// GradeHistory tells what became of the grade of a resident, with the words.
func (s *Service) GradeHistory(ctx context.Context, district, resident string) (h data.GradeHistory, err error) {
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, district, resident, CapGrade); err != nil {
			return err
		}
		if h, err = desk.GradeHistory(ctx, district, resident); err != nil {
			return err
		}
		return s.recordAt(ctx, desk, district, read("grade", "", resident))
	})
	return h, err
}

// GradeDecision is what somebody decides on a grade.
type GradeDecision struct {
	Resident   string
	Grade      string // the present one: a suggestion is not followed
	Suggestion int64  // that is decided on; 0: none
	Reason     string // in words, sealed
}

// Regrade decides on a grade. It holds at once: what is due from today on, and soon
// the plan, are by the new grade; a window that was over before stays what it was. A
// reason in words is wanted but where a suggestion to raise the grade is followed.
func (s *Service) Regrade(ctx context.Context, district string, q GradeDecision) (out data.GradeChange, err error) {
	d, today, err := s.districtToday(ctx, district)
	if err != nil {
		return out, err
	}
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, d.Code, q.Resident, CapGrade); err != nil {
			return err
		}
		was, err := desk.ResidentGrade(ctx, d.Code, q.Resident)
		if err != nil {
			return err
		}
		var suggested *data.GradeSuggestion
		if q.Suggestion != 0 {
			if suggested, err = suggestionOf(ctx, desk, d.Code, &q); err != nil {
				return err
			}
		}
		rules, err := s.gradeRulesOn(ctx, d.Code, today)
		if err != nil {
			return err
		}
		switch {
		case q.Grade == was && suggested == nil:
			return &Error{Code: CodeNo, Message: "that is the grade already"}
		case suggested != nil && suggested.Was != was:
			return &Error{Code: CodeNo, Message: "the grade has changed since this was suggested: look again"}
		case q.Grade != was:
			if err := s.knownGrade(ctx, d.Code, q.Grade); err != nil {
				return err
			}
		}
		follows := suggested != nil && suggested.Grade == q.Grade && !rules.Lowers(was, q.Grade)
		if !follows || q.Reason != "" {
			if err := checkReason(q.Reason); err != nil {
				return err
			}
		}
		out, err = desk.Regrade(ctx, d.Code, data.GradeChange{
			Resident: q.Resident, Day: today, Was: was, Grade: q.Grade, At: s.now(), By: viewerOf(ctx).Account, Suggestion: q.Suggestion,
			Flagged: rules.FromStrictest(was, q.Grade), Reason: data.Sealed(cleanText(q.Reason)),
		})
		if errors.Is(err, data.ErrGradeChanged) {
			return &Error{Code: CodeNo, Message: "somebody else has decided on this grade meanwhile: look again"}
		}
		return err
	})
	return out, err
}

// suggestionOf is the open suggestion that a decision names.
func suggestionOf(ctx context.Context, desk *data.Desk, district string, q *GradeDecision) (*data.GradeSuggestion, error) {
	g, err := desk.GradeSuggestion(ctx, district, q.Suggestion)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return nil, err
	}
	if err != nil || g.Resident != q.Resident || !g.Closed.IsZero() {
		return nil, &Error{Code: CodeNo, Message: "this is not suggested any more: look again"}
	}
	return &g, nil
}

// gradeRulesOn are the rules that hold on a day; where there are none, the order of the
// grades is that of the reference.
func (s *Service) gradeRulesOn(ctx context.Context, district string, day planner.Date) (*grading.Rules, error) {
	list, err := s.store.GradeRules(ctx, district)
	if err != nil {
		return nil, err
	}
	rules, ok := grading.On(list, day)
	if !ok {
		rules = grading.Reference(day)
	}
	return &rules, nil
}

// knownGrade refuses a grade for which nothing would be due.
func (s *Service) knownGrade(ctx context.Context, district, grade string) error {
	policies, err := s.store.Policies(ctx, district)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(policies, func(p data.Policy) bool { return p.Grade == grade && !p.Pause }) {
		return invalid("grade: there is no visit rule for grade %q", grade)
	}
	return nil
}

// NoteFact writes down what somebody knows of a resident: a fact that the rules know,
// with its day, which is not to come. It is in the suggestions of the next minutes.
func (s *Service) NoteFact(ctx context.Context, district, resident, code string, day planner.Date) error {
	d, today, err := s.districtToday(ctx, district)
	if err != nil {
		return err
	}
	defer s.grades.again(d.Code)
	return s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, d.Code, resident, CapFacts); err != nil {
			return err
		}
		rules, err := s.gradeRulesOn(ctx, d.Code, today)
		switch {
		case err != nil:
			return err
		case !rules.Notable(code):
			return invalid("code: the rules for grades know no fact %q", code)
		case day > today || day < today-planner.Date(maxFactYears*366):
			return invalid("day: want a day within the last %d years, today at the latest", maxFactYears)
		}
		return desk.NoteFact(ctx, d.Code, data.NotedFact{Resident: resident, Code: code, Day: day, By: viewerOf(ctx).Account, At: s.now()})
	})
}

// maxFactYears is how old a fact may be: a day of birth is one.
const maxFactYears = 130

// DropFact takes back what was written down.
func (s *Service) DropFact(ctx context.Context, district, resident, code string) error {
	defer s.grades.again(district)
	return s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, district, resident, CapFacts); err != nil {
			return err
		}
		err := desk.DropFact(ctx, district, resident, code)
		if errors.Is(err, data.ErrNotFound) {
			return notFound("nothing of that sort is written down")
		}
		return err
	})
}

// Appeal writes down what somebody said against a grade: who (resident, family, other)
// and the words, which are sealed. It returns the number of the appeal.
func (s *Service) Appeal(ctx context.Context, district, resident, who, said string) (n int, err error) {
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, district, resident, CapFacts); err != nil {
			return err
		}
		if !slices.Contains([]string{"resident", "family", "other"}, who) {
			return invalid("who: want resident, family or other")
		}
		if err := checkReason(said); err != nil {
			return err
		}
		n, err = desk.Appeal(ctx, district, data.GradeAppeal{Resident: resident, Who: who, Said: data.Sealed(cleanText(said)), At: s.now(), By: viewerOf(ctx).Account})
		return err
	})
	return n, err
}

// DecideAppeal answers an appeal, in sealed words: the grade stays, or was changed by a
// decision of its own. Whoever decided on the grade last does not answer.
func (s *Service) DecideAppeal(ctx context.Context, district, resident string, n int, outcome, answer string) error {
	return s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, district, resident, CapGrade); err != nil {
			return err
		}
		if outcome != "stays" && outcome != "changed" {
			return invalid("outcome: want stays or changed")
		}
		if err := checkReason(answer); err != nil {
			return err
		}
		h, err := desk.GradeHistory(ctx, district, resident)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(h.Appeals, func(a data.GradeAppeal) bool { return a.N == n })
		if i < 0 {
			return notFound("there is no such appeal")
		}
		a, by := h.Appeals[i], viewerOf(ctx).Account
		if last := decidedBefore(h.Changes, &a); last != nil && by != "" && last.By == by {
			return forbidden("whoever decided on the grade does not answer what is said against it")
		}
		a.Outcome, a.Answer, a.Decided, a.DecidedBy = outcome, data.Sealed(cleanText(answer)), s.now(), by
		err = desk.DecideAppeal(ctx, district, a)
		if errors.Is(err, data.ErrNotFound) {
			return &Error{Code: CodeNo, Message: "this was answered already"}
		}
		return err
	})
}

// decidedBefore is the decision that an appeal is against, of changes the latest first;
// nil if there was none.
func decidedBefore(changes []data.GradeChange, a *data.GradeAppeal) *data.GradeChange {
	for i := range changes {
		if c := &changes[i]; c.Decided && !c.At.After(a.At) {
			return c
		}
	}
	return nil
}
