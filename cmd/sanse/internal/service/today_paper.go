package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
	"sanse/routing"
)

// whySheet are the words for why a door is on the list.
var whySheet = map[string]reports.Label{
	"due_today": {Chinese: "今天到期", English: "due today"}, "overdue": {Chinese: "已逾期", English: "overdue"}, "owed": {Chinese: "此前欠访", English: "owed"},
	"covering": {Chinese: "补位", English: "covering"}, "moved": {Chinese: "改派", English: "moved here"}, "newly_listed": {Chinese: "新列入", English: "newly listed"},
}

// DaySheet writes a visitor's day as a PDF to be printed, with the names that who asks
// is told. It leaves the house with a mark.
func (s *Service) DaySheet(ctx context.Context, district, visitor string, day planner.Date, english bool, w io.Writer) error {
	font, err := s.font()
	if err != nil {
		return err
	}
	v, err := s.VisitDay(ctx, district, visitor, day)
	if err != nil {
		return err
	}
	in := reports.DaySheet{Date: v.Date, Visitor: cmp.Or(v.VisitorName, v.Visitor), English: english}
	for i := range v.Stops {
		st := &v.Stops[i]
		d := reports.SheetDoor{Name: cmp.Or(st.Name, st.Service, st.Resident, st.Task), Phone: st.Phone, Address: st.Address, Note: st.Note, Why: whySheet[st.Why]}
		if st.Arrive != nil {
			d.Arrive = st.Arrive.String()
		}
		if st.DueBy != nil && st.Why != "due_today" {
			d.Due = st.DueBy.String()
		}
		if st.Covering != nil {
			d.Due = st.Covering.Deadline.Format("15:04")
		}
		in.Doors = append(in.Doors, d)
	}
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		return invalid("there is no time zone %q", v.Zone)
	}
	return s.Leave(ctx, len(v.Stops), w, func(w io.Writer, m reports.Marked) error {
		in.Mark = m
		return reports.WriteDaySheet(w, in, font, s.now().In(zone))
	})
}

// DayWalk writes the way of a visitor's day along the streets as GPX, without names, to
// who is told where all its doors are. It leaves the house with a mark.
func (s *Service) DayWalk(ctx context.Context, district, visitor string, day planner.Date, w io.Writer) error {
	c, err := s.dayOf(ctx, district, visitor, day)
	if err != nil {
		return err
	}
	v := c.view
	walks, err := s.walksOn(ctx, v, c.who.ID, c.day)
	if err != nil {
		return err
	}
	if len(walks) == 0 {
		return notFound("nothing is planned on %s", c.day)
	}
	streets, err := s.streets(ctx, v.snap.District.Code, c.day, v.snap.Version)
	if err != nil {
		return err
	}
	var in reports.WalkGPX
	var residents, all []string
	for i := range walks {
		it := &walks[i]
		for k := range it.Stops {
			st := &it.Stops[k]
			if !viewerOf(ctx).May(CapNames, v.areaOf(st)) {
				return forbidden("the way leads to doors of which you are not told where they are")
			}
			if at, ok := v.placeOf(st); ok {
				in.Doors = append(in.Doors, at)
			}
			residents, all = append(residents, st.Resident), append(all, cmp.Or(st.Resident, st.Task))
		}
		way, err := streets.way(ctx, v, c.who, it)
		if err != nil {
			return err
		}
		in.Ways = append(in.Ways, way)
	}
	if err := s.shown(ctx, v.snap, residents, read("directions", commonArea(c.who.Scope), all...)); err != nil {
		return err
	}
	return s.Leave(ctx, len(all), w, func(w io.Writer, m reports.Marked) error {
		in.Mark = m
		return reports.WriteWalkGPX(w, in)
	})
}

