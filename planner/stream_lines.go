package planner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
)

// LinesStats tells what SolveLines did.
type LinesStats struct {
	Stats
	Problems  int `json:"problems"`
	Residents int `json:"residents"`
	Visits    int `json:"visits"`    // planned
	Unplanned int `json:"unplanned"` // lapses, and debts not caught up in time
}

// SolveLines is SolveEach on files of JSON Lines: it reads a problem a line from
// r (the JSON of ReadProblem without line breaks; blank lines are skipped) and
// writes a plan a line to w, in the same order. Reading and writing are done by
// the threads that plan, beside each other. Errors name the line, counted from
// 1; those about its content wrap ErrInvalid.
func SolveLines(ctx context.Context, r io.Reader, w io.Writer, o Options) (LinesStats, error) {
	type solved struct {
		line  []byte
		stats LinesStats
	}
	one := o
	one.Threads, one.Progress = 1, nil
	var sum LinesStats
	err := inOrder(ctx, o.Threads, textLines(r), func(ctx context.Context, l textLine) (s solved, err error) {
		defer func() {
			if err != nil {
				err = fmt.Errorf("line %d: %w", l.number, err)
			}
		}()
		p, err := ReadProblem(bytes.NewReader(l.text))
		if err != nil {
			return s, err
		}
		plan, stats, err := Solve(ctx, p, one)
		if err != nil {
			return s, err
		}
		var b bytes.Buffer
		err = writeLine(&b, func(w io.Writer) error { return WritePlan(w, plan) })
		return solved{b.Bytes(), LinesStats{stats, 1, len(p.Residents), plan.visits(), len(plan.Unplanned)}}, err
	}, func(s solved) error {
		sum.add(s.stats.Stats)
		sum.Problems++
		sum.Residents += s.stats.Residents
		sum.Visits += s.stats.Visits
		sum.Unplanned += s.stats.Unplanned
		if o.Progress != nil {
			o.Progress(Progress{Done: sum.Problems, Visits: sum.Visits, Lapses: sum.Unplanned})
		}
		_, err := w.Write(s.line)
		return err
	})
	if err != nil {
		return sum, fmt.Errorf("solve problems: %w", err)
	}
	return sum, nil
}

// CheckLines checks a plan a line against a problem a line, on so many threads
// (0: one a processor), and hands the findings of each pair that has any to
// emit, in order, with the number of the pair, counted from 1. It returns the
// number of pairs. A file with fewer lines than the other is an error, as is a
// line that is not valid; these wrap ErrInvalid and name the line.
func CheckLines(ctx context.Context, problems, plans io.Reader, threads int, emit func(number int, found []Violation) error) (int, error) {
	type pair struct{ problem, plan textLine }
	pairs := func(yield func(pair, error) bool) {
		next, stop := iter.Pull2(textLines(plans))
		defer stop()
		for problem, err := range textLines(problems) {
			if err != nil {
				yield(pair{}, fmt.Errorf("read problems: %w", err))
				return
			}
			plan, err, ok := next()
			switch {
			case !ok:
				err = fmt.Errorf("%w: the plans end before the problem of line %d", ErrInvalid, problem.number)
			case err != nil:
				err = fmt.Errorf("read plans: %w", err)
			}
			if !yield(pair{problem, plan}, err) || err != nil {
				return
			}
		}
		if plan, err, ok := next(); ok {
			if err == nil {
				err = fmt.Errorf("%w: the problems end before the plan of line %d", ErrInvalid, plan.number)
			}
			yield(pair{}, err)
		}
	}
	n := 0
	err := inOrder(ctx, threads, pairs, func(_ context.Context, q pair) ([]Violation, error) {
		p, err := ReadProblem(bytes.NewReader(q.problem.text))
		if err != nil {
			return nil, fmt.Errorf("problem of line %d: %w", q.problem.number, err)
		}
		plan, err := ReadPlan(bytes.NewReader(q.plan.text))
		if err != nil {
			return nil, fmt.Errorf("plan of line %d: %w", q.plan.number, err)
		}
		return Check(p, plan), nil
	}, func(found []Violation) error {
		if n++; len(found) == 0 {
			return nil
		}
		return emit(n, found)
	})
	if err != nil {
		return n, fmt.Errorf("check plans: %w", err)
	}
	return n, nil
}

// WriteProblemLine writes the problem as WriteProblem does, on one line.
func WriteProblemLine(w io.Writer, p *Problem) error {
	b := bufio.NewWriterSize(w, 1<<16)
	return errors.Join(writeLine(b, func(w io.Writer) error { return WriteProblem(w, p) }), b.Flush())
}

// writeLine writes JSON on one line. Its strings hold no line breaks, so that
// those it has can be left out.
func writeLine(w io.Writer, write func(io.Writer) error) error {
	if err := write(lineWriter{w}); err != nil {
		return err
	}
	_, err := w.Write([]byte{'\n'})
	return err
}

// lineWriter leaves line breaks out.
type lineWriter struct{ w io.Writer }

func (l lineWriter) Write(b []byte) (int, error) {
	n := 0
	for len(b) > 0 {
		part, rest, cut := bytes.Cut(b, []byte{'\n'})
		k, err := l.w.Write(part)
		if n += k; err != nil {
			return n, err
		}
		if b = rest; cut {
			n++
		}
	}
	return n, nil
}

// textLine is a line of a file that is not blank, without its end.
type textLine struct {
	number int
	text   []byte
}

// textLines yields the lines of a file, however long, each with memory of its
// own.
func textLines(r io.Reader) iter.Seq2[textLine, error] {
	return func(yield func(textLine, error) bool) {
		in := bufio.NewReaderSize(r, 1<<20)
		size := 0 // of the line before: the next one is likely no longer
		for n := 1; ; n++ {
			text := make([]byte, 0, size)
			var err error
			for more := true; more; {
				var part []byte
				part, err = in.ReadSlice('\n')
				text = append(text, part...)
				more = errors.Is(err, bufio.ErrBufferFull)
			}
			size = len(text)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(textLine{}, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if text = bytes.TrimSpace(text); len(text) > 0 && !yield(textLine{n, text}, nil) {
				return
			}
			if err != nil {
				return
			}
		}
	}
}
