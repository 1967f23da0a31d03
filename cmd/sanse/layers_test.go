package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// Imports point one way (docs/architecture.md); this keeps them so.
func TestImportsPointOneWay(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list the packages: %v", err)
	}
	imports, deps := map[string][]string{}, map[string][]string{}
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct {
			ImportPath    string
			Imports, Deps []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		imports[p.ImportPath], deps[p.ImportPath] = p.Imports, p.Deps
	}
	within := func(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }
	of := func(root string) []string {
		var all []string
		for pkg := range imports {
			if within(pkg, root) {
				all = append(all, pkg)
			}
		}
		if len(all) == 0 {
			t.Errorf("there is no package %s", root)
		}
		return all
	}

	// Which packages of Sanse each layer may import; itself always.
	for layer, may := range map[string][]string{
		"sanse/geo":     {},
		"sanse/routing": {"sanse/geo"},
		"sanse/planner": {"sanse/geo"},
		"sanse/reports": {"sanse/geo", "sanse/routing", "sanse/planner"},
		"sanse/data":    {"sanse/geo", "sanse/routing", "sanse/planner"},

		"sanse/cmd/sanse/internal/service": {"sanse/geo", "sanse/routing", "sanse/planner", "sanse/reports", "sanse/data", "sanse/cmd/sanse/internal/web", "sanse/cmd/sanse/internal/audit", "sanse/cmd/sanse/internal/message", "sanse/cmd/sanse/internal/webpush", "sanse/cmd/sanse/internal/connect"},
		"sanse/cmd/sanse/internal/audit":   {"sanse/geo", "sanse/routing", "sanse/planner", "sanse/data"},
		"sanse/cmd/sanse/internal/connect": {"sanse/planner", "sanse/geo"},
		"sanse/cmd/sanse/internal/web":     {},
		"sanse/cmd/sanse/internal/message": {"sanse/planner", "sanse/geo"},
		"sanse/cmd/sanse/internal/webpush": {},
		"sanse/cmd/sanse/internal/outward": {"sanse/cmd/sanse/internal/loopback"},
		"sanse/cmd/sanse/internal/jobs":    {"sanse/data", "sanse/geo", "sanse/routing", "sanse/planner"},
		"sanse/cmd/sanse/internal/auth":    {"sanse/data", "sanse/geo", "sanse/routing", "sanse/planner"},

		"sanse/data/seal":                    {},
		"sanse/planner/vrp":                  {},
		"sanse/planner/worktime":             {"sanse/planner", "sanse/geo"},
		"sanse/planner/ladder":               {"sanse/planner", "sanse/geo"},
		"sanse/planner/nearby":               {"sanse/planner", "sanse/geo"},
		"sanse/planner/indicators":           {"sanse/planner", "sanse/geo"},
		"sanse/reports/live":                 {},
		"sanse/reports/ledger":               {"sanse/planner", "sanse/geo"},
		"sanse/reports/reach":                {"sanse/geo", "sanse/routing"},
		"sanse/reports/siting":               {},
		"sanse/reports/print":                {},
		"sanse/reports/mark":                 {},
		"sanse/reports/supply":               {},
		"sanse/reports/shortfall":            {"sanse/geo"},
		"sanse/reports/disclosure":           {"sanse/planner", "sanse/geo"},
		"sanse/routing/hierarchy":            {},
		"sanse/routing/rtree":                {},
		"sanse/routing/outline":              {},
		"sanse/geo/tiles":                    {},
		"sanse/cmd/sanse/internal/ogc":       {},
		"sanse/cmd/sanse/internal/streetapi": {"sanse/geo", "sanse/routing"},
	} {
		for _, pkg := range of(layer) {
			for _, dep := range deps[pkg] {
				if !within(dep, "sanse") || within(dep, layer) {
					continue
				}
				ok := false
				for _, m := range may {
					ok = ok || within(dep, m)
				}
				if !ok {
					t.Errorf("%s depends on %s", pkg, dep)
				}
			}
		}
	}

	// Plain values in, plain values out: no SQL and no HTTP. Libraries of
	// shapes, workbooks and charts bring some along by themselves, but not to
	// the planner.
	outside := []string{"net/http", "database/sql", "github.com/jackc/pgx"}
	for _, layer := range []string{"sanse/geo", "sanse/routing", "sanse/planner", "sanse/reports"} {
		for _, pkg := range of(layer) {
			for _, far := range outside {
				for _, dep := range imports[pkg] {
					if within(dep, far) {
						t.Errorf("%s imports %s", pkg, dep)
					}
				}
				if layer != "sanse/planner" {
					continue
				}
				for _, dep := range deps[pkg] {
					if within(dep, far) {
						t.Errorf("%s depends on %s", pkg, dep)
					}
				}
			}
		}
	}
	for pkg, list := range imports {
		if !within(pkg, "sanse") {
			continue
		}
		for _, dep := range list {
			switch {
			case within(dep, "net/http") && within(pkg, "sanse/cmd/sanse/internal/service"):
				t.Errorf("%s imports %s: HTTP belongs to api and web", pkg, dep)
			case within(dep, "net/http") && within(pkg, "sanse/data"):
				t.Errorf("%s imports %s", pkg, dep)
			case within(dep, "github.com/jackc/pgx") && !within(pkg, "sanse/data") && !within(pkg, "sanse/cmd"):
				t.Errorf("%s imports %s: SQL belongs to data", pkg, dep)
			}
		}
	}
}
