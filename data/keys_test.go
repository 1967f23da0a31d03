package data_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/data/seal"
)

// keyFile makes a key file and opens it.
func keyFile(t *testing.T) (*data.Keys, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.json")
	k, err := data.OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func openStore(t *testing.T, dsn string, keys *data.Keys) *data.Store {
	t.Helper()
	s, err := data.Open(t.Context(), dsn, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func run(t *testing.T, s *data.Store, sql string, args ...any) {
	t.Helper()
	if _, err := s.Pool().Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// readsAll fails if the fixture's people do not come back as they were.
func readsAll(t *testing.T, s *data.Store, f *fixture) {
	t.Helper()
	got, err := s.ResidentPersons(t.Context(), code, []string{"r1", "r2"})
	if err != nil || got["r1"] != f.residents[0].Person || got["r2"] != f.residents[1].Person {
		t.Errorf("residents came back otherwise: %v", err)
	}
	visitors, err := s.VisitorPersons(t.Context(), code, []string{"v1"})
	if err != nil || visitors["v1"].Name != f.visitors[0].Name || visitors["v1"].Phone != f.visitors[0].Phone {
		t.Errorf("visitors came back otherwise: %v", err)
	}
	tasks, err := s.TaskAddresses(t.Context(), code, []string{"t2"})
	if err != nil || tasks["t2"] != f.tasks[1].Address {
		t.Errorf("tasks came back otherwise: %v", err)
	}
}

// inUse returns the number of the key in use and how many values others hold.
func inUse(t *testing.T, s *data.Store, use string) (n uint32, suite string, others int64) {
	t.Helper()
	keys, err := s.DataKeys(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if !k.InUse {
			others += k.Values
		} else if k.Use == use {
			n, suite = k.N, k.Suite
		}
	}
	if n == 0 {
		t.Fatalf("no key for %s is in use: %+v", use, keys)
	}
	return n, suite, others
}

// In the catalogue is the truth: a new sealed column that nobody adds to the
// list would stay under its old key for good.
func TestEverySealedColumnIsGoneThrough(t *testing.T) {
	s := datatest.New(t)
	rows, err := s.Pool().Query(t.Context(), `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE domain_name = 'sealed' AND table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var there []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			t.Fatal(err)
		}
		there = append(there, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	listed := data.SealedColumns()
	slices.Sort(there)
	slices.Sort(listed)
	if len(there) < 8 || !slices.Equal(there, listed) {
		t.Errorf("the catalogue has %v,\nthe list of sealed_columns.go %v", there, listed)
	}
}

// old turns a store into what it was before there were data keys: everything is
// sealed and hashed with the key file's own key.
func old(t *testing.T, dsn string, f *fixture) (*data.Keys, string) {
	t.Helper()
	keys, path := keyFile(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	own, err := seal.New(seal.AES, content)
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t, dsn, datatest.Keys(t))
	write(t, s, f.put)
	put := func(v data.Sealed, table, column, id string) {
		if v == "" {
			return
		}
		b, err := own.Seal([]byte(v.Reveal()), seal.Place(table, column, code, id))
		if err != nil || b[0] != 1 {
			t.Fatalf("%x: %v", b[:1], err)
		}
		run(t, s, `UPDATE `+table+`_person SET `+column+` = $1 WHERE `+table+` = $2`, b, id)
	}
	for _, r := range f.residents {
		for column, v := range map[string]data.Sealed{"name": r.Person.Name, "id_number": r.Person.IDNumber, "phone": r.Person.Phone, "address": r.Person.Address, "note": r.Person.Note} {
			put(v, "resident", column, r.ID)
		}
	}
	for _, v := range f.visitors {
		put(v.Name, "visitor", "name", v.ID)
		put(v.Phone, "visitor", "phone", v.ID)
	}
	put(f.tasks[1].Address, "task", "address", "t2")
	hash, err := own.MAC(append(seal.Place("resident", "id_hash", code, ""), strings.ToUpper(f.residents[0].Person.IDNumber.Reveal())...))
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, `UPDATE resident_person SET id_hash = $1 WHERE resident = 'r1'`, hash)
	proof, err := own.Seal([]byte("sanse"), seal.Place("key_check", "proof", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, `DELETE FROM data_key`)
	run(t, s, `UPDATE key_check SET proof = $1, kek = NULL`, proof)
	s.Close()
	return keys, path
}

func TestADatabaseFromBeforeThereWereDataKeysOpensAndIsMoved(t *testing.T) {
	_, dsn := datatest.NewDSN(t)
	f := newFixture()
	keys, _ := old(t, dsn, f)
	wrong, _ := keyFile(t)
	if _, err := data.Open(t.Context(), dsn, wrong); !errors.Is(err, data.ErrWrongKey) {
		t.Fatalf("with another file: %v", err)
	}
	s := openStore(t, dsn, keys)
	for range 2 { // the second time nothing is left to do
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	readsAll(t, s, f)
	same := f.residents[0]
	same.ID = "r9"
	var twice *data.TwiceError
	if err := s.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{same}) }); !errors.As(err, &twice) {
		t.Errorf("a person who was stored before is not known again: %v", err)
	}
	// What is written is written with the new key beside what is there.
	n, suite, others := inUse(t, s, "seal")
	if others != 8 || suite != seal.AES {
		t.Errorf("%d values are under older keys, the new one is of %s", others, suite)
	}
	write(t, s, func(tx *data.Tx) error { return tx.PutVisitors(code, f.visitors) })
	if _, _, now := inUse(t, s, "seal"); now != others-2 {
		t.Errorf("%d values are under older keys", now)
	}
	steps := 0
	done, err := s.Reseal(t.Context(), code, func(int) { steps++ })
	if err != nil || done.Values != 6 || len(done.Retired) != 1 || done.Busy || steps == 0 {
		t.Errorf("%+v, %d steps: %v", done, steps, err)
	}
	if again, _, others := inUse(t, s, "seal"); again != n || others != 0 {
		t.Errorf("key %d is in use and %d values are under others", again, others)
	}
	readsAll(t, s, f)
	if done, err := s.Reseal(t.Context(), code, nil); err != nil || done.Values != 0 || len(done.Retired) != 0 {
		t.Errorf("again: %+v, %v", done, err)
	}
}

func TestKeysRotateWhileOthersWrite(t *testing.T) {
	for _, suite := range []string{"", seal.SM} {
		t.Run("to suite "+suite, func(t *testing.T) {
			s, dsn := datatest.NewDSN(t)
			f := newFixture()
			write(t, s, f.put)
			other := openStore(t, dsn, datatest.Keys(t)) // as another process
			readsAll(t, other, f)
			first, _, _ := inUse(t, s, "seal")

			ctx, stop := context.WithCancel(t.Context())
			var writers sync.WaitGroup
			written := make(chan struct{}, 1)
			for w := range 3 {
				writers.Go(func() {
					for i := 0; ctx.Err() == nil; i++ {
						r := f.residents[1]
						r.ID = fmt.Sprintf("w%d-%d", w, i%7)
						r.Person = data.Person{Name: data.Sealed(r.ID), Phone: data.Sealed(fmt.Sprint(i))}
						if err := other.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{r}) }); err != nil {
							t.Error(err)
							return
						}
						select {
						case written <- struct{}{}:
						default:
						}
					}
				})
			}
			for range 20 {
				<-written
			}
			second, err := s.RotateKey(t.Context(), code, suite)
			if err != nil {
				t.Fatal(err)
			}
			var retired []uint32
			for range 20 { // until there was a moment to retire in
				done, err := s.Reseal(t.Context(), code, nil)
				if err != nil {
					t.Fatal(err)
				}
				if retired = append(retired, done.Retired...); !done.Busy {
					break
				}
			}
			<-written
			stop()
			writers.Wait()
			n, name, others := inUse(t, s, "seal")
			if n != second || second == first || others != 0 || !slices.Equal(retired, []uint32{first}) {
				t.Errorf("key %d is in use, %d was made, retired %v, %d values are under others", n, second, retired, others)
			}
			if suite != "" && name != suite {
				t.Errorf("the key in use is of suite %s", name)
			}
			readsAll(t, s, f)
			readsAll(t, other, f)
			all, err := s.Residents(t.Context(), code)
			if err != nil || len(all) < 9 {
				t.Fatalf("%d residents: %v", len(all), err)
			}
			for _, r := range all {
				p, err := other.ResidentPersons(t.Context(), code, []string{r.ID})
				if err != nil || strings.HasPrefix(r.ID, "w") && p[r.ID].Name.Reveal() != r.ID {
					t.Errorf("%s: %v", r.ID, err)
				}
			}
		})
	}
}

func TestAServingProcessNoticesANewKey(t *testing.T) {
	s, dsn := datatest.NewDSN(t)
	f := newFixture()
	write(t, s, f.put)
	serving := openStore(t, dsn, datatest.Keys(t))
	readsAll(t, serving, f)
	n, err := s.RotateKey(t.Context(), code, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reseal(t.Context(), code, nil); err != nil {
		t.Fatal(err)
	}
	t.Run("when it reads", func(t *testing.T) { readsAll(t, serving, f) })
	t.Run("when it reads many in one state", func(t *testing.T) {
		serving := openStore(t, dsn, datatest.Keys(t))
		readsAll(t, serving, f)
		if _, err := s.RotateKey(t.Context(), code, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Reseal(t.Context(), code, nil); err != nil {
			t.Fatal(err)
		}
		err := serving.View(t.Context(), func(r *data.Reads) error {
			_, err := r.ResidentPersons(t.Context(), code, []string{"r1"})
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("when it writes", func(t *testing.T) {
		write(t, serving, func(tx *data.Tx) error { return tx.PutResidents(code, f.residents) })
		if now, _, others := inUse(t, s, "seal"); now <= n || others != 0 {
			t.Errorf("key %d, %d values under older ones", now, others)
		}
	})
}

func TestTheKeyOfTheHashesChangesWithAllHashes(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	hash := func() (b []byte) {
		t.Helper()
		if err := s.Pool().QueryRow(t.Context(), `SELECT id_hash FROM resident_person WHERE resident = 'r1'`).Scan(&b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	mark := func() (b []byte) {
		t.Helper()
		write(t, s, func(tx *data.Tx) (err error) { b, err = tx.Mark(code, "x", "a", "b"); return err })
		return b
	}
	before, marked := hash(), mark()
	for _, suite := range []string{seal.SM, "", seal.AES} {
		if _, err := s.RotateHashKey(t.Context(), code, suite); err != nil {
			t.Fatal(err)
		}
		after := hash()
		if bytes.Equal(before, after) {
			t.Error("the hash is what it was")
		}
		before = after
		same := f.residents[0]
		same.ID = "r9"
		var twice *data.TwiceError
		if err := s.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{same}) }); !errors.As(err, &twice) {
			t.Errorf("suite %q: the person is not known again: %v", suite, err)
		}
	}
	if !bytes.Equal(marked, mark()) {
		t.Error("a mark that is to stay for good has changed")
	}
	if _, err := s.RotateKey(t.Context(), code, "rot13"); err == nil {
		t.Error("a suite that is none")
	}
}

func TestAnotherKEKTakesOver(t *testing.T) {
	s, dsn := datatest.NewDSN(t)
	f := newFixture()
	write(t, s, f.put)
	second, _ := keyFile(t)
	kms := filepath.Join(t.TempDir(), "kms")
	if err := os.WriteFile(kms, []byte("#!/bin/sh\ncase \"$1\" in wrap) base64 -d | tr '\\000-\\377' '\\001-\\377\\000' | base64 ;; unwrap) base64 -d | tr '\\001-\\377\\000' '\\000-\\377' | base64 ;; esac\n"), 0o700); err != nil { //nolint:gosec // a program is to be run
		t.Fatal(err)
	}
	program, err := data.OpenKeyCommand(kms)
	if err != nil {
		t.Fatal(err)
	}
	third, _ := keyFile(t)
	from := datatest.Keys(t)
	for _, to := range []*data.Keys{second, program, third} {
		s := openStore(t, dsn, from)
		readsAll(t, s, f)
		n, err := s.Rewrap(t.Context(), to)
		if err != nil || n != 3 {
			t.Fatalf("%d keys: %v", n, err)
		}
		if _, err := data.Open(t.Context(), dsn, from); !errors.Is(err, data.ErrWrongKey) {
			t.Errorf("%s still opens it: %v", from.Name(), err)
		}
		// Who has the keys at hand goes on; only a new key is beyond them.
		readsAll(t, s, f)
		write(t, s, f.put)
		if _, err := s.RotateKey(t.Context(), code, ""); !errors.Is(err, data.ErrWrongKey) {
			t.Errorf("a key is made under a KEK that is out of charge: %v", err)
		}
		now := openStore(t, dsn, to)
		if err := now.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		readsAll(t, now, f)
		from = to
	}
	if _, err := s.Rewrap(t.Context(), second); !errors.Is(err, data.ErrWrongKey) {
		t.Errorf("keys that are no longer its own were wrapped anew: %v", err)
	}
	t.Run("one that cannot unwrap what it wrapped does not", func(t *testing.T) {
		if err := os.WriteFile(kms+"-broken", []byte("#!/bin/sh\nhead -c 12; cat >/dev/null\n"), 0o700); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
		broken, err := data.OpenKeyCommand(kms + "-broken")
		if err != nil {
			t.Fatal(err)
		}
		last := openStore(t, dsn, from)
		if _, err := last.Rewrap(t.Context(), broken); err == nil {
			t.Error("no error")
		}
		readsAll(t, openStore(t, dsn, from), f)
	})
}

func TestASealedValueOpensInItsDistrictAlone(t *testing.T) {
	s, dsn := datatest.NewDSN(t)
	f := newFixture()
	write(t, s, f.put)
	const elsewhere = "510198"
	g := newFixture()
	g.district.Code = elsewhere
	write(t, s, func(tx *data.Tx) error {
		if err := tx.PutDistrict(g.district); err != nil {
			return err
		}
		v := data.Visitor{Visitor: f.visitors[1].Visitor, Name: "王五六丙"}
		v.Scope = nil
		return tx.PutVisitors(elsewhere, []data.Visitor{v})
	})
	// The same id in another district.
	run(t, s, `UPDATE visitor_person v SET name = o.name FROM visitor_person o WHERE v.visitor = 'v2' AND v.district = $1 AND o.visitor = 'v2' AND o.district = $2`, code, elsewhere)
	fresh := openStore(t, dsn, datatest.Keys(t))
	for _, s := range []*data.Store{s, fresh} {
		if _, err := s.VisitorPersons(t.Context(), code, []string{"v2"}); !errors.Is(err, data.ErrWrongKey) {
			t.Errorf("a value of another district: %v", err)
		}
	}
	t.Run("nor does its key move along", func(t *testing.T) {
		run(t, s, `UPDATE data_key SET district = $1 WHERE district = $2 AND use = 'seal'`, code, elsewhere)
		fresh := openStore(t, dsn, datatest.Keys(t))
		if _, err := fresh.VisitorPersons(t.Context(), code, []string{"v2"}); !errors.Is(err, data.ErrWrongKey) {
			t.Errorf("a key of another district: %v", err)
		}
	})
}

func TestADistrictThatIsMadeAnewGoesOnWithItsKeys(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	first, _, _ := inUse(t, s, "seal")
	write(t, s, func(tx *data.Tx) error {
		if err := tx.DropDistrict(code); err != nil {
			return err
		}
		return f.put(tx)
	})
	// The audit, which outlives the district, is sealed with them.
	if n, _, others := inUse(t, s, "seal"); n != first || others != 0 {
		t.Errorf("key %d after %d, %d values under others", n, first, others)
	}
	readsAll(t, s, f)
}

// What lies beside the records is sealed anew like them.
func TestTheGateAndTheAuditAreSealedAnewToo(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	g := s.Gate()
	a := data.Account{ID: "a0123456789abcdef", Login: "li", Name: "李六七丁", TOTP: "geheim"}
	if err := g.PutAccount(t.Context(), code, a); err != nil {
		t.Fatal(err)
	}
	to := time.Now().Add(time.Hour)
	if _, err := g.HandOver(t.Context(), code, data.Handover{Resident: "r1", Account: a.ID, Kind: data.HandoverHelp, GivenBy: a.ID, To: to, Reason: "摔倒了，要有人去看"}); err != nil {
		t.Fatal(err)
	}
	old, _, _ := inUse(t, s, "seal")
	if _, err := s.RotateKey(t.Context(), code, seal.SM); err != nil {
		t.Fatal(err)
	}
	done, err := s.Reseal(t.Context(), code, nil)
	if err != nil || done.Values != 8+4 || !slices.Equal(done.Retired, []uint32{old}) {
		t.Fatalf("%+v: %v", done, err)
	}
	got, err := g.Account(t.Context(), code, a.ID)
	if err != nil || got.Name != a.Name || got.TOTP != a.TOTP {
		t.Errorf("the account came back otherwise: %v", err)
	}
	over, err := g.Handovers(t.Context(), code, "r1")
	if err != nil || len(over) != 1 || over[0].Reason.Reveal() != "摔倒了，要有人去看" {
		t.Errorf("the handover came back otherwise: %v", err)
	}
	linker := s.Linker(code)
	for waiting := true; waiting; {
		if _, waiting, err = linker.Link(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	check, err := s.VerifyAudit(t.Context(), code)
	if err != nil || check.Broken != nil || check.Rows < 2 {
		t.Errorf("the chain over the audit: %+v, %v", check, err)
	}
	keys := 0
	err = s.EachEvent(t.Context(), code, data.EventFilter{}, func(e data.Event) error {
		if e.Action == data.ActKey {
			keys++
		}
		if e.Action == data.ActGrant && e.Reason.Reveal() != "摔倒了，要有人去看" {
			t.Error("the reason in the audit came back otherwise")
		}
		return nil
	})
	if err != nil || keys != 2 {
		t.Errorf("%d uses of keys are recorded: %v", keys, err)
	}
}
