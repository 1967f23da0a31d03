package files_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sanse/geo/districting/files"
)

// A path of three units; the file does not list neighbours in order.
const path3 = `{"directed": false, "multigraph": false, "graph": [],
 "nodes": [{"id": 0, "TOTPOP": 5, "area": 2.0, "boundary_node": true, "boundary_perim": 3.5, "C_X": -68.5, "C_Y": 45},
           {"id": 1, "TOTPOP": 7.0, "area": 1, "boundary_node": false, "C_X": -68.4, "C_Y": 45},
           {"id": 2, "TOTPOP": 0, "area": 1.5, "C_X": -68.3, "C_Y": 45}],
 "adjacency": [[{"id": 1, "shared_perim": 0.5}], [{"id": 2, "shared_perim": 0.25}, {"id": 0, "shared_perim": 0.5}], [{"id": 1, "shared_perim": 0.25}]]}`

func TestADualGraphIsRead(t *testing.T) {
	u, err := files.ReadDualGraph(strings.NewReader(path3), "TOTPOP")
	if err != nil {
		t.Fatal(err)
	}
	g := u.Graph
	if !slices.Equal(u.IDs, []string{"0", "1", "2"}) || !slices.Equal(g.First, []int32{0, 1, 3, 4}) || !slices.Equal(g.To, []int32{1, 0, 2, 1}) {
		t.Errorf("%q: %v %v", u.IDs, g.First, g.To)
	}
	if !slices.Equal(g.Border, []float64{0.5, 0.5, 0.25, 0.25}) || !slices.Equal(g.Area, []float64{2, 1, 1.5}) || !slices.Equal(g.Outer, []float64{3.5, 0, 0}) {
		t.Errorf("%v %v %v", g.Border, g.Area, g.Outer)
	}
	if !slices.Equal(u.Weights[0].Of, []int64{5, 7, 0}) || len(u.Centres) != 3 || u.Centres[2] != [2]float64{-68.3, 45} {
		t.Errorf("%v %v", u.Weights, u.Centres)
	}
	// What not all have is not known.
	u, err = files.ReadDualGraph(strings.NewReader(strings.NewReplacer(`, "shared_perim": 0.25`, "", `"area": 1,`, "", `"C_X": -68.4,`, "").Replace(path3)), "TOTPOP")
	if err != nil || u.Graph.Border != nil || u.Graph.Area != nil || u.Graph.Outer != nil || u.Centres != nil {
		t.Errorf("%+v %v", u, err)
	}
}

func TestBadDualGraphsAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"cut off":                {path3[len(path3)-40:], "", []string{"unexpected EOF"}},
		"no JSON":                {path3, "id,zone", []string{"dual graph"}},
		"no nodes":               {path3, "{}", []string{"no nodes"}},
		"directed":               {`"directed": false`, `"directed": true`, []string{"directed"}},
		"a row too few":          {`[{"id": 1, "shared_perim": 0.5}], `, "", []string{"3 nodes", "2 rows"}},
		"no weight":              {`"TOTPOP": 7.0, `, "", []string{"node 1", "TOTPOP"}},
		"a weight that is none":  {`"TOTPOP": 7.0`, `"TOTPOP": "seven"`, []string{"node 1", "seven", "no number"}},
		"a weight below 0":       {`"TOTPOP": 5`, `"TOTPOP": -5`, []string{"node 0", "-5", "below 0"}},
		"a neighbour of no node": {`[{"id": 2, `, `[{"id": 9, `, []string{"node 1", `"9"`}},
		"its own neighbour":      {`[{"id": 2, `, `[{"id": 1, `, []string{"node 1 is its own"}},
		"a neighbour twice":      {`{"id": 2, "shared_perim": 0.25}, `, `{"id": 0}, `, []string{"node 1", "0 twice"}},
		"one way only":           {`, {"id": 0, "shared_perim": 0.5}`, "", []string{"node 0 has the neighbour 1", "other way"}},
		"an id twice":            {`{"id": 2, "TOTPOP"`, `{"id": 1, "TOTPOP"`, []string{"node 2", `"1"`}},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(path3, c.old, c.new, 1)
			if text == path3 {
				t.Fatal("nothing was spoilt")
			}
			_, err := files.ReadDualGraph(strings.NewReader(text), "TOTPOP")
			wantFault(t, err, c.want...)
		})
	}
}

func TestPublishedDualGraphsAreRead(t *testing.T) {
	paths, err := filepath.Glob("../../../../shared/bench/districting/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("the published graphs are not beside the project")
	}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		u, err := files.ReadDualGraph(file, "TOTPOP")
		if err := file.Close(); err != nil {
			t.Error(err)
		}
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		if u.Len() < 10 || u.Sums(0)[0] < 500_000 || len(u.Graph.Border) != len(u.Graph.To) {
			t.Errorf("%s: %d units with %d people", filepath.Base(path), u.Len(), u.Sums(0)[0])
		}
	}
}

func FuzzReadDualGraph(f *testing.F) {
	f.Add(path3)
	f.Fuzz(func(t *testing.T, text string) {
		u, err := files.ReadDualGraph(strings.NewReader(text), "TOTPOP")
		if err == nil && u.Graph.Units() != u.Len() {
			t.Errorf("%d units, %d in the graph", u.Len(), u.Graph.Units())
		}
	})
}
