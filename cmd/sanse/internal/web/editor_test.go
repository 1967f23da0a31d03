package web_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data/datatest"
	"sanse/planner"
)

func TestTheEditorMakesWhatItShowed(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	chromium := findChromium(t)
	if _, err := web.ECharts(); err != nil {
		t.Fatal(err)
	}
	store := datatest.New(t)
	svc := service.New(store, service.Config{})
	start, err := planner.ParseDate("2026-12-01")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Demo(t.Context(), service.DemoOptions{Seed: 1, Start: start, Days: 2}); err != nil {
		t.Fatal(err)
	}
	var micro int
	if err := store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM area WHERE level = 5`).Scan(&micro); err != nil {
		t.Fatal(err)
	}
	pages, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New(svc, "", pages, slog.New(slog.DiscardHandler)))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), browserTimeout)
	defer cancel()
	node := exec.CommandContext(ctx, "node", "browser/editor.test.mjs", server.URL, strconv.Itoa(micro))
	node.Env = append(os.Environ(), "CHROMIUM="+chromium)
	out, err := node.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the editor makes something else than it showed: %v", err)
	}
}
