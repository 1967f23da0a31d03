package seal_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"sanse/data/seal"
)

// processor returns the time that this process has computed, which says more than
// the clock on a machine that others use too.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkValue seals and opens a text of the length of an address: directly
// with the key file's key, as before there were data keys, and with a data key of
// each suite.
func BenchmarkValue(b *testing.B) {
	f, err := seal.OpenFile(filepath.Join(b.TempDir(), "key.json"))
	if err != nil {
		b.Fatal(err)
	}
	direct, err := seal.New(seal.AES, f.Own())
	if err != nil {
		b.Fatal(err)
	}
	text := []byte("青白江区大弯街道一路1号2单元301")
	place := seal.Place("resident", "address", "510113", "r000123")
	for _, bench := range []struct {
		name  string
		suite seal.Suite
		seal  func(seal.Suite) ([]byte, error)
	}{
		{"direct", direct, func(s seal.Suite) ([]byte, error) { return s.Seal(text, place) }},
		{"aes", suite(b, seal.AES), func(s seal.Suite) ([]byte, error) { return seal.Value(7, s, text, place) }},
		{"sm", suite(b, seal.SM), func(s seal.Suite) ([]byte, error) { return seal.Value(7, s, text, place) }},
	} {
		b.Run("seal/"+bench.name, func(b *testing.B) {
			before := processor(b)
			for b.Loop() {
				if _, err := bench.seal(bench.suite); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processor(b)-before)/float64(b.N), "cpu-ns/op")
		})
		value, err := bench.seal(bench.suite)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("open/"+bench.name, func(b *testing.B) {
			before := processor(b)
			for b.Loop() {
				if _, err := seal.OpenValue(value, bench.suite, place); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processor(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}
