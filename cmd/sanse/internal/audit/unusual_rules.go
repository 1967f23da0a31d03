package audit

import (
	"strconv"
	"strings"
	"time"

	"sanse/data"
)

// records counts what was told, by the hour, and whose names, by the day.
func (w *Watch) records(h *history, e *data.Event, at time.Time) {
	if hour := hourOf(at); !h.hour.at.Equal(hour) {
		w.closeHour(h)
	}
	w.add(&h.hour, h, Many, e, hourOf(at), e.N)
	if e.Action == data.ActName {
		w.people(h, e, at)
	}
}

// people counts the different people whose names an account was told on a day:
// somebody who is looked at again is nobody else.
func (w *Watch) people(h *history, e *data.Event, at time.Time) {
	if !h.names.at.Equal(dayOf(at)) {
		w.closeNames(h)
	}
	w.add(&h.names, h, ManyNames, e, dayOf(at), 0)
	if h.people == nil {
		h.people = make(map[string]bool)
	}
	for _, id := range e.IDs {
		h.people[id] = true
	}
	h.unnamed = max(h.unnamed, e.N-len(e.IDs))
	h.names.look.Count = len(h.people) + h.unnamed
	if e.Purpose != h.names.look.Purpose {
		h.names.look.Purpose = "" // for several
	}
}

// closeHour judges an hour of an account by its own and its role's usual ones,
// and adds it to them.
func (w *Watch) closeHour(h *history) {
	if h.hour.look.Kind != "" {
		w.judge(h, &h.hour, manyRecords, &h.hours, &w.role(h.role).hours)
	}
	h.hour = bucket{}
}

// closeNames judges a day of an account.
func (w *Watch) closeNames(h *history) {
	if h.names.look.Kind != "" {
		w.judge(h, &h.names, manyNames, &h.days, &w.role(h.role).days)
	}
	h.names, h.people, h.unnamed = bucket{}, nil, 0
}

func (w *Watch) judge(h *history, b *bucket, enough int, own, role *usual) {
	n := b.look.Count
	if n >= enough {
		b.look.Own, b.look.Usual = own.high(b.at), role.high(b.at)
		if n >= timesUsual*b.look.Own && n >= timesUsual*b.look.Usual {
			w.tell(b.look)
		}
	}
	own.add(b.at, n)
	role.add(b.at, n)
}

// refused counts refusals by the hour, failed sign-ins among them.
func (w *Watch) refused(h *history, e *data.Event, at time.Time) {
	if !h.refusals.at.Equal(hourOf(at)) {
		w.closeBucket(&h.refusals, manyRefusals)
	}
	w.add(&h.refusals, h, Refused, e, hourOf(at), 1)
}

// atNight counts what was told at night, or outside the account's shifts: a
// night belongs to the day on which it began.
func (w *Watch) atNight(h *history, e *data.Event, at time.Time) {
	if e.Role == string(data.RoleService) {
		return // a program has no hours
	}
	if shifts, ok := w.opt.Shifts[e.Account]; ok {
		minute := at.Hour()*60 + at.Minute()
		for _, s := range shifts {
			if s.Weekday == weekday(at) && minute >= int(s.From)-shiftSlack && minute < int(s.To)+shiftSlack {
				return
			}
		}
	} else if at.Hour() >= nightTo && at.Hour() < nightFrom {
		return
	}
	night := dayOf(at.Add(-nightTo * time.Hour))
	if !h.night.at.Equal(night) {
		w.closeBucket(&h.night, 1)
	}
	w.add(&h.night, h, Night, e, night, max(e.N, 1))
}

// weekday is 1 for Monday to 7 for Sunday.
func weekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// strange counts what was told of areas in which the account has not looked for
// weeks, once it is known where it looks.
func (w *Watch) strange(h *history, e *data.Event, at time.Time) {
	day := dayOf(at)
	if n := len(h.lookDays); n == 0 || !h.lookDays[n-1].Equal(day) {
		h.lookDays = append(h.lookDays, day)
	}
	for len(h.lookDays) > 0 && h.lookDays[0].Before(day.Add(-window)) {
		h.lookDays = h.lookDays[1:]
	}
	area := community(e.Area)
	if area == "" {
		return
	}
	v := h.areas[area]
	if v == nil {
		v = &visited{}
		h.areas[area] = v
		if len(h.lookDays) > knownDays && !h.knows(area, day) {
			w.add(&v.strange, h, OutOfArea, e, day, max(e.N, 1))
			v.strange.look.Area = area
		}
	} else {
		switch {
		case v.strange.look.Kind != "" && v.strange.at.Equal(day):
			w.add(&v.strange, h, OutOfArea, e, day, max(e.N, 1))
		case v.strange.look.Kind != "":
			w.closeBucket(&v.strange, strangeCount)
		case v.last.Before(day.Add(-window)) && len(h.lookDays) > knownDays && !h.knows(area, day):
			w.add(&v.strange, h, OutOfArea, e, day, max(e.N, 1))
			v.strange.look.Area = area
		}
	}
	v.last = day
}

