package main

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"sanse/routing"
)

type streetsNearestCmd struct {
	streetsFlags
	profileFlag
	snapFlag
	From         string  `help:"CSV of the places to start from ('-': standard input)." required:"" placeholder:"A.csv"`
	To           string  `help:"CSV of the facilities to choose from." required:"" placeholder:"B.csv"`
	Count        int     `short:"k" help:"How many facilities to name for each place." default:"3" placeholder:"N"`
	Minutes      float64 `help:"Leave out facilities that are farther than so many minutes." placeholder:"N"`
	Out          string  `short:"o" help:"CSV to write ('-': standard output)." default:"-" placeholder:"FILE"`
	WalkToStreet bool    `help:"Times include the straight walk between each place and its street (else they run from street to street)."`
	Strict       bool    `help:"End with exit code 2 if a place is on no street, instead of leaving it without a facility."`
	Threads      int     `help:"Processors to use (0: all)." placeholder:"N"`
}

func (*streetsNearestCmd) Help() string {
	return `Writes one line for each place and facility, the nearest first: id, rank, facility, seconds (rounded
up) and metres on the way. A place that reaches none has one line with rank 0 and nothing behind it. Of two
facilities equally near, the one that comes first in its file is named first.

  sanse streets nearest --graph city.graph --from homes.csv --to clinics.csv -k 3 -o near.csv
  sanse streets nearest --graph city.graph --from homes.csv --to clinics.csv --minutes 15`
}

// facilityAt is a facility and how far it is.
type facilityAt struct {
	index       int
	millis, way uint32
}

func (cmd *streetsNearestCmd) Run(ctx context.Context, s streams) error {
	if err := cmd.check(); err != nil {
		return err
	}
	if cmd.Count < 1 {
		return badInput(nil, "-k %d: want 1 or more", cmd.Count)
	}
	if !(cmd.Minutes >= 0 && cmd.Minutes <= maxMinutes) {
		return badInput(nil, "--minutes %v: want 0 (no bound) to %d", cmd.Minutes, maxMinutes)
	}
	if err := checkOut(cmd.Out, cmd.Graph, cmd.Profiles, cmd.From, cmd.To); err != nil {
		return err
	}
	from, to, err := readSides(cmd.From, cmd.To, s.in)
	if err != nil {
		return err
	}
	return cmd.withStreets(ctx, s, func(st *streets) error {
		e, err := st.engine(ctx, cmd.Profile, len(from.all), threadsOf(cmd.Threads))
		if err != nil {
			return err
		}
		places, facilities, err := st.snapSides(e, from, to, cmd.Limit, cmd.Strict)
		if err != nil {
			return err
		}
		return writeResult(cmd.Out, s.out, func(w io.Writer) error {
			return cmd.write(ctx, w, e, places, facilities, newQuietStages(s.err))
		})
	})
}

func (cmd *streetsNearestCmd) write(ctx context.Context, w io.Writer, e *routing.Engine, from, to snapped, show *stages) error {
	defer show.end()
	out := csv.NewWriter(w)
	if err := out.Write([]string{"id", "rank", "facility", "seconds", "metres"}); err != nil {
		return err
	}
	bound := uint32(routing.Unreached - 1)
	if cmd.Minutes > 0 {
		bound = uint32(cmd.Minutes * 60_000)
	}
	o := routing.TableOptions{Metres: true, OnStreet: !cmd.WalkToStreet, Threads: threadsOf(cmd.Threads)}
	var near []facilityAt
	err := e.TableRows(ctx, from.snaps, to.snaps, o, func(i int, r routing.TableRow) error {
		show.ints("nearest", i+1, len(from.snaps))
		near = near[:0]
		for j, ms := range r.Millis {
			if ms <= bound {
				near = keepNearest(near, facilityAt{j, ms, r.Millimetres[j]}, cmd.Count)
			}
		}
		id := from.all[i].id
		if len(near) == 0 {
			return out.Write([]string{id, "0", "", "", ""})
		}
		for rank, f := range near {
			if err := out.Write([]string{
				id, strconv.Itoa(rank + 1), to.all[f.index].id,
				strconv.Itoa(int(wholeSeconds(f.millis))), string(appendTenths(nil, f.way)),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// keepNearest puts a facility in its place among the k nearest so far; of equal
// ones the earlier stays before the later.
func keepNearest(near []facilityAt, f facilityAt, k int) []facilityAt {
	at := len(near)
	for at > 0 && near[at-1].millis > f.millis {
		at--
	}
	if at == k {
		return near
	}
	if len(near) == k {
		near = near[:k-1]
	}
	return slices.Insert(near, at, f)
}
