package streetapi_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/streetapi"
	"sanse/routing"
	"sanse/routing/osm"
)

// porto serves the region of Porto, prepared for foot, and returns its 1,000
// points as coordinates. It skips where the files are not there.
func porto(b *testing.B) (url string, points []string) {
	b.Helper()
	root := os.Getenv("SANSE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	extract := filepath.Join(root, "streets", "porto_region.osm.pbf")
	file, err := os.Open(filepath.Join(root, "streets", "porto_region_1000_points.csv"))
	if err != nil {
		b.Skip("no extracts beside the project: set SANSE_SHARED to where streets/ is")
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range rows[1:] {
		points = append(points, r[len(r)-2]+","+r[len(r)-1])
	}
	x, err := osm.ReadFile(context.Background(), extract, osm.Options{})
	if err != nil {
		b.Fatal(err)
	}
	plain, err := routing.NewEngine(x.Graph, routing.Foot())
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	e, err := plain.Prepare(context.Background(), routing.PrepareOptions{Threads: 2})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("prepared in %v", time.Since(start).Round(time.Millisecond))
	n, err := routing.NewNetwork(x.Graph, e)
	if err != nil {
		b.Fatal(err)
	}
	s := httptest.NewUnstartedServer(nil)
	s.Config = streetapi.Server("", streetapi.New(n, streetapi.Options{}))
	s.Start()
	b.Cleanup(s.Close)
	return s.URL, points
}

// fetch sends a request and throws the answer away as it comes.
func fetch(b *testing.B, address string) int64 {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%d %v", res.StatusCode, err)
	}
	return n
}

// BenchmarkHTTP times answers of the region of Porto from the request to the
// last byte, on one thread.
func BenchmarkHTTP(b *testing.B) {
	server, points := porto(b)
	table := func(from, to int) string {
		return fmt.Sprintf("/table/v1/foot/%s?sources=%s&destinations=%s", strings.Join(points[:max(from, to)], ";"), indices(from), indices(to))
	}
	pair := func(i int) string { return points[i%1000] + ";" + points[(i*7+13)%1000] }
	for _, c := range []struct {
		name string
		path func(i int) string
	}{
		{"table 100x100", func(int) string { return table(100, 100) }},
		{"table 1000x1000", func(int) string { return table(1000, 1000) }},
		{"table 1000x1000 of both", func(int) string { return table(1000, 1000) + "&annotations=duration,distance" }},
		{"table 1x1000", func(int) string { return table(1, 1000) }},
		{"route", func(i int) string { return "/route/v1/foot/" + pair(i) + "?overview=false" }},
		{"route with steps", func(i int) string { return "/route/v1/foot/" + pair(i) + "?overview=full&steps=true&language=zh" }},
		{"nearest", func(i int) string { return "/nearest/v1/foot/" + points[i%1000] }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var bytes int64
			for i := 0; b.Loop(); i++ {
				bytes = fetch(b, server+c.path(i))
			}
			b.ReportMetric(float64(bytes), "bytes/answer")
		})
	}
}
