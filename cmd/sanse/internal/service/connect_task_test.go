package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/connect"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// platform is one that is told tasks, and what it knows of them.
type platform struct {
	tasks map[string]service.ConnectTask
	seen  []int64 // changes in the order in which they first came
}

func (p *platform) learn(items []service.ConnectTask) {
	for _, i := range items {
		p.seen = append(p.seen, i.Seq)
		if i.Op == "withdrawn" {
			delete(p.tasks, i.ID)
			continue
		}
		p.tasks[i.ID] = i
	}
}

// known is what it knows, in short.
func (p *platform) known() (out []string) {
	for _, t := range p.tasks {
		out = append(out, fmt.Sprintf("%s %s %s %s", t.ID, t.Resident, t.Day, t.Visitor))
	}
	slices.Sort(out)
	return out
}

// taskBed is a ladderBed behind a platform with a key for the town.
type taskBed struct {
	*ladderBed
	key      context.Context
	platform *platform
}

func newTaskBed(t *testing.T, scopes ...string) *taskBed {
	t.Helper()
	b := &taskBed{ladderBed: newLadderBed(t, 4), platform: &platform{tasks: map[string]service.ConnectTask{}}}
	b.plan(4)
	ctx, gate := t.Context(), b.serving.Gate()
	const account = "a000000000000000c"
	token := data.Token("the key of a platform")
	if err := gate.PutAccount(ctx, ladderDistrict, data.Account{ID: account, Login: "gridapp"}); err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Give(ctx, ladderDistrict, data.Grant{Account: account, Role: data.RoleService, Area: ladderDistrict + "001", GivenBy: "ops", From: time.Now().Add(-time.Minute)}); err != nil {
		t.Fatal(err)
	}
	session := data.Session{ID: "s000000000000000c", Account: account, Kind: data.SessionKey, Stage: data.StageFull, Scopes: append(scopes, "connect-tasks"), ExpiresAt: time.Now().Add(time.Hour)}
	if err := gate.OpenSession(ctx, ladderDistrict, token.Hash(), session); err != nil {
		t.Fatal(err)
	}
	seated, err := gate.Seat(ctx, token.Hash())
	if err != nil {
		t.Fatal(err)
	}
	viewer, good := service.ViewerOf(seated, token).Asking("connect-tasks", "duty_record", service.CapConnect)
	if !good {
		t.Fatal("the key is not good for tasks")
	}
	b.key = service.WithViewer(ctx, viewer)
	b.operate(func(ctx context.Context, s *service.Service) error {
		return s.SetConnector(ctx, ladderDistrict, data.Connector{ID: "gridapp", Account: account})
	})
	return b
}

func (b *taskBed) operate(f func(context.Context, *service.Service) error) {
	b.t.Helper()
	if err := f(service.WithViewer(b.t.Context(), service.Everyone(ladderDistrict)), b.programOn(b.owner)); err != nil {
		b.t.Fatal(err)
	}
}

