package connect_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/connect"
	"sanse/planner"
)

var shanghai = time.FixedZone("CST", 8*3600)

// theirs is the mapping of a made-up platform.
const theirs = `{
  "visits": {
    "fields": {"id": "visitNo", "resident": "person.no", "day": "visitTime", "result": "state", "visitor": "worker", "task": "ref"},
    "values": {"result": {"1": "seen", "见到": "seen", "2": "not_seen"}}, "times": "local", "their_ids": true
  },
  "cases": {
    "fields": {"id": "eventNo", "resident": "person.no", "area": "grid", "kind": "level", "stage": "node", "at": "changed", "text": "words"},
    "values": {"kind": {"A": "emergency", "B": "general"}, "stage": {"10": "call", "90": "closed"}}, "times": "unix_ms"
  }
}`

func mapping(t *testing.T, text string) connect.Mapping {
	t.Helper()
	m, faults := connect.ReadMapping(strings.NewReader(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return m
}

func TestRowsOfAPlatformReadAsOurs(t *testing.T) {
	m := mapping(t, theirs)
	for _, c := range []struct {
		name, row string
		want      connect.Visit
		fault     string
	}{
		{
			"as it is", `{"visitNo": 12345678901234567890, "person": {"no": "P-7"}, "visitTime": "2026-12-01 23:59:00", "state": 1, "worker": "W1", "more": [1]}`,
			connect.Visit{ID: "12345678901234567890", Resident: "P-7", Visitor: "W1", Day: planner.NewDate(2026, 12, 1), Seen: true},
			"",
		},
		{
			"not seen, a day alone, for a task", `{"visitNo": "a", "person": {"no": 7}, "visitTime": "2026/12/01", "state": "2", "ref": "t0123456789abcdef"}`,
			connect.Visit{ID: "a", Resident: "7", Day: planner.NewDate(2026, 12, 1), Task: "t0123456789abcdef"},
			"",
		},
		{"no number", `{"person": {"no": 7}, "visitTime": "2026-12-01", "state": "2"}`, connect.Visit{}, "id"},
		{"a person that is no object", `{"visitNo": "a", "person": "P-7", "visitTime": "2026-12-01", "state": "2"}`, connect.Visit{}, "resident"},
		{"a person that is a list", `{"visitNo": "a", "person": {"no": [7]}, "visitTime": "2026-12-01", "state": "2"}`, connect.Visit{}, "resident"},
		{"a word that stands for nothing", `{"visitNo": "a", "person": {"no": 7}, "visitTime": "2026-12-01", "state": "seen"}`, connect.Visit{}, "result"},
		{"a time as they are not written", `{"visitNo": "a", "person": {"no": 7}, "visitTime": "1.12.2026", "state": "1"}`, connect.Visit{}, "day"},
		{"a time before there were any", `{"visitNo": "a", "person": {"no": 7}, "visitTime": "0001-01-01", "state": "1"}`, connect.Visit{}, "day"},
		{"a task that is none of ours", `{"visitNo": "a", "person": {"no": 7}, "visitTime": "2026-12-01", "state": "1", "ref": "T1"}`, connect.Visit{}, "task"},
		{"a number of two lines", `{"visitNo": "a\nb", "person": {"no": 7}, "visitTime": "2026-12-01", "state": "1"}`, connect.Visit{}, "id"},
		{"a number of a novel", `{"visitNo": "` + strings.Repeat("x", 101) + `", "person": {"no": 7}, "visitTime": "2026-12-01", "state": "1"}`, connect.Visit{}, "id"},
	} {
		row, err := connect.ReadRow([]byte(c.row))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, fault := m.Visit(row, shanghai)
		switch {
		case c.fault == "" && fault != nil, c.fault != "" && (fault == nil || fault.Field != c.fault):
			t.Errorf("%s: fault %v, want one of %q", c.name, fault, c.fault)
		case c.fault == "" && !cmp.Equal(c.want, got):
			t.Errorf("%s: %s", c.name, cmp.Diff(c.want, got))
		}
	}
	row, err := connect.ReadRow([]byte(`{"eventNo": "e1", "grid": "510199001001001", "level": "A", "node": 10, "changed": 1764547200000, "words": "一\n二"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, fault := m.Case(row, shanghai)
	want := connect.Case{ID: "e1", Area: "510199001001001", Kind: "emergency", Source: "above", Stage: "call", Text: "一\n二", At: time.Date(2025, 12, 1, 8, 0, 0, 0, shanghai)}
	if fault != nil || !got.At.Equal(want.At) || !cmp.Equal(want, got, cmp.Transformer("", func(t time.Time) int64 { return t.Unix() })) {
		t.Errorf("%v: %s", fault, cmp.Diff(want, got))
	}
	row["person"] = map[string]any{"no": "7"}
	if _, fault = m.Case(row, shanghai); fault == nil || fault.Field != "resident" {
		t.Errorf("a case of somebody and of a place: %v", fault)
	}
}

func TestWithoutAMappingAPlatformSpeaksOurWords(t *testing.T) {
	var m connect.Mapping
	row, err := connect.ReadRow([]byte(`{"id": "a", "resident": "R1", "day": "2026-12-01", "result": "seen"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, fault := m.Visit(row, shanghai)
	if want := (connect.Visit{ID: "a", Resident: "R1", Day: planner.NewDate(2026, 12, 1), Seen: true}); fault != nil || got != want {
		t.Errorf("%+v, %v", got, fault)
	}
	row["day"] = "2026-12-01T20:00:00Z"
	if got, fault = m.Visit(row, shanghai); fault != nil || got.Day != planner.NewDate(2026, 12, 2) {
		t.Errorf("a time of another zone is of day %s, %v: want the district's", got.Day, fault)
	}
}

func TestAMappingThatCannotBeSaysAllThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, text string
		fields     []string
	}{
		{"no JSON", `{`, []string{"mapping"}},
		{"a field that nobody knows", `{"visit": {}}`, []string{"mapping"}},
		{"of another type", `{"visits": {"fields": []}}`, []string{"visits.fields"}},
		{"two of them", theirs + theirs, []string{"mapping"}},
		{
			"much", `{"visits": {"fields": {"id": "a..b", "resident": "r", "day": "d", "colour": "c"}, "values": {"result": {"1": "met"}, "id": {}}, "times": "american"}}`,
			[]string{"visits.times", "visits.fields.result", "visits.fields.colour", "visits.fields.id", "visits.values.id", "visits.values.result"},
		},
		{"cases that are nowhere", `{"cases": {"fields": {"id": "a", "kind": "k", "at": "t"}}}`, []string{"cases.fields"}},
	} {
		_, faults := connect.ReadMapping(strings.NewReader(c.text))
		var got []string
		for _, f := range faults {
			got = append(got, f.Field)
		}
		if diff := cmp.Diff(c.fields, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func FuzzRow(f *testing.F) {
	f.Add(`{"visitNo": 1e400, "person": {"no": "7"}, "visitTime": "2026-12-01", "state": "1"}`)
	f.Add(`{"eventNo": {}, "grid": null, "level": "A", "changed": -1}`)
	f.Add(`[]`)
	m, _ := connect.ReadMapping(strings.NewReader(theirs))
	f.Fuzz(func(t *testing.T, text string) {
		row, err := connect.ReadRow([]byte(text))
		if err != nil {
			return
		}
		v, bad := m.Visit(row, shanghai)
		if bad == nil && (v.ID == "" || v.Resident == "" || v.Day < planner.NewDate(1969, 12, 31)) {
			t.Errorf("taken: %+v", v)
		}
		c, bad := m.Case(row, shanghai)
		if bad == nil && (c.ID == "" || (c.Resident == "") == (c.Area == "") || c.Kind == "") {
			t.Errorf("taken: %+v", c)
		}
		if _, err := json.Marshal(c); err != nil {
			t.Errorf("cannot be written: %v", err)
		}
	})
}

func TestAnEventOfADeviceOpensACaseOrCounts(t *testing.T) {
	rules := connect.ReferenceDeviceRules()
	if err := rules.Check(); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, c := range []struct {
		name, device, event string
		at, opened          time.Time
		want                connect.Verdict
	}{
		{"a fall", "wristband", "fall", ago(time.Second), time.Time{}, connect.Verdict{Opens: "emergency"}},
		{"again within ten minutes", "wristband", "fall", ago(0), ago(9 * time.Minute), connect.Verdict{}},
		{"again after them", "wristband", "fall", ago(0), ago(10 * time.Minute), connect.Verdict{Opens: "emergency"}},
		{"a clock a day ahead", "gas", "gas", now.Add(24 * time.Hour), time.Time{}, connect.Verdict{Opens: "emergency", Clock: true}},
		{"a clock two days behind", "gas", "gas", ago(48 * time.Hour), time.Time{}, connect.Verdict{Opens: "emergency", Clock: true}},
		{"a clock that is quiet by itself is none", "gas", "gas", now.Add(24 * time.Hour), ago(time.Minute), connect.Verdict{Clock: true}},
		{"no time at all", "smoke", "smoke", time.Time{}, time.Time{}, connect.Verdict{Opens: "emergency", Clock: true}},
		{"nobody moved", "door_sensor", "no_movement", ago(time.Hour), time.Time{}, connect.Verdict{Opens: "general"}},
		{"a battery", "door_sensor", "low_battery", ago(time.Hour), time.Time{}, connect.Verdict{}},
		{"what no rule knows", "door_sensor", "door_left_open", ago(time.Hour), time.Time{}, connect.Verdict{}},
	} {
		if got := rules.Of(c.device, c.event).Decide(c.at, now, c.opened); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	first := connect.DeviceRules{{Device: "wristband", Event: "no_movement", Opens: "emergency"}, {Event: "no_movement"}}
	if first.Of("wristband", "no_movement").Opens != "emergency" || first.Of("door_sensor", "no_movement").Opens != "" {
		t.Error("a rule for one kind of device does not go before that for all")
	}
	for name, bad := range map[string]connect.DeviceRules{
		"none": {}, "of no device": {{Device: "toaster", Event: "sos"}}, "of another's event": {{Device: "gas", Event: "sos"}}, "of no event": {{Event: "hello"}},
		"to no kind of case": {{Event: "sos", Opens: "missed"}}, "quiet for ever": {{Event: "sos", Opens: "general", Quiet: 1 << 30}}, "quiet backwards": {{Event: "sos", Quiet: -1}},
	} {
		if bad.Check() == nil {
			t.Errorf("rules %s are taken", name)
		}
	}
}
