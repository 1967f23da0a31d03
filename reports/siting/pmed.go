package siting

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// maxPmed bounds the vertices of a file, whose table of ways grows with their
// square.
const maxPmed = 20_000

// ReadPmed reads a p-median of Beasley's OR-Library: the number of vertices,
// edges and sites to choose, then for each edge its two ends, from 1, and its
// length. Edges go both ways, and of an edge that is written twice the last holds.
// Every vertex is a demand of weight 1 and a site; ways are the shortest. The
// goal is LeastTotal. Errors name the line, what it should hold and the value.
func ReadPmed(r io.Reader) (*Problem, error) {
	f := &pmedFile{s: bufio.NewScanner(r), line: 1}
	f.s.Split(f.split)
	n, err := f.number("number of vertices", 1, maxPmed)
	if err != nil {
		return nil, err
	}
	edges, err := f.number("number of edges", 0, maxPmed*maxPmed/2)
	if err != nil {
		return nil, err
	}
	p, err := f.number("number of sites to choose", 1, n)
	if err != nil {
		return nil, err
	}
	type arc struct{ to, length int32 }
	arcs := make([][]arc, n)
	put := func(a, b, length int32) {
		if k := slices.IndexFunc(arcs[a], func(x arc) bool { return x.to == b }); k >= 0 {
			arcs[a][k].length = length
			return
		}
		arcs[a] = append(arcs[a], arc{b, length})
	}
	for e := range edges {
		var v [3]int
		for k, what := range [3]string{"first end", "second end", "length"} {
			least, most := 1, n
			if k == 2 {
				least, most = 0, maxCost/n
			}
			if v[k], err = f.number(fmt.Sprintf("%s of edge %d", what, e+1), least, most); err != nil {
				return nil, err
			}
		}
		if v[0] != v[1] {
			put(int32(v[0]-1), int32(v[1]-1), int32(v[2]))
			put(int32(v[1]-1), int32(v[0]-1), int32(v[2]))
		}
	}
	if f.s.Scan() {
		return nil, fmt.Errorf("line %d: %q comes after the last of %d edges", f.line, short(f.s.Text()), edges)
	}
	if err := f.s.Err(); err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	out := &Problem{Goal: LeastTotal, Choose: p, Sites: make([]Site, n), Weight: slices.Repeat([]int64{1}, n)}
	out.Ways.Table = slices.Repeat([]int32{-1}, n*n)
	for from := range n {
		row := out.Ways.Table[from*n : (from+1)*n]
		row[from] = 0
		h := []int64{int64(from)} // length and vertex, the least first
		for len(h) > 0 {
			var top int64
			top, h = popLeast(h)
			v, length := int32(top&(1<<31-1)), int32(top>>31)
			if length > row[v] {
				continue
			}
			for _, a := range arcs[v] {
				if d := length + a.length; row[a.to] < 0 || d < row[a.to] {
					row[a.to] = d
					h = pushLeast(h, int64(d)<<31|int64(a.to))
				}
			}
		}
	}
	return out, nil
}

// pmedFile reads the words of a file and knows their lines.
type pmedFile struct {
	s    *bufio.Scanner
	line int
	next int // line breaks since the last word
}

// split is bufio.ScanWords that counts lines.
func (f *pmedFile) split(data []byte, end bool) (int, []byte, error) {
	n, word, err := bufio.ScanWords(data, end)
	if n == 0 {
		return n, word, err
	}
	f.line += f.next
	f.next = 0
	seen := false
	for _, c := range data[:n] {
		switch {
		case c != '\n':
			seen = seen || c != ' ' && c != '\t' && c != '\r'
		case seen:
			f.next++
		default:
			f.line++
		}
	}
	return n, word, err
}

func (f *pmedFile) number(what string, least, most int) (int, error) {
	if !f.s.Scan() {
		if err := f.s.Err(); err != nil {
			return 0, fmt.Errorf("read the file: %w", err)
		}
		return 0, fmt.Errorf("line %d: the file ends before the %s", f.line, what)
	}
	v, err := strconv.Atoi(f.s.Text())
	if err != nil || v < least || v > most {
		return 0, fmt.Errorf("line %d: the %s is %q: want a whole number from %d to %d", f.line, what, short(f.s.Text()), least, most)
	}
	return v, nil
}

// short keeps a value from filling the screen.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

func pushLeast(h []int64, v int64) []int64 {
	h = append(h, v)
	for k := len(h) - 1; k > 0 && h[(k-1)/2] > h[k]; k = (k - 1) / 2 {
		h[k], h[(k-1)/2] = h[(k-1)/2], h[k]
	}
	return h
}

func popLeast(h []int64) (int64, []int64) {
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for k := 0; ; {
		c := 2*k + 1
		if c >= last {
			return top, h
		}
		if c+1 < last && h[c+1] < h[c] {
			c++
		}
		if h[k] <= h[c] {
			return top, h
		}
		h[k], h[c] = h[c], h[k]
		k = c
	}
}
