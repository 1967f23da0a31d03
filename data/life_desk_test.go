package data_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"sanse/data"
)

// seat signs an account with one role in an area in, and returns its token and the
// context in which it asks.
func (w *deskWorld) seat(t *testing.T, n int, role data.Role, area string) (context.Context, data.Token) {
	t.Helper()
	account := w.account(t, "asker", "")
	if _, err := w.gate.Give(t.Context(), deskDistrict, data.Grant{Account: account, Role: role, Area: area, GivenBy: "ops"}); err != nil {
		t.Fatal(err)
	}
	token := data.Token("secret of " + account)
	session := data.Session{ID: sessionID(n), Account: account, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour)}
	if err := w.gate.OpenSession(t.Context(), deskDistrict, token.Hash(), session); err != nil {
		t.Fatal(err)
	}
	return data.WithActor(t.Context(), data.Actor{Account: account, Session: session.ID, Role: string(role)}), token
}

func TestRequestsAreSeenWithTheResidentAndARestrictedOneIsNamedToNobody(t *testing.T) {
	w := newDeskWorld(t)
	mine, far := "r-"+deskMicro, "r-"+deskCommunity3+"002"
	leader, leaderToken := w.seat(t, 901, data.RoleLeader, deskGrid)
	official, officialToken := w.seat(t, 902, data.RoleOfficial, deskCommunity)
	other, otherToken := w.seat(t, 903, data.RoleOfficial, deskCommunity3)
	const id = "q00000000000000aa"
	err := w.serving.AtDesk(leader, leaderToken, func(d *data.Desk) error {
		if err := d.Ask(leader, deskDistrict, data.RightsRequest{ID: "q00000000000000bb", Resident: far, Kind: data.RequestErasure, Reason: "x", AskedBy: data.ActorOf(leader).Account}); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("for a resident out of sight: %v", err)
		}
		if err := d.PutConsent(leader, deskDistrict, far, data.Consent{Purpose: "care", How: "spoken"}); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("consent of a resident out of sight: %v", err)
		}
		if err := d.PutConsent(leader, deskDistrict, mine, data.Consent{Purpose: "care", Given: true, How: "spoken", By: data.ActorOf(leader).Account}); err != nil {
			return err
		}
		return d.Ask(leader, deskDistrict, data.RightsRequest{ID: id, Resident: mine, Kind: data.RequestRestriction, Reason: "家中有纠纷", AskedBy: data.ActorOf(leader).Account})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = w.serving.AtDesk(other, otherToken, func(d *data.Desk) error {
		if list, err := d.DataRequests(other, deskDistrict); err != nil || len(list) != 0 {
			t.Errorf("another community sees %d requests: %v", len(list), err)
		}
		if list, err := d.Consents(other, deskDistrict, mine); err != nil || len(list) != 0 {
			t.Errorf("another community sees %d consents: %v", len(list), err)
		}
		if err := d.Decide(other, deskDistrict, id, true, "x", data.ActorOf(other).Account); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("another community decides: %v", err)
		}
		if _, err := d.PersonCopy(other, deskDistrict, id); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("another community takes a copy: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	named := func() (names, record bool) {
		t.Helper()
		err := w.serving.AtDesk(official, officialToken, func(d *data.Desk) error {
			persons, err := d.ResidentPersons(official, deskDistrict, []string{mine})
			if err != nil {
				return err
			}
			_, names = persons[mine]
			visible, err := d.Visible(official, deskDistrict, []string{mine})
			record = visible[mine]
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names, record
	}
	if names, record := named(); !names || !record {
		t.Fatalf("before: names %v, record %v", names, record)
	}
	err = w.serving.AtDesk(official, officialToken, func(d *data.Desk) error {
		q, err := d.RightsRequest(official, deskDistrict, id)
		if err != nil || q.Reason != "家中有纠纷" {
			t.Errorf("%v", err)
		}
		return d.Decide(official, deskDistrict, id, true, "属实", data.ActorOf(official).Account)
	})
	if err != nil {
		t.Fatal(err)
	}
	run := func() {
		t.Helper()
		if _, err := w.owner.RunLife(t.Context(), deskDistrict, day(today), nil); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if names, record := named(); names || !record {
		t.Errorf("restricted: names %v, record %v", names, record)
	}
	lift := data.RightsRequest{ID: "q00000000000000cc", Resident: mine, Kind: data.RequestRestriction, Lift: true, Reason: "已和解", AskedBy: data.ActorOf(leader).Account}
	read := data.RightsRequest{ID: "q00000000000000dd", Resident: mine, Kind: data.RequestAccess, Reason: "本人要看", AskedBy: data.ActorOf(leader).Account}
	err = w.serving.AtDesk(leader, leaderToken, func(d *data.Desk) error {
		return errors.Join(d.Ask(leader, deskDistrict, lift), d.Ask(leader, deskDistrict, read))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = w.serving.AtDesk(official, officialToken, func(d *data.Desk) error {
		if _, err := d.PersonCopy(official, deskDistrict, read.ID); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("a copy before it was decided: %v", err)
		}
		if err := d.Decide(official, deskDistrict, read.ID, true, "属实", data.ActorOf(official).Account); err != nil {
			return err
		}
		// A restriction does not end the right to know.
		if c, err := d.PersonCopy(official, deskDistrict, read.ID); err != nil || c.Person.Name == "" {
			t.Errorf("no copy of a restricted resident: %v", err)
		}
		return d.Decide(official, deskDistrict, lift.ID, true, "属实", data.ActorOf(official).Account)
	})
	if err != nil {
		t.Fatal(err)
	}
	run()
	if names, _ := named(); !names {
		t.Error("it was lifted, and nobody is named")
	}
	// The roles that serve carry nothing out.
	if _, err := w.serving.RunLife(t.Context(), deskDistrict, day(today), nil); err == nil {
		t.Error("the engine takes data away")
	}
}

// The only act that cannot be undone is under two locks: what follows is what a
// statement slipped into a page could try.
func TestADecidedRequestCannotBeSlippedIn(t *testing.T) {
	w := newDeskWorld(t)
	mine := "r-" + deskMicro
	leader, leaderToken := w.seat(t, 911, data.RoleLeader, deskGrid)
	official, officialToken := w.seat(t, 912, data.RoleOfficial, deskCommunity)
	_, forceToken := w.seat(t, 913, data.RoleTaskForce, deskCommunity)
	const open, own, refused = "q00000000000000aa", "q00000000000000bb", "q00000000000000cc"
	ask := func(ctx context.Context, token data.Token, id string) error {
		return w.serving.AtDesk(ctx, token, func(d *data.Desk) error {
			return d.Ask(ctx, deskDistrict, data.RightsRequest{ID: id, Resident: mine, Kind: data.RequestErasure, Reason: "本人要求", AskedBy: data.ActorOf(ctx).Account})
		})
	}
	if err := errors.Join(ask(leader, leaderToken, open), ask(leader, leaderToken, refused), ask(official, officialToken, own)); err != nil {
		t.Fatal(err)
	}
	err := w.serving.AtDesk(official, officialToken, func(d *data.Desk) error {
		return d.Decide(official, deskDistrict, refused, false, "不是本人", data.ActorOf(official).Account)
	})
	if err != nil {
		t.Fatal(err)
	}
	me := func(ctx context.Context) string { return data.ActorOf(ctx).Account }
	decide := `UPDATE data_request SET decision = 'accept', decided_at = now(), decided_by = '` + me(official) + `' WHERE district = '` + deskDistrict + `' AND id = '`
	insert := func(columns, values string) string {
		return `INSERT INTO data_request (district, id, resident, kind, ` + columns + `) VALUES ('` + deskDistrict + `', 'q00000000000000ff', '` + mine + `', 'erasure', ` + values + `) RETURNING id`
	}
	for _, test := range []struct {
		name  string
		token data.Token
		sql   string
	}{
		{"decided from the beginning", leaderToken, insert("asked_by, decision, decided_at", "'"+me(leader)+"', 'accept', now()")},
		{"in another's name", leaderToken, insert("asked_by", "'"+me(official)+"'")},
		{"by who may not ask", forceToken, insert("asked_by", "'"+me(leader)+"'")},
		{"decided by who asked", officialToken, decide + own + `' RETURNING id`},
		{"decided by no official", leaderToken, decide + open + `' RETURNING id`},
		{"a refusal turned round", officialToken, decide + refused + `' RETURNING id`},
		{"decided in another's name", officialToken, `UPDATE data_request SET decision = 'accept', decided_at = now(), decided_by = 'a1' WHERE id = '` + open + `' RETURNING id`},
		{"the new texts of a correction", officialToken, `SELECT encode(fields::bytea, 'hex') FROM data_request`},
		{"requests to who decides on none", forceToken, `SELECT id FROM data_request`},
		{"a copy of a request that asks for none", officialToken, `SELECT resident FROM trust.copied('` + open + `')`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := keysAt(t.Context(), w.serving, test.token, test.sql); err == nil && len(got) > 0 {
				t.Errorf("it goes through: %v", got)
			}
		})
	}
	if got, err := keysAt(t.Context(), w.serving, officialToken, decide+open+`' RETURNING id`); err != nil || len(got) != 1 {
		t.Errorf("what should go through does not: %v, %v", got, err)
	}
}
