package service

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// The text of an error goes to whoever asked, and from there into logs, pictures of
// screens and letters. What was asked may hold anything: a name typed where a code
// belongs, a password in the wrong field. So such a text says which field is wrong
// and never what stood in it. It is not for whoever writes one to remember: every
// argument of a text is taken for something that was sent, and left out, unless its
// type says that it cannot be (a number, a date) or it is marked as the program's
// own (Own).

// Own is a text of the program's own inside the text of an error: a word of a closed
// list, a code that was found in the records. Never what a request brought along.
type Own string

// OwnList writes words of the program's own with commas between them.
func OwnList[T ~string](words []T) Own {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return Own(strings.Join(list, ", "))
}

// Tell writes a text of an error: Own words, numbers and dates stay, for everything
// else stands "…".
func Tell(format string, args ...any) string {
	told := make([]any, len(args))
	for i, a := range args {
		told[i] = tellable(a)
	}
	return fmt.Sprintf(format, told...)
}

// longestNumber is one that cannot be a telephone or an ID number typed where a
// number belongs.
const longestNumber = 999_999_999

func tellable(a any) any {
	switch a := a.(type) {
	case Own:
		return string(a)
	case error:
		if text := ToldOf(a); text != "" {
			return text
		}
		return unsaid{}
	}
	_, named := a.(fmt.Stringer) // a date, a level, a time: read already, so of a closed form
	switch v := reflect.ValueOf(a); v.Kind() {
	case reflect.Bool, reflect.Float32, reflect.Float64:
		return a
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if named || v.Int() <= longestNumber && v.Int() >= -longestNumber {
			return a
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if named || v.Uint() <= longestNumber {
			return a
		}
	case reflect.Array: // a place
		if k := v.Type().Elem().Kind(); k == reflect.Float32 || k == reflect.Float64 {
			return a
		}
	}
	return unsaid{}
}

// unsaid stands for what was sent, whatever the verb.
type unsaid struct{}

// Format writes that something is left out.
func (unsaid) Format(f fmt.State, verb rune) {
	text := "…"
	if verb == 'q' {
		text = `"…"`
	}
	_, _ = f.Write([]byte(text)) // a State takes everything
}

// ToldOf returns what of an error may be told to whoever asked: of one of the
// service its message, of a cause that was marked (tellingly) its text, of every
// other nothing.
func ToldOf(err error) string {
	var e *Error
	var t *tellingError
	switch {
	case errors.As(err, &e):
		if cause := ToldOf(e.Err); cause != "" && e.Message != cause {
			return e.Message + ": " + cause
		}
		return e.Message
	case errors.As(err, &t):
		return t.Error()
	}
	return ""
}

// tellingError is a cause whose text holds nothing that was sent.
type tellingError struct{ error }

// Unwrap returns the cause.
func (e *tellingError) Unwrap() error { return e.error }

// tellingly marks a cause whose text holds nothing that was sent but numbers, and
// codes that were found in the records.
func tellingly(err error) error { return &tellingError{err} }
