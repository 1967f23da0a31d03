package service_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/datatest"
)

// handBed is a service under the three roles of the database on the lattice, and
// people who are signed in to it.
type handBed struct {
	t     *testing.T
	owner *data.Store
	gate  *data.Gate
	*service.Service
	who map[string]context.Context // by login
	id  map[string]string          // of accounts
}

// inHand lives in the west, and is called 李四.
const inHand = "r0000"

func newHandBed(t *testing.T) *handBed {
	t.Helper()
	owner, serving := datatest.NewServing(t)
	latticeIn(t, owner)
	b := &handBed{t: t, owner: owner, gate: serving.Gate(), Service: service.New(serving, service.Config{}), who: map[string]context.Context{}, id: map[string]string{}}
	t.Cleanup(b.Close)
	err := owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutPolicies(lattice, []data.Policy{{ID: "red", Grade: "red", EveryDays: 2}, {ID: "yellow", Grade: "yellow", PerWeek: 1}}),
			tx.PutResidents(lattice, []data.Resident{{
				ID: inHand, Grade: "red", Location: squareAt(0, 0).Bound().Center(), Grid: west + "001",
				Person: data.Person{Name: "李四", Phone: "13800000000", Address: "一号"},
			}}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	area := func(role data.Role, code string) data.Grant { return data.Grant{Role: role, Area: code} }
	b.sit("leader", "", area(data.RoleLeader, west))
	b.sit("secretary", "", area(data.RoleOfficial, west))
	b.sit("planner", "", area(data.RolePlanner, lattice))
	b.sit("stranger", "", area(data.RoleLeader, east))
	b.sit("force", "", area(data.RoleTaskForce, lattice+"001"))
	b.sit("worker", "v3", data.Grant{Role: data.RoleWorker})
	b.sit("civil", "", data.Grant{Role: data.RoleDepartment, Body: "civil_affairs"})
	b.sit("police", "", data.Grant{Role: data.RoleDepartment, Body: "police"})
	b.sit("auditor", "", data.Grant{Role: data.RoleAuditor})
	b.sit("admin", "", data.Grant{Role: data.RoleAdministrator})
	b.sit("nobody", "")
	return b
}

// sit signs somebody in who has these roles.
func (b *handBed) sit(login, visitor string, grants ...data.Grant) {
	b.t.Helper()
	ctx, n := b.t.Context(), len(b.id)+1
	a := data.Account{ID: fmt.Sprintf("a%016x", n), Login: login, Name: data.Sealed("某" + login), Visitor: visitor}
	if err := b.gate.PutAccount(ctx, lattice, a); err != nil {
		b.t.Fatal(err)
	}
	for _, g := range grants {
		g.Account, g.GivenBy = a.ID, "ops"
		if _, err := b.gate.Give(ctx, lattice, g); err != nil {
			b.t.Fatal(err)
		}
	}
	token := data.Token(strings.Repeat(login, 8))
	err := b.gate.OpenSession(ctx, lattice, token.Hash(), data.Session{
		ID: fmt.Sprintf("s%016x", n), Account: a.ID, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	seated, err := b.gate.Seat(ctx, token.Hash())
	if err != nil {
		b.t.Fatal(err)
	}
	b.who[login], b.id[login] = service.WithViewer(ctx, service.ViewerOf(seated, token)), a.ID
}

// sees wants a name to be told to somebody, or refused.
func (b *handBed) sees(who string, want bool) {
	b.t.Helper()
	p, err := b.Person(b.who[who], lattice, inHand)
	if (err == nil) != want || want && p.Name != "李四" || !want && service.CodeOf(err) != service.CodeForbidden {
		b.t.Errorf("%s sees the name: %v, %v", who, err == nil, err)
	}
}

func (b *handBed) handover(change func(*data.Handover)) data.Handover {
	h := data.Handover{Body: "civil_affairs", Kind: data.HandoverCase, To: time.Now().Add(24 * time.Hour), Reason: "低保复核"}
	if change != nil {
		change(&h)
	}
	return h
}

func TestAResidentIsHandedToSomebodyForATime(t *testing.T) {
	b := newHandBed(t)
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"a department sees those who are handed to it for as long as they are", b.departmentSees},
		{"somebody who helps sees them and gives them back", b.helperSees},
		{"who broke the glass closes it", b.glassCloses},
		{"a handover that makes no sense is refused", b.noSense},
		{"who may not hand over learns nothing", b.mayNot},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.t = t
			c.test(t)
		})
	}
}

