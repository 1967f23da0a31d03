package service

import (
	"cmp"
	"fmt"
	"time"

	"sanse/cmd/sanse/internal/message"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
)

// What becomes of something that happened: who is told what, until when. Accounts are
// not looked for here; the gate does, when it makes messages of it.

// ladderMessages are what is told of events that were just taken on a ladder. Of
// several that were taken at once, as after a standstill, the last alone is told:
// whom the others held it is not theirs any more.
func ladderMessages(l *data.DueLadder, steps []data.LadderStep, at time.Time, zone *time.Location) []data.Outgoing {
	if len(steps) == 0 {
		return nil
	}
	st := &steps[len(steps)-1]
	midnight := instant(planner.Moment{Date: l.DueBy + 1}, zone)
	once := fmt.Sprintf("ladder/%d/%d", l.ID, st.N)
	switch st.Kind {
	case ladder.Remind:
		return []data.Outgoing{{Once: once, Kind: string(message.Reminder), Visitor: st.Holder, Ladder: l.ID, From: at, Until: midnight}}
	case ladder.Cover:
		out := []data.Outgoing{{Once: once, Kind: string(message.Holder), Visitor: st.Holder, Ladder: l.ID, Due: st.Deadline, From: at, Until: st.Deadline}}
		before := l.ToCome()
		if n := len(l.Held); n > 0 {
			before = l.Held[n-1]
		}
		if before != "" && st.Holder != "" {
			out = append(out, data.Outgoing{Once: once + "/had", Kind: string(message.Passed), Visitor: before, Ladder: l.ID, From: at, Until: midnight})
		}
		return out
	default:
		return nil // a lapse is told as the case that it is
	}
}

// moveMessages is what those are told whose day a move changes, but for who made it:
// whoever has the visit by now, and whose it was.
func moveMessages(m *data.VisitMove, by string, zone *time.Location) []data.Outgoing {
	if m.ToVisitor == "" {
		return nil // the ladder tells
	}
	var out []data.Outgoing
	tell := func(once, visitor string, day planner.Date) {
		if visitor != by {
			out = append(out, data.Outgoing{Once: once, Kind: string(message.Plan), Visitor: visitor, N: 1, From: m.At, Until: instant(planner.Moment{Date: day + 1}, zone)})
		}
	}
	tell("move/"+m.ID, m.ToVisitor, m.ToDay)
	if m.Visitor != m.ToVisitor {
		tell("move/"+m.ID+"/had", m.Visitor, m.Day)
	}
	return out
}

// heldAgain is what the holder of a visit is told shortly before the deadline.
func heldAgain(l *data.Ladder, now time.Time) data.Outgoing {
	return data.Outgoing{
		Once: fmt.Sprintf("ladder/%d/%d/again", l.ID, l.Taken), Kind: string(message.Again), Visitor: l.Holder, Ladder: l.ID, Due: l.Deadline, From: now, Until: l.Deadline,
	}
}

// caseLast is how long after its deadline somebody is still told of a case.
const caseLast = 24 * time.Hour

// caseMessage is what those are told who hold a case as it stands now, but for an
// account that has brought it there.
func caseMessage(c *data.Case, once string, kind message.Kind, but string, now time.Time) data.Outgoing {
	o := data.Outgoing{
		Once: "case/" + c.ID + "/" + once, Kind: string(kind), But: but, Case: c.ID, Emergency: c.Kind == caseEmergency, Due: c.Deadline, From: now, Until: c.Deadline.Add(caseLast),
	}
	switch c.Level {
	case data.CaseDepartments:
		o.Role, o.Body = data.RoleDepartment, c.Body
	case data.CaseTaskForce:
		o.Role, o.Area = data.RoleTaskForce, c.Area
	default:
		o.Role, o.Area = data.RoleLeader, c.Area
	}
	return o
}

// caseCame is what those are told to whom a case has come with its last step.
func caseCame(c *data.Case, but string, now time.Time) data.Outgoing {
	return caseMessage(c, fmt.Sprint(max(c.N, 1)), message.Case, but, now)
}

// caseClock is what those who hold a case are told by now: that its deadline is near,
// or over; nothing before, or if it has been over for too long.
func caseClock(c *data.CaseClock, now time.Time) (data.Outgoing, bool) {
	once := fmt.Sprint(c.Deadline.Unix())
	switch {
	case !now.Before(c.Deadline):
		return caseMessage(&c.Case, "over/"+once, message.CaseOver, "", now), now.Before(c.Deadline.Add(caseLast))
	case !now.Before(message.NearAt(c.Set, c.Deadline)):
		o := caseMessage(&c.Case, "near/"+once, message.CaseNear, "", now)
		o.Until = c.Deadline
		return o, true
	}
	return data.Outgoing{}, false
}

