package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/audit"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func (s *Server) registerAudit(api huma.API) {
	get(api, "audit", "/v1/audit", "Who did what with which records, the last first", s.getAudit)
	get(api, "unusual-looks", "/v1/audit/unusual", "Looks that are unusual, by rules that are written down (docs/audit.md)", s.getUnusual)
	get(api, "verify-audit", "/v1/audit/verify", "Whether the audit is whole: its chain worked out anew", s.getVerify)
	get(api, "export-audit", "/v1/audit/export", "Rows of the audit as lines of OCSF or CEF", s.getAuditExport)
	get(api, "person", "/v1/residents/{id}/person", "Who a resident is: name, telephone, address; each look is recorded", s.getPerson)
	huma.Register(api, huma.Operation{
		OperationID: "break-glass", Method: http.MethodPost, Path: "/v1/break-glass", Summary: "A resident's name for half an hour, in an emergency, for a reason",
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.postBreakGlass)
}

// AuditFilter chooses rows of the audit.
type AuditFilter struct {
	From    string `query:"from" doc:"a date or a time (RFC 3339): from then on"`
	To      string `query:"to" doc:"a date or a time: before it, or with a date to its end"`
	Account string `query:"account" maxLength:"100" doc:"id"`
	Action  string `query:"action" maxLength:"40"`
	Object  string `query:"object" maxLength:"60"`
	Outcome string `query:"outcome" enum:"ok,refused,refused_by_database,failed"`
	Record  string `query:"record" maxLength:"100" doc:"id of a record that the row names"`
}

// filter reads what is asked for, days in the district's time zone.
func (s *Server) filter(ctx context.Context, in *AuditFilter) (f data.EventFilter, err error) {
	f = data.EventFilter{Account: in.Account, Action: data.Action(in.Action), Object: in.Object, Outcome: data.Outcome(in.Outcome), Record: in.Record}
	if f.From, err = s.instant(ctx, "from", in.From, 0); err != nil {
		return f, err
	}
	f.To, err = s.instant(ctx, "to", in.To, 1)
	return f, err
}

// instant reads a time, or the midnight some days after that which begins a
// date; no text is the zero time.
func (s *Server) instant(ctx context.Context, name, text string, days int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	d, err := s.service.District(ctx, s.district)
	if err != nil {
		return time.Time{}, s.problem(err)
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return time.Time{}, s.problem(err)
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return at, huma.NewError(http.StatusUnprocessableEntity, name+": want a date or a time such as 2026-11-22T08:00:00+08:00")
	}
	return at.AddDate(0, 0, days), nil
}

// AuditRow is a row of the audit.
type AuditRow struct {
	ID      int64             `json:"id"`
	At      string            `json:"at" format:"date-time"`
	Account string            `json:"account" doc:"id; os: and a user's name for who works on the machine itself; empty: nobody known"`
	Login   string            `json:"login"`
	Session string            `json:"session"`
	Role    string            `json:"role"`
	Action  string            `json:"action"`
	Object  string            `json:"object"`
	IDs     []string          `json:"ids" doc:"the records, the first 500"`
	N       int               `json:"n" doc:"how many records there were"`
	Area    string            `json:"area"`
	Address string            `json:"address" doc:"the network it came from"`
	Purpose string            `json:"purpose"`
	Reason  string            `json:"reason"`
	Outcome string            `json:"outcome"`
	Request string            `json:"request"`
	Detail  map[string]string `json:"detail"`
}

// AuditPage is some rows of the audit, the last first.
type AuditPage struct {
	Items []AuditRow `json:"items"`
	Next  *int64     `json:"next" doc:"what to name as before for the next ones; null: there are no more"`
}

