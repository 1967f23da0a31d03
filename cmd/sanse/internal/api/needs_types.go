package api

import (
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

// Need is a need with what it is matched to.
type Need struct {
	ID        string           `json:"id"`
	Resident  string           `json:"resident"`
	Service   string           `json:"service"`
	Frequency string           `json:"frequency" doc:"N/day, N/week, N/month, every N days, working days, once; several with semicolons between"`
	Rules     []planner.Policy `json:"rules"`
	Place     string           `json:"place" enum:"either,home,facility"`
	Minutes   int              `json:"minutes,omitempty" doc:"of one service at home; left out: what is usual"`
	Kind      string           `json:"kind,omitempty" doc:"the kind of resident that it follows from"`
	Source    string           `json:"source,omitempty" doc:"the assessment"`
	Area      string           `json:"area" doc:"code of the grid or micro-grid where the resident lives"`
	Grade     string           `json:"grade"`
	From      string           `json:"from"`
	To        string           `json:"to,omitempty" doc:"the last day; left out: for good"`
	Status    string           `json:"status" enum:"open,matched,unmatched" doc:"open: nothing has been proposed yet"`
	Match     *NeedMatch       `json:"match,omitempty"`
	Reason    string           `json:"reason,omitempty" doc:"why it is unmatched: nobody_offers, off_streets, too_far, out_of_scope, closed, no_skill, full (covered on paper only), by_hand, open"`
	Detail    string           `json:"detail,omitempty" doc:"of by_hand, in words"`
}

// NeedMatch is what a need was matched to from a day on.
type NeedMatch struct {
	N        int    `json:"n" doc:"1 the first of the need"`
	By       string `json:"by" enum:"proposal,hand"`
	Hand     bool   `json:"hand"`
	Facility string `json:"facility,omitempty"`
	Provider string `json:"provider,omitempty"`
	Name     string `json:"name,omitempty" doc:"of the facility or the provider; neither: unmatched"`
	Seconds  *int32 `json:"seconds,omitempty" doc:"of the walk to the facility"`
	Since    string `json:"since"`
	Ended    string `json:"ended,omitempty" doc:"the first day on which another match held"`
	At       string `json:"at"`
	Reason   string `json:"reason,omitempty" doc:"by hand: why, in words; by a proposal: why it is unmatched"`
	Forced   bool   `json:"forced,omitempty" doc:"by hand, although it did not fit"`
}

func needMatchOf(m *service.NeedMatch) NeedMatch {
	out := NeedMatch{
		N: m.N, By: "proposal", Hand: m.ByHand, Facility: m.Facility, Provider: m.Provider, Name: m.Name, Seconds: m.Seconds,
		Since: m.From.String(), At: m.At.Format(time.RFC3339), Reason: m.Reason, Forced: m.Forced,
	}
	if m.ByHand {
		out.By = "hand"
	}
	if m.Ended != 0 {
		out.Ended = m.Ended.String()
	}
	return out
}

func needOf(n *service.Need) Need {
	out := Need{
		ID: n.ID, Resident: n.Resident, Service: n.Service, Frequency: n.Frequency, Rules: n.Rules, Place: n.Place, Minutes: n.Minutes,
		Kind: n.Kind, Source: n.Source, Area: n.Area, Grade: n.Grade, From: n.From.String(), Status: n.Status, Reason: n.Reason, Detail: n.Detail,
	}
	if n.To != nil {
		out.To = n.To.String()
	}
	if n.Match != nil {
		m := needMatchOf(n.Match)
		out.Match = &m
	}
	return out
}

// NeedList is a page of needs.
type NeedList struct {
	Total int    `json:"total"`
	Items []Need `json:"items"`
}

// NeedHistory is all that a need was ever matched to.
type NeedHistory struct {
	Need  Need        `json:"need"`
	Items []NeedMatch `json:"items" doc:"the first one first"`
}

// NeedOption is a facility or a provider that gives the service of a need.
type NeedOption struct {
	Facility string `json:"facility,omitempty"`
	Provider string `json:"provider,omitempty"`
	Name     string `json:"name"`
	Seconds  *int32 `json:"seconds,omitempty" doc:"of the walk; left out: at home, or not within 15 minutes"`
	Room     *int64 `json:"room" doc:"people of a facility, services in four weeks of a provider; null: the capacity is not known"`
	Fits     bool   `json:"fits"`
	Reason   string `json:"reason,omitempty" doc:"why it does not fit"`
}

// NeedOptions are all who give the service of a need, those who fit first.
type NeedOptions struct {
	Items []NeedOption `json:"items"`
}

// MatchInput says which needs to match.
type MatchInput struct {
	Services []string `json:"services,omitempty" maxItems:"100" doc:"none: all"`
	Area     string   `json:"area,omitempty" doc:"code; empty: the district"`
	KeepHand *bool    `json:"keep_hand,omitempty" doc:"false: matches by hand are proposed anew; left out: they are kept"`
	Priority *bool    `json:"priority,omitempty" doc:"false: all grades alike; left out: red before yellow before blue"`
}

// MatchResult is what a proposal came to.
type MatchResult struct {
	Needs      int            `json:"needs"`
	Proposed   int            `json:"proposed" doc:"all but those that somebody matched by hand"`
	Matched    int            `json:"matched"`
	Unmatched  int            `json:"unmatched"`
	Changed    int            `json:"changed" doc:"stored as their next match"`
	KeptByHand int            `json:"kept_by_hand"`
	ByReason   map[string]int `json:"by_reason"`
	NoData     MatchNoData    `json:"no_data"`
}

// MatchNoData counts what is matched without a known capacity.
type MatchNoData struct {
	Facilities int `json:"facilities"`
	Providers  int `json:"providers"`
	Needs      int `json:"needs"`
}

// NeedMatchInput is what somebody decides about a need.
type NeedMatchInput struct {
	Facility string `json:"facility,omitempty" maxLength:"64"`
	Provider string `json:"provider,omitempty" maxLength:"64"`
	None     bool   `json:"none,omitempty" doc:"nobody is to meet it"`
	Auto     bool   `json:"auto,omitempty" doc:"proposals may decide again"`
	Reason   string `json:"reason,omitempty" maxLength:"500" doc:"in words; needed but for auto"`
	Force    bool   `json:"force,omitempty" doc:"although it does not fit"`
}

// Provider gives services at people's homes.
type Provider struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Services []string    `json:"services"`
	Capacity *int        `json:"capacity" doc:"services a week; null: not known"`
	Scope    []string    `json:"scope" doc:"codes of areas; none: the whole district"`
	Location *[2]float64 `json:"location,omitempty" doc:"lon, lat"`
	Radius   int         `json:"radius,omitempty" doc:"metres in a straight line"`
	Planned  bool        `json:"planned" doc:"its workers' days are planned here"`
}

// ProviderList are all home-service providers.
type ProviderList struct {
	Items []Provider `json:"items"`
}
