package main

import (
	"bufio"
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAGraphOfAnotherTableOfItsProfileSaysSo(t *testing.T) {
	f := newStreetFiles(t)
	old := writeText(t, f.path("old.json"), `[{"name":"foot","metres_per_second":0.65}]`)
	graph := f.path("old.graph")
	const warning = "prepared for another table of foot: build it again"
	sanse(t.Context(), "streets", "build", f.graph, "--profiles", old, "-o", graph).want(t, exitDone)
	sanse(t.Context(), "streets", "info", graph).want(t, exitDone).says(t, "profiles    foot", warning)
	info := parseJSON(t, sanse(t.Context(), "streets", "info", graph, "--json").want(t, exitDone).out)
	if diff := cmp.Diff([]any{"foot"}, info["outdated"]); diff != "" {
		t.Error(diff)
	}
	newer := writeText(t, f.path("newer.json"), `[{"name":"foot","metres_per_second":0.7}]`)
	seconds := make(map[string]float64)
	for _, c := range []struct {
		name, graph, used string
		profiles          []string
	}{
		{"the program's own", f.graph, "", nil},
		{"the graph's without another", graph, "the table in the graph is used", nil},
		{"the graph's by its file", graph, "", []string{"--profiles", old}},
		{"another file's", graph, "what it has prepared is not used", []string{"--profiles", newer}},
	} {
		for verb, args := range map[string][]string{
			"table":     {"--from", f.homes, "--to", f.clinics, "-o", "-"},
			"nearest":   {"--from", f.homes, "--to", f.clinics, "-o", "-"},
			"isochrone": {"--from", f.homes},
			"route":     {"--from", "104.30,30.8015", "--to", "104.31,30.8015"},
		} {
			r := sanse(t.Context(), slices.Concat([]string{"streets", verb, "--graph", c.graph}, args, c.profiles)...).want(t, exitDone)
			if c.used == "" && r.err != "" {
				t.Errorf("%s, %s: %s", verb, c.name, r.err)
			}
			if c.used != "" && (strings.Count(r.err, warning) != 1 || !strings.Contains(r.err, c.used)) {
				t.Errorf("%s, %s: %q", verb, c.name, r.err)
			}
			if verb == "table" {
				seconds[c.name] = numbers(parseJSON(t, r.out)["durations"])[0][0]
			}
		}
	}
	if s := seconds; math.Abs(s["the graph's without another"]-2*s["the program's own"]) > 0.4 || s["the graph's by its file"] != s["the graph's without another"] || s["another file's"] >= s["the graph's by its file"] {
		t.Errorf("seconds: %v", s)
	}
	if log := serveOnce(t, graph); strings.Count(log, warning) != 1 {
		t.Errorf("serve: %q", log)
	}
	if log := serveOnce(t, f.graph); strings.Contains(log, "note") {
		t.Errorf("serve: %q", log)
	}
}

// serveOnce begins to serve a graph, stops, and returns what was logged.
func serveOnce(t *testing.T, graph string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	started, lines := io.Pipe()
	ended := make(chan int, 1)
	var log logBuffer
	go func() {
		ended <- run(ctx, []string{"streets", "serve", "--graph", graph, "--addr", "127.0.0.1:0"}, strings.NewReader(""), lines, &log)
		lines.Close()
	}()
	if _, err := bufio.NewReader(started).ReadString('\n'); err != nil {
		t.Fatalf("it does not begin: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, started) }()
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("exit code %d", code)
	}
	return log.b.String()
}