func (b *handBed) departmentSees(t *testing.T) {
	b.sees("civil", false)
	n, err := b.HandOver(b.who["leader"], lattice, inHand, b.handover(nil))
	if err != nil {
		t.Fatal(err)
	}
	b.sees("civil", true)
	b.sees("police", false)
	list, err := b.Handed(b.who["civil"], lattice)
	if err != nil || len(list) != 1 || list[0].Resident != inHand || list[0].Reason != "低保复核" || list[0].By != "某leader" || list[0].Grade != "red" || list[0].Area != west {
		t.Errorf("%+v, %v", list, err)
	}
	for who, ctx := range b.who {
		list, err := b.Handed(ctx, lattice)
		none := who == "auditor" || who == "admin" || who == "nobody"
		if who != "civil" && len(list) != 0 || (err != nil) != none {
			t.Errorf("in the hands of %s: %d, %v", who, len(list), err)
		}
	}
	h, err := b.Handovers(b.who["secretary"], lattice, inHand)
	if err != nil || len(h.Items) != 1 || !h.Items[0].InForce || h.Items[0].By != "某leader" || fmt.Sprint(h.Departments) != "[civil_affairs police]" {
		t.Errorf("%+v, %v", h, err)
	}
	var takers []string
	for _, p := range h.People {
		takers = append(takers, string(p.Name))
	}
	if got := fmt.Sprint(takers); got != "[某force 某leader 某stranger 某worker]" { // not oneself, no planner, no department
		t.Errorf("can be handed to %s", got)
	}
	if err := b.EndHandover(b.who["secretary"], lattice, inHand, n); err != nil {
		t.Fatal(err)
	}
	b.sees("civil", false)
	if list, err := b.Handed(b.who["civil"], lattice); err != nil || len(list) != 0 {
		t.Errorf("%d are left, %v", len(list), err)
	}
	if err := b.EndHandover(b.who["leader"], lattice, inHand, n); service.CodeOf(err) != service.CodeNo {
		t.Errorf("ended twice: %v", err)
	}
	var rows int
	err = b.owner.Pool().QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE object = 'handover' AND $1 = ANY (ids)
		AND (action = 'grant' AND account = $2 AND reason <> '' OR action = 'end' AND account = $3)`, inHand, b.id["leader"], b.id["secretary"]).Scan(&rows)
	if err != nil || rows != 2 {
		t.Errorf("%d rows tell of it, %v", rows, err)
	}
}

func (b *handBed) helperSees(t *testing.T) {
	for _, who := range []string{"worker", "force"} {
		b.sees(who, false)
		n, err := b.HandOver(b.who["planner"], lattice, inHand, b.handover(func(h *data.Handover) { h.Body, h.Account, h.Kind = "", b.id[who], data.HandoverHelp }))
		if err != nil {
			t.Fatal(err)
		}
		b.sees(who, true)
		if list, err := b.Handed(b.who[who], lattice); err != nil || len(list) != 1 {
			t.Errorf("in the hands of %s: %d, %v", who, len(list), err)
		}
		if err := b.EndHandover(b.who["stranger"], lattice, inHand, n); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("ended by a stranger: %v", err)
		}
		if err := b.EndHandover(b.who[who], lattice, inHand, n); err != nil {
			t.Errorf("given back by %s: %v", who, err)
		}
		b.sees(who, false)
	}
}

func (b *handBed) glassCloses(t *testing.T) {
	for _, who := range []string{"planner", "force"} { // who may hand over, and who may not
		_, n, err := b.BreakGlass(b.who[who], lattice, inHand, "家属报告联系不上，需要上门")
		if err != nil {
			t.Fatal(err)
		}
		b.sees(who, true)
		if err := b.EndHandover(b.who["civil"], lattice, inHand, n); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("closed by somebody else: %v", err)
		}
		if err := b.EndHandover(b.who[who], lattice, inHand, n); err != nil {
			t.Errorf("closed by %s: %v", who, err)
		}
		if _, err := b.Person(b.who[who], lattice, inHand); !errors.Is(err, service.ErrBreakGlass) {
			t.Errorf("%s after that: %v", who, err)
		}
	}
}

func (b *handBed) mayNot(t *testing.T) {
	n, err := b.HandOver(b.who["leader"], lattice, inHand, b.handover(nil))
	if err != nil {
		t.Fatal(err)
	}
	b.who["public"] = t.Context()
	b.who["operator"] = service.WithViewer(t.Context(), service.Everyone(lattice))
	for _, who := range []string{"stranger", "worker", "force", "civil", "police", "auditor", "admin", "nobody", "public"} {
		var said []string
		for _, resident := range []string{inHand, "nobody"} {
			_, err := b.HandOver(b.who[who], lattice, resident, b.handover(nil))
			_, err2 := b.Handovers(b.who[who], lattice, resident)
			err3 := b.EndHandover(b.who[who], lattice, resident, n)
			for _, e := range []error{err, err2, err3} {
				if service.CodeOf(e) != service.CodeForbidden {
					t.Errorf("%s and %s: %v", who, resident, e)
				}
			}
			said = append(said, fmt.Sprint(err, err2, err3))
		}
		if said[0] != said[1] {
			t.Errorf("%s is told whether there is somebody: %s", who, said)
		}
	}
	if _, err := b.HandOver(b.who["operator"], lattice, inHand, b.handover(nil)); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("by nobody in particular: %v", err)
	}
	if err := b.EndHandover(b.who["leader"], lattice, inHand, 99); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("one that is not there: %v", err)
	}
}

func (b *handBed) noSense(t *testing.T) {
	before, err := b.Handovers(b.who["leader"], lattice, inHand)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.gate.Disable(t.Context(), lattice, b.id["secretary"], true); err != nil {
		t.Fatal(err)
	}
	to := func(who string) func(*data.Handover) {
		return func(h *data.Handover) { h.Body, h.Account = "", who }
	}
	for name, change := range map[string]func(*data.Handover){
		"to oneself":                               to(b.id["leader"]),
		"to nobody there is":                       to("a00000000000000ff"),
		"to a planner, who breaks the glass":       to(b.id["planner"]),
		"to one of a department, not all of it":    to(b.id["civil"]),
		"to an auditor":                            to(b.id["auditor"]),
		"to somebody without a role":               to(b.id["nobody"]),
		"to somebody who is disabled":              to(b.id["secretary"]),
		"to a department in which nobody signs in": func(h *data.Handover) { h.Body = "water" },
		"to two at once":                           func(h *data.Handover) { h.Account = b.id["worker"] },
		"to no one":                                func(h *data.Handover) { h.Body = "" },
		"as broken glass":                          func(h *data.Handover) { h.Kind = data.HandoverBreakGlass },
		"without a reason":                         func(h *data.Handover) { h.Reason = " " },
		"with a novel":                             func(h *data.Handover) { h.Reason = data.Sealed(strings.Repeat("长", 501)) },
		"without an end":                           func(h *data.Handover) { h.To = time.Time{} },
		"that is over":                             func(h *data.Handover) { h.To = time.Now().Add(-time.Minute) },
		"for more than a year":                     func(h *data.Handover) { h.To = time.Now().Add(data.MaxHandover + time.Hour) },
		"from the past":                            func(h *data.Handover) { h.From = time.Now().Add(-time.Hour) },
		"from a day far ahead":                     func(h *data.Handover) { h.From = time.Now().AddDate(2, 0, 0); h.To = h.From.Add(time.Hour) },
		"that ends before it begins":               func(h *data.Handover) { h.From = time.Now().Add(48 * time.Hour) },
	} {
		if _, err := b.HandOver(b.who["leader"], lattice, inHand, b.handover(change)); service.CodeOf(err) != service.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	after, err := b.Handovers(b.who["leader"], lattice, inHand)
	if err != nil || len(after.Items) != len(before.Items) {
		t.Errorf("%d handovers of %d, %v", len(after.Items), len(before.Items), err)
	}
}
