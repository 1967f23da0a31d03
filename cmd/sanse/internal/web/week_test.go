package web_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
	"sanse/planner"
)

// weekBed is the demo district with a clock that the walk sets: the walk asks it to
// go on to an hour of a day of the week, to do what happens there by itself and
// elsewhere by others, and what the database has then.
type weekBed struct {
	owner   *data.Store
	serving *data.Store
	svc     *service.Service
	rest    http.Handler
	first   planner.Date // the day on which the week begins
	zone    *time.Location

	worker string // whose phone it is
	missed string // a resident whom they see on the first day, and nobody in time after that
	code   string // that hangs at their door

	mu   sync.Mutex
	from time.Time // what time it was
	set  time.Time // when that was set
}

// now goes on from the time that was set last.
func (b *weekBed) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.from.Add(time.Since(b.set))
}

// at goes on to an hour of a day, 0 being the first.
func (b *weekBed) at(day, clock string) error {
	n, err := strconv.Atoi(day)
	if err != nil {
		return err
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", (b.first+planner.Date(n)).String()+" "+clock, b.zone)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.from, b.set = t, time.Now()
	return nil
}

func (b *weekBed) today() planner.Date { return planner.DateOf(b.now().In(b.zone)) }

// ServeHTTP answers /step, the walk's own, beside the pages.
func (b *weekBed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/step" {
		b.rest.ServeHTTP(w, r)
		return
	}
	var err error
	q := r.URL.Query()
	if day, clock, found := strings.Cut(q.Get("at"), " "); found {
		err = b.at(day, clock)
	}
	for _, do := range strings.Fields(q.Get("do")) {
		if err == nil {
			err = b.do(r.Context(), do)
		}
	}
	var state *weekState
	if err == nil {
		state, err = b.state(r.Context())
	}
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"title": err.Error()})
		return
	}
	answer(w, http.StatusOK, state)
}

func (b *weekBed) do(ctx context.Context, do string) error {
	switch do {
	case "jobs": // what a program does by itself
		if _, err := b.svc.JudgeRecords(ctx, demoCode); err != nil {
			return err
		}
		if _, err := b.svc.RunLadders(ctx); err != nil {
			return err
		}
		if err := b.svc.EnterLadders(ctx); err != nil {
			return err
		}
		_, err := b.svc.RunMessages(ctx)
		return err
	case "others": // see all whom the plan or a ladder has for today, but those whom the walk sees to
		return b.visit(ctx, `SELECT DISTINCT who FROM (
				SELECT s.resident AS who, s.visitor FROM plan_stop s JOIN plan p ON p.district = s.district AND p.id = s.plan AND p.is_current WHERE s.day = $1 AND s.task IS NULL
				UNION ALL SELECT resident, '' FROM ladder WHERE due_by = $1 AND closed_at IS NULL) x
			WHERE who <> $2 AND visitor <> $3`, b.today().Time(), b.missed, b.worker)
	case "rest": // and those whom the walk has not seen to
		return b.visit(ctx, `SELECT s.resident FROM plan_stop s JOIN plan p ON p.district = s.district AND p.id = s.plan AND p.is_current
			WHERE s.day = $1 AND s.task IS NULL AND s.visitor = $2 AND s.resident <> $3`, b.today().Time(), b.worker, b.missed)
	case "missed":
		return b.visit(ctx, `SELECT $1::text`, b.missed)
	case "seat": // whoever holds the visit has an account
		return b.seat(ctx)
	default:
		return fmt.Errorf("what is %q?", do)
	}
}

// visit has residents seen today by somebody, who is found by a statement.
func (b *weekBed) visit(ctx context.Context, sql string, args ...any) error {
	rows, err := b.owner.Pool().Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var visits []data.Visit
	for _, id := range ids {
		visits = append(visits, data.Visit{Resident: id, Date: b.today(), Done: true})
	}
	return b.owner.Write(ctx, func(tx *data.Tx) error { return tx.PutVisits(demoCode, visits) })
}

// account makes an account of somebody made up, once.
func (b *weekBed) account(ctx context.Context, n int, visitor string, role data.Role, area string) (string, error) {
	a, gate := data.Account{ID: fmt.Sprintf("a%016x", n), Login: fmt.Sprint("week-", n), Visitor: visitor}, b.serving.Gate()
	if err := gate.PutAccount(ctx, demoCode, a); err != nil {
		return "", err
	}
	_, err := gate.Give(ctx, demoCode, data.Grant{Account: a.ID, Role: role, Area: area, GivenBy: "operator", Reason: "made up"})
	return a.ID, err
}

