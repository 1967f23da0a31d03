package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"sanse/planner"
	"sanse/planner/vrp"
)

// VROOMSolution is a solution in the JSON of VROOM. What VROOM always writes
// and other programs may leave out is a pointer, nil where it is left out.
type VROOMSolution struct {
	Code       int               `json:"code"`
	Error      string            `json:"error,omitempty"`
	Summary    VROOMSummary      `json:"summary"`
	Unassigned []VROOMUnassigned `json:"unassigned"`
	Routes     []VROOMRoute      `json:"routes"`
}

// VROOMFigures are sums over a route, or over all.
type VROOMFigures struct {
	Cost     *int64  `json:"cost,omitempty"`
	Delivery []int64 `json:"delivery,omitempty"`
	Pickup   []int64 `json:"pickup,omitempty"`
	Setup    *int64  `json:"setup,omitempty"`
	Service  *int64  `json:"service,omitempty"`
	Duration *int64  `json:"duration,omitempty"` // of travel
	Waiting  *int64  `json:"waiting_time,omitempty"`
	Priority *int64  `json:"priority,omitempty"` // of the jobs done
	Distance *int64  `json:"distance,omitempty"` // where the matrices have distances
}

// VROOMSummary are the figures of the whole solution.
type VROOMSummary struct {
	VROOMFigures
	Routes     *int              `json:"routes,omitempty"`
	Unassigned *int              `json:"unassigned,omitempty"` // visits missed
	Violations []json.RawMessage `json:"violations"`
}

// VROOMUnassigned is a job that is not done, or not as often as its rule asks.
type VROOMUnassigned struct {
	ID            uint64          `json:"id"`
	Type          string          `json:"type"` // job
	Description   string          `json:"description,omitempty"`
	Location      json.RawMessage `json:"location,omitempty"`
	LocationIndex *int            `json:"location_index,omitempty"`
	// Missed is the number of visits missed where the job has a rule; Reason
	// says why, Detail the same in English (all three Sanse's own).
	Missed int            `json:"missed,omitempty"`
	Reason planner.Reason `json:"reason,omitempty"`
	Detail string         `json:"detail,omitempty"`
}

// VROOMRoute is the route of a vehicle, on a day.
type VROOMRoute struct {
	Vehicle     uint64 `json:"vehicle"`
	Description string `json:"description,omitempty"`
	Day         int    `json:"day,omitempty"` // from 1, where the problem has horizon_days (Sanse's own)
	VROOMFigures
	Steps      []VROOMStep       `json:"steps"`
	Violations []json.RawMessage `json:"violations"`
}

// VROOMStep is a step of a route.
type VROOMStep struct {
	Type          string            `json:"type"` // start, job, break, end
	Description   string            `json:"description,omitempty"`
	Location      json.RawMessage   `json:"location,omitempty"`
	LocationIndex *int              `json:"location_index,omitempty"`
	ID            *uint64           `json:"id,omitempty"`
	Setup         *int64            `json:"setup,omitempty"`
	Service       *int64            `json:"service,omitempty"`
	Waiting       *int64            `json:"waiting_time,omitempty"`
	Load          []int64           `json:"load,omitempty"` // after the step
	Arrival       *int64            `json:"arrival,omitempty"`
	Duration      *int64            `json:"duration,omitempty"` // of travel so far
	Distance      *int64            `json:"distance,omitempty"` // so far
	Violations    []json.RawMessage `json:"violations"`
}

// ReadVROOMSolution reads a solution. What it says is for Check to judge.
func ReadVROOMSolution(r io.Reader) (*VROOMSolution, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read VROOM's solution: %w", err)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	var s VROOMSolution
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("read VROOM's solution: %w", errorf("%v", jsonError(b, err)))
	}
	if s.Code == 0 && s.Routes == nil {
		return nil, fmt.Errorf("read VROOM's solution: %w", errorf("routes is missing"))
	}
	for i, route := range s.Routes {
		for k, st := range route.Steps {
			path := fmt.Sprintf("routes[%d].steps[%d]", i, k)
			switch {
			case st.Arrival == nil:
				return nil, fmt.Errorf("read VROOM's solution: %w", errorf("%s.arrival is missing", path))
			case st.ID == nil && st.Type != "start" && st.Type != "end":
				return nil, fmt.Errorf("read VROOM's solution: %w", errorf("%s.id is missing", path))
			}
		}
	}
	return &s, nil
}

