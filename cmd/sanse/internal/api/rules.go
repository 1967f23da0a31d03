package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// Audience says who may ask for an operation.
type Audience string

// The audiences.
const (
	// Entry: whoever stands at the door, before anybody knows who it is.
	Entry Audience = "entry"
	// SignedIn: whoever has an account, whatever their roles.
	SignedIn Audience = "signed_in"
	// Open: nothing about people in need of care: outlines, facilities, streets.
	Open Audience = "open"
	// Released: those who answer for the area get true numbers, all others get
	// functions of the release (docs/small-numbers.md). The operation sees to it.
	Released Audience = "released"
	// DutyArea: only those who have the capability in the area that the query
	// names, or in the district where it names none.
	DutyArea Audience = "duty_area"
	// DutyRecord: only those who have the capability for the record or the area
	// that the path or the body names. The operation sees to it; who has it
	// nowhere is refused before it is asked.
	DutyRecord Audience = "duty_record"
	// DutyHanded is DutyArea, and for those to whom people were handed, or are
	// matched, of these. The operation sees to the latter.
	DutyHanded Audience = "duty_handed"
	// Duty: only those who have the capability in the district.
	Duty Audience = "duty"
)

// Rule says who may ask for an operation, and what they must be able to do.
type Rule struct {
	Audience Audience
	Need     service.Capability // of the audiences of duty; of Released what true numbers take, if not CapNumbers
}

