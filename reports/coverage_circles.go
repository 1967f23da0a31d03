package reports

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uber/h3-go/v4"
	"golang.org/x/sync/errgroup"

	"sanse/geo"
	"sanse/routing"
)

// sampleMetres is the distance between the points of a street at which its
// cells are looked up: well under the width of a cell of resolution 10 (some
// 130 m), so that no more than a corner is missed.
const sampleMetres = 30

// samples are points of streets, by edge and fraction, each with its cell.
// Those of edge e are at first[e] up to first[e+1].
type samples struct {
	snaps []routing.Snap
	cells []h3.Cell
	first []int32
}

func (m *measure) sampleStreets(ctx context.Context) (*samples, error) {
	g := m.in.Engine.Graph()
	edges := g.Edges()
	workers := min(m.in.Threads, max(1, edges))
	parts := make([]samples, workers)
	first := make([]int32, edges+1)
	eg, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		eg.Go(func() error {
			for e := edges * w / workers; e < edges*(w+1)/workers; e++ {
				if e%1024 == 0 {
					if err := ctx.Err(); err != nil {
						return err
					}
				}
				n := int(geo.Length(g.Line(int32(e)))/sampleMetres) + 1
				for k := 0; k <= n; k++ {
					s, err := g.At(int32(e), float64(k)/float64(n))
					if err != nil {
						return err
					}
					cell, err := h3.LatLngToCell(h3.NewLatLng(s.Point.Lat(), s.Point.Lon()), m.in.CellResolution)
					if err != nil {
						return fmt.Errorf("find cell of a street: %w", err)
					}
					parts[w].snaps = append(parts[w].snaps, s)
					parts[w].cells = append(parts[w].cells, cell)
				}
				first[e+1] = int32(n + 1)
			}
			return nil
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	for e := range edges {
		first[e+1] += first[e]
	}
	all := &samples{first: first, snaps: make([]routing.Snap, 0, first[edges]), cells: make([]h3.Cell, 0, first[edges])}
	for w := range parts {
		all.snaps, all.cells = append(all.snaps, parts[w].snaps...), append(all.cells, parts[w].cells...)
		parts[w] = samples{}
	}
	return all, nil
}

// circles draws the service circle of every open facility and, for each
// service, the walk into every cell.
func (m *measure) circles(ctx context.Context) error {
	in := m.in
	streets, err := m.sampleStreets(ctx)
	if err != nil {
		return err
	}
	byEdge := map[int32][]int32{} // targets on an edge
	for t, s := range m.targets {
		if s.OK {
			byEdge[s.Edge] = append(byEdge[s.Edge], int32(t))
		}
	}
	var open []int
	for i := range in.Facilities {
		if m.facilities[i].OK {
			open = append(open, i)
		}
	}
	m.out.Circles = make([]Circle, len(open))
	eg, gctx := errgroup.WithContext(ctx)
	eg.SetLimit(in.Threads)
	for k, i := range open {
		eg.Go(func() error {
			c, err := m.circle(gctx, i, streets, byEdge)
			if err != nil {
				return fmt.Errorf("draw circle of facility %s: %w", in.Facilities[i].ID, err)
			}
			m.out.Circles[k] = c
			return nil
		})
	}
	times := make([][]CellTime, len(m.services))
	for s, service := range m.services {
		eg.Go(func() error {
			var sources []routing.Snap
			for _, i := range open {
				if in.Facilities[i].Service == service {
					sources = append(sources, m.facilities[i])
				}
			}
			if len(sources) == 0 {
				return nil
			}
			walk, _, err := in.Engine.Nearest(gctx, sources, streets.snaps, in.Minutes*60)
			if err != nil {
				return fmt.Errorf("walk from %s: %w", service, err)
			}
			best := map[h3.Cell]int{}
			for i, w := range walk {
				if w < 0 {
					continue
				}
				if old, ok := best[streets.cells[i]]; !ok || int(w) < old {
					best[streets.cells[i]] = int(w)
				}
			}
			for _, c := range slices.Sorted(maps.Keys(best)) {
				times[s] = append(times[s], CellTime{Cell: c, Seconds: best[c]})
			}
			return nil
		})
	}
	if err := eg.Wait(); err != nil {
		return err
	}
	slices.SortFunc(m.out.Circles, func(a, b Circle) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Facility, b.Facility))
	})
	m.out.Cells = make(map[string][]CellTime, len(m.services))
	for s, service := range m.services {
		m.out.Cells[service] = times[s]
	}
	return nil
}

func (m *measure) circle(ctx context.Context, i int, streets *samples, byEdge map[int32][]int32) (Circle, error) {
	in, f := m.in, &m.in.Facilities[i]
	drawn, err := in.Engine.Isochrones(ctx, m.facilities[i:i+1], []int{in.Minutes * 60}, routing.IsochroneOptions{Buffer: in.BufferMetres})
	if err != nil {
		return Circle{}, err
	}
	reach := drawn[0].Reach
	c := Circle{Facility: f.ID, Name: f.Name, Service: f.Service, Location: f.Location}
	cells := map[h3.Cell]struct{}{}
	var near []int32
	last := int32(-1)
	for _, p := range reach.Edges {
		for s := streets.first[p.Edge]; s < streets.first[p.Edge+1]; s++ {
			if at := streets.snaps[s].Fraction; at >= p.From && at <= p.To {
				cells[streets.cells[s]] = struct{}{}
			}
		}
		if p.Edge != last {
			near = append(near, byEdge[p.Edge]...)
			last = p.Edge
		}
	}
	c.Cells = slices.Sorted(maps.Keys(cells))
	if len(near) > 0 {
		targets := make([]routing.Snap, len(near))
		for k, t := range near {
			targets[k] = m.targets[t]
		}
		// Everybody near stands on a reached street, so the search is short.
		walk, err := in.Engine.Table(ctx, []routing.Snap{m.facilities[i]}, targets)
		if err != nil {
			return Circle{}, err
		}
		for k, t := range near {
			if w := walk[0][k]; w < 0 || int(w) > in.Minutes*60 {
				continue
			}
			if int(t) < len(in.Residents) {
				c.Residents++
				continue
			}
			p := &in.Population[int(t)-len(in.Residents)]
			c.People += p.People
			c.Over60 += p.Over60
		}
	}
	c.Polygon = drawn[0].Polygon
	c.AreaKM2 = geo.AreaM2(c.Polygon) / 1e6
	return c, nil
}
