package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/reports/reach"
	"sanse/routing"
)

// walkFlags say on what and how one walks; of 'sanse reach' and 'sanse coverage'.
type walkFlags struct {
	Streets    string `help:"The streets: a built graph, an OpenStreetMap extract or a file of road lines." required:"" type:"existingfile" placeholder:"FILE"`
	Profiles   string `help:"Table of the district's own profiles (JSON); they come before the built-in ones." type:"existingfile" placeholder:"FILE"`
	Facilities string `help:"What is to be reached: CSV or GeoJSON with lon, lat and, if there are more than one, service; id, status (open, idle, planned) and hours if known." required:"" type:"existingfile" placeholder:"FILE"`
	linesFlags
	Service []string `help:"Only these services, separated by commas; of a file without services, what it holds." placeholder:"NAME,…"`
	Minutes []int    `help:"Minutes of the bands, separated by commas." default:"5,10,15" placeholder:"N,…"`
	Profile string   `help:"How one walks: foot, elderly, cane, wheelchair, or one of --profiles (default: elderly)." placeholder:"NAME"`
	Speed   float64  `help:"Walk at so many metres a second on every street alike instead, with nothing added for steps, slopes, surfaces and lights." placeholder:"M/S"`
	At      string   `help:"Only what is open on that weekday at that time counts: 1T10:00 is Monday at ten." placeholder:"DTHH:MM"`
	Limit   float64  `help:"What is farther than so many metres from every street is left out and listed." default:"300" placeholder:"METRES"`
	Cells   int      `help:"H3 cells of this resolution (0 to 15)." default:"-1" placeholder:"RES"`
	Strict  bool     `help:"End with exit code 2 if a place is on no street, instead of leaving it out."`
	Threads int      `help:"Processors to use (0: all)." placeholder:"N"`
	Out     string   `short:"o" help:"File to write, .geojson, .csv or .json ('-': standard output)." default:"-" placeholder:"FILE"`
}

// check refuses what cannot be before any file is read.
func (f *walkFlags) check(alsoRead string, kinds ...string) (*reach.Moment, error) {
	switch {
	case f.Profile != "" && f.Speed != 0:
		return nil, badInput(nil, "--speed walks alike everywhere and --profile does not: give one of them")
	case !(f.Speed >= 0 && f.Speed <= maxWalkSpeed):
		return nil, badInput(nil, "--speed %v: want metres a second, more than 0 and at most %d", f.Speed, maxWalkSpeed)
	case !(f.Limit > 0 && f.Limit <= maxLimitMetres):
		return nil, badInput(nil, "--limit %v: want metres, more than 0 and at most %d", f.Limit, maxLimitMetres)
	case f.Cells < -1 || f.Cells > 15:
		return nil, badInput(nil, "--cells %d: want 0 to 15", f.Cells)
	case len(f.Minutes) == 0:
		return nil, badInput(nil, "--minutes: want at least one")
	}
	for _, m := range f.Minutes {
		if m < 1 || m > maxMinutes {
			return nil, badInput(nil, "--minutes %d: want 1 to %d", m, maxMinutes)
		}
	}
	slices.Sort(f.Minutes)
	f.Minutes = slices.Compact(f.Minutes)
	if f.Out != "-" && !slices.Contains(kinds, f.kind()) {
		return nil, badInput(nil, "-o %s: want a name that ends in %s", filepath.Base(f.Out), strings.Join(kinds, " or "))
	}
	if err := checkOut(f.Out, f.Streets, f.Profiles, f.Facilities, alsoRead); err != nil {
		return nil, err
	}
	if err := canWrite(f.Out); err != nil || f.At == "" {
		return nil, err
	}
	m, err := reach.ParseMoment(f.At)
	if err != nil {
		return nil, badInput(err, "--at")
	}
	return &m, nil
}

// maxWalkSpeed is faster than anybody runs.
const maxWalkSpeed = 15

func (f *walkFlags) kind() string { return strings.ToLower(filepath.Ext(f.Out)) }

// engine opens the streets' engine at the pace asked for.
func (f *walkFlags) engine(st *streets) (*routing.Engine, error) {
	if f.Speed > 0 {
		return st.net.Engine(routing.Profile{Name: strconv.FormatFloat(f.Speed, 'f', -1, 64) + " m/s", MetresPerSecond: f.Speed})
	}
	name := f.Profile
	if name == "" {
		name = "elderly"
	}
	p, err := st.profile(name)
	if err != nil {
		return nil, err
	}
	st.tellTable(name)
	return st.net.Engine(p) // prepared or not: a search from many places at once needs no hierarchy
}

// reachFound is what a walk is measured on.
type reachFound struct {
	*walkFlags
	index      *reach.Index
	facilities *reachFacilities
	demand     *reachDemand // nil: nobody is counted
}

