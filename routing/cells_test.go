package routing_test

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

func cellOf(t testing.TB, p orb.Point, resolution int) string {
	t.Helper()
	c, err := h3.LatLngToCell(h3.LatLng{Lat: p[1], Lng: p[0]}, resolution)
	if err != nil {
		t.Fatal(err)
	}
	return c.String()
}
