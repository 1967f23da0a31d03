package osm_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	paulmach "github.com/paulmach/osm"
	"github.com/paulmach/osm/osmxml"

	"sanse/routing"
	"sanse/routing/osm"
)

// draw names a folder that the cases from life are drawn into, to be looked at:
//
//	go test ./routing/osm -run Drawn -draw DIR
var draw = flag.String("draw", "", "draw the cases from life into this folder, as SVG")

// view is a box of the ground on its way to paper.
type view struct {
	box           orb.Bound
	width, height float64
	b             strings.Builder
}

const viewWidth = 1000

func newView(box orb.Bound) *view {
	scale := math.Cos((box.Min[1] + box.Max[1]) / 2 * math.Pi / 180)
	v := &view{box: box, width: viewWidth}
	v.height = v.width * (box.Max[1] - box.Min[1]) / ((box.Max[0] - box.Min[0]) * scale)
	return v
}

func (v *view) points(line []orb.Point) string {
	var b strings.Builder
	for i, p := range line {
		letter := 'L'
		if i == 0 {
			letter = 'M'
		}
		fmt.Fprintf(&b, "%c%.1f %.1f", letter,
			(p[0]-v.box.Min[0])/(v.box.Max[0]-v.box.Min[0])*v.width,
			(v.box.Max[1]-p[1])/(v.box.Max[1]-v.box.Min[1])*v.height)
	}
	return b.String()
}

func (v *view) path(d, style string) { fmt.Fprintf(&v.b, "<path d=%q %s/>\n", d, style) }

func (v *view) line(l []orb.Point, style string) {
	if orb.LineString(l).Bound().Intersects(v.box) {
		v.path(v.points(l), `fill="none" `+style)
	}
}

func (v *view) area(p orb.MultiPolygon, style string) {
	var d strings.Builder
	for _, polygon := range p {
		if !polygon.Bound().Intersects(v.box) {
			continue
		}
		for _, r := range polygon {
			d.WriteString(v.points(r) + "Z")
		}
	}
	if d.Len() > 0 {
		v.path(d.String(), `fill-rule="evenodd" `+style)
	}
}

