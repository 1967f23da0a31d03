package formats_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"sanse/planner"
	"sanse/planner/formats"
	"sanse/planner/vrp"
)

// smallPVRP has two days and two vehicles: customer 1 on both days, 2 on one of
// them, 3 with f = 0 and yet two combinations.
const smallPVRP = `1 2 3 2
20 10
0 10
0 0 0 0 0 0 0
1 3 4 1 4 2 1 3
2 0 5 0 7 1 2 1 2
3 5 0 2.5 6 0 2 2 1
`

func readCordeau(t *testing.T, text string) *formats.Cordeau {
	t.Helper()
	in, err := formats.ReadCordeau(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestAPeriodicInstanceIsReadAsTheFormatMeansIt(t *testing.T) {
	in := readCordeau(t, smallPVRP)
	if in.Vehicles != 2 || len(in.Customers) != 3 || in.MultiDepot {
		t.Errorf("read %+v", in)
	}
	// Bits of a combination are days, the most significant the first.
	for i, want := range [][][]int{{{0, 1}}, {{1}, {0}}, {{0}, {1}}} {
		if got := in.Customers[i].Sets; !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("customer %d: days %v, want %v", i+1, got, want)
		}
		if in.Customers[i].Optional {
			t.Errorf("customer %d may be left out", i+1)
		}
	}
	p := in.Problem()
	if p.Days != 2 || len(p.Shifts) != 4 || len(p.Workers) != 2 || len(p.Clients) != 3 {
		t.Fatalf("%d days, %d shifts, %d workers, %d clients", p.Days, len(p.Shifts), len(p.Workers), len(p.Clients))
	}
	if s := p.Shifts[3]; s.Day != 1 || s.Worker != 1 || s.To < 100_000_000 || s.Capacity[0] != 10 {
		t.Errorf("shift 3 is %+v", s)
	}
	if s := p.Shifts[1]; s.Day != 0 || s.To != 200_000 {
		t.Errorf("shift 1 is %+v", s)
	}
	if d := p.Profiles[0].Time[0][1]; d != 50_000 {
		t.Errorf("the way to customer 1 is %d, want 5 × 10,000", d)
	}
	if d := p.Profiles[0].Time[1][2]; d != 31_623 { // √10, rounded up
		t.Errorf("the way between customers is %d", d)
	}
	if c := p.Clients[2]; c.Service != 25_000 || c.Deliver[0] != 6 {
		t.Errorf("client 2 is %+v", c)
	}
}

func TestALineFilledUpWithZerosIsReadWithoutThem(t *testing.T) {
	in := readCordeau(t, strings.Replace(smallPVRP, "1 2 1 2\n", "1 2 1 2 0 0\n", 1))
	if c := in.Customers[1]; len(c.Sets) != 2 || c.Optional {
		t.Errorf("customer 2 is %+v", c)
	}
}

func TestDemandsWithDecimalsAndOpenLimitsAreKept(t *testing.T) {
	in := readCordeau(t, "1 1 2 2\n0 1.5\n0 0\n0 0 0 0 0\n1 1 0 0 0.25 1 1 2\n2 0 1 0 1.5 1 2 1 0\n")
	p := in.Problem()
	if got := p.Shifts[0].Capacity[0]; got != 150 {
		t.Errorf("capacity %d, want 150", got)
	}
	if got := p.Shifts[1].Capacity[0]; got < 175 {
		t.Errorf("the open day's capacity %d binds", got)
	}
	if got := p.Clients[0].Deliver[0]; got != 25 {
		t.Errorf("demand %d, want 25", got)
	}
	if !in.Customers[1].Optional {
		t.Error("a customer with the empty combination cannot be left out")
	}
	if _, wrong := in.Check(&formats.CordeauResult{Cost: 2, Routes: []formats.CordeauRoute{{Group: 1, Vehicle: 1, Duration: 2, Load: 0.25, Visits: []int{1}}}}); len(wrong) > 0 {
		t.Errorf("a right solution: %v", wrong)
	}
}

func TestAMultiDepotInstanceIsReadWithItsDepotsLast(t *testing.T) {
	in := readCordeau(t, "2 1 3 2\n0 5\n0 5\n1 1 0 0 2 1 2 1 2\n2 9 0 0 2 1 1 2\n3 8 0 0 2 1 2 1 2\n4 0 0 0 0\n5 10 0 0 0\n")
	if len(in.Depots) != 2 || in.Depots[1].X != 10 {
		t.Fatalf("depots are %v", in.Depots)
	}
	p := in.Problem()
	if p.Days != 1 || len(p.Shifts) != 2 || p.Shifts[1].Start != 1 || p.Clients[0].Who != nil || len(p.Clients[1].Who) != 1 || p.Clients[1].Who[0].Worker != 1 {
		t.Errorf("compiled to %+v", p)
	}
	res := in.Result(&vrp.Solution{Routes: []vrp.Route{{Shift: 0, Stops: []vrp.Stop{{Client: 0}}}, {Shift: 1, Stops: []vrp.Stop{{Client: 1}, {Client: 2}}}}})
	if _, wrong := in.Check(res); len(wrong) > 0 || math.Abs(res.Cost-6) > 1e-9 {
		t.Errorf("cost %v, %v", res.Cost, wrong)
	}
	res.Routes[0].Visits, res.Routes[1].Visits = []int{1, 2}, []int{3}
	if _, wrong := in.Check(res); !slices.ContainsFunc(wrong, func(v formats.Violation) bool { return v.Code == formats.CodeWrongDays }) {
		t.Errorf("customer 2 from depot 1 is let through: %v", wrong)
	}
}

// rightPVRP is a solution of smallPVRP made by hand.
const rightPVRP = `40.00
1 1 11.00 4.00 0 1 0
1 2 12.50 6.00 0 3 0
2 1 11.00 4.00 0 1 0
2 2 10.00 7.00 0 2 0
`

func TestASolutionByHandIsCosted(t *testing.T) {
	in := readCordeau(t, smallPVRP)
	res, err := formats.ReadCordeauResult(strings.NewReader(rightPVRP))
	if err != nil {
		t.Fatal(err)
	}
	cost, wrong := in.Check(res)
	if math.Abs(cost-40) > 1e-9 || len(wrong) > 0 {
		t.Errorf("cost %v, %v", cost, wrong)
	}
	var again bytes.Buffer
	if err := res.Write(&again); err != nil {
		t.Fatal(err)
	}
	back, err := formats.ReadCordeauResult(&again)
	if err != nil || back.Cost != res.Cost || len(back.Routes) != 4 || !slices.Equal(back.Routes[3].Visits, []int{2}) {
		t.Errorf("written and read again: %+v %v", back, err)
	}
}

func TestEveryPlantedErrorOfAPeriodicSolutionIsFound(t *testing.T) {
	in := readCordeau(t, smallPVRP)
	for _, c := range []struct {
		name, from, to string
		want           formats.Code
	}{
		{"a stranger", "0 3 0", "0 9 0", formats.CodeUnknownCustomer},
		{"a day that is not", "2 2 10", "3 2 10", formats.CodeUnknownVehicle},
		{"a vehicle that is not", "2 2 10", "2 3 10", formats.CodeUnknownVehicle},
		{"a vehicle twice", "2 2 10", "2 1 10", formats.CodeVehicleTwice},
		{"too much load", "0 1 0\n2 2", "0 1 2 0\n2 2", formats.CodeOverLoad},
		{"too long", "0 3 0", "0 3 1 2 0", formats.CodeOverDuration},
		{"one of two days", "1 1 11.00 4.00 0 1 0\n", "", formats.CodeWrongDays},
		{"twice on a day", "0 3 0", "0 3 3 0", formats.CodeTwiceADay},
		{"left out", "1 2 12.50 6.00 0 3 0\n", "", formats.CodeNotVisited},
		{"a wrong cost", "40.00", "39.98", formats.CodeWrongFigure},
		{"a wrong duration", "12.50", "12.40", formats.CodeWrongFigure},
		{"a wrong load", "7.00", "7.10", formats.CodeWrongFigure},
	} {
		bad := strings.Replace(rightPVRP, c.from, c.to, 1)
		if bad == rightPVRP {
			t.Fatalf("%s: nothing is planted", c.name)
		}
		res, err := formats.ReadCordeauResult(strings.NewReader(bad))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if _, wrong := in.Check(res); !slices.ContainsFunc(wrong, func(v formats.Violation) bool { return v.Code == c.want }) {
			t.Errorf("%s: found %v, want %s", c.name, wrong, c.want)
		}
	}
}

func TestBadPeriodicFilesAreRefusedByLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "  \n", "empty"},
		{"words", "hello\n", "line 1: type"},
		{"a type of another family", "5 2 3 2\n", "PVRPTW"},
		{"no vehicles", "1 0 3 2\n", "line 1: number of vehicles"},
		{"too many days", "1 2 3 63\n", "number of days"},
		{"a line short", strings.TrimSuffix(smallPVRP, "3 5 0 2.5 6 0 2 2 1\n"), "6 lines hold anything, want 7"},
		{"one limit", strings.Replace(smallPVRP, "20 10", "20", 1), "line 2: 1 field,"},
		{"a limit below 0", strings.Replace(smallPVRP, "20 10", "20 -1", 1), "line 2"},
		{"a word for a coordinate", strings.Replace(smallPVRP, "2 0 5", "2 x 5", 1), `line 6: x is "x"`},
		{"no number", strings.Replace(smallPVRP, "2 0 5", "2 NaN 5", 1), "line 6"},
		{"a demand below 0", strings.Replace(smallPVRP, "2 0 5 0 7", "2 0 5 0 -7", 1), "line 6: demand"},
		{"a number twice", strings.Replace(smallPVRP, "2 0 5", "1 0 5", 1), "line 6: number 1 is that of line 5"},
		{"a combination short", strings.Replace(smallPVRP, "1 2 1 2", "1 2 1", 1), "line 6: 1 combinations follow, want 2"},
		{"a combination of a third day", strings.Replace(smallPVRP, "1 2 1 2", "1 2 1 4", 1), "line 6: combination"},
		{"visits without a combination", strings.Replace(smallPVRP, "1 2 1 2", "1 0", 1), "no combination"},
		{"places too far apart", strings.Replace(smallPVRP, "2 0 5", "2 0 1e11", 1), "too far apart"},
		{"loads too large", strings.Replace(smallPVRP, "0 7 1", "0 1e11 1", 1), "too much"},
	} {
		_, err := formats.ReadCordeau(strings.NewReader(c.text))
		if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "empty"},
		{"no cost", "1 1 11.00 4.00 0 1 0\n", "line 1"},
		{"no depot at the end", "3\n1 1 11.00 4.00 0 1\n", "line 2"},
		{"a depot between", "3\n1 1 11.00 4.00 0 1 0 2 0\n", "line 2"},
		{"too short", "3\n1 1 11.00\n", "line 2: 3 fields"},
	} {
		_, err := formats.ReadCordeauResult(strings.NewReader(c.text))
		if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("solution, %s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
}

func FuzzReadCordeau(f *testing.F) {
	f.Add(smallPVRP)
	f.Add("2 1 3 2\n0 5\n0 5\n1 1 0 0 2 1 2 1 2\n2 9 0 0 2 1 1 2\n3 8 0 0 2 1 2 1 2\n4 0 0 0 0\n5 10 0 0 0\n")
	f.Add("1 1 1 62\n")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := formats.ReadCordeau(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, planner.ErrInvalid) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if len(in.Customers)*in.Vehicles*len(in.Limits) > 1000 {
			return
		}
		p := in.Problem()
		if len(p.Clients) != len(in.Customers) || len(p.Shifts) != in.Vehicles*len(in.Limits) {
			t.Error("clients or shifts are lost")
		}
	})
}

func FuzzReadCordeauResult(f *testing.F) {
	f.Add(rightPVRP)
	f.Fuzz(func(t *testing.T, text string) {
		res, err := formats.ReadCordeauResult(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, planner.ErrInvalid) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		readCordeau(t, smallPVRP).Check(res)
	})
}
