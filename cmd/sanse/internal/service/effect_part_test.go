package service

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner"
)

func TestAPartOfAProblemHasTeamsOfItsOwnVisitorsAlone(t *testing.T) {
	const here, there = "510199001001", "510199002001"
	p := &planner.Problem{
		Residents: []planner.Resident{{ID: "r", Block: here, Team: []string{"far", "v"}}, {ID: "q", Block: there, Team: []string{"far"}}},
		Visitors:  []planner.Visitor{{ID: "v", Scope: []string{here}}, {ID: "far", Scope: []string{there}}},
	}
	part := partOf(p, []string{here})
	if d := cmp.Diff([]string{"v"}, part.Residents[0].Team); d != "" || len(part.Residents) != 1 || len(part.Visitors) != 1 {
		t.Errorf("%d residents, %d visitors; team: %s", len(part.Residents), len(part.Visitors), d)
	}
	if d := cmp.Diff([]string{"far", "v"}, p.Residents[0].Team); d != "" {
		t.Errorf("the whole problem has changed: %s", d)
	}
}
