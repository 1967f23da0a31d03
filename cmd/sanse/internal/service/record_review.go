package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/evidence"
	"sanse/planner/form"
)

// RecordQuery says which records somebody wants to look at.
type RecordQuery struct {
	Area     string       // code; empty: the district
	From, To planner.Date // zero: the last seven days
	Flag     string       // with that flag, or data.AnyFlag; empty: any record
	Open     bool         // with such a flag that nobody has looked at
	After    string       // as the answer before said; empty: the first
}

// RecordRow is a record as it is looked at. Who it is, what was answered and what
// was written is told to those alone who are told the name.
type RecordRow struct {
	data.ReviewedRecord
	Named       bool
	Name        string
	VisitorName string
	Bad         []string // items whose answers somebody has to look into
}

// RecordPage is a part of a list of records, the latest first.
type RecordPage struct {
	Area     planner.Area
	From, To planner.Date
	Rows     []RecordRow
	Next     string // to be asked for; empty: there are no more
}

const (
	recordsAtOnce  = 50
	recordsMaxDays = 92
	maxVerdict     = 1000 // characters of a reason, or of what was said on a call
)

// Records lists what was recorded at the doors of an area, with what is doubtful in
// it and what was found of that. It is no account of who works how: it is asked for
// by area, day and flag, and never by who made it.
func (s *Service) Records(ctx context.Context, district string, q RecordQuery) (RecordPage, error) {
	return s.listRecords(ctx, district, q, true)
}

// Flagged lists the records of an area that have flags, without names.
func (s *Service) Flagged(ctx context.Context, district string, q RecordQuery) (RecordPage, error) {
	q.Flag = cmp.Or(q.Flag, data.AnyFlag)
	return s.listRecords(ctx, district, q, false)
}

func (s *Service) listRecords(ctx context.Context, district string, q RecordQuery, named bool) (out RecordPage, err error) {
	f, a, err := s.frameArea(ctx, district, q.Area)
	if err != nil {
		return out, err
	}
	if err := mustMay(ctx, CapReview, a.Code); err != nil {
		return out, err
	}
	out.Area = a
	filter := data.RecordFilter{Area: a.Code, Flag: q.Flag, Open: q.Open, Limit: recordsAtOnce + 1}
	if filter.From, filter.To, err = recordDays(q, f.today); err != nil {
		return out, err
	}
	out.From, out.To = filter.From, filter.To
	if filter.Open && filter.Flag == "" {
		filter.Flag = data.AnyFlag
	}
	if filter.Flag != "" && filter.Flag != data.AnyFlag && !slices.Contains(evidence.Flags, evidence.Flag(filter.Flag)) {
		return out, invalid("flag: there is no such flag")
	}
	if q.After != "" {
		if filter.Arrived, filter.After, err = readCursor(q.After); err != nil {
			return out, err
		}
	}
	what := "visit_flag"
	if named {
		what = "visit_record"
	}
	look := data.Event{Object: what, Area: a.Code, Detail: map[string]string{"from": filter.From.String(), "to": filter.To.String()}}
	if out.Rows, err = s.reviewed(ctx, f, filter, named, look); err != nil {
		return out, err
	}
	if len(out.Rows) > recordsAtOnce {
		out.Rows = out.Rows[:recordsAtOnce]
		last := &out.Rows[recordsAtOnce-1]
		out.Next = fmt.Sprintf("%d.%s", last.Arrived.UnixMicro(), last.ID)
	}
	return out, nil
}

// recordDays are the days of a question.
func recordDays(q RecordQuery, today planner.Date) (from, to planner.Date, err error) {
	if to = q.To; to == 0 {
		to = today
	}
	if from = q.From; from == 0 {
		from = to - 6
	}
	switch {
	case from > to:
		return 0, 0, invalid("from: it is after to")
	case to-from >= recordsMaxDays:
		return 0, 0, invalid("from: at most %d days are listed at once", recordsMaxDays)
	}
	return from, to, nil
}

// readCursor reads where a list goes on.
func readCursor(text string) (time.Time, string, error) {
	at, id, _ := strings.Cut(text, ".")
	micro, err := strconv.ParseInt(at, 10, 64)
	if known, e := uuid.Parse(id); err == nil && e == nil && len(id) == len(known.String()) {
		return time.UnixMicro(micro), known.String(), nil
	}
	return time.Time{}, "", invalid("after: want what the answer before said")
}

