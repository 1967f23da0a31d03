package main

import (
	"context"
	"fmt"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

type connectPullCmd struct {
	ID         string        `arg:"" help:"The platform."`
	URL        string        `arg:"" optional:"" help:"What is asked: https. Left out with --off."`
	Kind       string        `help:"What it is asked for: visits or cases." enum:"visits,cases" required:""`
	SecretFile string        `help:"File with the secret by which the platform knows us, at least 16 characters; readable by you alone." type:"existingfile" placeholder:"FILE"`
	Every      time.Duration `help:"How often it is asked: 30s to 24h." default:"5m"`
	Again      bool          `help:"Begin anew: what was taken before is asked for once more, and stays as it is."`
	Off        bool          `help:"It is asked no more."`
}

func (*connectPullCmd) Help() string {
	return `Asks a platform that sends nothing by itself, and answers when it is asked: sanse serve or a worker does, from now
on. How the request and the answer look, and how a mapping says otherwise, is in docs/connect.md.

  sanse connect pull gridapp https://platform.example.gov.cn/visits --kind visits --secret-file pull-secret --every 5m
  sanse connect list
  sanse connect pull gridapp --kind visits --off`
}

func (cmd *connectPullCmd) Run(ctx context.Context, c *cli, s streams) error {
	if cmd.Off != (cmd.URL == "") || cmd.Off != (cmd.SecretFile == "") {
		return badInput(nil, "want an address and --secret-file, or --off")
	}
	secret, err := readSecretFile(cmd.SecretFile)
	if err != nil {
		return err
	}
	kind := map[string]string{"visits": data.ConnectVisit, "cases": data.ConnectCase}[cmd.Kind]
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if cmd.Off {
			if err := a.Service.EndPull(ctx, d.Code, cmd.ID, kind); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.out, "%s is asked for %s no more\n", cmd.ID, cmd.Kind)
			return err
		}
		p := service.Pull{Connector: cmd.ID, Kind: kind, URL: cmd.URL, Secret: secret, Every: cmd.Every, Again: cmd.Again}
		if err := a.Service.SetPull(ctx, d.Code, p); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "%s is asked for %s every %s\n", cmd.ID, cmd.Kind, cmd.Every)
		return err
	})
}

// pullState says in a line how a platform is asked.
func pullState(p *data.ConnectPull, zone *time.Location) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "never"
		}
		return t.In(zone).Format("2006-01-02 15:04:05")
	}
	came := fmt.Sprintf("%d stored, %d there already, %d refused", p.Stored, p.Same, p.Refused)
	if p.Fails > 0 {
		return fmt.Sprintf("%s since %s, %s, next %s; last good %s; %s", p.Code, at(p.Failed), count(p.Fails, "try", "tries"), at(p.Next), at(p.Taken), came)
	}
	return fmt.Sprintf("last good %s, next %s; %s", at(p.Taken), at(p.Next), came)
}
