package mark

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// Seal fills in the mark that a file holds as Mark.Blank, and returns the file and
// the digest of all of it but the mark. seal makes 32 bytes over the digest and
// what else the mark says (Facts). A file that holds the blank mark not once
// is an error.
func Seal(file []byte, m Mark, seal func(digest []byte) ([]byte, error)) (sealed, digest []byte, err error) {
	if err := m.check(); err != nil {
		return nil, nil, err
	}
	fill := func(digest []byte) ([]byte, error) {
		s, err := seal(digest)
		if err == nil && len(s) != sha256.Size {
			err = fmt.Errorf("a seal of %d bytes", len(s))
		}
		if err != nil {
			return nil, fmt.Errorf("seal the mark of %s: %w", m.Export, err)
		}
		return []byte(m.text(hex.EncodeToString(digest), hex.EncodeToString(s))), nil
	}
	if packed(file) {
		return sealBook(file, []byte(m.Blank()), fill)
	}
	if n := bytes.Count(file, []byte(m.Blank())); n != 1 {
		return nil, nil, fmt.Errorf("%w: the file holds the mark %d times", ErrMark, n)
	}
	sum := sha256.Sum256(file)
	text, err := fill(sum[:])
	if err != nil {
		return nil, nil, err
	}
	return bytes.Replace(file, []byte(m.Blank()), text, 1), sum[:], nil
}

// Found is the mark of a file and what its content says.
type Found struct {
	Mark
	Said   []byte // the digest that the mark says
	Seal   []byte
	Digest []byte // that of the content as it is
}

// Same tells whether the file is what it was when it was marked, as far as the
// mark can be believed.
func (f *Found) Same() bool { return bytes.Equal(f.Said, f.Digest) }

// ErrNone is the error of a file without a mark.
var ErrNone = errors.New("the file holds no mark")

// Bare is the error of a file without a mark that names exports in what can be
// seen. It is an ErrNone.
type Bare struct{ Numbers []string }

// Error returns the text.
func (e *Bare) Error() string { return ErrNone.Error() + ", but names an export in sight" }

// Is tells that it is an ErrNone.
func (e *Bare) Is(target error) bool { return target == ErrNone }

// Read finds the mark of a file that Seal made, or of one that was made from it.
// Without one it is ErrNone, or a *Bare error. Of several marks the first counts.
func Read(file []byte) (Found, error) {
	if packed(file) {
		return readBook(file)
	}
	at := whole.FindIndex(file)
	if at == nil {
		return Found{}, bare(file)
	}
	sum := sha256.Sum256(blanked(file, at))
	return found(file[at[0]:at[1]], sum[:])
}

func found(text, digest []byte) (f Found, err error) {
	f.Digest = digest
	f.Mark, f.Said, f.Seal, err = parse(string(text))
	return f, err
}

// blanked is a text with the digest and the seal of the mark at some place made
// noughts, as they were when the digest was made.
func blanked(b []byte, at []int) []byte {
	out := bytes.Clone(b)
	for i := at[1] - 2*digits - 1; i < at[1]; i++ {
		if out[i] != ':' {
			out[i] = '0'
		}
	}
	return out
}

// bare looks for numbers of exports in a text, the first few.
func bare(texts ...[]byte) error {
	const most = 10
	e := &Bare{}
	seen := map[string]bool{}
	for _, t := range texts {
		for _, n := range number.FindAll(t, -1) {
			if !seen[string(n)] && len(seen) < most {
				seen[string(n)] = true
				e.Numbers = append(e.Numbers, string(n))
			}
		}
	}
	if len(e.Numbers) == 0 {
		return ErrNone
	}
	return e
}
