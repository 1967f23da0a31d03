package streetapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"sanse/cmd/sanse/internal/streetapi"
)

// spread is so many coordinates over the town.
func spread(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = coordinate(float64(i%40)*10, float64(i/40%40)*10)
	}
	return strings.Join(out, ";")
}

func TestATableEndsWhenItsAskerGoes(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, streetapi.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	ctx, cancel := context.WithCancel(t.Context())
	body := strings.NewReader("coordinates=" + spread(1000))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/table/v1/foot", body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.Copy(io.Discard, res.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("the rest came all the same: %v", err)
	}
	// The next one is answered as if nothing had been.
	s.ok("/table/v1/foot/" + corners)
	if log.Len() > 0 {
		t.Errorf("logged: %s", log.String())
	}
}

func TestManyAskAtOnceAndEachGetsTheirOwn(t *testing.T) {
	s := serve(t, streetapi.Options{})
	paths := []string{
		"/table/v1/foot/" + corners + "?annotations=duration,distance", "/route/v1/foot/" + corners + "?steps=true&language=en", "/nearest/v1/car/104.3,30.8?number=4",
		"/table/v1/e-bike/" + corners, "/route/v1/car/" + corners + "?overview=full&annotations=true", "/table/v1/wheelchair/" + corners,
	}
	want := make([]string, len(paths))
	for i, p := range paths {
		_, _, data := s.send(http.MethodGet, p, "")
		want[i] = string(data)
	}
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 30 {
				k := (g + i) % len(paths)
				res, err := http.Get(s.url + paths[k])
				if err != nil {
					t.Error(err)
					return
				}
				data, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || string(data) != want[k] {
					t.Errorf("%s: %v %.200s, want %.200s", paths[k], err, data, want[k])
				}
			}
		})
	}
	wait.Wait()
}

func TestNothingOfTheAskersIsLogged(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, streetapi.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for _, path := range []string{
		"/route/v1/foot/" + corners, "/route/v1/foot/104.301,30.802;2.3,48.9", "/table/v1/foot/104.301,30.802;104.302,nowhere",
		"/nearest/v1/foot/104.301,30.802?number=x",
	} {
		s.get(path)
	}
	s.ask(http.MethodPost, "/isochrones/foot", fmt.Sprintf(`{"locations":[%s],"range":[x]}`, where(10, 10)))
	if log.Len() > 0 {
		t.Errorf("logged: %s", log.String())
	}
}
