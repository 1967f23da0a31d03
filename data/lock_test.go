package data_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"sanse/data/datatest"
)

func TestALockIsHeldByOneAtATime(t *testing.T) {
	s := datatest.New(t)
	release, err := s.Lock(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Lock(t.Context(), "another name")
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(short, "demo"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a second holder gets %v, want to wait until the deadline", err)
	}
	if err := errors.Join(release(), other()); err != nil {
		t.Fatal(err)
	}
	again, err := s.Lock(t.Context(), "demo")
	if err != nil {
		t.Fatalf("a lock that was given back cannot be taken: %v", err)
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
}
