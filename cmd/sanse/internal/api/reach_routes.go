package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/cmd/sanse/internal/service"
	"sanse/reports/reach"
)

func (s *Server) registerReach(api huma.API) {
	get(api, "circle", "/v1/facilities/{id}/circle", "What is within a walk of a facility (GeoJSON): one feature, or a collection where several numbers of minutes are asked for", s.getCircle)
	get(api, "coverage", "/v1/coverage", "Cells within reach of a service, with the seconds of the walk (GeoJSON)", s.getCoverage)
	get(api, "reach", "/v1/reach", "Outlines of what all facilities of a service reach, one a band, with who lives there (GeoJSON)", s.getReach)
	get(api, "resident-reach", "/v1/residents/{id}/reach", "How a resident reaches every service", s.getResidentReach)
	get(api, "unplaced", "/v1/unplaced", "Who and what does not count for reach, and why", s.getUnplaced)
	huma.Register(api, huma.Operation{
		OperationID: "try-coverage", Method: http.MethodPost, Path: "/v1/coverage/try", Summary: "What facilities built, moved, closed or opened would do to the coverage; nothing is stored",
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.postTryCoverage)
}

// WalkInput says how to walk. It has a great letter because what is embedded is
// filled in only then.
type WalkInput struct {
	Minutes string `query:"minutes" default:"15" maxLength:"40" doc:"1 to 60; several with commas between them are bands"`
	Speed   string `query:"speed" enum:"wheelchair,cane,elderly,foot" default:"elderly"`
	At      string `query:"at" maxLength:"7" doc:"weekday and time, 1T10:00 for Monday at ten: only what is open then counts; empty: any hour"`
}

func (in *WalkInput) query(of string, res int) (service.ReachQuery, error) {
	q := service.ReachQuery{Service: of, Speed: in.Speed, Res: res}
	var err error
	if q.Minutes, err = minutes(in.Minutes); err != nil {
		return q, err
	}
	if q.At, err = hour(in.At); err != nil {
		return q, err
	}
	return q, nil
}

// maxBands is how many bands can be asked for at once.
const maxBands = 6

func minutes(text string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		m, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || len(out) == maxBands {
			return nil, huma.NewError(http.StatusUnprocessableEntity, "minutes: want up to six whole numbers with commas between them")
		}
		out = append(out, m)
	}
	return out, nil
}

func hour(text string) (*reach.Moment, error) {
	if text == "" {
		return nil, nil
	}
	m, err := reach.ParseMoment(text)
	if err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, "at: want a weekday with a time of day, such as 1T10:00 for Monday at ten; 7 is Sunday")
	}
	return &m, nil
}

type circleInput struct {
	ID string `path:"id" maxLength:"100"`
	WalkInput
}

func (s *Server) getCircle(ctx context.Context, in *circleInput) (*document, error) {
	q, err := in.query("", 0)
	if err != nil {
		return nil, err
	}
	bands, err := s.service.Circle(ctx, s.district, in.ID, q)
	if err != nil {
		return nil, s.problem(err)
	}
	if len(bands) == 1 {
		return geo(bands[0])
	}
	fc := geojson.NewFeatureCollection()
	fc.Features = bands
	return geo(fc)
}

type coverageInput struct {
	Service string `query:"service" required:"true"`
	Res     int    `query:"res" minimum:"9" maximum:"10" default:"10" doc:"H3 resolution"`
	WalkInput
}

func (s *Server) getCoverage(ctx context.Context, in *coverageInput) (*document, error) {
	q, err := in.query(in.Service, in.Res)
	if err != nil {
		return nil, err
	}
	fc, err := s.service.CoverageCells(ctx, s.district, q)
	if err != nil {
		return nil, s.problem(err)
	}
	return geo(fc)
}

type reachInput struct {
	Service string `query:"service" required:"true"`
	WalkInput
}

func (s *Server) getReach(ctx context.Context, in *reachInput) (*document, error) {
	q, err := in.query(in.Service, 0)
	if err != nil {
		return nil, err
	}
	fc, err := s.service.ReachOutlines(ctx, s.district, q)
	if err != nil {
		return nil, s.problem(err)
	}
	return geo(fc)
}

func (s *Server) getResidentReach(ctx context.Context, in *circleInput) (*answer[service.ResidentReach], error) {
	q, err := in.query("", 0)
	if err != nil {
		return nil, err
	}
	out, err := s.service.ResidentReach(ctx, s.district, in.ID, q)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(out), nil
}

type unplacedInput struct {
	Area string `query:"area" doc:"code; empty: the district"`
	WalkInput
}

func (s *Server) getUnplaced(ctx context.Context, in *unplacedInput) (*answer[service.UnplacedList], error) {
	q, err := in.query("", 0)
	if err != nil {
		return nil, err
	}
	out, err := s.service.Unplaced(ctx, s.district, in.Area, q)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(out), nil
}

// TryInput is what to try.
type TryInput struct {
	Services []string   `json:"services,omitempty" maxItems:"20" doc:"to tell of besides those that the changes concern"`
	Changes  []TryPlace `json:"changes" maxItems:"200"`
	Minutes  int        `json:"minutes,omitempty" minimum:"1" maximum:"60" default:"15"`
	Speed    string     `json:"speed,omitempty" enum:"wheelchair,cane,elderly,foot" default:"elderly"`
	At       string     `json:"at,omitempty" maxLength:"7" doc:"weekday and time, 1T10:00 for Monday at ten"`
	Area     string     `json:"area,omitempty" doc:"code; empty: the district"`
	Res      int        `json:"res,omitempty" minimum:"9" maximum:"10" default:"10" doc:"H3 resolution of the cells"`
}

// TryPlace is one change of the facilities.
type TryPlace struct {
	Op       string     `json:"op" enum:"add,move,close,open"`
	Facility string     `json:"facility,omitempty" maxLength:"100" doc:"which; of a new one the id it goes by, which may be left out"`
	Service  string     `json:"service,omitempty" maxLength:"50" doc:"of a new one"`
	Location *orb.Point `json:"location,omitempty" doc:"lon-lat; of a new one and one that moves"`
	Capacity int        `json:"capacity,omitempty" minimum:"0"`
	Status   string     `json:"status,omitempty" enum:"open,idle,planned" doc:"of a new one; open if left out"`
}

type tryInput struct{ Body TryInput }

func (s *Server) postTryCoverage(ctx context.Context, in *tryInput) (*answer[service.Tried], error) {
	at, err := hour(in.Body.At)
	if err != nil {
		return nil, err
	}
	q := service.ReachQuery{Speed: in.Body.Speed, At: at, Res: in.Body.Res}
	if in.Body.Minutes != 0 {
		q.Minutes = []int{in.Body.Minutes}
	}
	changes := make([]service.TryChange, len(in.Body.Changes))
	for i, c := range in.Body.Changes {
		changes[i] = service.TryChange{Op: c.Op, Facility: c.Facility, Service: c.Service, Status: c.Status, Capacity: c.Capacity}
		switch {
		case c.Location != nil:
			changes[i].Location = *c.Location
		case c.Op == "add" || c.Op == "move":
			return nil, huma.NewError(http.StatusUnprocessableEntity, "changes: to add or move a facility takes a location")
		}
	}
	out, err := s.service.TryCoverage(ctx, s.district, in.Body.Area, in.Body.Services, changes, q)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(out), nil
}
