package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"sanse/routing"
)

func TestThousandthsAreWrittenToATenth(t *testing.T) {
	for v, want := range map[uint32]string{
		0: "0", 49: "0", 50: "0.1", 999: "1", 1000: "1", 1049: "1", 1050: "1.1", 61_234: "61.2",
		math.MaxUint32 - 1: "4294967.3", routing.Unreached: "null",
	} {
		if got := string(appendTenths(nil, v)); got != want {
			t.Errorf("%d is written as %s, want %s", v, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Uint32Range(0, routing.Unreached-1).Draw(t, "thousandths")
		got, err := strconv.ParseFloat(string(appendTenths(nil, v)), 64)
		if err != nil || math.Abs(got-float64(v)/1000) > 0.0500001 {
			t.Fatalf("%d is written as %v (%v)", v, got, err)
		}
	})
}

func TestWholeSecondsAreNeverBeforeTheTime(t *testing.T) {
	for ms, want := range map[uint32]int32{0: 0, 1: 1, 999: 1, 1000: 1, 1001: 2, math.MaxUint32 - 1: 4_294_968, routing.Unreached: -1} {
		if got := wholeSeconds(ms); got != want {
			t.Errorf("%d ms are %d s, want %d", ms, got, want)
		}
	}
}

// failing fails after so many bytes, as a full disk does.
type failing struct{ room int }

var errFull = errors.New("no space left")

func (f *failing) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestATableThatCannotBeWrittenLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	row := routing.TableRow{Millis: []uint32{1000, routing.Unreached}, Millimetres: []uint32{1300, routing.Unreached}}
	write := func(w *failing) error {
		table, err := newJSONTable(w, []*waypoint{{}, {}}, []*waypoint{{}, nil}, true, true)
		if err != nil {
			return err
		}
		for range 2 {
			if err := table.row(row); err != nil {
				return table.end(err)
			}
		}
		return table.end(nil)
	}
	all := 1 << 20
	whole := &failing{room: all}
	if err := write(whole); err != nil {
		t.Fatal(err)
	}
	for room := range all - whole.room {
		if err := write(&failing{room: room}); !errors.Is(err, errFull) {
			t.Fatalf("a disk of %d bytes: error %v", room, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAJSONTableOfNoRowsIsJSON(t *testing.T) {
	for _, both := range []bool{false, true} {
		var b bytes.Buffer
		table, err := newJSONTable(&b, nil, nil, true, both)
		if err != nil {
			t.Fatal(err)
		}
		if err := table.end(nil); err != nil || !json.Valid(b.Bytes()) {
			t.Errorf("%v: %s", err, b.String())
		}
	}
}
