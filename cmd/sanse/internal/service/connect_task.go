package service

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"sanse/cmd/sanse/internal/connect"
	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// MaxConnectTasks is how many tasks are told at once.
const MaxConnectTasks = 500

// feedBack is how far back tasks are looked at again: one of a day that is longer
// past is left as it is.
const feedBack = 45 // days

// ConnectTask is a task as a platform is told it. Of one that is withdrawn, or is no
// longer where the platform may look, it is told the id alone.
type ConnectTask struct {
	ID             string `json:"id"`
	Op             string `json:"op" enum:"added,changed,withdrawn"`
	Seq            int64  `json:"seq" doc:"the number of the change: of two that tell of one task the greater holds"`
	Kind           string `json:"kind,omitempty" enum:"visit,task"`
	Resident       string `json:"resident,omitempty" doc:"our id"`
	ResidentNumber string `json:"resident_number,omitempty" doc:"the platform's own, where it is known"`
	Job            string `json:"task,omitempty" doc:"of field work: which"`
	What           string `json:"what,omitempty" doc:"of field work: what is done there"`
	Visitor        string `json:"visitor,omitempty" doc:"left out: nobody is found for it"`
	VisitorNumber  string `json:"visitor_number,omitempty"`
	Area           string `json:"area,omitempty"`
	Day            string `json:"day,omitempty" format:"date"`
	Place          int    `json:"place,omitempty" doc:"in the walk of that day, from 1"`
	Arrive         string `json:"arrive,omitempty" doc:"HH:MM"`
	Minutes        int    `json:"minutes,omitempty"`
	DueBy          string `json:"due_by,omitempty" format:"date"`
	Why            string `json:"why,omitempty" enum:"planned,owed,covering,unplanned"`
	Name           string `json:"name,omitempty"`
	Phone          string `json:"phone,omitempty"`
	Address        string `json:"address,omitempty"`
}

// ConnectQuery says which tasks are asked for.
type ConnectQuery struct {
	Connector string // for the operator: which platform; empty: none, all of the district
	Area      string // code; empty: all that whoever asks may see
	Day       planner.Date
	Since     string // the cursor of the answer before; empty: all there is
	Names     bool
}

// ConnectTasks is what a platform is told.
type ConnectTasks struct {
	Items  []ConnectTask `json:"items"`
	Cursor string        `json:"cursor" doc:"to be asked with next: by that the platform says that it has all before"`
	More   bool          `json:"more" doc:"there is more: ask again at once"`
	// Export and Mark name the file that left the house, where it tells names.
	Export string `json:"export,omitempty"`
	Mark   string `json:"mark,omitempty"`
}

// syncedTasks is what tasks were last brought up to: as long as all of it is so still,
// there is nothing to do.
type syncedTasks struct {
	version int64 // of the data
	today   planner.Date
	covers  string // who covers whom by a ladder
	last    int64  // change that there was then
}

// syncTasks brings the tasks that are told up to what is planned, in one transaction.
// Any number may do so at once. Platforms that ask for nothing new ask often: then two
// small questions are all.
func (s *Service) syncTasks(ctx context.Context, v *view) error {
	district := v.snap.District.Code
	open, err := s.store.Ladders(ctx, district, data.LadderFilter{Area: district, Open: true, Day: v.today, Held: true})
	if err != nil {
		return err
	}
	now := syncedTasks{version: v.snap.Version, today: v.today, covers: coversOf(open)}
	if now.last, err = s.store.LastChange(ctx, district); err != nil {
		return err
	}
	if was, ok := s.synced.Load(district); ok && was == now {
		return nil
	}
	wanted, err := s.wantedTasks(ctx, v, open)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		last, err := tx.LockFeed(district)
		if err != nil {
			return err
		}
		rows, err := tx.Reads().ConnectTasksFrom(ctx, district, v.today-feedBack)
		if err != nil {
			return err
		}
		stored := make([]connect.Task, len(rows))
		for i := range rows {
			r := &rows[i]
			stored[i] = connect.Task{
				ID: r.ID, Op: connect.Op(r.Op), Resident: r.Resident, Job: r.Task, Visitor: r.Visitor, Area: r.Area, Day: r.Day, Place: r.Place, Arrive: r.Arrive,
				Minutes: r.Minutes, DueBy: r.DueBy, Why: r.Why,
			}
		}
		done, err := doneSince(ctx, tx.Reads(), district, v.today)
		if err != nil {
			return err
		}
		changes := connect.Diff(stored, wanted, v.today, func(t connect.Task) bool { return done[t.Resident+" "+t.Job] >= t.Day })
		put := make([]data.ConnectTask, len(changes))
		for i, c := range changes {
			last++
			put[i] = data.ConnectTask{
				ID: c.ID, Seq: last, Op: string(c.Op), Resident: c.Resident, Task: c.Job, Visitor: c.Visitor, Area: c.Area, Day: c.Day, Place: c.Place,
				Arrive: c.Arrive, Minutes: c.Minutes, DueBy: c.DueBy, Why: c.Why,
			}
		}
		now.last = last
		return tx.PutConnectTasks(district, put, s.now())
	})
	if err != nil {
		return fmt.Errorf("tasks for platforms: %w", err)
	}
	s.synced.Store(district, now)
	return nil
}

