package data

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// Device raises an alarm, at a resident's or in a grid or micro-grid.
type Device struct {
	ID       string
	Kind     string // wristband, door_sensor, gas, smoke
	Resident string
	Area     string    // where it is, of one that is at nobody's
	Ended    time.Time // zero: it is in use
}

// DeviceEvent is what a device said, and what came of it.
type DeviceEvent struct {
	Device   string
	Event    string // its number
	Kind     string
	At       time.Time
	Received time.Time
	Value    *float64
	Clock    bool // At is to be doubted
	Opened   bool // it opened the case; otherwise it only counted
	Incident string
}

// DeviceRuleSet are a district's rules, as JSON, and from when they hold.
type DeviceRuleSet struct {
	From  planner.Date
	Rules json.RawMessage
	SetBy string
}

var deviceTable = target{
	table: "device", id: "id",
	key:     []string{"district", "id"},
	columns: []string{"district", "id", "kind", "resident", "area", "ended_at"},
	refs:    []reference{{"resident", "resident", "id"}, {"area", "area", "code"}},
}

// PutDevices adds or replaces devices. Those of residents who were erased are not
// kept.
func (tx *Tx) PutDevices(district string, devices []Device) error {
	err := tx.upsert(&deviceTable, len(devices), func(i int) ([]any, error) {
		d := &devices[i]
		return []any{district, d.ID, d.Kind, orNil(d.Resident), orNil(d.Area), timeOrNil(d.Ended)}, nil
	})
	if err != nil {
		return err
	}
	if _, err := tx.tx.Exec(tx.ctx, `DELETE FROM device d USING erased x WHERE d.district = $1 AND x.district = $1 AND x.resident = d.resident`, district); err != nil {
		return fmt.Errorf("store devices: %w", tidy(err))
	}
	return nil
}

