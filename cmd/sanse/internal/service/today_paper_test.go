package service_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"regexp"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// purposed is who asks, for a file for daily work.
func purposed(ctx context.Context) context.Context {
	v := service.ViewerFrom(ctx)
	v.Purpose = "daily_work"
	return service.WithViewer(ctx, v)
}

func TestTheDayOnPaperOnADeviceAndInACalendar(t *testing.T) {
	b := newLadderBed(t, 3)
	b.plan(3)
	b.at(2, 7, 0)
	mine, theirs := b.seat(1, data.RoleWorker, "", "v0"), b.seat(2, data.RoleWorker, "", "v1")
	planner1 := b.seat(3, data.RolePlanner, ladderDistrict, "")
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		people, err := tx.Reads().Residents(t.Context(), ladderDistrict)
		for i := range people {
			people[i].Person = data.Person{Name: data.Sealed("试名" + string('甲'+rune(i))), Phone: "13800000000", Address: "试路一号", Note: "耳背，多敲几下"}
		}
		return errors.Join(err, tx.PutResidents(ladderDistrict, people))
	})
	if err != nil {
		t.Fatal(err)
	}
	s := b.program()
	file := func(ctx context.Context, kind string, write func(context.Context, *bytes.Buffer) error) ([]byte, error) {
		t.Helper()
		var buf bytes.Buffer
		ctx, err := s.BeginExport(purposed(ctx), ladderDistrict, kind, "")
		if err == nil {
			err = write(ctx, &buf)
		}
		return buf.Bytes(), err
	}
	sheet := func(ctx context.Context, buf *bytes.Buffer) error {
		return s.DaySheet(ctx, ladderDistrict, "v0", 0, false, buf)
	}
	walk := func(ctx context.Context, buf *bytes.Buffer) error {
		return s.DayWalk(ctx, ladderDistrict, "v0", 0, buf)
	}

	pdf, err := file(mine, "day-sheet", sheet)
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatalf("the sheet: %v", err)
	}
	if n := one[int](t, b.owner, `SELECT records FROM export WHERE kind = 'day-sheet'`); n != 3 {
		t.Errorf("the sheet is written down with %d records, want 3", n)
	}
	gpx, err := file(mine, "day-walk", walk)
	if err != nil {
		t.Fatal(err)
	}
	var way struct {
		Points []struct {
			Name string `xml:"name"`
		} `xml:"wpt"`
		Track []struct {
			Lat float64 `xml:"lat,attr"`
		} `xml:"trk>trkseg>trkpt"`
	}
	if err := xml.Unmarshal(gpx, &way); err != nil || len(way.Points) != 3 || way.Points[2].Name != "3" || len(way.Track) < 4 {
		t.Errorf("the way is %+v (%v)", way, err)
	}
	if bytes.Contains(gpx, []byte("试")) || bytes.Contains(gpx, []byte("r0000")) {
		t.Error("the way names somebody")
	}
	for name, who := range map[string]context.Context{"a colleague": theirs, "who is told no names": planner1} {
		if _, err := file(who, "day-walk", walk); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s gets the way: %v", name, err)
		}
	}

	slips := func(ctx context.Context, buf *bytes.Buffer) error {
		return s.DaySlips(ctx, ladderDistrict, "v0", 0, false, "https://sanse.example", buf)
	}
	for range 2 {
		if pdf, err := file(mine, "day-slips", slips); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("the slips: %v", err)
		}
	}
	if n := one[int](t, b.owner, `SELECT count(DISTINCT token_hash)::int FROM rating_code WHERE resident = 'r00000' AND day = '2026-12-02' AND record IS NULL`); n != 2 {
		t.Errorf("printed twice a door has %d codes, want 2", n)
	}
	if n := one[int](t, b.owner, `SELECT count(DISTINCT resident)::int FROM rating_code`); n != 3 {
		t.Errorf("%d doors have codes, want 3", n)
	}
	if _, err := file(theirs, "day-slips", slips); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("a colleague gets the slips: %v", err)
	}

	secret := must(s.MakeCalendar(mine, ladderDistrict))(t)
	read := func(token data.Token) (string, error) {
		var buf bytes.Buffer
		err := s.WriteCalendar(t.Context(), ladderDistrict, token, false, &buf)
		return buf.String(), err
	}
	cal, err := read(secret)
	if err != nil || !strings.Contains(cal, "BEGIN:VEVENT") || !strings.Contains(cal, "SUMMARY:走访 3 处") || !strings.Contains(cal, "DTSTART:20261202T") {
		t.Fatalf("the calendar is %q (%v)", cal, err)
	}
	if regexp.MustCompile(`试名|试路|r0000|v0|red|红`).MatchString(cal) {
		t.Errorf("the calendar tells more than when and where: %q", cal)
	}
	if at := must(s.Calendar(mine, ladderDistrict))(t); at.IsZero() {
		t.Error("there is an address, and it is not told")
	}
	fresh := must(s.MakeCalendar(mine, ladderDistrict))(t)
	if _, err := read(secret); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("the address before still opens: %v", err)
	}
	if _, err := read(fresh); err != nil {
		t.Error(err)
	}
	if err := b.serving.Gate().Disable(t.Context(), ladderDistrict, service.ViewerFrom(mine).Account, true); err != nil {
		t.Fatal(err)
	}
	if _, err := read(fresh); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("the address of a disabled account opens: %v", err)
	}
	if err := s.RevokeCalendar(theirs, ladderDistrict); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("there is none to be revoked: %v", err)
	}
	if _, err := s.MakeCalendar(planner1, ladderDistrict); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("who does not walk has a calendar: %v", err)
	}
}

