package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/grading"
)

const (
	// gradeLook is how often it is looked what is to be suggested, while records come
	// in: a suggestion waits for a human anyway.
	gradeLook = 10 * time.Minute
	// gradeSpans is how many grades before the present one are kept in a problem: there
	// is no end to how often somebody may change their mind.
	gradeSpans = 3
	// gradeBack is how many days back facts that have a day are read where the rules set
	// no bound.
	gradeBack = 366
	// lapseBack is how many days back windows are looked at.
	lapseBack = 60
)

// gradesKept is what a process knows of the last look, by district. Its zero value is
// ready.
type gradesKept struct {
	mu   sync.Mutex
	last map[string]gradesLook
}

type gradesLook struct {
	day planner.Date
	at  time.Time
}

// again has the next look made at once: what is suggested hangs on what was just
// written.
func (g *gradesKept) again(district string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.last, district)
}

// gradesBefore are the grades that a resident had before the present one, from
// changes of theirs, the first first. What came by import before anybody decided holds
// as if it had always been so.
func gradesBefore(changes []data.GradeChange, present string, since planner.Date) []planner.Graded {
	out := allGradesBefore(changes, present, since)
	return slices.Clip(out[max(0, len(out)-gradeSpans):])
}

// allGradesBefore is gradesBefore without a bound to how many there are.
func allGradesBefore(changes []data.GradeChange, present string, since planner.Date) []planner.Graded {
	var out []planner.Graded
	decided := false
	for i := range changes {
		c := &changes[i]
		decided = decided || c.Decided
		to := c.Day - 1
		if !decided || c.Was == c.Grade || to < since {
			continue
		}
		if n := len(out); n > 0 && out[n-1].To >= to {
			continue // it held for no day
		}
		if n := len(out); n > 0 && out[n-1].Grade == c.Was {
			out[n-1].To = to
			continue
		}
		out = append(out, planner.Graded{Grade: c.Was, To: to})
	}
	if n := len(out); n > 0 && out[n-1].Grade == present {
		out = out[:n-1] // taken back on the day on which it was decided
	}
	return out
}

// lowered are the residents whose grade is less strict than the plan in force has it.
func (s *Service) lowered(ctx context.Context, district string, day planner.Date, changes []data.GradeChange) (map[string]bool, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	rules, err := s.gradeRulesOn(ctx, district, day)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool)
	for id, list := range byResident(changes) {
		if rules.Lowers(list[0].Was, list[len(list)-1].Grade) {
			out[id] = true
		}
	}
	return out, nil
}

// withoutVisits is a plan without the visits from now on to some residents, who are
// planned for anew: what was promised them by a stricter grade is not needed any more.
// Without now it has not begun.
func withoutVisits(p *planner.Plan, now *planner.Moment, residents map[string]bool) *planner.Plan {
	if len(residents) == 0 {
		return p
	}
	out := *p
	out.Itineraries = make([]planner.Itinerary, 0, len(p.Itineraries))
	for i := range p.Itineraries {
		it := p.Itineraries[i]
		it.Stops = slices.DeleteFunc(slices.Clone(it.Stops), func(st planner.Stop) bool {
			past := now != nil && (it.Date < now.Date || it.Date == now.Date && st.Arrive < now.Clock)
			return st.Task == "" && residents[st.Resident] && !past
		})
		if len(it.Stops) > 0 {
			out.Itineraries = append(out.Itineraries, it)
		}
	}
	return &out
}

// byResident sorts changes of grade by whose they are, of each the first first.
func byResident(list []data.GradeChange) map[string][]data.GradeChange {
	out := make(map[string][]data.GradeChange)
	for i := range list {
		out[list[i].Resident] = append(out[list[i].Resident], list[i])
	}
	for _, l := range out {
		slices.SortFunc(l, func(a, b data.GradeChange) int { return cmp.Compare(a.N, b.N) })
	}
	return out
}

// SuggestGrades holds the facts of all districts against their rules and brings what
// is suggested up to them: on each day, and some minutes after records have changed.
// It says how many suggestions are new. Any number of processes may do so.
func (s *Service) SuggestGrades(ctx context.Context) (int, error) {
	all, err := s.store.Districts(ctx)
	if err != nil {
		return 0, err
	}
	fresh := 0
	for _, d := range all {
		n, e := s.suggestGrades(asOperator(ctx, d.Code), d)
		fresh += n
		if e != nil {
			err = errors.Join(err, fmt.Errorf("suggest grades in district %s: %w", d.Code, e))
		}
	}
	return fresh, err
}

func (s *Service) suggestGrades(ctx context.Context, d data.District) (int, error) {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return 0, invalid("there is no time zone %q", d.TimeZone)
	}
	now := s.now()
	look := gradesLook{day: momentAt(now, zone).Date, at: now}
	s.grades.mu.Lock()
	last, there := s.grades.last[d.Code]
	s.grades.mu.Unlock()
	if there && last.day == look.day && now.Sub(last.at).Abs() < gradeLook {
		return 0, nil
	}
	rules, err := s.store.GradeRules(ctx, d.Code)
	if err != nil {
		return 0, err
	}
	var list []data.GradeSuggestion
	if r, ok := grading.On(rules, look.day); ok {
		if list, err = s.gradeSuggestions(ctx, d, &r, look.day, zone); err != nil {
			return 0, err
		}
	}
	fresh := 0
	if len(rules) > 0 {
		if err = s.store.Write(ctx, func(tx *data.Tx) error {
			fresh, err = tx.PutGradeSuggestions(d.Code, now, list)
			return err
		}); err != nil {
			return 0, err
		}
	}
	s.grades.mu.Lock()
	defer s.grades.mu.Unlock()
	if s.grades.last == nil {
		s.grades.last = make(map[string]gradesLook)
	}
	s.grades.last[d.Code] = look
	return fresh, nil
}

