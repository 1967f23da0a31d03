package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb/geojson"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	ground "sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/routing/directions"
)

// get registers a reading operation; also are answers in the negative besides those
// that any reading may give.
func get[I, O any](api huma.API, id, path, summary string, f func(context.Context, *I) (*O, error), also ...int) {
	huma.Register(api, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary,
		Errors: append([]int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError}, also...),
	}, f)
}

func (s *Server) register(api huma.API) {
	get(api, "district", "/v1/district", "The district, its words, and the plan in force", s.getDistrict)
	get(api, "areas", "/v1/areas", "Outlines of the areas of a level (GeoJSON)", s.getAreas)
	get(api, "search-areas", "/v1/areas/search", "Areas by name or code", s.searchAreas)
	get(api, "board", "/v1/board", "The account of visits in an area", s.getBoard)
	get(api, "unplanned", "/v1/unplanned", "Visits that the plan does not make, and why", s.getUnplanned)
	get(api, "shortages", "/v1/shortages", "What proves that the plan cannot be without lapses", s.getShortages)
	get(api, "heatmap", "/v1/heatmap", "People and visits by H3 cell, small counts hidden from outsiders", s.getHeatmap)
	get(api, "release", "/v1/release", "What outsiders are told of small numbers, and since when", s.getRelease)
	get(api, "facilities", "/v1/facilities", "Service facilities (GeoJSON)", s.getFacilities)
	s.registerReach(api)
	get(api, "routes", "/v1/routes", "Everybody's ways on a day (GeoJSON)", s.getRoutes)
	get(api, "visitors", "/v1/visitors", "Visitors of an area", s.getVisitors)
	get(api, "day", "/v1/visitors/{id}/day", "A visitor's day", s.getDay)
	get(api, "why", "/v1/visitors/{id}/why", "Why a visit is on that day and by that visitor", s.getWhy)
	get(api, "directions", "/v1/visitors/{id}/directions", "How to get from door to door on a visitor's day", s.getDirections)
	s.registerTiles(api)
	s.registerOGC(api)
	huma.Register(api, huma.Operation{
		OperationID: "replan", Method: http.MethodPost, Path: "/v1/plans/replan", Summary: "The plan in force made again after somebody has fallen ill",
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.postReplan)
	s.registerDrafts(api)
	s.registerEffects(api)
	get(api, "notices", "/v1/notices", "What pages and devices are told without asking: boundaries that are to come or came lately", s.getNotices)
	s.registerEdits(api)
	s.registerDrawings(api)
	s.registerSiting(api)
	s.registerStandards(api)
	s.registerShortfallFiles(api)
	s.registerNeeds(api)
	s.registerLadders(api)
	s.registerCases(api)
	s.registerGrades(api)
	s.registerConnect(api)
	s.registerMessages(api)
	s.registerLive(api)
	s.registerPrivacy(api)
	s.registerHandovers(api)
	s.registerRecords(api)
	s.registerReview(api)
	s.registerForms(api)
	s.registerMoves(api)
	s.registerPaper(api)
	s.registerRatings(api)
	s.registerLedger(api)
	s.registerWork(api)
	s.registerIndicators(api)
	s.registerSupply(api)
	s.registerCharts(api)
	s.registerAudit(api)
	s.registerExports(api)
	s.registerSessions(api)
	s.registerOIDC(api)
	s.registerAccounts(api)
}

// What is wanted where something else was sent, which is not said again.
const (
	wantDay    = "want a day, YYYY-MM-DD"
	wantClock  = "want a time of day, HH:MM"
	wantMoment = "want a day and a time, YYYY-MM-DDTHH:MM"
	wantLevel  = "level: want district, town, community, grid or micro-grid"
)

// day reads an optional date; 0 stands for none.
func day(text string) (planner.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := planner.ParseDate(text)
	if err != nil {
		return 0, huma.NewError(http.StatusUnprocessableEntity, "date: "+wantDay)
	}
	return d, nil
}

// dayNamed is day of a parameter that is named where it is none.
func dayNamed(name, text string) (planner.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := planner.ParseDate(text)
	if err != nil {
		return 0, huma.NewError(http.StatusUnprocessableEntity, service.Tell(name)+": "+wantDay)
	}
	return d, nil
}

func (s *Server) getDistrict(ctx context.Context, _ *struct{}) (*answer[District], error) {
	v, err := s.service.DistrictView(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := District{
		Code: v.Code, Name: v.Name, MadeUp: v.MadeUp, Note: v.Note, Attribution: v.Attribution, ReviewNumber: v.ReviewNumber, TimeZone: v.TimeZone,
		Today: v.Today.String(), DataVersion: v.DataVersion, Ground: v.Ground, Bounds: boundsOf(v.Bounds),
		Services: allWords(data.Services), Grades: words(v.Grades, data.Grades), Kinds: words(v.Kinds, data.ResidentKinds),
		VisitorKinds: words(v.VisitorKinds, data.VisitorKinds), Tiers: allWords(data.Tiers), Reasons: []Word{}, TaskKinds: allWords(data.TaskKinds), Skills: allWords(data.Skills), Summary: v.Summary,
		Viewer: append([]string{}, v.Viewer...),
	}
	for _, r := range planner.Reasons() {
		label := reports.Labels{}.Of(string(r))
		out.Reasons = append(out.Reasons, Word{string(r), label.Chinese, label.English})
	}
	if p := v.Plan; p != nil {
		out.Plan = &Plan{
			ID: p.ID, Start: p.Start.String(), Days: p.Days, End: (p.Start + planner.Date(p.Days) - 1).String(), MadeAt: p.MadeAt.Format(time.RFC3339),
		}
	}
	return answerOf(out), nil
}

type areasInput struct {
	Level  string `query:"level" enum:"district,town,community,grid,micro-grid" required:"true"`
	Parent string `query:"parent" doc:"code of the area they lie in"`
}

func (s *Server) getAreas(ctx context.Context, in *areasInput) (*document, error) {
	level, err := ground.ParseLevel(in.Level)
	if err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, wantLevel)
	}
	fc, err := s.service.Areas(ctx, s.district, level, in.Parent)
	if err != nil {
		return nil, s.problem(err)
	}
	return geo(fc)
}

