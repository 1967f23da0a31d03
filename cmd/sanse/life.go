package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"sanse/cmd/sanse/internal/app"
	"sanse/data"
)

type lifeCmd struct {
	Status lifeStatusCmd `cmd:"" help:"Tell how long each kind of data is kept, why, and what is due."`
	Run    lifeRunCmd    `cmd:"" help:"Do what is due: carry out requests that were accepted, take away what is kept no longer."`
}

func (*lifeCmd) Help() string {
	return `sanse serve does by itself what is due, at its start, every day, and when a request is decided; after a copy of
the database was restored do it before anybody is let in: who was erased since then is erased again, by the list in the
home folder. docs/privacy.md has the rules.`
}

type lifeStatusCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

// lifeRule is how long a kind of data is kept, as the status tells it.
type lifeRule struct {
	Kind     string `json:"kind"`
	KeepDays int    `json:"keep_days"`
	Least    int    `json:"least"`
	Basis    string `json:"basis"`
	Source   string `json:"source"`
	Set      bool   `json:"set_by_district"`
	Oldest   string `json:"oldest,omitempty"`
	Due      int64  `json:"due"`
}

func (cmd *lifeStatusCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		today, err := a.Service.Today(d.TimeZone)
		if err != nil {
			return err
		}
		rules, err := a.Store.Retention(ctx, d.Code, today, true)
		if err != nil {
			return err
		}
		out := []lifeRule{}
		for _, r := range rules {
			v := lifeRule{Kind: r.Kind, KeepDays: r.Days, Least: r.Least, Basis: r.Basis, Source: r.Source, Set: r.Set, Due: r.Due}
			if !r.Oldest.IsZero() {
				v.Oldest = r.Oldest.UTC().Format("2006-01-02")
			}
			out = append(out, v)
		}
		if cmd.JSON {
			return printJSON(s.out, map[string]any{"district": d.Code, "retention": out})
		}
		for _, r := range out {
			oldest := r.Oldest
			if oldest == "" {
				oldest = "nothing yet"
			}
			if _, err := fmt.Fprintf(s.out, "%-14s %5d days  oldest %-12s due %-6d %s (%s)\n", r.Kind, r.KeepDays, oldest, r.Due, r.Basis, r.Source); err != nil {
				return err
			}
		}
		return nil
	})
}

type lifeRunCmd struct{}

func (*lifeRunCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		gone, err := a.RunLife(ctx, d.Code)
		for _, kind := range slices.Sorted(maps.Keys(gone)) {
			fmt.Fprintf(s.out, "%-14s %d\n", kind, gone[kind])
		}
		if err == nil && len(gone) == 0 {
			fmt.Fprintln(s.out, "nothing is due")
		}
		return err
	})
}
