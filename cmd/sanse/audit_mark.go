package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// maxMarked bounds a file that is read for its mark.
const maxMarked = 512 << 20

type auditMarkCmd struct {
	File string `arg:"" help:"A copy that was found (PDF, XLSX, HTML, GeoJSON, JSON, CSV, lines of the audit), or the number that stands on it." placeholder:"FILE|NUMBER"`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (*auditMarkCmd) Help() string {
	return `Files that leave the house carry the number of their export on every page, and a sealed mark among
their properties (docs/exports.md). This says whose a copy is, when and what for it was taken, until when
it was good, and whether it was changed since. JSON and CSV of these verbs have no mark, but their digest was
written down: a copy that nobody changed leads back too. Asking is recorded.

  sanse audit mark found.pdf
  sanse audit mark x0123456789abcdef     # a photograph of a page: only the number can be read

Exit code 1 says that the file leads to nobody here, or that its mark was not made with this store's key.`
}

var exportNumber = regexp.MustCompile(`^x[0-9a-f]{16}$`)

// markAnswer is what the verb prints.
type markAnswer struct {
	Number   string    `json:"number"`
	Account  string    `json:"account"`
	Login    string    `json:"login,omitempty"`
	At       time.Time `json:"at"`
	Purpose  string    `json:"purpose"`
	Until    time.Time `json:"valid_until"`
	Over     bool      `json:"over"`
	Kind     string    `json:"kind,omitempty"`
	Area     string    `json:"area,omitempty"`
	Records  *int      `json:"records,omitempty"`
	Recorded bool      `json:"recorded"` // it is written down here
	Mark     string    `json:"mark"`     // sealed, forged or none
	Same     *bool     `json:"same"`     // the file is as it was; null: nobody knows
}

func (cmd *auditMarkCmd) Run(ctx context.Context, c *cli, s streams) error {
	var file []byte
	if !exportNumber.MatchString(cmd.File) {
		f, err := os.Open(cmd.File)
		if err != nil {
			return badInput(err, "cannot read the file")
		}
		defer f.Close()
		if file, err = io.ReadAll(io.LimitReader(f, maxMarked+1)); err != nil {
			return badInput(err, "cannot read the file")
		}
		if len(file) > maxMarked {
			return badInput(nil, "the file is larger than 512 MiB")
		}
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		found, err := cmd.ask(ctx, a, d, file)
		if err != nil {
			return err
		}
		if cmd.JSON {
			if err := printJSON(s.out, map[string]any{"items": found}); err != nil {
				return err
			}
		} else if err := printMarks(s.out, d, found); err != nil {
			return err
		}
		for _, m := range found {
			if m.Mark == "forged" {
				return answerNo("the mark was not made with the key of this store: anybody may have written it")
			}
		}
		return nil
	})
}

// ask finds what there is to be told of a file, or of a number without one.
func (cmd *auditMarkCmd) ask(ctx context.Context, a *app.App, d data.District, file []byte) ([]markAnswer, error) {
	now := time.Now()
	if file == nil && exportNumber.MatchString(cmd.File) {
		rows, err := a.Service.Exports(ctx, d.Code, data.ExportFilter{ID: cmd.File})
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, answerNo("there is no export of that number here")
		}
		return []markAnswer{answerOf(&rows[0])}, nil
	}
	f, err := a.Service.ReadMark(ctx, d.Code, file)
	if err != nil {
		return nil, err
	}
	if len(f.Taken) > 0 {
		out := make([]markAnswer, len(f.Taken))
		for i := range f.Taken {
			same := true
			out[i] = answerOf(&f.Taken[i])
			out[i].Same = &same
		}
		return out, nil
	}
	if len(f.Numbers) > 0 {
		out := make([]markAnswer, len(f.Numbers))
		for i := range f.Numbers {
			out[i] = answerOf(&f.Numbers[i])
		}
		return out, nil
	}
	m := markAnswer{Number: f.Mark.Export, Account: f.Mark.Account, At: f.Mark.At, Purpose: f.Mark.Purpose, Until: f.Mark.Until, Over: f.Over(now), Mark: "forged"}
	if f.Row != nil {
		m = answerOf(f.Row)
		m.Mark = "forged"
	}
	if f.Sealed {
		m.Mark, m.Same = "sealed", &f.Same
	}
	return []markAnswer{m}, nil
}

// answerOf is what is told of an export that is written down.
func answerOf(e *service.ExportRow) markAnswer {
	return markAnswer{
		Number: e.ID, Account: e.Account, Login: e.Login, At: e.At, Purpose: e.Purpose, Until: e.Until, Over: e.Over, Kind: e.Kind, Area: e.Area, Records: &e.Records, Recorded: true, Mark: "none",
	}
}

func printMarks(w io.Writer, d data.District, found []markAnswer) error {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return err
	}
	for _, m := range found {
		who := m.Account
		if m.Login != "" {
			who += " (" + m.Login + ")"
		}
		fmt.Fprintf(w, "export %s: taken by %s at %s for %s\n", m.Number, who, m.At.In(zone).Format(time.DateTime), m.Purpose)
		state := "still good"
		if m.Over {
			state = "over: it should be destroyed"
		}
		fmt.Fprintf(w, "good until %s: %s\n", m.Until.In(zone).Add(-time.Second).Format(time.DateOnly), state)
		if m.Recorded {
			fmt.Fprintf(w, "it was %s of area %s, with %s\n", m.Kind, m.Area, count(*m.Records, "single record", "single records"))
		} else {
			fmt.Fprintln(w, "it is not written down here, or not any more")
		}
		switch {
		case m.Mark == "none" && m.Same != nil:
			fmt.Fprintln(w, "it has no mark, and is byte for byte what was taken")
		case m.Mark == "none":
			fmt.Fprintln(w, "by its number alone, which anybody can write: there is no mark to prove it")
		case m.Mark == "forged":
			fmt.Fprintln(w, "the seal of its mark does not fit")
		case *m.Same:
			fmt.Fprintln(w, "the mark is sealed, and the file is as it was taken")
		default:
			fmt.Fprintln(w, "the mark is sealed; the file was changed since it was taken")
		}
	}
	return nil
}