// measure opens the streets, measures and hands on what was found.
func (f *walkFlags) measure(ctx context.Context, s streams, at *reach.Moment, demand *reachDemand, use func(*reachFound) error) error {
	facilities, err := readFile(f.Facilities, func(r io.Reader) (*reachFacilities, error) { return readReachFacilities(r, f.Service) })
	if err != nil {
		return err
	}
	open := streetsFlags{Graph: f.Streets, Profiles: f.Profiles, linesFlags: f.linesFlags}
	return open.withStreets(ctx, s, func(st *streets) error {
		e, err := f.engine(st)
		if err != nil {
			return err
		}
		w := &reachFound{walkFlags: f, facilities: facilities, demand: demand}
		var places []orb.Point
		if demand != nil {
			places = demand.at
		}
		o := reach.Options{
			MaxMetres: f.Limit, Seconds: max(3600, f.Minutes[len(f.Minutes)-1]*60), Threads: threadsOf(f.Threads), At: at, Services: f.Service,
		}
		if w.index, err = reach.New(ctx, e, places, facilities.all, o); err != nil {
			return err
		}
		if err := w.tellUnplaced(s.err, st.name); err != nil {
			return err
		}
		return use(w)
	})
}

// lost is a row that does not count, and why.
type lost struct {
	What   string   `json:"what"` // demand, facility
	ID     string   `json:"id"`
	Row    int      `json:"row"` // line of a CSV, number of a feature
	People *float64 `json:"people,omitempty"`
	Reason string   `json:"reason"`
	Detail string   `json:"detail"`
}

func (w *reachFound) unplaced() []lost {
	out := []lost{}
	for _, u := range w.index.Unplaced() {
		l := lost{What: "facility", Reason: string(u.Reason), Detail: u.Reason.Text(w.Limit)}
		if u.Facility {
			l.ID, l.Row = w.facilities.ids[u.Index], w.facilities.lines[u.Index]
		} else {
			l.What, l.ID, l.Row, l.People = "demand", w.demand.ids[u.Index], w.demand.lines[u.Index], &w.demand.people[u.Index]
		}
		out = append(out, l)
	}
	return out
}

// tellUnplaced tells what does not count. Files of which nothing is on a street,
// and anything that is not where that is asked for, are errors.
func (w *reachFound) tellUnplaced(log io.Writer, streets string) error {
	list := w.unplaced()
	homes, places, off := 0, 0, 0
	var told []string
	for _, l := range list {
		unit := w.facilities.unit
		switch {
		case l.What == "demand":
			homes++
			unit = w.demand.unit
		case l.Reason != string(reach.ClosedAllWeek):
			off++
		}
		if l.What == "facility" {
			places++
		}
		if len(told) < shownFaults {
			told = append(told, fmt.Sprintf("%s, %s %d (id %q): %s", l.What, unit, l.Row, shorten(l.ID), l.Detail))
		}
	}
	for _, service := range w.index.Services() {
		if len(w.index.Serving(service)) == 0 {
			fmt.Fprintf(log, "sanse: note: no facility of %s counts, so nobody reaches one\n", service)
		}
	}
	if len(list) == 0 {
		return nil
	}
	text := strings.Join(told, "\n  ")
	if more := len(list) - len(told); more > 0 {
		text += fmt.Sprintf("\n  … and %d more", more)
	}
	bound := boundText(w.index.Engine().Graph().Bounds())
	switch {
	case w.demand != nil && homes == len(w.demand.ids):
		return badInput(nil, "no place of the demand is on a street (%s has %s):\n  %s", streets, bound, text)
	case off == len(w.facilities.ids):
		return badInput(nil, "no facility is on a street (%s has %s):\n  %s", streets, bound, text)
	case w.Strict && homes+off > 0:
		return badInput(nil, "%d places of the demand and %d facilities are on no street:\n  %s", homes, off, text)
	}
	fmt.Fprintf(log, "sanse: note: %d places of the demand and %d facilities do not count:\n  %s\n", homes, places, text)
	return nil
}

type reachCmd struct {
	walkFlags
	Each  bool `help:"Circles of every facility beside those of each service."`
	Nodes bool `help:"Write the seconds from the nearest facility of each service to every point of the streets instead (.csv)."`
}

func (*reachCmd) Help() string {
	return `Draws the ground within a walk of facilities, from the facility to the door: one outline for each service and band,
all its facilities together, from the most minutes to the fewest so that the small lie on top. Outlines follow streets,
so a lake or a bank that no bridge leads to is not in them, and those of fewer minutes lie within those of more. With
--cells, the H3 cells with a street in reach follow, each with the seconds to the first place on a street in it.

Idle and planned facilities do not count, nor those closed all week or, with --at, closed then. What is on no street is
left out and told.

  sanse reach --streets city.graph --facilities clinics.csv --minutes 5,10,15 --profile elderly -o reach.geojson
  sanse reach --streets city.osm.pbf --facilities places.csv --speed 1.0 --cells 10 -o reach.geojson
  sanse reach --streets city.graph --facilities places.csv --nodes -o seconds.csv`
}