// pull asks until nothing more has changed, and returns what came, in short.
func (b *taskBed) pull(cursor *string) (out []string) {
	b.t.Helper()
	s := b.program()
	for more := true; more; {
		a, err := s.ConnectTasks(b.key, ladderDistrict, service.ConnectQuery{Since: *cursor})
		if err != nil {
			b.t.Fatal(err)
		}
		for _, i := range a.Items {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", i.Op, i.Resident, i.Visitor, i.Why)))
		}
		b.platform.learn(a.Items)
		*cursor, more = a.Cursor, a.More
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestAPlatformIsToldWhatIsToBeDoneAsChanges(t *testing.T) {
	b := newTaskBed(t)
	cursor := ""
	all := b.pull(&cursor)
	if diff := cmp.Diff([]string{"added r00000 v0 planned", "added r00001 v0 planned", "added r00002 v0 planned", "added r00003 v0 planned"}, all); diff != "" {
		t.Fatal(diff)
	}
	first := b.platform.known()
	if again := b.pull(&cursor); len(again) > 0 {
		t.Errorf("nothing has changed, and it is told %v", again)
	}
	b.plan(3) // of which one resident is left out
	added := func(list []string) (out []string) {
		for _, l := range list {
			if !strings.HasPrefix(l, "changed ") { // the others come earlier, or later
				out = append(out, l)
			}
		}
		return out
	}
	if diff := cmp.Diff([]string{"withdrawn"}, added(b.pull(&cursor))); diff != "" {
		t.Error(diff)
	}
	b.plan(4)
	if diff := cmp.Diff([]string{"added r00003 v0 planned"}, added(b.pull(&cursor))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(first, b.platform.known()); diff != "" {
		t.Errorf("the same visits have other ids: %s", diff)
	}
	b.visit("r00000", 2)
	b.at(2, 15, 0)
	b.goOn() // somebody else covers the others
	got := b.pull(&cursor)
	if len(got) != 3 || !slices.Contains(got, "changed r00001 v1 covering") {
		t.Errorf("who covers by a ladder is told as %v", got)
	}
	if acked := one[int64](t, b.owner, `SELECT acked FROM connector`); acked == 0 {
		t.Error("it is not noted what the platform has")
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'connect_task' AND 'r00001' = ANY (ids) AND account = 'a000000000000000c'`); n < 2 {
		t.Errorf("%d rows of the audit tell of r00001", n)
	}
	t.Run("who asks for nothing new has nothing computed anew", func(t *testing.T) {
		s := b.program()
		ask := func() {
			t.Helper()
			a, err := s.ConnectTasks(b.key, ladderDistrict, service.ConnectQuery{Since: cursor})
			if err != nil {
				t.Fatal(err)
			}
			cursor = a.Cursor
		}
		marks := func() int {
			return one[int](t, b.owner, `SELECT count(*)::int FROM connect_task WHERE resident = 'r00001' AND minutes = 99`)
		}
		ask()
		// What is computed anew would mend this.
		if _, err := b.owner.Pool().Exec(t.Context(), `UPDATE connect_task SET minutes = 99 WHERE resident = 'r00001' AND op <> 'withdrawn'`); err != nil {
			t.Fatal(err)
		}
		if ask(); marks() == 0 {
			t.Error("it was computed anew")
		}
		b.plan(4)
		if ask(); marks() > 0 {
			t.Error("with another plan it was not")
		}
	})
	t.Run("what is asked wrongly", func(t *testing.T) {
		s := b.program()
		for name, c := range map[string]struct {
			q    service.ConnectQuery
			want service.Code
		}{
			"a cursor of nobody's": {service.ConnectQuery{Since: "-1"}, service.CodeInvalid}, "no cursor": {service.ConnectQuery{Since: "7x"}, service.CodeInvalid},
			"an area there is not": {service.ConnectQuery{Area: "nowhere"}, service.CodeNotFound},
		} {
			if _, err := s.ConnectTasks(b.key, ladderDistrict, c.q); service.CodeOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.ConnectTasksNamed(b.key, ladderDistrict, "daily_work", service.ConnectQuery{}, &bytes.Buffer{}); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("a key that was not made for names: %v", err)
		}
	})
}

func TestNamesGoToAPlatformAsAFileLeavesTheHouse(t *testing.T) {
	b := newTaskBed(t, "names")
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutResidents(ladderDistrict, []data.Resident{{
			ID: "r00000", Grade: "red", Location: squareAt(0, 0).Bound().Center(), Grid: ladderGrid, MicroGrid: ladderMicro, Minutes: 5,
			Person: data.Person{Name: "某甲", Phone: "13900000000"},
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	s := b.program()
	var out bytes.Buffer
	if err := s.ConnectTasksNamed(b.key, ladderDistrict, "", service.ConnectQuery{}, &out); service.CodeOf(err) != service.CodeInvalid || out.Len() > 0 {
		t.Errorf("without a purpose: %v, %d bytes", err, out.Len())
	}
	if err := s.ConnectTasksNamed(b.key, ladderDistrict, "daily_work", service.ConnectQuery{}, &out); err != nil {
		t.Fatal(err)
	}
	var told service.ConnectTasks
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(told.Items, func(i service.ConnectTask) bool { return i.Resident == "r00000" && i.Name == "某甲" }) {
		t.Errorf("the name is not told: %s", out.Bytes())
	}
	if id := one[string](t, b.owner, `SELECT id FROM export WHERE kind = 'connect-tasks' AND purpose = 'daily_work' AND records > 0`); id != told.Export || !strings.Contains(told.Mark, id) {
		t.Errorf("it left as %q with the mark %q, and is written down as %s", told.Export, told.Mark, id)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE action = 'name' AND object = 'connect_task' AND 'r00000' = ANY (ids)`); n != 1 {
		t.Errorf("%d rows of the audit say that the name was told", n)
	}
	out.Reset()
	tasks, err := s.ConnectTasks(b.key, ladderDistrict, service.ConnectQuery{})
	if err != nil || slices.ContainsFunc(tasks.Items, func(i service.ConnectTask) bool { return i.Name != "" || i.Phone != "" }) {
		t.Errorf("without being asked for, names are told (%v)", err)
	}
	t.Run("over HTTP, to the keys that were made for it", func(t *testing.T) {
		for n, scopes := range map[int][]string{1: {"connect-tasks"}, 2: {"names"}} {
			session := data.Session{ID: fmt.Sprintf("s%016x", n), Account: "a000000000000000c", Kind: data.SessionKey, Stage: data.StageFull, Scopes: scopes, ExpiresAt: time.Now().Add(time.Hour)}
			if err := b.serving.Gate().OpenSession(t.Context(), ladderDistrict, data.Token(fmt.Sprint("key ", n)).Hash(), session); err != nil {
				t.Fatal(err)
			}
		}
		server := httptest.NewServer(api.New(s, ladderDistrict, byToken{b.serving.Gate()}, http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
		defer server.Close()
		for name, c := range map[string]struct {
			key, query string
			want       int
			named      bool
		}{
			"for a purpose":                {"the key of a platform", "?names=true&purpose=daily_work", http.StatusOK, true},
			"for none":                     {"the key of a platform", "?names=true", http.StatusUnprocessableEntity, false},
			"for one that there is not":    {"the key of a platform", "?names=true&purpose=fun", http.StatusUnprocessableEntity, false},
			"not asked for":                {"the key of a platform", "?purpose=daily_work", http.StatusOK, false},
			"a key of tasks alone":         {"key 1", "?names=true&purpose=daily_work", http.StatusForbidden, false},
			"tasks, with a key of those":   {"key 1", "", http.StatusOK, false},
			"a key of names and no tasks":  {"key 2", "?names=true&purpose=daily_work", http.StatusForbidden, false},
			"a key that there is not":      {"key 3", "?names=true&purpose=daily_work", http.StatusUnauthorized, false},
			"of an area that is not there": {"the key of a platform", "?names=true&purpose=daily_work&area=999", http.StatusNotFound, false},
		} {
			before := one[int](t, b.owner, `SELECT count(*)::int FROM export`)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/connect/tasks"+c.query, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+c.key)
			a, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(a.Body)
			if err = errors.Join(err, a.Body.Close()); err != nil {
				t.Fatal(err)
			}
			taken := one[int](t, b.owner, `SELECT count(*)::int FROM export`) - before
			if a.StatusCode != c.want || bytes.Contains(body, []byte("某甲")) != c.named || bytes.Contains(body, []byte("13900000000")) != c.named || (taken == 1) != c.named {
				t.Errorf("%s: %d %s, %d files are written down", name, a.StatusCode, body, taken)
			}
			if c.named && (a.Header.Get("Cache-Control") != "no-store" || !bytes.Contains(body, []byte("sanse-mark:1:"))) {
				t.Errorf("%s: %v, or without a mark", name, a.Header)
			}
		}
	})
}

func TestAReconciliationTellsWhatEitherSideLacks(t *testing.T) {
	b := newTaskBed(t)
	cursor := ""
	b.pull(&cursor)
	b.pull(&cursor) // by which it says that it has all
	var ids []string
	for id, k := range b.platform.tasks {
		if k.Resident == "r00000" && k.Day == "2026-12-02" {
			ids = append(ids, id)
		}
	}
	if len(ids) != 1 {
		t.Fatalf("the tasks are %v", b.platform.known())
	}
	viewer, _ := service.ViewerFrom(b.key).Asking("connect-tasks", "duty_record", service.CapConnect)
	key := service.WithViewer(t.Context(), viewer)
	s := b.program()
	row := func(id, resident, result, task string) service.ConnectIn {
		return service.ConnectIn{Row: connect.Row{"id": id, "resident": resident, "day": "2026-12-02", "result": result, "task": task}}
	}
	b.at(2, 20, 0)
	if _, err := s.ConnectVisits(key, ladderDistrict, "", []service.ConnectIn{row("1", "r00000", "seen", ids[0]), row("2", "r00001", "seen", ""), row("3", "r00002", "not_seen", ""), row("4", "nobody", "seen", "")}); err != nil {
		t.Fatal(err)
	}
	b.visit("r00003", 2)
	b.at(3, 9, 0)
	official := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	own := service.New(b.owner, service.Config{Now: func() time.Time { return b.now }})
	defer own.Close()
	day := planner.NewDate(2026, 12, 2)
	r, err := own.Reconcile(official, ladderDistrict, "", "", day, day)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Counts
	if c.Sent != 4 || c.Acknowledged != 4 || c.Matched != 2 || c.MadeHere != 1 || c.NoVisit != 1 || c.Received != 3 || c.NotSeen != 1 || c.Refused != 1 || c.NoTask != 0 {
		t.Errorf("the figures are %+v", c)
	}
	if len(r.NoVisit) != 1 || r.NoVisit[0].Resident != "r00002" || len(r.Refused) != 1 || r.Refused[0].Code != "not_yours" {
		t.Errorf("behind them stand %+v, %+v", r.NoVisit, r.Refused)
	}
	if _, err := own.Reconcile(official, ladderDistrict, "nobody", "", day, day); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("with a platform that there is not: %v", err)
	}
	if _, err := own.Reconcile(official, ladderDistrict, "", "", day, day+100); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("of a hundred days: %v", err)
	}
	if _, err := s.Reconcile(service.WithViewer(t.Context(), service.Viewer{}), ladderDistrict, "", "", day, day); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("for the public: %v", err)
	}
}
