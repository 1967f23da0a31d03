package web_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// BenchmarkMillion enrols a million residents in the demo district and opens its
// map with a service that has read nothing yet: processor time of this process and
// of the database for what the page asks, and in Chromium the time until the cells
// of people are on the screen. Minutes go by before the first figure.
func BenchmarkMillion(b *testing.B) {
	if b.N > 1 {
		return // once is enough
	}
	store := datatest.New(b)
	maker := service.New(store, service.Config{})
	if _, err := maker.Demo(b.Context(), service.DemoOptions{Seed: 1}); err != nil {
		b.Fatal(err)
	}
	maker.Close()
	districts, err := store.Districts(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	d := districts[0]
	if err := datatest.Crowd(b.Context(), store, d.Code, 1_000_000, 1, planner.DateOf(time.Now())); err != nil {
		b.Fatal(err)
	}
	pages, err := web.Handler()
	if err != nil {
		b.Fatal(err)
	}
	serve := func() (url string, end func()) {
		svc := service.New(store, service.Config{})
		server := httptest.NewServer(api.New(svc, d.Code, api.Fixed(service.Everyone(d.Code)), pages, slog.New(slog.DiscardHandler)))
		return server.URL, func() { server.Close(); svc.Close() }
	}
	m := meter{b, store, b.Context()}
	ask := func(url string, addresses ...string) {
		for _, a := range addresses {
			m.tell(a, func() { fetch(b, url+a) })
		}
	}
	fmt.Println("right after the import, while the index does not say that all may see it")
	url, end := serve()
	ask(url, "/v1/heatmap?res=8")
	end()
	if _, err := store.Pool().Exec(b.Context(), `VACUUM ANALYZE`); err != nil { // as autovacuum does within minutes
		b.Fatal(err)
	}
	fmt.Println("a service that has read nothing")
	url, end = serve()
	ask(url, "/v1/district", "/v1/areas?level=grid", "/v1/heatmap?res=8", "/v1/heatmap?res=6", "/v1/heatmap?res=8&layer=red", "/v1/heatmap?res=8&layer=over60", "/v1/heatmap?res=8&layer=lone_elder")
	end()
	fmt.Println("one resident has changed")
	url, end = serve()
	defer end()
	ask(url, "/v1/heatmap?res=8")
	one := data.Visit{Resident: "m0000001", Date: planner.DateOf(time.Now()), Done: true}
	if err := store.Write(b.Context(), func(tx *data.Tx) error { return tx.PutVisits(d.Code, []data.Visit{one}) }); err != nil {
		b.Fatal(err)
	}
	ask(url, "/v1/heatmap?res=8")

	node := exec.CommandContext(b.Context(), "node", "browser/million.mjs", url+"/", "5")
	node.Env = append(os.Environ(), "CHROMIUM="+findChromium(b))
	out, err := node.CombinedOutput()
	fmt.Printf("in Chromium, each time with an empty cache, the first with the browser itself\n%s", out)
	if err != nil {
		b.Fatal(err)
	}
	if os.Getenv("SANSE_BENCH_VIEW") != "" {
		fmt.Println("all that boards need")
		ask(url, "/v1/board", "/v1/board")
	}
}

func fetch(b *testing.B, url string) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	r, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil || r.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %v %.200s", url, r.Status, err, body.Bytes())
	}
}

// meter tells processor time, which a busy machine leaves alone.
type meter struct {
	b     *testing.B
	store *data.Store
	ctx   context.Context //nolint:containedctx // of the benchmark
}

func (m meter) tell(what string, work func()) {
	here, there, began := m.here(), m.there(), time.Now()
	work()
	fmt.Printf("%-36s %5.0f ms of this process, %5.0f ms of the database, %5.0f ms by the clock\n",
		what, m.here()-here, m.there()-there, float64(time.Since(began).Microseconds())/1000)
}

func (m meter) here() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		m.b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// there is the processor time of the database's server and all its processes, those
// that have ended included, to a hundredth of a second.
func (m meter) there() float64 {
	var folder string
	if err := m.store.Pool().QueryRow(m.ctx, `SHOW data_directory`).Scan(&folder); err != nil {
		m.b.Fatal(err)
	}
	first, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
	if err != nil {
		m.b.Fatalf("the database is not on this machine: %v", err)
	}
	master, _, _ := strings.Cut(string(first), "\n")
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		m.b.Fatal(err)
	}
	ticks := 0
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended, and is counted with the server
		}
		// After the name in brackets: state, parent, …, utime, stime, cutime, cstime.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		of := func(i int) int {
			n, err := strconv.Atoi(fields[i])
			if err != nil {
				m.b.Fatal(err)
			}
			return n
		}
		switch {
		case path == fmt.Sprintf("/proc/%s/stat", master):
			ticks += of(11) + of(12) + of(13) + of(14)
		case fields[1] == master:
			ticks += of(11) + of(12)
		}
	}
	return float64(ticks) * 10
}
