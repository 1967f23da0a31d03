package osm_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/osm"
)

// Two streets 300 m apart; the way between a place near the northern one and
// that street is barred by what the tags make of a line at y = 2.5.
func barred(lineTags, areaTags string) string {
	return `<osm version="0.6">
<node id="1" lon="-0.0045" lat="0"/><node id="2" lon="0.0045" lat="0"/><node id="3" lon="-0.0045" lat="0.0027"/><node id="4" lon="0.0045" lat="0.0027"/>
<node id="5" lon="-0.0045" lat="0.00225"/><node id="6" lon="0.0045" lat="0.00225"/><node id="7" lon="0.0045" lat="0.0024"/><node id="8" lon="-0.0045" lat="0.0024"/>
<way id="1"><nd ref="3"/><nd ref="1"/><nd ref="2"/><nd ref="4"/>` + tagXML("highway=residential") + `</way>
<way id="2"><nd ref="3"/><nd ref="4"/>` + tagXML("highway=residential") + `</way>
<way id="3"><nd ref="5"/><nd ref="6"/>` + tagXML(lineTags) + `</way>
<way id="4"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/>` + tagXML(areaTags) + `</way></osm>`
}

func TestWhatStandsBetweenAPlaceAndItsStreet(t *testing.T) {
	for _, c := range []struct {
		name, line, area string
		bars             bool
	}{
		{"nothing", "", "", false},
		{"a wall", "barrier=wall", "", true},
		{"a fence", "barrier=fence", "", true},
		{"a hedge", "barrier=hedge", "", true},
		{"a wall to sit on", "barrier=wall height=0.4", "", false},
		{"a wall of two metres", "barrier=wall height=2m", "", true},
		{"bollards", "barrier=bollard", "", false},
		{"a kerb", "barrier=kerb", "", false},
		{"a retaining wall below", "barrier=retaining_wall layer=-1", "", false},
		{"a river", "waterway=river", "", true},
		{"a river in a pipe", "waterway=river tunnel=culvert", "", false},
		{"a brook", "waterway=stream", "", false},
		{"a lake", "", "natural=water", true},
		{"a river's surface", "", "waterway=riverbank", true},
		{"a pond that is dry mostly", "", "natural=water intermittent=yes", false},
		{"a railway", "railway=rail", "", true},
		{"a railway on a bridge", "railway=rail bridge=yes layer=1", "", false},
		{"a railway that is gone", "railway=abandoned", "", false},
		{"a tram", "railway=tram", "", false},
		{"a motorway", "highway=motorway", "", true},
		{"a motorway on stilts", "highway=motorway bridge=viaduct layer=1", "", false},
		{"a trunk road", "highway=trunk oneway=yes", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(barred(c.line, c.area))
			if err != nil {
				t.Fatal(err)
			}
			s, err := engineOf(t, x.Graph, routing.Foot()).Snap(at(0, 2), 400)
			if err != nil {
				t.Fatal(err)
			}
			if north := s.Point[1] > 2.9*step; north == c.bars || s.Blocked {
				t.Errorf("%+v", s)
			}
			if got := x.Counts.Obstacles+x.Counts.Waters > 0; got != c.bars {
				t.Errorf("%+v", x.Counts)
			}
			t.Run("unless nobody asks for obstacles", func(t *testing.T) {
				y, err := osm.Read(context.Background(), strings.NewReader(barred(c.line, c.area)), osm.Options{Only: osm.Streets})
				if err != nil {
					t.Fatal(err)
				}
				s, err := engineOf(t, y.Graph, routing.Foot()).Snap(at(0, 2), 400)
				if err != nil || s.Point[1] < 2.9*step {
					t.Errorf("%+v, %v", s, err)
				}
			})
		})
	}
}