// Write writes the solution.
func (s *VROOMSolution) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return fmt.Errorf("write VROOM's solution: %w", err)
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// none is an empty list, which JSON shows as one.
func none() []json.RawMessage { return []json.RawMessage{} }

// result turns a solution into VROOM's shape. The figures are added up from the
// matrices of the file, not from the compiled ones.
func (p *vroomPlan) result(s *vrp.Solution) *VROOMSolution {
	p.reasons.trials = 0
	out := &VROOMSolution{Unassigned: []VROOMUnassigned{}, Routes: []VROOMRoute{}}
	out.Summary.Violations = none()
	dims := len(p.in.Vehicles[0].Capacity)
	all := newSums(dims)
	for _, r := range s.Routes {
		route, sums := p.route(r)
		out.Routes = append(out.Routes, route)
		all.add(sums)
	}
	missed := 0
	for i, days := range s.Days(p.problem) {
		if n := p.missed(i, days); n > 0 {
			missed += n
			out.Unassigned = append(out.Unassigned, p.unassigned(i, n, s))
		}
	}
	out.Summary.VROOMFigures = all.figures(p.distances())
	out.Summary.Routes, out.Summary.Unassigned = ptr(len(out.Routes)), &missed
	return out
}

// distances tells whether every profile in use has distances.
func (p *vroomPlan) distances() bool {
	for i := range p.in.Vehicles {
		if p.in.Matrices[p.in.Vehicles[i].Profile].Distances == nil {
			return false
		}
	}
	return true
}

// missed is how many visits of a client are missed when it is visited on these
// days (from 0).
func (p *vroomPlan) missed(client int, days []int) int {
	cost, ok := p.in.rule(&p.in.Jobs[client], 1).Cost(days)
	if !ok {
		return 0 // not of this solver: Check tells
	}
	return int(cost)
}

// sums are figures while they are added up.
type sums struct {
	delivery, pickup                                            []int64
	cost, setup, service, duration, waiting, priority, distance int64
}

func newSums(dims int) *sums {
	return &sums{delivery: make([]int64, dims), pickup: make([]int64, dims)}
}

func (s *sums) add(t *sums) {
	for d := range s.delivery {
		s.delivery[d] += t.delivery[d]
		s.pickup[d] += t.pickup[d]
	}
	s.cost += t.cost
	s.setup += t.setup
	s.service += t.service
	s.duration += t.duration
	s.waiting += t.waiting
	s.priority += t.priority
	s.distance += t.distance
}

func (s *sums) figures(distances bool) VROOMFigures {
	f := VROOMFigures{
		Cost: &s.cost, Delivery: s.delivery, Pickup: s.pickup, Setup: &s.setup, Service: &s.service, Duration: &s.duration,
		Waiting: &s.waiting, Priority: &s.priority,
	}
	if distances {
		f.Distance = &s.distance
	}
	return f
}

// walk is a route while its steps are written.
type walk struct {
	p       *vroomPlan
	v       *VROOMVehicle
	m       VROOMMatrices
	sums    *sums
	exact   int64 // cost so far, times wholeCost
	at      int   // index in the matrices, -1 before the first place
	now     int64
	load    []int64
	steps   []VROOMStep
	showKms bool
}

