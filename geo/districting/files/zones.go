package files

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"sanse/geo/districting"
)

// Standard is a district's own rule for the number of grids: so much of a
// weight to each.
type Standard struct {
	Weight string
	// Least and Most bound a grid. Equal, they are an amount to come near to.
	Least, Most int64
}

// reference returns the reference rule of a level by its word.
func reference(level string) (Standard, bool) {
	switch level {
	case "grid": // for each full-time worker, who has a grid
		return Standard{Weight: "households", Least: 300, Most: 300}, true
	case "micro-grid":
		return Standard{Weight: "households", Least: 50, Most: 120}, true
	}
	return Standard{}, false
}

// ParseStandard reads "households=300", "households=50-120", or "grid" and
// "micro-grid" for the reference rules: 300 households to a full-time worker,
// who has a grid, and 50 to 120 a micro-grid.
func ParseStandard(s string) (Standard, error) {
	if st, ok := reference(strings.TrimSpace(s)); ok {
		return st, nil
	}
	name, amount, ok := strings.Cut(s, "=")
	least, most, bounds := strings.Cut(amount, "-")
	if !bounds {
		most = least
	}
	st := Standard{Weight: strings.TrimSpace(name)}
	var err1, err2 error
	st.Least, err1 = strconv.ParseInt(strings.TrimSpace(least), 10, 64)
	st.Most, err2 = strconv.ParseInt(strings.TrimSpace(most), 10, 64)
	switch {
	case !ok || st.Weight == "" || err1 != nil || err2 != nil:
		return st, fmt.Errorf("%q is no standard: want households=300, households=50-120, grid or micro-grid", short(s))
	case st.Least < 0 || st.Most < 1 || st.Least > st.Most:
		return st, fmt.Errorf("%q is no standard: want amounts above 0, the smaller first", short(s))
	}
	return st, nil
}

// Bounds tells whether the standard bounds each grid, rather than naming an
// amount to come near to.
func (s Standard) Bounds() bool { return s.Least < s.Most }

// Bound has a weight bound each grid by the standard: by its bounds, or by the
// weight's tolerance around its amount.
func (s Standard) Bound(w *districting.Weight) {
	w.Least, w.Most = s.Least, s.Most
	if !s.Bounds() {
		w.Least = int64(math.Ceil(float64(s.Least) * (1 - w.Tolerance)))
		w.Most = int64(math.Floor(float64(s.Most) * (1 + w.Tolerance)))
	}
}

// Zones returns the number of grids for a sum of the weight: as many as come
// nearest to the amount, or to the middle of the bounds, and if possible so many
// that each can keep the bounds; from 1 to the number of units.
func (s Standard) Zones(sum int64, units int) int {
	middle := float64(s.Least)/2 + float64(s.Most)/2
	k := math.Round(float64(sum) / middle)
	if s.Bounds() {
		fewest := math.Ceil(float64(sum) / float64(s.Most))
		most := math.Inf(1)
		if s.Least > 0 {
			most = math.Floor(float64(sum) / float64(s.Least))
		}
		if fewest <= most {
			k = min(max(k, fewest), most)
		}
	}
	return int(min(max(k, 1), float64(max(1, units))))
}

// ReadZones reads a table with the columns community and zones: the number of
// grids of each community of u. All must be there, with no more grids than they
// have units.
func ReadZones(r io.Reader, u *Units) ([]int, error) {
	t, err := newTable(r)
	if err != nil {
		return nil, err
	}
	community, err := t.needed(communityNames)
	if err != nil {
		return nil, err
	}
	zones, err := t.needed(zonesNames)
	if err != nil {
		return nil, err
	}
	var (
		bad   Faults
		at    = map[string]int{}
		out   = make([]int, len(u.Communities))
		sizes = u.Sizes()
	)
	for i, code := range u.Communities {
		at[code] = i
	}
	for {
		more, err := t.next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		code, value := t.cell(community), t.cell(zones)
		i, known := at[code]
		n, err := strconv.Atoi(value)
		switch {
		case !known:
			bad.add(t.line, t.header[community], code, "is the community of no unit")
		case out[i] > 0:
			bad.add(t.line, t.header[community], code, "is listed twice")
		case err != nil || n < 1:
			bad.add(t.line, t.header[zones], value, "is no number of grids: a whole number from 1 up is expected")
		case n > sizes[i]:
			bad.add(t.line, t.header[zones], value, "is more than the %d units of community %q: each grid needs one at least", sizes[i], code)
		default:
			out[i] = n
		}
	}
	if bad.Count == 0 {
		for i, n := range out {
			if n == 0 {
				bad.add(0, "", "", "community %q has units, but no number of grids", u.Communities[i])
			}
		}
	}
	return out, bad.err()
}
