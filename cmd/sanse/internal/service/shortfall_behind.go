package service

import (
	"cmp"
	"context"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/reports/shortfall"
)

// BehindView is one entry behind a figure.
type BehindView struct {
	shortfall.Behind
	Name     string     // of a facility or an area; never of a person
	Location *orb.Point // of areas none
}

// BehindShortfall lists what stands behind the figure of a standard in an area:
// people, facilities or areas, with how many there are in all. Of people it
// gives opaque ids, to those alone who see the records of the area.
func (s *Service) BehindShortfall(ctx context.Context, district, standard, area, what string, limit, offset int) (total int, page []BehindView, err error) {
	k, a, err := s.shortfallOf(ctx, district, area)
	if err != nil {
		return 0, nil, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return 0, nil, err
	}
	if _, ok := k.standards.Set.Standard(standard); !ok {
		return 0, nil, notFound("there is no standard %q", standard)
	}
	list, err := k.table.Behind(standard, a.Code, what)
	if err != nil {
		return 0, nil, invalidCause(err, "what: the standard has nothing of the kind behind it")
	}
	total = len(list)
	list = list[min(offset, total):min(offset+limit, total)]
	page = make([]BehindView, len(list))
	viewer := viewerOf(ctx)
	var ids []string
	for i, b := range list {
		page[i] = BehindView{Behind: b}
		var at orb.Point
		switch b.Kind {
		case "spot":
			at = k.snap.Population[b.Index].Location
		case "resident":
			r := &k.snap.Residents[b.Index]
			ids = append(ids, r.ID)
			if at = r.Location; !viewer.May(CapNames, cmp.Or(r.MicroGrid, r.Grid, k.snap.District.Code)) {
				at = coarse(at)
			}
		case "facility":
			f := &k.snap.Facilities[b.Index]
			at, page[i].Name = f.Location, f.Name
		case "area":
			page[i].Name = k.in.Areas[b.Index].Name
			continue
		}
		page[i].Location = &at
	}
	if err := s.shown(ctx, k.snap, ids, read("resident", a.Code)); err != nil {
		return 0, nil, err
	}
	return total, page, nil
}

// ShortfallMap returns the areas of a level with how they stand against a
// standard or, where it is a rate's id, with who is expected and who is there:
// now, or as a report has it (0: now), which keeps neither rates nor Total and
// Value.
func (s *Service) ShortfallMap(ctx context.Context, district, standard string, level geo.Level, report int) (*geojson.FeatureCollection, error) {
	k, err := s.shortfall(ctx, district)
	if err != nil {
		return nil, err
	}
	list, ok := k.table.Map(standard, level)
	if !ok {
		return nil, notFound("there is no standard %q", standard)
	}
	if report != 0 {
		if err := s.asReported(ctx, k, report, standard, list); err != nil {
			return nil, err
		}
	}
	st, isStandard := k.standards.Set.Standard(standard)
	viewer := viewerOf(ctx)
	fc := geojson.NewFeatureCollection()
	for _, row := range list {
		a, ok := k.snap.Tree.Area(row.Area.Code)
		if !ok {
			continue
		}
		figures := row.Figures
		if (!isStandard || ofPeopleInNeed(st)) && !viewer.AnswersFor(a.Code) {
			figures = shortfall.Figures{Status: shortfall.NoData, Reason: Hidden}
		}
		f := geojson.NewFeature(a.Boundary)
		f.ID = a.Code
		f.Properties = geojson.Properties{
			"code": a.Code, "name": a.Name, "level": a.Level.String(), "status": figures.Status,
			"have": figures.Have, "need": figures.Need, "short": figures.Short, "share": figures.Share, "total": figures.Total, "value": figures.Value,
		}
		if figures.Reason != "" {
			f.Properties["reason"] = figures.Reason
		}
		fc.Append(f)
	}
	return fc, nil
}
