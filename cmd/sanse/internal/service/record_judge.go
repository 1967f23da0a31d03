package service

import (
	"context"
	"time"

	"sanse/data"
	"sanse/planner/evidence"
)

// judgeAtOnce is how many records are judged in one transaction.
const judgeAtOnce = 2000

// tendEvery is how often records that came are tended to.
const tendEvery = 5 * time.Second

// JudgeRecords holds the records that came against the others of the same hand and
// day, raises what a human should look at, and tells how many were judged. It raises
// the data version with it, so that what is made of visits is made anew: a record
// that is not judged yet is one of which views do not know, whoever was killed
// meanwhile.
func (s *Service) JudgeRecords(ctx context.Context, district string) (judged int, err error) {
	if err := s.tendTicks(ctx, district); err != nil {
		return 0, err
	}
	ground, err := s.recordGround(ctx, district)
	if err != nil {
		return 0, err
	}
	for {
		n, err := s.judgeSome(ctx, ground)
		judged += n
		if err != nil || n < judgeAtOnce {
			return judged, err
		}
	}
}

func (s *Service) judgeSome(ctx context.Context, ground *recordGround) (int, error) {
	var ids []string
	err := s.store.Write(ctx, func(tx *data.Tx) error {
		reads := tx.Reads()
		var hands []data.Hand
		var err error
		if hands, ids, err = reads.Unjudged(ctx, ground.district, judgeAtOnce); err != nil || len(ids) == 0 {
			return err
		}
		if _, err := tx.Counted(); err != nil {
			return err
		}
		list, err := reads.RecordsOf(ctx, ground.district, hands)
		if err != nil {
			return err
		}
		records := make([]evidence.Record, len(list))
		for i := range list {
			v := &list[i]
			records[i] = evidence.Record{
				ID: v.ID, By: v.Account, Door: v.Resident, Home: v.Home, Arrived: v.Arrived, Left: v.Left, Seen: v.Seen, Metres: v.Metres, Code: v.Code,
			}
		}
		var flags []data.VisitFlag
		for _, f := range ground.rule.Judge(records, ground.zone) {
			flags = append(flags, data.VisitFlag{Record: f.Record, Flag: string(f.Flag), Detail: f.Detail})
		}
		if err := tx.PutJudged(ground.district, flags, ids); err != nil {
			return err
		}
		return tx.Touch(ground.district)
	})
	return len(ids), err
}

// TendRecords judges records every few seconds until the context ends.
func (s *Service) TendRecords(ctx context.Context, district string) {
	every := time.NewTicker(tendEvery)
	defer every.Stop()
	var failed bool
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		_, err := s.JudgeRecords(ctx, district)
		if err != nil && ctx.Err() == nil && !failed {
			s.log.Error("visit records could not be judged; it is tried again", "error", err)
		}
		failed = err != nil
	}
}
