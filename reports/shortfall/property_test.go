package shortfall_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/reports/shortfall"
)

// Whatever the district, its rows are what anybody adds up who reads the words
// of a standard and goes from door to door.
func TestRowsAreWhatAnybodyAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, in := world()
		in.Areas, in.Spots, in.Residents, in.Facilities, in.Visitors = in.Areas[:1], nil, nil, nil, nil
		var grids []string
		for town := range rapid.IntRange(1, 3).Draw(t, "towns") {
			tc := fmt.Sprintf("5101%02d", town)
			in.Areas = append(in.Areas, shortfall.Area{Code: tc, Level: geo.LevelTown, Parent: "5101"})
			for c := range rapid.IntRange(1, 3).Draw(t, "communities") {
				cc := fmt.Sprintf("%s%02d", tc, c)
				in.Areas = append(in.Areas, shortfall.Area{Code: cc, Level: geo.LevelCommunity, Parent: tc})
				for g := range rapid.IntRange(1, 2).Draw(t, "grids") {
					gc := fmt.Sprintf("%s%02d", cc, g)
					in.Areas = append(in.Areas, shortfall.Area{Code: gc, Level: geo.LevelGrid, Parent: cc})
					grids = append(grids, gc)
				}
			}
		}
		place := rapid.SampledFrom([]string{"town", "village", "old_estate", ""})
		for range rapid.IntRange(0, 12).Draw(t, "spots") {
			people := rapid.IntRange(0, 900).Draw(t, "people")
			in.Spots = append(in.Spots, shortfall.Spot{
				Area: rapid.SampledFrom(grids).Draw(t, "grid"), Place: place.Draw(t, "place"), Households: people / 3, People: people,
				Over60: rapid.IntRange(0, people).Draw(t, "old"),
			})
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "residents") {
			due := rapid.IntRange(0, 9).Draw(t, "due")
			in.Residents = append(in.Residents, shortfall.Resident{
				ID: fmt.Sprint(i), Area: rapid.SampledFrom(grids).Draw(t, "grid"), Place: place.Draw(t, "place"),
				Grade: rapid.SampledFrom([]string{"red", "blue"}).Draw(t, "grade"), Kinds: []string{"child_in_difficulty"}, Due: due, Late: rapid.IntRange(0, due).Draw(t, "late"),
			})
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "facilities") {
			in.Facilities = append(in.Facilities, shortfall.Facility{
				ID: fmt.Sprint(i), Area: rapid.SampledFrom(append(grids, "")).Draw(t, "grid"), Service: rapid.SampledFrom([]string{"meals", "elder_care"}).Draw(t, "service"),
				Status: rapid.SampledFrom([]string{"open", "idle", "planned"}).Draw(t, "status"), Capacity: rapid.IntRange(0, 50).Draw(t, "capacity"), AreaM2: rapid.IntRange(0, 300).Draw(t, "rooms"),
			})
		}
		for i := range rapid.IntRange(0, 6).Draw(t, "visitors") {
			in.Visitors = append(in.Visitors, shortfall.Visitor{ID: fmt.Sprint(i), Kind: "grid_worker", Scope: []string{rapid.SampledFrom(grids).Draw(t, "grid")}, Days: rapid.IntRange(1, 7).Draw(t, "days")})
		}
		for w := range in.Walks {
			seconds := make([]int32, len(in.Spots)+len(in.Residents))
			for i := range seconds {
				seconds[i] = int32(rapid.IntRange(-2, 2000).Draw(t, "walk"))
			}
			in.Walks[w] = seconds
		}
		table, err := shortfall.New(set, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range in.Areas {
			for _, r := range table.Rows(a.Code) {
				have, total, asked := addUp(in, r.Standard, a)
				if !asked || r.Status == shortfall.NoData {
					continue
				}
				if total == 0 {
					if r.Status != shortfall.NotApplicable || r.Have != nil {
						t.Fatalf("%s of %s: %s, where nobody is", r.Standard, a.Code, brief(r.Figures))
					}
					continue
				}
				per := map[string]float64{"beds": 1000, "rooms": 1000, "workers": 300}[r.Standard]
				if per == 0 {
					per = 100
				}
				need := int(math.Ceil(float64(total)*r.Target.Value/per - 1e-9))
				short := max(0, need-have)
				if r.Standard == "idle" {
					need = int(math.Floor(float64(total)*r.Target.Value/per + 1e-9))
					short = max(0, have-need)
				}
				status := shortfall.Met
				if short > 0 {
					status = shortfall.Short
				}
				if want := fmt.Sprintf("%s %d/%d/%d of %d", status, have, need, short, total); brief(r.Figures) != want {
					t.Fatalf("%s of %s: %s, want %s", r.Standard, a.Code, brief(r.Figures), want)
				}
				// What stands behind a walk adds up to those who go without.
				if r.Measure == shortfall.Reach {
					behind, err := table.Behind(r.Standard, a.Code, shortfall.BehindPeople)
					if err != nil {
						t.Fatal(err)
					}
					without := 0
					for _, b := range behind {
						without += b.Count
					}
					if without != total-have {
						t.Fatalf("%s of %s: %d behind it, %d go without", r.Standard, a.Code, without, total-have)
					}
				}
			}
		}
	})
}