// rules holds every operation. One that is missing is for the operator alone, and
// fails a test.
var rules = map[string]Rule{
	"district": {Audience: Released}, "areas": {Audience: Released}, "search-areas": {Audience: Open}, "board": {Audience: Released},
	"heatmap": {Audience: Released}, "release": {Audience: Released}, "facilities": {Audience: Released}, "notices": {Audience: Released},
	"ogc": {Audience: Open}, "ogc-conformance": {Audience: Open}, "ogc-api": {Audience: Open}, "ogc-collections": {Audience: Open},
	"ogc-collection": {Audience: Open}, "ogc-queryables": {Audience: Open}, "ogc-schema": {Audience: Open},
	"ogc-items": {Audience: Released}, "ogc-item": {Audience: Released},
	"tile-sets": {Audience: Open}, "tile-json": {Audience: Released}, "tile": {Audience: Released}, "ground-tile": {Audience: Open},

	"unplanned": {DutyArea, service.CapRecords}, "shortages": {DutyArea, service.CapNumbers},
	"routes": {DutyArea, service.CapRecords}, "visitors": {DutyArea, service.CapRecords},
	"day": {DutyRecord, service.CapRecords}, "why": {DutyRecord, service.CapRecords}, "directions": {DutyRecord, service.CapRecords},
	"replan": {DutyRecord, service.CapReplan},
	// Sites are looked for among the people of an area, who are counted exactly.
	"begin-siting": {DutyRecord, service.CapPlan}, "siting": {DutyRecord, service.CapPlan}, "stop-siting": {DutyRecord, service.CapPlan},

	// Who reaches what: cells of the ground are nobody's; counts of people are
	// shown to all, those of residents and of disabled people to those who answer
	// for them.
	"coverage": {Audience: Open}, "circle": {Audience: Released}, "reach": {Audience: Released}, "try-coverage": {Audience: Released},
	"unplaced": {Audience: Released}, "resident-reach": {DutyRecord, service.CapRecords},
	// Of people in need the shortfall tells those alone who answer for them.
	"standards": {Audience: Open}, "put-standards": {Duty, service.CapPlan}, "reset-standards": {Duty, service.CapPlan},
	"shortfall": {Audience: Released}, "shortfall-map": {Audience: Released}, "shortfall-charts": {Audience: Released},
	"shortfall-page": {Released, service.CapExport}, "shortfall-workbook": {Released, service.CapExport},
	"shortfall-behind": {DutyArea, service.CapRecords}, "reports": {Audience: Open}, "take-report": {Duty, service.CapReport},

	"needs": {DutyHanded, service.CapRecords}, "need-history": {DutyRecord, service.CapRecords}, "need-options": {DutyRecord, service.CapRecords},
	"match-needs": {DutyRecord, service.CapMatch}, "set-need-match": {DutyRecord, service.CapMatch},
	"providers": {Audience: Open}, "supply": {Audience: Released}, "supply-cells": {Audience: Released},

	// Who covers a visit that is not made in time; the ladder itself is nobody's secret.
	"ladders": {DutyArea, service.CapRecords}, "close-ladder": {DutyRecord, service.CapLadder},
	"cases": {DutyHanded, service.CapCase}, "case": {DutyRecord, service.CapCase}, "open-case": {DutyRecord, service.CapCase},
	"step-case": {DutyRecord, service.CapCase}, "pass-case": {DutyRecord, service.CapCase}, "case-helpers": {DutyRecord, service.CapCase},
	"live": {DutyArea, service.CapNumbers},
	// What it adds up to: numbers of visits are sums of grades, and no release has any.
	"indicators": {DutyArea, service.CapNumbers}, "put-indicators": {Duty, service.CapPlan}, "own-rate": {Audience: SignedIn},
	"work-report": {DutyArea, service.CapNumbers}, "work-report-page": {DutyArea, service.CapExport}, "work-report-workbook": {DutyArea, service.CapExport},
	"ledger": {DutyArea, service.CapNumbers}, "ledger-workbook": {DutyArea, service.CapExport}, "ledger-table": {DutyArea, service.CapExport},
	"ladder-rule": {Audience: Open}, "put-ladder-rule": {Duty, service.CapPlan},

	// Behind the platform that is there, and devices: for keys that were made for it.
	"connect-visits": {DutyRecord, service.CapConnect}, "connect-cases": {DutyRecord, service.CapConnect}, "put-device-events": {DutyRecord, service.CapConnect},
	"connect-tasks": {DutyRecord, service.CapConnect}, "connect-reconciliation": {DutyArea, service.CapRecords},
	"connect-platforms": {DutyArea, service.CapRecords}, "connect-reconciliation-workbook": {DutyArea, service.CapExport},
	// What one is told is one's own; by which channels, the district sets.
	"messages": {Audience: SignedIn}, "unread-messages": {Audience: SignedIn}, "read-messages": {Audience: SignedIn},
	"message-choice": {Audience: SignedIn}, "put-message-choice": {Audience: SignedIn},
	"push": {Audience: SignedIn}, "put-push": {Audience: SignedIn}, "drop-push": {Audience: SignedIn},
	"message-rules": {Duty, service.CapSettings}, "put-message-rules": {Duty, service.CapSettings},
	"test-message": {Duty, service.CapSettings}, "undelivered": {Duty, service.CapSettings},

	// Which grade somebody has is decided by those who lead there; who works there says
	// what is known. The rules are nobody's secret.
	"grade-rules": {Audience: Open}, "put-grade-rules": {Duty, service.CapPlan},
	"grade-suggestions": {DutyArea, service.CapGrade}, "grade-changes": {DutyArea, service.CapGrade},
	"regrade": {DutyRecord, service.CapGrade}, "grade-history": {DutyRecord, service.CapGrade},
	"note-fact": {DutyRecord, service.CapFacts}, "drop-fact": {DutyRecord, service.CapFacts},
	"appeal": {DutyRecord, service.CapFacts}, "answer-appeal": {DutyRecord, service.CapGrade},

	// The audit is for auditors, who see nobody; names are told one by one.
	"audit": {Duty, service.CapAudit}, "unusual-looks": {Duty, service.CapAudit}, "verify-audit": {Duty, service.CapAudit}, "export-audit": {Duty, service.CapAudit},
	// What leaves the house, and the number under which its maps were reviewed.
	"exports": {Duty, service.CapAudit}, "export-terms": {Audience: SignedIn}, "put-review-number": {Duty, service.CapSettings},
	"export-caps": {Duty, service.CapSettings}, "put-export-cap": {Duty, service.CapSettings}, "drop-export-cap": {Duty, service.CapSettings},
	"person": {Audience: DutyRecord, Need: service.CapRecords}, "break-glass": {DutyRecord, service.CapBreakGlass},
	"hand-over": {DutyRecord, service.CapHandOver}, "handovers": {DutyRecord, service.CapHandOver},
	"end-handover": {DutyRecord, service.CapRecords}, "handed": {DutyRecord, service.CapRecords}, // theirs, to whom somebody was handed
	// Whoever stands at the door, and what they have of their own once they are in.
	"sign-in-ways": {Audience: Entry}, "sign-in": {Audience: Entry}, "sign-in-made-up": {Audience: Entry}, "sign-out": {Audience: Entry},
	"me": {Audience: Entry}, "change-password": {Audience: Entry}, "check-code": {Audience: Entry}, "enrol-code": {Audience: Entry},
	"confirm-code": {Audience: Entry}, "set-pin": {Audience: Entry}, "check-pin": {Audience: Entry},
	"oidc-start": {Audience: Entry}, "oidc-callback": {Audience: Entry},
	"sessions": {Audience: SignedIn}, "end-session": {Audience: SignedIn},
	// Who may what is given by administrators, who see nobody.
	"second-factors": {Duty, service.CapAccounts}, "ask-second-factor": {Duty, service.CapAccounts}, "drop-second-factor": {Duty, service.CapAccounts},
	"accounts": {Duty, service.CapAccounts}, "add-account": {Duty, service.CapAccounts}, "change-account": {Duty, service.CapAccounts},
	"new-secret": {Duty, service.CapAccounts}, "give-grant": {Duty, service.CapAccounts}, "end-grant": {Duty, service.CapAccounts},
	"end-sessions": {Duty, service.CapAccounts}, "add-key": {Duty, service.CapAccounts},

	// What residents ask of their data, and how long data are kept.
	"ask-privacy": {DutyRecord, service.CapRequests}, "consent": {DutyRecord, service.CapRequests}, "put-consent": {DutyRecord, service.CapRequests},
	"privacy": {DutyRecord, service.CapPrivacy}, "decide-privacy": {DutyRecord, service.CapPrivacy}, "privacy-copy": {DutyRecord, service.CapPrivacy},
	"privacy-record": {DutyRecord, service.CapPrivacy}, "privacy-record-page": {DutyRecord, service.CapPrivacy}, "put-retention": {Duty, service.CapPrivacy},

	// What is done at doors, and the codes that hang there.
	"today": {DutyRecord, service.CapRecords}, "put-records": {DutyRecord, service.CapVisit}, "open-door": {DutyRecord, service.CapVisit},
	"form": {Audience: Open}, "put-form": {Duty, service.CapPlan},
	"records": {DutyArea, service.CapReview}, "flags": {DutyArea, service.CapReview}, "judge-flag": {DutyRecord, service.CapReview},
	"sample": {DutyArea, service.CapReview}, "draw-sample": {DutyRecord, service.CapReview}, "put-call": {DutyRecord, service.CapReview},
	"move-options": {DutyRecord, service.CapRecords}, "move-visit": {DutyRecord, service.CapRecords}, "order-day": {DutyRecord, service.CapRecords},
	"moves": {DutyArea, service.CapRecords}, "tick-tasks": {DutyRecord, service.CapVisit},
	"day-sheet": {DutyRecord, service.CapRecords}, "day-walk": {DutyRecord, service.CapRecords},
	"day-slips": {DutyRecord, service.CapRecords},
	// Whoever was visited has no account: the code says of which visit they speak.
	"rate-visit": {Audience: Entry},
	// A calendar shows no more than the secret in its address.
	"calendar": {Audience: Entry}, "my-calendar": {Audience: SignedIn}, "make-calendar": {Audience: SignedIn}, "end-calendar": {Audience: SignedIn},
	"codes": {DutyArea, service.CapCodes}, "make-code": {DutyRecord, service.CapCodes}, "retire-code": {DutyRecord, service.CapCodes},

	// Boundaries are drawn by those who plan for the district.
	"drafts": {Duty, service.CapPlan}, "draft": {Duty, service.CapPlan}, "draft-areas": {Duty, service.CapPlan}, "draft-check": {Duty, service.CapPlan},
	"publications": {Duty, service.CapPlan}, "history": {Duty, service.CapRecords}, "area-history": {Duty, service.CapPlan},
	"begin-draft": {Duty, service.CapPlan}, "describe-draft": {Duty, service.CapPlan}, "drop-draft": {Duty, service.CapPlan},
	"change-draft": {Duty, service.CapPlan}, "undo-draft": {Duty, service.CapPlan}, "redo-draft": {Duty, service.CapPlan},
	"rebase-draft": {Duty, service.CapPlan}, "publish-draft": {Duty, service.CapPublish}, "roll-back": {Duty, service.CapPublish},
	"draft-effect": {Duty, service.CapPlan}, "draft-effect-page": {Duty, service.CapPlan}, "draft-effect-workbook": {Duty, service.CapPlan},
	"draft-ground": {Duty, service.CapPlan}, "draft-balance": {Duty, service.CapPlan}, "edit-draft": {Duty, service.CapPlan}, "lock-draft": {Duty, service.CapPlan},
	"draw-draft": {Duty, service.CapPlan}, "drawing": {Duty, service.CapPlan}, "stop-drawing": {Duty, service.CapPlan}, "apply-drawing": {Duty, service.CapPlan},
}