// coversOf is all of ladders that tasks say.
func coversOf(open []data.Ladder) string {
	var b strings.Builder
	for i := range open {
		fmt.Fprintf(&b, "%s %s %d,", open[i].Resident, open[i].Holder, open[i].DueBy)
	}
	return b.String()
}

// doneSince is the last day before today on which each resident was visited, and each
// task of field work was done, by both of them.
func doneSince(ctx context.Context, r *data.Reads, district string, today planner.Date) (map[string]planner.Date, error) {
	out := map[string]planner.Date{}
	visits, err := r.Visits(ctx, district, today-feedBack, today)
	if err != nil {
		return nil, err
	}
	for i := range visits {
		if v := &visits[i]; v.Done {
			out[v.Resident+" "] = max(out[v.Resident+" "], v.Date)
		}
	}
	jobs, err := r.TaskVisits(ctx, district, today-feedBack, today)
	if err != nil {
		return nil, err
	}
	tasks, err := r.Tasks(ctx, district)
	if err != nil {
		return nil, err
	}
	at := make(map[string]string, len(tasks))
	for i := range tasks {
		at[tasks[i].ID] = tasks[i].Resident
	}
	for _, j := range jobs {
		if key := at[j.Task] + " " + j.Task; j.Done {
			out[key] = max(out[key], j.Date)
		}
	}
	return out, nil
}

// wantedTasks are what is to be done from today on: what is planned, who covers it by
// a ladder, and what nobody is found for.
func (s *Service) wantedTasks(ctx context.Context, v *view, open []data.Ladder) ([]connect.Task, error) {
	var out []connect.Task
	if v.planned != nil {
		for i := range v.planned.Itineraries {
			it := &v.planned.Itineraries[i]
			if it.Date < v.today {
				continue
			}
			for k := range it.Stops {
				st := &it.Stops[k]
				t := v.connectTask(st.Resident, st.Task, v.areaOf(st))
				t.Visitor, t.Day, t.Place, t.Arrive, t.DueBy, t.Why = it.Visitor, it.Date, k+1, int(st.Arrive), st.DueBy, "planned"
				if st.Owed {
					t.Why = "owed"
				}
				out = append(out, t)
			}
		}
		for i := range v.planned.Unplanned {
			u := &v.planned.Unplanned[i]
			if u.DueBy < v.today {
				continue
			}
			t := v.connectTask(u.Resident, u.Task, v.areaOf(&planner.Stop{Resident: u.Resident, Task: u.Task}))
			t.Day, t.DueBy, t.Why = u.DueBy, u.DueBy, "unplanned"
			out = append(out, t)
		}
	}
	for i := range open {
		l := &open[i]
		if l.Holder == "" || v.residents[l.Resident] == nil {
			continue
		}
		at := slices.IndexFunc(out, func(t connect.Task) bool { return t.Resident == l.Resident && t.Job == "" && t.Day == v.today })
		if at < 0 {
			at = slices.IndexFunc(out, func(t connect.Task) bool { return t.Resident == l.Resident && t.Job == "" && t.DueBy == l.DueBy })
		}
		if at < 0 {
			out = append(out, v.connectTask(l.Resident, "", v.areaOf(&planner.Stop{Resident: l.Resident})))
			at = len(out) - 1
			out[at].DueBy = l.DueBy
		}
		if t := &out[at]; t.Visitor != l.Holder {
			t.Place, t.Arrive = 0, 0
			t.Visitor, t.Day = l.Holder, v.today
		}
		out[at].Why = "covering"
	}
	// The plan in force goes on stopping at a door until it is made anew: of whom was
	// erased no platform is told any more.
	erased, err := s.store.Erased(ctx, v.snap.District.Code)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(t connect.Task) bool {
		_, gone := slices.BinarySearch(erased, t.Resident)
		return gone
	}), nil
}

