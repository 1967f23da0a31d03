package service_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/geo"
	"sanse/reports"
)

// leaveBed is a service that works as the roles that serve, and people who hold
// sessions there.
type leaveBed struct {
	t *testing.T
	*service.Service
	owner, serving *data.Store
	now            time.Time
}

func newLeaveBed(t *testing.T) *leaveBed {
	t.Helper()
	b := &leaveBed{t: t, now: time.Now()}
	b.owner, b.serving = datatest.NewServing(t)
	b.Service = service.New(b.serving, service.Config{Now: func() time.Time { return b.now }})
	t.Cleanup(b.Close)
	whole := data.Area{Area: geo.Area{Code: lattice, Level: geo.LevelDistrict, Name: "试验区", Boundary: ground(0, 0, 2, 2)}, ValidFrom: 1}
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutDistrict(data.District{Code: lattice, Name: "试验区", TimeZone: "Asia/Shanghai"}), tx.PutAreas(lattice, []data.Area{whole}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// as is a context of somebody who has signed in in a role; n tells them apart.
func (b *leaveBed) as(n int, role data.Role, purpose string) context.Context {
	b.t.Helper()
	ctx, g := b.t.Context(), b.owner.Gate()
	id, token := fmt.Sprintf("a%016x", n), data.Token(fmt.Sprint("token", n))
	grant := data.Grant{Account: id, Role: role, From: time.Now().Add(-time.Hour), GivenBy: "os:test"}
	if role != data.RoleAuditor && role != data.RoleAdministrator {
		grant.Area = lattice
	}
	_, err := g.Account(ctx, lattice, id)
	if errors.Is(err, data.ErrNotFound) {
		err = g.PutAccount(ctx, lattice, data.Account{ID: id, Login: fmt.Sprint("login", n)})
		if err == nil {
			_, err = g.Give(ctx, lattice, grant)
		}
		if err == nil {
			err = g.OpenSession(ctx, lattice, token.Hash(), data.Session{
				ID: fmt.Sprintf("s%016x", n), Account: id, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour),
			})
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
	seated, err := b.owner.Gate().Seat(ctx, token.Hash())
	if err != nil {
		b.t.Fatal(err)
	}
	v := service.ViewerOf(seated, token)
	v.Purpose = purpose
	return service.WithViewer(ctx, v)
}

// take takes a file of so many records.
func (b *leaveBed) take(ctx context.Context, records int) (string, error) {
	b.t.Helper()
	ctx, err := b.BeginExport(ctx, lattice, "draft-effect-page", lattice)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = b.Leave(ctx, records, &out, func(w io.Writer, m reports.Marked) error {
		_, err := fmt.Fprintf(w, "<meta content=%q><p>12 人 %s", m.Hidden, m.Line(false))
		return err
	})
	return out.String(), err
}

func TestAFileThatLeavesLeadsBackToWhoTookIt(t *testing.T) {
	b := newLeaveBed(t)
	official, auditor := b.as(1, data.RoleOfficial, "meeting"), b.as(2, data.RoleAuditor, "")
	file, err := b.take(official, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"a0000000000000001", "会议", "有效至"} {
		if !strings.Contains(file, said) {
			t.Errorf("the file does not say %s: %s", said, file)
		}
	}
	if strings.Contains(file, "login1") {
		t.Error("the file says a login")
	}
	f, err := b.ReadMark(auditor, lattice, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if !f.Sealed || !f.Same || f.Over(b.now) || f.Row == nil || f.Row.Login != "login1" || f.Row.Records != 7 || f.Row.Kind != "draft-effect-page" || f.Mark.Account != "a0000000000000001" || f.Mark.Purpose != "meeting" {
		t.Errorf("%+v %+v", f, f.Row)
	}
	for name, c := range map[string]struct {
		file         string
		sealed, same bool
	}{
		"a number was changed":             {strings.Replace(file, "12 人", "13 人", 1), true, false},
		"somebody else was put in":         {strings.Replace(file, "a0000000000000001", "a0000000000000003", 1), false, false},
		"a seal of another file was taken": {strings.Replace(file, f.Mark.Export, "x00000000000000ff", 1), false, false},
	} {
		got, err := b.ReadMark(auditor, lattice, []byte(c.file))
		if err != nil || got.Sealed != c.sealed || got.Same != c.same {
			t.Errorf("%s: sealed %v, same %v (%v)", name, got.Sealed, got.Same, err)
		}
	}
	if got, err := b.ReadMark(auditor, lattice, []byte("编号 "+f.Mark.Export)); err != nil || len(got.Numbers) != 1 || got.Numbers[0].Login != "login1" {
		t.Errorf("by the number alone: %+v %v", got, err)
	}
	if _, err := b.ReadMark(auditor, lattice, []byte("编号 x00000000000000ff")); !errors.Is(err, service.ErrNoMark) {
		t.Errorf("of a number that there is not: %v", err)
	}
	if _, err := b.ReadMark(official, lattice, []byte(file)); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("whoever is no auditor asks: %v", err)
	}
	if _, err := b.Exports(official, lattice, data.ExportFilter{}); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("whoever is no auditor asks: %v", err)
	}
	events, err := b.owner.Events(t.Context(), lattice, data.EventFilter{Action: data.ActExport})
	if err != nil || len(events) != 1 || events[0].Detail["export"] != f.Mark.Export || events[0].Purpose != "meeting" || events[0].N != 7 {
		t.Errorf("%+v %v", events, err)
	}
	b.now = f.Mark.Until.Add(time.Second)
	if !f.Over(b.now) || f.Mark.Until.Sub(f.Mark.At) < 14*24*time.Hour || f.Mark.Until.Sub(f.Mark.At) > 15*24*time.Hour {
		t.Errorf("a file for a meeting is good until %v", f.Mark.Until)
	}
	if rows, err := b.Exports(auditor, lattice, data.ExportFilter{}); err != nil || len(rows) != 1 || !rows[0].Over {
		t.Errorf("%+v %v", rows, err)
	}
}

func TestARoleTakesSoMuchAndNoMore(t *testing.T) {
	b := newLeaveBed(t)
	official := b.as(1, data.RoleOfficial, "report")
	capped := func(ctx context.Context, records int, want service.CapKind) {
		t.Helper()
		_, err := b.take(ctx, records)
		var e *service.CapError
		if got := errors.As(err, &e); got != (want != "") || got && e.Kind != want || !got && err != nil {
			t.Errorf("%d records: %v, want %q", records, err, want)
		}
	}
	terms, err := b.ExportTerms(official, lattice)
	if err != nil || !terms.Bounded || terms.Files == 0 || terms.Used.Files != 0 || len(terms.Purposes) != len(service.Purposes) {
		t.Fatalf("%+v %v", terms, err)
	}
	capped(official, terms.Records, "")
	capped(official, terms.Records+1, service.CapRecordsAFile)
	capped(official, terms.Records, "")
	capped(official, terms.Records, "")
	capped(official, 1, service.CapRecordsADay)
	for range terms.Files - 3 {
		capped(official, 0, "")
	}
	capped(official, 0, service.CapFilesADay)
	capped(b.as(2, data.RoleOfficial, "report"), 0, "")                         // somebody else's are theirs
	capped(b.as(3, data.RoleTaskForce, "report"), 201, service.CapRecordsAFile) // a role of fewer
	if terms, err := b.ExportTerms(official, lattice); err != nil || terms.Used.Files != terms.Files || terms.Used.Records != terms.Day {
		t.Errorf("%+v %v", terms, err)
	}
	refused, err := b.owner.Events(t.Context(), lattice, data.EventFilter{Action: data.ActExport, Outcome: data.OutcomeRefused})
	if err != nil || len(refused) < 4 {
		t.Errorf("%d refusals are recorded (%v)", len(refused), err)
	}
	b.now = b.now.AddDate(0, 0, 1)
	capped(official, 5, "")
}

func TestADistrictDecidesOnLessThanTheProgramAllows(t *testing.T) {
	b := newLeaveBed(t)
	admin, official := b.as(1, data.RoleAdministrator, ""), b.as(2, data.RoleOfficial, "report")
	b.as(3, data.RoleOfficial, "report")
	if _, err := b.owner.Gate().Give(t.Context(), lattice, data.Grant{Account: fmt.Sprintf("a%016x", 3), Role: data.RoleTaskForce, Area: lattice, From: time.Now().Add(-time.Hour), GivenBy: "os:test"}); err != nil {
		t.Fatal(err)
	}
	both := b.as(3, data.RoleOfficial, "report") // with what was given since
	most := must(b.ExportTerms(official, lattice))(t).Cap
	for name, c := range map[string]struct {
		as    context.Context
		role  data.Role
		cap   service.Cap
		basis string
		want  service.Code
	}{
		"whoever is no administrator": {official, data.RoleOfficial, service.Cap{Files: 1}, "试点", service.CodeForbidden},
		"more files":                  {admin, data.RoleOfficial, service.Cap{Files: most.Files + 1}, "试点", service.CodeInvalid},
		"more records":                {admin, data.RoleOfficial, service.Cap{Records: most.Records + 1}, "试点", service.CodeInvalid},
		"more a day":                  {admin, data.RoleOfficial, service.Cap{Day: most.Day + 1}, "试点", service.CodeInvalid},
		"less than none":              {admin, data.RoleOfficial, service.Cap{Files: -1}, "试点", service.CodeInvalid},
		"for no reason":               {admin, data.RoleOfficial, service.Cap{Files: 1}, " ", service.CodeInvalid},
		"of a role that takes none":   {admin, data.RoleProvider, service.Cap{}, "试点", service.CodeInvalid},
		"of no role":                  {admin, "everybody", service.Cap{}, "试点", service.CodeInvalid},
	} {
		if err := b.SetExportCap(c.as, lattice, c.role, c.cap, c.basis); service.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.DropExportCap(official, lattice, data.RoleOfficial); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("whoever is no administrator goes back: %v", err)
	}
	if _, err := b.ExportCaps(official, lattice); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("whoever is no administrator looks: %v", err)
	}
	if _, err := b.take(official, most.Records); err != nil {
		t.Fatal(err)
	}
	less := service.Cap{Files: 2, Records: 3, Day: most.Records + 4}
	if err := b.SetExportCap(admin, lattice, data.RoleOfficial, less, "试点期间"); err != nil {
		t.Fatal(err)
	}
	if got := must(b.ExportTerms(official, lattice))(t); got.Cap != less || got.Used.Files != 1 {
		t.Errorf("%+v", got)
	}
	refused := func(ctx context.Context, records int, want service.CapKind) {
		t.Helper()
		_, err := b.take(ctx, records)
		var e *service.CapError
		if !errors.As(err, &e) || e.Kind != want {
			t.Errorf("%d records: %v, want %q", records, err, want)
		}
	}
	// It holds from the next file on, and what was taken before counts.
	refused(official, 4, service.CapRecordsAFile)
	if _, err := b.take(official, 3); err != nil {
		t.Error(err)
	}
	refused(official, 0, service.CapFilesADay)
	// Of several roles the widest bound is left of each.
	if got, force := must(b.ExportTerms(both, lattice))(t).Cap, must(b.ExportTerms(b.as(4, data.RoleTaskForce, ""), lattice))(t).Cap; got != (service.Cap{
		Files: max(less.Files, force.Files), Records: max(less.Records, force.Records), Day: max(less.Day, force.Day),
	}) {
		t.Errorf("%+v", got)
	}
	for _, c := range must(b.ExportCaps(admin, lattice))(t) {
		if is := c.Role == data.RoleOfficial; c.Set != is || is && (c.Cap != less || c.Most != most || c.Basis != "试点期间") || !is && c.Cap != c.Most {
			t.Errorf("%+v", c)
		}
	}
	// What a row says that the program would not have written is no wider than the program.
	if _, err := b.owner.Pool().Exec(t.Context(), `UPDATE export_cap SET files = 1000000 WHERE role = 'official'`); err != nil {
		t.Fatal(err)
	}
	if got := must(b.ExportTerms(official, lattice))(t).Files; got != most.Files {
		t.Errorf("%d files a day", got)
	}
	if err := b.DropExportCap(admin, lattice, data.RoleOfficial); err != nil {
		t.Fatal(err)
	}
	if got := must(b.ExportTerms(official, lattice))(t).Cap; got != most {
		t.Errorf("%+v after it was taken back", got)
	}
	events := must(b.owner.Events(t.Context(), lattice, data.EventFilter{Object: "export_cap"}))(t)
	slices.SortFunc(events, func(x, y data.Event) int { return x.At.Compare(y.At) })
	if len(events) != 2 || events[0].Action != data.ActUpdate || events[0].Account != fmt.Sprintf("a%016x", 1) || events[0].Detail["records"] != "3" || events[1].Action != data.ActDelete {
		t.Errorf("%+v", events)
	}
}

func TestTheDigestThatIsWrittenDownIsThatOfTheFileWithoutItsMark(t *testing.T) {
	b := newLeaveBed(t)
	official, auditor := b.as(1, data.RoleOfficial, "meeting"), b.as(2, data.RoleAuditor, "")
	file, err := b.take(official, 7)
	if err != nil {
		t.Fatal(err)
	}
	found := must(b.ReadMark(auditor, lattice, []byte(file)))(t)
	blank := regexp.MustCompile(`sanse-mark:1:[^"]+`).ReplaceAllString(file, found.Mark.Blank())
	if sum := sha256.Sum256([]byte(blank)); found.Row == nil || !bytes.Equal(found.Row.Digest, sum[:]) {
		t.Errorf("%x is written down, want %x", found.Row.Digest, sum)
	}
	// A file with no room for a mark: the whole of it.
	d := must(b.District(official, lattice))(t)
	var bare bytes.Buffer
	if err := b.CarryBare(official, d, "a table", &bare, func(w io.Writer) (int, error) { return io.WriteString(w, "resident,day\nr1,2030-01-01\n") }); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(bare.Bytes())
	rows := must(b.Exports(auditor, lattice, data.ExportFilter{Digest: sum[:]}))(t)
	if len(rows) != 1 || rows[0].Kind != "a table" || rows[0].Login != "login1" || rows[0].Records != bare.Len() || rows[0].Purpose != "meeting" {
		t.Fatalf("%+v", rows)
	}
	if got := must(b.ReadMark(auditor, lattice, bare.Bytes()))(t); len(got.Taken) != 1 || got.Taken[0].ID != rows[0].ID {
		t.Errorf("%+v", got)
	}
	if _, err := b.ReadMark(auditor, lattice, append(bare.Bytes(), '\n')); !errors.Is(err, service.ErrNoMark) {
		t.Errorf("one that was changed: %v", err)
	}
	// What cannot be written is not written down either.
	failed := errors.New("no more room")
	if err := b.CarryBare(official, d, "a table", io.Discard, func(io.Writer) (int, error) { return 0, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	if rows := must(b.Exports(auditor, lattice, data.ExportFilter{}))(t); len(rows) != 2 {
		t.Errorf("%d files are written down", len(rows))
	}
}

func TestWhatEverybodyGetsHasNoMark(t *testing.T) {
	b := newLeaveBed(t)
	var out bytes.Buffer
	err := b.Leave(b.as(1, data.RoleOfficial, ""), 0, &out, func(w io.Writer, m reports.Marked) error {
		if m != (reports.Marked{}) {
			t.Errorf("%+v", m)
		}
		_, err := io.WriteString(w, "released")
		return err
	})
	if err != nil || out.String() != "released" {
		t.Errorf("%q %v", out.String(), err)
	}
	if rows, err := b.owner.Exports(t.Context(), lattice, data.ExportFilter{}); err != nil || len(rows) != 0 {
		t.Errorf("%+v %v", rows, err)
	}
}

// Whether a file is one that everybody gets comes out when it is made: until then
// nobody is refused for having taken too many, and nothing is recorded.
func TestAFileThatEverybodyGetsIsNeitherCountedNorRecorded(t *testing.T) {
	b := newLeaveBed(t)
	for _, role := range []data.Role{data.RoleTaskForce, data.RoleOfficial} { // the first take no marked file at all
		for range 2 {
			if _, err := b.BeginExport(b.as(len(role), role, "report"), lattice, "shortfall-page", lattice); err != nil {
				t.Errorf("%s: %v", role, err)
			}
		}
	}
	if events, err := b.owner.Events(t.Context(), lattice, data.EventFilter{Action: data.ActExport}); err != nil || len(events) != 0 {
		t.Errorf("%+v %v", events, err)
	}
}

func TestAFileThatCannotBeWrittenDownIsNotHandedOut(t *testing.T) {
	b := newLeaveBed(t)
	ctx, err := b.BeginExport(b.as(1, data.RoleOfficial, "report"), lattice, "draft-effect-page", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.owner.Gate().Revoke(t.Context(), lattice, fmt.Sprintf("s%016x", 1)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = b.Leave(ctx, 0, &out, func(w io.Writer, m reports.Marked) error {
		_, err := io.WriteString(w, m.Hidden)
		return err
	})
	if err == nil || out.Len() > 0 {
		t.Errorf("%d bytes are handed out: %v", out.Len(), err)
	}
}

func TestTheReviewNumberIsForAdministratorsToSet(t *testing.T) {
	b := newLeaveBed(t)
	admin := b.as(1, data.RoleAdministrator, "")
	for typed, want := range map[string]string{" 川S〔2026〕00012号 ": "川S〔2026〕00012号", "审图号：GS(2026)1号": "GS(2026)1号", "": ""} {
		if got, err := b.SetReviewNumber(admin, lattice, typed); err != nil || got != want {
			t.Errorf("%q: %q %v", typed, got, err)
		}
	}
	for _, bad := range []string{strings.Repeat("号", 61), "a\nb", "\xff"} {
		if _, err := b.SetReviewNumber(admin, lattice, bad); service.CodeOf(err) != service.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := b.SetReviewNumber(b.as(2, data.RolePlanner, ""), lattice, "x"); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("a planner sets it: %v", err)
	}
}
