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
// pace of an older person, and stores the counts by area.
func (s *Service) Coverage(ctx context.Context, snap *Snapshot) (*reports.Coverage, error) {
	engine, err := snap.Network.Engine(routing.Elderly())
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	r, err := reachOf(ctx, snap, engine)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	in := reports.CoverageInput{Index: r.index, Minutes: coverageMinutes}
	for _, level := range []geo.Level{geo.LevelDistrict, geo.LevelTown, geo.LevelCommunity, geo.LevelGrid} {
		for _, code := range snap.Tree.Codes(level) {
			a, _ := snap.Tree.Area(code)
			in.Areas = append(in.Areas, planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name})
		}
	}
	for i := range snap.Population {
		p := &snap.Population[i]
		in.Population = append(in.Population, reports.CoveragePopulation{
			Area: r.areas[i], People: p.People, Over60: p.Over60, Under18: p.Under18, Disabled: p.Disabled,
		})
	}
	for i := range snap.Residents {
		in.Residents = append(in.Residents, reports.CoverageResident{ID: snap.Residents[i].ID, Area: r.areas[r.resident(i)]})
	}
	in.Names = make([]string, len(snap.Facilities))
	for i := range snap.Facilities {
		in.Names[i] = snap.Facilities[i].Name
	}
	c, err := reports.CoverageOf(ctx, in)
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