func TestAPatrolPointIsTickedOffOnce(t *testing.T) {
	b := newLadderBed(t, 1)
	b.plan(1)
	b.at(2, 9, 0)
	today := planner.NewDate(2026, 12, 2)
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		weekly := []planner.Policy{{PerWeek: 3}}
		return tx.PutTasks(ladderDistrict, []data.Task{
			{ID: "t1", Kind: "patrol", What: "配电房", Location: squareAt(2, 2).Bound().Center(), Grid: ladderGrid, MicroGrid: ladderMicro, Minutes: 5, Rules: weekly},
			{ID: "t2", Kind: "service", What: "bathing", Resident: "r00000", Minutes: 30, Rules: weekly},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	mine := b.seat(1, data.RoleWorker, "", "v0")
	s := b.program()
	ticks := []service.Tick{{Task: "t1", Day: today}, {Task: "t2", Day: today}, {Task: "none", Day: today}, {Task: "t1", Day: today + 1}, {Task: "t1", Day: today - 9}, {Task: "t1", Day: today}}
	want := "stored refused refused refused refused same"
	for range 2 {
		if got := strings.Join(must(s.TickTasks(mine, ladderDistrict, ticks))(t), " "); got != want {
			t.Fatalf("it is %q, want %q", got, want)
		}
		want = "same refused refused refused refused same"
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM task_visit WHERE task = 't1' AND done AND visitor = 'v0'`); n != 1 {
		t.Errorf("it was done %d times", n)
	}
	before := must(b.serving.DataVersion(t.Context(), ladderDistrict))(t)
	must(s.JudgeRecords(t.Context(), ladderDistrict))(t)
	if now := must(b.serving.DataVersion(t.Context(), ladderDistrict))(t); now != before+1 {
		t.Errorf("the data version is %d after %d", now, before)
	}
	if _, err := s.TickTasks(mine, ladderDistrict, nil); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("none at all: %v", err)
	}
	if _, err := s.TickTasks(b.seat(2, data.RoleAuditor, "", ""), ladderDistrict, ticks); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("an auditor ticks off: %v", err)
	}
}
