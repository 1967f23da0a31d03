package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"sanse/data"
)

// DataPurpose is what data of residents are used for, and what allows it.
type DataPurpose struct {
	Code, ZH, EN string
	Basis        string // in Chinese
	Consent      bool   // the resident is asked: it rests on nothing else
}

// DataPurposes are all there are.
var DataPurposes = []DataPurpose{
	{"care", "上门走访关爱", "care visits", "个人信息保护法第13条第1款第3项（履行法定职责）；敏感信息依第28、29条取得单独同意", true},
	{"services", "对接所需服务", "matching of services", "个人信息保护法第13条第1款第1项（同意）", true},
	{"emergency", "突发情况下保护生命健康", "life and health in an emergency", "个人信息保护法第13条第1款第4项", false},
	{"statistics", "不指向个人的统计与规划", "statistics and planning that name nobody", "个人信息保护法第73条第4项（匿名化）", false},
}

// Privacy is what is kept how long, and what residents ask.
type Privacy struct {
	Retention []data.RetentionRule
	Counted   bool // Due and Oldest of the rules are known: who serves may not look
	Requests  []data.RightsRequest
	Runs      []data.LifeRun
}

// privacyRuns is how many runs are shown.
const privacyRuns = 20

// Privacy tells how long data are kept, what residents ask, and what was done, to
// those who decide on it; requests of the residents they answer for.
func (s *Service) Privacy(ctx context.Context, district string) (Privacy, error) {
	var p Privacy
	v := viewerOf(ctx)
	if !v.MaySomewhere(CapPrivacy) {
		return p, forbidden("only those who decide on what residents ask may see this")
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return p, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return p, err
	}
	p.Counted = !s.store.Serving()
	if p.Retention, err = s.store.Retention(ctx, district, today, p.Counted); err != nil {
		return p, err
	}
	if p.Runs, err = s.store.LifeRuns(ctx, district, privacyRuns); err != nil {
		return p, err
	}
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		all, err := desk.DataRequests(ctx, district)
		if err != nil {
			return err
		}
		grids, err := desk.Grids(ctx, district, requested(all))
		if err != nil {
			return err
		}
		for _, r := range all {
			if v.May(CapPrivacy, grids[r.Resident]) {
				p.Requests = append(p.Requests, r)
			}
		}
		if len(p.Requests) == 0 {
			return nil
		}
		return s.recordAt(ctx, desk, district, read("data_request", "", requested(p.Requests)...))
	})
	return p, err
}

func requested(all []data.RightsRequest) []string {
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].Resident
	}
	return ids
}

// mayOf refuses whoever has a capability not where a resident lives, or does not
// see the resident at all.
func (s *Service) mayOf(ctx context.Context, desk *data.Desk, district, resident string, c Capability) error {
	grids, err := desk.Grids(ctx, district, []string{resident})
	if err != nil {
		return err
	}
	grid, visible := grids[resident]
	if !visible || !viewerOf(ctx).May(c, grid) {
		return forbidden(notTheirs)
	}
	return nil
}

// checkReason sees that a reason is given and no novel.
func checkReason(reason string) error {
	switch {
	case visible(reason) == 0:
		return invalid("a reason is wanted: it is kept, sealed, as proof")
	case utf8.RuneCountInString(reason) > maxReason:
		return invalid("a reason is at most %d characters long", maxReason)
	}
	return nil
}

// maxField is the most characters of a corrected text.
const maxField = 500

// AskPrivacy writes down what a resident asks of their data, and returns the id of
// the request. Fields are those of a correction; of a restriction the field lift
// asks that one end.
func (s *Service) AskPrivacy(ctx context.Context, district, resident string, kind data.RequestKind, reason string, fields map[string]string) (string, error) {
	r := data.RightsRequest{Resident: resident, Kind: kind, Reason: data.Sealed(cleanText(reason)), AskedBy: viewerOf(ctx).Account}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	r.ID = "q" + hex.EncodeToString(b[:])
	err := s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, district, resident, CapRequests); err != nil {
			return err
		}
		if err := checkReason(reason); err != nil {
			return err
		}
		if err := fillRequest(&r, fields); err != nil {
			return err
		}
		return desk.Ask(ctx, district, r)
	})
	return r.ID, err
}

// fillRequest takes the fields of a request, if they are such as its kind has.
func fillRequest(r *data.RightsRequest, fields map[string]string) error {
	switch r.Kind {
	case data.RequestCorrection:
		if len(fields) == 0 {
			return invalid("what is to be corrected? want one of %s", OwnList(data.CorrectableFields))
		}
		r.Fields = make(map[string]data.Sealed, len(fields))
		for name, text := range fields {
			if !slices.Contains(data.CorrectableFields, name) {
				return invalid("a correction is of %s", OwnList(data.CorrectableFields))
			}
			if utf8.RuneCountInString(text) > maxField || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return invalid("%s is no text of at most %d characters", Own(name), maxField)
			}
			r.Fields[name] = data.Sealed(text)
		}
	case data.RequestRestriction:
		r.Lift = fields["lift"] != ""
		if len(fields) > 1 || len(fields) == 1 && !r.Lift {
			return invalid("of a restriction there is one field: lift")
		}
	case data.RequestErasure, data.RequestAccess:
		if len(fields) > 0 {
			return invalid("fields are for a correction")
		}
	default:
		return invalid("kind: there is no such request")
	}
	return nil
}

