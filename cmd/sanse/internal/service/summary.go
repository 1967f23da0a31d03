package service

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"time"

	"sanse/planner"
	"sanse/reports"
)

// Summary is the account of one run of the main job: the canonical
// summary.json of docs/schema/summary.json. Seconds are by stage.
type Summary struct {
	District       string             `json:"district"`
	Name           string             `json:"name"`
	MadeUp         bool               `json:"made_up"`
	Start          planner.Date       `json:"start"`
	Days           int                `json:"days"`
	Residents      map[string]int     `json:"residents"` // by grade
	Visitors       int                `json:"visitors"`
	VisitsRequired int                `json:"visits_required"` // the fewest visits that keep every rule, given those made before
	VisitsPlanned  int                `json:"visits_planned"`
	OwedAtStart    int                `json:"owed_at_start"`   // residents owed a visit from before
	OwedClearedOn  *planner.Date      `json:"owed_cleared_on"` // the day on which the last of them is seen; null: never, or nothing was owed
	Lapses         int                `json:"lapses"`          // of care visits
	Unplanned      map[string]int     `json:"unplanned"`       // by reason, what stays owed included
	VisitorDays    int                `json:"visitor_days"`
	WalkSeconds    int                `json:"walk_seconds"`
	Unreachable    int                `json:"unreachable"`     // residents too far from any street, or cut off
	Violations     int                `json:"violations"`      // of planner.Check; 0 unless the program is wrong
	Coverage       map[string]float64 `json:"coverage"`        // share of residents within reach, by service
	Seconds        map[string]float64 `json:"seconds"`         // by stage
	PeakMemoryMiB  int                `json:"peak_memory_mib"` // of this process; the database's is not in it
	// TaskLapses are the lapses of tasks, of every kind.
	TaskLapses int `json:"task_lapses,omitempty"`
	// Tasks is the field work beside the care visits, by kind; left out where
	// there is none. VisitsRequired and VisitsPlanned are care visits alone.
	Tasks map[string]TaskSummary `json:"tasks,omitempty"`
	// Shortages prove that no plan is without lapses, and say how much is short.
	Shortages []ShortageSummary `json:"shortages,omitempty"`
	// StreetsChangeOn is the first day of the plan on which other changes to the
	// streets are in force than on its first: it walks on those of its first day
	// to its end. Nil if there is none.
	StreetsChangeOn *planner.Date     `json:"streets_change_on,omitempty"`
	Binding         []planner.Binding `json:"binding,omitempty"` // what stands in the way, by block, where visits lapse
}

// TaskSummary is what a plan makes of one kind of task.
type TaskSummary struct {
	Tasks   int `json:"tasks"`
	Planned int `json:"planned"` // times done, however many people it takes
	Lapses  int `json:"lapses"`
}

// ShortageSummary is a planner.Shortage without its single needs.
type ShortageSummary struct {
	Block       string         `json:"block"`
	Days        []planner.Date `json:"days"`
	Visitors    int            `json:"visitors"`
	NeedMinutes int            `json:"need_minutes"`
	HaveMinutes int            `json:"have_minutes"`
	Short       int            `json:"short_minutes"`
	MendMinutes int            `json:"mend_minutes"`
}

func summarize(r *PlanResult, board *reports.Board) Summary {
	p, plan := r.Problem, r.Plan
	s := Summary{
		District: p.District, Name: p.Name, MadeUp: p.MadeUp, Start: p.Start, Days: p.Days,
		Residents: make(map[string]int), Visitors: len(p.Visitors), Unplanned: make(map[string]int),
		OwedAtStart: board.OwedAtStart(), Violations: len(r.Violations),
		Coverage: make(map[string]float64), Seconds: make(map[string]float64),
	}
	for i := range p.Residents {
		s.Residents[p.Residents[i].Grade]++
	}
	if day := r.Snapshot.StreetsChange; day > p.Start && day < p.Start+planner.Date(p.Days) {
		s.StreetsChangeOn = &day
	}
	if day, ok := board.OwedClearedOn(); ok {
		s.OwedClearedOn = &day
	}
	s.VisitsRequired = board.Needed()
	type visitorDay struct {
		visitor string
		date    planner.Date
	}
	days := make(map[visitorDay]struct{})
	type visit struct {
		resident string
		date     planner.Date
	}
	visits := make(map[visit]struct{}) // two visitors make one
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		days[visitorDay{it.Visitor, it.Date}] = struct{}{}
		s.WalkSeconds += it.ReturnSeconds
		for j := range it.Stops {
			st := &it.Stops[j]
			s.WalkSeconds += st.WalkSeconds
			if st.Task == "" {
				visits[visit{st.Resident, it.Date}] = struct{}{}
			}
		}
	}
	s.VisitorDays, s.VisitsPlanned = len(days), len(visits)
	if len(p.Tasks) > 0 {
		s.Tasks = make(map[string]TaskSummary)
		for _, row := range board.Tasks("", board.Horizon()) {
			s.Tasks[row.Kind] = TaskSummary{Tasks: row.Tasks, Planned: row.Planned, Lapses: row.Lapses}
		}
	}
	for i := range plan.Shortages {
		sh := &plan.Shortages[i]
		s.Shortages = append(s.Shortages, ShortageSummary{
			Block: sh.Block, Days: sh.Days, Visitors: len(sh.Visitors), NeedMinutes: sh.NeedMinutes, HaveMinutes: sh.HaveMinutes,
			Short: sh.Short, MendMinutes: sh.MendMinutes,
		})
	}
	cutOff := make(map[string]struct{})
	for _, u := range plan.Unplanned {
		s.Unplanned[string(u.Reason)]++
		switch {
		case u.Owed:
		case u.Task != "":
			s.TaskLapses++
		default:
			s.Lapses++
		}
		if u.Reason == planner.ReasonUnreachable && u.Resident != "" {
			cutOff[u.Resident] = struct{}{}
		}
	}
	s.Unreachable = len(cutOff)
	if s.Lapses+s.TaskLapses > 0 {
		s.Binding = planner.Bind(p, plan)
	}
	return s
}

// stopwatch adds up the seconds of the stages of a job, in the order in which
// they ran.
type stopwatch struct {
	now    func() time.Time
	last   time.Time
	stages map[string]float64
}

func newStopwatch(now func() time.Time) *stopwatch {
	return &stopwatch{now: now, last: now(), stages: make(map[string]float64)}
}

// lap books the time since the last lap on a stage.
func (w *stopwatch) lap(stage string) {
	t := w.now()
	w.stages[stage] += float64(t.Sub(w.last).Milliseconds()) / 1000
	w.last = t
}

// peakMemoryMiB is the most memory that this process has held, as the kernel
// counts it; 0 where the kernel does not say.
func peakMemoryMiB() int {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:")
		if !ok {
			continue
		}
		kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
		if err != nil {
			return 0
		}
		return (kib + 1023) / 1024
	}
	return 0
}
