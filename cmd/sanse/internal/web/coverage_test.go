package web_test

import (
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

func TestTheMapOfCoverageShowsWhatIsServed(t *testing.T) {
	start, err := planner.ParseDate("2026-12-01")
	if err != nil {
		t.Fatal(err)
	}
	_, _, url := served(t, service.DemoOptions{Seed: 1, Start: start, Days: 2})
	walk(t, "coverage.test.mjs", url)
}
