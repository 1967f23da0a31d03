package service

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"slices"
	"time"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/evidence"
	"sanse/planner/form"
)

// recordFacts are what the records of a batch are held against.
type recordFacts struct {
	stubs    map[string]data.RecordStub // of their ids and of what they correct
	coming   map[string]data.RecordStub // of those that are stored with this batch
	taken    map[string]string          // by id of what is corrected with it: by which
	forms    []form.Form
	homes    map[string]data.RecordHome
	codes    map[string]data.DoorCode // by the digest of the token
	contents map[*RecordIn][]byte
}

// readRecordFacts reads them for all jobs at once.
func readRecordFacts(ctx context.Context, tx *data.Tx, district string, jobs []*recordJob) (*recordFacts, error) {
	f := &recordFacts{contents: map[*RecordIn][]byte{}, coming: map[string]data.RecordStub{}, taken: map[string]string{}}
	var ids, residents []string
	var hashes [][]byte
	for _, j := range jobs {
		for i := range j.records {
			r := &j.records[i]
			if j.out[i].Status != "" {
				continue
			}
			ids, residents = append(ids, r.ID), append(residents, r.Resident)
			if r.Corrects != "" {
				ids = append(ids, r.Corrects)
			}
			if r.Token != "" {
				hashes = append(hashes, r.Token.Hash())
			}
			text, err := r.content()
			if err != nil {
				return nil, err
			}
			if f.contents[r], err = tx.RecordContent(district, j.viewer.Account, text); err != nil {
				return nil, err
			}
		}
	}
	reads := tx.Reads()
	var err error
	if f.stubs, err = reads.RecordStubs(ctx, district, ids); err != nil {
		return nil, err
	}
	if f.homes, err = reads.RecordHomes(ctx, district, residents); err != nil {
		return nil, err
	}
	if f.forms, err = reads.Forms(ctx, district); err != nil {
		return nil, err
	}
	if len(hashes) > 0 {
		f.codes, err = reads.DoorCodesByHash(ctx, district, hashes)
	}
	return f, err
}

// recordDecision is what is to be done with the records of a job.
type recordDecision struct {
	put    []data.VisitRecord
	of     []int // the record of each of put
	out    []RecordOut
	unsure []bool
	days   []planner.Date
	times  []time.Time
	areas  []string
}

// settle says what came of what was stored, and returns the residents of those
// records that are new.
func (d *recordDecision) settle(j *recordJob, outcomes []data.RecordOutcome) (fresh []string) {
	for k, o := range outcomes {
		i := d.of[k]
		id := j.records[i].ID
		switch o {
		case data.RecordStored:
			d.out[i] = RecordOut{ID: id, Status: RecordStored}
			fresh = append(fresh, j.records[i].Resident)
		case data.RecordSame:
			d.out[i] = RecordOut{ID: id, Status: RecordSame}
		case data.RecordTaken:
			d.out[i] = refuseRecord(id, RefusedCorrects, "corrects: that record has been corrected already")
		default:
			d.out[i] = refuseRecord(id, RefusedConflict, "id: another record has it")
		}
	}
	return fresh
}

// decideRecords decides on the records of a job.
func (s *Service) decideRecords(ctx context.Context, ground *recordGround, facts *recordFacts, j *recordJob) (recordDecision, error) {
	n := len(j.records)
	d := recordDecision{
		out: append([]RecordOut(nil), j.out...), unsure: make([]bool, n),
		days: make([]planner.Date, n), times: make([]time.Time, n), areas: make([]string, n),
	}
	for _, i := range correctedFirst(j.records) {
		if d.out[i].Status != "" {
			continue
		}
		rec, out, err := s.decideRecord(ctx, ground, facts, j, i, &d)
		if err != nil {
			return d, err
		}
		if out.Status != "" {
			d.out[i] = out
		} else if !d.unsure[i] {
			d.put, d.of = append(d.put, rec), append(d.of, i)
			facts.coming[rec.ID] = data.RecordStub{Resident: rec.Resident, Account: rec.Account}
			if rec.Corrects != "" {
				facts.taken[rec.Corrects] = rec.ID
			}
		}
	}
	return d, nil
}