// gradeFacts is what the facts of a district are made from.
type gradeFacts struct {
	policies   []data.Policy
	residents  []data.Resident
	changes    map[string][]data.GradeChange
	kept       map[int64]data.GradeSuggestion
	noted      []data.NotedFact
	unanswered map[string]int
	found      map[string][]grading.Found
	cases      map[string][]grading.Case
	visits     []data.Visit
	erased     []string
}

// gradeSuggestions holds everybody's facts against the rules.
func (s *Service) gradeSuggestions(ctx context.Context, d data.District, r *grading.Rules, today planner.Date, zone *time.Location) ([]data.GradeSuggestion, error) {
	var in gradeFacts
	foundDays, caseDays := r.LooksBack(gradeBack)
	since := instant(planner.Moment{Date: today - planner.Date(caseDays)}, zone)
	err := s.store.View(ctx, func(reads *data.Reads) (err error) {
		read := func(f func() error) {
			if err == nil {
				err = f()
			}
		}
		read(func() (err error) { in.policies, err = reads.Policies(ctx, d.Code); return })
		read(func() (err error) { in.residents, err = reads.Residents(ctx, d.Code); return })
		read(func() error {
			list, err := reads.GradeChanges(ctx, d.Code, data.GradeFilter{})
			in.changes = byResident(list)
			return err
		})
		read(func() (err error) { in.kept, err = reads.SuggestionsKept(ctx, d.Code); return })
		read(func() (err error) { in.noted, err = reads.NotedFacts(ctx, d.Code); return })
		read(func() (err error) { in.unanswered, err = reads.Unanswered(ctx, d.Code); return })
		read(func() (err error) {
			in.found, err = reads.LastAnswers(ctx, d.Code, today-planner.Date(foundDays))
			return
		})
		read(func() (err error) { in.cases, err = reads.CasesOpened(ctx, d.Code, since); return })
		read(func() (err error) { in.visits, err = reads.Visits(ctx, d.Code, today-historyDays, today); return })
		read(func() (err error) { in.erased, err = reads.Erased(ctx, d.Code); return })
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []data.GradeSuggestion
	facts := in.facts(today)
	for i := range in.residents {
		res := &in.residents[i]
		if _, gone := slices.BinarySearch(in.erased, res.ID); gone {
			continue
		}
		if g := r.Suggest(facts[res.ID], today); g != nil {
			out = append(out, data.GradeSuggestion{Resident: res.ID, Was: res.Grade, Suggestion: *g})
		}
	}
	return out, nil
}

// facts puts together what is known of each resident.
func (in *gradeFacts) facts(today planner.Date) map[string]*grading.Facts {
	out := make(map[string]*grading.Facts, len(in.residents))
	done := make(map[string][]planner.Date)
	for i := range in.visits {
		if v := &in.visits[i]; v.Done {
			done[v.Resident] = append(done[v.Resident], v.Date)
		}
	}
	problem := planner.Problem{Policies: in.policies}
	for i := range in.residents {
		r := &in.residents[i]
		f := &grading.Facts{
			Grade: r.Grade, Kinds: r.Kinds, Noted: map[string]planner.Date{}, Unanswered: in.unanswered[r.ID], Found: in.found[r.ID], Cases: in.cases[r.ID],
		}
		f.Raised, f.Kept = in.decided(r.ID)
		who := planner.Resident{ID: r.ID, Grade: r.Grade, Kinds: r.Kinds, Before: gradesBefore(in.changes[r.ID], r.Grade, today-historyDays)}
		f.Lapsed = lapsedWindows(&problem, &who, done[r.ID], r.Absent, today)
		out[r.ID] = f
	}
	for _, n := range in.noted {
		if f := out[n.Resident]; f != nil {
			f.Noted[n.Code] = n.Day
		}
	}
	return out
}

// decided tells what was decided on the present grade of a resident: whether it was
// given in the place of another, and which suggestion was not followed since.
func (in *gradeFacts) decided(resident string) (raised *grading.Raised, kept *grading.Kept) {
	list := in.changes[resident]
	for i := range list {
		c := &list[i]
		if c.Was != c.Grade {
			raised, kept = nil, nil
			if c.Decided {
				raised = &grading.Raised{From: c.Was, On: c.Day}
			}
			continue
		}
		if g, ok := in.kept[c.Suggestion]; ok {
			kept = &grading.Kept{Grade: g.Grade, Reasons: g.Codes(), On: c.Day}
		}
	}
	return raised, kept
}

// lapsedWindows are the last days of the windows of the weeks before today that closed
// without a visit. What lies before the first visit known is not judged.
func lapsedWindows(p *planner.Problem, r *planner.Resident, done []planner.Date, absent []planner.DateRange, today planner.Date) []planner.Date {
	rules, err := planner.RulesFor(p, r)
	if err != nil || len(done) == 0 {
		return nil // nothing was due
	}
	slices.Sort(done)
	var out []planner.Date
	for _, w := range planner.Windows(rules, slices.Compact(done), absent, max(today-lapseBack, done[0]+1), today-1) {
		if w.State == planner.WindowLapsed && !w.Cut && w.First > done[0] {
			out = append(out, w.Last)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
