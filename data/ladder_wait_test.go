package data_test

import (
	"testing"
	"time"

	"sanse/data"
	"sanse/planner/ladder"
)

// A visit comes in while its ladder lapses: it waits for the ladder, and ends the case too.
func TestAVisitThatWaitsForALapseEndsItsCase(t *testing.T) {
	owner, s := newLadders(t)
	ctx := t.Context()
	came := make(chan error, 1)
	write(t, s, func(tx *data.Tx) error {
		due, err := tx.ClaimLadders(code, ladderNoon, 1)
		if err != nil {
			return err
		}
		l := due[0]
		go func() {
			came <- owner.Write(ctx, func(tx *data.Tx) error {
				return tx.PutVisits(code, []data.Visit{{Resident: l.Resident, Date: ladderDay, Done: true, Visitor: "v1", Grid: l.Grid}})
			})
		}()
		for waits := false; !waits; {
			if err := owner.Pool().QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')`).Scan(&waits); err != nil {
				return err
			}
			if len(came) > 0 {
				t.Fatal("the visit does not wait for the ladder")
			}
		}
		if err := tx.MoveLadders(code, ladderNoon, []data.LadderMove{{ID: l.ID, Taken: 1, End: data.LadderLapsed}}, []data.LadderStep{{Ladder: l.ID, Kind: ladder.Lapse, Due: ladderNoon, Taken: ladderNoon}}); err != nil {
			return err
		}
		return tx.OpenCases(code, []data.Case{{
			ID: "k0000000000000001", Kind: "missed", Source: "missed", Resident: l.Resident, Area: l.Grid, Ladder: l.ID, Level: data.CaseTaskForce,
			Stage: data.CaseCall, Opened: ladderNoon, Deadline: ladderNoon.Add(time.Hour),
		}})
	})
	if err := <-came; err != nil {
		t.Fatal(err)
	}
	list, err := s.Cases(ctx, code, data.CaseFilter{})
	if err != nil || len(list) != 1 || list[0].Stage != data.CaseClosed || list[0].N != 2 {
		t.Errorf("the cases are %+v (%v)", list, err)
	}
}
