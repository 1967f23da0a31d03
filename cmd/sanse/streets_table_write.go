package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// tableWriter takes a table row by row, so that a table may be larger than the
// memory.
type tableWriter interface {
	row(r routing.TableRow) error
	// end writes what follows the last row and gives back what was borrowed; it
	// is called in any case.
	end(failed error) error
}

// binaryTable writes row-major little-endian int32 whole seconds, rounded up,
// -1 where there is no way; no header.
type binaryTable struct {
	w   io.Writer
	buf []byte
}

func (t *binaryTable) row(r routing.TableRow) error {
	t.buf = t.buf[:0]
	for _, ms := range r.Millis {
		t.buf = binary.LittleEndian.AppendUint32(t.buf, uint32(wholeSeconds(ms)))
	}
	_, err := t.w.Write(t.buf)
	return err
}

func (t *binaryTable) end(failed error) error { return failed }

// wholeSeconds rounds up, for nobody is there before the time; -1: no way.
func wholeSeconds(ms uint32) int32 {
	if ms == routing.Unreached {
		return -1
	}
	s := ms / 1000
	if ms%1000 != 0 {
		s++
	}
	return int32(s)
}

// waypoint is a place on its street as OSRM shows it.
type waypoint struct {
	Distance float64    `json:"distance"` // metres from the place to the street
	Name     string     `json:"name"`
	Location [2]float64 `json:"location"`
}

// waypoints shows snapped places; those without a street are null.
func waypoints(g *routing.Graph, snaps []routing.Snap) []*waypoint {
	out := make([]*waypoint, len(snaps))
	for i, s := range snaps {
		if s.OK {
			out[i] = &waypoint{tenths(s.Metres), g.Edge(s.Edge).Name, degrees(s.Point)}
		}
	}
	return out
}

// degrees rounds to OpenStreetMap's own grid.
func degrees(p orb.Point) [2]float64 {
	return [2]float64{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}

func tenths(v float64) float64 { return math.Round(v*10) / 10 }

// jsonTable writes OSRM's table shape: code, sources, destinations, durations
// in seconds and distances in metres, both to a tenth, null where there is no
// way. The distances come with the durations but stand behind them all, so they
// wait in a file of their own.
type jsonTable struct {
	w         io.Writer
	durations bool
	spool     *os.File // of the distances; nil if they are not asked for or go out at once
	spooled   *bufio.Writer
	distances bool
	rows      int
	buf       []byte
}

// newJSONTable writes what stands before the rows.
func newJSONTable(w io.Writer, sources, destinations []*waypoint, durations, distances bool) (*jsonTable, error) {
	t := &jsonTable{w: w, durations: durations, distances: distances}
	if durations && distances {
		f, err := os.CreateTemp("", "sanse-distances-*")
		if err != nil {
			return nil, fmt.Errorf("make a file for the distances: %w", err)
		}
		t.spool, t.spooled = f, bufio.NewWriterSize(f, writeBuffer)
	}
	if err := t.open(sources, destinations); err != nil {
		return nil, t.end(err)
	}
	return t, nil
}

func (t *jsonTable) open(sources, destinations []*waypoint) error {
	from, err := json.Marshal(sources)
	if err != nil {
		return err
	}
	to, err := json.Marshal(destinations)
	if err != nil {
		return err
	}
	first := "durations"
	if !t.durations {
		first = "distances"
	}
	_, err = fmt.Fprintf(t.w, "{\"code\":\"Ok\",\"sources\":%s,\n\"destinations\":%s,\n\"%s\":[", from, to, first)
	return err
}

func (t *jsonTable) row(r routing.TableRow) error {
	t.rows++
	if t.durations {
		if err := t.put(t.w, r.Millis); err != nil {
			return err
		}
	}
	switch {
	case t.spool != nil:
		return t.put(t.spooled, r.Millimetres)
	case t.distances:
		return t.put(t.w, r.Millimetres)
	}
	return nil
}

// put writes one row of thousandths as numbers to a tenth.
func (t *jsonTable) put(w io.Writer, thousandths []uint32) error {
	b := t.buf[:0]
	if t.rows > 1 {
		b = append(b, ',')
	}
	b = append(b, '\n', '[')
	for i, v := range thousandths {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendTenths(b, v)
	}
	t.buf = append(b, ']')
	_, err := w.Write(t.buf)
	return err
}

// appendTenths writes thousandths rounded to a tenth, halves up; null for none.
func appendTenths(b []byte, v uint32) []byte {
	if v == routing.Unreached {
		return append(b, "null"...)
	}
	n := (uint64(v) + 50) / 100
	b = strconv.AppendUint(b, n/10, 10)
	if n%10 != 0 {
		b = append(b, '.', byte('0'+n%10))
	}
	return b
}

func (t *jsonTable) end(failed error) (err error) {
	if t.spool != nil {
		defer func() {
			err = errors.Join(err, t.spool.Close(), os.Remove(t.spool.Name()))
			t.spool = nil
		}()
	}
	if failed != nil {
		return failed
	}
	if t.spool != nil {
		if _, err := io.WriteString(t.w, "],\n\"distances\":["); err != nil {
			return err
		}
		if err := t.spooled.Flush(); err != nil {
			return err
		}
		if _, err := t.spool.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(t.w, t.spool); err != nil {
			return err
		}
	}
	_, err = io.WriteString(t.w, "]}\n")
	return err
}
