package formats

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"sanse/planner/internal/english"
	"sanse/planner/internal/fields"
)

// VROOM is a problem in the JSON of VROOM (its docs/API.md), with matrices
// given and jobs only: no shipments, no streets. Times are seconds, distances
// metres. Fields that Sanse adds are marked so; with none of them the problem is
// VROOM's own, of one day.
type VROOM struct {
	Jobs     []VROOMJob
	Vehicles []VROOMVehicle
	Matrices map[string]VROOMMatrices // by profile
	// Days is the number of days (horizon_days, Sanse's own), numbered from 1;
	// times are then times of a day. Periodic tells whether the file named it.
	Days     int
	Periodic bool
	// FirstWeekday is the weekday of day 1, 1 being Monday (first_weekday,
	// Sanse's own): weeks end on Sunday.
	FirstWeekday int

	// unknown says which fields of the file nobody reads.
	unknown []string
}

// VROOMJob is a place to be visited.
type VROOMJob struct {
	ID            uint64          `json:"id"`
	Description   string          `json:"description,omitempty"`
	Location      json.RawMessage `json:"location,omitempty"` // repeated in the solution
	LocationIndex *int            `json:"location_index"`
	Setup         int64           `json:"setup"`
	Service       int64           `json:"service"`
	Delivery      []int64         `json:"delivery"`
	Pickup        []int64         `json:"pickup"`
	Amount        []int64         `json:"amount"` // what delivery was called before
	Skills        []int64         `json:"skills"`
	Priority      int64           `json:"priority"`
	TimeWindows   [][]int64       `json:"time_windows"`
	// Days are those on which it can be visited, all where there are none
	// (Sanse's own).
	Days []int `json:"days"`
	// Rule says how often it is visited; nil: once (Sanse's own).
	Rule *VROOMRule `json:"rule"`
}

// VROOMVehicle is a vehicle, with room for one route in each of its shifts.
type VROOMVehicle struct {
	ID          uint64 `json:"id"`
	Description string `json:"description,omitempty"`
	Profile     string `json:"profile"` // empty: car
	// Type matters in VROOM to service_per_type and setup_per_type, which are
	// refused; it is known so that it need not be told of.
	Type          string          `json:"type,omitempty"`
	Start         json.RawMessage `json:"start,omitempty"`
	StartIndex    *int            `json:"start_index"`
	End           json.RawMessage `json:"end,omitempty"`
	EndIndex      *int            `json:"end_index"`
	Capacity      []int64         `json:"capacity"`
	Skills        []int64         `json:"skills"`
	TimeWindow    []int64         `json:"time_window"`
	Breaks        []VROOMBreak    `json:"breaks"`
	SpeedFactor   *float64        `json:"speed_factor"`
	MaxTasks      *int64          `json:"max_tasks"`
	MaxTravelTime *int64          `json:"max_travel_time"`
	MaxDistance   *int64          `json:"max_distance"` // known to the checker alone
	Costs         *VROOMCosts     `json:"costs"`
	Steps         []VROOMStart    `json:"steps"`
	// Days are those on which it works, all where there are none; Shifts
	// replace them and the time window where a vehicle works more than one span
	// of a day or not the same on every day (both Sanse's own).
	Days   []int        `json:"days"`
	Shifts []VROOMShift `json:"shifts"`
}

// VROOMShift is a span of some days in which a vehicle makes one route a day.
type VROOMShift struct {
	Days       []int   `json:"days"` // none: all
	TimeWindow []int64 `json:"time_window"`
}

// VROOMBreak is a pause that every route of the vehicle takes.
type VROOMBreak struct {
	ID          uint64    `json:"id"`
	Description string    `json:"description,omitempty"`
	TimeWindows [][]int64 `json:"time_windows"`
	Service     int64     `json:"service"`
	MaxLoad     []int64   `json:"max_load"` // known to the checker alone
}

// VROOMCosts are what a vehicle costs.
type VROOMCosts struct {
	Fixed       int64  `json:"fixed"`
	PerHour     *int64 `json:"per_hour"` // of travel; nil: 3600, so that a second costs 1
	PerKm       int64  `json:"per_km"`
	PerTaskHour int64  `json:"per_task_hour"` // not read but where it is 0
}

// VROOMStart is a step of a route to start the search from.
type VROOMStart struct {
	Type string `json:"type"`
	ID   uint64 `json:"id"`
	Day  int    `json:"day"` // Sanse's own; 0 stands for the first
}

