package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"sanse/planner"
)

type replanCmd struct {
	Problem    string   `help:"The problem that the plan in force was made for." type:"existingfile" required:"" placeholder:"FILE"`
	Plan       string   `help:"The plan in force." type:"existingfile" required:"" placeholder:"FILE"`
	Out        string   `short:"o" help:"Write the new plan to this file ('-': standard output)." required:"" placeholder:"FILE"`
	ProblemOut string   `help:"Write the problem as it is now to this file: what the new plan is to be checked against." placeholder:"FILE"`
	Now        string   `help:"What lies before is past: visits then were made as planned, but for those of --missed." placeholder:"YYYY-MM-DDTHH:MM"`
	Sick       []string `help:"A visitor is off on these days." sep:"none" placeholder:"VISITOR=DAY[..DAY]"`
	Resigned   []string `help:"A visitor is off from this day on." sep:"none" placeholder:"VISITOR=DAY"`
	Missed     []string `help:"A visit planned on this day, before --now, was not made." sep:"none" placeholder:"ID=DAY"`
	Away       []string `help:"A resident is away on these days, in hospital say." sep:"none" placeholder:"RESIDENT=DAY[..DAY]"`
	Grade      []string `help:"A resident has another grade." sep:"none" placeholder:"RESIDENT=GRADE"`
	Slow       []string `help:"Travel takes so many percent of its time on these days." sep:"none" placeholder:"PERCENT@DAY[..DAY]"`
	Seed       uint64   `help:"Seed of the planner: the same seed gives the same plan." default:"1"`
	Iterations int      `help:"Steps of the local search in each block planned anew (0: the planner's own measure)." placeholder:"N"`
	Threads    int      `help:"Blocks planned at the same time (0: one a processor)." placeholder:"N"`
	JSON       bool     `name:"json" help:"Print what moved as JSON."`
}

func (*replanCmd) Help() string {
	return `Plans again when the plan in force cannot be kept: what is done stays, communities that are not
touched keep their plan to the letter, and in the others as little moves as the deadlines allow. It
prints what moves. The changes can be given here, or be in the problem file already (days off,
absences, grades, now, made, slow):

  sanse replan --problem problem.json --plan plan.json -o new.json --sick v17=2026-12-08..2026-12-10
  sanse replan --problem problem.json --plan plan.json -o new.json --now 2026-12-08T10:30 \
      --missed r204=2026-12-07 --grade r31=red --slow 150@2026-12-08..2026-12-09 --problem-out now.json
  sanse check now.json new.json`
}

func (cmd *replanCmd) Run(ctx context.Context, s streams) error {
	if cmd.JSON && cmd.Out == "-" {
		return badInput(nil, "--json and -o - both write to standard output")
	}
	if cmd.Iterations < 0 || cmd.Threads < 0 {
		return badInput(nil, "--iterations and --threads cannot be below 0")
	}
	if err := errors.Join(canWrite(cmd.Out), canWrite(cmd.ProblemOut)); err != nil {
		return err
	}
	p, err := readProblem(cmd.Problem, s.err)
	if err != nil {
		return err
	}
	old, err := readFile(cmd.Plan, planner.ReadPlan)
	if err != nil {
		return err
	}
	if err := cmd.change(p, old); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return badInput(err, "with these changes the problem is not valid")
	}
	p, plan, moved, _, loose, err := planner.ReplanLoosely(ctx, p, old, planner.Options{Seed: cmd.Seed, Iterations: cmd.Iterations, Threads: cmd.Threads})
	if err != nil {
		return linesError(err, cmd.Plan)
	}
	for i := range loose {
		warnLoose(s.err, &loose[i])
	}
	if cmd.ProblemOut != "" {
		if err := writeOut(cmd.ProblemOut, s.out, func(w io.Writer) error { return planner.WriteProblem(w, p) }); err != nil {
			return err
		}
	}
	if err := writeOut(cmd.Out, s.out, func(w io.Writer) error { return planner.WritePlan(w, plan) }); err != nil {
		return err
	}
	if cmd.JSON {
		return printJSON(s.out, moved)
	}
	out := s.out
	if cmd.Out == "-" {
		out = s.err
	}
	printMoved(out, moved, len(old.Unplanned), plan)
	return nil
}

// warnLoose says what of a lock the days have no room for.
func warnLoose(w io.Writer, l *planner.Loosened) {
	what := fmt.Sprintf("the lock of %s on %s", cmp.Or(l.Task, l.Resident), l.Date)
	if l.Held {
		what = fmt.Sprintf("the hour %s of %s", l.By, what)
	}
	_, _ = fmt.Fprintf(w, "warning: there is no room for %s beside the rest\n", what)
}

