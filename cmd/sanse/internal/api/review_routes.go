package api

import (
	"context"
	"maps"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func (s *Server) registerReview(api huma.API) {
	get(api, "records", "/v1/records", "What was recorded at the doors of an area, the latest first", s.getRecords)
	get(api, "flags", "/v1/flags", "What in the records of an area a human should look at, and what was found", s.getFlags)
	get(api, "sample", "/v1/samples", "The sample for quality review of a week and an area", s.getSample)
	write := func(id, path, summary string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, DefaultStatus: status,
			Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("judge-flag", "/v1/flags/{id}", "What somebody found of a flag", http.StatusNoContent), s.postFlag)
	huma.Register(api, write("draw-sample", "/v1/samples", "A sample drawn, once for a week and an area", http.StatusCreated), s.postSample)
	huma.Register(api, write("put-call", "/v1/records/{id}/calls", "What was said on a call about a visit that was drawn", http.StatusNoContent), s.postCall)
}

// SeenRecord is a record as it is looked at.
type SeenRecord struct {
	ID          string            `json:"id"`
	Resident    string            `json:"resident"`
	Name        string            `json:"name,omitempty" doc:"left out, with answers, bad and text: not told"`
	Area        string            `json:"area" doc:"where the resident lives now"`
	Where       []string          `json:"where,omitempty" doc:"names of the areas from the town down to it"`
	Grid        string            `json:"grid" doc:"where they lived on that day"`
	Visitor     string            `json:"visitor,omitempty"`
	VisitorName string            `json:"visitor_name,omitempty"`
	Day         string            `json:"day"`
	Arrived     string            `json:"arrived" format:"date-time"`
	Left        *string           `json:"left" format:"date-time"`
	Received    string            `json:"received" format:"date-time"`
	Result      string            `json:"result" enum:"seen,not_seen"`
	NotSeen     string            `json:"not_seen,omitempty"`
	How         string            `json:"how" enum:"code,card,plate,hand"`
	NoCode      string            `json:"no_code,omitempty"`
	Form        string            `json:"form"`
	Answers     map[string]string `json:"answers,omitempty"`
	Bad         []string          `json:"bad,omitempty" doc:"items whose answers somebody has to look into"`
	Text        string            `json:"text,omitempty"`
	Evidence    string            `json:"evidence" enum:"code,place,time,hand"`
	Metres      *int              `json:"metres" doc:"from the door at least, to the nearest 50"`
	Corrects    string            `json:"corrects,omitempty"`
	Corrected   string            `json:"corrected,omitempty" doc:"by which record"`
	Flags       []SeenFlag        `json:"flags"`
	Calls       []SeenCall        `json:"calls,omitempty"`
	Ratings     []SeenRating      `json:"ratings,omitempty" doc:"by residents and families themselves, the last last; of one's own visits left out"`
}

// SeenFlag is something in a record that a human should look at.
type SeenFlag struct {
	ID       string            `json:"id" doc:"to be named when it is judged"`
	Record   string            `json:"record"`
	Resident string            `json:"resident"`
	Flag     string            `json:"flag"`
	At       string            `json:"at" format:"date-time"`
	Detail   map[string]string `json:"detail,omitempty"`
	Looks    []SeenLook        `json:"looks" doc:"what was found, the last last; none: nobody has looked"`
}

// SeenLook is what somebody found of a flag.
type SeenLook struct {
	At      string `json:"at" format:"date-time"`
	By      string `json:"by" doc:"account"`
	Verdict string `json:"verdict" enum:"fine,talk,wrong"`
	Reason  string `json:"reason,omitempty"`
}

// SeenCall is what was said on a call about a visit that was drawn.
type SeenCall struct {
	At     string `json:"at" format:"date-time"`
	By     string `json:"by" doc:"account"`
	Result string `json:"result" enum:"confirmed,differs,not_reached,declined"`
	Rating int    `json:"rating,omitempty" doc:"of the visit, 1 to 5"`
	Words  string `json:"words,omitempty"`
}

// SeenRating is how a resident or a family rated a visit by a code.
type SeenRating struct {
	At     string `json:"at" format:"date-time"`
	By     string `json:"by" enum:"resident,family"`
	Rating int    `json:"rating" doc:"1 to 5"`
	Words  string `json:"words,omitempty" doc:"for who is told the name"`
}

// SeenRecords are records of an area.
type SeenRecords struct {
	Area  string       `json:"area"`
	Where []string     `json:"where,omitempty" doc:"names of the areas from the town down to it; left out: the district"`
	From  string       `json:"from"`
	To    string       `json:"to"`
	Items []SeenRecord `json:"items"`
	Next  string       `json:"next,omitempty" doc:"there are more: ask for them with after"`
}

// SeenFlags are flags of an area, by record, the latest record first.
type SeenFlags struct {
	Area  string     `json:"area"`
	From  string     `json:"from"`
	To    string     `json:"to"`
	Items []SeenFlag `json:"items"`
	Next  string     `json:"next,omitempty" doc:"there are more: ask for them with after"`
}

func seenFlagsOf(r *service.RecordRow) []SeenFlag {
	out := make([]SeenFlag, len(r.Flags))
	for i := range r.Flags {
		f := &r.Flags[i]
		out[i] = SeenFlag{ID: r.ID + "." + f.Flag, Record: r.ID, Resident: r.Resident, Flag: f.Flag, At: *stamp(f.At), Detail: maps.Clone(f.Detail), Looks: []SeenLook{}}
		for _, l := range f.Looks {
			out[i].Looks = append(out[i].Looks, SeenLook{*stamp(l.At), l.By, l.Verdict, l.Reason.Reveal()})
		}
	}
	return out
}

func seenRecordOf(r *service.RecordRow) SeenRecord {
	out := SeenRecord{
		ID: r.ID, Resident: r.Resident, Name: r.Name, Area: r.Area, Grid: r.Grid, Visitor: r.Visitor, VisitorName: r.VisitorName, Day: r.Day.String(),
		Arrived: *stamp(r.Arrived), Left: stamp(r.Left), Received: *stamp(r.Received), Result: "not_seen", NotSeen: r.NotSeen, How: r.How, NoCode: r.NoCode,
		Form: r.Form, Answers: r.Answers, Bad: r.Bad, Text: r.Text.Reveal(), Evidence: r.Evidence, Metres: r.Metres, Corrects: r.Corrects, Corrected: r.Corrected,
		Flags: seenFlagsOf(r),
	}
	if r.Seen {
		out.Result = "seen"
	}
	for _, c := range r.Calls {
		out.Calls = append(out.Calls, SeenCall{*stamp(c.At), c.By, c.Result, c.Rating, c.Words.Reveal()})
	}
	for _, g := range r.Ratings {
		out.Ratings = append(out.Ratings, SeenRating{*stamp(g.At), g.By, g.Rating, g.Words.Reveal()})
	}
	return out
}

// seenRecordsOf are records with the names of their areas, and those of another area.
func (s *Server) seenRecordsOf(ctx context.Context, rows []service.RecordRow, area string) (out []SeenRecord, where []string, err error) {
	codes := []string{area}
	for i := range rows {
		codes = append(codes, rows[i].Area)
	}
	names, err := s.service.AreaPaths(ctx, s.district, codes...)
	if err != nil {
		return nil, nil, s.problem(err)
	}
	out = make([]SeenRecord, len(rows))
	for i := range rows {
		out[i] = seenRecordOf(&rows[i])
		out[i].Where = names[rows[i].Area]
	}
	return out, names[area], nil
}

// recordsQuery asks for records of an area.
type recordsQuery struct {
	Area  string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	From  string `query:"from" maxLength:"10" doc:"empty: six days before to"`
	To    string `query:"to" maxLength:"10" doc:"empty: today; at most 92 days"`
	Flag  string `query:"flag" maxLength:"40" doc:"those with that flag, any: with some; empty: all"`
	Open  bool   `query:"open" doc:"those with a flag that nobody has looked at"`
	After string `query:"after" maxLength:"80" doc:"what an answer gave as next"`
}

func (in *recordsQuery) query() (q service.RecordQuery, err error) {
	q = service.RecordQuery{Area: in.Area, Flag: in.Flag, Open: in.Open, After: in.After}
	if q.From, err = day(in.From); err != nil {
		return q, err
	}
	q.To, err = day(in.To)
	return q, err
}

func (s *Server) getRecords(ctx context.Context, in *recordsQuery) (*answer[SeenRecords], error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	p, err := s.service.Records(ctx, s.district, q)
	if err != nil {
		return nil, s.problem(err)
	}
	out := SeenRecords{Area: p.Area.Code, From: p.From.String(), To: p.To.String(), Next: p.Next}
	if out.Items, out.Where, err = s.seenRecordsOf(ctx, p.Rows, p.Area.Code); err != nil {
		return nil, err
	}
	return answerOf(out), nil
}

func (s *Server) getFlags(ctx context.Context, in *recordsQuery) (*answer[SeenFlags], error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	p, err := s.service.Flagged(ctx, s.district, q)
	if err != nil {
		return nil, s.problem(err)
	}
	out := SeenFlags{Area: p.Area.Code, From: p.From.String(), To: p.To.String(), Items: []SeenFlag{}, Next: p.Next}
	for i := range p.Rows {
		for _, f := range seenFlagsOf(&p.Rows[i]) {
			if (in.Flag == "" || in.Flag == data.AnyFlag || in.Flag == f.Flag) && (!in.Open || len(f.Looks) == 0) {
				out.Items = append(out.Items, f)
			}
		}
	}
	return answerOf(out), nil
}

// FlagInput is what somebody found of a flag.
type FlagInput struct {
	Verdict string `json:"verdict" enum:"fine,talk,wrong" doc:"nothing is wrong; it is talked about with who made the record; the record is wrong"`
	Reason  string `json:"reason" minLength:"1" maxLength:"1000" doc:"in words; kept sealed"`
}

func (s *Server) postFlag(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"80" doc:"as the flag was told"`
	Body FlagInput
},
) (*struct{}, error) {
	if err := s.service.JudgeFlag(ctx, s.district, in.ID, in.Body.Verdict, in.Body.Reason); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}

// QualitySample is a sample for quality review.
type QualitySample struct {
	Week    string       `json:"week" doc:"its Monday"`
	Area    string       `json:"area"`
	Drawn   *string      `json:"drawn" format:"date-time" doc:"null: none was drawn yet"`
	By      string       `json:"by,omitempty" doc:"account"`
	Seed    string       `json:"seed,omitempty" doc:"a whole number below 2^63: who knows it and the records draws the same"`
	Size    int          `json:"size"`
	Records int          `json:"records" doc:"from how many it was drawn"`
	Items   []SeenRecord `json:"items" doc:"in the order in which they were drawn; those that you may see"`
}

func (s *Server) qualitySampleOf(ctx context.Context, v *service.SampleView) (*answer[QualitySample], error) {
	items, _, err := s.seenRecordsOf(ctx, v.Rows, v.Area)
	if err != nil {
		return nil, err
	}
	out := QualitySample{Week: v.Week.String(), Area: v.Area, Items: items}
	if v.Drawn {
		out.Drawn, out.By, out.Seed, out.Size, out.Records = stamp(v.QualitySample.Drawn), v.By, strconv.FormatUint(v.Seed, 10), v.Size, v.Records
	}
	return answerOf(out), nil
}

func (s *Server) getSample(ctx context.Context, in *struct {
	Area string `query:"area" maxLength:"30" doc:"code of a grid or above; empty: the district"`
	Week string `query:"week" maxLength:"10" doc:"a day of it; empty: the last that is over"`
},
) (*answer[QualitySample], error) {
	week, err := day(in.Week)
	if err != nil {
		return nil, err
	}
	v, err := s.service.Sample(ctx, s.district, in.Area, week)
	if err != nil {
		return nil, s.problem(err)
	}
	return s.qualitySampleOf(ctx, &v)
}

// SampleInput says for what a sample is drawn.
type SampleInput struct {
	Area string `json:"area" minLength:"1" maxLength:"30" doc:"code of a grid or above"`
	Week string `json:"week,omitempty" maxLength:"10" doc:"a day of it; left out: the last that is over"`
	Size int    `json:"size,omitempty" minimum:"1" maximum:"50" doc:"left out: ten"`
}

func (s *Server) postSample(ctx context.Context, in *struct{ Body SampleInput }) (*answer[QualitySample], error) {
	week, err := day(in.Body.Week)
	if err != nil {
		return nil, err
	}
	v, err := s.service.DrawSample(ctx, s.district, in.Body.Area, week, in.Body.Size)
	if err != nil {
		return nil, s.problem(err)
	}
	return s.qualitySampleOf(ctx, &v)
}

// CallInput is what was said on a call.
type CallInput struct {
	Result string `json:"result" enum:"confirmed,differs,not_reached,declined"`
	Rating int    `json:"rating,omitempty" minimum:"0" maximum:"5" doc:"of the visit, 1 to 5; left out: they said nothing of it"`
	Words  string `json:"words,omitempty" maxLength:"1000" doc:"kept sealed"`
}

func (s *Server) postCall(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"40" doc:"the record"`
	Body CallInput
},
) (*struct{}, error) {
	if err := s.service.PutCall(ctx, s.district, in.ID, in.Body.Result, in.Body.Rating, in.Body.Words); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}
