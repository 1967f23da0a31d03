package service_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// seat is somebody signed in with one role.
func seat(role data.Role, area, body string, scopes ...string) service.Viewer {
	v := data.Seated{
		District: "990101", Account: data.Account{ID: "a1", Visitor: "v1"}, Session: data.Session{ID: "s1", Stage: data.StageFull, Scopes: scopes},
		Grants: []data.Grant{{N: 1, Account: "a1", Role: role, Area: area, Body: body, From: time.Unix(0, 0)}},
	}
	return service.ViewerOf(v, "token")
}

// TestEveryRoleMayWhatTheHouseSays has the table of docs/access.md written down a
// second time, in words: in their own area, in another, and of those handed over.
func TestEveryRoleMayWhatTheHouseSays(t *testing.T) {
	const town, community, other = "990101001", "990101001002", "990101002"
	for _, c := range []struct {
		who       string
		viewer    service.Viewer
		area      string
		may       string // in the area and all that lies in it
		ofHanded  string
		district  string // in all of the district
		answering bool
	}{
		{"the public", service.Viewer{}, town, "", "", "", false},
		{"a worker", seat(data.RoleWorker, community, ""), community, "numbers records names visit ladder case facts", "records names visit", "", true},
		{
			"a leader", seat(data.RoleLeader, community, ""), community, "numbers records names days visit codes review replan ladder case grade facts export hand_over requests",
			"records names visit", "", true,
		},
		{
			"a planner", seat(data.RolePlanner, "990101", ""), "990101",
			"numbers records days codes review replan plan publish match ladder case grade facts report export hand_over break_glass requests", "names",
			"numbers records days codes review replan plan publish match ladder case grade facts report export hand_over break_glass requests", true,
		},
		{
			"an official of the district", seat(data.RoleOfficial, "990101", ""), "990101",
			"numbers records days codes review ladder case grade facts report export hand_over break_glass requests privacy", "names visit",
			"numbers records days codes review ladder case grade facts report export hand_over break_glass requests privacy", true,
		},
		{
			"an official of a town", seat(data.RoleOfficial, town, ""), town,
			"numbers records days codes review ladder case grade facts report export hand_over break_glass requests privacy", "names visit", "", true,
		},
		{
			"an official of a community", seat(data.RoleOfficial, community, ""), community,
			"numbers records names days visit codes review ladder case grade facts report export hand_over break_glass requests privacy", "names visit", "", true,
		},
		{"a department", seat(data.RoleDepartment, "", "civil_affairs"), town, "", "records names visit case", "", false},
		{"a task force", seat(data.RoleTaskForce, town, ""), town, "numbers records days visit review ladder case facts break_glass", "names visit", "", true},
		{"a provider", seat(data.RoleProvider, "", "P1"), town, "", "records names visit", "", false},
		{"an auditor", seat(data.RoleAuditor, "", ""), "990101", "audit", "", "audit", false},
		{"an administrator", seat(data.RoleAdministrator, "", ""), "990101", "accounts settings", "", "accounts settings", false},
		{"a key that is not used for what it was made for", seat(data.RoleService, town, "", "needs", "names"), town, "", "", "", false},
		{"a leader of nowhere", seat(data.RoleLeader, "", ""), "990101", "", "records names visit", "", false},
		{"a role that there is not", seat("emperor", "990101", ""), "990101", "", "", "", false},
		{"whom the command line calls the operator", seat("operator", "990101", ""), "990101", "", "", "", false},
	} {
		in := func(area string) string {
			var out []string
			for _, c2 := range service.Capabilities {
				if c.viewer.May(c2, area) {
					out = append(out, string(c2))
				}
			}
			return strings.Join(out, " ")
		}
		var ofHanded []string
		for _, c2 := range service.Capabilities {
			if c.viewer.Handed(c2) {
				ofHanded = append(ofHanded, string(c2))
			}
		}
		for place, want := range map[string]string{c.area: c.may, c.area + "003": c.may, "990101": c.district, "": ""} {
			if got := in(place); got != want {
				t.Errorf("%s may in area %q: %s; want %s", c.who, place, got, want)
			}
		}
		if got := in(other); c.area != "990101" && got != "" {
			t.Errorf("%s may elsewhere: %s", c.who, got)
		}
		if got := strings.Join(ofHanded, " "); got != c.ofHanded {
			t.Errorf("%s may of those handed over: %s; want %s", c.who, got, c.ofHanded)
		}
		if c.viewer.AnswersFor(c.area) != c.answering || c.viewer.AnswersFor("990102") {
			t.Errorf("%s answers for %v", c.who, c.viewer.Areas)
		}
		if !strings.HasPrefix(c.who, "the public") && c.viewer.Account != "a1" {
			t.Errorf("%s is account %q", c.who, c.viewer.Account)
		}
	}
}

func TestWhoHasNotSignedInInFullMayNothing(t *testing.T) {
	for _, stage := range []data.Stage{data.StagePassword, data.StageTOTP, data.StageEnrol, data.StagePIN, ""} {
		v := service.ViewerOf(data.Seated{
			District: "990101", Account: data.Account{ID: "a1"}, Session: data.Session{Stage: stage},
			Grants: []data.Grant{{Role: data.RolePlanner, Area: "990101"}},
		}, "token")
		if !v.Public() || len(v.Capabilities()) > 0 {
			t.Errorf("at stage %q: %v", stage, v.Capabilities())
		}
	}
}

