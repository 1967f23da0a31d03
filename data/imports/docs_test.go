package imports_test

import (
	"os"
	"strings"
	"testing"

	"sanse/data"
	"sanse/data/imports"
)

func TestThePageNamesEveryColumnAndWord(t *testing.T) {
	raw, err := os.ReadFile("../../docs/imports.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, k := range imports.Kinds() {
		_, section, ok := strings.Cut(page, "\n## "+string(k)+"\n")
		if !ok {
			t.Errorf("no section %s", k)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		for _, c := range imports.Columns(k) {
			required := ""
			if c.Required {
				required = " *"
			}
			if line := "| `" + c.Key + "`" + required + " | " + strings.Join(c.Aliases, ", ") + " |"; !strings.Contains(section, line) {
				t.Errorf("section %s lacks the line\n%s", k, line)
			}
		}
	}
	for _, terms := range [][]data.Term{data.Grades, data.ResidentKinds, data.VisitorKinds, data.Tiers, data.Services, data.Modes} {
		for _, term := range terms {
			if !strings.Contains(page, "`"+term.Key+"` "+term.Chinese) {
				t.Errorf("the page lacks the word `%s` %s", term.Key, term.Chinese)
			}
		}
	}
}