// planMessages are what those are told whose day a new plan has changed: today's and
// tomorrow's, and not of residents whose visit they know of, as what came to them on a
// ladder, which they are told by itself, nor whoever made it. It is one message for each, however much is other.
func planMessages(plan int64, moved *planner.Moved, today planner.Date, known map[string]bool, but string, now time.Time, zone *time.Location) []data.Outgoing {
	count, last := map[string]int{}, map[string]planner.Date{}
	var order []string
	for i := range moved.Visits {
		m := &moved.Visits[i]
		if m.Task == "" && known[m.Resident] {
			continue
		}
		var whom []string
		for _, at := range []*planner.VisitAt{m.From, m.To} {
			if at == nil || at.Date < today || at.Date > today+1 {
				continue
			}
			whom = append(whom, at.Visitors...)
			for _, v := range at.Visitors {
				last[v] = max(last[v], at.Date)
			}
		}
		for _, v := range eachOnce(whom) {
			if v == but {
				continue
			}
			if count[v] == 0 {
				order = append(order, v)
			}
			count[v]++
		}
	}
	var out []data.Outgoing
	for _, v := range order {
		until := instant(planner.Moment{Date: last[v] + 1}, zone) // the midnight that ends it
		out = append(out, data.Outgoing{Once: fmt.Sprintf("plan/%d/%s", plan, v), Kind: string(message.Plan), Visitor: v, N: count[v], From: now, Until: until})
	}
	return out
}

// residentsHeld are the residents of ladders.
func residentsHeld(held []data.Ladder) map[string]bool {
	out := make(map[string]bool, len(held))
	for i := range held {
		out[held[i].Resident] = true
	}
	return out
}

// onDays is a plan with the walks of some days alone.
func onDays(p *planner.Plan, from, to planner.Date) *planner.Plan {
	out := *p
	out.Itineraries = nil
	for i := range p.Itineraries {
		if it := &p.Itineraries[i]; it.Date >= from && it.Date <= to {
			out.Itineraries = append(out.Itineraries, *it)
		}
	}
	return &out
}

// handedLast is how long somebody is told that a resident was handed to them.
const handedLast = 3 * 24 * time.Hour

// handedMessage is what those are told to whom somebody was handed.
func handedMessage(h *data.Handover, once string, now time.Time) data.Outgoing {
	from := h.From
	if from.IsZero() {
		from = now
	}
	until := from.Add(handedLast)
	if h.To.Before(until) {
		until = h.To
	}
	o := data.Outgoing{Once: "handed/" + once, Kind: string(message.Handed), Account: h.Account, But: h.GivenBy, From: from, Until: until}
	if h.Body != "" {
		o.Role, o.Body = data.RoleDepartment, h.Body
	}
	return o
}

// webhookWay names the gateway among the ways of a message; those by push have the id
// of a browser.
const webhookWay = "webhook"

// compose makes messages of what is to be told: for an account one of all that is of
// a kind and has one deadline. Now is in the zone of the district.
func compose(rules *message.Rules, list []data.PendingMessage, now time.Time) []data.NewMessage {
	type key struct {
		account, kind string
		emergency     bool
		due           int64
	}
	at := map[key]int{}
	var out []data.NewMessage
	for i := range list {
		p := &list[i]
		if p.Over {
			continue
		}
		for k := range p.To {
			to := &p.To[k]
			id := key{to.Account, p.Kind, p.Emergency, p.Due.Unix()}
			j, there := at[id]
			if !there {
				j = len(out)
				at[id] = j
				out = append(out, data.NewMessage{Account: to.Account, Kind: p.Kind, Emergency: p.Emergency, Due: p.Due, Until: p.Until, Ways: waysOf(rules, p, to, now)})
			}
			m := &out[j]
			m.Parts = append(m.Parts, p.ID)
			if p.Until.After(m.Until) {
				m.Until = p.Until
			}
		}
	}
	return out
}

// waysOf are the ways on which an account is told of something.
func waysOf(rules *message.Rules, p *data.PendingMessage, to *data.Addressee, now time.Time) (out []data.NewWay) {
	kind, choice := message.Kind(p.Kind), choiceOf(to.Choice)
	from := rules.From(kind, p.Emergency, now)
	if !from.Before(p.Until) {
		return nil // it would be of no use by then
	}
	for _, c := range message.Ways(rules, &choice, kind, p.Emergency) {
		switch c {
		case message.Push:
			for _, b := range to.Browsers {
				out = append(out, data.NewWay{Way: b, Channel: string(c), From: from})
			}
		case message.Webhook:
			out = append(out, data.NewWay{Way: webhookWay, Channel: string(c), From: from})
		}
	}
	return out
}

// rulesOf reads the rules of a district as they are stored.
func rulesOf(v *data.MessageRule) message.Rules {
	r := message.Rules{Push: v.Push, Webhook: v.Webhook, Kinds: channelsOf(v.Kinds)}
	if v.QuietFrom != nil && v.QuietTo != nil {
		r.Quiet = &message.Quiet{From: planner.Clock(*v.QuietFrom), To: planner.Clock(*v.QuietTo)}
	}
	return r
}

// choiceOf reads a choice as it is stored.
func choiceOf(v data.MessageChoice) message.Choice {
	return message.Choice{Language: cmp.Or(v.Language, "zh"), Off: channelsOf(v.Unwanted)}
}

func channelsOf(m map[string][]string) map[message.Kind][]message.Channel {
	out := make(map[message.Kind][]message.Channel, len(m))
	for k, list := range m {
		for _, c := range list {
			out[message.Kind(k)] = append(out[message.Kind(k)], message.Channel(c))
		}
	}
	return out
}

// wordsOf is the opposite of channelsOf.
func wordsOf(m map[message.Kind][]message.Channel) map[string][]string {
	out := make(map[string][]string, len(m))
	for k, list := range m {
		for _, c := range list {
			out[string(k)] = append(out[string(k)], string(c))
		}
	}
	return out
}
