package planner

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
	"sanse/planner/vrp"
)

// maxProofs bounds the proofs told of one block.
const maxProofs = 3

// Shortages proves for blocks with something under plan.Unplanned that no plan
// of them is without lapses, the largest proof of a block first, ordered by
// block; those of several blocks that share visitors have none and come first.
// A block for which nothing is proven may lapse for want of a better search, or
// because routes are finer than the proof, which counts minutes.
//
// Each proof adds up by itself, see Shortage. What it says of is found by
// vrp.Short in the block with all shifts that could serve it, and, where
// visitors are shared, by trying the weeks and the windows that lapse.
func Shortages(p *Problem, plan *Plan) []Shortage {
	if len(plan.Unplanned) == 0 {
		return nil
	}
	s, err := newSolver(p, Options{Threads: 1})
	if err != nil {
		return nil
	}
	return s.shortages(plan)
}

// lostBy returns the due-bys of what is not planned, by job.
func lostBy(plan *Plan) map[string][]Date {
	out := map[string][]Date{}
	for i := range plan.Unplanned {
		u := &plan.Unplanned[i]
		id := jobID(u.Resident, u.Task)
		out[id] = append(out[id], u.DueBy)
	}
	return out
}

// shortages is Shortages for a problem that is valid.
func (s *solver) shortages(plan *Plan) []Shortage {
	lost := lostBy(plan)
	if len(lost) == 0 {
		return nil
	}
	e, err := newExplainer(s.p, plan)
	if err != nil {
		return nil
	}
	w := &prover{e: e, rules: map[int]*vrp.Automaton{}, days: map[int][]bool{}, jobs: map[int]*explainedJob{}, inBlock: map[string][]int{}, coulds: map[couldKey][]int8{}}
	for i := range e.jobs {
		w.inBlock[e.jobs[i].block] = append(w.inBlock[e.jobs[i].block], i)
	}
	w.room = shortRoom{
		p: s.p, jobs: e.jobs, inBlock: w.inBlock,
		matrix: func(block, mode string, day Date) *Matrix {
			if m := e.matrix(block, mode, day); m != nil {
				return m.m
			}
			return nil
		},
		place: func(m *Matrix, name string) int {
			if row, ok := e.matrices[m].rows[name]; ok {
				return int(row)
			}
			return -1
		},
	}
	var out []Shortage
	proven := map[int]bool{}
	for b := range s.blocks {
		in := &s.blocks[b]
		if !slices.ContainsFunc(in.jobs, func(j int) bool { return len(lost[s.jobs[j].id]) > 0 }) {
			continue
		}
		proofs := w.block(s, b)
		if len(proofs) == 0 {
			proofs = w.nobody(in, lost)
		}
		if len(proofs) == 0 {
			proofs = w.alike(in, lost)
		}
		proven[b] = len(proofs) > 0
		out = append(out, proofs...)
	}
	out = append(out, w.together(s, lost, proven)...)
	slices.SortStableFunc(out, func(a, b Shortage) int { return cmp.Compare(a.Block, b.Block) })
	return out
}

// prover adds proofs up.
type prover struct {
	e       *explainer
	rules   map[int]*vrp.Automaton // by job, counting visits and lapses alone
	days    map[int][]bool         // by job and day of the horizon: somebody could come
	jobs    map[int]*explainedJob
	inBlock map[string][]int
	room    shortRoom
	coulds  map[couldKey][]int8 // by day: 1 yes, -1 no, 0 not asked yet
}

type couldKey struct{ job, visitor int }

// block proves what vrp finds for one block.
func (w *prover) block(s *solver, b int) []Shortage {
	c := s.compileAll(b)
	proof := vrp.Short(&c.vp)
	var out []Shortage
	for i := range proof.Shortfalls {
		f := &proof.Shortfalls[i]
		var days []Date
		for _, d := range f.Days {
			if day := s.p.Start + Date(d); day >= w.e.today() { // before, there is nothing to be had or asked
				days = append(days, day)
			}
		}
		var jobs []int
		for _, n := range f.Needs {
			jobs = append(jobs, c.in.jobs[n.Client])
		}
		if x, ok := w.add(jobs, days); ok {
			x.Block = c.in.code
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b Shortage) int { return b.Short - a.Short })
	if len(out) > 0 && w.allFit(c.in) {
		out[0].MendMinutes = max(out[0].MendMinutes, int(proof.Mend))
	}
	var told []Shortage // proofs of the same visits are one
	for _, x := range out {
		if len(told) < maxProofs && !slices.ContainsFunc(told, func(o Shortage) bool { return o.shares(&x) }) {
			told = append(told, x)
		}
	}
	return told
}

// shares tells whether two proofs count visits of the same resident or task.
func (s *Shortage) shares(o *Shortage) bool {
	return slices.ContainsFunc(s.Needs, func(a ShortageNeed) bool {
		return slices.ContainsFunc(o.Needs, func(b ShortageNeed) bool { return a.Resident == b.Resident && a.Task == b.Task })
	})
}

