package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"sanse/reports/supply"
)

// supplyAnswer is how far the places go, as it is written.
type supplyAnswer struct {
	method     string
	minutes    int
	demand     *sitesPoints
	facilities *sitesPoints
	p          *supply.Problem
	access     *supply.Access     // of 2sfca and e2sfca
	places     *supply.Assignment // of nearest and assign
}

// supplyFile is the answer as JSON.
type supplyFile struct {
	Method     string           `json:"method"`
	Minutes    int              `json:"minutes"`
	People     int64            `json:"people"`
	InReach    int64            `json:"in_reach"`
	Beyond     int64            `json:"beyond"`             // with no facility in reach
	Served     *int64           `json:"served,omitempty"`   // with a place, those at one of unknown capacity among them
	OnPaper    *int64           `json:"on_paper,omitempty"` // with a facility in reach and no place
	Walk       *int64           `json:"walk,omitempty"`     // seconds together
	Places     *int64           `json:"places,omitempty"`   // shared out, by 2sfca and e2sfca
	NoData     supplyUnknown    `json:"no_data"`
	Demand     []supplyDemand   `json:"demand"`
	Facilities []supplyFacility `json:"facilities"`
}

type supplyUnknown struct {
	Facilities int   `json:"facilities"` // of unknown capacity, in reach of somebody
	People     int64 `json:"people"`     // placed at one, or with no other in reach
}

type supplyDemand struct {
	ID      string   `json:"id"`
	People  int64    `json:"people"`
	InReach int      `json:"in_reach"` // facilities
	Served  *int64   `json:"served,omitempty"`
	OnPaper *int64   `json:"on_paper,omitempty"`
	PerHead *float64 `json:"per_head,omitempty"` // places, by 2sfca and e2sfca
}

type supplyFacility struct {
	ID       string   `json:"id"`
	Capacity *int64   `json:"capacity"` // null: not known
	Taken    *int64   `json:"taken,omitempty"`
	Asking   *float64 `json:"asking,omitempty"` // people in reach, by the weight of their band
	Ratio    *float64 `json:"ratio,omitempty"`  // places for each of them
}

func (a *supplyAnswer) file() supplyFile {
	f := supplyFile{Method: a.method, Minutes: a.minutes, Demand: []supplyDemand{}, Facilities: []supplyFacility{}}
	reached := make([]bool, len(a.p.Capacity))
	for d, people := range a.p.Weight {
		first, end := a.p.Ways.First[d], a.p.Ways.First[d+1]
		row := supplyDemand{ID: a.demand.ids[d], People: people, InReach: end - first}
		f.People += people
		if first == end {
			f.Beyond += people
		}
		for _, j := range a.p.Ways.Facility[first:end] {
			reached[j] = reached[j] || people > 0
		}
		if a.access != nil {
			row.PerHead = &a.access.PerHead[d]
		} else if a.method == "assign" {
			left := a.places.Left[d]
			served, onPaper := people-left, left
			if first == end {
				onPaper = 0
			}
			row.Served, row.OnPaper = &served, &onPaper
		}
		f.Demand = append(f.Demand, row)
	}
	f.InReach = f.People - f.Beyond
	for j, c := range a.p.Capacity {
		row := supplyFacility{ID: a.facilities.ids[j]}
		if c != supply.Unknown {
			row.Capacity = &c
		} else if reached[j] {
			f.NoData.Facilities++
		}
		if a.access != nil {
			row.Asking = &a.access.Asking[j]
			if r := a.access.Ratio[j]; !math.IsNaN(r) {
				row.Ratio = &r
			}
		} else {
			row.Taken = &a.places.Taken[j]
		}
		f.Facilities = append(f.Facilities, row)
	}
	if a.access != nil {
		f.Places, f.NoData.People = &a.access.Places, a.access.NoDataPeople
	} else {
		f.Served, f.OnPaper, f.Walk, f.NoData.People = &a.places.Served, &a.places.OnPaper, &a.places.Cost, a.places.NoData
	}
	return f
}

func (a *supplyAnswer) writer(name string) func(io.Writer) error {
	if strings.EqualFold(filepath.Ext(name), ".json") {
		return func(w io.Writer) error { return printJSON(w, a.file()) }
	}
	return a.csv
}

func (a *supplyAnswer) csv(w io.Writer) error {
	rows := [][]string{{"id", "people", "in_reach", "served", "on_paper", "per_head"}}
	for _, d := range a.file().Demand {
		rows = append(rows, []string{d.ID, strconv.FormatInt(d.People, 10), strconv.Itoa(d.InReach), wholeOrNone(d.Served), wholeOrNone(d.OnPaper), numberOrNone(d.PerHead)})
	}
	return writeSitesCSV(w, rows)
}

func (a *supplyAnswer) loads(w io.Writer) error {
	rows := [][]string{{"id", "capacity", "taken", "asking", "ratio"}}
	for _, f := range a.file().Facilities {
		rows = append(rows, []string{f.ID, wholeOrNone(f.Capacity), wholeOrNone(f.Taken), numberOrNone(f.Asking), numberOrNone(f.Ratio)})
	}
	return writeSitesCSV(w, rows)
}

func wholeOrNone(v *int64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatInt(*v, 10)
}

func numberOrNone(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// summary is the answer in one sentence.
func (a *supplyAnswer) summary() string {
	f := a.file()
	text := fmt.Sprintf("%d of %d people have a facility within %d minutes", f.InReach, f.People, f.Minutes)
	if a.access != nil {
		each := 0.0
		if f.People > 0 {
			each = float64(*f.Places) / float64(f.People) * 1000
		}
		text += fmt.Sprintf(", %d places are shared, %.1f for every 1000 of all", *f.Places, each)
	} else {
		text += fmt.Sprintf(", %d a place, %d are covered on paper only", *f.Served, *f.OnPaper)
		if a.method == "assign" {
			text += "; no assignment serves more, or as many with less walk"
		}
	}
	if f.NoData.Facilities > 0 {
		text += fmt.Sprintf("; the capacity of %s in reach is not known: that concerns %d people", count(f.NoData.Facilities, "facility", "facilities"), f.NoData.People)
	}
	return text
}
