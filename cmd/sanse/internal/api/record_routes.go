package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"sanse/data"
)

// maxRecordsBytes is what a request of records may be: 50 with all that may be
// typed. A photo is none.
const maxRecordsBytes = 1 << 20

func (s *Server) registerRecords(api huma.API) {
	get(api, "today", "/v1/today", "What a visitor takes along on a day: the doors in their order, the form, the codes", s.getToday)
	get(api, "codes", "/v1/codes", "Door codes of an area", s.getCodes)
	write := func(id, path, summary string, bytes int64) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, MaxBodyBytes: bytes,
			Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	// A phone that has been without signal sends what it has kept: one record that
	// cannot be read must not keep the others on it. So they are read one by one,
	// not checked as a whole beforehand.
	put := write("put-records", "/v1/records", "Visit records, stored once however often they are sent", maxRecordsBytes)
	put.SkipValidateBody = true
	huma.Register(api, put, s.postRecords)
	schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[RecordsBody]())
	api.OpenAPI().Paths["/v1/records"].Post.RequestBody.Content["application/json"].Schema = schema
	huma.Register(api, write("open-door", "/v1/door", "What a door code opens for who is signed in", maxSecretBytes), s.postDoor)
	huma.Register(api, write("make-code", "/v1/codes", "A door code made; its token is told once", maxSecretBytes), s.postDoorCode)
	huma.Register(api, write("retire-code", "/v1/codes/{id}/retire", "A door code taken out of force", maxSecretBytes), s.postRetire)
}

type todayInput struct {
	Visitor string `query:"visitor" maxLength:"100" doc:"empty: who asks"`
	Date    string `query:"date" doc:"empty: today"`
}

func (s *Server) getToday(ctx context.Context, in *todayInput) (*answer[VisitDay], error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	v, err := s.service.VisitDay(ctx, s.district, in.Visitor, on)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(visitDayOf(&v)), nil
}

type recordsInput struct {
	RawBody []byte `contentType:"application/json"`
}

func (s *Server) postRecords(ctx context.Context, in *recordsInput) (*answer[RecordsAnswer], error) {
	sent, records, err := readRecords(in.RawBody)
	if err != nil {
		return nil, s.problem(err)
	}
	list, err := s.service.PutRecords(ctx, s.district, sent, records)
	if err != nil {
		return nil, s.problem(err)
	}
	out := RecordsAnswer{Records: make([]RecordAnswer, len(list))}
	for i, r := range list {
		out.Records[i] = RecordAnswer(r)
	}
	return answerOf(out), nil
}

func (s *Server) postDoor(ctx context.Context, in *struct{ Body DoorBody }) (*answer[DoorOpened], error) {
	v, err := s.service.OpenDoor(ctx, s.district, data.Token(in.Body.Token))
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(DoorOpened{Resident: v.Resident, Stops: visitStopsOf(v.Stops)}), nil
}

// doorCodeInput is a code to be made, and under which name this server was asked: that
// is what the paper will say.
type doorCodeInput struct {
	Body DoorCodeBody
	host string
	tls  bool
}

// Resolve notes the name.
func (in *doorCodeInput) Resolve(ctx huma.Context) []error {
	in.host, in.tls = ctx.Host(), ctx.TLS() != nil
	return nil
}

func (s *Server) postDoorCode(ctx context.Context, in *doorCodeInput) (*answer[DoorCodeMade], error) {
	site := s.site(in.host, in.tls)
	c, err := s.service.MakeCode(ctx, s.district, in.Body.Kind, in.Body.Resident, in.Body.Building, site)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(DoorCodeMade{ID: c.ID, Token: c.Token.Reveal(), SVG: c.SVG}), nil
}

// site is this server as whoever asks calls it.
func (s *Server) site(host string, tls bool) string {
	if tls || s.door != nil && s.door.Secure {
		return "https://" + host
	}
	return "http://" + host
}

// DoorCodePath names a door code.
type DoorCodePath struct {
	ID string `path:"id" maxLength:"40"`
}

func (s *Server) postRetire(ctx context.Context, in *struct {
	DoorCodePath
	Body DoorCodeRetired
},
) (*struct{}, error) {
	return nil, s.problem(s.service.RetireCode(ctx, s.district, in.ID, in.Body.Why))
}

func (s *Server) getCodes(ctx context.Context, in *areaInput) (*answer[DoorCodeList], error) {
	list, err := s.service.Codes(ctx, s.district, in.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	out := DoorCodeList{Items: make([]DoorCode, len(list))}
	for i, c := range list {
		out.Items[i] = DoorCode{ID: c.ID, Kind: c.Kind, Resident: c.Resident, Building: c.Building, MadeAt: *stamp(c.MadeAt), RetiredAt: stamp(c.Retired), Why: c.Why}
	}
	return answerOf(out), nil
}
