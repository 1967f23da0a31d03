package service

import (
	"context"
	"strings"

	"sanse/geo"
)

// ReachPeople counts people in reach. Those with a condition, and the enrolled
// residents, are nil for whoever does not answer for them: how many of them live
// within so many minutes of a place that anybody may choose is how many live on
// ground that anybody may draw.
type ReachPeople struct {
	People    int  `json:"people"`
	Over60    int  `json:"over60"`
	Disabled  *int `json:"disabled"`
	Residents *int `json:"residents" doc:"enrolled; null, as disabled, for those who do not answer for them"`
}

// reached is the count in whole, before it is known who looks.
type reached struct{ people, over60, disabled, residents int }

func (c *reached) add(o reached) {
	c.people += o.people
	c.over60 += o.over60
	c.disabled += o.disabled
	c.residents += o.residents
}

// shownTo is the count as a viewer may see it who answers for all in it, or not.
func (c reached) shownTo(answers bool) ReachPeople {
	out := ReachPeople{People: c.people, Over60: c.over60}
	if answers {
		out.Disabled, out.Residents = &c.disabled, &c.residents
	}
	return out
}

// weight is who lives at a place of demand.
func (r *districtReach) weight(demand int) reached {
	if demand >= r.spots {
		return reached{residents: 1}
	}
	p := &r.snap.Population[demand]
	return reached{people: p.People, over60: p.Over60, disabled: p.Disabled}
}

// lies tells whether a place of demand is in an area.
func (r *districtReach) lies(demand int, area string) bool {
	return area == r.snap.District.Code || strings.HasPrefix(r.areas[demand], area)
}

// reachAreas are the areas of a district, and which of them each place of demand
// is in, the district first.
type reachAreas struct {
	areas []geo.Area
	above [][]int32 // by leaf, into areas; the district is in all
	leaf  []int32   // by demand, into above
	total []reached // by area
}

// byArea sorts the demand by area, once.
func (r *districtReach) byArea() *reachAreas {
	r.sorting.Do(func() {
		a := &reachAreas{leaf: make([]int32, len(r.areas))}
		index := map[string]int32{}
		for _, level := range []geo.Level{geo.LevelDistrict, geo.LevelTown, geo.LevelCommunity, geo.LevelGrid, geo.LevelMicroGrid} {
			for _, code := range r.snap.Tree.Codes(level) {
				if area, ok := r.snap.Tree.Area(code); ok {
					index[code] = int32(len(a.areas))
					a.areas = append(a.areas, area)
				}
			}
		}
		leaves := map[string]int32{}
		for d, code := range r.areas {
			k, ok := leaves[code]
			if !ok {
				k = int32(len(a.above))
				leaves[code] = k
				a.above = append(a.above, r.lineage(code, index))
			}
			a.leaf[d] = k
		}
		a.total = a.count(func(int) bool { return true }, r)
		r.sorted = a
	})
	return r.sorted
}

// lineage are the areas that an area lies in, itself and the district among them.
func (r *districtReach) lineage(code string, index map[string]int32) []int32 {
	var out []int32
	district, hasDistrict := index[r.snap.District.Code]
	for code != "" {
		i, ok := index[code]
		if !ok {
			break
		}
		if i != district {
			out = append(out, i)
		}
		area, _ := r.snap.Tree.Area(code)
		code = area.Parent
	}
	if hasDistrict {
		out = append(out, district) // who lies in no area of it is the district's too
	}
	return out
}

// count adds up, by area, who lives where something holds.
func (a *reachAreas) count(holds func(demand int) bool, r *districtReach) []reached {
	out := make([]reached, len(a.areas))
	for d, leaf := range a.leaf {
		if !holds(d) {
			continue
		}
		w := r.weight(d)
		for _, i := range a.above[leaf] {
			out[i].add(w)
		}
	}
	return out
}

// answersFor tells whether who asks answers for all of a district.
func (r *districtReach) answersFor(ctx context.Context) bool {
	return viewerOf(ctx).AnswersFor(r.snap.District.Code)
}

// within counts those at most so many seconds away.
func (r *districtReach) within(seconds []int32, limit int) reached {
	var c reached
	for d, s := range seconds {
		if s >= 0 && int(s) <= limit {
			c.add(r.weight(d))
		}
	}
	return c
}