// correctedFirst are the records of a request in an order in which what is corrected
// comes before what corrects it, and all else as it came. Those that correct each
// other are in none that would help.
func correctedFirst(records []RecordIn) []int {
	at := make(map[string]int, len(records)) // by id; of several the first
	for i := len(records) - 1; i >= 0; i-- {
		at[records[i].ID] = i
	}
	order, taken := make([]int, 0, len(records)), make([]bool, len(records))
	for i := range records {
		var chain []int // from a record to what it corrects, and so on
		for k, there := i, true; there && !taken[k]; k, there = at[records[k].Corrects] {
			taken[k] = true
			chain = append(chain, k)
		}
		slices.Reverse(chain)
		order = append(order, chain...)
	}
	return order
}

// mayCorrect tells whether a record may correct the one that it names, or why not.
// wait: it is not known yet whether that one is theirs.
func (f *recordFacts) mayCorrect(j *recordJob, d *recordDecision, in *RecordIn, area string) (out RecordOut, wait bool) {
	for k := range j.records {
		if d.unsure[k] && j.records[k].ID == in.Corrects {
			return out, true
		}
	}
	old, there := f.stubs[in.Corrects]
	if !there {
		old, there = f.coming[in.Corrects]
	}
	by, taken := f.taken[in.Corrects]
	switch {
	case !there:
		return refuseRecord(in.ID, RefusedWaiting, "corrects: that record has not come yet; send this one again later"), false
	case old.Resident != in.Resident || old.Corrected || taken && by != in.ID || old.Account != j.viewer.Account && !j.viewer.May(CapDays, area):
		return refuseRecord(in.ID, RefusedCorrects, "corrects: it is not yours to correct, or corrected already"), false
	}
	return out, false
}

// decideRecord makes of what was sent what is stored, or says why not.
func (s *Service) decideRecord(ctx context.Context, ground *recordGround, facts *recordFacts, j *recordJob, i int, d *recordDecision) (data.VisitRecord, RecordOut, error) {
	in := &j.records[i]
	rec := data.VisitRecord{
		ID: in.ID, Resident: in.Resident, Visitor: j.viewer.Visitor, Account: j.viewer.Account, Received: j.received, Skew: skewSeconds(j.skew),
		Seen: in.Result == "seen", NotSeen: in.NotSeen, NoCode: in.NoCode, Form: in.Form, Answers: in.Answers, Text: data.Sealed(in.Text),
		Plan: planOf(in.Stop), Corrects: in.Corrects, Content: facts.contents[in], Rating: ratingDigest(in.Rating),
	}
	stub, stored := facts.stubs[in.ID]
	if stored {
		// Whoever sent it once may have lost the right to: it is stored all the same.
		if stub.Same(&rec) {
			return rec, RecordOut{ID: in.ID, Status: RecordSame}, nil
		}
		return rec, refuseRecord(in.ID, RefusedConflict, "id: another record has it"), nil
	}
	home, known := facts.homes[in.Resident]
	if !known {
		return rec, refuseRecord(in.ID, RefusedNotYours, "%s", notTheirs), nil
	}
	flagged := rightTime(&rec, in, j)
	if j.received.Sub(rec.Arrived) > maxRecordAge {
		return rec, refuseRecord(in.ID, RefusedTooOld, "arrived: more than %d days ago", int(maxRecordAge.Hours()/24)), nil
	}
	rec.Day = planner.DateOf(rec.Arrived.In(ground.zone))
	grid, micro, err := s.gridOn(ctx, ground, &home, rec.Day)
	if err != nil {
		return rec, RecordOut{}, err
	}
	rec.Grid = grid
	then, now := smallest(grid, micro), smallest(home.Grid, home.Micro)
	theirs := j.viewer.May(CapVisit, then) || j.viewer.May(CapVisit, now) || j.theirs != nil && j.theirs[i]
	if !theirs {
		if j.last {
			return rec, refuseRecord(in.ID, RefusedNotYours, "%s", notTheirs), nil
		}
		d.unsure[i], d.days[i], d.times[i], d.areas[i] = true, rec.Day, rec.Arrived, then
		return rec, RecordOut{}, nil
	}
	if out := checkForm(in, &rec, facts.forms); out.Status != "" {
		return rec, out, nil
	}
	if in.Corrects != "" {
		out, wait := facts.mayCorrect(j, d, in, then)
		if d.unsure[i] = wait; wait {
			d.days[i], d.times[i], d.areas[i] = rec.Day, rec.Arrived, then
		}
		if wait || out.Status != "" {
			return rec, out, nil
		}
	}
	good, doubts := codeOf(&rec, in, &home, facts.codes)
	flagged = append(flagged, doubts...)
	if in.At != nil {
		m := evidence.Metres(home.Location, in.At.point(), in.At.Accuracy)
		rec.Metres = &m
	}
	ended := rec.Arrived
	if !rec.Left.IsZero() {
		ended = rec.Left
	}
	rec.Evidence = string(ground.rule.Grade(good, rec.Metres, ended, rec.Received))
	if old, there := facts.stubs[in.Corrects]; there && in.Token == "" && in.NoCode == "" && rec.Arrived.Sub(old.Arrived).Abs() <= clockSlack {
		// Whoever corrects is elsewhere by then: what vouched for the visit still does.
		rec.How, rec.Code, rec.NoCode, rec.Metres, rec.Evidence = old.How, old.Code, old.NoCode, old.Metres, old.Evidence
	}
	for _, f := range flagged {
		rec.Flags = append(rec.Flags, data.VisitFlag{Flag: string(f)})
	}
	return rec, RecordOut{}, nil
}

