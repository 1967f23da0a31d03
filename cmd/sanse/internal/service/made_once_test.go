package service_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"sanse/cmd/sanse/internal/service"
)

func never(string) bool { return false }

func TestWhatIsCostlyIsMadeOnceAndWhatIsThereIsNotWaitedFor(t *testing.T) {
	m := service.NewMadeOnce(9)
	ctx := t.Context()
	number := func(n int) func() (int, error) { return func() (int, error) { return n, nil } }
	if n, err := m.Get(ctx, "there", never, number(1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	begun, finish := make(chan struct{}), make(chan struct{})
	var made, at, most atomic.Int32
	slow := func() (int, error) {
		if n := at.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer at.Add(-1)
		if made.Add(1) == 1 {
			close(begun)
		}
		<-finish
		return 2, nil
	}
	var work sync.WaitGroup
	ask := func(k string) {
		work.Go(func() {
			if n, err := m.Get(ctx, k, never, slow); n != 2 || err != nil {
				t.Errorf("%s: %d, %v", k, n, err)
			}
		})
	}
	ask("slow")
	<-begun
	for range 5 {
		ask("slow")
	}
	ask("other")
	if n, err := m.Get(ctx, "there", never, number(7)); n != 1 || err != nil {
		t.Errorf("what is there is %d, %v", n, err)
	}
	left, leave := context.WithCancel(ctx)
	leave()
	for _, k := range []string{"slow", "a third"} {
		if _, err := m.Get(left, k, never, slow); !errors.Is(err, context.Canceled) {
			t.Errorf("who has left waits for %s: %v", k, err)
		}
	}
	close(finish)
	work.Wait()
	if made.Load() != 2 || most.Load() != 1 || m.Size() != 3 {
		t.Errorf("%d were made, %d at a time, %d are kept", made.Load(), most.Load(), m.Size())
	}
}

func TestWhoWaitsMakesWhatAnotherGaveUp(t *testing.T) {
	m := service.NewMadeOnce(9)
	begun := make(chan struct{})
	leaving, leave := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		_, err := m.Get(leaving, "k", never, func() (int, error) {
			close(begun)
			<-leaving.Done()
			return 0, leaving.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v", err)
		}
	})
	<-begun
	work.Go(func() {
		if n, err := m.Get(t.Context(), "k", never, func() (int, error) { return 5, nil }); n != 5 || err != nil {
			t.Errorf("who waited got %d, %v", n, err)
		}
	})
	leave()
	work.Wait()
}

func TestWhatIsKeptIsLittleAndOfNow(t *testing.T) {
	m := service.NewMadeOnce(3)
	made := 0
	get := func(k string) {
		t.Helper()
		if _, err := m.Get(t.Context(), k, func(o string) bool { return o[0] < k[0] }, func() (int, error) { made++; return 0, nil }); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, n, size int) {
		t.Helper()
		if made != n || m.Size() != size {
			t.Errorf("%s: %d were made and %d are kept, want %d and %d", what, made, m.Size(), n, size)
		}
	}
	for i := range 3 {
		get(fmt.Sprint("a", i))
	}
	get("a0")
	want("asked again", 3, 3)
	get("a3")
	get("a0")
	want("the one asked for longest ago goes", 4, 3)
	get("a1")
	want("and is made again", 5, 3)
	get("b")
	want("what is stale goes", 6, 1)
	bad := errors.New("bad")
	if _, err := m.Get(t.Context(), "c", never, func() (int, error) { return 0, bad }); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
	want("errors are not kept", 6, 1)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("what breaks is hidden")
			}
		}()
		_, _ = m.Get(t.Context(), "d", never, func() (int, error) { panic("broken") })
	}()
	get("d")
	want("what broke off is made again", 7, 1)
}
