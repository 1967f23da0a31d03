package formats

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"sanse/planner/vrp"
)

// SolomonResult is a solution in the form of the table of best known solutions
// at SINTEF: a line "Route 1 : 5 3 7" a vehicle, without the depot.
type SolomonResult struct {
	Name   string
	Routes [][]int // numbers of customers
	// Cost is the distance that the file states, NaN where it states none.
	Cost float64
}

// Result turns a solution of Problem into that form, its distance taken from
// the coordinates.
func (in *Solomon) Result(s *vrp.Solution) *SolomonResult {
	out := &SolomonResult{Name: in.Name}
	for _, r := range s.Routes {
		var visits []int
		from := in.Depot.Point
		for _, st := range r.Stops {
			c := in.Customers[st.Client]
			out.Cost += distance(from, c.Point)
			from = c.Point
			visits = append(visits, c.Number)
		}
		if visits != nil {
			out.Cost += distance(from, in.Depot.Point)
			out.Routes = append(out.Routes, visits)
		}
	}
	return out
}

// Write writes the solution.
func (r *SolomonResult) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Instance name : %s\nSolution\n", r.Name)
	for i, visits := range r.Routes {
		fmt.Fprintf(b, "Route %d :", i+1)
		for _, v := range visits {
			fmt.Fprintf(b, " %d", v)
		}
		fmt.Fprintln(b)
	}
	if !math.IsNaN(r.Cost) {
		fmt.Fprintf(b, "Cost %.2f\n", r.Cost)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write solution: %w", err)
	}
	return nil
}

// ReadSolomonResult reads a solution: lines "Route 1 : 5 3 7" or "Route #1: 5
// 3 7", and "Cost 828.94" if there is one. Other lines (authors, date,
// reference) are passed over.
func ReadSolomonResult(r io.Reader) (*SolomonResult, error) {
	rows, err := readRows(r)
	if err != nil {
		return nil, fmt.Errorf("read solution: %w", err)
	}
	out := &SolomonResult{Cost: math.NaN()}
	found := false
	for _, line := range rows {
		text := strings.Join(line.fields, " ")
		head, rest, colon := strings.Cut(text, ":")
		switch word := strings.ToLower(strings.Trim(line.fields[0], ":")); {
		case word == "instance" && colon:
			out.Name = strings.TrimSpace(rest)
		case word == "solution":
			found = true
		case word == "cost":
			c := line
			c.fields = strings.Fields(strings.ReplaceAll(text, ":", " "))
			if out.Cost, err = c.number(1, "cost"); err != nil {
				return nil, fmt.Errorf("read solution: %w", err)
			}
		case strings.HasPrefix(word, "route"):
			if !colon {
				return nil, fmt.Errorf("read solution: %w", line.errorf("%.40q lacks the colon before the customers", head))
			}
			visits := []int{}
			for _, f := range strings.Fields(rest) {
				v, err := strconv.Atoi(f)
				if err != nil || v < 0 {
					return nil, fmt.Errorf("read solution: %w", line.errorf("%.20q is not the number of a customer", f))
				}
				visits = append(visits, v)
			}
			found = true
			out.Routes = append(out.Routes, visits)
		}
	}
	if !found {
		return nil, fmt.Errorf("read solution: %w", errorf("no line begins with Route"))
	}
	return out, nil
}
