package routing

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// Network is a graph with the engines prepared for it; it is what a file holds.
// It is safe for concurrent use until it is closed.
type Network struct {
	g        *Graph
	prepared []*Engine
	size     int64

	mu    sync.Mutex
	plain []*Engine
}

// NewNetwork puts a graph and engines prepared on it together.
func NewNetwork(g *Graph, prepared ...*Engine) (*Network, error) {
	if g == nil || g.Edges() == 0 {
		return nil, fmt.Errorf("make network: %w", ErrEmpty)
	}
	for _, e := range prepared {
		if e.g != g {
			return nil, fmt.Errorf("make network: the engine for %q runs on another graph", e.profile.Name)
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

// Open reads the file that WriteTo wrote. The errors are those of the system,
// ErrForeign, ErrVersion and ErrDamaged.
func Open(path string) (*Network, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open network: %w", err)
	}
	return Load(data)
}

// Load reads what WriteTo wrote. The network uses data in place, which must not
// change.
func Load(data []byte) (*Network, error) {
	var g Graph
	if err := g.UnmarshalBinary(data); err != nil {
		return nil, err
	}
	n, err := NewNetwork(&g)
	if err != nil {
		return nil, err
	}
	n.size = int64(len(data))
	return n, nil
}

// WriteTo writes the network. The same network gives the same bytes.
func (n *Network) WriteTo(w io.Writer) (int64, error) {
	data, err := n.g.MarshalBinary()
	if err != nil {
		return 0, err
	}
	written, err := w.Write(data)
	if err != nil {
		return int64(written), fmt.Errorf("write network: %w", err)
	}
	return int64(written), nil
}

// Close lets go of the file. Nothing of the network may be used afterwards.
func (n *Network) Close() error { return nil }
