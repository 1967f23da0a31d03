package routing

// strongComponents returns for every edge the part of the network that it
// belongs to, -1 where it is shut both ways, and the parts, the longest first.
// Within a part every edge can be reached from every other and left again; an
// edge that leads from one part to another one way only is a part by itself.
// It is Tarjan's algorithm ("Depth-first search and linear graph algorithms",
// 1972) without recursion. Turn rules are disregarded.
func strongComponents(g *Graph, forward, backward []uint32) (component []int32, parts []Component) {
	t := tarjan{
		g: g, forward: forward, backward: backward,
		number: make([]int32, g.nodes), low: make([]int32, g.nodes), part: make([]int32, g.nodes),
	}
	for n := range t.part {
		t.part[n] = -1
	}
	for n := range g.nodes {
		if t.number[n] == 0 {
			t.visit(int32(n))
		}
	}
	// Parts of nodes that have an edge inside, and edges between parts, in the
	// order of their edges.
	component = make([]int32, len(g.tail))
	numbers := make([]int32, t.parts)
	var found []Component
	for e := range g.tail {
		if forward[e] == shut && backward[e] == shut {
			component[e] = -1
			continue
		}
		of := t.part[g.tail[e]]
		if of != t.part[g.head[e]] {
			component[e] = int32(len(found))
			found = append(found, Component{Edges: 1, Metres: float64(g.mm[e]) / 1000})
			continue
		}
		if numbers[of] == 0 {
			found = append(found, Component{})
			numbers[of] = int32(len(found))
		}
		component[e] = numbers[of] - 1
		c := &found[component[e]]
		c.Edges++
		c.Metres += float64(g.mm[e]) / 1000
	}
	for _, of := range t.part {
		if i := numbers[of]; i > 0 {
			found[i-1].Nodes++
		}
	}
	rank, parts := sortComponents(found)
	for e, c := range component {
		if c >= 0 {
			component[e] = rank[c]
		}
	}
	return component, parts
}

// tarjan is the state of the search.
type tarjan struct {
	g                 *Graph
	forward, backward []uint32
	number            []int32 // by node, in the order of discovery from 1; 0 is not yet
	low               []int32 // by node: the lowest number known to be reached
	part              []int32 // by node; -1 until known
	parts, last       int32
	open              []int32 // nodes without a part, in the order of discovery
	path              []visiting
}

// visiting is a node on the way in hand, and its next arc.
type visiting struct {
	node int32
	arc  uint32
}

func (t *tarjan) discover(n int32) {
	t.last++
	t.number[n], t.low[n] = t.last, t.last
	t.open = append(t.open, n)
	t.path = append(t.path, visiting{n, t.g.firstArc[n]})
}

func (t *tarjan) visit(root int32) {
	t.discover(root)
	for len(t.path) > 0 {
		at := &t.path[len(t.path)-1]
		n := at.node
		if at.arc < t.g.firstArc[n+1] {
			half := t.g.arcs[at.arc]
			at.arc++
			to, weight := t.g.head[half>>1], t.forward[half>>1]
			if half&1 == 1 {
				to, weight = t.g.tail[half>>1], t.backward[half>>1]
			}
			switch {
			case weight == shut:
			case t.number[to] == 0:
				t.discover(to)
			case t.part[to] < 0:
				t.low[n] = min(t.low[n], t.number[to])
			}
			continue
		}
		t.path = t.path[:len(t.path)-1]
		if len(t.path) > 0 {
			up := t.path[len(t.path)-1].node
			t.low[up] = min(t.low[up], t.low[n])
		}
		if t.low[n] == t.number[n] {
			for {
				m := t.open[len(t.open)-1]
				t.open = t.open[:len(t.open)-1]
				t.part[m] = t.parts
				if m == n {
					break
				}
			}
			t.parts++
		}
	}
}
