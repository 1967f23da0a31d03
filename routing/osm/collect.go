package osm

import (
	"github.com/paulmach/orb"
)

// collector puts together what the batches of one or more files bring.
type collector struct {
	only      Part
	versioned bool
	counts    Counts
	box       orb.Bound // around the boxes of the files' headers
	hasBox    bool
	nodes     nodeStore
	places    []placeNode
	ways      wayStore
	relations relationStore

	refsRoom []int64
}

func newCollector(only Part, files int) *collector {
	return &collector{only: only, versioned: files > 1}
}

// begin is called before each file.
func (c *collector) begin() {
	c.nodes.files.begin(len(c.nodes.ids))
	c.ways.files.begin(len(c.ways.ids))
	c.relations.files.begin(len(c.relations.all))
}

func (c *collector) add(b *batch) {
	if b.hasBox {
		if c.hasBox {
			c.box = c.box.Union(b.box)
		} else {
			c.box, c.hasBox = b.box, true
		}
	}
	c.counts.Nodes += len(b.ids) + b.badNodes
	c.counts.BadNodes += b.badNodes
	c.counts.Ways += len(b.wayIDs)
	c.counts.Relations += b.relationsRead
	c.counts.Conditional += b.conditional
	base := len(c.nodes.ids)
	for _, p := range b.places {
		c.places = append(c.places, placeNode{int32(base) + p.at, p.tags})
	}
	c.nodes.ids = append(c.nodes.ids, b.ids...)
	c.nodes.marks = append(c.nodes.marks, b.marks...)
	c.nodes.lon = append(c.nodes.lon, b.lon...)
	c.nodes.lat = append(c.nodes.lat, b.lat...)
	c.nodes.versions = append(c.nodes.versions, b.nodeVersions...)

	base = len(c.ways.refs)
	first := base
	for _, end := range b.wayEnd {
		c.ways.first = append(c.ways.first, first)
		first = base + end
		c.ways.end = append(c.ways.end, first)
	}
	c.ways.ids = append(c.ways.ids, b.wayIDs...)
	c.ways.tags = append(c.ways.tags, b.wayTags...)
	c.ways.versions = append(c.ways.versions, b.wayVersions...)
	c.ways.refs = append(c.ways.refs, b.refs...)
	c.relations.all = append(c.relations.all, b.relations...)
}

// sort puts everything into the order of ids and drops what came twice.
func (c *collector) sort() {
	order, nodes := c.nodes.sort()
	if order != nil {
		c.reorderPlaces(order)
	}
	for _, r := range []repeats{nodes, c.ways.sort(), c.relations.sort()} {
		c.counts.DuplicateIDs += r.duplicates
		c.counts.Overlaps += r.overlaps
	}
}

// references returns the node ids of a way, valid until the next call.
func (c *collector) references(way int32) []int64 {
	c.refsRoom = c.ways.packed(way).unpack(c.refsRoom[:0])
	return c.refsRoom
}

// reorderPlaces follows the nodes to where they went; order is by new place.
func (c *collector) reorderPlaces(order []int32) {
	was := make(map[int32]tags, len(c.places))
	for _, p := range c.places {
		was[p.at] = p.tags
	}
	c.places = c.places[:0]
	for to, from := range order {
		if t, ok := was[from]; ok {
			c.places = append(c.places, placeNode{int32(to), t})
		}
	}
}
