package streetapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/streetapi"
	"sanse/routing"
)

// A table over one street, as a client of OSRM asks for it.
func Example() {
	b := routing.NewBuilder()
	west, east := b.AddNode(orb.Point{104.300, 30.800}), b.AddNode(orb.Point{104.310, 30.800})
	if _, err := b.AddEdge(west, east, nil, routing.EdgeAttr{Class: "residential", Name: "中山路", Walk: routing.Both}); err != nil {
		fmt.Println(err)
		return
	}
	g, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	net, err := routing.NewNetwork(g)
	if err != nil {
		fmt.Println(err)
		return
	}
	h := streetapi.New(net, streetapi.Options{})
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/table/v1/foot/104.301,30.8;104.303,30.8?annotations=duration,distance&skip_waypoints=true", nil))
	fmt.Println(answer.Code, answer.Body)
	// Output: 200 {"code":"Ok","durations":[[0,147.2],[147.2,0]],"distances":[[0,191.4],[191.4,0]]}
}
