package routing

import "math"

// shut is the weight of an edge that a profile cannot use.
const shut = math.MaxUint32

// pace is what a profile makes of one kind of edge in one direction.
type pace struct {
	shut        bool
	perMetre    float64 // milliseconds a millimetre, in truth
	fixedMillis float64 // what is counted on it
}

// paceOf returns the pace on an edge along its line or against it.
func (p *Profile) paceOf(a *EdgeAttr, against bool) pace {
	way, incline := Forward, float64(a.Incline)
	if against {
		way, incline = Backward, -incline
	}
	var speed float64
	switch {
	case len(p.DriveKmPerHour) > 0:
		if a.Drive&way == 0 || a.Steps {
			return pace{shut: true}
		}
		limit := p.DriveKmPerHour[a.Class]
		if limit == 0 {
			return pace{shut: true}
		}
		if a.KmPerHour > 0 {
			limit = min(limit, float64(a.KmPerHour))
		}
		speed = limit / 3.6
	case p.RideMetresPerSecond > 0 && a.Ride&way != 0 && !a.Steps:
		speed = p.RideMetresPerSecond
	case a.Walk&way != 0:
		speed = p.MetresPerSecond
	default:
		return pace{shut: true}
	}
	factor := 1.0
	times := func(f float64) {
		if f > 0 {
			factor *= f
		}
	}
	switch {
	case a.Steps && p.NoSteps, a.Wheels == WheelsNo && p.NeedsWheels, a.Surface == SurfaceSoft && p.NoSoft,
		p.MaxIncline > 0 && math.Abs(incline) > p.MaxIncline:
		return pace{shut: true}
	}
	if a.Steps {
		times(p.StepsFactor)
	}
	if a.Wheels == WheelsLimited {
		times(p.LimitedFactor)
	}
	switch a.Surface {
	case SurfaceRough:
		times(p.RoughFactor)
	case SurfaceSoft:
		times(p.SoftFactor)
	}
	if !a.Steps { // steps have their own factor
		if incline > 0 {
			factor *= 1 + p.UphillPerPercent*incline
		} else {
			factor *= 1 - p.DownhillPerPercent*incline
		}
	}
	halves := float64(a.Signals)*p.SignalSeconds + float64(a.Crossings)*p.CrossingSeconds +
		float64(a.Gates)*p.GateSeconds + float64(a.Lifts)*p.LiftSeconds
	return pace{perMetre: factor / speed, fixedMillis: halves * 500}
}

// millis is the time of so many millimetres: 0 for none without anything
// counted, else from 1 to shut-1.
func (c pace) millis(mm uint32) uint32 {
	switch {
	case c.shut:
		return shut
	case mm == 0 && c.fixedMillis == 0:
		return 0
	}
	return uint32(min(max(math.Round(float64(mm)*c.perMetre+c.fixedMillis), 1), shut-1))
}

// drives tells whether the profile goes by car and nothing else.
func (p *Profile) drives() bool { return len(p.DriveKmPerHour) > 0 }

// turnsCost tells whether a turn as such costs time.
func (p *Profile) turnsCost() bool {
	return len(p.BusyClasses) > 0 && (p.LeftTurnSeconds > 0 || p.RightTurnSeconds > 0 || p.UTurnSeconds > 0)
}
