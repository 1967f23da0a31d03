package auth_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/auth"
)

// cheap are costs for tests that look at something else.
var cheap = auth.Params{Time: 1, MemoryKiB: 64, Lanes: 1}

func hasher(t *testing.T, p auth.Params, atOnce int) *auth.Hasher {
	t.Helper()
	h, err := auth.NewHasher(p, atOnce)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestASecretIsKeptAsItsHash(t *testing.T) {
	h := hasher(t, cheap, 1)
	a, err := h.Hash(t.Context(), "three red lanterns")
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.Hash(t.Context(), "three red lanterns")
	if err != nil {
		t.Fatal(err)
	}
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("%s\n%s", a, b)
	}
	for secret, want := range map[string]bool{
		"three red lanterns": true, "three red lantern": false, "": false, "Three red lanterns": false, "three red lanterns ": false,
		// A full-width keyboard writes the same words.
		"ｔｈｒｅｅ　ｒｅｄ　ｌａｎｔｅｒｎｓ": true,
	} {
		ok, old, err := h.Verify(t.Context(), a, secret)
		if ok != want || old || err != nil {
			t.Errorf("%q: %v %v %v", secret, ok, old, err)
		}
	}
}

// The vector of RFC 9106, 5.3 has a key and associated data, which PHC strings of
// ours do not: this one is from the reference command line,
// echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1.
func TestAHashOfTheReferenceImplementationIsRead(t *testing.T) {
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, old, err := hasher(t, cheap, 1).Verify(t.Context(), reference, "password")
	if !ok || !old || err != nil {
		t.Errorf("%v %v %v", ok, old, err)
	}
}

func TestAHashAtOtherCostsIsMadeAnew(t *testing.T) {
	was, err := hasher(t, cheap, 1).Hash(t.Context(), "three red lanterns")
	if err != nil {
		t.Fatal(err)
	}
	ok, old, err := hasher(t, auth.Params{Time: 2, MemoryKiB: 64, Lanes: 1}, 1).Verify(t.Context(), was, "three red lanterns")
	if !ok || !old || err != nil {
		t.Errorf("%v %v %v", ok, old, err)
	}
}

func TestNobodysHashCostsTheSameAndIsNeverRight(t *testing.T) {
	h := hasher(t, cheap, 1)
	if ok, _, err := h.Verify(t.Context(), "", "x"); ok || err != nil || h.Runs() != 1 {
		t.Errorf("%v %v after %d runs", ok, err, h.Runs())
	}
	for i, bad := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=999999999,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=99,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=64,t=1,p=0$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=64,t=1,p=1$$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
	} {
		if ok, _, err := h.Verify(t.Context(), bad, "x"); ok || err == nil || h.Runs() != int64(i+2) {
			t.Errorf("%s: %v %v after %d runs", bad, ok, err, h.Runs())
		}
	}
}

func TestACrowdAtTheDoorIsNotLetInAtOnce(t *testing.T) {
	h := hasher(t, auth.Params{Time: 16, MemoryKiB: 4096, Lanes: 1}, 1)
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	for range 200 {
		go func() {
			_, err := h.Hash(ctx, "x")
			errs <- err
		}()
	}
	busy := 0
	for i := range 200 {
		switch err := <-errs; {
		case errors.Is(err, auth.ErrBusy):
			busy++
		case err != nil && !errors.Is(err, context.Canceled):
			t.Error(err)
		}
		if i == 150 {
			cancel()
		}
	}
	cancel()
	if busy == 0 || h.Runs() > 200-int64(busy) {
		t.Errorf("%d were turned away, %d hashed", busy, h.Runs())
	}
}

// What a sign-in costs is measured in processor time, not by the clock.
func BenchmarkVerifyAtDefaultCosts(b *testing.B) {
	h, err := auth.NewHasher(auth.Params{}, 1)
	if err != nil {
		b.Fatal(err)
	}
	hash, err := h.Hash(b.Context(), "three red lanterns")
	if err != nil {
		b.Fatal(err)
	}
	before := cpu(b)
	for b.Loop() {
		if ok, _, err := h.Verify(b.Context(), hash, "three red lanterns"); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
	b.ReportMetric(float64((cpu(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
