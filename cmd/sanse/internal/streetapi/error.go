package streetapi

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Codes of the OSRM API, version 1.
const (
	codeOk             = "Ok"
	codeInvalidURL     = "InvalidUrl"
	codeInvalidService = "InvalidService"
	codeInvalidVersion = "InvalidVersion"
	codeInvalidOptions = "InvalidOptions"
	codeInvalidQuery   = "InvalidQuery"
	codeInvalidValue   = "InvalidValue"
	codeNoSegment      = "NoSegment"
	codeTooBig         = "TooBig"
	codeNoRoute        = "NoRoute"
	codeNoTable        = "NoTable"
	codeNotImplemented = "NotImplemented"
)

// failure is an answer in the negative, in OSRM's words. Its message says which part
// of the request is wrong, by words of ours and by numbers, and never what stood
// there: that may be where somebody lives, and messages end in logs.
type failure struct {
	code, message string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func fail(code, format string, args ...any) *failure {
	return &failure{code, fmt.Sprintf(format, args...)}
}

// writeJSON sends one whole answer with its length, which clients that know no
// chunks (VROOM) need.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=UTF-8")
	header.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}

type failureBody struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}
