package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// BenchmarkSecurity asks the same of the program twice, in turns: as it serves, and
// without what guards it. It tells of each path what part of the throughput that
// costs: 1 - (processor time of a request without) / (processor time with), of the
// program, its clients and the database.
//
//	go test ./cmd/sanse -run '^$' -bench Security -benchtime 1x
//
// As it serves: the three roles under row-level security, sessions in cookies
// through the door with its rates, the word of the session with what is written, and
// the audit, chained all the while. Without: the owner of the tables, under no
// policy; everybody let in as who they say they are; and an audit that throws away
// what it is told (a rule of the database), so that the statement is still sent.
// Sealed columns and headers are there in both: what a seal costs stands beside
// BenchmarkValue.
func BenchmarkSecurity(b *testing.B) {
	c := newCost(b)
	for b.Loop() {
		c.run()
	}
	for _, p := range c.paths {
		name := strings.ReplaceAll(p.name, " ", "-")
		with, without := p.median(0), p.median(1)
		b.ReportMetric(100*(1-without.cpu/with.cpu), name+"-%")
		b.Logf("%-22s processor %7.1f µs with (database %6.1f), %7.1f µs without (%6.1f): %5.1f %% of the throughput (by the clock %5.1f %%)",
			p.name, with.cpu, with.database, without.cpu, without.database, 100*p.lost(func(s measured) float64 { return s.cpu }), 100*p.lost(func(s measured) float64 { return s.wall }))
	}
}

const (
	costClients = 8               // who ask at once
	costRounds  = 7               // of which the median is taken
	costRound   = time.Second / 2 // how long one is, about
)

// cost is the program with and without what guards it.
type cost struct {
	b       *testing.B
	code    string
	sides   [2]*costSide
	paths   []*costPath
	master  string // process id of the database
	visitor string // who has visits on date
	date    string
	grid    string
	// resident is one of those visited that day.
	resident string
	seen     []string // residents of the community of grid
}

// costSide is one of the two programs.
type costSide struct {
	address string
	tokens  map[string][]data.Token // by role, one for each client
	tiles   map[string]string       // addresses of sets
}

// costPath is what is asked again and again.
type costPath struct {
	name string
	as   string
	// request is the nth of a client to one of the sides: a path, and what is sent.
	request func(side *costSide, n int) (path, body string)
	n       int // of all clients so far
	samples [2][]measured
}

// measured is what a request took on the mean of a round, in microseconds.
type measured struct{ cpu, database, wall float64 }

