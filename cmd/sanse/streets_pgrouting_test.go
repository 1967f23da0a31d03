package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/routing"
	"sanse/routing/osm"
)

// TestTablesAgreeWithPgRouting holds the tables of a real extract against
// pgr_dijkstraCost, which shares nothing with them but the edges and what each
// of them takes.
func TestTablesAgreeWithPgRouting(t *testing.T) {
	conn := pgRouting(t)
	extract, err := moduleFile(t.Context(), "github.com/paulmach/osm", "testdata", "andorra-latest.osm.bz2")
	if err != nil {
		t.Fatal(err)
	}
	x, err := osm.ReadFile(t.Context(), extract, osm.Options{Only: osm.Streets})
	if err != nil {
		t.Fatal(err)
	}
	// pgr_dijkstraCost knows no turns, so the car is one that minds none; its
	// one-ways it minds.
	car := routing.Car()
	car.Name, car.TurnRules, car.LeftTurnSeconds, car.RightTurnSeconds, car.UTurnSeconds = "car without turns", false, 0, 0, 0
	for _, p := range []routing.Profile{routing.Foot(), routing.Wheelchair(), car} {
		t.Run(p.Name, func(t *testing.T) {
			plain, err := routing.NewEngine(x.Graph, p)
			if err != nil {
				t.Fatal(err)
			}
			prepared, err := plain.Prepare(t.Context(), routing.PrepareOptions{Threads: 2})
			if err != nil {
				t.Fatal(err)
			}
			putEdges(t, conn, plain)
			nodes, snaps := someNodes(t, plain, 40)
			want := pgTable(t, conn, nodes)
			t.Logf("%d nodes, %d edges, %d times to compare", x.Graph.Nodes(), x.Graph.Edges(), len(nodes)*len(nodes))
			for name, e := range map[string]*routing.Engine{"plain": plain, "prepared": prepared} {
				ways, wrong := 0, 0
				err := e.TableRows(t.Context(), snaps, snaps, routing.TableOptions{OnStreet: true}, func(i int, r routing.TableRow) error {
					for j, got := range r.Millis {
						if got != routing.Unreached {
							ways++
						}
						if got != want[i][j] {
							if wrong++; wrong < 5 {
								t.Errorf("%s: node %d to node %d: %d ms, pgRouting says %d", name, nodes[i], nodes[j], got, want[i][j])
							}
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if wrong > 0 || ways < len(nodes)*len(nodes)/2 {
					t.Errorf("%s: %d of %d times differ; %d ways were found", name, wrong, len(nodes)*len(nodes), ways)
				}
			}
		})
	}
}

// BenchmarkTableBesidePgRouting makes the same 100 × 100 table on the same edges
// with both, one after the other, on the region of Porto where it is beside the
// project, else on Andorra.
func BenchmarkTableBesidePgRouting(b *testing.B) {
	conn := pgRouting(b)
	extract := filepath.Join(os.Getenv("SANSE_SHARED"), "streets", "porto_region.osm.pbf")
	if _, err := os.Stat(extract); err != nil {
		if extract, err = moduleFile(b.Context(), "github.com/paulmach/osm", "testdata", "andorra-latest.osm.bz2"); err != nil {
			b.Fatal(err)
		}
	}
	x, err := osm.ReadFile(b.Context(), extract, osm.Options{Only: osm.Streets})
	if err != nil {
		b.Fatal(err)
	}
	e, err := routing.NewEngine(x.Graph, routing.Foot())
	if err == nil {
		e, err = e.Prepare(b.Context(), routing.PrepareOptions{Threads: 2})
	}
	if err != nil {
		b.Fatal(err)
	}
	putEdges(b, conn, e)
	nodes, snaps := someNodes(b, e, 100)
	var theirs, ours time.Duration
	for b.Loop() {
		begun := time.Now()
		pgTable(b, conn, nodes)
		theirs += time.Since(begun)
		begun = time.Now()
		if _, err := e.Table(b.Context(), snaps, snaps); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(begun)
	}
	b.ReportMetric(theirs.Seconds()*1000/float64(b.N), "pgrouting-ms/op")
	b.ReportMetric(ours.Seconds()*1000/float64(b.N), "sanse-ms/op")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times")
}

// pgRouting returns a connection to a database of its own with pgRouting; the
// test is skipped where that is not installed.
func pgRouting(t testing.TB) *pgx.Conn {
	t.Helper()
	b, err := newBed(t.Context(), "pgrouting")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), b.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	var version string
	err = conn.QueryRow(t.Context(), `SELECT default_version FROM pg_available_extensions WHERE name = 'pgrouting'`).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		t.Skip("the extension pgrouting is not installed (Debian: postgresql-15-pgrouting)")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `CREATE EXTENSION pgrouting CASCADE`); err != nil {
		t.Fatal(err)
	}
	t.Logf("pgRouting %s", version)
	return conn
}

// putEdges stores what every edge takes, in milliseconds, -1 where it is shut.
func putEdges(t testing.TB, conn *pgx.Conn, e *routing.Engine) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), `DROP TABLE IF EXISTS edge; CREATE TABLE edge (id int, source int, target int, cost float8, reverse_cost float8)`); err != nil {
		t.Fatal(err)
	}
	cost := func(ms uint32) float64 {
		if ms == routing.Unreached {
			return -1
		}
		return float64(ms)
	}
	var rows [][]any
	e.Graph().EachEdge(func(edge routing.Edge) bool {
		forward, backward := e.EdgeMillis(edge.ID)
		rows = append(rows, []any{edge.ID, edge.Tail, edge.Head, cost(forward), cost(backward)})
		return true
	})
	n, err := conn.CopyFrom(t.Context(), pgx.Identifier{"edge"}, []string{"id", "source", "target", "cost", "reverse_cost"}, pgx.CopyFromRows(rows))
	if err != nil || int(n) != e.Graph().Edges() {
		t.Fatalf("stored %d of %d edges: %v", n, e.Graph().Edges(), err)
	}
}

