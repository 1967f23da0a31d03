package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

// The kinds of findings about addresses, beside those of package topology.
const (
	// FindUnitTwice is a unit that two micro-grids of one grid list.
	FindUnitTwice = topology.Kind(geo.UnitTwice)
	// FindUnitElsewhere is a unit whose building stands in another grid than the
	// micro-grid that lists it, or is not known: it has no effect.
	FindUnitElsewhere = topology.Kind(geo.UnitElsewhere)
	// FindAddressElsewhere is residents whose address is of one micro-grid and
	// whose point lies in another, which is not the one on whose ground their
	// building stands either. The address decides.
	FindAddressElsewhere topology.Kind = "address-elsewhere"
)

// DropUnits takes units out of lists where they have no effect or are another's.
const DropUnits topology.MendKind = "drop-units"

// addressFaults tells where lists of units, or addresses and points, are at odds
// in a tree, and were not under the areas of before.
func addressFaults(ctx context.Context, r *data.Reads, district string, before map[string]geo.Area, tree *geo.Tree) ([]DraftFinding, error) {
	// It takes a while, and mostly nobody asks.
	was := sync.OnceValues(func() (*geo.Tree, error) {
		tree, err := geo.NewTree(areaList(before))
		if err != nil {
			return nil, fmt.Errorf("the areas before: %w", err)
		}
		return tree, nil
	})
	units, err := unitFaults(ctx, r, district, was, tree)
	if err != nil {
		return nil, err
	}
	people, err := strays(ctx, r, district, was, tree)
	return append(units, people...), err
}

// unitFaults are those of the lists themselves.
func unitFaults(ctx context.Context, r *data.Reads, district string, was func() (*geo.Tree, error), is *geo.Tree) ([]DraftFinding, error) {
	listed := listedBuildings(is)
	if len(listed) == 0 {
		return nil, nil
	}
	points, err := r.BuildingPointsOf(ctx, district, listed)
	if err != nil {
		return nil, err
	}
	buildings := buildingsByID(points)
	found := is.CheckUnits(buildings)
	if len(found) == 0 {
		return nil, nil
	}
	old, err := was()
	if err != nil {
		return nil, err
	}
	known := old.CheckUnits(buildings)
	var out []DraftFinding
	for _, f := range found {
		if slices.ContainsFunc(known, func(k geo.UnitFinding) bool { return sameUnits(&k, &f) }) {
			continue
		}
		kind := FindUnitElsewhere
		if f.Kind == geo.UnitTwice {
			kind = FindUnitTwice
		}
		out = append(out, DraftFinding{
			Finding:  topology.Finding{Kind: kind, Codes: f.Codes, At: f.At, Message: f.Message, Mends: []topology.Mend{{Kind: DropUnits}}},
			Building: f.Building, Units: f.Units,
		})
		last := &out[len(out)-1]
		if kind == FindUnitTwice {
			last.Mends[0].To = f.Codes[0]
		}
		last.Key = findingKey(&last.Finding, f.Building, strings.Join(f.Units, ","))
	}
	return out, nil
}

// sameUnits tells that a finding was there before, with all its units.
func sameUnits(was, is *geo.UnitFinding) bool {
	return was.Kind == is.Kind && was.Building == is.Building && slices.Equal(was.Codes, is.Codes) &&
		!slices.ContainsFunc(is.Units, func(u string) bool { return !slices.Contains(was.Units, u) })
}

// listedBuildings are the buildings of which units are listed, ascending.
func listedBuildings(tree *geo.Tree) []string {
	var out []string
	for _, a := range tree.Areas() {
		for _, u := range a.Units {
			out = append(out, u.Building)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// strays counts the residents whose address and point are at odds, by the two
// micro-grids.
func strays(ctx context.Context, r *data.Reads, district string, was func() (*geo.Tree, error), is *geo.Tree) ([]DraftFinding, error) {
	if is.Deepest() < geo.LevelMicroGrid {
		return nil, nil
	}
	homes, err := r.Addresses(ctx, district)
	if err != nil {
		return nil, err
	}
	type pair struct{ address, point string }
	found := make(map[pair]*DraftFinding)
	var order []pair
	for i := range homes {
		h := &homes[i]
		address, point := atOdds(is, h)
		if address == point {
			continue
		}
		old, err := was()
		if err != nil {
			return nil, err
		}
		if a, p := atOdds(old, h); a != p {
			continue // so it was
		}
		k := pair{address, point}
		f := found[k]
		if f == nil {
			f = &DraftFinding{Finding: topology.Finding{Kind: FindAddressElsewhere, Codes: []string{address, point}, At: h.Point}}
			found[k] = f
			order = append(order, k)
		}
		f.Residents++
	}
	slices.SortFunc(order, func(a, b pair) int { return strings.Compare(a.address+a.point, b.address+b.point) })
	var out []DraftFinding
	for _, k := range order {
		f := found[k]
		where := k.point
		if where == "" {
			f.Codes, where = []string{k.address}, "no micro-grid"
		}
		f.Message = fmt.Sprintf("%d residents live in %s by their address while their points lie in %s: the address decides", f.Residents, k.address, where)
		f.Key = findingKey(&f.Finding)
		out = append(out, *f)
	}
	return out, nil
}

// atOdds returns the micro-grids of a resident's address and point; the same
// twice where there is nothing to tell.
func atOdds(tree *geo.Tree, h *data.Address) (address, point string) {
	point, _ = tree.Locate(h.Own, geo.LevelMicroGrid)
	address, _ = tree.LocateUnit(h.Point, h.Building, h.Unit, geo.LevelMicroGrid)
	if point != address {
		if ground, _ := tree.Locate(h.Point, geo.LevelMicroGrid); ground == point {
			return address, address // on the building itself, which micro-grids share
		}
	}
	return address, point
}
