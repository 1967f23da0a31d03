package data

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys seal and open personal columns, and hash ID numbers. They are safe for
// concurrent use.
type Keys struct {
	aead tink.AEAD
	mac  tink.MAC
}

// keyFile is the file's form: two Tink keysets.
type keyFile struct {
	Note string          `json:"note"`
	Seal json.RawMessage `json:"seal"` // AES-256-GCM
	Hash json.RawMessage `json:"hash"` // HMAC-SHA-256
}

const keyNote = "The key of Sanse's personal columns. Without it they cannot be read again. Keep a copy apart from the copies of the database."

// OpenKeys reads the key file at path, and makes one that only its owner can
// read (mode 0600) if there is none; the folder must exist. Two processes that
// make it at once end up with the same one. A file that others can read is
// refused.
func OpenKeys(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKeys(path); err != nil {
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
	keys, err := parseKeys(b)
	if err != nil {
		return nil, fmt.Errorf("read key file %s: %w", filepath.Base(path), err)
	}
	return keys, nil
}

func parseKeys(b []byte) (*Keys, error) {
	var f keyFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, errors.New("it is not a key file of Sanse") // the JSON error could quote the key
	}
	seal, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Seal)))
	if err != nil {
		return nil, errors.New("its sealing key is damaged")
	}
	hash, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Hash)))
	if err != nil {
		return nil, errors.New("its hashing key is damaged")
	}
	k := new(Keys)
	if k.aead, err = aead.New(seal); err != nil {
		return nil, fmt.Errorf("use sealing key: %w", err)
	}
	if k.mac, err = mac.New(hash); err != nil {
		return nil, fmt.Errorf("use hashing key: %w", err)
	}
	return k, nil
}

// makeKeys writes a new key file under a name of its own and links it into
// place, which fails if another process was first; then that one's is used.
func makeKeys(path string) (err error) {
	f := keyFile{Note: keyNote}
	if f.Seal, err = newKeyset(aead.AES256GCMKeyTemplate); err != nil {
		return err
	}
	if f.Hash, err = newKeyset(mac.HMACSHA256Tag256KeyTemplate); err != nil {
		return err
	}
	b, err := json.MarshalIndent(f, "", "  ")
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

// newKeyset returns a new key in Tink's JSON.
func newKeyset(template func() *tinkpb.KeyTemplate) (json.RawMessage, error) {
	h, err := keyset.NewHandle(template())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// seal encrypts s; nil stands for an empty string.
func (k *Keys) seal(s Sealed, table, column, district, id string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	return k.aead.Encrypt([]byte(s), associated(table, column, district, id))
}

// open decrypts what seal made for the same table, column and record.
func (k *Keys) open(b []byte, table, column, district, id string) (Sealed, error) {
	if b == nil {
		return "", nil
	}
	clear, err := k.aead.Decrypt(b, associated(table, column, district, id))
	if err != nil {
		return "", fmt.Errorf("open %s.%s of %s: %w", table, column, id, ErrWrongKey)
	}
	return Sealed(clear), nil
}

// hash returns the keyed hash of an ID number; nil for none. Spaces and the
// case of the check letter X do not matter.
func (k *Keys) hash(s Sealed, district string) ([]byte, error) {
	text := strings.ToUpper(strings.Join(strings.Fields(string(s)), ""))
	if text == "" {
		return nil, nil
	}
	return k.mac.ComputeMAC(append(associated("resident", "id_hash", district, ""), text...))
}

// associated binds a sealed value to its place, so that one record's cannot be
// passed off as another's. Lengths go first, so that no two places read alike.
func associated(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = fmt.Appendf(b, "%d:%s", len(p), p)
	}
	return b
}
