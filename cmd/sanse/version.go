package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"

	"sanse/cmd/sanse/internal/web"
)

type versionCmd struct {
	SBOM bool `name:"sbom" help:"List what the program is built from, as CycloneDX JSON."`
}

func (*versionCmd) Help() string {
	return `Tells from which commit the program was built, and with which Go.

With --sbom it lists every Go module in the program, with the digest that go.sum holds, and every
npm package that the pages are built from, with the digest and the licence that package-lock.json
holds: CycloneDX 1.6, which scanners for known weaknesses read. The list is of the program that
runs, wherever it came from.`
}

func (cmd *versionCmd) Run(s streams) error {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("the program does not say what it was built from")
	}
	if !cmd.SBOM {
		_, err := fmt.Fprintf(s.out, "sanse %s, %s\n", versionOf(build), build.GoVersion)
		return err
	}
	list, err := materials(build)
	if err != nil {
		return err
	}
	return printJSON(s.out, list)
}

// versionOf is the commit that a program was built from, or what Go calls it.
func versionOf(build *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range build.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if commit == "" {
		return build.Main.Version
	}
	if settings["vcs.modified"] == "true" {
		commit += "+changed"
	}
	return commit + " of " + settings["vcs.time"]
}

// The shapes of CycloneDX 1.6 (ECMA-424), as far as they are used.
type (
	bom struct {
		Format     string         `json:"bomFormat"`
		Spec       string         `json:"specVersion"`
		Version    int            `json:"version"`
		Metadata   bomMetadata    `json:"metadata"`
		Components []bomComponent `json:"components"`
	}
	bomMetadata struct {
		Component bomComponent `json:"component"`
	}
	bomComponent struct {
		Type     string       `json:"type"`
		Ref      string       `json:"bom-ref"`
		Name     string       `json:"name"`
		Version  string       `json:"version,omitempty"`
		PURL     string       `json:"purl,omitempty"`
		Hashes   []bomHash    `json:"hashes,omitempty"`
		Licenses []bomLicense `json:"licenses,omitempty"`
	}
	bomHash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"` // hexadecimal
	}
	bomLicense struct {
		Expression string `json:"expression"`
	}
)

// materials lists what a program is built from.
func materials(build *debug.BuildInfo) (*bom, error) {
	out := &bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Components: []bomComponent{}}
	out.Metadata.Component = bomComponent{Type: "application", Ref: "sanse", Name: "sanse", Version: versionOf(build)}
	runtime := strings.TrimPrefix(build.GoVersion, "go")
	out.Components = append(out.Components, component("pkg:golang/std@"+runtime, "std", runtime))
	for _, m := range build.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		c := component("pkg:golang/"+purlPath(m.Path)+"@"+url.PathEscape(m.Version), m.Path, m.Version)
		if sum, ok := strings.CutPrefix(m.Sum, "h1:"); ok { // SHA-256 of the list of its files
			var err error
			if c.Hashes, err = hashes("SHA-256", sum); err != nil {
				return nil, fmt.Errorf("module %s: %w", m.Path, err)
			}
		}
		out.Components = append(out.Components, c)
	}
	packages, err := web.Packages()
	if err != nil {
		return nil, err
	}
	for _, p := range packages {
		c := component("pkg:npm/"+purlPath(p.Name)+"@"+url.PathEscape(p.Version), p.Name, p.Version)
		if sum, ok := strings.CutPrefix(p.Integrity, "sha512-"); ok {
			if c.Hashes, err = hashes("SHA-512", sum); err != nil {
				return nil, fmt.Errorf("package %s: %w", p.Name, err)
			}
		}
		if p.License != "" {
			c.Licenses = []bomLicense{{p.License}}
		}
		out.Components = append(out.Components, c)
	}
	return out, nil
}

func component(purl, name, version string) bomComponent {
	return bomComponent{Type: "library", Ref: purl, Name: name, Version: version, PURL: purl}
}

// purlPath writes a name into a package URL: what parts it stays, the rest is
// escaped, an @ in front as well.
func purlPath(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), "@", "%40")
	}
	return strings.Join(parts, "/")
}

// hashes turns a digest in base64 into CycloneDX's form.
func hashes(algorithm, sum string) ([]bomHash, error) {
	raw, err := base64.StdEncoding.DecodeString(sum)
	if err != nil {
		return nil, fmt.Errorf("read digest: %w", err)
	}
	return []bomHash{{algorithm, hex.EncodeToString(raw)}}, nil
}
