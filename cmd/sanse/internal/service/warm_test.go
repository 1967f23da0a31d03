package service_test

import (
	"testing"
	"time"

	"sanse/data"
)

func TestMapsCanBeginAtOnceAndEverybodyIsReadALittleLater(t *testing.T) {
	b := heatBed(t)
	look := b.Looks(t, lattice)
	look()
	if b.HeadsKept() != 1 || b.ViewIsMade(t, lattice) {
		t.Fatalf("after the first look %d counts are there, and that everybody was read is %t", b.HeadsKept(), b.ViewIsMade(t, lattice))
	}
	look()
	if b.ViewIsMade(t, lattice) {
		t.Error("everybody was read while the first pages are opened")
	}
	b.now = b.now.Add(11 * time.Second)
	look()
	if !b.ViewIsMade(t, lattice) {
		t.Error("nobody was read after all")
	}

	t.Run("changes are waited out", func(t *testing.T) {
		before := b.HeadsCounted(t, lattice)
		change := func() {
			t.Helper()
			one := must(b.store.Residents(t.Context(), lattice))(t)[:1]
			if err := b.store.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(lattice, one) }); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			change()
			look()
		}
		if b.HeadsCounted(t, lattice) != before {
			t.Error("counted between two changes")
		}
		look()
		if b.HeadsCounted(t, lattice) == before {
			t.Error("not counted when the changes were over")
		}
		if b.HeadsKept() != 1 {
			t.Errorf("%d counts are kept, old ones among them", b.HeadsKept())
		}
	})
}

func TestADistrictWithoutAreasIsNoFaultWhileItIsBeingMade(t *testing.T) {
	b := newDraftBed(t)
	const empty = "510196"
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutDistrict(data.District{Code: empty, Name: "空区", TimeZone: "Asia/Shanghai"})
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Looks(t, empty)() // fails the test where it is
	b.KeepWarm(empty)
	b.Close() // waits for what is under way
}
