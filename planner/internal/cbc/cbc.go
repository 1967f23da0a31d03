// Package cbc lets tests hold plans and bounds against the optima of linear
// programs, which the solver cbc (COIN-OR) finds. Nothing but tests imports it.
package cbc

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Program is a linear program to be minimised, with whole variables where so
// named. The zero value is empty.
type Program struct {
	objective strings.Builder
	rows      strings.Builder
	binaries  strings.Builder
	n         int
}

// Cost adds c times a variable to the objective.
func (l *Program) Cost(c float64, v string) { fmt.Fprintf(&l.objective, " + %g %s\n", c, v) }

// Row asks that the sum of terms (a variable, or a number, a space and one) is
// =, <= or >= the right side.
func (l *Program) Row(terms []string, relation string, rhs float64) {
	l.n++
	fmt.Fprintf(&l.rows, "c%d: %s %s %g\n", l.n, strings.Join(terms, "\n + "), relation, rhs)
}

// Binary makes a variable 0 or 1; the others are not below 0.
func (l *Program) Binary(v string) { fmt.Fprintf(&l.binaries, " %s\n", v) }

// Least has cbc solve the program and returns the value of the optimum. The test
// is skipped where cbc is not installed, and fails where there is no optimum.
func (l *Program) Least(t testing.TB) float64 {
	t.Helper()
	cbc, err := exec.LookPath("cbc")
	if err != nil {
		t.Skip("cbc (package coinor-cbc) is not installed")
	}
	dir := t.TempDir()
	file, answer := filepath.Join(dir, "p.lp"), filepath.Join(dir, "p.txt")
	text := "Minimize\nobj: 0 zero" + l.objective.String() + "\nSubject To\nz: zero = 0\n" + l.rows.String()
	if l.binaries.Len() > 0 {
		text += "Binary\n" + l.binaries.String()
	}
	if err := os.WriteFile(file, []byte(text+"End\n"), 0o600); err != nil {
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
	x, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
