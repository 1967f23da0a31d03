package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// browserTimeout bounds a whole walk through the pages; maps are drawn in
// software on a machine without a graphics card.
const browserTimeout = 12 * time.Minute

// districtFor makes a demo district, once for all walks that begin with it, and
// returns a copy of it: for its owner, and served by the three roles. Short tests
// are skipped.
func districtFor(t *testing.T, opt service.DemoOptions) (owner, serving *data.Store) {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	if _, err := web.ECharts(); err != nil {
		t.Fatal(err)
	}
	dsn := datatest.Copy(t, fmt.Sprintf("%+v", opt), func(ctx context.Context, store *data.Store) error {
		svc := service.New(store, service.Config{})
		defer svc.Close()
		_, err := svc.Demo(ctx, opt)
		return err
	})
	owner, err := data.Open(t.Context(), dsn, datatest.Keys(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	return owner, datatest.Serve(t, dsn)
}

// plain is the district that most walks begin with.
var plain = service.DemoOptions{Seed: 1, Start: planner.NewDate(2026, time.December, 1), Days: 7}

// short is the short-staffed district, which has everything to show, lapses included.
var short = service.DemoOptions{Seed: 1, Tight: true, Services: 3000, Start: planner.NewDate(2026, time.December, 1), Days: 31}

// served serves the pages of a demo district until the test ends, without a door.
func served(t *testing.T, opt service.DemoOptions) (*service.Service, *data.Store, string) {
	t.Helper()
	store, serving := districtFor(t, opt)
	viewer, _, err := app.Sit(t.Context(), serving.Gate(), demoCode, service.Everyone(""))
	if err != nil {
		t.Fatal(err)
	}
	svc := service.New(serving, service.Config{})
	t.Cleanup(svc.Close)
	pages, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New(svc, "", api.Fixed(viewer), pages, slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	return svc, store, server.URL
}

// walk runs a script of the folder browser, which walks through the pages; it
// fails the test where the script finds fault.
func walk(t *testing.T, script string, args ...string) {
	t.Helper()
	chromium := findChromium(t)
	ctx, cancel := context.WithTimeout(t.Context(), browserTimeout)
	defer cancel()
	node := exec.CommandContext(ctx, "node", append([]string{"browser/" + script}, args...)...)
	node.Cancel = func() error { return node.Process.Signal(syscall.SIGTERM) } // it says where it stands
	node.WaitDelay = 20 * time.Second
	node.Env = append(os.Environ(), "CHROMIUM="+chromium)
	out, err := node.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the walk through the pages finds fault: %v", err)
	}
}

// findChromium finds the browser by the names that systems give it.
func findChromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium: .ci/needs test installs it")
	return ""
}
