package routing_test

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// Two streets meet at a corner; a resident lives beside the second.
func Example() {
	b := routing.NewBuilder()
	west := b.AddNode(orb.Point{104.300, 30.800})
	corner := b.AddNode(orb.Point{104.302, 30.800})
	north := b.AddNode(orb.Point{104.302, 30.803})
	street := routing.EdgeAttr{Class: "residential", Walk: routing.Both}
	for _, e := range [][2]int32{{west, corner}, {corner, north}} {
		if _, err := b.AddEdge(e[0], e[1], nil, street); err != nil {
			fmt.Println(err)
			return
		}
	}
	g, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := routing.NewEngine(g, routing.Foot())
	if err != nil {
		fmt.Println(err)
		return
	}
	office, err := engine.Snap(orb.Point{104.300, 30.800}, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	resident, err := engine.Snap(orb.Point{104.3021, 30.802}, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := engine.Table(context.Background(), []routing.Snap{office}, []routing.Snap{resident})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d edge, %.0f m to the street, %d s\n", g.Edges(), resident.Metres, table[0][0])
	// Output: 1 edge, 10 m to the street, 326 s
}
