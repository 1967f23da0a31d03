package service_test

import (
	"errors"
	"slices"
	"testing"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// A border that is redrawn at noon: a step goes to the tier of where somebody lives by
// then.
func TestALadderGoesOnWhereSomebodyLivesByNow(t *testing.T) {
	b := newLadderBed(t, 2)
	const grid = ladderDistrict + "001001002"
	second := planner.NewDate(2026, 12, 2)
	b.at(2, 9, 0)
	b.goOn()
	b.at(2, 12, 0)
	stored, err := b.owner.Visitors(t.Context(), ladderDistrict)
	if err != nil {
		t.Fatal(err)
	}
	there := stored[slices.IndexFunc(stored, func(v data.Visitor) bool { return v.ID == "v1" })]
	there.ID, there.Scope = "v4", []string{grid}
	err = b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutAreas(ladderDistrict, []data.Area{
			{Area: geo.Area{Code: ladderGrid, Level: geo.LevelGrid, Parent: ladderDistrict + "001001", Name: "试", Boundary: ground(0, 0, 3, 6)}, ValidFrom: second},
			{Area: geo.Area{Code: grid, Level: geo.LevelGrid, Parent: ladderDistrict + "001001", Name: "新", Boundary: ground(3, 0, 6, 6)}, ValidFrom: second},
		}), tx.PutVisitors(ladderDistrict, []data.Visitor{there}), tx.PutMembership(ladderDistrict, data.Membership{Residents: []data.Home{{ID: "r00000", Grid: grid}}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	b.at(2, 14, 0)
	b.goOn()
	if got := b.said(2); got != "v4 , v1 " {
		t.Fatalf("the ladders say %q, want v4 of the new grid and v1 of the old", got)
	}
}
