package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/routing"
)

type streetsIsochroneCmd struct {
	streetsFlags
	profileFlag
	snapFlag
	From    lonLatFlag `help:"Where to start: lon,lat or a CSV of places ('-': standard input)." required:"" placeholder:"LON,LAT|A.csv"`
	Minutes []float64  `help:"Minutes, separated by commas." default:"15" placeholder:"N,…"`
	Merge   bool       `help:"One circle round all places together instead of one for each."`
	Buffer  float64    `help:"How far to either side of a street is in it." default:"25" placeholder:"METRES"`
	Cells   int        `help:"Add the H3 cells of this resolution (0 to 15) that reached streets touch." default:"-1" placeholder:"RES"`
	Fit     bool       `help:"Print to standard error how far each outline strays from the reached streets, beside an exact buffer (slow)."`
	Strict  bool       `help:"End with exit code 2 if a place is on no street, instead of leaving it out."`
	Out     string     `short:"o" help:"GeoJSON to write ('-': standard output)." default:"-" placeholder:"FILE"`
}

func (*streetsIsochroneCmd) Help() string {
	return `Writes a GeoJSON FeatureCollection: for each place, from the most minutes to the fewest so that the
small lie on top, an outline that follows the streets, with the properties id, minutes, profile,
street_metres (reached) and area_m2. Each outline holds those of fewer minutes. A wide one is drawn with a wider buffer, which is
told. With --cells, the cells
follow, each once, with the fewest minutes in which one of its streets is reached.

  sanse streets isochrone --graph city.graph --from 104.06,30.67 --minutes 5,10,15 -o circle.geojson
  sanse streets isochrone --graph city.graph --from clinics.csv --profile elderly --merge -o reach.geojson`
}

// maxMinutes bounds an isochrone: a day.
const maxMinutes = 24 * 60

func (cmd *streetsIsochroneCmd) Run(ctx context.Context, s streams) error {
	if err := cmd.check(); err != nil {
		return err
	}
	if cmd.Cells < -1 || cmd.Cells > 15 {
		return badInput(nil, "--cells %d: want 0 to 15", cmd.Cells)
	}
	if !(cmd.Buffer >= minBufferMetres && cmd.Buffer <= maxBufferMetres) {
		return badInput(nil, "--buffer %v: want metres, %d to %d", cmd.Buffer, minBufferMetres, maxBufferMetres)
	}
	seconds, err := secondsOf(cmd.Minutes)
	if err != nil {
		return err
	}
	if err := checkOut(cmd.Out, cmd.Graph, cmd.Profiles, string(cmd.From)); err != nil {
		return err
	}
	from, err := readFrom(string(cmd.From), s.in)
	if err != nil {
		return err
	}
	return cmd.withStreets(ctx, s, func(st *streets) error {
		e, err := st.engine(ctx, cmd.Profile, 1, 1) // bounded searches need no preparation
		if err != nil {
			return err
		}
		at, err := st.snap(e, from, cmd.Limit, cmd.Strict)
		if err != nil {
			return err
		}
		return writeResult(cmd.Out, s.out, func(w io.Writer) error { return cmd.write(ctx, w, s.err, e, at, seconds) })
	})
}

// Bounds of a buffer: half the width of a street, and within sight of it.
const (
	minBufferMetres = 5
	maxBufferMetres = 500
)

// secondsOf sorts minutes and turns them to seconds.
func secondsOf(minutes []float64) ([]int, error) {
	var out []int
	for _, m := range minutes {
		if !(m > 0 && m <= maxMinutes) {
			return nil, badInput(nil, "--minutes %v: want more than 0 and at most %d", m, maxMinutes)
		}
		out = append(out, int(m*60))
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) == 0 || out[0] == 0 {
		return nil, badInput(nil, "--minutes: want at least one, of a second or more")
	}
	return out, nil
}

// readFrom takes lon,lat or a file of places.
func readFrom(s string, in io.Reader) (places, error) {
	if looksLikePoint(s) {
		return parseLonLat("--from", s)
	}
	return readPlaces(s, in)
}

