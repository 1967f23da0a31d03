package data_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

const today = "2027-02-01"

// life is the fixture in a store, with a desk at which everything is seen.
func life(t *testing.T) (*data.Store, *fixture) {
	t.Helper()
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	return s, f
}

func atDesk(t *testing.T, s *data.Store, f func(context.Context, *data.Desk) error) {
	t.Helper()
	if err := s.AtDesk(t.Context(), "", func(d *data.Desk) error { return f(t.Context(), d) }); err != nil {
		t.Fatal(err)
	}
}

// asked stores a request and has it accepted.
func asked(t *testing.T, s *data.Store, r data.RightsRequest) {
	t.Helper()
	r.AskedBy, r.Reason = "a0000000000000001", "本人要求"
	atDesk(t, s, func(ctx context.Context, d *data.Desk) error {
		if err := d.Ask(ctx, code, r); err != nil {
			return err
		}
		return d.Decide(ctx, code, r.ID, true, "核实无误", "a0000000000000002")
	})
}

func runLife(t *testing.T, s *data.Store, on planner.Date, erased ...string) map[string]int64 {
	t.Helper()
	gone, err := s.RunLife(t.Context(), code, on, erased)
	if err != nil {
		t.Fatal(err)
	}
	return gone
}

func count(t *testing.T, s *data.Store, sql string, args ...any) (n int) {
	t.Helper()
	if err := s.Pool().QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhoIsErasedIsNobodyAnyMore(t *testing.T) {
	s, f := life(t)
	before, err := s.Residents(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	problem := &planner.Problem{Start: day(today), Days: 7, TimeZone: "Asia/Shanghai", Residents: []planner.Resident{
		{ID: "r1", Grade: "red", Location: before[0].Location, Grid: before[0].Grid, Minutes: 30}, {ID: "r2", Grade: "blue", Location: before[1].Location, Grid: before[1].Grid, Minutes: 30},
	}}
	write(t, s, func(tx *data.Tx) error { return tx.PutPlanProblem(code, 1, problem) })
	if _, err := s.Gate().HandOver(t.Context(), code, data.Handover{Resident: "r1", Body: "health", Kind: data.HandoverCase, GivenBy: "os:li", From: day("2027-06-01").Time(), To: day("2028-01-01").Time(), Reason: "李四光乙住院"}); err != nil {
		t.Fatal(err)
	}
	asked(t, s, data.RightsRequest{ID: "q0000000000000001", Resident: "r1", Kind: data.RequestErasure})
	gone := runLife(t, s, day(today))
	if gone["erasure"] != 1 {
		t.Fatalf("%v", gone)
	}
	persons, err := s.ResidentPersons(t.Context(), code, []string{"r1", "r2"})
	if err != nil || len(persons) != 1 {
		t.Errorf("%d persons: %v", len(persons), err)
	}
	after, err := s.Residents(t.Context(), code)
	if err != nil || len(after) != len(before) {
		t.Fatalf("%d residents after %d: %v", len(after), len(before), err)
	}
	r, was := after[0], before[0]
	if r.ID != "r1" || r.Grade != was.Grade || r.Grid != was.Grid || !slices.Equal(r.Kinds, was.Kinds) {
		t.Error("what is counted has changed")
	}
	if r.Location == was.Location || r.Building != "" || r.Unit != "" || r.MicroGrid != "" || len(r.Team) != 0 || len(r.Needs.Hours) != 0 {
		t.Errorf("what leads to the door is still there: %+v", r)
	}
	last := r.Absent[len(r.Absent)-1]
	if last.From != day(today) || last.To < day("9999-12-31") {
		t.Errorf("they are not away for good: %+v", r.Absent)
	}
	if n := count(t, s, `SELECT count(*) FROM visit WHERE resident = 'r1'`); n != 2 {
		t.Errorf("%d visits of two are left", n)
	}
	for what, sql := range map[string]string{
		"reasons in the audit": `SELECT count(*) FROM audit_reason r JOIN audit a ON a.reason = r.id WHERE a.ids @> '{r1}'`,
		"handover":             `SELECT count(*) FROM handover WHERE resident = 'r1' AND reason IS NOT NULL`,
		"request":              `SELECT count(*) FROM data_request WHERE num_nonnulls(reason, fields, decision_reason) > 0`,
		"needs still open":     `SELECT count(*) FROM need WHERE resident = 'r1' AND (to_day IS NULL OR to_day >= '` + today + `' OR source <> '')`,
	} {
		if n := count(t, s, sql); n != 0 {
			t.Errorf("%s: %d are left", what, n)
		}
	}
	// Nor does what the plan in force was computed from lead there, or any other.
	if n := count(t, s, `SELECT count(*) FROM plan_problem x JOIN plan p ON p.id = x.plan WHERE NOT p.is_current`); n != 0 {
		t.Errorf("%d older problems are left", n)
	}
	if id := count(t, s, `SELECT COALESCE(max(id), 0) FROM plan WHERE is_current`); id > 0 {
		text, err := s.PlanProblem(t.Context(), code, int64(id))
		home, e := json.Marshal(was.Location)
		other, e2 := json.Marshal(before[1].Location)
		if errors.Join(err, e, e2) != nil || strings.Contains(string(text), string(home)) || !strings.Contains(string(text), string(other)) {
			t.Errorf("the home is in the problem, or all is gone (%v)", errors.Join(err, e, e2))
		}
	} else {
		t.Error("the fixture has no plan in force")
	}
	// The proof stays, without the person.
	atDesk(t, s, func(ctx context.Context, d *data.Desk) error {
		q, err := d.RightsRequest(ctx, code, "q0000000000000001")
		if err != nil || q.Status() != "done" || q.Outcome["person"] != 1 || q.Reason != "" {
			t.Errorf("%+v, %v", q, err)
		}
		return nil
	})
	if n := count(t, s, `SELECT count(*) FROM audit WHERE action = 'delete' AND object = 'resident_person' AND ids @> '{r1}'`); n != 1 {
		t.Errorf("%d rows of the audit tell of it", n)
	}
	if runs, err := s.LifeRuns(t.Context(), code, 5); err != nil || len(runs) != 1 || runs[0].Gone["erasure"] != 1 {
		t.Errorf("%+v, %v", runs, err)
	}

	t.Run("whatever brings them back is erased again", func(t *testing.T) {
		tasks := f.tasks[:1]
		tasks[0].Address = "一路1号2单元301"
		write(t, s, func(tx *data.Tx) error {
			return errors.Join(tx.PutResidents(code, f.residents[:1]), tx.PutTasks(code, tasks), tx.PutNeeds(code, f.needs))
		})
		for what, sql := range map[string]string{
			"person":  `SELECT count(*) FROM resident_person WHERE resident = 'r1'`,
			"address": `SELECT count(*) FROM task_person p JOIN task t ON t.id = p.task WHERE t.resident = 'r1'`,
			"team":    `SELECT count(*) FROM team WHERE resident = 'r1'`,
			"needs":   `SELECT count(*) FROM need WHERE resident = 'r1' AND (to_day IS NULL OR source <> '' OR hours IS NOT NULL)`,
		} {
			if n := count(t, s, sql); n != 0 {
				t.Errorf("%s: %d are back", what, n)
			}
		}
		if ids, err := s.Erased(t.Context(), code); err != nil || !slices.Equal(ids, []string{"r1"}) {
			t.Errorf("%v, %v", ids, err)
		}
	})
	t.Run("in a copy from before, by a list from outside", func(t *testing.T) {
		copied, f := life(t)
		if gone := runLife(t, copied, day(today), "r1", "r77"); gone["erased_again"] != 1 {
			t.Errorf("%v", gone)
		}
		persons, err := copied.ResidentPersons(t.Context(), code, []string{"r1", "r2"})
		if _, there := persons["r1"]; there || err != nil || persons["r2"] != f.residents[1].Person {
			t.Errorf("%d persons: %v", len(persons), err)
		}
	})
}

// What is on its way to a platform, or lies there to be sent again, names nobody who
// was erased meanwhile: not even by id, nor once a try that was under way comes back.
func TestAnErasureReachesWhatIsOnItsWayToAPlatform(t *testing.T) {
	s, _ := life(t)
	const one, two = `{"id":"t0000000000000001","op":"added","seq":7,"resident":"r1","resident_number":"A-77","day":"2027-02-02"}`, `{"id":"t0000000000000002","op":"added","seq":8,"resident":"r2"}`
	body := func(items ...string) []byte {
		return []byte(`{"delivery":"d","items":[` + strings.Join(items, ",") + `]}`)
	}
	now := day(today).Time()
	states := map[int64]string{1: data.DeliveryWaiting, 2: data.DeliveryDead, 3: data.DeliveryTaken, 4: data.DeliveryWaiting, 5: data.DeliveryWaiting}
	var tried data.Delivery
	write(t, s, func(tx *data.Tx) error {
		err := tx.PutConnector(code, data.Connector{ID: "app"})
		for n := int64(1); n <= 5; n++ {
			of := body(one, two)
			if n == 4 {
				of = body(two)
			}
			err = errors.Join(err, tx.AddDelivery(code, data.Delivery{Connector: "app", N: n, FromSeq: 7, ToSeq: 8, Tasks: 2, Body: of, Made: now}))
		}
		return err
	})
	for n, state := range states {
		if state != data.DeliveryWaiting {
			write(t, s, func(tx *data.Tx) error {
				return tx.EndDelivery(code, data.Delivery{Connector: "app", N: n, ToSeq: 8, State: state, Next: now, Done: now})
			})
		}
	}
	write(t, s, func(tx *data.Tx) (err error) {
		tried, _, err = tx.ClaimDelivery(code, "app", now, now)
		return err
	})
	for i, id := range []string{"q0000000000000001", "q0000000000000002"} {
		asked(t, s, data.RightsRequest{ID: id, Resident: []string{"r1", "r2"}[i], Kind: data.RequestErasure})
		runLife(t, s, day(today))
		if i > 0 {
			break
		}
		list, err := s.Deliveries(t.Context(), code, "app", []string{data.DeliveryWaiting, data.DeliveryDead, data.DeliveryTaken})
		if err != nil || len(list) != 5 {
			t.Fatalf("%d deliveries: %v", len(list), err)
		}
		for _, d := range list {
			if d.N == 3 {
				if d.Body != nil {
					t.Error("the body of what has arrived is kept")
				}
				continue
			}
			var told struct{ Items []map[string]any }
			if err := json.Unmarshal(d.Body, &told); err != nil {
				t.Fatal(err)
			}
			last := told.Items[len(told.Items)-1]
			if strings.Contains(string(d.Body), "r1") || strings.Contains(string(d.Body), "A-77") || last["resident"] != "r2" || last["seq"] != 8.0 {
				t.Errorf("%s delivery %d is %s", d.State, d.N, d.Body)
			}
			if first := told.Items[0]; d.N != 4 && (len(told.Items) != 2 || first["id"] != "t0000000000000001" || first["op"] != "withdrawn" || first["seq"] != 7.0 || len(first) != 3) {
				t.Errorf("the task is told as %v", first)
			}
		}
	}
	tried.Code = "unreachable" // a try that was under way while both were erased
	write(t, s, func(tx *data.Tx) error { return tx.EndDelivery(code, tried) })
	if n := count(t, s, `SELECT count(*) FROM connect_delivery WHERE convert_from(body, 'UTF8') ~ 'r1|r2|A-77'`); n != 0 || tried.N != 1 {
		t.Errorf("%d deliveries name somebody who was erased", n)
	}
}

func TestACorrectionIsSealedInPlaceOfWhatWas(t *testing.T) {
	s, f := life(t)
	asked(t, s, data.RightsRequest{
		ID: "q0000000000000001", Resident: "r1", Kind: data.RequestCorrection,
		Fields: map[string]data.Sealed{"phone": "19900009999", "note": "", "id_number": "510199194501010011"},
	})
	if n := count(t, s, `SELECT count(*) FROM data_request WHERE position('19900009999'::bytea IN fields::bytea) > 0`); n != 0 {
		t.Error("the request holds it in clear")
	}
	if gone := runLife(t, s, day(today)); gone["correction"] != 1 {
		t.Fatalf("%v", gone)
	}
	got, err := s.ResidentPersons(t.Context(), code, []string{"r1"})
	want := f.residents[0].Person
	want.Phone, want.Note, want.IDNumber = "19900009999", "", "510199194501010011"
	if err != nil || got["r1"] != want {
		t.Errorf("it is not what was asked for: %v", err)
	}
	same := f.residents[1]
	same.ID, same.Person.IDNumber = "r9", "510199194501010011"
	var twice *data.TwiceError
	if err := s.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{same}) }); !errors.As(err, &twice) {
		t.Errorf("the new number is not known: %v", err)
	}
	t.Run("and no import of what was corrected brings that back", func(t *testing.T) {
		imported := func(change func(*data.Person)) data.Person {
			t.Helper()
			again := f.residents[0]
			change(&again.Person)
			write(t, s, func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{again}) })
			got, err := s.ResidentPersons(t.Context(), code, []string{"r1"})
			if err != nil {
				t.Fatal(err)
			}
			return got["r1"]
		}
		if got := imported(func(*data.Person) {}); got != want {
			t.Error("the file from before the correction has undone it")
		}
		if got := imported(func(p *data.Person) { p.Phone = "" }); got != want {
			t.Error("a file without the telephone has undone it")
		}
		after := want
		after.Phone = "19900008888"
		if got := imported(func(p *data.Person) { p.Phone = "19900008888" }); got != after {
			t.Error("what the source has newly learned is not taken, or something else is")
		}
		after.Phone = f.residents[0].Person.Phone
		if got := imported(func(*data.Person) {}); got != after {
			t.Error("once the source has told something new of the telephone it is believed")
		}
		if n := count(t, s, `SELECT count(*) FROM data_request WHERE position('19900009999'::bytea IN replaced::bytea) > 0 OR position($$`+f.residents[0].Person.Phone.Reveal()+`$$::bytea IN replaced::bytea) > 0`); n != 0 {
			t.Error("the request holds what was there in clear")
		}
		asked(t, s, data.RightsRequest{ID: "q0000000000000011", Resident: "r1", Kind: data.RequestCorrection, Fields: map[string]data.Sealed{"phone": "19900007777"}})
		runLife(t, s, day(today))
		after.Phone = "19900007777"
		if got := imported(func(*data.Person) {}); got != after {
			t.Error("a second correction does not hold")
		}
	})
	t.Run("one of somebody who was erased is done with nothing done", func(t *testing.T) {
		asked(t, s, data.RightsRequest{ID: "q0000000000000002", Resident: "r1", Kind: data.RequestErasure})
		asked(t, s, data.RightsRequest{ID: "q0000000000000003", Resident: "r1", Kind: data.RequestCorrection, Fields: map[string]data.Sealed{"name": "新"}})
		asked(t, s, data.RightsRequest{ID: "q0000000000000004", Resident: "r2", Kind: data.RequestRestriction})
		gone, err := s.RunLife(t.Context(), code, day(today), nil)
		if err != nil || gone["erasure"] != 1 || gone["restriction"] != 1 || gone["correction"] != 1 {
			t.Errorf("%v, %v", gone, err)
		}
	})
}

