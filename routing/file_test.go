package routing_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sanse/routing"
)

// everything is a network with something in every section of its file.
func everything(t failer) *routing.Network {
	t.Helper()
	b := routing.NewBuilder()
	for _, p := range [][2]float64{{0, 0}, {1, 0}, {2, 0.5}, {1, 1}, {3, 3}} {
		b.AddNode(at(p[0], p[1]))
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, e := range [][2]int32{{0, 1}, {1, 2}, {2, 3}, {3, 1}, {0, 3}, {4, 4}} {
		var line orb.LineString
		if i == 5 {
			line = orb.LineString{at(3, 3), at(4, 3), at(4, 4), at(3, 3)}
		}
		_, err := b.AddEdge(e[0], e[1], line, routing.EdgeAttr{
			Class: []string{"steps", "residential"}[i%2], Name: "三色路" + string(rune('a'+i)), Walk: routing.Both, Drive: oneWayIf(i != 2, i != 4), Ride: routing.Both,
			Steps: i == 3, Incline: int8(-i), KmPerHour: 30, Signals: 1, Crossings: uint8(i), Gates: 2, Lifts: 3,
			Roundabout: i == 1, Wheels: routing.WheelsLimited, Surface: routing.SurfaceSoft, Way: int64(i) << 33,
		})
		check(err)
	}
	check(b.AddTurn(routing.TurnRule{From: 0, Via: 1, ViaEdges: []int32{1}, To: 2, Drive: true}))
	check(b.AddTurn(routing.TurnRule{From: 0, Via: 1, To: 1, Only: true, Ride: true, Drive: true}))
	ring := orb.Ring{at(1, 2), at(2, 2), at(2, 3), at(1, 2)}
	check(b.AddFootprint(orb.Polygon{ring}, []orb.Point{at(1.5, 2)}))
	check(b.AddWater(orb.Polygon{ring, ring}))
	check(b.AddObstacle(routing.ObstacleRailway, orb.LineString{at(0, 2), at(3, 2)}))
	g, err := b.Build()
	check(err)
	car := routing.Car()
	car.DriveKmPerHour["steps"] = 20
	var prepared []*routing.Engine
	for _, p := range []routing.Profile{routing.Foot(), car} {
		e, err := engineOf(t, g, p).Prepare(context.Background(), routing.PrepareOptions{})
		check(err)
		prepared = append(prepared, e)
	}
	n, err := routing.NewNetwork(g, prepared...)
	check(err)
	return n
}

func bytesOf(t failer, n *routing.Network) []byte {
	t.Helper()
	var out bytes.Buffer
	if size, err := n.WriteTo(&out); err != nil || size != int64(out.Len()) {
		t.Fatal(size, err)
	}
	return out.Bytes()
}

func edgesOf(g *routing.Graph) (out []routing.Edge) {
	g.EachEdge(func(e routing.Edge) bool { out = append(out, e); return true })
	return out
}

// ask asks a network everything that there is, and returns what is comparable.
func ask(t failer, n *routing.Network) [][][]int32 {
	t.Helper()
	g, ctx := n.Graph(), context.Background()
	var out [][][]int32
	for _, p := range append(n.Profiles(), routing.Elderly()) {
		e, err := n.Engine(p)
		if err != nil {
			t.Fatal(err)
		}
		var places []routing.Snap
		for edge := int32(0); int(edge) < g.Edges() && edge < 12; edge++ {
			s, err := g.At(edge, 0.3)
			if err != nil {
				t.Fatal(err)
			}
			places = append(places, s)
		}
		table, err := e.Table(ctx, places, places)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range places {
			if _, err := e.Route(ctx, places[0], to); err != nil && !errors.Is(err, routing.ErrNoWay) {
				t.Fatal(err)
			}
		}
		if s, err := e.Snap(g.Node(0), 500); err == nil {
			if _, err := e.Reach(ctx, s, 100); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Isochrones(ctx, []routing.Snap{s}, []int{60, 120}, routing.IsochroneOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, table)
	}
	return out
}

func TestANetworkSurvivesItsFile(t *testing.T) {
	n := everything(t)
	data := bytesOf(t, n)
	path := filepath.Join(t.TempDir(), "streets.graph")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	mapped, err := routing.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 { // closing twice is no error
			if err := mapped.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	// Load takes bytes that lie anywhere.
	askew, err := routing.Load(append(make([]byte, 1, len(data)+1), data...)[1:])
	if err != nil {
		t.Fatal(err)
	}
	for name, back := range map[string]*routing.Network{"mapped": mapped, "askew": askew} {
		if d := cmp.Diff(edgesOf(n.Graph()), edgesOf(back.Graph())); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(n.Profiles(), back.Profiles()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(ask(t, n), ask(t, back)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if !bytes.Equal(bytesOf(t, back), data) {
			t.Errorf("%s: written again it is another file", name)
		}
		if i := back.Info(); i.Bytes != int64(len(data)) || i.Version == 0 {
			t.Errorf("%s: %+v", name, i)
		}
		for _, p := range back.Profiles() {
			if e, err := back.Engine(p); err != nil || !e.Prepared() {
				t.Errorf("%s: %s is not prepared: %v", name, p.Name, err)
			}
		}
		if e, err := back.Engine(routing.Cane()); err != nil || e.Prepared() {
			t.Errorf("%s: a profile that is not in the file: %v", name, err)
		}
		again, err := back.Graph().Builder().Build()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(edgesOf(n.Graph()), edgesOf(again)); d != "" || again.Turns() != n.Graph().Turns() {
			t.Errorf("%s: built again: %s", name, d)
		}
	}
}

func TestAFileThatIsNoneIsRefusedWithAReason(t *testing.T) {
	data := bytesOf(t, everything(t))
	change := func(i int, to byte) []byte {
		out := slices.Clone(data)
		out[i] = to
		return out
	}
	for _, c := range []struct {
		name string
		data []byte
		err  error
	}{
		{"nothing", nil, routing.ErrForeign},
		{"something else", []byte("PK\x03\x04 a workbook, say, that is long enough"), routing.ErrForeign},
		{"another version", change(8, 99), routing.ErrVersion},
		{"the version before", change(8, 1), routing.ErrVersion},
		{"cut in its header", data[:12], routing.ErrDamaged},
		{"cut in its version", data[:10], routing.ErrDamaged},
		{"cut in its body", data[:len(data)-1], routing.ErrDamaged},
		{"with more behind it", append(slices.Clone(data), 0), routing.ErrDamaged},
		{"changed on the way", change(len(data)/2, data[len(data)/2]^1), routing.ErrDamaged},
		{"changed in its checksum", change(24, data[24]^1), routing.ErrDamaged},
		{"without sections", routing.Seal(change(12, 0)), routing.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := routing.Load(c.data); !errors.Is(err, c.err) {
				t.Errorf("%v, want %v", err, c.err)
			}
			path := filepath.Join(t.TempDir(), "x.graph")
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := routing.Open(path); !errors.Is(err, c.err) {
				t.Errorf("opened: %v, want %v", err, c.err)
			}
		})
	}
	if _, err := routing.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := routing.Open(t.TempDir()); err == nil {
		t.Error("a folder is no error")
	}
}

func TestEveryByteOfAFileIsUnderItsChecksum(t *testing.T) {
	data := bytesOf(t, everything(t))
	for i := range data {
		if i >= 28 && i < 32 { // four bytes that say nothing
			continue
		}
		out := slices.Clone(data)
		out[i] ^= 0x40
		if _, err := routing.Load(out); err == nil {
			t.Fatalf("byte %d may be changed", i)
		}
	}
}

// FuzzNetworkFile changes words of a file, puts the checksum right, and asks
// whatever can still be read.
func FuzzNetworkFile(f *testing.F) {
	data := bytesOf(f, everything(f))
	f.Add(uint32(0), uint32(0), uint32(0), uint32(0))
	f.Add(uint32(100), uint32(7), uint32(40), uint32(1<<31))
	f.Fuzz(func(t *testing.T, at1, to1, at2, to2 uint32) {
		out := slices.Clone(data)
		for _, c := range [][2]uint32{{at1, to1}, {at2, to2}} {
			at := 32 + 4*(int(c[0])%(len(out)/4-8))
			out[at], out[at+1], out[at+2], out[at+3] = byte(c[1]), byte(c[1]>>8), byte(c[1]>>16), byte(c[1]>>24)
		}
		n, err := routing.Load(routing.Seal(out))
		if err != nil {
			if !errors.Is(err, routing.ErrDamaged) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		ask(t, n)
		if _, err := routing.Load(bytesOf(t, n)); err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
	})
}

func TestAnyWordOfAFileMayBeWrong(t *testing.T) {
	data := bytesOf(t, everything(t))
	for at := 32; at+4 <= len(data); at += 4 {
		for _, to := range []byte{0, 1, 0x7f, 0xff} {
			out := slices.Clone(data)
			for i := range 4 {
				out[at+i] = to
			}
			if n, err := routing.Load(routing.Seal(out)); err == nil {
				ask(t, n)
			} else if !errors.Is(err, routing.ErrDamaged) {
				t.Fatalf("word at %d: %v", at, err)
			}
		}
	}
}
