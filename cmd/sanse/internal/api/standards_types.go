package api

import (
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/reports/shortfall"
)

// Standards are what a district goes by.
type Standards struct {
	Items     []shortfall.Standard `json:"items"`
	Rates     []shortfall.Rate     `json:"rates" doc:"how many are to be expected of whom"`
	Reference bool                 `json:"reference" doc:"the set that ships with the program; the district has none of its own"`
	Version   int                  `json:"version" doc:"raised by every edit; the ETag is it in quotes"`
}

// StandardsInput are standards as they are to be.
type StandardsInput struct {
	Items []shortfall.Standard `json:"items" maxItems:"100"`
	Rates *[]shortfall.Rate    `json:"rates,omitempty" doc:"left out: those there are"`
	// What an answer says beside, so that it may be sent back as it came.
	Reference bool `json:"reference,omitempty" doc:"not read"`
	Version   int  `json:"version,omitempty" doc:"not read: If-Match says it"`
}

// Shortfall is how an area stands against the standards.
type Shortfall struct {
	Area     Area             `json:"area"`
	Path     []Area           `json:"path" doc:"from the district down to the area"`
	Day      string           `json:"day" format:"date"`
	Previous *string          `json:"previous,omitempty" format:"date" doc:"day of the report that the trend looks back at"`
	Report   int              `json:"report,omitempty" doc:"that report"`
	Rows     []ShortfallRow   `json:"rows"`
	Children []ShortfallChild `json:"children" doc:"the areas right below, or the buildings of an area that has none"`

	Uncovered  *UncoveredList          `json:"uncovered,omitempty" doc:"enrolled residents out of reach of a service"`
	Unmatched  *UnmatchedList          `json:"unmatched,omitempty" doc:"needs that nobody meets; of reason full there are facilities or providers, but no room"`
	Expected   []shortfall.Expectation `json:"expected,omitempty"`
	Places     []shortfall.PlaceRow    `json:"places,omitempty" doc:"where people slip out of care"`
	Team       *shortfall.Team         `json:"team,omitempty" doc:"who has one visitor of each kind"`
	Facilities shortfall.Supply        `json:"facilities"`
	Minutes    *VisitorMinutes         `json:"visitor_minutes,omitempty"`
}

// UncoveredList are the uncovered by service.
type UncoveredList struct {
	ByService map[string]shortfall.Uncovered `json:"by_service"`
}

// UnmatchedList are the unmatched needs by service.
type UnmatchedList struct {
	ByService map[string]shortfall.Unmatched `json:"by_service"`
}

// VisitorMinutes is by how much visitors are too few, as the planner proves it.
type VisitorMinutes struct {
	Short  int `json:"short" doc:"minutes that every plan without lapses has more, over the plan's days"`
	Blocks int `json:"blocks" doc:"communities, or groups of them, of which it is proven"`
}

// ShortfallRow is how an area stands against one standard, and stood before.
type ShortfallRow struct {
	shortfall.Row
	Trend *Trend `json:"trend,omitempty"`
}

// Trend is what a report before had.
type Trend struct {
	Day    string           `json:"day" format:"date"`
	Value  *float64         `json:"value" doc:"the share then; what there was where there is no share"`
	Have   *float64         `json:"have"`
	Short  *float64         `json:"short"`
	Status shortfall.Status `json:"status"`
}

// ShortfallChild are the rows of an area below.
type ShortfallChild struct {
	Area Area           `json:"area"`
	Rows []ShortfallOne `json:"rows"`
}

// ShortfallOne is a row in brief.
type ShortfallOne struct {
	Standard string           `json:"standard"`
	Have     *int             `json:"have"`
	Need     *int             `json:"need"`
	Short    *int             `json:"short"`
	Share    *float64         `json:"share"`
	Value    *float64         `json:"value" doc:"in the unit of the target"`
	Status   shortfall.Status `json:"status"`
	Reason   string           `json:"reason,omitempty"`
}

// BehindList is a part of what stands behind a figure.
type BehindList struct {
	Total int      `json:"total"`
	Items []Behind `json:"items"`
}

// Behind is one of those behind a figure. Ids of residents are opaque.
type Behind struct {
	Kind     string     `json:"kind" enum:"spot,resident,facility,area" doc:"a spot is a building, or a cell without an id"`
	ID       string     `json:"id"`
	Name     string     `json:"name,omitempty" doc:"of facilities and areas"`
	Location *orb.Point `json:"location,omitempty" doc:"lon-lat"`
	Area     string     `json:"area"`
	Count    int        `json:"count" doc:"people without, visits late, what a facility is counted by, or what an area is short of"`
	Note     string     `json:"note" doc:"no_way, too_far, late, open, not_open, figure_unknown, lacks, short"`
	Seconds  *int       `json:"seconds,omitempty" doc:"on foot to the nearest of the services"`
}

// Report is a report of the shortfall that was taken.
type Report struct {
	ID        int    `json:"id"`
	Day       string `json:"day" format:"date"`
	MadeAt    string `json:"made_at" format:"date-time"`
	Standards int    `json:"standards" doc:"version of the standards that it was made by"`
}

func reportOf(r *data.ReportRun) Report {
	return Report{ID: r.ID, Day: r.Day.String(), MadeAt: r.MadeAt.Format(time.RFC3339), Standards: r.Standards}
}

func shortfallOf(v *service.ShortfallView) Shortfall {
	out := Shortfall{
		Area: areaOf(v.Area), Path: []Area{}, Day: v.Day.String(), Rows: make([]ShortfallRow, len(v.Rows)), Children: make([]ShortfallChild, len(v.Children)),
		Expected: v.Expected, Places: v.Places, Team: v.Team, Facilities: v.Facilities,
	}
	for _, a := range v.Path {
		out.Path = append(out.Path, areaOf(a))
	}
	if v.Previous != nil {
		day := v.Previous.Day.String()
		out.Previous, out.Report = &day, v.Previous.ID
	}
	for i := range v.Rows {
		out.Rows[i].Row = v.Rows[i].Row
		if t := v.Rows[i].Trend; t != nil {
			value := t.Share
			if value == nil {
				value = t.Have
			}
			out.Rows[i].Trend = &Trend{Day: t.Day.String(), Value: value, Have: t.Have, Short: t.Short, Status: shortfall.Status(t.Status)}
		}
	}
	for i := range v.Children {
		c := &v.Children[i]
		out.Children[i] = ShortfallChild{Area: areaOf(c.Area), Rows: make([]ShortfallOne, len(c.Rows))}
		for j := range c.Rows {
			r := &c.Rows[j]
			out.Children[i].Rows[j] = ShortfallOne{r.Standard, r.Have, r.Need, r.Short, r.Share, r.Value, r.Status, r.Reason}
		}
	}
	if v.Uncovered != nil {
		out.Uncovered = &UncoveredList{v.Uncovered}
	}
	if v.Unmatched != nil {
		out.Unmatched = &UnmatchedList{v.Unmatched}
	}
	if m := v.VisitorMinutes; m != nil {
		out.Minutes = &VisitorMinutes{m.Short, m.Blocks}
	}
	return out
}
