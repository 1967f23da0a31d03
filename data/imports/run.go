package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"sanse/data"
	"sanse/geo"
)

// Run imports one file. It returns ErrRefused (wrapped) if rows were refused
// and nothing was stored for that reason, an *InputError if the file or the
// options cannot be used at all, and other errors if something outside failed.
// The Report is filled as far as the reading came, whatever the error.
func Run(ctx context.Context, opt Options, env Env) (Report, error) {
	rep := Report{Kind: opt.Kind, Path: opt.Path, DryRun: opt.DryRun}
	if err := checkOptions(&opt, &env); err != nil {
		return rep, err
	}
	j := &job{opt: opt, env: env, rep: &rep, district: opt.District, warnings: map[string]*Warning{}}
	j.refusedFile.path = opt.RefusedPath
	err := j.run(ctx)
	j.finish()
	path, fileErr := j.refusedFile.close(err == nil || errors.Is(err, ErrRefused))
	rep.RefusedFile = path
	if _, statErr := os.Lstat(opt.RefusedPath); err == nil && path == "" && statErr == nil {
		j.hint(filepath.Base(opt.RefusedPath) + " is of an earlier import: nothing is refused now")
	}
	if err != nil {
		rep.Stored = 0
		return rep, errors.Join(err, fileErr)
	}
	return rep, fileErr
}

func checkOptions(opt *Options, env *Env) error {
	if _, err := ParseKind(string(opt.Kind)); err != nil {
		return &InputError{Reason: err.Error()}
	}
	if opt.Path == "" {
		return inputErrorf("no file is named")
	}
	if opt.District == "" {
		return inputErrorf("no district is named")
	}
	if env.Write == nil && !opt.DryRun {
		return errors.New("import without a dry run needs Env.Write")
	}
	if opt.RefusedPath == "" {
		opt.RefusedPath = opt.Path + ".refused.csv"
	}
	if opt.ValidFrom == 0 {
		opt.ValidFrom = env.Today
	}
	if opt.Kind == Standards && env.Standards == nil {
		return errors.New("import of standards needs Env.Standards")
	}
	switch opt.Kind {
	case Residents, Visitors, Providers, Tasks, Devices:
		if env.Areas == nil {
			return inputErrorf("the district has no areas yet: import areas before %s", opt.Kind)
		}
	}
	return nil
}

// chunkRows is how many records are put at once.
const chunkRows = 2000

// job is one import under way.
type job struct {
	opt      Options
	env      Env
	rep      *Report
	district string

	cols        []Column
	header      header
	since1904   bool
	table       table // nil for features
	refusedFile refusedFile
	lastRefused int // line
	wholeFile   bool
	warnings    map[string]*Warning

	place place
}

func (j *job) run(ctx context.Context) error {
	j.cols = columnsOf[j.opt.Kind]
	body := map[Kind]func(context.Context, *job, Sink) error{
		Residents: importResidents, Visitors: importVisitors, Facilities: importFacilities,
		Visits: importVisits, Population: importPopulation, Policies: importPolicies, Standards: importStandards,
		Tasks: importTasks, TaskVisits: importTaskVisits, Needs: importNeeds, Providers: importProviders, Devices: importDevices,
		Areas: importAreas, Buildings: importBuildings, Streets: importStreets, Overlay: importOverlay,
	}[j.opt.Kind]
	defer j.place.close()
	if j.opt.Kind != Streets && j.opt.Kind != Overlay {
		if err := j.place.open(j); err != nil {
			return err
		}
	}
	judged := func(s Sink) error {
		if err := body(ctx, j, s); err != nil {
			return err
		}
		if j.rep.Refused > 0 && !j.opt.SkipRefused || j.wholeFile {
			return fmt.Errorf("import %s: %d of %d: %w", j.opt.Kind, j.rep.Refused, j.rep.Read, ErrRefused)
		}
		if s == nil {
			return nil
		}
		return s.PutImport(j.district, data.ImportRecord{
			Kind: string(j.opt.Kind), Source: j.base(), CRS: j.rep.CRS, At: j.env.Now,
			Read: int64(j.rep.Read), Stored: int64(j.rep.Stored), Refused: int64(j.rep.Refused),
		})
	}
	if j.opt.DryRun {
		return judged(nil)
	}
	stored := 0
	err := j.env.Write(ctx, func(s Sink) error {
		err := judged(s)
		stored = j.rep.Stored
		return err
	})
	if err == nil {
		j.rep.Stored = stored
	}
	return err
}

