package hierarchy_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"sanse/routing/hierarchy"
)

// small is a town of a few corners, as arrays.
func small(t testing.TB, oneWay int) [][]uint32 {
	x := prepare(t, grid(5, oneWay, 9))
	out := make([][]uint32, 0, 11)
	for _, a := range x.Arrays() {
		out = append(out, append([]uint32(nil), a...))
	}
	return out
}

// exercise asks everything; whatever the answers are, they must come.
func exercise(x *hierarchy.Index) {
	n := uint32(x.Nodes())
	query, table, sweep := hierarchy.NewQuery(x), hierarchy.NewTable(x), hierarchy.NewSweep(x)
	var first []uint32
	var seeds []hierarchy.Seed
	for v := range min(n, 12) {
		first = append(first, v)
		seeds = append(seeds, hierarchy.Seed{Node: v}, hierarchy.Seed{Node: n})
	}
	costs, lengths := make([]uint32, len(first)*len(first)), make([]uint32, len(first)*len(first))
	table.SetTargets(first, seeds)
	table.Rows(first, seeds, costs, lengths)
	table.Rows(first, seeds, costs, nil)
	for v := range seeds {
		for w := range seeds {
			query.Path(seeds[v:v+1], seeds[w:w+1], nil)
		}
	}
	sweep.Run(seeds, make([]uint32, n), make([]uint32, n))
	sweep.Nearest(seeds, nil, 2, make([]uint32, 2*n), make([]uint32, 2*n))
}

func TestNoChangedNumberMakesAQuestionPanic(t *testing.T) {
	for _, oneWay := range []int{0, 40} {
		arrays := small(t, oneWay)
		refused, taken := 0, 0
		for i := range arrays {
			for j := range arrays[i] {
				was := arrays[i][j]
				for _, v := range []uint32{0, was + 1, was - 1, 24, was ^ 1<<31, 1<<31 - 1, unreached} {
					arrays[i][j] = v
					x, err := hierarchy.FromArrays(arrays)
					if err != nil {
						if !errors.Is(err, hierarchy.ErrIndex) {
							t.Fatalf("error %v is not ErrIndex", err)
						}
						refused++
						continue
					}
					taken++
					exercise(x)
				}
				arrays[i][j] = was
			}
		}
		if refused == 0 || taken == 0 {
			t.Fatalf("%d refused and %d taken: this tests nothing", refused, taken)
		}
	}
}

func TestMissingAndCutArraysAreRefused(t *testing.T) {
	for i := range 11 {
		arrays := small(t, 40)
		arrays[i] = arrays[i][:len(arrays[i])-1]
		if _, err := hierarchy.FromArrays(arrays); !errors.Is(err, hierarchy.ErrIndex) {
			t.Fatalf("array %d cut: error %v", i, err)
		}
	}
	if _, err := hierarchy.FromArrays(nil); !errors.Is(err, hierarchy.ErrIndex) {
		t.Fatalf("no arrays: error %v", err)
	}
	arrays := small(t, 0)
	arrays[0][0]++
	if _, err := hierarchy.FromArrays(arrays); !errors.Is(err, hierarchy.ErrIndex) {
		t.Fatalf("another version: error %v", err)
	}
}

func FuzzFromArrays(f *testing.F) {
	for _, oneWay := range []int{0, 40} {
		arrays := small(f, oneWay)
		var data []byte
		for _, a := range arrays {
			data = binary.LittleEndian.AppendUint32(data, uint32(len(a)))
			for _, v := range a {
				data = binary.LittleEndian.AppendUint32(data, v)
			}
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var arrays [][]uint32
		next := func() uint32 {
			if len(data) < 4 {
				return 0
			}
			v := binary.LittleEndian.Uint32(data)
			data = data[4:]
			return v
		}
		for range 11 {
			a := make([]uint32, min(int(next()), len(data)/4))
			for i := range a {
				a[i] = next()
			}
			arrays = append(arrays, a)
		}
		if x, err := hierarchy.FromArrays(arrays); err == nil {
			exercise(x)
		}
	})
}
