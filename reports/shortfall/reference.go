package shortfall

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed reference.json
var reference []byte

// Reference returns the set that ships with the program: the figures of the
// reference district, each with its source. The caller may change it.
func Reference() (*Set, error) {
	s, err := Read(reference)
	if err != nil {
		return nil, fmt.Errorf("reference set: %w", err)
	}
	return s, nil
}

// Read reads a set from JSON, as GET /v1/standards answers and Write writes it.
// A field that is not known is an error, for a target that was misspelt would
// otherwise be one that is not there. It does not validate.
func Read(b []byte) (*Set, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	s := new(Set)
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("read standards: %w", err)
	}
	if d.More() {
		return nil, fmt.Errorf("read standards: something follows the set")
	}
	for i := range s.Standards {
		if s.Standards[i].Target.Unit == "" {
			s.Standards[i].Target.Unit = s.Standards[i].unit()
		}
	}
	return s, nil
}

// Write writes a set as Read reads it.
func (s *Set) Write() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("write standards: %w", err)
	}
	return b.Bytes(), nil
}
