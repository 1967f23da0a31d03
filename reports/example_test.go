package reports_test

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/planner"
	"sanse/reports"
	"sanse/reports/reach"
	"sanse/routing"
)

// One street of 1,500 m with a canteen at its western end: who lives 800 m
// away walks there in a quarter of an hour at 1.0 m/s, who lives 1,200 m away
// does not.
func Example() {
	b := routing.NewBuilder()
	west, east := b.AddNode(orb.Point{104.3000, 30.8}), b.AddNode(orb.Point{104.3157, 30.8})
	if _, err := b.AddEdge(west, east, nil, routing.EdgeAttr{Class: "residential", Walk: routing.Both}); err != nil {
		fmt.Println(err)
		return
	}
	streets, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := routing.NewEngine(streets, routing.Elderly())
	if err != nil {
		fmt.Println(err)
		return
	}
	index, err := reach.New(context.Background(), engine,
		[]orb.Point{{104.3084, 30.8}, {104.3126, 30.8}},
		[]reach.Facility{{ID: "canteen", Service: "meals", Location: orb.Point{104.3, 30.8}, Open: true}}, reach.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := reports.CoverageOf(context.Background(), reports.CoverageInput{Index: index, Residents: []reports.CoverageResident{{ID: "a"}, {ID: "b"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := c.District["meals"].Residents
	fmt.Printf("%d of %d in reach of a meal: %.0f %%\n", r.Reached, r.Total, 100*r.Share())
	// Output: 1 of 2 in reach of a meal: 50 %
}

// A weekly visit, not made last week: owed when the plan begins, planned for
// Wednesday.
func ExampleNewBoard() {
	monday := planner.NewDate(2026, 12, 7)
	seen := monday - 10
	board, err := reports.NewBoard(context.Background(), reports.BoardInput{
		Problem: &planner.Problem{
			Start: monday, Days: 7, TimeZone: "Asia/Shanghai", Policies: []planner.Policy{{Grade: "yellow", PerWeek: 1}},
			Residents: []planner.Resident{{ID: "r1", Grade: "yellow", Grid: "510199001001001", LastVisit: &seen, Visits: []planner.Date{seen}}},
			Visitors:  []planner.Visitor{{ID: "v1", Kind: "grid_worker"}},
		},
		Plan: &planner.Plan{Start: monday, Days: 7, Itineraries: []planner.Itinerary{
			{Visitor: "v1", Date: monday + 2, Stops: []planner.Stop{{Resident: "r1", Arrive: 540, Leave: 565}}},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	row := board.Row("510199", reports.Week(monday))
	fmt.Printf("owed %d, falling due %d, planned %d, lapses %d\n", row.Owed, row.Required, row.Planned, row.Lapses)
	// Output: owed 1, falling due 1, planned 1, lapses 0
}
