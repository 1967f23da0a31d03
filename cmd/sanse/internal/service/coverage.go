package service

import (
	"context"
	"fmt"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/routing"
)

// coverageMinutes is the promise: every service within so many minutes' walk.
const coverageMinutes = 15

// Coverage measures who is within a 15-minute walk of which service, at the
// pace of an older person, and stores circles, cells and counts.
func (s *Service) Coverage(ctx context.Context, snap *Snapshot) (*reports.Coverage, error) {
	engine, err := snap.Network.Engine(routing.Elderly())
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	in := reports.CoverageInput{Engine: engine, Minutes: coverageMinutes}
	for _, t := range data.Services {
		in.Services = append(in.Services, t.Key)
	}
	for _, level := range []geo.Level{geo.LevelDistrict, geo.LevelTown, geo.LevelCommunity, geo.LevelGrid} {
		for _, code := range snap.Tree.Codes(level) {
			a, _ := snap.Tree.Area(code)
			in.Areas = append(in.Areas, planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name})
		}
	}
	for i := range snap.Residents {
		r := &snap.Residents[i]
		in.Residents = append(in.Residents, reports.CoverageResident{ID: r.ID, Location: r.Location, Area: r.Grid})
	}
	deepest := min(snap.Tree.Deepest(), geo.LevelGrid)
	for i := range snap.Population {
		p := &snap.Population[i]
		code, _ := snap.Tree.Locate(p.Location, deepest)
		in.Population = append(in.Population, reports.CoveragePopulation{
			Location: p.Location, Area: code, People: p.People, Over60: p.Over60, Under18: p.Under18, Disabled: p.Disabled,
		})
	}
	for i := range snap.Facilities {
		f := &snap.Facilities[i]
		in.Facilities = append(in.Facilities, reports.CoverageFacility{
			ID: f.ID, Name: f.Name, Service: f.Service, Location: f.Location, Open: f.Status == "open",
		})
	}
	c, err := reports.NewCoverage(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("district %s: %w", snap.District.Code, err)
	}
	record := coverageRecord(c)
	record.Date, record.StreetVersion, record.MadeAt = snap.Date, snap.Streets.Version, s.now()
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		_, err := tx.PutCoverage(snap.District.Code, record)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store the coverage of district %s: %w", snap.District.Code, err)
	}
	return c, nil
}

func coverageRecord(c *reports.Coverage) data.CoverageRecord {
	r := data.CoverageRecord{CoverageRun: data.CoverageRun{Minutes: c.Minutes, MetresPerSecond: c.MetresPerSecond}}
	for i := range c.Circles {
		k := &c.Circles[i]
		if len(k.Polygon) == 0 {
			continue
		}
		r.Circles = append(r.Circles, data.ServiceCircle{
			Facility: k.Facility, Boundary: k.Polygon, People: k.People, Residents: k.Residents, AreaKm2: k.AreaKM2,
		})
	}
	for service, cells := range c.Cells {
		for _, t := range cells {
			r.Cells = append(r.Cells, data.ServiceCell{Service: service, Cell: int64(t.Cell), Seconds: t.Seconds})
		}
	}
	for i := range c.Areas {
		a := &c.Areas[i]
		for service, v := range a.Services {
			r.Areas = append(r.Areas, data.AreaCoverage{
				Area: a.Code, Service: service,
				People: v.People.Total, PeopleCovered: v.People.Reached,
				Over60: v.Over60.Total, Over60Covered: v.Over60.Reached,
				Residents: v.Residents.Total, ResidentsCovered: v.Residents.Reached,
			})
		}
	}
	return r
}
