package web_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
	"sanse/data/datatest"
)

// browserTimeout bounds a whole walk through the pages; maps are drawn in
// software on a machine without a graphics card.
const browserTimeout = 8 * time.Minute

// served makes a demo district and serves its pages until the test ends. Short
// tests are skipped.
func served(t *testing.T, opt service.DemoOptions) (*service.Service, *data.Store, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	if _, err := web.ECharts(); err != nil {
		t.Fatal(err)
	}
	store, serving := datatest.NewServing(t)
	made, err := service.New(store, service.Config{}).Demo(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	viewer, _, err := app.Sit(t.Context(), serving.Gate(), made.Summary.District, service.Everyone(""))
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
