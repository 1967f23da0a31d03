package service_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// TestARecordIsStoredOnceAndCounts goes the way of a record: v1 has the first grid
// of the west, in which r0000 lives; r0600 lives in the east.
func TestARecordIsStoredOnceAndCounts(t *testing.T) {
	b := newRecordBed(t)
	worker := b.seat(1, data.RoleWorker, "", "", "v1")
	leader := b.seat(2, data.RoleLeader, west, "", "")
	planner1 := b.seat(3, data.RolePlanner, lattice, "", "")
	home := squareAt(0, 0).Bound().Center()
	code := must(b.MakeCode(leader, lattice, data.CodeHome, "r0000", "", "https://example.cn"))(t)
	if !strings.HasPrefix(code.SVG, "<svg ") || strings.Contains(code.SVG, code.Token.Reveal()) || len(code.Token.Reveal()) < 26 {
		t.Errorf("a code is %d characters and %.40s", len(code.Token.Reveal()), code.SVG)
	}
	old := must(b.MakeCode(leader, lattice, data.CodeCard, "r0001", "", "https://example.cn"))(t)
	if err := b.RetireCode(leader, lattice, old.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	if err := b.RetireCode(leader, lattice, old.ID, "lost"); service.CodeOf(err) != service.CodeNo {
		t.Errorf("retired twice: %v", err)
	}
	b.now = b.now.Add(time.Hour)
	type flags = []string
	for _, test := range []struct {
		name     string
		who      context.Context
		change   func(*service.RecordIn)
		sent     time.Duration // the phone's clock is ahead
		want     string
		evidence string
		flags    flags
	}{
		{"by hand", worker, func(*service.RecordIn) {}, 0, "stored", "time", nil},
		{"by the code at the door", worker, func(r *service.RecordIn) { r.Token, r.NoCode = code.Token, "" }, 0, "stored", "code", nil},
		{"near the door", worker, func(r *service.RecordIn) {
			r.At = &service.RecordPlace{Lon: home[0], Lat: home[1] + 0.0005, Accuracy: 10}
		}, 0, "stored", "place", nil},
		{"far from the door, and that is what is kept", worker, func(r *service.RecordIn) {
			r.At = &service.RecordPlace{Lon: home[0] + 0.02, Lat: home[1], Accuracy: 30}
		}, 0, "stored", "time", nil},
		{"two days later, without signal until now", worker, func(r *service.RecordIn) {
			r.Arrived, r.Left = r.Arrived.AddDate(0, 0, -2), r.Left.AddDate(0, 0, -2)
		}, 0, "stored", "hand", nil},
		{"by a code of nobody's", worker, func(r *service.RecordIn) { r.Token = "bcdfghjkmnpqrstvwxz23456789" }, 0, "stored", "time", flags{"code_forged"}},
		{"by a code that is out of force", worker, func(r *service.RecordIn) { r.Resident, r.Token = "r0001", old.Token }, 0, "stored", "time", flags{"code_retired"}},
		{"by a card that was in force then", worker, func(r *service.RecordIn) {
			r.Resident, r.Token, r.Arrived, r.Left = "r0001", old.Token, b.now.Add(-2*time.Hour), time.Time{}
		}, 0, "stored", "code", nil},
		{"by another door's code", worker, func(r *service.RecordIn) { r.Resident, r.Token = "r0001", code.Token }, 0, "stored", "time", flags{"code_other"}},
		{"on a phone that is a day ahead", worker, func(r *service.RecordIn) {
			r.Arrived, r.Left = r.Arrived.AddDate(0, 0, 1), r.Left.AddDate(0, 0, 1)
		}, 24 * time.Hour, "stored", "time", flags{"clock"}},
		{"on a phone that was a day ahead and was set right", worker, func(r *service.RecordIn) {
			r.Arrived, r.Left = r.Arrived.AddDate(0, 0, 1), r.Left.AddDate(0, 0, 1)
		}, 0, "stored", "time", flags{"clock"}},
		{"on a phone whose clock was put back a day behind the door", worker, func(r *service.RecordIn) { r.Arrived = r.Arrived.AddDate(0, 0, 1) }, 0, "stored", "time", flags{"clock"}},
		{"on a phone whose clock was put back a little", worker, func(r *service.RecordIn) { r.Left = r.Arrived.Add(-time.Second) }, 0, "stored", "time", nil},
		{"with control characters in the text", worker, func(r *service.RecordIn) { r.Text = "门\x00锁\u202e坏了\x1b[31m\r\n邻居说\t好" }, 0, "stored", "time", nil},
		{"nobody seen", worker, func(r *service.RecordIn) { r.Result, r.NotSeen, r.Answers = "not_seen", "no_answer", nil }, 0, "stored", "time", nil},
		{"of a resident of the community, by its leader", leader, func(r *service.RecordIn) { r.Resident = "r0405" }, 0, "stored", "time", nil},

		{"of somebody else's resident", worker, func(r *service.RecordIn) { r.Resident = "r0600" }, 0, "refused not_yours", "", nil},
		{"of nobody", worker, func(r *service.RecordIn) { r.Resident = "r9999" }, 0, "refused not_yours", "", nil},
		{"of what is no id", worker, func(r *service.RecordIn) { r.Resident = "r\x000000" }, 0, "refused not_yours", "", nil},
		{"from last spring", worker, func(r *service.RecordIn) { r.Arrived = r.Arrived.AddDate(0, 0, -100); r.Left = time.Time{} }, 0, "refused too_old", "", nil},
		{"without a code and without a reason", worker, func(r *service.RecordIn) { r.NoCode = "" }, 0, "refused invalid", "", nil},
		{"with a reason that the form does not have", worker, func(r *service.RecordIn) { r.NoCode = "lazy" }, 0, "refused invalid", "", nil},
		{"with an answer that the form does not have", worker, func(r *service.RecordIn) { r.Answers = map[string]string{"health": "<b>"} }, 0, "refused invalid", "", nil},
		{"with a question that the form does not have", worker, func(r *service.RecordIn) { r.Answers = map[string]string{"income": "good"} }, 0, "refused invalid", "", nil},
		{"by a form that there is not", worker, func(r *service.RecordIn) { r.Form = "mine" }, 0, "refused invalid", "", nil},
		{"without a time", worker, func(r *service.RecordIn) { r.Arrived = time.Time{} }, 0, "refused invalid", "", nil},
		{"from before all time, as UTC has it", worker, func(r *service.RecordIn) {
			r.Arrived = time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
		}, 0, "refused invalid", "", nil},
		{"from after all time, as UTC has it", worker, func(r *service.RecordIn) {
			r.Arrived, r.Left = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600)), time.Time{}
		}, 0, "refused invalid", "", nil},
		{"left after all time, as UTC has it", worker, func(r *service.RecordIn) {
			r.Left = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600))
		}, 0, "refused invalid", "", nil},
		{"with a place beyond the earth", worker, func(r *service.RecordIn) { r.At = &service.RecordPlace{Lon: 200} }, 0, "refused invalid", "", nil},
		{"with an id that is no UUID", worker, func(r *service.RecordIn) { r.ID = "1" }, 0, "refused invalid", "", nil},
		{"with a novel", worker, func(r *service.RecordIn) { r.Text = strings.Repeat("长", 4001) }, 0, "refused too_long", "", nil},
		{"that corrects one that there is not", worker, func(r *service.RecordIn) { r.Corrects = uuid.NewString() }, 0, "refused waiting_for", "", nil},
		{"that could not be read", worker, func(r *service.RecordIn) { r.Unread = "arrived: of another type" }, 0, "refused invalid", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := b.record("r0000")
			test.change(&r)
			good := b.record("r0000")
			if test.who == leader {
				good.Resident = "r0400"
			}
			got := b.putSent(test.who, b.now.Add(test.sent), r, good)
			if diff := cmp.Diff([]string{test.want, "stored"}, got); diff != "" {
				t.Fatalf("one and a good one beside it: %s", diff)
			}
			if test.want != "stored" {
				if _, err := uuid.Parse(r.ID); err == nil && one[int](t, b.owner, `SELECT count(*)::int FROM visit_record WHERE id = $1`, r.ID) != 0 {
					t.Error("what was refused is stored")
				}
				return
			}
			if got := one[string](t, b.owner, `SELECT evidence FROM visit_record WHERE id = $1`, r.ID); got != test.evidence {
				t.Errorf("evidence %s, want %s", got, test.evidence)
			}
			raised := one[[]string](t, b.owner, `SELECT COALESCE(array_agg(flag ORDER BY flag), '{}') FROM visit_flag WHERE record = $1`, r.ID)
			if !slices.Equal(raised, test.flags) {
				t.Errorf("flags %v, want %v", raised, test.flags)
			}
			if late := one[bool](t, b.owner, `SELECT arrived > received OR COALESCE(left_at > received, false) FROM visit_record WHERE id = $1`, r.ID); late {
				t.Error("it is of a time to come")
			}
			if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit v JOIN visit_record r USING (district, resident, day)
				WHERE r.id = $1 AND v.done = (r.result = 'seen') AND v.grid = r.grid`, r.ID); n != 1 {
				t.Errorf("%d visits are made of it", n)
			}
			// The same again, however often, whatever the clock says meanwhile.
			if again := b.putSent(test.who, b.now.Add(time.Hour), r, r); !slices.Equal(again, []string{"same", "same"}) {
				t.Errorf("sent again: %v", again)
			}
			r.Result, r.NotSeen = "not_seen", "away"
			if r.Answers = nil; test.name != "nobody seen" {
				if other := b.put(test.who, r); !slices.Equal(other, []string{"refused conflict"}) {
					t.Errorf("something else under its id: %v", other)
				}
			}
		})
	}
	if got := b.putSent(worker, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), b.record("r0000")); !slices.Equal(got, []string{"stored"}) {
		t.Errorf("sent when no phone's clock can be: %v", got)
	}
	const ahead = 150 * 365 * 24 * time.Hour
	far := b.record("r0000")
	far.Arrived, far.Left = far.Arrived.Add(ahead), far.Left.Add(ahead)
	if got := b.putSent(worker, b.now.Add(ahead), far); !slices.Equal(got, []string{"stored"}) {
		t.Errorf("from a phone that is further ahead than the database's integer holds seconds: %v", got)
	}
	if _, err := b.PutRecords(planner1, lattice, b.now, []service.RecordIn{b.record("r0000")}); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("who makes no visits records one: %v", err)
	}
	if _, err := b.PutRecords(b.t.Context(), lattice, b.now, []service.RecordIn{b.record("r0000")}); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("the public records a visit: %v", err)
	}
	if far := one[int](t, b.owner, `SELECT max(metres) FROM visit_record`); far != 1900 {
		t.Errorf("the farthest was made %d m away, want 1900", far)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_record_text WHERE position(convert_to('门', 'UTF8') in text::bytea) > 0`); n != 0 {
		t.Error("a text is not sealed")
	}
	if n := one[int](t, b.owner, `SELECT count(DISTINCT account)::int FROM audit WHERE object = 'visit_record' AND action = 'create' AND session <> '' AND 'r0000' = ANY (ids)`); n != 1 {
		t.Errorf("the audit has %d accounts that recorded visits at r0000, want 1", n)
	}
}

