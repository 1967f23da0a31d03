package service_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// TestEveryKindThatIsKeptHasOneName holds the processing record and the page against
// each other: both name every kind, and by the same words.
func TestEveryKindThatIsKeptHasOneName(t *testing.T) {
	page, err := os.ReadFile("../web/src/dictionary_privacy.ts")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range data.RetentionReference() {
		name := service.RetentionName(r.Kind)
		if name == r.Kind {
			t.Errorf("%s would be printed as it is written in the program", r.Kind)
		}
		if !strings.Contains(string(page), fmt.Sprintf("'priv.of.%s': { zh: '%s',", r.Kind, name)) {
			t.Errorf("the page does not name %s as %s", r.Kind, name)
		}
	}
}