// ReadVROOM reads a problem and says, by JSON path, what of it is wrong or not
// read.
func ReadVROOM(r io.Reader) (*VROOM, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read VROOM's problem: %w", err)
	}
	in, err := parseVROOM(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	if err != nil {
		return nil, fmt.Errorf("read VROOM's problem: %w", err)
	}
	return in, nil
}

// vroomFile is a problem as a file has it.
type vroomFile struct {
	Jobs         []VROOMJob                            `json:"jobs"`
	Shipments    []json.RawMessage                     `json:"shipments"`
	Vehicles     []VROOMVehicle                        `json:"vehicles"`
	Matrix       json.RawMessage                       `json:"matrix"` // the oldest form: durations of every profile
	Matrices     map[string]map[string]json.RawMessage `json:"matrices"`
	HorizonDays  *int                                  `json:"horizon_days"`
	FirstWeekday *int                                  `json:"first_weekday"`
}

func parseVROOM(b []byte) (*VROOM, error) {
	var f vroomFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, errorf("%v", jsonError(b, err))
	}
	if err := refused(b, len(f.Shipments)); err != nil {
		return nil, err
	}
	in := &VROOM{Jobs: f.Jobs, Vehicles: f.Vehicles, Days: 1, FirstWeekday: 1}
	if f.HorizonDays != nil {
		in.Days, in.Periodic = *f.HorizonDays, true
		if in.Days < 1 || in.Days > maxVROOMDays {
			return nil, errorf("horizon_days is %d, want 1 to %d", in.Days, maxVROOMDays)
		}
	}
	if f.FirstWeekday != nil {
		in.FirstWeekday = *f.FirstWeekday
		if in.FirstWeekday < 1 || in.FirstWeekday > 7 {
			return nil, errorf("first_weekday is %d, want 1 (Monday) to 7", in.FirstWeekday)
		}
	}
	var err error
	if in.Matrices, err = readVROOMMatrices(f.Matrix, f.Matrices); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	return in, in.findUnknown(b)
}

// maxUnknown bounds the unknown fields that are named.
const maxUnknown = 10

// findUnknown notes the fields that nobody reads: VROOM itself passes over them,
// so they are no error, but a field of ours that is misspelt must show.
func (in *VROOM) findUnknown(b []byte) error {
	paths, more, err := fields.Unknown(b, vroomFile{}, maxUnknown)
	if err != nil {
		return errorf("%v", err)
	}
	for _, p := range paths {
		in.unknown = append(in.unknown, p+" is not known and passed over")
	}
	if more > 0 {
		in.unknown = append(in.unknown, fmt.Sprintf("and %s not known", english.Count(more, "more field is", "more fields are")))
	}
	return nil
}

// Warnings names the fields of the file that nobody reads, by path, the first
// ten of them.
func (in *VROOM) Warnings() []string { return in.unknown }

// maxVROOMDays and maxVROOMShifts bound what is built.
const (
	maxVROOMDays   = 366
	maxVROOMShifts = 1_000_000
	maxVROOMLoad   = 1 << 29
)