// change applies what the flags tell to the problem. What is wrong with a
// value names its flag.
func (cmd *replanCmd) change(p *planner.Problem, old *planner.Plan) error {
	for _, f := range []struct {
		name   string
		values []string
		apply  func(string) error
	}{
		{"now", slices.DeleteFunc([]string{cmd.Now}, func(v string) bool { return v == "" }), func(v string) error { return setNow(p, v) }},
		{"sick", cmd.Sick, func(v string) error { return setSick(p, v, false) }},
		{"resigned", cmd.Resigned, func(v string) error { return setSick(p, v, true) }},
		{"away", cmd.Away, func(v string) error { return setAway(p, v) }},
		{"grade", cmd.Grade, func(v string) error { return setGrade(p, v) }},
		{"slow", cmd.Slow, func(v string) error { return setSlow(p, v) }},
	} {
		for _, v := range f.values {
			if err := f.apply(v); err != nil {
				return badInput(err, "--%s %s", f.name, v)
			}
		}
	}
	missed := map[[2]string]bool{}
	for _, v := range cmd.Missed {
		id, from, to, err := parseWhen(v)
		if err != nil {
			return badInput(err, "--missed %s", v)
		}
		for d := from; d <= to; d++ {
			missed[[2]string{id, d.String()}] = false
		}
	}
	if cmd.Now == "" {
		if len(missed) > 0 {
			return badInput(nil, "--missed needs --now: only what is past can have been missed")
		}
		return nil
	}
	if len(p.Made) > 0 {
		if len(missed) > 0 {
			return badInput(nil, "the problem file tells which visits were made: leave the missed ones out there")
		}
		return nil
	}
	setMade(p, old, missed)
	for m, found := range missed {
		if !found {
			return badInput(nil, "--missed %s=%s: the plan has no such visit before %s", m[0], m[1], cmd.Now)
		}
	}
	return nil
}

// setMade takes every visit planned before Now as made, but for the missed
// ones, which it marks as found. A visit that has begun is made as far as it is.
func setMade(p *planner.Problem, old *planner.Plan, missed map[[2]string]bool) {
	for i := range old.Itineraries {
		it := &old.Itineraries[i]
		for k := range it.Stops {
			st := &it.Stops[k]
			if it.Date > p.Now.Date || it.Date == p.Now.Date && st.Arrive >= p.Now.Clock {
				continue
			}
			id := st.Resident
			if st.Task != "" {
				id = st.Task
			}
			key := [2]string{id, it.Date.String()}
			if _, ok := missed[key]; ok {
				missed[key] = true
				continue
			}
			m := planner.Made{Task: st.Task, Visitor: it.Visitor, Date: it.Date, Arrive: st.Arrive, Leave: st.Leave}
			if st.Task == "" {
				m.Resident = st.Resident
			}
			if m.Date == p.Now.Date {
				m.Leave = min(m.Leave, p.Now.Clock)
			}
			p.Made = append(p.Made, m)
		}
	}
	slices.SortStableFunc(p.Made, func(a, b planner.Made) int {
		if a.Date != b.Date {
			return int(a.Date - b.Date)
		}
		return int(a.Arrive) - int(b.Arrive)
	})
}

func setNow(p *planner.Problem, v string) error {
	day, clock, ok := strings.Cut(v, "T")
	if !ok {
		return fmt.Errorf("want a day and a time, like %sT10:30", p.Start)
	}
	m := &planner.Moment{}
	if err := m.Date.UnmarshalText([]byte(day)); err != nil {
		return err
	}
	if err := m.Clock.UnmarshalText([]byte(clock)); err != nil {
		return err
	}
	p.Now = m
	return nil
}

func setSick(p *planner.Problem, v string, forGood bool) error {
	id, from, to, err := parseWhen(v)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Visitors, func(v planner.Visitor) bool { return v.ID == id })
	if i < 0 {
		return fmt.Errorf("the problem has no visitor %q", id)
	}
	if forGood {
		to = max(from, p.End())
	}
	if err := inHorizon(p, from, to); err != nil {
		return err
	}
	who := &p.Visitors[i]
	who.DaysOff = slices.Clone(who.DaysOff)
	for d := max(from, p.Start); d <= min(to, p.End()); d++ {
		if !slices.Contains(who.DaysOff, d) {
			who.DaysOff = append(who.DaysOff, d)
		}
	}
	slices.Sort(who.DaysOff)
	return nil
}

func setAway(p *planner.Problem, v string) error {
	id, from, to, err := parseWhen(v)
	if err != nil {
		return err
	}
	r, err := residentOf(p, id)
	if err != nil {
		return err
	}
	if err := inHorizon(p, from, to); err != nil {
		return err
	}
	r.Absent = append(slices.Clone(r.Absent), planner.DateRange{From: from, To: to})
	return nil
}

