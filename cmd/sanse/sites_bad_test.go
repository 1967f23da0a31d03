package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"sanse/reports/siting"
)

func TestBadSitesExitWithTwoAndSayWhy(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	homes, places := file("homes.csv", sitesHomes), file("places.csv", sitesPlaces)
	degrees := file("degrees.csv", "id,lon,lat\np,104.1,30.8\n")
	bare := file("bare.csv", "id\np\nq\n")
	pmed := file("p.txt", "4 1 2\n1 5 3\n")
	good := []string{"--demand", homes, "--candidates", places}
	mclp := []string{"--goal", "mclp", "-p", "1", "--radius", "400"}
	and := func(parts ...[]string) (out []string) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	made := 0
	demand := func(text string) []string {
		made++
		return []string{"--demand", file(fmt.Sprintf("d%d.csv", made), text), "--candidates", places}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{mclp, "who is to be reached"},
		{and([]string{"--demand", homes}, mclp), "which sites"},
		{good, "goal"},
		{and(good, []string{"--goal", "nearest"}), "nearest"},
		{and(good, []string{"--goal", "mclp", "-p", "1"}), "--radius 0: the goal mclp wants a radius"},
		{and(good, []string{"--goal", "lscp", "--radius=-5"}), "--radius -5"},
		{and(good, []string{"--goal", "lscp", "--radius", "5", "-p", "1"}), "neither -p nor --budget"},
		{and(good, []string{"--goal", "pmedian", "-p", "4"}), "-p 4: there are only 3 candidates to choose from"},
		{and(good, []string{"--goal", "pmedian", "--choose=-1"}), "below 0"},
		{and(good, []string{"--goal", "pmedian"}), "how many sites"},
		{and(good, []string{"--goal", "pmedian", "-p", "1", "--radius", "3"}), "--radius is for"},
		{and(good, []string{"--goal", "mclp", "--radius", "3", "-p", "1", "--far", "9"}), "--far is for"},
		{and(good, []string{"--goal", "pcenter", "-p", "1", "--budget", "9"}), "not both"},
		{and(good, mclp, []string{"-o", filepath.Join(dir, "x.shp")}), ".csv, .geojson or .json"},
		{and(good, mclp, []string{"-o", homes}), "is read as well"},
		{and(good, mclp, []string{"-o", filepath.Join(dir, "x.geojson")}), "no columns lon and lat"},
		{and([]string{"--demand", homes, "--candidates", degrees}, mclp), "not in the same system"},
		{and([]string{"--demand", homes, "--candidates", bare}, mclp), "lon and lat, or x and y"},
		{and(good, mclp, []string{"--pmed", pmed}), "no other file"},
		{[]string{"--pmed", pmed, "--goal", "pmedian"}, `p.txt: line 2: the second end of edge 1 is "5"`},
		{and(demand(""), mclp), "d1.csv: the file is empty"},
		{and(demand("id,weight,x,y\n"), mclp), "no row"},
		{and(demand("weight,x,y\n1,2,3\n"), mclp), "line 1: there is no column id"},
		{and(demand("id,weight,x,y\na,-4,0,0\n"), mclp), `line 2, column weight "-4": is below 0`},
		{and(demand("id,weight,x,y\na,1.5,0,0\n"), mclp), `line 2, column weight "1.5": is no whole number`},
		{and(demand("id,weight,x,y\na,0,0,0\n"), mclp), "every weight is 0"},
		{and(demand("id,x,y\na,1,2\na,3,4\n"), mclp), `line 3, column id "a": is on line 2 already`},
		{and(demand("id,x,y\n,1,2\n"), mclp), `line 2, column id "": is empty`},
		{and(demand("id,x,y\na,1,one\n"), mclp), `line 2, column y "one": is no number`},
		{and(demand("id,x\na,1\n"), mclp), "there is only one"},
		{and(demand("id,lon,lat\na,30.8,104.1\n"), mclp), "swapped"},
		{and([]string{"--demand", homes, "--candidates", file("s.csv", "id,status,x,y\np,broken,1,2\n")}, mclp), `line 2, column status "broken": is no status`},
		{and([]string{"--demand", homes, "--candidates", file("c.csv", "id,price,x,y\np,-1,1,2\n")}, mclp), `line 2, column price "-1": is below 0`},
		{
			and(good, mclp, []string{"--matrix", file("m1.csv", "demand,candidate,cost\na,old,3\nz,old,3\na,nowhere,3\na,old,5\nb,old,-5\n")}),
			"line 3, column demand \"z\": is no demand\n  line 4, column candidate \"nowhere\": is no candidate\n  line 5, column candidate \"old\": has its way on line 2 already\n  line 6, column cost \"-5\": is below 0",
		},
		{and(good, mclp, []string{"--matrix", file("m2.csv", "demand,candidate\na,old\n")}), "no column cost"},
		{and(good, mclp, []string{"--matrix", file("m.bin", "abc")}), "has 64 bytes, the file has 3"},
		{and([]string{"--demand", homes, "--matrix", file("n.bin", "abc")}, mclp), "has no ids"},
		{and([]string{"--demand", homes, "--candidates", bare}, mclp, []string{"--beside", "10"}), "--beside needs"},
	} {
		r := sanse(t.Context(), append([]string{"sites"}, c.args...)...).want(t, exitInvalid)
		if !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%v: want %q\nout: %s\nerr: %s", c.args, c.want, r.out, r.err)
		}
	}
	nowhere := filepath.Join(dir, "no", "out.csv")
	sanse(t.Context(), and([]string{"sites"}, good, mclp, []string{"-o", nowhere})...).want(t, exitOutside).says(t, "cannot write")
}

func TestWhatIsAStateOfAFacilityIsOneOfACandidate(t *testing.T) {
	for word, open := range facilityStates {
		status, known := statusWords[word]
		if !known || word != "" && (status == siting.Kept) != open {
			t.Errorf("%q is known of a candidate: %v, and kept: %v; of a facility open: %v", word, known, status == siting.Kept, open)
		}
	}
}