func TestACorrectionTakesItsRecordsPlace(t *testing.T) {
	b := newRecordBed(t)
	worker, other := b.seat(1, data.RoleWorker, "", "", "v1"), b.seat(2, data.RoleWorker, "", "", "v2")
	leader := b.seat(3, data.RoleLeader, west, "", "")
	visits := func() string {
		return one[string](t, b.owner, `SELECT COALESCE(string_agg(done::text, ',' ORDER BY done), '') FROM visit WHERE resident = 'r0000'`)
	}
	first := b.record("r0000")
	second := b.record("r0000")
	second.Result, second.NotSeen, second.Answers, second.Corrects = "not_seen", "no_answer", nil, first.ID
	third := b.record("r0000")
	third.Corrects = second.ID
	late := b.record("r0000")
	late.Corrects = second.ID
	for _, step := range []struct {
		who        context.Context
		r          service.RecordIn
		want, then string
	}{
		{worker, second, "refused waiting_for", ""}, // the one it corrects has not come yet
		{worker, first, "stored", "true"},
		{other, second, "refused not_yours", "true"},
		{worker, second, "stored", "false"},
		{leader, third, "stored", "true"},
		{worker, late, "refused corrects", "true"},
		{worker, first, "same", "true"},
	} {
		if got := b.put(step.who, step.r); got[0] != step.want {
			t.Fatalf("%s, want %s", got[0], step.want)
		}
		if got := visits(); got != step.then {
			t.Fatalf("after %s the visits are %q, want %q", step.want, got, step.then)
		}
	}
	// What comes together is stored together, whatever comes first, and what it corrects
	// is looked for among what comes too.
	chain := []service.RecordIn{b.record("r0002"), b.record("r0002"), b.record("r0002"), b.record("r0002"), b.record("r0002")}
	for i, corrects := range []int{1, 2, -1, 2, 4} {
		if corrects >= 0 {
			chain[i].Corrects = chain[corrects].ID
		}
	}
	chain[4].Corrects = chain[0].ID
	chain[0].Result, chain[0].NotSeen, chain[0].Answers = "not_seen", "away", nil
	want := []string{"stored", "stored", "stored", "refused corrects", "stored"}
	if got := b.put(worker, chain...); !slices.Equal(got, want) {
		t.Errorf("a chain of corrections: %v, want %v", got, want)
	}
	if got := one[string](t, b.owner, `SELECT string_agg(concat_ws(' ', done::text, record), ',') FROM visit WHERE resident = 'r0002'`); got != "true "+chain[4].ID {
		t.Errorf("the last of them makes the visit: %q", got)
	}
	around := []service.RecordIn{b.record("r0002"), b.record("r0002")}
	around[0].Corrects, around[1].Corrects = around[1].ID, around[0].ID
	if got := b.put(worker, around...); !slices.Equal(got, []string{"refused waiting_for", "refused waiting_for"}) {
		t.Errorf("two that correct each other: %v", got)
	}
	// A visit that came by file is not taken back by a correction.
	mine := b.record("r0001")
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutVisits(lattice, []data.Visit{{Resident: "r0001", Date: b.today, Done: true}})
	})
	if err != nil {
		t.Fatal(err)
	}
	not := b.record("r0001")
	not.Result, not.NotSeen, not.Answers, not.Corrects = "not_seen", "away", nil, mine.ID
	if got := b.put(worker, mine); got[0] != "stored" {
		t.Fatal(got)
	}
	if got := b.put(worker, not); got[0] != "stored" {
		t.Fatal(got)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit WHERE resident = 'r0001' AND done`); n != 1 {
		t.Errorf("%d visits of the file are left, want 1", n)
	}
}

func TestWhoeverHadItThenMayRecordIt(t *testing.T) {
	b := newRecordBed(t)
	ctx, gate := t.Context(), b.store.Gate()
	department := b.seat(1, data.RoleDepartment, "", "civil_affairs", "")
	helper := b.seat(2, data.RoleWorker, "", "", "v2")
	b.seat(3, data.RoleLeader, east, "", "")
	before, after := b.record("r0600"), b.record("r0601")
	if err := gate.EndGrant(ctx, lattice, "a"+strings.Repeat("0", 15)+"3", 1, "ops"); err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Give(ctx, lattice, data.Grant{Account: "a" + strings.Repeat("0", 15) + "3", Role: data.RoleLeader, Area: west, GivenBy: "ops"}); err != nil {
		t.Fatal(err)
	}
	now := b.sitAs(9, "a"+strings.Repeat("0", 15)+"3")
	b.now = b.now.Add(time.Hour)
	after.Arrived, after.Left = b.now, b.now
	// Grants begin when they are given: those of the test began just now.
	if _, err := b.owner.Pool().Exec(ctx, `UPDATE account_grant SET from_at = now() - interval '1 day' WHERE ended_at IS NOT NULL`); err != nil {
		t.Fatal(err)
	}
	if got := b.put(now, before, after); !slices.Equal(got, []string{"stored", "refused not_yours"}) {
		t.Errorf("before and after the role ended: %v", got)
	}
	handed := b.record("r0502")
	if got := b.put(department, handed); got[0] != "refused not_yours" {
		t.Errorf("before it was handed over: %v", got)
	}
	_, err := gate.HandOver(ctx, lattice, data.Handover{Resident: "r0502", Body: "civil_affairs", Kind: data.HandoverCase, From: time.Now().Add(-time.Minute), To: time.Now().Add(time.Hour), GivenBy: "ops"})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.put(department, handed); got[0] != "stored" {
		t.Errorf("handed over: %v", got)
	}
	// A plan sent them there that day, whatever it says now.
	sent := b.record("r0603")
	if got := b.put(helper, sent); got[0] != "refused not_yours" {
		t.Errorf("without a plan: %v", got)
	}
	for _, sql := range []string{
		`INSERT INTO plan (district, id, start_day, days, seed, made_at, is_current, summary) VALUES ($1, 1, $2, 1, 1, now(), false, '{}')`,
		`INSERT INTO plan_itinerary (district, plan, visitor, day, depart, block, return_seconds) VALUES ($1, 1, 'v2', $2, 480, '` + east + `', 0)`,
		`INSERT INTO plan_stop (district, plan, visitor, day, depart, n, resident, arrive, leave, walk_seconds, due_by, owed) VALUES ($1, 1, 'v2', $2, 480, 1, 'r0603', 490, 510, 0, $2, false)`,
	} {
		if _, err := b.owner.Pool().Exec(ctx, sql, lattice, b.today.Time()); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.put(helper, sent); got[0] != "stored" {
		t.Errorf("sent there by a plan: %v", got)
	}
}

// TestARecordHasTheGridOfItsDay redraws the border between the first two grids of
// the west from today on: a record of before has the grid of before, and is still
// to be had from whoever was there then.
func TestARecordHasTheGridOfItsDay(t *testing.T) {
	b := newRecordBed(t)
	leader := b.seat(1, data.RoleLeader, west+"001", "", "")
	yesterday := b.record("r0200")
	yesterday.Arrived, yesterday.Left = yesterday.Arrived.AddDate(0, 0, -1), yesterday.Left.AddDate(0, 0, -1)
	today := b.record("r0200")
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutAreas(lattice, []data.Area{
			{Area: geo.Area{Code: west + "001", Level: geo.LevelGrid, Parent: west, Name: "网格", Boundary: ground(0, 0, 2, 3)}, ValidFrom: b.today},
			{Area: geo.Area{Code: west + "002", Level: geo.LevelGrid, Parent: west, Name: "网格", Boundary: ground(2, 0, 6, 3)}, ValidFrom: b.today},
		}), tx.PutMembership(lattice, data.Membership{Residents: []data.Home{{ID: "r0200", Grid: west + "002"}}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.put(leader, yesterday, today); !slices.Equal(got, []string{"stored", "refused not_yours"}) {
		t.Errorf("yesterday's and today's: %v", got)
	}
	if got := one[string](t, b.owner, `SELECT grid FROM visit WHERE resident = 'r0200'`); got != west+"001" {
		t.Errorf("yesterday's visit is of grid %s", got)
	}
	if d := one[time.Time](t, b.owner, `SELECT day FROM visit WHERE resident = 'r0200'`); planner.DateOf(d) != b.today-1 {
		t.Errorf("it is of %s", d)
	}
}

// TestWhatCameIsJudgedBesideTheOthers raises flags after the fact, once, and tells
// whatever is made of visits that they have changed.
func TestWhatCameIsJudgedBesideTheOthers(t *testing.T) {
	b := newRecordBed(t)
	noon := time.Date(b.now.Year(), b.now.Month(), b.now.Day(), 4, 0, 0, 0, time.UTC).AddDate(0, 0, -1) // noon in Shanghai, yesterday
	worker := b.seat(1, data.RoleWorker, "", "", "v3")
	near, far := b.record("r0600"), b.record("r1105") // five squares apart, and five up: more than a kilometre
	near.Arrived, near.Left = noon, noon.Add(5*time.Minute)
	far.Arrived, far.Left = noon.Add(6*time.Minute), noon.Add(20*time.Minute)
	if got := b.put(worker, far); got[0] != "stored" {
		t.Fatal(got)
	}
	before := one[int64](t, b.owner, `SELECT data_version FROM district`)
	if n := must(b.JudgeRecords(t.Context(), lattice))(t); n != 1 {
		t.Errorf("%d were judged, want 1", n)
	}
	// The one before it comes later, from a phone without signal.
	if got := b.put(worker, near); got[0] != "stored" {
		t.Fatal(got)
	}
	for _, want := range []int{1, 0} {
		if n := must(b.JudgeRecords(t.Context(), lattice))(t); n != want {
			t.Errorf("%d were judged, want %d", n, want)
		}
	}
	if got := one[string](t, b.owner, `SELECT string_agg(record::text || ' ' || flag, ',') FROM visit_flag`); got != far.ID+" fast" {
		t.Errorf("flags: %s, want %s fast", got, far.ID)
	}
	if after := one[int64](t, b.owner, `SELECT data_version FROM district`); after < before+2 {
		t.Errorf("the data version went from %d to %d", before, after)
	}
}

// Of a resident who was erased only that somebody was there is kept, whether the record
// came before the erasure or after it, and the phone may forget it.
func TestARecordOfSomebodyErasedIsStoredWithoutThem(t *testing.T) {
	b := newRecordBed(t)
	worker := b.seat(1, data.RoleWorker, "", "", "v1")
	home := squareAt(0, 0).Bound().Center()
	r := b.record("r0000")
	r.Text, r.At = "the son has moved in", &service.RecordPlace{Lon: home[0] + 0.02, Lat: home[1]}
	if _, err := b.owner.Pool().Exec(t.Context(), `INSERT INTO erased (district, resident, at) VALUES ($1, 'r0000', now())`, lattice); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"stored", "same"} {
		if got := b.put(worker, r); !slices.Equal(got, []string{want}) {
			t.Errorf("it is %v, want %s", got, want)
		}
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_record WHERE id = $1 AND answers = '{}' AND metres IS NULL AND content = ''`, r.ID); n != 1 {
		t.Error("what was answered is stored")
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_record_text WHERE record = $1`, r.ID); n != 0 {
		t.Error("what was written is stored")
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit WHERE record = $1`, r.ID); n != 1 {
		t.Error("nobody was there")
	}
	other := r
	other.Resident = "r0001"
	if got := b.put(worker, other); !slices.Equal(got, []string{"refused conflict"}) {
		t.Errorf("one of somebody else under its id is %v", got)
	}
}
