package demo

import (
	"fmt"
	"math"

	"sanse/data"
)

// want says how much of the residents a service is to reach, and what one of
// its places looks like.
type want struct {
	service  string
	reach    float64 // share of residents within a quarter of an hour
	names    []string
	capacity [2]int
}

var wants = []want{
	{"meals", .80, []string{"长者食堂", "助餐点"}, [2]int{40, 160}},
	{"bathing", .65, []string{"助浴点", "助浴站"}, [2]int{4, 16}},
	{"clinic", .84, []string{"卫生站", "社区卫生服务站"}, [2]int{30, 120}},
	{"day_care", .72, []string{"日间照料中心"}, [2]int{15, 60}},
	{"rehabilitation", .66, []string{"康复站", "残疾人之家"}, [2]int{10, 40}},
	{"children_home", .68, []string{"儿童之家", "童伴之家"}, [2]int{20, 60}},
}

// walkable is how far, as the crow flies, a quarter of an hour at 1 m/s goes:
// streets, gates and the river make the way more than half as long again.
const walkable = 900 / 1.6

// placeFacilities puts up services where they reach most, and leaves a part of
// the district without; some stand idle, some are full, some only planned.
func (g *generator) placeFacilities() error {
	s := newSource(g.opt.Seed, "facilities")
	var homes []int
	for i, b := range g.buildings {
		if b.lived > 0 && i != g.lonely {
			homes = append(homes, i)
		}
	}
	if len(homes) == 0 || len(g.residents) == 0 {
		return nil
	}
	for _, w := range wants {
		near := make([]bool, len(g.residents))
		reached, built := 0, 0
		for tries := 0; float64(reached) < w.reach*float64(len(g.residents)) && tries < 700; tries++ {
			best, gain := 0, -1
			for range 6 {
				h := pick(s, homes)
				n := 0
				for i := range g.residents {
					if !near[i] && g.residents[i].at.dist(g.buildings[h].at) < walkable {
						n++
					}
				}
				if n > gain {
					best, gain = h, n
				}
			}
			status := "open"
			switch {
			case s.chance(.05):
				status = "planned"
			case s.chance(.04):
				status = "idle"
			case gain == 0:
				continue
			}
			g.addFacility(s, w, best, status)
			built++
			if status != "open" {
				continue
			}
			for i := range g.residents {
				if !near[i] && g.residents[i].at.dist(g.buildings[best].at) < walkable {
					near[i] = true
					reached++
				}
			}
		}
		if built == 0 {
			return fmt.Errorf("no place for %s", w.service)
		}
	}
	g.placeCentres()
	g.equip()
	return nil
}

func (g *generator) addFacility(s *source, w want, home int, status string) {
	b := &g.buildings[home]
	c := g.communities[b.where.community]
	f := data.Facility{
		ID: fmt.Sprintf("F%04d", len(g.facilities)+1), Service: w.service, Status: status,
		Name: c.name + pick(s, w.names), Address: b.address, Location: b.point,
		Capacity: w.capacity[0] + s.intn(w.capacity[1]-w.capacity[0]+1),
	}
	switch {
	case status != "open":
	case s.chance(.22):
		f.InUse = f.Capacity // full
	case s.chance(.15):
		f.InUse = s.intn(max(1, f.Capacity/10)) // hardly used
	default:
		f.InUse = int(math.Round(float64(f.Capacity) * s.between(.45, .95)))
	}
	g.facilities = append(g.facilities, f)
}