// RuleOf tells who may ask for an operation, and whether that was said. What was
// not said is for those alone who may do everything.
func RuleOf(operation string) (Rule, bool) {
	r, ok := rules[operation]
	if !ok {
		r = Rule{Duty, "operation " + service.Capability(operation)}
	}
	return r, ok
}

// lets tells whether a viewer may ask for an operation that names an area, or
// none, in its query.
func (r Rule) lets(v service.Viewer, district, area string) bool {
	here := v.May(r.Need, district) || area != "" && v.May(r.Need, area)
	switch r.Audience {
	case Entry, Open, Released:
		return true
	case SignedIn:
		return v.Account != ""
	case DutyRecord:
		return v.MaySomewhere(r.Need)
	case DutyArea:
		return here
	case DutyHanded:
		return here || v.Handed(r.Need)
	default:
		return v.May(r.Need, district)
	}
}

// offerKey is of the word by which an operation says that it offered to break the
// glass rather than refused.
type offerKey struct{}

// seen gives every request its viewer, and turns away whom an operation is not
// for.
func (s *Server) seen() func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		operation := ctx.Operation().OperationID
		rule, _ := RuleOf(operation)
		request, w := humago.Unwrap(ctx)
		viewer, err := s.access.Viewer(request)
		switch {
		case err != nil && rule.Audience == Entry:
			// Whose it is may come out later; from where it comes is known.
			actor := data.ActorOf(ctx.Context())
			viewer = service.Viewer{Address: actor.Address, Request: actor.Request}
		case err != nil:
			s.refuseWith(w, s.problem(err))
			return
		}
		viewer, good := viewer.Asking(operation, string(rule.Audience), rule.Need)
		if !good {
			s.refuse(w, http.StatusForbidden, "this key was not made for that")
			return
		}
		if as := ctx.Query("as"); as != "" {
			if viewer, err = viewer.Narrow(as); err != nil {
				s.refuse(w, http.StatusForbidden, service.MessageOf(err))
				return
			}
		}
		seen := service.WithViewer(ctx.Context(), viewer)
		named := cmp.Or(ctx.Param("id"), ctx.Query("resident"))
		if !rule.lets(viewer, s.district, ctx.Query("area")) {
			s.service.Refused(seen, s.district, operation, named)
			s.refuse(w, http.StatusForbidden, "only those who answer for the people it tells of may see this")
			return
		}
		if viewer, err = purposed(operation, viewer, ctx.Query("purpose")); err != nil {
			s.refuseWith(w, err)
			return
		}
		if viewer.Purpose != "" {
			seen = service.WithViewer(ctx.Context(), viewer)
			if seen, err = s.service.BeginExport(seen, s.district, operation, ctx.Query("area")); err != nil {
				s.refuseWith(w, s.problem(err))
				return
			}
		}
		glass := false // an offer to break it is no refusal
		seen = context.WithValue(seen, offerKey{}, &glass)
		next(huma.WithContext(ctx, seen))
		// What is not there is told of like what is not theirs: who tries ids leaves
		// a trace either way.
		if status := ctx.Status(); !glass && (status == http.StatusForbidden || status == http.StatusNotFound && named != "") {
			s.service.Refused(seen, s.district, operation, named)
		}
	}
}

// describeRule adds to the description of an operation what is the same for all.
func describeRule(_ *huma.OpenAPI, op *huma.Operation) {
	rule, _ := RuleOf(op.OperationID)
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "as", In: "query", Schema: &huma.Schema{Type: huma.TypeString},
		Description: "see it as those do who answer for this area only, or as the public does; it can only narrow what one may",
	})
	describePurpose(op)
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Extensions["x-audience"] = string(rule.Audience)
	if rule.Need != "" {
		op.Extensions["x-need"] = string(rule.Need)
	}
}
