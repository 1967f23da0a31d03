package mark

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// packed tells whether a file is a ZIP archive, as workbooks are.
func packed(file []byte) bool { return bytes.HasPrefix(file, []byte("PK\x03\x04")) }

// mostBytes bounds what an archive may unpack to.
const mostBytes = 512 << 20

// ErrTooMuch is the error of an archive that unpacks to too much.
var ErrTooMuch = errors.New("the file unpacks to more than 512 MiB")

// part is a file of an archive.
type part struct {
	at      int // in the archive
	name    string
	content []byte
}

// unpack reads all parts of an archive, by name.
func unpack(file []byte) (*zip.Reader, []part, error) {
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, nil, fmt.Errorf("read the file: %w", err)
	}
	parts := make([]part, len(r.File))
	left := int64(mostBytes)
	for i, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return nil, nil, fmt.Errorf("read the file: %w", err)
		}
		b, err := io.ReadAll(io.LimitReader(in, left+1))
		if err = errors.Join(err, in.Close()); err != nil {
			return nil, nil, fmt.Errorf("read the file: %w", err)
		}
		if left -= int64(len(b)); left < 0 {
			return nil, nil, ErrTooMuch
		}
		parts[i] = part{i, f.Name, b}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.name, b.name) })
	return r, parts, nil
}

// digestOf is the SHA-256 over names and contents of parts.
func digestOf(parts []part) []byte {
	h := sha256.New()
	put := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b)))) // never an error
		h.Write(b)
	}
	for _, p := range parts {
		put([]byte(p.name))
		put(p.content)
	}
	return h.Sum(nil)
}

// sealBook fills in the mark of a workbook.
func sealBook(file, blank []byte, fill func(digest []byte) ([]byte, error)) (sealed, digest []byte, err error) {
	r, parts, err := unpack(file)
	if err != nil {
		return nil, nil, err
	}
	n, in := 0, 0
	for i := range parts {
		if c := bytes.Count(parts[i].content, blank); c > 0 {
			n, in = n+c, i
		}
	}
	if n != 1 {
		return nil, nil, fmt.Errorf("%w: the file holds the mark %d times", ErrMark, n)
	}
	digest = digestOf(parts)
	text, err := fill(digest)
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i, f := range r.File {
		if i != parts[in].at {
			if err := w.Copy(f); err != nil {
				return nil, nil, fmt.Errorf("write the mark: %w", err)
			}
			continue
		}
		p, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
		if err == nil {
			_, err = p.Write(bytes.Replace(parts[in].content, blank, text, 1))
		}
		if err != nil {
			return nil, nil, fmt.Errorf("write the mark: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, nil, fmt.Errorf("write the mark: %w", err)
	}
	return out.Bytes(), digest, nil
}

// readBook finds the mark of a workbook.
func readBook(file []byte) (Found, error) {
	_, parts, err := unpack(file)
	if err != nil {
		return Found{}, err
	}
	for i := range parts {
		at := whole.FindIndex(parts[i].content)
		if at == nil {
			continue
		}
		text := bytes.Clone(parts[i].content[at[0]:at[1]])
		parts[i].content = blanked(parts[i].content, at)
		return found(text, digestOf(parts))
	}
	contents := make([][]byte, len(parts))
	for i := range parts {
		contents[i] = parts[i].content
	}
	return Found{}, bare(contents...)
}
