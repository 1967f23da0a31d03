package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// aesSuite is Tink's AES-256-GCM and HMAC-SHA-256.
type aesSuite struct {
	aead tink.AEAD
	mac  tink.MAC
}

// aesKey is the form of its key, and that of a key file: two Tink keysets. So
// the keys of a database that was sealed with the file's own, before there were
// data keys, are a data key like any other.
type aesKey struct {
	Note string          `json:"note,omitempty"`
	Seal json.RawMessage `json:"seal"` // AES-256-GCM
	Hash json.RawMessage `json:"hash"` // HMAC-SHA-256
}

// newAESKey makes keysets whose output has no prefix of Tink's: a sealed value
// names its key already.
func newAESKey() ([]byte, error) {
	hash := mac.HMACSHA256Tag256KeyTemplate()
	hash.OutputPrefixType = tinkpb.OutputPrefixType_RAW
	return aesKeyOf(aead.AES256GCMNoPrefixKeyTemplate(), hash, "")
}

func aesKeyOf(seal, hash *tinkpb.KeyTemplate, note string) (_ []byte, err error) {
	k := aesKey{Note: note}
	if k.Seal, err = newKeyset(seal); err != nil {
		return nil, err
	}
	if k.Hash, err = newKeyset(hash); err != nil {
		return nil, err
	}
	return json.MarshalIndent(k, "", "  ")
}

// newKeyset returns a new key in Tink's JSON.
func newKeyset(template *tinkpb.KeyTemplate) (json.RawMessage, error) {
	h, err := keyset.NewHandle(template)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func newAES(key []byte) (*aesSuite, error) {
	var k aesKey
	if err := json.Unmarshal(key, &k); err != nil {
		return nil, errors.New("it is not a key of Sanse") // the JSON error could quote the key
	}
	seal, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(k.Seal)))
	if err != nil {
		return nil, errors.New("its sealing key is damaged")
	}
	hash, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(k.Hash)))
	if err != nil {
		return nil, errors.New("its hashing key is damaged")
	}
	s := new(aesSuite)
	if s.aead, err = aead.New(seal); err != nil {
		return nil, fmt.Errorf("use sealing key: %w", err)
	}
	if s.mac, err = mac.New(hash); err != nil {
		return nil, fmt.Errorf("use hashing key: %w", err)
	}
	return s, nil
}

func (*aesSuite) Name() string { return AES }

func (s *aesSuite) Seal(clear, associated []byte) ([]byte, error) {
	return s.aead.Encrypt(clear, associated)
}

func (s *aesSuite) Open(sealed, associated []byte) ([]byte, error) {
	clear, err := s.aead.Decrypt(sealed, associated)
	if err != nil {
		return nil, ErrOpen
	}
	return clear, nil
}

func (s *aesSuite) MAC(message []byte) ([]byte, error) { return s.mac.ComputeMAC(message) }