// refused tells of keys that change what a solution must be and are not read,
// and of ids that are missing, which cannot be told from 0 once they are read.
func refused(b []byte, shipments int) error {
	if shipments > 0 {
		return errorf("shipments are not read: a pickup and its delivery on one route are two jobs to Sanse; leave them out or solve them apart")
	}
	type named struct {
		Type string  `json:"type"`
		ID   *uint64 `json:"id"`
	}
	var f struct {
		Jobs     []map[string]json.RawMessage `json:"jobs"`
		Vehicles []struct {
			ID     *uint64 `json:"id"`
			Breaks []named `json:"breaks"`
			Steps  []named `json:"steps"`
		} `json:"vehicles"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return errorf("%v", jsonError(b, err))
	}
	for i, o := range f.Jobs {
		for _, k := range []string{"service_per_type", "setup_per_type"} {
			if _, ok := o[k]; ok {
				return errorf("jobs[%d].%s is not read", i, k)
			}
		}
		if id := o["id"]; id == nil || string(id) == "null" {
			return errorf("jobs[%d].id is missing", i)
		}
	}
	for i, v := range f.Vehicles {
		if v.ID == nil {
			return errorf("vehicles[%d].id is missing", i)
		}
		for k, b := range v.Breaks {
			if b.ID == nil {
				return errorf("vehicles[%d].breaks[%d].id is missing", i, k)
			}
		}
		for k, s := range v.Steps {
			if s.Type == "job" && s.ID == nil {
				return errorf("vehicles[%d].steps[%d].id is missing: which job?", i, k)
			}
		}
	}
	return nil
}

func (in *VROOM) validate() error {
	if len(in.Vehicles) == 0 {
		return errorf("vehicles is missing or empty")
	}
	if len(in.Jobs) > maxPlaces {
		return errorf("%d jobs, want at most %d", len(in.Jobs), maxPlaces)
	}
	dims := len(in.Vehicles[0].Capacity)
	ids := map[uint64]int{}
	routes := 0
	for i := range in.Vehicles {
		v := &in.Vehicles[i]
		path := fmt.Sprintf("vehicles[%d]", i)
		if j, twice := ids[v.ID]; twice {
			return errorf("%s.id %d is that of vehicles[%d] too", path, v.ID, j)
		}
		ids[v.ID] = i
		if err := in.validateVehicle(path, v, dims); err != nil {
			return err
		}
		routes += in.Days * max(1, len(v.Shifts))
	}
	if routes > maxVROOMShifts {
		return errorf("%d shifts over %d days are more than can be planned", routes, in.Days)
	}
	ids = map[uint64]int{}
	sum := make([]int64, dims)
	for i := range in.Jobs {
		j := &in.Jobs[i]
		path := fmt.Sprintf("jobs[%d]", i)
		if k, twice := ids[j.ID]; twice {
			return errorf("%s.id %d is that of jobs[%d] too", path, j.ID, k)
		}
		ids[j.ID] = i
		if err := in.validateJob(path, j, dims); err != nil {
			return err
		}
		for d := range sum {
			sum[d] += at(j.Delivery, d) + at(j.Pickup, d)
			if sum[d] > maxVROOMLoad {
				return errorf("%s: the loads sum up to %d, want at most %d", path, sum[d], maxVROOMLoad)
			}
		}
	}
	return in.validateSteps(ids)
}

// at is entry i of a load, 0 where there is none.
func at(load []int64, i int) int64 {
	if i < len(load) {
		return load[i]
	}
	return 0
}

func (in *VROOM) validateVehicle(path string, v *VROOMVehicle, dims int) error {
	if v.Profile == "" {
		v.Profile = "car"
	}
	m, ok := in.Matrices[v.Profile]
	if !ok {
		return errorf("matrices.%s is missing: Sanse asks no routing service for the ways of %s, give the durations (seconds) in the problem", v.Profile, path)
	}
	for _, p := range []struct {
		key   string
		index *int
		point json.RawMessage
	}{{"start", v.StartIndex, v.Start}, {"end", v.EndIndex, v.End}} {
		if p.index == nil && p.point != nil {
			return errorf("%s.%s_index is missing: the matrices know places by number, not by coordinates", path, p.key)
		}
		if p.index != nil && (*p.index < 0 || *p.index >= m.size()) {
			return errorf("%s.%s_index is %d, matrices.%s has %s", path, p.key, *p.index, v.Profile, english.Count(m.size(), "place", "places"))
		}
	}
	if len(v.Capacity) != dims {
		return errorf("%s.capacity has %s, that of vehicles[0] has %d", path, english.Count(len(v.Capacity), "entry", "entries"), dims)
	}
	if err := validateLoad(path+".capacity", v.Capacity, dims, math.MaxInt64); err != nil {
		return err
	}
	if v.TimeWindow != nil {
		if err := validateWindow(path+".time_window", v.TimeWindow); err != nil {
			return err
		}
	}
	if err := in.validateDays(path+".days", v.Days); err != nil {
		return err
	}
	for k, s := range v.Shifts {
		p := fmt.Sprintf("%s.shifts[%d]", path, k)
		if err := in.validateDays(p+".days", s.Days); err != nil {
			return err
		}
		if err := validateWindow(p+".time_window", s.TimeWindow); err != nil {
			return err
		}
	}
	if err := in.validateShifts(path, v.Shifts); err != nil {
		return err
	}
	if v.Shifts != nil && (v.TimeWindow != nil || v.Days != nil) {
		return errorf("%s has shifts, and days or a time_window beside them: the shifts say it all", path)
	}
	breaks := map[uint64]bool{}
	for k, b := range v.Breaks {
		p := fmt.Sprintf("%s.breaks[%d]", path, k)
		if breaks[b.ID] {
			return errorf("%s.id %d is that of another break of the vehicle", p, b.ID)
		}
		breaks[b.ID] = true
		if b.Service < 0 || b.Service > longest {
			return errorf("%s.service is %d, want 0 to %d", p, b.Service, longest)
		}
		if err := validateWindows(p+".time_windows", b.TimeWindows); err != nil {
			return err
		}
	}
	// Breaks are taken in the order in which they can begin.
	slices.SortStableFunc(v.Breaks, func(a, b VROOMBreak) int { return cmp.Compare(a.first(), b.first()) })
	if f := v.SpeedFactor; f != nil && (!(*f > 0) || *f > 5) {
		return errorf("%s.speed_factor is %g, want above 0 and at most 5", path, *f)
	}
	for _, b := range []struct {
		key string
		v   *int64
	}{{"max_tasks", v.MaxTasks}, {"max_travel_time", v.MaxTravelTime}, {"max_distance", v.MaxDistance}} {
		if b.v != nil && *b.v < 0 {
			return errorf("%s.%s is %d, want 0 or more", path, b.key, *b.v)
		}
	}
	return in.validateCosts(path, v, m)
}

// validateShifts wants a vehicle to be in one place at a time: shifts of one
// day may touch, but not overlap.
func (in *VROOM) validateShifts(path string, shifts []VROOMShift) error {
	for k, s := range shifts {
		for q, o := range shifts[:k] {
			if a, b := s.TimeWindow, o.TimeWindow; a[0] >= b[1] && a[1] > b[0] || b[0] >= a[1] && b[1] > a[0] {
				continue
			}
			for d := 1; d <= in.Days; d++ {
				if s.on(d) && o.on(d) {
					return errorf("%s.shifts[%d] and shifts[%d] overlap on day %d", path, q, k, d)
				}
			}
		}
	}
	return nil
}

// on tells whether the shift is on the day.
func (s *VROOMShift) on(day int) bool { return s.Days == nil || slices.Contains(s.Days, day) }

// first is when the break can begin at the earliest.
func (b *VROOMBreak) first() int64 {
	if b.TimeWindows == nil {
		return 0
	}
	return b.TimeWindows[0][0]
}

// maxRate bounds the costs of an hour and of a kilometre, so that the cost of a
// way fits.
const maxRate = 1_000_000

func (in *VROOM) validateCosts(path string, v *VROOMVehicle, m VROOMMatrices) error {
	c := v.costs()
	for _, r := range []struct {
		key     string
		v, most int64
	}{{"fixed", c.Fixed, 1000 * maxRate}, {"per_hour", *c.PerHour, maxRate}, {"per_km", c.PerKm, maxRate}} {
		if r.v < 0 || r.v > r.most {
			return errorf("%s.costs.%s is %d, want 0 to %d", path, r.key, r.v, r.most)
		}
	}
	switch {
	case c.PerTaskHour != 0:
		return errorf("%s.costs.per_task_hour is not read", path)
	case c.PerKm > 0 && m.Distances == nil:
		return errorf("matrices.%s.distances is missing, which %s.costs.per_km needs", v.Profile, path)
	case m.Costs != nil && (*c.PerHour != 3600 || c.PerKm != 0):
		return errorf("%s.costs.per_hour and per_km have no meaning beside matrices.%s.costs", path, v.Profile)
	}
	return nil
}

// costs are the vehicle's, with what is left out filled in.
func (v *VROOMVehicle) costs() VROOMCosts {
	usual := int64(3600)
	c := VROOMCosts{}
	if v.Costs != nil {
		c = *v.Costs
	}
	if c.PerHour == nil {
		c.PerHour = &usual
	}
	return c
}

func (in *VROOM) validateJob(path string, j *VROOMJob, dims int) error {
	if j.LocationIndex == nil {
		return errorf("%s.location_index is missing: the matrices know places by number, not by coordinates", path)
	}
	for profile, m := range in.Matrices {
		if *j.LocationIndex < 0 || *j.LocationIndex >= m.size() {
			return errorf("%s.location_index is %d, matrices.%s has %s", path, *j.LocationIndex, profile, english.Count(m.size(), "place", "places"))
		}
	}
	for _, t := range []struct {
		key string
		v   int64
	}{{"setup", j.Setup}, {"service", j.Service}} {
		if t.v < 0 || t.v > longest {
			return errorf("%s.%s is %d, want 0 to %d seconds", path, t.key, t.v, longest)
		}
	}
	if j.Priority < 0 || j.Priority > 100 {
		return errorf("%s.priority is %d, want 0 to 100", path, j.Priority)
	}
	if j.Delivery == nil {
		j.Delivery = j.Amount
	}
	for _, l := range []struct {
		key  string
		load []int64
	}{{"delivery", j.Delivery}, {"pickup", j.Pickup}} {
		if l.load == nil {
			continue
		}
		if err := validateLoad(path+"."+l.key, l.load, dims, maxVROOMLoad); err != nil {
			return err
		}
	}
	if err := validateWindows(path+".time_windows", j.TimeWindows); err != nil {
		return err
	}
	if err := in.validateDays(path+".days", j.Days); err != nil {
		return err
	}
	if j.Rule != nil {
		return in.validateRule(path+".rule", j)
	}
	return nil
}

// validateSteps checks the routes to start from: known jobs, each once a day.
func (in *VROOM) validateSteps(jobs map[uint64]int) error {
	type visit struct {
		job uint64
		day int
	}
	seen := map[visit]string{}
	for i := range in.Vehicles {
		v := &in.Vehicles[i]
		for k, s := range v.Steps {
			path := fmt.Sprintf("vehicles[%d].steps[%d]", i, k)
			switch s.Type {
			case "start", "end", "break":
				continue
			case "job":
			default:
				return errorf("%s.type is %.20q, want start, job, break or end", path, s.Type)
			}
			if _, ok := jobs[s.ID]; !ok {
				return errorf("%s.id: there is no job %d", path, s.ID)
			}
			if s.Day < 0 || s.Day > in.Days {
				return errorf("%s.day is %d, want 1 to %d", path, s.Day, in.Days)
			}
			at := visit{s.ID, max(1, s.Day)}
			if other := seen[at]; other != "" {
				return errorf("%s: job %d is in %s too, on the same day", path, s.ID, other)
			}
			seen[at] = path
		}
	}
	return nil
}

func (in *VROOM) validateDays(path string, days []int) error {
	for i, d := range days {
		if d < 1 || d > in.Days {
			return errorf("%s[%d] is %d, want 1 to %d (horizon_days)", path, i, d, in.Days)
		}
	}
	return nil
}

func validateLoad(path string, load []int64, dims int, most int64) error {
	if len(load) != dims {
		return errorf("%s has %s, the capacity of vehicles[0] has %d", path, english.Count(len(load), "entry", "entries"), dims)
	}
	for i, q := range load {
		if q < 0 || q > most {
			return errorf("%s[%d] is %d, want 0 or more (at most %d)", path, i, q, most)
		}
	}
	return nil
}

// maxTimestamp is far beyond every clock.
const maxTimestamp = 1 << 40

func validateWindow(path string, w []int64) error {
	switch {
	case len(w) != 2:
		return errorf("%s has %s, want [from, to]", path, english.Count(len(w), "entry", "entries"))
	case w[0] < 0 || w[1] > maxTimestamp:
		return errorf("%s is [%d, %d], want 0 to %d seconds", path, w[0], w[1], int64(maxTimestamp))
	case w[1] < w[0]:
		return errorf("%s ends at %d, before it begins at %d", path, w[1], w[0])
	}
	return nil
}

// validateWindows wants a list that is left out or holds windows that do not
// overlap; they are sorted.
func validateWindows(path string, list [][]int64) error {
	if list != nil && len(list) == 0 {
		return errorf("%s is empty: leave it out where any time will do", path)
	}
	for i, w := range list {
		if err := validateWindow(fmt.Sprintf("%s[%d]", path, i), w); err != nil {
			return err
		}
	}
	slices.SortFunc(list, func(a, b []int64) int { return cmp.Compare(a[0], b[0]) })
	for i := 1; i < len(list); i++ {
		if list[i][0] <= list[i-1][1] {
			return errorf("%s: [%d, %d] and [%d, %d] overlap", path, list[i-1][0], list[i-1][1], list[i][0], list[i][1])
		}
	}
	return nil
}