// dayOf finds a visitor's day that who asks may see; an empty visitor is themself, no
// day is today.
func (s *Service) dayOf(ctx context.Context, district, visitor string, day planner.Date) (*dayChange, error) {
	if visitor = cmp.Or(visitor, viewerOf(ctx).Visitor); visitor == "" {
		return nil, invalid("visitor: whose day? This account is no visitor's")
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	c := &dayChange{view: v, day: cmp.Or(day, v.today)}
	c.who, err = v.mayDay(ctx, visitor)
	return c, err
}

// way is the way of a walk along the streets, from door to door; straight where a door
// is off the streets.
func (g *guided) way(ctx context.Context, v *view, w *planner.Visitor, it *planner.Itinerary) (orb.MultiLineString, error) {
	profile, err := routing.ProfileByName(w.Mode)
	if err != nil {
		return nil, err
	}
	engine, err := g.net.Engine(profile)
	if err != nil {
		return nil, err
	}
	places := []orb.Point{w.Start}
	for i := range it.Stops {
		if at, ok := v.placeOf(&it.Stops[i]); ok {
			places = append(places, at)
		}
	}
	if w.End != nil {
		places = append(places, *w.End)
	}
	ends, faults := engine.SnapAll(places, snapMetres)
	var out orb.MultiLineString
	for i := 1; i < len(places); i++ {
		straight := orb.LineString{places[i-1], places[i]}
		if places[i] == places[i-1] || faults[i-1] != nil || faults[i] != nil {
			out = append(out, straight)
			continue
		}
		path, err := engine.Route(ctx, ends[i-1], ends[i])
		switch {
		case errors.Is(err, routing.ErrNoWay):
			out = append(out, straight)
		case err != nil:
			return nil, fmt.Errorf("the way of a day: %w", err)
		default:
			out = append(out, path.Line)
		}
	}
	return out, nil
}

// calendarDays is how many days a calendar is told of, from today on.
const calendarDays = 28

// MakeCalendar makes a secret address at which a calendar finds when whoever asks
// walks, and returns the secret, which is told this once; the address before it is
// revoked.
func (s *Service) MakeCalendar(ctx context.Context, district string) (data.Token, error) {
	v := viewerOf(ctx)
	if v.Visitor == "" || v.Account == "" {
		return "", invalid("this account is no visitor's")
	}
	var id [8]byte
	var secret [24]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", fmt.Errorf("make the address of a calendar: %w", err)
	}
	if _, err := rand.Read(secret[:]); err != nil {
		return "", fmt.Errorf("make the address of a calendar: %w", err)
	}
	token := data.Token(base64.RawURLEncoding.EncodeToString(secret[:]))
	f := data.CalendarFeed{ID: "f" + hex.EncodeToString(id[:]), Account: v.Account, Visitor: v.Visitor}
	return token, s.store.Gate().PutCalendarFeed(ctx, district, f, token.Hash())
}

// Calendar tells since when whoever asks has an address of a calendar; the zero time:
// they have none.
func (s *Service) Calendar(ctx context.Context, district string) (time.Time, error) {
	f, err := s.store.Gate().CalendarFeedOf(ctx, district, viewerOf(ctx).Account)
	if errors.Is(err, data.ErrNotFound) {
		return time.Time{}, nil
	}
	return f.MadeAt, err
}

// RevokeCalendar ends the address of a calendar of whoever asks.
func (s *Service) RevokeCalendar(ctx context.Context, district string) error {
	err := s.store.Gate().RevokeCalendarFeed(ctx, district, viewerOf(ctx).Account)
	if errors.Is(err, data.ErrNotFound) {
		return notFound("there is no such address")
	}
	return err
}

// WriteCalendar writes the walks of whose secret it is: how many doors, from when to
// when, in which community, and nothing else, for a calendar lies on other people's
// servers.
func (s *Service) WriteCalendar(ctx context.Context, district string, secret data.Token, english bool, w io.Writer) error {
	f, err := s.store.Gate().CalendarFeedBy(ctx, district, secret.Hash())
	if errors.Is(err, data.ErrNotFound) {
		return notFound("there is no such address")
	}
	if err != nil {
		return err
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	var events []reports.WalkEvent
	for day := v.today; day < v.today+calendarDays; day++ {
		walks, err := s.walksOn(ctx, v, f.Visitor, day)
		if err != nil {
			return err
		}
		for i := range walks {
			it := &walks[i]
			at := func(c planner.Clock) time.Time { return instant(planner.Moment{Date: day, Clock: c}, zone) }
			e := reports.WalkEvent{UID: fmt.Sprintf("%s-%s-%d@sanse", f.ID, day, i), Begin: at(it.Depart), End: at(back(it)), Doors: len(it.Stops)}
			if a, err := v.area(it.Block); err == nil {
				e.Area = a.Name
			}
			events = append(events, e)
		}
	}
	slices.SortStableFunc(events, func(a, b reports.WalkEvent) int { return a.Begin.Compare(b.Begin) })
	return reports.WriteWalkCalendar(w, events, english, s.now())
}