func TestARequestIsDecidedOnceAndByThoseWhoSeeTheResident(t *testing.T) {
	s, _ := life(t)
	r := data.RightsRequest{ID: "q0000000000000001", Resident: "r1", Kind: data.RequestAccess, Reason: "想看看", AskedBy: "a1"}
	atDesk(t, s, func(ctx context.Context, d *data.Desk) error {
		if err := d.Ask(ctx, code, data.RightsRequest{ID: "q0000000000000002", Resident: "r77", Kind: data.RequestAccess}); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("a resident who is not there: %v", err)
		}
		if err := d.Ask(ctx, code, r); err != nil {
			return err
		}
		if q, err := d.RightsRequest(ctx, code, r.ID); err != nil || q.Status() != "open" || q.Reason != r.Reason || q.AskedBy != "a1" {
			t.Errorf("%+v, %v", q, err)
		}
		if err := d.Decide(ctx, code, r.ID, false, "不是本人", "a2"); err != nil {
			return err
		}
		if err := d.Decide(ctx, code, r.ID, true, "", "a2"); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("decided twice: %v", err)
		}
		return nil
	})
	if gone := runLife(t, s, day(today)); gone["access"] != 0 {
		t.Errorf("%v", gone)
	}
	atDesk(t, s, func(ctx context.Context, d *data.Desk) error {
		q, err := d.RightsRequest(ctx, code, r.ID)
		if err != nil || q.Status() != "refused" || q.DecisionReason != "不是本人" {
			t.Errorf("%+v, %v", q, err)
		}
		return nil
	})
}

