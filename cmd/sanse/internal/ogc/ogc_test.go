package ogc_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/twpayne/go-geos"
	"pgregory.net/rapid"

	"sanse/cmd/sanse/internal/ogc"
)

var queryables = []ogc.Queryable{
	{Name: "name", Type: ogc.Text},
	{Name: "capacity", Type: ogc.Number},
	{Name: "open", Type: ogc.Boolean},
	{Name: "since", Type: ogc.Date},
	{Name: "geometry", Type: ogc.Geometry},
	{Name: "in use", Type: ogc.Number},
}

type item struct {
	values []any
	shape  orb.Geometry
}

func (i item) Value(k int) any     { return i.values[k] }
func (i item) Shape() orb.Geometry { return i.shape }

// place is what the filters of the tests are asked about.
var place = item{
	values: []any{"O'Neil 长者食堂", 40, true, "2026-12-01", nil, nil},
	shape:  orb.Polygon{{{104.3, 30.8}, {104.4, 30.8}, {104.4, 30.9}, {104.3, 30.9}, {104.3, 30.8}}},
}

func TestFiltersLetThroughWhatTheySay(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                    true,
		"capacity = 40":                       true,
		"40 = capacity":                       true,
		"capacity <> 40":                      false,
		"capacity<41":                         true,
		"capacity>=40.0":                      true,
		"capacity > 4e1":                      false,
		"capacity > -5":                       true,
		"capacity <= +.5":                     false,
		"name = 'O''Neil 长者食堂'":               true,
		`name = 'O\'Neil 长者食堂'`:               true,
		"name LIKE '%长者%'":                    true,
		"name like 'O_Neil%'":                 true,
		"name LIKE 'o%'":                      false,
		"name NOT LIKE '%长者%'":                false,
		`name LIKE '%\%'`:                     false,
		"name LIKE '%'":                       true,
		"name LIKE ''":                        false,
		"name LIKE '%a%b%c%'":                 false,
		"capacity BETWEEN 40 AND 50 AND open": true,
		"capacity NOT BETWEEN 40 AND 50":      false,
		"capacity IN (1, 2, 40)":              true,
		"capacity NOT IN (1, 2)":              true,
		"name IN ('x')":                       false,
		"open":                                true,
		"open = TRUE":                         true,
		"NOT open":                            false,
		"open = false OR capacity = 40":       true,
		"open = false OR capacity = 1 AND name LIKE '%'":        false,
		"(open = false OR capacity = 40) AND NOT capacity = 41": true,
		"not not open":               true,
		"TRUE":                       true,
		"FALSE OR TRUE":              true,
		"since = DATE('2026-12-01')": true,
		"since > '2026-11-30'":       true,
		"since < TIMESTAMP('2026-12-01T23:59:59+08:00')": false,
		"since <= TIMESTAMP('2026-12-01T23:59:59Z')":     true,
		// What is null is unknown, and so is its opposite.
		`"in use" IS NULL`:                                                          true,
		`"in use" IS NOT NULL`:                                                      false,
		"name IS NOT NULL":                                                          true,
		`"in use" > 0`:                                                              false,
		`NOT ("in use" > 0)`:                                                        false,
		`"in use" > 0 OR open`:                                                      true,
		`NOT ("in use" > 0 AND NOT open)`:                                           true,
		`"in use" NOT IN (1)`:                                                       false,
		`"in use" NOT BETWEEN 0 AND 1`:                                              false,
		`capacity NOT BETWEEN 41 AND 50`:                                            true,
		`capacity <> "in use"`:                                                      false,
		`capacity = capacity`:                                                       true,
		`capacity IN ("in use", 40)`:                                                true,
		`capacity NOT IN ("in use", 41)`:                                            false,
		"S_INTERSECTS(geometry, POINT(1 2))":                                        false,
		"S_INTERSECTS(geometry, POINT(104.35 30.85))":                               true,
		"s_intersects(POINT Z (104.35 30.85 7), geometry)":                          true,
		"S_INTERSECTS(geometry, POINT(104.3 30.8))":                                 true,
		"S_INTERSECTS(geometry, MULTIPOINT((1 1), 104.35 30.85))":                   true,
		"S_INTERSECTS(geometry, BBOX(104.39, 30.89, 105, 31))":                      true,
		"S_INTERSECTS(geometry, BBOX(104.39, 30.89, 0, 105, 31, 9))":                true,
		"S_INTERSECTS(geometry, BBOX(104.31, 30.81, 104.32, 30.82))":                true,
		"S_INTERSECTS(geometry, BBOX(104, 30, 105, 31))":                            true,
		"S_INTERSECTS(geometry, BBOX(170, -10, -170, 10))":                          false,
		"S_INTERSECTS(geometry, BBOX(104.41, 30.81, 104.42, 30.82))":                false,
		"S_INTERSECTS(geometry, LINESTRING(104 30.85, 105 30.85))":                  true,
		"S_INTERSECTS(geometry, LINESTRING(104 30.95, 105 30.95))":                  false,
		"S_INTERSECTS(geometry, POLYGON((104 30, 105 30, 105 31, 104 31, 104 30)))": true,
		"S_INTERSECTS(geometry, POLYGON((104 30, 105 30, 105 31, 104 31, 104 30),(104.2 30.7,104.5 30.7,104.5 30.95,104.2 30.95,104.2 30.7)))": false,
		"NOT S_INTERSECTS(geometry, MULTILINESTRING((0 0, 1 1),(2 2, 3 3))) AND open":                                                          true,
		"S_INTERSECTS(geometry, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)),((104 30, 104 31, 105 31, 104 30))))":                                      true,
		"S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(104 30.85, 105 30.85)))":                                             true,
	} {
		f, err := ogc.Parse(text, queryables, nil)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(place); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	f, err := ogc.Parse("NOT S_INTERSECTS(geometry, POINT(1 1))", queryables, nil)
	if err != nil || f.Match(item{values: place.values}) {
		t.Errorf("where something lies that has no place is not known: %v", err)
	}
}