func (cmd *reachCmd) Run(ctx context.Context, s streams) error {
	kinds := []string{".geojson", ".json", ".csv"}
	if cmd.Nodes {
		kinds = []string{".csv"}
	}
	at, err := cmd.check("", kinds...)
	if err != nil {
		return err
	}
	if cmd.Nodes && (cmd.Cells >= 0 || cmd.Each) {
		return badInput(nil, "--nodes writes points of streets: neither --cells nor --each go with it")
	}
	return cmd.measure(ctx, s, at, nil, func(w *reachFound) error {
		return writeResult(cmd.Out, s.out, func(out io.Writer) error {
			switch {
			case cmd.Nodes:
				return w.writeNodes(ctx, out)
			case cmd.kind() == ".csv":
				return cmd.writeRows(ctx, out, w)
			}
			return cmd.writeFeatures(ctx, out, w)
		})
	})
}

// eachBand calls use for every service, and with --each every facility, with its
// bands.
func (cmd *reachCmd) eachBand(ctx context.Context, w *reachFound, use func(service, facility string, bands []reach.Band) error) error {
	for _, service := range w.index.Services() {
		bands, err := w.index.Outline(ctx, service, w.Minutes)
		if err != nil {
			return err
		}
		if err := use(service, "", bands); err != nil {
			return err
		}
		if !cmd.Each {
			continue
		}
		for _, f := range w.index.Serving(service) {
			if bands, err = w.index.Circle(ctx, int(f), w.Minutes); err != nil {
				return err
			}
			if err := use(service, w.facilities.ids[f], bands); err != nil {
				return err
			}
		}
	}
	return nil
}

func (cmd *reachCmd) writeFeatures(ctx context.Context, w io.Writer, found *reachFound) error {
	out := &featureWriter{w: w}
	if err := out.begin(); err != nil {
		return err
	}
	profile := found.index.Engine().Profile()
	err := cmd.eachBand(ctx, found, func(service, facility string, bands []reach.Band) error {
		for _, b := range slices.Backward(bands) {
			f := geojson.NewFeature(b.Outline)
			f.Properties = geojson.Properties{
				"service": service, "minutes": b.Minutes, "area_m2": tenths(b.AreaKM2 * 1e6), "profile": profile.Name, "metres_per_second": profile.MetresPerSecond,
			}
			if facility != "" {
				f.Properties["facility"] = facility
			} else {
				f.Properties["facilities"] = len(found.index.Serving(service))
			}
			if err := out.write(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := cmd.writeCells(ctx, out, found); err != nil {
		return err
	}
	return out.end()
}

func (cmd *reachCmd) writeCells(ctx context.Context, out *featureWriter, w *reachFound) error {
	if w.Cells < 0 {
		return nil
	}
	for _, service := range w.index.Services() {
		cells, err := w.index.Cells(ctx, service, w.Cells, w.Minutes[len(w.Minutes)-1]*60)
		if err != nil {
			return err
		}
		for _, c := range cells {
			outline, err := geo.CellBoundary(c.Cell)
			if err != nil {
				return err
			}
			f := geojson.NewFeature(outline)
			f.Properties = geojson.Properties{"service": service, "cell": c.Cell.String(), "seconds": c.Seconds, "facility": w.facilities.ids[c.Facility]}
			if err := out.write(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeRows writes a line for each outline, without it.
func (cmd *reachCmd) writeRows(ctx context.Context, w io.Writer, found *reachFound) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"service", "facility", "minutes", "area_m2"}); err != nil {
		return err
	}
	err := cmd.eachBand(ctx, found, func(service, facility string, bands []reach.Band) error {
		for _, b := range bands {
			if err := out.Write([]string{service, facility, strconv.Itoa(b.Minutes), strconv.FormatFloat(tenths(b.AreaKM2*1e6), 'f', -1, 64)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// writeNodes writes the seconds to every point of the streets.
func (w *reachFound) writeNodes(ctx context.Context, to io.Writer) error {
	all, err := w.index.Vertices(ctx)
	if err != nil {
		return err
	}
	row := append([]string{"lon", "lat"}, w.index.Services()...)
	out := csv.NewWriter(to)
	if err := out.Write(row); err != nil {
		return err
	}
	g := w.index.Engine().Graph()
	for v := range g.Vertices() {
		at := g.Vertex(v)
		row[0], row[1] = strconv.FormatFloat(at[0], 'f', 7, 64), strconv.FormatFloat(at[1], 'f', 7, 64)
		for k, service := range w.index.Services() {
			row[k+2] = secondsText(all[service][v])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// secondsText is empty where there is no way.
func secondsText(seconds int32) string {
	if seconds < 0 {
		return ""
	}
	return strconv.Itoa(int(seconds))
}
