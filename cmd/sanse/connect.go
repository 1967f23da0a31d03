package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/connect"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

type connectCmd struct {
	Set        connectSetCmd        `cmd:"" help:"Make a platform known, and say with which key it asks."`
	List       connectListCmd       `cmd:"" help:"List the platforms, and how they are asked."`
	Mapping    connectMappingCmd    `cmd:"" help:"Say how a platform's rows are read, or try it on a sample."`
	IDs        connectIDsCmd        `cmd:"" name:"ids" help:"Take in the numbers under which a platform knows residents and visitors."`
	Visits     connectInCmd         `cmd:"" help:"Take in visits of a platform by file, as it would push them."`
	Cases      connectInCmd         `cmd:"" help:"Take in cases of a platform by file, as it would push them."`
	Tasks      connectTasksCmd      `cmd:"" help:"Write what is to be done as tasks, as the platform is told them."`
	Push       connectPushCmd       `cmd:"" help:"Have changes to tasks sent to the platform, signed."`
	Pull       connectPullCmd       `cmd:"" help:"Have a platform that only answers asked for visits and cases, over and over."`
	Deliveries connectDeliveriesCmd `cmd:"" help:"List what waits to be sent and what could not be, and send it again."`
	Reconcile  connectReconcileCmd  `cmd:"" help:"Hold what a platform was told against what it has told."`
	Devices    connectDevicesCmd    `cmd:"" help:"Say which event of a device opens which case."`
}

func (*connectCmd) Help() string {
	return `Runs Sanse behind the platform that a district has: what is to be done goes out as its tasks, its visits and
cases come in by its own numbers, each once, and devices raise alarms. docs/connect.md has the requests, and a
worked example.

  sanse accounts key gridapp --scopes connect-tasks,connect-visits,connect-cases
  sanse connect set gridapp --account key-0123456789abcdef
  sanse connect mapping gridapp mapping.json --try sample.jsonl
  sanse connect mapping gridapp mapping.json
  sanse connect reconcile --from 2026-12-01 --to 2026-12-07 -o week.xlsx`
}

type connectSetCmd struct {
	ID      string `arg:"" help:"What it is called here: small letters, digits, - and _."`
	Account string `help:"Login of the key with which it asks, as sanse accounts key tells it (default: none, it comes by file)." placeholder:"LOGIN"`
	Off     bool   `help:"It is not to be let in any more."`
}

func (cmd *connectSetCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		con := data.Connector{ID: cmd.ID, Account: cmd.Account}
		if cmd.Off {
			con.Off = time.Now()
		}
		if err := a.Service.SetConnector(ctx, d.Code, con); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "%s is set\n", cmd.ID)
		return err
	})
}

type connectListCmd struct{}

func (*connectListCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		list, err := a.Service.Connectors(ctx, d.Code)
		if err != nil {
			return err
		}
		pulls, err := a.Service.Pulls(ctx, d.Code)
		if err != nil {
			return err
		}
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			return badInput(err, "the time zone of the district")
		}
		for _, con := range list {
			how, state := "by file", ""
			if con.Account != "" {
				how = "key of account " + con.Account
			}
			if !con.Off.IsZero() {
				state = ", off"
			}
			fmt.Fprintf(s.out, "%-20s %s%s\n", con.ID, how, state)
			for i := range pulls {
				if p := &pulls[i]; p.Connector == con.ID {
					fmt.Fprintf(s.out, "%-20s asked for %ss every %s: %s\n", "", p.Kind, p.Every, pullState(p, zone))
				}
			}
		}
		return nil
	})
}

type connectMappingCmd struct {
	ID   string       `arg:"" help:"The platform."`
	File string       `arg:"" help:"JSON, as docs/connect.md has it." type:"existingfile"`
	From planner.Date `help:"First day on which it holds (default: today)." placeholder:"YYYY-MM-DD"`
	Try  string       `help:"Read the rows of this file by it, and store nothing: JSON lines or CSV." type:"existingfile" placeholder:"FILE"`
	Kind string       `help:"What the rows to try are: visits or cases." enum:"visits,cases" default:"visits"`
}

func (cmd *connectMappingCmd) Run(ctx context.Context, c *cli, s streams) error {
	f, err := os.Open(cmd.File)
	if err != nil {
		return badInput(err, "cannot read the mapping")
	}
	m, faults := connect.ReadMapping(f)
	if err := f.Close(); err != nil {
		return badInput(err, "cannot read the mapping")
	}
	if len(faults) > 0 {
		for _, fault := range faults {
			fmt.Fprintf(s.out, "  %s\n", fault.Error())
		}
		return badInput(nil, "%s cannot be used: %s", filepath.Base(cmd.File), count(len(faults), "fault", "faults"))
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if cmd.Try != "" {
			zone, err := time.LoadLocation(d.TimeZone)
			if err != nil {
				return badInput(err, "the time zone of the district")
			}
			return cmd.try(s.out, &m, zone)
		}
		if err := a.Service.SetMapping(ctx, d.Code, cmd.ID, cmd.From, m); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "the mapping of %s is set\n", cmd.ID)
		return err
	})
}

