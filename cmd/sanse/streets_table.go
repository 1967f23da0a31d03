package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sanse/routing"
)

type streetsTableCmd struct {
	streetsFlags
	profileFlag
	snapFlag
	From         string   `help:"CSV of the places to start from ('-': standard input)." required:"" placeholder:"A.csv"`
	To           string   `help:"CSV of the places to get to (default: those of --from)." placeholder:"B.csv"`
	Out          string   `short:"o" help:"File to write ('-': standard output)." required:"" placeholder:"FILE"`
	Format       string   `help:"json (OSRM's table shape) or bin (default: bin for a file that ends so, else json)." enum:",json,bin" default:"" placeholder:"FORMAT"`
	Annotations  []string `help:"What JSON holds: duration, distance or both." enum:"duration,distance" default:"duration" placeholder:"NAME,…"`
	WalkToStreet bool     `help:"Times include the straight walk between each place and its street (else they run from street to street, as OSRM's do)."`
	Strict       bool     `help:"End with exit code 2 if a place is on no street, instead of leaving its row empty."`
	Threads      int      `help:"Processors to use (0: all)." placeholder:"N"`
	Timings      bool     `help:"Print the seconds of every step to standard error."`
}

func (*streetsTableCmd) Help() string {
	return `Places are CSV with a header that names id, lon and lat; at most 100,000 a side. The rows of the
table are those of --from in order, its columns those of --to. It is written as it is made, so it
may be larger than the memory.

A file that ends in .bin gets row-major little-endian int32 whole seconds, rounded up, without a
header, -1 where there is no way. Every other gets JSON in the shape of OSRM's table service:
sources, destinations, durations in seconds and distances in metres, null where there is no way.

  sanse streets table --graph city.graph --from homes.csv --to clinics.csv -o walk.json
  sanse streets table --graph city.graph --from homes.csv --profile elderly -o walk.bin`
}

func (cmd *streetsTableCmd) binary() bool {
	return cmd.Format == "bin" || cmd.Format == "" && strings.EqualFold(filepath.Ext(cmd.Out), ".bin")
}

// tableTimes are the seconds that each step of a table took.
type tableTimes struct {
	open, places, snap, table, write float64
}

func (t *tableTimes) print(w io.Writer) {
	fmt.Fprintf(w, "sanse: seconds: open %.3f, places %.3f, snap %.3f, table %.3f, write %.3f\n", t.open, t.places, t.snap, t.table, t.write)
}

func (cmd *streetsTableCmd) Run(ctx context.Context, s streams) error {
	distances := slices.Contains(cmd.Annotations, "distance")
	if cmd.binary() && distances {
		return badInput(nil, "--annotations is for JSON: a .bin file holds seconds only")
	}
	if err := cmd.check(); err != nil {
		return err
	}
	if err := checkOut(cmd.Out, cmd.Graph, cmd.Profiles, cmd.From, cmd.To); err != nil {
		return err
	}
	began := time.Now()
	var times tableTimes
	from, to, err := readSides(cmd.From, cmd.To, s.in)
	if err != nil {
		return err
	}
	times.places = since(&began)
	err = cmd.withStreets(ctx, s, func(st *streets) error {
		e, err := st.engine(ctx, cmd.Profile, len(from.all), threadsOf(cmd.Threads))
		if err != nil {
			return err
		}
		times.open = since(&began)
		rows, columns, err := st.snapSides(e, from, to, cmd.Limit, cmd.Strict)
		if err != nil {
			return err
		}
		times.snap = since(&began)
		o := routing.TableOptions{Metres: distances, OnStreet: !cmd.WalkToStreet, Threads: threadsOf(cmd.Threads)}
		err = writeResult(cmd.Out, s.out, func(w io.Writer) error {
			times.table, err = cmd.write(ctx, w, e, rows, columns, o, newQuietStages(s.err))
			return err
		})
		times.write = since(&began) - times.table
		return err
	})
	if err == nil && cmd.Timings {
		times.print(s.err)
	}
	return err
}

// write makes the table and writes it row by row. It returns the seconds that
// went into making it.
func (cmd *streetsTableCmd) write(ctx context.Context, w io.Writer, e *routing.Engine, rows, columns snapped, o routing.TableOptions, show *stages) (seconds float64, err error) {
	defer show.end()
	var out tableWriter = &binaryTable{w: w}
	if !cmd.binary() {
		g := e.Graph()
		durations := slices.Contains(cmd.Annotations, "duration")
		if out, err = newJSONTable(w, waypoints(g, rows.snaps), waypoints(g, columns.snaps), durations, o.Metres); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	writing := 0.0
	err = e.TableRows(ctx, rows.snaps, columns.snaps, o, func(i int, r routing.TableRow) error {
		at := time.Now()
		err := out.row(r)
		writing += since(&at)
		show.ints("table", i+1, len(rows.snaps))
		return err
	})
	seconds = since(&began) - writing
	return seconds, out.end(err)
}

// readSides reads the two sides of a table; one file may be both.
func readSides(from, to string, in io.Reader) (a, b places, err error) {
	if a, err = readPlaces(from, in); err != nil || to == "" || to == from {
		return a, a, err
	}
	b, err = readPlaces(to, in)
	return a, b, err
}

// snapSides snaps both sides, a side that is both only once.
func (st *streets) snapSides(e *routing.Engine, from, to places, limit float64, strict bool) (rows, columns snapped, err error) {
	if rows, err = st.snap(e, from, limit, strict); err != nil {
		return rows, columns, err
	}
	if &from.all[0] == &to.all[0] {
		return rows, rows, nil
	}
	columns, err = st.snap(e, to, limit, strict)
	return rows, columns, err
}
