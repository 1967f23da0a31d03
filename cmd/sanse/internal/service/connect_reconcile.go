package service

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// maxReconcileDays is how long the period of a reconciliation is at most.
const maxReconcileDays = 92

// Reconcile holds what a platform was told of an area against what it has told, for
// the days from one to another, both included. An empty connector is the only one
// there is. Rows that were refused belong to nowhere: they are told to those who see
// the records of all of the district.
func (s *Service) Reconcile(ctx context.Context, district, connector, area string, from, to planner.Date) (reports.Reconciliation, error) {
	var none reports.Reconciliation
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return none, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return none, err
	}
	if from == 0 {
		from = v.today - 6
	}
	if to == 0 {
		to = v.today
	}
	if to < from || to-from >= maxReconcileDays {
		return none, invalid("from, to: want at most %d days, the first first", maxReconcileDays)
	}
	code := v.snap.District.Code
	c, err := s.onlyConnector(ctx, code, connector)
	if err != nil {
		return none, err
	}
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return none, invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	in := reports.ReconcileInput{From: from, To: to, Today: v.today, Platform: c.ID}
	if err := s.reconcileTasks(ctx, code, c, a.Code, zone, &in); err != nil {
		return none, err
	}
	begin, end := dayBegins(from, zone), dayBegins(to+1, zone)
	cases, err := s.store.ConnectCases(ctx, code, c.ID, a.Code, begin, end)
	if err != nil {
		return none, err
	}
	for _, o := range cases {
		row := reports.ReconcileCase{ID: o.External, Case: o.Incident, Area: o.Area, Theirs: o.Theirs, Ours: o.Ours}
		if o.External == "" {
			in.OnlyOurs = append(in.OnlyOurs, row)
		} else {
			in.Cases = append(in.Cases, row)
		}
	}
	if viewerOf(ctx).May(CapRecords, code) && a.Code == code {
		if in.Refused, err = s.reconcileRefused(ctx, code, c, begin, end, from, to); err != nil {
			return none, err
		}
	}
	r := reports.Reconcile(in)
	var told []string
	for _, list := range [][]reports.ReconcileTask{r.Matched, r.NoVisit, r.NotAcked} {
		for i := range list {
			told = append(told, list[i].Resident)
		}
	}
	for i := range r.NoTask {
		told = append(told, r.NoTask[i].Resident)
	}
	return r, s.shown(ctx, v.snap, told, read("reconciliation", a.Code))
}

// onlyConnector is the connector of that id; of none, the only one there is.
func (s *Service) onlyConnector(ctx context.Context, district, id string) (data.Connector, error) {
	list, err := s.store.Connectors(ctx, district)
	if err != nil {
		return data.Connector{}, err
	}
	if id == "" && len(list) == 1 {
		return list[0], nil
	}
	if id == "" && len(list) > 1 {
		return data.Connector{}, invalid("connector: there are several, name one")
	}
	at := slices.IndexFunc(list, func(c data.Connector) bool { return c.ID == id })
	if at < 0 {
		return data.Connector{}, notFound("there is no such platform")
	}
	return list[at], nil
}

// reconcileTasks reads the tasks and the visits of an area.
func (s *Service) reconcileTasks(ctx context.Context, district string, c data.Connector, area string, zone *time.Location, in *reports.ReconcileInput) error {
	tasks, err := s.store.ConnectTasksBetween(ctx, district, area, in.From, in.To)
	if err != nil {
		return err
	}
	var residents []string
	for i := range tasks {
		residents = append(residents, tasks[i].Resident)
	}
	residents = eachOnce(residents)
	rows, err := s.store.ConnectVisits(ctx, district, c.ID, area, residents, in.From, in.To)
	if err != nil {
		return err
	}
	visits, err := s.store.SeenBetween(ctx, district, residents, in.From-maxReconcileDays, in.To)
	if err != nil {
		return err
	}
	type day struct {
		resident string
		day      planner.Date
	}
	theirs, ours := map[day]bool{}, map[string][]planner.Date{}
	for i := range rows {
		r := &rows[i]
		theirs[day{r.Resident, r.Day}] = true
		if r.Resident != "" && strings.HasPrefix(r.Area, area) {
			in.Visits = append(in.Visits, reports.ReconcileVisit{ID: r.External, Resident: r.Resident, Area: r.Area, Day: r.Day, Seen: r.Done, Says: r.Task})
		}
	}
	for i := range visits {
		if v := &visits[i]; !theirs[day{v.Resident, v.Day}] {
			ours[v.Resident] = append(ours[v.Resident], v.Day)
		}
	}
	for i := range tasks {
		t := &tasks[i]
		since := planner.DateOf(t.First.In(zone))
		here := t.Task == "" && slices.ContainsFunc(ours[t.Resident], func(d planner.Date) bool { return d >= since && d <= max(t.Day, t.DueBy) })
		in.Tasks = append(in.Tasks, reports.ReconcileTask{
			ID: t.ID, Resident: t.Resident, Job: t.Task, Visitor: t.Visitor, Area: t.Area, Since: since, Day: t.Day, DueBy: t.DueBy, Withdrawn: t.Op == "withdrawn",
			Acknowledged: t.Seq <= c.Acked, Here: here,
		})
	}
	return nil
}

