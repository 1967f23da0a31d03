package shortfall_test

import (
	"fmt"
	"testing"

	"sanse/geo"
	"sanse/reports/shortfall"
)

// reference is a district of the size of the reference district: 7 towns, 83
// communities, 358 grids, 2,091 micro-grids, 25,000 buildings, 2,370 residents.
func reference(b *testing.B) (*shortfall.Set, *shortfall.Input) {
	b.Helper()
	set, err := shortfall.Reference()
	if err != nil {
		b.Fatal(err)
	}
	in := &shortfall.Input{Areas: []shortfall.Area{{Code: "510199", Level: geo.LevelDistrict}}, Counted: true, Year: 2026}
	parents := []string{"510199"}
	for _, step := range []struct {
		level geo.Level
		n     int
	}{{geo.LevelTown, 7}, {geo.LevelCommunity, 83}, {geo.LevelGrid, 358}, {geo.LevelMicroGrid, 2091}} {
		var next []string
		for i := range step.n {
			up := parents[i%len(parents)]
			code := fmt.Sprintf("%s%03d", up, i/len(parents)+1)
			in.Areas = append(in.Areas, shortfall.Area{Code: code, Level: step.level, Parent: up})
			next = append(next, code)
		}
		parents = next
	}
	places := []string{"town", "suburb", "village", "old_estate", "migrants_quarter"}
	for i := range 25_000 {
		in.Spots = append(in.Spots, shortfall.Spot{
			Area: parents[i%len(parents)], Place: places[i%5], Building: fmt.Sprint(i), Households: 10, People: 24, Over60: 5, Over80: 1, Under18: 3, Disabled: i % 2,
		})
	}
	for i := range 2_370 {
		in.Residents = append(in.Residents, shortfall.Resident{
			ID: fmt.Sprint(i), Area: parents[i%len(parents)], Place: places[i%5], Grade: []string{"red", "yellow", "blue"}[i%3],
			Kinds: []string{"child_in_difficulty"}, Due: 4, Late: i % 2,
		})
	}
	services := []string{"meals", "bathing", "clinic", "day_care", "rehabilitation", "children_home", "elder_care"}
	for i := range 720 {
		in.Facilities = append(in.Facilities, shortfall.Facility{ID: fmt.Sprint(i), Service: services[i%7], Area: parents[i], Status: "open", Capacity: 30, InUse: 20, AreaM2: 200})
	}
	for i := range 5_300 {
		in.Visitors = append(in.Visitors, shortfall.Visitor{ID: fmt.Sprint(i), Kind: "grid_worker", Scope: []string{parents[i%len(parents)][:15]}, Days: 5})
	}
	in.Services, in.Walks = services, map[shortfall.Walk][]int32{}
	seconds := make([]int32, len(in.Spots)+len(in.Residents))
	for i := range seconds {
		seconds[i] = int32(i % 1500)
	}
	for _, s := range services {
		in.Walks[shortfall.Walk{Service: s, Profile: "elderly"}] = seconds
	}
	return set, in
}

func BenchmarkTable(b *testing.B) {
	set, in := reference(b)
	for b.Loop() {
		if _, err := shortfall.New(set, in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkArea(b *testing.B) {
	set, in := reference(b)
	table, err := shortfall.New(set, in)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		table.Rows("510199")
		table.Uncovered("510199")
		table.Expected("510199")
		table.Places("special-care", "510199")
		table.Team("510199")
		table.Supply("510199")
	}
}