// try says what would be read of a file.
func (cmd *connectMappingCmd) try(out io.Writer, m *connect.Mapping, zone *time.Location) error {
	rows, err := readConnectFile(cmd.Try)
	if err != nil {
		return err
	}
	bad := 0
	for i, in := range rows {
		var v any
		fault := &connect.Fault{Field: "row", Reason: "is no JSON object"}
		switch {
		case in.Unread:
		case cmd.Kind == "cases":
			v, fault = m.Case(in.Row, zone)
		default:
			v, fault = m.Visit(in.Row, zone)
		}
		if fault != nil {
			bad++
			fmt.Fprintf(out, "row %d: %s\n", i+1, fault.Error())
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write row %d: %w", i+1, err)
		}
		fmt.Fprintf(out, "row %d: %s\n", i+1, b)
	}
	fmt.Fprintf(out, "%s read, %d of them cannot be; nothing was stored\n", count(len(rows), "row", "rows"), bad)
	if bad > 0 {
		return answerNo("%s cannot be read by this mapping", count(bad, "row", "rows"))
	}
	return nil
}

type connectIDsCmd struct {
	ID   string `arg:"" help:"The platform."`
	File string `arg:"" help:"CSV with the columns kind (resident, visitor), theirs, ours." type:"existingfile"`
}

func (cmd *connectIDsCmd) Run(ctx context.Context, c *cli, s streams) error {
	rows, err := readConnectFile(cmd.File)
	if err != nil {
		return err
	}
	list := make([]data.ExternalID, len(rows))
	for i, in := range rows {
		get := func(name string) string {
			text, _ := in.Row[name].(string) // another type is told of below
			return strings.TrimSpace(text)
		}
		list[i] = data.ExternalID{Kind: get("kind"), External: get("theirs"), Ours: get("ours")}
		if v := list[i]; v.Kind != "resident" && v.Kind != "visitor" || v.External == "" || v.Ours == "" || len(v.External) > 100 {
			return badInput(nil, "row %d: want kind (resident or visitor), theirs and ours; nothing was stored", i+1)
		}
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if err := a.Service.SetExternalIDs(ctx, d.Code, cmd.ID, list); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "%s of %s\n", count(len(list), "number", "numbers"), cmd.ID)
		return err
	})
}

type connectInCmd struct {
	ID   string `arg:"" help:"The platform."`
	File string `arg:"" help:"JSON lines, or CSV with a header, in the platform's words." type:"existingfile"`
	JSON bool   `name:"json" help:"Print what became of each row as JSON lines."`
}

func (cmd *connectInCmd) Run(ctx context.Context, c *cli, s streams) error {
	rows, err := readConnectFile(cmd.File)
	if err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		take := a.Service.ConnectVisits
		if cmd == &c.Connect.Cases {
			take = a.Service.ConnectCases
		}
		by := map[string]int{}
		for from := 0; from < len(rows); from += service.MaxConnectRows {
			to := min(from+service.MaxConnectRows, len(rows))
			list, err := take(ctx, d.Code, cmd.ID, rows[from:to])
			if err != nil {
				return fmt.Errorf("rows %d to %d: %w", from+1, to, err)
			}
			for i, r := range list {
				by[r.Status]++
				switch {
				case cmd.JSON:
					b, err := json.Marshal(map[string]string{"id": r.ID, "status": r.Status, "code": r.Code, "detail": r.Detail, "case": r.Case})
					if err != nil {
						return fmt.Errorf("write row %d: %w", from+i+1, err)
					}
					fmt.Fprintf(s.out, "%s\n", b)
				case r.Status == service.RecordRefused:
					fmt.Fprintf(s.out, "row %d: %s: %s\n", from+i+1, r.Code, r.Detail)
				}
			}
		}
		if !cmd.JSON {
			fmt.Fprintf(s.out, "%d stored, %d there already, %d refused\n", by[service.RecordStored], by[service.RecordSame], by[service.RecordRefused])
		}
		if by[service.RecordRefused] > 0 {
			return answerNo("%s refused; the others are stored", count(by[service.RecordRefused], "row was", "rows were"))
		}
		return nil
	})
}

type connectDevicesCmd struct {
	File string       `arg:"" help:"JSON list of rules, as docs/connect.md has it." type:"existingfile"`
	From planner.Date `help:"First day on which they hold (default: today)." placeholder:"YYYY-MM-DD"`
}

