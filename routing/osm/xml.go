package osm

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmxml"
)

// elementsAtOnce is how many elements of an XML file are put together at once.
const elementsAtOnce = 1 << 13

// readXML reads the elements of an OpenStreetMap XML file.
func readXML(ctx context.Context, r io.Reader, c *collector) error {
	s := osmxml.New(ctx, &bounded{r: r})
	var b batch
	b.reset(c.only, c.versioned)
	var refs []int64
	elements := 0
	for s.Scan() {
		switch o := s.Object().(type) {
		case *osm.Bounds:
			b.header(o.MinLon, o.MinLat, o.MaxLon, o.MaxLat)
		case *osm.Node:
			b.node(int64(o.ID), int32(o.Version), o.Lon, o.Lat, tagsOf(o.Tags))
		case *osm.Way:
			refs = refs[:0]
			for _, n := range o.Nodes {
				refs = append(refs, int64(n.ID))
			}
			b.refs = packReferences(b.refs, refs)
			b.way(int64(o.ID), int32(o.Version), tagsOf(o.Tags))
		case *osm.Relation:
			b.relationsRead++
			if t := tagsOf(o.Tags); b.wantedRelation(t) {
				b.relation(int64(o.ID), int32(o.Version), membersOf(o.Members), t)
			}
		default:
			continue
		}
		if elements++; elements%elementsAtOnce == 0 {
			c.add(&b)
			b.reset(c.only, c.versioned)
		}
	}
	c.add(&b)
	err := errors.Join(s.Err(), s.Close())
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax) && elements == 0:
		return fmt.Errorf("%w: %w", ErrFormat, err)
	case err != nil && ctx.Err() == nil && !errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

func membersOf(from osm.Members) []member {
	out := make([]member, 0, len(from))
	for _, m := range from {
		switch m.Type {
		case osm.TypeNode:
			out = append(out, member{nodeMember, m.Ref, m.Role})
		case osm.TypeWay:
			out = append(out, member{wayMember, m.Ref, m.Role})
		case osm.TypeRelation:
			out = append(out, member{relationMember, m.Ref, m.Role})
		}
	}
	return out
}

func tagsOf(from osm.Tags) tags {
	var out tags
	for _, t := range from {
		if keptKey(t.Key) {
			out = append(out, tag{t.Key, t.Value})
		}
	}
	return out
}

// maxElement bounds one element with all that is in it, in bytes. The largest
// relations there are take some 3 MB.
const maxElement = 32 << 20

// bounded reads XML and ends it as damaged where one element goes on without
// end: a small packed file can hold one that is larger than any memory.
type bounded struct {
	r     io.Reader
	since int // bytes since an element was last seen to begin
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.since += n
	for _, begins := range []string{"<node", "<way", "<relation"} {
		if i := bytes.LastIndex(p[:n], []byte(begins)); i >= 0 {
			b.since = min(b.since, n-i)
		}
	}
	if b.since > maxElement {
		return 0, fmt.Errorf("%w: an element of more than %d MiB", ErrDamaged, maxElement>>20)
	}
	return n, err
}
