package api_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAProblemIsWrittenInWordsOfOurOwn reads the sources: the text of a problem is
// written here, or by what leaves out whatever was sent (service.Tell).
func TestAProblemIsWrittenInWordsOfOurOwn(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]int{"huma.NewError": 1, "newProblem": 2, "s.refuse": 2}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if i, ok := texts[nameOf(call.Fun)]; ok && len(call.Args) > i {
				seen++
				if !ours(call.Args[i]) {
					t.Errorf("%s: the text of a problem may hold what was sent: write it with service.Tell", set.Position(call.Pos()))
				}
			}
			return true
		})
	}
	if seen < 40 {
		t.Errorf("%d problems were found: the test looks past them", seen)
	}
}

// TestEveryFileHasAWordOnThePage reads the sources: whoever looks at the files that were
// taken out of the house is told each by a name.
func TestEveryFileHasAWordOnThePage(t *testing.T) {
	page, err := os.ReadFile("../web/src/dictionary_trust.ts")
	if err != nil {
		t.Fatal(err)
	}
	source, err := parser.ParseFile(token.NewFileSet(), "export.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	ast.Inspect(source, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != "files" {
			return true
		}
		for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
			kind := strings.Trim(e.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value, `"`)
			named++
			if !strings.Contains(string(page), "'trust.exportKind."+kind+"':") {
				t.Errorf("the page has no word for %s", kind)
			}
		}
		return false
	})
	if named == 0 {
		t.Error("no files were found: the test looks past them")
	}
}

// nameOf is how a function is called: with its package or receiver, if it has one.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return nameOf(e.X) + "." + e.Sel.Name
	}
	return ""
}

// ours tells whether a text is made of constants and of what is safe to show.
func ours(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.BinaryExpr:
		return ours(e.X) && ours(e.Y)
	case *ast.Ident:
		// detail is of refuse, looked at where it is called; name is of a parameter.
		return strings.HasPrefix(e.Name, "want") || e.Name == "detail" || e.Name == "name"
	case *ast.SelectorExpr:
		return nameOf(e) == "e.Message" || nameOf(e) == "weak.Reason"
	case *ast.CallExpr:
		switch name := nameOf(e.Fun); name {
		case "service.Tell", "service.MessageOf", "wait.Error", "errForeign.Error", "auth.ErrRefused.Error", "auth.ErrNotNow.Error", "auth.ErrSelf.Error":
			return true
		}
	}
	return false
}