// smallest is the smallest of the areas that somebody lives in.
func smallest(grid, micro string) string {
	if micro != "" {
		return micro
	}
	return grid
}

// clockSlack is what a phone's clock may be off, and a request under way.
const clockSlack = 2 * time.Minute

// skewSeconds is what is kept of how far ahead a phone's clock is: seconds, as far as
// the database's integer goes, which is 68 years.
func skewSeconds(d time.Duration) int {
	return int(min(max(d.Round(time.Second)/time.Second, math.MinInt32), math.MaxInt32))
}

// rightTime says when a record was made by our clock, and whether the phone's was
// wrong. What is from a time to come even so, for the clock was set right between
// the door and the sending, happened before it came in: that is all that is known.
// Who left before they arrived has a phone whose clock was put back behind the door:
// what it said last is nearer the truth, and how long it took is not known.
func rightTime(rec *data.VisitRecord, in *RecordIn, j *recordJob) (flags []evidence.Flag) {
	rec.Arrived, rec.Left = in.Arrived, in.Left
	back := !in.Left.IsZero() && in.Left.Before(in.Arrived)
	if back {
		rec.Arrived, rec.Left = in.Left, time.Time{}
	}
	if j.skew.Abs() > clockSlack {
		rec.Arrived = rec.Arrived.Add(-j.skew)
		if !rec.Left.IsZero() {
			rec.Left = rec.Left.Add(-j.skew)
		}
	}
	wrong := j.skew.Abs() > evidence.Reference().SkewedBy || back && in.Arrived.Sub(in.Left) > clockSlack
	if rec.Arrived.After(j.received) {
		wrong = wrong || rec.Arrived.Sub(j.received) > clockSlack
		rec.Arrived = j.received
	}
	if rec.Left.After(j.received) {
		wrong = wrong || rec.Left.Sub(j.received) > clockSlack
		rec.Left = j.received
	}
	if wrong {
		flags = append(flags, evidence.Clock)
	}
	return flags
}

// codeOf says by which code a record was made, whether it is a good one of that
// door, and what is doubtful about it.
func codeOf(rec *data.VisitRecord, in *RecordIn, home *data.RecordHome, codes map[string]data.DoorCode) (good bool, flags []evidence.Flag) {
	rec.How = "hand"
	if in.Token == "" {
		return false, nil
	}
	c, known := codes[string(in.Token.Hash())]
	switch {
	case !known:
		return false, []evidence.Flag{evidence.CodeForged}
	case !c.Retired.IsZero() && !c.Retired.After(rec.Arrived):
		return false, []evidence.Flag{evidence.CodeRetired}
	case c.Kind == data.CodePlate && (c.Building == "" || c.Building != home.Building), c.Kind != data.CodePlate && c.Resident != rec.Resident:
		return false, []evidence.Flag{evidence.CodeOther}
	}
	rec.Code, rec.NoCode = c.ID, ""
	rec.How = map[string]string{data.CodeHome: "code", data.CodeCard: "card", data.CodePlate: "plate"}[c.Kind]
	return true, nil
}

// codeDigest is how a phone knows a code without the code itself: the SHA-256 of
// the token, in base64 for URLs.
func codeDigest(hash []byte) string { return base64.RawURLEncoding.EncodeToString(hash[:sha256.Size]) }
