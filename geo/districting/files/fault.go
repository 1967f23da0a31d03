package files

import (
	"fmt"
	"strings"
)

// Fault is what is wrong at one place of a file.
type Fault struct {
	Line   int    // from 1; 0: it is about the file as a whole
	Column string // the column or property; "": it is about the line as a whole
	Value  string
	Why    string
}

// String returns "line 3, column households "-4": it is below 0".
func (f Fault) String() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d", f.Line)
	}
	if f.Column != "" {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "column %s %q", f.Column, short(f.Value))
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	return b.String() + f.Why
}

// shownFaults is how many faults an error spells out.
const shownFaults = 10

// Faults is the error of a file that was read to its end and has faults.
type Faults struct {
	Shown []Fault // the first ones
	Count int     // of all
}

// Error lists the faults that are shown and counts the rest.
func (f *Faults) Error() string {
	if f.Count == 1 && len(f.Shown) == 1 {
		return f.Shown[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d faults:", f.Count)
	for _, one := range f.Shown {
		b.WriteString("\n  " + one.String())
	}
	if more := f.Count - len(f.Shown); more > 0 {
		fmt.Fprintf(&b, "\n  … and %d more", more)
	}
	return b.String()
}

func (f *Faults) add(line int, column, value, why string, args ...any) {
	if f.Count++; len(f.Shown) < shownFaults {
		f.Shown = append(f.Shown, Fault{line, column, value, fmt.Sprintf(why, args...)})
	}
}

// err is nil where nothing was found.
func (f *Faults) err() error {
	if f.Count == 0 {
		return nil
	}
	return f
}

// short keeps a value from filling the screen.
func short(s string) string {
	const most = 60
	if r := []rune(strings.ToValidUTF8(s, "\uFFFD")); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
