package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data/imports"
	"sanse/routing"
)

// isGraph tells a graph file by its name or its first bytes.
func isGraph(path string) (bool, error) {
	built, err := imports.IsGraph(path)
	if err == nil && built { // by its name, perhaps, and not there
		_, err = os.Stat(path)
	}
	if err != nil {
		return false, badInput(err, "cannot read")
	}
	return built, nil
}

// streets are what a verb works on.
type streets struct {
	name string // of the file, for messages
	net  *routing.Network
	own  []routing.Profile // of --profiles
	err  io.Writer
}

// open opens a built graph, or reads streets and builds one. The caller closes
// it.
func (f *streetsFlags) open(ctx context.Context, s streams) (*streets, error) {
	own, err := readProfiles(f.Profiles)
	if err != nil {
		return nil, err
	}
	out := &streets{name: filepath.Base(f.Graph), own: own, err: s.err}
	built, err := isGraph(f.Graph)
	if err != nil {
		return nil, err
	}
	if built {
		if out.net, err = routing.Open(f.Graph); err != nil {
			return nil, streetsError(err, out.name)
		}
		return out, nil
	}
	show := newQuietStages(s.err)
	read, err := readStreets(ctx, []string{f.Graph}, f.linesFlags, show)
	show.end()
	if err != nil {
		return nil, err
	}
	for _, note := range read.notes {
		fmt.Fprintln(s.err, "sanse: note:", note)
	}
	if out.net, err = routing.NewNetwork(read.graph); err != nil {
		return nil, streetsError(err, out.name)
	}
	return out, nil
}

func (st *streets) close() error { return st.net.Close() }

