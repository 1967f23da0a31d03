package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
)

type coverageCmd struct {
	walkFlags
	Demand string `help:"Who is to be reached: CSV or GeoJSON with lon, lat (or cell: H3 cells, at whose middle all are), people (without it each row is one) and id." required:"" type:"existingfile" placeholder:"FILE"`
}

func (*coverageCmd) Help() string {
	return `Counts the people within a walk of each service: the walk from the nearest facility to the door takes no longer than
the minutes. Without --cells a row of the demand is a row of the answer, with the seconds to the nearest facility of each
service and its id (empty: none within an hour or the longest of --minutes). With --cells people are added up by the H3
cell they live in, each walking from their own door: people, those on no street, and those within each number of minutes.

People on no street count in all and are not reached; they are told, and listed in .json with the reason.

  sanse coverage --streets city.graph --facilities places.csv --demand homes.csv -o homes_reach.csv
  sanse coverage --streets city.graph --facilities places.csv --demand homes.csv --cells 9 --minutes 15 -o cells.geojson
  sanse coverage --streets city.graph --facilities places.csv --demand cells.csv --speed 1.0 -o coverage.json`
}

func (cmd *coverageCmd) Run(ctx context.Context, s streams) error {
	at, err := cmd.check(cmd.Demand, ".csv", ".json", ".geojson")
	if err != nil {
		return err
	}
	demand, err := readFile(cmd.Demand, readReachDemand)
	if err != nil {
		return err
	}
	return cmd.measure(ctx, s, at, demand, func(w *reachFound) error {
		c, err := w.count()
		if err != nil {
			return err
		}
		if err := writeResult(cmd.Out, s.out, c.writer(cmd.kind())); err != nil {
			return err
		}
		c.tell(s.err)
		return nil
	})
}

// peopleReached is the demand with what it reaches, by row and, if asked for, by cell.
type peopleReached struct {
	*reachFound
	services []countedService
	cells    []countedCell // ascending; nil without --cells
}

type countedService struct {
	Service    string        `json:"service"`
	Facilities int           `json:"facilities"` // that count
	Reached    []countedBand `json:"reached"`
}

type countedBand struct {
	Minutes int      `json:"minutes"`
	People  float64  `json:"people"`
	Share   *float64 `json:"share"` // null of nobody
}

// countedCell adds up the demand in a cell.
type countedCell struct {
	cell     h3.Cell
	people   float64
	unplaced float64
	reached  [][]float64 // by service and band
}

func (w *reachFound) count() (*peopleReached, error) {
	c := &peopleReached{reachFound: w}
	for _, service := range w.index.Services() {
		one := countedService{Service: service, Facilities: len(w.index.Serving(service))}
		seconds := w.index.Seconds(service)
		for _, m := range w.Minutes {
			b := countedBand{Minutes: m}
			for i, n := range w.demand.people {
				if seconds[i] >= 0 && int(seconds[i]) <= m*60 {
					b.People += n
				}
			}
			if w.demand.total > 0 {
				share := b.People / w.demand.total
				b.Share = &share
			}
			b.People = rounded(b.People)
			one.Reached = append(one.Reached, b)
		}
		c.services = append(c.services, one)
	}
	if w.Cells < 0 {
		return c, nil
	}
	return c, c.byCell()
}

