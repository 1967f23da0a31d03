package english

import "strconv"

// Count is a number with its noun: 1 visitor, 2 visitors, 0 visitors.
func Count[N int | int32 | int64](n N, one, many string) string {
	noun := many
	if n == 1 {
		noun = one
	}
	return strconv.FormatInt(int64(n), 10) + " " + noun
}
