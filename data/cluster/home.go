package cluster

import (
	"errors"
	"os"
	"path/filepath"
)

// DefaultDir returns where Sanse keeps its cluster and key file: $SANSE_HOME,
// or /var/lib/sanse for root, else $XDG_DATA_HOME/sanse or
// ~/.local/share/sanse. It makes nothing.
func DefaultDir() (string, error) {
	if d := os.Getenv("SANSE_HOME"); d != "" {
		return filepath.Abs(d)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/sanse", nil
	}
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "sanse"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.Join(errors.New("find a folder for the data: set SANSE_HOME"), err)
	}
	return filepath.Join(home, ".local", "share", "sanse"), nil
}
