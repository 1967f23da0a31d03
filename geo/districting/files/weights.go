package files

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"sanse/geo/districting"
)

// maxWeight bounds one unit's weight, so that no sum overflows.
const maxWeight = math.MaxInt64 / maxUnits

// parseWeight reads a whole number from 0 up, or says why it is none. What
// spreadsheets make of whole numbers (153923.0, 1.5E3) is one.
func parseWeight(s string) (v int64, why string) {
	if s == "" {
		return 0, "is empty: write 0 if there is nothing"
	}
	if strings.ContainsAny(s, "xXpP_/") || len(s) > 40 { // what big.Rat would take beside decimals
		return 0, "is no number"
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(s), "e"); ok && len(exponent) > 3 {
		return 0, "is no number of anything"
	}
	r, ok := new(big.Rat).SetString(s)
	switch {
	case !ok:
		return 0, "is no number"
	case r.Sign() < 0:
		return 0, "is below 0: a weight is 0 or more"
	case !r.IsInt():
		return 0, "is not whole: weights are whole numbers, so multiply the column by 10, 100 …"
	case !r.Num().IsInt64() || r.Num().Int64() > maxWeight:
		return 0, fmt.Sprintf("is more than %d", int64(maxWeight))
	}
	return r.Num().Int64(), ""
}

// errNoWeights is the error of a file with nothing to balance.
var errNoWeights = errors.New("line 1: there is no column of weights beside the cell and the community")

// checkNames refuses weights that are asked for twice, or are too many.
func checkNames(names []string) error {
	if len(names) > districting.MaxWeights {
		return fmt.Errorf("%d weights are too many: at most %d are balanced", len(names), districting.MaxWeights)
	}
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return fmt.Errorf("the weight %q is asked for twice", n)
		}
	}
	return nil
}
