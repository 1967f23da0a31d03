package datatest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"sanse/data"
	"sanse/planner"
)

// crowdBatch is how many residents are stored at once: a batch is held in memory.
const crowdBatch = 100_000

// Crowd enrols n more residents in a district that has people and visitors, as
// an import would store them: at homes drawn by how many people live there, in
// the home's grids, with the shares of grades of the reference district, one or
// two kinds, a visitor of the community, a visit in the month before the day and
// sealed names. Their ids begin with m. Equal seeds enrol the same.
func Crowd(ctx context.Context, store *data.Store, district string, n int, seed uint64, day planner.Date) error {
	homes, err := store.Population(ctx, district)
	if err != nil {
		return err
	}
	visitors, err := store.Visitors(ctx, district)
	if err != nil {
		return err
	}
	const communityDigits = 12
	near := make(map[string]string) // a visitor, by community
	for i := range visitors {
		for _, code := range visitors[i].Scope {
			if len(code) >= communityDigits {
				near[code[:communityDigits]] = visitors[i].ID
			}
		}
	}
	var places []*data.Population // a home once for each of its people
	for i := range homes {
		if homes[i].Grid == "" {
			continue
		}
		for range homes[i].People {
			places = append(places, &homes[i])
		}
	}
	if len(places) == 0 {
		return errors.New("enrol a crowd: nobody lives in a grid of the district")
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	return store.Write(ctx, func(tx *data.Tx) error {
		for from := 0; from < n; from += crowdBatch {
			residents := make([]data.Resident, min(crowdBatch, n-from))
			visits := make([]data.Visit, len(residents))
			for i := range residents {
				at := places[rng.IntN(len(places))]
				r := data.Resident{
					ID: fmt.Sprintf("m%07d", from+i), Grade: gradeOf(rng.IntN(2370)), Location: at.Location, Building: at.Building,
					Grid: at.Grid, MicroGrid: at.MicroGrid, Enrolled: planner.NewDate(2026, time.January, 1),
					Person: data.Person{Name: "某人", Phone: "19900000000", Address: "某路某号"},
				}
				r.Kinds = append(r.Kinds, []string{"lone_elder", "disabled", "child_in_difficulty", "empty_nest"}[rng.IntN(4)])
				if rng.IntN(3) == 0 {
					r.Kinds = append(r.Kinds, "low_income")
				}
				if v, ok := near[at.Grid[:communityDigits]]; ok {
					r.Team = []string{v}
				}
				residents[i] = r
				visits[i] = data.Visit{Resident: r.ID, Date: day - 1 - planner.Date(rng.IntN(30)), Done: true, Grid: at.Grid}
			}
			if err := tx.PutResidents(district, residents); err != nil {
				return err
			}
			if err := tx.PutVisits(district, visits); err != nil {
				return err
			}
		}
		return nil
	})
}

// gradeOf splits 2,370 people as the reference district does: 28 red, 506 yellow,
// 1,836 blue.
func gradeOf(i int) string {
	switch {
	case i < 28:
		return "red"
	case i < 28+506:
		return "yellow"
	}
	return "blue"
}
