package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sanse/data"
	"sanse/planner"
)

// enterPause is how long it is waited after a plan could not be made anew.
const enterPause = 5 * time.Minute

// EnterLadders makes the plans of all districts anew in which a visit has come to
// somebody else since the last time, by a step or because it was put off or handed
// over, or whoever it was given to cannot make it any more, or a grade has changed: one plan for however many of them, in which the blocks
// alone change that have one. Whoever holds a visit has it in their day from now on, if
// the day has room for it, and whoever has another grade is visited by it.
func (s *Service) EnterLadders(ctx context.Context) error {
	all, err := s.store.Districts(ctx)
	for _, d := range all {
		if e := s.enterLadders(asOperator(ctx, d.Code), d); e != nil {
			err = errors.Join(err, fmt.Errorf("enter the ladders of district %s: %w", d.Code, e))
		}
	}
	return err
}

func (s *Service) enterLadders(ctx context.Context, d data.District) error {
	waiting, err := s.store.LaddersToEnter(ctx, d.Code)
	if err != nil {
		return err
	}
	grades, err := s.store.GradesToEnter(ctx, d.Code)
	if err != nil {
		return err
	}
	given, err := s.store.MovesToEnter(ctx, d.Code)
	if err != nil {
		return err
	}
	stranded, err := s.strandedMoves(ctx, d)
	if err != nil || len(waiting)+len(grades)+len(given) == 0 && !stranded {
		return err
	}
	s.ladders.mu.Lock()
	kept, now := s.ladders.of(d.Code), s.now()
	wait := now.Before(kept.enterAt) && kept.enterAt.Sub(now) <= enterPause // of a clock set back nobody waits longer
	s.ladders.mu.Unlock()
	if wait {
		return nil
	}
	_, err = s.Replan(ctx, d, ReplanOptions{Publish: true})
	var e *Error
	if !errors.As(err, &e) || e.Code == CodeOutside || e.Code == CodeNo {
		if err != nil { // it is tried again, but not all the time
			s.ladders.mu.Lock()
			kept.enterAt = now.Add(enterPause)
			s.ladders.mu.Unlock()
		}
		return err
	}
	// There is no plan to enter them in: the holders have them all the same.
	s.log.Warn("visits that came to somebody else, or by another grade, could not be entered in the plan", "district", d.Code, "ladders", len(waiting), "grades", len(grades), "moves", len(given), "err", err)
	open, err := s.store.Ladders(ctx, d.Code, data.LadderFilter{Open: true, Held: true})
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *data.Tx) error {
		return errors.Join(tx.LaddersEntered(d.Code, holdersOf(open)), tx.GradesEntered(d.Code, grades), tx.MovesEntered(d.Code, given))
	})
}

// holdersOf are the holders of ladders that have one.
func holdersOf(list []data.Ladder) map[int64]string {
	out := make(map[int64]string, len(list))
	for i := range list {
		if list[i].Holder != "" {
			out[list[i].ID] = list[i].Holder
		}
	}
	return out
}

// holdTo has the visits of ladders made by their holders, today and before the
// deadline: who comes at the minute of it comes when somebody else has the visit.
func holdTo(p *planner.Problem, held []data.Ladder, zone *time.Location) {
	known := make(map[string]bool, len(p.Residents)+len(p.Visitors))
	for i := range p.Residents {
		known[p.Residents[i].ID] = true
	}
	for i := range p.Visitors {
		known[p.Visitors[i].ID] = true
	}
	for i := range held {
		if l := &held[i]; known[l.Resident] && known[l.Holder] {
			lock := planner.Lock{Resident: l.Resident, Date: l.DueBy, Visitor: l.Holder}
			if m := momentAt(l.Deadline, zone); m.Date == l.DueBy {
				lock.By = max(0, m.Clock-1)
			}
			p.Locks = append(p.Locks, lock)
		}
	}
}

// notMade are the visits of today that are known not to have been made: somebody
// else has been asked to make them.
func notMade(held []data.Ladder) []data.Visit {
	out := make([]data.Visit, 0, len(held))
	for i := range held {
		out = append(out, data.Visit{Resident: held[i].Resident, Visitor: held[i].Visitor, Date: held[i].DueBy})
	}
	return out
}
