package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/collect"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// operatorViewer is who works at the command line: they may do everything, and the
// audit names them by their name on this machine.
func operatorViewer() service.Viewer {
	v := service.Everyone("")
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	v.Account = data.OperatorPrefix + name
	return v
}

type auditCmd struct {
	List   auditListCmd   `cmd:"" help:"List who did what with which records, and the looks that are unusual."`
	Verify auditVerifyCmd `cmd:"" help:"Work the chain over the audit out anew, and find what was changed, removed, added or cut."`
	Anchor auditAnchorCmd `cmd:"" help:"Print the head of the chain, to be kept elsewhere."`
	Export auditExportCmd `cmd:"" help:"Write rows of the audit as OCSF or CEF, for the systems that watch."`
	Send   auditSendCmd   `cmd:"" help:"Send what is new of the audit to a log server or a SIEM."`
	Mark   auditMarkCmd   `cmd:"" help:"Say who took a file out of the house, from a copy that was found."`
	Remove auditRemoveCmd `cmd:"" help:"Take away rows whose time is over; the chain says so."`
}

// auditPeriod says which rows are meant.
type auditPeriod struct {
	From    string `help:"From this day or time on (2026-11-22, or 2026-11-22T08:00:00+08:00)." placeholder:"WHEN"`
	To      string `help:"Up to the end of this day, or before this time." placeholder:"WHEN"`
	Account string `help:"Of this account; os: and a user's name for who worked at the command line." placeholder:"ID"`
	Action  string `help:"Of this action: read, name, export, sign_in, grant, break_glass and so on." placeholder:"WORD"`
	Record  string `help:"That name this record." placeholder:"ID"`
}

func (p *auditPeriod) filter(d data.District) (f data.EventFilter, err error) {
	f = data.EventFilter{Account: p.Account, Action: data.Action(p.Action), Record: p.Record}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return f, err
	}
	for _, w := range []struct {
		flag, text string
		days       int
		into       *time.Time
	}{{"from", p.From, 0, &f.From}, {"to", p.To, 1, &f.To}} {
		if w.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, w.text)
		if err != nil {
			if at, err = time.ParseInLocation(time.DateOnly, w.text, zone); err != nil {
				return f, badInput(nil, "--%s %q: want a day or a time", w.flag, w.text)
			}
			at = at.AddDate(0, 0, w.days)
		}
		*w.into = at
	}
	return f, nil
}

type auditListCmd struct {
	auditPeriod
	Unusual bool `help:"The unusual looks of the last week, or from --from on, with why they are."`
	Limit   int  `help:"How many rows at most." default:"100"`
	JSON    bool `name:"json" help:"Print as JSON."`
}

func (*auditListCmd) Help() string {
	return `The audit tells every look at single residents, every change of theirs, every sign-in, grant, export
and verb of the command line; docs/audit.md has the rules. The last rows come first. Listing it is
recorded as well.

  sanse audit list --record R00042            # who has looked at this resident
  sanse audit list --unusual --from 2026-11-01`
}

func (cmd *auditListCmd) Run(ctx context.Context, c *cli, s streams) error {
	if cmd.Limit < 1 {
		return badInput(nil, "--limit %d: want at least one", cmd.Limit)
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		f, err := cmd.filter(d)
		if err != nil {
			return err
		}
		if cmd.Unusual {
			return cmd.unusual(ctx, a, d, f.From, s.out)
		}
		rows := []service.AuditEvent{}
		for f.Limit = cmd.Limit; f.Limit > 0; f.Limit = cmd.Limit - len(rows) {
			page, next, err := a.Service.Audit(ctx, d.Code, f, "")
			if err != nil {
				return err
			}
			rows = append(rows, page...)
			if f.Before = next; next == 0 {
				break
			}
		}
		if cmd.JSON {
			return printJSON(s.out, map[string]any{"items": rows})
		}
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			return err
		}
		for _, e := range rows {
			who := e.Login
			if who == "" {
				who = e.Account
			}
			line := fmt.Sprintf("%d %s %s (%s) %s %s", e.ID, e.At.In(zone).Format(time.DateTime), orDash(who), orDash(e.Role), e.Action, e.Object)
			if e.N > 0 {
				line += fmt.Sprintf(" ×%d", e.N)
			}
			for _, more := range []string{strings.Join(e.IDs[:min(len(e.IDs), 3)], ","), e.Area, e.Purpose} {
				if more != "" {
					line += " " + more
				}
			}
			if e.Outcome != data.OutcomeOK {
				line += " " + string(e.Outcome)
			}
			fmt.Fprintln(s.out, line)
		}
		return nil
	})
}