type searchInput struct {
	Text string `query:"q" maxLength:"50"`
}

func (s *Server) searchAreas(ctx context.Context, in *searchInput) (*answer[[]FoundArea], error) {
	found, err := s.service.SearchAreas(ctx, s.district, in.Text)
	if err != nil {
		return nil, s.problem(err)
	}
	out := make([]FoundArea, len(found))
	for i, f := range found {
		out[i] = FoundArea{Area: areaOf(f.Area), Path: f.Path, Bounds: boundsOf(f.Bounds)}
	}
	return answerOf(out), nil
}

type boardInput struct {
	Area   string `query:"area" doc:"code; empty: the district"`
	Period string `query:"period" enum:"day,week,month,horizon" default:"month"`
	From   string `query:"from" doc:"a day of the period; empty: the day on which the pages open"`
}

func (s *Server) getBoard(ctx context.Context, in *boardInput) (*answer[Board], error) {
	on, err := day(in.From)
	if err != nil {
		return nil, err
	}
	v, err := s.service.Board(ctx, s.district, in.Area, in.Period, on)
	if err != nil {
		return nil, s.problem(err)
	}
	told := v.Release == nil
	out := Board{
		Area: areaOf(v.Area), Path: []Area{}, Period: v.Period, Totals: boardRow(&v.Totals, told), Grades: boardRows(v.Grades), Released: releasedOf(v.Release),
		Children: []BoardAreaRow{}, Weeks: []BoardPeriodRow{}, Tasks: v.Tasks, Coverage: map[string]CoverageShares{},
	}
	for i := range v.Children {
		c := &v.Children[i]
		out.Children = append(out.Children, BoardAreaRow{c.Code, c.Name, c.Level, boardRow(&c.Row, !v.Hidden[c.Code])})
	}
	for i := range v.Weeks {
		w := &v.Weeks[i]
		out.Weeks = append(out.Weeks, BoardPeriodRow{w.Period, boardRow(&w.Row, told), boardRows(w.ByGrade)})
	}
	if out.Tasks == nil {
		out.Tasks = []reports.TaskRow{}
	}
	for _, a := range v.Path {
		out.Path = append(out.Path, areaOf(a))
	}
	for _, c := range v.Coverage {
		out.Coverage[c.Service] = CoverageShares{
			People: share(c.PeopleCovered, c.People), Over60: share(c.Over60Covered, c.Over60), Residents: share(c.ResidentsCovered, c.Residents),
		}
	}
	return answerOf(out), nil
}

type areaInput struct {
	Area string `query:"area" doc:"code; empty: the district"`
}

