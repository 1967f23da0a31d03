package service_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// Of the lattice's people those of squares 0 to 4 of the first row, 10 to 14 in
// each, are within a walk of the kitchen with 30 places, those of 2 to 10 of the
// one of the mornings, of unknown capacity; 21 of square 11 reach neither, 7 are
// on no street.
func TestSupplyIsWhatCanBeCountedByHand(t *testing.T) {
	b := newNeedBed(t)
	for _, c := range []struct {
		method                                  string
		reach, covered, onPaper, beyond, noData int64
		ratio                                   float64
	}{
		// 21 have no choice, 9 more go to the kitchen, all others to the unknown.
		{service.MethodAssigned, 165, 30, 0, 28, 135, 30. / 193},
		// Of a share in 30 places 60 people have half a place each.
		{service.MethodTwoStep, 165, 60, 0, 28, 105, 30. / 193},
		{service.MethodEnhanced, 165, 60, 0, 28, 105, 30. / 193},
	} {
		m := must(b.Supply(b.ctx, lattice, service.SupplyQuery{Service: "meals", Method: c.method, Who: "people"}))(t)
		r := m.Areas[0]
		if r.People != 193 || r.InReach != c.reach || r.Covered != c.covered || r.OnPaper != c.onPaper || r.Beyond != c.beyond || r.NoData != c.noData || math.Abs(*r.Ratio-c.ratio) > 1e-9 {
			t.Errorf("%s: got %+v, ratio %v", c.method, r, *r.Ratio)
		}
		if m.NoDataFacilities != 1 || m.NoDataPeople != c.noData || m.OffStreets != 7 || len(m.Facilities) != 2 || m.Facilities[1].Load != nil {
			t.Errorf("%s: got %+v", c.method, m)
		}
		people, covered, noData, share := 0.0, 0.0, 0.0, 0.0
		cells := must(b.SupplyCells(b.ctx, lattice, service.SupplyQuery{Service: "meals", Method: c.method, Who: "people"}))(t)
		for _, f := range cells.Features {
			people, covered, noData = people+f.Properties["people"].(float64), covered+f.Properties["covered"].(float64), noData+f.Properties["no_data"].(float64)
			if ratio, ok := f.Properties["ratio"].(float64); ok {
				share += ratio * f.Properties["people"].(float64)
			}
		}
		if people != 193 || covered != float64(c.covered) || noData != float64(c.noData) || math.Abs(share-30) > 1e-6 {
			t.Errorf("%s: the cells hold %v people, %v covered, %v unknown, %v places", c.method, people, covered, noData, share)
		}
	}
}

func TestTheNearestIsFullWhereTheAssignmentFindsRoom(t *testing.T) {
	b := newNeedBed(t)
	b.write(func(tx *data.Tx) error {
		return tx.PutFacilities(lattice, []data.Facility{
			{ID: "kitchen", Name: "食堂", Service: "meals", Location: squareAt(0, 0).Bound().Center(), Status: "open", Capacity: 21},
			{ID: "morning", Name: "早餐", Service: "meals", Location: squareAt(6, 0).Bound().Center(), Status: "open", Capacity: 200},
		})
	})
	ask := func(method string) *service.Supply {
		return must(b.Supply(b.ctx, lattice, service.SupplyQuery{Service: "meals", Method: method, Who: "people"}))(t)
	}
	nearest, assigned := ask(service.MethodNearest), ask(service.MethodAssigned)
	if r := assigned.Areas[0]; r.Covered != 165 || r.OnPaper != 0 || assigned.Facilities[0].Assigned != 21 || *assigned.Facilities[0].Load != 1 {
		t.Errorf("assigned: %+v %+v", r, assigned.Facilities)
	}
	r, kitchen := nearest.Areas[0], nearest.Facilities[0]
	if kitchen.Assigned < 33 || r.OnPaper != kitchen.Assigned-21 || r.Covered != 165-r.OnPaper || *kitchen.Load <= 1.5 {
		t.Errorf("nearest: %+v %+v", r, kitchen)
	}
	// The parts of an area are those of what lies in it.
	sum := service.SupplyRow{}
	for _, part := range must(b.Supply(b.ctx, lattice, service.SupplyQuery{Service: "meals", Method: service.MethodAssigned, Who: "people", Area: west}))(t).Areas[1:] {
		sum.People, sum.Covered, sum.Beyond = sum.People+part.People, sum.Covered+part.Covered, sum.Beyond+part.Beyond
	}
	if whole := must(b.Supply(b.ctx, lattice, service.SupplyQuery{Service: "meals", Who: "people", Area: west}))(t); sum.People != whole.Areas[0].People || sum.Covered != whole.Areas[0].Covered || len(whole.Facilities) > 2 {
		t.Errorf("grids %+v, community %+v", sum, whole.Areas[0])
	}
}

