package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sanse/data"
)

// Times after which something is to be looked at.
const (
	unusedTime = 90 * 24 * time.Hour
	keyTime    = 366 * 24 * time.Hour
	lifeTime   = 30 * 24 * time.Hour
	chainTime  = 10 * time.Minute
	sentTime   = 24 * time.Hour
)

// districtChecks look at one district.
var districtChecks = []check{
	{"first-secret", "the file of the first secret is gone", firstSecretCheck},
	{"second-factor", "all who must have a second factor have one", secondFactorCheck},
	{"second-factor-roles", "every role that is told of people must have a second factor", factorRolesCheck},
	{"left-accounts", "no account is open of a visitor who has left", leftCheck},
	{"unused-accounts", "every account with a role has been used within 90 days", unusedCheck},
	{"stand-in-accounts", "no account of a made-up district or of this machine's own pages is left", standInCheck},
	{"endless-grants", "every role ends on a day", endlessCheck},
	{"data-key", "the data key is younger than a year", dataKeyCheck},
	{"audit-chain", "the audit is chained, and the end of its chain is whole", auditCheck},
	{"audit-sent", "the audit goes to a collector, each day", sentCheck},
	{"review-number", "the maps carry their review number (审图号), or show a district that is made up", reviewCheck},
	{"retention", "what is over was taken away within 30 days", retentionCheck},
}

// logins are those of the accounts that are not disabled and for which it is so.
func (p *patient) logins(is func(data.Account) bool) (out []string) {
	for _, a := range p.accounts {
		if a.DisabledAt == nil && is(a) {
			out = append(out, a.Login)
		}
	}
	slices.Sort(out)
	return out
}

// holds tells whether an account has one of these roles now.
func (p *patient) holds(a data.Account, roles ...data.Role) bool {
	return slices.ContainsFunc(p.grants[a.ID], func(g data.Grant) bool { return slices.Contains(roles, g.Role) })
}

func firstSecretCheck(p *patient, found func(state, what, mend string)) {
	file := filepath.Join(p.home, "first-secret-"+p.district.Code+".txt")
	if _, err := os.Stat(file); err == nil {
		found(stateWarn, "the file of the first secret is still there: "+filepath.Base(file), "sign in as admin with it, then delete the file")
	} else if !errors.Is(err, fs.ErrNotExist) {
		found(stateWarn, "whether the file of the first secret is still there cannot be told", "look into the home folder as its owner")
	}
}

// secondFactorCheck is of those who sign in with a password here: for others the
// house that signs them in asks.
func secondFactorCheck(p *patient, found func(state, what, mend string)) {
	must := []data.Role{data.RoleAdministrator, data.RolePlanner}
	for _, f := range p.asked {
		must = append(must, f.Role)
	}
	if l := p.logins(func(a data.Account) bool {
		return a.Password != "" && a.SecretUntil == nil && a.Issuer == "" && !a.TOTPOn && p.holds(a, must...)
	}); len(l) > 0 {
		found(stateUnsafe, "accounts that must have a second factor and have none: "+named(l), "have them sign in and set it up, or disable them: sanse accounts disable LOGIN")
	}
}

// factorRolesCheck is of roles that accounts hold: nobody is told of people by one
// that nobody has.
func factorRolesCheck(p *patient, found func(state, what, mend string)) {
	if p.district.MadeUp {
		return
	}
	var without []string
	for _, r := range data.Roles() {
		asked := slices.ContainsFunc(p.asked, func(f data.FactorRole) bool { return f.Role == r })
		if asked || r.NeedsFactor() || r == data.RoleService {
			continue
		}
		if len(p.logins(func(a data.Account) bool { return a.Issuer == "" && a.Password != "" && p.holds(a, r) })) > 0 {
			without = append(without, string(r))
		}
	}
	if len(without) > 0 {
		found(stateWarn, "roles that come in with a password alone: "+strings.Join(without, ", "), "sanse accounts factor ROLE --basis WHY, or on the accounts page")
	}
}

func leftCheck(p *patient, found func(state, what, mend string)) {
	if l := p.logins(func(a data.Account) bool { return p.left[a.Visitor] }); len(l) > 0 {
		found(stateWarn, "accounts of visitors who have left: "+named(l), "disable them: sanse accounts disable LOGIN")
	}
}

