package overlay

import (
	"slices"
)

// Difference is what became of one change from one file to the next.
type Difference struct {
	ID     string
	Before Change // zero for one that was added
	After  Change // zero for one that was removed
	// Altered names the properties that differ, in the order of Properties,
	// "geometry" last.
	Altered []string
}

// Differences between two files, each list in the order of the newer file (that
// of the older one for what it alone has).
type Differences struct {
	Added   []Difference
	Ended   []Difference // got a last day, or an earlier one, and nothing else
	Altered []Difference
	// Removed are changes that the newer file lacks: it has lost a piece of its
	// history, which it should keep with a last day.
	Removed []Difference
}

// Empty tells that the files say the same, whatever the order.
func (d Differences) Empty() bool {
	return len(d.Added)+len(d.Ended)+len(d.Altered)+len(d.Removed) == 0
}

// Diff compares an older and a newer file by the ids of their changes. Where
// features stand in a file does not matter.
func Diff(a, b *Overlay) Differences {
	var out Differences
	before := make(map[string]Change, len(a.changes))
	for _, c := range a.changes {
		before[c.ID] = c
	}
	after := make(map[string]bool, len(b.changes))
	for _, c := range b.changes {
		after[c.ID] = true
		old, ok := before[c.ID]
		if !ok {
			out.Added = append(out.Added, Difference{ID: c.ID, After: c})
			continue
		}
		d := Difference{ID: c.ID, Before: old, After: c, Altered: altered(old, c)}
		switch {
		case len(d.Altered) == 0:
		case len(d.Altered) == 1 && d.Altered[0] == "until" && c.Until != "" && (old.Until == "" || c.Until < old.Until):
			out.Ended = append(out.Ended, d)
		default:
			out.Altered = append(out.Altered, d)
		}
	}
	for _, c := range a.changes {
		if !after[c.ID] {
			out.Removed = append(out.Removed, Difference{ID: c.ID, Before: c})
		}
	}
	return out
}

func altered(a, b Change) []string {
	var out []string
	for _, x := range []struct {
		name string
		same bool
	}{
		{"change", a.Kind == b.Kind},
		{"from", a.From == b.From},
		{"until", a.Until == b.Until},
		{"class", a.Class == b.Class},
		{"name", a.Name == b.Name},
		{"modes", a.Modes == b.Modes},
		{"oneway", a.Oneway == b.Oneway},
		{"steps", a.Steps == b.Steps},
		{"alone", a.Alone == b.Alone},
		{"keys", a.Keys == b.Keys},
		{"note", a.Note == b.Note},
		{"source", a.Source == b.Source},
		{"geometry", slices.Equal(a.Line, b.Line)},
	} {
		if !x.same {
			out = append(out, x.name)
		}
	}
	return out
}
