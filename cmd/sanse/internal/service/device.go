package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"sanse/cmd/sanse/internal/connect"
	"sanse/data"
	"sanse/planner"
)

// MaxDeviceEvents is how many events are taken at once.
const MaxDeviceEvents = 100

// DeviceEventIn is what a device says.
type DeviceEventIn struct {
	ID     string // of the event: the same however often it is sent
	Device string
	Kind   string
	At     time.Time // zero: no time that can be
	Value  *float64
	Unread bool // it could not be read at all
}

// DeviceEventOut is what became of it.
type DeviceEventOut struct {
	ID     string
	Status string // RecordStored, RecordSame, RecordRefused
	Code   string // of a refused one: why
	Detail string
	Opened bool   // it opened the case; otherwise it counts
	Case   string // which it opened, or to which it counts
	Clock  bool   // the device's clock is to be looked at
}

// Why an event is refused, besides RefusedInvalid.
const (
	RefusedUnknown = "unknown" // there may be such a device elsewhere
	RefusedKind    = "kind"    // no device of its kind says that
)

// PutDeviceEvents takes what devices say: an event opens a case, or counts, as the
// rules of the district have it. However often it is sent it does so once. What
// comes from a device that nobody knows leaves a count and nothing else.
func (s *Service) PutDeviceEvents(ctx context.Context, district string, in []DeviceEventIn) ([]DeviceEventOut, error) {
	if !viewerOf(ctx).MaySomewhere(CapConnect) {
		return nil, forbidden("this is for the key of a platform")
	}
	if len(in) == 0 || len(in) > MaxDeviceEvents {
		return nil, invalid("events: 1 to %d are sent at once", MaxDeviceEvents)
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return nil, invalid("there is no time zone %q", d.TimeZone)
	}
	today := planner.DateOf(s.now().In(zone))
	rules, err := s.deviceRules(ctx, d.Code, today)
	if err != nil {
		return nil, err
	}
	out := make([]DeviceEventOut, len(in))
	refused := map[string]int{}
	for i := range in {
		if out[i], err = s.putDeviceEvent(ctx, d, rules, &in[i]); err != nil {
			return nil, err // those that are stored are the same when they come again
		}
		if out[i].Status == RecordRefused {
			refused[out[i].Code]++
		}
	}
	if len(refused) == 0 {
		return out, nil
	}
	return out, s.store.Write(ctx, func(tx *data.Tx) error { return tx.CountDeviceRefusals(d.Code, today, refused) })
}

// deviceRules are the rules of a day.
func (s *Service) deviceRules(ctx context.Context, district string, day planner.Date) (connect.DeviceRules, error) {
	stored, err := s.store.DeviceRules(ctx, district, day)
	if errors.Is(err, data.ErrNotFound) {
		return connect.ReferenceDeviceRules(), nil
	}
	var rules connect.DeviceRules
	if err == nil {
		err = json.Unmarshal(stored.Rules, &rules)
	}
	if err != nil {
		return nil, fmt.Errorf("rules for devices: %w", err)
	}
	return rules, nil
}

// SetDeviceRules stores the rules for devices that hold from a day on; no day is
// today.
func (s *Service) SetDeviceRules(ctx context.Context, district string, from planner.Date, rules connect.DeviceRules) error {
	if err := mustOperate(ctx); err != nil {
		return err
	}
	if err := rules.Check(); err != nil {
		return invalid("%s", err)
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return err
	}
	if from == 0 {
		from = today
	}
	if from < today {
		return invalid("rules hold from today or a day to come")
	}
	b, err := json.Marshal(rules)
	if err != nil {
		return fmt.Errorf("store rules for devices: %w", err)
	}
	return s.store.Write(ctx, func(tx *data.Tx) error {
		return tx.PutDeviceRules(d.Code, data.DeviceRuleSet{From: from, Rules: b, SetBy: viewerOf(ctx).Account})
	})
}