// reconcileRefused counts what was refused, by kind and reason.
func (s *Service) reconcileRefused(ctx context.Context, district string, c data.Connector, begin, end time.Time, from, to planner.Date) (out []reports.ReconcileRefused, err error) {
	for _, kind := range []string{data.ConnectVisit, data.ConnectCase} {
		rows, err := s.store.ConnectRowsSince(ctx, district, c.ID, kind, begin, end)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			r := &rows[i]
			if r.Refused == "" {
				continue
			}
			at := slices.IndexFunc(out, func(o reports.ReconcileRefused) bool { return o.Kind == kind && o.Code == r.Refused })
			if at < 0 {
				at = len(out)
				out = append(out, reports.ReconcileRefused{Kind: kind, Code: r.Refused})
			}
			out[at].N++
			out[at].IDs = append(out[at].IDs, r.External)
		}
	}
	devices, err := s.store.DeviceRefusals(ctx, district, from, to)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		at := slices.IndexFunc(out, func(o reports.ReconcileRefused) bool { return o.Kind == "device" && o.Code == d.Code })
		if at < 0 {
			at = len(out)
			out = append(out, reports.ReconcileRefused{Kind: "device", Code: d.Code})
		}
		out[at].N += int(d.N)
	}
	return out, nil
}

// ReconcileKind is what a file of a reconciliation is written down as.
const ReconcileKind = "connect reconcile"

// ReconcileBook writes a reconciliation as a workbook, in the district's words, with
// the mark of the operator, who takes it away.
func (s *Service) ReconcileBook(ctx context.Context, d data.District, r reports.Reconciliation, w io.Writer) error {
	if err := mustOperate(ctx); err != nil {
		return err
	}
	return s.Carry(ctx, d, ReconcileKind, r.Records(), w, s.writeReconcile(d, r))
}

func (s *Service) writeReconcile(d data.District, r reports.Reconciliation) func(io.Writer, reports.Marked) error {
	about := reports.About{Name: d.Name, Note: d.Note, MadeUp: d.MadeUp, Made: made(s.now(), d.TimeZone)}
	return func(w io.Writer, m reports.Marked) error {
		return reports.WriteReconcileWorkbook(w, reports.ReconcileBook{About: about, Marked: m, Reconciliation: r})
	}
}

// ReconcileWorkbook is Reconcile as a workbook, for who may take files of the area out
// of the house.
func (s *Service) ReconcileWorkbook(ctx context.Context, district, connector, area string, from, to planner.Date, w io.Writer) error {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return err
	}
	if err := mustMay(ctx, CapExport, a.Code); err != nil {
		return err
	}
	r, err := s.Reconcile(ctx, district, connector, area, from, to)
	if err != nil {
		return err
	}
	return s.Leave(ctx, r.Records(), w, s.writeReconcile(v.snap.District, r))
}

// Platform is a platform, and how it goes with it: what of its tasks reaches it, and
// what it tells of.
type Platform struct {
	data.Connector
	Mail  data.Mail
	Pulls []data.ConnectPull
}

// Platforms tells how it goes with the platforms of a district. Nobody stands in it: it
// is for whoever sees the records of the area, as their reconciliation is.
func (s *Service) Platforms(ctx context.Context, district, area string) ([]Platform, error) {
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, err
	}
	a, err := f.area(area)
	if err != nil {
		return nil, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return nil, err
	}
	list, err := s.store.Connectors(ctx, district)
	if err != nil {
		return nil, err
	}
	mail, err := s.store.ConnectMail(ctx, district)
	if err != nil {
		return nil, err
	}
	pulls, err := s.store.ConnectPulls(ctx, district)
	if err != nil {
		return nil, err
	}
	out := make([]Platform, len(list))
	for i, c := range list {
		out[i].Connector = c
		for _, m := range mail {
			if m.Connector == c.ID {
				out[i].Mail = m
			}
		}
		for _, p := range pulls {
			if p.Connector == c.ID {
				out[i].Pulls = append(out[i].Pulls, p)
			}
		}
	}
	return out, nil
}
