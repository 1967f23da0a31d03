package reports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/reports"
)

func TestCoverageGeoJSONHoldsAreasServicesCirclesAndCells(t *testing.T) {
	d := makeDistrict(t)
	var b bytes.Buffer
	if err := reports.WriteCoverageGeoJSON(&b, reports.GeoJSONInput{About: d.about, Coverage: d.coverage, Areas: d.areas, Deepest: geo.LevelCommunity}); err != nil {
		t.Fatal(err)
	}
	fc, err := geojson.UnmarshalFeatureCollection(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, f := range fc.Features {
		kind := f.Properties.MustString("feature")
		kinds[kind]++
		var mp orb.MultiPolygon
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			mp = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			mp = g
		default:
			t.Fatalf("%s is a %s", kind, g.GeoJSONType())
		}
		for _, p := range mp {
			if p[0].Orientation() != orb.CCW {
				t.Errorf("%s: an outer ring runs clockwise", kind)
			}
		}
		if kind != "cell" {
			if err := geo.CheckValid(mp); err != nil {
				t.Errorf("%s %v: %v", kind, f.ID, err)
			}
		}
		bb := fc.BBox.Bound()
		bb.Min[0], bb.Min[1], bb.Max[0], bb.Max[1] = bb.Min[0]-1e-7, bb.Min[1]-1e-7, bb.Max[0]+1e-7, bb.Max[1]+1e-7
		if !bb.Contains(mp.Bound().Min) || !bb.Contains(mp.Bound().Max) {
			t.Errorf("%s lies outside the bbox", kind)
		}
	}
	reached := map[string]bool{}
	for _, list := range d.coverage.Cells {
		for _, c := range list {
			reached[c.Cell.String()] = true
		}
	}
	if kinds["area"] != 1+4+16 || kinds["service"] != 6 || kinds["circle"] != len(d.coverage.Circles) || kinds["cell"] != len(reached) {
		t.Errorf("features: %v", kinds)
	}
	var head struct {
		Type        string
		Attribution string
		Minutes     int
		MadeUp      bool `json:"made_up"`
	}
	if err := json.Unmarshal(b.Bytes(), &head); err != nil {
		t.Fatal(err)
	}
	if head.Type != "FeatureCollection" || head.Attribution != "© Sanse demo" || head.Minutes != 15 || !head.MadeUp {
		t.Errorf("head: %+v", head)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWritersSayWhenTheDiskIsFull(t *testing.T) {
	d := makeDistrict(t)
	if err := reports.WriteCoverageGeoJSON(fullDisk{}, reports.GeoJSONInput{About: d.about, Coverage: d.coverage, Areas: d.areas}); err == nil {
		t.Error("GeoJSON: no error")
	}
	if err := reports.WriteWorkbook(fullDisk{}, bookOf(d)); err == nil {
		t.Error("workbook: no error")
	}
	if err := reports.WriteHTML(fullDisk{}, pageOf(t, d)); err == nil {
		t.Error("page: no error")
	}
	if err := reports.WriteCoverageGeoJSON(&bytes.Buffer{}, reports.GeoJSONInput{}); err == nil {
		t.Error("coverage of nothing: no error")
	}
}
