package planner

import "fmt"

var tierNames = [...]string{TierMicroGrid: "micro-grid", TierGrid: "grid", TierMasterGrid: "master-grid", TierTaskForce: "task-force"}

// String writes the tier as its text in files: micro-grid, grid, master-grid
// or task-force.
func (t Tier) String() string {
	if t >= TierMicroGrid && int(t) < len(tierNames) {
		return tierNames[t]
	}
	return fmt.Sprintf("tier(%d)", uint8(t))
}

// ParseTier reads micro-grid, grid, master-grid or task-force.
func ParseTier(s string) (Tier, error) {
	for t := TierMicroGrid; int(t) < len(tierNames); t++ {
		if tierNames[t] == s {
			return t, nil
		}
	}
	return 0, fmt.Errorf("%q is not a tier (want micro-grid, grid, master-grid or task-force)", s)
}

// MarshalText writes the tier's name; a value outside the list is an error.
func (t Tier) MarshalText() ([]byte, error) {
	if t < TierMicroGrid || int(t) >= len(tierNames) {
		return nil, fmt.Errorf("write tier: %d is not one", uint8(t))
	}
	return []byte(tierNames[t]), nil
}

// UnmarshalText reads the tier's name.
func (t *Tier) UnmarshalText(b []byte) error {
	v, err := ParseTier(string(b))
	if err != nil {
		return err
	}
	*t = v
	return nil
}