func TestThoseInABuildingLeaveItByItsDoor(t *testing.T) {
	building := func(door string) string {
		return `<osm version="0.6">
<node id="1" lon="-0.0045" lat="0"/><node id="2" lon="0.0045" lat="0"/><node id="3" lon="-0.0045" lat="0.0018"/><node id="4" lon="0.0045" lat="0.0018"/>
<node id="5" lon="-0.0004" lat="0.0010"/><node id="6" lon="0" lat="0.0010">` + tagXML(door) + `</node><node id="7" lon="0.0004" lat="0.0010"/><node id="8" lon="0.0004" lat="0.0016"/><node id="9" lon="-0.0004" lat="0.0016"/>
<way id="1"><nd ref="3"/><nd ref="1"/><nd ref="2"/><nd ref="4"/>` + tagXML("highway=residential") + `</way>
<way id="2"><nd ref="3"/><nd ref="4"/>` + tagXML("highway=residential") + `</way>
<way id="3"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="9"/><nd ref="5"/>` + tagXML("building=apartments") + `</way></osm>`
	}
	for _, c := range []struct {
		name, door string
		south      bool
	}{
		{"none that is mapped", "", false},
		{"one in the south", "entrance=main", true},
		{"an emergency exit in the south", "entrance=emergency", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(building(c.door))
			if err != nil {
				t.Fatal(err)
			}
			s, err := engineOf(t, x.Graph, routing.Foot()).Snap(orb.Point{0, 0.0015}, 400)
			if err != nil {
				t.Fatal(err)
			}
			if s.Entrance != c.south || (s.Point[1] < step) != c.south || x.Counts.Footprints != 1 {
				t.Errorf("%+v, %d footprints", s, x.Counts.Footprints)
			}
		})
	}
}

func TestSwappedCoordinatesAreSaidToBeSwapped(t *testing.T) {
	for _, c := range []struct {
		name, text, says string
		err              error
	}{
		{
			"in China, where they are no positions",
			`<osm><node id="1" lon="30.8" lat="104.3"/><node id="2" lon="30.8" lat="104.301"/><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`,
			"swapped", routing.ErrEmpty,
		},
		{
			"in Portugal, where only the bounds tell",
			`<osm><bounds minlat="41" minlon="-9" maxlat="42" maxlon="-8"/><node id="1" lon="41.1" lat="-8.6"/><node id="2" lon="41.2" lat="-8.6"/><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`,
			"swapped", osm.ErrDamaged,
		},
		{
			"nodes that are not there",
			`<osm><node id="1" lon="41.1" lat="-8.6"/><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`,
			"1 nodes that its ways refer to are not there", routing.ErrEmpty,
		},
		{
			"not a number",
			`<osm><node id="1" lon="NaN" lat="NaN"/><node id="2" lon="NaN" lat="1"/><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`,
			"2 of 2 nodes have no position on earth", routing.ErrEmpty,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readString(c.text)
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A plaza in the shape of an L, whose straight line between the ends of its arms
// lies outside: the way goes round the inner corner.
func TestAPlazaThatIsNotConvexIsCrossedRoundItsCorner(t *testing.T) {
	plaza := func(tags string) string {
		return `<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="0.0018" lat="0"/><node id="3" lon="0.0018" lat="0.0009"/><node id="4" lon="0.0009" lat="0.0009"/><node id="5" lon="0.0009" lat="0.0018"/><node id="6" lon="0" lat="0.0018"/>
<node id="7" lon="0.0027" lat="0.0009"/><node id="8" lon="0.0009" lat="0.0027"/>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="1"/>` + tagXML(tags) + `</way>
<way id="2"><nd ref="2"/><nd ref="7"/>` + tagXML("highway=footway") + `</way>
<way id="3"><nd ref="6"/><nd ref="8"/>` + tagXML("highway=footway") + `</way></osm>`
	}
	for _, c := range []struct {
		name, tags string
		metres     float64
	}{
		{"an area", "highway=pedestrian area=yes", 2 * math.Sqrt2 * 100.19},
		{"a street that comes back to where it began", "highway=pedestrian", 400.8},
		{"an area of parked cars", "highway=service area=yes foot=no", -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(plaza(c.tags))
			if err != nil {
				t.Fatal(err)
			}
			got := float64(seconds(t, x.Graph, at(2, 0), at(0, 2)))
			if math.Abs(got-c.metres) > 1 {
				t.Errorf("%.0f m, want %.0f", got, c.metres)
			}
		})
	}
}
