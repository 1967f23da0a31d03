package web

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed package-lock.json
var lockfile []byte

// Package is an npm package that the pages are built from.
type Package struct {
	Name    string
	Version string
	License string // SPDX expression; empty: not stated
	// Integrity is the digest of the package as npm writes it: sha512, a dash
	// and base64.
	Integrity string
}

// Packages lists the npm packages whose code may be in the pages, by name: all
// that the lock file holds but those that only build or test them.
func Packages() ([]Package, error) {
	var lock struct {
		Packages map[string]struct {
			Version, License, Integrity string
			Dev                         bool
		}
	}
	if err := json.Unmarshal(lockfile, &lock); err != nil {
		return nil, fmt.Errorf("read lock file of the pages: %w", err)
	}
	const folder = "node_modules/"
	var out []Package
	for path, p := range lock.Packages {
		if path == "" || p.Dev {
			continue
		}
		// A package inside another lies in that one's folder.
		name := path[strings.LastIndex(path, folder)+len(folder):]
		out = append(out, Package{name, p.Version, p.License, p.Integrity})
	}
	slices.SortFunc(out, func(a, b Package) int { return strings.Compare(a.Name+"@"+a.Version, b.Name+"@"+b.Version) })
	return out, nil
}
