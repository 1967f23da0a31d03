package demo

import (
	"fmt"
	"sort"
)

// The river, in metres from its middle line.
const (
	riverHalf = 30.0 // to the water's edge
	bankRoad  = 44.0 // to the road on the bank
)

// room is how far from the middle of a street of each class the next house may
// stand, in metres.
var room = map[string]float64{
	"primary": 19, "secondary": 15, "tertiary": 12, "residential": 10, "unclassified": 9,
	"living_street": 8, "service": 7, "track": 7, "path": 6, "footway": 6, "river": bankRoad + 10, "": 6,
}

// streets gives every line its class and name, and lays the river with its
// banks and bridges. The streets themselves are drawn after the houses, whose
// lanes begin on them.
func (g *generator) streets() error {
	s := newSource(g.opt.Seed, "streets")
	fresh := coin(s)
	for i := range g.lines {
		l := &g.lines[i]
		urban := l.place == inTown
		switch l.kind {
		case outlineLine:
			l.class = "path"
		case riverLine:
			l.class = "river"
		case communityLine:
			switch {
			case l.parts >= 20:
				l.class, l.name = "primary", fresh()+"大道"
			case l.parts >= 6:
				l.class, l.name = "secondary", fresh()+"路"
			default:
				l.class, l.name = "tertiary", fresh()+"路"
			}
		case gridLine:
			l.class = "unclassified"
			if urban {
				l.class = "tertiary"
				if l.parts < 4 {
					l.class = "residential"
				}
				l.name = fresh() + "街"
			}
		case microLine:
			switch {
			case urban && l.parts >= 3:
				l.class, l.name = "residential", fresh()+"巷"
			case urban:
				l.class = "living_street"
			case l.parts >= 4:
				l.class = "unclassified"
			case s.chance(.75):
				l.class = "track"
			default:
				l.class = "path"
			}
		}
	}
	return nil
}

// pave draws all streets, the river, its banks and its bridges.
func (g *generator) pave(p *paving) error {
	chains := g.mesh.chains(len(g.lines))
	if len(chains[1]) != 1 {
		return fmt.Errorf("the river runs in %d pieces", len(chains[1]))
	}
	banks := g.layBanks(p, chains[1][0])
	g.comeAshore(p, chains[1][0], banks)
	for l, runs := range chains {
		if g.lines[l].kind == riverLine {
			continue
		}
		for _, run := range runs {
			g.paveRun(p, g.lines[l], run, banks)
		}
	}
	g.layBridges(p, chains[1][0], banks)
	return nil
}

// bank is where a node of the river has its places on both banks.
type bank struct {
	left, right int32
	out         vec // to the left
}

// layBanks draws the water and the roads on both banks.
func (g *generator) layBanks(p *paving, river []int32) map[int32]bank {
	m := g.mesh
	nodes := []int32{m.edges[river[0]].from}
	for _, e := range river {
		nodes = append(nodes, m.to(e))
	}
	banks := make(map[int32]bank)
	var mid, lefts, rights, shore []int32
	var back []int32
	for i, n := range nodes {
		a, b := m.pts[nodes[max(0, i-1)]], m.pts[nodes[min(len(nodes)-1, i+1)]]
		out := b.sub(a).unit().left()
		at := m.pts[n]
		bk := bank{
			left:  p.net.addNode(m.frame.spot(at.add(out.mul(bankRoad)))),
			right: p.net.addNode(m.frame.spot(at.sub(out.mul(bankRoad)))),
			out:   out,
		}
		banks[n] = bk
		lefts, rights = append(lefts, bk.left), append(rights, bk.right)
		mid = append(mid, p.net.addNode(m.spots[n]))
		shore = append(shore, p.net.addNode(m.frame.spot(at.add(out.mul(riverHalf)))))
		back = append(back, p.net.addNode(m.frame.spot(at.sub(out.mul(riverHalf)))))
	}
	for i := len(back) - 1; i >= 0; i-- {
		shore = append(shore, back[i])
	}
	shore = append(shore, shore[0])
	name := g.lines[1].name
	p.net.addWay(shore, tag{"natural", "water"}, tag{"water", "river"}, tag{"name", name})
	p.net.addWay(mid, tag{"waterway", "river"}, tag{"name", name})
	p.net.addWay(lefts, streetTags("residential", "西滨河路")...)
	p.net.addWay(rights, streetTags("residential", "东滨河路")...)
	return banks
}

