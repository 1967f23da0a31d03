package service_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/connect"
	"sanse/cmd/sanse/internal/outward"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

const pullSecret = "their-token-of-us-1234"

// teller is a platform that sends nothing and answers when it is asked: rows after a
// cursor, which is how many of them there were, some at a time.
type teller struct {
	rows   []string
	some   int                                          // at a time
	answer func(w http.ResponseWriter, r *http.Request) // nil: as it should be
	asked  []string                                     // cursors
	header http.Header                                  // of the last request
}

// ServeHTTP answers.
func (p *teller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked, p.header = append(p.asked, r.URL.Query().Get("cursor")), r.Header
	if p.answer != nil {
		p.answer(w, r)
		return
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("cursor")) // none: from the beginning
	to := min(from+p.some, len(p.rows))
	fmt.Fprintf(w, `{"rows": [%s], "cursor": "%d", "more": %t}`, strings.Join(p.rows[from:to], ","), to, to < len(p.rows))
}

// pullBed is a platform that is asked, by roles of production.
type pullBed struct {
	*connectBed
	theirs *teller
	url    string
	worker *service.Service
}

func newPullBed(t *testing.T) *pullBed {
	t.Helper()
	b := &pullBed{connectBed: newConnectBed(t), theirs: &teller{some: 5}}
	b.now = b.now.Add(time.Minute) // its key holds from a moment ago
	server := httptest.NewServer(b.theirs)
	t.Cleanup(server.Close)
	b.url = server.URL
	b.worker = b.another(b.store, func() time.Time { return b.now })
	return b
}

// another is a program of its own.
func (b *pullBed) another(store *data.Store, now func() time.Time) *service.Service {
	s := service.New(store, service.Config{Now: now, Outward: outward.New(outward.Options{Loopback: true, Timeout: time.Minute})})
	b.t.Cleanup(s.Close)
	return s
}

// atMachine does what the operator does there.
func (b *pullBed) atMachine(f func(*service.Service) error) {
	b.t.Helper()
	if err := f(b.another(b.owner, func() time.Time { return b.now })); err != nil {
		b.t.Fatal(err)
	}
}

func (b *pullBed) set(kind string) {
	b.t.Helper()
	b.atMachine(func(s *service.Service) error {
		return s.SetPull(b.operator(), lattice, service.Pull{Connector: "gridapp", Kind: kind, URL: b.url + "/told?of=" + kind, Secret: pullSecret, Every: 5 * time.Minute})
	})
}

// run lets time pass and a worker look, and tells how it stands.
func (b *pullBed) run(after time.Duration) data.ConnectPull {
	b.t.Helper()
	b.now = b.now.Add(after)
	if _, err := b.worker.RunPulls(b.t.Context()); err != nil {
		b.t.Error(err)
	}
	return b.state()
}

func (b *pullBed) state() data.ConnectPull {
	b.t.Helper()
	list, err := b.owner.ConnectPulls(b.t.Context(), lattice)
	if err != nil || len(list) == 0 {
		b.t.Fatal(err)
	}
	return list[0]
}

func (b *pullBed) told(id, resident string) string {
	return fmt.Sprintf(`{"id": %q, "resident": %q, "day": %q, "result": "seen", "visitor": "v1"}`, id, resident, b.today)
}

func (b *pullBed) visits() int {
	return one[int](b.t, b.owner, `SELECT count(*)::int FROM visit`)
}

// changed changes the schema under what runs.
func (b *pullBed) changed(sql string) {
	b.t.Helper()
	if _, err := b.owner.Pool().Exec(b.t.Context(), sql); err != nil {
		b.t.Fatal(err)
	}
}

