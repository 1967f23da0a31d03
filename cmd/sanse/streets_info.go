package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

type streetsInfoCmd struct {
	Graph string `arg:"" help:"The streets: a built graph, an OpenStreetMap extract or a file of road lines." type:"existingfile"`
	JSON  bool   `name:"json" help:"Print as JSON."`
	linesFlags
}

func (*streetsInfoCmd) Help() string {
	return `Opens a graph file, which checks every byte of it, and tells its version, its extent, how much
network it holds, how much of that hangs together, and the profiles that it was built for. Of an
extract or road lines it tells what a graph of them would hold, in the version 0: none.

  sanse streets info city.graph
  sanse streets info city.graph --json`
}

// streetsInfo is what there is to tell of a graph.
type streetsInfo struct {
	File       string          `json:"file"`
	Version    int             `json:"version"` // 0: no graph file
	Bytes      int64           `json:"bytes"`
	Bounds     [4]float64      `json:"bounds"` // west, south, east, north
	Nodes      int             `json:"nodes"`  // junctions and ends
	Vertices   int             `json:"vertices"`
	Edges      int             `json:"edges"`
	Metres     float64         `json:"metres"`
	Components []componentInfo `json:"components"` // those with the longest network
	Parts      int             `json:"parts"`      // components in all
	Profiles   []string        `json:"profiles"`
	Outdated   []string        `json:"outdated,omitempty"` // of Profiles: prepared for another table than the built-in one
}

// componentInfo is a part of the network that hangs together.
type componentInfo struct {
	Nodes  int     `json:"nodes"`
	Edges  int     `json:"edges"`
	Metres float64 `json:"metres"`
}

// shownComponents is how many parts of a network are told one by one.
const shownComponents = 5

func (cmd *streetsInfoCmd) Run(ctx context.Context, s streams) error {
	file, err := os.Stat(cmd.Graph)
	if err != nil {
		return badInput(err, "cannot read")
	}
	built, err := isGraph(cmd.Graph)
	if err != nil {
		return err
	}
	f := streetsFlags{Graph: cmd.Graph, linesFlags: cmd.linesFlags}
	return f.withStreets(ctx, s, func(st *streets) error {
		info := st.info(file.Size())
		if !built {
			info.Version = 0
		}
		if cmd.JSON {
			return printJSON(s.out, info)
		}
		info.print(s.out)
		return nil
	})
}

func (st *streets) info(size int64) streetsInfo {
	net := st.net
	g := net.Graph()
	b := g.Bounds()
	info := streetsInfo{
		File: st.name, Version: net.Info().Version, Bytes: size,
		Bounds: [4]float64{degrees(b.Min)[0], degrees(b.Min)[1], degrees(b.Max)[0], degrees(b.Max)[1]},
		Nodes:  g.Nodes(), Vertices: g.Vertices(), Edges: g.Edges(), Profiles: []string{},
	}
	all := g.Components()
	info.Parts = len(all)
	for i, c := range all {
		info.Metres += c.Metres
		if i < shownComponents {
			info.Components = append(info.Components, componentInfo{c.Nodes, c.Edges, tenths(c.Metres)})
		}
	}
	info.Metres = tenths(info.Metres)
	for _, p := range net.Profiles() {
		info.Profiles = append(info.Profiles, p.Name)
		if _, other := st.heldTable(p.Name); other {
			info.Outdated = append(info.Outdated, p.Name)
		}
	}
	return info
}

func (i *streetsInfo) print(w io.Writer) {
	kind := fmt.Sprintf("version %d", i.Version)
	if i.Version == 0 {
		kind = "not built yet"
	}
	fmt.Fprintf(w, "%s (%s, %.1f MiB)\n", i.File, kind, float64(i.Bytes)/(1<<20))
	fmt.Fprintf(w, "  bounds      longitude %.4f to %.4f, latitude %.4f to %.4f\n", i.Bounds[0], i.Bounds[2], i.Bounds[1], i.Bounds[3])
	fmt.Fprintf(w, "  network     %d nodes, %d edges, %d points, %.1f km\n", i.Nodes, i.Edges, i.Vertices, i.Metres/1000)
	fmt.Fprintf(w, "  components  %d", i.Parts)
	for k, c := range i.Components {
		if k == 0 {
			fmt.Fprintf(w, "; the longest: %.1f km (%.1f %%)", c.Metres/1000, 100*c.Metres/i.Metres)
			continue
		}
		fmt.Fprintf(w, ", %.1f km", c.Metres/1000)
	}
	fmt.Fprintln(w)
	profiles := strings.Join(i.Profiles, ", ")
	if profiles == "" {
		profiles = "none"
	}
	fmt.Fprintf(w, "  profiles    %s\n", profiles)
	for _, name := range i.Outdated {
		fmt.Fprintf(w, "              %s\n", otherTable(name))
	}
}
