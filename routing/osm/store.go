package osm

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/paulmach/orb"
)

// coordinateUnits are the units of a degree in which OpenStreetMap keeps
// positions.
const coordinateUnits = 1e7

// origin tells where an element came from: every file begins at a place of the
// store, and those of one id are compared by it.
type origin []int

// begin notes that another file's elements follow.
func (o *origin) begin(at int) { *o = append(*o, at) }

func (o origin) of(i int32) int {
	file, found := slices.BinarySearch(o, int(i))
	if !found {
		file--
	}
	return file
}

// repeats counts elements that came more than once.
type repeats struct{ duplicates, overlaps int }

// choose returns the places of ids in ascending order, one of each id: within a
// file the last, between files the one that better prefers; nil if ids ascend
// already. Which file came first decides nothing.
func choose(ids []int64, files origin, better func(a, b int32) int) (order []int32, r repeats) {
	ascending := true
	for i := 1; i < len(ids) && ascending; i++ {
		ascending = ids[i-1] < ids[i]
	}
	if ascending {
		return nil, r
	}
	order = make([]int32, len(ids))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(ids[a], ids[b]), cmp.Compare(a, b)) })
	kept := order[:0]
	for i := 0; i < len(order); {
		id, best := ids[order[i]], int32(-1)
		for i < len(order) && ids[order[i]] == id {
			last := order[i] // of its file
			for i++; i < len(order) && ids[order[i]] == id && files.of(order[i]) == files.of(last); i++ {
				last = order[i]
				r.duplicates++
			}
			if best >= 0 {
				r.overlaps++
			}
			if best < 0 || better(last, best) > 0 {
				best = last
			}
		}
		kept = append(kept, best)
	}
	return kept, r
}

// pick returns the values at these places.
func pick[T any](values []T, order []int32) []T {
	if len(values) == 0 {
		return values
	}
	out := make([]T, len(order))
	for to, from := range order {
		out[to] = values[from]
	}
	return out
}

// nodeStore keeps positions and marks by id, in 18 bytes a node.
type nodeStore struct {
	ids      []int64
	lon, lat []int32 // units
	marks    []mark
	versions []int32 // only where files are merged
	files    origin

	// For find: the first place of each run of ids alike but for their low bits.
	shift uint
	runs  []int32
}

// sort orders the nodes by id for find and returns where each was, nil if none
// moved.
func (s *nodeStore) sort() ([]int32, repeats) {
	order, r := choose(s.ids, s.files, func(a, b int32) int {
		if len(s.versions) > 0 && s.versions[a] != s.versions[b] {
			return cmp.Compare(s.versions[a], s.versions[b])
		}
		return cmp.Or(cmp.Compare(s.lon[a], s.lon[b]), cmp.Compare(s.lat[a], s.lat[b]), cmp.Compare(s.marks[a], s.marks[b]))
	})
	if order != nil {
		s.ids, s.lon, s.lat, s.marks = pick(s.ids, order), pick(s.lon, order), pick(s.lat, order), pick(s.marks, order)
	}
	s.versions, s.files = nil, nil
	s.index()
	return order, r
}

// index prepares find.
func (s *nodeStore) index() {
	n := len(s.ids)
	if n == 0 {
		return
	}
	span := uint64(s.ids[n-1]) - uint64(s.ids[0]) // ids ascend, so it cannot wrap
	s.shift = 0
	if extra := bits.Len64(span) - bits.Len64(uint64(n)); extra > 0 {
		s.shift = uint(extra)
	}
	s.runs = make([]int32, span>>s.shift+2)
	for _, id := range s.ids {
		s.runs[(uint64(id)-uint64(s.ids[0]))>>s.shift+1]++
	}
	for i := 1; i < len(s.runs); i++ {
		s.runs[i] += s.runs[i-1]
	}
}

