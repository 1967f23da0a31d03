package service

import (
	"cmp"
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb/geo"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/evidence"
	"sanse/planner/form"
	"sanse/planner/grading"
)

// madeUpDays is for how many days back, today among them, a demo's visits have
// records: last month and this one are in it, as far as its visits go back.
const madeUpDays = 62

// Of a thousand visits of a demo, how many have each of these.
const (
	madeUpCoded   = 620 // the code at the door
	madeUpPlaced  = 250 // no code, but a phone that knows where it is
	madeUpLate    = 90  // no signal at the door: the record came hours later
	madeUpBad     = 18  // of the answers: one that somebody has to look into
	madeUpSkipped = 40  // of the questions: not asked
	madeUpWords   = 60
	madeUpDoubt   = 9  // something that a human should look at
	madeUpRated   = 70 // rated by a code
	madeUpNoShow  = 30 // of a hundred visits that were missed: nobody came, so there is no record
)

// madeUpTexts are words of records that say that they are made up.
var madeUpTexts = []string{
	"精神不错，聊了家常（虚构）", "药快吃完了，已告知家属（虚构）", "走廊灯不亮，已报修（虚构）",
	"想申请助餐，已记下（虚构）", "腿脚不便，建议加装扶手（虚构）", "女儿周末回来（虚构）",
}

// madeUpWishes are words of ratings that say that they are made up.
var madeUpWishes = []string{"来得准时，谢谢（虚构）", "希望多坐一会儿（虚构）", "帮忙叫了维修，很好（虚构）", "来得有点匆忙（虚构）"}

// recordHistory makes the records of the visits of a made-up district up to now, what
// humans found of some, and the sample of last week, as if its people had recorded
// all along. The visits are those that there are: none is added. The same seed and
// moment make the same.
func (s *Service) recordHistory(ctx context.Context, district string, seed uint64) error {
	v, err := s.view(ctx, district)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	m := &madeUpHistory{v: v, zone: zone, now: s.now(), dice: rand.New(rand.NewPCG(seed, uint64(v.today)+1)), codes: map[string]string{}, form: form.Reference()}
	var records []data.VisitRecord
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		visits, err := tx.Reads().Visits(ctx, district, v.today-madeUpDays+1, v.today)
		if err != nil {
			return err
		}
		hung := m.now.AddDate(0, 0, -madeUpDays)
		for i := range v.problem.Residents {
			if m.dice.IntN(1000) >= madeUpCoded {
				continue
			}
			c, err := m.doorCode(v.problem.Residents[i].ID, hung)
			if err != nil {
				return err
			}
			if err := tx.PutDoorCode(district, c); err != nil {
				return err
			}
		}
		records = m.records(visits)
		for i := range records {
			if records[i].Content, err = tx.RecordContent(district, records[i].Account, records[i].ID); err != nil {
				return err
			}
		}
		if _, err := tx.PutVisitRecords(district, records); err != nil {
			return err
		}
		if err := tx.PutMadeUpRatings(district, m.ratings(records)); err != nil {
			return err
		}
		return tx.PutGradeRules(district, "operator", grading.Reference(v.today))
	})
	if err != nil {
		return fmt.Errorf("make the records of the days before: %w", err)
	}
	ctx = asOperator(ctx, district)
	if _, err := s.JudgeRecords(ctx, district); err != nil {
		return err
	}
	if err := s.lookAtMadeUp(ctx, m, records); err != nil {
		return err
	}
	_, err = s.suggestGrades(ctx, v.snap.District)
	return err
}

// madeUpHistory is what records of a demo are made with.
type madeUpHistory struct {
	v     *view
	zone  *time.Location
	now   time.Time
	dice  *rand.Rand
	codes map[string]string // ids of the codes at doors, by resident
	form  *form.Form
}

// doorCode is a code at a door, of a token that nobody has: a plate for it is made
// on the page like any other.
func (m *madeUpHistory) doorCode(resident string, hung time.Time) (*data.DoorCode, error) {
	var token [sha256.Size]byte
	if _, err := crand.Read(token[:]); err != nil {
		return nil, fmt.Errorf("make a door code: %w", err)
	}
	c := &data.DoorCode{ID: fmt.Sprintf("c%016x", m.dice.Uint64()), Kind: data.CodeHome, Resident: resident, Hash: token[:], MadeAt: hung, MadeBy: "operator"}
	m.codes[resident] = c.ID
	return c, nil
}

