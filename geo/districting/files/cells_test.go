package files_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/geo/districting/files"
)

func TestADiskOfCellsIsAGraph(t *testing.T) {
	cells := disk(t, 4, 11)
	u := readCells(t, table(cells, "510113001001", 3))
	g := u.Graph
	if u.Len() != len(cells) || g.Units() != len(cells) || len(u.Communities) != 1 {
		t.Fatalf("%d units, %d in the graph, communities %q", u.Len(), g.Units(), u.Communities)
	}
	outline, err := geo.Outline(cells)
	if err != nil {
		t.Fatal(err)
	}
	outer, area, inner := 0.0, 0.0, 0
	for i := range u.Len() {
		row := g.To[g.First[i]:g.First[i+1]]
		if !slices.IsSorted(row) {
			t.Fatalf("the neighbours of unit %d are %v", i, row)
		}
		around := g.Outer[i]
		for k, j := range row {
			at := int(g.First[i]) + k
			around += g.Border[at]
			if near, err := u.Cells[i].IsNeighbor(u.Cells[j]); err != nil || !near {
				t.Errorf("%s and %s are no neighbours: %v", u.Cells[i], u.Cells[j], err)
			}
			back, found := slices.BinarySearch(g.To[g.First[j]:g.First[j+1]], int32(i))
			if !found || g.Border[int(g.First[j])+back] != g.Border[at] {
				t.Errorf("the border from %d to %d is not that from %d to %d", i, j, j, i)
			}
		}
		shape, err := geo.CellBoundary(u.Cells[i])
		if err != nil {
			t.Fatal(err)
		}
		if want := geo.Length(orb.LineString(shape[0])); math.Abs(around-want) > 1e-6*want {
			t.Errorf("unit %d has %.6f m around it, want %.6f", i, around, want)
		}
		if len(row) == 6 {
			inner++
			if g.Outer[i] != 0 {
				t.Errorf("unit %d lies within, with %v m of outer border", i, g.Outer[i])
			}
		}
		outer += g.Outer[i]
		area += g.Area[i]
	}
	if want := geo.Length(orb.LineString(outline[0][0])); math.Abs(outer-want) > 1e-6*want {
		t.Errorf("the outer border is %.3f m, the outline %.3f", outer, want)
	}
	if want := geo.AreaM2(outline); math.Abs(area-want) > 1e-6*want {
		t.Errorf("the areas add up to %.3f m², the outline has %.3f", area, want)
	}
	if want := 1 + 3*3*4; inner != want { // all within 3 of 4 steps
		t.Errorf("%d cells lie within, want %d", inner, want)
	}
	if sum := u.Sums(0); sum[0] != int64(3*len(cells)) {
		t.Errorf("the weight adds up to %v", sum)
	}
}

func TestAPentagonHasFiveNeighbours(t *testing.T) {
	five, err := h3.Pentagons(6)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := five[0].GridDisk(1)
	if err != nil {
		t.Fatal(err)
	}
	u := readCells(t, table(cells, "1", 1))
	at := slices.Index(u.Cells, five[0])
	if n := u.Graph.First[at+1] - u.Graph.First[at]; n != 5 || u.Graph.Outer[at] != 0 {
		t.Errorf("%d neighbours, %v m of outer border", n, u.Graph.Outer[at])
	}
}

func TestCellsAreReadAsSpreadsheetsWriteThem(t *testing.T) {
	cells := disk(t, 1, 11)
	for name, text := range map[string]string{
		"English":                "cell,community,households,minutes\n%s,b,3,10\n%s,a,4,20\n",
		"Chinese with a mark":    "\xEF\xBB\xBF六边形,社区,households,minutes\n%s,b,3,10\n%s,a,4,20\n",
		"tabs":                   "cell\tcommunity\thouseholds\tminutes\n%s\tb\t3\t10\n%s\ta\t4\t20\n",
		"another order, quotes":  "minutes,\"households\",h3,community\n10,3,%s,b\n20.0,\"4\",%s,a\n",
		"blank lines at the end": "cell,community,households,minutes\r\n%s,b,3,10\r\n%s,a,4,2E1\r\n,,,\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			text = fmt.Sprintf(text, cells[0], cells[1])
			u := readCells(t, text, "minutes", "households")
			if !slices.Equal(u.Communities, []string{"a", "b"}) || !slices.Equal(u.Parent, []int32{1, 0}) {
				t.Errorf("communities %q, parents %v", u.Communities, u.Parent)
			}
			if u.Weights[0].Name != "minutes" || !slices.Equal(u.Weights[0].Of, []int64{10, 20}) || !slices.Equal(u.Weights[1].Of, []int64{3, 4}) {
				t.Errorf("weights %+v", u.Weights)
			}
			if u.IDs[0] != cells[0].String() || u.IDs[1] != cells[1].String() {
				t.Errorf("ids %q", u.IDs)
			}
		})
	}
	u := readCells(t, fmt.Sprintf("cell,a,b\n%s,1,2\n", cells[0]))
	if len(u.Weights) != 2 || !slices.Equal(u.Communities, []string{""}) {
		t.Errorf("without names all columns count, without a community there is one: %+v %q", u.Weights, u.Communities)
	}
}