// looksLikePoint tells lon,lat from the name of a file, which may hold a comma
// as well.
func looksLikePoint(s string) bool {
	if !strings.Contains(s, ",") {
		return false
	}
	_, err := os.Stat(s)
	return err != nil
}

func (cmd *streetsIsochroneCmd) write(ctx context.Context, w, log io.Writer, e *routing.Engine, from snapped, seconds []int) error {
	out := &featureWriter{w: w}
	if err := out.begin(); err != nil {
		return err
	}
	o := routing.IsochroneOptions{Buffer: cmd.Buffer, Cells: cmd.Cells >= 0, Resolution: max(cmd.Cells, 0)}
	cells := make(cellTimes)
	widest := 0.0 // of the buffers taken
	draw := func(id string, at []routing.Snap) error {
		circles, err := e.Isochrones(ctx, at, seconds, o)
		if errors.Is(err, routing.ErrBuffer) {
			return badInput(err, "--buffer %v", cmd.Buffer)
		}
		if err != nil {
			return fmt.Errorf("draw isochrones of %s: %w", id, err)
		}
		for _, c := range slices.Backward(circles) {
			f := geojson.NewFeature(c.Polygon)
			f.Properties = geojson.Properties{
				"id": id, "minutes": float64(c.Seconds) / 60, "profile": e.Profile().Name,
				"street_metres": tenths(c.Reach.Metres()), "area_m2": tenths(geo.AreaM2(c.Polygon)),
			}
			if err := out.write(f); err != nil {
				return err
			}
			cells.add(c)
			widest = max(widest, c.Buffer)
			if !cmd.Fit {
				continue
			}
			if err := tellFit(log, id, c); err != nil {
				return err
			}
		}
		return nil
	}
	if err := cmd.each(from, draw); err != nil {
		return err
	}
	if widest > cmd.Buffer {
		fmt.Fprintf(log, "sanse: note: what is reached is too wide to draw with a buffer of %v m; the outlines have up to %.0f m\n", cmd.Buffer, widest)
	}
	if err := cells.write(out); err != nil {
		return err
	}
	return out.end()
}

// each draws every place that has a street, or all of them together.
func (cmd *streetsIsochroneCmd) each(from snapped, draw func(id string, at []routing.Snap) error) error {
	if cmd.Merge {
		at := slices.DeleteFunc(slices.Clone(from.snaps), func(s routing.Snap) bool { return !s.OK })
		return draw(from.name, at)
	}
	for i, at := range from.snaps {
		if !at.OK {
			continue
		}
		if err := draw(from.all[i].id, []routing.Snap{at}); err != nil {
			return err
		}
	}
	return nil
}

// cellTimes keeps the fewest seconds of each cell.
type cellTimes map[h3.Cell]int

func (c cellTimes) add(i routing.Isochrone) {
	for _, cell := range i.Cells {
		if have, ok := c[cell]; !ok || i.Seconds < have {
			c[cell] = i.Seconds
		}
	}
}

func (c cellTimes) write(out *featureWriter) error {
	for _, cell := range slices.Sorted(maps.Keys(c)) {
		poly, err := geo.CellBoundary(cell)
		if err != nil {
			return err
		}
		f := geojson.NewFeature(poly)
		f.Properties = geojson.Properties{"cell": cell.String(), "minutes": float64(c[cell]) / 60}
		if err := out.write(f); err != nil {
			return err
		}
	}
	return nil
}

// featureWriter writes a FeatureCollection, a feature a line.
type featureWriter struct {
	w io.Writer
	n int
}

func (f *featureWriter) begin() error {
	_, err := io.WriteString(f.w, `{"type":"FeatureCollection","features":[`)
	return err
}

func (f *featureWriter) write(feature *geojson.Feature) error {
	b, err := json.Marshal(feature)
	if err != nil {
		return err
	}
	line := ",\n"
	if f.n == 0 {
		line = "\n"
	}
	f.n++
	if _, err = io.WriteString(f.w, line); err == nil {
		_, err = f.w.Write(b)
	}
	return err
}

func (f *featureWriter) end() error {
	_, err := io.WriteString(f.w, "\n]}\n")
	return err
}
