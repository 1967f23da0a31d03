package data_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

func TestSealedTextIsNotPrinted(t *testing.T) {
	const secret = "李四光乙"
	s := data.Sealed(secret)
	p := data.Person{Name: s, IDNumber: s, Phone: s, Address: s, Note: s}
	var out bytes.Buffer
	for _, v := range []any{s, &s, p, &p, data.Resident{ID: "r", Person: p}, []data.Sealed{s}, map[string]data.Sealed{"k": s}, data.Visitor{Visitor: planner.Visitor{Tier: planner.TierGrid}, Name: s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%z", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprint(&out, s, p)
	for _, form := range forms(secret) {
		if strings.Contains(strings.ToLower(out.String()), form) {
			t.Errorf("printed as %s", form)
		}
	}
	if s.Reveal() != secret {
		t.Error("Reveal does not")
	}
	if data.Sealed("").String() != "" {
		t.Error("what is not known looks like a secret")
	}
}

// forms lists how a text may look in a dump or a log, in lower case.
func forms(s string) []string {
	return []string{
		strings.ToLower(s), hex.EncodeToString([]byte(s)),
		strings.ToLower(base64.StdEncoding.EncodeToString([]byte(s))), strings.ToLower(fmt.Sprintf("%+q", s)[1:5]),
	}
}

func pgDump(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		return found[len(found)-1]
	}
	p, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	for _, test := range []struct{ name, sql string }{
		{"in another column", `UPDATE resident_person SET phone = name WHERE resident = 'r1'`},
		{"in another record", `UPDATE resident_person r SET name = o.name FROM resident_person o WHERE r.resident = 'r2' AND o.resident = 'r1'`},
		{"in another table", `UPDATE resident_person r SET name = v.name FROM visitor_person v WHERE r.resident = 'r1' AND v.visitor = 'v1'`},
		{"changed", `UPDATE resident_person SET name = set_byte(name, 30, get_byte(name, 30) # 1) WHERE resident = 'r1'`},
	} {
		t.Run(test.name, func(t *testing.T) {
			write(t, s, func(tx *data.Tx) error { return tx.PutResidents(code, f.residents) })
			if _, err := s.Pool().Exec(t.Context(), test.sql); err != nil {
				t.Fatal(err)
			}
			if _, err := s.ResidentPersons(t.Context(), code, []string{"r1", "r2"}); !errors.Is(err, data.ErrWrongKey) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("and not where clear text was written", func(t *testing.T) {
		if _, err := s.Pool().Exec(t.Context(), `UPDATE resident_person SET name = 'clear' WHERE resident = 'r1'`); err == nil {
			t.Error("a sealed column takes text too short to be sealed")
		}
	})
}

func TestAnotherKeyFileIsRefusedAtOnce(t *testing.T) {
	_, dsn := datatest.NewDSN(t)
	keys, err := data.OpenKeys(filepath.Join(t.TempDir(), "key.json"))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := data.Open(t.Context(), dsn, keys); !errors.Is(err, data.ErrWrongKey) {
		t.Errorf("got %v", err)
		if s != nil {
			s.Close()
		}
	}
}

func TestTheKeyFileIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key.json")
	errs := make(chan error, 8)
	for range cap(errs) {
		go func() {
			_, err := data.OpenKeys(path)
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := data.OpenKeys(path); err != nil {
		t.Error(err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(first, again) {
		t.Errorf("opening it again changed it (%v)", err)
	}
	t.Run("one that others can read is refused", func(t *testing.T) {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := data.OpenKeys(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a damaged one is refused without showing it", func(t *testing.T) {
		bad := filepath.Join(t.TempDir(), "key.json")
		for _, content := range []string{"", "{}", `{"seal": "geheim"}`, `{"seal": {"primaryKeyId": 1}, "hash": 2}`, string(first[:len(first)/2])} {
			if err := os.WriteFile(bad, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := data.OpenKeys(bad); err == nil || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%q: got %v", content, err)
			}
		}
	})
	t.Run("a folder that is not there is an error", func(t *testing.T) {
		if _, err := data.OpenKeys(filepath.Join(dir, "none", "key.json")); err == nil {
			t.Error("no error")
		}
	})
}

func TestAnyPersonalTextComesBackAsItWas(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		r := f.residents[0]
		r.Person = data.Person{
			Name: data.Sealed(text.Draw(rt, "name")), Phone: data.Sealed(text.Draw(rt, "phone")),
			Address: data.Sealed(text.Draw(rt, "address")), Note: data.Sealed(text.Draw(rt, "note")),
		}
		if err := s.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{r}) }); err != nil {
			rt.Fatal(err)
		}
		got, err := s.ResidentPersons(t.Context(), code, []string{r.ID})
		if err != nil || got[r.ID] != r.Person {
			rt.Fatalf("changed on the way: %v", err)
		}
	})
}
