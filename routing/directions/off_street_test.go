package directions_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/routing"
	"sanse/routing/directions"
)

func TestAStretchIsToldWithoutTheWalksOffTheStreet(t *testing.T) {
	w := newWorld(t)
	w.street(named("residential", "Long Lane"), at(0, 0), at(200, 0))
	e := w.engine(routing.Foot())
	path := route(t, e, at(50, -60), at(150, 30))
	steps, err := directions.NewGuide(e.Graph()).Steps(e, path, directions.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := steps[0]; math.Abs(s.Metres-190) > 1 || math.Abs(s.OffMetres-90) > 1 || math.Abs(path.Metres-190) > 1 {
		t.Errorf("%v m, %v of them off the street; the path has %v", s.Metres, s.OffMetres, path.Metres)
	}
	for language, want := range map[directions.Language][]string{
		directions.Chinese: {"先走 60 米到 Long Lane，再沿 Long Lane 向东走 100 米", "到达，目的地在左侧，离街道 30 米"},
		directions.English: {"Walk 60 m to the street, then head east along Long Lane, walk 100 m", "You have arrived, your destination is on the left, 30 m off the street"},
	} {
		if diff := cmp.Diff(want, directions.Texts(steps, language)); diff != "" {
			t.Error(diff)
		}
	}
}
