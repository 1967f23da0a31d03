package routing_test

import (
	"fmt"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// A home stands behind a wall along the street; the path behind it is farther,
// and it is where one gets out.
func ExampleEngine_Snap() {
	b := routing.NewBuilder()
	street := func(name string, line ...orb.Point) error {
		_, err := b.AddEdge(b.AddNode(line[0]), b.AddNode(line[len(line)-1]), line, routing.EdgeAttr{Class: "footway", Name: name, Walk: routing.Both})
		return err
	}
	for _, err := range []error{
		street("Wall Street", orb.Point{8.000, 47.0000}, orb.Point{8.001, 47.0000}, orb.Point{8.080, 47.0000}),
		street("Back Lane", orb.Point{8.000, 47.0006}, orb.Point{8.100, 47.0006}),
		b.AddObstacle(routing.ObstacleWall, orb.LineString{{8.0001, 47.0001}, {8.0009, 47.0001}}),
	} {
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	g, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := routing.NewEngine(g, routing.Foot())
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := e.Snap(orb.Point{8.0005, 47.0002}, 200)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, %.0f m away\n", g.Edge(s.Edge).Name, s.Metres)
	many, err := e.SnapMany(orb.Point{8.0005, 47.0002}, 2, 200)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range many {
		fmt.Printf("%s, %.0f m, blocked: %v\n", g.Edge(s.Edge).Name, s.Metres, s.Blocked)
	}
	// Output:
	// Back Lane, 44 m away
	// Wall Street, 22 m, blocked: true
	// Back Lane, 44 m, blocked: false
}
