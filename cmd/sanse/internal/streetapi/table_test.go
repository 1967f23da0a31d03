package streetapi_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/streetapi"
)

// Three corners and the lengths between them by street: 200 and 300 m.
var corners = fmt.Sprintf("%s;%s;%s", coordinate(0, 0), coordinate(200, 0), coordinate(200, 300))

func coordinate(east, north float64) string {
	p := at(east, north)
	return fmt.Sprintf("%.6f,%.6f", p[0], p[1])
}

func TestATableHasTheShapeOfOSRM(t *testing.T) {
	s := serve(t, streetapi.Options{})
	o := s.ok("/table/v1/foot/" + corners)
	want := [3][3]float64{{0, 200, 500}, {200, 0, 300}, {500, 300, 0}}
	for i := range 3 {
		for j := range 3 {
			if got := number(t, o, "durations", i, j); math.Abs(got-want[i][j]/1.3) > 1.5 {
				t.Errorf("from %d to %d takes %v s, want %.1f", i, j, got, want[i][j]/1.3)
			}
		}
		for _, side := range []string{"sources", "destinations"} {
			if len(list(t, o, side, i, "location")) != 2 || dig(t, o, side, i, "hint") == "" || dig(t, o, side, i, "name") == "" {
				t.Errorf("%s %d is %v", side, i, dig(t, o, side, i))
			}
		}
	}
	if _, ok := o["distances"]; ok {
		t.Error("distances nobody asked for")
	}
}

func TestVROOMGetsBothTablesWithoutChunks(t *testing.T) {
	// As its wrapper sends it: HTTP/1.1, to be closed, radiuses for all; it
	// takes what is between the first and the last brace.
	s := serve(t, streetapi.Options{})
	var many []string
	for i := range 140 { // more than is sent at once
		many = append(many, coordinate(float64(i%5)*100, float64(i/5%5)*100))
	}
	radiuses := strings.TrimSuffix(strings.Repeat("35000;", len(many)), ";")
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /table/v1/car/%s?annotations=duration,distance&radiuses=%s HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n",
		strings.Join(many, ";"), radiuses)
	answer, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil {
		t.Fatal(err)
	}
	text := string(answer)
	var o object
	if err := json.Unmarshal([]byte(text[strings.Index(text, "{"):strings.LastIndex(text, "}")+1]), &o); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	for _, name := range []string{"durations", "distances"} {
		if n := len(list(t, o, name)); n != len(many) {
			t.Errorf("%d rows of %s", n, name)
		}
		if n := len(list(t, o, name, len(many)-1)); n != len(many) {
			t.Errorf("%d columns of %s", n, name)
		}
	}
	// One way to the east: back is round the block.
	if there, back := number(t, o, "distances", 0, 1), number(t, o, "distances", 1, 0); math.Abs(there-100) > 1 || math.Abs(back-300) > 2 {
		t.Errorf("%v m there, %v m back", there, back)
	}
}

func TestSourcesAndDestinationsChooseRowsAndColumns(t *testing.T) {
	s := serve(t, streetapi.Options{})
	whole := s.ok("/table/v1/foot/" + corners + "?annotations=duration,distance")
	part := s.ok("/table/v1/foot/" + corners + "?sources=2;0&destinations=1&annotations=duration,distance")
	for _, name := range []string{"durations", "distances"} {
		if len(list(t, part, name)) != 2 || len(list(t, part, name, 0)) != 1 {
			t.Fatalf("%s are %v", name, part[name])
		}
		if number(t, part, name, 0, 0) != number(t, whole, name, 2, 1) || number(t, part, name, 1, 0) != number(t, whole, name, 0, 1) {
			t.Errorf("%s are %v of %v", name, part[name], whole[name])
		}
	}
	if len(list(t, part, "sources")) != 2 || len(list(t, part, "destinations")) != 1 {
		t.Errorf("sources %v, destinations %v", part["sources"], part["destinations"])
	}
	only := s.ok("/table/v1/foot/" + corners + "?annotations=distance&skip_waypoints=true")
	if _, ok := only["durations"]; ok || len(list(t, only, "distances")) != 3 || only["sources"] != nil {
		t.Errorf("%v", only)
	}
	all := s.ok("/table/v1/foot/" + corners + "?sources=all&destinations=all&generate_hints=false")
	if _, ok := dig(t, all, "sources", 0).(object)["hint"]; ok {
		t.Error("hints nobody wants")
	}
}

