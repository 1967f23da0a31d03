package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/paulmach/orb/geojson"

	"sanse/reports/siting"
)

// sitesAnswer is an answer with the names of its sites.
type sitesAnswer struct {
	p                  *siting.Problem
	s                  *siting.Solution
	demand, candidates *sitesPoints
}

// sitesFile is an answer as JSON.
type sitesFile struct {
	Goal       siting.Goal `json:"goal"`
	Choose     int         `json:"choose,omitempty"`
	Budget     int64       `json:"budget,omitempty"`
	Radius     int32       `json:"radius,omitempty"`
	Objective  int64       `json:"objective"`
	Bound      int64       `json:"bound"` // no answer is better
	Gap        float64     `json:"gap"`   // |objective − bound| / bound
	Proven     bool        `json:"proven"`
	Weight     int64       `json:"weight"`   // of all demands
	Reached    int64       `json:"reached"`  // of those served
	Hopeless   int64       `json:"hopeless"` // of those whom no candidate reaches
	Iterations int         `json:"iterations"`
	Steps      []sitesStep `json:"steps"`
}

// sitesStep is a site in the order in which to open them.
type sitesStep struct {
	Step   int    `json:"step"`
	ID     string `json:"id"`
	Status string `json:"status"`
	Gain   int64  `json:"gain"`
	After  int64  `json:"after"`
	// Capacity and Load are there where sites have capacities; no limit has none.
	Capacity *int64 `json:"capacity,omitempty"`
	Load     *int64 `json:"load,omitempty"`
}

func (a *sitesAnswer) steps() []sitesStep {
	out := []sitesStep{}
	load := map[int32]int64{}
	for _, l := range a.s.Loads {
		load[l.Site] += l.Weight
	}
	for k, t := range a.s.Steps {
		status := "new"
		if a.p.Sites[t.Site].Status == siting.Idle {
			status = "idle"
		}
		step := sitesStep{Step: k + 1, ID: a.candidates.ids[t.Site], Status: status, Gain: t.Gain, After: t.After}
		if a.p.Capacity != nil {
			l := load[t.Site]
			if step.Load = &l; a.p.Capacity[t.Site] != siting.None {
				step.Capacity = &a.p.Capacity[t.Site]
			}
		}
		out = append(out, step)
	}
	return out
}

func (a *sitesAnswer) total() int64 {
	var sum int64
	for _, w := range a.p.Weight {
		sum += w
	}
	return sum
}

// summary says how good the answer is.
func (a *sitesAnswer) summary() string {
	var b strings.Builder
	share := 100.0
	if all := a.total(); all > 0 {
		share = 100 * float64(a.s.Reached) / float64(all)
	}
	fmt.Fprintf(&b, "%s, ", count(len(a.s.Chosen), "site", "sites"))
	switch a.p.Goal {
	case siting.MostCovered, siting.AllCovered:
		fmt.Fprintf(&b, "%d of %d covered (%.2f %%)", a.s.Reached, a.total(), share)
	case siting.LeastTotal:
		fmt.Fprintf(&b, "%d in all", a.s.Objective)
	case siting.LeastWorst:
		fmt.Fprintf(&b, "at most %d", a.s.Objective)
	}
	if a.s.Proven() {
		b.WriteString(", the best possible")
	} else {
		// Rounded up, so that it is true.
		fmt.Fprintf(&b, ", within %.2f %% of the best possible", 100*a.s.Gap+0.005)
	}
	return b.String()
}

// writer returns what writes the answer into a file of that name.
func (a *sitesAnswer) writer(name string) func(io.Writer) error {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return func(w io.Writer) error {
			return printJSON(w, sitesFile{
				Goal: a.p.Goal, Choose: a.p.Choose, Budget: a.p.Budget, Radius: a.p.Radius,
				Objective: a.s.Objective, Bound: a.s.Bound, Gap: a.s.Gap, Proven: a.s.Proven(),
				Weight: a.total(), Reached: a.s.Reached, Hopeless: a.s.Hopeless, Iterations: a.s.Iterations, Steps: a.steps(),
			})
		}
	case ".geojson":
		return a.geojson
	}
	return a.csv
}

func (a *sitesAnswer) csv(w io.Writer) error {
	rows := [][]string{{"step", "id", "status", "gain", "after"}}
	if a.p.Capacity != nil {
		rows[0] = append(rows[0], "capacity", "load")
	}
	for _, t := range a.steps() {
		row := []string{strconv.Itoa(t.Step), t.ID, t.Status, strconv.FormatInt(t.Gain, 10), strconv.FormatInt(t.After, 10)}
		if a.p.Capacity != nil {
			capacity := ""
			if t.Capacity != nil {
				capacity = strconv.FormatInt(*t.Capacity, 10)
			}
			row = append(row, capacity, strconv.FormatInt(*t.Load, 10))
		}
		rows = append(rows, row)
	}
	return writeSitesCSV(w, rows)
}

func (a *sitesAnswer) geojson(w io.Writer) error {
	all := geojson.NewFeatureCollection()
	for k, t := range a.steps() {
		f := geojson.NewFeature(a.candidates.at[a.s.Steps[k].Site])
		f.Properties = geojson.Properties{"step": t.Step, "id": t.ID, "status": t.Status, "gain": t.Gain, "after": t.After}
		if t.Load != nil {
			f.Properties["load"] = *t.Load
		}
		if t.Capacity != nil {
			f.Properties["capacity"] = *t.Capacity
		}
		all.Append(f)
	}
	return json.NewEncoder(w).Encode(all)
}

// assignment says who is served where; a demand that is not has empty fields.
func (a *sitesAnswer) assignment(w io.Writer) error {
	if a.p.Capacity != nil {
		return a.loads(w)
	}
	rows := [][]string{{"demand", "candidate", "cost"}}
	for d, site := range a.s.Site {
		row := []string{a.demand.ids[d], "", ""}
		if site != siting.None {
			row[1], row[2] = a.candidates.ids[site], strconv.FormatInt(int64(a.p.Ways.Between(d, site, len(a.p.Sites))), 10)
		}
		rows = append(rows, row)
	}
	return writeSitesCSV(w, rows)
}

// loads says who is served where by sites with capacities: a demand may have
// several rows, and what of it is served nowhere has one without a candidate.
func (a *sitesAnswer) loads(w io.Writer) error {
	rows := [][]string{{"demand", "candidate", "cost", "weight"}}
	next := 0
	for d, left := range a.p.Weight {
		for ; next < len(a.s.Loads) && int(a.s.Loads[next].Demand) == d; next++ {
			l := a.s.Loads[next]
			left -= l.Weight
			cost := a.p.Ways.Between(d, l.Site, len(a.p.Sites))
			rows = append(rows, []string{a.demand.ids[d], a.candidates.ids[l.Site], strconv.FormatInt(int64(cost), 10), strconv.FormatInt(l.Weight, 10)})
		}
		if left > 0 {
			rows = append(rows, []string{a.demand.ids[d], "", "", strconv.FormatInt(left, 10)})
		}
	}
	return writeSitesCSV(w, rows)
}

func writeSitesCSV(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
