package streetapi

import (
	"math"

	"github.com/paulmach/orb"
)

// overviewPixels is how many pixels wide a whole route is shown; an overview
// leaves out what would not be seen of it.
const overviewPixels = 1000

// simplify leaves out the points of a line that lie less than a pixel off it
// when the whole line is shown at once (Douglas and Peucker 1973).
func simplify(line orb.LineString) orb.LineString {
	if len(line) < 3 {
		return line
	}
	b := line.Bound()
	cos := math.Cos((b.Min[1] + b.Max[1]) / 2 * math.Pi / 180)
	tolerance := max((b.Max[0]-b.Min[0])*cos, b.Max[1]-b.Min[1]) / overviewPixels
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	todo := [][2]int{{0, len(line) - 1}}
	for len(todo) > 0 {
		first, last := todo[len(todo)-1][0], todo[len(todo)-1][1]
		todo = todo[:len(todo)-1]
		far, at := tolerance, -1
		for i := first + 1; i < last; i++ {
			if d := offLine(line[first], line[last], line[i]); d > far {
				far, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			todo = append(todo, [2]int{first, at}, [2]int{at, last})
		}
	}
	out := make(orb.LineString, 0, len(line))
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}
