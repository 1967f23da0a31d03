package reach_test

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/reports/reach"
	"sanse/routing"
)

// A street of 1,500 m with a canteen at its western end. Who lives 800 m off is
// there in a quarter of an hour at 1.0 m/s, who lives 1,200 m off is not, unless
// another opens half way.
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
	ctx := context.Background()
	homes := []orb.Point{{104.3084, 30.8}, {104.3126, 30.8}}
	canteen := reach.Facility{ID: "canteen", Service: "meals", Location: orb.Point{104.3, 30.8}, Open: true}
	now, err := reach.New(ctx, engine, homes, []reach.Facility{canteen}, reach.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("seconds now:", now.Seconds("meals"))
	another := reach.Facility{ID: "another", Service: "meals", Location: orb.Point{104.3084, 30.8}, Open: true}
	then, err := now.Try(ctx, []reach.Change{{Op: reach.Add, Facility: another}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("seconds then:", then.Seconds("meals"))
	// Output:
	// seconds now: [804 1206]
	// seconds then: [0 402]
}