// withStreets runs a verb on open streets and closes them, whatever it answers.
func (f *streetsFlags) withStreets(ctx context.Context, s streams, use func(*streets) error) (err error) {
	st, err := f.open(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	return use(st)
}

// readProfiles reads a district's own table; none where no file is named.
func readProfiles(path string) ([]routing.Profile, error) {
	if path == "" {
		return nil, nil
	}
	return readFile(path, routing.ReadProfiles)
}

// profile finds a profile by its name: the district's own before what the graph
// was built for before the built-in ones.
func (st *streets) profile(name string) (routing.Profile, error) {
	return findProfile(name, st.own, st.net.Profiles())
}

// profiles lists every profile that can be asked for, each name once, as
// profile finds it.
func (st *streets) profiles() []routing.Profile {
	var out []routing.Profile
	add := func(p routing.Profile) {
		if !slices.ContainsFunc(out, func(q routing.Profile) bool { return q.Name == p.Name }) {
			out = append(out, p)
		}
	}
	for _, p := range slices.Concat(st.own, st.net.Profiles()) {
		add(p)
	}
	for _, name := range routing.ProfileNames() {
		if p, err := routing.ProfileByName(name); err == nil {
			add(p)
		}
	}
	return out
}

func findProfile(name string, tables ...[]routing.Profile) (routing.Profile, error) {
	var known []string
	for _, table := range tables {
		for _, p := range table {
			if p.Name == name {
				return p, nil
			}
			known = append(known, p.Name)
		}
	}
	p, err := routing.ProfileByName(name)
	if err != nil {
		return p, badInput(nil, "there is no profile %q; there are: %s", shorten(name), strings.Join(distinct(append(known, routing.ProfileNames()...)), ", "))
	}
	return p, nil
}

// distinct leaves out what was there before.
func distinct(words []string) []string {
	seen := make(map[string]bool, len(words))
	var out []string
	for _, w := range words {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// preparePays is from how many searches on a hierarchy is made for them.
const preparePays = 300

// engine returns the engine of a profile. One that the graph was not built for
// is prepared on the fly where so many searches pay for it.
func (st *streets) engine(ctx context.Context, name string, searches, threads int) (*routing.Engine, error) {
	p, err := st.profile(name)
	if err != nil {
		return nil, err
	}
	e, err := st.net.Engine(p)
	if err != nil {
		return nil, streetsError(err, st.name)
	}
	told := st.tellTable(name)
	if e.Prepared() {
		return e, nil
	}
	if searches < preparePays {
		if !told && len(st.net.Profiles()) > 0 {
			fmt.Fprintf(st.err, "sanse: note: %s is not built for profile %s: searching without preparation\n", st.name, p.Name)
		}
		return e, nil
	}
	fmt.Fprintf(st.err, "sanse: note: %s is not built for profile %s: preparing it now; 'sanse streets build --profile %s' keeps it\n", st.name, p.Name, p.Name)
	return prepare(ctx, e, threads, st.err)
}

// newQuietStages shows progress on a terminal and says nothing elsewhere.
func newQuietStages(out io.Writer) *stages {
	s := newStages(out)
	if !s.terminal {
		s.out = io.Discard
	}
	return s
}

func prepare(ctx context.Context, e *routing.Engine, threads int, log io.Writer) (*routing.Engine, error) {
	show := newQuietStages(log)
	defer show.end()
	stage := "prepare " + e.Profile().Name
	prepared, err := e.Prepare(ctx, routing.PrepareOptions{
		Threads:  threads,
		Progress: func(done, total int) { show.ints(stage, done, total) },
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", stage, err)
	}
	return prepared, nil
}

// streetsError sorts what went wrong with a file of streets by what the caller
// can do about it.
func streetsError(err error, name string) error {
	why := ""
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), service.CodeOf(err) != service.CodeOutside:
		return err
	case errors.Is(err, routing.ErrForeign):
		why = "this is no graph that 'sanse streets build' made"
	case errors.Is(err, routing.ErrVersion):
		why = "build the graph again with this program"
	case errors.Is(err, routing.ErrDamaged):
		why = "the graph is cut off or broken: build or copy it again"
	case errors.Is(err, routing.ErrEmpty):
		why = "there is nothing in it to get about on"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		why = "cannot read"
	default:
		return fmt.Errorf("%s: %w", name, err)
	}
	return badInput(err, "%s: %s", name, why)
}

// snapped are places brought to their streets.
type snapped struct {
	places
	snaps []routing.Snap // those that could not be are zero
	lost  int
}

// snap brings places to streets that the engine's profile can use. What could
// not be brought is told; with strict it is an error. Places whose longitude
// and latitude are swapped, and a file of which no place is on the map, always
// are.
func (st *streets) snap(e *routing.Engine, p places, limit float64, strict bool) (snapped, error) {
	out := snapped{places: p}
	var errs []error
	out.snaps, errs = e.SnapAll(p.points(), limit)
	var told []string
	bound := e.Graph().Bounds()
	for i, err := range errs {
		if err == nil {
			continue
		}
		if errors.Is(err, routing.ErrOutside) && bound.Contains(mirrored(p.all[i].at)) {
			return out, badInput(nil, "%s: longitude and latitude are swapped: the longitude comes first, and the map of %s has %s", p.where(i), st.name, boundText(bound))
		}
		if out.lost++; len(told) < shownFaults {
			told = append(told, fmt.Sprintf("%s: %s", p.where(i), snapFault(err, limit)))
		}
	}
	if out.lost == 0 {
		return out, nil
	}
	text := strings.Join(told, "\n  ")
	if more := out.lost - len(told); more > 0 {
		text += fmt.Sprintf("\n  … and %d more", more)
	}
	if out.lost == len(p.all) {
		return out, badInput(nil, "no place of %s is on a street (%s has %s):\n  %s", p.name, st.name, boundText(bound), text)
	}
	text = fmt.Sprintf("%d of %d places of %s are on no street and have no way:\n  %s", out.lost, len(p.all), p.name, text)
	if strict {
		return out, badInput(nil, "%s", text)
	}
	fmt.Fprintln(st.err, "sanse: note:", text)
	return out, nil
}

// snapFault says why a place has no street, without repeating where it is.
func snapFault(err error, limit float64) string {
	switch {
	case errors.Is(err, routing.ErrOutside):
		return fmt.Sprintf("outside the map by more than %.0f m", limit)
	case errors.Is(err, routing.ErrTooFar):
		return fmt.Sprintf("on the map, but no street within %.0f m", limit)
	}
	return err.Error()
}

func mirrored(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} }

func boundText(b orb.Bound) string {
	return fmt.Sprintf("longitude %.4f to %.4f, latitude %.4f to %.4f", b.Min[0], b.Max[0], b.Min[1], b.Max[1])
}
