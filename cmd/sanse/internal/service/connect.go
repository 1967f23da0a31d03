package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"sanse/cmd/sanse/internal/connect"
	"sanse/data"
	"sanse/planner"
)

// MaxConnectRows is how many rows of a platform are taken at once.
const MaxConnectRows = 200

// ConnectIn is a row as a platform sent it.
type ConnectIn struct {
	Row    connect.Row
	Unread bool // it is no object at all
}

// ConnectOut is what became of a row.
type ConnectOut struct {
	ID     string // the platform's number
	Status string // RecordStored, RecordSame, RecordRefused
	Code   string // of a refused one: why
	Detail string // the same in words; of a stored one, what of it was left out
	Case   string // of a case: ours
}

// RefusedTime is why a visit is refused that is of a day to come.
const RefusedTime = "time"

// maxConnectAge is how old a visit may be that a platform tells of: history comes by
// file.
const maxConnectAge = 92 // days

// link is a platform that asks, with what its rows are read by.
type link struct {
	data.District
	connector data.Connector
	mapping   connect.Mapping
	zone      *time.Location
	today     planner.Date
}

// link finds the platform that asks: the one whose key it is, or for the operator
// the one that is named.
func (s *Service) link(ctx context.Context, district, connector string) (*link, error) {
	viewer := viewerOf(ctx)
	if !viewer.MaySomewhere(CapConnect) {
		return nil, forbidden("this is for the key of a platform")
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	l := &link{District: d}
	if connector != "" && viewer.Operates() {
		l.connector, err = s.store.Connector(ctx, d.Code, connector)
	} else {
		l.connector, err = s.store.ConnectorOf(ctx, d.Code, viewer.Account)
	}
	if errors.Is(err, data.ErrNotFound) {
		if viewer.Operates() {
			return nil, notFound("there is no connector %q in use: sanse connect set makes one", connector)
		}
		return nil, forbidden("this key is no platform's: sanse connect set ties it to one")
	}
	if err != nil {
		return nil, err
	}
	if l.zone, err = time.LoadLocation(d.TimeZone); err != nil {
		return nil, invalid("there is no time zone %q", d.TimeZone)
	}
	l.today = planner.DateOf(s.now().In(l.zone))
	stored, err := s.store.ConnectMapping(ctx, d.Code, l.connector.ID, l.today)
	if errors.Is(err, data.ErrNotFound) {
		return l, nil
	}
	if err == nil {
		err = json.Unmarshal(stored.Mapping, &l.mapping)
	}
	if err != nil {
		return nil, fmt.Errorf("mapping of connector %s: %w", l.connector.ID, err)
	}
	return l, nil
}

// whose puts ids of ours in the place of a platform's numbers, where its rows are
// named by those: what is not known is left out.
func (s *Service) whose(ctx context.Context, l *link, rows *connect.Rows, kind string, numbers []string) (func(string) string, error) {
	if rows == nil || !rows.TheirIDs {
		return func(id string) string { return id }, nil
	}
	known, err := s.store.ExternalIDs(ctx, l.Code, l.connector.ID, kind, numbers)
	return func(number string) string { return known[number] }, err
}

func connectRefused(id, code, detail string) ConnectOut {
	return ConnectOut{ID: id, Status: RecordRefused, Code: code, Detail: detail}
}

// unknownNumber is said of a resident that a row names, whether there is such a one
// elsewhere or not.
const unknownNumber = "resident: nobody of the area of this key is known by that number"

// ConnectVisits stores visits that a platform tells of and says what became of each,
// in their order. However often one is sent it is stored once, by the platform's own
// number; one that is refused holds up no other, and is counted with the reason until
// it is sent again and good. Connector names the platform for the operator; it is
// empty for a key.
func (s *Service) ConnectVisits(ctx context.Context, district, connector string, in []ConnectIn) ([]ConnectOut, error) {
	l, err := s.link(ctx, district, connector)
	if err != nil {
		return nil, err
	}
	if len(in) == 0 || len(in) > MaxConnectRows {
		return nil, invalid("rows: 1 to %d are sent at once", MaxConnectRows)
	}
	visits, out := make([]connect.Visit, len(in)), make([]ConnectOut, len(in))
	var ids, residents, visitors []string
	for i := range in {
		if in[i].Unread {
			out[i] = connectRefused("", RefusedInvalid, "a row is a JSON object")
			continue
		}
		var bad *connect.Fault
		if visits[i], bad = l.mapping.Visit(in[i].Row, l.zone); bad != nil {
			out[i] = connectRefused(visits[i].ID, RefusedInvalid, bad.Error())
		}
		ids, residents, visitors = append(ids, visits[i].ID), append(residents, visits[i].Resident), append(visitors, visits[i].Visitor)
	}
	resident, err := s.whose(ctx, l, l.mapping.Visits, "resident", residents)
	if err != nil {
		return nil, err
	}
	visitor, err := s.whose(ctx, l, l.mapping.Visits, "visitor", visitors)
	if err != nil {
		return nil, err
	}
	named := make([]bool, len(visits))
	for i := range visits {
		v := &visits[i]
		v.Resident = resident(v.Resident)
		if named[i] = v.Visitor != ""; named[i] {
			v.Visitor = visitor(v.Visitor)
		}
	}
	return out, s.storeVisits(ctx, l, visits, named, out, ids)
}

// storeVisits decides on visits and stores them, in one transaction. Named tells which
// of them said who came.
func (s *Service) storeVisits(ctx context.Context, l *link, visits []connect.Visit, named []bool, out []ConnectOut, ids []string) error {
	ground, err := s.recordGround(ctx, l.Code)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *data.Tx) error {
		if err := tx.LockConnector(l.Code, l.connector.ID); err != nil {
			return err
		}
		reads := tx.Reads()
		before, err := reads.ConnectRows(ctx, l.Code, l.connector.ID, data.ConnectVisit, ids)
		if err != nil {
			return err
		}
		residents, visitors := make([]string, len(visits)), make([]string, len(visits))
		for i := range visits {
			residents[i], visitors[i] = visits[i].Resident, visits[i].Visitor
		}
		homes, err := reads.RecordHomes(ctx, l.Code, residents)
		if err != nil {
			return err
		}
		known, err := reads.KnownVisitors(ctx, l.Code, visitors)
		if err != nil {
			return err
		}
		var add []data.Visit
		var put []data.ConnectRow
		var told []string
		for i := range visits {
			v := &visits[i]
			row := data.ConnectRow{External: v.ID, Last: s.now(), Day: v.Day, Done: v.Seen, Task: v.Task}
			old, there := before[v.ID]
			if out[i].Status == "" {
				if row.Content, err = visitContent(tx, l.Code, v); err != nil {
					return err
				}
				if there && old.Refused == "" {
					if out[i] = (ConnectOut{ID: v.ID, Status: RecordSame}); string(old.Content) != string(row.Content) && len(old.Content) > 0 {
						out[i] = connectRefused(v.ID, RefusedConflict, "id: another visit has it")
					}
					continue
				}
				if out[i], err = s.decideVisit(ctx, l, ground, homes, v, &row); err != nil {
					return err
				}
			}
			if v.ID == "" || there && old.Refused == "" {
				continue // nothing to keep it by, or a good one is kept
			}
			if out[i].Status == RecordRefused {
				row = data.ConnectRow{External: v.ID, Last: row.Last, Refused: out[i].Code}
			} else {
				visit := data.Visit{Resident: v.Resident, Date: v.Day, Done: v.Seen, Grid: row.Area}
				if v.Visitor != "" && known[v.Visitor] {
					visit.Visitor = v.Visitor
				} else if named[i] {
					out[i].Detail = "no visitor is known by that number: it is kept without"
				}
				add, told = append(add, visit), append(told, v.Resident)
			}
			before[v.ID] = row
			put = append(put, row)
		}
		if _, err := tx.AddVisits(l.Code, visitsOnce(add)); err != nil {
			return err
		}
		if err := tx.PutConnectRows(l.Code, l.connector.ID, data.ConnectVisit, put); err != nil {
			return err
		}
		if len(told) == 0 {
			return nil
		}
		e := data.Event{Action: data.ActCreate, Object: "visit", IDs: told, Detail: map[string]string{"connector": l.connector.ID}}
		return tx.Record(l.Code, e)
	})
}