// route writes the steps of a route.
func (p *vroomPlan) route(r vrp.Route) (VROOMRoute, *sums) {
	shift := p.shifts[r.Shift]
	v := &p.in.Vehicles[shift.vehicle]
	out := VROOMRoute{Vehicle: v.ID, Description: v.Description, Violations: none()}
	if p.in.Periodic {
		out.Day = shift.day
	}
	dims := len(v.Capacity)
	w := &walk{
		p: p, v: v, m: p.in.Matrices[v.Profile], sums: newSums(dims), at: -1, now: p.base + int64(r.Depart), load: make([]int64, dims),
		showKms: p.distances(),
	}
	for _, st := range r.Stops {
		if st.Client != vrp.None {
			for d := range w.load {
				w.load[d] += at(p.in.Jobs[st.Client].Delivery, d)
			}
		}
	}
	if v.StartIndex != nil {
		w.at = *v.StartIndex
		w.step(VROOMStep{Type: "start", Location: v.Start, LocationIndex: v.StartIndex}, w.now, 0, 0)
	}
	for k, st := range r.Stops {
		begin := p.base + int64(st.Begin)
		if st.Client == vrp.None {
			w.pause(&v.Breaks[st.Break], begin, w.next(r.Stops[k+1:]))
		} else {
			w.visit(&p.in.Jobs[st.Client], begin)
		}
	}
	if v.EndIndex != nil {
		w.travel(*v.EndIndex)
		w.step(VROOMStep{Type: "end", Location: v.End, LocationIndex: v.EndIndex}, w.now, 0, 0)
	}
	w.sums.cost = (w.exact+wholeCost/2)/wholeCost + v.costs().Fixed
	out.VROOMFigures = w.sums.figures(w.showKms)
	out.Steps = w.steps
	return out, w.sums
}

// next is the place that the route goes to after a break, -1 for none.
func (w *walk) next(rest []vrp.Stop) int {
	for _, st := range rest {
		if st.Client != vrp.None {
			return *w.p.in.Jobs[st.Client].LocationIndex
		}
	}
	if w.v.EndIndex != nil {
		return *w.v.EndIndex
	}
	return -1
}

// travel goes to a place.
func (w *walk) travel(to int) {
	if w.at >= 0 {
		seconds, cost, _ := w.m.way(w.v.tariff(), w.at, to)
		// A break on the way took place after part of it.
		seconds -= w.gone()
		w.now += seconds
		w.sums.duration += seconds
		w.exact += cost
		if w.m.Distances != nil {
			w.sums.distance += int64(w.m.Distances[w.at][to])
		}
	}
	w.at = to
}

// gone is how much of the way from the last place is travelled already.
func (w *walk) gone() int64 {
	gone := int64(0)
	for k := len(w.steps) - 1; k >= 0; k-- {
		if w.steps[k].Type != "break" {
			return w.sums.duration - *w.steps[k].Duration
		}
	}
	return gone
}

// step adds a step that begins to be worked at w.now after waiting.
func (w *walk) step(s VROOMStep, arrival, setup, service int64) {
	waiting := w.now - arrival
	s.Arrival, s.Setup, s.Service, s.Waiting = &arrival, &setup, &service, &waiting
	s.Duration = ptr(w.sums.duration)
	if w.showKms {
		s.Distance = ptr(w.sums.distance)
	}
	if len(w.load) > 0 {
		s.Load = append([]int64{}, w.load...)
	}
	s.Violations = none()
	w.steps = append(w.steps, s)
	w.sums.waiting += waiting
	w.sums.setup += setup
	w.sums.service += service
	w.now += setup + service
}

func (w *walk) visit(j *VROOMJob, begin int64) {
	setup := j.Setup
	if w.at == *j.LocationIndex {
		setup = 0
	}
	w.travel(*j.LocationIndex)
	arrival := w.now
	if w.first() {
		arrival = begin // nobody comes from anywhere
	}
	w.now = begin
	for d := range w.load {
		w.load[d] += at(j.Pickup, d) - at(j.Delivery, d)
		w.sums.delivery[d] += at(j.Delivery, d)
		w.sums.pickup[d] += at(j.Pickup, d)
	}
	w.sums.priority += j.Priority
	w.step(VROOMStep{
		Type: "job", ID: &j.ID, Description: j.Description, Location: j.Location, LocationIndex: j.LocationIndex,
	}, arrival, setup, j.Service)
}

// first tells whether the route has no step yet.
func (w *walk) first() bool { return len(w.steps) == 0 }

// pause adds a break on the way to a place: as much of the way as there is time
// for comes first, then waiting.
func (w *walk) pause(b *VROOMBreak, begin int64, to int) {
	arrival := begin
	if !w.first() {
		arrival = w.now
		if w.at >= 0 && to >= 0 {
			seconds, _, _ := w.m.way(w.v.tariff(), w.at, to)
			part := max(0, min(seconds-w.gone(), begin-w.now))
			arrival += part
			w.sums.duration += part
		}
	}
	w.now = begin
	w.step(VROOMStep{Type: "break", ID: &b.ID, Description: b.Description}, arrival, 0, b.Service)
}
