package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sanse/reports/print"
)

// ErrNoFont says that nothing can be printed on this machine.
var ErrNoFont = &Error{Code: CodeOutside, Message: "there is no font with Chinese to print with: install fonts-wqy-microhei, or name one with SANSE_FONT"}

// fontNames are files of fonts with Chinese and TrueType outlines that systems
// have, the better ones first.
var fontNames = []string{
	"wqy-microhei.ttc", "wqy-zenhei.ttc", "NotoSansSC-Regular.ttf", "NotoSansCJKsc-Regular.ttf", "SourceHanSansSC-Regular.ttf",
	"DroidSansFallbackFull.ttf", "DroidSansFallback.ttf", "simhei.ttf", "msyh.ttc", "uming.ttc", "ukai.ttc",
}

// fontFolders are where systems keep them.
func fontFolders() []string {
	out := []string{"/usr/share/fonts", "/usr/local/share/fonts"}
	if home, err := os.UserHomeDir(); err == nil {
		out = append(out, filepath.Join(home, ".local/share/fonts"), filepath.Join(home, ".fonts"))
	}
	return out
}

// fontSample is what a font must be able to show.
const fontSample = "服务缺口 15 分钟"

// findFont reads the font that is named, or else the first of those known that
// the folders hold.
func findFont(named string, folders []string) (*print.Font, error) {
	if named != "" {
		f, err := readFont(named)
		if err != nil {
			return nil, invalidCause(err, "the font that was named cannot be used")
		}
		return f, nil
	}
	found := make([]string, len(fontNames))
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil { // a folder that is not there, or not ours to read
				return fs.SkipDir
			}
			i := slices.IndexFunc(fontNames, func(n string) bool { return strings.EqualFold(n, d.Name()) })
			if i >= 0 && !d.IsDir() && found[i] == "" {
				found[i] = path
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.SkipDir) {
			return nil, fmt.Errorf("look for a font: %w", err)
		}
	}
	for _, path := range found {
		if path == "" {
			continue
		}
		if f, err := readFont(path); err == nil && f.Has(fontSample) {
			return f, nil
		}
	}
	return nil, ErrNoFont
}

func readFont(path string) (*print.Font, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return print.ReadFont(b)
}
