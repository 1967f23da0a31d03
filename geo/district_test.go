package geo_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// lattice is a sheet of jittered corners; every area of a made-up district is
// a rectangle of its cells, so that neighbours share their vertices exactly.
type lattice struct {
	nx, ny int
	corner func(i, j int) orb.Point
}

func newLattice(r *rand.Rand, nx, ny int) lattice {
	at := make([]orb.Point, (nx+1)*(ny+1))
	for j := range ny + 1 {
		for i := range nx + 1 {
			// Multiples of 2^-20 degrees: the middle of two corners is exact.
			dx, dy := r.IntN(900)-450, r.IntN(900)-450
			at[j*(nx+1)+i] = orb.Point{104 + float64(i*2048+dx)/(1<<20), 30.5 + float64(j*2048+dy)/(1<<20)}
		}
	}
	return lattice{nx, ny, func(i, j int) orb.Point { return at[j*(nx+1)+i] }}
}

type block struct{ x0, y0, x1, y1 int }

func (b block) cells() int { return (b.x1 - b.x0) * (b.y1 - b.y0) }

func (l lattice) ring(b block) orb.Ring {
	var r orb.Ring
	for i := b.x0; i < b.x1; i++ {
		r = append(r, l.corner(i, b.y0))
	}
	for j := b.y0; j < b.y1; j++ {
		r = append(r, l.corner(b.x1, j))
	}
	for i := b.x1; i > b.x0; i-- {
		r = append(r, l.corner(i, b.y1))
	}
	for j := b.y1; j > b.y0; j-- {
		r = append(r, l.corner(b.x0, j))
	}
	return append(r, r[0])
}

// split cuts b into n rectangles, or as many as it has cells.
func split(r *rand.Rand, b block, n int) []block {
	n = min(n, b.cells())
	if n <= 1 {
		return []block{b}
	}
	left := n / 2
	a, c := b, b
	if w, h := b.x1-b.x0, b.y1-b.y0; w >= h {
		cut := b.x0 + min(max(w*left/n+r.IntN(3)-1, 1), w-1)
		a.x1, c.x0 = cut, cut
	} else {
		cut := b.y0 + min(max(h*left/n+r.IntN(3)-1, 1), h-1)
		a.y1, c.y0 = cut, cut
	}
	left = min(left, a.cells())
	left = max(left, n-c.cells())
	return append(split(r, a, left), split(r, c, n-left)...)
}

// district makes up a tree's areas: counts[0] towns, counts[1] communities and
// so on, rings started anywhere and turned either way.
func district(seed uint64, nx, ny int, counts ...int) []geo.Area {
	r := rand.New(rand.NewPCG(seed, 7))
	l := newLattice(r, nx, ny)
	area := func(code, parent string, level geo.Level, b block) geo.Area {
		ring := l.ring(b)
		open := ring[:len(ring)-1]
		k := r.IntN(len(open))
		ring = append(slices.Clone(open[k:]), open[:k]...)
		ring = append(ring, ring[0])
		if r.IntN(2) == 0 {
			ring.Reverse()
		}
		return geo.Area{Code: code, Parent: parent, Level: level, Boundary: orb.MultiPolygon{{ring}}}
	}
	type item struct {
		code string
		b    block
	}
	above := []item{{"510199", block{0, 0, nx, ny}}}
	areas := []geo.Area{area("510199", "", geo.LevelDistrict, above[0].b)}
	for i, count := range counts {
		level := geo.LevelTown + geo.Level(i)
		var here []item
		for k, a := range above {
			n := count*(k+1)/len(above) - count*k/len(above)
			for m, b := range split(r, a.b, max(n, 1)) {
				code := fmt.Sprintf("%s%03d", a.code, m+1)
				areas = append(areas, area(code, a.code, level, b))
				here = append(here, item{code, b})
			}
		}
		above = here
	}
	return areas
}

func demoDistrict() []geo.Area { return district(1, 120, 90, 7, 83, 358, 2091) }
