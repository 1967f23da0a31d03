package service

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
)

// DraftReason says why a draft cannot be edited or published.
type DraftReason string

// The reasons.
const (
	// DraftChanged: the edit names another version than the draft has; the error
	// tells what was done meanwhile. Nothing is lost on either side.
	DraftChanged DraftReason = "draft_changed"
	// DraftClosed: the draft is published or dropped.
	DraftClosed DraftReason = "draft_closed"
	// DraftNoUndo and DraftNoRedo: there is nothing to undo or to redo.
	DraftNoUndo DraftReason = "nothing_to_undo"
	DraftNoRedo DraftReason = "nothing_to_redo"
	// DraftBadChange: the change does not say what it must.
	DraftBadChange DraftReason = "bad_change"
	// DraftBadCode: a code does not exist, or was used before.
	DraftBadCode DraftReason = "bad_code"
	// DraftBadBoundary: a ring is open, crosses itself, or is not in degrees.
	DraftBadBoundary DraftReason = "bad_boundary"
	// DraftOutside: an area leaves its parent: a grid lies in one community.
	DraftOutside DraftReason = "outside_parent"
	// DraftShifted: the boundaries look like those of another datum.
	DraftShifted DraftReason = "shifted"
	// DraftBaseChanged: others have changed areas that the draft changes too.
	DraftBaseChanged DraftReason = "base_changed"
	// DraftNotTiling: the areas overlap, leave ground out or make no tree.
	DraftNotTiling DraftReason = "not_tiling"
	// DraftEmpty: publishing it would change nothing.
	DraftEmpty DraftReason = "nothing_changed"
	// DraftDayPast: boundaries are published for a day to come.
	DraftDayPast DraftReason = "day_past"
	// DraftDayTaken: boundaries of that day or a later one are there already.
	DraftDayTaken DraftReason = "day_taken"
	// DraftHomeless: somebody would lie in no grid.
	DraftHomeless DraftReason = "homeless"
	// DraftNoFinding: there is no finding of that key, by now.
	DraftNoFinding DraftReason = "no_finding"
	// DraftLocked: the edit would change areas that are locked.
	DraftLocked DraftReason = "locked"
	// DraftUnknownArea: the draft has no such area, or not of that level.
	DraftUnknownArea DraftReason = "unknown_area"
	// DraftNoVertex: no border has a vertex there.
	DraftNoVertex DraftReason = "no_vertex"
	// DraftBorderFixed: a community's border is not moved by edits.
	DraftBorderFixed DraftReason = "border_fixed"
	// DraftBorderCrosses: a border would touch or cross another one, or itself.
	DraftBorderCrosses DraftReason = "border_crosses"
	// DraftSweepsOver: a border would pass over others.
	DraftSweepsOver DraftReason = "sweeps_over"
	// DraftNoCut: a line or an outline changes nothing.
	DraftNoCut DraftReason = "no_cut"
	// DraftParts: an area would be in more pieces than it is.
	DraftParts DraftReason = "parts"
	// DraftApart: areas that do not touch cannot be one.
	DraftApart DraftReason = "apart"
	// DraftWholeArea: nothing of an area would be left.
	DraftWholeArea DraftReason = "whole_area"
	// DraftTooTight: borders a tenth of a millimetre apart.
	DraftTooTight DraftReason = "too_tight"
	// DraftBadCells: cells of another resolution, or outside the community.
	DraftBadCells DraftReason = "bad_cells"
	// DraftBadDrawing: what is asked for cannot be drawn.
	DraftBadDrawing DraftReason = "bad_drawing"
	// DraftDrawingRuns: the draft is being drawn.
	DraftDrawingRuns DraftReason = "drawing_runs"
	// DraftDrawingStale: the community has been changed since it was drawn.
	DraftDrawingStale DraftReason = "drawing_stale"
)

// DraftError is the cause inside an Error about a draft.
type DraftError struct {
	Reason    DraftReason
	Message   string
	Areas     []string         // codes concerned
	Version   int64            // DraftChanged: that the draft has now
	Meanwhile []data.DraftEdit // DraftChanged: what was done since the version named
	Findings  []DraftFinding   // DraftNotTiling
	At        *orb.Point       // where it is, if it is somewhere: lon-lat
}

// Error returns the text, which is safe to show to anybody.
func (e *DraftError) Error() string { return e.Message }

// draftError is an Error that carries a DraftError.
func draftError(code Code, e DraftError, format string, args ...any) error {
	e.Message = Tell(format, args...)
	return &Error{Code: code, Message: e.Message, Err: &e, said: fmt.Sprintf(format, args...)}
}

// badDraft is a draftError of input that cannot be used.
func badDraft(reason DraftReason, areas []string, format string, args ...any) error {
	return draftError(CodeInvalid, DraftError{Reason: reason, Areas: areas}, format, args...)
}

// reasonOf returns the reason of an error about a draft; empty for others.
func reasonOf(err error) DraftReason {
	var e *DraftError
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}