func TestAPlatformThatIsAskedTellsEachVisitOnce(t *testing.T) {
	b := newPullBed(t)
	for i := range 12 {
		b.theirs.rows = append(b.theirs.rows, b.told(fmt.Sprint("n", i), fmt.Sprintf("r%02d0%d", i%6, i/6)))
	}
	b.theirs.rows[7] = b.told("n7", "r0905") // in the east
	b.theirs.rows[9] = `17`
	b.set(data.ConnectVisit)
	p := b.run(0)
	if got := strings.Join(b.theirs.asked, " "); got != " 5 10" {
		t.Errorf("it was asked for what comes after %q", got)
	}
	if p.Reached != "12" || p.Code != "" || p.Stored != 10 || p.Refused != 2 || b.visits() != 10 {
		t.Errorf("it stands at %+v, with %d visits", p, b.visits())
	}
	if h := b.theirs.header; h.Get("Authorization") != "Bearer "+pullSecret || h.Get("Accept") != "application/json" || h.Get("Cookie") != "" {
		t.Errorf("it was asked with %v", h)
	}
	if got := one[string](t, b.owner, `SELECT string_agg(external || ' ' || code, ',') FROM connect_row WHERE status = 'refused'`); got != "n7 not_yours" {
		t.Errorf("refused is %s", got)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM connect_pull WHERE strpos(encode(secret, 'escape'), 'their-token') > 0 OR strpos(encode(token, 'escape'), session) > 0`); n != 0 {
		t.Error("a secret stands in the clear")
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'visit' AND action = 'create' AND account = 'a0000000000000001' AND role = 'service'`); n != 3 {
		t.Errorf("%d rows of the audit tell of what came, in the name of the key", n)
	}
	t.Run("not before its time", func(t *testing.T) {
		asked := len(b.theirs.asked)
		if b.run(4 * time.Minute); len(b.theirs.asked) != asked {
			t.Error("it was asked again")
		}
		b.theirs.rows = append(b.theirs.rows, b.told("n12", "r0002"))
		if p := b.run(time.Minute); p.Reached != "13" || p.Stored != 11 {
			t.Errorf("it stands at %+v", p)
		}
	})
	t.Run("a crash between rows and cursor repeats, and skips nothing", func(t *testing.T) {
		before := b.visits()
		b.theirs.rows = append(b.theirs.rows, b.told("n13", "r0003"))
		b.changed(`ALTER TABLE connect_pull ADD CONSTRAINT dies CHECK (reached = '13')`)
		b.now = b.now.Add(5 * time.Minute)
		if _, err := b.worker.RunPulls(t.Context()); err == nil {
			t.Error("nothing died")
		}
		b.changed(`ALTER TABLE connect_pull DROP CONSTRAINT dies`)
		if n, p := b.visits(), b.state(); n != before+1 || p.Reached != "13" {
			t.Fatalf("%d visits, and it stands at %s", n, p.Reached)
		}
		if p := b.run(time.Minute); p.Reached != "13" {
			t.Error("somebody asked while the turn was another's")
		}
		if p := b.run(2 * time.Minute); p.Reached != "14" || b.visits() != before+1 || p.Same != 1 {
			t.Errorf("it stands at %+v with %d visits", p, b.visits())
		}
	})
	t.Run("a platform that knows no cursor tells all each time", func(t *testing.T) {
		before := b.visits()
		b.theirs.answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"rows": [%s]}`, b.theirs.rows[0]) }
		if p := b.run(time.Hour); p.Reached != "14" || p.Code != "" || b.visits() != before {
			t.Errorf("it stands at %+v", p)
		}
		b.theirs.answer = nil
	})
	t.Run("who is late moves nothing", func(t *testing.T) {
		came, goOn, late := make(chan bool), make(chan bool), make(chan error)
		calls := 0
		b.theirs.answer = func(w http.ResponseWriter, _ *http.Request) {
			if calls++; calls == 1 { // the second waits for the first to have come
				came <- true
				<-goOn
				fmt.Fprint(w, `{"rows": [], "cursor": "late"}`)
				return
			}
			fmt.Fprint(w, `{"rows": [], "cursor": "in time"}`)
		}
		b.now = b.now.Add(time.Hour)
		at := b.now
		slow, next := b.another(b.store, func() time.Time { return at }), b.another(b.store, func() time.Time { return at.Add(3 * time.Minute) })
		go func() {
			_, err := slow.RunPulls(t.Context())
			late <- err
		}()
		<-came
		if b.run(0); calls != 1 {
			t.Error("two asked at once")
		}
		if _, err := next.RunPulls(t.Context()); err != nil || b.state().Reached != "in time" {
			t.Errorf("it stands at %s: %v", b.state().Reached, err)
		}
		goOn <- true
		if err := <-late; err != nil || b.state().Reached != "in time" {
			t.Errorf("it stands at %s: %v", b.state().Reached, err)
		}
		b.now, b.theirs.answer = at.Add(time.Hour), nil
	})
	t.Run("who sees the records of the area is told how it goes", func(t *testing.T) {
		leader := b.seat(7, data.RoleLeader, west, "", "")
		list, err := b.Platforms(leader, lattice, west)
		if err != nil || len(list) != 1 || len(list[0].Pulls) != 1 || list[0].Pulls[0].Taken.IsZero() || list[0].Mail.Came.IsZero() || !list[0].Mail.Asked.IsZero() {
			t.Errorf("%+v: %v", list, err)
		}
		if _, err := b.Platforms(leader, lattice, east); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("elsewhere: %v", err)
		}
		b.rules()
		if status, body := b.ask(b.token, http.MethodGet, "/v1/connect/tasks", nil); status != http.StatusOK {
			t.Fatalf("%d %s %s", status, body, b.log.String())
		}
		if list, err = b.Platforms(leader, lattice, west); err != nil || !list[0].Mail.Asked.Equal(b.now) {
			t.Errorf("%+v: %v", list, err)
		}
	})
	t.Run("begun anew, elsewhere or no more", func(t *testing.T) {
		session := b.state().Session
		if b.set(data.ConnectVisit); b.state().Reached != "in time" {
			t.Error("the same address is begun anew")
		}
		if n := one[int](t, b.owner, `SELECT count(*)::int FROM session WHERE id = $1 AND revoked_at IS NOT NULL`, session); n != 1 {
			t.Error("the session from before is good still")
		}
		b.url += "/elsewhere"
		if b.set(data.ConnectVisit); b.state().Reached != "" {
			t.Error("elsewhere it goes on from where it was here")
		}
		session = b.state().Session
		b.atMachine(func(s *service.Service) error { return s.EndPull(b.operator(), lattice, "gridapp", data.ConnectVisit) })
		if n := one[int](t, b.owner, `SELECT count(*)::int FROM session WHERE id = $1 AND revoked_at IS NOT NULL`, session); n != 1 {
			t.Error("its session is good still")
		}
	})
}

// TestWhatAPlatformAnswersWronglyIsToldAndTriedAgain has it answer all that it should
// not, one after the other.
func TestWhatAPlatformAnswersWronglyIsToldAndTriedAgain(t *testing.T) {
	b := newPullBed(t)
	b.theirs.rows = []string{b.told("n0", "r0000")}
	elsewhere := false
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere = true }))
	t.Cleanup(trap.Close)
	says := func(body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	status := func(code int, to string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(code)
			_, _ = io.WriteString(w, `{"rows": []}`)
		}
	}
	b.set(data.ConnectVisit)
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request)
		code   string
	}{
		{"nobody knows us", status(401, ""), "status_401"},
		{"it is broken", status(503, ""), "status_503"},
		{"it leads to this machine", status(302, trap.URL), "status_302"},
		{"it leads to what the machine is", status(307, "http://169.254.169.254/latest/meta-data"), "status_307"},
		{"a page for people", says(`<html>marker</html>`), "not_json"},
		{"half of an answer", says(`{"rows": [`), "not_json"},
		{"no list", says(`{"rows": {"marker": 1}}`), "no_rows"},
		{"a cursor that is an object", says(`{"rows": [], "cursor": {}}`), "bad_cursor"},
		{"more of what is no word", says(`{"rows": [], "more": "perhaps"}`), "bad_more"},
		{"more rows than are taken", says(`{"rows": [` + strings.Repeat("{},", connect.MaxPullRows) + `{}]}`), "too_many"},
		{"thirty megabytes", func(w http.ResponseWriter, _ *http.Request) {
			for range 30 {
				if _, err := io.WriteString(w, strings.Repeat(" ", 1<<20)); err != nil {
					return // it was hung up
				}
			}
		}, "too_large"},
		{"it hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "unreachable"},
		{"there is always more of the same", says(`{"rows": [], "cursor": "a", "more": true}`), "loops"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.theirs.answer = c.answer
			asked := len(b.theirs.asked)
			p := b.run(2 * time.Hour)
			since := b.now
			if p.Code != c.code || p.Fails != 1 || !p.Failed.Equal(since) || !p.Next.Equal(b.now.Add(10*time.Second)) {
				t.Errorf("it stands at %+v", p)
			}
			if n := len(b.theirs.asked) - asked; n > 2 {
				t.Errorf("it was asked %d times", n)
			}
			b.run(9 * time.Second)
			pause := 20 * time.Second
			for try := 2; try < 5; try++ {
				p = b.run(pause / 2)
				if p.Code != c.code || p.Fails != try || !p.Failed.Equal(since) || !p.Next.Equal(b.now.Add(pause)) {
					t.Errorf("at try %d it stands at %+v", try, p)
				}
				pause *= 2
			}
			b.theirs.answer = nil
			if p = b.run(2 * time.Hour); p.Code != "" || p.Fails != 0 || !p.Failed.IsZero() {
				t.Errorf("mended, it stands at %+v", p)
			}
		})
	}
	if elsewhere {
		t.Error("it was followed")
	}
	t.Run("a platform that never comes to an end is not asked without one", func(t *testing.T) {
		n := 0
		b.theirs.answer = func(w http.ResponseWriter, _ *http.Request) {
			n++
			fmt.Fprintf(w, `{"rows": [], "cursor": "%d", "more": true}`, n%7)
		}
		b.now = b.now.Add(2 * time.Hour)
		for range 30 * 60 / 20 { // half an hour of looks, as jobs look
			b.run(20 * time.Second)
		}
		if n > 40 || b.state().Code != "loops" {
			t.Errorf("it was asked %d times and stands at %+v", n, b.state())
		}
		b.theirs.answer = nil
		if p := b.run(2 * time.Hour); p.Code != "" {
			t.Errorf("mended, it stands at %+v", p)
		}
	})
	t.Run("a platform that does not answer in time", func(t *testing.T) {
		b.theirs.answer = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		b.now = b.now.Add(2 * time.Hour)
		s := service.New(b.store, service.Config{Now: func() time.Time { return b.now }, Outward: outward.New(outward.Options{Loopback: true, Timeout: 20 * time.Millisecond})})
		defer s.Close()
		if _, err := s.RunPulls(t.Context()); err != nil || b.state().Code != "late" {
			t.Errorf("it stands at %+v: %v", b.state(), err)
		}
		b.theirs.answer = nil
	})
	t.Run("a key that is over takes nothing", func(t *testing.T) {
		before := b.visits()
		b.theirs.rows = append(b.theirs.rows, b.told("n1", "r0001"))
		gate := b.store.Gate()
		if err := gate.Disable(t.Context(), lattice, "a0000000000000001", true); err != nil {
			t.Fatal(err)
		}
		if p := b.run(2 * time.Hour); p.Code != "key_over" || b.visits() != before {
			t.Errorf("it stands at %+v", p)
		}
		if err := gate.Disable(t.Context(), lattice, "a0000000000000001", false); err != nil {
			t.Fatal(err)
		}
		if p := b.run(2 * time.Hour); p.Code != "" || b.visits() != before+1 {
			t.Errorf("let in again, it stands at %+v", p)
		}
	})
	t.Run("what cannot be set", func(t *testing.T) {
		s := b.another(b.owner, func() time.Time { return b.now })
		good := service.Pull{Connector: "gridapp", Kind: data.ConnectVisit, URL: b.url, Secret: pullSecret, Every: time.Minute}
		for name, change := range map[string]func(*service.Pull){
			"address": func(p *service.Pull) { p.URL = "http://platform.example/" }, "secret": func(p *service.Pull) { p.Secret = "marker\nmarker marker" },
			"every": func(p *service.Pull) { p.Every = time.Second }, "kind": func(p *service.Pull) { p.Kind = "alarm" },
		} {
			p := good
			change(&p)
			if err := s.SetPull(b.operator(), lattice, p); service.CodeOf(err) != service.CodeInvalid || !strings.HasPrefix(service.MessageOf(err), name+":") || strings.Contains(err.Error(), "marker") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.SetPull(t.Context(), lattice, good); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("by anybody: %v", err)
		}
	})
}

func TestCasesOfAPlatformThatIsAskedAreOpenedAtTheDesk(t *testing.T) {
	b := newPullBed(t)
	b.atMachine(func(s *service.Service) error {
		return s.SetMapping(b.operator(), lattice, "gridapp", 0, connect.Mapping{Pull: &connect.Pulls{
			Cases: &connect.Pull{Rows: "data.list", Cursor: "data.last", More: "data.hasMore", Parameter: "since", Signed: true},
		}})
	})
	row := func(id, resident, stage string, minute int) string {
		return fmt.Sprintf(`{"id": %q, "resident": %q, "kind": "general", "stage": %q, "text": "灯坏了", "at": %q}`, id, resident, stage, b.now.Add(time.Duration(minute)*time.Minute).Format(time.RFC3339))
	}
	var asked []string
	answers := map[string]string{
		"":   fmt.Sprintf(`{"data": {"list": [%s, %s], "last": 41, "hasMore": 1}}`, row("1", "r0000", "call", 0), row("2", "r0905", "call", 0)),
		"41": fmt.Sprintf(`{"data": {"list": [%s], "last": 42, "hasMore": 0}}`, row("1", "r0000", "handling", 20)),
	}
	b.theirs.answer = func(w http.ResponseWriter, r *http.Request) {
		since := r.URL.Query().Get("since")
		asked = append(asked, since)
		if err := connect.Verify([]byte(pullSecret), b.now, r.Header.Get(connect.HeaderTimestamp), r.Header.Get(connect.HeaderSignature), []byte(r.URL.RequestURI())); err != nil {
			t.Error(err)
		}
		if r.Header.Get("Authorization") != "" || r.URL.Query().Get("of") != data.ConnectCase {
			t.Errorf("it was asked %s with %v", r.URL.RawQuery, r.Header)
		}
		_, _ = io.WriteString(w, answers[since])
	}
	b.set(data.ConnectCase)
	p := b.run(0)
	if strings.Join(asked, " ") != " 41" || p.Reached != "42" || p.Stored != 2 || p.Refused != 1 {
		t.Errorf("asked %q, it stands at %+v", asked, p)
	}
	if got := one[string](t, b.owner, `SELECT string_agg(resident || ' ' || stage || ' ' || opened_by, ',') FROM incident`); got != "r0000 handling a0000000000000001" {
		t.Errorf("the cases are %s", got)
	}
}