func (s *Service) putDeviceEvent(ctx context.Context, d data.District, rules connect.DeviceRules, in *DeviceEventIn) (out DeviceEventOut, err error) {
	refuse := func(code, detail string) DeviceEventOut {
		return DeviceEventOut{ID: in.ID, Status: RecordRefused, Code: code, Detail: detail}
	}
	switch {
	case in.Unread || !storable(in.ID):
		return refuse(RefusedInvalid, "id: want the number of the event, at most 100 characters"), nil
	case !storable(in.Device):
		return refuse(RefusedUnknown, "device: there is no such device"), nil
	case in.Value != nil && (math.IsNaN(*in.Value) || math.IsInf(*in.Value, 0)):
		return refuse(RefusedInvalid, "value: want a number"), nil
	}
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		v, err := desk.Device(ctx, d.Code, in.Device)
		if errors.Is(err, data.ErrNotFound) || err == nil && !viewerOf(ctx).May(CapConnect, v.Area) {
			out = refuse(RefusedUnknown, "device: there is no such device")
			return nil
		}
		if err != nil {
			return err
		}
		before, err := desk.DeviceEvent(ctx, d.Code, in.Device, in.ID)
		if err == nil {
			out = DeviceEventOut{ID: in.ID, Status: RecordSame, Opened: before.Opened, Case: before.Incident, Clock: before.Clock}
			return nil
		}
		if !errors.Is(err, data.ErrNotFound) {
			return err
		}
		if !slices.Contains(connect.DeviceEvents[v.Kind], in.Kind) {
			out = refuse(RefusedKind, "kind: no device of its kind says that")
			return nil
		}
		out, err = s.alarm(ctx, desk, d, &v, rules.Of(v.Kind, in.Kind), in)
		return err
	})
	return out, err
}

// alarm opens a case for an event, or counts it, and stores that.
func (s *Service) alarm(ctx context.Context, desk *data.Desk, d data.District, v *data.Device, rule connect.DeviceRule, in *DeviceEventIn) (DeviceEventOut, error) {
	now := s.now()
	e := data.DeviceEvent{Device: v.ID, Event: in.ID, Kind: in.Kind, At: in.At, Received: now, Value: in.Value}
	if !plausibleTime(e.At) {
		e.At = time.Time{}
	}
	opened, incident, err := desk.DeviceOpened(ctx, d.Code, v.ID, in.Kind)
	if err != nil {
		return DeviceEventOut{}, err
	}
	verdict := rule.Decide(e.At, now, opened)
	if e.Clock = verdict.Clock; e.At.IsZero() {
		e.At = now
	}
	switch {
	case verdict.Opens != "":
		n := NewCase{Kind: verdict.Opens, Source: "device", Resident: v.Resident, Text: deviceWords(v.Kind, in.Kind)}
		if v.Resident == "" {
			n.Area = v.Area
		}
		c, err := s.openCaseAt(ctx, desk, d, n)
		if err != nil {
			return DeviceEventOut{}, err
		}
		e.Opened, e.Incident = true, c.ID
	case rule.Opens != "":
		e.Incident = incident // it is quiet: it counts to that one
	}
	out := DeviceEventOut{ID: in.ID, Status: RecordStored, Opened: e.Opened, Case: e.Incident, Clock: e.Clock}
	return out, desk.PutDeviceEvent(ctx, d.Code, e)
}

// deviceWords is what is written of a case that a device opens.
func deviceWords(device, event string) string {
	zh := map[string]string{
		"wristband": "手环", "door_sensor": "门磁", "gas": "燃气", "smoke": "烟感",
		"sos": "呼救", "fall": "跌倒", "no_movement": "长时间无活动", "low_battery": "电量低", "offline": "离线", "opened": "开门",
	}
	said := zh[event]
	if device == event {
		said = "报警"
	}
	return zh[device] + said + " · " + device + ": " + event
}
