package service_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// perSecond is a province's morning: a record a request, whether or not the one
// before has been answered.
const perSecond = 500

// hands is how many people record them.
const hands = 600

// crowd has 40,000 more residents live where one does, and returns them: in a
// morning nobody is seen twice.
func (b *recordBed) crowd(t testing.TB) []string {
	t.Helper()
	return one[[]string](t, b.owner, `WITH added AS (INSERT INTO resident
		SELECT (jsonb_populate_record(r, jsonb_build_object('id', 'c' || n))).* FROM resident r, generate_series(1, 40000) n
		WHERE r.district = $1 AND r.id = 'r0000' RETURNING id) SELECT array_agg(id ORDER BY id) FROM added`, lattice)
}

// BenchmarkRecords takes records at a steady rate, through HTTP into the database,
// while those that came are judged; an operation is a second of it (-benchtime 60x is a minute). It reports how long
// answers took.
func BenchmarkRecords(b *testing.B) {
	bed := newRecordBed(b)
	var phones []http.Handler
	for i := range hands {
		ctx := bed.seat(i+1, data.RoleLeader, lattice+"001", "", "")
		phones = append(phones, api.New(bed.Service, lattice, api.Fixed(service.ViewerFrom(ctx)), http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	}
	homes := bed.crowd(b)
	var mu sync.Mutex
	var took []time.Duration
	failed := 0
	ask := func(i int) {
		body := fmt.Sprintf(`{"sent":%q,"records":[{"id":%q,"resident":%q,"arrived":%q,"no_code":"no_camera","result":"seen","form":"reference-1","answers":{"health":"good","meals":"regular","family":"in_touch","water":"fine","power":"fine","gas":"fine"},"text":"一切都好"}]}`,
			bed.now.Format(time.RFC3339), uuid.NewString(), homes[i%len(homes)], bed.now.Add(-time.Duration(i%600)*time.Second).Format(time.RFC3339))
		req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "http://localhost/v1/records", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		begun := time.Now()
		phones[i%hands].ServeHTTP(w, req)
		d := time.Since(begun)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
		if !strings.Contains(w.Body.String(), `"status":"stored"`) {
			failed++
		}
	}
	ask(0) // the boundaries are read
	var tending sync.WaitGroup
	tending.Go(func() { bed.TendRecords(b.Context(), lattice) })
	b.Cleanup(tending.Wait)
	took = took[:0]
	var answers sync.WaitGroup
	b.ResetTimer()
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	due := time.Now()
	for i := range b.N * perSecond {
		due = due.Add(time.Second / perSecond)
		for time.Now().Before(due) { // a tick that was missed is made up for
			<-tick.C
		}
		answers.Go(func() { ask(i) })
	}
	answers.Wait()
	b.StopTimer()
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))]) / float64(time.Millisecond)
	}
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "records/s")
	if failed > 0 {
		b.Errorf("%d of %d were not stored", failed, len(took))
	}
}
