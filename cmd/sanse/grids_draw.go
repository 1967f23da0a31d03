package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

type gridsDrawCmd struct {
	unitsFlags
	Zones      int           `help:"Number of grids, where the file has one community." xor:"number" placeholder:"K"`
	ZonesBy    string        `help:"Number of grids of each community: CSV with the columns community and zones." type:"existingfile" xor:"number" placeholder:"FILE"`
	Standard   string        `help:"The district's own rule instead: so much of a weight to each grid, or from so much to so much." xor:"number" placeholder:"NAME=300|NAME=50-120|grid|micro-grid"`
	Tolerance  string        `help:"How far a grid may be above or below its target." default:"5%" placeholder:"5%"`
	Goal       string        `help:"What is good among those that keep to the rules: compact (the shortest borders) or cut-edges (as few pairs of neighbours in two grids as possible). A dual graph is drawn for cut-edges unless asked." enum:"compact,cut-edges,auto" default:"auto"`
	Today      string        `help:"Today's grids: CSV with the columns id and zone. Grids keep their codes as far as they can." type:"existingfile" placeholder:"FILE"`
	Stay       float64       `help:"With --today: how dear it is to move. At 1, to move everything is as dear as the whole border of today's grids." default:"1" placeholder:"SHARE"`
	Lock       string        `help:"Units that stay where they are: CSV with the columns id and zone." type:"existingfile" placeholder:"FILE"`
	Keep       []string      `help:"Grids of today that stay as they are; the others are balanced among themselves." placeholder:"CODE"`
	Renumber   bool          `help:"Number all grids anew, instead of keeping today's codes."`
	Time       time.Duration `help:"Search for so long (with --seeds: each)." placeholder:"10s"`
	Iterations int           `help:"Search for so many steps in each thread (0: by the size of the file)." placeholder:"N"`
	Seed       uint64        `help:"Seed of the search: the same seed, steps and threads give the same grids." default:"1"`
	Seeds      int           `help:"Search with so many seeds from --seed on, and keep the best." default:"1" placeholder:"N"`
	Threads    int           `help:"Threads that search side by side (0: one a processor)." placeholder:"N"`
	Out        string        `short:"o" help:"Write the grids: an assignment (.csv) or outlines (.geojson); '-': the assignment to standard output." default:"-" placeholder:"FILE"`
	Outlines   string        `help:"Write the outlines (GeoJSON) as well." placeholder:"FILE"`
	Metrics    string        `help:"Write the metrics (JSON) as well." placeholder:"FILE"`
	JSON       bool          `name:"json" help:"Tell the progress on standard error as a line of JSON each."`
}

func (*gridsDrawCmd) Help() string {
	return `Divides cells, areas or the nodes of a dual graph into grids that are each in one piece and in one
community, balanced on up to five weights, and compact. No grid crosses a barrier, locked units stay. With --today
grids stay near to what there is. Grids are numbered west to east, north to south: the community's code of 12 (or
15) digits and three more; what has a code keeps it and no code is used twice.

A --standard is the district's own rule: NAME=300 for grids of about 300, NAME=50-120 for grids of 50 to 120. The
reference rules have names: grid is households=300 (300 households to each full-time worker, who has a grid), and
micro-grid is households=50-120.

Where a tolerance cannot be met, or is not, the exit code is 1, what stands in the way is told, and the best that
was found is written. With --time an interrupt (Ctrl-C) ends the search, and the best until then is written.

  sanse grids draw --cells cells.csv --weight households --zones 25 --time 10s -o grids.geojson --metrics m.json
  sanse grids draw --cells cells.csv --weight households=5% --weight minutes=10% --standard households=300 -o plan.csv
  sanse grids draw --cells cells.csv --standard micro-grid --barriers river.geojson -o micro.geojson
  sanse grids draw --cells cells.csv --weight households --zones-by k.csv --today now.csv --stay 2 -o plan.csv`
}