func TestAFilterThatCannotBeReadSaysWhere(t *testing.T) {
	for text, want := range map[string]struct {
		at     int
		reason string
	}{
		"capacity":                             {9, "want a comparison"},
		"capacity =":                           {11, "the end"},
		"capacity = 'x'":                       {12, "is text, and is held against a number"},
		"name = 5":                             {8, "held against text"},
		"长 = 5":                                {1, "no such property; there are name"},
		"name = '长者":                           {8, "not closed"},
		`name = "长者"`:                          {8, "no such property"},
		"open AND":                             {9, "want a property"},
		"open AND )":                           {10, "want a property"},
		"(open":                                {6, "want )"},
		"open)":                                {5, "should end here"},
		"open open":                            {6, "should end here"},
		"capacity + 1 = 2":                     {10, "arithmetic"},
		"capacity = 1e999":                     {12, "no number"},
		"name LIKE 5":                          {11, "a pattern"},
		"capacity LIKE '5'":                    {1, "LIKE is for text"},
		"capacity NOT = 5":                     {14, "after NOT"},
		"capacity BETWEEN 1 5":                 {20, "want AND"},
		"capacity IN 5":                        {13, "want ("},
		"capacity IN (5":                       {15, "want )"},
		"capacity IN ()":                       {14, "want a property"},
		"5 IS NULL":                            {1, "IS NULL is for properties"},
		"name IS 5":                            {9, "want NULL"},
		"since = DATE('2026-13-01')":           {14, "not written as"},
		"since = DATE(2026)":                   {14, "a time in quotes"},
		"geometry = 5":                         {1, "only S_INTERSECTS"},
		"S_INTERSECTS(geometry, geometry)":     {1, "wants the geometry property and a literal"},
		"S_INTERSECTS(POINT(1 1), POINT(1 1))": {1, "wants the geometry property and a literal"},
		"S_INTERSECTS(geometry, CIRCLE(1 1))":  {24, "want a geometry"},
		"S_INTERSECTS(geometry, POINT(200 1))": {30, "no longitude"},
		"S_INTERSECTS(geometry, POINT(1))":     {31, "want a number"},
		"S_INTERSECTS(geometry, POINT(1 1, 2 2))":                             {24, "one position"},
		"S_INTERSECTS(geometry, LINESTRING(1 1))":                             {24, "two positions"},
		"S_INTERSECTS(geometry, POLYGON((1 1, 2 2, 1 1)))":                    {24, "four positions"},
		"S_INTERSECTS(geometry, BBOX(1, 2, 3))":                               {24, "4 numbers"},
		"S_INTERSECTS(geometry, BBOX(1, 3, 3, 2))":                            {24, "north of its north"},
		"S_INTERSECTS(geometry, BBOX(1, 2, 3, 1e9))":                          {24, "in degrees"},
		"S_INTERSECTS(geometry POINT(1 1))":                                   {23, "want ,"},
		"name = 'x' ; drop":                                                   {12, "no meaning"},
		"name = '\xff'":                                                       {8, "UTF-8"},
		"\xff":                                                                {1, "UTF-8"},
		strings.Repeat("(", 100) + "open":                                     {41, "nested"},
		strings.Repeat("NOT ", 100) + "open":                                  {161, "nested"},
		"S_INTERSECTS(geometry, " + strings.Repeat("GEOMETRYCOLLECTION(", 99): {0, "nested"},
		strings.Repeat(" ", ogc.MaxFilter) + "open":                           {ogc.MaxFilter + 1, "longer"},
		strings.Repeat("S_INTERSECTS(geometry, POINT(1 1)) OR ", ogc.MaxSpatial+1) + "open":                      {1 + 38*ogc.MaxSpatial, "more than 20 times"},
		"S_INTERSECTS(geometry, MULTIPOINT(" + strings.Repeat("1 1,", ogc.MaxPositions) + "2 2))":                {35 + 4*ogc.MaxPositions, "more than 500 positions"},
		strings.Repeat("S_INTERSECTS(geometry, LINESTRING("+strings.Repeat("1 1,", 299)+"1 1)) OR ", 2) + "open": {0, "more than 500 positions"},
	} {
		_, err := ogc.Parse(text, queryables, nil)
		var e *ogc.Error
		if !errors.As(err, &e) || want.at != 0 && e.At != want.at || !strings.Contains(e.Reason, want.reason) {
			t.Errorf("%.60s: %v, want character %d: …%s…", text, err, want.at, want.reason)
		}
	}
}

