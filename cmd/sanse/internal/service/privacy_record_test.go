package service_test

import (
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func TestEveryKindThatIsKeptHasANameInTheProcessingRecord(t *testing.T) {
	for _, r := range data.RetentionReference() {
		if service.RetentionName(r.Kind) == r.Kind {
			t.Errorf("%s would be printed as it is written in the program", r.Kind)
		}
	}
}
