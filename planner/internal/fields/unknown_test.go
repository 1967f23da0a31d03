package fields_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner/internal/fields"
)

type inner struct {
	Name string `json:"name"`
	Skip string `json:"-"`
	Any  any    `json:"any"`
}

type outer struct {
	inner

	Name  []inner           `json:"name"` // hides that of inner
	Point *inner            `json:"point"`
	Map   map[string]*inner `json:"map"`
	Raw   json.RawMessage   `json:"raw"`
	Plain int
}

func TestFieldsThatNobodyReadsAreNamedWithTheirPath(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
		more int
	}{
		"nothing":                      {`{}`, nil, 0},
		"all known":                    {`{"name":[{"name":"x"}],"any":1,"Plain":7,"point":null}`, nil, 0},
		"in other letters":             {`{"NAME":[],"plain":7,"Any":[]}`, nil, 0},
		"one more":                     {`{"colour":1}`, []string{"colour"}, 0},
		"in a list":                    {`{"name":[{},{"colour":{"name":1}},{"name":"y"}]}`, []string{"name[1].colour"}, 0},
		"behind a pointer and a map":   {`{"point":{"a":1},"map":{"b":{"name":"c","d":[{"e":1}]}}}`, []string{"point.a", "map.b.d"}, 0},
		"what anything may stand in":   {`{"any":{"a":{"b":1}},"raw":[{"c":1}]}`, nil, 0},
		"a field left out of the file": {`{"name":[{"skip":"x"}]}`, []string{"name[0].skip"}, 0},
		"more than are asked for":      {`{"a":1,"b":2,"c":[3],"d":{"e":4},"f":5}`, []string{"a", "b", "c"}, 2},
		"a list where none is read":    {`{"point":[{"a":1}]}`, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, more, err := fields.Unknown([]byte(tt.text), outer{}, 3)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" || more != tt.more {
				t.Errorf("%d more, want %d; paths: %s", more, tt.more, d)
			}
		})
	}
	for _, text := range []string{``, `{"a":`, `{"a":1`, `{,}`, `[1,`} {
		if _, _, err := fields.Unknown([]byte(text), outer{}, 3); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}