// flagsRight refuses what cannot be before any file is read.
func (cmd *gridsDrawCmd) flagsRight() error {
	switch {
	case cmd.Time < 0 || cmd.Iterations < 0 || cmd.Threads < 0:
		return badInput(nil, "--time, --iterations and --threads cannot be below 0")
	case cmd.Seeds < 1:
		return badInput(nil, "--seeds %d: want 1 or more", cmd.Seeds)
	case cmd.Zones < 0:
		return badInput(nil, "--zones %d: want 1 or more", cmd.Zones)
	case !(cmd.Stay >= 0 && cmd.Stay < 1e9):
		return badInput(nil, "--stay %v: want 0 or more", cmd.Stay)
	case cmd.Zones == 0 && cmd.ZonesBy == "" && cmd.Standard == "":
		return badInput(nil, "how many grids? give --zones, --zones-by or --standard")
	case len(cmd.Keep) > 0 && cmd.Today == "":
		return badInput(nil, "--keep is about grids of --today")
	case len(cmd.Keep) > 0 && cmd.Renumber:
		return badInput(nil, "--keep and --renumber contradict each other")
	}
	outlines := cmd.Outlines != ""
	switch ext := strings.ToLower(filepath.Ext(cmd.Out)); {
	case cmd.Out == "-", ext == ".csv":
	case ext == ".geojson":
		outlines = true
	default:
		return badInput(nil, "-o %s: want a name that ends in .csv (an assignment) or .geojson (outlines)", filepath.Base(cmd.Out))
	}
	if outlines && cmd.Graph != "" {
		return badInput(nil, "a dual graph has no shapes, so there are no outlines to write")
	}
	for _, out := range []string{cmd.Out, cmd.Outlines, cmd.Metrics} {
		if out == "" {
			continue
		}
		if err := checkOut(out, cmd.path(), cmd.ZonesBy, cmd.Today, cmd.Lock, cmd.Barriers); err != nil {
			return err
		}
		if err := canWrite(out); err != nil {
			return err
		}
	}
	return nil
}

func (cmd *gridsDrawCmd) Run(ctx context.Context, s streams) error {
	if err := cmd.flagsRight(); err != nil {
		return err
	}
	u, p, err := cmd.problem()
	if err != nil {
		return err
	}
	pins, err := cmd.pin(u, p)
	if err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return badInput(err, "%s", filepath.Base(cmd.path()))
	}
	d, err := cmd.search(ctx, s, p)
	if err != nil {
		return err
	}
	zone := files.KeepNumbers(p, d.Zone)
	// No drawing leaves without a check.
	if wrong := districting.Check(p, zone); len(wrong) > 0 && d.Cost.Excess == 0 {
		return fmt.Errorf("the drawing does not pass its check: %s", wrong[0].Message)
	}
	m, err := districting.Measure(p, zone)
	if err != nil {
		return err
	}
	if cmd.Renumber {
		pins = nil
	}
	names, err := files.NameZones(u, p.Zones, zone, pins)
	if err != nil {
		return badInput(err, "")
	}
	report := files.NewReport(u, p, names, m, d.Cost.Excess, d.Forbids)
	if err := cmd.write(s, u, zone, names, m, report); err != nil {
		return err
	}
	if d.Cost.Excess > 0 {
		for i, o := range report.Forbids {
			if i == shownFaults {
				fmt.Fprintf(s.err, "sanse: … and %d more in the metrics\n", len(report.Forbids)-i)
				break
			}
			fmt.Fprintf(s.err, "sanse: %s: %s\n", o.Kind, o.Message)
		}
		return answerNo("the tolerance is not met: grids are beyond their bounds by %.2f %% in all; what was found is written", 100*d.Cost.Excess)
	}
	return nil
}

