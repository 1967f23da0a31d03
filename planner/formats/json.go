package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// jsonError says where in the text decoding failed.
func jsonError(text []byte, err error) error {
	var syn *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syn):
		line, col := position(text, syn.Offset)
		return fmt.Errorf("line %d, column %d: %w", line, col, err)
	case errors.As(err, &typ):
		line, col := position(text, typ.Offset)
		return fmt.Errorf("line %d, column %d: %s cannot be %s", line, col, typ.Field, typ.Value)
	}
	return err
}

func position(text []byte, offset int64) (line, column int) {
	offset = max(0, min(offset, int64(len(text))))
	line = 1 + bytes.Count(text[:offset], []byte("\n"))
	return line, int(offset) - bytes.LastIndexByte(text[:offset], '\n') - 1
}
