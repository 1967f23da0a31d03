package evidence_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/planner/evidence"
)

var (
	zone = time.FixedZone("CST", 8*3600)
	noon = time.Date(2026, 12, 1, 12, 0, 0, 0, zone)
	door = orb.Point{104.3, 30.8}
)

func east(metres float64) orb.Point { return orb.Point{door[0] + metres/95_700, door[1]} }

func metres(m int) *int { return &m }

func TestARecordIsGradedByTheBestThatVouchesForIt(t *testing.T) {
	rule := evidence.Reference()
	for _, test := range []struct {
		name   string
		code   bool
		metres *int
		late   time.Duration
		want   evidence.Grade
	}{
		{"the code, far away and late", true, metres(5000), time.Hour, evidence.ByCode},
		{"at the door", false, metres(100), time.Hour, evidence.ByPlace},
		{"round the corner, at once", false, metres(150), time.Minute, evidence.ByTime},
		{"at once", false, nil, 15 * time.Minute, evidence.ByTime},
		{"a day later", false, nil, 24 * time.Hour, evidence.ByHand},
	} {
		if got := rule.Grade(test.code, test.metres, noon, noon.Add(test.late)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestOfAPlaceTheDistanceIsKeptToFiftyMetres(t *testing.T) {
	for _, test := range []struct{ away, accuracy, want float64 }{{0, 0, 0}, {60, 0, 50}, {60, 100, 0}, {240, 10, 250}, {2000, 30, 1950}, {5e6, 0, 100_000}} {
		if got := evidence.Metres(door, east(test.away), test.accuracy); float64(got) != test.want {
			t.Errorf("%v m away within %v m: %d, want %v", test.away, test.accuracy, got, test.want)
		}
	}
}

// visit is a good one at a door so many metres east, so many minutes after noon.
func visit(id string, away float64, minute int) evidence.Record {
	at := noon.Add(time.Duration(minute) * time.Minute)
	return evidence.Record{ID: id, By: "a", Door: fmt.Sprint("r", away), Home: east(away), Arrived: at, Left: at.Add(10 * time.Minute), Seen: true}
}

func TestWhatAHumanShouldLookAtIsFlagged(t *testing.T) {
	change := func(r evidence.Record, f func(*evidence.Record)) evidence.Record { f(&r); return r }
	for _, test := range []struct {
		name    string
		records []evidence.Record
		want    []string
	}{
		{"good ones", []evidence.Record{visit("1", 0, 0), visit("2", 400, 20), visit("3", 900, 40)}, nil},
		{"far from the door", []evidence.Record{change(visit("1", 0, 0), func(r *evidence.Record) { r.Metres = metres(300) })}, []string{"1 far"}},
		{"far from the door whose code it has", []evidence.Record{change(visit("1", 0, 0), func(r *evidence.Record) { r.Metres, r.Code = metres(900), "c1" })}, []string{"1 code_photographed", "1 far"}},
		{"near enough", []evidence.Record{change(visit("1", 0, 0), func(r *evidence.Record) { r.Metres, r.Code = metres(250), "c1" })}, nil},
		{"short", []evidence.Record{change(visit("1", 0, 0), func(r *evidence.Record) { r.Left = r.Arrived.Add(2 * time.Minute) })}, []string{"1 short"}},
		{"short, for nobody was there", []evidence.Record{change(visit("1", 0, 0), func(r *evidence.Record) { r.Left, r.Seen = r.Arrived.Add(time.Minute), false })}, nil},
		{"nobody said when it ended", []evidence.Record{change(visit("1", 0, 0), func(r *evidence.Record) { r.Left = time.Time{} })}, nil},
		{"at night", []evidence.Record{visit("1", 0, 10*60), visit("2", 0, -6*60-1)}, []string{"1 hours", "2 hours"}},
		{"in the morning and in the evening", []evidence.Record{visit("1", 0, -6*60), visit("2", 0, 10*60-1)}, nil},
		{"two kilometres in a minute", []evidence.Record{visit("1", 0, 0), visit("2", 2000, 11)}, []string{"2 fast"}},
		{"two kilometres in three minutes", []evidence.Record{visit("1", 0, 0), visit("2", 2000, 13)}, nil},
		{"two kilometres at once, one by a code", []evidence.Record{change(visit("1", 0, 0), func(r *evidence.Record) { r.Code = "c1" }), visit("2", 2000, 5)}, []string{"1 code_photographed", "2 fast"}},
		{"next door at once", []evidence.Record{visit("1", 0, 0), visit("2", 250, 1)}, nil},
		{"two people, two kilometres, at once", []evidence.Record{visit("1", 0, 0), change(visit("2", 2000, 0), func(r *evidence.Record) { r.By = "b" })}, nil},
		{"three doors in a minute", []evidence.Record{visit("1", 0, 0), visit("2", 50, 0), visit("3", 100, 0)}, []string{"1 same_minute", "2 same_minute", "3 same_minute"}},
		{"one door three times in a minute", []evidence.Record{visit("1", 0, 0), visit("2", 0, 0), visit("3", 0, 0)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range evidence.Reference().Judge(test.records, zone) {
				got = append(got, f.Record+" "+string(f.Flag))
				if !slices.Contains(evidence.Flags, f.Flag) {
					t.Errorf("flag %s is not in the list", f.Flag)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFlagsDoNotHangOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := make([]evidence.Record, rapid.IntRange(0, 12).Draw(t, "records"))
		for i := range records {
			records[i] = visit(fmt.Sprintf("%02d", i), float64(rapid.IntRange(0, 8).Draw(t, "door"))*400, rapid.IntRange(0, 30).Draw(t, "minute"))
			records[i].By = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "hand")
			records[i].Code = rapid.SampledFrom([]string{"", "c1"}).Draw(t, "code")
		}
		want := evidence.Reference().Judge(records, zone)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1))
		rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		if diff := cmp.Diff(want, evidence.Reference().Judge(records, zone)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestASampleIsDrawnByItsSeedAlone(t *testing.T) {
	var ids []string
	for i := range 1000 {
		ids = append(ids, fmt.Sprint("record ", i))
	}
	first := evidence.Sample(ids, 20, 7)
	slices.Reverse(ids)
	if again := evidence.Sample(ids, 20, 7); !slices.Equal(first, again) {
		t.Errorf("the same seed draws %v and %v", first, again)
	}
	if other := evidence.Sample(ids, 20, 8); slices.Equal(first, other) {
		t.Error("another seed draws the same")
	}
	if all := evidence.Sample(ids[:3], 20, 7); len(all) != 3 {
		t.Errorf("of three %d are drawn", len(all))
	}
	// Nobody is left out: over many seeds each is drawn about as often.
	drawn := map[string]int{}
	for seed := range uint64(500) {
		for _, id := range evidence.Sample(ids[:100], 10, seed) {
			drawn[id]++
		}
	}
	for id, n := range drawn {
		if n < 20 || n > 90 { // 50 are expected, five standard deviations are 34
			t.Errorf("%s is drawn %d times of 500", id, n)
		}
	}
	if len(drawn) != 100 || !strings.HasPrefix(first[0], "record ") {
		t.Errorf("%d of 100 are ever drawn", len(drawn))
	}
}
