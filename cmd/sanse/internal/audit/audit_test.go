package audit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/audit"
	"sanse/data"
	"sanse/planner"
)

// noon is a Monday at noon, local time.
var noon = time.Date(2026, 11, 16, 12, 0, 0, 0, zone)

var zone = time.FixedZone("CST", 8*3600)

// feed makes events with ids and outcomes filled in.
type feed struct{ events []data.Event }

func (f *feed) add(at time.Time, account string, change func(*data.Event)) {
	e := data.Event{
		ID: int64(len(f.events) + 1), At: at, Account: account, Role: "official", Action: data.ActRead, Object: "resident",
		N: 1, Area: "510199001001", Address: "10.0.0.0/24", Outcome: data.OutcomeOK,
	}
	if change != nil {
		change(&e)
	}
	f.events = append(f.events, e)
}

// quiet is four weeks of an account that looks at ten records an hour, three
// hours a day.
func (f *feed) quiet(account string) {
	for d := -27; d < 0; d++ {
		for h := range 3 {
			f.add(noon.AddDate(0, 0, d).Add(time.Duration(h)*time.Hour), account, func(e *data.Event) { e.N = 10 })
		}
	}
}

// looks are what the watch finds from noon on, kind and count.
func (f *feed) looks(t *testing.T, shifts map[string][]planner.Shift) []string {
	t.Helper()
	slices.SortStableFunc(f.events, func(a, b data.Event) int { return a.At.Compare(b.At) })
	w := audit.NewWatch(audit.Options{From: noon.Add(-time.Hour), Location: zone, Shifts: shifts})
	for i, e := range f.events {
		e.ID = int64(i + 1)
		w.Add(e)
	}
	var out []string
	for _, l := range w.End() {
		out = append(out, fmt.Sprintf("%s %s %d", l.Kind, l.Account, l.Count))
		for _, english := range []bool{true, false} {
			if why := l.Why(english); why == "" || why == string(l.Kind) {
				t.Errorf("%s is not explained", l.Kind)
			}
		}
	}
	return out
}

