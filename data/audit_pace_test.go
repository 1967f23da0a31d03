package data_test

import (
	"testing"
	"time"

	"sanse/data"
	"sanse/data/datatest"
)

// Links are kept for good: one is made when a thousand rows wait for it, or when
// the oldest has waited for ten seconds, and not each second in which somebody
// looks at something.
func TestALinkIsMadeWhenThereIsEnoughToBeChained(t *testing.T) {
	owner, serving := datatest.NewServing(t)
	write(t, owner, newFixture().put)
	chain(t, serving)
	l := serving.Linker(code)
	events := func(n int, at time.Time) {
		t.Helper()
		list := make([]data.Event, n)
		for i := range list {
			list[i] = data.Event{Action: data.ActRead, Object: "resident", IDs: []string{"r1"}, At: at}
		}
		if err := owner.Record(t.Context(), code, list...); err != nil {
			t.Fatal(err)
		}
	}
	due := func(name string, want int) {
		t.Helper()
		for {
			rows, waiting, err := l.LinkDue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if waiting { // for a transaction of another test
				continue
			}
			if rows != want {
				t.Errorf("%s: %d rows are chained, want %d", name, rows, want)
			}
			return
		}
	}
	due("nothing", 0)
	events(999, time.Time{})
	due("one less than enough", 0)
	events(1, time.Time{})
	due("enough", 1000)
	events(1, time.Now().Add(-11*time.Second))
	due("one that has waited", 1)
	due("nothing any more", 0)
}