// records are the records of visits, walk by walk.
func (m *madeUpHistory) records(visits []data.Visit) []data.VisitRecord {
	visits = slices.Clone(visits)
	// A walk goes from grid to grid.
	slices.SortStableFunc(visits, func(a, b data.Visit) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.Grid, b.Grid), cmp.Compare(a.Resident, b.Resident))
	})
	var out []data.VisitRecord
	var before *data.Visit // in the same walk
	var at time.Time
	for i := range visits {
		w := &visits[i]
		r := m.v.residents[w.Resident]
		if r == nil || w.Visitor == "" || !w.Done && m.dice.IntN(100) < madeUpNoShow {
			continue
		}
		if before == nil || before.Date != w.Date || before.Visitor != w.Visitor {
			at = instant(planner.Moment{Date: w.Date, Clock: planner.Clock(8*60 + 30 + m.dice.IntN(360))}, m.zone)
		} else {
			// On foot, by no straight line, with a word on the stairs.
			way := geo.Distance(m.v.residents[before.Resident].Location, r.Location)
			at = at.Add(time.Duration(4+m.dice.IntN(9))*time.Minute + time.Duration(way*1.2)*time.Second)
		}
		if w.Date == m.v.today {
			at = m.plannedAt(w, at)
		}
		at = at.Truncate(time.Second)
		rec := m.record(w, at)
		if rec.Left.After(m.now) {
			continue // it is not over yet
		}
		at, before = rec.Left, w
		out = append(out, rec)
	}
	return out
}

// plannedAt is when the plan in force has a visit; otherwise where it has none.
func (m *madeUpHistory) plannedAt(w *data.Visit, otherwise time.Time) time.Time {
	for i := range m.v.planned.Itineraries {
		it := &m.v.planned.Itineraries[i]
		if it.Date != w.Date || it.Visitor != w.Visitor {
			continue
		}
		for k := range it.Stops {
			if st := &it.Stops[k]; st.Resident == w.Resident && st.Task == "" {
				return instant(planner.Moment{Date: it.Date, Clock: st.Arrive}, m.zone)
			}
		}
	}
	return otherwise
}

// record is the record of a visit that began then.
func (m *madeUpHistory) record(w *data.Visit, at time.Time) data.VisitRecord {
	rec := data.VisitRecord{
		ID: m.uuid(), Resident: w.Resident, Grid: w.Grid, Visitor: w.Visitor, Account: madeUpHand(w.Visitor), Day: w.Date, Arrived: at, Seen: w.Done, How: "hand", Form: m.form.ID,
	}
	minutes := 6 + m.dice.IntN(19)
	if !w.Done {
		rec.NotSeen = []string{"no_answer", "no_answer", "no_answer", "away", "away", "hospital", "refused"}[m.dice.IntN(7)]
		minutes = 2 + m.dice.IntN(4)
	} else {
		m.answer(&rec)
	}
	rec.Left = at.Add(time.Duration(minutes)*time.Minute + time.Duration(m.dice.IntN(60))*time.Second)
	code, hangs := m.codes[w.Resident]
	switch {
	case hangs && w.Done && !m.of(50):
		rec.How, rec.Code = "code", code
	case hangs:
		rec.NoCode = []string{"no_camera", "damaged", "met_outside", "declined"}[m.dice.IntN(4)]
	default:
		rec.NoCode = "no_code"
	}
	if rec.Code == "" && m.of(madeUpPlaced) || rec.Code != "" && m.of(700) {
		near := 50 * m.dice.IntN(3)
		rec.Metres = &near
	}
	m.doubt(&rec)
	rec.Received = rec.Left.Add(time.Duration(5+m.dice.IntN(50)) * time.Second)
	if m.of(madeUpLate) {
		rec.Received = rec.Left.Add(time.Duration(20+m.dice.IntN(300)) * time.Minute)
	}
	if rec.Received.After(m.now) {
		rec.Received = m.now
	}
	rec.Evidence = string(evidence.Reference().Grade(rec.Code != "", rec.Metres, rec.Left, rec.Received))
	return rec
}

// answer fills in what was asked and seen, and some words.
func (m *madeUpHistory) answer(rec *data.VisitRecord) {
	rec.Answers = make(map[string]string, len(m.form.Items))
	for i := range m.form.Items {
		it := &m.form.Items[i]
		if m.of(madeUpSkipped) {
			continue
		}
		bad := m.of(madeUpBad)
		fit := slices.DeleteFunc(slices.Clone(it.Answers), func(c form.Choice) bool { return c.Bad != bad })
		// What is first is what is most often so, and the worst comes last.
		rec.Answers[it.ID] = fit[min(m.dice.IntN(len(fit)), m.dice.IntN(len(fit)), m.dice.IntN(len(fit)))].Code
	}
	if m.of(madeUpWords) {
		rec.Text = data.Sealed(madeUpTexts[m.dice.IntN(len(madeUpTexts))])
	}
}

