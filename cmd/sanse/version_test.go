package main

import (
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestTheProgramListsWhatItIsBuiltFrom(t *testing.T) {
	sanse(t.Context(), "version").want(t, exitDone).says(t, "sanse ", "go1.")
	doc := parseJSON(t, sanse(t.Context(), "version", "--sbom").want(t, exitDone).out)
	if text(doc["bomFormat"]) != "CycloneDX" || text(doc["specVersion"]) != "1.6" {
		t.Errorf("the list begins with %v, %v", doc["bomFormat"], doc["specVersion"])
	}
	listed := map[string]object{}
	for _, c := range list(doc["components"]) {
		purl := text(c.(object)["purl"])
		if listed[purl] != nil {
			t.Errorf("%s is listed twice", purl)
		}
		listed[purl] = c.(object)
		for _, h := range list(c.(object)["hashes"]) {
			want := map[string]int{"SHA-256": 32, "SHA-512": 64}[text(h.(object)["alg"])]
			if raw, err := hex.DecodeString(text(h.(object)["content"])); err != nil || len(raw) != want || want == 0 {
				t.Errorf("%s: %v is no digest", purl, h)
			}
		}
	}
	// Every module of go.mod that the program (a test of it, here) is built with
	// is listed with its version.
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"github.com/jackc/pgx/v5", "github.com/paulmach/orb", "github.com/tink-crypto/tink-go/v2", "github.com/uber/h3-go/v4", "github.com/twpayne/go-geos"} {
		i := slices.IndexFunc(strings.Split(string(mod), "\n"), func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), name+" v") })
		if i < 0 {
			t.Fatalf("go.mod does not require %s", name)
		}
		version := strings.Fields(strings.Split(string(mod), "\n")[i])[1]
		if c := listed["pkg:golang/"+name+"@"+version]; c == nil || len(list(c["hashes"])) != 1 {
			t.Errorf("%s %s is listed as %v", name, version, c)
		}
	}
	lock, err := os.ReadFile("internal/web/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	packages := parseJSON(t, string(lock))["packages"].(object)
	for path, v := range packages {
		p := v.(object)
		_, name, _ := strings.Cut(path, "node_modules/")
		if path == "" || strings.Contains(name, "node_modules/") {
			continue
		}
		c := listed["pkg:npm/"+strings.ReplaceAll(name, "@", "%40")+"@"+text(p["version"])]
		if built := p["dev"] != true; built != (c != nil) {
			t.Errorf("%s is in the pages: %v, listed: %v", path, built, c != nil)
		}
	}
}