// someNodes picks nodes all over the graph that the profile can get to.
func someNodes(t testing.TB, e *routing.Engine, n int) (nodes []int32, snaps []routing.Snap) {
	t.Helper()
	step := e.Graph().Nodes() / (2 * n)
	for v := step / 2; v < e.Graph().Nodes() && len(nodes) < n; v += step {
		s, err := e.VertexSnap(v)
		if errors.Is(err, routing.ErrTooFar) {
			continue // no street there for this profile
		}
		if err != nil {
			t.Fatal(err)
		}
		nodes, snaps = append(nodes, int32(v)), append(snaps, s)
	}
	if len(nodes) < n {
		t.Fatalf("only %d nodes", len(nodes))
	}
	return nodes, snaps
}

// pgTable asks pgRouting for every pair.
func pgTable(t testing.TB, conn *pgx.Conn, nodes []int32) [][]uint32 {
	t.Helper()
	place := make(map[int32]int, len(nodes))
	table := make([][]uint32, len(nodes))
	for i, v := range nodes {
		place[v] = i
		table[i] = make([]uint32, len(nodes))
		for j := range table[i] {
			if i != j {
				table[i][j] = routing.Unreached
			}
		}
	}
	rows, err := conn.Query(t.Context(), `SELECT start_vid, end_vid, agg_cost FROM pgr_dijkstraCost('SELECT id, source, target, cost, reverse_cost FROM edge', $1::int[], $1::int[], true)`, nodes)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var from, to int64
		var cost float64
		if err := rows.Scan(&from, &to, &cost); err != nil {
			t.Fatal(err)
		}
		if cost != math.Trunc(cost) {
			t.Fatal(fmt.Errorf("from %d to %d: %v is no sum of whole milliseconds", from, to, cost))
		}
		table[place[int32(from)]][place[int32(to)]] = uint32(cost)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return table
}
