package imports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The encodings that are told apart.
const (
	encUTF8    = "UTF-8"
	encUTF8BOM = "UTF-8 with BOM"
	encGB18030 = "GB18030"
	encUTF16LE = "UTF-16LE"
	encUTF16BE = "UTF-16BE"
)

// detectEncoding reads all of r, in small memory, and says what it is written
// in. What is neither clean UTF-8 nor plausible GB18030 counts as UTF-8, so
// that the lines that are broken can be named.
//
// Two counts decide: characters of several bytes that are right as UTF-8
// against bytes that are not (Chinese in GBK is almost never UTF-8), and pairs
// inside GB2312 against all pairs (UTF-8 cut in two and stray bytes fall
// outside it mostly).
func detectEncoding(r io.Reader) (string, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	head, err := br.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read file: %w", err)
	}
	switch {
	case len(head) >= 3 && string(head) == "\xEF\xBB\xBF":
		return encUTF8BOM, nil
	case len(head) >= 2 && string(head[:2]) == "\xFF\xFE":
		return encUTF16LE, nil
	case len(head) >= 2 && string(head[:2]) == "\xFE\xFF":
		return encUTF16BE, nil
	}
	var c encodingCount
	buf := make([]byte, 1<<16)
	fill := 0
	for {
		n, err := br.Read(buf[fill:])
		fill += n
		used := c.feed(buf[:fill], err != nil)
		fill = copy(buf, buf[used:fill])
		if errors.Is(err, io.EOF) {
			return c.verdict(), nil
		}
		if err != nil {
			return "", fmt.Errorf("read file: %w", err)
		}
	}
}

type encodingCount struct {
	utf8Good, utf8Bad int
	gbPairs, gbCommon int
	gbBad             int
	gbLead            byte // first byte of a pair still waiting for its second
	gbFour            int  // bytes of a four-byte character still to come
}

// feed counts and returns how many bytes it has used up; a character that is
// cut off at the end stays, unless this is the last of the file.
func (c *encodingCount) feed(b []byte, last bool) int {
	i := 0
	for i < len(b) {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !last && !utf8.FullRune(b[i:]) {
			break
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			c.utf8Bad++
		} else {
			c.utf8Good++
		}
		i += n
	}
	for _, x := range b[:i] {
		switch {
		case c.gbFour > 0:
			c.gbFour--
		case c.gbLead != 0:
			switch {
			case x >= 0x30 && x <= 0x39:
				c.gbPairs++
				c.gbFour = 2
			case x >= 0x40 && x != 0x7F && x != 0xFF:
				c.gbPairs++
				if c.gbLead >= 0xA1 && c.gbLead <= 0xF7 && x >= 0xA1 {
					c.gbCommon++
				}
			default:
				c.gbBad++
			}
			c.gbLead = 0
		case x == 0x80 || x == 0xFF:
			c.gbBad++
		case x > 0x80:
			c.gbLead = x
		}
	}
	return i
}

func (c *encodingCount) verdict() string {
	if c.utf8Bad > c.utf8Good && c.gbPairs > 0 && c.gbCommon*10 >= c.gbPairs*8 && c.gbBad*5 <= c.gbPairs {
		return encGB18030
	}
	return encUTF8
}

func decoderOf(name string) encoding.Encoding {
	switch name {
	case encGB18030:
		return simplifiedchinese.GB18030
	case encUTF16LE, encUTF16BE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	return encoding.Nop
}
