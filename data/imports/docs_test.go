package imports_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"sanse/data"
	"sanse/data/imports"
	"sanse/routing"
	"sanse/routing/lines"
	"sanse/routing/overlay"
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
	for _, terms := range [][]data.Term{data.Grades, data.ResidentKinds, data.VisitorKinds, data.Tiers, data.Services, data.Modes, data.TaskKinds, data.Skills} {
		for _, term := range terms {
			if !strings.Contains(page, "`"+term.Key+"` "+term.Chinese) {
				t.Errorf("the page lacks the word `%s` %s", term.Key, term.Chinese)
			}
		}
	}
}

func TestThePageOfStreetsNamesEveryColumnAndProperty(t *testing.T) {
	raw, err := os.ReadFile("../../docs/streets.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, c := range lines.Columns() {
		if line := fmt.Sprintf("| `%s` | %s |\n", c.Key, strings.Join(c.Aliases, ", ")); !strings.Contains(page, line) {
			t.Errorf("the page lacks the line\n%s", line)
		}
	}
	for _, p := range overlay.Properties() {
		name, of := "`"+p.Name+"`", "all"
		if p.Needed {
			name += " *"
		}
		if p.Of != nil {
			words := make([]string, len(p.Of))
			for i, k := range p.Of {
				words[i] = string(k)
			}
			of = strings.Join(words, ", ")
		}
		if line := fmt.Sprintf("| %s | %s | %s | %s |\n", name, of, p.Values, p.Means); !strings.Contains(page, line) {
			t.Errorf("the page lacks the line\n%s", line)
		}
	}
	for _, word := range []string{"主干路", "次干路", "支路", "小区道路", "步行道", "台阶"} {
		if _, ok := lines.ClassOf(word); !ok {
			t.Errorf("the page names the class %s, which nobody understands", word)
		}
	}
	for _, p := range routing.ProfileNames() {
		if !strings.Contains(page, "`"+p+"`") {
			t.Errorf("the page lacks the profile %s", p)
		}
	}
}