func (cmd *auditListCmd) unusual(ctx context.Context, a *app.App, d data.District, from time.Time, w io.Writer) error {
	looks, err := a.Service.UnusualLooks(ctx, d.Code, from)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return printJSON(w, map[string]any{"items": looks})
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return err
	}
	for i := range looks {
		l := &looks[i]
		who := l.Login
		if who == "" {
			who = l.Account
		}
		fmt.Fprintf(w, "%s %s %s: %s\n", l.To.In(zone).Format(time.DateTime), l.Kind, orDash(who), l.Why(true))
	}
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

type auditVerifyCmd struct {
	Anchors string `help:"File of anchors that were kept elsewhere, one a line; they find a chain that was cut or made anew." type:"existingfile" placeholder:"FILE"`
	JSON    bool   `name:"json" help:"Print as JSON."`
}

func (*auditVerifyCmd) Help() string {
	return `Exit code 1 says that the audit is not whole, and where. Only an anchor can tell that the end of the
chain was cut off, with all that it covered: keep one elsewhere now and then (sanse audit anchor).`
}

func (cmd *auditVerifyCmd) Run(ctx context.Context, c *cli, s streams) error {
	anchors, err := readAnchors(cmd.Anchors)
	if err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if err := a.Service.LinkAudit(ctx, d.Code); err != nil && !errors.Is(err, data.ErrChainCut) {
			return err
		}
		check, err := a.Service.VerifyAudit(ctx, d.Code, anchors...)
		if err != nil {
			return err
		}
		if cmd.JSON {
			if err := printJSON(s.out, check); err != nil {
				return err
			}
		} else {
			fmt.Fprintf(s.out, "%s in %s", count(int(check.Rows), "row", "rows"), count(int(check.Links), "link", "links"))
			if check.Removed > 0 {
				fmt.Fprintf(s.out, ", %d removed when their time was over", check.Removed)
			}
			if check.Unlinked > 0 {
				fmt.Fprintf(s.out, ", %d not chained yet", check.Unlinked)
			}
			fmt.Fprintln(s.out)
		}
		if b := check.Broken; b != nil {
			return answerNo("the audit is not whole: %s at link %d (rows %d to %d): %s", b.Kind, b.Link, b.From, b.Upto, b.Why)
		}
		return nil
	})
}

// readAnchors reads a file of anchors; no path, none.
func readAnchors(path string) (out []data.Anchor, err error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, badInput(err, "cannot read the anchors")
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		a, err := data.ParseAnchor(lines.Text())
		if err != nil {
			return nil, badInput(err, "line %d of the anchors", n)
		}
		out = append(out, a)
	}
	return out, lines.Err()
}

type auditAnchorCmd struct{}

func (*auditAnchorCmd) Help() string {
	return `Write it where whoever has the database does not write: on paper, in another system's log, on a card.

  sanse audit anchor >> /media/usb/anchors
  sanse audit verify --anchors /media/usb/anchors

A server writes it to its own log every hour as well.`
}

func (*auditAnchorCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if err := a.Service.LinkAudit(ctx, d.Code); err != nil {
			return err
		}
		check, err := a.Service.VerifyAudit(ctx, d.Code)
		switch {
		case err != nil:
			return err
		case check.Broken != nil:
			return answerNo("the audit is not whole: 'sanse audit verify' says where")
		case check.Last == nil:
			return answerNo("nothing is chained yet")
		}
		_, err = fmt.Fprintln(s.out, data.Anchor{District: d.Code, N: check.Last.N, Digest: check.Last.Digest})
		return err
	})
}

