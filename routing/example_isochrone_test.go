package routing_test

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// avenue is a kilometre of street with a crossing every 250 m.
func avenue() (*routing.Graph, error) {
	b := routing.NewBuilder()
	last := b.AddNode(orb.Point{104.06, 30.67})
	for i := 1; i <= 4; i++ {
		next := b.AddNode(orb.Point{104.06 + 0.00261*float64(i), 30.67})
		side := b.AddNode(orb.Point{104.06 + 0.00261*float64(i), 30.671})
		for _, ends := range [][2]int32{{last, next}, {next, side}} {
			if _, err := b.AddEdge(ends[0], ends[1], nil, routing.EdgeAttr{Class: "residential", Walk: routing.Both}); err != nil {
				return nil, err
			}
		}
		last = next
	}
	return b.Build()
}

func ExampleEngine_Isochrones() {
	g, err := avenue()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := routing.NewEngine(g, routing.Elderly())
	if err != nil {
		fmt.Println(err)
		return
	}
	home, err := e.Snap(orb.Point{104.06, 30.6701}, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	circles, err := e.Isochrones(context.Background(), []routing.Snap{home}, []int{300, 600}, routing.IsochroneOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range circles {
		fmt.Printf("%d minutes: %.0f hundred metres of street, %d polygon\n", c.Seconds/60, c.Reach.Metres()/100, len(c.Polygon))
	}
	// Output:
	// 5 minutes: 3 hundred metres of street, 1 polygon
	// 10 minutes: 8 hundred metres of street, 1 polygon
}

func ExampleEngine_NearestForAll() {
	g, err := avenue()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := routing.NewEngine(g, routing.Elderly())
	if err != nil {
		fmt.Println(err)
		return
	}
	clinics, _ := e.SnapAll([]orb.Point{{104.06, 30.67}, {104.0704, 30.67}}, 100)
	walk, clinic, err := e.NearestForAll(context.Background(), clinics, 1, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	farthest := 0
	for v := range walk {
		if walk[v] > walk[farthest] {
			farthest = v
		}
	}
	fmt.Printf("the farthest walk to a clinic takes %d s, to clinic %d\n", walk[farthest], clinic[farthest])
	// Output:
	// the farthest walk to a clinic takes 608 s, to clinic 1
}

func ExampleEngine_Sums() {
	g, err := avenue()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := routing.NewEngine(g, routing.Elderly())
	if err != nil {
		fmt.Println(err)
		return
	}
	homes, _ := e.SnapAll([]orb.Point{{104.061, 30.67}, {104.063, 30.67}, {104.0703, 30.67}}, 100)
	within, err := e.Sums(context.Background(), homes, []float64{2, 1, 4}, 300, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f elders live within 5 minutes of the avenue's beginning\n", within[0])
	// Output:
	// 3 elders live within 5 minutes of the avenue's beginning
}
