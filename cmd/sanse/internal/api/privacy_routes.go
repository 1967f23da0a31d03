package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/reports"
)

func (s *Server) registerPrivacy(api huma.API) {
	get(api, "privacy", "/v1/privacy", "How long data are kept, and what residents ask of theirs", s.getPrivacy)
	get(api, "privacy-copy", "/v1/privacy/requests/{id}/copy", "All that is stored of the resident of a request for access", s.getPrivacyCopy)
	get(api, "consent", "/v1/residents/{id}/consent", "What a resident agreed to and took back", s.getConsent)
	get(api, "privacy-record", "/v1/privacy/record", "What is done with personal data: the record for the impact assessment", s.getPrivacyRecord)
	get(api, "privacy-record-page", "/v1/privacy/record.pdf", "The same, to print and sign", s.getPrivacyRecordPage)
	write := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary,
			Errors: []int{http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("ask-privacy", http.MethodPost, "/v1/residents/{id}/requests", "A resident's request, written down"), s.postRequest)
	huma.Register(api, write("decide-privacy", http.MethodPost, "/v1/privacy/requests/{id}", "A request accepted or refused"), s.postDecision)
	huma.Register(api, write("put-consent", http.MethodPut, "/v1/residents/{id}/consent", "What a resident agreed to or took back, written down"), s.putConsent)
	huma.Register(api, write("put-retention", http.MethodPut, "/v1/privacy/retention", "How long a kind of data is kept"), s.putRetention)
}

func (s *Server) getPrivacy(ctx context.Context, _ *struct{}) (*answer[Privacy], error) {
	p, err := s.service.Privacy(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(privacyOf(&p)), nil
}

// RequestPath names a request.
type RequestPath struct {
	ID string `path:"id" maxLength:"40"`
}

func (s *Server) getPrivacyCopy(ctx context.Context, in *RequestPath) (*attached, error) {
	c, err := s.service.PrivacyCopy(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	p := &c.Person
	var b bytes.Buffer
	err = s.service.Leave(ctx, 1, &b, func(w io.Writer, m reports.Marked) error {
		return json.NewEncoder(w).Encode(PersonCopy{
			Name: p.Name.Reveal(), IDNumber: p.IDNumber.Reveal(), Phone: p.Phone.Reveal(), Address: p.Address.Reveal(), Note: p.Note.Reveal(), Record: c.Record,
			Taken: m.Copied(), Mark: m.Hidden,
		})
	})
	if err != nil {
		return nil, s.problem(err)
	}
	return &attached{
		ContentType: "application/json", CacheControl: fresh, Body: b.Bytes(), Disposition: `attachment; filename="sanse-copy.json"`,
		Policy: "default-src 'none'; frame-ancestors 'none'",
	}, nil
}

// ResidentPath names a resident.
type ResidentPath struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *Server) getConsent(ctx context.Context, in *ResidentPath) (*answer[Consents], error) {
	list, err := s.service.Consents(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	out := Consents{Items: make([]Consent, len(list))}
	for i, c := range list {
		out.Items[i] = Consent{N: c.N, Purpose: c.Purpose, Given: c.Given, How: c.How, At: *stamp(c.At), By: c.By}
	}
	return answerOf(out), nil
}

func (s *Server) getPrivacyRecord(ctx context.Context, _ *struct{}) (*answer[reports.ProcessingRecord], error) {
	r, err := s.service.ProcessingRecord(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(r), nil
}

func (s *Server) getPrivacyRecordPage(ctx context.Context, _ *struct{}) (*attached, error) {
	var b bytes.Buffer
	err := s.service.ProcessingPDF(ctx, s.district, &b)
	if errors.Is(err, service.ErrNoFont) {
		return nil, huma.NewError(http.StatusServiceUnavailable, service.MessageOf(err))
	}
	if err != nil {
		return nil, s.problem(err)
	}
	return &attached{
		ContentType: "application/pdf", CacheControl: fresh, Body: b.Bytes(), Disposition: `inline; filename="sanse-processing-record.pdf"`,
		Policy: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
	}, nil
}

// RequestID names a request that was written down.
type RequestID struct {
	ID string `json:"id"`
}

func (s *Server) postRequest(ctx context.Context, in *struct {
	ResidentPath
	Body RequestBody
},
) (*answer[RequestID], error) {
	id, err := s.service.AskPrivacy(ctx, s.district, in.ID, data.RequestKind(in.Body.Kind), in.Body.Reason, in.Body.Fields)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(RequestID{id}), nil
}

func (s *Server) postDecision(ctx context.Context, in *struct {
	RequestPath
	Body DecisionBody
},
) (*answer[PrivacyRequest], error) {
	r, err := s.service.DecidePrivacy(ctx, s.district, in.ID, in.Body.Decision == "accept", in.Body.Reason)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(privacyRequestOf(&r)), nil
}

func (s *Server) putConsent(ctx context.Context, in *struct {
	ResidentPath
	Body ConsentBody
},
) (*answer[Consents], error) {
	err := s.service.PutConsent(ctx, s.district, in.ID, data.Consent{Purpose: in.Body.Purpose, Given: in.Body.Given, How: in.Body.How})
	if err != nil {
		return nil, s.problem(err)
	}
	return s.getConsent(ctx, &in.ResidentPath)
}

func (s *Server) putRetention(ctx context.Context, in *struct{ Body RetentionBody }) (*answer[Privacy], error) {
	if err := s.service.SetRetention(ctx, s.district, in.Body.Kind, in.Body.Days, in.Body.Basis); err != nil {
		return nil, s.problem(err)
	}
	return s.getPrivacy(ctx, nil)
}