// DecidePrivacy accepts or refuses a request. Whoever wrote it down does not decide
// it. What is accepted is carried out by the owner of the database; see LifeDue.
func (s *Service) DecidePrivacy(ctx context.Context, district, id string, accept bool, reason string) (data.RightsRequest, error) {
	var r data.RightsRequest
	by := viewerOf(ctx).Account
	err := s.atDesk(ctx, func(desk *data.Desk) error {
		var err error
		if r, err = s.requestOf(ctx, desk, district, id); err != nil {
			return err
		}
		if err := checkReason(reason); err != nil {
			return err
		}
		switch {
		case !r.Decided.IsZero():
			return &Error{Code: CodeNo, Message: "the request was decided already"}
		case by != "" && r.AskedBy == by:
			return forbidden("whoever wrote a request down does not decide it")
		}
		if err := desk.Decide(ctx, district, id, accept, data.Sealed(cleanText(reason)), by); err != nil {
			return err
		}
		r, err = desk.RightsRequest(ctx, district, id)
		return err
	})
	if err == nil && accept {
		select {
		case s.lifeDue <- struct{}{}:
		default: // somebody has been told already
		}
	}
	return r, err
}

// LifeDue tells that there is something to be carried out.
func (s *Service) LifeDue() <-chan struct{} { return s.lifeDue }

// requestOf finds a request of a resident whom the viewer decides for.
func (s *Service) requestOf(ctx context.Context, desk *data.Desk, district, id string) (data.RightsRequest, error) {
	r, err := desk.RightsRequest(ctx, district, id)
	if errors.Is(err, data.ErrNotFound) {
		if viewerOf(ctx).May(CapPrivacy, district) { // who would see it if there were one
			return r, notFound("there is no such request")
		}
		return r, forbidden(notTheirs)
	}
	if err != nil {
		return r, err
	}
	return r, s.mayOf(ctx, desk, district, r.Resident, CapPrivacy)
}

// PrivacyCopy is all that is stored of the resident of a request for access that
// was accepted.
func (s *Service) PrivacyCopy(ctx context.Context, district, id string) (data.PersonCopy, error) {
	var c data.PersonCopy
	err := s.atDesk(ctx, func(desk *data.Desk) error {
		r, err := s.requestOf(ctx, desk, district, id)
		if err != nil {
			return err
		}
		if r.Kind != data.RequestAccess || !r.Accepted {
			return &Error{Code: CodeNo, Message: "a copy is made of a request for access that was accepted"}
		}
		c, err = desk.PersonCopy(ctx, district, id)
		if errors.Is(err, data.ErrNotFound) {
			return forbidden("the database names this resident not to you")
		}
		return err
	})
	return c, err
}

// Consents tells what a resident agreed to and took back, the latest first.
func (s *Service) Consents(ctx context.Context, district, resident string) ([]data.Consent, error) {
	var list []data.Consent
	err := s.atDesk(ctx, func(desk *data.Desk) error {
		err := s.mayOf(ctx, desk, district, resident, CapRequests)
		if err != nil {
			return err
		}
		if list, err = desk.Consents(ctx, district, resident); err != nil {
			return err
		}
		return s.recordAt(ctx, desk, district, read("consent", "", resident))
	})
	return list, err
}

// PutConsent writes down that a resident agreed to a purpose or took that back.
func (s *Service) PutConsent(ctx context.Context, district, resident string, c data.Consent) error {
	c.By = viewerOf(ctx).Account
	return s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, district, resident, CapRequests); err != nil {
			return err
		}
		if !slices.ContainsFunc(DataPurposes, func(p DataPurpose) bool { return p.Code == c.Purpose && p.Consent }) {
			return invalid("there is no purpose of that name that is agreed to")
		}
		if !slices.Contains([]string{"written", "spoken", "guardian"}, c.How) {
			return invalid("how was it said? want written, spoken or guardian")
		}
		return desk.PutConsent(ctx, district, resident, c)
	})
}

// SetRetention has a kind of data kept for so many days.
func (s *Service) SetRetention(ctx context.Context, district, kind string, days int, basis string) error {
	v := viewerOf(ctx)
	if !v.May(CapPrivacy, district) {
		return forbidden("only those who decide for the district may say how long data are kept")
	}
	if err := checkReason(basis); err != nil {
		return err
	}
	err := s.store.Write(ctx, func(tx *data.Tx) error { return tx.SetRetention(district, kind, days, basis, v.Account) })
	var bad *data.InvalidError
	if errors.As(err, &bad) {
		return invalidCause(err, "%s may not be kept %d days: there is no such kind, or the law asks for more", kind, days)
	}
	return err
}
