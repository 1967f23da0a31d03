package osm_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanse/routing/osm"
)

// moduleExtract returns the path of an extract that ships inside the module
// paulmach/osm.
func moduleExtract(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		t.Fatalf("find the module paulmach/osm: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "testdata", name)
}

// sharedExtracts lists the extracts beside the project, none where they are
// not there.
func sharedExtracts(t testing.TB) []string {
	t.Helper()
	root := os.Getenv("SANSE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(root, "streets", "*.osm*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t testing.TB, path string, o osm.Options) *osm.Extract {
	t.Helper()
	start := time.Now()
	x, err := osm.ReadFile(context.Background(), path, o)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	t.Logf("%s: %v, %d nodes, %d edges, %d components (largest %+v), %d boundaries, %d buildings, %d places, %d waters, extent %v, %+v",
		filepath.Base(path), time.Since(start).Round(time.Millisecond), x.Graph.Nodes(), x.Graph.Edges(), len(x.Graph.Components()), x.Graph.Components()[0],
		len(x.Boundaries), len(x.Buildings), len(x.Places), len(x.Waters), x.Bounds, x.Counts)
	return x
}

func TestTheExtractsBesideTheProjectAreRead(t *testing.T) {
	files := sharedExtracts(t)
	if len(files) == 0 {
		t.Skip("no extracts beside the project: set SANSE_SHARED to where streets/ is")
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			x := read(t, f, osm.Options{})
			if len(x.Graph.Components()) == 0 || x.Bounds.IsZero() {
				t.Fatalf("no streets")
			}
		})
	}
}
