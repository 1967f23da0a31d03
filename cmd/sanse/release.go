package main

import (
	"context"
	"fmt"

	"sanse/cmd/sanse/internal/app"
	"sanse/data"
)

type releaseCmd struct {
	JSON bool `name:"json" help:"Print it as JSON."`
}

func (*releaseCmd) Help() string {
	return `Takes the release of this quarter, if none has been taken, and says what those are told who do not
answer for the people counted: how many figures, since when and until when. A release is never changed;
docs/small-numbers.md has the rule. What it tells is at /v1/release, and in the files of
'sanse report --as public'.`
}

func (cmd *releaseCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		r, err := a.Service.TakeRelease(ctx, d)
		if err != nil {
			return err
		}
		figures := len(r.Figures(""))
		if cmd.JSON {
			return printJSON(s.out, map[string]any{"day": r.Day, "next": r.Next, "k": r.K, "figures": figures})
		}
		_, err = fmt.Fprintf(s.out, "released %s, good to %s: %s, nothing below %d\n", r.Day, r.Next-1, count(figures, "figure", "figures"), r.K)
		return err
	})
}
