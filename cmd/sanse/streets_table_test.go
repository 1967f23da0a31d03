package main

import (
	"context"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/geo"
)

// table asks for a table and returns its JSON.
func streetTable(t *testing.T, args ...string) object {
	t.Helper()
	return parseJSON(t, sanse(t.Context(), streets3(append([]string{"table", "-o", "-"}, args...)...)...).want(t, exitDone).out)
}

func numbers(v any) [][]float64 {
	var out [][]float64
	for _, row := range list(v) {
		var r []float64
		for _, x := range list(row) {
			if f, ok := x.(float64); ok {
				r = append(r, f)
			} else {
				r = append(r, math.NaN()) // null
			}
		}
		out = append(out, r)
	}
	return out
}

func TestATableHasTheShapeOfOSRM(t *testing.T) {
	f := newStreetFiles(t)
	v := streetTable(t, "--graph", f.graph, "--from", f.homes, "--to", f.clinics, "--annotations", "duration,distance")
	durations, distances := numbers(v["durations"]), numbers(v["distances"])
	if v["code"] != "Ok" || len(list(v["sources"])) != 8 || len(list(v["destinations"])) != 3 || len(durations) != 8 || len(distances) != 8 {
		t.Fatalf("table %v", v)
	}
	for i, row := range durations {
		for j, seconds := range row {
			if metres := distances[i][j]; math.Abs(metres/1.3-seconds) > 0.2 {
				t.Errorf("from %d to %d: %v m in %v s is not 1.3 m/s", i, j, metres, seconds)
			}
		}
	}
	for _, w := range list(v["sources"]) {
		wantFields(t, "source", w, map[string]shape{"distance": aNumber, "name": aText, "location": aPoint})
	}
}

func TestATableIsWhatTheStreetsSay(t *testing.T) {
	f := newStreetFiles(t)
	v := streetTable(t, "--graph", f.graph, "--from", f.clinics, "--annotations", "distance")
	if v["durations"] != nil {
		t.Error("durations were not asked for")
	}
	// The streets are a grid, so the way is east, then north.
	a, b := clinicPlaces[0], clinicPlaces[1]
	corner := [2]float64{b[0], a[1]}
	want := geo.Distance(a, corner) + geo.Distance(corner, b)
	if got := numbers(v["distances"])[0][1]; math.Abs(got-want) > 1 {
		t.Errorf("%v m, want %.1f", got, want)
	}
}

func TestABinaryTableRoundsTheJSONUp(t *testing.T) {
	f := newStreetFiles(t)
	far := writeText(t, f.path("far.csv"), placesCSV("f", append([][2]float64{island}, homes()...)))
	for _, args := range [][]string{{}, {"--walk-to-street"}, {"--profile", "elderly"}, {"--threads", "1"}} {
		args = append([]string{"--graph", f.graph, "--from", far, "--to", f.clinics, "--limit", "500"}, args...) // the island is 600 m away
		bin := f.path("t.bin")
		sanse(t.Context(), streets3(append([]string{"table", "-o", bin}, args...)...)...).want(t, exitDone)
		got := readInts(t, bin, 3)
		seconds := numbers(streetTable(t, args...)["durations"])
		if len(got) != 9 || len(seconds) != 9 {
			t.Fatalf("%v: %d rows, JSON has %d", args, len(got), len(seconds))
		}
		for i := range got {
			for j, s := range got[i] {
				// JSON is rounded to a tenth, so it may lie on either side of the whole second.
				if x := seconds[i][j]; math.IsNaN(x) != (s == -1) || s != -1 && !(float64(s) > x-0.06 && float64(s) < x+1.06) {
					t.Errorf("%v: from %d to %d: %d in bin, %v in JSON", args, i, j, s, x)
				}
			}
		}
		if got[0][0] != -1 || got[1][0] <= 0 {
			t.Errorf("%v: the island is %d s from a clinic, a home %d s", args, got[0][0], got[1][0])
		}
	}
}

func readInts(t *testing.T, path string, columns int) [][]int32 {
	t.Helper()
	b := []byte(readText(t, path))
	if len(b)%(4*columns) != 0 {
		t.Fatalf("%d bytes are no rows of %d", len(b), columns)
	}
	all := make([]int32, len(b)/4)
	if _, err := binary.Decode(b, binary.LittleEndian, all); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(slices.Chunk(all, columns))
}

