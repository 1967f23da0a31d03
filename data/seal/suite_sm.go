package seal

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// smSuite is SM4-GCM and HMAC-SM3: what the Chinese commercial cipher rules
// (GM/T) ask for. A sealed text is nonce (12 bytes), ciphertext, tag (16 bytes).
type smSuite struct {
	gcm cipher.AEAD
	key []byte // of HMAC-SM3
}

const (
	sm4KeySize  = 16
	sm3KeySize  = 32
	smNonceSize = 12
)

// newSMKey is the key of SM4, then that of HMAC-SM3.
func newSMKey() ([]byte, error) {
	key := make([]byte, sm4KeySize+sm3KeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

func newSM(key []byte) (*smSuite, error) {
	if len(key) != sm4KeySize+sm3KeySize {
		return nil, errors.New("it is not a key of suite sm")
	}
	block, err := sm4.NewCipher(key[:sm4KeySize])
	if err != nil {
		return nil, fmt.Errorf("use SM4 key: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("use SM4 key: %w", err)
	}
	return &smSuite{gcm: gcm, key: append([]byte(nil), key[sm4KeySize:]...)}, nil
}

func (*smSuite) Name() string { return SM }

func (s *smSuite) Seal(clear, associated []byte) ([]byte, error) {
	out := make([]byte, smNonceSize, smNonceSize+len(clear)+s.gcm.Overhead())
	if _, err := rand.Read(out); err != nil {
		return nil, fmt.Errorf("make a nonce: %w", err)
	}
	return s.gcm.Seal(out, out, clear, associated), nil
}

func (s *smSuite) Open(sealed, associated []byte) ([]byte, error) {
	if len(sealed) < smNonceSize {
		return nil, ErrOpen
	}
	clear, err := s.gcm.Open(nil, sealed[:smNonceSize], sealed[smNonceSize:], associated)
	if err != nil {
		return nil, ErrOpen
	}
	return clear, nil
}

func (s *smSuite) MAC(message []byte) ([]byte, error) {
	h := hmac.New(sm3.New, s.key)
	if _, err := h.Write(message); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}