// setGrade gives a resident another grade from the day of now on, from the
// start if there is no now.
func setGrade(p *planner.Problem, v string) error {
	id, grade, ok := cutLast(v)
	if !ok {
		return fmt.Errorf("want RESIDENT=GRADE")
	}
	from := p.Start
	if p.Now != nil {
		from = p.Now.Date
	}
	q, err := p.Regraded(id, grade, from)
	if err == nil {
		*p = *q
	}
	return err
}

func setSlow(p *planner.Problem, v string) error {
	percent, days, ok := strings.Cut(v, "@")
	n, err := strconv.Atoi(percent)
	if !ok || err != nil {
		return fmt.Errorf("want PERCENT@DAY or PERCENT@DAY..DAY, like 150@%s", p.Start)
	}
	s := planner.Slow{Percent: n}
	if s.From, s.To, err = parseDays(days); err != nil {
		return err
	}
	if err := inHorizon(p, s.From, s.To); err != nil {
		return err
	}
	p.Slow = append(slices.Clone(p.Slow), s)
	return nil
}

// inHorizon tells of days none of which is planned: whoever names them means
// others.
func inHorizon(p *planner.Problem, from, to planner.Date) error {
	if to < p.Start || from > p.End() {
		return fmt.Errorf("none of the days is in the horizon from %s to %s", p.Start, p.End())
	}
	return nil
}

func residentOf(p *planner.Problem, id string) (*planner.Resident, error) {
	i := slices.IndexFunc(p.Residents, func(r planner.Resident) bool { return r.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("the problem has no resident %q", id)
	}
	return &p.Residents[i], nil
}

// cutLast cuts at the last =, for an id may hold one.
func cutLast(v string) (id, value string, ok bool) {
	i := strings.LastIndexByte(v, '=')
	if i <= 0 || i == len(v)-1 {
		return "", "", false
	}
	return v[:i], v[i+1:], true
}

// parseWhen reads ID=DAY or ID=DAY..DAY.
func parseWhen(v string) (id string, from, to planner.Date, err error) {
	id, days, ok := cutLast(v)
	if !ok {
		return "", 0, 0, fmt.Errorf("want ID=DAY or ID=DAY..DAY")
	}
	from, to, err = parseDays(days)
	return id, from, to, err
}

// parseDays reads DAY or DAY..DAY, both ends included.
func parseDays(v string) (from, to planner.Date, err error) {
	a, b, ok := strings.Cut(v, "..")
	if !ok {
		b = a
	}
	if err := from.UnmarshalText([]byte(a)); err != nil {
		return 0, 0, err
	}
	if err := to.UnmarshalText([]byte(b)); err != nil {
		return 0, 0, err
	}
	if to < from {
		return 0, 0, fmt.Errorf("ends on %s, before it begins on %s", to, from)
	}
	return from, to, nil
}

// shownMoves is how many visits that moved the screen shows.
const shownMoves = 30

// printMoved says in words what moved.
func printMoved(w io.Writer, m planner.Moved, lapsesBefore int, plan *planner.Plan) {
	fmt.Fprintln(w, count(m.Kept, "visit stays as it is", "visits stay as they are"))
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{m.Visitor, "to another visitor on its day", "to another visitor on their day"},
		{m.Time, "to another hour of its day", "to another hour of their day"},
		{m.Day, "to another day", "to another day"},
		{m.Dropped, "planned before is not any more", "planned before are not any more"},
		{m.Added, "is new", "are new"},
		{m.Missed, "was missed", "were missed"},
		{m.Early, "is not needed any more, for it was made before", "are not needed any more, for they were made before"},
		{m.OtherPerson, "resident or task sees somebody new", "residents or tasks see somebody new"},
	} {
		if c.n > 0 {
			fmt.Fprintln(w, count(c.n, c.one, c.many))
		}
	}
	if n := len(plan.Unplanned); n > 0 || lapsesBefore > 0 {
		fmt.Fprintf(w, "%s left out, %d before\n", count(n, "visit is", "visits are"), lapsesBefore)
	}
	for _, b := range m.Blocks {
		fmt.Fprintf(w, "block %s: %d moved, %d stay\n", b.Block, b.Time+b.Visitor+b.Day+b.Dropped+b.Added+b.Missed+b.Early, b.Kept)
	}
	for i, v := range m.Visits {
		if i == shownMoves {
			fmt.Fprintf(w, "  … and %d more: --json has them all\n", len(m.Visits)-i)
			break
		}
		name := v.Resident
		if v.Task != "" {
			name = v.Task
		}
		fmt.Fprintf(w, "  %-8s %s: %s → %s\n", v.Kind, name, visitAt(v.From), visitAt(v.To))
	}
}

func visitAt(v *planner.VisitAt) string {
	if v == nil {
		return "—"
	}
	return fmt.Sprintf("%s %s by %s", v.Date, v.Arrive, strings.Join(v.Visitors, " and "))
}
