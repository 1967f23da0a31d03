package demo_test

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/data/demo"
	"sanse/geo"
)

// monthly is how often a month each rule of the generator asks for.
var monthly = map[string]float64{"每月1次": 1, "每月2次": 2, "每周1次": 4.35, "工作日": 21.75, "每周3次": 13, "每周4次": 17.4, "每周5次": 21.75}

func TestServicesAndPatrolAreLaidOnTheDistrict(t *testing.T) {
	m := generate(t, demo.Options{Services: 33000, Patrol: true})
	m.sound(t)
	residents, visitors := map[string]bool{}, map[string]map[string]string{}
	for _, r := range m.residents {
		residents[r["id"]] = true
	}
	skilled := map[string]int{}
	for _, v := range m.visitors {
		visitors[v["id"]] = v
		for _, s := range strings.Split(v["skills"], ";") {
			skilled[s]++
		}
	}
	services, minutes := 0.0, map[string]int{} // of patrol, by who is to do it
	seen, tasks := map[string]bool{}, table(t, m.Tasks)
	for _, r := range tasks {
		if seen[r["id"]] || residents[r["id"]] || visitors[r["id"]] != nil {
			t.Errorf("the id %s is there twice", r["id"])
		}
		seen[r["id"]] = true
		times, ok := monthly[r["rule"]]
		if !ok {
			t.Fatalf("a rule %q", r["rule"])
		}
		switch r["kind"] {
		case "service":
			services += times
			if !residents[r["resident"]] || skilled[r["skills"]] < 2 {
				t.Errorf("service %s at the home of %q needs %q, which %d can do", r["id"], r["resident"], r["skills"], skilled[r["skills"]])
			}
		case "patrol":
			if grid, ok := m.tree.Locate(point(t, r), geo.LevelGrid); !ok || grid != r["grid"] {
				t.Errorf("point %s lies in %q, the file says %q", r["id"], grid, r["grid"])
			}
			if w := visitors[r["prefer"]]; w == nil || w["kind"] != "grid_worker" || w["scope"] != r["grid"] {
				t.Errorf("point %s of grid %s is for %v", r["id"], r["grid"], w)
			}
			minutes[r["prefer"]] += number(t, r["minutes"])
		default:
			t.Errorf("a task of kind %q", r["kind"])
		}
	}
	if year := services * 12; math.Abs(year-33000) > 700 {
		t.Errorf("%.0f services a year, want 33,000", year)
	}
	if len(minutes) < 340 {
		t.Errorf("%d grid workers have a beat, want one in nearly each of 358 grids", len(minutes))
	}
	for id, n := range minutes {
		if n > 360 {
			t.Errorf("visitor %s has %d minutes of patrol a day", id, n)
		}
		if l := works(t, visitors[id]["shifts"]); l[1] < 200 || l[6] > 0 {
			t.Errorf("visitor %s on patrol works %v", id, l)
		}
	}
	for _, v := range table(t, m.TaskVisits) {
		if !seen[v["task"]] {
			t.Fatalf("a visit of task %q, which is none", v["task"])
		}
	}
}

func TestAShortStaffedDistrictHasProvidersToo(t *testing.T) {
	m := generate(t, demo.Options{Tight: true, Services: 3000})
	seen := map[string]bool{}
	providers := 0
	for _, v := range m.visitors {
		if seen[v["id"]] {
			t.Errorf("visitor %s is there twice", v["id"])
		}
		seen[v["id"]] = true
		if v["skills"] != "" && v["skills"] != "social_work" {
			providers++
		}
	}
	if providers != 14 {
		t.Errorf("%d providers, want one of each group in each of seven towns", providers)
	}
}

func TestDaysAreFullWithFewVisitors(t *testing.T) {
	m := generate(t, demo.Options{Full: 85})
	m.sound(t)
	if n := len(m.visitors); n < 160 || n > 250 {
		t.Errorf("%d visitors, want about two a community", n)
	}
	stops := 5000.0 // care visits a month
	at := map[orb.Point]bool{}
	for _, r := range table(t, m.Tasks) {
		stops += monthly[r["rule"]]
		at[point(t, r)] = true
	}
	if perDay := stops / (float64(len(m.visitors)) * 21.75); perDay < 6 || perDay > 8 {
		t.Errorf("%.1f stops a working day, want 6 to 8", perDay)
	}
	if len(at) < 200 {
		t.Errorf("the points are %d places", len(at))
	}
}
