package formats

import (
	"bytes"
	"fmt"
	"io"

	"sanse/planner/vrp"
)

// Instance is a problem of one of the formats, whichever it is.
type Instance interface {
	// Problem compiles it, once; the problem is shared. An error says what the
	// solver cannot plan with, though Check can judge it.
	Problem() (*vrp.Problem, error)
	// Warnings say what is odd in the file, though valid.
	Warnings() []string
	// From is a solution that the file asks to start from, nil where it asks
	// for none.
	From() *vrp.Solution
	// Figure tells a cost of Problem in the words of the format, without what
	// is counted for those who are left out.
	Figure(cost int64) Figure
	// Write writes a solution of Problem in the solution format, with a reason
	// for whatever is left out where the format has room for it.
	Write(w io.Writer, s *vrp.Solution) error
	// LeftOut says who is left out of a solution of Problem and why, where the
	// solution format has no room for it; nil where it has (VROOM's).
	LeftOut(s *vrp.Solution) []LeftOut
	// Check reads a file in the solution format and judges it.
	Check(r io.Reader) (Verdict, error)
}

// Figure is what a solution comes to in the words of its format.
type Figure struct {
	Cost float64 `json:"cost"`
	// Vehicles is known only where the objective counts them.
	Vehicles int `json:"vehicles,omitempty"`
	// Complete tells that nobody is left out.
	Complete bool `json:"complete"`
}

// Verdict is what a checker says of a solution.
type Verdict struct {
	Cost     float64     `json:"cost"`
	Vehicles int         `json:"vehicles"` // routes that visit anybody
	Missed   int         `json:"missed"`   // customers or visits that are left out, listed or not
	Wrong    []Violation `json:"violations"`
}

// count counts who is left out in formats that cannot list them.
func (v *Verdict) count() {
	for _, w := range v.Wrong {
		if w.Code == CodeNotVisited {
			v.Missed++
		}
	}
}

// Options are the settings of Read.
type Options struct {
	// Format is that of the content; empty: what Sniff says.
	Format Format
	// Objective of a Solomon instance; empty: ByDistance.
	Objective Objective
}

// Read reads an instance. Sanse's own problems are for planner.ReadProblem and
// refused here. Errors about the content wrap planner.ErrInvalid.
func Read(content []byte, o Options) (Instance, error) {
	if o.Format == "" {
		var err error
		if o.Format, err = Sniff(content); err != nil {
			return nil, err
		}
	}
	if o.Objective == "" {
		o.Objective = ByDistance
	}
	r := bytes.NewReader(content)
	switch o.Format {
	case FormatPVRP:
		in, err := ReadCordeau(r)
		if err != nil {
			return nil, err
		}
		p, err := sound(in.Problem())
		return cordeauInstance{in, p}, err
	case FormatSolomon:
		in, err := ReadSolomon(r)
		if err != nil {
			return nil, err
		}
		p, err := sound(in.Problem(o.Objective))
		return solomonInstance{in, p, o.Objective}, err
	case FormatVROOM:
		in, err := ReadVROOM(r)
		if err != nil {
			return nil, err
		}
		return &vroomInstance{in: in}, nil
	}
	return nil, fmt.Errorf("format %q is not read here", o.Format)
}

// sound is a problem that the solver can plan with; what its reader let pass is
// an error here.
func sound(p *vrp.Problem) (*vrp.Problem, error) {
	if err := p.Validate(); err != nil {
		return nil, errorf("the problem cannot be planned: %v", err)
	}
	return p, nil
}

type cordeauInstance struct {
	in      *Cordeau
	problem *vrp.Problem
}

func (c cordeauInstance) Problem() (*vrp.Problem, error) { return c.problem, nil }
func (c cordeauInstance) Warnings() []string             { return nil }
func (c cordeauInstance) From() *vrp.Solution            { return nil }

func (c cordeauInstance) Figure(cost int64) Figure {
	return Figure{Cost: float64(cost%missing) / c.in.Scale(), Complete: cost < missing}
}

func (c cordeauInstance) Write(w io.Writer, s *vrp.Solution) error { return c.in.Result(s).Write(w) }

func (c cordeauInstance) LeftOut(s *vrp.Solution) []LeftOut {
	r := reasons{problem: c.problem, missing: c.problem.Unserved}
	return r.leftOut(s, func(i int) int { return c.in.Customers[i].Number })
}

func (c cordeauInstance) Check(r io.Reader) (Verdict, error) {
	res, err := ReadCordeauResult(r)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{}
	v.Cost, v.Wrong = c.in.Check(res)
	v.count()
	for _, t := range res.Routes {
		if len(t.Visits) > 0 {
			v.Vehicles++
		}
	}
	return v, nil
}

type solomonInstance struct {
	in        *Solomon
	problem   *vrp.Problem
	objective Objective
}

func (s solomonInstance) Problem() (*vrp.Problem, error) { return s.problem, nil }
func (s solomonInstance) Warnings() []string             { return nil }
func (s solomonInstance) From() *vrp.Solution            { return nil }

func (s solomonInstance) Figure(cost int64) Figure {
	vehicles, way, ok := s.in.Cost(s.objective, cost)
	return Figure{Cost: way, Vehicles: vehicles, Complete: ok}
}

func (s solomonInstance) Write(w io.Writer, sol *vrp.Solution) error {
	return s.in.Result(sol).Write(w)
}

func (s solomonInstance) LeftOut(sol *vrp.Solution) []LeftOut {
	r := reasons{problem: s.problem, missing: s.problem.Unserved}
	return r.leftOut(sol, func(i int) int { return s.in.Customers[i].Number })
}

func (s solomonInstance) Check(r io.Reader) (Verdict, error) {
	res, err := ReadSolomonResult(r)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{}
	v.Cost, v.Wrong = s.in.Check(res)
	v.count()
	for _, route := range res.Routes {
		if len(route) > 0 {
			v.Vehicles++
		}
	}
	return v, nil
}

type vroomInstance struct {
	in   *VROOM
	plan *vroomPlan // once compiled
	err  error
}

func (v *vroomInstance) compile() (*vroomPlan, error) {
	if v.plan == nil && v.err == nil {
		v.plan, v.err = v.in.compile()
	}
	return v.plan, v.err
}

func (v *vroomInstance) Problem() (*vrp.Problem, error) {
	plan, err := v.compile()
	if err != nil {
		return nil, err
	}
	return plan.problem, nil
}

func (v *vroomInstance) Warnings() []string { return v.in.Warnings() }

func (v *vroomInstance) From() *vrp.Solution {
	plan, err := v.compile()
	if err != nil {
		return nil
	}
	return plan.from()
}

func (v *vroomInstance) Figure(cost int64) Figure {
	plan, err := v.compile()
	if err != nil {
		return Figure{}
	}
	return Figure{Cost: float64(cost%plan.count) / float64(plan.unit), Complete: cost < plan.count}
}

func (v *vroomInstance) Write(w io.Writer, s *vrp.Solution) error {
	plan, err := v.compile()
	if err != nil {
		return err
	}
	return plan.result(s).Write(w)
}

// LeftOut implements Instance: the solution lists them itself.
func (v *vroomInstance) LeftOut(*vrp.Solution) []LeftOut { return nil }

func (v *vroomInstance) Check(r io.Reader) (Verdict, error) {
	res, err := ReadVROOMSolution(r)
	if err != nil {
		return Verdict{}, err
	}
	return v.in.Check(res), nil
}
