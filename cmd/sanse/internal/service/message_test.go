package service_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/cmd/sanse/internal/message"
	"sanse/cmd/sanse/internal/outward"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/webpush"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// post is the world outside: it takes what is sent, or does not.
type post struct {
	mu     sync.Mutex
	answer func(address string, n int) (status int, err error) // of the n-th request; nil: it takes all
	n      int
	taken  []posted
}

type posted struct {
	address string
	header  map[string]string
	body    string
}

// Check allows what does not look like this machine.
func (*post) Check(address string) error {
	return outward.New(outward.Options{}).Check(address)
}

// Get is never asked for.
func (*post) Get(context.Context, string, map[string]string, int64) (int, []byte, error) {
	return 0, nil, errors.ErrUnsupported
}

func (p *post) Post(_ context.Context, address string, header map[string]string, body []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	status, err := 200, error(nil)
	if p.answer != nil {
		status, err = p.answer(address, p.n)
	}
	p.n++
	if err == nil && status < 300 || errors.Is(err, errLost) {
		p.taken = append(p.taken, posted{address, header, string(body)})
	}
	return status, err
}

// errLost is of a request that was taken and whose answer was lost.
var errLost = errors.New("the answer was lost")

// ids are the names of the messages that a gateway took, as often as it did.
func (p *post) ids(t *testing.T) map[string]int {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]int{}
	for _, m := range p.taken {
		var v service.GatewayMessage
		if err := json.Unmarshal([]byte(m.body), &v); err != nil {
			t.Fatal(err)
		}
		out[v.ID]++
	}
	return out
}

// messageBed is a ladderBed in which everybody but v3 has an account.
type messageBed struct {
	*ladderBed
	outside  *post
	accounts map[string]service.Viewer
}

func newMessageBed(t *testing.T, residents int) *messageBed {
	t.Helper()
	b := &messageBed{newLadderBed(t, residents), &post{}, map[string]service.Viewer{}}
	b.seat("v0", data.Grant{Role: data.RoleWorker})
	b.seat("v1", data.Grant{Role: data.RoleWorker})
	b.seat("v2", data.Grant{Role: data.RoleWorker})
	b.seat("", data.Grant{Role: data.RoleLeader, Area: ladderGrid})
	b.seat("", data.Grant{Role: data.RoleLeader, Area: ladderDistrict + "001"})
	b.seat("", data.Grant{Role: data.RoleTaskForce, Area: ladderDistrict + "001"})
	b.seat("", data.Grant{Role: data.RoleDepartment, Body: "housing"})
	b.seat("", data.Grant{Role: data.RoleAdministrator})
	return b
}