// knows tells whether the account has looked, within weeks, in an area that the
// other lies in or that lies in it.
func (h *history) knows(area string, day time.Time) bool {
	for a, v := range h.areas {
		if a != area && !v.last.Before(day.Add(-window)) && (strings.HasPrefix(area, a) || strings.HasPrefix(a, area)) {
			return true
		}
	}
	return false
}

// community cuts the code of an area down to that of its community; the code of
// a larger one stays.
func community(code string) string {
	return code[:min(len(code), 12)]
}

// network tells of a sign-in from a network that the account did not come from
// for weeks, if it came at all.
func (w *Watch) network(h *history, e *data.Event) {
	if e.Action != data.ActSignIn || e.Outcome != data.OutcomeOK || e.Account == "" || e.Address == "" {
		return
	}
	known := false
	for _, last := range h.networks {
		known = known || !last.Before(e.At.Add(-window))
	}
	if last, ok := h.networks[e.Address]; known && (!ok || last.Before(e.At.Add(-window))) {
		w.tell(w.one(h, NewNetwork, e, 1))
	}
	h.networks[e.Address] = e.At
}

// sameHand tells of whoever signs in to an account from the network of the
// administrator who, within a day, made the account or its secret, or said whose
// visitor it is: nobody gives themself a right, but whoever gives out secrets can
// use one.
func (w *Watch) sameHand(h *history, e *data.Event) {
	if e.Outcome != data.OutcomeOK || e.Account == "" || e.Address == "" {
		return
	}
	switch what := e.Detail["what"]; {
	case e.Action == data.ActUpdate && e.Object == "account" && (what == "" || what == "secret" || what == "visitor"):
		for _, account := range e.IDs {
			if account != e.Account {
				w.handed[account] = *e
			}
		}
	case e.Action == data.ActSignIn && e.Object == "session" && e.Detail["kind"] != string(data.SessionKey):
		made, ok := w.handed[e.Account]
		if !ok || made.Address != e.Address || e.At.Sub(made.At) > handTime {
			return
		}
		l := w.one(h, SameHand, e, 1)
		l.From, l.First = made.At, made.ID
		w.tell(l)
		delete(w.handed, e.Account) // once for each secret
	}
}

// run is a row of single records whose ids follow one another.
type run struct {
	prefix string
	number int64
	step   int64
	bucket
}

// sequence tells of records that are asked for one after another by the order of
// their ids, whether they are told or not.
func (w *Watch) sequence(h *history, e *data.Event) {
	if len(e.IDs) != 1 {
		return
	}
	prefix, number, ok := split(e.IDs[0])
	if !ok {
		w.closeRun(h)
		return
	}
	step := number - h.run.number
	follows := h.run.look.Kind != "" && prefix == h.run.prefix && (step == 1 || step == -1) &&
		(h.run.step == 0 || step == h.run.step) && e.At.Sub(h.run.look.To) <= sequencePause
	if !follows {
		if h.run.look.Kind != "" && prefix == h.run.prefix && step == 0 {
			return // the same record again
		}
		w.closeRun(h)
		h.run.prefix, step = prefix, 0
	}
	h.run.number, h.run.step = number, step
	w.add(&h.run.bucket, h, Sequence, e, e.At, 1)
}

func (w *Watch) closeRun(h *history) {
	w.closeBucket(&h.run.bucket, sequenceRun)
	h.run = run{}
}

// split cuts an id into what comes before its last number, and that number.
func split(id string) (prefix string, number int64, ok bool) {
	at := len(id)
	for at > 0 && id[at-1] >= '0' && id[at-1] <= '9' {
		at--
	}
	number, err := strconv.ParseInt(id[at:], 10, 64)
	return id[:at], number, err == nil
}