// visitsOnce leaves out what two rows tell of alike.
func visitsOnce(list []data.Visit) []data.Visit {
	type key struct {
		resident string
		day      planner.Date
		done     bool
	}
	seen := make(map[key]bool, len(list))
	out := list[:0]
	for _, v := range list {
		if k := (key{v.Resident, v.Date, v.Done}); !seen[k] {
			seen[k] = true
			out = append(out, v)
		}
	}
	return out
}

func visitContent(tx *data.Tx, district string, v *connect.Visit) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("compare a visit: %w", err)
	}
	return tx.ConnectContent(district, data.ConnectVisit, string(b))
}

// decideVisit says whether a visit is taken, and fills in where it was.
func (s *Service) decideVisit(ctx context.Context, l *link, ground *recordGround, homes map[string]data.RecordHome, v *connect.Visit, row *data.ConnectRow) (ConnectOut, error) {
	viewer := viewerOf(ctx)
	home, there := homes[v.Resident]
	switch {
	case v.Day > l.today:
		return connectRefused(v.ID, RefusedTime, "day: it is to come"), nil
	case l.today-v.Day > maxConnectAge:
		return connectRefused(v.ID, RefusedTooOld, fmt.Sprintf("day: more than %d days ago; older ones come by file", maxConnectAge)), nil
	case !there:
		return connectRefused(v.ID, RefusedNotYours, unknownNumber), nil
	}
	grid, micro, err := s.gridOn(ctx, ground, &home, v.Day)
	if err != nil {
		return ConnectOut{}, err
	}
	if !viewer.May(CapConnect, smallest(grid, micro)) && !viewer.May(CapConnect, smallest(home.Grid, home.Micro)) {
		return connectRefused(v.ID, RefusedNotYours, unknownNumber), nil
	}
	row.Resident, row.Area = v.Resident, grid
	return ConnectOut{ID: v.ID, Status: RecordStored}, nil
}

