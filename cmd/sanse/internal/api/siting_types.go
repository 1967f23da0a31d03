package api

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/reports/siting"
)

// SitingInput says what is to be built where, and for whom.
type SitingInput struct {
	Service    string           `json:"service" minLength:"1" maxLength:"50" doc:"key of a service"`
	Goal       string           `json:"goal" enum:"mclp,lscp,pmedian,pcenter" doc:"cover the most; all with the fewest sites; the least way of all together; the least way of whoever goes farthest"`
	P          int              `json:"p,omitempty" minimum:"0" maximum:"1000" doc:"how many sites at most"`
	Budget     int64            `json:"budget,omitempty" minimum:"0" doc:"what they may cost together, by the prices of the candidates"`
	Minutes    *int             `json:"minutes,omitempty" minimum:"1" maximum:"60" doc:"in reach is who walks no longer; left out: 15"`
	Speed      string           `json:"speed,omitempty" enum:"wheelchair,cane,elderly,foot" default:"elderly" doc:"how one walks"`
	Who        string           `json:"who,omitempty" enum:"people,over60,disabled,residents,unmet" default:"people" doc:"unmet: residents who are out of reach today"`
	Candidates SitingCandidates `json:"candidates"`
	Area       string           `json:"area,omitempty" maxLength:"30" doc:"people and candidates of this area only; empty: the district"`
	Capacity   int64            `json:"capacity,omitempty" minimum:"0" doc:"how many a new site can serve; left out: as many as come"`
	Beside     *float64         `json:"beside,omitempty" minimum:"0" maximum:"10000" doc:"a new site within so many metres of an idle facility waits for it; left out: 300"`
	Seconds    float64          `json:"seconds,omitempty" minimum:"1" maximum:"60" default:"10" doc:"of the search"`
	Seed       uint64           `json:"seed,omitempty"`
}

// SitingCandidates are where facilities could be: a list, or where to make them
// from.
type SitingCandidates struct {
	From string
	List []SitingCandidate
}

// SitingCandidate is where a facility could be.
type SitingCandidate struct {
	ID       string    `json:"id" minLength:"1" maxLength:"100"`
	Location orb.Point `json:"location"`
	Price    int64     `json:"price,omitempty" minimum:"0"`
	Capacity *int64    `json:"capacity,omitempty" doc:"1 or more; left out: that of the request"`
}

// UnmarshalJSON reads a word or a list.
func (c *SitingCandidates) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &c.From) == nil {
		return nil
	}
	if err := json.Unmarshal(raw, &c.List); err != nil {
		return errors.New("candidates are buildings, streets or a list")
	}
	return nil
}

// Schema describes them in OpenAPI.
func (*SitingCandidates) Schema(r huma.Registry) *huma.Schema {
	most := 5000
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString, Enum: []any{service.SitesInBuildings, service.SitesAlongStreets}},
		{Type: huma.TypeArray, MaxItems: &most, Items: huma.SchemaFromType(r, reflect.TypeFor[SitingCandidate]())},
	}}
}

// SitingBegun says where a search is to be asked for.
type SitingBegun struct {
	Job   string `json:"job"`
	State string `json:"state" enum:"running"`
}

// Siting is how far a search for sites is, and the best that it has found.
type Siting struct {
	Job      string        `json:"job"`
	State    string        `json:"state" enum:"running,done,stopped,failed"`
	Error    string        `json:"error,omitempty" doc:"of one that failed"`
	Progress float64       `json:"progress" doc:"share of the time that is over; a search may end before"`
	Result   *SitingResult `json:"result,omitempty" doc:"the best so far; left out: nothing yet"`
}

// SitingResult is an answer.
type SitingResult struct {
	Sites      SiteCollection `json:"sites" doc:"in the order in which to open them"`
	Objective  int64          `json:"objective" doc:"mclp: who is in reach; lscp: sites, or their prices; pmedian: seconds of all together; pcenter: the most seconds"`
	Bound      int64          `json:"bound" doc:"no choice is better"`
	Gap        float64        `json:"gap" doc:"|objective − bound| / bound: the answer is off the best possible by no more"`
	Proven     bool           `json:"proven"`
	Reached    int64          `json:"reached" doc:"who is served, by what stands too"`
	Total      int64          `json:"total" doc:"all who are asked for"`
	Hopeless   int64          `json:"hopeless" doc:"of them, who is in reach of no candidate"`
	Unplaced   int64          `json:"unplaced" doc:"of them, who lives near no street"`
	Candidates int            `json:"candidates" doc:"sites to choose from, idle and planned facilities among them"`
	Apart      float64        `json:"apart,omitempty" doc:"metres between candidates that were made"`
	Message    SitingMessage  `json:"message"`
}

