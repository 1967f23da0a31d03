package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// printSummary writes a table of the best run of each file, and how many runs
// it is the best of.
func printSummary(w io.Writer, path string) error {
	rows, err := readRows(path)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("%s has no rows", path)
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Districts, b.Districts), cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.Threads, b.Threads), cmp.Compare(a.Clock, b.Clock))
	})
	same := func(a, b row) bool {
		a.Seed, b.Seed = 0, 0
		return a.key() == b.key()
	}
	fmt.Fprintln(w, "| graph | units | districts | runs | cut edges, best | worst | best known | ReCom, 10,000 steps | processor s |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|")
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && same(rows[0], rows[n]) {
			n++
		}
		group := rows[:n]
		rows = rows[n:]
		best, worst, cpu, bad := 0, 0, 0.0, 0
		for _, r := range group {
			cpu += r.CPU / float64(n)
			if r.Checked != "ok" {
				bad++
				continue
			}
			if best == 0 || r.CutEdges < best {
				best = r.CutEdges
			}
			worst = max(worst, r.CutEdges)
		}
		text := fmt.Sprint(best)
		if bad > 0 {
			text += fmt.Sprintf(" (%d runs not valid)", bad)
		}
		r := group[0]
		if _, err := fmt.Fprintf(w, "| %s, %s | %d | %d | %d × %g s (%s), %d threads | %s | %d | %d | %d | %.0f |\n",
			r.Name, r.File, r.Units, r.Districts, n, r.Seconds, r.Clock, r.Threads, text, worst, r.Best, r.ReCom, cpu); err != nil {
			return err
		}
	}
	return nil
}
