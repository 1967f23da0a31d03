package seal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/mac"
)

// File is a KEK in a file.
type File struct {
	suite   *aesSuite
	name    string
	content []byte
}

const keyNote = "The key of Sanse's personal columns. Without it they cannot be read again. Keep a copy apart from the copies of the database."

// OpenFile reads the key file at path, and makes one that only its owner can
// read (mode 0600) if there is none; the folder must exist. Two processes that
// make it at once end up with the same one. A file that others can read is
// refused.
func OpenFile(path string) (*File, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFile(path); err != nil {
			return nil, fmt.Errorf("make key file: %w", err)
		}
		info, err = os.Stat(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open key file: %s is not a file", filepath.Base(path))
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("open key file: others can read %s (mode %04o): chmod 600 it", filepath.Base(path), info.Mode().Perm())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	suite, err := newAES(b)
	if err != nil {
		return nil, fmt.Errorf("read key file %s: %w", filepath.Base(path), err)
	}
	tag, err := suite.MAC([]byte("name"))
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	return &File{suite: suite, name: "file " + hex.EncodeToString(tag[len(tag)-4:]), content: b}, nil
}

// makeFile writes a new key file under a name of its own and links it into
// place, which fails if another process was first; then that one's is used.
func makeFile(path string) (err error) {
	b, err := aesKeyOf(aead.AES256GCMKeyTemplate(), mac.HMACSHA256Tag256KeyTemplate(), keyNote)
	if err != nil {
		return err
	}
	var tail [8]byte
	if _, err := rand.Read(tail[:]); err != nil {
		return err
	}
	tmp := path + "." + hex.EncodeToString(tail[:])
	out, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(tmp)) }()
	_, err = out.Write(append(b, '\n'))
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Name is "file" and a few bytes that the key makes of a fixed word.
func (f *File) Name() string { return f.name }

// wrapping is the associated data of what the file's key wraps.
var wrapping = Place("data_key")

// Wrap encrypts a key with the file's.
func (f *File) Wrap(_ context.Context, key []byte) ([]byte, error) {
	return f.suite.Seal(key, wrapping)
}

// Unwrap is the reverse.
func (f *File) Unwrap(_ context.Context, wrapped []byte) ([]byte, error) {
	return f.suite.Open(wrapped, wrapping)
}

// Own is the file's own key as a data key of suite AES: what databases were
// sealed with before there were data keys.
func (f *File) Own() []byte { return f.content }
