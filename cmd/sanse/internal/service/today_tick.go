package service

import (
	"context"
	"sync"

	"sanse/data"
	"sanse/planner"
)

// Tick is a task at no home that was done on a day: a patrol point that was passed.
type Tick struct {
	Task string
	Day  planner.Date
}

// MaxTicks is how many are sent at once.
const MaxTicks = 200

// maxTickDays is how long after its day a tick is taken.
const maxTickDays = 7

// ticked are districts with ticks of which the views do not know yet. Its zero value
// is ready.
type ticked struct {
	mu   sync.Mutex
	some map[string]bool
}

func (t *ticked) put(district string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.some == nil {
		t.some = make(map[string]bool)
	}
	t.some[district] = true
}

func (t *ticked) take(district string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	had := t.some[district]
	delete(t.some, district)
	return had
}

// TickTasks notes tasks at no home as done and says of each what became of it:
// RecordStored, RecordSame or RecordRefused. However often a tick is sent, it is one.
// What is done at somebody's home is no tick: it wants a record.
func (s *Service) TickTasks(ctx context.Context, district string, ticks []Tick) ([]string, error) {
	viewer := viewerOf(ctx)
	switch {
	case !viewer.MaySomewhere(CapVisit):
		return nil, forbidden("your roles do not make visits")
	case len(ticks) == 0 || len(ticks) > MaxTicks:
		return nil, invalid("1 to %d ticks are sent at once", MaxTicks)
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	code := v.snap.District.Code
	out := make([]string, len(ticks))
	byDay := make(map[planner.Date][]string)
	for i, t := range ticks {
		task := v.tasks[t.Task]
		if task == nil || task.Resident != "" || t.Day > v.today || t.Day < v.today-maxTickDays || !viewer.May(CapVisit, smallest(task.Grid, task.MicroGrid)) && !v.sent(viewer.Visitor, t) {
			out[i] = RecordRefused
			continue
		}
		byDay[t.Day] = append(byDay[t.Day], t.Task)
	}
	known := make(map[Tick]bool)
	for day, tasks := range byDay {
		done, err := s.store.TasksDoneOn(ctx, code, tasks, day)
		if err != nil {
			return nil, err
		}
		for id := range done {
			known[Tick{id, day}] = true
		}
	}
	var fresh []data.TaskVisit
	for i, t := range ticks {
		switch {
		case out[i] != "":
		case known[t]:
			out[i] = RecordSame
		default:
			known[t] = true
			out[i] = RecordStored
			fresh = append(fresh, data.TaskVisit{Task: t.Task, Visitor: viewer.Visitor, Date: t.Day, Done: true})
		}
	}
	if len(fresh) == 0 {
		return out, nil
	}
	ids := make([]string, len(fresh))
	for i := range fresh {
		ids[i] = fresh[i].Task
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		if _, err := tx.TickTasks(code, fresh); err != nil {
			return err
		}
		return tx.Record(code, data.Event{Action: data.ActUpdate, Object: "task_visit", IDs: ids})
	})
	if err == nil {
		s.ticked.put(code)
	}
	return out, err
}

// sent tells whether the plan sends a visitor to a task on a day.
func (v *view) sent(visitor string, t Tick) bool {
	if visitor == "" {
		return false
	}
	for _, it := range v.walks(visitor, t.Day) {
		for i := range it.Stops {
			if it.Stops[i].Task == t.Task {
				return true
			}
		}
	}
	return false
}

// tendTicks has what is made of tasks made anew where some were ticked off.
func (s *Service) tendTicks(ctx context.Context, district string) error {
	if !s.ticked.take(district) {
		return nil
	}
	err := s.store.Write(ctx, func(tx *data.Tx) error { return tx.Touch(district) })
	if err != nil {
		s.ticked.put(district)
	}
	return err
}