func (s *Server) getUnplanned(ctx context.Context, in *areaInput) (*answer[UnplannedList], error) {
	rows, err := s.service.Unplanned(ctx, s.district, in.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	out := UnplannedList{Items: []Unplanned{}, Total: len(rows)}
	for _, r := range rows {
		u := Unplanned{
			Resident: r.Resident, Task: r.Task, Kind: r.Kind, What: r.What, Grade: r.Grade, Grid: r.Grid, DueBy: r.DueBy.String(),
			Reason: r.Reason, Detail: r.Detail, Owed: r.Owed, Date: text(r.Date), MinutesShort: r.MinutesShort, Mends: mends(r.Mends),
		}
		if r.Visitor != "" {
			u.Visitor = &r.Visitor
		}
		out.Items = append(out.Items, u)
	}
	return answerOf(out), nil
}

func mends(list []planner.Mend) []Mend {
	out := make([]Mend, len(list))
	for i, m := range list {
		out[i] = Mend{Kind: string(m.Kind), Visitor: m.Visitor, Date: text(m.Date), Minutes: m.Minutes, Skill: m.Skill}
	}
	return out
}

// fewVisitors is how many visitors of a proof are named at most.
const fewVisitors = 3

func (s *Server) getShortages(ctx context.Context, in *areaInput) (*answer[[]Shortage], error) {
	list, err := s.service.Shortages(ctx, s.district, in.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	out := make([]Shortage, len(list))
	for i, sh := range list {
		out[i] = Shortage{
			Block: sh.Block, Name: sh.Name, Days: make([]string, len(sh.Days)), Visitors: len(sh.Visitors),
			NeedMinutes: sh.NeedMinutes, HaveMinutes: sh.HaveMinutes, Short: sh.Short, MendMinutes: sh.MendMinutes,
		}
		for k, d := range sh.Days {
			out[i].Days[k] = d.String()
		}
		for _, n := range sh.Needs {
			out[i].Needs += n.Visits
		}
		if out[i].Only = []string{}; len(sh.Visitors) <= fewVisitors {
			out[i].Only = append(out[i].Only, sh.Visitors...)
		}
		for _, w := range sh.Work {
			out[i].Work = append(out[i].Work, Work(w))
		}
	}
	return answerOf(out), nil
}

type whyInput struct {
	ID       string `path:"id" maxLength:"100"`
	Date     string `query:"date" required:"true"`
	Resident string `query:"resident" maxLength:"100"`
	Task     string `query:"task" maxLength:"100"`
}

func (s *Server) getWhy(ctx context.Context, in *whyInput) (*answer[planner.Answer], error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	a, err := s.service.Why(ctx, s.district, in.ID, planner.Ask{Resident: in.Resident, Task: in.Task, Date: on})
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(a), nil
}

type replanInput struct{ Body ReplanInput }

func (s *Server) postReplan(ctx context.Context, in *replanInput) (*answer[Replan], error) {
	opt := service.ReplanOptions{Publish: in.Body.Publish, Replaces: in.Body.Replaces, Seed: 1}
	for _, o := range in.Body.Off {
		from, err1 := day(o.From)
		to, err2 := day(o.To)
		if err := errors.Join(err1, err2); err != nil {
			return nil, huma.NewError(http.StatusUnprocessableEntity, "days off: want dates")
		}
		opt.Off = append(opt.Off, service.Off{Visitor: o.Visitor, From: from, To: to})
	}
	if in.Body.Now != "" {
		now, err := momentOf(in.Body.Now)
		if err != nil {
			return nil, huma.NewError(http.StatusUnprocessableEntity, "now: "+wantMoment)
		}
		opt.Now = &now
	}
	d, err := s.service.District(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	r, err := s.service.Replan(ctx, d, opt)
	if err != nil {
		return nil, s.problem(err)
	}
	out := Replan{Plan: r.ID, Now: momentText(r.Now), Replaces: r.Replaces, Moved: r.Moved, LapsesBefore: r.LapsesBefore, Lapses: r.Lapses, Missing: []Unplanned{}}
	for i := range r.Missing {
		u := &r.Missing[i]
		m := Unplanned{
			Resident: u.Resident, Task: u.Task, DueBy: u.DueBy.String(), Reason: string(u.Reason), Detail: u.Detail, Owed: u.Owed,
			Date: text(u.Date), MinutesShort: u.MinutesShort, Mends: mends(u.Mends),
		}
		if u.Visitor != "" {
			m.Visitor = &u.Visitor
		}
		out.Missing = append(out.Missing, m)
	}
	return answerOf(out), nil
}

func (s *Server) getFacilities(ctx context.Context, _ *struct{}) (*document, error) {
	fc, err := s.service.Facilities(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return geo(fc)
}

type routesInput struct {
	Area string `query:"area" doc:"code; empty: the district"`
	Date string `query:"date"`
}

func (s *Server) getRoutes(ctx context.Context, in *routesInput) (*document, error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	fc, err := s.service.Routes(ctx, s.district, in.Area, on)
	if err != nil {
		return nil, s.problem(err)
	}
	return geo(fc)
}

type visitorsInput struct {
	Area string `query:"area" doc:"code; empty: the district"`
	Date string `query:"date"`
	Text string `query:"q" maxLength:"50" doc:"part of the visitor's id"`
}

func (s *Server) getVisitors(ctx context.Context, in *visitorsInput) (*answer[VisitorList], error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	rows, total, err := s.service.Visitors(ctx, s.district, in.Area, in.Text, on)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(VisitorList{Items: visitors(rows, nil), Total: total}), nil
}

func visitors(rows []service.VisitorRow, names map[string]string) []Visitor {
	out := make([]Visitor, len(rows))
	for i, r := range rows {
		out[i] = Visitor{ID: r.ID, Name: names[r.ID], Kind: r.Kind, Tier: r.Tier, Scope: r.Scope, Stops: r.Stops, Depart: text(r.Depart), Back: text(r.Back)}
	}
	return out
}

// text writes a value that may be missing.
func text[T interface{ String() string }](v *T) *string {
	if v == nil {
		return nil
	}
	s := (*v).String()
	return &s
}

type dayInput struct {
	ID   string `path:"id" maxLength:"100"`
	Date string `query:"date"`
}

func (s *Server) getDay(ctx context.Context, in *dayInput) (*answer[Day], error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	v, err := s.service.Day(ctx, s.district, in.ID, on)
	if err != nil {
		return nil, s.problem(err)
	}
	out := Day{
		Visitor: DayVisitor{ID: v.Visitor.ID, Name: v.Name, Kind: v.Visitor.Kind, Tier: v.Visitor.Tier, Scope: v.Visitor.Scope, Mode: v.Visitor.Mode, Shifts: []Span{}},
		Date:    v.Date.String(), Previous: text(v.Previous), Next: text(v.Next), Itineraries: []DayItinerary{}, Leads: visitors(v.Leads, v.LeadNames),
	}
	for _, sh := range v.Shifts {
		out.Visitor.Shifts = append(out.Visitor.Shifts, Span{sh.From.String(), sh.To.String()})
	}
	for i := range v.Itineraries {
		out.Itineraries = append(out.Itineraries, itinerary(&v.Itineraries[i]))
	}
	return answerOf(out), nil
}

type directionsInput struct {
	ID       string `path:"id" maxLength:"100"`
	Date     string `query:"date"`
	Language string `query:"lang" enum:"zh,en" default:"zh"`
}

func (s *Server) getDirections(ctx context.Context, in *directionsInput) (*answer[[]WalkDirections], error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	lang, _ := directions.ParseLanguage(in.Language)
	walks, err := s.service.Directions(ctx, s.district, in.ID, on, lang)
	if err != nil {
		return nil, s.problem(err)
	}
	out := make([]WalkDirections, len(walks))
	for i, legs := range walks {
		out[i].Legs = make([]DirectionLeg, len(legs))
		for k, l := range legs {
			leg := DirectionLeg{To: l.To, Seconds: l.Seconds, Metres: math.Round(l.Metres), Steps: make([]DirectionStep, len(l.Steps))}
			for n, st := range l.Steps {
				leg.Steps[n] = DirectionStep{
					Text: st.Text, Type: string(st.Type), Modifier: string(st.Turn),
					Metres: math.Round(st.Metres), Seconds: st.Seconds, Location: st.At,
				}
			}
			out[i].Legs[k] = leg
		}
	}
	return answerOf(out), nil
}

func itinerary(it *service.DayItinerary) DayItinerary {
	d := DayItinerary{Depart: it.Depart.String(), Back: it.Back.String(), ReturnSeconds: it.ReturnSeconds, WalkSeconds: it.WalkSeconds, Stops: []DayStop{}}
	if len(it.Route) > 0 {
		d.Route = geojson.NewGeometry(it.Route)
	}
	for i, st := range it.Doors {
		kinds := st.Kinds
		if kinds == nil {
			kinds = []string{}
		}
		stop := DayStop{
			Seq: i + 1, Resident: st.Resident, Hours: []Span{}, With: st.With, Name: st.Name, Grade: st.Grade, Kinds: kinds, Address: st.Address, Location: st.Location,
			Arrive: st.Arrive.String(), Leave: st.Leave.String(), Minutes: st.Minutes, WalkSeconds: st.WalkSeconds,
			DueBy: st.DueBy.String(), Owed: st.Owed, Why: st.Why,
		}
		if st.Task != "" {
			stop.Task = &DayTask{ID: st.Task, Kind: st.TaskKind, What: st.What, Skills: st.Skills}
			if st.Skills == nil {
				stop.Task.Skills = []string{}
			}
		}
		for _, h := range st.Hours {
			stop.Hours = append(stop.Hours, Span{h.From.String(), h.To.String()})
		}
		if stop.With == nil {
			stop.With = []string{}
		}
		d.Stops = append(d.Stops, stop)
	}
	return d
}