// allFit tells whether every shift of those who may do a job of the block, and
// have a way to it, can hold it. What vrp.Short says of more minutes is then
// true of longer shifts too: none of them begins to count by it.
func (w *prover) allFit(in *blockInput) bool {
	p := w.e.p
	for _, i := range in.jobs {
		for _, v := range w.job(i).able {
			for d := p.Start; d <= p.End(); d++ {
				if len(w.e.shifts(v, d)) > 0 && w.hasWay(i, v, d) && !w.could(i, v, d) {
					return false
				}
			}
		}
	}
	return true
}

func (w *prover) hasWay(i, v int, day Date) bool {
	return w.room.hasWay(&w.e.jobs[i], &w.e.p.Visitors[v], day)
}

// nobody proves what lapses because on all days of a window nobody could come:
// of all such windows together, or else of the first few alone.
func (w *prover) nobody(in *blockInput, lost map[string][]Date) []Shortage {
	p := w.e.p
	var out []Shortage
	var jobs []int
	var all []Date
	for _, i := range in.jobs {
		j := &w.e.jobs[i]
		if len(lost[j.id]) == 0 {
			continue
		}
		w.fewest(i, nil) // fills days
		for _, m := range j.missing(p, w.e.days[i]) {
			var days []Date
			could := false
			for d := max(m.first, w.e.today()); d <= m.due; d++ {
				days = append(days, d)
				could = could || w.days[i][d-p.Start]
			}
			if could || len(days) == 0 {
				continue
			}
			jobs, all = append(jobs, i), append(all, days...)
			if x, ok := w.add([]int{i}, days); ok && len(out) < maxProofs {
				x.Block = in.code
				out = append(out, x)
			}
		}
	}
	slices.Sort(jobs)
	slices.Sort(all)
	if x, ok := w.add(slices.Compact(jobs), slices.Compact(all)); ok {
		x.Block = in.code
		return []Shortage{x}
	}
	return out
}

// alike proves what the jobs of a block lack that nobody else can do than those
// who may do one that lapses. It tries few days, but counts ways as add does:
// from doors of the proof alone, which is more than vrp.Short can.
func (w *prover) alike(in *blockInput, lost map[string][]Date) []Shortage {
	const sets = 6 // of days tried
	var best Shortage
	seen := map[string]bool{}
	for _, i := range in.jobs {
		if len(lost[w.e.jobs[i].id]) == 0 || seen[fmt.Sprint(w.job(i).able)] {
			continue
		}
		able := w.job(i).able
		seen[fmt.Sprint(able)] = true
		var jobs []int
		var due []Date
		for _, o := range in.jobs {
			if !slices.ContainsFunc(w.job(o).able, func(v int) bool { _, in := slices.BinarySearch(able, v); return !in }) {
				jobs = append(jobs, o)
				due = append(due, lost[w.e.jobs[o].id]...)
			}
		}
		spans := w.spans(due)
		for _, days := range spans[:min(sets, len(spans))] {
			if x, ok := w.add(jobs, days); ok && x.Short > best.Short {
				best = x
			}
		}
	}
	if best.Short == 0 {
		return nil
	}
	best.Block = in.code
	return []Shortage{best}
}

// compileAll compiles the block with every shift that could serve it, those of
// visitors whom others need as well.
func (s *solver) compileAll(b int) *block {
	c := s.compile(b)
	c.vp.Shifts, c.keys = c.shiftsWhere(func(shiftKey) bool { return true })
	return c
}

// String adds the proof up in English.
func (s *Shortage) String() string {
	visits := 0
	for _, n := range s.Needs {
		visits += n.Visits
	}
	where := "the district"
	if s.Block != "" {
		where = "block " + s.Block
	}
	days := ""
	if n := len(s.Days); n > 0 {
		days = fmt.Sprintf("on %d days from %s to %s ", n, s.Days[0], s.Days[n-1])
		if n == 1 {
			days = fmt.Sprintf("on %s ", s.Days[0])
		}
	}
	have := "no shift could hold one of them"
	if n := len(s.Visitors); n > 0 {
		have = fmt.Sprintf("the shifts of all who may come (%s) have %s", english.Count(n, "visitor", "visitors"), english.Count(s.HaveMinutes, "minute", "minutes"))
	}
	return fmt.Sprintf("%s: %sthe rules ask for %s, at least %s with the ways; %s: %s short, whoever plans; whatever mends it takes %s at least",
		where, days, english.Count(visits, "visit", "visits"), english.Count(s.NeedMinutes, "minute", "minutes"), have,
		english.Count(s.Short, "minute", "minutes"), english.Count(s.MendMinutes, "more minute", "more minutes"))
}
