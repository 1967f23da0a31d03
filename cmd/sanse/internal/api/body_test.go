package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAnObjectHasEachFieldOnce(t *testing.T) {
	for body, twice := range map[string]bool{
		`{}`:                                  false,
		`{"a":1,"b":2}`:                       false,
		`{"a":1,"a":2}`:                       true,
		`{"a":{"a":{"a":1}},"b":{"a":1}}`:     false,
		`{"a":{"b":1},"c":[{"b":1},{"b":2}]}`: false,
		`[{"a":1,"b":"a","c":["a","a"]},{"a":1}]`:  false,
		`{"x":[{"a":1},{"b":{"c":1,"c":2}}]}`:      true,
		`{"a":1,"x":[{"a":1}],"a":2}`:              true,
		`{"a":{},"a":{}}`:                          true,
		`{"\u0061":1,"a":2}`:                       true,
		`{"a\"":1,"a":2,"a\\":3}`:                  false,
		`{"a\"":1,"a\u0022":2}`:                    true,
		`{"a" : "a" , "b" : "a"}`:                  false,
		"{\n\t\"a\": 1,\n\t\"a\": 2\n}":            true,
		`{"a":"{\"b\":1,\"b\":2}"}`:                false,
		`{"A":1,"a":2}`:                            false, // of names that a schema has, it says which
		`{"properties":{"NAME":"x","name":"y"}}`:   false,
		`{"":1,"":2}`:                              true,
		`}}}{"a":1,"a":2}`:                         true,
		`{"a":1}` + strings.Repeat(`{"a":`, 10_00): false, // no JSON: whoever reads it says so
	} {
		if err := single([]byte(body)); errors.Is(err, errTwice) != twice || !twice && err != nil {
			t.Errorf("%.60s: %v", body, err)
		}
	}
	if err := formats()["json"].Unmarshal([]byte(`{"a":1,"a":2}`), new(any)); !errors.Is(err, errTwice) {
		t.Errorf("a body is read: %v", err)
	}
}

// FuzzSingle holds single against the tokens of encoding/json.
func FuzzSingle(f *testing.F) {
	for _, s := range []string{`{"a":1,"a":2}`, `[{"a":[{"b":1}]},{"a":{"\u0061":"x"}}]`, `{"a\\":"","a":""}`, `"a"`, `{"a":"\"","b":"\\\""}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if !json.Valid([]byte(body)) || bounded([]byte(body)) != nil {
			return
		}
		if got, want := single([]byte(body)) != nil, twiceByTokens(t, body); got != want {
			t.Errorf("%q: %t, want %t", body, got, want)
		}
	})
}

// twiceByTokens tells the same from tokens.
func twiceByTokens(t *testing.T, body string) bool {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var value func() bool
	value = func() bool {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		twice, seen := false, map[string]bool{}
		switch token {
		case json.Delim('{'), json.Delim('['):
			for d.More() {
				if token == json.Delim('{') {
					name, err := d.Token()
					if err != nil {
						t.Fatal(err)
					}
					twice = twice || seen[fmt.Sprint(name)]
					seen[fmt.Sprint(name)] = true
				}
				twice = value() || twice
			}
			if _, err := d.Token(); err != nil {
				t.Fatal(err)
			}
		}
		return twice
	}
	return value()
}
