package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"

	"sanse/cmd/sanse/internal/service"
)

const (
	typeEvents = "text/event-stream"
	// liveBeat is how often an open stream says that it is there, and at the latest it
	// is looked whether who listens may.
	liveBeat = 15 * time.Second
	// livePatience is how long a listener may take to take an event.
	livePatience = 10 * time.Second
	// liveRetry is after how long a browser comes back that has lost its stream.
	liveRetry = 3 * time.Second
)

func (s *Server) registerLive(api huma.API) {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Live](), true, "Live")
	huma.Register(api, huma.Operation{
		OperationID: "live", Method: http.MethodGet, Path: "/v1/live", Summary: "The day of an area under way, and each change of it",
		Description: "Answers with the day as it is. Who accepts text/event-stream is told it at once, as the data of an event state whose id tells it from others, and anew at each change: what a browser's EventSource does. " +
			"After Last-Event-ID nothing is sent until it is another one. An event time, with the time of the server, comes at once and every 15 seconds; event end says why nothing follows: " +
			"over (sign in again, or ask for another area) or closing (the server stops: come back).",
		Responses: map[string]*huma.Response{"200": {
			Description: "OK",
			Content: map[string]*huma.MediaType{
				"application/json": {Schema: schema}, typeEvents: {Schema: &huma.Schema{Type: huma.TypeString}},
			},
		}},
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusInternalServerError},
	}, s.getLive)
}

// Live is a day under way in an area: totals, without any id.
type Live struct {
	Area     Area        `json:"area"`
	Path     []Area      `json:"path" doc:"from the district down to it"`
	Date     string      `json:"date" format:"date"`
	At       string      `json:"at,omitempty" format:"date-time" doc:"as of when; left out in events, whose time is that of their coming"`
	Plan     bool        `json:"plan" doc:"there is a plan for the day"`
	Ladder   bool        `json:"ladder" doc:"visits that are not made in time are covered by others"`
	Totals   LiveCounts  `json:"totals"`
	Children []LiveRow   `json:"children" doc:"of the areas right below"`
	Kinds    []LiveKind  `json:"kinds" doc:"open cases by kind; kinds of which none is open are left out"`
	Clocks   []LiveClock `json:"clocks" doc:"of the open cases whose deadlines are nearest"`
}

// LiveCounts are residents to be seen on the day.
type LiveCounts struct {
	Due     int `json:"due" doc:"to be seen: the plan sends somebody, or the last day of a window is today"`
	Done    int `json:"done" doc:"of these, who was seen"`
	Late    int `json:"late" doc:"of these, who was not by the hour at which others take over, or is due since before today"`
	Covered int `json:"covered" doc:"of these, who came to somebody else by the ladder, seen since or not"`
	Cases   int `json:"cases" doc:"open cases"`
	Overdue int `json:"overdue" doc:"of these, past their deadline"`
}

// LiveRow are the counts of an area.
type LiveRow struct {
	Area
	LiveCounts
}

// LiveKind is how many cases of a kind are open.
type LiveKind struct {
	Kind    string `json:"kind"`
	Open    int    `json:"open"`
	Waiting int    `json:"waiting" doc:"nobody has taken up"`
	Overdue int    `json:"overdue"`
	Next    string `json:"next" format:"date-time" doc:"the nearest deadline"`
}

// LiveClock is the deadline of an open case.
type LiveClock struct {
	Kind     string `json:"kind"`
	Level    string `json:"level" enum:"grid,departments,task_force"`
	Waiting  bool   `json:"waiting" doc:"nobody has taken it up: the deadline is that of the answer"`
	Deadline string `json:"deadline" format:"date-time"`
	Area     Area   `json:"area" doc:"the area right below in which it is"`
}

func liveOf(v *service.LiveView) Live {
	out := Live{
		Area: Area{v.Area.Code, v.Area.Name, v.Area.Level}, Path: make([]Area, len(v.Path)), Date: v.Date.String(), At: timeText(v.At), Plan: v.Plan, Ladder: v.Ladder,
		Totals: liveCounts(&service.LiveRow{Counts: v.Totals}), Children: make([]LiveRow, len(v.Children)),
		Kinds: make([]LiveKind, len(v.Kinds)), Clocks: make([]LiveClock, len(v.Clocks)),
	}
	for i, a := range v.Path {
		out.Path[i] = Area{a.Code, a.Name, a.Level}
	}
	for i := range v.Children {
		c := &v.Children[i]
		out.Children[i] = LiveRow{Area{c.Code, c.Name, c.Level}, liveCounts(c)}
	}
	for i, k := range v.Kinds {
		out.Kinds[i] = LiveKind{k.Code, k.Open, k.Waiting, k.Overdue, timeText(k.Next)}
	}
	for i := range v.Clocks {
		c := &v.Clocks[i]
		out.Clocks[i] = LiveClock{c.Kind, c.Level, c.Waiting, timeText(c.Deadline), Area{c.In.Code, c.In.Name, c.In.Level}}
	}
	return out
}

