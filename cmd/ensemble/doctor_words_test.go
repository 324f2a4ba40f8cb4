package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Whatever the doctor says, a page can say in French.
func TestDoctorSpeaksFrench(t *testing.T) {
	files, err := filepath.Glob("doctor*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, name := range append(files, "mail.go", "bucket.go") {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, isCall := n.(*ast.CallExpr)
			if !isCall {
				return true
			}
			if fn, named := c.Fun.(*ast.Ident); !named || !slices.Contains([]string{"ok", "warn", "fail"}, fn.Name) {
				return true
			}
			for _, arg := range c.Args[:min(2, len(c.Args))] {
				lit, isText := arg.(*ast.BasicLit)
				if !isText || lit.Kind != token.STRING || lit.Value == `""` {
					continue
				}
				text, _ := strconv.Unquote(lit.Value) // it was parsed
				said++
				if fr := doctorFrench[text]; fr == "" || strings.Count(fr, "%") != strings.Count(text, "%") {
					t.Errorf("%s: %q is %q in French", name, text, fr)
				}
			}
			return true
		})
	}
	if said < 50 {
		t.Errorf("only %d sentences were found", said)
	}
}
