package streetapi

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
)

// tableRequest is a table as asked for.
type tableRequest struct {
	points        []orb.Point
	from, to      []int // indices of points
	durations     bool
	distances     bool
	fallbackSpeed float64 // metres a second; 0: no fallback
	fallbackInput bool    // fallback from the coordinates as sent
	scale         float64 // of durations; 1: as they are
	snap          snapOptions
}

// oneEach is up to how many cells a table of durations and distances is made in
// one go, with the distances kept until the durations are sent. A larger one is
// made twice, so that memory stays flat.
const oneEach = 1 << 20

func (h *handler) readTable(e *routing.Engine, req request) (tableRequest, error) {
	points, err := parseCoordinates(req.coordinates, 2*h.o.MaxTable)
	if err != nil {
		return tableRequest{}, err
	}
	r := req.options.reader()
	t := tableRequest{
		points: points, from: r.indices("sources", len(points)), to: r.indices("destinations", len(points)),
		fallbackSpeed: r.positive("fallback_speed"), fallbackInput: r.word("fallback_coordinate", "input", "snapped") == "input",
		scale: 1, snap: readSnapOptions(r, e, len(points)),
	}
	if s := r.positive("scale_factor"); s > 0 {
		t.scale = s
	}
	annotations := r.set("annotations", "duration", "distance")
	t.durations, t.distances = annotations["duration"] || len(annotations) == 0, annotations["distance"]
	if err := r.done(); err != nil {
		return tableRequest{}, err
	}
	t.from, t.to = orAll(t.from, len(points)), orAll(t.to, len(points))
	most := h.o.MaxTable
	if len(t.from) > most || len(t.to) > most {
		return tableRequest{}, fail(codeTooBig, "Too many table coordinates: %d × %d, at most %d × %d", len(t.from), len(t.to), most, most)
	}
	if most := h.o.MaxPlainTable; !e.Prepared() && len(t.from) > most {
		return tableRequest{}, fail(codeTooBig, "Too many table coordinates: %d sources, at most %d for profile %s, which the street map is not prepared for",
			len(t.from), most, e.Profile().Name)
	}
	return t, nil
}

func orAll(indices []int, n int) []int {
	if indices != nil {
		return indices
	}
	indices = make([]int, n)
	for i := range indices {
		indices[i] = i
	}
	return indices
}

// table answers /table/v1, row by row as they are found.
func (h *handler) table(w http.ResponseWriter, r *http.Request, e *routing.Engine, req request) error {
	t, err := h.readTable(e, req)
	if err != nil {
		return err
	}
	snaps, err := h.snap(e, t.points, t.snap)
	if err != nil {
		return err
	}
	s := &tableStream{h: h, e: e, t: t, snaps: snaps, w: w, control: http.NewResponseController(w), closing: r.Close}
	if err := s.run(r.Context()); err != nil {
		if !s.started {
			return err
		}
		s.abort(r.Context(), err)
	}
	return nil
}

// tableStream writes one table.
type tableStream struct {
	h       *handler
	e       *routing.Engine
	t       tableRequest
	snaps   []routing.Snap
	w       http.ResponseWriter
	control *http.ResponseController
	closing bool     // the client wants the connection closed afterwards
	begun   bool     // something was written
	started bool     // something was sent
	buf     []byte   // what is to be sent next
	guessed []uint64 // by cell, a bit: filled by the fallback
}

// sendAt is how much is sent at once.
const sendAt = 64 << 10

func (s *tableStream) run(ctx context.Context) error {
	t := &s.t
	if t.fallbackSpeed > 0 {
		s.guessed = make([]uint64, (len(t.from)*len(t.to)+63)/64)
	}
	both := t.durations && t.distances
	twice := both && len(t.from)*len(t.to) > oneEach
	var later pages // distances, until the durations are out
	err := s.rows(ctx, t.distances && !twice, func(i int, r routing.TableRow) error {
		if !s.begun {
			s.begun = true
			if err := s.begin(); err != nil {
				return err
			}
		}
		if t.durations {
			s.buf = s.durations(s.buf, i, r.Millis)
		}
		switch {
		case !t.distances || twice:
		case both:
			later.add(func(dst []byte) []byte { return s.distances(dst, i, r.Millimetres) })
		default:
			s.buf = s.distances(s.buf, i, r.Millimetres)
		}
		return s.send(sendAt)
	})
	if err != nil {
		return err
	}
	if both {
		s.buf = append(s.buf, `],"distances":[`...)
		for _, page := range later {
			s.buf = append(s.buf, page...)
			if err := s.send(sendAt); err != nil {
				return err
			}
		}
	}
	if twice {
		err := s.rows(ctx, true, func(i int, r routing.TableRow) error {
			s.buf = s.distances(s.buf, i, r.Millimetres)
			return s.send(sendAt)
		})
		if err != nil {
			return err
		}
	}
	s.buf = append(s.buf, ']')
	if err := s.end(); err != nil {
		return err
	}
	if !s.started {
		s.w.Header().Set("Content-Length", strconv.Itoa(len(s.buf)))
	}
	return s.send(0)
}

// pages are a long text in pieces, which grows without being copied.
type pages [][]byte

func (p *pages) add(write func(dst []byte) []byte) {
	if n := len(*p); n == 0 || len((*p)[n-1]) >= sendAt {
		*p = append(*p, make([]byte, 0, sendAt+sendAt/4))
	}
	last := &(*p)[len(*p)-1]
	*last = write(*last)
}