// storing tells whether records still need to be put: not in a dry run, and
// not once it is clear that nothing will be kept.
func (j *job) storing(s Sink) bool {
	return s != nil && !j.wholeFile && (j.rep.Refused == 0 || j.opt.SkipRefused)
}

// finish puts the warnings into the report, in the order of their first lines.
func (j *job) finish() {
	for _, w := range j.warnings {
		j.rep.Warnings = append(j.rep.Warnings, *w)
	}
	sort.Slice(j.rep.Warnings, func(a, b int) bool {
		x, y := j.rep.Warnings[a], j.rep.Warnings[b]
		if x.Line != y.Line {
			return x.Line < y.Line
		}
		return x.Text < y.Text
	})
}

func (j *job) warn(line int, text string) {
	w := j.warnings[text]
	if w == nil {
		w = &Warning{Text: text, Line: line}
		j.warnings[text] = w
	}
	w.Count++
}

func (j *job) hint(text string) { j.rep.Hints = append(j.rep.Hints, text) }

func (j *job) progress(done, total int64) {
	if j.opt.Progress != nil {
		j.opt.Progress(done, total)
	}
}

// refuse notes one refusal. The reason must hold nothing personal; value is
// masked for the screen and kept in full in the refused file.
func (j *job) refuse(line int, column, value, reason string, p privacy) {
	if j.lastRefused != line || line == 0 {
		j.rep.Refused++
		j.lastRefused = line
	}
	if line == 0 {
		j.wholeFile = true
	}
	if len(j.rep.Refusals) < MaxRefusals {
		j.rep.Refusals = append(j.rep.Refusals, Refusal{Line: line, Column: column, Value: mask(value, p), Reason: reason})
	}
	j.refusedFile.add(line, column, value, reason)
}

// row is one row of a table under check.
type row struct {
	job   *job
	line  int
	cells []string
	bad   bool
	// refusals counts what was refused of the row so far.
	refusals int
}

// get returns a cell, cleaned; "" if the column is not there.
func (r *row) get(key string) string {
	i, ok := r.job.header.at[key]
	if !ok || i >= len(r.cells) {
		return ""
	}
	v := cleanCell(r.cells[i])
	switch v {
	case "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!":
		r.refuse(key, "the cell holds the spreadsheet error "+v)
		return ""
	}
	return v
}

func (r *row) has(key string) bool { _, ok := r.job.header.at[key]; return ok }

func (r *row) refuse(key, reason string) {
	value := ""
	if i, ok := r.job.header.at[key]; ok && i < len(r.cells) {
		value = r.cells[i]
	}
	name := r.job.header.named[key]
	if name == "" {
		name = key
	}
	p := public
	for _, c := range r.job.cols {
		if c.Key == key {
			p = c.privacy
		}
	}
	r.bad = true
	r.refusals++
	r.job.refuse(r.line, name, value, reason, p)
}

func (r *row) warn(text string) { r.job.warn(r.line, text) }

// need returns a cell that must not be empty.
func (r *row) need(key string) string {
	before := r.refusals
	v := r.get(key)
	if v == "" && r.refusals == before {
		r.refuse(key, key+" is empty")
	}
	return v
}