type auditPageInput struct {
	AuditFilter
	Unusual string `query:"unusual" enum:"database,break_glass,same_hand,sequence,many,many_names,refused,out_of_area,new_network,night" doc:"only rows of unusual looks of that kind"`
	Before  int64  `query:"before" minimum:"0"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (s *Server) getAudit(ctx context.Context, in *auditPageInput) (*answer[AuditPage], error) {
	f, err := s.filter(ctx, &in.AuditFilter)
	if err != nil {
		return nil, err
	}
	f.Before, f.Limit = in.Before, in.Limit
	rows, next, err := s.service.Audit(ctx, s.district, f, audit.Kind(in.Unusual))
	if err != nil {
		return nil, s.problem(err)
	}
	out := AuditPage{Items: make([]AuditRow, len(rows))}
	if next > 0 {
		out.Next = &next
	}
	for i, e := range rows {
		out.Items[i] = AuditRow{
			ID: e.ID, At: e.At.Format(time.RFC3339Nano), Account: e.Account, Login: e.Login, Session: e.Session, Role: e.Role, Action: string(e.Action),
			Object: e.Object, IDs: orEmpty(e.IDs), N: e.N, Area: e.Area, Address: e.Address, Purpose: e.Purpose, Reason: e.Reason.Reveal(),
			Outcome: string(e.Outcome), Request: e.Request, Detail: e.Detail,
		}
		if e.Detail == nil {
			out.Items[i].Detail = map[string]string{}
		}
	}
	return answerOf(out), nil
}

// UnusualList is the unusual looks, the last first.
type UnusualList struct {
	Items []UnusualRow `json:"items"`
}

// UnusualRow is an unusual look. None of them is a proof of anything.
type UnusualRow struct {
	Kind    string `json:"kind"`
	Account string `json:"account"`
	Login   string `json:"login"`
	Role    string `json:"role"`
	Address string `json:"address"`
	Area    string `json:"area"`
	Count   int    `json:"count" doc:"of records told or asked for, or of refusals"`
	From    string `json:"from" format:"date-time"`
	To      string `json:"to" format:"date-time"`
	Why     string `json:"why"`
}

type unusualInput struct {
	From     string `query:"from" doc:"a date or a time; empty: a week ago"`
	Language string `query:"lang" enum:"zh,en" default:"zh"`
}

func (s *Server) getUnusual(ctx context.Context, in *unusualInput) (*answer[UnusualList], error) {
	from, err := s.instant(ctx, "from", in.From, 0)
	if err != nil {
		return nil, err
	}
	looks, err := s.service.UnusualLooks(ctx, s.district, from)
	if err != nil {
		return nil, s.problem(err)
	}
	out := UnusualList{Items: make([]UnusualRow, len(looks))}
	for i := range looks {
		l := &looks[i]
		out.Items[i] = UnusualRow{
			Kind: string(l.Kind), Account: l.Account, Login: l.Login, Role: l.Role, Address: l.Address, Area: l.Area, Count: l.Count,
			From: l.From.Format(time.RFC3339), To: l.To.Format(time.RFC3339), Why: l.Why(in.Language == "en"),
		}
	}
	return answerOf(out), nil
}

// AuditVerified is what working the chain out anew found.
type AuditVerified struct {
	OK       bool         `json:"ok"`
	Rows     int64        `json:"rows" doc:"that are there and chained"`
	Unlinked int64        `json:"unlinked" doc:"rows that are there and not chained yet: those of the last second"`
	Removed  int64        `json:"removed" doc:"rows that have gone when their time was over, as the chain says"`
	Links    int64        `json:"links"`
	Last     *AuditLink   `json:"last"`
	Broken   *AuditBroken `json:"broken,omitempty"`
}

// AuditLink is the head of the chain.
type AuditLink struct {
	N      int64  `json:"n"`
	At     string `json:"at" format:"date-time"`
	Anchor string `json:"anchor" doc:"to be kept elsewhere: it finds a chain that was cut off or made anew"`
}

// AuditBroken is the first place at which the audit and its chain disagree.
type AuditBroken struct {
	Kind string `json:"kind" enum:"row_changed,row_gone,row_added,link_gone,link_changed,link_forged,row_waits,tail_cut"`
	Link int64  `json:"link"`
	From int64  `json:"from" doc:"ids of the rows that the link covers"`
	Upto int64  `json:"upto"`
	Why  string `json:"why"`
}

type verifyInput struct {
	Anchor []string `query:"anchor,explode" maxItems:"20" doc:"anchors that were kept elsewhere"`
}

func (s *Server) getVerify(ctx context.Context, in *verifyInput) (*answer[AuditVerified], error) {
	anchors := make([]data.Anchor, len(in.Anchor))
	for i, text := range in.Anchor {
		var err error
		if anchors[i], err = data.ParseAnchor(text); err != nil {
			return nil, huma.NewError(http.StatusUnprocessableEntity, "anchor: an anchor reads sanse-audit:district:number:digest")
		}
	}
	c, err := s.service.VerifyAudit(ctx, s.district, anchors...)
	if err != nil {
		return nil, s.problem(err)
	}
	out := AuditVerified{OK: c.Broken == nil, Rows: c.Rows, Unlinked: c.Unlinked, Removed: c.Removed, Links: c.Links}
	if l := c.Last; l != nil {
		out.Last = &AuditLink{l.N, l.At.Format(time.RFC3339), data.Anchor{District: s.district, N: l.N, Digest: l.Digest}.String()}
	}
	if b := c.Broken; b != nil {
		out.Broken = &AuditBroken{string(b.Kind), b.Link, b.From, b.Upto, b.Why}
	}
	return answerOf(out), nil
}

type auditExportInput struct {
	AuditFilter
	Format string `query:"format" enum:"ocsf,cef" default:"ocsf"`
}

func (s *Server) getAuditExport(ctx context.Context, in *auditExportInput) (*attached, error) {
	f, err := s.filter(ctx, &in.AuditFilter)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := s.service.ExportAudit(ctx, s.district, in.Format, f, &b); err != nil {
		return nil, s.problem(err)
	}
	contentType, ending := "application/x-ndjson", "ocsf.jsonl"
	if in.Format == "cef" {
		contentType, ending = "text/plain; charset=utf-8", "cef"
	}
	return &attached{
		ContentType: contentType, CacheControl: fresh, Body: b.Bytes(),
		Disposition: fmt.Sprintf(`attachment; filename="sanse-audit-%s.%s"`, s.district, ending),
		Policy:      "default-src 'none'; frame-ancestors 'none'",
	}, nil
}

// Person is what identifies a resident.
type Person struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
	Note    string `json:"note"`
	IDLast4 string `json:"id_number_last4,omitempty"`
}

// ReasonProblem is a problem (RFC 9457) with a code to branch on.
type ReasonProblem struct {
	huma.ErrorModel
	Reason string `json:"reason"`
}

type personInput struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *Server) getPerson(ctx context.Context, in *personInput) (*answer[Person], error) {
	p, err := s.service.Person(ctx, s.district, in.ID)
	if errors.Is(err, service.ErrBreakGlass) {
		if offered, ok := ctx.Value(offerKey{}).(*bool); ok {
			*offered = true
		}
		return nil, &ReasonProblem{
			ErrorModel: huma.ErrorModel{Status: http.StatusForbidden, Title: http.StatusText(http.StatusForbidden), Detail: service.MessageOf(err)},
			Reason:     "break_glass",
		}
	}
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(Person(p)), nil
}

// BreakGlassInput says whom somebody has to see, and why.
type BreakGlassInput struct {
	Resident string `json:"resident" maxLength:"100"`
	Reason   string `json:"reason" maxLength:"2000" doc:"at least 10 characters; sealed, and read by auditors"`
}

// BreakGlass says until when, and what it is closed by before.
type BreakGlass struct {
	Until string `json:"until" format:"date-time"`
	N     int    `json:"n" doc:"the number of the handover that it is"`
}

func (s *Server) postBreakGlass(ctx context.Context, in *struct{ Body BreakGlassInput }) (*answer[BreakGlass], error) {
	until, n, err := s.service.BreakGlass(ctx, s.district, in.Body.Resident, in.Body.Reason)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(BreakGlass{until.Format(time.RFC3339), n}), nil
}
