package overlay

import (
	"fmt"
	"maps"
	"slices"

	"sanse/routing"
)

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
	if err := b.ReplaceEdges(with); err != nil {
		return nil, err
	}
	return b.Build()
}
