package planner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

// town makes a small problem.
func town(i int) *planner.Problem {
	return sample.Problem(sample.Config{Seed: uint64(i), Residents: 3 + i%7, Visitors: 3, Days: 7})
}

// towns yields so many small problems, one after the other.
func towns(n int) iter.Seq2[*planner.Problem, error] {
	return func(yield func(*planner.Problem, error) bool) {
		for i := range n {
			if !yield(town(i), nil) {
				return
			}
		}
	}
}

func TestPlansComeInTheOrderOfTheProblemsAndDoNotDependOnTheThreads(t *testing.T) {
	const n = 30
	var alone []*planner.Plan
	var visits int
	for i := range n {
		plan, _ := solve(t, town(i), planner.Options{Iterations: 20, Threads: 1})
		alone = append(alone, plan)
	}
	for _, threads := range []int{1, 2, 5} {
		var got []*planner.Plan
		var last planner.Progress
		stats, err := planner.SolveEach(t.Context(), towns(n), planner.Options{Iterations: 20, Threads: threads, Progress: func(p planner.Progress) { last = p }}, func(p *planner.Plan) error {
			got = append(got, p)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(alone, got); d != "" {
			t.Errorf("%d threads: other plans than one by one:\n%s", threads, d)
		}
		if stats.Blocks != n || last.Done != n {
			t.Errorf("%d threads: %d blocks, %d problems done, want %d", threads, stats.Blocks, last.Done, n)
		}
		visits = last.Visits
	}
	want := 0
	for _, p := range alone {
		for _, it := range p.Itineraries {
			want += len(it.Stops)
		}
	}
	if visits != want {
		t.Errorf("progress tells of %d visits, want %d", visits, want)
	}
}

func TestAStreamHoldsOnlyAFewProblemsAtATime(t *testing.T) {
	const threads = 2
	var given, emitted, most atomic.Int64
	counted := func(yield func(*planner.Problem, error) bool) {
		for p, err := range towns(200) {
			most.Store(max(most.Load(), given.Add(1)-emitted.Load()))
			if !yield(p, err) {
				return
			}
		}
	}
	_, err := planner.SolveEach(t.Context(), counted, planner.Options{Iterations: -1, Threads: threads}, func(*planner.Plan) error {
		emitted.Add(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if m := most.Load(); given.Load() != 200 || m > 2*threads+2 {
		t.Errorf("%d problems taken, up to %d at a time, want 200 and at most %d", given.Load(), m, 2*threads+2)
	}
}

func TestAStreamEndsAtTheFirstError(t *testing.T) {
	broken := errors.New("the disk is full")
	bad := func(yield func(*planner.Problem, error) bool) {
		for i := range 9 {
			p := town(i)
			if i == 3 {
				p.Residents[0].Minutes = -1
			}
			if !yield(p, nil) {
				return
			}
		}
	}
	unread := func(yield func(*planner.Problem, error) bool) {
		for i := range 2 {
			if !yield(town(i), nil) {
				return
			}
		}
		yield(nil, broken)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name     string
		ctx      context.Context
		problems iter.Seq2[*planner.Problem, error]
		emit     func(n int) error
		want     error
		says     string
		emitted  int
	}{
		{"a problem that is not valid", t.Context(), bad, nil, planner.ErrInvalid, "number 4", 3},
		{"problems that cannot be read", t.Context(), unread, nil, broken, "number 3", 2},
		{"a plan that cannot be written", t.Context(), towns(9), func(n int) error {
			if n == 6 {
				return broken
			}
			return nil
		}, broken, "", 6},
		{"a caller who has left", done, towns(9), nil, context.Canceled, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			_, err := planner.SolveEach(tt.ctx, tt.problems, planner.Options{Iterations: -1, Threads: 3}, func(*planner.Plan) error {
				if n++; tt.emit != nil {
					return tt.emit(n)
				}
				return nil
			})
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || n != tt.emitted {
				t.Errorf("%d plans and error %v, want %d and %v, %q", n, err, tt.emitted, tt.want, tt.says)
			}
		})
	}
}

// writtenLines returns problems and their plans as JSON Lines.
func writtenLines(t *testing.T, n int, o planner.Options) (problems, plans string) {
	t.Helper()
	var in, out bytes.Buffer
	for i := range n {
		if err := planner.WriteProblemLine(&in, town(i)); err != nil {
			t.Fatal(err)
		}
		in.WriteString("\r\n \n")
	}
	stats, err := planner.SolveLines(t.Context(), strings.NewReader(strings.TrimSpace(in.String())), &out, o)
	if err != nil {
		t.Fatal(err)
	}
	if stats.Problems != n || stats.Blocks != n || stats.Residents < 3*n || stats.Visits < stats.Residents/2 {
		t.Errorf("stats %+v", stats)
	}
	return in.String(), out.String()
}

func TestAFileOfLinesIsPlannedLineByLine(t *testing.T) {
	const n = 12
	o := planner.Options{Iterations: 20, Threads: 3}
	problems, plans := writtenLines(t, n, o)
	lines := strings.Split(strings.TrimSuffix(plans, "\n"), "\n")
	if len(lines) != n {
		t.Fatalf("%d lines for %d problems", len(lines), n)
	}
	for i := range n {
		got, err := planner.ReadPlan(strings.NewReader(lines[i]))
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		want, _ := solve(t, town(i), planner.Options{Iterations: 20, Threads: 1})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("line %d differs from its problem's plan:\n%s", i+1, d)
		}
	}
	found := map[int]int{}
	check := func(plans string) (int, error) {
		clear(found)
		return planner.CheckLines(t.Context(), strings.NewReader(problems), strings.NewReader(plans), 2, func(n int, v []planner.Violation) error {
			found[n] += len(v)
			return nil
		})
	}
	if k, err := check(plans); err != nil || k != n || len(found) > 0 {
		t.Errorf("check: %d pairs, findings %v, error %v", k, found, err)
	}
	lines[2], lines[7] = lines[7], lines[2]
	if k, err := check(strings.Join(lines, "\n")); err != nil || k != n || found[3] == 0 || found[8] == 0 || len(found) != 2 {
		t.Errorf("two plans changed places: %d pairs, findings %v, error %v", k, found, err)
	}
	for _, tt := range []struct{ name, plans, says string }{
		{"a plan is missing", strings.Join(lines[1:], "\n"), "the plans end before the problem of line"},
		{"a plan too many", plans + lines[0], "the problems end before the plan of line 13"},
		{"a plan is no plan", plans[1:], "plan of line 1"},
	} {
		if _, err := check(tt.plans); !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.says)
		}
	}
}

func TestALineThatIsNoProblemIsNamed(t *testing.T) {
	problems, _ := writtenLines(t, 3, planner.Options{Iterations: -1})
	lines := strings.Split(problems, "\n")
	for _, tt := range []struct{ name, in, says string }{
		{"a line cut off", lines[0] + "\n" + lines[3][:100], "line 2"},
		{"a problem over several lines", "{\n\"start\": \"2026-12-01\"\n}", "line 1"},
		{"a problem that is not valid", lines[0] + "\n\n" + strings.Replace(lines[3], `"days":`, `"days":-`, 1), "line 3"},
		{"two problems on a line", lines[0] + lines[0], "line 1"},
	} {
		if _, err := planner.SolveLines(t.Context(), strings.NewReader(tt.in), io.Discard, planner.Options{Iterations: -1}); !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.says)
		}
	}
	if s, err := planner.SolveLines(t.Context(), strings.NewReader("\n\n"), io.Discard, planner.Options{}); err != nil || s.Problems != 0 {
		t.Errorf("no problems: %+v, %v", s, err)
	}
}

