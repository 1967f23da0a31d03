package streetapi_test

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/streetapi"
	"sanse/routing"
)

// at is a point so many metres east and north of the middle of the town.
func at(east, north float64) orb.Point {
	const lon, lat = 104.30, 30.80
	return orb.Point{
		math.Round((lon+east/(111_195*math.Cos(lat*math.Pi/180)))*1e6) / 1e6,
		math.Round((lat+north/111_195)*1e6) / 1e6,
	}
}

// town is a grid of 5 × 5 corners, 100 m apart, with an island of one street 3
// km to the east and a one-way street for cars. Streets from west to east are
// called 一街 to 五街, those from south to north 甲路 to 戊路.
func town(t testing.TB, prepared ...routing.Profile) *routing.Network {
	t.Helper()
	b := routing.NewBuilder()
	const side = 5
	var corner [side][side]int32
	for y := range side {
		for x := range side {
			corner[y][x] = b.AddNode(at(float64(100*x), float64(100*y)))
		}
	}
	add := func(from, to int32, a routing.EdgeAttr) {
		a.Walk, a.Ride = routing.Both, routing.Both
		if a.Drive == routing.Neither {
			a.Drive = routing.Both
		}
		if _, err := b.AddEdge(from, to, nil, a); err != nil {
			t.Fatal(err)
		}
	}
	for y := range side {
		for x := range side {
			if x+1 < side {
				a := routing.EdgeAttr{Class: "residential", Name: string([]rune("一二三四五")[y]) + "街"}
				if y == 0 {
					a.Drive = routing.Forward
				}
				add(corner[y][x], corner[y][x+1], a)
			}
			if y+1 < side {
				add(corner[y][x], corner[y+1][x], routing.EdgeAttr{Class: "residential", Name: string([]rune("甲乙丙丁戊")[x]) + "路"})
			}
		}
	}
	add(b.AddNode(at(3000, 0)), b.AddNode(at(9000, 0)), routing.EdgeAttr{Class: "residential", Name: "岛路"})
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	var engines []*routing.Engine
	for _, p := range prepared {
		e, err := routing.NewEngine(g, p)
		if err != nil {
			t.Fatal(err)
		}
		if e, err = e.Prepare(context.Background(), routing.PrepareOptions{}); err != nil {
			t.Fatal(err)
		}
		engines = append(engines, e)
	}
	n, err := routing.NewNetwork(g, engines...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// served is the town behind a real server.
type served struct {
	t   *testing.T
	url string
}

func serve(t *testing.T, o streetapi.Options) served {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.Config = streetapi.Server("", streetapi.New(town(t), o))
	s.Start()
	t.Cleanup(s.Close)
	return served{t, s.URL}
}

// object is a JSON object as a client sees it.
type object = map[string]any

func (s served) send(method, path, body string) (int, http.Header, []byte) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, res.Header, data
}

func (s served) get(path string) (int, object) {
	s.t.Helper()
	return s.ask(http.MethodGet, path, "")
}

func (s served) ask(method, path, body string) (int, object) {
	s.t.Helper()
	status, _, data := s.send(method, path, body)
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		s.t.Fatalf("%s %s: %v: %.200s", method, path, err, data)
	}
	return status, o
}

// ok asks for something that must be granted.
func (s served) ok(path string) object {
	s.t.Helper()
	status, o := s.get(path)
	if status != http.StatusOK || o["code"] != "Ok" {
		s.t.Fatalf("%s: %d %v", path, status, o)
	}
	return o
}

// dig walks down objects by name and arrays by index.
func dig(t fataler, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			o, ok := v.(object)
			if !ok {
				t.Fatalf("%v: %v is no object", path, v)
			}
			v, ok = o[p]
			if !ok {
				t.Fatalf("%v: there is no %s", path, p)
			}
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("%v: %v has no element %d", path, v, p)
			}
			v = l[p]
		}
	}
	return v
}

func number(t fataler, v any, path ...any) float64 {
	t.Helper()
	n, ok := dig(t, v, path...).(float64)
	if !ok {
		t.Fatalf("%v is no number", path)
	}
	return n
}

func list(t fataler, v any, path ...any) []any {
	t.Helper()
	l, ok := dig(t, v, path...).([]any)
	if !ok {
		t.Fatalf("%v is no array", path)
	}
	return l
}

// fataler is a test or one run of a property.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}
