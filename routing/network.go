package routing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"sanse/routing/hierarchy"
)

// Network is a graph with the engines prepared for it; it is what a file holds.
// It is safe for concurrent use until it is closed.
type Network struct {
	g        *Graph
	prepared []*Engine
	size     int64

	mu      sync.Mutex
	plain   []*Engine
	release func() error
}

// NewNetwork puts a graph and engines on it together; a file will hold those
// that are prepared. No two may have the same profile.
func NewNetwork(g *Graph, prepared ...*Engine) (*Network, error) {
	if g == nil || g.Edges() == 0 {
		return nil, fmt.Errorf("make network: %w", ErrEmpty)
	}
	for i, e := range prepared {
		if e.g != g {
			return nil, fmt.Errorf("make network: the engine for %q runs on another graph", e.profile.Name)
		}
		for _, other := range prepared[:i] {
			if other.profile.same(e.profile) {
				return nil, fmt.Errorf("make network: two engines for %q", e.profile.Name)
			}
		}
	}
	return &Network{g: g, prepared: append([]*Engine(nil), prepared...)}, nil
}

// Graph returns the graph.
func (n *Network) Graph() *Graph { return n.g }

// Profiles returns the profiles that the network is prepared for.
func (n *Network) Profiles() []Profile {
	out := make([]Profile, len(n.prepared))
	for i, e := range n.prepared {
		out[i] = e.profile
	}
	return out
}

// Engine returns the engine prepared for exactly this table, else a plain one,
// which it keeps.
func (n *Network) Engine(p Profile) (*Engine, error) {
	for _, e := range n.prepared {
		if e.profile.same(p) {
			return e, nil
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.plain {
		if e.profile.same(p) {
			return e, nil
		}
	}
	e, err := NewEngine(n.g, p)
	if err != nil {
		return nil, err
	}
	n.plain = append(n.plain, e)
	return e, nil
}

// NetworkInfo is what there is to say of a network's file.
type NetworkInfo struct {
	Version int   // of the format
	Bytes   int64 // 0 if it comes from no file
}

// Info returns what there is to say of the network's file.
func (n *Network) Info() NetworkInfo { return NetworkInfo{Version: fileVersion, Bytes: n.size} }

// Open maps a file that WriteTo wrote into memory; the network is ready at once
// and uses the file where it lies. To change a file that may be open somewhere,
// write another and rename it over the old one: a mapped file that shrinks ends
// the program. The errors are those of the system, ErrForeign, ErrVersion and
// ErrDamaged.
func Open(path string) (*Network, error) {
	data, release, err := mapFile(path)
	if err != nil {
		return nil, fmt.Errorf("open network: %w", err)
	}
	n, err := Load(data)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	if err := forget(data); err != nil {
		return nil, fmt.Errorf("open network: %w", errors.Join(err, release()))
	}
	n.release = release
	return n, nil
}

// Load reads what WriteTo wrote. The network uses data in place, which must not
// change. No content makes it, or any later question, panic. The errors are
// ErrForeign, ErrVersion and ErrDamaged.
func Load(data []byte) (*Network, error) {
	sections, err := readSections(data)
	if err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	r := &reader{sections: sections}
	n, err := networkOf(r)
	if err != nil {
		return nil, fmt.Errorf("read network of %d bytes: %w: %w", len(data), ErrDamaged, err)
	}
	n.size = int64(len(data))
	return n, nil
}

func networkOf(r *reader) (*Network, error) {
	g, err := graphOf(r)
	if err != nil {
		return nil, err
	}
	count := uint32(0)
	for r.sections[[2]uint32{sectionProfile, count}] != nil {
		if count++; count > maxEngines {
			return nil, fmt.Errorf("more than %d profiles", maxEngines)
		}
	}
	engines := make([]*Engine, count)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for part := range count {
		group.Go(func() (err error) {
			engines[part], err = engineFrom(g, r.sections, part)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return NewNetwork(g, engines...)
}

// engineFrom makes the prepared engine that is number part of a file.
func engineFrom(g *Graph, sections map[[2]uint32][]byte, part uint32) (*Engine, error) {
	r := &reader{sections: sections}
	profiles, err := ReadProfiles(bytes.NewReader(take[byte](r, sectionProfile, part)))
	if err != nil {
		return nil, err
	}
	if len(profiles) != 1 {
		return nil, fmt.Errorf("%d profiles where one must be", len(profiles))
	}
	arrays := make([][]uint32, hierarchyArrays)
	for i := range arrays {
		arrays[i] = take[uint32](r, sectionHierarchy, part*hierarchyArrays+uint32(i))
	}
	if r.err != nil {
		return nil, r.err
	}
	index, err := hierarchy.FromArrays(arrays)
	if err != nil {
		return nil, err
	}
	e, err := NewEngine(g, profiles[0])
	if err != nil {
		return nil, err
	}
	if index.Nodes() != e.nodes() || index.Arcs() != len(e.net.arcs) || !index.Lengths() {
		return nil, fmt.Errorf("the hierarchy for %q is of another graph", e.profile.Name)
	}
	return e.with(index), nil
}

// maxEngines bounds what a file may ask for.
const maxEngines = 256

// hierarchyArrays is how many arrays a hierarchy is made of.
const hierarchyArrays = 11

// WriteTo writes the network. The same network gives the same bytes, whatever
// the machine.
func (n *Network) WriteTo(w io.Writer) (int64, error) {
	all, err := n.g.sections()
	if err != nil {
		return 0, fmt.Errorf("write network: %w", err)
	}
	part := uint32(0)
	for _, e := range n.prepared {
		if e.index == nil {
			continue
		}
		table, err := json.Marshal([]Profile{e.profile})
		if err != nil {
			return 0, fmt.Errorf("write network: %w", err)
		}
		all = append(all, section{sectionProfile, part, table})
		for i, a := range e.index.Arrays() {
			all = append(all, section{sectionHierarchy, part*hierarchyArrays + uint32(i), bytesOf(a)})
		}
		part++
	}
	written, err := writeSections(w, all)
	if err != nil {
		return written, fmt.Errorf("write network: %w", err)
	}
	return written, nil
}

// Close lets go of the file, if there is one. Nothing of the network, its graph
// and its engines may be used afterwards; texts that were asked for may.
func (n *Network) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.release == nil {
		return nil
	}
	release := n.release
	n.release = nil
	if err := release(); err != nil {
		return fmt.Errorf("close network: %w", err)
	}
	return nil
}
