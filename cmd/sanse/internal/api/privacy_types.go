package api

import (
	"encoding/json"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// Privacy is what is kept how long, and what residents ask.
type Privacy struct {
	Purposes  []PrivacyPurpose `json:"purposes"`
	Retention []Retention      `json:"retention"`
	Requests  []PrivacyRequest `json:"requests" doc:"of residents for whom whoever asks decides, the latest first"`
	Runs      []PrivacyRun     `json:"runs" doc:"what was taken away, the latest first"`
}

// PrivacyPurpose is what data are used for, and what allows it.
type PrivacyPurpose struct {
	Code    string `json:"code"`
	ZH      string `json:"zh"`
	EN      string `json:"en"`
	Basis   string `json:"basis"`
	Consent bool   `json:"consent" doc:"the resident is asked"`
}

// Retention is how long a kind of data is kept.
type Retention struct {
	Kind   string  `json:"kind"`
	ZH     string  `json:"zh"`
	Days   int     `json:"keep_days"`
	Least  int     `json:"least" doc:"fewer days are against the law; 0: there is no such rule"`
	Basis  string  `json:"basis"`
	Source string  `json:"source"`
	Set    bool    `json:"set" doc:"the district has decided; otherwise it is the reference"`
	Oldest *string `json:"oldest" doc:"date; null: nothing, or not known to who serves"`
	Due    *int64  `json:"due" doc:"records whose time is over; null: not known to who serves"`
}

// PrivacyRequest is what a resident asks of their data.
type PrivacyRequest struct {
	ID             string   `json:"id"`
	Resident       string   `json:"resident"`
	Kind           string   `json:"kind" enum:"erasure,correction,restriction,access"`
	Lift           bool     `json:"lift,omitempty" doc:"of a restriction: that it end"`
	Status         string   `json:"status" enum:"open,accepted,refused,done"`
	Reason         string   `json:"reason,omitempty"`
	Fields         []string `json:"fields,omitempty" doc:"what is to be corrected; never the texts"`
	AskedAt        string   `json:"asked_at"`
	AskedBy        string   `json:"asked_by"`
	DecidedAt      *string  `json:"decided_at"`
	DecidedBy      string   `json:"decided_by,omitempty"`
	DecisionReason string   `json:"decision_reason,omitempty"`
	DoneAt         *string  `json:"done_at"`
}

// PrivacyRun is what was taken away at a time.
type PrivacyRun struct {
	At   string           `json:"at"`
	Gone map[string]int64 `json:"gone"`
}

// RequestBody is what a resident asks.
type RequestBody struct {
	Kind   string            `json:"kind" enum:"erasure,correction,restriction,access"`
	Reason string            `json:"reason" minLength:"1" maxLength:"2000" doc:"at most 500 characters"`
	Fields map[string]string `json:"fields,omitempty" doc:"of a correction: name, id_number, phone, address, note; of a restriction: lift"`
}

// DecisionBody is what was decided on a request.
type DecisionBody struct {
	Decision string `json:"decision" enum:"accept,refuse"`
	Reason   string `json:"reason" minLength:"1" maxLength:"2000" doc:"at most 500 characters"`
}

// Consents are what a resident agreed to and took back.
type Consents struct {
	Items []Consent `json:"items" doc:"the latest first; the first of a purpose holds"`
}

// Consent is what a resident agreed to or took back for a purpose.
type Consent struct {
	N       int    `json:"n"`
	Purpose string `json:"purpose"`
	Given   bool   `json:"given"`
	How     string `json:"how" enum:"written,spoken,guardian"`
	At      string `json:"at"`
	By      string `json:"by"`
}

// ConsentBody is one of them, to be written down.
type ConsentBody struct {
	Purpose string `json:"purpose" maxLength:"40" doc:"care or services"`
	Given   bool   `json:"given"`
	How     string `json:"how" enum:"written,spoken,guardian"`
}

// RetentionBody is how long a kind is to be kept.
type RetentionBody struct {
	Kind  string `json:"kind" maxLength:"40"`
	Days  int    `json:"keep_days" minimum:"1" maximum:"36500"`
	Basis string `json:"basis" minLength:"1" maxLength:"2000" doc:"why; at most 500 characters"`
}

// PersonCopy is all that is stored of a person, for themselves.
type PersonCopy struct {
	Name     string          `json:"name"`
	IDNumber string          `json:"id_number"`
	Phone    string          `json:"phone"`
	Address  string          `json:"address"`
	Note     string          `json:"note"`
	Record   json.RawMessage `json:"record"`
	Taken    string          `json:"taken,omitempty" doc:"who made the copy, and when"`
	Mark     string          `json:"sanse_mark,omitempty"`
}

func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

func privacyRequestOf(r *data.RightsRequest) PrivacyRequest {
	out := PrivacyRequest{
		ID: r.ID, Resident: r.Resident, Kind: string(r.Kind), Lift: r.Lift, Status: r.Status(), Reason: r.Reason.Reveal(),
		AskedAt: *stamp(r.Asked), AskedBy: r.AskedBy, DecidedAt: stamp(r.Decided), DecidedBy: r.DecidedBy,
		DecisionReason: r.DecisionReason.Reveal(), DoneAt: stamp(r.Done),
	}
	out.Fields = r.Corrects
	return out
}

func privacyOf(p *service.Privacy) Privacy {
	out := Privacy{Purposes: []PrivacyPurpose{}, Retention: []Retention{}, Requests: []PrivacyRequest{}, Runs: []PrivacyRun{}}
	for _, v := range service.DataPurposes {
		out.Purposes = append(out.Purposes, PrivacyPurpose{Code: v.Code, ZH: v.ZH, EN: v.EN, Basis: v.Basis, Consent: v.Consent})
	}
	for i := range p.Retention {
		r := &p.Retention[i]
		v := Retention{Kind: r.Kind, ZH: service.RetentionName(r.Kind), Days: r.Days, Least: r.Least, Basis: r.Basis, Source: r.Source, Set: r.Set}
		if p.Counted {
			v.Due = &r.Due
			if !r.Oldest.IsZero() {
				day := r.Oldest.UTC().Format(time.DateOnly)
				v.Oldest = &day
			}
		}
		out.Retention = append(out.Retention, v)
	}
	for i := range p.Requests {
		out.Requests = append(out.Requests, privacyRequestOf(&p.Requests[i]))
	}
	for _, r := range p.Runs {
		out.Runs = append(out.Runs, PrivacyRun{At: *stamp(r.At), Gone: r.Gone})
	}
	return out
}
