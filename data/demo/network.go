package demo

import (
	"bytes"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
)

// network is a street map being drawn: nodes and ways as OpenStreetMap has
// them, with made-up ids counted from 1.
type network struct {
	spots []spot
	tags  map[int32][]tag // of nodes
	ways  []way
}

type tag struct{ key, value string }

type way struct {
	nodes []int32
	tags  []tag
}

func newNetwork() *network { return &network{tags: make(map[int32][]tag)} }

func (n *network) addNode(s spot, tags ...tag) int32 {
	n.spots = append(n.spots, s)
	id := int32(len(n.spots) - 1)
	if len(tags) > 0 {
		n.tags[id] = tags
	}
	return id
}

func (n *network) addWay(nodes []int32, tags ...tag) {
	if len(nodes) < 2 {
		return
	}
	n.ways = append(n.ways, way{nodes: nodes, tags: tags})
}

// streetTags are the tags of a street; the name may be empty.
func streetTags(class, name string, more ...tag) []tag {
	t := []tag{{"highway", class}}
	if name != "" {
		t = append(t, tag{"name", name})
	}
	return append(t, more...)
}

// writeOSM writes the network as OpenStreetMap XML, version 0.6. Nodes that no
// way uses are left out.
func (n *network) writeOSM(w io.Writer) error {
	used := make([]bool, len(n.spots))
	for _, way := range n.ways {
		for _, i := range way.nodes {
			used[i] = true
		}
	}
	b := new(bytes.Buffer)
	lo, hi := spot{1 << 30, 1 << 30}, spot{-1 << 31, -1 << 31}
	if len(n.spots) > 0 {
		lo, hi = n.spots[0], n.spots[0]
	}
	for i, s := range n.spots {
		if used[i] {
			lo = spot{min(lo.lon, s.lon), min(lo.lat, s.lat)}
			hi = spot{max(hi.lon, s.lon), max(hi.lat, s.lat)}
		}
	}
	fmt.Fprintf(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<osm version=\"0.6\" generator=\"sanse demo\">\n")
	fmt.Fprintf(b, " <note>Made up: no street in this file exists.</note>\n")
	fmt.Fprintf(b, " <bounds minlat=\"%s\" minlon=\"%s\" maxlat=\"%s\" maxlon=\"%s\"/>\n",
		degrees(lo.lat), degrees(lo.lon), degrees(hi.lat), degrees(hi.lon))
	writeTags := func(tags []tag) {
		for _, t := range tags {
			fmt.Fprintf(b, "  <tag k=\"%s\" v=\"%s\"/>\n", xmlText.Replace(t.key), xmlText.Replace(t.value))
		}
	}
	for i, s := range n.spots {
		if !used[i] {
			continue
		}
		b.WriteString(" <node id=\"")
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteString("\" version=\"1\" lat=\"")
		b.WriteString(degrees(s.lat))
		b.WriteString("\" lon=\"")
		b.WriteString(degrees(s.lon))
		tags := n.tags[int32(i)]
		if len(tags) == 0 {
			b.WriteString("\"/>\n")
			continue
		}
		b.WriteString("\">\n")
		writeTags(tags)
		b.WriteString(" </node>\n")
	}
	for i, way := range n.ways {
		fmt.Fprintf(b, " <way id=\"%d\" version=\"1\">\n", i+1)
		for _, k := range way.nodes {
			b.WriteString("  <nd ref=\"")
			b.WriteString(strconv.Itoa(int(k) + 1))
			b.WriteString("\"/>\n")
		}
		writeTags(way.tags)
		b.WriteString(" </way>\n")
	}
	b.WriteString("</osm>\n")
	_, err := b.WriteTo(w)
	return err
}

var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;")

// degrees writes a coordinate of the lattice exactly, with 7 decimals.
func degrees(v int32) string {
	neg := v < 0
	u := int64(v)
	if neg {
		u = -u
	}
	s := strconv.FormatInt(u, 10)
	for len(s) < 8 {
		s = "0" + s
	}
	s = s[:len(s)-7] + "." + s[len(s)-7:]
	if neg {
		s = "-" + s
	}
	return s
}

// mooring is a place on an edge of the mesh where a lane begins.
type mooring struct {
	t    float64 // share of the way along the edge's lower half-edge
	node int32   // of the network
}

// paving draws the edges of a mesh as streets.
type paving struct {
	m        *mesh
	net      *network
	node     map[int32]int32 // mesh node → network node
	moorings map[int32][]mooring
	ashore   map[int32]spot // where the streets' node is drawn, if not at the mesh's
}

func newPaving(m *mesh, net *network) *paving {
	return &paving{m: m, net: net, node: make(map[int32]int32), moorings: make(map[int32][]mooring), ashore: make(map[int32]spot)}
}

// at returns the network's node for a node of the mesh.
func (p *paving) at(n int32) int32 {
	if id, ok := p.node[n]; ok {
		return id
	}
	at, moved := p.ashore[n]
	if !moved {
		at = p.m.spots[n]
	}
	id := p.net.addNode(at)
	p.node[n] = id
	return id
}

// moor puts a node on the edge of half-edge e at share t of its way.
func (p *paving) moor(e int32, t float64) int32 {
	a, b := p.m.pts[p.m.edges[e].from], p.m.pts[p.m.to(e)]
	low := min(e, p.m.edges[e].twin)
	if low != e {
		t = 1 - t
	}
	for _, x := range p.moorings[low] {
		if x.t == t {
			return x.node
		}
	}
	at := a.towards(b, t)
	if low != e {
		at = b.towards(a, t)
	}
	id := p.net.addNode(p.m.frame.spot(at))
	p.moorings[low] = append(p.moorings[low], mooring{t, id})
	return id
}

// along returns the network's nodes strictly inside the edge of half-edge e, in
// its direction.
func (p *paving) along(e int32) []int32 {
	low := min(e, p.m.edges[e].twin)
	ms := append([]mooring(nil), p.moorings[low]...)
	sort.SliceStable(ms, func(i, j int) bool {
		if low == e {
			return ms[i].t < ms[j].t
		}
		return ms[i].t > ms[j].t
	})
	out := make([]int32, len(ms))
	for i, x := range ms {
		out[i] = x.node
	}
	return out
}

// chains returns the edges of every line as runs of half-edges from end to end.
func (m *mesh) chains(lines int) [][][]int32 {
	byLine := make([][]int32, lines)
	for e, h := range m.edges {
		if int32(e) < h.twin {
			byLine[h.line] = append(byLine[h.line], int32(e))
		}
	}
	out := make([][][]int32, lines)
	for l, edges := range byLine {
		at := make(map[int32][]int32)
		for _, e := range edges {
			at[m.edges[e].from] = append(at[m.edges[e].from], e)
			at[m.to(e)] = append(at[m.to(e)], m.edges[e].twin)
		}
		used := make(map[int32]bool)
		walk := func(e int32) {
			var chain []int32
			for {
				used[e], used[m.edges[e].twin] = true, true
				chain = append(chain, e)
				n := m.to(e)
				if len(at[n]) != 2 {
					break
				}
				next := int32(-1)
				for _, x := range at[n] {
					if !used[x] {
						next = x
					}
				}
				if next < 0 {
					break
				}
				e = next
			}
			out[l] = append(out[l], chain)
		}
		for _, pass := range []bool{true, false} {
			for _, e := range edges {
				for _, h := range []int32{e, m.edges[e].twin} {
					if !used[h] && (!pass || len(at[m.edges[h].from]) != 2) {
						walk(h)
					}
				}
			}
		}
	}
	return out
}
