package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

type accountsCmd struct {
	Add     accountsAddCmd     `cmd:"" help:"Make an account; its secret for the first time is shown once."`
	List    accountsListCmd    `cmd:"" help:"List the accounts and what they are granted."`
	Grant   accountsGrantCmd   `cmd:"" help:"Give an account a role."`
	End     accountsEndCmd     `cmd:"" help:"End a role of an account."`
	Reset   accountsResetCmd   `cmd:"" help:"A new secret for whoever has lost password or authenticator; their sessions end."`
	Disable accountsDisableCmd `cmd:"" help:"Let nobody in to an account any more, or, with --undo, again."`
	Factor  accountsFactorCmd  `cmd:"" help:"List which roles must have a second factor, or have one more of them do."`
	Key     accountsKeyCmd     `cmd:"" help:"Make a key for a program; it is shown once."`
}

func (*accountsCmd) Help() string {
	return `Who can sign in to a district, and as what (docs/accounts.md). Administrators do the same on the page
/accounts; these verbs are for whoever holds the machine. Secrets are shown once, on the terminal, and
are never taken from the command line, where others could read them.

  sanse accounts add wang.wei --name 王伟 --role leader --area 510199101003
  sanse accounts reset admin`
}

// grantFlags say a role.
type grantFlags struct {
	Role   data.Role `help:"worker, leader, planner, official, department, task_force, provider, auditor or administrator." placeholder:"ROLE"`
	Area   string    `help:"Code of the area; of leader, planner, official and task_force." placeholder:"CODE"`
	Body   string    `help:"Department, or id of the provider." placeholder:"BODY"`
	Until  time.Time `help:"The last day." format:"2006-01-02" placeholder:"YYYY-MM-DD"`
	Reason string    `help:"Why; kept sealed." placeholder:"TEXT"`
}

// grant is the role that the flags say, in a district.
func (f *grantFlags) grant(ctx context.Context, a *app.App, d data.District) (data.Grant, error) {
	g := data.Grant{Role: f.Role, Area: f.Area, Body: f.Body, Reason: data.Sealed(f.Reason)}
	if !f.Role.Valid() || f.Role == data.RoleService {
		return g, badInput(nil, "--role %q: want one of %s", f.Role, roleList())
	}
	if f.Role.NeedsArea() && g.Area == "" {
		return g, badInput(nil, "the role %s is for an area: --area", f.Role)
	}
	if g.Area != "" {
		names, err := a.Service.AreaNames(ctx, d.Code, g.Area)
		if err != nil {
			return g, err
		}
		if names[g.Area] == "" {
			return g, badInput(nil, "--area: there is no area %s in district %s", g.Area, d.Code)
		}
	}
	if !f.Until.IsZero() {
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			return g, badInput(err, "the time zone of district %s", d.Code)
		}
		y, m, day := f.Until.Date()
		end := time.Date(y, m, day+1, 0, 0, 0, 0, zone)
		g.To = &end
	}
	return g, nil
}

func roleList() string {
	var out []string
	for _, r := range data.Roles() {
		if r != data.RoleService {
			out = append(out, string(r))
		}
	}
	return strings.Join(out, ", ")
}

// withEntry runs a verb on the accounts of a district.
func (c *cli) withEntry(ctx context.Context, s streams, f func(*app.App, data.District, *auth.Entry) error) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		entry, _, err := entryOf(a, d, serveSettings{secure: true})
		if err != nil {
			return err
		}
		return accountProblem(f(a, d, entry))
	})
}

// accountProblem says what is wrong with an account in words.
func accountProblem(err error) error {
	var weak *auth.WeakError
	var twice *data.TwiceError
	var missing *data.MissingError
	var invalid *data.InvalidError
	switch {
	case errors.As(err, &weak):
		return badInput(nil, "%s", weak.Reason)
	case errors.As(err, &twice):
		return badInput(nil, "there is such an account already")
	case errors.As(err, &missing), errors.As(err, &invalid):
		return badInput(err, "this cannot be stored")
	case errors.Is(err, data.ErrClosed):
		return badInput(nil, "%s", data.ErrClosed)
	case errors.Is(err, data.ErrNotFound):
		return &service.Error{Code: service.CodeNotFound, Message: "there is no such account or grant: 'sanse accounts list' shows them"}
	}
	return err
}

