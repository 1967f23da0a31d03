package ladder_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/ladder"
)

var update = flag.Bool("update", false, "write the golden files anew")

func date(s string) planner.Date {
	d, err := planner.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func clock(s string) planner.Clock {
	c, err := planner.ParseClock(s)
	if err != nil {
		panic(err)
	}
	return c
}

// at reads "2026-12-03 14:00".
func at(s string) planner.Moment { return planner.Moment{Date: date(s[:10]), Clock: clock(s[11:])} }

func text(m planner.Moment) string { return m.Date.String() + " " + m.Clock.String() }

func TestWhatIsDueIsThatOfTheGoldenTable(t *testing.T) {
	reference := ladder.Reference(date("2026-01-01"))
	short := ladder.Rule{Remind: clock("09:30"), Steps: []ladder.Step{{Tier: planner.TierMasterGrid, At: clock("20:00"), Deadline: clock("24:00")}}}
	const day = "2026-12-03"
	cases := []struct {
		name  string
		rule  ladder.Rule
		taken int
		asked []string // one after the other
	}{
		{"a day with no standstill: each event at its minute", reference, 0, []string{"2026-12-03 07:59", "2026-12-03 08:00", "2026-12-03 13:59", "2026-12-03 14:00", "2026-12-03 16:00", "2026-12-03 18:00", "2026-12-03 23:59", "2026-12-04 00:00", "2026-12-04 09:00"}},
		{"asked twice in a minute: nothing twice", reference, 0, []string{"2026-12-03 14:00", "2026-12-03 14:00", "2026-12-03 14:01"}},
		{"the clock is set back: what happened stays, what is next waits", reference, 0, []string{"2026-12-03 14:05", "2026-12-03 13:00", "2026-12-02 23:00", "2026-12-03 14:30", "2026-12-03 16:00"}},
		{"a standstill over a step: it is written down, and the next one holds", reference, 1, []string{"2026-12-03 17:00", "2026-12-03 18:30"}},
		{"a standstill over midnight: all that was missed, then the lapse", reference, 0, []string{"2026-12-05 10:00", "2026-12-05 10:01"}},
		{"opened in the afternoon: the reminder and the step at once", reference, 0, []string{"2026-12-03 15:00"}},
		{"a ladder of one step that lasts to midnight", short, 0, []string{"2026-12-03 09:29", "2026-12-03 20:00", "2026-12-03 23:59", "2026-12-04 00:00"}},
		{"all has happened: nothing is left to ask for", reference, 5, []string{"2026-12-03 12:00", "2026-12-10 12:00"}},
		{"the day has not come", reference, 0, []string{"2026-11-20 14:00"}},
	}
	var b strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&b, "# %s\n", c.name)
		taken := c.taken
		for _, moment := range c.asked {
			due, next := ladder.Due(&c.rule, date(day), taken, at(moment))
			fmt.Fprintf(&b, "%s:", moment)
			for _, e := range due {
				fmt.Fprintf(&b, " %d %s", e.N, e.Kind)
				if e.Kind == ladder.Cover {
					fmt.Fprintf(&b, " by %s until %s", e.Tier, text(e.Deadline))
				}
				if e.Past {
					b.WriteString(" (past)")
				}
				b.WriteString(";")
			}
			taken += len(due)
			if next != nil {
				fmt.Fprintf(&b, " next %s", text(*next))
			}
			b.WriteString("\n")
		}
		b.WriteString("\n")
	}
	golden(t, "testdata/due.golden", b.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// anyRule draws a valid rule.
func anyRule(t *rapid.T) ladder.Rule {
	r := ladder.Rule{Remind: planner.Clock(rapid.IntRange(0, 1200).Draw(t, "remind"))}
	last, tier := r.Remind+1, 0
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		if last > 1430 || tier == 4 {
			break
		}
		s := ladder.Step{At: planner.Clock(rapid.IntRange(int(last), 1435).Draw(t, "at"))}
		s.Deadline = planner.Clock(rapid.IntRange(int(s.At)+1, 1440).Draw(t, "deadline"))
		tier = rapid.IntRange(tier+1, 4).Draw(t, "tier")
		s.Tier = planner.Tier(tier)
		r.Steps = append(r.Steps, s)
		last = s.Deadline
	}
	return r
}