func TestACopyTellsAllThatIsStored(t *testing.T) {
	s, f := life(t)
	atDesk(t, s, func(ctx context.Context, d *data.Desk) error {
		for _, c := range []data.Consent{{Purpose: "care", Given: true, How: "written", By: "a1"}, {Purpose: "care", Given: false, How: "spoken", By: "a1"}} {
			if err := d.PutConsent(ctx, code, "r1", c); err != nil {
				return err
			}
		}
		list, err := d.Consents(ctx, code, "r1")
		if err != nil || len(list) != 2 || list[0].N != 2 || list[0].Given || !list[1].Given {
			t.Errorf("%+v, %v", list, err)
		}
		r := data.RightsRequest{ID: "q0000000000000009", Resident: "r1", Kind: data.RequestAccess, Reason: "想看看"}
		if err := d.Ask(ctx, code, r); err != nil {
			return err
		}
		if err := d.Decide(ctx, code, r.ID, true, "属实", "a2"); err != nil {
			return err
		}
		c, err := d.PersonCopy(ctx, code, r.ID)
		if err != nil {
			return err
		}
		var v map[string]any
		if err := json.Unmarshal(c.Record, &v); err != nil {
			return err
		}
		for _, key := range []string{"grade", "kinds", "visits", "consents", "team"} {
			if v[key] == nil {
				t.Errorf("%s is not in the copy: %s", key, c.Record)
			}
		}
		if c.Person != f.residents[0].Person {
			t.Error("the person is another")
		}
		return nil
	})
}