func TestTheWalkToTheStreetIsCountedWhereAsked(t *testing.T) {
	f := newStreetFiles(t)
	off := writeText(t, f.path("off.csv"), "id,lon,lat\noff,104.3012,30.8020\n")
	on := numbers(streetTable(t, "--graph", f.graph, "--from", off, "--to", f.clinics)["durations"])
	v := streetTable(t, "--graph", f.graph, "--from", off, "--to", f.clinics, "--walk-to-street")
	metres := list(v["sources"])[0].(object)["distance"].(float64)
	for j, s := range numbers(v["durations"])[0] {
		if got := s - on[0][j]; math.Abs(got-metres/1.3) > 0.3 || metres < 40 {
			t.Errorf("to clinic %d: %v s more for a walk of %v m", j, got, metres)
		}
	}
}

func TestATableOfManyRowsIsStreamed(t *testing.T) {
	f := newStreetFiles(t)
	var b strings.Builder
	b.WriteString("id,lon,lat\n")
	for i := range 400 { // more than a graph without preparation is searched for
		fmt.Fprintf(&b, "%d,%.6f,30.804\n", i, 104.3+float64(i)*0.00008)
	}
	many := writeText(t, f.path("many.csv"), b.String())
	r := sanse(t.Context(), "streets", "table", "--graph", f.extract, "--from", many, "-o", f.path("many.bin"), "--timings").want(t, exitDone)
	r.says(t, "preparing it now", "seconds: open")
	square := readInts(t, f.path("many.bin"), 400)
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", many, "--to", f.clinics, "-o", f.path("few.bin")).want(t, exitDone)
	few := readInts(t, f.path("few.bin"), 3)
	if len(square) != 400 || len(few) != 400 {
		t.Fatalf("%d and %d rows", len(square), len(few))
	}
	for i := range square {
		if square[i][i] != 0 || square[i][399-i] != square[399-i][i] {
			t.Fatalf("row %d: %d to itself, %d there, %d back", i, square[i][i], square[i][399-i], square[399-i][i])
		}
	}
}

func TestTheNearestFacilitiesAreThoseOfTheTable(t *testing.T) {
	f := newStreetFiles(t)
	far := writeText(t, f.path("far.csv"), placesCSV("f", append(homes(), island)))
	bin := f.path("t.bin")
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", far, "--to", f.clinics, "-o", bin).want(t, exitDone)
	table := readInts(t, bin, 3)
	for _, k := range []int{1, 2, 9} {
		r := sanse(t.Context(), "streets", "nearest", "--graph", f.graph, "--from", far, "--to", f.clinics, "-k", strconv.Itoa(k)).want(t, exitDone)
		rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var want [][]string
		for i, seconds := range table {
			order := []int{0, 1, 2}
			slices.SortStableFunc(order, func(a, b int) int { return int(seconds[a] - seconds[b]) })
			id := fmt.Sprintf("f%d", i+1)
			if seconds[0] < 0 {
				want = append(want, []string{id, "0", "", ""})
				continue
			}
			for rank, j := range order[:min(k, 3)] {
				want = append(want, []string{id, strconv.Itoa(rank + 1), fmt.Sprintf("c%d", j+1), strconv.Itoa(int(seconds[j]))})
			}
		}
		var got [][]string
		for _, row := range rows[1:] {
			got = append(got, row[:4])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("k %d: %s", k, diff)
		}
	}
	r := sanse(t.Context(), "streets", "nearest", "--graph", f.graph, "--from", far, "--to", f.clinics, "--minutes", "8").want(t, exitDone)
	for i, row := range table {
		inTime := 0
		for _, s := range row {
			if s >= 0 && s <= 480 {
				inTime++
			}
		}
		if got := strings.Count(r.out, fmt.Sprintf("f%d,", i+1)); got != max(inTime, 1) {
			t.Errorf("f%d has %d lines for %d facilities in time", i+1, got, inTime)
		}
	}
}

func TestATableThatIsStoppedLeavesNoFile(t *testing.T) {
	f := newStreetFiles(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, args := range [][]string{
		{"streets", "table", "--graph", f.graph, "--from", f.homes, "-o", f.path("stopped.bin")},
		{"streets", "build", f.extract, "-o", f.path("stopped.graph")},
	} {
		sanse(stopped, args...).want(t, exitOutside)
	}
	left, err := filepath.Glob(f.path("*stopped*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
