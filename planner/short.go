package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

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
		days := make([]Date, len(f.Days))
		for k, d := range f.Days {
			days[k] = s.p.Start + Date(d)
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

// jobSet is a set of jobs of several blocks looked at together.
type jobSet struct {
	jobs  []int
	sets  int // of days to try at most
	count int // lapses
}

// together proves what blocks lack that share visitors. It looks at jobs that
// nobody else can do than those who may do one that lapses, those first of which
// most lapse, then at all jobs of the blocks with lapses that visitors tie
// together.
func (w *prover) together(s *solver, lost map[string][]Date, proven map[int]bool) []Shortage {
	blockOf := map[string]int{}
	for b := range s.blocks {
		blockOf[s.blocks[b].code] = b
	}
	lapsing := map[int]bool{}
	for i := range w.e.jobs {
		if j := &w.e.jobs[i]; len(lost[j.id]) > 0 {
			lapsing[blockOf[j.block]] = true
		}
	}
	var out []Shortage
	for _, g := range slices.Concat(w.alikeAcross(s, lost, proven, blockOf), w.tiedJobs(s, lapsing, blockOf)) {
		blocks := map[int]bool{}
		var due []Date
		open := false // holds a lapse of a block without a proof
		for _, i := range g.jobs {
			j := &w.e.jobs[i]
			b := blockOf[j.block]
			blocks[b] = true
			due = append(due, lost[j.id]...)
			open = open || len(lost[j.id]) > 0 && !proven[b]
		}
		if !open || len(blocks) < 2 {
			continue
		}
		var best Shortage
		spans := w.spans(due)
		for _, days := range spans[:min(g.sets, len(spans))] {
			if x, ok := w.add(g.jobs, days); ok && x.Short > best.Short {
				best = x
			}
		}
		if best.Short == 0 {
			continue
		}
		out = append(out, best)
		for _, n := range best.Needs {
			if b := blockOf[w.e.jobs[w.e.byID[jobID(n.Resident, n.Task)]].block]; lapsing[b] {
				proven[b] = true
			}
		}
	}
	return out
}

// alikeAcross returns, for each set of visitors who may do a job that lapses in
// a block without a proof and of whom one can work for several blocks, all jobs
// that nobody else can do.
func (w *prover) alikeAcross(s *solver, lost map[string][]Date, proven map[int]bool, blockOf map[string]int) []jobSet {
	const most = 60
	index := map[string]int{}
	var sets []jobSet
	var who [][]int
	for i := range w.e.jobs {
		j := &w.e.jobs[i]
		if len(lost[j.id]) == 0 || proven[blockOf[j.block]] {
			continue
		}
		able := w.job(i).able
		if !slices.ContainsFunc(able, s.wide) {
			continue
		}
		key := fmt.Sprint(able)
		n, ok := index[key]
		if !ok {
			n = len(sets)
			index[key] = n
			sets, who = append(sets, jobSet{sets: maxSpans / 2}), append(who, able)
		}
		sets[n].count += len(lost[j.id])
	}
	for n := range sets {
		inside := map[int]bool{}
		blocks := map[int]bool{}
		for _, v := range who[n] {
			inside[v] = true
			for _, b := range s.reach[v] {
				blocks[b] = true
			}
		}
		for _, b := range slices.Sorted(maps.Keys(blocks)) {
			for _, i := range s.blocks[b].jobs {
				if !slices.ContainsFunc(w.job(i).able, func(v int) bool { return !inside[v] }) {
					sets[n].jobs = append(sets[n].jobs, i)
				}
			}
		}
	}
	slices.SortStableFunc(sets, func(a, b jobSet) int { return b.count - a.count })
	return sets[:min(most, len(sets))]
}

// tiedJobs returns all jobs of the blocks with lapses, those of blocks together
// that visitors tie together.
func (w *prover) tiedJobs(s *solver, lapsing map[int]bool, blockOf map[string]int) []jobSet {
	tied := s.tied(lapsing)
	index := map[int]int{}
	var sets []jobSet
	for i := range w.e.jobs {
		b := blockOf[w.e.jobs[i].block]
		if !lapsing[b] {
			continue
		}
		n, ok := index[tied[b]]
		if !ok {
			n = len(sets)
			index[tied[b]] = n
			sets = append(sets, jobSet{sets: maxSpans})
		}
		sets[n].jobs = append(sets[n].jobs, i)
	}
	return sets
}

// tied numbers the blocks of a set so that those get the same number that a
// visitor can work for, or that others tie together so.
func (s *solver) tied(set map[int]bool) map[int]int {
	of := make(map[int]int, len(set))
	for b := range set {
		of[b] = b
	}
	root := func(b int) int {
		for of[b] != b {
			of[b] = of[of[b]]
			b = of[b]
		}
		return b
	}
	for _, blocks := range s.reach {
		first := -1
		for _, b := range blocks {
			switch {
			case !set[b]:
			case first < 0:
				first = root(b)
			default:
				of[root(b)] = first
			}
		}
	}
	for b := range set {
		of[b] = root(b)
	}
	return of
}

// maxSpans bounds the sets of days looked at for several blocks together.
const maxSpans = 12

// spans returns sets of days worth a look: the horizon, and from the start, or
// from Monday, to those due-bys on which most lapse.
func (w *prover) spans(due []Date) [][]Date {
	p := w.e.p
	lapses := map[Date]int{}
	for _, d := range due {
		lapses[d]++
	}
	last := slices.Sorted(maps.Keys(lapses))
	slices.SortStableFunc(last, func(a, b Date) int { return lapses[b] - lapses[a] })
	seen := map[[2]Date]bool{}
	var out [][]Date
	add := func(first, last Date) {
		first, last = max(first, w.e.today()), min(last, p.End())
		if first > last || len(out) == maxSpans || seen[[2]Date{first, last}] {
			return
		}
		seen[[2]Date{first, last}] = true
		days := make([]Date, 0, last-first+1)
		for d := first; d <= last; d++ {
			days = append(days, d)
		}
		out = append(out, days)
	}
	add(p.Start, p.End())
	for _, d := range last {
		add(d.WeekStart(), d)
		add(p.Start, d)
		add(d, d)
	}
	return out
}

// add adds the proof up for jobs and days; false where nothing is short.
func (w *prover) add(jobs []int, days []Date) (Shortage, bool) {
	s := Shortage{Days: days, Visitors: []string{}}
	var needed []int
	visits := map[int]int{}
	for _, i := range jobs {
		if n := w.fewest(i, days); n > 0 {
			visits[i] = n
			needed = append(needed, i)
		}
	}
	who := map[int]bool{}
	for _, i := range needed {
		for _, v := range w.job(i).able {
			if !who[v] && slices.ContainsFunc(days, func(d Date) bool { return w.could(i, v, d) }) {
				who[v] = true
			}
		}
	}
	var visitors []int
	for v := range who {
		visitors = append(visitors, v)
	}
	slices.Sort(visitors)
	each := map[int]int{}
	from := map[string][]reached{}
	for _, i := range needed {
		j := &w.e.jobs[i]
		ways, ok := from[j.block]
		if !ok {
			ways = w.reach(j.block, days, visitors)
			from[j.block] = ways
		}
		each[i] = j.minutes + w.way(i, visits, ways)
		n := ShortageNeed{Visits: visits[i] * j.needs.people(), Minutes: each[i]}
		n.Resident, n.Task = w.e.p.names(j)
		s.Needs = append(s.Needs, n)
		s.NeedMinutes += n.Visits * n.Minutes
	}
	w.room.count(each)
	for _, v := range visitors {
		s.Visitors = append(s.Visitors, w.e.p.Visitors[v].ID)
		for _, d := range days {
			s.HaveMinutes += w.room.minutes(&w.e.p.Visitors[v], d)
		}
	}
	s.Short = s.NeedMinutes - s.HaveMinutes
	if s.Short <= 0 {
		return s, false
	}
	// A shift that is too short for a visit could be made long enough, a
	// capacity raised: then they count.
	could := 0
	for _, v := range w.whoMay(needed, days) {
		for _, d := range days {
			could += w.room.length(&w.e.p.Visitors[v], d)
		}
	}
	s.MendMinutes = max(1, s.NeedMinutes-could)
	return s, true
}

// whoMay returns the visitors who may do one of the jobs and have a way to it on
// one of the days, whether or not they have the time.
func (w *prover) whoMay(jobs []int, days []Date) []int {
	who := map[int]bool{}
	for _, i := range jobs {
		for _, v := range w.job(i).able {
			if !who[v] && slices.ContainsFunc(days, func(d Date) bool { return w.hasWay(i, v, d) }) {
				who[v] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(who))
}

func (w *prover) job(i int) *explainedJob {
	c := w.jobs[i]
	if c == nil {
		c = w.e.job(i)
		w.jobs[i] = c
	}
	return c
}

// could is shortRoom.could, asked once for each job, visitor and day.
func (w *prover) could(i, v int, day Date) bool {
	key := couldKey{i, v}
	known, ok := w.coulds[key]
	if !ok {
		known = make([]int8, w.e.p.Days)
		w.coulds[key] = known
	}
	at := &known[day-w.e.p.Start]
	if *at == 0 {
		*at = -1
		if w.room.could(&w.e.jobs[i], &w.e.p.Visitors[v], day) {
			*at = 1
		}
	}
	return *at > 0
}

// fewest returns the fewest visits that must fall on the days. On the other
// days there are none where nobody could come.
func (w *prover) fewest(i int, days []Date) int {
	p, j := w.e.p, &w.e.jobs[i]
	rule := w.rules[i]
	if rule == nil {
		spec := j.spec(p)
		spec.weight, spec.count = 1, true
		rule = newCalendar(spec)
		w.rules[i] = rule
		could := make([]bool, p.Days)
		for d := range could {
			day := p.Start + Date(d)
			could[d] = slices.ContainsFunc(w.job(i).able, func(v int) bool { return w.could(i, v, day) })
		}
		w.days[i] = could
	}
	price := make([]int64, p.Days)
	for d := range price {
		if !w.days[i][d] {
			price[d] = vrp.Never
		}
	}
	for _, d := range days {
		price[d-p.Start] = 1
	}
	picked, _, _ := rule.Cheapest(price, nil, nil)
	n := 0
	for _, d := range picked {
		n += int(min(price[d], 1))
	}
	return n
}

// reached is a matrix on days of the same percentage, and the places from which
// visitors of a proof set out on them.
type reached struct {
	travel
	rows   *matrixRows
	starts []int32
}

// reach returns the ways of travelling that visitors have in a block on days.
func (w *prover) reach(block string, days []Date, visitors []int) []reached {
	type how struct {
		m       *Matrix
		percent int
	}
	index := map[how]int{}
	var out []reached
	for _, d := range days {
		for _, v := range visitors {
			who := &w.e.p.Visitors[v]
			m := w.e.matrix(block, who.Mode, d)
			if m == nil {
				continue
			}
			t := w.e.travel(&caller{m: m, v: who}, d)
			n, ok := index[how{m.m, t.percent}]
			if !ok {
				n = len(out)
				index[how{m.m, t.percent}] = n
				out = append(out, reached{travel: t, rows: m})
			}
			left := w.e.shifts(v, d)
			for q := range left {
				from := left[q].start
				if from == "" {
					from = who.ID
				}
				if row, ok := m.rows[from]; ok && !slices.Contains(out[n].starts, row) {
					out[n].starts = append(out[n].starts, row)
				}
			}
		}
	}
	return out
}

// way returns the shortest way to a job, in minutes, from where one of the
// visitors begins or from another door of the block.
func (w *prover) way(i int, counted map[int]int, from []reached) int {
	j := &w.e.jobs[i]
	best := int32(-1)
	for _, r := range from {
		to, ok := r.rows.rows[j.place]
		if !ok {
			continue
		}
		least := w.doorway(i, counted, &r, to)
		for _, s := range r.starts {
			if n := r.minutes(s, to); n >= 0 && (least < 0 || n < least) {
				least = n
			}
		}
		if least >= 0 && (best < 0 || least < best) {
			best = least
		}
	}
	return int(max(0, best))
}

// doorway returns the shortest way to a job from another door of the block;
// below 0: none. Whoever comes from a job that the proof does not count has
// spent its minutes too.
func (w *prover) doorway(i int, counted map[int]int, r *reached, to int32) int32 {
	best := int32(-1)
	for _, o := range w.inBlock[w.e.jobs[i].block] {
		if o == i {
			continue
		}
		j := &w.e.jobs[o]
		row, ok := r.rows.rows[j.place]
		if !ok {
			continue
		}
		n := r.minutes(row, to)
		if j.place == w.e.jobs[i].place {
			n = 0
		}
		if n < 0 {
			continue
		}
		if counted[o] == 0 {
			n += int32(j.minutes)
		}
		if best < 0 || n < best {
			best = n
		}
	}
	return best
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
	return fmt.Sprintf("%s: %s%d visits need at least %d minutes, and the %d visitors who may make them have %d: %d are short, whoever plans; it takes %d more minutes at least",
		where, days, visits, s.NeedMinutes, len(s.Visitors), s.HaveMinutes, s.Short, s.MendMinutes)
}
