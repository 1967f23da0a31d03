package planner

import (
	"encoding/json"
	"fmt"
)

var tierNames = [...]string{TierMicroGrid: "micro-grid", TierGrid: "grid", TierMasterGrid: "master-grid", TierTaskForce: "task-force"}

// String writes the tier as its text in files: micro-grid, grid, master-grid
// or task-force.
func (t Tier) String() string {
	if t >= TierMicroGrid && int(t) < len(tierNames) {
		return tierNames[t]
	}
	return fmt.Sprintf("tier(%d)", uint8(t))
}

// ParseTier reads micro-grid, grid, master-grid or task-force, the numbers 1
// to 4 for them, or the words of the field.
func ParseTier(s string) (Tier, error) {
	switch s {
	case tierNames[TierMicroGrid], "1", "微网格长":
		return TierMicroGrid, nil
	case tierNames[TierGrid], "2", "一般网格长", "网格长":
		return TierGrid, nil
	case tierNames[TierMasterGrid], "3", "总网格长":
		return TierMasterGrid, nil
	case tierNames[TierTaskForce], "4", "工作专班":
		return TierTaskForce, nil
	}
	return 0, &valueError{s, "a tier (want micro-grid, grid, master-grid or task-force, or 1 to 4 for them)"}
}

// UnmarshalJSON reads what ParseTier reads, a number as well as a text. Null
// leaves the tier as it is.
func (t *Tier) UnmarshalJSON(b []byte) error {
	s := string(b)
	switch {
	case s == "null":
		return nil
	case b[0] == '"':
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
	}
	return t.UnmarshalText([]byte(s))
}

// MarshalText writes the tier's name; a value outside the list is an error.
func (t Tier) MarshalText() ([]byte, error) {
	if t < TierMicroGrid || int(t) >= len(tierNames) {
		return nil, fmt.Errorf("write tier: %d is not one", uint8(t))
	}
	return []byte(tierNames[t]), nil
}

// UnmarshalText reads what ParseTier reads.
func (t *Tier) UnmarshalText(b []byte) error {
	v, err := ParseTier(string(b))
	if err != nil {
		return err
	}
	*t = v
	return nil
}
