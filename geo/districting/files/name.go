package files

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// perCommunity is how many grids a code of three digits tells apart.
const perCommunity = 999

// NameZones returns the name of each zone of a drawing. A zone with a name in
// pins keeps it; the others get the next free numbers of their community, in the
// order in which one reads: rows from north to south, each from west to east.
// Units without centres are read in the order of their file.
//
// A name is the community's code and three digits where that code is 12 or 15
// digits long (a grid, a micro-grid), else the code, a hyphen and the number, or
// the number alone where the file names no community. No name in pins.Taken is
// given to another zone. pins may be nil.
func NameZones(u *Units, zones []int, zone []int32, pins *Pins) ([]string, error) {
	if len(zone) != u.Len() || len(zones) != len(u.Communities) {
		return nil, fmt.Errorf("name zones: %d units and %d communities, but %d and %d are drawn", u.Len(), len(u.Communities), len(zone), len(zones))
	}
	total := 0
	for _, k := range zones {
		total += k
	}
	names := make([]string, total)
	taken := map[string]bool{}
	if pins != nil {
		copy(names, pins.Names)
		for _, t := range pins.Taken {
			taken[t] = true
		}
	}
	places, err := zonePlaces(u, zone, total)
	if err != nil {
		return nil, err
	}
	first := 0
	for c, k := range zones {
		next := firstFree(u.Communities[c], taken)
		for _, z := range readingOrder(places[first : first+k]) {
			if names[first+z] != "" {
				continue
			}
			if next > perCommunity && fixedWidth(u.Communities[c]) {
				return nil, fmt.Errorf("community %s has no free number left: its grids have three digits", u.Communities[c])
			}
			names[first+z] = zoneName(u.Communities[c], next)
			next++
		}
		first += k
	}
	return names, nil
}

// fixedWidth tells the codes that are followed by exactly three digits.
func fixedWidth(community string) bool {
	for _, d := range community {
		if d < '0' || d > '9' {
			return false
		}
	}
	return len(community) == geo.CodeLength(geo.LevelCommunity) || len(community) == geo.CodeLength(geo.LevelGrid)
}

func zoneName(community string, n int) string {
	switch {
	case fixedWidth(community):
		return fmt.Sprintf("%s%03d", community, n)
	case community == "":
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s-%d", community, n)
}

// firstFree is the number after the last that a community's zones had, so that
// none is used twice.
func firstFree(community string, taken map[string]bool) int {
	last := 0
	for name := range taken {
		digits, ok := name, community == ""
		switch {
		case ok:
		case fixedWidth(community) && len(name) == len(community)+3 && name[:len(community)] == community:
			digits, ok = name[len(community):], true
		case !fixedWidth(community) && len(name) > len(community)+1 && name[:len(community)+1] == community+"-":
			digits, ok = name[len(community)+1:], true
		}
		// Names of another make cannot be met by ours.
		if n, err := strconv.Atoi(digits); ok && err == nil && n < math.MaxInt32 && zoneName(community, n) == name {
			last = max(last, n)
		}
	}
	return last + 1
}

// place is where a zone lies, in metres north and east of anywhere.
type place struct {
	east, north float64
	first       int // the first of its units
}

// zonePlaces finds the middle of each zone, its units weighed by their areas.
func zonePlaces(u *Units, zone []int32, zones int) ([]place, error) {
	places := make([]place, zones)
	mass := make([]float64, zones)
	for z := range places {
		places[z].first = math.MaxInt
	}
	mid := orb.MultiPoint(u.Centres).Bound().Center()
	east, north := 1.0, 1.0
	if math.Abs(mid[1]) < 90 {
		east, north = geo.DegreeMetres(mid[1])
	}
	for i, z := range zone {
		if z < 0 || int(z) >= zones {
			return nil, fmt.Errorf("name zones: unit %s is in zone %d of %d", u.IDs[i], z, zones)
		}
		p := &places[z]
		p.first = min(p.first, i)
		if u.Centres == nil {
			continue
		}
		m := 1.0
		if u.Graph.Area != nil {
			m = u.Graph.Area[i]
		}
		mass[z] += m
		p.east += m * (u.Centres[i][0] - mid[0]) * east
		p.north += m * (u.Centres[i][1] - mid[1]) * north
	}
	for z, m := range mass {
		if m > 0 {
			places[z].east /= m
			places[z].north /= m
		}
	}
	return places, nil
}

// readingOrder puts places into rows, from north to south, and each row from
// west to east. A row begins with the northernmost that is left and takes all
// that lie less than half a zone's height south of it.
func readingOrder(places []place) []int {
	order := make([]int, len(places))
	west, south := math.Inf(1), math.Inf(1)
	east, north := math.Inf(-1), math.Inf(-1)
	for i, p := range places {
		order[i] = i
		west, east = min(west, p.east), max(east, p.east)
		south, north = min(south, p.north), max(north, p.north)
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(places[b].north, places[a].north), cmp.Compare(places[a].east, places[b].east),
			cmp.Compare(places[a].first, places[b].first))
	})
	// Middles fill what n zones cover but for half a zone at each side.
	half := math.Sqrt(max(0, (east-west)*(north-south))) / math.Sqrt(float64(max(1, len(places)))) / 2
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && places[order[from]].north-places[order[to]].north < half {
			to++
		}
		slices.SortFunc(order[from:to], func(a, b int) int {
			return cmp.Or(cmp.Compare(places[a].east, places[b].east), cmp.Compare(places[a].first, places[b].first))
		})
		from = to
	}
	return order
}
