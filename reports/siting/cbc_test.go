package siting_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sanse/reports/siting"
)

// program writes a problem of some goal as a linear program to be minimised; of
// MostCovered the value is what is not covered.
func program(p *siting.Problem) string {
	var objective, rows, binaries strings.Builder
	row := func(format string, args ...any) { fmt.Fprintf(&rows, format+"\n", args...) }
	count, price := "", ""
	for s, site := range p.Sites {
		fmt.Fprintf(&binaries, " y%d\n", s)
		switch {
		case site.Status == siting.Kept:
			row("y%d = 1", s)
			continue
		case site.Status == siting.New && site.Place > 0:
			for o, other := range p.Sites {
				if other.Status == siting.Idle && other.Place == site.Place {
					row("y%d - y%d <= 0", s, o)
				}
			}
		}
		count += fmt.Sprintf(" + y%d", s)
		price += fmt.Sprintf(" + %d y%d", site.Price, s)
	}
	if p.Choose > 0 {
		row("%s <= %d", count, p.Choose)
	}
	if p.Budget > 0 {
		row("%s <= %d", price, p.Budget)
	}
	switch p.Goal {
	case siting.AllCovered:
		objective.WriteString(price)
	case siting.LeastWorst:
		objective.WriteString(" + r")
	}
	far := int64(0)
	for d := range p.Weight {
		for s := range p.Sites {
			far = max(far, cost(p, d, s))
		}
	}
	far = 2*far + 1
	if p.Capacity != nil {
		if p.Goal == siting.MostCovered {
			far = 1
		}
		for s, c := range p.Capacity {
			sum := ""
			for d, w := range p.Weight {
				if way := cost(p, d, s); w > 0 && way >= 0 && (p.Goal != siting.MostCovered || way <= int64(p.Radius)) {
					sum += fmt.Sprintf(" + %d x%d_%d", w, d, s)
				}
			}
			if c != siting.None && sum != "" {
				row("%s - %d y%d <= 0", sum, c, s)
			}
		}
	}
	for d, w := range p.Weight {
		if w == 0 {
			continue
		}
		sum, way := "", ""
		for s := range p.Sites {
			c := cost(p, d, s)
			switch {
			case c < 0:
			case p.Goal == siting.MostCovered && p.Capacity != nil:
				if c <= int64(p.Radius) {
					row("x%d_%d - y%d <= 0", d, s, s)
					sum += fmt.Sprintf(" + x%d_%d", d, s)
				}
			case p.Goal == siting.MostCovered || p.Goal == siting.AllCovered:
				if c <= int64(p.Radius) {
					sum += fmt.Sprintf(" + y%d", s)
				}
			default:
				row("x%d_%d - y%d <= 0", d, s, s)
				sum += fmt.Sprintf(" + x%d_%d", d, s)
				way += fmt.Sprintf(" + %d x%d_%d", c, d, s)
				if p.Goal == siting.LeastTotal {
					fmt.Fprintf(&objective, " + %d x%d_%d\n", w*c, d, s)
				}
			}
		}
		if sum == "" && (p.Goal == siting.AllCovered || p.Goal == siting.LeastWorst) {
			continue // nobody can reach them
		}
		switch p.Goal {
		case siting.AllCovered:
			row("%s >= 1", sum)
		case siting.MostCovered:
			row("%s + z%d >= 1", sum, d)
			fmt.Fprintf(&objective, " + %d z%d\n", w, d)
		case siting.LeastTotal:
			row("%s + z%d = 1", sum, d)
			fmt.Fprintf(&objective, " + %d z%d\n", w*far, d)
		case siting.LeastWorst:
			row("%s + z%d = 1", sum, d)
			row("%s + %d z%d - r <= 0", way, far, d)
		}
	}
	return "Minimize\nobj: 0 zero" + objective.String() + "\nSubject To\nzero = 0\n" + rows.String() + "Binary\n" + binaries.String() + "End\n"
}

// optimum has cbc solve a linear program.
func optimum(t *testing.T, cbc, text string) int64 {
	t.Helper()
	dir := t.TempDir()
	file, answer := filepath.Join(dir, "p.lp"), filepath.Join(dir, "p.txt")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), cbc, file, "seconds", "60", "ratioGap", "0", "allowableGap", "0", "solve", "solution", answer).CombinedOutput(); err != nil {
		t.Fatalf("cbc: %v\n%s", err, out)
	}
	f, err := os.Open(answer)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head := bufio.NewScanner(f)
	head.Scan()
	value, ok := strings.CutPrefix(head.Text(), "Optimal - objective value ")
	if !ok {
		t.Fatalf("cbc found no optimum: %s", head.Text())
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		t.Fatal(err)
	}
	return int64(math.Round(v))
}

// The optima of linear programs, whose rows are the words of the package's
// documentation and share nothing with its search.
func TestAnswersAreTheOptimaOfLinearPrograms(t *testing.T) {
	cbc, err := exec.LookPath("cbc")
	if err != nil {
		t.Skip("cbc (package coinor-cbc) is not installed")
	}
	kinds := []made{
		{demands: 60, sites: 30, choose: 5, radius: 160, kept: 2, places: true, prices: true},
		{demands: 60, sites: 30, choose: 7, radius: 160, lists: true, prices: true, budget: 20},
	}
	if testing.Short() {
		kinds = kinds[:1]
	}
	for k, m := range kinds {
		for _, goal := range goals {
			t.Run(fmt.Sprintf("%s %d", goal, k), func(t *testing.T) {
				m := m
				if goal == siting.LeastWorst {
					m.demands, m.sites = 30, 16 // the program of the worst way is a weak one
				}
				p := m.asks(goal).problem(uint64(40 + k))
				s := solve(t, p, siting.Options{})
				want := optimum(t, cbc, program(p))
				if goal == siting.MostCovered {
					all := int64(0)
					for _, w := range p.Weight {
						all += w
					}
					want = all - want
				}
				if s.Objective != want || s.Bound != want {
					t.Errorf("objective %d, bound %d; the optimum is %d", s.Objective, s.Bound, want)
				}
			})
		}
	}
}
