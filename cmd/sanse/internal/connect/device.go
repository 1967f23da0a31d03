package connect

import (
	"fmt"
	"slices"
	"time"
)

// DeviceKinds are what there is of devices.
var DeviceKinds = []string{"wristband", "door_sensor", "gas", "smoke"}

// DeviceEvents are what devices say, by kind of device.
var DeviceEvents = map[string][]string{
	"wristband":   {"sos", "fall", "no_movement", "low_battery", "offline"},
	"door_sensor": {"no_movement", "opened", "low_battery", "offline"},
	"gas":         {"gas", "low_battery", "offline"},
	"smoke":       {"smoke", "low_battery", "offline"},
}

// DeviceRule says what an event does.
type DeviceRule struct {
	Device string `json:"device,omitempty"` // of this kind alone; empty: of any
	Event  string `json:"event"`
	// Opens is the kind of case that it opens: emergency or general; empty: it
	// only counts.
	Opens string `json:"opens,omitempty"`
	// Quiet is for how many minutes after a case that a device opened the same
	// event of it only counts.
	Quiet int `json:"quiet_minutes,omitempty"`
}

// DeviceRules are the rules of a district; the first that fits holds. What none fits
// only counts.
type DeviceRules []DeviceRule

// ReferenceDeviceRules are those of a district that has set none.
func ReferenceDeviceRules() DeviceRules {
	return DeviceRules{
		{Event: "sos", Opens: "emergency", Quiet: 10},
		{Event: "fall", Opens: "emergency", Quiet: 10},
		{Event: "gas", Opens: "emergency", Quiet: 10},
		{Event: "smoke", Opens: "emergency", Quiet: 10},
		{Event: "no_movement", Opens: "general", Quiet: 12 * 60},
		{Event: "offline"},
		{Event: "low_battery"},
		{Event: "opened"},
	}
}

const maxQuiet = 7 * 24 * 60 // minutes

// Check says what is wrong with rules.
func (rs DeviceRules) Check() error {
	if len(rs) == 0 || len(rs) > 100 {
		return fault("rules", "want 1 to 100")
	}
	for i, r := range rs {
		at := fmt.Sprintf("rules[%d].", i)
		of := DeviceKinds
		if r.Device != "" {
			of = []string{r.Device}
		}
		switch {
		case r.Device != "" && !slices.Contains(DeviceKinds, r.Device):
			return fault(at+"device", "there is no such kind of device")
		case !slices.ContainsFunc(of, func(k string) bool { return slices.Contains(DeviceEvents[k], r.Event) }):
			return fault(at+"event", "no such device says that")
		case r.Opens != "" && r.Opens != "emergency" && r.Opens != "general":
			return fault(at+"opens", "want emergency, general, or nothing")
		case r.Quiet < 0 || r.Quiet > maxQuiet:
			return fault(at+"quiet_minutes", "want 0 to %d", maxQuiet)
		}
	}
	return nil
}

// Of is the rule for an event of a kind of device.
func (rs DeviceRules) Of(device, event string) DeviceRule {
	for _, r := range rs {
		if r.Event == event && (r.Device == "" || r.Device == device) {
			return r
		}
	}
	return DeviceRule{Event: event}
}

// Verdict is what becomes of an event.
type Verdict struct {
	Opens string // the kind of case to open; empty: it only counts
	Clock bool   // the device's time is to be doubted
}

const (
	deviceAhead  = 10 * time.Minute // a clock may be, and
	deviceBehind = 24 * time.Hour   // what comes later has a wrong one, or lay somewhere
)

// Decide says what becomes of an event of a device that happened at a time and came
// in at another; at is zero where the device gave none that can be. Opened is when
// the same event of it last opened a case; zero: never. Whether it is quiet goes by
// our clock alone: an alarm is never lost to the device's.
func (r DeviceRule) Decide(at, received, opened time.Time) Verdict {
	v := Verdict{Opens: r.Opens, Clock: at.IsZero() || at.After(received.Add(deviceAhead)) || at.Before(received.Add(-deviceBehind))}
	if !opened.IsZero() && received.Sub(opened) < time.Duration(r.Quiet)*time.Minute {
		v.Opens = ""
	}
	return v
}
