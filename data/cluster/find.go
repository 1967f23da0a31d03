package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// findPostgres returns the folder of PostgreSQL's programs and its major
// version: the version that made the data where there are data, else the
// newest that has PostGIS.
func findPostgres(ctx context.Context, binDir, made string) (bin, version string, err error) {
	var bins []string
	if binDir != "" {
		bins = []string{binDir}
	} else {
		for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin"} {
			found, err := filepath.Glob(pattern)
			if err != nil {
				return "", "", err
			}
			bins = append(bins, found...)
		}
		if p, err := exec.LookPath("initdb"); err == nil {
			if p, err = filepath.EvalSymlinks(p); err != nil {
				return "", "", err
			}
			bins = append(bins, filepath.Dir(p))
		}
	}
	type install struct {
		bin     string
		version int
		postgis bool
	}
	var all []install
	for _, b := range bins {
		if !hasPrograms(b) {
			continue // a wrapper somewhere else, or an install cut short
		}
		v, err := majorVersion(ctx, b)
		if err != nil {
			return "", "", err
		}
		has, err := hasPostGIS(ctx, b, v)
		if err != nil {
			return "", "", err
		}
		all = append(all, install{b, v, has})
	}
	if len(all) == 0 {
		return "", "", fmt.Errorf("PostgreSQL is %w: no initdb found (on Debian or Ubuntu: apt-get install postgresql postgresql-postgis)", ErrNotInstalled)
	}
	slices.SortFunc(all, func(a, b install) int { return b.version - a.version })
	if made != "" {
		i := slices.IndexFunc(all, func(x install) bool { return strconv.Itoa(x.version) == made })
		if i < 0 {
			return "", "", fmt.Errorf("the data were %w: %s, while %d is installed; install postgresql-%[2]s, or move the folder away and start afresh",
				ErrOtherVersion, made, all[0].version)
		}
		all = all[i : i+1]
	}
	for _, x := range all {
		if x.postgis {
			return x.bin, strconv.Itoa(x.version), nil
		}
	}
	return "", "", fmt.Errorf("PostGIS is %w for PostgreSQL %d (on Debian or Ubuntu: apt-get install postgresql-%[2]d-postgis-3)", ErrNotInstalled, all[0].version)
}

// hasPrograms tells whether a folder holds what a cluster needs.
func hasPrograms(bin string) bool {
	for _, name := range []string{"initdb", "postgres", "pg_config"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return false
		}
	}
	return true
}

var versionText = regexp.MustCompile(`PostgreSQL\)? (\d+)`)

// majorVersion asks the server program, or takes Debian's word, whose folders
// are named after it.
func majorVersion(ctx context.Context, bin string) (int, error) {
	if v, err := strconv.Atoi(filepath.Base(filepath.Dir(bin))); err == nil {
		return v, nil
	}
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("ask %s for its version: %w", filepath.Join(bin, "postgres"), err)
	}
	m := versionText.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("%s does not say its version: %q", filepath.Join(bin, "postgres"), out)
	}
	return strconv.Atoi(string(m[1]))
}

// hasPostGIS tells whether the extension can be created.
func hasPostGIS(ctx context.Context, bin string, version int) (bool, error) {
	share := fmt.Sprintf("/usr/share/postgresql/%d", version)
	if !strings.HasPrefix(bin, "/usr/lib/postgresql/") {
		out, err := exec.CommandContext(ctx, filepath.Join(bin, "pg_config"), "--sharedir").Output()
		if err != nil {
			return false, fmt.Errorf("ask pg_config for its folders: %w", err)
		}
		share = strings.TrimSpace(string(out))
	}
	_, err := os.Stat(filepath.Join(share, "extension", "postgis.control"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
