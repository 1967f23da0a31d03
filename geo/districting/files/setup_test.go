package files_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/geo/districting/files"
)

// disk is a hexagonal community: all cells within k steps of one in Chengdu.
func disk(t testing.TB, k, res int) []h3.Cell {
	t.Helper()
	middle, err := geo.CellAt([2]float64{104.1, 30.8}, res)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := middle.GridDisk(k)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// table writes cells as a file has them, in a community, each with a weight.
func table(cells []h3.Cell, community string, households int) string {
	var b strings.Builder
	b.WriteString("cell,community,households\n")
	for _, c := range cells {
		fmt.Fprintf(&b, "%s,%s,%d\n", c, community, households)
	}
	return b.String()
}

func readCells(t testing.TB, text string, weights ...string) *files.Units {
	t.Helper()
	u, err := files.ReadCells(strings.NewReader(text), weights...)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// wantFault fails the test unless err says every one of the words.
func wantFault(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error does not say %q: %v", w, err)
		}
	}
}
