package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// runFeatures reads polygons with their properties, checks them and hands them
// on one by one. check gets the row of properties and the boundary in WGS 84.
func runFeatures(ctx context.Context, j *job, check func(*row, orb.MultiPolygon) error) (err error) {
	var (
		in      io.ReadCloser
		counter *countingReader
		total   int64
	)
	if NeedsOGR(j.opt.Path) {
		if in, err = j.openOGR(ctx); err != nil {
			return err
		}
		counter = &countingReader{r: in} // of a stream: its size is not known
	} else {
		f, err := os.Open(j.opt.Path)
		if err != nil {
			return &InputError{Reason: "open file", Err: err}
		}
		info, err := f.Stat()
		if err != nil {
			return joinClose(&InputError{Path: j.base(), Reason: "read file", Err: err}, f)
		}
		in, counter, total = f, &countingReader{r: f}, info.Size()
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	fr, err := newFeatureReader(counter)
	if err != nil {
		return &InputError{Path: j.base(), Reason: err.Error()}
	}
	headers := map[string]header{} // by the names of the properties
	declared := false
	for {
		ft, err := fr.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &InputError{Path: j.base(), Reason: err.Error()}
		}
		if !declared {
			declared = true
			if j.opt.CRS == "" && fr.crs != "" && !NeedsOGR(j.opt.Path) {
				if err := j.place.use(j, geo.CRS(fr.crs)); err != nil {
					return err
				}
			}
		}
		j.rep.Read++
		if j.rep.Read%1000 == 0 {
			j.progress(min(counter.n, max(total, counter.n)), total)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		r, err := j.featureRow(ft, headers)
		if err != nil {
			return err
		}
		if ft.bad != "" {
			j.refuse(ft.line, "", featureName(r), ft.bad, public)
			continue
		}
		boundary, why := j.place.polygons(ft.geometry)
		if why != "" {
			j.refuse(ft.line, "geometry", featureName(r), why, public)
			continue
		}
		if err := check(r, boundary); err != nil {
			return err
		}
	}
	if j.rep.Read == 0 {
		j.hint("the file holds no feature")
	}
	j.progress(max(total, counter.n), max(total, counter.n))
	return nil
}

// featureRow makes a row of a feature's properties.
func (j *job) featureRow(ft feature, headers map[string]header) (*row, error) {
	names := make([]string, 0, len(ft.props)+1)
	for k := range ft.props {
		names = append(names, k)
	}
	slices.Sort(names)
	sign := strings.Join(names, "\x00")
	h, ok := headers[sign]
	if !ok {
		all := names
		if ft.id != nil {
			// The id of the feature stands in for a property that is missing.
			if probe := matchHeader(j.cols, names); !hasKey(probe, j.cols[0].Key) {
				all = append(slices.Clone(names), j.cols[0].Key)
			}
		}
		var err error
		if ft.bad != "" {
			h = matchHeader(j.cols, all)
		} else if h, err = readHeader(j.cols, all); err != nil {
			return nil, &InputError{Path: j.base(), Reason: fmt.Sprintf("properties of the feature that ends on line %d: %v", ft.line, err)}
		}
		if len(headers) == 0 && len(h.unknown) > 0 {
			j.hint("properties left out, as nothing is known of them: " + quoteAll(h.unknown))
		}
		headers[sign] = h
	}
	cells := make([]string, len(names), len(names)+1)
	for i, k := range names {
		cells[i] = propText(ft.props[k])
	}
	cells = append(cells, propText(ft.id))
	j.header = h
	return &row{job: j, line: ft.line, cells: cells}, nil
}

func hasKey(h header, key string) bool { _, ok := h.at[key]; return ok }

func featureName(r *row) string {
	for _, key := range [...]string{r.job.cols[0].Key, "name"} {
		if i, ok := r.job.header.at[key]; ok && i < len(r.cells) && r.cells[i] != "" {
			return r.cells[i]
		}
	}
	return ""
}

func propText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// polygons converts every point, or says why one cannot be.
func (p *place) polygons(mp orb.MultiPolygon) (orb.MultiPolygon, string) {
	out := make(orb.MultiPolygon, len(mp))
	for i, poly := range mp {
		out[i] = make(orb.Polygon, len(poly))
		for k, ring := range poly {
			out[i][k] = make(orb.Ring, len(ring))
			for n, raw := range ring {
				q, why := p.convert(raw)
				if why != "" {
					return nil, why
				}
				out[i][k][n] = q
			}
		}
	}
	return out, ""
}
