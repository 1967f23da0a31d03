package overlay_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/overlay"
)

func TestAFileWithAnythingWrongIsRefusedWithEveryProblem(t *testing.T) {
	ok := line(0, 0, 10, 0)
	for _, c := range []struct {
		name, want string
		feature    map[string]any
	}{
		{"no id", "property id: it is needed", change("", "add", ok, nil)},
		{"no kind", "property change: it is needed", change("1", "", ok, nil)},
		{"an unknown kind", `property change = "remove": add, close, gate or open`, change("1", "remove", ok, nil)},
		{"a slip in a name", `property until_day = "2026-01-01": there is no such property`, change("1", "add", ok, props{"until_day": "2026-01-01"})},
		{"a day that is none", `property from = "2026-02-30": a day is needed`, change("1", "add", ok, props{"from": "2026-02-30"})},
		{"a day in other clothes", `property from = "1.5.2026": a day is needed`, change("1", "add", ok, props{"from": "1.5.2026"})},
		{"an end before the beginning", "it is before the first day, 2026-05-01", change("1", "add", ok, props{"from": "2026-05-01", "until": "2026-04-30"})},
		{"an unknown mode", `"fly" is no mode`, change("1", "add", ok, props{"modes": "walk, fly"})},
		{"no mode", "no mode in it", change("1", "add", ok, props{"modes": []string{}})},
		{"an unknown class", "no such class", change("1", "add", ok, props{"class": "runway"})},
		{"a direction that is none", "yes, no or -1", change("1", "add", ok, props{"oneway": "left"})},
		{"steps that are no truth", "true or false", change("1", "add", ok, props{"steps": 12})},
		{"a property of other kinds", "a change of kind close has no such property", change("1", "close", ok, props{"class": "footway"})},
		{"a text that is an object", "a text is needed", change("1", "add", ok, props{"note": map[string]any{"a": 1}})},
		{"a text too long", "longer than", change("1", "add", ok, props{"note": strings.Repeat("长", 400)})},
		{"a gate that is a line", "a gate is a Point", change("1", "gate", ok, nil)},
		{"a way that is a point", "what is added is a LineString", change("1", "add", ok[:1], nil)},
		{"a line without length", "no length", change("1", "add", orb.LineString{ok[0], ok[0]}, nil)},
		{"swapped axes", "swapped", change("1", "close", orb.LineString{{30.8, 104.3}}, nil)},
		{"metres", "EPSG", change("1", "close", orb.LineString{{433000, 3408000}}, nil)},
		{"beyond the earth", "no degrees", change("1", "close", orb.LineString{{181, 30}}, nil)},
		{"a polygon", "a Point or a LineString is needed", map[string]any{"type": "Feature", "properties": props{"id": 1, "change": "close"}, "geometry": props{"type": "Polygon", "coordinates": []int{}}}},
		{"no geometry", "geometry: there is none", map[string]any{"type": "Feature", "properties": props{"id": 1, "change": "close"}}},
		{"half a position", "fewer than two", map[string]any{"type": "Feature", "properties": props{"id": 1, "change": "close"}, "geometry": props{"type": "Point", "coordinates": []int{1}}}},
		{"words for numbers", "cannot be read", map[string]any{"type": "Feature", "properties": props{"id": 1, "change": "close"}, "geometry": props{"type": "Point", "coordinates": []string{"a", "b"}}}},
		{"not a feature", "no GeoJSON Feature", map[string]any{"type": "Way"}},
		{"an id twice", "feature 1 has it already", change("good", "add", ok, nil)},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": []any{change("good", "add", ok, nil), c.feature}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = overlay.Read(strings.NewReader(string(raw)))
			var invalid *overlay.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("%v", err)
			}
			if !slices.ContainsFunc(invalid.Problems, func(p overlay.Problem) bool { return p.Feature == 2 && strings.Contains(p.String(), c.want) }) {
				t.Errorf("%v, want %q", invalid.Problems, c.want)
			}
		})
	}
	for name, raw := range map[string]string{"empty": "", "a list": "[]", "cut": `{"type":"FeatureCollection","features":[`, "no features": `{"type":"FeatureCollection"}`, "a feature": `{"type":"Feature"}`} {
		if _, err := overlay.Read(strings.NewReader(raw)); !errors.Is(err, overlay.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := overlay.Read(strings.NewReader(`{"type":"FeatureCollection","crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::4547"}},"features":[]}`)); err == nil {
		t.Error("a file in another system is taken")
	}
	many := make([]any, 300)
	for i := range many {
		many[i] = props{"type": "Feature"}
	}
	raw, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": many})
	if err != nil {
		t.Fatal(err)
	}
	var invalid *overlay.InvalidError
	if _, err := overlay.Read(strings.NewReader(string(raw))); !errors.As(err, &invalid) || invalid.Count < 300 || len(invalid.Problems) != 100 {
		t.Errorf("%v", err)
	}
}

func TestAChangeIsReadAsItIsWritten(t *testing.T) {
	o := file(t,
		change("a1", "新增", line(0, 0, 10, 0, 10, 0), props{
			"from": "2026-03-01", "until": "2026-12-31", "class": "机耕路", "name": "后山路", "modes": "步行，骑行", "oneway": -1,
			"steps": "是", "alone": true, "note": "村委会", "source": "现场", "fid": 4, "keys": nil,
		}),
		change("7", "gate", line(5, 5), props{"id": 7, "keys": "residents", "steps": false}),
	)
	want := []overlay.Change{
		{
			Feature: 1, ID: "a1", Kind: overlay.Add, From: "2026-03-01", Until: "2026-12-31", Modes: overlay.Walk | overlay.Ride, Oneway: routing.Backward,
			Class: "track", Name: "后山路", Steps: true, Alone: true, Note: "村委会", Source: "现场", Line: line(0, 0, 10, 0),
		},
		{Feature: 2, ID: "7", Kind: overlay.Gate, Keys: "residents", Line: line(5, 5)},
	}
	if diff := cmp.Diff(want, o.Changes()); diff != "" {
		t.Error(diff)
	}
}

func TestChangesAreInForceFromTheirFirstToTheirLastDay(t *testing.T) {
	o := file(t,
		change("always", "close", line(0, 0), nil),
		change("from", "close", line(0, 0), props{"from": "2026-03-01"}),
		change("until", "close", line(0, 0), props{"until": "2026-03-31"}),
		change("oneday", "close", line(0, 0), props{"from": "2026-03-15", "until": "2026-03-15"}),
	)
	for day, want := range map[overlay.Day]string{
		"2026-02-28": "always until", "2026-03-01": "always from until", "2026-03-15": "always from until oneday",
		"2026-03-16": "always from until", "2026-03-31": "always from until", "2026-04-01": "always from",
	} {
		var ids []string
		for _, c := range o.On(day) {
			ids = append(ids, c.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	var days []string
	for day, ok := o.NextDay("2026-01-01"); ok; day, ok = o.NextDay(day) {
		days = append(days, string(day))
	}
	if got := fmt.Sprint(days); got != "[2026-03-01 2026-03-15 2026-03-16 2026-04-01]" {
		t.Errorf("changes on %s", got)
	}
}

func TestDiffSaysWhatBecameOfEachChange(t *testing.T) {
	a := file(t, change("kept", "close", line(0, 0), nil), change("ended", "close", line(0, 0), nil), change("altered", "gate", line(0, 0), nil), change("lost", "gate", line(0, 0), nil))
	b := file(
		t, change("new", "add", line(0, 0, 9, 0), nil), change("altered", "gate", line(1, 0), props{"note": "moved", "until": "2026-05-01"}),
		change("kept", "close", line(0, 0), nil), change("ended", "close", line(0, 0), props{"until": "2026-05-01"}),
	)
	d := overlay.Diff(a, b)
	names := func(all []overlay.Difference) string {
		var out []string
		for _, x := range all {
			out = append(out, x.ID+fmt.Sprint(x.Altered))
		}
		return strings.Join(out, " ")
	}
	if got := names(d.Added) + "|" + names(d.Ended) + "|" + names(d.Altered) + "|" + names(d.Removed); got != "new[]|ended[until]|altered[until note geometry]|lost[]" {
		t.Error(got)
	}
	if !overlay.Diff(a, a).Empty() || d.Empty() {
		t.Error("a file differs from itself, or not from another")
	}
	later := overlay.Diff(b, a)
	if names(later.Altered) != "ended[until] altered[until note geometry]" && names(later.Altered) != "altered[until note geometry] ended[until]" {
		t.Errorf("an end that is taken back: %s", names(later.Altered))
	}
}

func TestDigestsDifferWhereChangesDo(t *testing.T) {
	a := file(t, change("1", "close", line(0, 0), props{"note": "x", "until": "2026-05-01"})).Changes()
	b := file(t, change("1", "close", line(0, 0), props{"note": "y"})).Changes()
	c := file(t, change("1", "close", line(1, 0), nil)).Changes()
	if overlay.Digest(nil) != "" || overlay.Digest(a) != overlay.Digest(b) || overlay.Digest(a) == overlay.Digest(c) {
		t.Error(overlay.Digest(a), overlay.Digest(b), overlay.Digest(c))
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range []map[string]any{
		change("1", "add", line(0, 0, 10, 0), props{"class": "footway", "from": "2026-01-01"}), change("2", "gate", line(5, 0), props{"modes": "drive"}),
		change("3", "close", line(5, 0, 7, 0), nil), change("4", "open", line(5, 0), props{"oneway": "no"}),
	} {
		raw, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": []any{c}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	g := square(f)
	f.Fuzz(func(t *testing.T, raw string) {
		o, err := overlay.Read(strings.NewReader(raw))
		if err != nil {
			return
		}
		if !overlay.Diff(o, o).Empty() {
			t.Error("a file differs from itself")
		}
		made, rep, err := overlay.Apply(g, o.Changes())
		if err != nil && !errors.Is(err, routing.ErrEmpty) {
			t.Fatal(err)
		}
		if len(rep.Outcomes) != len(o.Changes()) || err == nil && made == nil {
			t.Fatalf("%+v", rep)
		}
		for _, x := range rep.Outcomes {
			if !x.Done && len(x.Findings) == 0 {
				t.Errorf("nothing done, nothing said: %+v", x)
			}
		}
	})
}
