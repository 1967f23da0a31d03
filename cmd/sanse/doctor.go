package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/data"
)

type doctorCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (*doctorCmd) Help() string {
	return `Looks at how the program, its key, its database and its accounts are set up, and says what is unsafe (exit
code 1), what is to be looked at, and how to mend it. It changes nothing.

  sanse doctor
  sanse doctor --json | jq '.findings[] | select(.state != "ok")'`
}

// The states of a finding.
const (
	stateOK     = "ok"
	stateWarn   = "warn"   // look at it
	stateUnsafe = "unsafe" // mend it
)

// finding is what a check says.
type finding struct {
	ID       string `json:"id"`
	District string `json:"district,omitempty"`
	State    string `json:"state"`
	What     string `json:"what"`
	Mend     string `json:"mend,omitempty"`
}

// patient is what is looked at: the program's surroundings, and one district of its
// database, or none.
type patient struct {
	home, keyFile string // keyFile empty: a program keeps the key
	private       bool   // the database is the program's own
	privateHooks  bool   // messages may go into the house's own network
	health        data.Health
	now           time.Time

	district data.District
	accounts []data.Account
	grants   map[string][]data.Grant // in force, by account
	asked    []data.FactorRole
	left     map[string]bool // visitors who have left
	keys     []data.KeyState
	runs     []data.LifeRun
	audit    data.AuditHealth
	sent     map[string]time.Time // by collector of the audit
}

// check looks at one thing. It reports what is wrong by the function; nothing
// reported, all is well.
type check struct {
	id   string
	well string // what is said where nothing is wrong
	look func(p *patient, found func(state, what, mend string))
}

func (cmd *doctorCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withApp(ctx, s, func(a *app.App) error {
		findings, err := examine(ctx, c, a)
		if err != nil {
			return err
		}
		unsafe := 0
		for _, f := range findings {
			if f.State == stateUnsafe {
				unsafe++
			}
		}
		if cmd.JSON {
			if err := printJSON(s.out, map[string]any{"unsafe": unsafe, "findings": findings}); err != nil {
				return err
			}
		} else {
			for _, f := range findings {
				of := ""
				if f.District != "" {
					of = " (" + f.District + ")"
				}
				fmt.Fprintf(s.out, "%-6s %s%s: %s\n", f.State, f.ID, of, f.What)
				if f.Mend != "" {
					fmt.Fprintf(s.out, "       %s\n", f.Mend)
				}
			}
		}
		if unsafe > 0 {
			return answerNo("%s unsafe", count(unsafe, "setting is", "settings are"))
		}
		return nil
	})
}

// examine makes all checks, those of districts for the one that the command line
// names, or for all.
func examine(ctx context.Context, c *cli, a *app.App) ([]finding, error) {
	home, err := c.homeFolder()
	if err != nil {
		return nil, err
	}
	p := &patient{home: home, private: c.DatabaseURL == "", privateHooks: c.PrivateHooks, now: time.Now()}
	if c.KeyCommand == "" {
		p.keyFile = cmp.Or(c.KeyFile, filepath.Join(home, "key.json"))
	}
	if p.health, err = a.Store.Health(ctx); err != nil {
		return nil, err
	}
	out := runChecks(serverChecks, p)
	districts, err := a.Store.Districts(ctx)
	if err != nil {
		return nil, err
	}
	named := false
	for _, d := range districts {
		if c.District != "" && c.District != d.Code {
			continue
		}
		named = true
		if err := p.turnTo(ctx, a.Store, d); err != nil {
			return nil, err
		}
		out = append(out, runChecks(districtChecks, p)...)
	}
	if c.District != "" && !named {
		return nil, badInput(nil, "there is no district %s", c.District)
	}
	return out, nil
}

// runChecks makes checks one after the other.
func runChecks(checks []check, p *patient) (out []finding) {
	for _, k := range checks {
		well := true
		k.look(p, func(state, what, mend string) {
			well = false
			out = append(out, finding{k.id, p.district.Code, state, what, mend})
		})
		if well {
			out = append(out, finding{k.id, p.district.Code, stateOK, k.well, ""})
		}
	}
	return out
}

// turnTo reads what the checks of a district look at.
func (p *patient) turnTo(ctx context.Context, store *data.Store, d data.District) (err error) {
	p.district, p.grants = d, map[string][]data.Grant{}
	if p.accounts, err = store.Gate().Accounts(ctx, d.Code); err != nil {
		return err
	}
	grants, err := store.Gate().GrantsOfAll(ctx, d.Code)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.EndedAt == nil && !g.From.After(p.now) && (g.To == nil || g.To.After(p.now)) {
			p.grants[g.Account] = append(p.grants[g.Account], g)
		}
	}
	if p.asked, err = store.Gate().FactorRoles(ctx, d.Code); err != nil {
		return err
	}
	visitors, err := store.Visitors(ctx, d.Code)
	if err != nil {
		return err
	}
	p.left = map[string]bool{}
	for i := range visitors {
		if visitors[i].Left != 0 {
			p.left[visitors[i].ID] = true
		}
	}
	if p.keys, err = store.DataKeys(ctx, d.Code); err != nil {
		return err
	}
	if p.runs, err = store.LifeRuns(ctx, d.Code, 1); err != nil {
		return err
	}
	if p.sent, err = store.AuditSent(ctx, d.Code); err != nil {
		return err
	}
	p.audit, err = store.AuditHealth(ctx, d.Code, p.now.Add(-chainTime))
	return err
}

// named lists logins of accounts that a check found, the first few of many.
func named(logins []string) string {
	const shown = 5
	if len(logins) <= shown {
		return strings.Join(logins, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(logins[:shown], ", "), len(logins)-shown)
}
