package service

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
)

func TestAFontIsFoundByItsName(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if _, err := findFont("", []string{filepath.Join(dir, "none")}); !errors.Is(err, ErrNoFont) {
		t.Errorf("without any font: %v", err)
	}
	put("simhei.ttf", []byte("no font"))
	put("msyh.ttc", goregular.TTF) // of the right name, but without Chinese
	if _, err := findFont("", []string{dir}); !errors.Is(err, ErrNoFont) {
		t.Errorf("without a font that has Chinese: %v", err)
	}
	// What is named is taken as it is: who names it knows what it is for.
	if _, err := findFont(put("mine.ttf", goregular.TTF), nil); err != nil {
		t.Error(err)
	}
	for name, path := range map[string]string{"a file that is none": filepath.Join(dir, "simhei.ttf"), "a file that is not there": filepath.Join(dir, "nowhere")} {
		if _, err := findFont(path, []string{dir}); CodeOf(err) != CodeInvalid {
			t.Errorf("%s was named: %v", name, err)
		}
	}
	if sys, err := findFont("", fontFolders()); err == nil && !sys.Has(fontSample) {
		t.Error("the font of this machine has no Chinese")
	}
}
