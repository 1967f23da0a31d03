package service_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/geo"
	"sanse/planner"
)

// rim is a square at column x and row y of micro-grids, with so many vertices a
// side, shared by its neighbours.
func rim(x, y, wide, high, vertices int) orb.MultiPolygon {
	const size = 0.001
	at := func(dx, dy float64) orb.Point {
		return orb.Point{104 + size*(float64(x)+dx), 30 + size*(float64(y)+dy)}
	}
	var ring orb.Ring
	n := func(cells int) int { return cells * vertices }
	for i := range n(wide) {
		ring = append(ring, at(float64(i)/float64(vertices), 0))
	}
	for i := range n(high) {
		ring = append(ring, at(float64(wide), float64(i)/float64(vertices)))
	}
	for i := range n(wide) {
		ring = append(ring, at(float64(wide)-float64(i)/float64(vertices), float64(high)))
	}
	for i := range n(high) {
		ring = append(ring, at(0, float64(high)-float64(i)/float64(vertices)))
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// BenchmarkDraft is on a district of 84 communities, 420 grids and 2,100
// micro-grids, each micro-grid a ring of 48 vertices.
func BenchmarkDraft(b *testing.B) {
	const columns, rows, vertices = 12, 7, 12
	store := datatest.New(b)
	now := time.Now()
	s := service.New(store, service.Config{Now: func() time.Time { return now }})
	var areas []data.Area
	add := func(code string, on orb.MultiPolygon) {
		a := data.Area{Area: geo.Area{Code: code, Level: geo.Level(len(code)/3 - 1), Name: code, Boundary: on}, ValidFrom: planner.NewDate(2020, 1, 1)}
		if a.Level > geo.LevelDistrict {
			a.Parent = code[:len(code)-3]
		}
		areas = append(areas, a)
	}
	add(lattice, rim(0, 0, 5*columns, 5*rows, vertices))
	add(lattice+"001", rim(0, 0, 5*columns, 5*rows, vertices))
	for c := range columns * rows {
		x, y := 5*(c%columns), 5*(c/columns)
		community := fmt.Sprintf("%s001%03d", lattice, c+1)
		add(community, rim(x, y, 5, 5, vertices))
		for g := range 5 {
			grid := fmt.Sprintf("%s%03d", community, g+1)
			add(grid, rim(x, y+g, 5, 1, vertices))
			for m := range 5 {
				add(fmt.Sprintf("%s%03d", grid, m+1), rim(x+m, y+g, 1, 1, vertices))
			}
		}
	}
	err := store.Write(b.Context(), func(tx *data.Tx) error {
		if err := tx.PutDistrict(data.District{Code: lattice, Name: "大区", TimeZone: "Asia/Shanghai"}); err != nil {
			return err
		}
		return tx.PutAreas(lattice, areas)
	})
	if err != nil {
		b.Fatal(err)
	}
	d, err := s.CreateDraft(b.Context(), lattice, "x", "")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, list, err := s.DraftAreas(b.Context(), lattice, d.ID); err != nil || len(list) != len(areas) {
				b.Fatal(len(list), err)
			}
		}
	})
	grid := lattice + "001042003"
	b.Run("change", func(b *testing.B) { // two micro-grids change places, and back
		for i := 0; b.Loop(); i++ {
			one, two := rim(25, 17, 1, 1, vertices), rim(26, 17, 1, 1, vertices)
			if i%2 == 0 {
				one, two = two, one
			}
			if d, _, err = s.ChangeDraft(b.Context(), lattice, d.ID, d.Version, service.Change{Kind: data.DraftReshape, Areas: []service.ChangedArea{
				{Code: grid + "001", Boundary: one}, {Code: grid + "002", Boundary: two},
			}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.CheckDraft(b.Context(), lattice, d.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	community := lattice + "001042"
	b.Run("edit", func(b *testing.B) { // a corner of four micro-grids is moved to and fro
		here, there := rim(26, 17, 1, 1, vertices)[0][0][0], orb.Point{104.02603, 30.01702}
		spent := processor(b)
		for b.Loop() {
			made, err := s.EditDraft(b.Context(), lattice, d.ID, d.Version, service.Edit{Op: service.EditVertex, At: here, To: there})
			if err != nil {
				b.Fatal(err)
			}
			d, here, there = made.Draft, there, here
		}
		spent()
	})
	b.Run("ground", func(b *testing.B) {
		spent := processor(b)
		for b.Loop() {
			if g, err := s.DraftGround(service.WithViewer(b.Context(), service.Everyone(lattice)), lattice, d.ID, community); err != nil || len(g.Areas) != 30 {
				b.Fatal(len(g.Areas), err)
			}
		}
		spent()
	})
	b.Run("balance", func(b *testing.B) {
		spent := processor(b)
		for b.Loop() {
			if all, err := s.DraftBalance(b.Context(), lattice, d.ID); err != nil || len(all.Areas) != len(areas)-1 {
				b.Fatal(len(all.Areas), err)
			}
		}
		spent()
	})
}

// processor returns a function that reports what an operation has cost this
// process since, in milliseconds of processor time; the database's is not in it.
func processor(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	from := used()
	return func() { b.ReportMetric(float64((used()-from).Microseconds())/1000/float64(b.N), "cpu-ms/op") }
}
