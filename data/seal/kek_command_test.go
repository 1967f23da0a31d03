package seal_test

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanse/data/seal"
)

// script writes a program that stands for a KMS.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kms")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil { //nolint:gosec // a program is to be run
		t.Fatal(err)
	}
	return path
}

func command(t *testing.T, line string, timeout time.Duration) *seal.Command {
	t.Helper()
	c, err := seal.NewCommand(line, timeout)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// rotating turns bytes by one, which is enough to see who did what.
const rotating = `case "$2" in
	wrap) base64 -d | tr '\000-\377' '\001-\377\000' | base64 ;;
	unwrap) base64 -d | tr '\001-\377\000' '\000-\377' | base64 ;;
	*) exit 9 ;;
esac`

func TestAProgramWrapsAndUnwraps(t *testing.T) {
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	c := command(t, script(t, `printf '%s ' "$@" >>`+seen+`; env >>`+seen+"\n"+rotating)+" district-1", 0)
	key := []byte("ein Schlüssel, 32 Bytes lang, ja")
	w, err := c.Wrap(t.Context(), key)
	if err != nil || len(w) == 0 || string(w) == string(key) {
		t.Fatalf("%q, %v", w, err)
	}
	if got, err := c.Unwrap(t.Context(), w); err != nil || string(got) != string(key) {
		t.Errorf("%q, %v", got, err)
	}
	b, err := os.ReadFile(seen)
	if err != nil || !strings.HasPrefix(string(b), "district-1 wrap ") || !strings.Contains(string(b), "district-1 unwrap ") {
		t.Errorf("it was called with %q, %v", b, err)
	}
	for _, form := range []string{string(key), hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key)[:20]} {
		if strings.Contains(string(b), form) {
			t.Error("the key is on the command line or in the environment")
		}
	}
	if c.Name() == command(t, c.Name()[:0]+script(t, rotating)+" district-2", 0).Name() || !strings.HasPrefix(c.Name(), "command kms ") {
		t.Errorf("it is called %s", c.Name())
	}
}

func TestAProgramThatDoesNotAnswerWellIsAnError(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"fails", "echo the vault is sealed >&2; echo geheim; exit 4", "the vault is sealed"},
		{"says nothing", "cat >/dev/null", "not base64"},
		{"says something else", "cat >/dev/null; echo 'geheim!'", "not base64"},
		{"gives the key back", "cat", "in the clear"},
		{"says too much", "head -c 3000000 /dev/zero | tr '\\000' A", "more than"},
		{"never answers", "tail -f /dev/null", "within"},
		{"leaves a child that holds its output", "tail -f /dev/null & exit 3", "could not wrap"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := command(t, script(t, test.text), 500*time.Millisecond)
			_, err := c.Wrap(t.Context(), []byte("schlüssel"))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("no shell is between", func(t *testing.T) {
		mark := filepath.Join(t.TempDir(), "mark")
		c := command(t, script(t, "exit 1")+" ; touch "+mark, 0)
		if _, err := c.Wrap(t.Context(), []byte("k")); err == nil {
			t.Error("no error")
		}
		if _, err := os.Stat(mark); err == nil {
			t.Error("a shell ran it")
		}
	})
	for _, line := range []string{"", "  ", "/there/is/none wrap"} {
		if _, err := seal.NewCommand(line, 0); err == nil {
			t.Errorf("%q is a command", line)
		}
	}
}
