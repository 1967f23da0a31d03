package planner_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

// small is a valid problem as a stranger would write it: only the fields of
// the contract, no block, no visits.
const small = `{"start":"2026-12-01","days":31,"time_zone":"Asia/Shanghai",
"policies":[{"grade":"red","every_days":2}],
"residents":[{"id":"r","grade":"red","kinds":[],"location":[104.3,30.8],"grid":"510199001001001","minutes":30,"last_visit":null}],
"visitors":[{"id":"v","kind":"grid-worker","tier":"micro-grid","scope":["510199001001001"],"start":[104.3,30.8],"shifts":[{"weekday":1,"from":"09:00","to":"12:00"}],"days_off":[],"mode":"foot","end":null}],
"areas":[{"code":"510199","level":"district","parent":""}],
"matrices":[{"block":"510199001001","locations":["r","v"],"seconds":[[0,60],[60,0]]}],
"name":"a district"}`

func TestAStrangersProblemIsRead(t *testing.T) {
	p, err := planner.ReadProblem(strings.NewReader("\xef\xbb\xbf" + small))
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Residents[0]; r.Block != "510199001001" || r.LastVisit != nil || p.Visitors[0].End != nil || p.Visitors[0].Tier != planner.TierMicroGrid {
		t.Errorf("read %+v", p)
	}
}

