package routing

import (
	"fmt"
	"math"
)

// Profile says how fast somebody moves, as a small table. The zero value is no
// profile; start from [Foot], [Elderly] or [EBike] and change what differs.
type Profile struct {
	// Name is the word that [ProfileByName] knows.
	Name string
	// MetresPerSecond is the speed on foot, and pushing where a bike is pushed.
	MetresPerSecond float64
	// RideMetresPerSecond is the speed on edges that can be ridden; 0 means
	// that every edge is walked.
	RideMetresPerSecond float64
	// StepsFactor is how many times as long a metre of steps takes as a level
	// one; 0 counts as 1.
	StepsFactor float64
	// NoSteps shuts steps altogether.
	NoSteps bool
}

// Foot is an adult on foot, 1.3 m/s.
func Foot() Profile { return Profile{Name: "foot", MetresPerSecond: 1.3, StepsFactor: 1.5} }

// Elderly is an older person on foot, 1.0 m/s; coverage uses it.
func Elderly() Profile { return Profile{Name: "elderly", MetresPerSecond: 1.0, StepsFactor: 2} }

// EBike rides at 15 km/h where that is possible and pushes at 1.2 m/s elsewhere.
func EBike() Profile {
	return Profile{Name: "e-bike", MetresPerSecond: 1.2, RideMetresPerSecond: 15 / 3.6, StepsFactor: 3}
}

// ProfileByName returns the profile called foot, elderly or e-bike.
func ProfileByName(name string) (Profile, error) {
	for _, p := range []Profile{Foot(), Elderly(), EBike()} {
		if p.Name == name {
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("no profile is called %q: want foot, elderly or e-bike", name)
}

// Validate refuses speeds and factors that are not positive and finite; a ride
// speed and a steps factor may be 0.
func (p Profile) Validate() error {
	switch {
	case !(p.MetresPerSecond > 0) || math.IsInf(p.MetresPerSecond, 0):
		return fmt.Errorf("profile %q: %v m/s is no speed", p.Name, p.MetresPerSecond)
	case !(p.RideMetresPerSecond >= 0) || math.IsInf(p.RideMetresPerSecond, 0):
		return fmt.Errorf("profile %q: %v m/s is no speed to ride at", p.Name, p.RideMetresPerSecond)
	case !(p.StepsFactor >= 0) || math.IsInf(p.StepsFactor, 0):
		return fmt.Errorf("profile %q: %v is no factor for steps", p.Name, p.StepsFactor)
	}
	return nil
}

// shut is the weight of an edge that a profile cannot use.
const shut = math.MaxUint32

// weight is the milliseconds that an edge of so many millimetres takes: 0 for
// none, else from 1 to shut-1.
func (p Profile) weight(mm uint32, flags edgeFlags) uint32 {
	speed, factor := p.MetresPerSecond, 1.0
	switch {
	case flags&flagSteps != 0:
		if p.NoSteps {
			return shut
		}
		if p.StepsFactor > 0 {
			factor = p.StepsFactor
		}
	case flags&flagRidable != 0 && p.RideMetresPerSecond > 0:
		speed = p.RideMetresPerSecond
	}
	if mm == 0 {
		return 0
	}
	return uint32(min(max(math.Round(float64(mm)/speed*factor), 1), shut-1))
}

// walkMillis is the time of a stretch off the graph.
func (p Profile) walkMillis(metres float64) uint64 {
	return uint64(math.Round(metres / p.MetresPerSecond * 1000))
}
