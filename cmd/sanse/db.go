package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/data"
)

type dbCmd struct {
	Status   dbStatusCmd   `cmd:"" help:"Tell what is stored, and bring the schema up to date."`
	District dbDistrictCmd `cmd:"" help:"Make a district, or change its name, time zone or note."`
	Drop     dbDropCmd     `cmd:"" help:"Delete a district and everything in it."`
}

type dbStatusCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

// districtStatus is what the status says of a district.
type districtStatus struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	TimeZone   string   `json:"time_zone"`
	MadeUp     bool     `json:"made_up"`
	Residents  int      `json:"residents"`
	Visitors   int      `json:"visitors"`
	Facilities int      `json:"facilities"`
	Imports    []string `json:"imports"` // the last of each kind
	Plan       string   `json:"plan,omitempty"`
}

func (cmd *dbStatusCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withApp(ctx, s, func(a *app.App) error {
		districts, err := a.Store.Districts(ctx)
		if err != nil {
			return err
		}
		all := []districtStatus{}
		for _, d := range districts {
			st, err := statusOf(ctx, a.Store, d)
			if err != nil {
				return err
			}
			all = append(all, st)
		}
		if cmd.JSON {
			return printJSON(s.out, map[string]any{"districts": all})
		}
		if len(all) == 0 {
			fmt.Fprintln(s.out, "the schema is up to date; there is no district yet")
		}
		for _, d := range all {
			fmt.Fprintf(s.out, "%s %s (%s): %d residents, %d visitors, %d facilities", d.Code, d.Name, d.TimeZone, d.Residents, d.Visitors, d.Facilities)
			if d.Plan != "" {
				fmt.Fprintf(s.out, ", plan %s", d.Plan)
			}
			fmt.Fprintln(s.out)
			for _, i := range d.Imports {
				fmt.Fprintln(s.out, "  ", i)
			}
		}
		return nil
	})
}

func statusOf(ctx context.Context, store *data.Store, d data.District) (districtStatus, error) {
	st := districtStatus{Code: d.Code, Name: d.Name, TimeZone: d.TimeZone, MadeUp: d.MadeUp, Imports: []string{}}
	residents, err := store.Residents(ctx, d.Code)
	if err != nil {
		return st, err
	}
	visitors, err := store.Visitors(ctx, d.Code)
	if err != nil {
		return st, err
	}
	facilities, err := store.Facilities(ctx, d.Code)
	if err != nil {
		return st, err
	}
	st.Residents, st.Visitors, st.Facilities = len(residents), len(visitors), len(facilities)
	log, err := store.Imports(ctx, d.Code)
	if err != nil {
		return st, err
	}
	last := make(map[string]int)
	for i, r := range log {
		last[r.Kind] = i
	}
	for i, r := range log {
		if last[r.Kind] == i {
			st.Imports = append(st.Imports, fmt.Sprintf("%s: %s, %d of %d rows, %s", r.Kind, r.Source, r.Stored, r.Read, r.At.UTC().Format(time.RFC3339)))
		}
	}
	plan, err := store.CurrentPlan(ctx, d.Code)
	switch {
	case errors.Is(err, data.ErrNotFound):
	case err != nil:
		return st, err
	default:
		st.Plan = fmt.Sprintf("%d from %s for %d days", plan.ID, plan.Start, plan.Days)
	}
	return st, nil
}

type dbDistrictCmd struct {
	Code        string  `arg:"" help:"Six digits, GB/T 2260."`
	Name        string  `arg:"" help:"Its name."`
	TimeZone    *string `help:"Its time zone: says where a day begins (a new district's: Asia/Shanghai)." placeholder:"ZONE"`
	Note        *string `help:"A sentence shown wherever the district is shown." placeholder:"TEXT"`
	Attribution *string `help:"Who is to be named for the map data, such as '© OpenStreetMap contributors'." placeholder:"TEXT"`
	Review      *string `name:"review-number" help:"The number under which its maps were reviewed (审图号), printed on every map." placeholder:"TEXT"`
}

func (*dbDistrictCmd) Help() string {
	return `Of a district that is there, what is not named stays as it is.

  sanse db district 510101 示范区
  sanse db district 510101 示范区 --time-zone Asia/Urumqi`
}

func (cmd *dbDistrictCmd) Run(ctx context.Context, c *cli, s streams) error {
	if len(cmd.Code) != 6 || strings.Trim(cmd.Code, "0123456789") != "" {
		return badInput(nil, "%q is no district's code: want six digits", cmd.Code)
	}
	if strings.TrimSpace(cmd.Name) == "" {
		return badInput(nil, "a district needs a name")
	}
	if z := cmd.TimeZone; z != nil {
		if _, err := time.LoadLocation(*z); err != nil || *z == "" || *z == "Local" {
			return badInput(nil, "there is no time zone %q", *z)
		}
	}
	return c.withApp(ctx, s, func(a *app.App) error {
		d, err := a.Store.District(ctx, cmd.Code)
		if errors.Is(err, data.ErrNotFound) {
			d, err = data.District{Code: cmd.Code, TimeZone: "Asia/Shanghai"}, nil
		}
		if err != nil {
			return err
		}
		d.Name = cmd.Name
		for _, field := range []struct{ given, kept *string }{
			{cmd.TimeZone, &d.TimeZone}, {cmd.Note, &d.Note}, {cmd.Attribution, &d.Attribution},
		} {
			if field.given != nil {
				*field.kept = *field.given
			}
		}
		if err := a.Store.Write(ctx, func(tx *data.Tx) error {
			if err := tx.PutDistrict(d); err != nil {
				return err
			}
			return errors.Join(tx.Record(d.Code, data.Event{Action: data.ActUpdate, Object: "district", IDs: []string{d.Code}}))
		}); err != nil {
			return err
		}
		if cmd.Review != nil {
			if _, err := a.Service.SetReviewNumber(ctx, d.Code, *cmd.Review); err != nil {
				return err
			}
		}
		fmt.Fprintf(s.out, "district %s %s is ready; import areas next\n", cmd.Code, cmd.Name)
		return nil
	})
}

type dbDropCmd struct {
	Code string `arg:"" help:"Code of the district."`
	Yes  bool   `help:"Really delete it: its records, plans and history cannot be brought back."`
}

func (cmd *dbDropCmd) Run(ctx context.Context, c *cli, s streams) error {
	if !cmd.Yes {
		return badInput(nil, "this deletes every record of district %s for good; say --yes if you mean it", cmd.Code)
	}
	return c.withApp(ctx, s, func(a *app.App) error {
		d, err := a.Service.District(ctx, cmd.Code)
		if err != nil {
			return err
		}
		if err := a.Store.Write(ctx, func(tx *data.Tx) error { return tx.DropDistrict(d.Code) }); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "district %s is gone\n", d.Code)
		return nil
	})
}
