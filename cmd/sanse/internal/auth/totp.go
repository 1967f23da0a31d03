package auth

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238's default, which every authenticator has; HMAC does not rest on collisions
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
)

// Codes of RFC 6238 as authenticators take them for granted: SHA-1, six digits,
// steps of 30 seconds.
const (
	totpStep    = 30 // seconds
	totpDigits  = 6
	totpModulus = 1_000_000
	totpSecret  = 20 // bytes, what RFC 4226 recommends
	totpWindow  = 1  // steps that a clock may be off, either way
)

func base32NoPad() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// NewTOTP returns a new secret in base32, to be typed or scanned into an
// authenticator.
func NewTOTP() (string, error) {
	b := make([]byte, totpSecret)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base32NoPad().EncodeToString(b), nil
}

// StepOf is the number of the 30-second step that a moment lies in (RFC 6238, T).
func StepOf(at time.Time) int64 { return at.Unix() / totpStep }

// CodeAt is the code of a secret at a step: RFC 4226's HOTP with the step as its
// counter.
func CodeAt(secret string, step int64) (string, error) {
	key, err := base32NoPad().DecodeString(strings.ToUpper(strings.ReplaceAll(secret, " ", "")))
	if err != nil || len(key) == 0 {
		return "", errors.New("this is not a secret of an authenticator")
	}
	mac := hmac.New(sha1.New, key)
	if err := binary.Write(mac, binary.BigEndian, step); err != nil {
		return "", fmt.Errorf("compute a code: %w", err)
	}
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, n%totpModulus), nil
}

// CheckTOTP finds the step, at most one before or after now, whose code this is,
// among those later than the last one taken: a code seen over a shoulder is of no
// use any more. The caller stores the step before it lets anybody in.
func CheckTOTP(secret, code string, now time.Time, last int64) (step int64, ok bool, err error) {
	code = strings.Join(strings.Fields(code), "")
	at := StepOf(now)
	for s := at - totpWindow; s <= at+totpWindow; s++ {
		want, err := CodeAt(secret, s)
		if err != nil {
			return 0, false, err
		}
		// All steps are looked at, so that the time does not tell which it was.
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > last {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// TOTPURI is what an authenticator scans: whose secret it is and by whom (the
// key URI format that authenticators share).
func TOTPURI(issuer, login, secret string) string {
	v := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + login, RawQuery: strings.ReplaceAll(v.Encode(), "+", "%20")}
	return u.String()
}

// QR draws a text as a QR code in SVG, four modules of white around it, without
// any style or script.
func QR(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	const quiet = 4
	size := code.Bounds().Dx()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[1]d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path fill="#000" d="`, size+2*quiet)
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}