// send sends what has been written once it is so much.
func (s *tableStream) send(least int) error {
	if len(s.buf) < least {
		return nil
	}
	s.started = true
	// Each piece has its own time; where there is no deadline to set there is
	// none to miss.
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := s.w.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

func (s *tableStream) rows(ctx context.Context, metres bool, row func(int, routing.TableRow) error) error {
	pick := func(indices []int) []routing.Snap {
		out := make([]routing.Snap, len(indices))
		for i, at := range indices {
			out[i] = s.snaps[at]
		}
		return out
	}
	o := routing.TableOptions{Metres: metres, OnStreet: !s.t.snap.walkToStreet, Threads: s.h.o.Threads}
	return s.e.TableRows(ctx, pick(s.t.from), pick(s.t.to), o, row)
}

// begin writes what comes before the first row.
func (s *tableStream) begin() error {
	header := s.w.Header()
	header.Set("Content-Type", "application/json; charset=UTF-8")
	// Without a length the answer is sent in chunks; a client that asks to close
	// the connection afterwards may not know them (VROOM), and needs none.
	if s.closing {
		header.Set("Transfer-Encoding", "identity")
	}
	s.buf = append(s.buf, `{"code":"Ok"`...)
	if !s.t.snap.skipWaypoints {
		for _, side := range []struct {
			name    string
			indices []int
		}{{"sources", s.t.from}, {"destinations", s.t.to}} {
			s.buf = append(s.buf, `,"`+side.name+`":[`...)
			for i, at := range side.indices {
				body, err := json.Marshal(s.h.waypoint(s.e, s.snaps[at], s.t.snap))
				if err != nil {
					return fmt.Errorf("encode waypoint: %w", err)
				}
				if i > 0 {
					s.buf = append(s.buf, ',')
				}
				s.buf = append(s.buf, body...)
			}
			s.buf = append(s.buf, ']')
		}
	}
	if s.t.durations {
		s.buf = append(s.buf, `,"durations":[`...)
	} else {
		s.buf = append(s.buf, `,"distances":[`...)
	}
	return nil
}

func (s *tableStream) durations(dst []byte, i int, millis []uint32) []byte {
	dst = openRow(dst, i)
	for j, ms := range millis {
		if j > 0 {
			dst = append(dst, ',')
		}
		switch {
		case ms != routing.Unreached && s.t.scale == 1:
			dst = appendTenths(dst, uint64(ms))
		case ms != routing.Unreached:
			dst = appendTenths(dst, scaled(float64(ms), s.t.scale))
		case s.guessed != nil:
			cell := i*len(millis) + j
			s.guessed[cell/64] |= 1 << (cell % 64)
			dst = appendTenths(dst, scaled(s.crow(i, j)/s.t.fallbackSpeed*1000, s.t.scale))
		default:
			dst = append(dst, "null"...)
		}
	}
	return append(dst, ']')
}

func (s *tableStream) distances(dst []byte, i int, millimetres []uint32) []byte {
	dst = openRow(dst, i)
	for j, mm := range millimetres {
		if j > 0 {
			dst = append(dst, ',')
		}
		switch {
		case mm != routing.Unreached:
			dst = appendTenths(dst, uint64(mm))
		case s.guessed != nil:
			cell := i*len(millimetres) + j
			s.guessed[cell/64] |= 1 << (cell % 64)
			dst = appendTenths(dst, scaled(s.crow(i, j), 1000))
		default:
			dst = append(dst, "null"...)
		}
	}
	return append(dst, ']')
}

func openRow(dst []byte, i int) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	return append(dst, '[')
}

// scaled multiplies, and holds the result to what can be written.
func scaled(v, factor float64) uint64 { return uint64(math.Round(min(v*factor, 1<<52))) }

// crow is the straight distance of a cell's places in metres.
func (s *tableStream) crow(i, j int) float64 {
	a, b := s.snaps[s.t.from[i]], s.snaps[s.t.to[j]]
	if s.t.fallbackInput {
		return geo.Distance(a.Asked, b.Asked)
	}
	return geo.Distance(a.Point, b.Point)
}

// end writes what comes after the last row.
func (s *tableStream) end() error {
	if s.guessed != nil {
		s.buf = append(s.buf, `,"fallback_speed_cells":[`...)
		comma := ""
		for i := range s.t.from {
			for j := range s.t.to {
				if cell := i*len(s.t.to) + j; s.guessed[cell/64]>>(cell%64)&1 != 0 {
					s.buf = fmt.Appendf(s.buf, "%s[%d,%d]", comma, i, j)
					comma = ","
				}
			}
			if err := s.send(sendAt); err != nil {
				return err
			}
		}
		s.buf = append(s.buf, ']')
	}
	s.buf = append(s.buf, '}')
	return nil
}

// abort breaks the connection off, so that nobody takes what was sent for a
// whole table.
func (s *tableStream) abort(ctx context.Context, cause error) {
	if ctx.Err() == nil {
		s.h.o.Log.Error("stream a table", "err", cause)
	}
	conn, _, err := s.control.Hijack()
	if err != nil {
		return // the JSON is cut off all the same
	}
	if err := conn.Close(); err != nil {
		s.h.o.Log.Debug("break a table off", "err", err)
	}
}