// number tells that a workbook holds the cell as a number.
func (r *row) number(key string) bool {
	i, ok := r.job.header.at[key]
	if !ok || i >= len(r.cells) || r.job.table == nil {
		return false
	}
	return r.job.table.number(record{line: r.line, cells: r.cells}, i)
}

// count reads a whole number from 0 to limit; 0 where the cell is empty.
func (r *row) count(key string, limit int, units ...string) int {
	v := r.get(key)
	if v == "" {
		return 0
	}
	n, err := parseCount(v, units...)
	switch {
	case err != nil:
		r.refuse(key, err.Error())
		return 0
	case n < 0:
		r.refuse(key, key+" is negative")
		return 0
	case n > limit:
		r.refuse(key, fmt.Sprintf("%s is more than %d", key, limit))
		return 0
	}
	return n
}

// runTable reads a table, checks its rows and puts them in chunks. check
// returns a record for every row; it is kept unless the row was refused. atEnd
// judges the file as a whole.
func runTable[T any](ctx context.Context, j *job, s Sink, check func(*row) T, put func([]T) error, atEnd func()) (err error) {
	t, err := openTable(j.opt.Path, j.opt.Sheet)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	j.table = t
	t.describe(j.rep)
	j.since1904 = t.epoch1904()
	if j.header, err = findHeader(t, j.opt.Path, j.cols); err != nil {
		return err
	}
	if len(j.header.unknown) > 0 {
		j.hint("columns left out, as nothing is known of them: " + quoteAll(j.header.unknown))
	}
	chunk := make([]T, 0, chunkRows)
	flush := func() error {
		if len(chunk) > 0 && j.storing(s) {
			if err := put(chunk); err != nil {
				return fmt.Errorf("store %s: %w", j.opt.Kind, err)
			}
			j.rep.Stored += len(chunk)
		}
		chunk = chunk[:0]
		done, total := t.done()
		j.progress(done, total)
		return ctx.Err()
	}
	for {
		rec, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		j.rep.Read++
		r := &row{job: j, line: rec.line, cells: rec.cells}
		if rec.bad != "" {
			j.refuse(rec.line, "", strings.Join(rec.cells, " | "), rec.bad, nameLike)
			continue
		}
		if extra := surplus(rec.cells, j.header.width); extra != "" {
			j.refuse(rec.line, "", extra, fmt.Sprintf("the row has more than the %d cells of the header: quote a value that holds the separator", j.header.width), nameLike)
			continue
		}
		v := check(r)
		if !r.bad {
			chunk = append(chunk, v)
		}
		if len(chunk) == chunkRows || j.rep.Read%chunkRows == 0 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if atEnd != nil {
		atEnd()
	}
	if err := flush(); err != nil {
		return err
	}
	if j.rep.Read == 0 {
		j.hint("the file has a header and no rows")
	}
	_, total := t.done()
	j.progress(total, total)
	return nil
}

// surplus returns what stands right of the header's last column.
func surplus(cells []string, width int) string {
	for i := width; i < len(cells); i++ {
		if c := cleanCell(cells[i]); c != "" {
			return c
		}
	}
	return ""
}

// notEOF turns io.EOF, which is no cause worth naming, into nil.
func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (j *job) base() string { return filepath.Base(j.opt.Path) }

// ids remembers where each id of a file was first seen.
type ids map[string]int

// take refuses an id that the file has given before.
func (m ids) take(r *row, column, id string) {
	if first, ok := m[id]; ok {
		r.refuse(column, fmt.Sprintf("given twice: line %d has it already", first))
		return
	}
	m[id] = r.line
}

// levelOf returns the level of a code by its length.
func levelOf(code string) (geo.Level, bool) {
	switch len(code) {
	case 6:
		return geo.LevelDistrict, true
	case 9:
		return geo.LevelTown, true
	case 12:
		return geo.LevelCommunity, true
	case 15:
		return geo.LevelGrid, true
	case 18:
		return geo.LevelMicroGrid, true
	}
	return 0, false
}