// connectTask is a task at a resident's or of field work.
func (v *view) connectTask(resident, job, area string) connect.Task {
	t := connect.Task{Resident: resident, Job: job, Area: area}
	if r := v.residents[resident]; r != nil {
		t.Minutes = r.Minutes
	}
	if j := v.tasks[job]; j != nil {
		t.Minutes = j.Minutes
	}
	return t
}

// ConnectTasks tells a platform what is to be done: all there is, or what has changed
// since the answer before. That it asks with a cursor says that it has what was told
// before that.
func (s *Service) ConnectTasks(ctx context.Context, district string, q ConnectQuery) (out ConnectTasks, err error) {
	l := &link{}
	if q.Connector != "" || !viewerOf(ctx).Operates() {
		if l, err = s.link(ctx, district, q.Connector); err != nil {
			return out, err
		}
	}
	after := int64(0)
	if q.Since != "" {
		if _, err := fmt.Sscanf(q.Since, "%d", &after); err != nil || after < 0 || fmt.Sprint(after) != q.Since {
			return out, invalid("since: want the cursor of the answer before")
		}
	}
	v, a, err := s.viewArea(ctx, district, q.Area)
	if err != nil {
		return out, err
	}
	if q.Area == "" {
		a.Code = ""
	}
	code := v.snap.District.Code
	list, err := s.store.ConnectChanges(ctx, code, after, MaxConnectTasks+1)
	if err == nil && len(list) <= MaxConnectTasks {
		// Nobody who has yet to read what is there waits for what came since.
		if err = s.syncTasks(ctx, v); err == nil {
			list, err = s.store.ConnectChanges(ctx, code, after, MaxConnectTasks+1)
		}
	}
	if err != nil {
		return out, err
	}
	if out.More = len(list) > MaxConnectTasks; out.More {
		list = list[:MaxConnectTasks]
	}
	viewer := viewerOf(ctx)
	may := func(area string) bool {
		return viewer.May(CapConnect, area) && strings.HasPrefix(area, a.Code)
	}
	for i := range list {
		t := &list[i]
		after = t.Seq
		told := may(t.Area) && t.Op != string(connect.Withdrawn) && (q.Day == 0 || t.Day == q.Day)
		switch {
		case told:
			out.Items = append(out.Items, v.told(t))
		case q.Since != "" && slices.ContainsFunc(t.Areas, may):
			out.Items = append(out.Items, ConnectTask{ID: t.ID, Op: string(connect.Withdrawn), Seq: t.Seq})
		}
	}
	out.Cursor = fmt.Sprint(after)
	if out.Items == nil {
		out.Items = []ConnectTask{}
	}
	if err := s.tellTasks(ctx, v, l, q, out.Items); err != nil {
		return out, err
	}
	if l.connector.ID == "" || viewerOf(ctx).Operates() && q.Since == "" {
		return out, nil
	}
	seen := int64(0) // from the beginning
	if q.Since != "" {
		if _, err := fmt.Sscan(q.Since, &seen); err != nil {
			return out, invalid("since: want the cursor of the answer before")
		}
	}
	return out, s.store.Write(ctx, func(tx *data.Tx) error { return tx.AskedConnector(code, l.connector.ID, seen, s.now()) })
}

