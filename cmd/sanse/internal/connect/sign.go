package connect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"
)

// The headers of what is sent to a platform.
const (
	HeaderTimestamp = "X-Sanse-Timestamp" // seconds since 1970
	HeaderSignature = "X-Sanse-Signature" // sha256= and the HMAC in hexadecimal digits
	HeaderDelivery  = "Idempotency-Key"   // the same however often a delivery is tried
	signed          = "sha256="
	sinceSigned     = 5 * time.Minute // a signature is good
)

// Sign signs a body that is sent at a time: HMAC-SHA-256 with the secret over the
// seconds since 1970, a dot, and the body.
func Sign(secret []byte, at time.Time, body []byte) (timestamp, signature string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	return timestamp, signed + hex.EncodeToString(sum(secret, timestamp, body))
}

func sum(secret []byte, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp + ".")) // never an error
	h.Write(body)
	return h.Sum(nil)
}

// errSignature is said of a signature that is not good, whatever the reason.
var errSignature = errors.New("the signature is not good")

// Verify is what a platform does with what it is sent: the signature is that of the
// body and not older than five minutes.
func Verify(secret []byte, now time.Time, timestamp, signature string, body []byte) error {
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > sinceSigned || len(signature) <= len(signed) || signature[:len(signed)] != signed {
		return errSignature
	}
	given, err := hex.DecodeString(signature[len(signed):])
	if err != nil || !hmac.Equal(given, sum(secret, timestamp, body)) {
		return errSignature
	}
	return nil
}
