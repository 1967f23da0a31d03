package disclosure

import "context"

// judge decides where which detail is told. It only ever closes, so it ends, and
// in a fixed order, so that the same counts get the same answer.
type judge struct {
	in       *Input
	children [][]int
	under    []int // by detail: the coarser one, -1 for none
	open     [][]bool
	sheets   []*sheet
}

func newJudge(in *Input, now *table) *judge {
	j := &judge{in: in, children: make([][]int, len(in.Places))}
	for i, p := range in.Places {
		if p.Parent >= 0 {
			j.children[p.Parent] = append(j.children[p.Parent], i)
		}
	}
	index := map[string]int{"": -1}
	for d := range in.Details {
		index[in.Details[d].Name] = d
		j.under = append(j.under, index[in.Details[d].Under])
		open := make([]bool, len(in.Places))
		for p := range open {
			open[p] = now.sums[p][len(now.sums[p])-1] > 0
		}
		j.open = append(j.open, open)
	}
	j.sheets = []*sheet{{now: now}}
	return j
}

// close closes until nothing more has to be closed. A detail that is under
// another one follows it; nothing goes the other way. It fails when the context
// ends.
func (j *judge) close(ctx context.Context) error {
	for d := range j.in.Details {
		for changed := true; changed; {
			var err error
			if changed, err = j.sweep(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweep goes over all places once and tells whether anything was closed.
func (j *judge) sweep(ctx context.Context, d int) (bool, error) {
	changed := false
	for p := range j.in.Places {
		if j.open[d][p] && !j.fit(d, p) {
			j.open[d][p], changed = false, true
		}
	}
	for p := len(j.in.Places) - 1; p >= 0; p-- {
		if j.open[d][p] && j.cover(d, p) {
			changed = true
		}
	}
	if changed {
		return true, ctx.Err()
	}
	for _, s := range j.sheets[1:] {
		closed, err := j.overlap(ctx, s, d)
		if err != nil {
			return false, err
		}
		changed = changed || closed
	}
	return changed, nil
}

// fit tells whether a place may be told of by itself.
func (j *judge) fit(d, p int) bool {
	if up := j.in.Places[p].Parent; up >= 0 && !j.open[d][up] {
		return false
	}
	if j.under[d] >= 0 && !j.open[j.under[d]][p] {
		return false
	}
	for _, s := range j.sheets {
		if s.knows(d, p) && !s.safe(d, p, nil, j.in.K) {
			return false
		}
	}
	return true
}

// cover closes children of an open place until what is closed of it is large
// enough, or else the place itself, and tells whether it closed anything.
func (j *judge) cover(d, p int) bool {
	counts := j.sheets[0]
	for changed := false; ; changed = true {
		var told []int
		for _, c := range j.children[p] {
			if j.open[d][c] {
				told = append(told, c)
			}
		}
		if counts.safe(d, p, told, j.in.K) {
			return changed
		}
		if len(told) == 0 {
			j.open[d][p] = false
			return true
		}
		least := told[0]
		for _, c := range told[1:] {
			if counts.size(d, c) < counts.size(d, least) {
				least = c
			}
		}
		j.open[d][least] = false
	}
}
