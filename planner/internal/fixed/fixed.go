// Package fixed runs properties of rapid on draws that are the same each time.
//
// What always holds is tested by rapid.Check on problems that no run has seen
// before. What a search finds is a claim about some problems: on new ones it
// could fail any day with nothing being wrong.
package fixed

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// room is how many bytes a draw may use up.
const room = 1 << 18

// Check calls prop as often as said, each time with draws of its own. It fails
// if prop skips more than one in ten, or uses up its draws.
func Check(t *testing.T, runs int, prop func(*rapid.T)) {
	t.Helper()
	draws := make([]byte, room)
	done := 0
	for i := range runs {
		source := rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)})
		if _, err := source.Read(draws); err != nil {
			t.Fatal(err)
		}
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			rapid.MakeFuzz(prop)(t, draws)
			done++
		})
	}
	if done*10 < runs*9 {
		t.Errorf("only %d of %d draws were run to their end", done, runs)
	}
}
