package main

import (
	"fmt"
	"math/big"

	"sanse/geo/districting/files"
)

// judge counts the cut edges of a drawing and says whether it keeps to the
// rules: every unit in a district, so many districts, each in one piece, each
// within the tolerance of the mean, in whole numbers.
func judge(u *files.Units, zone []string, r *row) {
	r.CutEdges, r.Checked = 0, "ok"
	sums := map[string]int64{}
	var whole int64
	for i, z := range zone {
		if z == "" {
			r.Checked = fmt.Sprintf("unit %s is in no district", u.IDs[i])
			return
		}
		sums[z] += u.Weights[0].Of[i]
		whole += u.Weights[0].Of[i]
	}
	g := &u.Graph
	pieces := 0
	seen := make([]bool, u.Len())
	for i := range zone {
		for _, j := range g.To[g.First[i]:g.First[i+1]] {
			if int(j) > i && zone[i] != zone[j] {
				r.CutEdges++
			}
		}
		if seen[i] {
			continue
		}
		pieces++
		seen[i] = true
		for queue := []int32{int32(i)}; len(queue) > 0; {
			at := queue[0]
			queue = queue[1:]
			for _, j := range g.To[g.First[at]:g.First[at+1]] {
				if !seen[j] && zone[j] == zone[at] {
					seen[j] = true
					queue = append(queue, j)
				}
			}
		}
	}
	switch {
	case len(sums) != r.Districts:
		r.Checked = fmt.Sprintf("%d districts, not %d", len(sums), r.Districts)
	case pieces != len(sums):
		r.Checked = fmt.Sprintf("%d pieces of %d districts", pieces, len(sums))
	}
	mean := big.NewRat(whole, int64(r.Districts))
	tolerance, ok := new(big.Rat).SetString(fmt.Sprint(r.Tolerance))
	if !ok {
		tolerance = new(big.Rat)
	}
	allowed := new(big.Rat).Mul(mean, tolerance.Quo(tolerance, big.NewRat(100, 1)))
	for z, sum := range sums {
		off := new(big.Rat).Sub(big.NewRat(sum, 1), mean)
		if off.Abs(off).Cmp(allowed) > 0 {
			share, _ := off.Quo(off, mean).Float64()
			r.Checked = fmt.Sprintf("district %s is off by %.3f %%", z, 100*share)
		}
	}
}
