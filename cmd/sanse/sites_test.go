package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/geojson"
)

// Homes along a street of x metres, and places beside it.
const (
	sitesHomes  = "编号,人数,x,y\na,50,0,0\nb,20,400,0\nc,30,800,0\nd,10,5000,0\n"
	sitesPlaces = "id,状态,x,y,price\ne1,现有,5000,0,\nold,闲置,390,0,10\nnear,新建,410,0,10\nfar,new,790,0,15\n"
)

func TestSitesAreChosenFromFiles(t *testing.T) {
	dir := t.TempDir()
	homes := writeText(t, filepath.Join(dir, "homes.csv"), sitesHomes)
	places := writeText(t, filepath.Join(dir, "places.csv"), sitesPlaces)
	out := filepath.Join(dir, "out.json")
	for _, c := range []struct {
		args []string
		want string // objective bound steps
	}{
		{[]string{"--goal", "mclp", "-p", "1", "--radius", "400"}, "80 80 old/70"},
		{[]string{"--goal", "mclp", "-p", "2", "--radius", "395"}, "110 110 old/70 near/30"},
		{[]string{"--goal", "lscp", "--radius", "420"}, "10 10 near/100"}, // the price
		{[]string{"--goal", "pmedian", "-p", "1"}, "32000 32000 old/436000"},
		{[]string{"--goal", "pcenter", "-p", "1"}, "410 410 old/4590"},
		{[]string{"--goal", "mclp", "--budget", "12", "--radius", "400"}, "80 80 old/70"},
	} {
		r := sanse(t.Context(), append([]string{"sites", "--demand", homes, "--candidates", places, "-o", out}, c.args...)...).want(t, exitDone)
		var f sitesFile
		if err := json.Unmarshal([]byte(readText(t, out)), &f); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(f.Objective, f.Bound)
		for _, s := range f.Steps {
			got += fmt.Sprintf(" %s/%d", s.ID, s.Gain)
		}
		if got != c.want || !strings.Contains(r.err, "the best possible") {
			t.Errorf("%v: %s, want %s\n%s", c.args, got, c.want, r.err)
		}
	}
}

func TestSitesAreWrittenAsTablesAndMaps(t *testing.T) {
	dir := t.TempDir()
	homes := writeText(t, filepath.Join(dir, "homes.csv"), "id,weight,lon,lat\na,5,104.1,30.8\nb,7,104.11,30.8\nc,9,104.2,30.8\n")
	places := writeText(t, filepath.Join(dir, "places.csv"), "id,lon,lat\np,104.1,30.8\nq,104.11,30.8\nr,104.3,30.8\n")
	out, who := filepath.Join(dir, "out.geojson"), filepath.Join(dir, "who.csv")
	sanse(t.Context(), "sites", "--demand", homes, "--candidates", places, "--goal", "mclp", "-p", "1", "--radius", "960", "-o", out, "--assignment", who).
		want(t, exitDone).says(t, "12 of 21 covered (57.14 %), the best possible")
	all, err := geojson.UnmarshalFeatureCollection([]byte(readText(t, out)))
	if err != nil || len(all.Features) != 1 || all.Features[0].Properties.MustInt("gain") != 12 {
		t.Errorf("%v: %s", err, readText(t, out))
	}
	id := all.Features[0].Properties.MustString("id")
	near, far := map[string]string{"p": "a", "q": "b"}[id], map[string]string{"p": "b", "q": "a"}[id]
	if got := readText(t, who); !strings.Contains(got, near+","+id+",0\n") || !strings.Contains(got, far+","+id+",957\n") || !strings.Contains(got, "c,,\n") {
		t.Errorf("who is served where:\n%s", got)
	}
}

func TestWaysComeFromAListOrFromATableOfSeconds(t *testing.T) {
	dir := t.TempDir()
	homes := writeText(t, filepath.Join(dir, "homes.csv"), "id,weight\na,5\nb,7\nc,0\n")
	places := writeText(t, filepath.Join(dir, "places.csv"), "id\np\nq\n")
	list := writeText(t, filepath.Join(dir, "ways.csv"), "demand,candidate,seconds\na,p,10\na,q,99.5\nb,q,20\n")
	var raw []byte
	for _, v := range []int32{10, 100, -1, 20, -1, -1} {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
	}
	table := writeText(t, filepath.Join(dir, "ways.bin"), string(raw))
	var answers []string
	for _, args := range [][]string{{"--matrix", list}, {"--matrix", list, "--candidates", places}, {"--matrix", table, "--candidates", places}} {
		r := sanse(t.Context(), append([]string{"sites", "--demand", homes, "--goal", "pmedian", "-p", "1"}, args...)...).want(t, exitDone)
		answers = append(answers, r.out)
	}
	// One who is not reached costs 201 a head: q serves both, for 5×100 + 7×20.
	if want := "step,id,status,gain,after\n1,q,new,1772,640\n"; answers[0] != want || answers[1] != want || answers[2] != want {
		t.Errorf("%q", answers)
	}
}

func TestWhoCannotBeCoveredMakesTheAnswerNo(t *testing.T) {
	dir := t.TempDir()
	homes := writeText(t, filepath.Join(dir, "homes.csv"), sitesHomes)
	places := writeText(t, filepath.Join(dir, "places.csv"), "id,x,y\np,0,0\nq,800,0\n")
	sanse(t.Context(), "sites", "--demand", homes, "--candidates", places, "--goal", "lscp", "--radius", "400").
		want(t, exitNo).says(t, "a weight of 10 of 110 is out of reach: no candidate reaches 10 of it", "step,id,status,gain,after\n1,p,new,70,70\n2,q,new,30,100\n")
}

func TestANewSiteBesideAnIdleOneIsKnownByItsPlaceOrItsDistance(t *testing.T) {
	dir := t.TempDir()
	homes := writeText(t, filepath.Join(dir, "homes.csv"), sitesHomes)
	places := strings.ReplaceAll(sitesPlaces, "old,闲置,390", "old,闲置,300")
	without := writeText(t, filepath.Join(dir, "without.csv"), places)
	marked := writeText(t, filepath.Join(dir, "marked.csv"), strings.NewReplacer(",price", ",place", "0,10\n", "0,院子\n", "0,15", "0,").Replace(places))
	for _, c := range []struct {
		want string
		args []string
	}{
		{"near", []string{"--candidates", without}},
		{"near", []string{"--candidates", without, "--beside", "100"}},
		{"old", []string{"--candidates", without, "--beside", "120"}},
		{"old", []string{"--candidates", marked}},
	} {
		sanse(t.Context(), append([]string{"sites", "--demand", homes, "--goal", "pcenter", "-p", "1"}, c.args...)...).want(t, exitDone).says(t, "1,"+c.want+",")
	}
}

func TestPmedFilesAreSolvedForEveryGoal(t *testing.T) {
	file := writeText(t, filepath.Join(t.TempDir(), "p.txt"), " 4 4 2\n 1 2 9\n 2 3 4\n 2 1 3\n 3 4 8 \n")
	for want, args := range map[string][]string{
		"7 in all, the best":  {"--goal", "pmedian"},
		"at most 4, the best": {"--goal", "pcenter"},
		"0 in all":            {"--goal", "pmedian", "-p", "4"},
		"2 sites, 4 of 4 covered (100.00 %), the": {"--goal", "lscp", "--radius", "4"},
		"3 of 4 covered (75.00 %), the best":      {"--goal", "mclp", "-p", "1", "--radius", "4"},
	} {
		sanse(t.Context(), append([]string{"sites", "--pmed", file}, args...)...).want(t, exitDone).says(t, want)
	}
}
