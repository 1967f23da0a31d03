package reports

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/planner"
)

// TaskRow is what a plan makes of one kind of task in an area and a period.
// What is asked of tasks is counted apart from the care visits.
type TaskRow struct {
	Kind    string `json:"kind"`    // service, patrol, door or a kind of the district's own
	Tasks   int    `json:"tasks"`   // enrolled
	Done    int    `json:"done"`    // times done in the period, before today
	Planned int    `json:"planned"` // times planned in the period, from today on
	Lapses  int    `json:"lapses"`  // windows that the plan lets close in the period
}

// boardTask is what the board keeps of one task.
type boardTask struct {
	kind            string
	resident, grade string // of whose home it is
	grid, microGrid string
	days            []planner.Date // done before today, planned from today on; ascending, each once
	lapses          []planner.Date
}

// addTasks lists the tasks, each in its grid or that of the resident at whose
// home it is done.
func (b *Board) addTasks(p *planner.Problem, home map[string]int) error {
	b.task = make(map[string]int, len(p.Tasks))
	b.tasks = make([]boardTask, len(p.Tasks))
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if _, twice := b.task[t.ID]; twice {
			return fmt.Errorf("task %s is listed twice", t.ID)
		}
		b.task[t.ID] = i
		b.tasks[i] = boardTask{kind: t.Kind, resident: t.Resident, grid: t.Grid, microGrid: t.MicroGrid, days: slices.Clone(t.Done)}
		if t.Resident != "" {
			r, ok := home[t.Resident]
			if !ok {
				return fmt.Errorf("task %s is at the home of resident %s, who is not in the problem", t.ID, t.Resident)
			}
			b.tasks[i].grid, b.tasks[i].microGrid, b.tasks[i].grade = b.residents[r].grid, b.residents[r].microGrid, b.residents[r].grade
		}
	}
	return nil
}

// addTaskStop counts a stop at a task of the plan.
func (b *Board) addTaskStop(load *KindLoad, s *planner.Stop, day planner.Date) error {
	i, ok := b.task[s.Task]
	if !ok {
		return fmt.Errorf("the plan of %s names task %s, which is not in the problem", day, s.Task)
	}
	load.Tasks++
	load.TaskMin += int(s.Leave - s.Arrive)
	load.WalkSeconds += s.WalkSeconds
	if day >= b.today {
		b.tasks[i].days = append(b.tasks[i].days, day)
	}
	return nil
}

// addTaskUnplanned counts a task that the plan leaves out.
func (b *Board) addTaskUnplanned(u *planner.Unplanned) (UnplannedRow, error) {
	i, ok := b.task[u.Task]
	if !ok {
		return UnplannedRow{}, fmt.Errorf("the plan leaves out task %s, which is not in the problem", u.Task)
	}
	t := &b.tasks[i]
	if !u.Owed {
		t.lapses = append(t.lapses, u.DueBy)
	}
	return UnplannedRow{Resident: t.resident, Task: u.Task, Kind: t.kind, Grade: t.grade, Grid: t.grid, microGrid: t.microGrid}, nil
}

// Tasks returns the account of the tasks in the area of that code ("" is
// everything) by kind, ascending; nil where there are none.
func (b *Board) Tasks(area string, p Period) []TaskRow {
	rows := map[string]*TaskRow{}
	for i := range b.tasks {
		t := &b.tasks[i]
		if r := (boardResident{grid: t.grid, microGrid: t.microGrid}); area != "" && !r.in(area) {
			continue
		}
		row := rows[t.kind]
		if row == nil {
			row = &TaskRow{Kind: t.kind}
			rows[t.kind] = row
		}
		row.Tasks++
		for _, d := range t.days {
			switch {
			case d < p.From || d > p.To:
			case d < b.today:
				row.Done++
			default:
				row.Planned++
			}
		}
		for _, d := range t.lapses {
			if d >= p.From && d <= p.To && d >= b.today {
				row.Lapses++
			}
		}
	}
	var out []TaskRow
	for _, row := range rows {
		out = append(out, *row)
	}
	slices.SortFunc(out, func(x, y TaskRow) int { return cmp.Compare(x.Kind, y.Kind) })
	return out
}
