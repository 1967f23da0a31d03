package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"sanse/planner"
	"sanse/planner/formats"
)

type checkCmd struct {
	Problem string `arg:"" help:"The problem." type:"existingfile"`
	Plan    string `arg:"" help:"The plan or the solution." type:"existingfile"`
	Format  string `help:"Format of the problem: auto (by its content), sanse, vroom, pvrp, solomon." enum:"auto,sanse,vroom,pvrp,solomon" default:"auto"`
}

func (*checkCmd) Help() string {
	return `Prints {"violations": […]} and exits with 0 if there are none, 1 if there are any, and 2 if one
of the files is not valid. It knows nothing of how the plan was made. Of two files that end in .jsonl it checks
line by line; each finding then has the number of its problem. Of VROOM's, Cordeau's and Solomon's problems it
checks the solution in the format of the same family, whoever made it, and prints the cost that it comes to.

  sanse check problem.json plan.json
  sanse check city.jsonl plans.jsonl
  sanse check p01 p01.res
  sanse check C101.txt C101.sol`
}

func (cmd *checkCmd) Run(ctx context.Context, s streams) error {
	if isLines(cmd.Problem) {
		return cmd.runLines(ctx, s)
	}
	content, format, err := readSniffed(cmd.Problem, cmd.Format)
	if err != nil {
		return err
	}
	if format != formats.FormatSanse {
		return cmd.runFormat(s, content, format)
	}
	p, err := readProblem(cmd.Problem, s.err)
	if err != nil {
		return err
	}
	plan, err := readFile(cmd.Plan, planner.ReadPlan)
	if err != nil {
		return err
	}
	violations := planner.Check(p, plan)
	if violations == nil {
		violations = []planner.Violation{}
	}
	if err := printJSON(s.out, map[string]any{"violations": violations}); err != nil {
		return err
	}
	if len(violations) > 0 {
		return answerNo("%s", count(len(violations), "violation", "violations"))
	}
	return nil
}

// runFormat checks a solution in a format of others.
func (cmd *checkCmd) runFormat(s streams, content []byte, format formats.Format) error {
	in, err := formats.Read(content, formats.Options{Format: format})
	if err != nil {
		return badInput(err, "%s", filepath.Base(cmd.Problem))
	}
	tellOdd(s.err, in.Warnings())
	verdict, err := readFile(cmd.Plan, in.Check)
	if err != nil {
		return err
	}
	if verdict.Wrong == nil {
		verdict.Wrong = []formats.Violation{}
	}
	if err := printJSON(s.out, verdict); err != nil {
		return err
	}
	if n := len(verdict.Wrong); n > 0 {
		return answerNo("%s", count(n, "violation", "violations"))
	}
	return nil
}

// readSniffed reads a problem file and tells its format, by its content where
// none is named. JSON that says too little is Sanse's, whose reader says what is
// missing.
func readSniffed(path, named string) ([]byte, formats.Format, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, "", badInput(err, "cannot read")
	}
	if named != "auto" {
		return content, formats.Format(named), nil
	}
	format, err := formats.Sniff(content)
	if err != nil {
		if text := bytes.TrimSpace(content); errors.Is(err, planner.ErrInvalid) && bytes.HasPrefix(text, []byte("{")) {
			return content, formats.FormatSanse, nil
		}
		return nil, "", badInput(err, "%s", filepath.Base(path))
	}
	return content, format, nil
}
