package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/geo/districting"
)

// dualFile is networkx' adjacency format (node_link's older sister), as
// GerryChain writes it.
type dualFile struct {
	Directed  bool               `json:"directed"`
	Nodes     []map[string]any   `json:"nodes"`
	Adjacency [][]map[string]any `json:"adjacency"`
}

// ReadDualGraph reads a dual graph in networkx' adjacency JSON: nodes[], and
// adjacency[] beside it with the neighbours of each by their id. A unit's id is
// that of its node, or the node's place where it has none. Weights are the keys
// asked for.
//
// shared_perim, area and boundary_perim become Border, Area and Outer where
// all have them, in the file's own units; C_X and C_Y become Centres. All units
// lie in one community without a code.
func ReadDualGraph(r io.Reader, weights ...string) (*Units, error) {
	if err := checkNames(weights); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(r)
	dec.UseNumber()
	var f dualFile
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("read dual graph: %w", err)
	}
	switch {
	case f.Directed:
		return nil, errors.New("the graph is directed: neighbours are neighbours of each other")
	case len(f.Nodes) == 0:
		return nil, errors.New("the graph has no nodes")
	case len(f.Adjacency) != len(f.Nodes):
		return nil, fmt.Errorf("%d nodes, but adjacency has %d rows", len(f.Nodes), len(f.Adjacency))
	case len(f.Nodes) > maxUnits:
		return nil, tooMany(len(f.Nodes))
	}
	u := &Units{}
	if err := dualNodes(u, &f, weights); err != nil {
		return nil, err
	}
	if err := dualLinks(u, &f); err != nil {
		return nil, err
	}
	u.setParents(make([]string, len(u.IDs)))
	return u, nil
}

// dualNodes reads ids, weights and measures of the nodes.
func dualNodes(u *Units, f *dualFile, weights []string) error {
	seen := map[string]bool{}
	for i, n := range f.Nodes {
		id := strconv.Itoa(i)
		if v, ok := n["id"]; ok && v != nil {
			id = fmt.Sprint(v)
		}
		if seen[id] {
			return fmt.Errorf("node %d: the id %q is there already", i, short(id))
		}
		seen[id] = true
		u.IDs = append(u.IDs, id)
	}
	for _, name := range weights {
		w := districting.Weight{Name: name}
		for i, n := range f.Nodes {
			v, ok := n[name]
			if !ok || v == nil {
				return fmt.Errorf("node %s has no %q", short(u.IDs[i]), short(name))
			}
			of, why := parseWeight(fmt.Sprint(v))
			if why != "" {
				return fmt.Errorf("node %s, %s %q: it %s", short(u.IDs[i]), short(name), short(fmt.Sprint(v)), why)
			}
			w.Of = append(w.Of, of)
		}
		u.Weights = append(u.Weights, w)
	}
	u.Graph.Area = everyNumber(f.Nodes, "area")
	if outer := make([]float64, len(f.Nodes)); u.Graph.Area != nil {
		for i, n := range f.Nodes {
			outer[i], _ = number(n["boundary_perim"]) // only those at the rim have it
		}
		u.Graph.Outer = outer
	}
	x, y := everyNumber(f.Nodes, "C_X"), everyNumber(f.Nodes, "C_Y")
	if x != nil && y != nil {
		for i := range x {
			u.Centres = append(u.Centres, orb.Point{x[i], y[i]})
		}
	}
	return nil
}

// dualLinks reads the neighbours.
func dualLinks(u *Units, f *dualFile) error {
	at := u.index()
	links := make([][]link, len(f.Nodes))
	borders := true
	for i, row := range f.Adjacency {
		for _, n := range row {
			id := fmt.Sprint(n["id"])
			j, ok := at[id]
			switch {
			case !ok:
				return fmt.Errorf("node %s has the neighbour %q, which is no node", short(u.IDs[i]), short(id))
			case int(j) == i:
				return fmt.Errorf("node %s is its own neighbour", short(id))
			}
			border, ok := number(n["shared_perim"])
			borders = borders && ok && border >= 0
			links[i] = append(links[i], link{j, border})
		}
		slices.SortFunc(links[i], func(a, b link) int { return int(a.to) - int(b.to) })
		for k := 1; k < len(links[i]); k++ {
			if links[i][k].to == links[i][k-1].to {
				return fmt.Errorf("node %s lists its neighbour %s twice", short(u.IDs[i]), short(u.IDs[links[i][k].to]))
			}
		}
	}
	for i, row := range links {
		for _, l := range row {
			k, back := slices.BinarySearchFunc(links[l.to], int32(i), func(l link, to int32) int { return int(l.to) - int(to) })
			if !back {
				return fmt.Errorf("node %s has the neighbour %s, but not the other way round", short(u.IDs[i]), short(u.IDs[l.to]))
			}
			// Written twice, a length may differ in its last digit.
			if i < int(l.to) {
				links[l.to][k].border = l.border
			}
		}
	}
	setLinks(&u.Graph, links, borders)
	return nil
}

// everyNumber is a number of each node; nil unless all have it.
func everyNumber(nodes []map[string]any, key string) []float64 {
	out := make([]float64, len(nodes))
	for i, n := range nodes {
		v, ok := number(n[key])
		if !ok || v < 0 && key == "area" {
			return nil
		}
		out[i] = v
	}
	return out
}

func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	x, err := n.Float64()
	return x, err == nil && !math.IsInf(x, 0)
}