// reviewed reads records at the desk, with the names of those whom who asks is told
// by name. The look is recorded once.
func (s *Service) reviewed(ctx context.Context, f *frame, filter data.RecordFilter, named bool, look data.Event) (out []RecordRow, err error) {
	viewer, district := viewerOf(ctx), f.district.Code
	forms, err := s.store.Forms(ctx, district)
	if err != nil {
		return nil, err
	}
	err = s.atDesk(ctx, func(d *data.Desk) error {
		list, err := d.VisitRecords(ctx, district, filter)
		if err != nil {
			return err
		}
		var ask data.Ask
		out = make([]RecordRow, len(list))
		for i := range list {
			row := RecordRow{ReviewedRecord: list[i], Named: named && viewer.May(CapNames, list[i].Area)}
			look.IDs = append(look.IDs, row.Resident)
			if row.Named {
				ask.Persons = append(ask.Persons, row.Resident)
				if fm := form.ByID(forms, row.Form); fm != nil {
					row.Bad = fm.Bad(row.Answers)
				}
			} else {
				row.Answers, row.Text = nil, ""
			}
			ask.Visitors = append(ask.Visitors, row.Visitor)
			out[i] = row
		}
		if look.IDs = eachOnce(look.IDs); len(list) == 0 {
			return nil
		}
		look.Action = data.ActRead
		if len(ask.Persons) > 0 {
			look.Action = data.ActName
		}
		if ask.Persons, ask.Visitors = eachOnce(ask.Persons), eachOnce(ask.Visitors); !named {
			ask.Visitors = nil
		}
		told, err := d.Look(ctx, district, ask)
		if err != nil {
			return err
		}
		for i := range out {
			p, shown := told.Persons[out[i].Resident]
			if out[i].Named = out[i].Named && shown; !out[i].Named {
				out[i].Answers, out[i].Text, out[i].Bad = nil, "", nil
			} else {
				out[i].Name = p.Name.Reveal()
			}
			out[i].VisitorName = told.Visitors[out[i].Visitor].Name.Reveal()
			hideRatings(viewer, &out[i])
		}
		return s.recordAt(ctx, d, district, look)
	})
	return out, err
}

// JudgeFlag keeps what a human found of a flag on a record: that it is fine, that
// somebody talks to whoever made it, or that the record is wrong; with the reason in
// words, which is sealed. One may look again; what was found before stays. What one
// recorded oneself somebody else looks at.
func (s *Service) JudgeFlag(ctx context.Context, district, id, verdict, reason string) error {
	record, flag, _ := strings.Cut(id, ".")
	switch {
	case !slices.Contains(data.Verdicts, verdict):
		return invalid("verdict: want one of %s", strings.Join(data.Verdicts, ", "))
	case visible(reason) == 0:
		return invalid("reason: say it in words; they are kept sealed")
	case utf8.RuneCountInString(reason) > maxVerdict:
		return invalid("reason: at most %d characters", maxVerdict)
	}
	return s.ofRecord(ctx, district, record, func(d *data.Desk, district string, r *data.ReviewedRecord) error {
		if !slices.ContainsFunc(r.Flags, func(f data.VisitFlag) bool { return f.Flag == flag }) {
			return missing(ctx, CapReview, district, "there is no such flag")
		}
		l := data.FlagLook{At: s.now(), By: viewerOf(ctx).Account, Verdict: verdict, Reason: data.Sealed(cleanText(reason))}
		return d.LookAtFlag(ctx, district, r.ID, r.Resident, flag, l)
	})
}

// PutCall keeps what a resident or a family said of a visit that was drawn for
// quality review; rating is how they rate it, 1 to 5, or 0 if they did not.
func (s *Service) PutCall(ctx context.Context, district, record, result string, rating int, words string) error {
	switch {
	case rating < 0 || rating > 5:
		return invalid("rating: want 1 to 5, or none")
	case rating > 0 && result != "confirmed" && result != "differs":
		return invalid("rating: nobody rates a visit who was not reached or would rather not say")
	case !slices.Contains(data.CallResults, result):
		return invalid("result: want one of %s", strings.Join(data.CallResults, ", "))
	case utf8.RuneCountInString(words) > maxVerdict:
		return invalid("words: at most %d characters", maxVerdict)
	}
	return s.ofRecord(ctx, district, record, func(d *data.Desk, district string, r *data.ReviewedRecord) error {
		c := data.QualityCall{At: s.now(), By: viewerOf(ctx).Account, Result: result, Rating: rating, Words: data.Sealed(cleanText(words))}
		err := d.PutCall(ctx, district, r.ID, r.Resident, c)
		if errors.Is(err, data.ErrNotFound) {
			return &Error{Code: CodeNo, Message: "this visit was drawn in no sample: calls are written to those that were"}
		}
		return err
	})
}

