package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
)

// TestTwoHundredSlowClientsKeepNobodyWaiting has as many clients dribble a byte of
// a head or of a body every second, with the times that serve sets.
func TestTwoHundredSlowClientsKeepNobodyWaiting(t *testing.T) {
	isLong(t)
	h := openHouse(t, "slow", nil)
	log := slog.New(slog.DiscardHandler)
	server := newServer(api.New(h.app.Service, houseCode, api.NewDoor(api.DoorConfig{Entry: h.entry}), http.NotFoundHandler(), log), log)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	const clients = 200
	var ended atomic.Int64
	var all sync.WaitGroup
	for i := range clients {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		start := "GET /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
		if i%2 == 0 {
			start = "POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
		}
		if _, err := io.WriteString(conn, start); err != nil {
			t.Fatal(err)
		}
		gone := make(chan struct{})
		all.Go(func() { // reads until the server has had enough
			defer close(gone)
			defer ended.Add(1)
			_, err := io.Copy(io.Discard, conn)
			_ = err // however it ends: it has ended
		})
		all.Go(func() {
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			defer conn.Close()
			for {
				select {
				case <-gone:
					return
				case <-tick.C:
					if _, err := io.WriteString(conn, "x"); err != nil {
						return
					}
				}
			}
		})
	}
	c := &client{t, "http://" + listener.Addr().String(), h.log}
	for range 20 {
		if a := c.ask("/v1/sign-in"); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if n := ended.Load(); n > 0 {
		t.Errorf("the answers came after %d of the slow clients had gone: were they kept waiting?", n)
	}
	// All are given up within the times of the server, however they go on.
	over := make(chan struct{})
	go func() {
		all.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(6 * readTimeout):
		t.Errorf("%d of %d slow clients are still served", clients-ended.Load(), clients)
	}
}

// TestWhatIsTooMuchIsRefusedBeforeItTakesRoom sends every operation that takes a
// body more than it takes.
func TestWhatIsTooMuchIsRefusedBeforeItTakesRoom(t *testing.T) {
	h := openHouse(t, "huge", nil)
	log := slog.New(slog.DiscardHandler)
	server := httptest.NewUnstartedServer(api.New(h.app.Service, houseCode, api.Fixed(service.Everyone(houseCode)), http.NotFoundHandler(), log))
	server.Config = newServer(server.Config.Handler, log)
	server.Start()
	t.Cleanup(server.Close)
	c := &client{t, server.URL, h.log}

	head := func(name string, bytes int) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, strings.Repeat("x", bytes)) }
	}
	for name, a := range map[string]answer{
		"a header":  c.ask("/v1/sign-in", head("X-Long", 64<<10)),
		"a cookie":  c.ask("/v1/sign-in", head("Cookie", 64<<10)),
		"a address": c.ask("/v1/areas/search?q=" + strings.Repeat("x", 64<<10)),
	} {
		if a.status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s of 64 KiB: %d", name, a.status)
		}
	}
	// One that has no end is not read to its end.
	huge := bytes.Repeat([]byte(" "), 33<<20)
	million := `[` + strings.TrimSuffix(strings.Repeat("0,", 1_000_000), ",") + `]`
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	tried := 0
	doc := described(c)
	for _, op := range c.operations() {
		schema := bodySchema(doc, op)
		if schema == nil || op.audience == "signed_in" { // they have nobody's body read who has no account
			continue
		}
		fields, _ := schema["properties"].(object)
		tried++
		path := strings.NewReplacer("{id}", "1", "{n}", "1", "{job}", "1", "{need}", "N1", "{resident}", "R1").Replace(op.path)
		post := func(body []byte) answer {
			return c.ask(path, func(r *http.Request) {
				r.Method, r.Body, r.ContentLength = op.method, io.NopCloser(bytes.NewReader(body)), int64(len(body))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("If-Match", `"1"`)
			})
		}
		if a := post(huge); a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %s: 33 MiB: %d %s", op.method, op.path, a.status, clip(a.body))
		}
		for name, value := range map[string]string{"a list of a million": million, "lists 10,000 deep": deep} {
			bodies := []string{value}
			for f := range fields {
				bodies = append(bodies, fmt.Sprintf("{%q:%s}", f, value))
			}
			for _, body := range bodies {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				a := post([]byte(body))
				runtime.ReadMemStats(&after)
				if a.status < 400 || a.status >= 500 || len(a.body) > 16<<10 {
					t.Errorf("%s %s: %s: %d, %d bytes of answer", op.method, op.path, name, a.status, len(a.body))
				}
				// The body, read into a buffer that doubles, and no more to speak of.
				if took := after.TotalAlloc - before.TotalAlloc; took > uint64(6*len(body)+4<<20) {
					t.Errorf("%s %s: %s takes %d KiB for %d", op.method, op.path, name, took>>10, len(body)>>10)
				}
			}
		}
	}
	if tried < 20 {
		t.Errorf("%d operations were found to take a body", tried)
	}
}

// bodySchema is what the description says of the body of an operation; nil: it has
// none.
func bodySchema(doc object, op operation) object {
	of := doc["paths"].(object)[op.path].(object)[strings.ToLower(op.method)].(object)
	body, ok := of["requestBody"].(object)
	if !ok {
		return nil
	}
	kind, ok := body["content"].(object)["application/json"].(object)
	if !ok {
		return nil
	}
	return resolved(doc, kind["schema"].(object))
}

// resolved follows a reference of the description.
func resolved(doc, schema object) object {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	return doc["components"].(object)["schemas"].(object)[strings.TrimPrefix(ref, "#/components/schemas/")].(object)
}

func described(c *client) object {
	c.t.Helper()
	return parseJSON(c.t, c.ask("/v1/openapi.json").body)
}
