package imports

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/planner"
)

// Kind says what a file holds.
type Kind string

// The kinds of files.
const (
	Residents  Kind = "residents"
	Visitors   Kind = "visitors"
	Facilities Kind = "facilities"
	Visits     Kind = "visits" // of the past
	Population Kind = "population"
	Policies   Kind = "policies"
	Standards  Kind = "standards"
	Tasks      Kind = "tasks"
	TaskVisits Kind = "task-visits" // of the past
	Needs      Kind = "needs"       // of residents, from assessment
	Providers  Kind = "providers"   // of services at home
	Devices    Kind = "devices"     // that raise an alarm
	Areas      Kind = "areas"
	Buildings  Kind = "buildings"
	Streets    Kind = "streets"
	Overlay    Kind = "street-changes" // a district's own, laid over its streets
)

// Kinds lists every kind in the order in which a new district is imported:
// each needs at most those before it.
func Kinds() []Kind {
	return []Kind{Areas, Streets, Overlay, Buildings, Population, Facilities, Policies, Standards, Visitors, Providers, Residents, Needs, Visits, Tasks, TaskVisits, Devices}
}

// ParseKind reads a kind's word, "residents".
func ParseKind(s string) (Kind, error) {
	var words []string
	for _, k := range Kinds() {
		if string(k) == s {
			return k, nil
		}
		words = append(words, string(k))
	}
	return "", fmt.Errorf("%q is nothing that can be imported: want one of %s", s, strings.Join(words, ", "))
}

// OfPeople tells whether the rows of a kind are people, or tell of people.
func (k Kind) OfPeople() bool {
	switch k {
	case Residents, Visitors, Visits, Tasks, TaskVisits, Needs, Providers, Devices:
		return true
	default:
		return false
	}
}

// Options says what to import and how. Kind, Path and District must be set;
// the zero value of everything else is the default.
type Options struct {
	Kind     Kind
	Path     string
	District string // the district's code
	// CRS is the system of the file's coordinates. Empty: the file's own where
	// it carries one (Shapefile, GeoPackage, a GeoJSON crs member), else WGS
	// 84. Not used for OpenStreetMap's and for changes to streets, which are in
	// WGS 84.
	CRS geo.CRS
	// DryRun checks everything and stores nothing.
	DryRun bool
	// SkipRefused stores the rows that are right although others are refused. A
	// set of standards is stored as a whole or not at all.
	SkipRefused bool
	// Sheet is the worksheet of a workbook; empty: the first.
	Sheet string
	// Layer is the layer of a GeoPackage; empty: the only one.
	Layer string
	// Cross joins road lines where they cross without a vertex in common.
	Cross bool
	// ValidFrom is the first day of the boundaries of imported areas; 0:
	// Env.Today.
	ValidFrom planner.Date
	// RefusedPath is the file for refused rows; empty: Path with
	// ".refused.csv" added.
	RefusedPath string
	// Progress, if set, is called now and then with the bytes read so far and
	// the size of the file, from the calling goroutine.
	Progress func(done, total int64)
}

// Env is what the importers need to know of the district that is being filled.
// A nil set means that nothing is known, so that references are not checked
// here (the store's foreign keys still do).
type Env struct {
	// Areas are the district's areas; nil if there are none yet. Needed by
	// residents, visitors, providers, tasks and devices.
	Areas *geo.Tree
	// Residents, Visitors and Tasks are the ids that are stored already.
	Residents map[string]struct{}
	Visitors  map[string]struct{}
	Tasks     map[string]struct{}
	// HeldGrades are the grades that a source still has where a decision holds against
	// them, by resident.
	HeldGrades map[string]string
	// Buildings are the stored buildings by id, with a point inside each (WGS
	// 84). Residents and population may name them.
	Buildings map[string]orb.Point
	// Today is the date in the district's time zone: a past visit cannot lie
	// after it.
	Today planner.Date
	// Now stamps an imported street version.
	Now time.Time
	// Attribution is who is to be named for imported streets; empty: nobody.
	// OSMAttribution is right for data of OpenStreetMap.
	Attribution string
	// Overlay is what is laid over the district's streets; nil for nothing.
	Overlay *StoredOverlay
	// Base are the streets under it. Needed by changes to streets.
	Base *StoredBase
	// Standards judges a set of standards, given as rows or as the text of a
	// JSON file, and returns what is to be stored, of how many standards, or
	// what is wrong with it. Needed by standards.
	Standards func(rows []StandardRow, text []byte) (content json.RawMessage, count int, faults []StandardFault)
	// Write runs the function in one transaction: what it puts is kept if it
	// returns nil and forgotten otherwise. Not needed for a dry run.
	Write WriteFunc
}

// OSMAttribution is the credit that OpenStreetMap's licence (ODbL) asks for.
const OSMAttribution = "© OpenStreetMap contributors"

// Report is what an import did.
type Report struct {
	Kind    Kind   `json:"kind"`
	Path    string `json:"path"`
	DryRun  bool   `json:"dry_run,omitempty"`
	Read    int    `json:"read"`    // rows or features with something in them
	Stored  int    `json:"stored"`  // 0 in a dry run and when nothing was stored
	Refused int    `json:"refused"` // rows with at least one refusal
	// Refusals are the first MaxRefusals refusals, in the order of the file;
	// the refused file holds them all.
	Refusals []Refusal `json:"refusals,omitempty"`
	// RefusedFile is the file with every refusal, empty if there was none.
	RefusedFile string `json:"refused_file,omitempty"`
	// Warnings are about rows that were taken all the same, counted.
	Warnings []Warning `json:"warnings,omitempty"`
	// Hints are about the file as a whole.
	Hints []string `json:"hints,omitempty"`
	// Encoding, Sheet and CRS say how the file was read.
	Encoding string `json:"encoding,omitempty"`
	Sheet    string `json:"sheet,omitempty"`
	CRS      string `json:"crs,omitempty"`
}

// MaxRefusals is how many refusals a Report carries at most.
const MaxRefusals = 200

// Refusal is one reason to refuse one row.
type Refusal struct {
	// Line is the line of the file, 1 the first; the row of a worksheet; the
	// line on which a GeoJSON feature ends. 0: the file as a whole.
	Line int `json:"line"`
	// Column is the column as the file names it; empty: the row as a whole.
	Column string `json:"column,omitempty"`
	// Value is the value with what is personal masked: fit for a screen.
	Value string `json:"value,omitempty"`
	// Reason says why, and what would be right. It holds nothing personal.
	Reason string `json:"reason"`
}

// Warning is something noticed about rows that were taken.
type Warning struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
	Line  int    `json:"line"` // of the first one
}

// ErrRefused is the answer "no": rows were refused. Without
// Options.SkipRefused nothing was stored; with it, only a file that is wrong
// as a whole gives this error.
var ErrRefused = errors.New("rows were refused")

// InputError says that a file or an option cannot be used at all: it cannot be
// read, a column is missing, the district has no areas yet.
type InputError struct {
	Path   string // base name of the file
	Reason string // safe to show
	Err    error  // the cause, if any
}

// Error describes the problem in one sentence.
func (e *InputError) Error() string {
	s := e.Reason
	if e.Path != "" {
		s = e.Path + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

func inputErrorf(format string, args ...any) error {
	return &InputError{Reason: fmt.Sprintf(format, args...)}
}
