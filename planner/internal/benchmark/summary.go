package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// mean of several runs of one instance.
type mean struct {
	first            row
	n                int
	gap, half, least float64
	cost             float64
	vehicles         int // the sum
	halfVehicles     int
	cpu              float64
	bad              int
}

// gapAtHalf is the gap of a run at half of its budget.
func (r row) gapAtHalf() float64 {
	if r.BestKnown == 0 {
		return 0
	}
	return 100 * (r.Half/r.BestKnown - 1)
}

// printSummary prints a table for each group of equal settings: the mean over
// seeds by instance, and over all.
func printSummary(w io.Writer, path string) error {
	rows, err := readRows(path)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("%s has no rows", path)
	}
	groups := map[string]map[string]*mean{}
	var names []string
	for _, r := range rows {
		name := fmt.Sprintf("%s by %s, %d threads, %.0f s of %s time", r.Set, r.Objective, r.Threads, r.Budget, r.Clock)
		if groups[name] == nil {
			groups[name] = map[string]*mean{}
			names = append(names, name)
		}
		m := groups[name][r.Instance]
		if m == nil {
			m = &mean{first: r, least: r.Cost}
			groups[name][r.Instance] = m
		}
		m.n++
		m.gap += r.Gap
		m.half += r.gapAtHalf()
		m.cost += r.Cost
		m.cpu += r.CPU
		m.least = min(m.least, r.Cost)
		m.vehicles += r.Vehicles
		m.halfVehicles += r.HalfVehicles
		if r.Checked != "ok" {
			m.bad++
		}
	}
	for _, name := range names {
		var list []*mean
		for _, m := range groups[name] {
			list = append(list, m)
		}
		slices.SortFunc(list, func(a, b *mean) int { return cmp.Compare(a.first.Instance, b.first.Instance) })
		printGroup(w, name, list)
	}
	return nil
}

func printGroup(w io.Writer, name string, list []*mean) {
	fmt.Fprintf(w, "## %s\n\n| instance | runs | mean cost | least cost | best known | mean gap %% | at half %% | vehicles | CPU s |\n|---|---|---|---|---|---|---|---|---|\n", name)
	bad := 0
	for _, m := range list {
		n := float64(m.n)
		fmt.Fprintf(w, "| %s | %d | %.2f | %.2f | %.2f | %.3f | %.3f | %.1f | %.1f |\n",
			m.first.Instance, m.n, m.cost/n, m.least, m.first.BestKnown, m.gap/n, m.half/n, float64(m.vehicles)/n, m.cpu/n)
		bad += m.bad
	}
	fmt.Fprintln(w)
	total := func(what string, use func(*mean) bool) {
		var n, gap, half, worst float64
		at := ""
		for _, m := range list {
			if !use(m) {
				continue
			}
			g := m.gap / float64(m.n)
			n, gap, half = n+1, gap+g, half+m.half/float64(m.n)
			if at == "" || g > worst {
				worst, at = g, m.first.Instance
			}
		}
		if n > 0 {
			fmt.Fprintf(w, "%s: %.0f instances, mean gap %.3f %%, worst %.3f %% (%s), mean at half of the budget %.3f %%\n", what, n, gap/n, worst, at, half/n)
		}
	}
	total("all", func(*mean) bool { return true })
	first := list[0].first
	if first.Set == "pvrp" && slices.ContainsFunc(list, func(m *mean) bool { return m.first.Instance == "p13" }) {
		total("without p13", func(m *mean) bool { return m.first.Instance != "p13" })
	}
	if first.Objective == "vehicles" {
		fleet, known := 0.0, 0
		for _, m := range list {
			fleet += float64(m.vehicles) / float64(m.n)
			known += m.first.BestVehicles
		}
		fmt.Fprintf(w, "fleet: %.1f vehicles in all, best known %d\n", fleet, known)
		total("those with the best known fleet", func(m *mean) bool { return m.vehicles == m.first.BestVehicles*m.n })
	}
	if bad > 0 {
		fmt.Fprintf(w, "**%d runs did not pass the check**\n", bad)
	}
	fmt.Fprintln(w)
}
