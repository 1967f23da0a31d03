package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sanse/geo/districting/files"
)

// square is an area of a hundredth of a degree, with a weight.
func square(id string, west, south float64) string {
	return rectangle(id, west, south, west+0.01)
}

func rectangle(id string, west, south, east float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"community":"c","households":7},"geometry":{"type":"Polygon","coordinates":[[[%[2]v,%[3]v],[%[4]v,%[3]v],[%[4]v,%[5]v],[%[2]v,%[5]v],[%[2]v,%[3]v]]]}}`+"\n",
		id, west, south, east, south+0.01)
}

const bowTie = `{"type":"Feature","properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[104,30],[104.01,30.01],[104.01,30],[104,30.01],[104,30]]]}}`

func comparison(t *testing.T, args ...string) (c files.Comparison) {
	t.Helper()
	r := sanse(t.Context(), append([]string{"grids", "compare"}, args...)...).want(t, exitDone)
	if err := json.Unmarshal([]byte(r.out), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAssignmentsAreCompared(t *testing.T) {
	dir := t.TempDir()
	graph := writeText(t, filepath.Join(dir, "g.json"), squares(t, func(i int) int { return 10 + i }))
	a := writeText(t, filepath.Join(dir, "a.csv"), "id,zone\n0,A\n1,A\n2,B\n3,B\n4,C\n9,A\n")
	b := writeText(t, filepath.Join(dir, "b.csv"), "id,zone\n0,A\n1,B\n2,B\n3,D\n4,D\n8,A\n")
	c := comparison(t, a, b, "--graph", graph, "--weight", "TOTPOP")
	if c.Units != 5 || c.Moved != 3 || !slices.Equal(c.OnlyA, []string{"9"}) || !slices.Equal(c.OnlyB, []string{"8"}) ||
		!slices.Equal(c.Created, []string{"D"}) || !slices.Equal(c.Retired, []string{"C"}) {
		t.Errorf("%+v", c)
	}
	var moves []string
	for _, m := range c.Moves {
		moves = append(moves, fmt.Sprintf("%s→%s %d %d", m.From, m.To, m.Units, m.Weights["TOTPOP"]))
	}
	if got := strings.Join(moves, ", "); got != "A→B 1 11, B→D 1 13, C→D 1 14" {
		t.Errorf("moves %s", got)
	}
	if z := c.Zones[1]; z.Zone != "B" || z.Before.Weights["TOTPOP"] != 12+13 || z.After.Weights["TOTPOP"] != 11+12 {
		t.Errorf("%+v", z)
	}
	if c := comparison(t, a, a); c.Moved != 0 || len(c.Moves) != 0 || c.Units != 6 || c.Zones[0].Before.Units != 3 {
		t.Errorf("with itself: %+v", c)
	}
}

func TestAreasAreCompared(t *testing.T) {
	dir := t.TempDir()
	a := writeText(t, filepath.Join(dir, "a.geojson"), square("A", 104, 30)+square("B", 104.01, 30)+square("C", 104.05, 30))
	b := writeText(t, filepath.Join(dir, "b.geojson"), rectangle("A", 104, 30, 104.012)+rectangle("B", 104.012, 30, 104.02)+square("D", 104.07, 30))
	c := comparison(t, a, b, "--weight", "households")
	if !slices.Equal(c.Created, []string{"D"}) || !slices.Equal(c.Retired, []string{"C"}) || len(c.Moves) != 3 {
		t.Fatalf("%+v", c)
	}
	whole := c.Zones[0].Before.AreaM2
	for i, want := range []struct {
		from, to string
		share    float64
	}{{"", "D", 1}, {"B", "A", 0.2}, {"C", "", 1}} {
		if m := c.Moves[i]; m.From != want.from || m.To != want.to || math.Abs(m.AreaM2/whole-want.share) > 1e-3 {
			t.Errorf("%+v, want %+v of %v", m, want, whole)
		}
	}
	if z := c.Zones[0]; z.Before.Weights["households"] != 7 || math.Abs(z.After.AreaM2/z.Before.AreaM2-1.2) > 1e-3 {
		t.Errorf("%+v", z)
	}
	if c := comparison(t, a, a); len(c.Moves)+len(c.Created)+len(c.Retired) != 0 || len(c.Zones) != 3 {
		t.Errorf("with itself: %+v", c)
	}
}

func TestWhatCannotBeComparedExitsWithTwo(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	now, shape := file("now.csv", "id,zone\n1,A\n"), file("a.geojson", square("A", 104, 30))
	graph := file("g.json", squares(t, func(int) int { return 10 }))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"grids", "compare", now, shape}, "two files of one kind"},
		{[]string{"grids", "compare", now, now, "--weight", "households"}, "name the file"},
		{[]string{"grids", "compare", shape, shape, "--graph", graph}, "for assignments"},
		{[]string{"grids", "compare", shape, file("bow.geojson", bowTie)}, "Self-intersection"},
		{[]string{"grids", "compare", shape, file("two.geojson", square("A", 104, 30)+square("A", 104.5, 30))}, "already"},
		{[]string{"grids", "compare", shape, shape, "--weight", "minutes"}, `column minutes "": is empty`},
		{[]string{"grids", "compare", now, filepath.Join(dir, "nowhere")}, "nowhere"},
		{[]string{"grids", "compare", now, file("empty.csv", "")}, "empty"},
		{[]string{"grids", "compare", now, now, "--graph", graph, "--weight", "PEOPLE"}, `node 0 has no "PEOPLE"`},
		{[]string{"grids", "compare", now, now, "--graph", graph, "--weight", "TOTPOP=5"}, "want a share"},
	} {
		r := sanse(t.Context(), c.args...).want(t, exitInvalid)
		if !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%v: out: %s\nerr: %s", c.args, r.out, r.err)
		}
	}
}

// squares is a dual graph of 4 × 4 units of 10 people each.
func squares(t *testing.T, people func(i int) int) string {
	t.Helper()
	type edge struct {
		ID int `json:"id"`
	}
	var nodes []map[string]int
	adjacency := make([][]edge, 16)
	for i := range 16 {
		nodes = append(nodes, map[string]int{"id": i, "TOTPOP": people(i)})
		for _, j := range []int{i - 4, i + 4} {
			if j >= 0 && j < 16 {
				adjacency[i] = append(adjacency[i], edge{j})
			}
		}
		if i%4 > 0 {
			adjacency[i] = append(adjacency[i], edge{i - 1})
		}
		if i%4 < 3 {
			adjacency[i] = append(adjacency[i], edge{i + 1})
		}
	}
	text, err := json.Marshal(map[string]any{"directed": false, "multigraph": false, "graph": []int{}, "nodes": nodes, "adjacency": adjacency})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
