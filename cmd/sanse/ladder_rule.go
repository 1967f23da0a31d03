package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"sanse/cmd/sanse/internal/app"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
)

type ladderCmd struct {
	Show ladderShowCmd `cmd:"" help:"Tell which ladder holds, which are to come, and the reference to begin from."`
	Set  ladderSetCmd  `cmd:"" help:"Set the ladder that holds from a day on, from a JSON file."`
}

func (*ladderCmd) Help() string {
	return `The ladder says when a visit that is not made goes to whom (docs/ladder.md). It is the district's own, and dated:

  sanse ladder-rule show --json                    what holds, what is to come, and the reference
  sanse ladder-rule set ladder.json                {"from": "2026-12-01", "remind": "08:00", "steps": […]}
  sanse ladder-rule set --reference --from 2026-12-01`
}

// ladderRules is what show prints as JSON.
type ladderRules struct {
	District  string        `json:"district"`
	Today     planner.Date  `json:"today"`
	Items     []ladder.Rule `json:"items"`
	Reference ladder.Rule   `json:"reference"`
}

type ladderShowCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (cmd *ladderShowCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		today, err := a.Service.Today(d.TimeZone)
		if err != nil {
			return err
		}
		rules, err := a.Service.LadderRules(ctx, d.Code)
		if err != nil {
			return err
		}
		if cmd.JSON {
			out := ladderRules{District: d.Code, Today: today, Items: rules, Reference: ladder.Reference(today)}
			if out.Items == nil {
				out.Items = []ladder.Rule{}
			}
			return printJSON(s.out, out)
		}
		return printLadderRules(s.out, rules, today)
	})
}

// printLadderRules writes the ladder that holds and those to come; those before are
// left out.
func printLadderRules(w io.Writer, rules []ladder.Rule, today planner.Date) error {
	now, holds := ladder.On(rules, today)
	if !holds {
		if _, err := fmt.Fprintln(w, "no ladder holds today: whoever is not seen in time is covered by nobody"); err != nil {
			return err
		}
	}
	for i := range rules {
		r := &rules[i]
		if r.From <= today && (!holds || r.From != now.From) {
			continue
		}
		word := "holds since"
		if r.From > today {
			word = "to come on"
		}
		if _, err := fmt.Fprintf(w, "%s %s: reminder %s\n", word, r.From, r.Remind); err != nil {
			return err
		}
		for _, st := range r.Steps {
			if _, err := fmt.Fprintf(w, "  %s to %s  %s\n", st.At, st.Deadline, st.Tier); err != nil {
				return err
			}
		}
	}
	return nil
}

type ladderSetCmd struct {
	File      string       `arg:"" optional:"" help:"The ladder as JSON; - reads it from the standard input." placeholder:"FILE"`
	Reference bool         `help:"The reference ladder in place of a file; wants --from."`
	From      planner.Date `help:"First day on which it holds, in place of the one in the file." placeholder:"YYYY-MM-DD"`
}

// maxRuleFile is far more than a ladder needs.
const maxRuleFile = 1 << 16

func (cmd *ladderSetCmd) Run(ctx context.Context, c *cli, s streams) error {
	rule, err := cmd.rule(s.in)
	if err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if err := a.Service.PutLadderRule(ctx, d.Code, rule); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "the ladder holds from %s on\n", rule.From)
		return err
	})
}

// rule reads what is to be set.
func (cmd *ladderSetCmd) rule(in io.Reader) (ladder.Rule, error) {
	switch {
	case cmd.Reference == (cmd.File != ""):
		return ladder.Rule{}, badInput(nil, "name a file, or take the reference with --reference --from DAY")
	case cmd.Reference && cmd.From == 0:
		return ladder.Rule{}, badInput(nil, "--from: from which day on?")
	case cmd.Reference:
		return ladder.Reference(cmd.From), nil
	}
	from := in
	if cmd.File != "-" {
		f, err := os.Open(cmd.File)
		if err != nil {
			return ladder.Rule{}, badInput(err, "cannot read the ladder")
		}
		defer f.Close()
		from = f
	}
	rule, err := readLadderRule(io.LimitReader(from, maxRuleFile))
	if err != nil {
		return rule, badInput(err, "this is no ladder")
	}
	if cmd.From != 0 {
		rule.From = cmd.From
	}
	if rule.From == 0 {
		return rule, badInput(nil, "from: the ladder says no day from which on it holds; name one with --from")
	}
	return rule, nil
}

// readLadderRule reads one ladder, and nothing after it: a field that is not known
// is a slip of the pen.
func readLadderRule(r io.Reader) (ladder.Rule, error) {
	var rule ladder.Rule
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&rule); err != nil {
		return rule, err
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return rule, errors.New("there is something after it")
	}
	return rule, nil
}
