package streetapi

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// The parsers are tested from inside: what a request becomes is not to be seen
// from outside.

func TestGooglesOwnExampleOfAPolyline(t *testing.T) {
	line := orb.LineString{{-120.2, 38.5}, {-120.95, 40.7}, {-126.453, 43.252}}
	const code = "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
	if got := string(appendPolyline(nil, line, polyline5)); got != code {
		t.Errorf("%s, want %s", got, code)
	}
	points, err := decodePolyline(code, polyline5, 10)
	if err != nil || len(points) != 3 {
		t.Fatalf("%v %v", points, err)
	}
	for i, p := range points {
		if math.Abs(p[0]-line[i][0]) > 1e-9 || math.Abs(p[1]-line[i][1]) > 1e-9 {
			t.Errorf("point %d is %v, want %v", i, p, line[i])
		}
	}
}

func TestWhatIsEncodedIsDecoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]float64{polyline5, polyline6}).Draw(t, "scale")
		line := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) orb.Point {
			return orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
		}), 1, 20).Draw(t, "line")
		got, err := decodePolyline(string(appendPolyline(nil, line, scale)), scale, 100)
		if err != nil || len(got) != len(line) {
			t.Fatalf("%v %v", got, err)
		}
		for i, p := range got {
			if math.Abs(p[0]-line[i][0]) > 0.5001/scale || math.Abs(p[1]-line[i][1]) > 0.5001/scale {
				t.Fatalf("point %d is %v, was %v", i, p, line[i])
			}
		}
	})
}

func TestTenthsAreThoseOfOSRM(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 1<<32).Draw(t, "thousandths")
		want := strconv.FormatFloat(math.Floor(float64(n)/100+0.5)/10, 'f', -1, 64)
		if got := string(appendTenths(nil, n)); got != want {
			t.Fatalf("%d is %s, want %s", n, got, want)
		}
	})
}

func TestAnOverviewKeepsTheEndsAndStaysNearTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line orb.LineString
		at := orb.Point{104.3, 30.8}
		for range rapid.IntRange(2, 60).Draw(t, "points") {
			line = append(line, at)
			at[0] += rapid.Float64Range(-0.001, 0.002).Draw(t, "east")
			at[1] += rapid.Float64Range(-0.001, 0.001).Draw(t, "north")
		}
		got := simplify(line)
		if got[0] != line[0] || got[len(got)-1] != line[len(line)-1] {
			t.Fatalf("%v does not run from %v to %v", got, line[0], line[len(line)-1])
		}
		b := line.Bound()
		pixel := max((b.Max[0]-b.Min[0])*math.Cos((b.Min[1]+b.Max[1])/2*math.Pi/180), b.Max[1]-b.Min[1]) / overviewPixels
		for _, p := range line {
			least := math.Inf(1)
			for i := 1; i < len(got); i++ {
				least = min(least, offLine(got[i-1], got[i], p))
			}
			if least > 1.001*pixel {
				t.Fatalf("%v is %v off, a pixel is %v", p, least, pixel)
			}
		}
	})
}

func FuzzRequest(f *testing.F) {
	for _, s := range []string{
		"/route/v1/foot/1,2;3,4?steps=true&radiuses=1;", "/table/v1/car/polyline(_p~iF~ps|U).json?sources=0&destinations=all", "/nearest/v1/x/1e3,-4.json?number=3",
		"/route/v1/foot/polyline6(~)?bearings=1,2;", "/table/v1/foot/,;,", "//v1//", "/route/v1/foot/1,2?hints=%41;", "/isochrones/foot",
	} {
		f.Add(s, "coordinates=1,2;3,4")
	}
	f.Fuzz(func(t *testing.T, target, form string) {
		if strings.ContainsAny(target, " \r\n") || !strings.HasPrefix(target, "/") {
			return
		}
		path, query, _ := strings.Cut(target, "?")
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form))
		r.URL.Path, r.URL.RawQuery = path, query
		req, err := parseRequest(httptest.NewRecorder(), r)
		if err != nil {
			return
		}
		points, err := parseCoordinates(req.coordinates, 50)
		if err != nil {
			return
		}
		if len(points) == 0 || len(points) > 50 {
			t.Fatalf("%d points", len(points))
		}
		for _, p := range points {
			if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
				t.Fatalf("position %v", p)
			}
		}
		o := req.options.reader()
		radiuses, bearings := o.radiuses(len(points)), o.bearings(len(points))
		indices := o.indices("sources", len(points))
		scale := o.positive("scale_factor")
		if o.failed != nil {
			return
		}
		if radiuses != nil && len(radiuses) != len(points) || bearings != nil && len(bearings) != len(points) || !(scale >= 0) {
			t.Fatalf("%d radiuses, %d bearings, scale %v", len(radiuses), len(bearings), scale)
		}
		for _, i := range indices {
			if i < 0 || i >= len(points) {
				t.Fatalf("index %d of %d", i, len(points))
			}
		}
	})
}

func FuzzIsochroneRequest(f *testing.F) {
	f.Add(`{"locations":[[1,2]],"range":[100],"interval":10}`)
	f.Add(`{"locations":[[1,2,3]],"range":[1e300],"options":{}}`)
	f.Fuzz(func(t *testing.T, body string) {
		h := &handler{o: Options{}.filled()}
		q := isochroneQuery{Profile: "foot"}
		if decodeIsochrones([]byte(body), &q) != nil || h.checkIsochrones(&q) != nil {
			return
		}
		if len(q.Range) == 0 || len(q.Range) > h.o.MaxRanges || len(q.points()) != len(q.Locations) {
			t.Fatalf("%+v", q)
		}
		for i, v := range q.limits() {
			if v < 1 || i > 0 && q.Range[i] <= q.Range[i-1] {
				t.Fatalf("ranges %v are %v", q.Range, q.limits())
			}
		}
	})
}
