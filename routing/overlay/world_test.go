package overlay_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
	"sanse/routing/overlay"
)

// at is the place so many metres east and north of a corner in Sichuan.
func at(east, north float64) orb.Point {
	const lon, lat = 104.3, 30.8
	kx := geo.Distance(orb.Point{lon, lat}, orb.Point{lon + 0.001, lat}) * 1000
	ky := geo.Distance(orb.Point{lon, lat}, orb.Point{lon, lat + 0.001}) * 1000
	round := func(v float64) float64 { return math.Round(v*1e7) / 1e7 }
	return orb.Point{round(lon + east/kx), round(lat + north/ky)}
}

// line goes through places in metres, x and y in turn.
func line(metres ...float64) orb.LineString {
	var out orb.LineString
	for i := 0; i+1 < len(metres); i += 2 {
		out = append(out, at(metres[i], metres[i+1]))
	}
	return out
}

// street is one street of a small world; ends that are the same place meet.
type street struct {
	line orb.LineString
	attr routing.EdgeAttr
}

func road(name string, metres ...float64) street {
	return street{line(metres...), routing.EdgeAttr{Class: "residential", Name: name, Walk: routing.Both, Ride: routing.Both, Drive: routing.Both}}
}

type fataler interface {
	Helper()
	Fatal(args ...any)
}

func world(t fataler, streets ...street) *routing.Graph {
	t.Helper()
	b := routing.NewBuilder()
	nodes := map[orb.Point]int32{}
	node := func(p orb.Point) int32 {
		n, ok := nodes[p]
		if !ok {
			n = b.AddNode(p)
			nodes[p] = n
		}
		return n
	}
	for _, s := range streets {
		if _, err := b.AddEdge(node(s.line[0]), node(s.line[len(s.line)-1]), s.line, s.attr); err != nil {
			t.Fatal(err)
		}
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

type props = map[string]any

// change is a feature; a line of one point is a Point.
func change(id, kind string, where orb.LineString, more props) map[string]any {
	p := props{"id": id, "change": kind}
	for k, v := range more {
		p[k] = v
	}
	geometry := map[string]any{"type": "LineString", "coordinates": where}
	if len(where) == 1 {
		geometry = map[string]any{"type": "Point", "coordinates": where[0]}
	}
	return map[string]any{"type": "Feature", "properties": p, "geometry": geometry}
}

func file(t fataler, features ...map[string]any) *overlay.Overlay {
	t.Helper()
	if features == nil {
		features = []map[string]any{}
	}
	raw, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	o, err := overlay.Read(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func apply(t fataler, g *routing.Graph, features ...map[string]any) (*routing.Graph, overlay.Report) {
	t.Helper()
	made, rep, err := overlay.Apply(g, file(t, features...).Changes())
	if err != nil {
		t.Fatal(err)
	}
	return made, rep
}

// seconds is the time between two places, -1 where there is no way.
func seconds(t fataler, g *routing.Graph, p routing.Profile, from, to orb.Point) int {
	t.Helper()
	e, err := routing.NewEngine(g, p)
	if err != nil {
		t.Fatal(err)
	}
	a, errA := e.Snap(from, 30)
	b, errB := e.Snap(to, 30)
	if errA != nil || errB != nil {
		return -1
	}
	path, err := e.Route(context.Background(), a, b)
	if errors.Is(err, routing.ErrNoWay) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	return path.Seconds
}

// walk is what so many metres take on foot.
func walk(metres float64) int { return int(math.Ceil(metres / routing.Foot().MetresPerSecond)) }

func near(got, want, slack int) bool {
	if want < 0 || got < 0 {
		return got == want
	}
	return got >= want-slack && got <= want+slack
}
