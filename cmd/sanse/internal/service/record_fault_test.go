package service_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// phone is one on which records wait until they are known to be stored.
type phone struct {
	ctx     context.Context
	own     []string // residents whom it may record
	waiting []service.RecordIn
	made    []service.RecordIn
	refused map[string]string // by id: of those that somebody has to deal with
}

// faults is a network between phones and a service, and what becomes of both.
type faults struct {
	*recordBed
	rng    *rand.Rand
	phones []*phone
	late   []func(*service.Service) // requests that are still under way, for whichever service answers then
	sent   sync.WaitGroup
}

// make has somebody record a visit: one of theirs mostly, now and then one of
// somebody else's, or a correction of what they said before.
func (f *faults) make(p *phone) {
	r := f.record(p.own[f.rng.IntN(len(p.own))])
	back := time.Duration(f.rng.IntN(3*24)) * time.Hour
	r.Arrived, r.Left = r.Arrived.Add(-back), r.Left.Add(-back)
	switch f.rng.IntN(8) {
	case 0:
		r.Resident = "r0505" // of nobody's here
	case 1:
		r.Result, r.NotSeen, r.Answers = "not_seen", "no_answer", nil
	case 2:
		// A correction of one that nobody has corrected, and that is theirs.
		for i := range p.made {
			o := &p.made[i]
			if o.Resident != "r0505" && !slices.ContainsFunc(p.made, func(c service.RecordIn) bool { return c.Corrects == o.ID }) {
				r.Resident, r.Corrects, r.Arrived, r.Left = o.Resident, o.ID, o.Arrived, o.Left
				break
			}
		}
	}
	p.made, p.waiting = append(p.made, r), append(p.waiting, r)
}

// send sends some of what waits, in any order, through a network that loses
// requests and answers, repeats them, and holds them back.
func (f *faults) send(p *phone) {
	f.rng.Shuffle(len(p.waiting), func(i, j int) { p.waiting[i], p.waiting[j] = p.waiting[j], p.waiting[i] })
	some := slices.Clone(p.waiting[:min(len(p.waiting), 1+f.rng.IntN(6))])
	if len(some) == 0 {
		return
	}
	now := f.Service
	ask := func(ctx context.Context, s *service.Service) []service.RecordOut {
		out, err := s.PutRecords(ctx, lattice, f.now, slices.Clone(some))
		if err != nil {
			return nil // whatever it is: kept, and sent again
		}
		return out
	}
	switch f.rng.IntN(6) {
	case 0: // lost on the way there
	case 1: // lost on the way back
		ask(p.ctx, now)
	case 2: // twice at the same time
		f.sent.Go(func() { ask(p.ctx, now) })
		p.learn(ask(p.ctx, now))
	case 3: // later, when the phone has long sent it again
		f.late = append(f.late, func(s *service.Service) { ask(p.ctx, s) })
	case 4: // whoever asked is gone in the middle of it
		ctx, gone := context.WithTimeout(p.ctx, time.Duration(f.rng.IntN(4000))*time.Microsecond)
		defer gone()
		p.learn(ask(ctx, now))
	default:
		p.learn(ask(p.ctx, now))
	}
}

// learn takes what was answered: what is stored need not be kept.
func (p *phone) learn(out []service.RecordOut) {
	for _, o := range out {
		if o.Status == service.RecordRefused && o.Code == service.RefusedWaiting {
			continue // what it corrects may come later
		}
		if o.Status == service.RecordRefused {
			p.refused[o.ID] = o.Code
		}
		p.waiting = slices.DeleteFunc(p.waiting, func(r service.RecordIn) bool { return r.ID == o.ID })
	}
}

