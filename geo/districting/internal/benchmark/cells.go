package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
)

// runCells writes made-up communities as a table of cells, for "sanse grids draw
// --cells". The same flags give the same file.
func runCells(args []string) error {
	f := flag.NewFlagSet("benchmark cells", flag.ContinueOnError)
	var c made
	f.Uint64Var(&c.seed, "seed", 1, "seed")
	f.IntVar(&c.cells, "cells", 2000, "cells of a community")
	f.IntVar(&c.communities, "communities", 1, "communities, side by side")
	f.IntVar(&c.resolution, "resolution", 11, "resolution of the cells")
	f.IntVar(&c.households, "households", 7500, "households of a community, about")
	out := f.String("o", "-", "`file` to write to")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 || c.cells < 1 || c.communities < 1 || c.households < 0 {
		return errors.New("cells: -cells and -communities must be above 0, -households not below")
	}
	if *out == "-" {
		return c.write(os.Stdout)
	}
	w, err := os.Create(*out)
	if err != nil {
		return err
	}
	return errors.Join(c.write(w), w.Close())
}

// made says what is made up.
type made struct {
	seed                           uint64
	cells, communities, resolution int
	households                     int
}

// write makes each community a disk of cells. One cell in eight is empty (fields,
// water, roads); the others have households by estates, one for every fifty
// cells, whose density falls off over three cells, up to four times one
// another's; and care minutes a week: most cells have none, some up to 120.
func (m made) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "cell,community,households,minutes")
	rings := 0
	for 1+3*rings*(rings+1) < m.cells {
		rings++
	}
	across := int(math.Ceil(math.Sqrt(float64(m.communities))))
	edge, err := h3.HexagonEdgeLengthAvgM(m.resolution)
	if err != nil {
		return err
	}
	step := float64(2*rings+2) * edge * math.Sqrt(3) / 95_000 // degrees, a little more than a disk is wide
	for i := range m.communities {
		r := rand.New(rand.NewPCG(m.seed, uint64(i)))
		middle, err := geo.CellAt(orb.Point{104.1 + step*float64(i%across), 30.8 + step*float64(i/across)}, m.resolution)
		if err != nil {
			return err
		}
		disk, err := middle.GridDisk(rings)
		if err != nil {
			return err
		}
		disk = disk[:m.cells]
		density := densities(r, disk, edge)
		whole := 0.0
		for _, d := range density {
			whole += d
		}
		for k, c := range disk {
			minutes := 0
			if density[k] > 0 && r.IntN(5) == 0 {
				minutes = 20 * (1 + r.IntN(6))
			}
			fmt.Fprintf(w, "%s,5101130%05d,%d,%d\n", c, i+1, int(math.Round(density[k]*float64(m.households)/max(whole, 1e-9))), minutes)
		}
	}
	return w.Flush() // holds the first error of those before
}

// densities of households of each cell, in no unit.
func densities(r *rand.Rand, disk []h3.Cell, edge float64) []float64 {
	at := make([]orb.Point, len(disk))
	for k, c := range disk {
		at[k], _ = geo.CellCentre(c) // cells of H3's own are valid
	}
	type estate struct {
		at   orb.Point
		size float64
	}
	estates := make([]estate, 1+len(disk)/50)
	for k := range estates {
		estates[k] = estate{at[r.IntN(len(at))], 1 + 3*r.Float64()}
	}
	out := make([]float64, len(disk))
	for k := range out {
		if r.IntN(8) == 0 {
			continue
		}
		out[k] = 0.3
		for _, e := range estates {
			d := geo.Distance(at[k], e.at) / (3 * edge * math.Sqrt(3))
			out[k] += e.size * math.Exp(-d*d/2)
		}
	}
	return out
}