// doubt makes some records such as a human looks at.
func (m *madeUpHistory) doubt(rec *data.VisitRecord) {
	if !rec.Seen || !m.of(madeUpDoubt) {
		return
	}
	switch m.dice.IntN(4) {
	case 0:
		rec.Left = rec.Arrived.Add(time.Duration(40+m.dice.IntN(80)) * time.Second)
	case 1:
		away := 50 * (7 + m.dice.IntN(20))
		rec.Metres, rec.How, rec.Code = &away, "hand", ""
		rec.NoCode = cmp.Or(rec.NoCode, "met_outside")
	case 2:
		rec.Skew = 900 + m.dice.IntN(7200)
		rec.Flags = append(rec.Flags, data.VisitFlag{Flag: string(evidence.Clock)})
	case 3:
		rec.How, rec.Code, rec.NoCode = "hand", "", "damaged"
		rec.Flags = append(rec.Flags, data.VisitFlag{Flag: string(evidence.CodeRetired)})
	}
}

// ratings are how residents and families rated some of the visits, some hours after.
func (m *madeUpHistory) ratings(records []data.VisitRecord) map[string]data.Rating {
	out := map[string]data.Rating{}
	for i := range records {
		r := &records[i]
		if !r.Seen || !m.of(madeUpRated) {
			continue
		}
		g := data.Rating{At: r.Left.Add(time.Duration(10+m.dice.IntN(600)) * time.Minute), By: data.RatedBy[m.dice.IntN(len(data.RatedBy))], Rating: 5 - min(m.dice.IntN(5), m.dice.IntN(4), m.dice.IntN(5))}
		if g.At.After(m.now) {
			continue // not yet
		}
		if m.of(2 * madeUpWords) {
			g.Words = data.Sealed(madeUpWishes[m.dice.IntN(len(madeUpWishes))])
		}
		out[r.ID] = g
	}
	return out
}

// of is true so many times of a thousand.
func (m *madeUpHistory) of(thousand int) bool { return m.dice.IntN(1000) < thousand }

// uuid is the id of a record.
func (m *madeUpHistory) uuid() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], m.dice.Uint64())
	binary.BigEndian.PutUint64(id[8:], m.dice.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4
	return id.String()
}

// madeUpHand is the account that a visitor of a demo had when the records were made:
// nobody signs in with it.
func madeUpHand(visitor string) string { return "made-up-" + visitor }

// lookAtMadeUp has humans look at the flags of the weeks before last, and ask some of
// those who are in the sample of last week.
func (s *Service) lookAtMadeUp(ctx context.Context, m *madeUpHistory, records []data.VisitRecord) error {
	district := m.v.snap.District.Code
	week := m.v.today.WeekStart() - 7
	var drawn []string
	byID := make(map[string]string, len(records)) // residents
	for i := range records {
		byID[records[i].ID] = records[i].Resident
	}
	err := s.store.Write(ctx, func(tx *data.Tx) error {
		from, err := tx.Reads().SampleFrom(ctx, district, week, district, m.now)
		if err != nil || len(from) == 0 {
			return err
		}
		seed := m.dice.Uint64() >> 1
		drawn = evidence.Sample(from, 2*sampleSize, seed)
		_, err = tx.PutSample(district, data.QualitySample{
			Week: week, Area: district, Seed: seed, Size: 2 * sampleSize, Records: len(from), IDs: drawn, Drawn: instant(planner.Moment{Date: week + 7, Clock: 0}, m.zone), By: "operator",
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("draw the sample of last week: %w", err)
	}
	return s.atDesk(ctx, func(d *data.Desk) error {
		list, err := d.VisitRecords(ctx, district, data.RecordFilter{Area: district, From: m.v.today - madeUpDays, To: week - 1, Flag: data.AnyFlag, Limit: 500})
		if err != nil {
			return err
		}
		for i := range list {
			for _, f := range list[i].Flags {
				l := data.FlagLook{At: list[i].Received.Add(26 * time.Hour), By: "operator", Verdict: "fine", Reason: "已核实，情况属实（虚构）"}
				switch m.dice.IntN(6) {
				case 0:
					l.Verdict, l.Reason = "talk", "已与走访人沟通（虚构）"
				case 1:
					continue // nobody has looked yet
				}
				if err := d.LookAtFlag(ctx, district, list[i].ID, list[i].Resident, f.Flag, l); err != nil {
					return err
				}
			}
		}
		for i, id := range drawn {
			if i%2 == 1 && i > len(drawn)/2 {
				continue // still to be called
			}
			c := data.QualityCall{At: m.now.Add(-time.Duration(len(drawn)-i) * time.Minute), By: "operator", Result: "confirmed", Rating: 3 + m.dice.IntN(3)}
			switch m.dice.IntN(8) {
			case 0:
				c.Result, c.Rating = "not_reached", 0
			case 1:
				c.Result, c.Rating, c.Words = "differs", 2, "说当天只打了电话（虚构）"
			}
			if err := d.PutCall(ctx, district, id, byID[id], c); err != nil {
				return err
			}
		}
		return nil
	})
}