// SitingMessage is the answer in a sentence.
type SitingMessage struct {
	Chinese string `json:"zh"`
	English string `json:"en"`
}

// SiteCollection is a GeoJSON FeatureCollection of sites.
type SiteCollection struct {
	Type     string        `json:"type" enum:"FeatureCollection"`
	Features []SiteFeature `json:"features"`
}

// SiteFeature is a site as GeoJSON.
type SiteFeature struct {
	Type       string         `json:"type" enum:"Feature"`
	ID         string         `json:"id"`
	Properties SiteProperties `json:"properties"`
	Geometry   SitePoint      `json:"geometry"`
}

// SitePoint is a GeoJSON point.
type SitePoint struct {
	Type        string    `json:"type" enum:"Point"`
	Coordinates orb.Point `json:"coordinates"`
}

// SiteProperties are what a site brings.
type SiteProperties struct {
	Rank     int      `json:"rank"`
	ID       string   `json:"id" doc:"of the candidate, the building or the facility"`
	Status   string   `json:"status" enum:"new,idle,planned"`
	Facility string   `json:"facility,omitempty"`
	Gain     int64    `json:"gain" doc:"what it brings after those before it: people in reach, or seconds less"`
	After    int64    `json:"after" doc:"what there is with it"`
	Share    *float64 `json:"share,omitempty" doc:"of all who are asked for, in reach with it"`
	Price    int64    `json:"price,omitempty"`
	Capacity int64    `json:"capacity,omitempty"`
	Load     *int64   `json:"load,omitempty" doc:"whom it serves in the answer, where sites have capacities"`
}

// siteRequestOf reads what is asked for.
func siteRequestOf(in *SitingInput) (service.SiteRequest, error) {
	out := service.SiteRequest{
		Service: in.Service, Goal: siting.Goal(in.Goal), Choose: in.P, Budget: in.Budget, Minutes: 15, Speed: in.Speed, For: in.Who,
		Area: in.Area, From: in.Candidates.From, Capacity: in.Capacity, Beside: 300,
		Time: time.Duration(in.Seconds * float64(time.Second)), Seed: in.Seed,
	}
	if in.Minutes != nil {
		out.Minutes = *in.Minutes
	}
	if in.Beside != nil {
		out.Beside = *in.Beside
	}
	for i, c := range in.Candidates.List {
		capacity := int64(0)
		if c.Capacity != nil {
			if capacity = *c.Capacity; capacity < 1 {
				return out, huma.NewError(http.StatusUnprocessableEntity, service.Tell("candidates[%d].capacity: want 1 or more; left out, as many as come are served", i))
			}
		}
		out.Candidates = append(out.Candidates, service.SiteCandidate{ID: c.ID, Location: c.Location, Price: c.Price, Capacity: capacity})
	}
	return out, nil
}

func sitingOf(s *service.Siting) Siting {
	out := Siting{Job: strconv.FormatInt(s.Job, 10), State: string(s.State), Error: s.Message, Progress: shareOf(s.Spent)}
	r := s.Result
	if r == nil {
		return out
	}
	out.Result = &SitingResult{
		Sites:     SiteCollection{Type: "FeatureCollection", Features: make([]SiteFeature, len(r.Sites))},
		Objective: r.Objective, Bound: r.Bound, Gap: math.Ceil(r.Gap*1e6) / 1e6, Proven: r.Proven,
		Reached: r.Reached, Total: r.Total, Hopeless: r.Hopeless, Unplaced: r.Unplaced, Candidates: r.Candidates, Apart: math.Round(r.Apart),
		Message: SitingMessage{r.Chinese, r.English},
	}
	for i := range r.Sites {
		c := &r.Sites[i]
		f := SiteFeature{
			Type: "Feature", ID: c.ID, Geometry: SitePoint{"Point", c.Location},
			Properties: SiteProperties{Rank: c.Rank, ID: c.ID, Status: c.Status, Facility: c.Facility, Gain: c.Gain, After: c.After, Price: c.Price, Capacity: c.Capacity},
		}
		if c.Share >= 0 {
			share := shareOf(c.Share)
			f.Properties.Share = &share
		}
		if c.Load > 0 || c.Capacity > 0 {
			f.Properties.Load = &c.Load
		}
		out.Result.Sites.Features[i] = f
	}
	return out
}
