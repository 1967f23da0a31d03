package directions_test

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/directions"
)

// A leader walks up one street and along another to a resident's door.
func Example() {
	b := routing.NewBuilder()
	south, corner, east := b.AddNode(orb.Point{104.300, 30.800}), b.AddNode(orb.Point{104.300, 30.803}), b.AddNode(orb.Point{104.303, 30.803})
	for _, s := range []struct {
		from, to int32
		name     string
	}{{south, corner, "中山路"}, {corner, east, "人民路"}} {
		street := routing.EdgeAttr{Class: "residential", Name: s.name, Walk: routing.Both}
		if _, err := b.AddEdge(s.from, s.to, nil, street); err != nil {
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
	ends, errs := e.SnapAll([]orb.Point{{104.300, 30.800}, {104.302, 30.8031}}, 100)
	if errs[0] != nil || errs[1] != nil {
		fmt.Println(errs)
		return
	}
	path, err := e.Route(context.Background(), ends[0], ends[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	steps, err := directions.NewGuide(g).Steps(e, path, directions.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range steps {
		fmt.Println(directions.Text(s, directions.Chinese))
		fmt.Println(directions.Text(s, directions.English))
	}
	// Output:
	// 沿中山路向北走 330 米
	// Head north along 中山路, walk 330 m
	// 右转，进入人民路，走 200 米
	// Turn right onto 人民路, walk 200 m
	// 到达，目的地在左侧
	// You have arrived, your destination is on the left
}