func TestATimeIsADayAnHourOrASpan(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-01":                      "2026-12-01 – 2026-12-01",
		"2026-12-01T08:00:00+08:00":       "2026-12-01 – 2026-12-01",
		"2026-12-01/2026-12-24":           "2026-12-01 – 2026-12-24",
		"../2026-12-24":                   "0001-01-01 – 2026-12-24",
		"/2026-12-24":                     "0001-01-01 – 2026-12-24",
		"2026-12-01/..":                   "2026-12-01 – 0001-01-01",
		"2026-12-01T00:00:00Z/2026-12-02": "2026-12-01 – 2026-12-02",
	} {
		s, err := ogc.ParseTime(text, nil)
		if got := s.From.Format("2006-01-02") + " – " + s.To.Format("2006-01-02"); err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "..", "../..", "/", "yesterday", "2026-12", "2026-12-24/2026-12-01", "2026-12-01/x", "2026-12-01/2026-12-02/2026-12-03"} {
		if s, err := ogc.ParseTime(text, nil); err == nil {
			t.Errorf("%q is read as %v", text, s)
		}
	}
}

func TestTheDayOfATimeIsThatOfTheDistrict(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2026-12-01":                                          "2026-12-01 – 2026-12-01",
		"2026-12-01T15:59:59Z":                                "2026-12-01 – 2026-12-01",
		"2026-12-01T16:00:00Z":                                "2026-12-02 – 2026-12-02",
		"2026-12-01T23:00:00-03:00/2026-12-03":                "2026-12-02 – 2026-12-03",
		"../2026-12-31T20:00:00Z":                             "0001-01-01 – 2027-01-01",
		"2026-12-01/2026-11-30T16:00:00Z":                     "2026-12-01 – 2026-12-01",
		"2026-12-01T08:00:00+08:00/2026-12-01T09:00:00+08:00": "2026-12-01 – 2026-12-01",
	} {
		s, err := ogc.ParseTime(text, zone)
		if got := s.From.Format("2006-01-02") + " – " + s.To.Format("2006-01-02"); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]bool{ // the place is there since 2026-12-01
		"since = TIMESTAMP('2026-11-30T16:00:00Z')": true,
		"since = TIMESTAMP('2026-12-01T15:59:59Z')": true,
		"since = TIMESTAMP('2026-12-01T16:00:00Z')": false,
		"since = DATE('2026-12-01')":                true,
	} {
		f, err := ogc.Parse(text, queryables, zone)
		if err != nil || f.Match(place) != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

// GEOS decides what meets what.
func TestShapesMeetAsGEOSSays(t *testing.T) {
	seen := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		// Few places, so that shapes touch.
		coordinate := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 6).Draw(t, "c")) })
		point := func(label string) orb.Point { return orb.Point{coordinate.Draw(t, label), coordinate.Draw(t, label)} }
		draw := func(label string) orb.Geometry {
			switch rapid.IntRange(0, 3).Draw(t, label) {
			case 0:
				return point(label)
			case 1:
				return orb.LineString{point(label), point(label), point(label)}
			case 2:
				a := point(label)
				return orb.Bound{Min: a, Max: orb.Point{a[0] + 1 + coordinate.Draw(t, label), a[1] + 1 + coordinate.Draw(t, label)}}.ToPolygon()
			default:
				// A star with a hole of the same form.
				c := point(label)
				var outer, inner orb.Ring
				for i := range 8 {
					r, a := 0.5+float64(rapid.IntRange(1, 6).Draw(t, label)), math.Pi*float64(i)/4
					outer = append(outer, orb.Point{c[0] + r*math.Cos(a), c[1] + r*math.Sin(a)})
					inner = append(inner, orb.Point{c[0] + r/2*math.Cos(a), c[1] + r/2*math.Sin(a)})
				}
				return orb.Polygon{append(outer, outer[0]), append(inner, inner[0])}
			}
		}
		a, b := draw("a"), draw("b")
		ga, err := geos.NewGeomFromWKT(wkt.MarshalString(a))
		if err != nil {
			t.Fatal(err)
		}
		gb, err := geos.NewGeomFromWKT(wkt.MarshalString(b))
		if err != nil {
			t.Fatal(err)
		}
		f, err := ogc.Parse("S_INTERSECTS(geometry, "+wkt.MarshalString(a)+")", queryables, nil)
		if err != nil {
			t.Skip(err) // outside the world
		}
		want := ga.Intersects(gb)
		seen[want]++
		if got := f.Match(item{shape: b}); got != want && ga.Distance(gb) == 0 == want {
			t.Fatalf("%s and %s: %v", wkt.MarshalString(a), wkt.MarshalString(b), got)
		}
	})
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("seen %v", seen)
	}
}

