package data

import (
	"maps"
	"slices"
)

// RetentionSQL are the statements that take away what is kept no longer.
func RetentionSQL() (out []string) {
	for _, kind := range slices.Sorted(maps.Keys(lifeKinds)) {
		out = append(out, lifeKinds[kind].remove...)
	}
	return out
}

// ErasureSQL are the statements that erase a resident.
func ErasureSQL() (out []string) {
	for _, e := range erasures {
		out = append(out, e.sql)
	}
	return out
}
