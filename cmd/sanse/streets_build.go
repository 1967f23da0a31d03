package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"sanse/planner"
	"sanse/routing"
)

type streetsBuildCmd struct {
	Streets  []string     `arg:"" name:"streets" help:"Extracts (.osm.pbf, .osm, .osm.bz2), which are merged; or a file of road lines; or a graph that is to be built anew." type:"existingfile"`
	Out      string       `short:"o" help:"The graph file to write." required:"" type:"path" placeholder:"FILE"`
	Profile  []string     `help:"Profiles to prepare, separated by commas." default:"foot" placeholder:"NAME,…"`
	Profiles string       `help:"Table of the district's own profiles (JSON); they come before the built-in ones." type:"existingfile" placeholder:"FILE"`
	Overlay  string       `help:"The district's own changes (GeoJSON), laid over the streets." type:"existingfile" placeholder:"FILE"`
	On       planner.Date `help:"Day whose changes are laid over (default: today)." placeholder:"YYYY-MM-DD"`
	Threads  int          `help:"Processors to use (0: all)." placeholder:"N"`
	JSON     bool         `name:"json" help:"Print what was built as JSON."`
	linesFlags
}

func (*streetsBuildCmd) Help() string {
	return `Reads streets, prepares them for the profiles named and writes one file that is ready at once. It
takes the place of a file of that name only when all of it is on the disk, so that a server may go
on with the old one. Other profiles can be asked for later; they are searched without preparation.

  sanse streets build city.osm.pbf -o city.graph --profile foot,elderly,wheelchair
  sanse streets build north.osm.pbf south.osm.pbf -o both.graph
  sanse streets build 道路.shp --crs EPSG:4549 -o own.graph
  sanse streets build city.graph --overlay changes.geojson --on 2026-12-01 -o december.graph`
}

// builtStreets is the account of a build.
type builtStreets struct {
	streetsInfo
	Notes          []string `json:"notes"`
	ReadSeconds    float64  `json:"read_seconds"`
	PrepareSeconds float64  `json:"prepare_seconds"`
	WriteSeconds   float64  `json:"write_seconds"`
}

func (cmd *streetsBuildCmd) Run(ctx context.Context, s streams) error {
	if cmd.On != 0 && cmd.Overlay == "" {
		return badInput(nil, "--on is the day of an --overlay")
	}
	if err := cmd.checkOut(); err != nil {
		return err
	}
	own, err := readProfiles(cmd.Profiles)
	if err != nil {
		return err
	}
	profiles, err := cmd.profiles(own)
	if err != nil {
		return err
	}
	began := time.Now()
	read, err := cmd.read(ctx, s)
	if err != nil {
		return err
	}
	account := builtStreets{Notes: read.notes, ReadSeconds: since(&began)}
	engines := make([]*routing.Engine, 0, len(profiles))
	for _, p := range profiles {
		e, err := routing.NewEngine(read.graph, p)
		if err != nil {
			return streetsError(err, "profile "+p.Name)
		}
		if e, err = prepare(ctx, e, threadsOf(cmd.Threads), s.err); err != nil {
			return err
		}
		engines = append(engines, e)
	}
	account.PrepareSeconds = since(&began)
	net, err := routing.NewNetwork(read.graph, engines...)
	if err != nil {
		return streetsError(err, filepath.Base(cmd.Out))
	}
	size, err := writeGraphFile(cmd.Out, net.WriteTo)
	if err != nil {
		return err
	}
	account.WriteSeconds = since(&began)
	account.streetsInfo = (&streets{name: filepath.Base(cmd.Out), net: net, own: own}).info(size)
	if cmd.JSON {
		if account.Notes == nil {
			account.Notes = []string{}
		}
		return printJSON(s.out, account)
	}
	account.print(s.out)
	for _, note := range account.Notes {
		fmt.Fprintln(s.out, "  note       ", note)
	}
	fmt.Fprintf(s.out, "  seconds     %.1f to read, %.1f to prepare, %.1f to write\n", account.ReadSeconds, account.PrepareSeconds, account.WriteSeconds)
	return nil
}

// checkOut lets a graph be built anew onto itself; an extract, road lines or
// changes are never written over.
func (cmd *streetsBuildCmd) checkOut() error {
	inputs := []string{cmd.Profiles, cmd.Overlay}
	for _, path := range cmd.Streets {
		built, err := isGraph(path)
		if err != nil {
			return err
		}
		if !built {
			inputs = append(inputs, path)
		}
	}
	return checkOut(cmd.Out, inputs...)
}

// profiles finds the tables named, each once.
func (cmd *streetsBuildCmd) profiles(own []routing.Profile) ([]routing.Profile, error) {
	var out []routing.Profile
	for _, name := range distinct(cmd.Profile) {
		p, err := findProfile(name, own)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// read reads the streets and lays the changes over them.
func (cmd *streetsBuildCmd) read(ctx context.Context, s streams) (streetsRead, error) {
	show := newQuietStages(s.err)
	defer show.end()
	read, err := cmd.readBase(ctx, show)
	if err != nil || cmd.Overlay == "" {
		return read, err
	}
	show.step("lay changes over", 0, 0)
	return layOver(read, cmd.Overlay, cmd.On)
}

func (cmd *streetsBuildCmd) readBase(ctx context.Context, show *stages) (streetsRead, error) {
	graphs := 0
	for _, path := range cmd.Streets {
		built, err := isGraph(path)
		if err != nil {
			return streetsRead{}, err
		}
		if built {
			graphs++
		}
	}
	switch {
	case graphs == 0:
		return readStreets(ctx, cmd.Streets, cmd.linesFlags, show)
	case len(cmd.Streets) > 1:
		return streetsRead{}, badInput(nil, "a built graph is not merged with other streets: build from the extracts together")
	case cmd.linesFlags != linesFlags{}:
		return streetsRead{}, badInput(nil, "--crs, --layer and --cross are for road lines")
	}
	// All of it is read into memory: the graph must outlive the file, which may
	// be the one that is replaced.
	data, err := os.ReadFile(cmd.Streets[0])
	if err != nil {
		return streetsRead{}, badInput(err, "cannot read")
	}
	net, err := routing.Load(data)
	if err != nil {
		return streetsRead{}, streetsError(err, filepath.Base(cmd.Streets[0]))
	}
	return streetsRead{graph: net.Graph()}, nil
}

// since returns the seconds since an instant and moves it to now.
func since(began *time.Time) float64 {
	now := time.Now()
	passed := now.Sub(*began).Seconds()
	*began = now
	return passed
}

// threadsOf turns 0 into all processors.
func threadsOf(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}