func TestNoStepIsSkippedOrTakenTwiceWheneverItIsAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRule(t)
		if err := r.Validate(); err != nil {
			t.Fatalf("the rule that was drawn is not valid: %v", err)
		}
		d := date("2026-12-03")
		taken := 0
		var latest planner.Moment // that was ever asked for
		for range rapid.IntRange(1, 20).Draw(t, "questions") {
			now := planner.Moment{Date: d + planner.Date(rapid.IntRange(-1, 2).Draw(t, "day")), Clock: planner.Clock(rapid.IntRange(0, 1439).Draw(t, "minute"))}
			due, next := ladder.Due(&r, d, taken, now)
			for i, e := range due {
				if e.N != taken+i {
					t.Fatalf("asked at %s after %d events, event %d comes as number %d", text(now), taken, e.N, i)
				}
				if ladder.Before(now, e.At) {
					t.Fatalf("event %d of %s happened at %s already", e.N, text(e.At), text(now))
				}
				if e.Kind == ladder.Cover && (e.Deadline.Date > d && (e.Deadline.Clock > 0 || e.Deadline.Date > d+1) || !ladder.Before(e.At, e.Deadline)) {
					t.Fatalf("the deadline %s of a step at %s does not lie inside the day", text(e.Deadline), text(e.At))
				}
				if e.Kind == ladder.Lapse && e.At != (planner.Moment{Date: d + 1}) {
					t.Fatalf("it lapses at %s", text(e.At))
				}
			}
			taken += len(due)
			switch {
			case next == nil && taken != r.Events():
				t.Fatalf("%d of %d events happened, and nothing is next", taken, r.Events())
			case next != nil && !ladder.Before(now, *next):
				t.Fatalf("asked at %s, next at %s", text(now), text(*next))
			}
			if ladder.Before(latest, now) {
				latest = now
			}
		}
		// What happened is what one question at the latest moment would have told.
		once, _ := ladder.Due(&r, d, 0, latest)
		if len(once) != taken {
			t.Fatalf("%d events happened by %s, one question tells of %d", taken, text(latest), len(once))
		}
		if !ladder.Before(latest, planner.Moment{Date: d + 1}) && taken != r.Events() {
			t.Fatalf("the day is over at %s, and only %d of %d events happened", text(latest), taken, r.Events())
		}
	})
}

func TestARuleSaysWhatIsWrongWithIt(t *testing.T) {
	good := ladder.Reference(date("2026-01-01"))
	if err := good.Validate(); err != nil {
		t.Fatalf("the reference is refused: %v", err)
	}
	step := func(tier planner.Tier, from, to string) ladder.Step {
		return ladder.Step{Tier: tier, At: clock(from), Deadline: clock(to)}
	}
	for _, c := range []struct {
		name string
		rule ladder.Rule
		want string
	}{
		{"no steps", ladder.Rule{Remind: 480}, "the ladder has 0 steps"},
		{"a reminder after the first step", ladder.Rule{Remind: clock("15:00"), Steps: []ladder.Step{step(1, "14:00", "16:00")}}, "step 1 is at 14:00, before the reminder is over"},
		{"a reminder outside the day", ladder.Rule{Remind: 1440, Steps: []ladder.Step{step(1, "14:00", "16:00")}}, "which is no time of the day"},
		{"a tier twice", ladder.Rule{Steps: []ladder.Step{step(1, "14:00", "16:00"), step(1, "16:00", "18:00")}}, "step 2 goes to micro-grid, which is not above micro-grid"},
		{"a tier that is none", ladder.Rule{Steps: []ladder.Step{step(7, "14:00", "16:00")}}, "step 1 names no tier"},
		{"steps that overlap", ladder.Rule{Steps: []ladder.Step{step(1, "14:00", "17:00"), step(2, "16:00", "18:00")}}, "step 2 is at 16:00, before the deadline of the step before is over"},
		{"a deadline before the step", ladder.Rule{Steps: []ladder.Step{step(1, "14:00", "14:00")}}, "its deadline must lie after it"},
		{"a deadline beyond the day", ladder.Rule{Steps: []ladder.Step{{Tier: 1, At: 840, Deadline: 1500}}}, "inside the day"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.rule.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestOfSeveralRulesTheOneThatBeganLastHolds(t *testing.T) {
	rules := []ladder.Rule{ladder.Reference(date("2026-03-01")), ladder.Reference(date("2026-01-01")), ladder.Reference(date("2026-06-01"))}
	for day, want := range map[string]string{"2025-12-31": "", "2026-01-01": "2026-01-01", "2026-02-28": "2026-01-01", "2026-03-01": "2026-03-01", "2027-01-01": "2026-06-01"} {
		got, ok := ladder.On(rules, date(day))
		if ok != (want != "") || ok && got.From != date(want) {
			t.Errorf("on %s the rule of %s holds (%v), want %q", day, got.From, ok, want)
		}
	}
}