func unusedCheck(p *patient, found func(state, what, mend string)) {
	if l := p.logins(func(a data.Account) bool {
		last := a.CreatedAt
		if a.SeenAt != nil {
			last = *a.SeenAt
		}
		// A program's key is used without anybody signing in.
		return len(p.grants[a.ID]) > 0 && !p.holds(a, data.RoleService) && p.now.Sub(last) > unusedTime
	}); len(l) > 0 {
		found(stateWarn, "not used for 90 days: "+named(l), "disable them: sanse accounts disable LOGIN")
	}
}

func standInCheck(p *patient, found func(state, what, mend string)) {
	if p.district.MadeUp {
		return
	}
	if l := p.logins(func(a data.Account) bool {
		return strings.HasPrefix(a.Login, "local-") || strings.HasPrefix(a.Login, "as-")
	}); len(l) > 0 {
		found(stateUnsafe, "accounts that stand for whoever sits at this machine: "+named(l), "disable them: sanse accounts disable LOGIN")
	}
	if l := p.logins(func(a data.Account) bool {
		return a.Password == "" && a.Issuer == "" && len(p.grants[a.ID]) > 0 && !p.holds(a, data.RoleService) &&
			!strings.HasPrefix(a.Login, "local-") && !strings.HasPrefix(a.Login, "as-")
	}); len(l) > 0 {
		found(stateWarn, "accounts with a role and no way to sign in, as those of made-up districts have none: "+named(l), "sanse accounts reset LOGIN gives one, sanse accounts disable LOGIN ends it")
	}
}

func endlessCheck(p *patient, found func(state, what, mend string)) {
	if l := p.logins(func(a data.Account) bool {
		return slices.ContainsFunc(p.grants[a.ID], func(g data.Grant) bool { return g.To == nil })
	}); len(l) > 0 {
		found(stateWarn, "roles without an end: "+named(l), "give roles until a day, and look at them anew then")
	}
}

func dataKeyCheck(p *patient, found func(state, what, mend string)) {
	for _, k := range p.keys {
		if k.InUse && k.Use == "seal" && p.now.Sub(k.Made) > keyTime {
			found(stateWarn, fmt.Sprintf("the data key in use is of %s", k.Made.UTC().Format(time.DateOnly)), "sanse keys rotate, then sanse keys reseal")
		}
	}
}

func auditCheck(p *patient, found func(state, what, mend string)) {
	if p.audit.Broken != "" {
		found(stateUnsafe, p.audit.Broken, "sanse audit verify says where; ask who has written to the database")
	}
	if p.audit.Waiting > 0 {
		found(stateWarn, fmt.Sprintf("%s of the audit older than ten minutes not chained", count(int(p.audit.Waiting), "row", "rows")), "serve chains them, and so does every verb: sanse audit verify")
	}
}

func sentCheck(p *patient, found func(state, what, mend string)) {
	if len(p.sent) == 0 && !p.district.MadeUp {
		found(stateWarn, "the audit is sent to no collector: it is where the database is, and goes with it", "sanse audit send --to FILE, from a timer (docs/audit.md)")
	}
	for _, name := range slices.Sorted(maps.Keys(p.sent)) {
		if p.now.Sub(p.sent[name]) > sentTime {
			found(stateWarn, "the collector "+name+" has taken nothing of the audit for a day", "sanse audit send --to FILE says why")
		}
	}
}

func reviewCheck(p *patient, found func(state, what, mend string)) {
	if !p.district.MadeUp && p.district.ReviewNumber == "" {
		found(stateWarn, "maps are printed without a review number (审图号)", "sanse db district CODE NAME --review-number NUMBER, or as an administrator on the pages; a map that is shown in public has to carry one (地图管理条例)")
	}
}

func retentionCheck(p *patient, found func(state, what, mend string)) {
	switch {
	case len(p.runs) == 0:
		found(stateWarn, "what is over has never been taken away", "sanse life run, every day")
	case p.now.Sub(p.runs[0].At) > lifeTime:
		found(stateWarn, "what is over was taken away on "+p.runs[0].At.UTC().Format(time.DateOnly)+" for the last time", "sanse life run, every day")
	}
}
