package service_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// A case is where whom it is about lives, or with the heirs of its area; a department
// that leads one of nobody takes part in it.
func TestACaseIsSeenWhereItIsAndByWhoLeadsIt(t *testing.T) {
	b := newRecordBed(t)
	ctx := t.Context()
	first, second := west+"001", west+"002"
	one1, two := b.seat(1, data.RoleLeader, first, "", ""), b.seat(2, data.RoleLeader, second, "", "")
	civil, health := b.seat(3, data.RoleDepartment, "", "civil_affairs", ""), b.seat(4, data.RoleDepartment, "", "health", "")
	b.now = b.now.Add(time.Minute) // their roles began just now
	open := func(n service.NewCase) data.Case {
		n.Kind, n.Source, n.Text = "general", "found", "a lamp is out"
		return must(b.OpenCase(one1, lattice, n))(t)
	}
	about, place := open(service.NewCase{Resident: "r0200"}), open(service.NewCase{Area: first})
	see := func(who context.Context) (out []string) {
		t.Helper()
		list, _, err := b.Cases(who, lattice, map[bool]string{true: first, false: second}[who == one1], true)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			out = append(out, c.ID)
		}
		slices.Sort(out)
		return out
	}
	both := []string{about.ID, place.ID}
	slices.Sort(both)
	if a, b := see(one1), see(two); !slices.Equal(a, both) || len(b) != 0 {
		t.Errorf("in the first grid are %v, in the second %v", a, b)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'case' AND action = 'read' AND ids @> ARRAY['r0200', $1]`, about.ID); n == 0 {
		t.Error("who looked at a case is not in the audit as who looked at whom it is about")
	}

	// The resident moves to the next grid.
	if err := b.owner.Write(ctx, func(tx *data.Tx) error {
		return tx.PutMembership(lattice, data.Membership{Residents: []data.Home{{ID: "r0200", Grid: second}}})
	}); err != nil {
		t.Fatal(err)
	}
	if a, b := see(one1), see(two); !slices.Equal(a, []string{place.ID}) || !slices.Equal(b, []string{about.ID}) {
		t.Errorf("after the move in the first grid are %v, in the second %v", a, b)
	}
	if c, _, err := b.Case(two, lattice, about.ID); err != nil || c.Area != second {
		t.Errorf("it is in %s: %v", c.Area, err)
	}

	// The first grid ends, and the second is its heir.
	for _, sql := range []string{
		`UPDATE incident SET opened_at = opened_at - interval '10 days' WHERE district = $1`,
		`INSERT INTO draft (district, id, name, base_day, base_version, created_at, changed_at) VALUES ($1, 1, 'x', '2026-01-01', 1, now(), now())`,
		`INSERT INTO publication (district, id, draft, effective, published_at) VALUES ($1, 1, 1, (now() AT TIME ZONE 'Asia/Shanghai')::date - 3, now())`,
		`INSERT INTO area_lineage (district, publication, from_area, to_area, heir) VALUES ($1, 1, '` + first + `', '` + second + `', true)`,
		`UPDATE area_version SET valid_to = (now() AT TIME ZONE 'Asia/Shanghai')::date - 3 WHERE district = $1 AND area = '` + first + `'`,
	} {
		if _, err := b.owner.Pool().Exec(ctx, sql, lattice); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if c, _, err := b.Case(two, lattice, place.ID); err != nil || c.Area != second {
		t.Errorf("a case of a grid that ended is in %s: %v", c.Area, err)
	}
	if got := see(two); !slices.Equal(got, both) {
		t.Errorf("the heir's leader sees %v, want both", got)
	}

	// It is passed on to departments.
	if _, err := b.PassCase(two, lattice, place.ID, data.CaseDepartments, "housing", "the lamp is theirs"); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("passed to a department that there is not: %v", err)
	}
	if got := see(civil); len(got) != 0 {
		t.Errorf("before it is theirs a department sees %v", got)
	}
	for _, id := range both {
		must(b.PassCase(two, lattice, id, data.CaseDepartments, "civil_affairs", "the lamp is theirs"))(t)
	}
	if got, others := see(civil), see(health); !slices.Equal(got, []string{place.ID}) || len(others) != 0 {
		t.Errorf("the department that leads sees %v, another %v; of somebody it sees none who is not handed over", got, others)
	}
	must(b.StepCase(civil, lattice, place.ID, data.CaseArrival, "on the way"))(t)
	must(b.PassCase(civil, lattice, place.ID, data.CaseGrid, "", "the lamp burns"))(t)
	if _, steps, err := b.Case(civil, lattice, place.ID); err != nil || len(steps) != 4 {
		t.Errorf("who has led it reads what became of it: %d steps, %v", len(steps), err)
	}
	if _, err := b.StepCase(civil, lattice, place.ID, data.CaseClosed, "done"); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("who leads it no more goes on with it: %v", err)
	}
	if _, _, err := b.Case(health, lattice, place.ID); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("another department reads it: %v", err)
	}
}
