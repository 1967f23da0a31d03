package service

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/paulmach/orb/geojson"

	"sanse/data"
	"sanse/geo"
	"sanse/reports"
)

// ReleaseReport leaves in a folder what may be given to anybody: release.xlsx and
// release.geojson with what is released of every area and cell, and the shortfall
// as outsiders see it (shortfall.xlsx, and shortfall.pdf where the machine can
// print Chinese). It returns the names of the files.
func (s *Service) ReleaseReport(ctx context.Context, d data.District, dir string) ([]string, error) {
	ctx = WithViewer(ctx, Viewer{})
	v, err := s.view(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	r, err := s.newestRelease(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, &Error{Code: CodeOutside, Message: "cannot make the folder for the results", Err: err}
	}
	book := r.book(v)
	book.About.Made = made(s.now(), d.TimeZone)
	var names []string
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"release.xlsx", func(w io.Writer) error { return reports.WriteReleaseWorkbook(w, book) }},
		{"release.geojson", func(w io.Writer) error { return s.writeReleaseGeoJSON(ctx, v, &book, w) }},
		{"shortfall.xlsx", func(w io.Writer) error { return s.ShortfallWorkbook(ctx, d.Code, "", 0, w) }},
		{"shortfall.pdf", func(w io.Writer) error { return s.ShortfallPDF(ctx, d.Code, "", 0, false, w) }},
	} {
		path := filepath.Join(dir, file.name)
		if err := WriteFile(path, file.write); errors.Is(err, ErrNoFont) {
			continue
		} else if err != nil {
			return names, fmt.Errorf("%s: %w", file.name, err)
		}
		names = append(names, file.name)
	}
	return names, nil
}

// book lists what a release tells of all areas down to the community.
func (r *Release) book(v *view) reports.ReleaseBook {
	d := v.snap.District
	out := reports.ReleaseBook{
		About: reports.About{District: d.Code, Name: d.Name, MadeUp: d.MadeUp, Note: d.Note, Attribution: d.Attribution, Today: v.today},
		Day:   r.Day, Next: r.Next, K: r.K, Labels: Labels(),
	}
	_, out.Kinds = r.words()
	for _, level := range []geo.Level{geo.LevelDistrict, geo.LevelTown, geo.LevelCommunity} {
		for _, code := range v.snap.Tree.Codes(level) {
			a, _ := v.snap.Tree.Area(code)
			row := reports.ReleaseRow{Level: level.String(), Code: code, Name: a.Name, Grades: r.Grades(code), Kinds: make(map[string]int), OnTime: r.OnTime(code)}
			if n, ok := r.Residents(code); ok {
				row.Residents = &n
			}
			if n, ok := r.Disabled(code); ok {
				row.Disabled = &n
			}
			for _, k := range out.Kinds {
				if n, ok := r.Kind(code, k); ok {
					row.Kinds[k] = n
				}
			}
			for _, g := range slices.Sorted(maps.Keys(row.Grades)) {
				if !slices.Contains(out.Grades, g) {
					out.Grades = append(out.Grades, g)
				}
			}
			out.Rows = append(out.Rows, row)
		}
	}
	rank := func(g string) int { // several together come after each
		i := slices.Index(v.board.GradeNames(), g)
		if i < 0 {
			return math.MaxInt
		}
		return i
	}
	slices.SortStableFunc(out.Grades, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

// writeReleaseGeoJSON writes areas and cells with what is told of them; the
// property feature says which a feature is: area, residents or disabled.
func (s *Service) writeReleaseGeoJSON(ctx context.Context, v *view, book *reports.ReleaseBook, w io.Writer) error {
	fc := geojson.NewFeatureCollection()
	fc.ExtraMembers = geojson.Properties{"released": book.Day.String(), "next": book.Next.String(), "k": book.K, "attribution": book.About.Attribution, "note": book.About.Note}
	for i := range book.Rows {
		row := &book.Rows[i]
		a, _ := v.snap.Tree.Area(row.Code)
		f := geojson.NewFeature(a.Boundary)
		f.ID = row.Code
		text, err := json.Marshal(row)
		if err == nil {
			err = json.Unmarshal(text, &f.Properties)
		}
		if err != nil {
			return fmt.Errorf("write GeoJSON: %w", err)
		}
		f.Properties["feature"] = "area"
		fc.Append(f)
	}
	for _, layer := range []string{"residents", "disabled"} {
		h, err := s.Heatmap(ctx, v.snap.District.Code, layer, "", finestPiece)
		if err != nil {
			return err
		}
		for _, f := range h.Cells.Features {
			f.Properties["feature"] = layer
			fc.Append(f)
		}
	}
	return writeGeoJSON(w, fc)
}
