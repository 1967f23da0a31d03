package data_test

import (
	"context"
	"sync/atomic"
	"testing"

	"sanse/data"
	"sanse/data/datatest"
)

// BenchmarkRecord is what it costs to record a look, one statement in its own
// transaction, beside a statement that reads one row: by one writer, and by eight
// at once while a linker chains what they write.
func BenchmarkRecord(b *testing.B) {
	s := datatest.New(b)
	e := data.Event{Action: data.ActRead, Object: "resident", IDs: []string{"r1", "r2", "r3"}, Account: "a0123456789abcdef", Session: "s0123456789abcdef", Role: "official"}
	b.Run("one row is read", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Pool().Exec(b.Context(), `SELECT code FROM district WHERE code = $1`, code); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one writer", func(b *testing.B) {
		for b.Loop() {
			if err := s.Record(b.Context(), code, e); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("eight writers and a linker", func(b *testing.B) {
		ctx, stop := context.WithCancel(b.Context())
		var linked atomic.Int64
		done := make(chan struct{})
		go func() {
			defer close(done)
			for l := s.Linker(code); ctx.Err() == nil; {
				n, _, err := l.Link(ctx)
				if err != nil && ctx.Err() == nil {
					b.Error(err)
					return
				}
				linked.Add(int64(n))
			}
		}()
		b.SetParallelism(4)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := s.Record(b.Context(), code, e); err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.StopTimer()
		stop()
		<-done
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("verifying", func(b *testing.B) {
		var rows int64
		for b.Loop() {
			check, err := s.VerifyAudit(b.Context(), code)
			if err != nil || check.Broken != nil {
				b.Fatal(err, check.Broken)
			}
			rows += check.Rows + check.Unlinked
		}
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	})
}
