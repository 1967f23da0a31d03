package data_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sanse/data"
)

// Areas change while grants stay: who was granted an area sees what took its
// place, from the day on that the boundaries hold, until they are taken back.
func TestAGrantFollowsTheLineageOfItsArea(t *testing.T) {
	w := newDeskWorld(t)
	ctx := t.Context()
	from, heir, later := deskGrid2, deskCommunity2+"002", deskCommunity3+"002"
	w.exec(t, `INSERT INTO draft (district, id, name, base_day, base_version, created_at, changed_at) VALUES ($1, 1, 'x', '2026-01-01', 1, now(), now())`, deskDistrict)
	publish := func(id int, day string, backTo any, to ...string) {
		var draft any
		if backTo == nil {
			draft = 1
		}
		w.exec(t, `INSERT INTO publication (district, id, draft, back_to, effective, published_at) VALUES ($1, $2, $3, $4::text::date, (now() AT TIME ZONE 'Asia/Shanghai')::date + $5::text::int, now())`,
			deskDistrict, id, draft, backTo, day)
		for _, area := range to {
			w.exec(t, `INSERT INTO area_lineage (district, publication, from_area, to_area, heir) VALUES ($1, $2, $3, $4, true)`, deskDistrict, id, from, area)
		}
	}
	looker := func(n int, role data.Role, visitor string, granted time.Time) data.Token {
		account := w.account(t, "x", visitor)
		g := data.Grant{Account: account, Role: role, GivenBy: "ops", From: granted}
		if role != data.RoleWorker {
			g.Area = from
		}
		if _, err := w.gate.Give(ctx, deskDistrict, g); err != nil {
			t.Fatal(err)
		}
		token := data.Token(fmt.Sprintf("token-%d", n))
		if err := w.gate.OpenSession(ctx, deskDistrict, token.Hash(), data.Session{
			ID: sessionID(n), Account: account, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour),
		}); err != nil {
			t.Fatal(err)
		}
		return token
	}
	before, after := looker(1, data.RoleLeader, "", time.Now().AddDate(0, 0, -30)), looker(2, data.RoleLeader, "", time.Now().Add(-time.Minute))
	worker := looker(3, data.RoleWorker, "v-"+from, time.Now().Add(-time.Minute)) // whose scope was given in 2020
	check := func(name string, token data.Token, areas ...string) {
		t.Helper()
		want := make([]string, len(areas))
		for i, a := range areas {
			want[i] = "r-" + a
		}
		slices.Sort(want)
		got, err := keysAt(ctx, w.serving, token, `SELECT resident FROM resident_person`)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v, %v", name, got, want, err)
		}
		seated, err := w.gate.Seat(ctx, token.Hash())
		var seats []string
		for _, g := range seated.Grants {
			seats = append(seats, "r-"+g.Area)
		}
		slices.Sort(seats)
		if err != nil || !slices.Equal(seats, want) {
			t.Errorf("%s: seats for %v, want %v, %v", name, seats, want, err)
		}
	}
	check("before anything is published", before, from)
	publish(1, "-10", nil, from, heir)
	check("granted before: the heir too", before, from, heir)
	check("granted after: taken at its word", after, from)
	check("a worker whose areas were given before", worker, from, heir)
	publish(2, "5", nil, later)
	check("what is published for a day to come moves nobody", before, from, heir)
	publish(3, "-5", time.Now().AddDate(0, 0, -20).Format(time.DateOnly))
	check("taken back", before, from)
}

// A piece that goes to a neighbour opens nothing of the neighbour's ground, to
// nobody: what is followed are the heirs of an area, as its publication has them.
func TestAPieceOfGroundDoesNotOpenTheNeighbours(t *testing.T) {
	w := newDeskWorld(t)
	ctx := t.Context()
	from, neighbour, fresh, ended := deskGrid2, deskCommunity2+"002", deskCommunity2+"009", deskCommunity3+"002"
	w.exec(t, `INSERT INTO draft (district, id, name, base_day, base_version, created_at, changed_at) VALUES ($1, 1, 'x', '2026-01-01', 1, now(), now())`, deskDistrict)
	w.exec(t, `INSERT INTO area (district, code, level, parent) VALUES ($1, $2, 4, $3)`, deskDistrict, fresh, deskCommunity2)
	w.exec(t, `INSERT INTO publication (district, id, draft, effective, published_at) VALUES ($1, 1, 1, (now() AT TIME ZONE 'Asia/Shanghai')::date - 10, now())`, deskDistrict)
	for l, heir := range map[[2]string]bool{{from, from}: true, {from, neighbour}: false, {from, fresh}: true, {ended, neighbour}: true} {
		w.exec(t, `INSERT INTO area_lineage (district, publication, from_area, to_area, heir) VALUES ($1, 1, $2, $3, $4)`, deskDistrict, l[0], l[1], heir)
	}
	for n, test := range []struct {
		name string
		role data.Role
		area string
		want []string
	}{
		{"a leader of the area that gave a piece: it, and what was made of it", data.RoleLeader, from, []string{from, fresh}},
		{"a planner of it", data.RolePlanner, from, []string{from, fresh}},
		{"a leader of an area that ended: who took it over too", data.RoleLeader, ended, []string{neighbour, ended}},
		{"a worker of it", data.RoleWorker, from, []string{from, fresh}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := data.Grant{Role: test.role, Area: test.area, GivenBy: "ops", From: time.Now().AddDate(0, 0, -30)}
			visitor := ""
			if test.role == data.RoleWorker {
				g.Area, visitor = "", "v-"+from
			}
			g.Account = w.account(t, fmt.Sprint("x", n), visitor)
			if _, err := w.gate.Give(ctx, deskDistrict, g); err != nil {
				t.Fatal(err)
			}
			token := data.Token(fmt.Sprintf("token-%d", n+1))
			if err := w.gate.OpenSession(ctx, deskDistrict, token.Hash(), data.Session{
				ID: sessionID(n + 1), Account: g.Account, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour),
			}); err != nil {
				t.Fatal(err)
			}
			desk, err := keysAt(ctx, w.serving, token, `SELECT * FROM trust.areas('records')`)
			if err != nil {
				t.Fatal(err)
			}
			seated, err := w.gate.Seat(ctx, token.Hash())
			if err != nil {
				t.Fatal(err)
			}
			var seats []string
			for _, g := range seated.Grants {
				seats = append(seats, g.Area)
			}
			slices.Sort(test.want)
			slices.Sort(desk)
			slices.Sort(seats)
			if !slices.Equal(desk, test.want) || !slices.Equal(seats, test.want) {
				t.Errorf("at the desk %v, seated %v, want %v", desk, seats, test.want)
			}
		})
	}
}
