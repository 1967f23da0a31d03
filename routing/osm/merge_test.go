package osm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/routing"
	"sanse/routing/osm"
)

// writeFiles puts texts into files of their own.
func writeFiles(t testing.TB, dir string, texts ...string) []string {
	t.Helper()
	var out []string
	for i, text := range texts {
		path := filepath.Join(dir, fmt.Sprintf("%d.osm", i))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

// bytesOf is a graph as a file holds it: two graphs are alike if these are.
func bytesOf(t testing.TB, g *routing.Graph) []byte {
	t.Helper()
	n, err := routing.NewNetwork(g)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := n.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	westHalf = `<osm version="0.6">
<node id="1" version="1" lon="0" lat="0"/><node id="2" version="2" lon="0.0009" lat="0"/><node id="3" version="1" lon="0.0018" lat="0"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way>
<way id="11" version="3"><nd ref="2"/><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way></osm>`
	eastHalf = `<osm version="0.6">
<node id="2" version="1" lon="0.0005" lat="0"/><node id="3" version="1" lon="0.0018" lat="0"/><node id="4" version="1" lon="0.0027" lat="0"/>
<way id="11" version="2"><nd ref="2"/><nd ref="3"/><nd ref="4"/><tag k="highway" v="steps"/></way>
<way id="12" version="1"><nd ref="4"/><nd ref="3"/><tag k="highway" v="footway"/></way></osm>`
)

func TestExtractsThatOverlapBecomeOne(t *testing.T) {
	files := writeFiles(t, t.TempDir(), westHalf, eastHalf)
	x, err := osm.ReadFiles(context.Background(), files, osm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if x.Counts.Overlaps != 3 || x.Counts.DuplicateIDs != 0 || x.Counts.MissingNodes != 0 {
		t.Errorf("%+v, want two nodes and a way in both", x.Counts)
	}
	if n := len(x.Graph.Components()); n != 1 {
		t.Errorf("%d components", n)
	}
	if got := seconds(t, x.Graph, at(0, 0), at(3, 0)); got < 299 || got > 301 {
		t.Errorf("%d m, want 300: the later versions of node 2 and way 11", got)
	}
	t.Run("in either order", func(t *testing.T) {
		slices.Reverse(files)
		y, err := osm.ReadFiles(context.Background(), files, osm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, x.Graph), bytesOf(t, y.Graph)) {
			t.Error("the graph differs")
		}
		if d := cmp.Diff(x.Counts, y.Counts); d != "" {
			t.Error(d)
		}
	})
	t.Run("one file twice is that file", func(t *testing.T) {
		once, err := osm.ReadFiles(context.Background(), files[:1], osm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		twice, err := osm.ReadFiles(context.Background(), []string{files[0], files[0]}, osm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, once.Graph), bytesOf(t, twice.Graph)) {
			t.Error("the graph differs")
		}
	})
	t.Run("no file", func(t *testing.T) {
		if _, err := osm.ReadFiles(context.Background(), nil, osm.Options{}); !errors.Is(err, osm.ErrFormat) {
			t.Errorf("%v", err)
		}
	})
}

func TestPlacesOfTheLaterVersionCount(t *testing.T) {
	text := func(version int, amenity string) string {
		return fmt.Sprintf(`<osm version="0.6"><node id="1" version="1" lon="0" lat="0"/><node id="2" version="1" lon="0.001" lat="0"/>
<node id="5" version="%d" lon="0.0005" lat="0"><tag k="amenity" v=%q/></node>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`, version, amenity)
	}
	for _, texts := range [][]string{{text(1, "pub"), text(2, "canteen")}, {text(2, "canteen"), text(1, "pub")}} {
		x, err := osm.ReadFiles(context.Background(), writeFiles(t, t.TempDir(), texts...), osm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Places) != 1 || x.Places[0].Tags["amenity"] != "canteen" {
			t.Errorf("%+v", x.Places)
		}
	}
}

// Cut a random town into files with overlaps, in any order: the graph is that of
// the whole.
func TestTheOrderOfFilesAndOfTheirElementsChangesNothing(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		nodes := rapid.IntRange(4, 20).Draw(r, "nodes")
		var elements []string
		for i := range nodes {
			barrier := rapid.SampledFrom([]string{"", "", "", "barrier=bollard", "barrier=gate", "highway=crossing"}).Draw(r, "node")
			elements = append(elements, fmt.Sprintf(`<node id="%d" version="1" lon="%.7f" lat="%.7f">%s</node>`, i+1,
				float64(rapid.IntRange(0, 40).Draw(r, "x"))*step/4, float64(rapid.IntRange(0, 40).Draw(r, "y"))*step/4, tagXML(barrier)))
		}
		for i := range rapid.IntRange(1, 12).Draw(r, "ways") {
			var refs strings.Builder
			for range rapid.IntRange(2, 5).Draw(r, "length") {
				fmt.Fprintf(&refs, `<nd ref="%d"/>`, rapid.IntRange(1, nodes).Draw(r, "ref"))
			}
			class := rapid.SampledFrom([]string{"highway=residential", "highway=footway", "highway=primary oneway=yes", "highway=pedestrian area=yes", "barrier=wall"}).Draw(r, "class")
			elements = append(elements, fmt.Sprintf(`<way id="%d" version="1">%s%s</way>`, i+1, refs.String(), tagXML(class)))
		}
		build := func(texts []string) ([]byte, error) {
			x, err := osm.ReadFiles(context.Background(), writeFiles(t, dir, texts...), osm.Options{})
			if err != nil {
				return nil, err
			}
			return bytesOf(t, x.Graph), nil
		}
		file := func(elements []string) string { return `<osm version="0.6">` + strings.Join(elements, "") + `</osm>` }
		want, wantErr := build([]string{file(elements)})
		parts := make([][]string, rapid.IntRange(1, 3).Draw(r, "files"))
		for _, e := range rapid.Permutation(elements).Draw(r, "order") {
			first := rapid.IntRange(0, len(parts)-1).Draw(r, "file")
			for k := range parts {
				if k == first || rapid.Bool().Draw(r, "also") {
					parts[k] = append(parts[k], e)
				}
			}
		}
		var texts []string
		for _, p := range parts {
			if len(p) > 0 {
				texts = append(texts, file(p))
			}
		}
		got, err := build(texts)
		if (err == nil) != (wantErr == nil) || err != nil && !errors.Is(err, routing.ErrEmpty) {
			t.Fatalf("%v, of the whole: %v", err, wantErr)
		}
		if !bytes.Equal(got, want) {
			r.Fatal("the graph differs")
		}
	})
}

func TestThreadsChangeNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var first []byte
	for _, threads := range []int{1, 3} {
		x, err := osm.ReadFile(context.Background(), moduleExtract(t, "delaware-latest.osm.pbf"), osm.Options{Only: osm.Streets, Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		got := bytesOf(t, x.Graph)
		if first == nil {
			first = got
		}
		if !bytes.Equal(got, first) {
			t.Errorf("the graph of %d threads differs", threads)
		}
	}
}
