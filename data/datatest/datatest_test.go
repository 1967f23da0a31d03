package datatest_test

import (
	"context"
	"testing"

	"sanse/data"
	"sanse/data/datatest"
)

func TestACopyIsFilledOnceAndIsOnesOwn(t *testing.T) {
	filled := 0
	fill := func(ctx context.Context, s *data.Store) error {
		filled++
		return s.Write(ctx, func(tx *data.Tx) error {
			return tx.PutDistrict(data.District{Code: "990201", Name: "清河区", TimeZone: "Asia/Shanghai"})
		})
	}
	for range 2 {
		store, err := data.Open(t.Context(), datatest.Copy(t, "one district", fill), datatest.Keys(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		all, err := store.Districts(t.Context())
		if err != nil || len(all) != 1 || all[0].Name != "清河区" {
			t.Fatalf("the districts are %+v, %v", all, err)
		}
		// What is done in one copy is in no other.
		if err := store.Write(t.Context(), func(tx *data.Tx) error {
			return tx.PutDistrict(data.District{Code: "990202", Name: "另一区", TimeZone: "Asia/Shanghai"})
		}); err != nil {
			t.Fatal(err)
		}
	}
	if filled != 1 {
		t.Errorf("it was filled %d times", filled)
	}
}
