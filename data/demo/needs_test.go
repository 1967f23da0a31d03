package demo_test

import (
	"strings"
	"testing"

	"sanse/data/demo"
)

func TestNeedsAreAssessedAndProvidersCannotMeetThemAll(t *testing.T) {
	for _, services := range []int{0, 33000} {
		m := generate(t, demo.Options{Services: services})
		residents := map[string]map[string]string{}
		for _, r := range m.residents {
			residents[r["id"]] = r
		}
		given, offered := map[[2]string]bool{}, map[string]int{}
		workers := 0
		for _, p := range table(t, m.Providers) {
			for _, s := range strings.Split(p["services"], ";") {
				if p["capacity"] != "" {
					offered[s] += number(t, p["capacity"])
				}
			}
			if p["workers"] != "" {
				workers += len(strings.Fields(p["workers"]))
			}
		}
		if (workers > 0) != (services > 0) {
			t.Errorf("with %d services a year %d visitors work for providers", services, workers)
		}
		weekly := map[string]float64{}
		for _, n := range table(t, m.Needs) {
			key := [2]string{n["resident"], n["service"]}
			if given[key] || residents[n["resident"]] == nil {
				t.Errorf("need %s is of resident %q, who has it already or is none", n["id"], n["resident"])
			}
			given[key] = true
			if r := residents[n["resident"]]; n["from"] < r["enrolled"] || n["kind"] != "" && !strings.Contains(r["kinds"], n["kind"]) {
				t.Errorf("need %s does not fit its resident: %v %v", n["id"], n, r)
			}
			if n["place"] == "home" {
				weekly[n["service"]] += monthlyNeed(t, n["rule"]) / 4.35
			}
		}
		if len(given) < 1500 || len(given) > 9000 {
			t.Errorf("%d needs of %d residents", len(given), len(residents))
		}
		if weekly["nursing"] == 0 || offered["nursing"] == 0 || weekly["nursing"]+weekly["cleaning"] > 3*float64(offered["nursing"]) {
			t.Errorf("services a week: needed %v, offered %v", weekly, offered)
		}
		// What is a task already is a need too, and once.
		if services > 0 {
			for _, task := range table(t, m.Tasks) {
				if task["kind"] == "service" && !given[[2]string{task["resident"], task["what"]}] {
					t.Errorf("task %s is no need", task["id"])
				}
			}
		}
	}
}

func monthlyNeed(t *testing.T, rule string) float64 {
	t.Helper()
	switch rule {
	case "每天":
		return 30.4
	case "每周2次":
		return 8.7
	}
	times, ok := monthly[rule]
	if !ok {
		t.Fatalf("a rule %q", rule)
	}
	return times
}
