package formats

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"sanse/planner/internal/english"
)

// VROOMMatrices are the tables of a profile. Entry [i][j] is from place i to
// place j; noWay and more in Durations is no way.
type VROOMMatrices struct {
	Durations [][]uint32 // seconds
	Distances [][]uint32 // metres; nil: not given
	Costs     [][]uint32 // nil: the durations
}

// noWay is the least duration that stands for no way at all. VROOM has no such
// entry; its users write a number that is too large to be used.
const noWay = longest

func (m VROOMMatrices) size() int { return len(m.Durations) }

// readVROOMMatrices reads the tables of all profiles, and the single matrix of
// old files as that of the profile car.
func readVROOMMatrices(single json.RawMessage, profiles map[string]map[string]json.RawMessage) (map[string]VROOMMatrices, error) {
	out := map[string]VROOMMatrices{}
	if single != nil {
		d, err := readTable("matrix", single)
		if err != nil {
			return nil, err
		}
		out["car"] = VROOMMatrices{Durations: d}
	}
	size, first := -1, ""
	for _, name := range slices.Sorted(maps.Keys(profiles)) {
		var m VROOMMatrices
		for _, t := range []struct {
			key  string
			into *[][]uint32
		}{{"durations", &m.Durations}, {"distances", &m.Distances}, {"costs", &m.Costs}} {
			raw, ok := profiles[name][t.key]
			if !ok || string(raw) == "null" {
				continue
			}
			path := "matrices." + name + "." + t.key
			var err error
			if *t.into, err = readTable(path, raw); err != nil {
				return nil, err
			}
			if m.Durations != nil && len(*t.into) != len(m.Durations) {
				return nil, errorf("%s has %s, durations has %d", path, english.Count(len(*t.into), "row", "rows"), len(m.Durations))
			}
		}
		if m.Durations == nil {
			return nil, errorf("matrices.%s.durations is missing", name)
		}
		if size < 0 {
			size, first = m.size(), name
		}
		if m.size() != size {
			return nil, errorf("matrices.%s has %s, matrices.%s has %d", name, english.Count(m.size(), "place", "places"), first, size)
		}
		out[name] = m
	}
	return out, nil
}

// readTable reads a square table of whole numbers. A null, a fraction, a text
// or a number below 0 is an error, not a 0.
func readTable(path string, raw json.RawMessage) ([][]uint32, error) {
	var rows []json.RawMessage
	if err := json.Unmarshal(raw, &rows); err != nil || rows == nil {
		return nil, errorf("%s is not a list of lists", path)
	}
	if len(rows) > maxPlaces {
		return nil, errorf("%s has %d rows, want at most %d", path, len(rows), maxPlaces)
	}
	out := make([][]uint32, len(rows))
	for i, r := range rows {
		// What is a list at all is known to end as one.
		inner, ok := bytes.CutPrefix(bytes.TrimSpace(r), []byte("["))
		if !ok {
			return nil, errorf("%s[%d] is not a list", path, i)
		}
		inner = bytes.TrimSuffix(inner, []byte("]"))
		row := make([]uint32, 0, len(rows))
		for len(bytes.TrimSpace(inner)) > 0 {
			var entry []byte
			entry, inner, _ = bytes.Cut(inner, []byte(","))
			entry = bytes.TrimSpace(entry)
			v, err := strconv.ParseUint(string(entry), 10, 32)
			if err != nil {
				return nil, errorf("%s[%d][%d] is %.20s, want a whole number from 0 to 2^32-1", path, i, len(row), entry)
			}
			row = append(row, uint32(v))
		}
		if len(row) != len(rows) {
			return nil, errorf("%s[%d] has %s, want %d: the table must be square", path, i, english.Count(len(row), "entry", "entries"), len(rows))
		}
		out[i] = row
	}
	return out, nil
}