func TestWhatIsOverIsTakenAwayAndNothingElse(t *testing.T) {
	s, _ := life(t)
	later := day("2030-06-01") // more than three years after the fixture's visits
	rules, err := s.Retention(t.Context(), code, later, true)
	if err != nil {
		t.Fatal(err)
	}
	due := map[string]int64{}
	for _, r := range rules {
		due[r.Kind] = r.Due
	}
	if due[data.KindVisits] != 1 || due[data.KindImports] != 1 || due[data.KindAudit] != 0 {
		t.Errorf("due: %v", due)
	}
	gone := runLife(t, s, later)
	for kind, n := range due {
		if gone[kind] != n {
			t.Errorf("%s: %d have gone of %d", kind, gone[kind], n)
		}
	}
	// A due date hangs on the last visit that was made.
	if n := count(t, s, `SELECT count(*) FROM visit WHERE done`); n != 2 {
		t.Errorf("%d last visits are left", n)
	}
	if again := runLife(t, s, later); len(again) != 0 {
		t.Errorf("again: %v", again)
	}
	t.Run("as long as the district has decided, and no shorter than the law", func(t *testing.T) {
		set := func(kind string, days int, basis string) error {
			return s.Write(t.Context(), func(tx *data.Tx) error { return tx.SetRetention(code, kind, days, basis, "a1") })
		}
		var invalid *data.InvalidError
		for _, bad := range []error{set("shoes", 10, "x"), set(data.KindAudit, 30, "x"), set(data.KindVisits, 0, "x"), set(data.KindVisits, 30, "")} {
			if !errors.As(bad, &invalid) {
				t.Errorf("got %v", bad)
			}
		}
		if err := set(data.KindVisits, 30, "试点期间"); err != nil {
			t.Fatal(err)
		}
		rules, err := s.Retention(t.Context(), code, day(today), false)
		if err != nil || len(rules) != len(data.RetentionReference()) {
			t.Fatalf("%d rules: %v", len(rules), err)
		}
		for _, r := range rules {
			if r.Kind == data.KindVisits && (r.Days != 30 || !r.Set || r.Basis != "试点期间") {
				t.Errorf("%+v", r)
			}
		}
	})
}

