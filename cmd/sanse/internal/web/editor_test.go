package web_test

import (
	"strconv"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

func TestTheEditorMakesWhatItShowed(t *testing.T) {
	start, err := planner.ParseDate("2026-12-01")
	if err != nil {
		t.Fatal(err)
	}
	_, store, url := served(t, service.DemoOptions{Seed: 1, Start: start, Days: 2})
	var micro int
	if err := store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM area WHERE level = 5`).Scan(&micro); err != nil {
		t.Fatal(err)
	}
	walk(t, "editor.test.mjs", url, strconv.Itoa(micro))
}