// secretOut shows a secret to whoever sits there. Where the output goes elsewhere
// it is written all the same: whoever ran the verb asked for it.
func secretOut(out io.Writer, what, secret string) { fmt.Fprintf(out, "%s: %s\n", what, secret) }

type accountsAddCmd struct {
	Login      string `arg:"" help:"What they sign in with."`
	Name       string `help:"Who it is." placeholder:"NAME"`
	Visitor    string `help:"Id of the visitor whose account it is; a worker has the areas of theirs." placeholder:"ID"`
	Issuer     string `help:"Issuer of the house that signs them in (with --subject); then there is no secret." placeholder:"URL" and:"house"`
	Subject    string `help:"Who they are there." placeholder:"SUBJECT" and:"house"`
	grantFlags `embed:""`
}

func (cmd *accountsAddCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(a *app.App, d data.District, e *auth.Entry) error {
		n := auth.NewAccount{Login: cmd.Login, Name: data.Sealed(cmd.Name), Visitor: cmd.Visitor, Issuer: cmd.Issuer, Subject: cmd.Subject}
		if cmd.Role != "" {
			g, err := cmd.grant(ctx, a, d)
			if err != nil {
				return err
			}
			n.Grants = append(n.Grants, g)
		}
		account, secret, err := e.AddAccount(ctx, n, auth.Operator)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "login:  %s\n", account.Login)
		if secret != "" {
			secretOut(s.out, "secret", secret)
			fmt.Fprintln(s.err, "sanse: the secret is good for one change of password within three days, and is not shown again")
		}
		return nil
	})
}

type accountsListCmd struct {
	All bool `help:"Grants that have ended, too."`
}

func (cmd *accountsListCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(_ *app.App, d data.District, e *auth.Entry) error {
		accounts, err := e.Store.Accounts(ctx, d.Code)
		if err != nil {
			return err
		}
		grants, err := e.Store.GrantsOfAll(ctx, d.Code)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "LOGIN\tSTATE\tSECOND FACTOR\tLAST SIGN-IN\tGRANT\tROLE\tFOR\tUNTIL")
		for _, a := range accounts {
			own := slices.DeleteFunc(slices.Clone(grants), func(g data.Grant) bool {
				return g.Account != a.ID || !cmd.All && (g.EndedAt != nil || g.To != nil && !g.To.After(e.Now()))
			})
			if len(own) == 0 {
				own = []data.Grant{{}}
			}
			for _, g := range own {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Login, stateOf(a, e.Now()), map[bool]string{true: "on", false: "–"}[a.TOTPOn], dayText(a.SeenAt), grantText(g))
			}
		}
		return w.Flush()
	})
}

func stateOf(a data.Account, now time.Time) string {
	switch {
	case a.ClosedAt != nil:
		return "closed"
	case a.DisabledAt != nil && !a.DisabledAt.After(now):
		return "disabled"
	case auth.IsKey(a):
		return "key"
	case a.LockedUntil != nil && a.LockedUntil.After(now):
		return "locked"
	case a.SecretUntil != nil && !a.SecretUntil.After(now):
		return "secret expired"
	case a.SecretUntil != nil:
		return "new"
	case a.Issuer != "":
		return "by another house"
	case a.Password == "":
		return "made up"
	}
	return "in use"
}

func dayText(t *time.Time) string {
	if t == nil {
		return "–"
	}
	return t.Format(time.DateOnly)
}

func grantText(g data.Grant) string {
	if g.Role == "" {
		return "–\t–\t–\t–"
	}
	until := dayText(g.To)
	if g.EndedAt != nil {
		until = "ended " + dayText(g.EndedAt)
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s", g.N, g.Role, g.Area+g.Body, until)
}

type accountsGrantCmd struct {
	Login      string `arg:""`
	grantFlags `embed:""`
}

func (cmd *accountsGrantCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(a *app.App, d data.District, e *auth.Entry) error {
		account, err := e.Store.AccountByLogin(ctx, d.Code, auth.Login(cmd.Login))
		if err != nil {
			return err
		}
		g, err := cmd.grant(ctx, a, d)
		if err != nil {
			return err
		}
		g.Account = account.ID
		n, err := e.Give(ctx, g, auth.Operator)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: grant %d\n", account.Login, n)
		return nil
	})
}