// addUp counts what some standards of the world ask of an area, from the words.
func addUp(in *shortfall.Input, standard string, a shortfall.Area) (have, total int, asked bool) {
	inside := func(code string) bool { return code != "" && strings.HasPrefix(code, a.Code) }
	near := func(service, pace string, target, seconds int) bool {
		w := in.Walks[shortfall.Walk{Service: service, Profile: pace}][target]
		return w >= 0 && int(w) <= seconds
	}
	if deepest, ok := map[string]geo.Level{"beds": geo.LevelTown, "rooms": geo.LevelCommunity, "idle": geo.LevelCommunity, "workers": geo.LevelGrid}[standard]; ok && a.Level > deepest {
		return 0, 0, false
	}
	switch standard {
	case "meals", "village-clinic":
		for i, p := range in.Spots {
			n, in15 := p.Over60, near("meals", "elderly", i, 900) || near("elder_care", "elderly", i, 900)
			if standard == "village-clinic" {
				n, in15 = p.People, near("clinic", "cane", i, 600)
				if p.Place != "village" {
					n = 0
				}
			}
			if inside(p.Area) {
				total += n
				if in15 {
					have += n
				}
			}
		}
	case "children":
		for i, r := range in.Residents {
			if inside(r.Area) {
				total++
				if near("children_home", "elderly", len(in.Spots)+i, 900) {
					have++
				}
			}
		}
	case "red":
		for _, r := range in.Residents {
			if r.Grade == "red" && inside(r.Area) {
				have, total = have+r.Due-r.Late, total+r.Due
			}
		}
	case "beds", "rooms", "workers":
		for _, p := range in.Spots {
			if inside(p.Area) {
				total += map[string]int{"beds": p.Over60, "rooms": p.People, "workers": p.Households}[standard]
			}
		}
		for _, f := range in.Facilities {
			if inside(f.Area) && f.Status == "open" {
				switch {
				case standard == "rooms":
					have += f.AreaM2
				case standard == "beds" && f.Service == "elder_care":
					have += f.Capacity
				}
			}
		}
		for _, v := range in.Visitors {
			if standard == "workers" && v.Days >= 5 && inside(v.Scope[0]) {
				have++
			}
		}
	case "idle":
		for _, f := range in.Facilities {
			if inside(f.Area) && f.Status != "planned" {
				total += f.Capacity
				if f.Status == "idle" {
					have += f.Capacity
				}
			}
		}
	default:
		return 0, 0, false
	}
	return have, total, true
}
