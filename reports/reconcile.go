package reports

import (
	"cmp"
	"slices"
	"strings"

	"sanse/planner"
)

// ReconcileTask is a task that was told to a platform.
type ReconcileTask struct {
	ID           string       `json:"id"`
	Resident     string       `json:"resident,omitempty"`
	Job          string       `json:"task,omitempty"` // of field work
	Visitor      string       `json:"visitor,omitempty"`
	Area         string       `json:"area"`
	Since        planner.Date `json:"since"` // on which it was told first: no visit before is this one
	Day          planner.Date `json:"day"`
	DueBy        planner.Date `json:"due_by"`
	Withdrawn    bool         `json:"withdrawn,omitempty"`
	Acknowledged bool         `json:"acknowledged"` // the platform has it, as it stands now
	// Here says that a visit is known that the platform did not tell of: it was
	// recorded here, or came by file.
	Here  bool   `json:"made_here,omitempty"`
	Visit string `json:"visit,omitempty"` // the platform's number of the visit that it is
}

// ReconcileVisit is a visit that a platform told of.
type ReconcileVisit struct {
	ID       string       `json:"id"` // the platform's number
	Resident string       `json:"resident"`
	Area     string       `json:"area"`
	Day      planner.Date `json:"day"`
	Seen     bool         `json:"seen"`
	Says     string       `json:"says,omitempty"` // the task that it says it is
	Task     string       `json:"task,omitempty"` // the task that it is
}

// ReconcileCase is a case that a platform told of, and ours.
type ReconcileCase struct {
	ID     string `json:"id"`   // the platform's number
	Case   string `json:"case"` // ours; empty: it is no longer kept
	Area   string `json:"area"`
	Theirs string `json:"theirs"` // stage
	Ours   string `json:"ours"`
}

// ReconcileRefused is how many rows of a kind were refused for a reason, and not sent
// again since.
type ReconcileRefused struct {
	Kind string   `json:"kind"` // visit, case, device
	Code string   `json:"code"`
	N    int      `json:"n"`
	IDs  []string `json:"ids,omitempty"` // the platform's numbers
}

// ReconcileInput is what a platform was told and has told of a period.
type ReconcileInput struct {
	From, To planner.Date // both included
	Today    planner.Date // tasks of days before are over
	Platform string
	Tasks    []ReconcileTask
	Visits   []ReconcileVisit
	Cases    []ReconcileCase
	OnlyOurs []ReconcileCase // cases of ours in the period that the platform does not know
	Refused  []ReconcileRefused
}

// Reconciliation holds what a platform was told against what it has told. Each count
// is the length of a list, or of its rows that are so.
type Reconciliation struct {
	From     planner.Date    `json:"from"`
	To       planner.Date    `json:"to"`
	Platform string          `json:"platform"`
	Counts   ReconcileCounts `json:"counts"`

	Matched  []ReconcileTask    `json:"matched"`       // tasks with their visit
	NoVisit  []ReconcileTask    `json:"without_visit"` // of days that are over
	NoTask   []ReconcileVisit   `json:"without_task"`  // visits
	NotAcked []ReconcileTask    `json:"not_acknowledged"`
	Differ   []ReconcileCase    `json:"stages_differ"`
	OnlyOurs []ReconcileCase    `json:"only_ours"`
	Refused  []ReconcileRefused `json:"refused"`
}

// Records is of how many single records it tells: residents, tasks of field work that
// are nobody's, and cases.
func (r *Reconciliation) Records() int {
	told := map[string]bool{}
	for _, list := range [][]ReconcileTask{r.Matched, r.NoVisit, r.NotAcked} {
		for i := range list {
			told["r"+list[i].Resident+"/"+list[i].Job] = true
		}
	}
	for i := range r.NoTask {
		told["r"+r.NoTask[i].Resident+"/"] = true
	}
	for _, list := range [][]ReconcileCase{r.Differ, r.OnlyOurs} {
		for i := range list {
			told["c"+list[i].ID+"/"+list[i].Case] = true
		}
	}
	return len(told)
}