// connectorID is what a connector may be called.
var connectorID = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// SetConnector makes a platform known, or changes whose key it asks with, which is
// named by its login or its id. It is for the operator: a connector lets somebody else's program in.
func (s *Service) SetConnector(ctx context.Context, district string, c data.Connector) error {
	if err := mustOperate(ctx); err != nil {
		return err
	}
	if !connectorID.MatchString(c.ID) {
		return invalid("a connector is named by small letters, digits, - and _, beginning with a letter, at most 40")
	}
	if c.Account != "" { // people know a key by its login
		a, err := s.store.Gate().AccountByLogin(ctx, district, c.Account)
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return err
		}
		if err == nil {
			c.Account = a.ID
		}
	}
	err := s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutConnector(district, c) })
	var missing *data.MissingError
	var twice *data.TwiceError
	switch {
	case errors.As(err, &missing):
		return invalidCause(err, "there is no such account: sanse accounts lists them")
	case errors.As(err, &twice):
		return invalidCause(err, "that key is another connector's")
	}
	return err
}

// mustOperate refuses whoever is not at the machine.
func mustOperate(ctx context.Context) error {
	if viewerOf(ctx).Operates() {
		return nil
	}
	return forbidden("this is done at the machine")
}

// Connectors lists the platforms of a district.
func (s *Service) Connectors(ctx context.Context, district string) ([]data.Connector, error) {
	if err := mustOperate(ctx); err != nil {
		return nil, err
	}
	return s.store.Connectors(ctx, district)
}

// SetMapping stores the mapping by which a platform's rows are read from a day on.
func (s *Service) SetMapping(ctx context.Context, district, connector string, from planner.Date, m connect.Mapping) error {
	l, err := s.link(ctx, district, connector)
	if err != nil {
		return err
	}
	if faults := m.Check(); len(faults) > 0 {
		return invalid("mapping: %s", faults[0].Error())
	}
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("store mapping: %w", err)
	}
	if from == 0 {
		from = l.today
	}
	if from < l.today {
		return invalid("a mapping holds from today or a day to come: what has come was read by the one before")
	}
	return s.store.Write(ctx, func(tx *data.Tx) error {
		return tx.PutConnectMapping(l.Code, l.connector.ID, data.ConnectMapping{From: from, Mapping: b, SetBy: viewerOf(ctx).Account})
	})
}

// SetExternalIDs stores the numbers under which a platform knows residents and
// visitors.
func (s *Service) SetExternalIDs(ctx context.Context, district, connector string, list []data.ExternalID) error {
	l, err := s.link(ctx, district, connector)
	if err != nil {
		return err
	}
	if err := mustOperate(ctx); err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutExternalIDs(l.Code, l.connector.ID, list) })
	var missing *data.MissingError
	var bad *data.InvalidError
	var twice *data.TwiceError
	if errors.As(err, &missing) || errors.As(err, &bad) || errors.As(err, &twice) {
		return invalidCause(err, "these numbers cannot be stored; nothing was")
	}
	return err
}
