package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"sanse/data"
	"sanse/planner"
	"sanse/reports/supply"
)

// NeedChoice is what somebody decides about a need: exactly one of Facility,
// Provider, None and Auto.
type NeedChoice struct {
	Facility, Provider string
	None               bool   // nobody is to meet it
	Auto               bool   // proposals may decide again
	Reason             string // in words; needed but for Auto
	Force              bool   // although it does not fit
}

// maxReason is how long a reason may be, in characters.
const maxReason = 500

func (c *NeedChoice) check() error {
	set := 0
	for _, b := range []bool{c.Facility != "", c.Provider != "", c.None, c.Auto} {
		if b {
			set++
		}
	}
	c.Reason = strings.TrimSpace(c.Reason)
	switch {
	case set != 1:
		return invalid("who is to meet the need? want one of facility, provider, none and auto")
	case c.Reason == "" && !c.Auto:
		return invalid("a match by hand wants a reason: later proposals keep it, and others will ask why")
	case utf8.RuneCountInString(c.Reason) > maxReason:
		return invalid("a reason is at most %d characters long", maxReason)
	}
	return nil
}

// SetNeedMatch matches a need by hand, or gives it back to the proposals. What does
// not fit (no room, out of reach, closed) is refused with the reason unless it is
// forced.
func (s *Service) SetNeedMatch(ctx context.Context, district, id string, c NeedChoice) (Need, error) {
	if err := c.check(); err != nil {
		return Need{}, err
	}
	for range maxReads {
		l, n, err := s.needOf(ctx, district, id, CapMatch)
		if err != nil {
			return Need{}, err
		}
		if c.Auto {
			_, err = s.matchNeeds(ctx, l, planner.Area{}, MatchOptions{FreeHand: true, need: id})
		} else {
			err = s.matchByHand(ctx, l, n, c)
		}
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil {
			return Need{}, err
		}
		if l, n, err = s.needOf(ctx, district, id, CapMatch); err != nil {
			return Need{}, err
		}
		return l.show(n, viewerOf(ctx)), nil
	}
	return Need{}, fmt.Errorf("match need %s: %w", id, errMoved)
}

func (s *Service) matchByHand(ctx context.Context, l *ledger, n *data.Need, c NeedChoice) error {
	if err := s.walk(ctx, l); err != nil {
		return err
	}
	row := data.NeedMatch{Need: n.ID, ByHand: true, From: l.day, At: s.now(), Reason: c.Reason}
	if !c.None {
		options, err := l.options(ctx, n)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(options, func(o NeedOption) bool { return o.Facility == c.Facility && o.Provider == c.Provider })
		switch {
		case i < 0 && c.Facility != "":
			return invalid("facility: there is none of that id that gives this service")
		case i < 0:
			return invalid("provider: there is none of that id that gives this service")
		case options[i].Reason != "" && !c.Force:
			return &Error{Code: CodeNo, Message: Tell("%s cannot meet it: %s; force it, with the reason why, to match them all the same", Own(options[i].Name), Own(whyWords(options[i].Reason)))}
		}
		row.Facility, row.Provider, row.Seconds, row.Forced = c.Facility, c.Provider, options[i].Seconds, options[i].Reason != ""
	}
	return s.storeMatches(ctx, l, []data.NeedMatch{row})
}

// whyWords says a reason in words.
func whyWords(reason string) string {
	switch reason {
	case WhyFull:
		return "there is no room"
	case WhyTooFar:
		return fmt.Sprintf("it is more than %d minutes on foot", coverageMinutes)
	case WhyOffStreets:
		return "no street leads to the resident's home"
	case WhyClosed:
		return "it is closed, or closed when the resident can"
	case WhyOutOfScope:
		return "it does not come there"
	case WhyNoSkill:
		return "none of its workers who may come has the skill"
	default:
		return "it does not give this service where it is needed"
	}
}

// NeedOption is a facility or provider that gives the service of a need.
type NeedOption struct {
	Facility, Provider string
	Name               string
	Seconds            *int32 // of the walk; nil: at home, or not within the promise
	Room               *int64 // people, or services in four weeks; nil: not known, or not told to who does not answer for the place
	Reason             string // why it does not fit; empty: it does
}

// NeedOptions lists all who give the service of a need: those who fit first, then
// those within the walk, nearest first.
func (s *Service) NeedOptions(ctx context.Context, district, id string) ([]NeedOption, error) {
	for range maxReads {
		l, n, err := s.needOf(ctx, district, id, CapRecords)
		if err != nil {
			return nil, err
		}
		if err := s.walk(ctx, l); errors.Is(err, errMoved) {
			continue
		} else if err != nil {
			return nil, err
		}
		list, err := l.options(ctx, n)
		told := l.walkTold(n, viewerOf(ctx))
		for i := range list {
			list[i].Seconds = told(list[i].Seconds)
		}
		return list, err
	}
	return nil, fmt.Errorf("find who can meet need %s: %w", id, errMoved)
}

// options are all who give a need's service, beside what the other needs take.
func (l *ledger) options(ctx context.Context, n *data.Need) ([]NeedOption, error) {
	viewer, district := viewerOf(ctx), l.snap.District.Code
	left := l.room(func(other *data.Need) bool { return other.ID != n.ID })
	within, why, err := l.facilitiesFor(ctx, n)
	if err != nil {
		return nil, err
	}
	room := func(left int64) *int64 {
		if left == supply.Unknown {
			return nil
		}
		return &left
	}
	out := []NeedOption{}
	for i := range l.snap.Facilities {
		f := &l.snap.Facilities[i]
		if f.Service != n.Service || f.Status == "planned" {
			continue
		}
		o := NeedOption{Facility: f.ID, Name: f.Name, Room: room(left.facility[i])}
		full := o.Room != nil && *o.Room < 1
		if !viewer.AnswersFor(cmp.Or(f.Grid, district)) {
			o.Room = nil // it would tell how many come there
		}
		k := slices.IndexFunc(within, func(w option) bool { return int(w.at) == i })
		switch {
		case n.Place == data.PlaceHome:
			o.Reason = WhyNobodyOffers
		case f.Status != "open" || !meet(f.Hours, n.Hours):
			o.Reason = WhyClosed
		case k < 0 && why == WhyOffStreets:
			o.Reason = why
		case k < 0:
			o.Reason = WhyTooFar
		default:
			o.Seconds = &within[k].cost
			if full {
				o.Reason = WhyFull
			}
		}
		out = append(out, o)
	}
	for i := range l.providers {
		p := &l.providers[i]
		_, why := l.providerFits(p, n)
		if !slices.Contains(p.Services, n.Service) {
			continue
		}
		o := NeedOption{Provider: p.ID, Name: p.Name, Room: room(left.provider[i]), Reason: why}
		switch {
		case n.Place == data.PlaceFacility:
			o.Reason = WhyNobodyOffers
		case why == "" && o.Room != nil && *o.Room < timesOf(n.Rules):
			o.Reason = WhyFull
		}
		if !viewer.AnswersFor(district) {
			o.Room = nil
		}
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b NeedOption) int {
		rank := func(o NeedOption) int {
			switch {
			case o.Reason == "" && o.Seconds != nil:
				return int(*o.Seconds)
			case o.Reason == "":
				return 1 << 20
			case o.Seconds != nil:
				return 1<<21 + int(*o.Seconds)
			default:
				return 1 << 22
			}
		}
		return rank(a) - rank(b)
	})
	return out, nil
}
