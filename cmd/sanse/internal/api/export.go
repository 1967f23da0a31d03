package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
)

// files are the operations whose answer is a file that leaves the house. Who has
// signed in and is told more than everybody says what it is for.
var files = map[string]bool{
	"shortfall-page": true, "shortfall-workbook": true, "draft-effect-page": true, "draft-effect-workbook": true, "export-audit": true, "privacy-record-page": true,
	"privacy-copy": true, "day-sheet": true, "day-walk": true, "day-slips": true, "ledger-workbook": true, "ledger-table": true, "work-report-page": true, "work-report-workbook": true,
	"connect-reconciliation-workbook": true,
}

// purposed gives the viewer the purpose that a request for a file names, and
// refuses one that names none where one is wanted. Of who is told what everybody is
// told none is wanted, and none is kept.
func purposed(operation string, v service.Viewer, purpose string) (service.Viewer, error) {
	if !files[operation] || v.Account == "" || v.Operates() || len(v.Areas) == 0 && !v.MaySomewhere(service.CapAudit) {
		return v, nil
	}
	if _, known := service.PurposeOf(purpose); !known {
		return v, &ReasonProblem{
			ErrorModel: huma.ErrorModel{
				Status: http.StatusUnprocessableEntity, Title: http.StatusText(http.StatusUnprocessableEntity),
				Detail: "a file leaves the house for a purpose: name one of " + strings.Join(purposeCodes(), ", "),
			},
			Reason: "purpose",
		}
	}
	v.Purpose = purpose
	return v, nil
}

func purposeCodes() []string {
	out := make([]string, len(service.Purposes))
	for i, p := range service.Purposes {
		out[i] = p.Code
	}
	return out
}

// describePurpose adds to the description of a file what it wants.
func describePurpose(op *huma.Operation) {
	if !files[op.OperationID] {
		return
	}
	words := make([]any, len(service.Purposes))
	for i, p := range purposeCodes() {
		words[i] = p
	}
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "purpose", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: words},
		Description: "what the file is for: wanted of who has signed in and is told more than everybody; the audit keeps it",
	})
}

// capProblem refuses a file that is more than the roles of who asks take: for
// today, or for good.
func capProblem(e *service.CapError) error {
	status := http.StatusTooManyRequests
	if e.Again.IsZero() {
		status = http.StatusForbidden
	}
	p := &ReasonProblem{ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: e.Error()}, Reason: string(e.Kind)}
	if e.Again.IsZero() {
		return p
	}
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {seconds(time.Until(e.Again))}})
}
