package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"sanse/data"
	"sanse/planner"
)

// recordJob is what one request has to store.
type recordJob struct {
	viewer   Viewer
	received time.Time
	skew     time.Duration // by which the phone's clock is ahead
	records  []RecordIn
	last     bool   // what is not theirs now is refused
	theirs   []bool // found to be theirs by something else than their areas

	// What came of it, to be read once done is closed.
	out  []RecordOut
	err  error
	done chan struct{}
	// Of the records of which it is not known yet whether they are theirs: when
	// and where they were.
	unsure []bool
	days   []planner.Date
	times  []time.Time
	areas  []string
}

// recordQueue stores what many send at the same time in one transaction. Whoever
// comes while one runs waits, and is in the next: the more come, the more is
// stored at once. There is nobody who does it in the background: one of those who
// wait stores for all.
type recordQueue struct {
	mu      sync.Mutex
	waiting map[string][]*recordJob // by district
	turn    chan struct{}           // held by who stores
}

// maxBatch is how many records one transaction takes: what waits longer than its
// commit does not gain by a larger one.
const maxBatch = 400

// storeTime is how long storing may take at most; who sent the records may be gone
// long before.
const storeTime = 30 * time.Second

// put has a job stored and returns what came of it as a whole.
func (q *recordQueue) put(ctx context.Context, s *Service, district string, j *recordJob) error {
	q.mu.Lock()
	if q.turn == nil {
		q.turn, q.waiting = make(chan struct{}, 1), make(map[string][]*recordJob)
	}
	q.waiting[district] = append(q.waiting[district], j)
	q.mu.Unlock()
	for {
		select {
		case <-j.done:
			return j.err
		default:
		}
		select {
		case <-j.done:
			return j.err
		case q.turn <- struct{}{}:
			q.lead(ctx, s, district)
		case <-ctx.Done():
			// It may be stored all the same, by who leads now: then it is the same
			// when it is sent again.
			q.mu.Lock()
			defer q.mu.Unlock()
			q.waiting[district] = slices.DeleteFunc(q.waiting[district], func(o *recordJob) bool { return o == j })
			return fmt.Errorf("wait for records to be stored: %w", ctx.Err())
		}
	}
}

// lead stores what waits for a district, up to a batch, and gives the turn back.
func (q *recordQueue) lead(ctx context.Context, s *Service, district string) {
	defer func() { <-q.turn }()
	q.mu.Lock()
	n, records := 0, 0
	all := q.waiting[district]
	for n < len(all) && (n == 0 || records+len(all[n].records) <= maxBatch) {
		records += len(all[n].records)
		n++
	}
	jobs := slices.Clone(all[:n])
	q.waiting[district] = slices.Delete(all, 0, n)
	q.mu.Unlock()
	if len(jobs) == 0 {
		return
	}
	for _, j := range jobs {
		j.err = errBroken
		defer close(j.done)
	}
	// One's going must not take the others' records along.
	ctx, cancel := context.WithTimeout(data.WithActor(context.WithoutCancel(ctx), data.Actor{}), storeTime)
	defer cancel()
	s.storeRecords(ctx, district, jobs)
}

// storeRecords stores jobs in one transaction; if that fails, each in one of its
// own, so that what is wrong with one is no matter to the others.
func (s *Service) storeRecords(ctx context.Context, district string, jobs []*recordJob) {
	err := s.tryRecords(ctx, district, jobs)
	if err == nil || len(jobs) == 1 {
		for _, j := range jobs {
			if j.err = err; err != nil {
				s.oneByOne(ctx, district, j)
			}
		}
		return
	}
	for _, j := range jobs {
		s.storeRecords(ctx, district, []*recordJob{j})
	}
}

// oneByOne stores the records of a job that could not be stored together, as far
// as they can be: one that the database does not take is refused.
func (s *Service) oneByOne(ctx context.Context, district string, j *recordJob) {
	if !wrongRecord(j.err) {
		return
	}
	j.err = nil
	j.unsure = make([]bool, len(j.records))
	j.days, j.times, j.areas = make([]planner.Date, len(j.records)), make([]time.Time, len(j.records)), make([]string, len(j.records))
	for _, i := range correctedFirst(j.records) {
		if j.out[i].Status != "" {
			continue
		}
		one := &recordJob{viewer: j.viewer, received: j.received, skew: j.skew, records: j.records[i : i+1], out: []RecordOut{j.out[i]}, last: j.last}
		if j.theirs != nil {
			one.theirs = j.theirs[i : i+1]
		}
		err := s.tryRecords(ctx, district, []*recordJob{one})
		switch {
		case wrongRecord(err):
			s.log.Error("a visit record was not taken by the database", "error", err)
			j.out[i] = refuseRecord(j.records[i].ID, RefusedInvalid, "it cannot be stored as it is")
		case err != nil:
			j.err = err // those that are stored are the same when they come again
			return
		default:
			j.out[i], j.unsure[i], j.days[i], j.times[i], j.areas[i] = one.out[0], one.unsure[0], one.days[0], one.times[0], one.areas[0]
		}
	}
}

// wrongRecord tells whether it is a record that is at fault, and not the database.
func wrongRecord(err error) bool {
	var missing *data.MissingError
	var twice *data.TwiceError
	var bad *data.InvalidError
	return errors.As(err, &missing) || errors.As(err, &twice) || errors.As(err, &bad)
}

// tryRecords decides on the records of jobs and stores what is to be stored, with
// the audit, in one transaction. The data version is raised later, for all that
// came in some seconds (TendRecords): views are made anew by it, and nobody wants
// them made anew for each record. On an error nothing is stored, and the jobs are as
// they were.
func (s *Service) tryRecords(ctx context.Context, district string, jobs []*recordJob) error {
	ground, err := s.recordGround(ctx, district)
	if err != nil {
		return err
	}
	decisions := make([]recordDecision, len(jobs))
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		facts, err := readRecordFacts(ctx, tx, district, jobs)
		if err != nil {
			return err
		}
		var all []data.VisitRecord
		for i, j := range jobs {
			if decisions[i], err = s.decideRecords(ctx, ground, facts, j); err != nil {
				return err
			}
			all = append(all, decisions[i].put...)
		}
		outcomes, err := tx.PutVisitRecords(district, all)
		if err != nil {
			return err
		}
		var events []data.Event
		for i, j := range jobs {
			d := &decisions[i]
			n := len(d.put)
			fresh := d.settle(j, outcomes[:n])
			outcomes = outcomes[n:]
			if len(fresh) > 0 {
				events = append(events, recordedBy(j.viewer, fresh))
			}
		}
		return tx.Record(district, events...)
	})
	if err != nil {
		return err
	}
	for i, j := range jobs {
		d := &decisions[i]
		j.out, j.unsure, j.days, j.times, j.areas = d.out, d.unsure, d.days, d.times, d.areas
	}
	return nil
}

// recordedBy is the event of records that somebody made, by resident.
func recordedBy(v Viewer, residents []string) data.Event {
	a := v.actor()
	return data.Event{
		Account: a.Account, Session: a.Session, Role: a.Role, Address: a.Address, Request: a.Request,
		Action: data.ActCreate, Object: "visit_record", IDs: residents,
	}
}