func TestNeedsAskForThePlacesThatAreFree(t *testing.T) {
	b := newNeedBed(t, kitchens(1)) // 4 places, 3 of them in use
	b.put(b.need("a", "r0000", "meals", daily, ""), b.need("b", "r0100", "meals", daily, "facility"), b.need("home", "r0200", "meals", daily, "home"), b.need("c", "r0900", "meals", daily, ""))
	m := must(b.Supply(b.ctx, lattice, service.SupplyQuery{Service: "meals"}))(t)
	if r := m.Areas[0]; m.Who != "needs" || m.Method != service.MethodAssigned || r.People != 3 || r.Covered != 1 || r.OnPaper != 1 || r.Beyond != 1 {
		t.Errorf("got %+v", m)
	}
	if f := m.Facilities[0]; f.Assigned != 1 || f.Places != 1 || *f.Load != 1 {
		t.Errorf("got %+v", f)
	}
}

func TestSupplyThatMakesNoSenseIsRefused(t *testing.T) {
	b := newNeedBed(t)
	for _, c := range []struct {
		q    service.SupplyQuery
		code service.Code
	}{
		{service.SupplyQuery{Service: "看星星"}, service.CodeInvalid},
		{service.SupplyQuery{Service: "nursing"}, service.CodeInvalid},
		{service.SupplyQuery{Service: "meals", Method: "guess"}, service.CodeInvalid},
		{service.SupplyQuery{Service: "meals", Who: "cats"}, service.CodeInvalid},
		{service.SupplyQuery{Service: "meals", Area: "999999"}, service.CodeNotFound},
	} {
		if _, err := b.Supply(b.ctx, lattice, c.q); service.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c.q, err)
		}
	}
	m := must(b.Supply(b.ctx, lattice, service.SupplyQuery{Service: "elder_care", Who: "over60"}))(t)
	if r := m.Areas[0]; r.People == 0 || r.Beyond != r.People || *r.Ratio != 0 {
		t.Errorf("of a service that nobody gives: %+v", r)
	}
}

func TestSupplyIsMeasuredOnceForAllAreasAndUntilTheDataChange(t *testing.T) {
	b := newNeedBed(t, kitchens(5))
	q := service.SupplyQuery{Service: "meals", Who: "people"}
	for _, area := range []string{"", west, east, west + "001"} {
		q.Area = area
		first := must(b.Supply(b.ctx, lattice, q))(t)
		again := must(b.Supply(b.ctx, lattice, q))(t)
		if d := cmp.Diff(first.Areas, again.Areas) + cmp.Diff(first.Facilities, again.Facilities); d != "" {
			t.Errorf("%q: asked again it is another: %s", area, d)
		}
		must(b.SupplyCells(b.ctx, lattice, q))(t)
	}
	if n := b.SuppliesKept(); n != 1 {
		t.Errorf("%d are kept of one question", n)
	}
	// Outsiders ask the same and are not told the same: what is kept is not theirs to change.
	q.Area = ""
	public := must(b.Supply(t.Context(), lattice, q))(t)
	duty := must(b.Supply(b.ctx, lattice, q))(t)
	if public.Facilities[0].InUse != nil || duty.Facilities[0].InUse == nil {
		t.Errorf("in use: the public is told %v, those who answer for it %v", public.Facilities[0].InUse, duty.Facilities[0].InUse)
	}
	before := duty.Areas[0].Covered
	b.write(kitchens(50))
	if after := must(b.Supply(b.ctx, lattice, q))(t).Areas[0].Covered; after <= before {
		t.Errorf("with more places %d are covered, before %d", after, before)
	}
	if n := b.SuppliesKept(); n != 1 {
		t.Errorf("%d are kept, also of data that are past", n)
	}
}