func TestNoWayIsNullAndAFallbackFillsIt(t *testing.T) {
	s := serve(t, streetapi.Options{})
	path := "/table/v1/foot/" + coordinate(0, 0) + ";" + coordinate(100, 0) + ";" + coordinate(5000, 0) + "?annotations=duration,distance"
	o := s.ok(path)
	if dig(t, o, "durations", 0, 2) != nil || dig(t, o, "distances", 2, 0) != nil {
		t.Errorf("%v", o)
	}
	o = s.ok(path + "&fallback_speed=2.5&fallback_coordinate=snapped&scale_factor=2")
	if got := number(t, o, "durations", 0, 2); math.Abs(got-2*5000/2.5) > 20 {
		t.Errorf("%v s across the water", got)
	}
	if got := number(t, o, "distances", 2, 0); math.Abs(got-5000) > 15 {
		t.Errorf("%v m across the water", got)
	}
	if got := number(t, o, "durations", 0, 1); math.Abs(got-2*100/1.3) > 1 {
		t.Errorf("%v s on the street, twice as slow", got)
	}
	if got := fmt.Sprint(o["fallback_speed_cells"]); got != "[[0 2] [1 2] [2 0] [2 1]]" {
		t.Errorf("cells %s", got)
	}
}

func TestWalksToTheStreetCountWhenAsked(t *testing.T) {
	s := serve(t, streetapi.Options{})
	path := "/table/v1/foot/" + coordinate(50, -39) + ";" + coordinate(150, -26) + "?annotations=duration,distance"
	if got := number(t, s.ok(path), "distances", 0, 1); math.Abs(got-100) > 1 {
		t.Errorf("%v m from street to street", got)
	}
	if got := number(t, s.ok(path+"&walk_to_street=true"), "distances", 0, 1); math.Abs(got-165) > 1 {
		t.Errorf("%v m from door to door", got)
	}
}

func TestALongTableComesInAFormOrAsPolyline(t *testing.T) {
	s := serve(t, streetapi.Options{})
	want := s.ok("/table/v1/foot/" + corners + "?sources=1")
	for name, coordinates := range map[string]string{"list": corners, "list with a format": corners + ".json"} {
		status, o := s.ask(http.MethodPost, "/table/v1/foot", "coordinates="+coordinates+"&sources=1")
		if status != 200 || fmt.Sprint(o["durations"]) != fmt.Sprint(want["durations"]) {
			t.Errorf("%s: %d %v", name, status, o)
		}
	}
	if status, o := s.ask(http.MethodPost, "/table/v1/foot/"+corners+"?sources=1", "coordinates="+corners); status != 400 || o["code"] != "InvalidQuery" {
		t.Errorf("coordinates twice: %d %v", status, o)
	}
}

func TestATableOfManyCellsIsMadeTwiceAndSaysTheSame(t *testing.T) {
	s := serve(t, streetapi.Options{})
	var many []string
	const n = 1030 // more cells than are kept at once
	for i := range n {
		many = append(many, coordinate(float64(i%40)*10, float64(i/40)*10))
	}
	status, o := s.ask(http.MethodPost, "/table/v1/foot?annotations=duration,distance&skip_waypoints=true&sources="+indices(1000), "coordinates="+strings.Join(many, ";")+"&destinations=all")
	if status != 200 {
		t.Fatalf("%d %v", status, o["message"])
	}
	if status, o := s.ask(http.MethodPost, "/table/v1/foot", "coordinates="+strings.Join(many, ";")); status != 400 || o["code"] != "TooBig" {
		t.Errorf("more plain sources than are allowed: %d %v", status, o["code"])
	}
	one := s.ok("/table/v1/foot/" + many[999] + ";" + many[500] + "?annotations=duration,distance")
	for _, name := range []string{"durations", "distances"} {
		if got, want := number(t, o, name, 999, 500), number(t, one, name, 0, 1); got != want {
			t.Errorf("%s: %v in the large table, %v alone", name, got, want)
		}
	}
}

func indices(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(';')
		}
		fmt.Fprint(&b, i)
	}
	return b.String()
}
