package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

// runCity writes a made-up city as JSON Lines, a problem a line, for "sanse plan
// --problem city.jsonl": with 100 blocks a district, without a community. The
// same flags give the same file.
func runCity(args []string) error {
	f := flag.NewFlagSet("benchmark city", flag.ContinueOnError)
	residents := f.Int("residents", 60000, "residents of the city")
	var c sample.Config
	f.Uint64Var(&c.Seed, "seed", 1, "seed")
	f.IntVar(&c.Blocks, "blocks", 1, "communities of a problem")
	f.IntVar(&c.Residents, "per-block", 30, "residents of a community")
	f.IntVar(&c.Visitors, "visitors", 12, "visitors of a community, of whom each works two hours on five days a week")
	f.IntVar(&c.Wide, "wide", 0, "visitors of each town of twelve communities")
	f.IntVar(&c.Days, "days", 31, "days of the plan")
	f.IntVar(&c.Services, "services", 0, "residents with a service at home, in percent")
	f.IntVar(&c.Providers, "providers", 0, "providers of each town of twelve communities")
	f.IntVar(&c.Patrols, "patrols", 0, "points of each grid to be passed five times a week")
	out := f.String("o", "-", "`file` to write to")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("city: what is %q?", f.Arg(0))
	}
	if *out == "-" {
		return writeCity(os.Stdout, c, *residents)
	}
	w, err := os.Create(*out)
	if err != nil {
		return err
	}
	return errors.Join(writeCity(w, c, *residents), w.Close())
}

func writeCity(w io.Writer, c sample.Config, residents int) error {
	b := bufio.NewWriterSize(w, 1<<20)
	for p, err := range sample.City(c, residents) {
		if err == nil {
			err = planner.WriteProblemLine(b, p)
		}
		if err != nil {
			return err
		}
	}
	return b.Flush()
}
