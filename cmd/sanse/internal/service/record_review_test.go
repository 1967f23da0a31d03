package service_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/evidence"
)

// TestRecordsAreLookedAt has humans look at what came: at the list, at what is
// doubtful, and at a sample.
func TestRecordsAreLookedAt(t *testing.T) {
	b := newRecordBed(t)
	b.person("r0000", "张三")
	worker := b.seat(1, data.RoleWorker, "", "", "v1")
	leader, other := b.seat(2, data.RoleLeader, west, "", ""), b.seat(3, data.RoleLeader, east, "", "")
	plans := b.seat(4, data.RolePlanner, lattice, "", "")
	noon := (b.today - 10).Time().Add(4 * time.Hour) // in Shanghai
	at := func(resident string, minutes int) service.RecordIn {
		r := b.record(resident)
		r.Arrived = noon.Add(time.Duration(minutes) * time.Minute)
		r.Left = r.Arrived.Add(10 * time.Minute)
		return r
	}
	doubtful := at("r0000", 0)
	doubtful.Token, doubtful.Text, doubtful.Answers = "bcdfghjkmnpqrstvwxz23456789", "门锁坏了", map[string]string{"gas": "smell"}
	leaders := at("r0001", 1)
	leaders.Token = doubtful.Token
	var many []service.RecordIn
	for i := range 60 {
		many = append(many, at("r0102", 7*i))
	}
	if got := b.put(worker, doubtful); got[0] != "stored" {
		t.Fatal(got)
	}
	b.put(leader, leaders)
	b.put(worker, many[:30]...)
	b.put(worker, many[30:]...)
	from := b.today - 12
	week := (b.today - 10).WeekStart()

	t.Run("as a list, with names for who is told them", func(t *testing.T) {
		for name, test := range map[string]struct {
			who   context.Context
			q     service.RecordQuery
			code  service.Code
			n     int
			named bool
		}{
			"a leader":                {leader, service.RecordQuery{Area: west, From: from, Flag: "any"}, "", 2, true},
			"by one flag":             {leader, service.RecordQuery{Area: west, From: from, Flag: "code_forged", Open: true}, "", 2, true},
			"by another":              {leader, service.RecordQuery{Area: west, From: from, Flag: "far"}, "", 0, false},
			"a planner":               {plans, service.RecordQuery{From: from, Flag: "any"}, "", 2, false},
			"of the last seven days":  {leader, service.RecordQuery{Area: west}, "", 0, false},
			"a leader elsewhere":      {other, service.RecordQuery{Area: east, From: from}, "", 0, false},
			"of somebody else's area": {other, service.RecordQuery{Area: west, From: from}, service.CodeForbidden, 0, false},
			"a worker":                {worker, service.RecordQuery{Area: west + "001", From: from}, service.CodeForbidden, 0, false},
			"by a flag there is not":  {leader, service.RecordQuery{Area: west, From: from, Flag: "ugly"}, service.CodeInvalid, 0, false},
			"of a year":               {leader, service.RecordQuery{Area: west, From: b.today - 365}, service.CodeInvalid, 0, false},
			"after nonsense":          {leader, service.RecordQuery{Area: west, From: from, After: "x"}, service.CodeInvalid, 0, false},
		} {
			p, err := b.Records(test.who, lattice, test.q)
			if service.CodeOf(err) != test.code || len(p.Rows) != test.n {
				t.Errorf("%s: %d records, %v; want %d, %q", name, len(p.Rows), err, test.n, test.code)
				continue
			}
			for _, r := range p.Rows {
				if r.ID != doubtful.ID {
					continue
				}
				told := r.Name == "张三" && r.Text.Reveal() == "门锁坏了" && r.Answers["gas"] == "smell" && slices.Equal(r.Bad, []string{"gas"})
				hidden := r.Name == "" && r.Text == "" && r.Answers == nil && r.Bad == nil
				if test.named && !told || !test.named && !hidden {
					t.Errorf("%s is told %+v", name, r)
				}
			}
		}
		if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'visit_record' AND action = 'name' AND ids = '{r0000,r0001}'`); n != 2 {
			t.Errorf("%d looks at names are in the audit, want 2", n)
		}
	})

	t.Run("page by page", func(t *testing.T) {
		seen := map[string]bool{}
		q := service.RecordQuery{Area: west, From: from}
		for pages := 1; ; pages++ {
			p := must(b.Records(leader, lattice, q))(t)
			for _, r := range p.Rows {
				if seen[r.ID] {
					t.Errorf("%s is there twice", r.ID)
				}
				seen[r.ID] = true
			}
			if q.After = p.Next; q.After == "" || pages > 3 {
				break
			}
		}
		if len(seen) != 62 {
			t.Errorf("%d records, want 62", len(seen))
		}
	})

	t.Run("flags, again and again", func(t *testing.T) {
		id := doubtful.ID + ".code_forged"
		for _, step := range []struct {
			name, id, verdict, reason string
			who                       context.Context
			want                      service.Code
		}{
			{"elsewhere", id, "fine", "x", other, service.CodeForbidden},
			{"by a worker", id, "fine", "x", worker, service.CodeForbidden},
			{"without a word", id, "fine", " ", leader, service.CodeInvalid},
			{"with no verdict", id, "guilty", "x", leader, service.CodeInvalid},
			{"a flag that it has not", doubtful.ID + ".far", "fine", "x", plans, service.CodeNotFound},
			{"of a record that there is not", uuid.NewString() + ".far", "fine", "x", plans, service.CodeNotFound},
			{"of what is no record", "x", "fine", "x", plans, service.CodeNotFound},
			{"of a record of one's own", leaders.ID + ".code_forged", "fine", "x", leader, service.CodeNo},
			{"it is talked about", id, "talk", "the old plate\x00 is still up", leader, ""},
			{"it is fine", id, "fine", "the plate was changed", plans, ""},
		} {
			if err := b.JudgeFlag(step.who, lattice, step.id, step.verdict, step.reason); service.CodeOf(err) != step.want {
				t.Errorf("%s: %v, want %q", step.name, err, step.want)
			}
		}
		p := must(b.Flagged(leader, lattice, service.RecordQuery{Area: west, From: from}))(t)
		if len(p.Rows) != 2 || p.Rows[1].ID != doubtful.ID || p.Rows[1].Named || len(p.Rows[1].Flags) != 1 {
			t.Fatalf("the flags are of %+v", p.Rows)
		}
		looks := p.Rows[1].Flags[0].Looks
		if len(looks) != 2 || looks[0].Verdict != "talk" || looks[0].Reason.Reveal() != "the old plate is still up" || looks[1].Verdict != "fine" || looks[1].By != fmt.Sprintf("a%016x", 4) {
			t.Errorf("what was found is %+v", looks)
		}
		if p := must(b.Flagged(leader, lattice, service.RecordQuery{Area: west, From: from, Open: true}))(t); len(p.Rows) != 1 || p.Rows[0].ID != leaders.ID {
			t.Errorf("open are %+v", p.Rows)
		}
		if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_flag_look WHERE position('plate'::bytea in reason::bytea) > 0`); n != 0 {
			t.Error("a reason is not sealed")
		}
	})

	t.Run("a sample, drawn once by a seed that is told", func(t *testing.T) {
		if v := must(b.Sample(leader, lattice, west, week))(t); v.Drawn || len(v.Rows) != 0 {
			t.Errorf("before it is drawn: %+v", v)
		}
		for name, test := range map[string]struct {
			who  context.Context
			area string
			day  int
			size int
			want service.Code
		}{
			"elsewhere":                {other, west, 0, 0, service.CodeForbidden},
			"of a week to come":        {leader, west, int(b.today - week), 0, service.CodeInvalid},
			"too large":                {leader, west, 0, 51, service.CodeInvalid},
			"where nobody was seen":    {other, east, 0, 0, service.CodeNo},
			"of an area there is none": {leader, west + "999", 0, 0, service.CodeNotFound},
		} {
			if _, err := b.DrawSample(test.who, lattice, test.area, week+planner.Date(test.day), test.size); service.CodeOf(err) != test.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		v := must(b.DrawSample(leader, lattice, west, week+2, 5))(t)
		all := one[[]string](t, b.owner, `SELECT array_agg(id::text) FROM visit_record WHERE result = 'seen' AND day BETWEEN $1 AND $2`, week.Time(), (week + 6).Time())
		if !v.Drawn || v.Records != len(all) || !slices.Equal(v.IDs, evidence.Sample(all, 5, v.Seed)) || len(v.Rows) != 5 || v.Rows[0].ID != v.IDs[0] {
			t.Fatalf("the sample is %+v, of %d", v, len(all))
		}
		if _, err := b.DrawSample(leader, lattice, west, week, 5); service.CodeOf(err) != service.CodeNo {
			t.Errorf("drawn again: %v", err)
		}
		drawn := v.IDs[0]
		left := all[slices.IndexFunc(all, func(id string) bool { return !slices.Contains(v.IDs, id) && id != leaders.ID })]
		for _, step := range []struct {
			name, id, result string
			rating           int
			who              context.Context
			want             service.Code
		}{
			{"of one that was not drawn", left, "confirmed", 0, leader, service.CodeNo},
			{"elsewhere", drawn, "confirmed", 0, other, service.CodeForbidden},
			{"no result", drawn, "maybe", 0, leader, service.CodeInvalid},
			{"a rating of six", drawn, "confirmed", 6, leader, service.CodeInvalid},
			{"a rating of whom nobody reached", drawn, "not_reached", 5, leader, service.CodeInvalid},
			{"nobody answers", drawn, "not_reached", 0, plans, ""},
			{"the daughter says so", drawn, "confirmed", 4, plans, ""},
		} {
			if err := b.PutCall(step.who, lattice, step.id, step.result, step.rating, "the daughter"); service.CodeOf(err) != step.want {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		v = must(b.Sample(leader, lattice, west, week))(t)
		if calls := v.Rows[0].Calls; len(calls) != 2 || calls[1].Result != "confirmed" || calls[1].Rating != 4 || calls[0].Rating != 0 || calls[1].Words.Reveal() != "the daughter" {
			t.Errorf("the calls are %+v", calls)
		}
		if v := must(b.Sample(other, lattice, east, week))(t); v.Drawn {
			t.Error("another area has the sample too")
		}
	})
}