func ExampleParse() {
	f, err := ogc.Parse("service = 'meals' AND capacity >= 20", []ogc.Queryable{{Name: "service", Type: ogc.Text}, {Name: "capacity", Type: ogc.Number}}, nil)
	fmt.Println(f.Match(item{values: []any{"meals", 40}}), err)
	_, err = ogc.Parse("service = meals", []ogc.Queryable{{Name: "service", Type: ogc.Text}}, nil)
	fmt.Println(err)
	// Output:
	// true <nil>
	// at character 11: there is no such property; there are service
}

// FuzzParse looks for filters that break the reader. What is read is asked
// about, and says the same twice.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"capacity = 40 AND NOT (name LIKE '%x_\\%' OR open)", "capacity IN (1, 2.5e3, -4) OR name IS NOT NULL",
		"S_INTERSECTS(geometry, POLYGON((1 1, 2 1, 2 2, 1 1)))", "since BETWEEN DATE('2026-01-01') AND TIMESTAMP('2026-01-01T00:00:00Z')",
		`"in use" <> 3`, "S_INTERSECTS(BBOX(1,2,3,4), geometry)", "((((", "name = '''", "S_INTERSECTS(geometry, MULTIPOINT(",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := ogc.Parse(text, queryables, nil)
		if err != nil {
			var e *ogc.Error
			if !errors.As(err, &e) || e.At < 1 || e.At > len(text)+1 || e.Reason == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		// What is sure of a filter is not sure of its opposite.
		opposite, err := ogc.Parse("NOT ("+text+")", queryables, nil)
		if err == nil && strings.TrimSpace(text) != "" && filter.Match(place) && opposite.Match(place) {
			t.Fatalf("%q holds, and so does its opposite", text)
		}
	})
}