func TestSeveralRolesDoNotMakeMoreThanEach(t *testing.T) {
	v := service.ViewerOf(data.Seated{
		District: "990101", Account: data.Account{ID: "a1"}, Session: data.Session{Stage: data.StageFull},
		Grants: []data.Grant{{Role: data.RoleLeader, Area: "990101001002"}, {Role: data.RolePlanner, Area: "990101"}, {Role: data.RoleWorker, Area: "990101001002"}},
	}, "token")
	for _, c := range []struct {
		may  service.Capability
		area string
		want bool
	}{
		{service.CapNames, "990101001002003", true}, {service.CapNames, "990101001", false}, {service.CapPlan, "990101", true}, {service.CapNames, "990101002", false},
	} {
		if v.May(c.may, c.area) != c.want {
			t.Errorf("%s in %s: not %v", c.may, c.area, c.want)
		}
	}
	if want := []string{"990101001002", "990101"}; !slices.Equal(v.Areas, want) {
		t.Errorf("answers for %v", v.Areas)
	}
}

func TestAskingForLessNeverGivesMore(t *testing.T) {
	const town, community = "990101001", "990101001002"
	for who, v := range map[string]service.Viewer{
		"official": seat(data.RoleOfficial, town, ""), "planner": seat(data.RolePlanner, "990101", ""), "leader": seat(data.RoleLeader, town, ""),
		"task force": seat(data.RoleTaskForce, town, ""), "operator": service.Everyone("990101"),
	} {
		less, err := v.Narrow(community)
		if err != nil {
			t.Fatal(err)
		}
		public, err := v.Narrow("public")
		if err != nil || !public.Public() || public.Token != "" || public.Visitor != "" || public.Account != v.Account {
			t.Errorf("%s as the public: %+v, %v", who, public, err)
		}
		for _, c := range service.Capabilities {
			for _, area := range []string{"990101", town, community, community + "003", "990101001003", "990101002"} {
				inside := strings.HasPrefix(area, community)
				if got, want := less.May(c, area), inside && v.May(c, area); got != want {
					t.Errorf("%s as %s: %s in %s is %v", who, community, c, area, got)
				}
			}
			if less.Handed(c) || public.MaySomewhere(c) {
				t.Errorf("%s asks for less and keeps %s", who, c)
			}
		}
		if _, err := less.Narrow(town); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s gets back what was given up: %v", who, err)
		}
	}
}

func TestAKeyIsGoodForWhatItWasMadeFor(t *testing.T) {
	const town = "990101001"
	for _, c := range []struct {
		scopes              string
		operation, audience string
		need                service.Capability
		good                bool
		may                 string
	}{
		{"needs", "needs", "duty_handed", service.CapRecords, true, "numbers records"},
		{"needs", "day", "duty_record", service.CapRecords, false, ""},
		{"needs names", "needs", "duty_handed", service.CapRecords, true, "numbers records names"},
		{"released", "board", "released", "", true, "numbers"},
		{"released", "areas", "open", "", false, ""},
		{"connect-visits", "connect-visits", "duty_record", service.CapConnect, true, "numbers records connect"},
		{"duty", "begin-draft", "duty", service.CapPlan, true, "numbers records plan"},
		{"accounts", "accounts", "duty", service.CapAccounts, true, "numbers records"},
		{"audit", "audit", "duty", service.CapAudit, true, "numbers records"},
		{"names", "names", "duty", service.CapNames, true, "numbers records names"},
		{"", "board", "released", "", false, ""},
	} {
		v, good := seat(data.RoleService, town, "", strings.Fields(c.scopes)...).Asking(c.operation, c.audience, c.need)
		var may []string
		for _, one := range service.Capabilities {
			if v.May(one, town) {
				may = append(may, string(one))
			}
		}
		if got := strings.Join(may, " "); good != c.good || got != c.may || v.AnswersFor(town) != (c.may != "") {
			t.Errorf("%q asks for %s: %v, %s", c.scopes, c.operation, good, got)
		}
		if v.May(service.CapNumbers, "990101") {
			t.Errorf("%q is good for the district", c.scopes)
		}
	}
	if v, good := seat(data.RoleWorker, town, "").Asking("needs", "duty_handed", service.CapRecords); !good || !v.May(service.CapNames, town) {
		t.Error("who has no key is asked for one")
	}
}

func TestNoRoleIsWithoutItsRules(t *testing.T) {
	for _, r := range data.Roles() {
		v := seat(r, "990101001002", "P1", "x")
		v, _ = v.Asking("x", "", service.CapRecords)
		if len(v.Capabilities()) == 0 {
			t.Errorf("%s may nothing", r)
		}
	}
	if fmt.Sprint(seat(data.RoleWorker, "1", "")) == "" || strings.Contains(fmt.Sprintf("%+v", seat(data.RoleWorker, "1", "")), "token") {
		t.Error("a token is shown")
	}
}
