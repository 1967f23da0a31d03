package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sanse/reports/siting"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	b := &bench{ctx: ctx, out: csv.NewWriter(out)}
	var dir, only string
	var c city
	f.StringVar(&dir, "dir", "", "`folder` with pmed/ and mclp/")
	f.StringVar(&only, "only", "", "goals to run, of pmedian,pcenter,mclp,lscp (all)")
	f.IntVar(&c.demands, "city", 0, "`points` of demand of a made-up city, instead of the folder")
	f.IntVar(&c.sites, "sites", 2000, "sites of the city")
	f.IntVar(&c.choose, "p", 50, "sites to choose in the city")
	f.IntVar(&c.radius, "radius", 800, "radius in the city, in `metres`")
	f.StringVar(&c.goal, "goal", "mclp", "goal in the city: mclp, lscp, pmedian, pcenter")
	f.Int64Var(&c.capacity, "capacity", 0, "weight that each site of the city can serve (0: no limit)")
	f.IntVar(&c.near, "near", 128, "for pmedian, sites that are listed for each point; farther ones are left out")
	f.Uint64Var(&b.seed, "seed", 1, "seed of the search")
	f.IntVar(&b.threads, "threads", 1, "threads of the bound")
	f.DurationVar(&b.time, "time", 10*time.Second, "time of processor of each run")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("what is %q?", f.Arg(0))
	}
	if (dir == "") == (c.demands == 0) {
		return errors.New("give either -dir or -city")
	}
	if err := b.row("goal", "instance", "demands", "p", "objective", "bound", "best", "gap_percent", "iterations", "seconds", "seconds_cbc"); err != nil {
		return err
	}
	if c.demands > 0 {
		return b.one(fmt.Sprintf("city of %d, %d sites", c.demands, c.sites), c.problem(), -1, "")
	}
	asked := func(goal siting.Goal) bool {
		return only == "" || strings.Contains(","+only+",", ","+string(goal)+",")
	}
	return errors.Join(b.pmed(dir, asked), b.cover(dir, asked))
}

// bench runs problems one after the other.
type bench struct {
	ctx     context.Context //nolint:containedctx // of one program
	out     *csv.Writer
	seed    uint64
	threads int
	time    time.Duration
}

func (b *bench) row(fields ...string) error {
	if err := b.out.Write(fields); err != nil {
		return err
	}
	b.out.Flush()
	return b.out.Error()
}

// spent is the processor time of the process so far.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// budget ends a run by processor time.
type budget struct{ from, most time.Duration }

// Spent implements siting.Budget.
func (b budget) Spent(int) float64 { return float64(spent()-b.from) / float64(b.most) }

// one runs a problem; best is what is known to be best, or −1.
func (b *bench) one(name string, p *siting.Problem, best int64, cbc string) error {
	from := spent()
	s, err := siting.Solve(b.ctx, p, siting.Options{Seed: b.seed, Threads: b.threads, Budget: budget{from, b.time}})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	took := spent() - from
	if wrong := siting.Check(p, s); len(wrong) > 0 {
		return fmt.Errorf("%s: the check finds: %s", name, strings.Join(wrong, "; "))
	}
	known := ""
	if best >= 0 {
		known = strconv.FormatInt(best, 10)
		if p.Goal == siting.MostCovered && s.Bound < best || p.Goal != siting.MostCovered && s.Bound > best {
			return fmt.Errorf("%s: the bound %d is beaten by %d", name, s.Bound, best)
		}
	}
	return b.row(string(p.Goal), name, strconv.Itoa(len(p.Weight)), strconv.Itoa(len(s.Chosen)),
		strconv.FormatInt(s.Objective, 10), strconv.FormatInt(s.Bound, 10), known,
		strconv.FormatFloat(100*s.Gap, 'f', 3, 64), strconv.Itoa(s.Iterations), strconv.FormatFloat(took.Seconds(), 'f', 3, 64), cbc)
}
