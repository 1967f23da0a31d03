package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// RunLife does what is due in a district: it erases again who was erased before
// (those of the store's list, and of the list given, which comes from outside the
// database because a copy that was restored has an older one), carries out the
// requests that were accepted, and takes away what is kept no longer. Each step is
// a transaction of its own; one that fails does not hold up the others, and is
// told at the end. What has gone is kept as proof. It works on the owner's store
// only; today is the district's.
func (s *Store) RunLife(ctx context.Context, district string, today planner.Date, erased []string) (gone map[string]int64, err error) {
	gone = map[string]int64{}
	release, err := s.Lock(ctx, "life "+district)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	again, err := s.eraseAgain(ctx, district, today, erased)
	add(gone, "erased_again", int64(again))
	if err != nil {
		return gone, err
	}
	var failed []error
	requests, err := s.acceptedRequests(ctx, district)
	if err != nil {
		return gone, err
	}
	for i := range requests {
		r := &requests[i]
		if err := s.Write(ctx, func(tx *Tx) error { return tx.carryOut(district, r, today) }); err != nil {
			failed = append(failed, err)
			continue
		}
		add(gone, string(r.Kind), 1)
	}
	rules, err := s.Retention(ctx, district, today, true)
	if err != nil {
		return gone, errors.Join(append(failed, err)...)
	}
	for i := range rules {
		n, err := s.takeAway(ctx, district, &rules[i], today)
		add(gone, rules[i].Kind, n)
		if err != nil {
			failed = append(failed, fmt.Errorf("take away %s: %w", rules[i].Kind, err))
		}
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.putLifeRun(district, gone) }); err != nil {
		failed = append(failed, err)
	}
	return gone, errors.Join(failed...)
}

func add(gone map[string]int64, what string, n int64) {
	if n > 0 {
		gone[what] += n
	}
}

// eraseAgain erases who was erased and is there again.
func (s *Store) eraseAgain(ctx context.Context, district string, today planner.Date, erased []string) (n int, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		_, err := tx.tx.Exec(ctx, `INSERT INTO erased (district, resident, at) SELECT $1, e, now() FROM unnest($2::text[]) e
			ON CONFLICT (district, resident) DO NOTHING`, district, orEmpty(erased))
		return tidy(err)
	})
	if err == nil {
		n, err = s.eraseEach(ctx, district, today, `SELECT e.resident FROM erased e JOIN resident_person p USING (district, resident)
			WHERE e.district = $1 ORDER BY 1`, district)
	}
	if err != nil {
		return n, fmt.Errorf("erase again: %w", err)
	}
	return n, nil
}

// eraseEach erases the residents that a query names, each in a transaction of its
// own, so that nobody who writes in the district waits for all of them; it says
// how many it has erased, also when it fails.
func (s *Store) eraseEach(ctx context.Context, district string, today planner.Date, sql string, args ...any) (n int, err error) {
	ids, err := collect(ctx, &s.Reads, "residents to be erased", func(r pgx.Rows, id *string) error { return r.Scan(id) }, sql, args...)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := s.Write(ctx, func(tx *Tx) error {
			_, err := tx.erase(district, id, today)
			return err
		}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// takeAway removes what a rule keeps no longer.
func (s *Store) takeAway(ctx context.Context, district string, r *RetentionRule, today planner.Date) (n int64, err error) {
	if r.Due == 0 {
		return 0, nil
	}
	from := s.keptFrom(r, today)
	switch r.Kind {
	case KindAudit:
		return s.RemoveAudit(ctx, district, from)
	case KindPersons:
		gone, err := s.eraseEach(ctx, district, today, `SELECT DISTINCT p.resident FROM resident_person p JOIN resident_absence a USING (district, resident)
			WHERE p.district = $1 AND a.to_day = '`+noEnd+`' AND a.from_day < $2::date ORDER BY 1`, district, from)
		return int64(gone), err
	}
	k := lifeKinds[r.Kind]
	err = s.Write(ctx, func(tx *Tx) error {
		if k.whose != "" {
			rows, err := tx.tx.Query(ctx, k.whose, district, from)
			if err != nil {
				return tidy(err)
			}
			ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return tidy(err)
			}
			if err := tx.Record(district, Event{Action: ActDelete, Object: k.object, IDs: ids}); err != nil {
				return err
			}
		}
		for _, sql := range k.remove {
			tag, err := tx.tx.Exec(ctx, sql, district, from)
			if err != nil {
				return tidy(err)
			}
			n = tag.RowsAffected()
		}
		switch r.Kind {
		case KindVisits, KindTaskVisits, KindNeeds, KindPlans:
			return tx.touch(district) // what the pages count has changed
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// putLifeRun keeps what a run took away.
func (tx *Tx) putLifeRun(district string, gone map[string]int64) error {
	if len(gone) == 0 {
		return nil
	}
	b, err := json.Marshal(gone)
	if err != nil {
		return fmt.Errorf("keep what a run took away: %w", err)
	}
	if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO life_run (district, n, at, gone)
		SELECT $1, COALESCE(max(n), 0) + 1, now(), $2 FROM life_run WHERE district = $1`, district, string(b)); err != nil {
		return fmt.Errorf("keep what a run took away: %w", tidy(err))
	}
	detail, total := map[string]string{}, 0
	for kind, n := range gone {
		detail[kind] = fmt.Sprint(n)
		total += int(n)
	}
	return tx.Record(district, Event{Action: ActDelete, Object: "retention", N: total, Detail: detail})
}
