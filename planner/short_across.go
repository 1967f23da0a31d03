package planner

import (
	"fmt"
	"maps"
	"slices"
)

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
