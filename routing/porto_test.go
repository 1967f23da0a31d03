package routing_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/osm"
)

// sharedFile returns a file beside the project; the test is skipped where it is
// not there.
func sharedFile(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("SANSE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(root, "streets", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not beside the project: set SANSE_SHARED to where streets/ is", name)
	}
	return path
}

var portoGraph = sync.OnceValues(func() (*routing.Graph, error) {
	root := os.Getenv("SANSE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	x, err := osm.ReadFile(context.Background(), filepath.Join(root, "streets", "porto_region.osm.pbf"), osm.Options{})
	if err != nil {
		return nil, err
	}
	return x.Graph, nil
})

// porto returns the streets of the region of Porto and the thousand places that
// the peers were measured with.
func porto(t testing.TB) (*routing.Graph, []orb.Point) {
	t.Helper()
	sharedFile(t, "porto_region.osm.pbf")
	g, err := portoGraph()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(sharedFile(t, "porto_region_1000_points.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var points []orb.Point
	for _, r := range rows[1:] {
		lon, err := strconv.ParseFloat(r[len(r)-2], 64)
		if err != nil {
			t.Fatal(err)
		}
		lat, err := strconv.ParseFloat(r[len(r)-1], 64)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, orb.Point{lon, lat})
	}
	return g, points
}
