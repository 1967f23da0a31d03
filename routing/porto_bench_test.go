package routing_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"sanse/routing"
)

// portoPrepared is the foot network of the region of Porto, prepared once.
var portoPrepared = sync.OnceValues(func() (*routing.Engine, error) {
	g, err := portoGraph()
	if err != nil {
		return nil, err
	}
	e, err := routing.NewEngine(g, routing.Foot())
	if err != nil {
		return nil, err
	}
	return e.Prepare(context.Background(), routing.PrepareOptions{Threads: 2})
})

// portoPlaces returns the prepared engine and the thousand places on its
// streets.
func portoPlaces(b testing.TB) (*routing.Engine, []routing.Snap) {
	b.Helper()
	_, points := porto(b)
	e, err := portoPrepared()
	if err != nil {
		b.Fatal(err)
	}
	snaps, errs := e.SnapAll(points, 1000)
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
	return e, snaps
}

func BenchmarkPortoPrepare(b *testing.B) {
	g, _ := porto(b)
	for _, p := range []routing.Profile{routing.Foot(), routing.Car()} {
		b.Run(p.Name, func(b *testing.B) {
			e := engineOf(b, g, p)
			for b.Loop() {
				if _, err := e.Prepare(context.Background(), routing.PrepareOptions{Threads: 2}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPortoEngine(b *testing.B) {
	g, _ := porto(b)
	for b.Loop() {
		engineOf(b, g, routing.Foot())
	}
}

func BenchmarkPortoTable(b *testing.B) {
	e, snaps := portoPlaces(b)
	for _, c := range []struct {
		name string
		n    int
		o    routing.TableOptions
	}{
		{"100", 100, routing.TableOptions{}},
		{"1000", 1000, routing.TableOptions{}},
		{"1000 with metres", 1000, routing.TableOptions{Metres: true}},
		{"1000 on 2 threads", 1000, routing.TableOptions{Threads: 2}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				err := e.TableRows(context.Background(), snaps[:c.n], snaps[:c.n], c.o, func(int, routing.TableRow) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("1000 in seconds", func(b *testing.B) {
		for b.Loop() {
			if _, err := e.Table(context.Background(), snaps, snaps); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPortoQuery(b *testing.B) {
	e, snaps := portoPlaces(b)
	pair := func(i int) (routing.Snap, routing.Snap) {
		return snaps[i*7919%len(snaps)], snaps[(i*104729+500)%len(snaps)]
	}
	b.Run("cost", func(b *testing.B) {
		q := e.NewQuery()
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := q.Cost(pair(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("route", func(b *testing.B) {
		q, path := e.NewQuery(), routing.Path{}
		b.ReportAllocs()
		points := 0
		for i := 0; b.Loop(); i++ {
			from, to := pair(i)
			if err := q.Route(from, to, &path); err != nil && !errors.Is(err, routing.ErrNoWay) {
				b.Fatal(err)
			}
			points += len(path.Line)
		}
		b.ReportMetric(float64(points)/float64(b.N), "points/op")
	})
}

func BenchmarkPortoOpen(b *testing.B) {
	e, _ := portoPlaces(b)
	n, err := routing.NewNetwork(e.Graph(), e)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "porto.graph")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	size, err := n.WriteTo(f)
	if err := errors.Join(err, f.Close()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n, err := routing.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := n.Close(); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	opened, err := routing.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(size)/1e6, "MB-file")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-heap")
	if err := opened.Close(); err != nil {
		b.Fatal(err)
	}
}
