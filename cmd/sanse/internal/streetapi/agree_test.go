package streetapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/cmd/sanse/internal/streetapi"
	"sanse/routing"
)

func TestTableAndRouteSayWhatTheEngineSays(t *testing.T) {
	for _, p := range []routing.Profile{routing.Foot(), routing.EBike(), routing.Car()} {
		for _, prepared := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, prepared %v", p.Name, prepared), func(t *testing.T) {
				net := town(t)
				if prepared {
					net = town(t, p)
				}
				e, err := net.Engine(p)
				if err != nil {
					t.Fatal(err)
				}
				h := streetapi.New(net, streetapi.Options{Radius: 500})
				rapid.Check(t, func(rt *rapid.T) { agree(rt, h, e, p.Name) })
			})
		}
	}
}

// agree asks for a table and the way of each of its cells, and holds both
// against the engine.
func agree(rt *rapid.T, h http.Handler, e *routing.Engine, profile string) {
	points := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) orb.Point {
		island := float64(rapid.SampledFrom([]int{0, 0, 0, 5000}).Draw(rt, "island"))
		return at(island+float64(rapid.IntRange(-30, 430).Draw(rt, "east")), float64(rapid.IntRange(-30, 430).Draw(rt, "north"))*min(1, (6000-island)/6000))
	}), 2, 4).Draw(rt, "points")
	snaps, errs := e.SnapAll(points, 250)
	coordinates := make([]string, len(points))
	for i, p := range points {
		if errs[i] != nil {
			return
		}
		coordinates[i] = fmt.Sprintf("%.6f,%.6f", p[0], p[1])
		snaps[i].Asked, snaps[i].Metres, snaps[i].Entrance = snaps[i].Point, 0, false
	}
	table := fetchJSON(rt, h, "/table/v1/"+profile+"/"+strings.Join(coordinates, ";")+"?annotations=duration,distance", http.StatusOK)
	q := e.NewQuery()
	for i := range points {
		for j := range points {
			cost, err := q.Cost(snaps[i], snaps[j])
			if err != nil {
				rt.Fatal(err)
			}
			cell := dig(rt, table, "durations", i, j)
			pair := "/route/v1/" + profile + "/" + coordinates[i] + ";" + coordinates[j] + "?overview=false"
			if cost == routing.Unreached {
				if cell != nil || fetchJSON(rt, h, pair, http.StatusBadRequest)["code"] != "NoRoute" {
					rt.Fatalf("from %d to %d there is no way, the table says %v", i, j, cell)
				}
				continue
			}
			want := math.Floor(float64(cost)/100+0.5) / 10
			route := dig(rt, fetchJSON(rt, h, pair, http.StatusOK), "routes", 0)
			if cell != want || number(rt, route, "duration") != want {
				rt.Fatalf("from %d to %d are %d ms: the table says %v, the route %v", i, j, cost, cell, number(rt, route, "duration"))
			}
			path, err := e.Route(context.Background(), snaps[i], snaps[j])
			if err != nil {
				rt.Fatal(err)
			}
			if d := number(rt, route, "distance"); math.Abs(d-path.Metres) > 0.051 {
				rt.Fatalf("from %d to %d are %v m, the route says %v", i, j, path.Metres, d)
			}
		}
	}
}

func fetchJSON(rt *rapid.T, h http.Handler, path string, status int) object {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	var o object
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil || w.Code != status {
		rt.Fatalf("%s: %d %v %.200s", path, w.Code, err, w.Body)
	}
	return o
}