func TestWhoLeftLongAgoIsErased(t *testing.T) {
	s, f := life(t)
	r := f.residents[1]
	r.Person.Name = "王五六丙"
	r.Absent = []planner.DateRange{{From: day("2026-01-10"), To: day("9999-12-31")}}
	write(t, s, func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{r}) })
	if gone := runLife(t, s, day("2026-12-01")); gone[data.KindPersons] != 0 {
		t.Errorf("too early: %v", gone)
	}
	if gone := runLife(t, s, day(today)); gone[data.KindPersons] != 1 {
		t.Errorf("%v", gone)
	}
	if got, err := s.ResidentPersons(t.Context(), code, []string{"r2"}); err != nil || len(got) != 0 {
		t.Errorf("%d persons, %v", len(got), err)
	}
}

func TestAVisitorWhoHasLeftIsAnIdWhenTheirTimeIsOver(t *testing.T) {
	s, f := life(t)
	ctx := t.Context()
	v := f.visitors[0]
	v.Name, v.Phone, v.Skills, v.Left = "周七八丁", "19900000777", []string{"bathing"}, day("2026-11-10")
	put := func() { write(t, s, func(tx *data.Tx) error { return tx.PutVisitors(code, []data.Visitor{v}) }) }
	was, err := s.VisitorPersons(ctx, code, []string{v.ID})
	if err != nil || len(was) != 1 {
		t.Fatal(was, err)
	}
	put()
	stored, err := s.Visitors(ctx, code)
	i := slices.IndexFunc(stored, func(o data.Visitor) bool { return o.ID == v.ID })
	if err != nil || i < 0 {
		t.Fatal(err)
	}
	if got := stored[i]; got.Left != v.Left || len(got.Scope)+len(got.Shifts)+len(got.Skills)+len(got.DaysOff) != 0 || got.Scope == nil || got.Shifts == nil || got.Start == v.Start {
		t.Errorf("who has left is stored as %+v", got)
	}
	if now, err := s.VisitorPersons(ctx, code, []string{v.ID}); err != nil || now[v.ID] != was[v.ID] {
		t.Errorf("who it was is another, or gone: %v", err)
	}
	if gone := runLife(t, s, day("2027-01-30")); gone[data.KindVisitorNames] != 0 {
		t.Errorf("too early: %v", gone)
	}
	if gone := runLife(t, s, day("2027-02-10")); gone[data.KindVisitorNames] != 1 {
		t.Errorf("%v", gone)
	}
	put() // the same file once more
	if got, err := s.VisitorPersons(ctx, code, []string{v.ID}); err != nil || len(got) != 0 {
		t.Errorf("the name is back: %v", err)
	}
	if rows, err := s.Events(ctx, code, data.EventFilter{Action: data.ActDelete, Object: "visitor_person", Record: v.ID}); err != nil || len(rows) != 1 {
		t.Errorf("%d rows of the audit: %v", len(rows), err)
	}
	v.Left = 0 // who comes back
	put()
	if got, err := s.VisitorPersons(ctx, code, []string{v.ID}); err != nil || got[v.ID].Name != v.Name {
		t.Errorf("who came back has no name: %v", err)
	}
}