// find returns the place of a node, -1 if it is not there.
func (s *nodeStore) find(id int64) int32 {
	n := len(s.ids)
	if n == 0 || id < s.ids[0] || id > s.ids[n-1] {
		return -1
	}
	run := (uint64(id) - uint64(s.ids[0])) >> s.shift
	from, to := s.runs[run], s.runs[run+1]
	i, ok := slices.BinarySearch(s.ids[from:to], id)
	if !ok {
		return -1
	}
	return from + int32(i)
}

// findNear is find for references that often follow one another.
func (s *nodeStore) findNear(id int64, last int32) int32 {
	if next := int(last) + 1; next > 0 && next < len(s.ids) && s.ids[next] == id {
		return int32(next)
	}
	return s.find(id)
}

func (s *nodeStore) point(i int32) orb.Point {
	return orb.Point{float64(s.lon[i]) / coordinateUnits, float64(s.lat[i]) / coordinateUnits}
}

// references is a way's node ids as PBF packs them: the signed differences, in
// variable length, about three bytes a node.
type references []byte

func packReferences(to references, ids []int64) references {
	last := int64(0)
	for _, id := range ids {
		d := id - last
		to = binary.AppendUvarint(to, uint64(d)<<1^uint64(d>>63))
		last = id
	}
	return to
}

// unpack appends the ids.
func (r references) unpack(to []int64) []int64 {
	id := int64(0)
	for len(r) > 0 {
		d, n := binary.Uvarint(r)
		if n <= 0 {
			return to // was checked when it came in
		}
		r = r[n:]
		id += zigzag(d)
		to = append(to, id)
	}
	return to
}

// wayStore keeps the references of every way, because relations that come
// later may need any, and the tags of those that may matter.
type wayStore struct {
	ids      []int64
	first    []int // into refs
	end      []int
	tags     []tags
	refs     references
	versions []int32
	files    origin
}

func (s *wayStore) sort() repeats {
	order, r := choose(s.ids, s.files, func(a, b int32) int {
		if len(s.versions) > 0 && s.versions[a] != s.versions[b] {
			return cmp.Compare(s.versions[a], s.versions[b])
		}
		x, y := s.packed(a), s.packed(b)
		return cmp.Or(cmp.Compare(len(x), len(y)), slices.Compare(x, y), compareTags(s.tags[a], s.tags[b]))
	})
	if order != nil {
		s.ids, s.first, s.end, s.tags = pick(s.ids, order), pick(s.first, order), pick(s.end, order), pick(s.tags, order)
	}
	s.versions, s.files = nil, nil
	return r
}

func compareTags(a, b tags) int {
	return slices.CompareFunc(a, b, func(x, y tag) int {
		return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.value, y.value))
	})
}

// find returns the place of a way, -1 if it is not there.
func (s *wayStore) find(id int64) int32 {
	i, ok := slices.BinarySearch(s.ids, id)
	if !ok {
		return -1
	}
	return int32(i)
}

func (s *wayStore) packed(i int32) references { return s.refs[s.first[i]:s.end[i]] }

// kind is what a member of a relation is, as PBF numbers them.
type kind uint8

const (
	nodeMember kind = iota
	wayMember
	relationMember
)

// member is a member of a relation.
type member struct {
	kind kind
	ref  int64
	role string
}

type relation struct {
	id      int64
	version int32
	members []member
	tags    tags
}

type relationStore struct {
	all   []relation
	files origin
}

func (s *relationStore) sort() repeats {
	ids := make([]int64, len(s.all))
	for i := range s.all {
		ids[i] = s.all[i].id
	}
	order, r := choose(ids, s.files, func(a, b int32) int {
		x, y := &s.all[a], &s.all[b]
		return cmp.Or(cmp.Compare(x.version, y.version), cmp.Compare(len(x.members), len(y.members)),
			slices.CompareFunc(x.members, y.members, func(m, n member) int {
				return cmp.Or(cmp.Compare(m.ref, n.ref), cmp.Compare(m.kind, n.kind), cmp.Compare(m.role, n.role))
			}), compareTags(x.tags, y.tags))
	})
	if order != nil {
		s.all = pick(s.all, order)
	}
	s.files = nil
	return r
}