// seat gives whoever holds the visit that was missed an account.
func (b *weekBed) seat(ctx context.Context) error {
	s, err := b.state(ctx)
	if err != nil {
		return err
	}
	if s.Ladder == nil || s.Ladder.Holder == "" {
		return errors.New("nobody holds the visit")
	}
	_, err = b.account(ctx, 100+s.Ladder.Taken, s.Ladder.Holder, data.RoleWorker, "")
	return err
}

// weekState is what the database has at a step.
type weekState struct {
	Date     string           `json:"date"`
	Now      time.Time        `json:"now"`
	Counts   map[string][]int `json:"counts"` // by area, as on the screen
	Worker   []string         `json:"worker"` // whom the plan has for the phone today, in their order
	Missed   string           `json:"missed"`
	Code     string           `json:"code"`
	Records  []weekRecord     `json:"records"` // all that were made at doors
	Ratings  []string         `json:"ratings"` // of them: whose door, how good, who says so
	Seen     []string         `json:"seen"`    // today, by the worker
	Ladder   *weekLadder      `json:"ladder"`  // the last one of who was missed
	Case     *weekCase        `json:"case"`
	Lapses   int              `json:"lapses"`
	Messages int              `json:"messages"` // about that ladder and that case
}

type weekRecord struct {
	Resident string `json:"resident"`
	Day      string `json:"day"`
	Result   string `json:"result"`
	How      string `json:"how"`
}

type weekLadder struct {
	Due    string   `json:"due"`
	Taken  int      `json:"taken"`
	Holder string   `json:"holder"`
	Until  string   `json:"until"` // HH:MM
	How    string   `json:"how"`
	Seat   string   `json:"seat"`  // the account of the holder; empty: none
	Stops  []string `json:"stops"` // whom the holder has on that day by the plan
}

type weekCase struct {
	ID     string   `json:"id"`
	Stage  string   `json:"stage"`
	Level  string   `json:"level"`
	Closed bool     `json:"closed"`
	Steps  []string `json:"steps"`
}

