package routing

import (
	"bytes"
	_ "embed" // the table of profiles
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
)

//go:embed profiles.json
var profileTable []byte

// Profile says how fast somebody moves and what stops or delays them, as a
// small table. The zero value of a field means that the thing makes no
// difference; only MetresPerSecond must be set. Where the built-in
// numbers come from is in profiles.md; [ReadProfiles] reads a district's own.
type Profile struct {
	// Name is the word that [ProfileByName] knows.
	Name string `json:"name"`
	// MetresPerSecond is the speed on foot, also of what is walked off the
	// street, and where a bike is pushed.
	MetresPerSecond float64 `json:"metres_per_second"`
	// RideMetresPerSecond is the speed where an edge may be ridden; elsewhere
	// the bike is pushed. 0: everything is walked.
	RideMetresPerSecond float64 `json:"ride_metres_per_second,omitempty"`
	// DriveKmPerHour is the speed by class of street. A profile that has any
	// drives and nothing else; a class that is not here is shut. The posted
	// limit holds where it is lower.
	DriveKmPerHour map[string]float64 `json:"drive_km_per_hour,omitempty"`

	// StepsFactor is how many times as long a metre of steps takes; NoSteps
	// shuts them.
	StepsFactor float64 `json:"steps_factor,omitempty"`
	NoSteps     bool    `json:"no_steps,omitempty"`
	// NeedsWheels shuts what is mapped as wheelchair=no; LimitedFactor is for
	// wheelchair=limited.
	NeedsWheels   bool    `json:"needs_wheels,omitempty"`
	LimitedFactor float64 `json:"limited_factor,omitempty"`
	// RoughFactor and SoftFactor are for such surfaces; NoSoft shuts soft ones.
	RoughFactor float64 `json:"rough_factor,omitempty"`
	SoftFactor  float64 `json:"soft_factor,omitempty"`
	NoSoft      bool    `json:"no_soft,omitempty"`
	// UphillPerPercent is the share of time that each per cent of incline adds
	// on the way up, DownhillPerPercent on the way down. Streets steeper than
	// MaxIncline per cent are shut; 0 sets no bound.
	UphillPerPercent   float64 `json:"uphill_per_percent,omitempty"`
	DownhillPerPercent float64 `json:"downhill_per_percent,omitempty"`
	MaxIncline         float64 `json:"max_incline_percent,omitempty"`

	// What one of each costs.
	SignalSeconds   float64 `json:"signal_seconds,omitempty"`
	CrossingSeconds float64 `json:"crossing_seconds,omitempty"`
	GateSeconds     float64 `json:"gate_seconds,omitempty"`
	LiftSeconds     float64 `json:"lift_seconds,omitempty"`

	// TurnRules says that turn rules are obeyed where the profile rides or
	// drives. The seconds are for turns at a junction where a street of one of
	// the BusyClasses meets.
	TurnRules        bool     `json:"turn_rules,omitempty"`
	LeftTurnSeconds  float64  `json:"left_turn_seconds,omitempty"`
	RightTurnSeconds float64  `json:"right_turn_seconds,omitempty"`
	UTurnSeconds     float64  `json:"u_turn_seconds,omitempty"`
	BusyClasses      []string `json:"busy_classes,omitempty"`
}

// Foot is an adult on foot, 1.3 m/s.
func Foot() Profile { return builtIn("foot") }

// Elderly is an older person on foot, 1.0 m/s; coverage uses it.
func Elderly() Profile { return builtIn("elderly") }

// Cane is somebody who walks with a cane, 0.8 m/s.
func Cane() Profile { return builtIn("cane") }

// Wheelchair takes no steps and nothing steep.
func Wheelchair() Profile { return builtIn("wheelchair") }

// EBike rides at 15 km/h where that is allowed and is pushed elsewhere.
func EBike() Profile { return builtIn("e-bike") }

// Car drives by class of street and obeys one-ways and turn rules.
func Car() Profile { return builtIn("car") }

// builtIn is a profile of the embedded table, which a test reads as a whole;
// what is not there would be the zero profile, which every engine refuses.
func builtIn(name string) Profile {
	p, err := ProfileByName(name)
	if err != nil {
		return Profile{}
	}
	return p
}

