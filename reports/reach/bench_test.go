package reach_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/reports/reach"
	"sanse/routing"
	"sanse/routing/osm"
)

// extract reads the streets of an extract that ships inside the module
// paulmach/osm.
func extract(name string) (*routing.Graph, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		return nil, fmt.Errorf("find the module paulmach/osm: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(out)), "testdata", name)
	x, err := osm.ReadFile(context.Background(), path, osm.Options{Only: osm.Streets})
	if err != nil {
		return nil, err
	}
	return x.Graph, nil
}

var delawareGraph = sync.OnceValues(func() (*routing.Graph, error) { return extract("delaware-latest.osm.pbf") })

// processor is the time that this process has had of all processors.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measured is b.Loop's work with the processor's time of each round as a metric.
func measured(b *testing.B, work func() error) {
	b.Helper()
	began, rounds := processor(b), 0
	for b.Loop() {
		rounds++
		if err := work(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processor(b)-began).Milliseconds())/float64(rounds), "cpu-ms/op")
}

// BenchmarkNearestOfTenServices finds the nearest of ten services, of 30
// facilities each, for every vertex of Delaware's streets.
func BenchmarkNearestOfTenServices(b *testing.B) {
	g, err := delawareGraph()
	if err != nil {
		b.Fatal(err)
	}
	e, err := routing.NewEngine(g, routing.Elderly())
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var facilities []reach.Facility
	for i := range 300 {
		facilities = append(facilities, reach.Facility{Service: fmt.Sprint("s", i%10), Location: g.Vertex(r.IntN(g.Vertices())), Open: true})
	}
	b.Logf("%d vertices, %d nodes, %d edges", g.Vertices(), g.Nodes(), g.Edges())
	measured(b, func() error {
		x, err := reach.New(context.Background(), e, nil, facilities, reach.Options{Threads: 2, Seconds: 1 << 20})
		if err != nil {
			return err
		}
		all, err := x.Vertices(context.Background())
		if err != nil {
			return err
		}
		reached := 0
		for _, s := range all["s3"] {
			if s >= 0 {
				reached++
			}
		}
		if reached < g.Vertices()/2 {
			return errors.New("most of Delaware reaches nothing")
		}
		return nil
	})
}

// BenchmarkTry moves one facility of a made-up district as large as the demo's:
// 2,370 residents and 34,000 buildings, 300 facilities of seven services, 60,000
// crossings.
func BenchmarkTry(b *testing.B) {
	const n, step = 245, 80.0
	r := rand.New(rand.NewPCG(2, 3))
	e := engineOf(b, gridTown(b, n, step, r), routing.Elderly())
	var facilities []reach.Facility
	for i, p := range pointsIn(300, n*step, r) {
		facilities = append(facilities, reach.Facility{ID: fmt.Sprint(i), Service: fmt.Sprint("s", i%7), Location: p, Open: i%8 > 0})
	}
	demand := pointsIn(36_370, n*step, r)
	x := newIndex(b, e, demand, facilities, reach.Options{Threads: 2})
	if _, err := x.Cells(b.Context(), "s1", 10, 900); err != nil {
		b.Fatal(err)
	}
	k := 0
	measured(b, func() error {
		k++
		y, err := x.Try(b.Context(), []reach.Change{{Op: reach.Move, ID: "1", Location: orb.Point{104.35 + float64(k%50)/1000, 30.85}}})
		if err != nil {
			return err
		}
		_, err = y.Cells(b.Context(), "s1", 10, 900)
		return err
	})
}
