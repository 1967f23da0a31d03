package vrp_test

import (
	"testing"

	"pgregory.net/rapid"

	"sanse/planner/internal/fixed"
	"sanse/planner/vrp"
)

func TestShortClaimsOnlyWhatTryingEverythingConfirms(t *testing.T) {
	proven, lapsing, all, weaker := 0, 0, 0, 0
	claims := func(t *rapid.T) {
		p := tinyProblem(t, tinyOptions{windows: true, loads: true, crews: true, breaks: true, limits: true})
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		_, least := newBrute(p).best()
		proof := vrp.Short(p)
		if proof.Missing > least {
			t.Fatalf("at least %d are missing, says the proof; %d are: %+v", proof.Missing, least, proof)
		}
		if least == 0 && (proof.Mend > 0 || len(proof.Shortfalls) > 0) {
			t.Fatalf("nothing need be missing, the proof says: %+v", proof)
		}
		for _, s := range proof.Shortfalls {
			need := int64(0)
			for _, n := range s.Needs {
				need += int64(n.Visits) * n.Each
			}
			if need != s.Need || s.Need <= s.Have && len(s.Shifts) > 0 {
				t.Fatalf("does not add up: %+v", s)
			}
		}
		all++
		if least > 0 {
			lapsing++
			if proof.Mend > 0 || len(proof.Shortfalls) > 0 || proof.Missing > 0 {
				proven++
			}
			if proof.Missing < least {
				weaker++
			}
		}
	}
	rapid.Check(t, claims)
	// How much is proven is told of problems that are the same each time.
	proven, lapsing, all, weaker = 0, 0, 0, 0
	fixed.Check(t, 100, claims)
	t.Logf("%d of %d problems have missing visits, of %d it is proven, of %d not all of them", lapsing, all, proven, weaker)
	if proven*2 < lapsing {
		t.Errorf("only %d of %d shortages are proven", proven, lapsing)
	}
}

func TestSolveReachesTheOptimumOfSmallProblems(t *testing.T) {
	for name, o := range map[string]tinyOptions{
		"days and ways alone":        {},
		"with windows":               {windows: true},
		"with waits":                 {windows: true, waits: true},
		"with loads":                 {loads: true},
		"with limits":                {limits: true},
		"with what is kept":          {kept: true, windows: true},
		"with crews":                 {crews: true},
		"with crews and windows":     {crews: true, windows: true, waits: true, limits: true},
		"with breaks":                {breaks: true},
		"with breaks, windows, load": {breaks: true, windows: true, loads: true, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			worse, all := 0, 0
			sound := func(t *rapid.T) {
				p := tinyProblem(t, o)
				s, stats, err := vrp.Solve(t.Context(), p, vrp.Options{Seed: 1, Iterations: 300})
				if err != nil {
					t.Fatal(err)
				}
				cost, found := vrp.Check(p, s)
				if len(found) > 0 {
					t.Fatalf("check: %v", found)
				}
				if cost != stats.Cost {
					t.Fatalf("Check counts %+v, Solve %+v", cost, stats.Cost)
				}
				best, _ := newBrute(p).best()
				if lower := vrp.Lower(p); lower > best {
					t.Fatalf("no solution is below %d, says Lower; one costs %d", lower, best)
				}
				all++
				if cost.Total < best {
					t.Fatalf("costs %d, below the least possible %d: the oracle or the count is wrong", cost.Total, best)
				}
				if cost.Total > best {
					worse++
					t.Logf("costs %d, the least possible is %d", cost.Total, best)
				}
			}
			rapid.Check(t, sound)
			// What the search finds is told of problems that are the same each time.
			worse, all = 0, 0
			fixed.Check(t, 100, sound)
			t.Logf("%d of %d not optimal", worse, all)
			if worse*50 > all {
				t.Errorf("%d of %d small problems are not solved to the optimum, want at most 2 %%", worse, all)
			}
		})
	}
}