// seat makes an account with a role that sits here; it is known by its visitor, or by
// its role and area.
func (b *messageBed) seat(visitor string, grant data.Grant) {
	b.t.Helper()
	ctx, gate, n := b.t.Context(), b.serving.Gate(), len(b.accounts)+1
	account, session := fmt.Sprintf("a%016x", n), fmt.Sprintf("s%016x", n)
	if err := gate.PutAccount(ctx, ladderDistrict, data.Account{ID: account, Login: fmt.Sprint("u", n), Visitor: visitor}); err != nil {
		b.t.Fatal(err)
	}
	grant.Account, grant.GivenBy = account, "ops"
	if _, err := gate.Give(ctx, ladderDistrict, grant); err != nil {
		b.t.Fatal(err)
	}
	token := data.Token(fmt.Sprint("secret of ", n))
	if err := gate.OpenSession(ctx, ladderDistrict, token.Hash(), data.Session{ID: session, Account: account, Kind: data.SessionPhone, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
		b.t.Fatal(err)
	}
	seated, err := gate.Seat(ctx, token.Hash())
	if err != nil {
		b.t.Fatal(err)
	}
	name := visitor
	if name == "" {
		name = string(grant.Role) + grant.Area
	}
	b.accounts[name] = service.ViewerOf(seated, token)
}

func (b *messageBed) program() *service.Service { return b.programAs(b.serving) }

func (b *messageBed) programAs(store *data.Store) *service.Service {
	s := service.New(store, service.Config{Now: func() time.Time { return b.now }, Outward: b.outside})
	b.t.Cleanup(s.Close)
	return s
}

func (b *messageBed) as(name string) context.Context {
	b.t.Helper()
	v, ok := b.accounts[name]
	if !ok {
		b.t.Fatalf("nobody is called %s", name)
	}
	return service.WithViewer(b.t.Context(), v)
}

// pass is a pass over ladders and one over messages.
func (b *messageBed) pass() {
	b.t.Helper()
	b.goOn()
	if _, err := b.program().RunMessages(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// told are the messages of an account, the first first, and how many of them are not
// over.
func (b *messageBed) told(name string) string {
	b.t.Helper()
	list, _, _, err := b.program().Messages(b.as(name), ladderDistrict, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Reverse(list)
	var out []string
	for _, m := range list {
		out = append(out, fmt.Sprintf("%s %d/%d", m.Kind, m.Open, m.Count))
	}
	return strings.Join(out, ", ")
}

func TestWhoHasAVisitOrACaseIsToldInTime(t *testing.T) {
	b := newMessageBed(t, 3)
	want := func(when string, said map[string]string) {
		t.Helper()
		for name := range b.accounts {
			if got := b.told(name); got != said[name] {
				t.Errorf("%s: %s was told %q, want %q", when, name, got, said[name])
			}
		}
	}
	b.pass()
	want("in the morning", nil)
	b.at(2, 8, 0)
	b.pass()
	b.pass()
	said := map[string]string{"v0": "reminder 3/3"}
	want("the last day", said)
	b.visit("r00000", 2)
	b.at(2, 14, 0)
	b.pass()
	said["v0"], said["v1"] = "reminder 2/3, passed 2/2", "holder 2/2"
	want("a step", said)
	b.at(2, 15, 29)
	b.pass()
	want("before it is near", said)
	b.at(2, 15, 30)
	b.pass()
	b.pass()
	said["v1"] = "holder 2/2, again 2/2"
	want("the deadline is near", said)
	b.at(2, 16, 0)
	b.pass()
	said["v1"], said["v2"] = "holder 2/2, again 2/2, passed 2/2", "holder 2/2"
	want("the next step", said)
	b.visit("r00001", 2)
	b.at(2, 18, 0) // v3 has no account
	b.pass()
	said["v0"], said["v1"], said["v2"] = "reminder 1/3, passed 1/2", "holder 1/2, again 1/2, passed 1/2", "holder 1/2, passed 1/1"
	want("nobody is there to be told", said)

	list, _, err := b.program().Ladders(b.as("leader"+ladderGrid), ladderDistrict, service.LadderQuery{Area: ladderGrid, Open: true})
	if err != nil || len(list) != 1 || len(list[0].Steps) != 4 {
		t.Fatalf("the leader sees %+v (%v)", list, err)
	}
	for i, st := range list[0].Steps {
		if told := st.Told; !told.Made || told.Waiting || (told.Reached == 0) != (i == 3) || told.Delivered.IsZero() != (i == 3) || !told.Read.IsZero() {
			t.Errorf("of step %d the leader sees %+v", i, told)
		}
	}
	if n, err := b.program().Unread(b.as("v0"), ladderDistrict); err != nil || n != 2 {
		t.Errorf("%d are not read (%v)", n, err)
	}
	mine, _, _, err := b.program().Messages(b.as("v1"), ladderDistrict, 0)
	if err != nil || len(mine) == 0 || mine[len(mine)-1].Text != "有 2 户的走访现由您负责，请在今天 16:00 前上门。" {
		t.Fatalf("v1 reads %+v (%v)", mine, err)
	}
	if n, err := b.program().ReadMessages(b.as("v0"), ladderDistrict, mine[0].ID, nil); err != nil || n != 0 {
		t.Errorf("%d are not read (%v)", n, err)
	}
	if n, err := b.program().Unread(b.as("v1"), ladderDistrict); err != nil || n != 3 {
		t.Errorf("of another %d are not read (%v)", n, err)
	}
	list, _, err = b.program().Ladders(b.as("leader"+ladderGrid), ladderDistrict, service.LadderQuery{Area: ladderGrid, Open: true})
	if err != nil || list[0].Steps[0].Told.Read.IsZero() || !list[0].Steps[1].Told.Read.IsZero() {
		t.Errorf("the leader sees %+v (%v)", list, err)
	}

	b.at(3, 0, 0)
	b.pass()
	force := "task_force" + ladderDistrict + "001"
	said[force] = "case 1/1"
	said["v0"], said["v1"], said["v2"] = "reminder 0/3, passed 0/2", "holder 0/2, again 0/2, passed 0/2", "holder 0/2, passed 0/1"
	want("a lapse", said)
	b.at(3, 9, 30)
	b.pass()
	said[force] = "case 1/1, case_near 1/1"
	said["v0"] += ", reminder 1/1" // the next window has opened at once, and closes today
	want("the clock of the case", said)
	b.at(3, 10, 0)
	b.pass()
	b.pass()
	said[force] = "case 1/1, case_near 1/1, case_over 1/1"
	want("the clock is over", said)
	cases, _, err := b.program().Cases(b.as(force), ladderDistrict, ladderGrid, true)
	if err != nil || len(cases) != 1 {
		t.Fatalf("the cases are %+v (%v)", cases, err)
	}
	if _, err := b.program().PassCase(b.as(force), ladderDistrict, cases[0].ID, data.CaseGrid, "", "ask at the door"); err != nil {
		t.Fatal(err)
	}
	b.pass()
	said["leader"+ladderGrid] = "case 1/1"
	want("the grid has it, whose narrowest leader is told", said)
	if _, err := b.program().StepCase(b.as("leader"+ladderGrid), ladderDistrict, cases[0].ID, data.CaseClosed, "seen"); err != nil {
		t.Fatal(err)
	}
	said["leader"+ladderGrid], said[force] = "case 0/1", "case 0/1, case_near 0/1, case_over 0/1"
	want("it is closed", said)
	// What somebody did they are not told.
	if _, err := b.program().OpenCase(b.as("leader"+ladderGrid), ladderDistrict, service.NewCase{Kind: "emergency", Source: "found", Area: ladderGrid, Text: "smoke"}); err != nil {
		t.Fatal(err)
	}
	b.pass()
	want("the leader found it", said)
}

// Whose day is another one is told so, and whoever somebody is handed to.
func TestWhoseDayChangesAndWhoIsHandedSomebodyIsTold(t *testing.T) {
	b := newMessageBed(t, 4)
	b.plan(4)
	ctx := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	d, err := b.program().District(ctx, ladderDistrict)
	if err != nil {
		t.Fatal(err)
	}
	today := planner.NewDate(2026, 12, 2)
	r, err := b.program().Replan(ctx, d, service.ReplanOptions{Off: []service.Off{{Visitor: "v0", From: today, To: today}}, Publish: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := changedOn(&r.Moved, today)
	if want["v0"] == 0 || len(want) < 2 {
		t.Fatalf("the plan moves %v: the test proves nothing", want)
	}
	b.pass()
	b.pass()
	for _, v := range []string{"v0", "v1", "v2"} {
		said := ""
		if n := want[v]; n > 0 {
			said = fmt.Sprintf("plan %d/%d", n, n)
		}
		if got := b.told(v); got != said {
			t.Errorf("%s was told %q, want %q", v, got, said)
		}
	}
	for _, to := range []data.Handover{{Account: b.accounts["task_force"+ladderDistrict+"001"].Account}, {Body: "housing"}} {
		to.Kind, to.Reason, to.To = data.HandoverHelp, "a form is to be filled in", b.now.Add(24*time.Hour)
		if _, err := b.program().HandOver(b.as("leader"+ladderGrid), ladderDistrict, "r00001", to); err != nil {
			t.Fatal(err)
		}
	}
	b.pass()
	for _, name := range []string{"task_force" + ladderDistrict + "001", "department"} {
		if got := b.told(name); got != "handed 1/1" {
			t.Errorf("%s was told %q", name, got)
		}
	}
	b.planChangesTomorrow(ctx, d)
}

// changedOn counts, by visitor, what is other on a day.
func changedOn(m *planner.Moved, day planner.Date) map[string]int {
	out := map[string]int{}
	for i := range m.Visits {
		for _, at := range []*planner.VisitAt{m.Visits[i].From, m.Visits[i].To} {
			if at == nil || at.Date != day {
				continue
			}
			for _, v := range at.Visitors {
				out[v]++
			}
		}
	}
	return out
}

// planChangesTomorrow makes the plan again, and anew, on the day before somebody is
// away: those whose day it is are told.
func (b *messageBed) planChangesTomorrow(ctx context.Context, d data.District) {
	b.t.Helper()
	b.at(3, 12, 0)
	today := planner.NewDate(2026, 12, 3)
	seen := make([]data.Visit, 4)
	for i := range seen {
		seen[i] = data.Visit{Resident: fmt.Sprintf("r%05d", i), Date: today - 1, Done: true, Visitor: "v1", Grid: ladderGrid}
	}
	if err := b.owner.Write(ctx, func(tx *data.Tx) error { return tx.PutVisits(ladderDistrict, seen) }); err != nil {
		b.t.Fatal(err)
	}
	told := func(plan int64) map[string]int {
		rows, err := b.owner.Pool().Query(ctx, `SELECT to_visitor, n FROM outbox WHERE starts_with(once, $1)`, fmt.Sprintf("plan/%d/", plan))
		if err != nil {
			b.t.Fatal(err)
		}
		out := map[string]int{}
		var v string
		var n int
		if _, err := pgx.ForEachRow(rows, []any{&v, &n}, func() error { out[v] = n; return nil }); err != nil {
			b.t.Fatal(err)
		}
		return out
	}
	r, err := b.program().Replan(ctx, d, service.ReplanOptions{Off: []service.Off{{Visitor: "v0", From: today, To: today + 1}}, Publish: true, Seed: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	// They had nothing to do today, and all of tomorrow goes to somebody else.
	if want, got := changedOn(&r.Moved, today+1)["v0"], told(r.ID); want == 0 || changedOn(&r.Moved, today)["v0"] > 0 || got["v0"] != want || got["v1"] == 0 {
		b.t.Errorf("of tomorrow %v are told, want v0: %d and v1", got, want)
	}
	if err := b.owner.Write(ctx, func(tx *data.Tx) error { return tx.PutDaysOff(ladderDistrict, "v1", today, today+1) }); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.programOn(b.owner).Plan(ctx, d, service.PlanOptions{Start: today, Days: 4, Seed: 1}); err != nil {
		b.t.Fatal(err)
	}
	rec, err := b.serving.CurrentPlan(ctx, ladderDistrict)
	if err != nil {
		b.t.Fatal(err)
	}
	if got := told(rec.ID); got["v1"] == 0 {
		b.t.Errorf("of a plan made anew, in which v1 is away tomorrow, %v are told", got)
	}
}

// letOut turns both channels on, without quiet hours.
func (b *messageBed) letOut() {
	b.t.Helper()
	address := "https://sms.example.gov.cn/hook?key=of-the-gateway"
	rules := message.Reference()
	rules.Push, rules.Webhook, rules.Quiet = true, true, nil
	_, secret, err := b.program().SetMessageSettings(b.as("administrator"), ladderDistrict, service.NewMessageSettings{Rules: rules, URL: &address, Subject: "mailto:office@example.gov.cn"})
	if err != nil || secret == "" {
		b.t.Fatalf("the secret is %q (%v)", secret, err)
	}
}

// put has visitors be told of so many things, each with a deadline of its own.
func (b *messageBed) put(from, n int) {
	b.t.Helper()
	var list []data.Outgoing
	for i := range n {
		list = append(list, data.Outgoing{
			Once: fmt.Sprint("made up/", from+i), Kind: string(message.Holder), Visitor: fmt.Sprint("v", i%3),
			Due: b.now.Add(time.Duration(from+i) * time.Minute), From: b.now, Until: b.now.Add(24 * time.Hour),
		})
	}
	if err := b.serving.Write(b.t.Context(), func(tx *data.Tx) error {
		if err := tx.Tell(ladderDistrict, list[:n/2]); err != nil {
			return err
		}
		return tx.Tell(ladderDistrict, list) // what is there already stays as it is
	}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *messageBed) count(sql string) (n int) {
	b.t.Helper()
	if err := b.owner.Pool().QueryRow(b.t.Context(), sql).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// Programs die after a message went out and before they could write that down; the
// gateway fails, says yes and is not heard, and takes its time. Each message arrives
// all the same, under one name however often, and stands in the app once.
func TestNoMessageIsLostAndNoneStandsInTheAppTwiceWhateverDies(t *testing.T) {
	b := newMessageBed(t, 1)
	b.letOut()
	ctx := t.Context()
	dying := datatest.Serve(t, named(b.dsn, "dying"))
	kill := func() {
		if _, err := b.owner.Pool().Exec(context.WithoutCancel(ctx), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dying'`); err != nil {
			t.Error(err)
		}
	}
	chance := mrand.New(mrand.NewPCG(8, 9))
	const each, rounds = 12, 6
	kills := 0
	for round := range 40 {
		if round < rounds {
			b.put(round*each, each)
		}
		store, killer := b.serving, round < 2*rounds && round%2 == 1
		if killer {
			store = dying
		}
		b.outside.answer = func(_ string, n int) (int, error) {
			if round >= 2*rounds {
				return 204, nil
			}
			switch chance.IntN(5) {
			case 0:
				return 503, nil
			case 1:
				return 0, outward.ErrLate
			case 2:
				return 0, errLost
			case 3:
				if killer {
					kills++
					kill()
				}
			}
			return 200, nil
		}
		if _, err := b.programAs(store).RunMessages(ctx); err != nil && !killer {
			t.Fatal(err)
		}
		b.now = b.now.Add(10 * time.Minute)
		if round >= 2*rounds && b.count(`SELECT count(*) FROM message_way WHERE next_at IS NOT NULL`)+b.count(`SELECT count(*) FROM outbox WHERE told_at IS NULL`) == 0 {
			break
		}
	}
	if kills == 0 {
		t.Error("nobody died: the test proves nothing")
	}
	got := b.outside.ids(t)
	if n := b.count(`SELECT count(*) FROM message`); n != each*rounds || len(got) != n || b.count(`SELECT count(*) FROM message_part`) != n {
		t.Errorf("%d messages, %d arrived, want %d", n, len(got), each*rounds)
	}
	if n := b.count(`SELECT count(*) FROM message_way WHERE sent_at IS NULL`); n > 0 {
		t.Errorf("%d were given up", n)
	}
	again := 0
	for _, n := range got {
		again += n - 1
	}
	if again == 0 {
		t.Error("nothing arrived twice: the test proves nothing")
	}
	// A program that dies in the middle of making messages has made none.
	b.put(1000, each)
	if _, err := dying.Gate().DeliverOutbox(ctx, ladderDistrict, b.now, 100, func(list []data.PendingMessage) []data.NewMessage {
		kill()
		return []data.NewMessage{{Account: list[0].To[0].Account, Kind: list[0].Kind, Until: list[0].Until, Parts: []int64{list[0].ID}}}
	}); err == nil {
		t.Error("a program that has died tells")
	}
	if n := b.count(`SELECT count(*) FROM outbox WHERE told_at IS NULL`); n != each {
		t.Errorf("%d of %d are still to be told", n, each)
	}
	if _, err := b.program().RunMessages(ctx); err != nil {
		t.Fatal(err)
	}
	if n := b.count(`SELECT count(*) FROM message_part`); n != each*(rounds+1) {
		t.Errorf("%d parts of messages", n)
	}
}

func TestWhatIsOverOrLateIsNotSent(t *testing.T) {
	b := newMessageBed(t, 2)
	b.letOut()
	faults := func() (out []string) {
		t.Helper()
		list, err := b.program().Undelivered(b.as("administrator"), ladderDistrict)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range list {
			out = append(out, u.Kind+" "+u.Fault)
		}
		slices.Sort(out)
		return out
	}
	b.outside.answer = func(string, int) (int, error) { return 500, nil }
	b.at(2, 8, 0)
	b.pass()
	if len(b.outside.taken) > 0 || len(faults()) > 0 {
		t.Fatalf("after one try: %v", faults())
	}
	b.outside.answer = nil
	b.visit("r00000", 2)
	b.visit("r00001", 2)
	b.at(2, 8, 1)
	b.pass()
	if got := faults(); !slices.Equal(got, []string{"reminder over"}) || len(b.outside.taken) > 0 {
		t.Errorf("somebody came: %v, %v", got, b.outside.taken)
	}
	b.put(0, 1)
	b.outside.answer = func(string, int) (int, error) { return 0, outward.ErrUnreachable }
	for range 30 {
		b.pass()
		b.now = b.now.Add(time.Hour)
	}
	if got := faults(); len(got) != 2 || got[0] != "holder unreachable" || b.outside.n < 10 {
		t.Errorf("nobody is there for a day: %v after %d tries", got, b.outside.n)
	}
	for name, err := range map[string]error{
		"a worker":           func() error { _, err := b.program().Undelivered(b.as("v0"), ladderDistrict); return err }(),
		"a worker who tries": b.program().TestMessage(b.as("v0"), ladderDistrict),
		"the public":         func() error { _, err := b.program().Unread(t.Context(), ladderDistrict); return err }(),
		"a worker who writes": func() error {
			_, _, err := b.program().SetMessageSettings(b.as("v0"), ladderDistrict, service.NewMessageSettings{})
			return err
		}(),
	} {
		if service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABrowserTakesMessagesUntilItsSessionEnds(t *testing.T) {
	b := newMessageBed(t, 1)
	ctx := t.Context()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	sub := webpush.Subscription{Endpoint: "https://push.example.net/of/v0", P256dh: encode(private.PublicKey().Bytes()), Auth: encode(make([]byte, 16))}
	if err := b.program().Subscribe(b.as("v0"), ladderDistrict, sub); service.CodeOf(err) != service.CodeNo {
		t.Errorf("before the district has turned it on: %v", err)
	}
	b.letOut()
	for name, change := range map[string]func(*webpush.Subscription){
		"into the house":  func(s *webpush.Subscription) { s.Endpoint = "https://10.0.0.1/x" },
		"in the clear":    func(s *webpush.Subscription) { s.Endpoint = "http://push.example.net/x" },
		"with no key":     func(s *webpush.Subscription) { s.P256dh = "AAAA" },
		"to this machine": func(s *webpush.Subscription) { s.Endpoint = "https://127.0.0.1/x" },
	} {
		bad := sub
		change(&bad)
		if err := b.program().Subscribe(b.as("v0"), ladderDistrict, bad); service.CodeOf(err) != service.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	subscribe := func(name, endpoint string) {
		t.Helper()
		s := sub
		s.Endpoint = endpoint
		if err := b.program().Subscribe(b.as(name), ladderDistrict, s); err != nil {
			t.Fatal(err)
		}
	}
	sent := func() (out []string) {
		t.Helper()
		b.outside.mu.Lock()
		b.outside.taken = nil
		b.outside.mu.Unlock()
		b.pass()
		for _, m := range b.outside.taken {
			if !strings.Contains(m.address, "push.example.net") {
				continue
			}
			out = append(out, m.address)
			if m.header["Content-Encoding"] != "aes128gcm" || !strings.HasPrefix(m.header["Authorization"], "vapid t=") || strings.Contains(m.body, "户") {
				t.Errorf("a browser is sent %v, %q", m.header, m.body)
			}
		}
		slices.Sort(out)
		return out
	}
	subscribe("v0", sub.Endpoint)
	subscribe("v0", sub.Endpoint) // again: it is one browser
	subscribe("v1", "https://push.example.net/of/v1")
	if p, err := b.program().Push(b.as("v0"), ladderDistrict); err != nil || !p.On || !p.Subscribed || len(p.Public) != 87 {
		t.Errorf("v0 knows %+v (%v)", p, err)
	}
	b.put(0, 3)
	if got := sent(); !slices.Equal(got, []string{"https://push.example.net/of/v0", "https://push.example.net/of/v1"}) {
		t.Errorf("sent to %v", got)
	}
	off := message.Choice{Off: map[message.Kind][]message.Channel{message.Holder: {message.Push}}}
	if err := b.program().SetMessageChoice(b.as("v1"), ladderDistrict, off); err != nil {
		t.Fatal(err)
	}
	b.put(10, 3)
	if got := sent(); !slices.Equal(got, []string{"https://push.example.net/of/v0"}) {
		t.Errorf("where v1 does not want it: sent to %v", got)
	}
	// The push service has forgotten the browser.
	b.outside.answer = func(address string, _ int) (int, error) {
		if strings.Contains(address, "push") {
			return 410, nil
		}
		return 200, nil
	}
	b.put(20, 3)
	if got := sent(); len(got) > 0 {
		t.Errorf("sent to %v", got)
	}
	b.outside.answer = nil
	if p, err := b.program().Push(b.as("v0"), ladderDistrict); err != nil || p.Subscribed {
		t.Errorf("v0 knows %+v (%v)", p, err)
	}
	// One that signs out is told nothing any more, not even what was on its way.
	subscribe("v0", sub.Endpoint)
	b.put(30, 1)
	b.outside.answer = func(string, int) (int, error) { return 500, nil }
	_ = sent()
	b.outside.answer = nil
	if err := b.serving.Gate().Revoke(ctx, ladderDistrict, b.accounts["v0"].Session); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Hour)
	b.put(40, 1)
	if got := sent(); len(got) > 0 {
		t.Errorf("signed out: sent to %v", got)
	}
	if n := b.count(`SELECT count(*) FROM push_subscription`); n != 1 { // of v1
		t.Errorf("%d browsers are kept", n)
	}
}

func TestHowMessagesGoIsSetByWhoMayAndKeptSealed(t *testing.T) {
	b := newMessageBed(t, 1)
	set := func(n service.NewMessageSettings) (service.MessageSettings, string, error) {
		return b.program().SetMessageSettings(b.as("administrator"), ladderDistrict, n)
	}
	address := func(s string) *string { return &s }
	on := message.Rules{Webhook: true}
	for _, test := range []struct {
		field string
		n     service.NewMessageSettings
	}{
		{"url", service.NewMessageSettings{Rules: on}},
		{"url", service.NewMessageSettings{Rules: on, URL: address("http://sms.example.gov.cn/")}},
		{"url", service.NewMessageSettings{Rules: on, URL: address("https://192.168.1.9/marker")}},
		{"subject", service.NewMessageSettings{Rules: message.Rules{Push: true}}},
		{"subject", service.NewMessageSettings{Rules: message.Rules{Push: true}, Subject: "marker"}},
		{"kinds", service.NewMessageSettings{Rules: message.Rules{Kinds: map[message.Kind][]message.Channel{"marker": nil}}}},
	} {
		if _, _, err := set(test.n); service.CodeOf(err) != service.CodeInvalid || !strings.Contains(err.Error(), test.field) || strings.Contains(err.Error(), "marker") {
			t.Errorf("%s: %v", test.field, err)
		}
	}
	if v, err := b.program().MessageSettings(b.as("administrator"), ladderDistrict); err != nil || v.Push || v.Webhook || v.Gateway != "" || v.SetBy != "" {
		t.Errorf("what was refused has left %+v (%v)", v, err)
	}
	v, secret, err := set(service.NewMessageSettings{Rules: on, URL: address("https://sms.example.gov.cn:8443/hook?key=marker")})
	if err != nil || secret == "" || v.Gateway != "sms.example.gov.cn:8443" {
		t.Fatalf("set %+v, secret %q (%v)", v, secret, err)
	}
	if _, again, err := set(service.NewMessageSettings{Rules: on}); err != nil || again != "" {
		t.Errorf("the secret is told again: %q (%v)", again, err)
	}
	if err := b.program().TestMessage(b.as("administrator"), ladderDistrict); err != nil {
		t.Fatal(err)
	}
	b.pass()
	if len(b.outside.taken) != 1 || b.told("administrator") != "test 1/1" {
		t.Fatalf("the test arrives as %+v", b.outside.taken)
	}
	got := b.outside.taken[0]
	want := message.Sign(secret, b.now, []byte(got.body))
	if got.address != "https://sms.example.gov.cn:8443/hook?key=marker" || got.header[message.HeaderSignature] != want[message.HeaderSignature] || !strings.Contains(got.body, `"text":"这是一条测试消息`) {
		t.Errorf("the gateway gets %+v", got)
	}
	if _, other, err := set(service.NewMessageSettings{Rules: on, NewSecret: true}); err != nil || other == "" || other == secret {
		t.Errorf("another secret: %v", err)
	}
	if v, _, err := set(service.NewMessageSettings{URL: address("")}); err != nil || v.Gateway != "" || v.Webhook {
		t.Errorf("forgotten: %+v (%v)", v, err)
	}
	if _, _, err := set(service.NewMessageSettings{Rules: on}); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("turned on without an address: %v", err)
	}
}