func liveCounts(r *service.LiveRow) LiveCounts {
	out := LiveCounts{Due: r.Due, Done: r.Done, Late: r.Late, Covered: r.Covered}
	out.Cases, out.Overdue = r.Open()
	return out
}

type liveInput struct {
	Area string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Last string `header:"Last-Event-ID" maxLength:"64" doc:"of the last event that was taken"`
}

func (s *Server) getLive(ctx context.Context, in *liveInput) (*huma.StreamResponse, error) {
	view, err := s.service.Live(ctx, s.district, in.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humago.Unwrap(c)
		if !strings.Contains(r.Header.Get("Accept"), typeEvents) {
			b, err := json.Marshal(liveOf(&view))
			if err != nil {
				s.refuseWith(w, s.problem(err))
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", fresh)
			if _, err := w.Write(b); err != nil {
				s.log.Debug("write a day", "error", err) // the client has gone
			}
			return
		}
		follow, err := s.service.FollowLive(ctx, s.district)
		if errors.Is(err, service.ErrManyFollow) {
			w.Header().Set("Retry-After", "60")
			s.refuse(w, http.StatusTooManyRequests, service.MessageOf(err))
			return
		}
		if err != nil {
			s.refuseWith(w, s.problem(err))
			return
		}
		defer follow.End()
		e := &eventWriter{w: w, control: http.NewResponseController(w), last: in.Last}
		if err := s.stream(ctx, r, e, follow, in.Area); err != nil {
			s.log.Debug("a stream has ended", "error", err) // the listener has gone
		}
	}}, nil
}

// stream sends the day of an area, and each change of it, as long as who listens may
// have it: before each event it is looked who that is now.
func (s *Server) stream(ctx context.Context, r *http.Request, e *eventWriter, follow *service.LiveFollow, area string) error {
	if err := errors.Join(e.begin(), e.beat(s.service.Now())); err != nil {
		return err
	}
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	for {
		changed := follow.Changed()
		seen, ok := s.stillLets(r, "live", area)
		if !ok {
			return e.end("over")
		}
		view, err := follow.Live(service.WithViewer(ctx, seen), area)
		switch service.CodeOf(err) {
		case service.CodeForbidden, service.CodeNotFound, service.CodeSignIn:
			return e.end("over")
		}
		if err == nil { // else it is tried again at the next change or beat
			if err := e.state(&view); err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-beat.C:
			if err := e.beat(s.service.Now()); err != nil {
				return err
			}
		case <-follow.Ended():
			return e.end("closing")
		case <-ctx.Done():
			return fmt.Errorf("listen: %w", ctx.Err())
		}
	}
}

// stillLets tells who sends a request by now, and whether they may still ask for that
// operation.
func (s *Server) stillLets(r *http.Request, operation, area string) (service.Viewer, bool) {
	rule, _ := RuleOf(operation)
	viewer, err := s.access.Viewer(r)
	if err != nil {
		return viewer, false
	}
	viewer, good := viewer.Asking(operation, string(rule.Audience), rule.Need)
	if !good {
		return viewer, false
	}
	if as := r.URL.Query().Get("as"); as != "" {
		if viewer, err = viewer.Narrow(as); err != nil {
			return viewer, false
		}
	}
	return viewer, rule.lets(viewer, s.district, area)
}

// eventWriter writes events as the HTML standard describes them (server-sent events).
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	last    string // id of the state that was sent last
}

// begin writes the head of the answer. The bounds of a server on how long a request
// and its answer take are not those of a stream.
func (e *eventWriter) begin() error {
	if err := e.control.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("begin a stream: %w", err)
	}
	h := e.w.Header()
	h.Set("Content-Type", typeEvents)
	h.Set("Cache-Control", fresh)
	h.Set("X-Accel-Buffering", "no") // proxies pass each event on at once
	h.Set(gzhttp.HeaderNoCompression, "1")
	e.w.WriteHeader(http.StatusOK)
	return e.send(fmt.Sprintf("retry: %d\n\n", liveRetry.Milliseconds()))
}

// state sends a day, if it is another than the last one that was sent.
func (e *eventWriter) state(v *service.LiveView) error {
	day := liveOf(v)
	day.At = "" // else it would be another one each time
	b, err := json.Marshal(day)
	if err != nil {
		return fmt.Errorf("write a day: %w", err)
	}
	sum := sha256.Sum256(b)
	id := hex.EncodeToString(sum[:8])
	if id == e.last {
		return nil
	}
	e.last = id
	return e.send("id: " + id + "\nevent: state\ndata: " + string(bytes.TrimSpace(b)) + "\n\n")
}

// beat says that the stream is there, and what time it is: clocks of pages go by that.
func (e *eventWriter) beat(now time.Time) error {
	return e.send("event: time\ndata: " + timeText(now) + "\n\n")
}

// end says why nothing follows.
func (e *eventWriter) end(why string) error { return e.send("event: end\ndata: " + why + "\n\n") }

func (e *eventWriter) send(text string) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(livePatience)); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if _, err := e.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if err := e.control.Flush(); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}
