package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"sanse/geo/districting/files"
)

type gridsCompareCmd struct {
	unitsFlags
	A string `arg:"" name:"a" help:"The grids before: an assignment (CSV) or areas (GeoJSON)." type:"existingfile"`
	B string `arg:"" name:"b" help:"The grids after, in a file of the same kind." type:"existingfile"`
}

func (*gridsCompareCmd) Help() string {
	return `Prints what moves from which grid to which, the grids that are created and retired, and what each
has before and after. Of two assignments that is units, and with --cells, --areas or --graph their ground and each --weight;
of two files of areas it is ground, and each --weight that the areas have.

  sanse grids compare today.csv plan.csv --cells cells.csv --weight households
  sanse grids compare today.geojson plan.geojson --weight households`
}

func (cmd *gridsCompareCmd) Run(_ context.Context, s streams) error {
	if cmd.Barriers != "" {
		return badInput(nil, "--barriers play no part in a comparison")
	}
	shapes, err := isGeoJSON(cmd.A)
	if err != nil {
		return err
	}
	if other, err := isGeoJSON(cmd.B); err != nil {
		return err
	} else if other != shapes {
		return badInput(nil, "an assignment and areas cannot be compared: give two files of one kind")
	}
	if !shapes {
		return cmd.assignments(s)
	}
	if cmd.given() {
		return badInput(nil, "--cells, --areas and --graph are for assignments; areas have their weights themselves")
	}
	read := func(r io.Reader) (*files.Units, error) { return files.ReadShapes(r, cmd.Weight...) }
	a, err := readFile(cmd.A, read)
	if err != nil {
		return err
	}
	b, err := readFile(cmd.B, read)
	if err != nil {
		return err
	}
	c, err := files.CompareShapes(a, b)
	if err != nil {
		return badInput(err, "")
	}
	return printJSON(s.out, c)
}

func (cmd *gridsCompareCmd) assignments(s streams) error {
	if len(cmd.Weight) > 0 && !cmd.given() {
		return badInput(nil, "--weight is a column of --cells, --areas or --graph: name the file")
	}
	a, err := readTable(cmd.A, files.ReadAssignment)
	if err != nil {
		return err
	}
	b, err := readTable(cmd.B, files.ReadAssignment)
	if err != nil {
		return err
	}
	var u *files.Units
	if cmd.given() {
		if u, err = cmd.read("0%"); err != nil {
			return err
		}
	}
	return printJSON(s.out, files.CompareAssignments(a, b, u))
}

// isGeoJSON tells whether a file begins as an object of JSON does.
func isGeoJSON(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, badInput(err, "cannot read")
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if n == 0 && !errors.Is(err, io.EOF) {
		return false, badInput(err, "cannot read")
	}
	head = bytes.TrimPrefix(head[:n], []byte("\xEF\xBB\xBF"))
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n\x1e"), []byte("{")), nil
}