func TestAnAccountThatWasDisabledLongAgoIsAnIdAndIsNeverOpenedAgain(t *testing.T) {
	s, f := life(t)
	ctx, g, key := t.Context(), s.Gate(), accountID(3)
	for _, a := range []data.Account{
		{ID: accountID(1), Login: "zhou.qi", Name: "周七", Visitor: f.visitors[0].ID, Password: "$x", PIN: "$y", TOTP: "secret", TOTPOn: true, Recovery: []string{"r"}},
		{ID: accountID(2), Login: "wu.ba", Name: "吴八", Password: "$x"},
		{ID: key, Login: "key-0123456789abcdef", Name: "gridapp"},
	} {
		if err := g.PutAccount(ctx, code, a); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Give(ctx, code, data.Grant{Account: accountID(1), Role: data.RoleAuditor, GivenBy: "os:li", Reason: "接替周七"}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{accountID(1), key} {
		if err := g.Disable(ctx, code, id, true); err != nil {
			t.Fatal(err)
		}
	}
	now := planner.DateOf(time.Now())
	if gone := runLife(t, s, now+1094); gone[data.KindAccounts] != 0 {
		t.Errorf("too early: %v", gone)
	}
	if gone := runLife(t, s, now+1097); gone[data.KindAccounts] != 2 {
		t.Errorf("%v", gone)
	}
	a, err := g.Account(ctx, code, accountID(1))
	if err != nil || a.ClosedAt == nil || a.Login != a.ID || a.Name.Reveal()+a.Password+a.PIN+a.TOTP.Reveal() != "" || a.TOTPOn || len(a.Recovery) != 0 || a.Visitor == "" {
		t.Errorf("what is left of it: %+v, %v", a, err)
	}
	if a, err := g.Account(ctx, code, key); err != nil || a.Login != "key-0123456789abcdef" || a.Name != "" {
		t.Errorf("what is left of a key: %+v, %v", a, err)
	}
	if grants, err := g.Grants(ctx, code, accountID(1)); err != nil || len(grants) != 1 || grants[0].GivenBy != "os:li" || grants[0].Reason != "" {
		t.Errorf("what it was granted: %v, %v", grants, err)
	}
	if rows, err := s.Events(ctx, code, data.EventFilter{Record: accountID(1)}); err != nil || len(rows) < 3 || rows[0].Object != "account" || rows[0].Action != data.ActDelete {
		t.Errorf("%d rows of the audit: %v", len(rows), err)
	}
	if a, err := g.Account(ctx, code, accountID(2)); err != nil || a.ClosedAt != nil || a.Name != "吴八" {
		t.Errorf("an account in use: %+v, %v", a, err)
	}
	for what, err := range map[string]error{
		"opened again": g.Disable(ctx, code, accountID(1), false),
		"a new secret": g.ResetSecret(ctx, code, accountID(1), "$z", time.Now().Add(time.Hour)),
		"another name": g.Describe(ctx, code, accountID(1), "周七", ""),
		"another grant": func() error {
			_, err := g.Give(ctx, code, data.Grant{Account: accountID(1), Role: data.RoleAuditor, GivenBy: "os:li"})
			return err
		}(),
	} {
		if !errors.Is(err, data.ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// The login is free for whoever comes next.
	if err := g.PutAccount(ctx, code, data.Account{ID: accountID(4), Login: "zhou.qi", Name: "周七"}); err != nil {
		t.Error(err)
	}
	if gone := runLife(t, s, now+1097); gone[data.KindAccounts] != 0 {
		t.Errorf("again: %v", gone)
	}
}

func TestEveryKindSaysWhyItIsKept(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range data.RetentionReference() {
		if r.Days < r.Least || r.Days < 1 || r.Basis == "" || !strings.Contains(r.Source, "法") || seen[r.Kind] {
			t.Errorf("%+v", r)
		}
		seen[r.Kind] = true
	}
}
