package reports

import (
	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// Count says of so many people how many are in reach of a service. Unplaced of
// them stand where no street is near: their walk is not known, so they count
// in Total and not in Reached.
type Count struct {
	Total    int `json:"total"`
	Reached  int `json:"reached"`
	Unplaced int `json:"unplaced"`
}

// Share is the part of all that is in reach, 0 to 1; -1 of nobody.
func (c Count) Share() float64 {
	if c.Total == 0 {
		return -1
	}
	return float64(c.Reached) / float64(c.Total)
}

func (c *Count) add(weight int, placed, reached bool) {
	c.Total += weight
	switch {
	case !placed:
		c.Unplaced += weight
	case reached:
		c.Reached += weight
	}
}

// Reached counts those in reach of one service in one area.
type Reached struct {
	Residents Count `json:"residents"` // enrolled residents
	People    Count `json:"people"`
	Over60    Count `json:"over60"`
	Disabled  Count `json:"disabled"`
	Under18   Count `json:"under18"`
	// MedianSeconds is the walk to the nearest open facility of the service
	// that half of the enrolled residents with a way to one do not exceed; -1
	// where none has a way within the search bound.
	MedianSeconds int `json:"median_seconds"`
}

// AreaCoverage is the coverage of one area by service.
type AreaCoverage struct {
	Code     string             `json:"code"`
	Level    string             `json:"level"`
	Name     string             `json:"name"`
	Services map[string]Reached `json:"services"`
}

// ServiceSupply counts the facilities of one service.
type ServiceSupply struct {
	Service  string `json:"service"`
	Open     int    `json:"open"`     // open and on the streets: these count
	Closed   int    `json:"closed"`   // idle, planned or closed all week: these do not
	Unplaced int    `json:"unplaced"` // open, but no street is near
}

// Circle is the service circle of one facility that counts.
type Circle struct {
	Facility  string           `json:"facility"`
	Name      string           `json:"name"`
	Service   string           `json:"service"`
	Location  orb.Point        `json:"location"`
	Polygon   orb.MultiPolygon `json:"-"` // WGS 84
	People    int              `json:"people"`
	Over60    int              `json:"over60"`
	Residents int              `json:"residents"`
	AreaKM2   float64          `json:"area_km2"`
}

// CellTime is an H3 cell with the walk from the nearest facility into it.
type CellTime struct {
	Cell    h3.Cell `json:"cell"`
	Seconds int     `json:"seconds"`
}

// Unplaced is something that stands too far from any street to be counted.
type Unplaced struct {
	What   string `json:"what"` // resident, population, facility
	ID     string `json:"id"`   // opaque id; for population its place in the input
	Count  int    `json:"count"`
	Reason string `json:"reason"`
}

// Coverage is who is within a walk of what.
type Coverage struct {
	Minutes         int                       `json:"minutes"`
	MetresPerSecond float64                   `json:"metres_per_second"`
	Supply          []ServiceSupply           `json:"supply"` // ascending by service
	District        map[string]Reached        `json:"district"`
	Areas           []AreaCoverage            `json:"areas"` // ascending by code
	Circles         []Circle                  `json:"circles"`
	Cells           map[string][]CellTime     `json:"-"` // by service, ascending by cell
	Unplaced        []Unplaced                `json:"unplaced"`
	NearestSeconds  map[string]map[string]int `json:"-"` // service → resident id → seconds, -1: none within the bound
}

// Area returns the coverage of the area of that code.
func (c *Coverage) Area(code string) (AreaCoverage, bool) {
	lo, hi := 0, len(c.Areas)
	for lo < hi {
		m := (lo + hi) / 2
		if c.Areas[m].Code < code {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(c.Areas) && c.Areas[lo].Code == code {
		return c.Areas[lo], true
	}
	return AreaCoverage{}, false
}

// Shares returns the share of enrolled residents in reach of each service in
// the whole district, 0 to 1, as summary.json carries it. A service is missing
// where nobody is enrolled.
func (c *Coverage) Shares() map[string]float64 {
	out := map[string]float64{}
	for s, r := range c.District {
		if r.Residents.Total > 0 {
			out[s] = r.Residents.Share()
		}
	}
	return out
}
