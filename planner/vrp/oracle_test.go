package vrp_test

import (
	"testing"

	"pgregory.net/rapid"

	"sanse/planner/vrp"
)

func TestShortClaimsOnlyWhatTryingEverythingConfirms(t *testing.T) {
	proven, lapsing, all, weaker := 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
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
	})
	t.Logf("%d of %d problems have missing visits, of %d it is proven, of %d not all of them", lapsing, all, proven, weaker)
	if proven*2 < lapsing {
		t.Errorf("only %d of %d shortages are proven", proven, lapsing)
	}
}
