package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// MaxText is the longest text that Seal takes: a push service takes bodies of at
// least 4096 bytes (RFC 8291, section 4), and a record is one of them.
const MaxText = recordSize - tagSize - 1 - headerSize

const (
	recordSize = 4096
	tagSize    = 16
	saltSize   = 16
	pointSize  = 65 // of P-256, not compressed
	authSize   = 16
	headerSize = saltSize + 4 + 1 + pointSize
)

// Subscription is where a browser takes messages, as its push manager says it.
type Subscription struct {
	Endpoint string // https address at the push service
	P256dh   string // its public key, base64url
	Auth     string // its secret, base64url
}

// errSubscription says what is wrong with a subscription, but not what it says.
var (
	errEndpoint = errors.New("the endpoint is no address of a push service")
	errP256dh   = errors.New("p256dh is no public key of the curve P-256")
	errAuth     = errors.New("auth is no secret of 16 bytes")
)

// Validate tells whether messages can be sealed for it.
func (s Subscription) Validate() error {
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return errEndpoint
	}
	_, _, err = s.keys()
	return err
}

// keys reads the two keys.
func (s Subscription) keys() (*ecdh.PublicKey, []byte, error) {
	point, err := decode(s.P256dh)
	if err != nil {
		return nil, nil, errP256dh
	}
	public, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, nil, errP256dh
	}
	auth, err := decode(s.Auth)
	if err != nil || len(auth) != authSize {
		return nil, nil, errAuth
	}
	return public, auth, nil
}

// decode reads base64url, with padding or without, as browsers write it.
func decode(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// Seal makes the body of a message of at most MaxText bytes; it is sent with
// Content-Encoding: aes128gcm.
func Seal(s Subscription, text []byte) ([]byte, error) {
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	var salt [saltSize]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	return seal(s, text, once, salt[:])
}

// seal is Seal with the key and the salt that are good for one message.
func seal(s Subscription, text []byte, once *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	if len(text) > MaxText {
		return nil, fmt.Errorf("seal a message: it has %d bytes, and at most %d are carried", len(text), MaxText)
	}
	theirs, auth, err := s.keys()
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	shared, err := once.ECDH(theirs)
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	ours := once.PublicKey().Bytes()
	// RFC 8291, section 3.4: the secret of the subscription goes in beside the shared one.
	ikm, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(theirs.Bytes())+string(ours), sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	// RFC 8188, sections 2.2 and 2.3: the number of the only record is 0.
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal a message: %w", err)
	}
	out := make([]byte, 0, headerSize+len(text)+1+tagSize)
	out = append(out, salt...)
	out = binary.BigEndian.AppendUint32(out, recordSize)
	out = append(out, byte(len(ours)))
	out = append(out, ours...)
	last := append(append(make([]byte, 0, len(text)+1), text...), 2) // the last record ends with a 2
	return gcm.Seal(out, nonce, last, nil), nil
}