func TestBadCellsAreToldByLineColumnValueAndReason(t *testing.T) {
	cells := disk(t, 1, 11)
	coarse := disk(t, 0, 9)[0]
	head := "cell,community,households\n"
	good := cells[0].String() + ",510113001001,3\n"
	for name, c := range map[string]struct {
		text    string
		weights []string
		want    []string
	}{
		"nothing":               {"", nil, []string{"empty"}},
		"a header alone":        {head, nil, []string{"no cell"}},
		"no column of cells":    {"x,community,households\n", nil, []string{"line 1", "no column cell", "x,community"}},
		"two columns of cells":  {"cell,h3,households\n", nil, []string{"line 1", `"cell" and "h3"`}},
		"no weights":            {"cell,community\n" + cells[0].String() + ",1\n", nil, []string{"no column of weights"}},
		"a weight not there":    {head + good, []string{"minutes"}, []string{`no weight "minutes"`, "households"}},
		"a weight asked twice":  {head + good, []string{"households", "households"}, []string{"twice"}},
		"six weights":           {"cell,a,b,c,d,e,f\n", nil, []string{"6 weights are too many"}},
		"two columns of a name": {"cell,a,a\n", []string{"a"}, []string{`two columns "a"`}},
		"another resolution":    {head + good + coarse.String() + ",510113001001,3\n", nil, []string{"line 3", "column cell", coarse.String(), "resolution 9", "of 11"}},
		"no cell":               {head + "8b00000000fffff,1,3\n", nil, []string{"line 2", "8b00000000fffff", "no H3 cell"}},
		"a word for a cell":     {head + "Chengdu,1,3\n", nil, []string{"line 2", `"Chengdu"`, "hexadecimal"}},
		"an empty cell":         {head + ",1,3\n", nil, []string{"line 2", "column cell", "empty"}},
		"twice the same cell":   {head + good + good, nil, []string{"line 3", cells[0].String(), "on line 2 already"}},
		"below 0":               {head + cells[0].String() + ",1,-4\n", nil, []string{"line 2", "column households", `"-4"`, "below 0"}},
		"not whole":             {head + cells[0].String() + ",1,2.5\n", nil, []string{"line 2", `"2.5"`, "not whole"}},
		"not a number":          {head + cells[0].String() + ",1,many\n", nil, []string{"line 2", `"many"`, "no number"}},
		"not a finite number":   {head + cells[0].String() + ",1,NaN\n", nil, []string{`"NaN"`, "no number"}},
		"a huge number":         {head + cells[0].String() + ",1,1e999999999\n", nil, []string{"no number of anything"}},
		"more than fits":        {head + cells[0].String() + ",1,1e18\n", nil, []string{"more than"}},
		"an empty weight":       {head + cells[0].String() + ",1\n", nil, []string{"line 2", "column households", "write 0"}},
		"no community":          {head + cells[0].String() + ",,3\n", nil, []string{"line 2", "column community", "empty"}},
		"several faults":        {head + "x,1,3\ny,1,3\n" + cells[0].String() + ",1,-1\n", nil, []string{"3 faults", "line 2", "line 3", "line 4"}},
		"other bytes":           {"cell\xff\n", nil, []string{"not UTF-8"}},
		"an open quote":         {head + "\"abc\n", nil, []string{"line 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := files.ReadCells(strings.NewReader(c.text), c.weights...)
			wantFault(t, err, c.want...)
			if u != nil {
				t.Error("something is returned beside the error")
			}
		})
	}
}

func FuzzReadCells(f *testing.F) {
	f.Add("cell,community,households\n8b2a1072b59ffff,1,3\n")
	f.Add("六边形;社区;户数\n8b2a1072b59ffff;1;3.0\n")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := files.ReadCells(strings.NewReader(text))
		if err == nil && (u.Len() == 0 || u.Graph.Units() != u.Len() || len(u.Parent) != u.Len()) {
			t.Errorf("%d units, %d in the graph, %d parents", u.Len(), u.Graph.Units(), len(u.Parent))
		}
	})
}
