package message

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

// The headers of a body that a gateway is sent.
const (
	HeaderTime      = "X-Sanse-Timestamp"
	HeaderSignature = "X-Sanse-Signature"
)

// Sign returns the headers that say when a body was sent and by whom: HMAC-SHA-256
// under a secret that both sides know, of the seconds since 1970, a dot and the body.
// Who takes it makes the same and compares, and refuses what is older than a few
// minutes.
func Sign(secret string, now time.Time, body []byte) map[string]string {
	seconds := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s", seconds, body)
	return map[string]string{HeaderTime: seconds, HeaderSignature: "v1=" + hex.EncodeToString(mac.Sum(nil))}
}