// ofRecord does something with a record that who asks may look at and did not make.
func (s *Service) ofRecord(ctx context.Context, code, record string, f func(d *data.Desk, district string, r *data.ReviewedRecord) error) error {
	viewer := viewerOf(ctx)
	if viewer.Account == "" {
		return forbidden("only who has signed in can look at records")
	}
	district, err := s.District(ctx, code)
	if err != nil {
		return err
	}
	none := missing(ctx, CapReview, district.Code, "there is no such record")
	known, err := uuid.Parse(record)
	if err != nil {
		return none
	}
	return s.atDesk(ctx, func(d *data.Desk) error {
		list, err := d.VisitRecords(ctx, district.Code, data.RecordFilter{IDs: []string{known.String()}})
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return none
		case !viewer.May(CapReview, list[0].Area):
			return forbidden(notTheirs)
		case list[0].Account == viewer.Account, viewer.Visitor != "" && list[0].Visitor == viewer.Visitor: // by whichever account
			return &Error{Code: CodeNo, Message: "what one recorded oneself somebody else looks at"}
		}
		return f(d, district.Code, &list[0])
	})
}

// The size of a sample.
const (
	sampleSize    = 10
	maxSampleSize = 50
)

// SampleView is a sample for quality review with its records, as they are looked at.
type SampleView struct {
	data.QualitySample
	Drawn bool        // false: none was drawn yet
	Rows  []RecordRow // in the order in which they were drawn; those that who asks may see
}

// sampleOf finds the area and the week that a sample is of: of no week it is the
// last that is over.
func (s *Service) sampleOf(ctx context.Context, district, area string, week planner.Date) (*frame, planner.Area, planner.Date, error) {
	f, a, err := s.frameArea(ctx, district, area)
	if err != nil {
		return nil, a, 0, err
	}
	if err := mustMay(ctx, CapReview, a.Code); err != nil {
		return nil, a, 0, err
	}
	if week == 0 {
		week = f.today - 7
	}
	if a.Level == "micro-grid" {
		return nil, a, 0, invalid("area: a sample is drawn for a grid or above, for records keep the grid of their day")
	}
	return f, a, week.WeekStart(), nil
}

// Sample returns the sample of a week and an area.
func (s *Service) Sample(ctx context.Context, district, area string, week planner.Date) (out SampleView, err error) {
	f, a, week, err := s.sampleOf(ctx, district, area, week)
	if err != nil {
		return out, err
	}
	err = s.atDesk(ctx, func(d *data.Desk) (err error) {
		out.QualitySample, err = d.Sample(ctx, f.district.Code, week, a.Code)
		return err
	})
	if errors.Is(err, data.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Drawn = true
	look := data.Event{Object: "quality_sample", Area: a.Code, Detail: map[string]string{"week": week.String()}}
	rows, err := s.reviewed(ctx, f, data.RecordFilter{IDs: out.IDs}, true, look)
	if err != nil {
		return out, err
	}
	for _, id := range out.IDs {
		if i := slices.IndexFunc(rows, func(r RecordRow) bool { return r.ID == id }); i >= 0 {
			out.Rows = append(out.Rows, rows[i])
		}
	}
	return out, nil
}

// DrawSample draws the sample of a week that is over and an area: size records (0:
// ten) in which somebody was seen, each as likely as any other. The seed is drawn
// too, and told: who knows it and the records draws the same. It is drawn once, so
// nobody draws until they like it.
func (s *Service) DrawSample(ctx context.Context, district, area string, week planner.Date, size int) (SampleView, error) {
	f, a, week, err := s.sampleOf(ctx, district, area, week)
	if err != nil {
		return SampleView{}, err
	}
	if size == 0 {
		size = sampleSize
	}
	switch {
	case size < 1 || size > maxSampleSize:
		return SampleView{}, invalid("size: want 1 to %d", maxSampleSize)
	case week+7 > f.today:
		return SampleView{}, invalid("week: it is not over yet")
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return SampleView{}, fmt.Errorf("draw a sample: %w", err)
	}
	drawn := data.QualitySample{Week: week, Area: a.Code, Seed: binary.BigEndian.Uint64(b[:]) >> 1, Size: size, Drawn: s.now(), By: cmp.Or(viewerOf(ctx).Account, "operator")}
	fresh := false
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		from, err := tx.Reads().SampleFrom(ctx, f.district.Code, week, a.Code, drawn.Drawn)
		if err != nil {
			return err
		}
		drawn.Records, drawn.IDs = len(from), evidence.Sample(from, size, drawn.Seed)
		if len(from) == 0 {
			return &Error{Code: CodeNo, Message: "nobody was seen in that week in that area: there is nothing to draw from"}
		}
		fresh, err = tx.PutSample(f.district.Code, drawn)
		return err
	})
	if err == nil && !fresh {
		err = &Error{Code: CodeNo, Message: "the sample of that week and area was drawn already"}
	}
	if err != nil {
		return SampleView{}, err
	}
	return s.Sample(ctx, district, a.Code, week)
}
