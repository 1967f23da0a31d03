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
	"sanse/geo/features"
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
	fr, err := features.NewReader(counter)
	if err != nil {
		return &InputError{Path: j.base(), Reason: err.Error()}
	}
	headers := map[string]header{} // by the names of the properties
	var declared geo.CRS           // by the file itself, before its first feature
	own := j.opt.CRS == "" && !NeedsOGR(j.opt.Path)
	for {
		ft, err := fr.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			return &InputError{Path: j.base(), Reason: err.Error()}
		}
		if crs, e := declaredCRS(fr.CRS()); own && e != nil {
			return &InputError{Path: j.base(), Reason: e.Error()}
		} else if own && crs != declared && j.rep.Read == 0 && err == nil {
			declared = crs
			if err := j.place.use(j, crs); err != nil {
				return err
			}
		} else if own && crs != declared && crs != geo.WGS84 && j.rep.Read > 0 {
			return &InputError{Path: j.base(), Reason: "the crs member stands behind the features: declare the coordinate system with --crs"}
		}
		if err != nil {
			break
		}
		if ft.Bad == "" && !isText(ft.Properties) {
			ft.Bad = "the feature holds bytes that are not UTF-8: save the file as UTF-8 again from its source"
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
		if ft.Bad != "" {
			j.refuse(ft.Line, "", featureName(r), ft.Bad, public)
			continue
		}
		corners, err := ft.Geometry.Polygons()
		if err != nil {
			j.refuse(ft.Line, "", featureName(r), err.Error(), public)
			continue
		}
		boundary, why := j.place.polygons(corners)
		if why != "" {
			j.refuse(ft.Line, "geometry", featureName(r), why, public)
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
func (j *job) featureRow(ft features.Feature, headers map[string]header) (*row, error) {
	names := make([]string, 0, len(ft.Properties)+1)
	for k := range ft.Properties {
		names = append(names, k)
	}
	slices.Sort(names)
	sign := strings.Join(names, "\x00")
	h, ok := headers[sign]
	if !ok {
		all := names
		if ft.ID != "" {
			// The id of the feature stands in for a property that is missing.
			if probe := matchHeader(j.cols, names); !hasKey(probe, j.cols[0].Key) {
				all = append(slices.Clone(names), j.cols[0].Key)
			}
		}
		var err error
		if ft.Bad != "" {
			h = matchHeader(j.cols, all)
		} else if h, err = readHeader(j.cols, all); err != nil {
			return nil, &InputError{Path: j.base(), Reason: fmt.Sprintf("properties of the feature that ends on line %d: %v", ft.Line, err)}
		}
		if len(headers) == 0 && len(h.unknown) > 0 {
			j.hint("properties left out, as nothing is known of them: " + quoteAll(h.unknown))
		}
		headers[sign] = h
	}
	cells := make([]string, len(names), len(names)+1)
	for i, k := range names {
		cells[i] = propText(ft.Properties[k])
	}
	cells = append(cells, ft.ID)
	j.header = h
	return &row{job: j, line: ft.Line, cells: cells}, nil
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