func TestALineIsReadHoweverLong(t *testing.T) {
	p := sample.Problem(sample.Config{Blocks: 6, Days: 2})
	var in, out bytes.Buffer
	for range 2 {
		if err := planner.WriteProblemLine(&in, p); err != nil {
			t.Fatal(err)
		}
	}
	if in.Len() < 1<<19 {
		t.Fatalf("only %d bytes", in.Len())
	}
	if s, err := planner.SolveLines(t.Context(), inSips{&in}, &out, planner.Options{Iterations: -1}); err != nil || s.Problems != 2 || s.Blocks != 12 {
		t.Errorf("%+v, %v", s, err)
	}
}

// inSips reads a few bytes at a time.
type inSips struct{ r io.Reader }

func (s inSips) Read(b []byte) (int, error) { return s.r.Read(b[:min(len(b), 1000)]) }

func ExampleSolveEach() {
	district := func(yield func(*planner.Problem, error) bool) {
		for i := range 3 {
			if !yield(sample.Problem(sample.Config{Seed: uint64(i), Residents: 10, Days: 31, Missed: -1}), nil) {
				return
			}
		}
	}
	_, err := planner.SolveEach(context.Background(), district, planner.Options{}, func(p *planner.Plan) error {
		fmt.Println(p.Start, len(p.Unplanned), "unplanned")
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2026-12-01 0 unplanned
	// 2026-12-01 0 unplanned
	// 2026-12-01 0 unplanned
}

// BenchmarkSolveLines plans a month of communities of 30 residents and 12
// visitors, a problem a line: reading, solving and writing.
func BenchmarkSolveLines(b *testing.B) {
	const blocks = 50
	var in bytes.Buffer
	for p, err := range sample.City(sample.Config{Residents: 30, Visitors: 12}, 30*blocks) {
		if err := errors.Join(err, planner.WriteProblemLine(&in, p)); err != nil {
			b.Fatal(err)
		}
	}
	before := processorTime(b)
	for b.Loop() {
		if _, err := planner.SolveLines(b.Context(), bytes.NewReader(in.Bytes()), io.Discard, planner.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N*blocks), "cpu-ms/block")
}
