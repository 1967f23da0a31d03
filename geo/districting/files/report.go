package files

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"sanse/geo/districting"
)

// Report is the metrics of a drawing as JSON.
type Report struct {
	Units        int             `json:"units"`
	Communities  int             `json:"communities"`
	Zones        int             `json:"zones"`
	Goal         string          `json:"goal,omitempty"`
	CutEdges     int             `json:"cut_edges"`
	Border       float64         `json:"border"`        // between zones: metres, or the file's own units
	PolsbyPopper float64         `json:"polsby_popper"` // mean over zones; 0: not known
	Parts        int             `json:"parts"`         // zones, if each is in one piece
	BarrierPairs int             `json:"barriers_crossed"`
	Moved        int             `json:"moved"` // units elsewhere than today
	Excess       float64         `json:"excess"`
	Weights      []WeightReport  `json:"weights"`
	PerZone      []ZoneReport    `json:"per_zone"`
	Forbids      []ForbidsReport `json:"forbids,omitempty"`
}

// WeightReport is the balance of one weight.
type WeightReport struct {
	Name      string  `json:"name"`
	Sum       int64   `json:"sum"`
	Tolerance float64 `json:"tolerance,omitempty"`
	Least     int64   `json:"least,omitempty"`
	Most      int64   `json:"most,omitempty"`
	MeanOff   float64 `json:"mean_off"`  // mean share off the target, whichever way
	WorstOff  float64 `json:"worst_off"` // above (+) or below (−)
	WorstZone string  `json:"worst_zone,omitempty"`
}

// ZoneReport measures one zone.
type ZoneReport struct {
	Zone         string             `json:"zone"`
	Community    string             `json:"community,omitempty"`
	Units        int                `json:"units"`
	Parts        int                `json:"parts"`
	PolsbyPopper float64            `json:"polsby_popper"`
	Sums         map[string]int64   `json:"sums"`
	Off          map[string]float64 `json:"off"`
}

// ForbidsReport is one obstacle.
type ForbidsReport struct {
	Kind      string   `json:"kind"`
	Community string   `json:"community,omitempty"`
	Zone      string   `json:"zone,omitempty"`
	Weight    string   `json:"weight,omitempty"`
	Units     []string `json:"units,omitempty"`
	Short     int64    `json:"short,omitempty"`
	Message   string   `json:"message"`
}

// NewReport words the metrics of a drawing of p, made from the units u, whose
// zones have the names given.
func NewReport(u *Units, p *districting.Problem, names []string, m districting.Metrics, excess float64, forbids []districting.Obstacle) *Report {
	r := &Report{
		Units: u.Len(), Communities: len(u.Communities), Zones: len(m.Zones), Goal: string(p.Goal),
		CutEdges: m.CutEdges, Border: math.Round(m.BorderMetres*1000) / 1000, PolsbyPopper: rounded(m.PolsbyPopper), Parts: m.Parts,
		BarrierPairs: m.BarrierPairs, Moved: m.Moved, Excess: rounded(excess), Weights: []WeightReport{}, PerZone: []ZoneReport{},
	}
	for i, w := range p.Weights {
		x := WeightReport{Name: w.Name, Tolerance: w.Tolerance, Least: w.Least, Most: w.Most}
		for _, v := range w.Of {
			x.Sum += v
		}
		for z, zm := range m.Zones {
			off := zm.Off[i]
			x.MeanOff += math.Abs(off) / float64(len(m.Zones))
			if math.Abs(off) > math.Abs(x.WorstOff) {
				x.WorstOff, x.WorstZone = off, names[z]
			}
		}
		x.MeanOff, x.WorstOff = rounded(x.MeanOff), rounded(x.WorstOff)
		r.Weights = append(r.Weights, x)
	}
	for z, zm := range m.Zones {
		x := ZoneReport{
			Zone: names[z], Community: u.Communities[zm.Parent], Units: zm.Units, Parts: zm.Parts, PolsbyPopper: rounded(zm.PolsbyPopper),
			Sums: map[string]int64{}, Off: map[string]float64{},
		}
		for i, w := range p.Weights {
			x.Sums[w.Name], x.Off[w.Name] = zm.Sums[i], rounded(zm.Off[i])
		}
		r.PerZone = append(r.PerZone, x)
	}
	for _, o := range forbids {
		r.Forbids = append(r.Forbids, forbidsReport(u, p, names, o))
	}
	return r
}

// forbidsReport says in a sentence what stands in the way.
func forbidsReport(u *Units, p *districting.Problem, names []string, o districting.Obstacle) ForbidsReport {
	r := ForbidsReport{Kind: string(o.Kind), Short: o.Short}
	where := ""
	if o.Parent >= 0 && int(o.Parent) < len(u.Communities) {
		if r.Community = u.Communities[o.Parent]; r.Community != "" {
			where = "community " + r.Community + ": "
		}
	}
	if o.Zone >= 0 && int(o.Zone) < len(names) {
		r.Zone = names[o.Zone]
		where += "grid " + r.Zone + ": "
	}
	weight := "the weight"
	if o.Weight >= 0 && o.Weight < len(p.Weights) {
		r.Weight = p.Weights[o.Weight].Name
		weight = r.Weight
	}
	for _, i := range o.Units {
		r.Units = append(r.Units, u.IDs[i])
	}
	short := ""
	if o.Short > 0 {
		short = fmt.Sprintf(" (by %d at least)", o.Short)
	}
	which := "the units"
	switch {
	case len(r.Units) == 1:
		which = "unit " + r.Units[0]
	case len(r.Units) > 1:
		which = fmt.Sprintf("%d units (%s, …)", len(r.Units), r.Units[0])
	}
	switch o.Kind {
	case districting.ObstacleUnit:
		r.Message = fmt.Sprintf("%s%s alone has more %s than a grid may have%s", where, which, weight, short)
	case districting.ObstacleBarrier:
		r.Message = fmt.Sprintf("%s%s, enclosed by barriers or gaps, cannot be divided within the bounds of %s%s", where, which, weight, short)
	case districting.ObstacleLock:
		r.Message = fmt.Sprintf("%s%s locked there do not fit the bounds of %s%s", where, which, weight, short)
	case districting.ObstacleSum:
		r.Message = fmt.Sprintf("%sall %s together does not fit the number of grids and their bounds%s", where, weight, short)
	default:
		r.Message = fmt.Sprintf("%s%s is not within its bounds%s; nothing is known to forbid it: more time may find it", where, weight, short)
	}
	return r
}

// Write writes the report as JSON.
func (r *Report) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}
