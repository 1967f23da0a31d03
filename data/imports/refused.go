package imports

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// refusedFile collects refusals with their full values in a file that only its
// owner can read. It is written under a fresh name, so that no link that lies
// in wait under the final one is followed, and renamed when complete.
type refusedFile struct {
	path string
	tmp  *os.File
	w    *bufio.Writer
	err  error
}

func (f *refusedFile) add(line int, column, value, reason string) {
	if f.err != nil {
		return
	}
	if f.tmp == nil {
		// CreateTemp opens with O_EXCL and mode 0600.
		f.tmp, f.err = os.CreateTemp(filepath.Dir(f.path), ".refused-*.csv")
		if f.err != nil {
			return
		}
		f.w = bufio.NewWriter(f.tmp)
		// The mark makes spreadsheets read UTF-8.
		_, f.err = f.w.WriteString("\uFEFFline,column,value,reason\r\n")
	}
	if f.err == nil {
		_, f.err = fmt.Fprintf(f.w, "%s,%s,%s,%s\r\n", strconv.Itoa(line), csvCell(column), csvCell(value), csvCell(reason))
	}
}

// close finishes the file and gives it its name; keep=false forgets it. It
// returns the path, or "" if nothing was refused.
func (f *refusedFile) close(keep bool) (string, error) {
	if f.tmp == nil {
		if f.err != nil {
			return "", fmt.Errorf("write refused rows: %w", f.err)
		}
		return "", nil
	}
	err := f.err
	if err == nil {
		err = f.w.Flush()
	}
	err = errors.Join(err, f.tmp.Close())
	if err == nil && keep {
		if info, statErr := os.Lstat(f.path); statErr == nil && info.IsDir() {
			err = fmt.Errorf("%s is a folder", filepath.Base(f.path))
		} else if statErr != nil && !errors.Is(statErr, fs.ErrNotExist) {
			err = statErr
		} else if err = os.Rename(f.tmp.Name(), f.path); err == nil {
			return f.path, nil
		}
	}
	err = errors.Join(err, os.Remove(f.tmp.Name()))
	if err != nil {
		return "", fmt.Errorf("write refused rows: %w", err)
	}
	return "", nil
}

// csvCell quotes a value for a CSV file and takes the edge off what a
// spreadsheet would run as a formula.
func csvCell(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	rest := strings.TrimLeft(s, " \t\r\n\u00A0\u3000")
	first, _ := utf8.DecodeRuneInString(rest)
	if rest != "" && strings.ContainsRune("=+-@|%＝＋－＠", first) || s != "" && strings.IndexByte("\t\r\n", s[0]) >= 0 {
		s = "'" + s
	}
	if strings.ContainsAny(s, ",;\t\"\r\n") {
		s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
