package features_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"sanse/geo/features"
)

func Example() {
	file := strings.NewReader(`{"type": "FeatureCollection", "features": [
{"type": "Feature", "id": 7, "properties": {"name": "幸福路"}, "geometry": {"type": "Point", "coordinates": [104.3, 30.8]}},
{"type": "Feature", "properties": {}, "geometry": null}]}`)
	r, err := features.NewReader(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("line %d: %q %s\n", f.Line, f.ID, f.Geometry.Coordinates)
	}
	// Output:
	// line 2: "7" [104.3, 30.8]
	// line 3: ""
}

const one = `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}`

func read(text string) (list []features.Feature, crs string, err error) {
	r, err := features.NewReader(iotest.OneByteReader(strings.NewReader(text)))
	if err != nil {
		return nil, "", err
	}
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list, r.CRS(), nil
		}
		if err != nil {
			return list, r.CRS(), err
		}
		list = append(list, f)
	}
}

func TestFeaturesAreReadOneByOne(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		lines []int
		crs   string
	}{
		"a collection":                         {`{"type":"FeatureCollection","features":[` + one + ",\n" + one + `]}`, []int{1, 2}, ""},
		"with a mark at its beginning":         {"\xEF\xBB\xBF" + `{"features":[` + one + `]}`, []int{1}, ""},
		"one a line":                           {one + "\n" + one + "\n", []int{1, 2}, ""},
		"behind record separators":             {"\x1e" + one + "\n\x1e" + one + "\n", []int{1, 2}, ""},
		"a system before the features":         {`{"crs":{"properties":{"name":"EPSG:4490"}},"features":[` + one + `]}`, []int{1}, "EPSG:4490"},
		"a system behind the features":         {`{"features":[` + one + `],"crs":{"properties":{"name":"EPSG:4490"}}}`, []int{1}, "EPSG:4490"},
		"members that nobody knows":            {`{"bbox":[1,[2]],"features":[` + one + `],"x":{"features":[]}}`, []int{1}, ""},
		"a collection with no feature":         {`{"type":"FeatureCollection","features":[]}`, nil, ""},
		"a feature that names its type late":   {`{"geometry":{"type":"Point","coordinates":[1,2]},"properties":null,"type":"Feature"}`, []int{1}, ""},
		"something that is no feature between": {one + `{"type":"Feature","properties":[1]}` + one, []int{1, 1, 1}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			list, crs, err := read(c.text)
			if err != nil || len(list) != len(c.lines) || crs != c.crs {
				t.Fatalf("%v, %d features, system %q", err, len(list), crs)
			}
			for i, f := range list {
				if f.Line != c.lines[i] {
					t.Errorf("feature %d ends on line %d, want %d", i, f.Line, c.lines[i])
				}
				if whole := f.Geometry.Type == "Point"; whole == (f.Bad != "") {
					t.Errorf("feature %d: %q, %q", i, f.Geometry.Type, f.Bad)
				}
			}
		})
	}
}

func TestWhatIsNoGeoJSONEndsTheReading(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "",
		"blanks":                " \n",
		"a table":               "id,name\n1,2\n",
		"a list":                "[" + one + "]",
		"a topology":            `{"type":"Topology","features":[]}`,
		"no features":           `{"type":"FeatureCollection"}`,
		"cut in a feature":      `{"features":[` + one[:30],
		"cut behind a feature":  `{"features":[` + one,
		"cut before the end":    `{"features":[` + one + `]`,
		"no JSON in the middle": `{"features":[` + one + `,nonsense]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := read(text); !errors.Is(err, features.ErrFormat) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestAReaderThatFailsIsNotAFileCutOff(t *testing.T) {
	broken := errors.New("the disk is gone")
	r, err := features.NewReader(io.MultiReader(strings.NewReader(`{"features":[`+strings.Repeat(one+",", 2000)), iotest.ErrReader(broken)))
	for err == nil {
		_, err = r.Next()
	}
	if !errors.Is(err, broken) || errors.Is(err, features.ErrFormat) {
		t.Errorf("error is %v", err)
	}
}

func FuzzReader(f *testing.F) {
	for _, text := range []string{one, `{"features":[` + one + `]}`, "\x1e" + one, `{"crs":{}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, _, _ := read(text) // no panic, and lines never go back
		for i := 1; i < len(list); i++ {
			if list[i].Line < list[i-1].Line {
				t.Errorf("line %d follows line %d", list[i].Line, list[i-1].Line)
			}
		}
	})
}
