package routing_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// block is four streets round a block, three of them one-way, with a way there
// from the west at whose corner nobody may turn left.
func block() (*routing.Graph, error) {
	b := routing.NewBuilder()
	west := b.AddNode(orb.Point{104.299, 30.800})
	corners := make([]int32, 4)
	for i, p := range []orb.Point{{104.300, 30.800}, {104.302, 30.800}, {104.302, 30.802}, {104.300, 30.802}} {
		corners[i] = b.AddNode(p)
	}
	street := routing.EdgeAttr{Class: "residential", Walk: routing.Both, Ride: routing.Both, Drive: routing.Both}
	into, err := b.AddEdge(west, corners[0], nil, street)
	if err != nil {
		return nil, err
	}
	var sides []int32
	for i := range corners {
		street.Name = fmt.Sprintf("side %d", i+1)
		if street.Drive = routing.Forward; i == 3 {
			street.Drive = routing.Both
		}
		e, err := b.AddEdge(corners[i], corners[(i+1)%4], nil, street)
		if err != nil {
			return nil, err
		}
		sides = append(sides, e)
	}
	if err := b.AddTurn(routing.TurnRule{From: into, Via: corners[0], To: sides[3], Drive: true}); err != nil {
		return nil, err
	}
	return b.Build()
}

// A network is prepared, written, read and asked: who drives must go round the
// block where who walks turns left.
func ExampleNetwork() {
	g, err := block()
	if err != nil {
		fmt.Println(err)
		return
	}
	var prepared []*routing.Engine
	for _, p := range []routing.Profile{routing.Foot(), routing.Car()} {
		e, err := routing.NewEngine(g, p)
		if err != nil {
			fmt.Println(err)
			return
		}
		if e, err = e.Prepare(context.Background(), routing.PrepareOptions{Threads: 2}); err != nil {
			fmt.Println(err)
			return
		}
		prepared = append(prepared, e)
	}
	written, err := routing.NewNetwork(g, prepared...)
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if _, err := written.WriteTo(&file); err != nil {
		fmt.Println(err)
		return
	}
	n, err := routing.Load(file.Bytes()) // or Open, which maps a file
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range n.Profiles() {
		e, err := n.Engine(p)
		if err != nil {
			fmt.Println(err)
			return
		}
		from, err := e.Snap(orb.Point{104.2992, 30.800}, 50)
		if err != nil {
			fmt.Println(err)
			return
		}
		to, err := e.Snap(orb.Point{104.300, 30.801}, 50)
		if err != nil {
			fmt.Println(err)
			return
		}
		path, err := e.Route(context.Background(), from, to)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %.0f m over %d pieces\n", p.Name, path.Metres, len(path.Steps))
	}
	// Output:
	// foot: 187 m over 2 pieces
	// car: 792 m over 5 pieces
}

// A query asks much without new memory.
func ExampleQuery() {
	g, err := block()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := routing.NewEngine(g, routing.Foot())
	if err != nil {
		fmt.Println(err)
		return
	}
	q := e.NewQuery()
	from, err := g.At(0, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for edge := range int32(g.Edges()) {
		to, err := g.At(edge, 1)
		if err != nil {
			fmt.Println(err)
			return
		}
		millis, err := q.Cost(from, to)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println((millis+999)/1000, "s")
	}
	// Output:
	// 74 s
	// 221 s
	// 392 s
	// 245 s
	// 74 s
}
