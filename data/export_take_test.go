package data_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"sanse/data"
	"sanse/data/datatest"
)

func TestFilesThatLeaveAreWrittenDownInOnesOwnNameAndReadByAuditors(t *testing.T) {
	owner, serving := datatest.NewServing(t)
	write(t, owner, newFixture().put)
	ctx, g := t.Context(), serving.Gate()
	for n, role := range map[int]data.Role{1: data.RoleAuditor, 2: data.RoleOfficial, 3: data.RolePlanner} {
		if err := g.PutAccount(ctx, code, data.Account{ID: accountID(n), Login: fmt.Sprint("login", n)}); err != nil {
			t.Fatal(err)
		}
		grant := data.Grant{Account: accountID(n), Role: role, GivenBy: "ops"}
		if role != data.RoleAuditor {
			grant.Area = code
		}
		if _, err := g.Give(ctx, code, grant); err != nil {
			t.Fatal(err)
		}
		sit(t, g, n, data.Token(fmt.Sprint("token", n)), func(s *data.Session) { s.Account = accountID(n) })
	}
	now := time.Now().Truncate(time.Microsecond)
	file := func(account, k int) data.Export {
		return data.Export{
			ID: fmt.Sprintf("x%015x%x", account, k), Account: accountID(account), At: now, Kind: "draft-effect-page", Area: code, Purpose: "meeting",
			Records: 10, Until: now.Add(time.Hour), Digest: bytes.Repeat([]byte{7}, 32),
		}
	}
	take := func(as int, e data.Export, allow func(data.ExportUse) error) error {
		return serving.AtDesk(ctx, data.Token(fmt.Sprint("token", as)), func(d *data.Desk) error { return d.TakeExport(ctx, code, e, now.Add(-time.Hour), allow) })
	}
	always := func(data.ExportUse) error { return nil }
	if err := take(2, file(2, 0), always); err != nil {
		t.Fatal(err)
	}
	if err := take(2, file(3, 0), always); err == nil {
		t.Error("a file is written down in somebody else's name")
	}
	if err := take(9, file(2, 1), always); err == nil {
		t.Error("a file is written down by nobody")
	}
	t.Run("as many at once as are allowed, and no more", func(t *testing.T) {
		full := errors.New("full")
		var wg sync.WaitGroup
		var mu sync.Mutex
		taken, refused := 0, 0
		for k := range 8 {
			wg.Go(func() {
				err := take(3, file(3, k), func(u data.ExportUse) error {
					if u.Files >= 3 || u.Records != 10*u.Files {
						return full
					}
					return nil
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					taken++
				case errors.Is(err, full):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		if wg.Wait(); taken != 3 || refused != 5 {
			t.Errorf("%d taken, %d refused", taken, refused)
		}
	})
	for as, want := range map[int]int{1: 4, 2: 1, 3: 3, 9: 0} {
		err := serving.AtDesk(ctx, data.Token(fmt.Sprint("token", as)), func(d *data.Desk) error {
			rows, err := d.Reads().Exports(ctx, code, data.ExportFilter{})
			if err != nil || len(rows) != want {
				t.Errorf("session %d sees %d files, want %d (%v)", as, len(rows), want, err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := serving.Exports(ctx, code, data.ExportFilter{}); err == nil {
		t.Error("the engine reads who took what")
	}
	rows, err := owner.Exports(ctx, code, data.ExportFilter{ID: file(2, 0).ID})
	if err != nil || len(rows) != 1 || !rows[0].At.Equal(now) || rows[0].Purpose != "meeting" || !bytes.Equal(rows[0].Digest, file(2, 0).Digest) {
		t.Errorf("%+v %v", rows, err)
	}
	if rows, err := owner.Exports(ctx, code, data.ExportFilter{Account: accountID(3), Before: now.Add(time.Second), Limit: 2}); err != nil || len(rows) != 2 {
		t.Errorf("%d rows (%v)", len(rows), err)
	}
	seal, err := serving.SealExport(ctx, code, "a", "b")
	again, err2 := owner.SealExport(ctx, code, "a", "b")
	other, err3 := owner.SealExport(ctx, code, "ab", "")
	if err := errors.Join(err, err2, err3); err != nil || len(seal) != 32 || !bytes.Equal(seal, again) || bytes.Equal(seal, other) {
		t.Errorf("seals: %x %x %x %v", seal, again, other, err)
	}
	t.Run("and stay for their time", func(t *testing.T) {
		gone := runLife(t, owner, day("2036-01-01"))
		if gone[data.KindExports] != 4 {
			t.Errorf("%v", gone)
		}
	})
}

func TestTheReviewNumberOfMapsIsKept(t *testing.T) {
	owner, serving := datatest.NewServing(t)
	write(t, owner, newFixture().put)
	const number = "川S〔2026〕00012号"
	if err := serving.Write(t.Context(), func(tx *data.Tx) error { return tx.SetReviewNumber(code, number) }); err != nil {
		t.Fatal(err)
	}
	write(t, owner, func(tx *data.Tx) error { return tx.PutDistrict(newFixture().district) }) // an import of the district leaves it
	for name, s := range map[string]*data.Store{"owner": owner, "engine": serving} {
		if d, err := s.District(t.Context(), code); err != nil || d.ReviewNumber != number {
			t.Errorf("%s: %+v %v", name, d, err)
		}
	}
	if err := serving.Write(t.Context(), func(tx *data.Tx) error { return tx.SetReviewNumber("990999", number) }); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("of a district that there is not: %v", err)
	}
	if rows, err := owner.Events(t.Context(), code, data.EventFilter{Object: "review_number"}); err != nil || len(rows) != 1 || rows[0].Detail["review_number"] != number {
		t.Errorf("%+v %v", rows, err)
	}
}
