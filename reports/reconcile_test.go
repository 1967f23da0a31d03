package reports_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"sanse/planner"
	"sanse/reports"
)

func reconcileInput() reports.ReconcileInput {
	day := planner.NewDate(2026, 12, 1)
	task := func(id, resident string, on, due planner.Date) reports.ReconcileTask {
		return reports.ReconcileTask{ID: id, Resident: resident, Area: "a", Since: day, Day: on, DueBy: due, Acknowledged: true}
	}
	visit := func(id, resident string, on planner.Date) reports.ReconcileVisit {
		return reports.ReconcileVisit{ID: id, Resident: resident, Area: "a", Day: on, Seen: true}
	}
	gone, here, later, unacked, field := task("t5", "r5", day, day), task("t6", "r6", day, day), task("t7", "r7", day+9, day+9), task("t8", "r8", day, day+2), task("t9", "", day, day)
	gone.Withdrawn, here.Here, unacked.Acknowledged, field.Job = true, true, false, "patrol"
	says, unseen := visit("v2", "r2", day+1), visit("v4", "r4", day)
	says.Says, unseen.Seen = "t3", false
	return reports.ReconcileInput{
		From: day, To: day + 9, Today: day + 5, Platform: "gridapp",
		Tasks: []reports.ReconcileTask{
			task("t1", "r1", day, day+1), task("t2", "r2", day, day+1), task("t3", "r2", day+3, day+4), task("t4", "r4", day, day),
			gone, here, later, unacked, field,
		},
		Visits: []reports.ReconcileVisit{
			visit("v1", "r1", day+1), says, visit("v3", "r2", day), unseen,
			visit("v5", "r1", day+1), // a second time on the day: the one task is met
			visit("v6", "r8", day+3), // a day too late for its window
			visit("v7", "r5", day),   // the task was withdrawn
			visit("v8", "r4", day-1), // before anybody was told
		},
		Cases:    []reports.ReconcileCase{{ID: "e1", Case: "k1", Theirs: "closed", Ours: "handling"}, {ID: "e2", Case: "k2", Theirs: "call", Ours: "call"}},
		OnlyOurs: []reports.ReconcileCase{{Case: "k3", Ours: "call"}},
		Refused:  []reports.ReconcileRefused{{Kind: "visit", Code: "not_yours", N: 2, IDs: []string{"v8", "=v9"}}, {Kind: "case", Code: "invalid", N: 1}},
	}
}

func TestVisitsAreMatchedToTasksAndTheRestIsTold(t *testing.T) {
	r := reports.Reconcile(reconcileInput())
	want := reports.ReconcileCounts{
		Sent: 8, Withdrawn: 1, Acknowledged: 7, Received: 8, NotSeen: 1, Matched: 3, NoTask: 4, MadeHere: 1, NoVisit: 3, Open: 1, Cases: 2, Differ: 1, OnlyOurs: 1, Refused: 3,
	}
	if diff := cmp.Diff(want, r.Counts); diff != "" {
		t.Error(diff)
	}
	got := map[string]string{}
	for _, m := range r.Matched {
		got[m.ID] = m.Visit
	}
	if diff := cmp.Diff(map[string]string{"t1": "v1", "t2": "v3", "t3": "v2"}, got); diff != "" {
		t.Errorf("matched: %s", diff)
	}
	c := r.Counts
	if c.Received != c.NotSeen+c.Matched+c.NoTask || c.Sent != c.Matched+c.MadeHere+c.NoVisit+c.Open {
		t.Errorf("the figures do not add up: %+v", c)
	}
}

func TestTheWorkbookOfAReconciliationOpensEachCount(t *testing.T) {
	var b bytes.Buffer
	r := reports.Reconcile(reconcileInput())
	if err := reports.WriteReconcileWorkbook(&b, reports.ReconcileBook{About: reports.About{Name: "试验区"}, Reconciliation: r}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sheet, want := range map[string]int{
		reports.SheetReconcileMatched: r.Counts.Matched, reports.SheetReconcileNoVisit: r.Counts.NoVisit, reports.SheetReconcileNoTask: r.Counts.NoTask,
		reports.SheetReconcileCases: r.Counts.Differ + r.Counts.OnlyOurs, reports.SheetReconcileRefused: len(r.Refused),
	} {
		if got := len(rows(t, f, sheet)) - 2; got != want {
			t.Errorf("%s has %d rows, want %d", sheet, got, want)
		}
	}
	told := map[string]bool{} // of whom the sheets tell
	for _, list := range [][]reports.ReconcileTask{r.Matched, r.NoVisit, r.NotAcked} {
		for _, v := range list {
			told[v.Resident+v.Job] = true
		}
	}
	for _, v := range r.NoTask {
		told[v.Resident] = true
	}
	if got, want := r.Records(), len(told)+len(r.Differ)+len(r.OnlyOurs); got != want || want == 0 {
		t.Errorf("it tells of %d records, want %d", got, want)
	}
	if got := rows(t, f, reports.SheetReconcile)[8][2]; got != "4" {
		t.Errorf("visits without a task are %s", got)
	}
}