type accountsEndCmd struct {
	Login string `arg:""`
	Grant int    `arg:"" help:"Its number, as 'sanse accounts list' shows it."`
}

func (cmd *accountsEndCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(_ *app.App, d data.District, e *auth.Entry) error {
		account, err := e.Store.AccountByLogin(ctx, d.Code, auth.Login(cmd.Login))
		if err != nil {
			return err
		}
		return e.EndGrant(ctx, account.ID, cmd.Grant, auth.Operator)
	})
}

type accountsResetCmd struct {
	Login string `arg:""`
}

func (cmd *accountsResetCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(_ *app.App, d data.District, e *auth.Entry) error {
		account, err := e.Store.AccountByLogin(ctx, d.Code, auth.Login(cmd.Login))
		if err != nil {
			return err
		}
		secret, err := e.NewSecret(ctx, account.ID)
		if err != nil {
			return err
		}
		secretOut(s.out, "secret", secret)
		return nil
	})
}

type accountsDisableCmd struct {
	Login string `arg:""`
	Undo  bool   `help:"Open the account again."`
}

func (cmd *accountsDisableCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(_ *app.App, d data.District, e *auth.Entry) error {
		account, err := e.Store.AccountByLogin(ctx, d.Code, auth.Login(cmd.Login))
		if err != nil {
			return err
		}
		return e.Disable(ctx, account.ID, !cmd.Undo)
	})
}

type accountsKeyCmd struct {
	Name   string   `arg:"" help:"Of the program; not a person."`
	Scopes []string `help:"What it may ask: ids of operations (/v1/openapi.json), audiences, or names." required:"" placeholder:"SCOPE"`
	Area   string   `help:"Where (default: the whole district)." placeholder:"CODE"`
	Days   int      `help:"How many days it holds." default:"90"`
}

func (cmd *accountsKeyCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(_ *app.App, d data.District, e *auth.Entry) error {
		if err := api.CheckScopes(cmd.Scopes); err != nil {
			return err
		}
		area := cmd.Area
		if area == "" {
			area = d.Code
		}
		account, key, err := e.NewKey(ctx, auth.Key{Name: cmd.Name, Scopes: cmd.Scopes, Area: area, To: e.Now().AddDate(0, 0, cmd.Days)}, auth.Operator)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "login: %s\n", account.Login)
		secretOut(s.out, "key", key.Reveal())
		return nil
	})
}

type accountsFactorCmd struct {
	Role  data.Role `arg:"" optional:"" help:"A role; none: list them."`
	Basis string    `help:"Why it must." placeholder:"TEXT"`
	Off   bool      `help:"It need not any more; those who have a second factor keep it."`
}

func (*accountsFactorCmd) Help() string {
	return `Administrators and planners always have a second factor. Of the other roles the district decides: whoever
is signed in without one sets it up before anything else.

  sanse accounts factor                                   which roles must
  sanse accounts factor leader --basis "等保测评要求"`
}

func (cmd *accountsFactorCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withEntry(ctx, s, func(_ *app.App, _ data.District, e *auth.Entry) error {
		var err error
		switch {
		case cmd.Role == "" && (cmd.Off || cmd.Basis != ""):
			return badInput(nil, "of which role? %s", roleList())
		case cmd.Off:
			err = e.DropFactor(ctx, cmd.Role)
		case cmd.Role != "":
			err = e.AskFactor(ctx, cmd.Role, cmd.Basis, operatorViewer().Account)
		}
		if err != nil {
			return err
		}
		rules, err := e.Factors(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ROLE\tSECOND FACTOR\tWHY")
		for _, r := range rules {
			switch {
			case r.Always:
				fmt.Fprintf(w, "%s\talways\t–\n", r.Role)
			case r.Asked:
				fmt.Fprintf(w, "%s\tasked for\t%s\n", r.Role, r.Basis)
			default:
				fmt.Fprintf(w, "%s\t–\t–\n", r.Role)
			}
		}
		return w.Flush()
	})
}
