package main

import (
	"strings"
	"testing"
)

func TestAnOutlineTooWideForItsBufferSaysSo(t *testing.T) {
	// A street of 10 km from corner to corner.
	roads := writeText(t, t.TempDir()+"/roads.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature",
		"properties":{"class":"footway","name":"长街"},"geometry":{"type":"LineString","coordinates":[[104.30,30.80],[104.375,30.865]]}}]}`)
	for _, c := range []struct {
		name, minutes string
		told          int
	}{
		{"a small one has the buffer asked for", "5", 0},
		{"a wide one is told once, however many outlines", "5,150,180", 1},
	} {
		r := sanse(t.Context(), "streets", "isochrone", "--graph", roads, "--from", "104.30,30.80", "--minutes", c.minutes, "--buffer", "5").want(t, exitDone)
		if n := strings.Count(r.err, "too wide to draw with a buffer of 5 m"); n != c.told {
			t.Errorf("%s: told %d times: %q", c.name, n, r.err)
		}
	}
}