// TestTheTimesAreReadHoweverTheyAreWritten: the times of matrices are read
// apart from the rest of the text, which must not show.
func TestTheTimesAreReadHoweverTheyAreWritten(t *testing.T) {
	want, err := planner.ReadProblem(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	const matrix = `{"block":"510199001001","locations":["r","v"],"seconds":[[0,60],[60,0]]}`
	for name, text := range map[string]string{
		"spread out": `{"seconds" : [ [ 0 , 60 ] , [ 60,-0]
] , "locations":["r","v"],"block":"510199001001"}`,
		"with the name in capitals":  `{"block":"510199001001","locations":["r","v"],"SECONDS":[[0,60],[60,0]]}`,
		"with an escape in the name": `{"block":"510199001001","locations":["r","v"],"\u0073econds":[[0,60],[60,0]]}`,
		"named twice":                `{"block":"510199001001","seconds":[[7]],"locations":["r","v"],"seconds":[[0,60],[60,0]]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(small, matrix) != 1 {
				t.Fatal("nothing to replace")
			}
			got, err := planner.ReadProblem(strings.NewReader(strings.Replace(small, matrix, text, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestABadProblemIsRefusedWithWhatIsWrong(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"cut off in the middle", small[len(small)-60:], "", "unexpected end"},
		{"not JSON", `{"start"`, `start`, "invalid character"},
		{"days as a text", `"days":31`, `"days":"31"`, "days cannot be string"},
		{"no start", `"start":"2026-12-01",`, ``, "start is missing"},
		{"a date that is none", "2026-12-01", "2026-13-01", "is not a date"},
		{"a date that is none, in its line", `{"start":"2026-12-01",`, "{\"2026-13-01\":\"12:61\",\n\"start\":\"2026-13-01\",", `line 2, column 9: "2026-13-01" is not a date`},
		{"no days", `"days":31`, `"days":0`, "days is 0"},
		{"no time zone", `"time_zone":"Asia/Shanghai",`, ``, "time_zone is missing"},
		{"a policy of 0 days", `"every_days":2`, `"every_days":0`, `policy of grade "red": asks for 0 visits`},
		{"a negative interval", `"every_days":2`, `"every_days":-2`, "must be at least 1"},
		{"two demands in one policy", `"every_days":2`, `"every_days":2,"per_week":1`, "more than one of"},
		{"eight visits a week", `"every_days":2`, `"per_week":8`, "per_week is 8, more than 7"},
		{"29 visits a month", `"every_days":2`, `"per_month":29`, "per_month is 29, more than 28"},
		{"more visits than the days of the pattern", `"every_days":2`, `"per_week":3,"patterns":[[1,4],[2,5]]`, "more than the 2 days of its widest pattern"},
		{"more visits a month than the patterns allow", `"every_days":2`, `"per_month":9,"patterns":[[1,4]]`, "more than the 8 days"},
		{"weekday 8", `"every_days":2`, `"per_week":1,"patterns":[[8]]`, "weekday 8"},
		{"an empty pattern", `"every_days":2`, `"per_week":1,"patterns":[[]]`, "is empty"},
		{"a policy that ends before it begins", `"every_days":2`, `"every_days":2,"from":"2026-12-09","to":"2026-12-01"`, "before it begins"},
		{"a policy for a grade and a kind", `"policies":[{"grade":"red"`, `"policies":[{"kind":"x","grade":"red"`, "both a grade and a kind"},
		{"a policy for nobody", `{"grade":"red","every`, `{"every`, "neither a grade nor a kind"},
		{"a resident without a policy", `"id":"r","grade":"red"`, `"id":"r","grade":"green"`, `resident "r" (grade "green"): no policy`},
		{"a resident without an id", `"id":"r",`, ``, "has no id"},
		{"a visit of no minutes", `"minutes":30`, `"minutes":0`, "takes 0 minutes"},
		{"a place off the earth", `[104.3,30.8],"grid"`, `[30.8,104.3],"grid"`, "not [longitude, latitude]"},
		{"a visit after the start", `"last_visit":null`, `"last_visit":"2026-12-01"`, "not before start"},
		{"a tier nobody knows", `"micro-grid"`, `"boss"`, `"boss" is not a tier`},
		{"a shift that ends before it begins", `"from":"09:00","to":"12:00"`, `"from":"12:00","to":"09:00"`, "from 12:00 to 09:00"},
		{"a time of day that is none", `"09:00"`, `"9 o'clock"`, "is not a time of day"},
		{"two shifts at once", `{"weekday":1,"from":"09:00","to":"12:00"}`, `{"weekday":1,"from":"09:00","to":"12:00"},{"weekday":1,"from":"11:00","to":"13:00"}`, "overlap"},
		{"weekday 0", `"weekday":1`, `"weekday":0`, "weekday 0"},
		{"a visitor with the id of a resident", `"id":"v"`, `"id":"r"`, "has the id of a resident"},
		{"a child outside its parent", `"parent":""`, `"parent":"52"`, "does not begin with that of its parent"},
		{"a matrix with a row missing", `[[0,60],[60,0]]`, `[[0,60]]`, "1 row for 2 locations"},
		{"a matrix with an entry missing", `[[0,60],[60,0]]`, `[[0,60],[60]]`, "row 2 has 1 entry for 2 locations"},
		{"a negative time", `[[0,60],[60,0]]`, `[[0,-2],[60,0]]`, "takes -2 seconds"},
		{"a null in the matrix", `[[0,60],[60,0]]`, `[[0,null],[60,0]]`, "row 1, column 2 is null"},
		{"a fraction in the matrix", `[[0,60],[60,0]]`, `[[0,1.5],[60,0]]`, "row 1, column 2 is 1.5"},
		{"a diagonal that is not 0", `[[0,60],[60,0]]`, `[[0,60],[60,1]]`, "to itself takes 1 second,"},
		{"a number that begins with 0", `[[0,60],[60,0]]`, `[[0,060],[60,0]]`, "invalid character"},
		{"a number with a plus", `[[0,60],[60,0]]`, `[[0,+60],[60,0]]`, "invalid character"},
		{"a number of 33 bits", `[[0,60],[60,0]]`, `[[0,4294967296],[60,0]]`, "row 1, column 2 is 4294967296"},
		{"a number without digits", `[[0,60],[60,0]]`, `[[0,-],[60,0]]`, "invalid character"},
		{"a list that ends with a comma", `[[0,60],[60,0]]`, `[[0,60],[60,0],]`, "invalid character"},
		{"a matrix of texts", `[[0,60],[60,0]]`, `["a","b"]`, "row 1 is not a list"},
		{"no seconds", `,"seconds":[[0,60],[60,0]]`, ``, "must be a list of lists"},
		{"an error after the matrix", `"name":"a district"`, "\"name\":\n\n x", "line 9, column 2"},
		{"a matrix that is a number", `[[0,60],[60,0]]`, `7`, "must be a list of lists"},
		{"no list of residents", `"residents":[`, `"people":[`, "residents is missing"},
		{"visitors that are null", `"visitors":[`, `"visitors":null,"x":[`, "visitors is missing"},
		{"a resident who lives nowhere", `"location":[104.3,30.8],"grid"`, `"grid"`, `resident "r": location is missing`},
		{"a place of one number", `"location":[104.3,30.8]`, `"location":[104.3]`, `resident "r": location is missing`},
		{"a visitor who starts nowhere", `"start":[104.3,30.8],`, ``, `visitor "v": start or end`},
		{"a shift without a beginning", `"from":"09:00",`, ``, "shift 1 lacks from or to"},
		{"a shift with null hours", `"from":"09:00"`, `"from":null`, "shift 1 lacks from or to"},
		{"days to catch up beyond counting", `"days":31`, `"days":31,"catch_up_days":1000000000000`, "catch_up_days is 1000000000000"},
		{"a horizon beyond the calendar", `"start":"2026-12-01"`, `"start":"9999-12-30"`, "is after 9999-12-31"},
		{"tier 5", `"tier":"micro-grid"`, `"tier":5`, `"5" is not a tier`},
		{"a tier that is a list", `"tier":"micro-grid"`, `"tier":[]`, "is not a tier"},
		{"no tier", `"tier":"micro-grid",`, ``, "has no tier"},
		{"a field that nobody knows", `"name":"a district"`, `"colour":"red"`, "colour is no field of a problem"},
		{"a field misspelt in a rule", `"every_days":2`, `"every_days":2,"up_to":"2026-12-09"`, "policies[0].up_to is no field of a problem"},
		{"a field of another thing", `"minutes":30`, `"minutes":30,"capacity":3`, "residents[0].capacity is no field of a problem"},
		{"a field misspelt in a shift", `"weekday":1,`, `"weekday":1,"week":2,`, "visitors[0].shifts[0].week is no field of a problem"},
		{"more beside the times", `"block":"510199001001"`, `"seconds_of_snow":[["x"]],"y":[{"seconds":[]}],"block":"510199001001"`, "matrices[0].seconds_of_snow is no field of a problem\nmatrices[0].y is no field"},
		{"times where there is no matrix", `"name":"a district"`, `"seconds":[[1,"x"]]`, "seconds is no field of a problem"},
		{"an unknown field and a list that is missing", `"residents":[`, `"people":[`, "people is no field of a problem\nresidents is missing"},
		{"a second problem behind the first", `"name":"a district"}`, `"name":"a district"} {}`, "after top-level value"},
		{"a team member who does not exist", `"minutes":30`, `"minutes":30,"team":["v","w"]`, `resident "r": there is no visitor "w", who is in the team`},
		{"a place named twice", `["r","v"]`, `["r","r"]`, `"r" is there twice`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Count(small, tt.old) < 1 {
				t.Fatalf("nothing to replace")
			}
			_, err := planner.ReadProblem(strings.NewReader(strings.Replace(small, tt.old, tt.new, 1)))
			if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want ErrInvalid with %q", err, tt.want)
			}
		})
	}
}

func TestFindingsAreCapped(t *testing.T) {
	p := sample.Problem(sample.Config{Residents: 60, Visitors: 2})
	for i := range p.Residents {
		p.Residents[i].Minutes = 0
	}
	if err := fmt.Sprint(p.Validate()); !strings.Contains(err, "and 40 more") {
		t.Errorf("got %s", err)
	}
}

func TestWhatIsOddIsAWarning(t *testing.T) {
	p, err := planner.ReadProblem(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	if w := p.Warnings(); len(w) > 0 {
		t.Errorf("a clean problem has warnings: %q", w)
	}
	p.Visitors[0].Mode = "rocket"
	if w := p.Warnings(); len(w) != 1 || !strings.Contains(w[0], `visitor "v" goes by "rocket"`) {
		t.Errorf("want a warning of the rocket, got %q", w)
	}
	p.Visitors[0].Mode = ""
	p.Policies = append(p.Policies, planner.Policy{Grade: "purple", PerWeek: 1})
	p.Visitors[0].Shifts, p.Visitors[0].Scope = nil, nil
	p.Matrices = nil
	p.TimeZone = "Asia/Atlantis"
	if w := p.Warnings(); len(w) != 5 {
		t.Errorf("want five warnings, got %q", w)
	}
}

func TestABadPlanIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            ``,
		"a list":           `[]`,
		"no unplanned":     `{"itineraries":[]}`,
		"no itineraries":   `{"unplanned":[]}`,
		"a number as date": `{"itineraries":[{"visitor":"v","date":7,"stops":[]}],"unplanned":[]}`,
		"25 o'clock":       `{"itineraries":[{"visitor":"v","date":"2026-12-01","depart":"25:00","stops":[]}],"unplanned":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := planner.ReadPlan(strings.NewReader(text)); !errors.Is(err, planner.ErrInvalid) {
				t.Errorf("got %v, want ErrInvalid", err)
			}
		})
	}
}

func TestAPlanWithoutDeparturesAndBlocksIsChecked(t *testing.T) {
	const text = `{"itineraries":[{"visitor":"v","date":"2026-12-01","stops":[{"resident":"r","arrive":"09:10","leave":"09:40","walk_seconds":600}],"return_seconds":600}],"unplanned":[]}`
	plan, err := planner.ReadPlan(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := one()
	p.Days = 1
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Errorf("check: %+v", v)
	}
}

func TestABlockLeftOutIsThatOfTheMatrixThatHoldsTheResident(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"a block that is no community", `{"block":"510199001001"`, `{"block":"east"`, "east"},
		{"a grid too short for a community", `"grid":"510199001001001"`, `"grid":"g1"`, "510199001001"},
		{"the community first, of two matrices", `"matrices":[`, `"matrices":[{"block":"510199009009","locations":["r","v"],"seconds":[[0,60],[60,0]]},`, "510199001001"},
		{"no matrix at all", `"locations":["r","v"],"seconds":[[0,60],[60,0]]`, `"locations":[],"seconds":[]`, "510199001001"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := planner.ReadProblem(strings.NewReader(strings.Replace(small, tt.old, tt.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Residents[0].Block; got != tt.want {
				t.Errorf("block is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnItineraryWithoutABlockIsWalkedByAMatrixThatHoldsIt(t *testing.T) {
	p := one()
	p.Days = 1
	p.Matrices[0].Block = "elsewhere"
	plan, err := planner.ReadPlan(strings.NewReader(`{"itineraries":[{"visitor":"v","date":"2026-12-01","stops":[{"resident":"r","arrive":"09:10","leave":"09:40","walk_seconds":600}],"return_seconds":600}],"unplanned":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Errorf("check: %+v", v)
	}
}

func TestADebtIsListedWithTheFieldsOfTheContractAlone(t *testing.T) {
	p := one()
	p.Residents[0].LastVisit = nil
	p.Visitors[0].Shifts = nil // nobody works: every visit lapses and the debt stays
	plan, _ := solve(t, p, planner.Options{})
	debts := 0
	for i := range plan.Unplanned {
		if plan.Unplanned[i].Owed {
			debts++
			plan.Unplanned[i].Owed = false
		}
	}
	if debts != 1 {
		t.Fatalf("%d debts, want one to test with", debts)
	}
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Errorf("check: %+v", v)
	}
	plan.Unplanned = plan.Unplanned[1:]
	if v := planner.Check(p, plan); len(v) == 0 {
		t.Error("an entry less goes unnoticed")
	}
}

func TestATimeTooLongToCountIsNoWay(t *testing.T) {
	p := one()
	p.Matrices[0].Seconds = [][]int32{{0, 1<<31 - 1}, {1<<31 - 1, 0}}
	plan, _ := solve(t, p, planner.Options{})
	if len(plan.Itineraries) > 0 || len(plan.Unplanned) == 0 || plan.Unplanned[0].Reason != planner.ReasonVisitTooLong {
		t.Errorf("got %d itineraries and %+v", len(plan.Itineraries), plan.Unplanned)
	}
}

type brokenFile struct{}

func (brokenFile) Read([]byte) (int, error)  { return 0, io.ErrClosedPipe }
func (brokenFile) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAFileThatFailsIsNotCalledInvalid(t *testing.T) {
	_, err := planner.ReadProblem(brokenFile{})
	_, err2 := planner.ReadPlan(brokenFile{})
	err3 := planner.WriteProblem(brokenFile{}, one())
	err4 := planner.WritePlan(brokenFile{}, &planner.Plan{})
	for _, err := range []error{err, err2, err3, err4} {
		if !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, planner.ErrInvalid) {
			t.Errorf("got %v, want the error of the file", err)
		}
	}
}

func TestALargeProblemSurvivesItsFile(t *testing.T) {
	p := sample.Problem(sample.Config{Blocks: 3, Wide: 2})
	var b bytes.Buffer
	if err := planner.WriteProblem(&b, p); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	q, err := planner.ReadProblem(&b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, q); d != "" {
		t.Error(d)
	}
	var again bytes.Buffer
	if err := planner.WriteProblem(&again, q); err != nil {
		t.Fatal(err)
	}
	if again.String() != text {
		t.Error("written twice, the bytes differ")
	}
}

func TestTiersAndReasonsAreClosedLists(t *testing.T) {
	for _, tier := range []planner.Tier{planner.TierMicroGrid, planner.TierGrid, planner.TierMasterGrid, planner.TierTaskForce} {
		if got, err := planner.ParseTier(tier.String()); err != nil || got != tier {
			t.Errorf("%s is read as %v, %v", tier, got, err)
		}
	}
	for text, want := range map[string]planner.Tier{
		`1`: planner.TierMicroGrid, `"2"`: planner.TierGrid, `4`: planner.TierTaskForce, `"微网格长"`: planner.TierMicroGrid,
		`"网格长"`: planner.TierGrid, `"一般网格长"`: planner.TierGrid, `"总网格长"`: planner.TierMasterGrid, `"工作专班"`: planner.TierTaskForce,
	} {
		var got planner.Tier
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is read as %v, %v, want %v", text, got, err, want)
		}
	}
	if _, err := planner.Tier(9).MarshalText(); err == nil {
		t.Error("tier 9 is written without an error")
	}
	if planner.Reason("rain").Valid() || len(planner.Reasons()) != 11 {
		t.Errorf("reasons: %v", planner.Reasons())
	}
}

func FuzzReadProblem(f *testing.F) {
	f.Add(small)
	f.Add(`{"matrices":[{"seconds":[[]]}]}`)
	f.Add(strings.Replace(small, `"areas"`, `"tasks":[{"id":"t","kind":"service","resident":"r","minutes":9,"rules":[{"per_week":1}],"people":2,"hours":[{"weekday":1,"from":"09:30","to":"10:00"}]}],"now":{"date":"2026-12-02","clock":"09:30"},"made":[{"resident":"r","visitor":"v","date":"2026-12-01","arrive":"09:00","leave":"09:20"}],"locks":[{"task":"t","date":"2026-12-07"}],"slow":[{"from":"2026-12-01","to":"2026-12-09","percent":200}],"areas"`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := planner.ReadProblem(strings.NewReader(text))
		if err != nil {
			return
		}
		p.Days = min(p.Days, 10)
		if p.Validate() != nil {
			return
		}
		plan, _, err := planner.Solve(t.Context(), p, planner.Options{Iterations: 3})
		if err != nil {
			t.Fatal(err)
		}
		if v := planner.Check(p, plan); len(v) > 0 {
			t.Errorf("check: %+v", v[0])
		}
	})
}

func FuzzReadPlan(f *testing.F) {
	f.Add(`{"itineraries":[{"visitor":"v","date":"2026-12-01","depart":"09:00","stops":[{"resident":"r","arrive":"09:01","leave":"09:31","walk_seconds":60}],"return_seconds":0}],"unplanned":[{"resident":"r","due_by":"2026-12-02","reason":"absent","detail":""}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := planner.ReadPlan(strings.NewReader(text))
		if err != nil {
			return
		}
		p := one()
		planner.Check(p, plan)
		planner.Explain(p, plan)
		planner.Bind(p, plan)
		planner.Account(p, plan)
	})
}
