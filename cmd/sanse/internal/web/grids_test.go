package web_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sanse/cmd/sanse/internal/service"
)

// gridsResult is what browser/grids.test.mjs did through the pages.
type gridsResult struct {
	Size      string `json:"size"`
	Draft     int64  `json:"draft"`
	Retired   string `json:"retired"` // the micro-grid that ended
	Effective string `json:"effective"`
	Moved     int    `json:"moved"`
	Back      string `json:"back"` // the first day of the roll-back
}

func TestDraftsGoTheirWayThroughThePages(t *testing.T) {
	// From today on, so that a plan is in force on the days that are published for.
	_, store, url := served(t, service.DemoOptions{Seed: 1, Days: 40})
	result := filepath.Join(t.TempDir(), "result.json")
	walk(t, "grids.test.mjs", url, result)
	b, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	var done []gridsResult
	if err := json.Unmarshal(b, &done); err != nil {
		t.Fatal(err)
	}
	if len(done) != 2 {
		t.Fatalf("%d drafts went their way, want one a width", len(done))
	}
	for _, d := range done {
		t.Run(d.Size, func(t *testing.T) {
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
			scan(1, `SELECT count(*) FROM publication WHERE draft = $1 AND effective = $2::date`, d.Draft, d.Effective)
			scan(1, `SELECT count(*) FROM publication WHERE draft IS NULL AND back_to = $1::date - 1 AND effective = $2::date`, d.Effective, d.Back)
			scan(1, `SELECT count(*) FROM draft WHERE id = $1 AND state = 'published'`, d.Draft)
			// It ended on the one day and is itself again from the other on.
			scan(1, `SELECT count(*) FROM area_version WHERE area = $1 AND valid_to = $2::date`, d.Retired, d.Effective)
			scan(1, `SELECT count(*) FROM area_version WHERE area = $1 AND valid_from = $2::date AND valid_to IS NULL`, d.Retired, d.Back)
			scan(d.Moved, `SELECT count(*) FROM resident WHERE micro_grid = $1`, d.Retired)
		})
	}
}