func (v *view) save(t *testing.T, name, title string) {
	t.Helper()
	const lineHeight = 21
	top := float64(lineHeight*strings.Count(title, "<tspan") + 12)
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f"><rect width="100%%" height="100%%" fill="#fbfaf7"/>
<svg y="%.0f" width="%.0f" height="%.0f">%s</svg><text y="4" font-family="sans-serif" font-size="16">%s</text></svg>
`, v.width, v.height+top, top, v.width, v.height, v.b.String(), title)
	if err := os.WriteFile(filepath.Join(*draw, name+".svg"), []byte(svg), 0o600); err != nil {
		t.Fatal(err)
	}
}

// streets draws the graph, by who may use it.
func (v *view) streets(g *routing.Graph) {
	g.EachEdge(func(e routing.Edge) bool {
		style := `stroke="#c9c2b4" stroke-width="6"`
		switch {
		case e.Walk == routing.Neither:
			style = `stroke="#d08a8a" stroke-width="7"`
		case e.Steps:
			style = `stroke="#7a5c3e" stroke-width="6" stroke-dasharray="3 2"`
		case e.Wheels == routing.WheelsNo:
			style = `stroke="#7a5c3e" stroke-width="3"`
		case e.Drive == routing.Neither:
			style = `stroke="#8aa86b" stroke-width="3"`
		}
		v.line(e.Line, style)
		return true
	})
}

// land draws what lies between.
func (v *view) land(x *osm.Extract, walls []orb.LineString) {
	for _, w := range x.Waters {
		if w.Area != nil {
			v.area(w.Area, `fill="#a9cde6"`)
		} else {
			v.line(w.Line, `stroke="#a9cde6" stroke-width="3"`)
		}
	}
	for _, b := range x.Buildings {
		v.area(b.Polygon, `fill="#e2d6cc" stroke="#a8968a"`)
	}
	for _, w := range walls {
		v.line(w, `stroke="#333" stroke-width="2" stroke-dasharray="8 2"`)
	}
}

// journey draws a way, with the straight pieces at its ends.
func (v *view) journey(e *routing.Engine, from, to orb.Point, colour string) (metres float64, err error) {
	snaps, errs := e.SnapAll([]orb.Point{from, to}, 300)
	for i, err := range errs {
		if err != nil {
			return 0, fmt.Errorf("end %d: %w", i, err)
		}
	}
	path, err := e.Route(context.Background(), snaps[0], snaps[1])
	if err != nil {
		return 0, err
	}
	v.line(path.Line, fmt.Sprintf(`stroke=%q stroke-width="3" stroke-opacity="0.8"`, colour))
	for _, s := range snaps {
		v.line(s.Way(), fmt.Sprintf(`stroke=%q stroke-width="2" stroke-dasharray="2 3"`, colour))
		v.line([]orb.Point{s.Asked, s.Asked}, fmt.Sprintf(`stroke=%q stroke-width="11" stroke-linecap="round"`, colour))
	}
	return path.Metres, nil
}

// reach draws how far an older person gets in some minutes.
func (v *view) reach(t *testing.T, g *routing.Graph, from orb.Point, minutes ...int) {
	t.Helper()
	e := engineOf(t, g, routing.Elderly())
	s, err := e.Snap(from, 300)
	if err != nil {
		t.Fatal(err)
	}
	seconds := make([]int, len(minutes))
	for i, m := range minutes {
		seconds[len(minutes)-1-i] = m * 60
	}
	circles, err := e.Isochrones(context.Background(), []routing.Snap{s}, seconds, routing.IsochroneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range circles {
		v.area(c.Polygon, `fill="#5b7fd6" fill-opacity="0.18" stroke="#3b5fb6" stroke-width="1"`)
	}
}

func colours() []string { return []string{"#d1312f", "#1f77b4", "#8e44ad", "#e67e22", "#117a4a"} }

func TestCasesFromLifeAreDrawn(t *testing.T) {
	if *draw == "" {
		t.Skip("no folder to draw into: -draw DIR")
	}
	for _, w := range worlds() {
		t.Run(w.name, func(t *testing.T) {
			x := worldOf(t, w.name)
			v := newView(x.Graph.Bounds().Pad(0.0004))
			v.land(x, wallsOf(t, filepath.Join("testdata", w.name+".osm")))
			first := w.journeys[0]
			v.reach(t, x.Graph, ground(first.x1, first.y1), 2, 5)
			v.streets(x.Graph)
			var titles []string
			for i, j := range w.journeys {
				p, err := routing.ProfileByName(j.profile)
				if err != nil {
					t.Fatal(err)
				}
				metres, err := v.journey(engineOf(t, x.Graph, p), ground(j.x1, j.y1), ground(j.x2, j.y2), colours()[i%5])
				if err != nil {
					t.Fatalf("%s: %v", j.name, err)
				}
				titles = append(titles, fmt.Sprintf(`<tspan x="12" dy="1.3em" fill=%q>%s: %.0f m</tspan>`, colours()[i%5], j.name, metres))
			}
			v.save(t, w.name, strings.Join(titles, ""))
		})
	}
}

// place is a part of a real town to look at.
type place struct {
	name, extract string
	centre        orb.Point
	metres        float64 // of the picture
	from, to      orb.Point
	minutes       []int
}

func TestPlacesOfRealTownsAreDrawn(t *testing.T) {
	if *draw == "" {
		t.Skip("no folder to draw into: -draw DIR")
	}
	for _, p := range []place{
		{"porto_bridge", "porto.osm.pbf", orb.Point{-8.6115, 41.1400}, 1400, orb.Point{-8.6128, 41.1409}, orb.Point{-8.6140, 41.1372}, []int{5, 10, 15}},
		{"porto_station", "porto.osm.pbf", orb.Point{-8.6085, 41.1455}, 700, orb.Point{-8.6105, 41.1457}, orb.Point{-8.6070, 41.1470}, []int{5, 10}},
		{"porto_plaza", "porto.osm.pbf", orb.Point{-8.6112, 41.1485}, 600, orb.Point{-8.6125, 41.1490}, orb.Point{-8.6100, 41.1475}, []int{5}},
		{"monaco_steps", "monaco.osm.pbf", orb.Point{7.4205, 43.7370}, 800, orb.Point{7.4188, 43.7385}, orb.Point{7.4180, 43.7345}, []int{5, 10}},
		{"nanjing", "nanjing_xinjiekou.osm", orb.Point{118.7790, 32.0425}, 1800, orb.Point{118.7745, 32.0400}, orb.Point{118.7840, 32.0450}, []int{5, 15}},
	} {
		t.Run(p.name, func(t *testing.T) {
			for _, f := range sharedExtracts(t) {
				if filepath.Base(f) == p.extract {
					p.draw(t, f)
					return
				}
			}
			t.Skip("no extracts beside the project: set SANSE_SHARED to where streets/ is")
		})
	}
}

func (p place) draw(t *testing.T, file string) {
	x := read(t, file, osm.Options{})
	dy := p.metres / 2 / 111195
	dx := dy / math.Cos(p.centre[1]*math.Pi/180)
	v := newView(orb.Bound{Min: orb.Point{p.centre[0] - dx, p.centre[1] - dy*0.7}, Max: orb.Point{p.centre[0] + dx, p.centre[1] + dy*0.7}})
	v.land(x, nil)
	v.reach(t, x.Graph, p.from, p.minutes...)
	v.streets(x.Graph)
	var titles []string
	for i, profile := range []routing.Profile{routing.Foot(), routing.Wheelchair(), routing.EBike()} {
		metres, err := v.journey(engineOf(t, x.Graph, profile), p.from, p.to, colours()[i])
		text := fmt.Sprintf("%.0f m", metres)
		if err != nil {
			text = err.Error()
		}
		titles = append(titles, fmt.Sprintf(`<tspan x="12" dy="1.3em" fill=%q>%s: %s</tspan>`, colours()[i], profile.Name, text))
	}
	v.save(t, p.name, strings.Join(titles, ""))
}

// wallsOf reads the walls of a world from its text: an extract keeps them for
// snapping only.
func wallsOf(t *testing.T, file string) []orb.LineString {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	nodes := map[paulmach.NodeID]orb.Point{}
	var out []orb.LineString
	s := osmxml.New(context.Background(), f)
	defer s.Close()
	for s.Scan() {
		switch o := s.Object().(type) {
		case *paulmach.Node:
			nodes[o.ID] = orb.Point{o.Lon, o.Lat}
		case *paulmach.Way:
			if o.Tags.Find("barrier") == "" && o.Tags.Find("railway") != "rail" {
				continue
			}
			var line orb.LineString
			for _, n := range o.Nodes {
				line = append(line, nodes[n.ID])
			}
			out = append(out, line)
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