func (cmd *connectDevicesCmd) Run(ctx context.Context, c *cli, s streams) error {
	b, err := os.ReadFile(cmd.File)
	if err != nil {
		return badInput(err, "cannot read the rules")
	}
	var rules connect.DeviceRules
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&rules); err != nil {
		return badInput(nil, "the rules are no JSON list of device, event, opens and quiet_minutes")
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if err := a.Service.SetDeviceRules(ctx, d.Code, cmd.From, rules); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "%s for devices\n", count(len(rules), "rule", "rules"))
		return err
	})
}

// mostLine is how long a line of a file of rows may be.
const mostLine = 1 << 20

// readConnectFile reads rows as JSON lines, or as CSV where the file does not begin
// with an object.
func readConnectFile(path string) (out []service.ConnectIn, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, badInput(err, "cannot read %s", filepath.Base(path))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in := bufio.NewReaderSize(f, mostLine)
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) { // too short: there is none
		if _, err := in.Discard(3); err != nil {
			return nil, badInput(err, "cannot read %s", filepath.Base(path))
		}
	}
	if first, _ := in.Peek(1); len(first) == 1 && first[0] == '{' { // too short: it is empty
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, mostLine)
		for lines.Scan() {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			row, err := connect.ReadRow(lines.Bytes())
			out = append(out, service.ConnectIn{Row: row, Unread: err != nil})
		}
		if err := lines.Err(); err != nil {
			return nil, badInput(err, "cannot read %s", filepath.Base(path))
		}
		return out, nil
	}
	table := csv.NewReader(in)
	header, err := table.Read()
	if err != nil {
		return nil, badInput(err, "%s: want JSON lines, or CSV with a header", filepath.Base(path))
	}
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, badInput(err, "cannot read %s", filepath.Base(path))
		}
		row := connect.Row{}
		for i, name := range header {
			row[strings.TrimSpace(name)] = cells[i]
		}
		out = append(out, service.ConnectIn{Row: row})
	}
}

type connectTasksCmd struct {
	ID    string       `arg:"" optional:"" help:"The platform whose own numbers are to stand beside ours (default: none)."`
	Out   string       `short:"o" help:"File to write: CSV if it is named so, else JSON lines ('-': standard output)." default:"-" placeholder:"FILE"`
	Area  string       `help:"Only of this area." placeholder:"CODE"`
	Date  planner.Date `help:"Only of this day." placeholder:"YYYY-MM-DD"`
	Since string       `help:"Only what has changed since: the cursor that the last run told." placeholder:"CURSOR"`
}

func (cmd *connectTasksCmd) Run(ctx context.Context, c *cli, s streams) error {
	if err := canWrite(cmd.Out); err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		var items []service.ConnectTask
		q := service.ConnectQuery{Connector: cmd.ID, Area: cmd.Area, Day: cmd.Date, Since: cmd.Since}
		if q.Since == "" {
			q.Since = "0"
		}
		cursor := cmd.Since
		for more := true; more; {
			list, err := a.Service.ConnectTasks(ctx, d.Code, q)
			if err != nil {
				return err
			}
			for i := range list.Items {
				if cmd.Since != "" || list.Items[i].Op != string(connect.Withdrawn) {
					items = append(items, list.Items[i])
				}
			}
			q.Since, cursor, more = list.Cursor, list.Cursor, list.More
		}
		if err := writeOut(cmd.Out, s.out, func(w io.Writer) error {
			return a.Service.CarryBare(ctx, d, "connect tasks", w, func(w io.Writer) (int, error) {
				return len(items), writeTasks(w, items, strings.HasSuffix(strings.ToLower(cmd.Out), ".csv"))
			})
		}); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.err, "%s; the cursor is %s\n", count(len(items), "task", "tasks"), cursor)
		return err
	})
}

func writeTasks(w io.Writer, items []service.ConnectTask, table bool) error {
	if !table {
		e := json.NewEncoder(w)
		for i := range items {
			if err := e.Encode(items[i]); err != nil {
				return fmt.Errorf("write tasks: %w", err)
			}
		}
		return nil
	}
	rows := [][]string{{"id", "op", "seq", "kind", "resident", "resident_number", "task", "what", "visitor", "visitor_number", "area", "day", "place", "arrive", "minutes", "due_by", "why"}}
	for i := range items {
		t, given := &items[i], reports.SpreadsheetText
		rows = append(rows, []string{
			t.ID, t.Op, fmt.Sprint(t.Seq), t.Kind, given(t.Resident), given(t.ResidentNumber), given(t.Job), given(t.What), given(t.Visitor), given(t.VisitorNumber), t.Area, t.Day, fmt.Sprint(t.Place), t.Arrive,
			fmt.Sprint(t.Minutes), t.DueBy, t.Why,
		})
	}
	if err := csv.NewWriter(w).WriteAll(rows); err != nil {
		return fmt.Errorf("write tasks: %w", err)
	}
	return nil
}