// problem reads the units and says how many grids there are to be.
func (cmd *gridsDrawCmd) problem() (*files.Units, *districting.Problem, error) {
	var (
		standard files.Standard
		more     []string
		err      error
	)
	if cmd.Standard != "" {
		if standard, err = files.ParseStandard(cmd.Standard); err != nil {
			return nil, nil, badInput(err, "--standard")
		}
		if !cmd.weighs(standard.Weight) {
			more = append(more, standard.Weight)
		}
	}
	if len(cmd.Weight)+len(more) == 0 {
		return nil, nil, badInput(nil, "what shall grids have the same amount of? give --weight NAME, a column of %s", filepath.Base(cmd.path()))
	}
	u, err := cmd.read(cmd.Tolerance, more...)
	if err != nil {
		return nil, nil, err
	}
	p := problem(u)
	if cmd.Goal == string(districting.CutEdges) || cmd.Goal == "auto" && cmd.Graph != "" {
		p.Goal = districting.CutEdges
	}
	switch {
	case cmd.Zones > 0:
		if n := len(u.Communities); n > 1 {
			return nil, nil, badInput(nil, "--zones is for one community, %s has %d: give --zones-by or --standard", filepath.Base(cmd.path()), n)
		}
		if cmd.Zones > u.Len() {
			return nil, nil, badInput(nil, "--zones %d: there are %s, and each grid needs one at least", cmd.Zones, count(u.Len(), "unit", "units"))
		}
		p.Zones = []int{cmd.Zones}
	case cmd.ZonesBy != "":
		p.Zones, err = readTable(cmd.ZonesBy, func(r io.Reader) ([]int, error) { return files.ReadZones(r, u) })
		if err != nil {
			return nil, nil, err
		}
	default:
		w, _ := u.Weight(standard.Weight)
		sizes := u.Sizes()
		for c, sum := range u.Sums(w) {
			p.Zones = append(p.Zones, standard.Zones(sum, sizes[c]))
		}
		if standard.Bounds() {
			p.Weights[w].Least, p.Weights[w].Most = standard.Least, standard.Most
		}
	}
	return u, p, nil
}

// pin reads today's grids and the locks.
func (cmd *gridsDrawCmd) pin(u *files.Units, p *districting.Problem) (*files.Pins, error) {
	var today, locked *files.Assignment
	var err error
	if cmd.Today != "" {
		if today, err = readTable(cmd.Today, files.ReadAssignment); err != nil {
			return nil, err
		}
	}
	if cmd.Lock != "" {
		if locked, err = readTable(cmd.Lock, files.ReadAssignment); err != nil {
			return nil, err
		}
	}
	pins, err := files.Pin(u, p.Zones, today, locked, cmd.Keep)
	if err != nil {
		return nil, badInput(err, "")
	}
	p.Today, p.Locked, p.Closed = pins.Today, pins.Locked, pins.Closed
	p.Stay = pins.Stay(u, p.Goal, cmd.Stay)
	return pins, nil
}

func (cmd *gridsDrawCmd) write(s streams, u *files.Units, zone []int32, names []string, m districting.Metrics, report *files.Report) error {
	outlines := func(w io.Writer) error { return files.WriteOutlines(w, u, zone, names, m) }
	assignment := func(w io.Writer) error {
		of := make([]string, len(zone))
		for i, z := range zone {
			of[i] = names[z]
		}
		return files.WriteAssignment(w, u, of)
	}
	if strings.EqualFold(filepath.Ext(cmd.Out), ".geojson") {
		assignment = outlines
	}
	if err := writeOut(cmd.Out, s.out, assignment); err != nil {
		return err
	}
	if cmd.Outlines != "" {
		if err := writeOut(cmd.Outlines, s.out, outlines); err != nil {
			return err
		}
	}
	if cmd.Metrics != "" {
		return writeOut(cmd.Metrics, s.out, report.Write)
	}
	return nil
}

// threads are those to search with.
func (cmd *gridsDrawCmd) threads() int {
	if cmd.Threads == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return cmd.Threads
}
