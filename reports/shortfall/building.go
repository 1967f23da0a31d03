package shortfall

import "strings"

// BuildingRows are the rows of reach of one building.
type BuildingRows struct {
	Building string
	Index    int // of its first spot, or of its first resident after the spots
	Rows     []Row
}

// Buildings are the rows of reach of every building in an area where somebody
// lives, ascending by the order in which they were given. All other standards
// are not asked of a building.
func (t *Table) Buildings(area string) []BuildingRows {
	var out []BuildingRows
	place := map[string]int{}
	of := func(building, code string, target int) int {
		if building == "" || !strings.HasPrefix(code, area) {
			return -1
		}
		k, ok := place[building]
		if !ok {
			k = len(out)
			place[building] = k
			out = append(out, BuildingRows{Building: building, Index: target})
		}
		return k
	}
	where := make([]int, len(t.in.Spots)+len(t.in.Residents))
	for i := range t.in.Spots {
		where[i] = of(t.in.Spots[i].Building, t.in.Spots[i].Area, i)
	}
	for i := range t.in.Residents {
		k := len(t.in.Spots) + i
		where[k] = of(t.in.Residents[i].Building, t.in.Residents[i].Area, k)
	}
	for i := range t.set.Standards {
		s := &t.set.Standards[i]
		if s.Measure != Reach || s.deepest() != levelBuilding {
			continue
		}
		by := make([]sums, len(out))
		var district sums
		t.eachOf(s.Whom.Key, func(target int, _ int32, at side, n int) {
			x := sums{total: int64(n)}
			if seconds, _ := t.walk(s, target); seconds >= 0 && int(seconds) <= 60*s.Minutes {
				x.have = int64(n)
			}
			if s.Places == Urban && at != urban || s.Places == Rural && at != rural {
				return
			}
			district.add(x)
			if k := where[target]; k >= 0 {
				by[k].add(x)
			}
		})
		target := s.InForce(t.in.Year)
		for k := range out {
			out[k].Rows = append(out[k].Rows, Row{
				Standard: s.ID, Name: s.Name, Measure: s.Measure, Unit: target.Unit, Target: target,
				Figures: judge(s, target.Value, by[k], district, true),
			})
		}
	}
	return out
}
