package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"sanse/data"
)

// keyPrefix begins every service key, so that one that got into a file by mistake
// is found by whoever looks for such.
const keyPrefix = "sanse_"

// tokenBytes are the random bytes of a token: 256 bits.
const tokenBytes = 32

// newToken returns a token of 256 random bits, 43 letters long.
func newToken() (data.Token, error) {
	b := make([]byte, tokenBytes)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return data.Token(base64.RawURLEncoding.EncodeToString(b)), nil
}

// wellFormed tells whether a token can be one of ours, before anything is asked.
func wellFormed(token data.Token) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimPrefix(token.Reveal(), keyPrefix))
	return err == nil && len(b) == tokenBytes
}

// CSRFOf is the word that a page sends along with what changes anything: a keyed
// hash of the session's token, which a page from elsewhere can neither read nor
// make up.
func CSRFOf(token data.Token) string {
	mac := hmac.New(sha256.New, []byte(token.Reveal()))
	mac.Write([]byte("sanse csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// SameCSRF tells whether that is the session's word, in constant time.
func SameCSRF(token data.Token, word string) bool {
	return subtle.ConstantTimeCompare([]byte(CSRFOf(token)), []byte(word)) == 1
}

// NewID returns an opaque id: a letter and 16 hexadecimal digits.
func NewID(letter string) (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return letter + hex.EncodeToString(b[:]), nil
}

// spoken are the letters and digits of secrets that people type: none looks like
// another.
const spoken = "abcdefghjkmnpqrstuvwxyz23456789"

// newSpoken returns a secret to be read out or typed, in groups of four with a
// dash between; each group has about 20 bits.
func newSpoken(groups int) (string, error) {
	var out strings.Builder
	for n := 0; n < groups*4; {
		var b [1]byte
		if _, err := rand.Read(b[:]); err != nil {
			return "", fmt.Errorf("make a secret: %w", err)
		}
		// Bytes past the last whole round of the alphabet would make its first
		// letters likelier.
		if int(b[0]) >= 256/len(spoken)*len(spoken) {
			continue
		}
		if n > 0 && n%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(spoken[int(b[0])%len(spoken)])
		n++
	}
	return out.String(), nil
}

// NewOneTime returns a one-time secret to sign in with first: about 99 bits.
func NewOneTime() (string, error) { return newSpoken(5) }

// recoveryCodes are how many ways in there are without an authenticator.
const recoveryCodes = 8

// NewRecovery returns codes for whoever has lost their authenticator, each good
// for one time and of about 79 bits, and what is kept of them.
func NewRecovery() (codes, hashes []string, err error) {
	for range recoveryCodes {
		c, err := newSpoken(4)
		if err != nil {
			return nil, nil, err
		}
		codes, hashes = append(codes, c), append(hashes, RecoveryHash(c))
	}
	return codes, hashes, nil
}

// RecoveryHash is what is kept of a recovery code: spaces, dashes and case do not
// matter. A code is random, so that a plain SHA-256 keeps it.
func RecoveryHash(code string) string {
	code = strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code))
	sum := sha256.Sum256([]byte("recovery " + code))
	return hex.EncodeToString(sum[:])
}

// looksLikeRecovery tells a recovery code from the six digits of an authenticator.
func looksLikeRecovery(code string) bool {
	return len(strings.NewReplacer("-", "", " ", "").Replace(code)) == 16
}
