package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/reports"
)

type needsCmd struct {
	Match   needsMatchCmd   `cmd:"" help:"Propose who is to meet each need, and keep that as its next match."`
	List    needsListCmd    `cmd:"" help:"List the needs and what they are matched to."`
	History needsHistoryCmd `cmd:"" help:"Tell all that a need was ever matched to."`
}

type needsMatchCmd struct {
	Services []string `name:"service" help:"Only needs of these services." placeholder:"SERVICE"`
	Area     string   `help:"Only needs of those who live in this area." placeholder:"CODE"`
	FreeHand bool     `help:"Let the proposal take the place of what was matched by hand."`
	Alike    bool     `help:"All grades wait alike (else red goes before yellow, yellow before blue)."`
	JSON     bool     `name:"json" help:"Print the result as JSON."`
}

func (*needsMatchCmd) Help() string {
	return `As many needs are met as can be, in the order of the grades, and of all ways to do so the one with the least walk. Each
resident walks at their own pace; a facility within 15 minutes that is open when they can and has room goes before a
provider who comes home. What a provider whose workers are planned here is to do becomes a task from tomorrow on.

  sanse needs match
  sanse needs match --service meals --service bathing --area 510199001`
}

func (cmd *needsMatchCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		r, err := a.Service.MatchNeeds(ctx, d.Code, service.MatchOptions{Services: cmd.Services, Area: cmd.Area, FreeHand: cmd.FreeHand, Alike: cmd.Alike})
		if err != nil {
			return err
		}
		if cmd.JSON {
			return printJSON(s.out, map[string]any{
				"needs": r.Needs, "matched": r.Matched, "unmatched": r.Unmatched, "changed": r.Changed, "kept_by_hand": r.KeptByHand, "by_reason": r.ByReason,
				"no_data": map[string]int{"facilities": r.NoDataFacilities, "providers": r.NoDataProviders, "needs": r.NoDataNeeds},
			})
		}
		fmt.Fprintf(s.out, "%d needs: %d matched, %d unmatched; %d changed, %d kept as decided by hand\n", r.Needs, r.Matched, r.Unmatched, r.Changed, r.KeptByHand)
		for _, reason := range slices.Sorted(maps.Keys(r.ByReason)) {
			fmt.Fprintf(s.out, "  %-14s %d\n", reason, r.ByReason[reason])
		}
		if n := r.NoDataFacilities + r.NoDataProviders; n > 0 {
			fmt.Fprintf(s.out, "  of the matched %d are with %d facilities and providers whose capacity is not known\n", r.NoDataNeeds, n)
		}
		return nil
	})
}

type needsListCmd struct {
	Area    string `help:"Only needs of those who live in this area." placeholder:"CODE"`
	Service string `help:"Only needs of this service." placeholder:"SERVICE"`
	Status  string `help:"Only needs in this state." enum:",open,matched,unmatched" default:"" placeholder:"open|matched|unmatched"`
	Out     string `short:"o" help:"CSV to write ('-': standard output). Residents appear under opaque ids." default:"-" placeholder:"FILE"`
}

func (cmd *needsListCmd) Run(ctx context.Context, c *cli, s streams) error {
	if err := canWrite(cmd.Out); err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		list, _, err := a.Service.Needs(ctx, d.Code, service.NeedFilter{Area: cmd.Area, Service: cmd.Service, Status: cmd.Status})
		if err != nil {
			return err
		}
		return writeOut(cmd.Out, s.out, func(w io.Writer) error {
			return a.Service.CarryBare(ctx, d, "needs list", w, func(w io.Writer) (int, error) { return len(list), writeNeeds(w, list) })
		})
	})
}

func writeNeeds(w io.Writer, list []service.Need) error {
	rows := [][]string{{"id", "resident", "service", "frequency", "place", "kind", "grade", "area", "from", "to", "status", "facility", "provider", "seconds", "by", "since", "reason"}}
	for i := range list {
		n, given := &list[i], reports.SpreadsheetText
		row := []string{given(n.ID), given(n.Resident), n.Service, given(n.Frequency), given(n.Place), given(n.Kind), given(n.Grade), n.Area, n.From.String(), "", n.Status, "", "", "", "", "", given(n.Reason)}
		if n.To != nil {
			row[9] = n.To.String()
		}
		if m := n.Match; m != nil {
			row[11], row[12], row[14], row[15] = given(m.Facility), given(m.Provider), byWord(m), m.From.String()
			if m.Seconds != nil {
				row[13] = fmt.Sprint(*m.Seconds)
			}
		}
		rows = append(rows, row)
	}
	out := csv.NewWriter(w)
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write needs: %w", err)
	}
	return nil
}

func byWord(m *service.NeedMatch) string {
	if m.ByHand {
		return "hand"
	}
	return "proposal"
}

type needsHistoryCmd struct {
	ID string `arg:"" help:"Id of the need."`
}

func (cmd *needsHistoryCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		n, rows, err := a.Service.NeedHistory(ctx, d.Code, cmd.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: %s, %s, %s\n", n.ID, n.Service, n.Frequency, n.Status)
		for i := range rows {
			m := &rows[i]
			who := strings.TrimSpace(m.Facility + m.Provider + " " + m.Name)
			if !m.Matched() {
				who = "nobody"
			}
			line := fmt.Sprintf("  %d  from %s  by %s  %s", m.N, m.From, byWord(m), who)
			if m.Seconds != nil {
				line += fmt.Sprintf(", %d s on foot", *m.Seconds)
			}
			if m.Reason != "" {
				line += ": " + m.Reason
			}
			if m.Forced {
				line += " (forced)"
			}
			fmt.Fprintln(s.out, line)
		}
		return nil
	})
}
