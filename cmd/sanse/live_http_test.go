package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sanse/data"
)

// events reads a stream of events.
type events struct {
	t    *testing.T
	resp *http.Response
	scan *bufio.Scanner
	stop context.CancelFunc
}

// listen opens the stream of a day.
func (b *browser) listen(path string, change ...func(*http.Request)) *events {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.t.Context(), time.Minute)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	for _, f := range change {
		f(req)
	}
	resp, err := b.http.Do(req)
	if err != nil {
		stop()
		b.t.Fatal(err)
	}
	e := &events{b.t, resp, bufio.NewScanner(resp.Body), stop}
	b.t.Cleanup(e.end)
	return e
}

func (e *events) end() {
	e.stop()
	_ = e.resp.Body.Close()
}

// next is the next event of that name, with its id; of others only the clock may come before.
func (e *events) next(want string) (id, text string) {
	e.t.Helper()
	name := ""
	for e.scan.Scan() {
		field, value, _ := strings.Cut(e.scan.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			text = value
		case "":
			if name == want {
				return id, text
			}
			if name != "time" && name != "" {
				e.t.Fatalf("event %s: %s, want %s", name, clip(text), want)
			}
			id, name, text = "", "", ""
		}
	}
	e.t.Fatalf("the stream ended before %s: %v", want, e.scan.Err())
	return "", ""
}

// A day is told at once and at each change, to who answers for it, until their session ends.
func TestADayIsFollowedAsLongAsASessionHolds(t *testing.T) {
	h := openHouse(t, "live", nil)
	h.add("qu.zhang", grant(data.RoleOfficial, houseCode))
	h.add("zhen.zhang", grant(data.RoleOfficial, townCode))
	n := 0
	report := func(area string) {
		t.Helper()
		n++
		c := data.Case{ID: fmt.Sprintf("k%016x", n), Kind: "general", Source: "above", Area: area, Level: data.CaseGrid, Stage: data.CaseCall, Opened: time.Now(), Deadline: time.Now().Add(time.Hour)}
		if err := h.app.Store.Write(t.Context(), func(tx *data.Tx) error { return tx.OpenCases(houseCode, []data.Case{c}) }); err != nil {
			t.Fatal(err)
		}
	}
	report(townCode)
	district, town := h.browser(), h.browser()
	me := district.signIn("qu.zhang", password)
	town.signIn("zhen.zhang", password)

	// Without the wish for a stream it is an answer like any other.
	whole := district.must(http.MethodGet, "/v1/live", nil)
	if whole["area"].(object)["code"] != houseCode || whole["totals"].(object)["cases"] != 1.0 || whole["plan"] != false || whole["at"] == nil || len(list(whole["children"])) != 2 {
		t.Errorf("the day is %v", whole)
	}
	h.browser().refused(http.StatusUnauthorized, http.MethodGet, "/v1/live", nil, with("Accept", "text/event-stream"))
	town.refused(http.StatusForbidden, http.MethodGet, "/v1/live", nil, with("Accept", "text/event-stream"))
	district.refused(http.StatusNotFound, http.MethodGet, "/v1/live?area="+houseCode+"999", nil, with("Accept", "text/event-stream"))

	one, two := district.listen("/v1/live"), town.listen("/v1/live?area="+townCode)
	if got := one.resp.Header; got.Get("Content-Type") != "text/event-stream" || got.Get("Content-Encoding") != "" || got.Get("Cache-Control") != "no-store" {
		t.Errorf("the head of a stream is %v", got)
	}
	first, said := one.next("state")
	if day := parseJSON(t, said); first == "" || day["totals"].(object)["cases"] != 1.0 || day["at"] != nil {
		t.Errorf("event %s is %s", first, said)
	}
	_, before := two.next("state")
	report(houseCode + "002")
	second, said := one.next("state")
	if parseJSON(t, said)["totals"].(object)["cases"] != 2.0 || second == first {
		t.Errorf("event %s after %s is %s", second, first, said)
	}
	report(townCode)
	// Of what happened elsewhere the town is told nothing: the next event is of its own.
	_, after := two.next("state")
	if parseJSON(t, before)["totals"].(object)["cases"] != 1.0 || parseJSON(t, after)["totals"].(object)["cases"] != 2.0 {
		t.Errorf("the town is told %s and then %s", before, after)
	}
	third, _ := one.next("state")

	// Whoever comes back with what they had is told what is new, and nothing else.
	back := district.listen("/v1/live", with("Last-Event-ID", third))
	report(townCode)
	if id, said := back.next("state"); id == third || parseJSON(t, said)["totals"].(object)["cases"] != 4.0 {
		t.Errorf("back again the first event is %s: %s", id, said)
	}
	late := district.listen("/v1/live", with("Last-Event-ID", first))
	if id, _ := late.next("state"); id == first {
		t.Error("what changed meanwhile is not told")
	}
	one.next("state")
	two.next("state")

	// Of a session that was ended, from elsewhere, no state comes any more.
	other := h.browser()
	other.signIn("qu.zhang", password)
	other.must(http.MethodDelete, "/v1/sessions/"+text(me["session"]), nil)
	report(townCode)
	if _, why := one.next("end"); why != "over" {
		t.Errorf("the stream ended as %q", why)
	}
	if one.scan.Scan() {
		t.Errorf("after the end comes %q", one.scan.Text())
	}
	two.next("state")
	h.app.Service.EndLive()
	if _, why := two.next("end"); why != "closing" {
		t.Errorf("as the server stops the stream ended as %q", why)
	}
	other.refused(http.StatusTooManyRequests, http.MethodGet, "/v1/live", nil, with("Accept", "text/event-stream"))
}