// ProfileByName returns the built-in profile of a name: foot, elderly, cane,
// wheelchair, e-bike or car.
func ProfileByName(name string) (Profile, error) {
	all, err := ReadProfiles(bytes.NewReader(profileTable))
	if err != nil {
		return Profile{}, err
	}
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("no profile is called %q: want one of %s", name, strings.Join(ProfileNames(), ", "))
}

// ProfileNames lists the built-in profiles.
func ProfileNames() []string {
	all, err := ReadProfiles(bytes.NewReader(profileTable))
	if err != nil {
		return nil
	}
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	return names
}

// ReadProfiles reads a JSON array of profiles. A field that no profile has, a
// name that comes twice and whatever [Profile.Validate] refuses are errors.
func ReadProfiles(r io.Reader) ([]Profile, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var all []Profile
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read profiles: something follows the list")
	}
	seen := map[string]bool{}
	for _, p := range all {
		if err := p.Validate(); err != nil {
			return nil, fmt.Errorf("read profiles: %w", err)
		}
		if p.Name == "" {
			return nil, errors.New("read profiles: one has no name")
		}
		if seen[p.Name] {
			return nil, fmt.Errorf("read profiles: there are two called %q", p.Name)
		}
		seen[p.Name] = true
	}
	return all, nil
}

// Validate refuses numbers that make no sense, naming the field as JSON does.
func (p Profile) Validate() error {
	wrong := func(field string, v any, why string) error {
		return fmt.Errorf("profile %q: %s is %v: %s", p.Name, field, v, why)
	}
	if !(p.MetresPerSecond > 0 && p.MetresPerSecond <= 100) {
		return wrong("metres_per_second", p.MetresPerSecond, "want more than 0 and at most 100")
	}
	if !(p.RideMetresPerSecond >= 0 && p.RideMetresPerSecond <= 100) {
		return wrong("ride_metres_per_second", p.RideMetresPerSecond, "want 0 to 100")
	}
	for class, v := range p.DriveKmPerHour {
		if !(v > 0 && v <= 300) {
			return wrong("drive_km_per_hour of "+class, v, "want more than 0 and at most 300")
		}
	}
	if len(p.DriveKmPerHour) > 0 && p.RideMetresPerSecond > 0 {
		return wrong("ride_metres_per_second", p.RideMetresPerSecond, "who drives does not ride")
	}
	for _, f := range []struct {
		name string
		v    float64
		max  float64
	}{
		{"steps_factor", p.StepsFactor, 100},
		{"limited_factor", p.LimitedFactor, 100},
		{"rough_factor", p.RoughFactor, 100},
		{"soft_factor", p.SoftFactor, 100},
		{"uphill_per_percent", p.UphillPerPercent, 10},
		{"downhill_per_percent", p.DownhillPerPercent, 10},
		{"max_incline_percent", p.MaxIncline, 100},
		{"signal_seconds", p.SignalSeconds, 3600},
		{"crossing_seconds", p.CrossingSeconds, 3600},
		{"gate_seconds", p.GateSeconds, 3600},
		{"lift_seconds", p.LiftSeconds, 3600},
		{"left_turn_seconds", p.LeftTurnSeconds, 3600},
		{"right_turn_seconds", p.RightTurnSeconds, 3600},
		{"u_turn_seconds", p.UTurnSeconds, 3600},
	} {
		if !(f.v >= 0 && f.v <= f.max) {
			return wrong(f.name, f.v, fmt.Sprintf("want 0 to %v", f.max))
		}
	}
	return nil
}

// same tells whether two profiles are the same table.
func (p Profile) same(q Profile) bool {
	if len(p.DriveKmPerHour) == 0 && len(q.DriveKmPerHour) == 0 {
		p.DriveKmPerHour, q.DriveKmPerHour = nil, nil
	}
	if len(p.BusyClasses) == 0 && len(q.BusyClasses) == 0 {
		p.BusyClasses, q.BusyClasses = nil, nil
	}
	return reflect.DeepEqual(p, q)
}

// walkMillis is the time of a stretch off the graph.
func (p Profile) walkMillis(metres float64) uint64 {
	return uint64(math.Round(min(metres/p.MetresPerSecond*1000, 1<<40)))
}
