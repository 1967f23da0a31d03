package overlay

import (
	"fmt"
	"maps"
	"slices"

	"sanse/routing"
)

// replacer is the builder that can put edges in the place of others: with[e]
// are the edges, added before, that stand for edge e along its line, -1 for a
// stretch that is shut. Turn rules follow their edges, those over a stretch that
// is shut go. Edges are numbered anew.
type replacer interface {
	ReplaceEdges(with map[int32][]int32) error
}

// build makes a graph of the streets as they are now.
func (s *streets) build() (*routing.Graph, error) {
	b := s.graph.Builder()
	for _, q := range s.nodes[s.graph.Nodes():] {
		b.AddNode(q)
	}
	add := func(x *piece) (int32, error) {
		if modesOf(x.attr) == 0 {
			return -1, nil
		}
		return b.AddEdge(x.from, x.to, x.line, x.attr)
	}
	with := map[int32][]int32{}
	for _, e := range slices.Sorted(maps.Keys(s.parts)) {
		parts := s.parts[e]
		if len(parts) == 1 && parts[0].attr == parts[0].before && !parts[0].moved {
			continue // it was only looked at
		}
		for _, x := range parts {
			n, err := add(x)
			if err != nil {
				return nil, fmt.Errorf("put a part of edge %d: %w", e, err)
			}
			with[e] = append(with[e], n)
		}
	}
	for _, x := range s.added {
		if _, err := add(x); err != nil {
			return nil, fmt.Errorf("put an added way: %w", err)
		}
	}
	r, ok := any(b).(replacer)
	if !ok {
		return s.anew()
	}
	if err := r.ReplaceEdges(with); err != nil {
		return nil, err
	}
	return b.Build()
}

// anew builds the streets alone, where the builder cannot replace edges: turn
// rules, obstacles, footprints and waters are lost.
func (s *streets) anew() (*routing.Graph, error) {
	b := routing.NewBuilder()
	for _, q := range s.nodes {
		b.AddNode(q)
	}
	var failed error
	add := func(x *piece) bool {
		if modesOf(x.attr) != 0 {
			_, failed = b.AddEdge(x.from, x.to, x.line, x.attr)
		}
		return failed == nil
	}
	s.graph.EachEdge(func(e routing.Edge) bool {
		parts, ok := s.parts[e.ID]
		if !ok {
			parts = []*piece{{from: e.Tail, to: e.Head, line: e.Line, attr: e.EdgeAttr}}
		}
		for _, x := range parts {
			if !add(x) {
				return false
			}
		}
		return true
	})
	for _, x := range s.added {
		if failed == nil {
			add(x)
		}
	}
	if failed != nil {
		return nil, failed
	}
	return b.Build()
}
