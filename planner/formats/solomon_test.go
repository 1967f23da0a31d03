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

const smallSolomon = `T101

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0        100          0
    1      3         4          6          0         20         10
    2      0        10          4         30         40         10
    3      6         8          4          0         50         10
`

func readSolomon(t *testing.T, text string) *formats.Solomon {
	t.Helper()
	in, err := formats.ReadSolomon(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestBothLayoutsOfSolomonsFormatAreRead(t *testing.T) {
	// Gehring and Homberger's files differ in the headings; some copies have none.
	bare := "2 10\n0 0 0 0 0 100 0\n1 3 4 6 0 20 10\n2 0 10 4 30 40 10\n3 6 8 4 0 50 10\n"
	for name, text := range map[string]string{
		"Solomon":   smallSolomon,
		"Homberger": "c1_2_1\r\n\r\nVEHICLE\r\nNUMBER CAPACITY\r\n2 10\r\n\r\nCUSTOMER\r\nCUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME\r\n" + strings.ReplaceAll(bare[5:], "\n", "\r\n"),
		"bare":      bare,
	} {
		in := readSolomon(t, text)
		if in.Vehicles != 2 || in.Capacity != 10 || len(in.Customers) != 3 || in.Depot.Due != 100 || in.Customers[1].Ready != 30 {
			t.Errorf("%s: read %+v", name, in)
		}
	}
	if in := readSolomon(t, smallSolomon); in.Name != "T101" {
		t.Errorf("the name is %q", in.Name)
	}
}

func TestAVehicleCostsMoreThanAnyWayWhereTheFleetCounts(t *testing.T) {
	in := readSolomon(t, smallSolomon)
	p := in.Problem(formats.ByVehicles)
	if fixed := p.Shifts[0].Fixed; fixed < 8*10*10_000 || p.Unserved < 2*fixed {
		t.Errorf("a vehicle costs %d, a visit missed %d", fixed, p.Unserved)
	}
	if p := in.Problem(formats.ByDistance); p.Shifts[0].Fixed != 0 {
		t.Error("a vehicle costs something where the way alone counts")
	}
	n, way, ok := in.Cost(formats.ByVehicles, 2*in.Fixed(formats.ByVehicles)+301_234)
	if n != 2 || math.Abs(way-30.1234) > 1e-9 || !ok {
		t.Errorf("%d vehicles, %v, %t", n, way, ok)
	}
	if w := p.Clients[1].Windows; len(w) != 1 || w[0][0] != (vrp.Window{From: 300_000, To: 400_000}) {
		t.Errorf("the window is %v", w)
	}
}

func TestASolutionWithTimeWindowsIsCheckedAndKept(t *testing.T) {
	in := readSolomon(t, smallSolomon)
	res := in.Result(&vrp.Solution{Routes: []vrp.Route{
		{Shift: 0, Stops: []vrp.Stop{{Client: 0}, {Client: 2}}}, {Shift: 1, Stops: []vrp.Stop{{Client: 1}}},
	}})
	cost, wrong := in.Check(res)
	if math.Abs(cost-40) > 1e-9 || len(wrong) > 0 || math.Abs(res.Cost-40) > 1e-9 {
		t.Errorf("cost %v, states %v, %v", cost, res.Cost, wrong)
	}
	var b bytes.Buffer
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	if want := "Instance name : T101\nSolution\nRoute 1 : 1 3\nRoute 2 : 2\nCost 40.00\n"; b.String() != want {
		t.Errorf("written as\n%s", b.String())
	}
	back, err := formats.ReadSolomonResult(&b)
	if err != nil || back.Name != "T101" || back.Cost != 40 || len(back.Routes) != 2 || !slices.Equal(back.Routes[0], []int{1, 3}) {
		t.Errorf("read again as %+v: %v", back, err)
	}
	// The spelling of CVRPLIB, and the remarks of the SINTEF table.
	back, err = formats.ReadSolomonResult(strings.NewReader("Authors : N. N.\nDate : 2001\nRoute #1: 1 3\nRoute #2: 2\n"))
	if err != nil || len(back.Routes) != 2 || !math.IsNaN(back.Cost) {
		t.Errorf("read %+v: %v", back, err)
	}
}

func TestEveryPlantedErrorOfASolutionWithTimeWindowsIsFound(t *testing.T) {
	in := readSolomon(t, smallSolomon)
	for _, c := range []struct {
		name, text string
		want       formats.Code
	}{
		{"a stranger", "Route 1 : 1 3 9\nRoute 2 : 2\n", formats.CodeUnknownCustomer},
		{"served late", "Route 1 : 2 1\nRoute 2 : 3\n", formats.CodeLate},
		{"too much load", "Route 1 : 1 3 2\n", formats.CodeOverLoad},
		{"left out", "Route 1 : 1 3\n", formats.CodeNotVisited},
		{"twice", "Route 1 : 1 3\nRoute 2 : 2 3\n", formats.CodeTwiceADay},
		{"a third vehicle", "Route 1 : 1\nRoute 2 : 2\nRoute 3 : 3\n", formats.CodeTooManyVehicles},
		{"a wrong cost", "Route 1 : 1 3\nRoute 2 : 2\nCost 39.9\n", formats.CodeWrongFigure},
	} {
		res, err := formats.ReadSolomonResult(strings.NewReader(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if _, wrong := in.Check(res); !slices.ContainsFunc(wrong, func(v formats.Violation) bool { return v.Code == c.want }) {
			t.Errorf("%s: found %v, want %s", c.name, wrong, c.want)
		}
	}
	late := readSolomon(t, strings.Replace(smallSolomon, "100          0", "45          0", 1))
	if _, wrong := late.Check(&formats.SolomonResult{Cost: math.NaN(), Routes: [][]int{{1, 3}, {2}}}); len(wrong) != 1 || wrong[0].Code != formats.CodeLate {
		t.Errorf("back after the depot closes: %v", wrong)
	}
}

func TestBadFilesWithTimeWindowsAreRefusedByLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "empty"},
		{"a name alone", "C101\n", "number of vehicles"},
		{"no depot", "C101\nVEHICLE\nNUMBER CAPACITY\n2 10\n", "depot"},
		{"six numbers", strings.Replace(smallSolomon, "50         10", "50", 1), "line 13: 6 numbers"},
		{"a word among numbers", strings.Replace(smallSolomon, "3      6", "3      x", 1), "line 13"},
		{"a window that ends first", strings.Replace(smallSolomon, "30         40", "40         30", 1), "line 12: the window of 2 ends"},
		{"a number twice", strings.Replace(smallSolomon, "    2 ", "    1 ", 1), "line 12"},
		{"no vehicles", strings.Replace(smallSolomon, "  2         10", "0 10", 1), "line 5"},
		{"a demand below 0", strings.Replace(smallSolomon, "4         30", "-4         30", 1), "line 12: demand"},
	} {
		_, err := formats.ReadSolomon(strings.NewReader(c.text))
		if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"no routes", "Authors : N. N.\n", "Route"},
		{"no colon", "Route 1 5 3\n", "line 1"},
		{"a word", "Route 1 : 5 x\n", `"x"`},
		{"a cost that is none", "Route 1 : 5\nCost much\n", "line 2"},
	} {
		_, err := formats.ReadSolomonResult(strings.NewReader(c.text))
		if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("solution, %s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
}

func FuzzReadSolomon(f *testing.F) {
	f.Add(smallSolomon)
	f.Fuzz(func(t *testing.T, text string) {
		in, err := formats.ReadSolomon(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, planner.ErrInvalid) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if len(in.Customers)*in.Vehicles > 1000 {
			return
		}
		if p := in.Problem(formats.ByVehicles); len(p.Clients) != len(in.Customers) || p.Shifts[0].Fixed <= 0 {
			t.Error("clients or the cost of a vehicle are lost")
		}
	})
}

func FuzzReadSolomonResult(f *testing.F) {
	f.Add("Instance name : C101\nSolution\nRoute 1 : 1 3\nRoute #2: 2\nCost 40.00\n")
	f.Fuzz(func(t *testing.T, text string) {
		res, err := formats.ReadSolomonResult(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, planner.ErrInvalid) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		readSolomon(t, smallSolomon).Check(res)
	})
}