type auditExportCmd struct {
	auditPeriod
	Format string `help:"ocsf: JSON lines of the Open Cybersecurity Schema Framework; cef: ArcSight's Common Event Format." enum:"ocsf,cef" default:"ocsf"`
	Out    string `help:"File to write; - is standard output." short:"o" default:"-" placeholder:"FILE"`
}

func (*auditExportCmd) Help() string {
	return `Reasons, which are sealed, are not written. Exporting is recorded.

  sanse audit export --format cef --from 2026-11-01 -o audit.cef`
}

func (cmd *auditExportCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) (err error) {
		f, err := cmd.filter(d)
		if err != nil {
			return err
		}
		w := s.out
		if cmd.Out != "-" {
			file, err := os.OpenFile(cmd.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if err != nil {
				return badInput(err, "cannot write %s", cmd.Out)
			}
			defer func() { err = errors.Join(err, file.Close()) }()
			w = file
		}
		n, err := a.Service.ExportAudit(ctx, d.Code, cmd.Format, f, w)
		if err == nil && cmd.Out != "-" {
			fmt.Fprintf(s.out, "%s written\n", count(n, "row", "rows"))
		}
		return err
	})
}

type auditSendCmd struct {
	To    string        `help:"File that says where to, as JSON (docs/audit.md)." required:"" type:"existingfile" placeholder:"FILE"`
	Every time.Duration `help:"Go on until interrupted, and look so often." placeholder:"DURATION"`
}

func (*auditSendCmd) Help() string {
	return `Rows go in their order, each once they are chained, as lines of OCSF or CEF, by HTTPS or by syslog over
TLS. What a collector has taken is kept, and the next time goes on from there; what it has not is sent
again, so a row may arrive twice and none is left out. Reasons, which are sealed, are not sent.

  sanse audit send --to collector.json                from a timer
  sanse audit send --to collector.json --every 30s`
}

func (cmd *auditSendCmd) Run(ctx context.Context, c *cli, s streams) error {
	if cmd.Every != 0 && cmd.Every < time.Second {
		return badInput(nil, "--every %s: want a second or more", cmd.Every)
	}
	collector, err := collect.Open(cmd.To)
	if err != nil {
		return badInput(nil, "--to: %s", err)
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		send := func() (int, error) {
			n, err := a.Service.SendAudit(ctx, d.Code, collector.Name(), func(ctx context.Context, rows []data.Event) error {
				if err := collector.Send(ctx, d.Code, rows); err != nil {
					return &service.Error{Code: service.CodeOutside, Message: err.Error(), Err: err}
				}
				return nil
			})
			if n > 0 {
				fmt.Fprintf(s.out, "%s sent to %s\n", count(n, "row", "rows"), collector.Name())
			}
			return n, err
		}
		if cmd.Every == 0 {
			n, err := send()
			if err == nil && n == 0 {
				fmt.Fprintln(s.out, "nothing is new")
			}
			return err
		}
		again := time.NewTicker(cmd.Every)
		defer again.Stop()
		for {
			if _, err := send(); err != nil && ctx.Err() == nil {
				fmt.Fprintf(s.err, "sanse: %s; looked again in %s\n", service.MessageOf(err), cmd.Every)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-again.C:
			}
		}
	})
}

type auditRemoveCmd struct {
	Before string `help:"The first day that stays; rows stay for 180 days at the least." required:"" placeholder:"DATE"`
}

func (*auditRemoveCmd) Help() string {
	return `Rows go with the links that cover them; the links stay, and a new one says how many rows went and what
their chain was, so that what is left can be verified. No statement in the database can do it without
such a link.`
}

func (cmd *auditRemoveCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			return err
		}
		before, err := time.ParseInLocation(time.DateOnly, cmd.Before, zone)
		if err != nil {
			return badInput(nil, "--before %q: want a day such as 2026-01-31", cmd.Before)
		}
		n, err := a.Service.RemoveAudit(ctx, d.Code, before)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s of before %s removed\n", count(int(n), "row", "rows"), cmd.Before)
		return err
	})
}
