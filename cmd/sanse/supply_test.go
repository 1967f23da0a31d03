package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Four homes and two canteens: a and b reach both, c the far one only, d none.
const (
	supplyHomes  = "id,people,grade\na,3,blue\nb,2,red\nc,4,yellow\nd,5,red\n"
	supplyPlaces = "id,capacity,status\nnear,3,\nfar,4,open\nruin,50,idle\n"
	supplyWays   = "demand,facility,seconds\na,near,100\na,far,500\nb,near,200\nb,far,800\nc,far,100\nd,far,901\na,ruin,1\n"
)

func supplyFiles(t *testing.T) (dir string, args []string) {
	dir = t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	return dir, []string{"supply", "--demand", file("homes.csv", supplyHomes), "--facilities", file("places.csv", supplyPlaces), "--matrix", file("ways.csv", supplyWays)}
}

func TestPlacesGoRoundAsCountedByHand(t *testing.T) {
	dir, args := supplyFiles(t)
	out := filepath.Join(dir, "out.json")
	run := func(more ...string) (f supplyFile, err string) {
		t.Helper()
		r := sanse(t.Context(), append(append([]string{}, args...), append([]string{"-o", out}, more...)...)...).want(t, exitDone)
		if err := json.Unmarshal([]byte(readText(t, out)), &f); err != nil {
			t.Fatal(err)
		}
		return f, r.err
	}
	f, says := run()
	if *f.Served != 7 || *f.OnPaper != 2 || f.Beyond != 5 || f.InReach != 9 || *f.Facilities[2].Taken != 0 || !strings.Contains(says, "no assignment serves more") {
		t.Errorf("assigned: %+v\n%s", f, says)
	}
	// Red goes first, however far the others walk.
	if f, _ = run("--first", "red"); *f.Demand[1].Served != 2 {
		t.Errorf("red first: %+v", f.Demand)
	}
	if f, _ = run("--method", "nearest"); *f.Served != 7 || *f.OnPaper != 2 || *f.Facilities[0].Taken != 5 {
		t.Errorf("nearest: %+v", f)
	}
	f, says = run("--method", "2sfca")
	if near, far := 3./5, 4./9; math.Abs(*f.Demand[0].PerHead-near-far) > 1e-12 || math.Abs(*f.Demand[2].PerHead-far) > 1e-12 || *f.Places != 7 || !strings.Contains(says, "7 places are shared, 500.0 for every 1000") {
		t.Errorf("2sfca: %+v\n%s", f, says)
	}
	// By thirds of 15 minutes: 100 and 200 s weigh 1, 500 s .68, 800 s .22.
	f, _ = run("--method", "e2sfca")
	if far := 4 / (3*.68 + 2*.22 + 4); math.Abs(*f.Demand[1].PerHead-3./5-.22*far) > 1e-12 || math.Abs(*f.Demand[2].PerHead-far) > 1e-12 {
		t.Errorf("e2sfca: %+v", f)
	}
	if f, _ = run("--minutes", "16"); f.Beyond != 0 {
		t.Errorf("within 16 minutes: %+v", f)
	}
}

func TestSupplyIsWrittenAsTables(t *testing.T) {
	dir, args := supplyFiles(t)
	loads := filepath.Join(dir, "loads.csv")
	r := sanse(t.Context(), append(args, "--first", "red,yellow", "--loads", loads)...).want(t, exitDone)
	if want := "id,people,in_reach,served,on_paper,per_head\na,3,2,1,2,\nb,2,2,2,0,\nc,4,1,4,0,\nd,5,0,0,0,\n"; r.out != want {
		t.Errorf("got\n%swant\n%s", r.out, want)
	}
	if got, want := readText(t, loads), "id,capacity,taken,asking,ratio\nnear,3,3,,\nfar,4,4,,\nruin,50,0,,\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestACapacityThatIsNotKnownIsSaidAndLimitsNobody(t *testing.T) {
	dir, args := supplyFiles(t)
	writeText(t, filepath.Join(dir, "places.csv"), "id,capacity\nnear,0\nfar,4\nruin,\n")
	r := sanse(t.Context(), args...).want(t, exitDone)
	if !strings.Contains(r.err, "the capacity of 2 facilities in reach is not known: that concerns 5 people") || !strings.Contains(r.err, "9 a place, 0 are covered") {
		t.Errorf("it says %s", r.err)
	}
}

func TestSupplyWalksOnStreets(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	r := sanse(t.Context(), "supply", "--demand", file("homes.geojson", bankHomes), "--facilities", file("places.csv", strings.ReplaceAll(bankPlaces, "新建", "open")),
		"--streets", file("streets.geojson", bankStreets), "-o", filepath.Join(dir, "out.csv")).want(t, exitDone)
	// east has 35 places for the 40 beside it, far has so many as nobody knows for
	// the 30 across the canal, west 5 for 20.
	if !strings.Contains(r.err, "90 of 90 people have a facility within 15 minutes, 70 a place, 20 are covered on paper only") || !strings.Contains(r.err, "concerns 30 people") {
		t.Errorf("it says %s", r.err)
	}
}

func TestBadSupplyExitsWithTwoAndSaysWhy(t *testing.T) {
	dir, args := supplyFiles(t)
	made := 0
	with := func(flag, text string) []string {
		made++
		out := append([]string{}, args...)
		out[slices.Index(out, flag)+1] = writeText(t, filepath.Join(dir, fmt.Sprintf("f%d.csv", made)), text)
		return out
	}
	plus := func(more ...string) []string { return append(append([]string{}, args...), more...) }
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"supply"}, "--demand"},
		{args[:5], "how long are the ways"},
		{plus("--streets", args[2]), "cannot be given as well"},
		{plus("--minutes", "0"), "--minutes 0"},
		{plus("--method", "guess"), "guess"},
		{plus("--method", "2sfca", "--first", "red"), "--first is for"},
		{plus("-o", filepath.Join(dir, "x.xlsx")), ".csv or .json"},
		{plus("-o", args[2]), "is read as well"},
		{with("--facilities", "id,capacity\nnear,-3\n"), "below 0"},
		{with("--facilities", "id,capacity\nnear,many\n"), "no whole number"},
		{with("--facilities", "id,capacity\nother,3\n"), "is no candidate"},
		{with("--demand", "id,people\n"), "no row"},
		{with("--matrix", "demand,facility,seconds\na,near,-1\n"), "below 0"},
		{append(with("--demand", "id,people\na,1\nb,1\nc,1\nd,1\n"), "--first", "red"), "no column grade"},
	} {
		r := sanse(t.Context(), c.args...).want(t, exitInvalid)
		if !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%v: want %q\nout: %s\nerr: %s", c.args, c.want, r.out, r.err)
		}
	}
}
