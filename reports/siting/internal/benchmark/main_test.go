package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryInstanceGetsARowAndABoundThatIsBeatenIsAnError(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("pmed/pmed1.txt", "4 4 2\n1 2 9\n2 3 4\n2 1 3\n3 4 8\n")
	write("mclp/A.txt", "3 9 p S\n0 0 5\n0 700 7\n0 5000 2\n")
	write("mclp/optimal.csv", "instance,n,p,radius,opt,total,pct,status,solver,seconds\nA,3,1,800,12,14,85,ok,cbc,0.1\nA,3,2,800,14,14,100,ok,cbc,0.2\n")
	optima := "instance,n,p,pmedian_optimum,pcenter_optimum\npmed1,4,2,7,"
	write("pmed/optimal.csv", optima+"4\n")
	var out strings.Builder
	if err := run(t.Context(), []string{"-dir", dir}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pmedian,pmed1,4,2,7,7,7,0.000,", "pcenter,pmed1,4,2,4,4,4,0.000,", "mclp,A,3,1,12,12,12,0.000,", "mclp,A,3,2,14,14,14,", "lscp,A,3,2,2,2,2,"} {
		if !strings.Contains(out.String(), "\n"+want) {
			t.Errorf("no row %s in\n%s", want, out.String())
		}
	}
	write("pmed/optimal.csv", optima+"3\n")
	if err := run(t.Context(), []string{"-dir", dir, "-only", "pcenter"}, &out); err == nil || !strings.Contains(err.Error(), "beaten") {
		t.Errorf("an optimum below the bound: %v", err)
	}
	out.Reset()
	if err := run(t.Context(), []string{"-city", "300", "-sites", "30", "-p", "3"}, &out); err != nil || !strings.Contains(out.String(), `mclp,"city of 300, 30 sites",300,3,`) {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	for _, args := range [][]string{{"-goal", "lscp"}, {"-goal", "pmedian", "-near", "9"}, {"-goal", "mclp", "-capacity", "90"}} {
		if err := run(t.Context(), append([]string{"-city", "200", "-sites", "30", "-p", "3"}, args...), &out); err != nil || !strings.Contains(out.String(), "\n"+args[1]+",") {
			t.Errorf("%v: %v\n%s", args, err, out.String())
		}
	}
	if err := run(t.Context(), nil, &out); err == nil {
		t.Error("neither a folder nor a city is no error")
	}
}