// PutDeviceRules stores the rules that hold from a day on.
func (tx *Tx) PutDeviceRules(district string, r DeviceRuleSet) error {
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO device_rule (district, from_day, rules, set_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (district, from_day) DO UPDATE SET rules = EXCLUDED.rules, set_by = EXCLUDED.set_by, set_at = now()`,
		district, r.From.Time(), string(r.Rules), r.SetBy)
	if err != nil {
		return fmt.Errorf("store rules for devices: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "device_rule", Detail: map[string]string{"from": r.From.String()}})
}

// DeviceRules returns the rules for devices that hold on a day; ErrNotFound if the
// district has set none.
func (s *Reads) DeviceRules(ctx context.Context, district string, day planner.Date) (DeviceRuleSet, error) {
	list, err := collect(ctx, s, "rules for devices", func(r pgx.Rows, v *DeviceRuleSet) error { return r.Scan(&v.From, &v.Rules, &v.SetBy) },
		`SELECT `+dayOf("from_day")+`, rules, set_by FROM device_rule WHERE district = $1 AND from_day <= $2::date ORDER BY from_day DESC LIMIT 1`,
		district, day.Time())
	if err != nil {
		return DeviceRuleSet{}, err
	}
	if len(list) == 0 {
		return DeviceRuleSet{}, fmt.Errorf("rules for devices: %w", ErrNotFound)
	}
	return list[0], nil
}

// Device returns a device in use that the session sees, with where it is, and keeps
// others from telling of its events until the desk is left; ErrNotFound if there is
// none.
func (d *Desk) Device(ctx context.Context, district, id string) (Device, error) {
	if _, err := d.tx.Exec(ctx, connectLockSQL, "device "+district+" "+id); err != nil {
		return Device{}, fmt.Errorf("device: %w", tidy(err))
	}
	v := Device{ID: id}
	err := d.tx.QueryRow(ctx, `SELECT v.kind, COALESCE(v.resident, ''), COALESCE(v.area, r.micro_grid, r.grid)
		FROM device v LEFT JOIN resident r ON r.district = v.district AND r.id = v.resident
		WHERE v.district = $1 AND v.id = $2 AND v.ended_at IS NULL`, district, id).Scan(&v.Kind, &v.Resident, &v.Area)
	if isNoRows(err) {
		return v, fmt.Errorf("device: %w", ErrNotFound)
	}
	if err != nil {
		return v, fmt.Errorf("device: %w", tidy(err))
	}
	return v, nil
}

// DeviceEvent returns what came of an event of a device before; ErrNotFound if it
// did not.
func (d *Desk) DeviceEvent(ctx context.Context, district, device, event string) (DeviceEvent, error) {
	v := DeviceEvent{Device: device, Event: event}
	err := d.tx.QueryRow(ctx, `SELECT kind, at, received, clock, outcome = 'opened', COALESCE(incident, '') FROM device_event
		WHERE district = $1 AND device = $2 AND event = $3`, district, device, event).Scan(&v.Kind, &v.At, &v.Received, &v.Clock, &v.Opened, &v.Incident)
	if isNoRows(err) {
		return v, fmt.Errorf("device event: %w", ErrNotFound)
	}
	if err != nil {
		return v, fmt.Errorf("device event: %w", tidy(err))
	}
	return v, nil
}

// DeviceOpened returns when an event of that kind of a device last opened a case
// that nobody has closed since, and which; the zero time if none did.
func (d *Desk) DeviceOpened(ctx context.Context, district, device, kind string) (at time.Time, incident string, err error) {
	err = d.tx.QueryRow(ctx, `SELECT e.received, COALESCE(e.incident, '') FROM (
			SELECT received, incident FROM device_event WHERE district = $1 AND device = $2 AND kind = $3 AND outcome = 'opened' ORDER BY received DESC LIMIT 1) e
		WHERE NOT EXISTS (SELECT FROM incident i WHERE i.district = $1 AND i.id = e.incident AND i.closed_at IS NOT NULL)`, district, device, kind).Scan(&at, &incident)
	if isNoRows(err) {
		return time.Time{}, "", nil
	}
	if err != nil {
		return at, "", fmt.Errorf("device event: %w", tidy(err))
	}
	return at, incident, nil
}

// PutDeviceEvent stores what came of an event.
func (d *Desk) PutDeviceEvent(ctx context.Context, district string, e DeviceEvent) error {
	outcome := "counted"
	if e.Opened {
		outcome = "opened"
	}
	_, err := d.tx.Exec(ctx, `INSERT INTO device_event (district, device, event, kind, at, received, value, clock, outcome, incident)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, district, e.Device, e.Event, e.Kind, e.At, e.Received, e.Value, e.Clock, outcome, orNil(e.Incident))
	if err != nil {
		return fmt.Errorf("store a device's event: %w", tidy(err))
	}
	return nil
}

// CountDeviceRefusals adds to how many events were refused on a day, by reason.
func (tx *Tx) CountDeviceRefusals(district string, day planner.Date, byCode map[string]int) error {
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		_, err := tx.tx.Exec(tx.ctx, `INSERT INTO device_refused AS c (district, day, code, n) VALUES ($1, $2, $3, $4)
			ON CONFLICT (district, day, code) DO UPDATE SET n = c.n + EXCLUDED.n`, district, day.Time(), code, byCode[code])
		if err != nil {
			return fmt.Errorf("count what devices were refused: %w", tidy(err))
		}
	}
	return nil
}

// DeviceRefusals is how many events were refused on a day for a reason.
type DeviceRefusals struct {
	Day  planner.Date
	Code string
	N    int64
}

// DeviceRefusals returns how many events were refused from one day to another.
func (s *Reads) DeviceRefusals(ctx context.Context, district string, from, to planner.Date) ([]DeviceRefusals, error) {
	return collect(ctx, s, "refusals of devices", func(r pgx.Rows, v *DeviceRefusals) error { return r.Scan(&v.Day, &v.Code, &v.N) },
		`SELECT `+dayOf("day")+`, code, n FROM device_refused WHERE district = $1 AND day BETWEEN $2::date AND $3::date ORDER BY day, code`, district, from.Time(), to.Time())
}