// comeAshore moves junctions that lie in the water or on the bank's road a few
// metres inland. The areas keep their borders; only the streets give way.
func (g *generator) comeAshore(p *paving, river []int32, banks map[int32]bank) {
	const inland = bankRoad + 8
	m := g.mesh
	for n := range m.pts {
		if _, wet := banks[int32(n)]; wet {
			continue
		}
		at := m.pts[n]
		best, foot := inland, vec{}
		for _, e := range river {
			a, b := m.pts[m.edges[e].from], m.pts[m.to(e)]
			if max(a.x, b.x) < at.x-inland || min(a.x, b.x) > at.x+inland || max(a.y, b.y) < at.y-inland || min(a.y, b.y) > at.y+inland {
				continue
			}
			if t, d := footOn(a, b, at); d < best {
				best, foot = d, a.towards(b, t)
			}
		}
		if best < inland && best > 0 {
			p.ashore[int32(n)] = m.frame.spot(foot.add(at.sub(foot).unit().mul(inland)))
		}
	}
}

// paveRun draws one street from end to end; where it meets the river it ends at
// the bank.
func (g *generator) paveRun(p *paving, l line, run []int32, banks map[int32]bank) {
	m := g.mesh
	last := m.to(run[len(run)-1])
	ashore := func(river, inland int32) int32 {
		b := banks[river]
		if m.pts[inland].sub(m.pts[river]).dot(b.out) > 0 {
			return b.left
		}
		return b.right
	}
	var nodes []int32
	for i, e := range run {
		from := m.edges[e].from
		if _, wet := banks[from]; wet {
			other := m.to(e)
			if i > 0 {
				// The street crosses the river line: two streets, one a bank.
				nodes = append(nodes, ashore(from, m.edges[run[i-1]].from))
				p.net.addWay(nodes, streetTags(l.class, l.name)...)
				nodes = nil
			}
			nodes = append(nodes, ashore(from, other))
		} else {
			nodes = append(nodes, p.at(from))
		}
		nodes = append(nodes, p.along(e)...)
	}
	if _, wet := banks[last]; wet {
		nodes = append(nodes, ashore(last, m.edges[run[len(run)-1]].from))
	} else {
		nodes = append(nodes, p.at(last))
	}
	p.net.addWay(nodes, streetTags(l.class, l.name)...)
}

// layBridges joins the banks in few places: where big streets come down to the
// water, some two kilometres apart, nearer in the town, and by two footbridges
// with steps.
func (g *generator) layBridges(p *paving, river []int32, banks map[int32]bank) {
	m := g.mesh
	rank := map[string]int{"primary": 5, "secondary": 4, "tertiary": 3, "residential": 2, "unclassified": 2, "living_street": 1, "track": 1, "path": 0}
	type site struct {
		node  int32
		score int
		at    vec
		class string
	}
	best := make(map[int32]site)
	for _, h := range m.edges {
		if h.line == 1 {
			continue
		}
		if _, wet := banks[h.from]; !wet {
			continue
		}
		b := best[h.from]
		c := g.lines[h.line].class
		if b.class == "" || rank[c] > rank[b.class] {
			b.class = c
		}
		b.node, b.at = h.from, m.pts[h.from]
		b.score += rank[c]
		best[h.from] = b
	}
	var sites []site
	for _, b := range best {
		sites = append(sites, b)
	}
	sort.Slice(sites, func(i, j int) bool {
		return sites[i].score > sites[j].score || sites[i].score == sites[j].score && sites[i].node < sites[j].node
	})
	var built []vec
	far := func(at vec, d float64) bool {
		for _, b := range built {
			if b.dist(at) < d {
				return false
			}
		}
		return true
	}
	foot := 0
	for _, st := range sites {
		gap := 1900.0
		if st.at.length() > 5000 {
			gap = 3000
		}
		bk := banks[st.node]
		switch {
		case st.score >= 2 && far(st.at, gap):
			class := st.class
			if rank[class] < 2 {
				class = "unclassified"
			}
			p.net.addWay([]int32{bk.left, bk.right}, streetTags(class, "", tag{"bridge", "yes"}, tag{"layer", "1"})...)
			built = append(built, st.at)
		case foot < 2 && far(st.at, 900) && st.at.length() < 4500:
			l := p.net.addNode(m.frame.spot(st.at.add(bk.out.mul(riverHalf + 4))))
			r := p.net.addNode(m.frame.spot(st.at.sub(bk.out.mul(riverHalf + 4))))
			p.net.addWay([]int32{bk.left, l}, streetTags("steps", "", tag{"incline", "up"})...)
			p.net.addWay([]int32{l, r}, streetTags("footway", "示河人行桥", tag{"bridge", "yes"}, tag{"layer", "1"})...)
			p.net.addWay([]int32{r, bk.right}, streetTags("steps", "", tag{"incline", "down"})...)
			built = append(built, st.at)
			foot++
		}
	}
}