// ReconcileCounts are the figures of a reconciliation.
type ReconcileCounts struct {
	Sent         int `json:"tasks_sent"`
	Withdrawn    int `json:"tasks_withdrawn"`
	Acknowledged int `json:"tasks_acknowledged"`
	Received     int `json:"visits_received"`
	NotSeen      int `json:"visits_not_seen"` // of those received: nobody was there
	Matched      int `json:"visits_matched"`
	NoTask       int `json:"visits_without_task"`
	MadeHere     int `json:"tasks_made_here"`
	NoVisit      int `json:"tasks_without_visit"` // of days that are over
	Open         int `json:"tasks_open"`          // of today and later, without one yet
	Cases        int `json:"cases_received"`
	Differ       int `json:"cases_stage_differs"`
	OnlyOurs     int `json:"cases_only_ours"`
	Refused      int `json:"rows_refused"`
}

// Reconcile matches visits to tasks and says what is left on either side. A visit
// that says which task it is is that one, if it is of the same resident; any other is
// the task of its resident whose day is nearest, of those that can still be met by
// it. A task has one visit, and a visit at which nobody was seen is none.
func Reconcile(in ReconcileInput) Reconciliation {
	r := Reconciliation{From: in.From, To: in.To, Platform: in.Platform, Refused: slices.Clone(in.Refused), OnlyOurs: slices.Clone(in.OnlyOurs)}
	var tasks []ReconcileTask
	for _, t := range in.Tasks {
		if t.Withdrawn {
			r.Counts.Withdrawn++
			continue
		}
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b ReconcileTask) int { return cmp.Or(cmp.Compare(a.Day, b.Day), strings.Compare(a.ID, b.ID)) })
	visits := slices.Clone(in.Visits)
	slices.SortFunc(visits, func(a, b ReconcileVisit) int { return cmp.Or(cmp.Compare(a.Day, b.Day), strings.Compare(a.ID, b.ID)) })
	byID, of := map[string]int{}, map[string][]int{}
	for i, t := range tasks {
		byID[t.ID] = i
		if t.Job == "" {
			of[t.Resident] = append(of[t.Resident], i)
		}
	}
	take := func(v *ReconcileVisit, i int) {
		v.Task, tasks[i].Visit = tasks[i].ID, v.ID
	}
	for i := range visits {
		v := &visits[i]
		if at, there := byID[v.Says]; there && v.Seen && tasks[at].Visit == "" && tasks[at].Resident == v.Resident {
			take(v, at)
		}
	}
	for i := range visits {
		v := &visits[i]
		if !v.Seen || v.Task != "" {
			continue
		}
		best := -1
		for _, k := range of[v.Resident] {
			t := &tasks[k]
			if t.Visit != "" || t.Here || v.Day > max(t.DueBy, t.Day) || v.Day < t.Since {
				continue
			}
			if best < 0 || apart(t.Day, v.Day) < apart(tasks[best].Day, v.Day) {
				best = k
			}
		}
		if best >= 0 {
			take(v, best)
		}
	}
	for i := range tasks {
		t := tasks[i]
		r.Counts.Sent++
		if t.Acknowledged {
			r.Counts.Acknowledged++
		} else {
			r.NotAcked = append(r.NotAcked, t)
		}
		switch {
		case t.Visit != "":
			r.Matched = append(r.Matched, t)
		case t.Here:
			r.Counts.MadeHere++
		case t.Day < in.Today:
			r.NoVisit = append(r.NoVisit, t)
		default:
			r.Counts.Open++
		}
	}
	for _, v := range visits {
		r.Counts.Received++
		switch {
		case !v.Seen:
			r.Counts.NotSeen++
		case v.Task == "":
			r.NoTask = append(r.NoTask, v)
		}
	}
	for _, c := range in.Cases {
		r.Counts.Cases++
		if c.Theirs != c.Ours {
			r.Differ = append(r.Differ, c)
		}
	}
	for _, f := range r.Refused {
		r.Counts.Refused += f.N
	}
	r.Counts.Matched, r.Counts.NoVisit, r.Counts.NoTask = len(r.Matched), len(r.NoVisit), len(r.NoTask)
	r.Counts.Differ, r.Counts.OnlyOurs = len(r.Differ), len(r.OnlyOurs)
	return r
}

// apart is how many days there are between two.
func apart(a, b planner.Date) planner.Date { return max(a-b, b-a) }