// kill ends all that the service has under way in the database, as when the
// database or the process is killed, and starts another service, which knows nothing
// of what the one before was doing.
func (f *faults) kill(t *testing.T) {
	t.Helper()
	_, err := f.owner.Pool().Exec(f.t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE 'sanse\_%'`)
	if err != nil {
		t.Fatal(err)
	}
	f.Service = service.New(f.store, service.Config{Now: func() time.Time { return f.now }})
}

// TestNoRecordIsLostOrDoubledWhateverHappensOnTheWay holds what is stored in the end
// against a model that knows nothing but what the phones made.
func TestNoRecordIsLostOrDoubledWhateverHappensOnTheWay(t *testing.T) {
	b := newRecordBed(t)
	f := &faults{recordBed: b}
	for i, grids := range [][]string{{"r0000", "r0001", "r0102"}, {"r0300", "r0301", "r0003"}, {"r0600", "r0601", "r0803"}} {
		f.phones = append(f.phones, &phone{ctx: b.seat(i+1, data.RoleWorker, "", "", fmt.Sprint("v", i+1)), own: grids})
	}
	seeds, steps := 12, 60
	if testing.Short() {
		seeds = 3
	}
	killed := 0
	var broken atomic.Int64
	for seed := range uint64(seeds) {
		f.rng = rand.New(rand.NewPCG(seed, 1))
		for _, p := range f.phones {
			p.made, p.waiting, p.refused = nil, nil, map[string]string{}
		}
		for range steps {
			p := f.phones[f.rng.IntN(len(f.phones))]
			switch n := f.rng.IntN(20); {
			case n < 8:
				f.make(p)
			case n < 17:
				f.send(p)
			case n < 19 && len(f.late) > 0:
				i := f.rng.IntN(len(f.late))
				again := f.late[i]
				f.late = slices.Delete(f.late, i, i+1)
				now := f.Service
				f.sent.Go(func() { again(now) })
			case n == 19 && len(p.waiting) > 0:
				// In the middle of storing what nobody will hear of.
				some, now := slices.Clone(p.waiting[:min(len(p.waiting), service.MaxRecords)]), f.Service
				for range 3 {
					f.sent.Go(func() {
						if _, err := now.PutRecords(p.ctx, lattice, b.now, slices.Clone(some)); err != nil {
							broken.Add(1)
						}
					})
				}
				f.kill(t)
				killed++
			}
		}
		f.settle(t)
		f.check(t, seed)
		if t.Failed() {
			return
		}
	}
	if killed < seeds {
		t.Errorf("only %d times something was killed", killed)
	}
	t.Logf("killed %d times, %d requests broke off", killed, broken.Load())
}

// settle lets everything arrive, and the phones send until nothing waits.
func (f *faults) settle(t *testing.T) {
	t.Helper()
	for _, again := range f.late {
		now := f.Service
		f.sent.Go(func() { again(now) })
	}
	f.late = nil
	f.sent.Wait()
	for _, p := range f.phones {
		for tries := 0; len(p.waiting) > 0; tries++ {
			if tries > 30 {
				t.Fatalf("%d records are never taken: %v", len(p.waiting), f.put(p.ctx, p.waiting...))
			}
			out, err := f.PutRecords(p.ctx, lattice, f.now, slices.Clone(p.waiting[:min(len(p.waiting), service.MaxRecords)]))
			if err == nil {
				p.learn(out)
			}
		}
	}
}

// check compares what is stored with what the phones made.
func (f *faults) check(t *testing.T, seed uint64) {
	t.Helper()
	want, visits := map[string]string{}, map[string]bool{}
	var ids []string
	for _, p := range f.phones {
		for i := range p.made {
			r := &p.made[i]
			ids = append(ids, r.ID)
			if r.Resident == "r0505" {
				if p.refused[r.ID] != service.RefusedNotYours {
					t.Errorf("seed %d: somebody else's resident: %q", seed, p.refused[r.ID])
				}
				continue
			}
			day := r.Arrived.In(time.FixedZone("CST", 8*3600)).Format(time.DateOnly)
			want[r.ID] = strings.Join([]string{r.Resident, day, r.Result, r.Corrects}, " ")
			if !slices.ContainsFunc(p.made, func(c service.RecordIn) bool { return c.Corrects == r.ID }) {
				visits[r.Resident+" "+day+" "+r.Result] = true
			}
		}
	}
	got := map[string]string{}
	rows, err := f.owner.Pool().Query(t.Context(), `SELECT id::text, concat_ws(' ', resident, day, result, COALESCE(corrects::text, '')) FROM visit_record WHERE id = ANY ($1::text[]::uuid[])`, ids)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			t.Fatal(err)
		}
		got[id] = text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("seed %d: records (-made +stored): %s", seed, diff)
	}
	told := map[string]bool{}
	for _, v := range one[[]string](t, f.owner, `SELECT COALESCE(array_agg(concat_ws(' ', resident, day, CASE WHEN done THEN 'seen' ELSE 'not_seen' END)), '{}') FROM visit`) {
		told[v] = true
	}
	if diff := cmp.Diff(visits, told); diff != "" {
		t.Errorf("seed %d: visits (-made +stored): %s", seed, diff)
	}
	// The next seed begins on an empty slate.
	for _, table := range []string{"visit", "visit_flag", "visit_record"} {
		if _, err := f.owner.Pool().Exec(t.Context(), `DELETE FROM `+table); err != nil {
			t.Fatal(err)
		}
	}
}