func (p *costPath) median(side int) measured {
	mid := func(of func(measured) float64) float64 {
		all := make([]float64, len(p.samples[side]))
		for i, s := range p.samples[side] {
			all[i] = of(s)
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return measured{mid(func(s measured) float64 { return s.cpu }), mid(func(s measured) float64 { return s.database }), mid(func(s measured) float64 { return s.wall })}
}

// lost is the median over the rounds of the part of the throughput that is lost.
func (p *costPath) lost(of func(measured) float64) float64 {
	all := make([]float64, len(p.samples[0]))
	for i := range all {
		all[i] = 1 - of(p.samples[1][i])/of(p.samples[0][i])
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func newCost(b *testing.B) *cost {
	today := planner.DateOf(time.Now().In(time.FixedZone("CST", 8*3600)))
	d, err := demo("cost", "cost", false, "--residents", "400", "--start", today.String(), "--days", "14")
	if err != nil || d.code != exitDone {
		b.Fatal(err, d.err)
	}
	shared, err := sharedCluster()
	if err != nil {
		b.Fatal(err)
	}
	c := &cost{b: b}
	c.sql(shared.DSN("postgres"), `CREATE DATABASE cost_open TEMPLATE cost`)
	c.sql(shared.DSN("cost_open"), `CREATE RULE unrecorded AS ON INSERT TO audit DO INSTEAD NOTHING`)
	var plan struct {
		Itineraries []planner.Itinerary
	}
	var problem planner.Problem
	for name, into := range map[string]any{"plan.json": &plan, "problem.json": &problem} {
		if err := json.Unmarshal([]byte(readText(b, d.file(name))), into); err != nil {
			b.Fatal(err)
		}
	}
	c.settle(&problem, plan.Itineraries)
	var folder string
	conn := c.connect(d.bed.dsn)
	if err := conn.QueryRow(b.Context(), `SHOW data_directory`).Scan(&folder); err != nil {
		b.Fatal(err)
	}
	if err := conn.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	pid, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
	if err != nil {
		b.Fatalf("the database is not on this machine: %v", err)
	}
	c.master, _, _ = strings.Cut(string(pid), "\n")
	c.guarded(d.bed.dsn)
	c.open(shared.DSN("cost_open"))
	c.ask()
	return c
}

func (c *cost) connect(dsn string) *pgx.Conn {
	conn, err := pgx.Connect(c.b.Context(), dsn)
	if err != nil {
		c.b.Fatal(err)
	}
	return conn
}

func (c *cost) sql(dsn, statement string) {
	conn := c.connect(dsn)
	_, err := conn.Exec(c.b.Context(), statement)
	if err = errors.Join(err, conn.Close(c.b.Context())); err != nil {
		c.b.Fatal(err)
	}
}

// settle finds the visitor of one grid with the most visits on a day.
func (c *cost) settle(problem *planner.Problem, itineraries []planner.Itinerary) {
	c.code = problem.District
	scope := map[string]string{}
	for i := range problem.Visitors {
		if v := &problem.Visitors[i]; len(v.Scope) == 1 && len(v.Scope[0]) == 15 {
			scope[v.ID] = v.Scope[0]
		}
	}
	most := 0
	for _, it := range itineraries {
		if grid := scope[it.Visitor]; grid != "" && len(it.Stops) > most && it.Stops[0].Resident != "" {
			most, c.visitor, c.date, c.grid, c.resident = len(it.Stops), it.Visitor, it.Date.String(), grid, it.Stops[0].Resident
		}
	}
	for i := range problem.Residents {
		if r := &problem.Residents[i]; most > 0 && strings.HasPrefix(r.Grid, c.grid[:12]) {
			c.seen = append(c.seen, r.ID)
		}
	}
	if len(c.seen) == 0 {
		c.b.Fatal("nobody visits anybody")
	}
	c.b.Logf("a day with %d stops, a community of %d residents", most, len(c.seen))
}

// roles are those who ask.
func (c *cost) roles() map[string]data.Grant {
	return map[string]data.Grant{
		"worker": {Role: data.RoleWorker}, "leader": {Role: data.RoleLeader, Area: c.grid[:12]}, "official": {Role: data.RoleOfficial, Area: c.code},
	}
}

// seat opens a session of somebody for each client.
func (c *cost) seat(gate *data.Gate, side *costSide) map[string]data.Seated {
	b, ctx := c.b, c.b.Context()
	out := map[string]data.Seated{}
	id := func(letter string) string {
		v, err := auth.NewID(letter)
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
	for role, g := range c.roles() {
		for n := range costClients {
			a := data.Account{ID: id("a"), Login: fmt.Sprint(role, n), Name: "x"}
			if g.Role == data.RoleWorker {
				a.Visitor = c.visitor
			}
			g.Account, g.From, g.GivenBy = a.ID, time.Now().Add(-time.Hour), "os:test"
			if err := gate.PutAccount(ctx, c.code, a); err != nil {
				b.Fatal(err)
			}
			if _, err := gate.Give(ctx, c.code, g); err != nil {
				b.Fatal(err)
			}
			random := make([]byte, 32)
			if _, err := rand.Read(random); err != nil {
				b.Fatal(err)
			}
			token := data.Token(base64.RawURLEncoding.EncodeToString(random))
			s := data.Session{ID: id("s"), Account: a.ID, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(12 * time.Hour), Idle: 30 * time.Minute}
			if err := gate.OpenSession(ctx, c.code, token.Hash(), s); err != nil {
				b.Fatal(err)
			}
			side.tokens[role] = append(side.tokens[role], token)
			seated, err := gate.Seat(ctx, token.Hash())
			if err != nil {
				b.Fatal(err)
			}
			out[role] = seated
		}
	}
	return out
}

// guarded serves as the program does.
func (c *cost) guarded(dsn string) {
	b := c.b
	dsns, err := data.DSNsFor(dsn)
	if err != nil {
		b.Fatal(err)
	}
	keys, err := data.OpenKeys(filepath.Join(home, "key.json"))
	if err != nil {
		b.Fatal(err)
	}
	store, err := data.OpenServing(b.Context(), dsns, keys)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	side := &costSide{tokens: map[string][]data.Token{}}
	c.seat(store.Gate(), side)
	// The rates are counted by a clock that runs fast, and hold nobody up.
	start := time.Now()
	door := api.NewDoor(api.DoorConfig{
		Entry: auth.New(auth.Config{District: c.code, Name: "Sanse", Store: store.Gate(), Record: store.Record}),
		Now:   func() time.Time { return start.Add(1000 * time.Since(start)) },
	})
	svc := service.New(store, service.Config{})
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	var chaining sync.WaitGroup
	chaining.Go(func() { svc.ChainAudit(ctx, c.code) })
	b.Cleanup(func() {
		stop()
		chaining.Wait()
		svc.Close()
	})
	c.sides[0] = c.serve(side, svc, door)
}

// open serves without what guards it: who asks says who they are.
func (c *cost) open(dsn string) {
	b := c.b
	a, err := app.Open(b.Context(), app.Config{Home: home, DatabaseURL: dsn})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	side := &costSide{tokens: map[string][]data.Token{}}
	who := believed{}
	for role, seated := range c.seat(a.Store.Gate(), side) {
		v := service.ViewerOf(seated, "")
		v.Account, v.Session, v.Address = "", "", ""
		who[role] = v
	}
	c.sides[1] = c.serve(side, a.Service, who)
}

// believed takes everybody for who they say they are.
type believed map[string]service.Viewer

// Viewer implements api.Access.
func (w believed) Viewer(r *http.Request) (service.Viewer, error) {
	return w[r.Header.Get("X-Role")], nil
}

func (c *cost) serve(side *costSide, svc *service.Service, access api.Access) *costSide {
	server := httptest.NewServer(api.New(svc, c.code, access, http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	c.b.Cleanup(server.Close)
	side.address, side.tiles = server.Listener.Addr().String(), map[string]string{}
	asker := c.newAsker(side, "official", 0).plain()
	defer asker.close()
	for _, set := range []string{"ground", "cells"} {
		status, body := asker.ask("/v1/tiles/"+set+".json", "")
		var d struct {
			Tiles []string
		}
		if err := json.Unmarshal(body, &d); err != nil || status != http.StatusOK {
			c.b.Fatal(status, err, string(body))
		}
		side.tiles[set] = strings.TrimPrefix(d.Tiles[0], "http://localhost")
	}
	return side
}

// asker is one client: a connection, from an address of its own, that says little
// more than it has to, so that what is measured is the program.
type asker struct {
	b    *testing.B
	conn net.Conn
	in   *bufio.Reader
	head string
	out  bytes.Buffer
}

func (c *cost) newAsker(side *costSide, role string, n int) *asker {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(n+1))}}
	conn, err := dialer.DialContext(c.b.Context(), "tcp", side.address)
	if err != nil {
		c.b.Fatal(err)
	}
	token := side.tokens[role][n]
	return &asker{b: c.b, conn: conn, in: bufio.NewReader(conn), head: fmt.Sprintf(
		"Host: localhost\r\nAccept-Encoding: gzip\r\nX-Role: %s\r\nCookie: sanse=%s\r\nX-Sanse-CSRF: %s\r\n", role, token.Reveal(), auth.CSRFOf(token))}
}

// plain asks for answers that are not compressed.
func (a *asker) plain() *asker {
	a.head = strings.Replace(a.head, "gzip", "identity", 1)
	return a
}

func (a *asker) close() {
	if err := a.conn.Close(); err != nil {
		a.b.Error(err)
	}
}

// ask sends a request, a PUT or a POST if there is anything to send, and reads the answer.
func (a *asker) ask(path, body string) (status int, text []byte) {
	a.out.Reset()
	if body == "" {
		fmt.Fprintf(&a.out, "GET %s HTTP/1.1\r\n%s\r\n", path, a.head)
	} else {
		method := http.MethodPut
		if path == "/v1/records" {
			method = http.MethodPost
		}
		fmt.Fprintf(&a.out, method+" %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, a.head, len(body), body)
	}
	if _, err := a.conn.Write(a.out.Bytes()); err != nil {
		a.b.Error(err)
		return 0, nil
	}
	resp, err := http.ReadResponse(a.in, nil)
	if err != nil {
		a.b.Error(err)
		return 0, nil
	}
	text, err = io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		a.b.Error(err)
	}
	return resp.StatusCode, text
}

// ask says what is asked.
func (c *cost) ask() {
	tile := func(set string, of func(n int) maptile.Tile) func(*costSide, int) (string, string) {
		return func(side *costSide, n int) (string, string) { return tileAt(side.tiles[set], of(n)), "" }
	}
	centre := c.centre()
	fixed := func(z maptile.Zoom) func(int) maptile.Tile {
		at := maptile.At(centre, z)
		return func(int) maptile.Tile { return at }
	}
	// Each once.
	fresh := func(n int) maptile.Tile {
		at := maptile.At(centre, 19)
		return maptile.Tile{Z: 19, X: at.X - 150 + uint32(n%300), Y: at.Y - 150 + uint32(n/300%300)}
	}
	c.paths = []*costPath{
		{name: "ground tile", as: "official", request: tile("ground", fixed(14))},
		{name: "ground tile, new", as: "official", request: tile("ground", fresh)},
		{name: "cells tile", as: "official", request: tile("cells", fixed(11))},
		{name: "day", as: "worker", request: func(*costSide, int) (string, string) {
			return "/v1/visitors/" + c.visitor + "/day?date=" + c.date, ""
		}},
		{name: "today", as: "worker", request: func(*costSide, int) (string, string) {
			return "/v1/today?visitor=" + c.visitor + "&date=" + c.date, ""
		}},
		{name: "person", as: "leader", request: func(_ *costSide, n int) (string, string) {
			return "/v1/residents/" + c.seen[n%len(c.seen)] + "/person", ""
		}},
		{name: "record", as: "worker", request: func(*costSide, int) (string, string) {
			now := time.Now().UTC()
			return "/v1/records", fmt.Sprintf(`{"sent":%q,"records":[{"id":%q,"resident":%q,"arrived":%q,"left":%q,"no_code":"no_camera","result":"seen","form":"reference-1","answers":{"health":"good"}}]}`,
				now.Format(time.RFC3339), uuid.NewString(), c.resident, now.Add(-20*time.Minute).Format(time.RFC3339), now.Add(-10*time.Minute).Format(time.RFC3339))
		}},
		{name: "consent", as: "leader", request: func(_ *costSide, n int) (string, string) {
			return "/v1/residents/" + c.seen[n%len(c.seen)] + "/consent", `{"purpose":"care","given":true,"how":"spoken"}`
		}},
	}
	if only := os.Getenv("SANSE_COST"); only != "" { // while one path is worked on
		c.paths = slices.DeleteFunc(c.paths, func(p *costPath) bool { return !strings.Contains(p.name, only) })
	}
}

// centre is a place in the middle of the district.
func (c *cost) centre() orb.Point {
	asker := c.newAsker(c.sides[0], "official", 0).plain()
	defer asker.close()
	_, body := asker.ask("/v1/tiles/ground.json", "")
	var d struct{ Center [3]float64 }
	if err := json.Unmarshal(body, &d); err != nil {
		c.b.Fatal(err)
	}
	return orb.Point{d.Center[0], d.Center[1]}
}

// run asks all paths of both sides, in turns.
func (c *cost) run() {
	for _, p := range c.paths {
		p.samples = [2][]measured{}
		// The first requests read what is kept afterwards, and tell how many a round
		// takes.
		each := 2
		for took := time.Duration(0); took < costRound/4 && each < 1<<16; each *= 2 {
			took = 0
			for side := range c.sides {
				start := time.Now()
				c.round(p, side, each)
				took = max(took, time.Since(start))
			}
		}
		each = max(each, 4)
		for r := range costRounds {
			for i := range c.sides {
				side := i ^ r&1
				p.samples[side] = append(p.samples[side], c.round(p, side, each))
			}
		}
	}
}

// round has every client ask so many times.
func (c *cost) round(p *costPath, side, each int) measured {
	first := p.n
	if side == 1 && len(p.samples[0]) > len(p.samples[1]) || side == 0 && len(p.samples[1]) > len(p.samples[0]) {
		first -= costClients * each // the second of a pair asks what the first did
	} else {
		p.n += costClients * each
	}
	askers := make([]*asker, costClients)
	for n := range askers {
		askers[n] = c.newAsker(c.sides[side], p.as, n)
	}
	began, program, database := time.Now(), c.program(), c.database()
	var work sync.WaitGroup
	for n, a := range askers {
		work.Go(func() {
			for k := range each {
				path, body := p.request(c.sides[side], first+k*costClients+n)
				if status, text := a.ask(path, body); status/100 != 2 || bytes.Contains(text, []byte(`"status":"refused"`)) {
					c.b.Errorf("%s: %d %s", path, status, clip(string(text)))
					return
				}
			}
		})
	}
	work.Wait()
	took := time.Since(began)
	program, database = c.program()-program, c.database()-database
	for _, a := range askers {
		a.close()
	}
	of := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(each*costClients) }
	return measured{cpu: of(program + database), database: of(database), wall: of(took)}
}

// program is the processor time of this process.
func (c *cost) program() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		c.b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// database is the processor time of the database's processes.
func (c *cost) database() (sum time.Duration) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		c.b.Fatal(err)
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// After the name in brackets: state, parent, ….
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if fields[1] != c.master {
			continue
		}
		// The first figure is nanoseconds on a processor.
		text, err = os.ReadFile(filepath.Join(filepath.Dir(path), "schedstat"))
		if err != nil {
			continue
		}
		spent, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseInt(spent, 10, 64)
		if err != nil {
			c.b.Fatal(err)
		}
		sum += time.Duration(n)
	}
	return sum
}
