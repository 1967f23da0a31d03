package mark

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Mark says who took a file out of the house.
type Mark struct {
	District string
	Export   string    // the number of the export: x and 16 hexadecimal digits
	Account  string    // opaque
	At       time.Time // to the second
	Until    time.Time // good until then, to the second
	Purpose  string
}

const (
	begins = "sanse-mark:1:"
	// digits are those of a SHA-256 in hexadecimal.
	digits = 2 * sha256.Size
)

var (
	whole = regexp.MustCompile(begins + `([0-9]+):(x[0-9a-f]{16}):([A-Za-z0-9_.%-]*):([0-9]{1,12}):([0-9]{1,12}):([A-Za-z0-9_.%-]*):([0-9a-f]{64}):([0-9a-f]{64})`)
	// number is that of an export where it stands by itself.
	number = regexp.MustCompile(`\bx[0-9a-f]{16}\b`)
	form   = regexp.MustCompile(`^x[0-9a-f]{16}$`)
)

// ErrMark is the error of a mark that cannot be written.
var ErrMark = errors.New("this cannot be marked")

// text is the mark with a digest and a seal, both of 64 hexadecimal digits.
func (m Mark) text(digest, seal string) string {
	return begins + strings.Join([]string{
		m.District, m.Export, plain(m.Account), strconv.FormatInt(m.At.Unix(), 10), strconv.FormatInt(m.Until.Unix(), 10), plain(m.Purpose), digest, seal,
	}, ":")
}

// Blank is the mark as a writer puts it into a file: the digest and the seal are
// noughts. It is letters, digits and :_.%- alone, so that no form of file writes it
// differently.
func (m Mark) Blank() string {
	none := strings.Repeat("0", digits)
	return m.text(none, none)
}

// Facts are what a seal is over, in order: who, when, what for, until when and the
// digest of the file.
func (m Mark) Facts(digest []byte) []string {
	return []string{m.District, m.Export, m.Account, strconv.FormatInt(m.At.Unix(), 10), strconv.FormatInt(m.Until.Unix(), 10), m.Purpose, string(digest)}
}

// check tells whether what Blank writes can be read again.
func (m Mark) check() error {
	if !form.MatchString(m.Export) || whole.FindString(m.Blank()) != m.Blank() {
		return fmt.Errorf("%w: export %q of district %q", ErrMark, m.Export, m.District)
	}
	return nil
}

// plain escapes all but letters, digits, _, . and - of a text.
func plain(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// parse reads what text wrote.
func parse(s string) (m Mark, digest, seal []byte, err error) {
	p := whole.FindStringSubmatch(s)
	if p == nil {
		return m, nil, nil, ErrNone
	}
	m.District, m.Export = p[1], p[2]
	at, err1 := strconv.ParseInt(p[4], 10, 64)
	until, err2 := strconv.ParseInt(p[5], 10, 64)
	m.At, m.Until = time.Unix(at, 0), time.Unix(until, 0)
	var err3, err4, err5, err6 error
	m.Account, err3 = url.PathUnescape(p[3])
	m.Purpose, err4 = url.PathUnescape(p[6])
	digest, err5 = hex.DecodeString(p[7])
	seal, err6 = hex.DecodeString(p[8])
	return m, digest, seal, errors.Join(err1, err2, err3, err4, err5, err6)
}