func (b *weekBed) state(ctx context.Context) (*weekState, error) {
	day := b.today()
	s := &weekState{Date: day.String(), Now: b.now(), Missed: b.missed, Code: b.code}
	var err error
	if s.Counts, err = dayCounts(ctx, b.owner, day); err != nil {
		return nil, err
	}
	pool := b.owner.Pool()
	stops := func(visitor string, day planner.Date) ([]string, error) {
		rows, err := pool.Query(ctx, `SELECT s.resident FROM plan_stop s JOIN plan p ON p.district = s.district AND p.id = s.plan AND p.is_current
			WHERE s.visitor = $1 AND s.day = $2 AND s.task IS NULL ORDER BY s.depart, s.n`, visitor, day.Time())
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if s.Worker, err = stops(b.worker, day); err != nil {
		return nil, err
	}
	rows, err := pool.Query(ctx, `SELECT resident, day::text, result, how FROM visit_record ORDER BY arrived, id`)
	if err != nil {
		return nil, err
	}
	if s.Records, err = pgx.CollectRows(rows, pgx.RowToStructByPos[weekRecord]); err != nil {
		return nil, err
	}
	rows, err = pool.Query(ctx, `SELECT v.resident || ' ' || g.rating || ' ' || g.said_by FROM visit_rating g JOIN visit_record v ON v.district = g.district AND v.id = g.record ORDER BY g.at`)
	if err != nil {
		return nil, err
	}
	if s.Ratings, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, err
	}
	rows, err = pool.Query(ctx, `SELECT resident FROM visit WHERE day = $1 AND done AND visitor = $2 ORDER BY resident`, day.Time(), b.worker)
	if err != nil {
		return nil, err
	}
	if s.Seen, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, err
	}
	var l weekLadder
	var id int64
	err = pool.QueryRow(ctx, `SELECT l.id, l.due_by::text, l.taken, COALESCE(l.holder, ''), COALESCE(to_char(l.deadline AT TIME ZONE 'Asia/Shanghai', 'HH24:MI'), ''), COALESCE(l.closed_how, ''),
			COALESCE((SELECT max(a.id) FROM account a WHERE a.visitor = l.holder AND a.login LIKE 'week-1__'), '')
		FROM ladder l WHERE l.resident = $1 AND l.due_by = $2`, b.missed, (b.first+2).Time()).Scan(&id, &l.Due, &l.Taken, &l.Holder, &l.Until, &l.How, &l.Seat)
	switch {
	case err == nil:
		if l.Stops, err = stops(l.Holder, b.first+2); err != nil {
			return nil, err
		}
		var late bool // the plan comes there when the deadline is over
		if err := pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM plan_stop s JOIN plan p ON p.district = s.district AND p.id = s.plan AND p.is_current
			WHERE s.visitor = $1 AND s.day = $2 AND s.resident = $3 AND make_interval(mins => s.arrive) > NULLIF($4, '')::interval)`,
			l.Holder, (b.first + 2).Time(), b.missed, l.Until).Scan(&late); err != nil {
			return nil, err
		}
		if late {
			l.Stops = append([]string{b.missed}, slices.DeleteFunc(l.Stops, func(r string) bool { return r == b.missed })...)
		}
		s.Ladder = &l
	case !errors.Is(err, pgx.ErrNoRows):
		return nil, err
	}
	var c weekCase
	err = pool.QueryRow(ctx, `SELECT i.id, i.stage, i.level, i.closed_at IS NOT NULL, ARRAY(SELECT s.stage FROM incident_step s WHERE s.incident = i.id ORDER BY s.n)
		FROM incident i WHERE i.ladder = $1`, id).Scan(&c.ID, &c.Stage, &c.Level, &c.Closed, &c.Steps)
	switch {
	case err == nil:
		s.Case = &c
	case !errors.Is(err, pgx.ErrNoRows):
		return nil, err
	}
	return s, pool.QueryRow(ctx, `SELECT (SELECT count(*) FROM ladder WHERE closed_how = 'lapsed'), (SELECT count(*) FROM outbox WHERE told_at IS NOT NULL AND (ladder = $1 OR incident = $2))`, id, c.ID).
		Scan(&s.Lapses, &s.Messages)
}

// begin chooses whose week it is: somebody who sees a red resident on the first day,
// and is to come again before their window closes, two days later. They, and those
// who look on, have accounts.
func (b *weekBed) begin(ctx context.Context) error {
	var grid string
	err := b.owner.Pool().QueryRow(ctx, `SELECT s.visitor, s.resident, r.grid FROM plan_stop s
			JOIN resident r ON r.district = s.district AND r.id = s.resident AND r.grade = 'red'
			JOIN plan_stop n ON n.district = s.district AND n.plan = s.plan AND n.resident = s.resident AND n.visitor = s.visitor AND n.day BETWEEN s.day + 1 AND s.day + 2
		WHERE s.day = $1 ORDER BY (SELECT count(*) FROM plan_stop x WHERE x.plan = s.plan AND x.visitor = s.visitor AND x.day = s.day) DESC, s.resident LIMIT 1`,
		b.first.Time()).Scan(&b.worker, &b.missed, &grid)
	if err != nil {
		return fmt.Errorf("choose whose week it is: %w", err)
	}
	operator := service.New(b.owner, service.Config{Now: b.now})
	defer operator.Close()
	code, err := operator.MakeCode(service.WithViewer(ctx, service.Everyone(demoCode)), demoCode, data.CodeHome, b.missed, "", "https://localhost")
	if err != nil {
		return err
	}
	b.code = code.Token.Reveal()
	for i, a := range []struct {
		visitor string
		role    data.Role
		area    string
	}{{b.worker, data.RoleWorker, ""}, {"", data.RoleOfficial, demoCode}, {"", data.RoleTaskForce, grid[:9]}, {"", data.RoleLeader, grid[:12]}} {
		if _, err := b.account(ctx, i+1, a.visitor, a.role, a.area); err != nil {
			return err
		}
	}
	return nil
}

// The week: a route is walked, with codes and without, with signal and without; a
// visit is missed, nobody of three tiers comes, and the case that it becomes is
// worked to its end.
func TestTheWeekIsOnThePagesAsItIsStoredAtEachStep(t *testing.T) {
	owner, serving := districtFor(t, plain)
	b := &weekBed{owner: owner, serving: serving, first: plain.Start, zone: time.FixedZone("CST", 8*3600)}
	if err := b.at("0", "07:00"); err != nil {
		t.Fatal(err)
	}
	if err := b.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.svc = service.New(serving, service.Config{Now: b.now, LiveEvery: 100 * time.Millisecond})
	t.Cleanup(b.svc.Close)
	hasher, err := auth.NewHasher(auth.Params{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	entry := auth.New(auth.Config{District: demoCode, Name: "三色", Store: serving.Gate(), Hasher: hasher, Record: serving.Record, OneClick: true})
	b.rest = api.New(b.svc, demoCode, api.NewDoor(api.DoorConfig{Entry: entry}), pages, slog.New(slog.DiscardHandler))
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	t.Cleanup(b.svc.EndLive) // before the server waits for what is open
	walk(t, "week.test.mjs", server.URL)
}