func (c *peopleReached) byCell() error {
	services := c.index.Services()
	cells := map[h3.Cell]*countedCell{}
	for i, at := range c.demand.at {
		id, err := h3.LatLngToCell(h3.NewLatLng(at[1], at[0]), c.Cells)
		if err != nil {
			return fmt.Errorf("find cell of a place: %w", err)
		}
		one := cells[id]
		if one == nil {
			one = &countedCell{cell: id, reached: make([][]float64, len(services))}
			for k := range one.reached {
				one.reached[k] = make([]float64, len(c.Minutes))
			}
			cells[id] = one
		}
		one.people += c.demand.people[i]
		if c.index.DemandReason(i) != "" {
			one.unplaced += c.demand.people[i]
		}
		for k, service := range services {
			seconds := c.index.Seconds(service)[i]
			for b, m := range c.Minutes {
				if seconds >= 0 && int(seconds) <= m*60 {
					one.reached[k][b] += c.demand.people[i]
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(cells)) {
		c.cells = append(c.cells, *cells[id])
	}
	return nil
}

// tell says the answer in a line a service.
func (c *peopleReached) tell(log io.Writer) {
	for _, s := range c.services {
		b := s.Reached[len(s.Reached)-1]
		share := ""
		if b.Share != nil {
			share = fmt.Sprintf(" (%.1f %%)", 100**b.Share)
		}
		fmt.Fprintf(log, "sanse: %s: %v of %v people%s within %d min of %s\n",
			s.Service, b.People, rounded(c.demand.total), share, b.Minutes, count(s.Facilities, "facility", "facilities"))
	}
}

func (c *peopleReached) writer(kind string) func(io.Writer) error {
	switch kind {
	case ".json":
		return c.writeJSON
	case ".geojson":
		return c.writeGeoJSON
	}
	return c.writeCSV
}

// columns names what row and cellRow hold.
func (c *peopleReached) columns() []string {
	if c.cells != nil {
		out := []string{"cell", "people", "unplaced"}
		for _, s := range c.index.Services() {
			for _, m := range c.Minutes {
				out = append(out, fmt.Sprintf("%s_%d", s, m))
			}
		}
		return out
	}
	out := []string{"id", "lon", "lat", "people", "reason"}
	for _, s := range c.index.Services() {
		out = append(out, s+"_seconds", s+"_facility")
	}
	return out
}

// values are the row of a place of demand, nil where there is none.
func (c *peopleReached) values(i int) []any {
	out := []any{c.demand.ids[i], c.demand.at[i][0], c.demand.at[i][1], c.demand.people[i], nil}
	if why := c.index.DemandReason(i); why != "" {
		out[4] = string(why)
	}
	for _, s := range c.index.Services() {
		if seconds := c.index.Seconds(s)[i]; seconds >= 0 {
			out = append(out, int(seconds), c.facilities.ids[c.index.Facility(s)[i]])
		} else {
			out = append(out, nil, nil)
		}
	}
	return out
}

func (c *peopleReached) cellValues(i int) []any {
	one := &c.cells[i]
	out := []any{one.cell.String(), rounded(one.people), rounded(one.unplaced)}
	for _, bands := range one.reached {
		for _, n := range bands {
			out = append(out, rounded(n))
		}
	}
	return out
}

// each calls use with every row.
func (c *peopleReached) each(use func(i int, values []any) error) error {
	rows, values := len(c.demand.ids), c.values
	if c.cells != nil {
		rows, values = len(c.cells), c.cellValues
	}
	for i := range rows {
		if err := use(i, values(i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *peopleReached) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(c.columns()); err != nil {
		return err
	}
	err := c.each(func(_ int, values []any) error {
		row := make([]string, len(values))
		for k, v := range values {
			switch v := v.(type) {
			case string:
				row[k] = v
			case int:
				row[k] = strconv.Itoa(v)
			case float64:
				row[k] = strconv.FormatFloat(v, 'f', -1, 64)
			}
		}
		return out.Write(row)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func (c *peopleReached) writeGeoJSON(w io.Writer) error {
	out := &featureWriter{w: w}
	if err := out.begin(); err != nil {
		return err
	}
	columns := c.columns()
	err := c.each(func(i int, values []any) error {
		var shape orb.Geometry = c.demand.at[min(i, len(c.demand.at)-1)]
		if c.cells != nil {
			outline, err := geo.CellBoundary(c.cells[i].cell)
			if err != nil {
				return err
			}
			shape = outline
		}
		f := geojson.NewFeature(shape)
		f.Properties = geojson.Properties{}
		for k, v := range values {
			if columns[k] != "lon" && columns[k] != "lat" {
				f.Properties[columns[k]] = v
			}
		}
		return out.write(f)
	})
	if err != nil {
		return err
	}
	return out.end()
}

func (c *peopleReached) writeJSON(w io.Writer) error {
	columns := c.columns()
	rows := []map[string]any{}
	err := c.each(func(_ int, values []any) error {
		row := make(map[string]any, len(values))
		for k, v := range values {
			row[columns[k]] = v
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	what := "demand"
	if c.cells != nil {
		what = "cells"
	}
	profile := c.index.Engine().Profile()
	answer := map[string]any{
		"profile": profile.Name, "metres_per_second": profile.MetresPerSecond, "minutes": c.Minutes, "people": rounded(c.demand.total),
		"services": c.services, "unplaced": c.unplaced(), what: rows,
	}
	if at := c.index.Options().At; at != nil {
		answer["at"] = at.String()
	}
	return printJSON(w, answer)
}