func TestUnusualLooks(t *testing.T) {
	id := func(n int) func(*data.Event) {
		return func(e *data.Event) { e.IDs = []string{fmt.Sprintf("r%04d", n)} }
	}
	for _, c := range []struct {
		name string
		feed func(*feed)
		want []string
	}{
		{"nothing is unusual about what is usual", func(f *feed) { f.quiet("a") }, nil},
		{"an administrator comes in with the secret that they made", func(f *feed) {
			hand := func(account, what string) func(*data.Event) {
				return func(e *data.Event) {
					e.Action, e.Object, e.IDs = data.ActUpdate, "account", []string{account}
					if what != "" {
						e.Detail = map[string]string{"what": what}
					}
				}
			}
			in := func(address, kind string) func(*data.Event) {
				return func(e *data.Event) {
					e.Action, e.Object, e.Address, e.Detail = data.ActSignIn, "session", address, map[string]string{"kind": kind}
				}
			}
			const here, there = "10.0.0.0/24", "10.9.0.0/24"
			f.add(noon, "admin", hand("a", ""))
			f.add(noon.Add(time.Minute), "a", in(here, "page"))
			f.add(noon.Add(2*time.Minute), "a", in(here, "page")) // told once
			f.add(noon, "admin", hand("b", "secret"))
			f.add(noon.Add(time.Minute), "b", in(there, "phone"))
			f.add(noon.Add(23*time.Hour), "b", in(here, "phone"))
			f.add(noon, "admin", hand("c", "visitor"))
			f.add(noon.Add(25*time.Hour), "c", in(here, "page")) // a day later
			f.add(noon, "admin", hand("d", "described"))
			f.add(noon.Add(time.Minute), "d", in(here, "page")) // another name is no way in
			f.add(noon, "admin", hand("k", ""))
			f.add(noon.Add(time.Minute), "k", in(here, "key")) // a key is made and opened in one
			f.add(noon, "e", hand("e", "secret"))
			f.add(noon.Add(time.Minute), "e", in(here, "page")) // their own
			f.add(noon, "os:li", hand("g", ""))
			f.events[len(f.events)-1].Address = "" // at the command line
			f.add(noon.Add(time.Minute), "g", in(here, "page"))
		}, []string{"same_hand b 1", "new_network b 1", "same_hand a 1"}},
		{"five times as many records in an hour", func(f *feed) {
			f.quiet("a")
			f.add(noon, "a", func(e *data.Event) { e.N = 30 })
			f.add(noon.Add(time.Minute), "a", func(e *data.Event) { e.N = 20 })
		}, []string{"many a 50"}},
		{"as many over two hours are not", func(f *feed) {
			f.quiet("a")
			f.add(noon, "a", func(e *data.Event) { e.N = 25 })
			f.add(noon.Add(time.Hour), "a", func(e *data.Event) { e.N = 25 })
		}, nil},
		{"many for the account, usual for its role", func(f *feed) {
			f.quiet("a")
			for d := -27; d < 0; d++ {
				for i := range 20 {
					f.add(noon.AddDate(0, 0, d), fmt.Sprint("b", i), func(e *data.Event) { e.N = 60 })
				}
			}
			f.add(noon, "a", func(e *data.Event) { e.N = 60 })
		}, nil},
		{"what was refused is not told", func(f *feed) {
			f.quiet("a")
			f.add(noon, "a", func(e *data.Event) { e.N, e.Outcome = 90, data.OutcomeRefused })
		}, nil},
		{"refused five times in an hour", func(f *feed) {
			for i := range 5 {
				f.add(noon.Add(time.Duration(i)*time.Minute), "a", func(e *data.Event) { e.Outcome = data.OutcomeRefused })
			}
		}, []string{"refused a 5"}},
		{"five wrong passwords for accounts that nobody knows, from one network", func(f *feed) {
			for range 5 {
				f.add(noon, "", func(e *data.Event) { e.Action, e.Outcome = data.ActSignIn, data.OutcomeFailed })
			}
		}, []string{"refused  5"}},
		{"refused four times, or five in two hours, is not", func(f *feed) {
			for i := range 5 {
				f.add(noon.Add(time.Duration(i)*20*time.Minute), "a", func(e *data.Event) { e.Outcome = data.OutcomeRefused })
			}
		}, nil},
		{"refused by the database, once", func(f *feed) {
			f.add(noon, "a", func(e *data.Event) { e.Outcome = data.OutcomeRefusedByDatabase })
		}, []string{"database a 1"}},
		{"breaking the glass, once", func(f *feed) {
			f.add(noon, "a", func(e *data.Event) { e.Action = data.ActBreak })
		}, []string{"break_glass a 1"}},
		{"at night", func(f *feed) {
			f.add(noon.Add(11*time.Hour), "a", nil)
			f.add(noon.Add(16*time.Hour), "a", nil)
			f.add(noon.Add(18*time.Hour), "a", nil) // six o'clock
		}, []string{"night a 2"}},
		{"outside one's shift, at noon", func(f *feed) {
			f.add(noon, "w", nil)
			f.add(noon.Add(2*time.Hour), "w", nil)
		}, []string{"night w 1"}},
		{"in an area never looked at", func(f *feed) {
			f.quiet("a")
			for range 3 {
				f.add(noon, "a", func(e *data.Event) { e.Area = "510199002001001" })
			}
		}, []string{"out_of_area a 3"}},
		{"in a grid of an area that is looked at", func(f *feed) {
			f.quiet("a")
			f.add(noon, "a", func(e *data.Event) { e.N, e.Area = 3, "510199001001007" })
		}, nil},
		{"in two areas, by somebody who has only begun", func(f *feed) {
			f.add(noon, "a", nil)
			f.add(noon, "a", func(e *data.Event) { e.N, e.Area = 9, "510199002001" })
		}, nil},
		{"the names of many people, for whatever purposes", func(f *feed) {
			for h := range 10 {
				f.add(noon.Add(time.Duration(h-3)*time.Hour), "a", func(e *data.Event) {
					e.Action, e.N, e.Purpose = data.ActName, 5, []string{"meeting", "report"}[h%2]
					for i := range 5 {
						e.IDs = append(e.IDs, fmt.Sprintf("x%dp%d", h, 7*i))
					}
				})
			}
		}, []string{"many_names a 50"}},
		{"the names of the same people again and again are not", func(f *feed) {
			for h := range 10 {
				f.add(noon.Add(time.Duration(h-3)*time.Hour), "a", func(e *data.Event) {
					e.Action, e.N = data.ActName, 5
					for i := range 5 {
						e.IDs = append(e.IDs, fmt.Sprintf("p%d", 7*i))
					}
				})
			}
		}, nil},
		{"as many on two days are not", func(f *feed) {
			for h := range 10 {
				f.add(noon.AddDate(0, 0, h%2).Add(time.Duration(h/2)*time.Hour), "a", func(e *data.Event) {
					e.Action, e.N, e.IDs = data.ActName, 5, nil
					for i := range 5 {
						e.IDs = append(e.IDs, fmt.Sprintf("x%dp%d", h, 7*i))
					}
				})
			}
		}, nil},
		{"more than a row has room to list", func(f *feed) {
			f.add(noon, "a", func(e *data.Event) {
				e.Action, e.N = data.ActName, 40
				for i := range 10 {
					e.IDs = append(e.IDs, fmt.Sprintf("p%d", 7*i))
				}
			})
			f.add(noon.Add(time.Hour), "a", func(e *data.Event) {
				e.Action, e.N = data.ActName, 45
				for i := range 25 {
					e.IDs = append(e.IDs, fmt.Sprintf("p%d", 7*i))
				}
			})
		}, []string{"many_names a 55"}},
		{"signing in from another network", func(f *feed) {
			for _, net := range []string{"10.0.0.0/24", "10.0.0.0/24", "10.9.0.0/24", "10.9.0.0/24"} {
				f.add(noon, "a", func(e *data.Event) { e.Action, e.Address = data.ActSignIn, net })
			}
		}, []string{"new_network a 1"}},
		{"signing in for the first time", func(f *feed) {
			f.add(noon, "a", func(e *data.Event) { e.Action = data.ActSignIn })
		}, nil},
		{"record after record by their ids, told or not", func(f *feed) {
			for i := range 6 {
				f.add(noon.Add(time.Duration(i)*time.Minute), "a", func(e *data.Event) {
					id(i + 98)(e)
					if i == 2 {
						e.Outcome = data.OutcomeRefused
					}
				})
			}
		}, []string{"sequence a 6"}},
		{"and backwards", func(f *feed) {
			for i := range 5 {
				f.add(noon.Add(time.Duration(i)*time.Minute), "a", id(50-i))
			}
		}, []string{"sequence a 5"}},
		{"the same record over and over, back and forth, or slowly, is not", func(f *feed) {
			for i := range 8 {
				f.add(noon.Add(time.Duration(i)*time.Minute), "a", id(7))
				f.add(noon.Add(time.Duration(i)*time.Minute), "b", id(7+i%2))
				f.add(noon.Add(time.Duration(i)*11*time.Minute), "c", id(i))
			}
		}, nil},
		{"what was unusual before is not told again", func(f *feed) {
			f.add(noon.AddDate(0, 0, -3), "a", func(e *data.Event) { e.Action = data.ActBreak })
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f feed
			c.feed(&f)
			got := f.looks(t, map[string][]planner.Shift{"w": {{Weekday: 1, From: 14 * 60, To: 17 * 60}}})
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// ocsfFields are the fields of OCSF 1.3 that each class has, of those that are
// written.
func ocsfFields() map[float64]map[string]bool {
	base := "activity_id activity_name category_uid category_name class_uid class_name type_uid time severity_id severity status_id status status_detail count metadata unmapped"
	out := map[float64]map[string]bool{}
	for class, more := range map[float64]string{3002: "user session service src_endpoint actor", 3004: "actor entity src_endpoint", 6003: "actor api resources src_endpoint"} {
		out[class] = map[string]bool{}
		for _, f := range strings.Fields(base + " " + more) {
			out[class][f] = true
		}
	}
	return out
}

func TestEveryActionIsAnEventOfOCSF(t *testing.T) {
	fields := ocsfFields()
	required := map[float64][]string{3002: {"user", "service"}, 3004: {"entity"}, 6003: {"actor", "api", "src_endpoint"}}
	for _, action := range data.Actions {
		for _, object := range []string{"resident", "account", "session", "visitor_day"} {
			for _, outcome := range data.Outcomes {
				e := data.Event{
					ID: 7, At: noon, Account: "a1", Session: "s1", Role: "official", Action: action, Object: object, IDs: []string{"r1", "r2"}, N: 2, Area: "510199",
					Address: "10.0.0.0/24", Purpose: "report", Reason: "hush-hush", Outcome: outcome, Request: "q1", Detail: map[string]string{"kind": "x"},
				}
				var b strings.Builder
				if err := audit.WriteOCSF(&b, "510199", &e); err != nil {
					t.Fatal(err)
				}
				line := b.String()
				var v map[string]any
				if err := json.Unmarshal([]byte(line), &v); err != nil || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
					t.Fatalf("%v: %q", err, line)
				}
				if strings.Contains(line, "hush") || strings.Contains(line, "•") {
					t.Errorf("the reason is in the line: %s", line)
				}
				class, _ := v["class_uid"].(float64)
				for f := range v {
					if !fields[class][f] {
						t.Errorf("%s %s: class %v has no field %s", action, object, class, f)
					}
				}
				for _, f := range append(required[class], "activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid") {
					if v[f] == nil {
						t.Errorf("%s %s: class %v needs %s", action, object, class, f)
					}
				}
				activity, _ := v["activity_id"].(float64)
				category, _ := v["category_uid"].(float64)
				if v["type_uid"] != class*100+activity || float64(int(class/1000)) != category {
					t.Errorf("%s %s: class %v, activity %v, category %v, type %v", action, object, class, activity, category, v["type_uid"])
				}
				if (v["status_id"] == 1.0) != (outcome == data.OutcomeOK) {
					t.Errorf("%s is status %v", outcome, v["status_id"])
				}
			}
		}
	}
}

func TestALineOfCEFIsEscaped(t *testing.T) {
	e := data.Event{
		ID: 7, At: noon, Account: `a=1|\`, Action: "read|x", Object: `re\sident`, IDs: []string{"r1", "r2"}, N: 2, Area: "510199",
		Purpose: "two\nlines", Reason: "hush-hush", Outcome: data.OutcomeOK,
	}
	var b strings.Builder
	if err := audit.WriteCEF(&b, "510199", &e); err != nil {
		t.Fatal(err)
	}
	want := `CEF:0|Sanse|Sanse|1|read\|x:re\\sident|read\|x re\\sident|2|rt=1794801600000 externalId=7 deviceExternalId=510199 suid=a\=1|\\ act=read|x outcome=ok cnt=2 ` +
		`cs3Label=records cs3=r1,r2 cs4Label=area cs4=510199 cs5Label=purpose cs5=two\nlines` + "\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}
