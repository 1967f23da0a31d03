package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// serverChecks look at the key, the folder and the database, whatever districts are
// in it.
var serverChecks = []check{
	{"key-file", "nobody but its owner reads the key, and it lies apart from the database", keyFileCheck},
	{"database-roles", "the roles that serve own nothing and cannot pass row-level security by", rolesCheck},
	{"database-log", "the database writes down no parameters of statements", databaseLogCheck},
	{"database-tls", "the way to the database is this machine's own, or encrypted", databaseTLSCheck},
	{"private-hooks", "nothing is sent into the house's own network", privateHooksCheck},
	{"database-durable", "what is stored outlives a crash", durableCheck},
}

func keyFileCheck(p *patient, found func(state, what, mend string)) {
	if p.keyFile == "" {
		return
	}
	info, err := os.Stat(p.keyFile)
	if err != nil {
		found(stateUnsafe, "the key file cannot be looked at", "see that it is where --key-file says, on a disk that is there")
		return
	}
	if info.Mode().Perm()&0o077 != 0 {
		found(stateUnsafe, fmt.Sprintf("others may read the key file (mode %04o)", info.Mode().Perm()), "chmod 600 it, then have another key take over: sanse keys rewrap")
	}
	if p.private && filepath.Dir(p.keyFile) == filepath.Clean(p.home) {
		found(stateWarn, "the key lies in the folder of the database: whoever copies the folder has both", "put it on another disk (--key-file), or have a program keep it (--key-command); see docs/sealing.md")
	}
}

func rolesCheck(p *patient, found func(state, what, mend string)) {
	if len(p.health.Roles) < 3 {
		found(stateUnsafe, fmt.Sprintf("of the three roles that serve %d are there", len(p.health.Roles)), "see docs/trust.md: CREATE ROLE sanse_engine LOGIN NOINHERIT, and so for sanse_desk and sanse_gate")
	}
	for _, r := range p.health.Roles {
		var can []string
		for what, is := range map[string]bool{
			"is a superuser": r.Superuser, "can pass row-level security by": r.BypassRLS, "can make roles": r.CreateRole,
			fmt.Sprintf("owns %d tables", r.Owns): r.Owns > 0, "can become the owner of the tables": r.Becomes && !r.Superuser,
		} {
			if is {
				can = append(can, what)
			}
		}
		if slices.Sort(can); len(can) > 0 {
			found(stateUnsafe, r.Name+" "+strings.Join(can, ", "), "ALTER ROLE "+r.Name+" NOSUPERUSER NOBYPASSRLS NOCREATEROLE; take from it what it owns and what it is a member of")
		}
	}
}

// databaseLogCheck looks for settings by which the tokens of sessions, which travel
// as parameters, would be in the log of the database.
func databaseLogCheck(p *patient, found func(state, what, mend string)) {
	of := func(setting string) (out []string) { // its values, the server's and those of roles
		for _, name := range slices.Sorted(maps.Keys(p.health.Settings)) {
			if bare, _, _ := strings.Cut(name, " of "); bare == setting {
				out = append(out, strings.TrimSuffix(p.health.Settings[name], " ms"))
			}
		}
		return out
	}
	not := func(setting string, harmless ...string) bool {
		return slices.ContainsFunc(of(setting), func(v string) bool { return !slices.Contains(harmless, v) })
	}
	var logs []string
	for _, s := range []struct {
		name     string
		harmless []string
	}{{"log_statement", []string{"none", "ddl"}}, {"log_min_duration_statement", []string{"-1"}}, {"log_min_duration_sample", []string{"-1"}}, {"log_transaction_sample_rate", []string{"0"}}} {
		if not(s.name, s.harmless...) {
			logs = append(logs, s.name)
		}
	}
	if len(logs) > 0 && not("log_parameter_max_length", "0") {
		found(stateUnsafe, "the database logs statements with their parameters ("+strings.Join(logs, ", ")+"): tokens of sessions would stand in its log", "set log_parameter_max_length = 0, or log no statements")
	}
	if not("log_parameter_max_length_on_error", "0") {
		found(stateUnsafe, "the database logs the parameters of statements that fail: tokens of sessions would stand in its log", "set log_parameter_max_length_on_error = 0")
	}
	for _, library := range []string{"auto_explain", "pgaudit"} {
		if strings.Contains(strings.Join(of("shared_preload_libraries"), ","), library) {
			found(stateWarn, library+" is loaded, which can write parameters into the log", "see that it is set not to")
		}
	}
}

func databaseTLSCheck(p *patient, found func(state, what, mend string)) {
	if p.health.Remote && !p.health.TLS {
		found(stateUnsafe, "the database is reached over a network in the clear", "sslmode=verify-full in --database-url, SANSE_ENGINE_URL, SANSE_DESK_URL and SANSE_GATE_URL; hostssl alone in pg_hba.conf")
	}
}

func durableCheck(p *patient, found func(state, what, mend string)) {
	for _, name := range []string{"fsync", "full_page_writes"} {
		if p.health.Settings[name] == "off" {
			found(stateUnsafe, name+" is off: a crash can take the database with it, and the audit", "set "+name+" = on")
		}
	}
}

// privateHooksCheck tells of a setting that is right where the gateway is the house's
// own, and opens its network to whoever sets addresses.
func privateHooksCheck(p *patient, found func(state, what, mend string)) {
	if p.privateHooks {
		found(stateWarn, "messages and tasks may go to addresses of the house's own network, wherever administrators and browsers say (--private-hooks)", "leave it off unless the gateway or a platform is there; have the firewall let this machine reach those alone")
	}
}
