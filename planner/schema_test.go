package planner_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../docs/schema/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, text string) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

func written(t interface{ Fatal(...any) }, p *planner.Problem, plan *planner.Plan) (problem, planText string) {
	var a, b bytes.Buffer
	if err := planner.WriteProblem(&a, p); err != nil {
		t.Fatal(err)
	}
	if err := planner.WritePlan(&b, plan); err != nil {
		t.Fatal(err)
	}
	return a.String(), b.String()
}

func TestWhatIsWrittenFitsTheSchemas(t *testing.T) {
	problem, plan := schema(t, "problem.json"), schema(t, "plan.json")
	p := sample.Problem(sample.Config{Seed: 6, Blocks: 2, Wide: 2, Visitors: 2, ShiftMinutes: 60})
	made, _ := solve(t, p, planner.Options{Iterations: 20})
	a, b := written(t, p, made)
	if err := validate(problem, a); err != nil {
		t.Errorf("problem: %v", err)
	}
	if err := validate(plan, b); err != nil {
		t.Errorf("plan: %v", err)
	}
	if len(made.Unplanned) == 0 {
		t.Error("the plan has nothing unplanned to be checked")
	}
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t)
		made, _, err := planner.Solve(t.Context(), p, planner.Options{Iterations: 5})
		if err != nil {
			t.Fatal(err)
		}
		a, b := written(t, p, made)
		if err := validate(problem, a); err != nil {
			t.Fatalf("problem: %v", err)
		}
		if err := validate(plan, b); err != nil {
			t.Fatalf("plan: %v", err)
		}
	})
}

func TestTheSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	problem := schema(t, "problem.json")
	if err := validate(problem, small); err != nil {
		t.Errorf("a stranger's problem: %v", err)
	}
	for _, change := range [][2]string{
		{`"every_days":2`, `"every_days":0`},
		{`"every_days":2`, `"every_days":2,"per_week":1`},
		{`"grade":"red","every_days"`, `"every_days"`},
		{`"minutes":30`, `"minutes":0`},
		{`[[0,60],[60,0]]`, `[[0,null],[60,0]]`},
		{`"micro-grid"`, `"boss"`},
		{`"09:00"`, `"9:00"`},
		{`"weekday":1`, `"weekday":8`},
		{`"name":"a district"`, `"colour":"red"`},
		{`"every_days":2`, `"every_days":2,"up_to":"2026-12-09"`},
		{`"minutes":30`, `"minutes":30,"capacity":3`},
		{`"weekday":1,`, `"weekday":1,"week":2,`},
		{`"block":"510199001001"`, `"block":"510199001001","y":1`},
	} {
		bad := strings.Replace(small, change[0], change[1], 1)
		_, err := planner.ReadProblem(strings.NewReader(bad))
		if validate(problem, bad) == nil || err == nil {
			t.Errorf("%s: schema %v, reader %v", change[1], validate(problem, bad), err)
		}
	}
}

func TestTheDocumentsListEveryCode(t *testing.T) {
	page, err := os.ReadFile("../docs/planning.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range planner.Reasons() {
		if !bytes.Contains(page, fmt.Appendf(nil, "`%s`", r)) {
			t.Errorf("docs/planning.md does not describe reason %s", r)
		}
	}
	for _, c := range planner.Codes() {
		if !bytes.Contains(page, fmt.Appendf(nil, "`%s`", c)) {
			t.Errorf("docs/planning.md does not describe code %s", c)
		}
	}
	mends := []planner.MendKind{planner.MendMinutes, planner.MendVisits, planner.MendTier, planner.MendLater, planner.MendHours, planner.MendSkill}
	for _, k := range mends {
		if !bytes.Contains(page, fmt.Appendf(nil, "| `%s` |", k)) {
			t.Errorf("docs/planning.md does not describe mend %s", k)
		}
	}
	b, err := os.ReadFile("../docs/schema/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Defs struct {
			Unplanned struct {
				Properties struct {
					Reason struct {
						Enum []planner.Reason `json:"enum"`
					} `json:"reason"`
				} `json:"properties"`
			} `json:"unplanned"`
			Mend struct {
				Properties struct {
					Kind struct {
						Enum []planner.MendKind `json:"enum"`
					} `json:"kind"`
				} `json:"properties"`
			} `json:"mend"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	if got := s.Defs.Unplanned.Properties.Reason.Enum; !slices.Equal(got, planner.Reasons()) {
		t.Errorf("the schema lists the reasons %v, want %v", got, planner.Reasons())
	}
	if got := s.Defs.Mend.Properties.Kind.Enum; !slices.Equal(got, mends) {
		t.Errorf("the schema lists the mends %v, want %v", got, mends)
	}
}