type connectReconcileCmd struct {
	ID   string       `arg:"" optional:"" help:"The platform (default: the only one)."`
	From planner.Date `help:"First day (default: six days ago)." placeholder:"YYYY-MM-DD"`
	To   planner.Date `help:"Last day (default: today)." placeholder:"YYYY-MM-DD"`
	Area string       `help:"Only of this area." placeholder:"CODE"`
	Out  string       `short:"o" help:"Workbook to write (XLSX)." placeholder:"FILE"`
	JSON bool         `name:"json" help:"Print it as JSON, with the rows behind each count."`
}

func (cmd *connectReconcileCmd) Run(ctx context.Context, c *cli, s streams) error {
	if err := canWrite(cmd.Out); err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		r, err := a.Service.Reconcile(ctx, d.Code, cmd.ID, cmd.Area, cmd.From, cmd.To)
		if err != nil {
			return err
		}
		if cmd.Out != "" {
			if err := writeOut(cmd.Out, s.out, func(w io.Writer) error { return a.Service.ReconcileBook(ctx, d, r, w) }); err != nil {
				return err
			}
		}
		if cmd.JSON {
			return a.Service.CarryBare(ctx, d, service.ReconcileKind, s.out, func(w io.Writer) (int, error) { return r.Records(), printJSON(w, r) })
		}
		n := r.Counts
		fmt.Fprintf(s.out, "%s with %s, %s to %s\n", d.Name, r.Platform, r.From, r.To)
		fmt.Fprintf(s.out, "  tasks: %d told, %d of them the platform has; %d with their visit, %d made here, %d without one, %d open; %d withdrawn\n", n.Sent, n.Acknowledged, n.Matched, n.MadeHere, n.NoVisit, n.Open, n.Withdrawn)
		fmt.Fprintf(s.out, "  visits: %d came, at %d nobody was seen, %d without a task\n", n.Received, n.NotSeen, n.NoTask)
		fmt.Fprintf(s.out, "  cases: %d came, %d at another stage there; %d are ours alone\n", n.Cases, n.Differ, n.OnlyOurs)
		fmt.Fprintf(s.out, "  refused: %s\n", count(n.Refused, "row", "rows"))
		for _, f := range r.Refused {
			fmt.Fprintf(s.out, "    %s %s: %d\n", f.Kind, f.Code, f.N)
		}
		return nil
	})
}

type connectPushCmd struct {
	ID         string `arg:"" help:"The platform."`
	URL        string `arg:"" optional:"" help:"Where changes to tasks are sent: https. Left out with --off."`
	SecretFile string `help:"File with the secret that deliveries are signed with, at least 32 characters; readable by you alone." type:"existingfile" placeholder:"FILE"`
	Off        bool   `help:"Nothing is sent any more: the platform asks."`
}

func (cmd *connectPushCmd) Run(ctx context.Context, c *cli, s streams) error {
	if cmd.Off != (cmd.URL == "") || cmd.Off != (cmd.SecretFile == "") {
		return badInput(nil, "want an address and --secret-file, or --off")
	}
	secret, err := readSecretFile(cmd.SecretFile)
	if err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if err := a.Service.SetPush(ctx, d.Code, cmd.ID, cmd.URL, secret); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "%s is set\n", cmd.ID)
		return err
	})
}

// readSecretFile reads a secret, which nobody else may; without a file it is empty.
func readSecretFile(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return "", badInput(nil, "others can read %s: chmod 600", filepath.Base(path))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", badInput(err, "cannot read the secret")
	}
	return strings.TrimSpace(string(b)), nil
}

type connectDeliveriesCmd struct {
	ID    string `arg:"" help:"The platform."`
	Again int64  `help:"Have the tasks of this dead delivery sent again, as they are now." placeholder:"N"`
}

func (cmd *connectDeliveriesCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if cmd.Again != 0 {
			n, err := a.Service.SendAgain(ctx, d.Code, cmd.ID, cmd.Again)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s sent again, as they are now\n", count(n, "task is", "tasks are"))
			return err
		}
		list, err := a.Service.Deliveries(ctx, d.Code, cmd.ID)
		if err != nil {
			return err
		}
		for _, v := range list {
			fmt.Fprintf(s.out, "%6d  %-8s %s, tried %d times, %s\n", v.N, v.State, count(v.Tasks, "task", "tasks"), v.Tries, v.Code)
		}
		if len(list) == 0 {
			fmt.Fprintln(s.out, "nothing waits, and nothing is dead")
		}
		return nil
	})
}
