package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sanse/planner"
)

var (
	taskTable = target{
		table: "task", id: "id",
		key:     []string{"district", "id"},
		columns: []string{"district", "id", "kind", "what", "resident", "location", "grid", "micro_grid", "minutes", "rules", "absent", "weight", "needs"},
		refs:    []reference{{"resident", "resident", "id"}, {"grid", "area", "code"}, {"micro_grid", "area", "code"}},
	}
	taskPersonTable = target{
		table: "task_person", id: "task",
		key:     []string{"district", "task"},
		columns: []string{"district", "task", "address"},
	}
	taskPreferTable = target{
		table: "task_prefer", id: "task",
		key:     []string{"district", "task", "visitor"},
		columns: []string{"district", "task", "visitor", "n"},
		refs:    []reference{{"visitor", "visitor", "id"}},
	}
	taskVisitTable = target{
		table: "task_visit", id: "task",
		key:     []string{"district", "task", "day", "done"},
		columns: []string{"district", "task", "day", "done", "visitor"},
		refs:    []reference{{"task", "task", "id"}, {"visitor", "visitor", "id"}},
	}
)

// PutTasks adds or replaces tasks, whose residents and preferred visitors must
// be stored before.
func (tx *Tx) PutTasks(district string, tasks []Task) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	if len(tasks) == 0 {
		return nil
	}
	k, err := tx.sealer(district)
	if err != nil {
		return err
	}
	tasks, err = tx.withoutErased(district, tasks)
	if err != nil {
		return err
	}
	var wishes, addresses [][]any
	for i := range tasks {
		// Bound to table task, where it once was.
		address, err := k.seal(tasks[i].Address, "task", "address", tasks[i].ID)
		if err != nil {
			return err
		}
		if address != nil {
			addresses = append(addresses, []any{district, tasks[i].ID, address})
		}
		for n, v := range tasks[i].Needs.Prefer {
			wishes = append(wishes, []any{district, tasks[i].ID, v, int16(n)})
		}
	}
	err = tx.upsert(&taskTable, len(tasks), func(i int) ([]any, error) { return tx.taskRow(district, &tasks[i]) })
	if err != nil {
		return err
	}
	if err := tx.replaceParts(&taskTable, &taskPersonTable, "task", addresses); err != nil {
		return err
	}
	return tx.replaceParts(&taskTable, &taskPreferTable, "task", wishes)
}

// withoutErased takes out of tasks at the homes of residents who were erased what
// leads there; nobody goes any more.
func (tx *Tx) withoutErased(district string, tasks []Task) ([]Task, error) {
	residents := make([]string, 0, len(tasks))
	for i := range tasks {
		if r := tasks[i].Resident; r != "" {
			residents = append(residents, r)
		}
	}
	gone, err := tx.erasedOf(district, residents)
	if err != nil || len(gone) == 0 {
		return tasks, err
	}
	last, err := planner.ParseDate(noEnd)
	if err != nil {
		return nil, err
	}
	tasks = slices.Clone(tasks)
	for i := range tasks {
		if t := &tasks[i]; gone[t.Resident] {
			t.Address, t.Needs, t.Absent = "", planner.Needs{}, []planner.DateRange{{From: 0, To: last}}
		}
	}
	return tasks, nil
}

// taskRow returns the columns of taskTable.
func (tx *Tx) taskRow(district string, t *Task) ([]any, error) {
	var location []byte
	var err error
	if t.Resident == "" {
		if location, err = geometry(t.Location); err != nil {
			return nil, err
		}
	}
	rules, err := json.Marshal(t.Rules)
	if err != nil {
		return nil, fmt.Errorf("rules of task %s: %w", t.ID, err)
	}
	absent, err := jsonOrNil(t.Absent)
	if err != nil {
		return nil, err
	}
	needs, err := needsText(t.Needs)
	if err != nil {
		return nil, err
	}
	return []any{
		district, t.ID, t.Kind, t.What, orNil(t.Resident), location, orNil(t.Grid), orNil(t.MicroGrid), t.Minutes,
		string(rules), absent, t.Weight, needs,
	}, nil
}

// PutTaskVisits adds past tasks, or replaces those of the same task, day and
// outcome.
func (tx *Tx) PutTaskVisits(district string, visits []TaskVisit) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	return tx.upsert(&taskVisitTable, len(visits), func(i int) ([]any, error) {
		v := &visits[i]
		return []any{district, v.Task, v.Date.Time(), v.Done, orNil(v.Visitor)}, nil
	})
}

// needsText writes needs as JSON without the preferred visitors, which have a
// table of their own so that they are known to exist; nothing is NULL.
func needsText(n planner.Needs) (any, error) {
	n.Prefer = nil
	b, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("write needs: %w", err)
	}
	if string(b) == "{}" {
		return nil, nil
	}
	return string(b), nil
}

// needsOf reads what needsText wrote.
func needsOf(text []byte, prefer []string) (n planner.Needs, err error) {
	if text != nil {
		if err := json.Unmarshal(text, &n); err != nil {
			return n, errors.New("the needs that are stored are not those of a resident or task")
		}
	}
	n.Prefer = prefer
	return n, nil
}

// TickTasks adds tasks that were done, once each, and tells how many were not there
// yet. It does not raise the data version: what is made of them is made anew by
// whoever does so for many at once.
func (tx *Tx) TickTasks(district string, done []TaskVisit) (int, error) {
	tasks, visitors, days := make([]string, len(done)), make([]*string, len(done)), make([]time.Time, len(done))
	for i := range done {
		tasks[i], days[i] = done[i].Task, done[i].Date.Time()
		if done[i].Visitor != "" {
			visitors[i] = &done[i].Visitor
		}
	}
	tag, err := tx.tx.Exec(tx.ctx, `INSERT INTO task_visit (district, task, day, done, visitor)
		SELECT $1, t.task, t.day, true, t.visitor FROM unnest($2::text[], $3::date[], $4::text[]) AS t (task, day, visitor)
		ON CONFLICT (district, task, day, done) DO NOTHING`, district, tasks, days, visitors)
	if err != nil {
		return 0, fmt.Errorf("tick tasks off: %w", tidy(err))
	}
	return int(tag.RowsAffected()), nil
}
