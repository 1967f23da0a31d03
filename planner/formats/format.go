package formats

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Format is a family of files.
type Format string

// The formats. FormatSanse is planner's own and read there.
const (
	FormatSanse   Format = "sanse"
	FormatVROOM   Format = "vroom"
	FormatPVRP    Format = "pvrp"
	FormatSolomon Format = "solomon"
)

// Sniff tells the format of a problem by its content.
func Sniff(content []byte) (Format, error) {
	text := bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")))
	if len(text) == 0 {
		return "", errorf("the file is empty")
	}
	if text[0] == '{' {
		return sniffJSON(text)
	}
	// The headings of Solomon's format stand within the first lines.
	lines := strings.SplitN(string(text[:min(len(text), 4096)]), "\n", 12)
	for _, line := range lines {
		word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		if word == "VEHICLE" || word == "CUSTOMER" || word == "CUST" {
			return FormatSolomon, nil
		}
	}
	if head := (row{1, strings.Fields(lines[0])}); head.numeric() && (len(head.fields) == 4) {
		return FormatPVRP, nil
	}
	if solomonBare(lines) {
		return FormatSolomon, nil
	}
	if json.Valid(text) {
		return "", errorf("the JSON is no object: a problem is {…} with vehicles and jobs, as VROOM's, or with residents and visitors")
	}
	return "", errorf("neither JSON nor the text of Cordeau's or Solomon's instances: name the format")
}

// solomonBare tells a file of Solomon's format whose headings were left out:
// two numbers, then seven a line, after a name or without one.
func solomonBare(lines []string) bool {
	var rows []row
	for _, line := range lines[:min(len(lines), 11)] { // the last one may be cut
		if f := strings.Fields(line); len(f) > 0 {
			rows = append(rows, row{1, f})
		}
	}
	for k := 0; k < 2 && k+1 < len(rows); k++ {
		if a, b := rows[k], rows[k+1]; a.numeric() && b.numeric() && len(a.fields) == 2 && len(b.fields) == 7 {
			return true
		}
	}
	return false
}

// sniffJSON goes by the first key that only one of the formats has, so that a
// large file is not read to its end for it.
func sniffJSON(text []byte) (Format, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	fail := func(err error) (Format, error) { return "", errorf("%v", jsonError(text, err)) }
	if _, err := d.Token(); err != nil {
		return fail(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fail(err)
		}
		switch key {
		case "residents", "visitors", "policies", "tasks", "areas":
			return FormatSanse, nil
		case "vehicles", "jobs", "shipments":
			return FormatVROOM, nil
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return fail(err)
		}
	}
	if _, err := d.Token(); err != nil {
		return fail(err)
	}
	return "", errorf("the JSON has neither vehicles and jobs, as VROOM's has, nor residents and visitors")
}
