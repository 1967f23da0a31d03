package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asvs is how many requirements of levels 1 and 2 each chapter of OWASP ASVS 5.0.0
// has.
var asvs = map[string]int{
	"1": 27, "2": 11, "3": 19, "4": 10, "5": 9, "6": 35, "7": 18, "8": 7, "9": 7, "10": 29, "11": 14, "12": 9, "13": 13,
	"14": 9, "15": 13, "16": 16, "17": 7,
}

func TestThePageOfSecurityNamesTestsThatThereAre(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(`)
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range function.FindAllSubmatch(text, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, name := range regexp.MustCompile(`Test[A-Z]\w+`).FindAllString(string(page), -1) {
		if named++; !there[name] {
			t.Errorf("there is no test %s", name)
		}
	}
	if named < 100 {
		t.Errorf("%d tests are named", named)
	}
	rows, seen := map[string]int{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+)\.(\d+\.\d+) \| ([^|]+) \| (met|met, untested|in part|not met|does not apply) \| ([^|]+) \|$`).FindAllStringSubmatch(string(page), -1) {
		number := m[1] + "." + m[2]
		if seen[number] {
			t.Errorf("%s is there twice", number)
		}
		seen[number] = true
		rows[m[1]]++
	}
	for chapter, n := range asvs {
		if rows[chapter] != n {
			t.Errorf("chapter %s has %d rows, want %d", chapter, rows[chapter], n)
		}
	}
}
