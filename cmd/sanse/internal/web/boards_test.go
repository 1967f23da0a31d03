package web_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

// boardsResult is what browser/boards.test.mjs did through the pages.
type boardsResult struct {
	Size    string `json:"size"`
	Reports int    `json:"reports"` // that were taken
	Need    string `json:"need"`    // that was left without by hand
}

func TestBoardsShowWhatIsMeasured(t *testing.T) {
	_, store, url := served(t, service.DemoOptions{Seed: 1, Tight: true, Start: planner.NewDate(2026, 12, 1), Days: 7})
	result := filepath.Join(t.TempDir(), "result.json")
	walk(t, "boards.test.mjs", url, result)
	b, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	var done []boardsResult
	if err := json.Unmarshal(b, &done); err != nil {
		t.Fatal(err)
	}
	if len(done) != 2 {
		t.Fatalf("%d walks, want one a width", len(done))
	}
	scan := func(want int, sql string, args ...any) {
		t.Helper()
		var got int
		if err := store.Pool().QueryRow(t.Context(), sql, args...).Scan(&got); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	taken := 0
	for _, d := range done {
		taken += d.Reports
		scan(1, `SELECT count(*) FROM need_match WHERE need = $1 AND by_hand AND facility IS NULL AND provider IS NULL
			AND n = (SELECT max(n) FROM need_match WHERE need = $1)`, d.Need)
	}
	// Each keeps what every area comes to, the district itself among them.
	scan(taken, `SELECT count(*) FROM report_run`)
	scan(taken, `SELECT count(DISTINCT run) FROM report_value WHERE area = '510199'`)
}
