package osm

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmxml"
)

// readXML reads the elements of an OpenStreetMap XML file.
func readXML(ctx context.Context, r io.Reader, c *collector) error {
	s := osmxml.New(ctx, r)
	for s.Scan() {
		switch o := s.Object().(type) {
		case *osm.Bounds:
			c.header(o.MinLon, o.MinLat, o.MaxLon, o.MaxLat)
		case *osm.Node:
			c.node(int64(o.ID), o.Lon, o.Lat, tagsOf(o.Tags))
		case *osm.Way:
			refs := c.refsRoom[:0]
			for _, n := range o.Nodes {
				refs = append(refs, int64(n.ID))
			}
			c.refsRoom = refs
			c.way(int64(o.ID), refs, tagsOf(o.Tags))
		case *osm.Relation:
			members := make([]member, 0, len(o.Members))
			for _, m := range o.Members {
				members = append(members, member{way: m.Type == osm.TypeWay, ref: m.Ref, role: m.Role})
			}
			c.relation(int64(o.ID), members, tagsOf(o.Tags))
		}
	}
	err := errors.Join(s.Err(), s.Close())
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax) && c.counts.Nodes+c.counts.Ways+c.counts.Relations == 0:
		return fmt.Errorf("%w: %w", ErrFormat, err)
	case err != nil && ctx.Err() == nil && !errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

func tagsOf(from osm.Tags) tags {
	if len(from) == 0 {
		return nil
	}
	out := make(tags, len(from))
	for i, t := range from {
		out[i] = tag{t.Key, t.Value}
	}
	return out
}