// told is a task as it is told, by opaque ids.
func (v *view) told(t *data.ConnectTask) ConnectTask {
	out := ConnectTask{
		ID: t.ID, Op: t.Op, Seq: t.Seq, Kind: "visit", Resident: t.Resident, Job: t.Task, Visitor: t.Visitor, Area: t.Area, Day: t.Day.String(), Place: t.Place,
		Minutes: t.Minutes, DueBy: t.DueBy.String(), Why: t.Why,
	}
	if t.Task != "" {
		out.Kind = "task"
		if j := v.tasks[t.Task]; j != nil {
			out.What = j.What
		}
	}
	if t.Arrive > 0 {
		out.Arrive = planner.Clock(t.Arrive).String()
	}
	return out
}

// tellTasks fills in the platform's own numbers, and names where they are asked for,
// and records the look.
func (s *Service) tellTasks(ctx context.Context, v *view, l *link, q ConnectQuery, items []ConnectTask) error {
	district := v.snap.District.Code
	var residents, visitors, tasks []string
	for i := range items {
		residents, visitors = append(residents, items[i].Resident), append(visitors, items[i].Visitor)
		if items[i].Resident == "" {
			tasks = append(tasks, items[i].Job)
		}
	}
	if l.connector.ID != "" {
		for _, of := range []struct {
			kind string
			ids  []string
			into func(*ConnectTask) (string, *string)
		}{
			{"resident", residents, func(t *ConnectTask) (string, *string) { return t.Resident, &t.ResidentNumber }},
			{"visitor", visitors, func(t *ConnectTask) (string, *string) { return t.Visitor, &t.VisitorNumber }},
		} {
			known, err := s.store.ExternalNumbers(ctx, district, l.connector.ID, of.kind, of.ids)
			if err != nil {
				return err
			}
			for i := range items {
				id, number := of.into(&items[i])
				*number = known[id]
			}
		}
	}
	look := data.Event{Action: data.ActRead, Object: "connect_task", Area: q.Area, IDs: eachOnce(append(slices.Clone(residents), tasks...)), Detail: map[string]string{"connector": l.connector.ID}}
	if len(look.IDs) == 0 {
		return nil
	}
	if !q.Names {
		return s.shown(ctx, v.snap, residents, look)
	}
	for i := range items {
		if items[i].Area != "" {
			if err := mustMay(ctx, CapNames, items[i].Area); err != nil {
				return err
			}
		}
	}
	look.Action = data.ActName
	told, err := s.told(ctx, v.snap, data.Ask{Persons: residents, Tasks: tasks}, look)
	if err != nil {
		return err
	}
	for i := range items {
		t := &items[i]
		if p, known := told.Persons[t.Resident]; known {
			t.Name, t.Phone, t.Address = p.Name.Reveal(), p.Phone.Reveal(), p.Address.Reveal()
		} else if t.Resident == "" {
			t.Address = told.Addresses[t.Job].Reveal()
		}
	}
	return nil
}

// ConnectTasksNamed is ConnectTasks with names, for a purpose: it leaves the house as
// a file does, with a number and a mark, and is written down.
func (s *Service) ConnectTasksNamed(ctx context.Context, district, purpose string, q ConnectQuery, w io.Writer) error {
	viewer := viewerOf(ctx)
	if _, known := PurposeOf(purpose); !known {
		return invalid("purpose: names leave the house for a purpose: name one")
	}
	if !viewer.MaySomewhere(CapNames) {
		return forbidden("names are told to keys alone that were made for them (scope names)")
	}
	viewer.Purpose = purpose
	ctx = WithViewer(ctx, viewer)
	ctx, err := s.BeginExport(ctx, district, "connect-tasks", q.Area)
	if err != nil {
		return err
	}
	q.Names = true
	out, err := s.ConnectTasks(ctx, district, q)
	if err != nil {
		return err
	}
	records := 0
	for i := range out.Items {
		if out.Items[i].Name != "" || out.Items[i].Address != "" {
			records++
		}
	}
	return s.Leave(ctx, records, w, func(w io.Writer, m reports.Marked) error {
		out.Export, out.Mark = m.Number, m.Hidden
		return json.NewEncoder(w).Encode(out)
	})
}
