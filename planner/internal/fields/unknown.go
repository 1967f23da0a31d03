package fields

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Unknown returns the paths (residents[3].colour, counted from 0) of the fields
// of a JSON text that a value of v's type has no field for, in the order of the
// text, at most so many, and how many more there are. What stands under an
// unknown field is not looked at. Names are told apart as encoding/json does it,
// whatever their case. A text that is not JSON is an error.
func Unknown(text []byte, v any, most int) (paths []string, more int, err error) {
	w := walk{dec: json.NewDecoder(bytes.NewReader(text)), most: most, names: map[reflect.Type]map[string]reflect.Type{}}
	if err := w.value(reflect.TypeOf(v), ""); err != nil {
		return nil, 0, fmt.Errorf("look for unknown fields: %w", err)
	}
	return w.paths, w.more, nil
}

// walk goes through a text beside the type that it is decoded into.
type walk struct {
	dec   *json.Decoder
	paths []string
	most  int
	more  int
	names map[reflect.Type]map[string]reflect.Type // of structs: name in lower case → type
}

// value reads one value. t is nil where anything may stand.
func (w *walk) value(t reflect.Type, path string) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !composed(t) {
		var whatever json.RawMessage
		return w.dec.Decode(&whatever)
	}
	tok, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		err = w.object(t, path)
	case json.Delim('['):
		var of reflect.Type
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			of = t.Elem()
		}
		for i := 0; err == nil && w.dec.More(); i++ {
			err = w.value(of, path+"["+strconv.Itoa(i)+"]")
		}
	default:
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.dec.Token() // the end of the object or list
	return err
}

// composed tells whether there can be fields inside a value of the type: matrices
// and other lists of numbers are passed over as they are.
func composed(t reflect.Type) bool {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		t = t.Elem()
	}
	return t != nil && (t.Kind() == reflect.Struct || t.Kind() == reflect.Map)
}

func (w *walk) object(t reflect.Type, path string) error {
	var fields map[string]reflect.Type
	var of reflect.Type // of every field
	switch t.Kind() {
	case reflect.Struct:
		fields = w.fields(t)
	case reflect.Map:
		of = t.Elem()
	}
	for w.dec.More() {
		tok, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, ok := tok.(string)
		if !ok {
			return fmt.Errorf("%v is no name of a field", tok)
		}
		at := name
		if path != "" {
			at = path + "." + name
		}
		next := of
		if fields != nil {
			if next, ok = fields[strings.ToLower(name)]; !ok {
				w.add(at)
			}
		}
		if err := w.value(next, at); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) add(path string) {
	if len(w.paths) < w.most {
		w.paths = append(w.paths, path)
	} else {
		w.more++
	}
}

// fields are the names that a struct is read from, with their types, those of
// the structs inside it among them; a name of its own hides one inside.
func (w *walk) fields(t reflect.Type) map[string]reflect.Type {
	if known, ok := w.names[t]; ok {
		return known
	}
	known := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		tag, tagged := f.Tag.Lookup("json")
		name, _, _ := strings.Cut(tag, ",")
		switch {
		case !f.IsExported(), tag == "-", f.Anonymous && name == "":
			continue
		case !tagged || name == "":
			name = f.Name
		}
		known[strings.ToLower(name)] = f.Type
	}
	w.names[t] = known
	return known
}
