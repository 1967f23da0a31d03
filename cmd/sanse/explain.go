package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"sanse/planner"
)

type explainCmd struct {
	Problem  string        `arg:"" help:"The problem." type:"existingfile"`
	Plan     string        `arg:"" help:"The plan, made by anyone." type:"existingfile"`
	Resident string        `help:"Tell of this resident's care visits alone." placeholder:"ID" xor:"who"`
	Task     string        `help:"Tell of this task alone." placeholder:"ID" xor:"who"`
	Date     *planner.Date `help:"Tell why the visit of this day is on it and by whom, and what any other choice would cost; with --resident or --task." placeholder:"YYYY-MM-DD"`
	JSON     bool          `name:"json" help:"Print all of it as JSON."`
}

func (*explainCmd) Help() string {
	return `Tells why visits are not in the plan (what stands in the way, and the smallest changes that would
free them), whether any plan of a block could be without lapses, and, of a planned visit, why it is on
that day and by that visitor. What the plan itself says of it is not read: any plan will do.

  sanse explain problem.json plan.json
  sanse explain problem.json plan.json --resident r17
  sanse explain problem.json plan.json --resident r17 --date 2026-12-09`
}

// explained is what the verb prints as JSON without a date.
type explained struct {
	Visits    []planner.Answer    `json:"visits,omitempty"` // of the resident or task asked for
	Unplanned []planner.Unplanned `json:"unplanned"`
	Shortages []planner.Shortage  `json:"shortages"`
	Blocks    []planner.Binding   `json:"blocks"`
}

func (cmd *explainCmd) Run(ctx context.Context, s streams) error {
	if cmd.Date != nil && cmd.Resident == "" && cmd.Task == "" {
		return badInput(nil, "--date needs --resident or --task: whose visit of that day?")
	}
	p, err := readProblem(cmd.Problem, s.err)
	if err != nil {
		return err
	}
	plan, err := readFile(cmd.Plan, planner.ReadPlan)
	if err != nil {
		return err
	}
	if plan.Start != p.Start || plan.Days != p.Days {
		return badInput(nil, "%s is for %s from %s, %s for %s from %s", filepath.Base(cmd.Plan), count(plan.Days, "day", "days"), plan.Start, filepath.Base(cmd.Problem), count(p.Days, "day", "days"), p.Start)
	}
	if err := cmd.known(p); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if cmd.Date != nil {
		return cmd.why(s, p, plan)
	}
	e := explained{Unplanned: planner.Explain(p, plan)}
	if cmd.Resident != "" || cmd.Task != "" {
		if err := cmd.one(p, plan, &e); err != nil {
			return err
		}
	}
	plan.Unplanned = e.Unplanned
	plan.Shortages = planner.Shortages(p, plan)
	e.Shortages, e.Blocks = plan.Shortages, planner.Bind(p, plan)
	if cmd.JSON {
		return printJSON(s.out, e)
	}
	e.print(s.out)
	return nil
}

// known wants the resident or task asked for to be in the problem.
func (cmd *explainCmd) known(p *planner.Problem) error {
	if cmd.Resident != "" {
		_, err := residentOf(p, cmd.Resident)
		if err != nil {
			return badInput(err, "--resident %s", cmd.Resident)
		}
	}
	if cmd.Task != "" && !slices.ContainsFunc(p.Tasks, func(t planner.Task) bool { return t.ID == cmd.Task }) {
		return badInput(nil, "--task %s: the problem has no such task", cmd.Task)
	}
	return nil
}

// why answers for one visit.
func (cmd *explainCmd) why(s streams, p *planner.Problem, plan *planner.Plan) error {
	a, err := planner.Why(p, plan, planner.Ask{Resident: cmd.Resident, Task: cmd.Task, Date: *cmd.Date})
	switch {
	case errors.Is(err, planner.ErrNotPlanned):
		return answerNo("the plan has no visit of %s%s on %s", cmd.Resident, cmd.Task, *cmd.Date)
	case err != nil:
		return badInput(err, "cannot say why")
	case cmd.JSON:
		return printJSON(s.out, a)
	}
	fmt.Fprintln(s.out, a.Text)
	printChoices(s.out, "other days", a.Days, false)
	printChoices(s.out, "other visitors", a.OtherVisitors, true)
	return nil
}

// one keeps what belongs to the resident or task asked for.
func (cmd *explainCmd) one(p *planner.Problem, plan *planner.Plan, e *explained) error {
	mine := func(resident, task string) bool { return resident == cmd.Resident && task == "" }
	if cmd.Task != "" {
		mine = func(_, task string) bool { return task == cmd.Task }
	}
	var left []planner.Unplanned
	for _, u := range e.Unplanned {
		if mine(u.Resident, u.Task) {
			left = append(left, u)
		}
	}
	e.Unplanned = left
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for k := range it.Stops {
			if !mine(it.Stops[k].Resident, it.Stops[k].Task) {
				continue
			}
			if n := len(e.Visits); n > 0 && e.Visits[n-1].Date == it.Date {
				continue // the second of two who come together
			}
			a, err := planner.Why(p, plan, planner.Ask{Resident: cmd.Resident, Task: cmd.Task, Date: it.Date})
			if err != nil {
				return badInput(err, "cannot say why")
			}
			e.Visits = append(e.Visits, a)
		}
	}
	if len(e.Visits) == 0 && len(e.Unplanned) == 0 {
		return answerNo("the plan visits %s%s on no day, and no rule asks for it", cmd.Resident, cmd.Task)
	}
	return nil
}

// shownUnplanned is how many visits that are not planned the screen shows.
const shownUnplanned = 50

func (e *explained) print(w io.Writer) {
	for i := range e.Visits {
		fmt.Fprintln(w, e.Visits[i].Text)
	}
	for i := range e.Blocks {
		b := &e.Blocks[i]
		fmt.Fprintf(w, "block %s: %s\n", b.Block, b.Detail)
	}
	for i := range e.Shortages {
		fmt.Fprintln(w, "proof:", e.Shortages[i].String())
	}
	for i := range e.Unplanned {
		if i == shownUnplanned {
			fmt.Fprintf(w, "… and %d more: --json has them all\n", len(e.Unplanned)-i)
			break
		}
		u := &e.Unplanned[i]
		what := u.Resident
		if u.Task != "" {
			what = u.Task
		}
		debt := ""
		if u.Owed {
			debt = " (owed)"
		}
		fmt.Fprintf(w, "%s by %s%s: %s: %s\n", what, u.DueBy, debt, u.Reason, u.Detail)
		for _, m := range u.Mends {
			fmt.Fprintf(w, "    would do: %s\n", m)
		}
	}
	if len(e.Visits) == 0 && len(e.Unplanned) == 0 {
		fmt.Fprintln(w, "nothing is left out")
	}
}

func printChoices(w io.Writer, title string, list []planner.Choice, visitors bool) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "%s:\n", title)
	for i := range list {
		x := &list[i]
		name := x.Date.String() + " " + x.Visitor
		if visitors {
			name = x.Visitor
		}
		if x.Reason != "" {
			fmt.Fprintf(w, "  %-24s %s: %s\n", name, x.Reason, x.Detail)
			continue
		}
		alone := ""
		if x.SetsOut {
			alone = ", a walk of its own"
		}
		late := ""
		if x.Lapses > 0 {
			late = fmt.Sprintf(", %d would lapse", x.Lapses)
		}
		fmt.Fprintf(w, "  %-24s %d min on the way%s, %s from those who should come%s\n", name, (x.WalkSeconds+59)/60, alone, count(x.Steps, "step", "steps"), late)
	}
}
