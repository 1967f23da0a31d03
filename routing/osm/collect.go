package osm

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// member is a member of a relation; only ways matter here.
type member struct {
	way  bool
	ref  int64
	role string
}

// collector keeps what a reading brings until all of it is there.
type collector struct {
	only    Part
	counts  Counts
	box     orb.Bound // of the file's header
	hasBox  bool
	nodes   nodeStore
	closed  map[int64]bool // barriers by node: nobody may pass
	ways    wayStore
	rels    []relationRecord
	places  map[int64]tags // nodes that are places
	placeID []int64        // in the order of the file

	refsRoom []int64
}

type relationRecord struct {
	id      int64
	members []member
	tags    tags
}

func newCollector(only Part) *collector {
	return &collector{only: only, closed: map[int64]bool{}, places: map[int64]tags{}}
}

// header takes the bounds that a file claims, in degrees.
func (c *collector) header(minLon, minLat, maxLon, maxLat float64) {
	if minLon < maxLon && minLat < maxLat {
		c.box = orb.Bound{Min: orb.Point{minLon, minLat}, Max: orb.Point{maxLon, maxLat}}
		c.hasBox = true
	}
}

func (c *collector) node(id int64, lon, lat float64, t tags) {
	c.counts.Nodes++
	if !(math.Abs(lon) <= 180 && math.Abs(lat) <= 90) {
		c.counts.BadNodes++
		return
	}
	c.nodes.add(id, lon, lat)
	if len(t) == 0 {
		return
	}
	if t.get("barrier") != "" {
		c.closed[id] = closedNode(t)
	}
	if c.only&Places != 0 && isPlace(t) {
		if _, ok := c.places[id]; !ok {
			c.placeID = append(c.placeID, id)
		}
		c.places[id] = t
	}
}

// way takes a way; refs belongs to the caller.
func (c *collector) way(id int64, refs []int64, t tags) {
	c.counts.Ways++
	if !c.wanted(t) {
		t = nil
	}
	c.ways.add(id, refs, t)
}

func (c *collector) relation(id int64, members []member, t tags) {
	c.counts.Relations++
	kind := t.get("type")
	if (kind == "multipolygon" || kind == "boundary") && c.wanted(t) {
		c.rels = append(c.rels, relationRecord{id, members, t})
	}
}

// wanted tells whether something with these tags may be kept.
func (c *collector) wanted(t tags) bool {
	for _, x := range t {
		switch x.key {
		case "highway", "railway", "public_transport", "man_made":
			if c.only&Streets != 0 {
				return true
			}
		case "boundary":
			if c.only&Boundaries != 0 && x.value == "administrative" {
				return true
			}
		case "building":
			if c.only&Buildings != 0 && x.value != "no" {
				return true
			}
		case "natural", "waterway", "landuse":
			if c.only&Waters != 0 && waterKind(t) != "" {
				return true
			}
		case "amenity", "social_facility", "healthcare", "shop", "leisure":
			if c.only&Places != 0 {
				return true
			}
		}
	}
	return false
}

// coordinateUnits are the units of a degree in which OpenStreetMap keeps
// positions.
const coordinateUnits = 1e7

// nodeStore keeps positions by id in 16 bytes a node.
type nodeStore struct {
	ids      []int64
	lon, lat []int32
}

func (s *nodeStore) add(id int64, lon, lat float64) {
	s.ids = append(s.ids, id)
	s.lon = append(s.lon, int32(math.Round(lon*coordinateUnits)))
	s.lat = append(s.lat, int32(math.Round(lat*coordinateUnits)))
}

// sort orders the nodes by id for find; of several with one id the last stays.
// It returns how many went.
func (s *nodeStore) sort() int {
	order, dropped := sortIDs(s.ids)
	if order == nil {
		return 0
	}
	ids, lon, lat := make([]int64, len(order)), make([]int32, len(order)), make([]int32, len(order))
	for to, from := range order {
		ids[to], lon[to], lat[to] = s.ids[from], s.lon[from], s.lat[from]
	}
	s.ids, s.lon, s.lat = ids, lon, lat
	return dropped
}

// find returns the place of a node, -1 if it is not there.
func (s *nodeStore) find(id int64) int32 {
	i, ok := slices.BinarySearch(s.ids, id)
	if !ok {
		return -1
	}
	return int32(i)
}

func (s *nodeStore) point(i int32) orb.Point {
	return orb.Point{float64(s.lon[i]) / coordinateUnits, float64(s.lat[i]) / coordinateUnits}
}

// wayStore keeps the references of every way, because relations that come
// later may need any, and the tags of those that may matter.
type wayStore struct {
	ids   []int64
	first []int // into refs; one more than ids once sorted
	end   []int
	tags  []tags
	refs  []int64
}

func (s *wayStore) add(id int64, refs []int64, t tags) {
	s.ids = append(s.ids, id)
	s.first = append(s.first, len(s.refs))
	s.refs = append(s.refs, refs...)
	s.end = append(s.end, len(s.refs))
	s.tags = append(s.tags, t)
}

func (s *wayStore) sort() int {
	order, dropped := sortIDs(s.ids)
	if order == nil {
		return 0
	}
	sorted := wayStore{refs: s.refs}
	for _, from := range order {
		sorted.ids = append(sorted.ids, s.ids[from])
		sorted.first = append(sorted.first, s.first[from])
		sorted.end = append(sorted.end, s.end[from])
		sorted.tags = append(sorted.tags, s.tags[from])
	}
	*s = sorted
	return dropped
}

func (s *wayStore) find(id int64) int {
	i, ok := slices.BinarySearch(s.ids, id)
	if !ok {
		return -1
	}
	return i
}

func (s *wayStore) nodes(i int) []int64 { return s.refs[s.first[i]:s.end[i]:s.end[i]] }

// sortIDs returns the places of ids in ascending order, the last one of each,
// and how many are left out; nil if ids are that already.
func sortIDs(ids []int64) (order []int32, dropped int) {
	ascending := true
	for i := 1; i < len(ids) && ascending; i++ {
		ascending = ids[i-1] < ids[i]
	}
	if ascending {
		return nil, 0
	}
	order = make([]int32, len(ids))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case ids[a] < ids[b]:
			return -1
		case ids[a] > ids[b]:
			return 1
		}
		return int(a) - int(b)
	})
	kept := order[:0]
	for i, o := range order {
		if i+1 < len(order) && ids[order[i+1]] == ids[o] {
			dropped++
			continue
		}
		kept = append(kept, o)
	}
	return kept, dropped
}
