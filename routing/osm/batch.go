package osm

import (
	"math"

	"github.com/paulmach/orb"
)

// batch is what one block of a file brings, decoded and weighed by its tags.
// Batches are filled side by side and put together in the order of the file.
type batch struct {
	only         Part
	versioned    bool // files are merged: keep the versions
	box          orb.Bound
	hasBox       bool
	badNodes     int
	conditional  int
	ids          []int64
	lon, lat     []int32
	nodeVersions []int32
	marks        []mark // by node
	places       []placeNode

	wayIDs      []int64
	wayEnd      []int // into refs
	wayTags     []tags
	wayVersions []int32
	refs        references

	relations     []relation
	relationsRead int
}

// placeNode is a node that is a place; at is where it stands among the nodes.
type placeNode struct {
	at   int32
	tags tags
}

// reset empties a batch and keeps its room, except for what was handed on.
func (b *batch) reset(only Part, versioned bool) {
	*b = batch{
		only: only, versioned: versioned,
		ids: b.ids[:0], lon: b.lon[:0], lat: b.lat[:0], nodeVersions: b.nodeVersions[:0],
		marks: b.marks[:0], places: b.places[:0],
		wayIDs: b.wayIDs[:0], wayEnd: b.wayEnd[:0], wayTags: b.wayTags[:0], wayVersions: b.wayVersions[:0], refs: b.refs[:0],
		relations: b.relations[:0],
	}
}

// header takes the bounds that a file claims, in degrees.
func (b *batch) header(minLon, minLat, maxLon, maxLat float64) {
	if minLon < maxLon && minLat < maxLat {
		b.box = orb.Bound{Min: orb.Point{minLon, minLat}, Max: orb.Point{maxLon, maxLat}}
		b.hasBox = true
	}
}

// node takes a node and tells whether it keeps the tags.
func (b *batch) node(id int64, version int32, lon, lat float64, t tags) bool {
	if !(math.Abs(lon) <= 180 && math.Abs(lat) <= 90) {
		b.badNodes++
		return false
	}
	b.ids = append(b.ids, id)
	b.lon = append(b.lon, int32(math.Round(lon*coordinateUnits)))
	b.lat = append(b.lat, int32(math.Round(lat*coordinateUnits)))
	if b.versioned {
		b.nodeVersions = append(b.nodeVersions, version)
	}
	m := mark(0)
	if len(t) > 0 && b.only&(Streets|Obstacles) != 0 {
		m = markOf(t)
	}
	b.marks = append(b.marks, m)
	if len(t) > 0 && b.only&Places != 0 && isPlace(t) {
		b.places = append(b.places, placeNode{int32(len(b.ids) - 1), t})
		return true
	}
	return false
}

// way takes a way whose packed references the caller has put behind b.refs, and
// tells whether it keeps the tags.
func (b *batch) way(id int64, version int32, t tags) bool {
	if !b.wanted(t) {
		t = nil
	} else if t.conditional() {
		b.conditional++
	}
	b.wayIDs = append(b.wayIDs, id)
	b.wayEnd = append(b.wayEnd, len(b.refs))
	b.wayTags = append(b.wayTags, t)
	if b.versioned {
		b.wayVersions = append(b.wayVersions, version)
	}
	return t != nil
}

// wantedRelation tells whether a relation with these tags matters.
func (b *batch) wantedRelation(t tags) bool {
	switch t.get("type") {
	case "multipolygon", "boundary":
		return b.wanted(t)
	case "restriction":
		return b.only&Streets != 0
	}
	return false
}

func (b *batch) relation(id int64, version int32, members []member, t tags) {
	b.relations = append(b.relations, relation{id, version, members, t})
}

// wanted tells whether something with these tags may be kept.
func (b *batch) wanted(t tags) bool {
	for _, x := range t {
		switch x.key {
		case "highway", "public_transport", "man_made":
			if b.only&Streets != 0 {
				return true
			}
		case "railway":
			if b.only&(Streets|Obstacles) != 0 {
				return true
			}
		case "barrier":
			if b.only&Obstacles != 0 {
				return true
			}
		case "boundary":
			if b.only&Boundaries != 0 && x.value == "administrative" {
				return true
			}
		case "building":
			if b.only&(Buildings|Obstacles) != 0 && x.value != "no" {
				return true
			}
		case "natural", "waterway", "landuse":
			if b.only&(Waters|Obstacles) != 0 && waterKind(t) != "" {
				return true
			}
		case "amenity", "social_facility", "healthcare", "shop", "leisure":
			if b.only&Places != 0 {
				return true
			}
		}
	}
	return false
}
