package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What a reader can keep in mind, in lines.
const (
	maxFile   = 400 // a hand-written file
	maxMedian = 12  // the middle one of all functions
	maxLong   = 60  // 19 of 20 functions
)

// clockRooms may ask what time it is; everybody else is told, so that a test can
// say what time it is.
var clockRooms = []string{
	"cmd",          // winds the clock that all others are given
	"models/store", // its default clock, when it was given none
	"web/stream",   // how long a write may take, the system counts by its own clock
}

// TestHouseRules holds every file to the rules of the house that can be counted.
func TestHouseRules(t *testing.T) {
	introduced := map[string]bool{}
	for _, f := range goFiles(t) {
		f.checkNoInit(t)
		if f.test || ast.IsGenerated(f.File) {
			continue
		}
		f.checkClock(t)
		if f.lines > maxFile {
			t.Errorf("%s has %d lines; no hand-written file has more than %d.", f.path, f.lines, maxFile)
		}
		introduced[f.pkg] = introduced[f.pkg] || f.introduces()
	}
	for pkg, ok := range introduced {
		if !ok {
			t.Errorf("%s does not open with a sentence on what it is for, such as \"Package %s …\".", pkg, path.Base(pkg))
		}
	}
}

// TestFunctionsAreShort measures functions over the whole program: one long
// switch is no sin, a habit of them is.
func TestFunctionsAreShort(t *testing.T) {
	var all []goFunc
	for _, f := range goFiles(t) {
		if !f.test && !ast.IsGenerated(f.File) {
			all = append(all, f.functions()...)
		}
	}
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(a, b goFunc) int { return b.lines - a.lines })
	median := all[len(all)/2].lines
	withShort := append(all, goFunc{}) // so that there is a short one to find
	long := slices.IndexFunc(withShort, func(f goFunc) bool { return f.lines <= maxLong })
	t.Logf("%d functions; the median has %d lines; %d have more than %d.", len(all), median, long, maxLong)
	if median > maxMedian {
		t.Errorf("The median function has %d lines, and should have at most %d. The longest are:\n%s",
			median, maxMedian, listFuncs(all[:min(20, len(all))]))
	}
	if long*20 > len(all) {
		t.Errorf("%d of %d functions have more than %d lines, and one in 20 may:\n%s",
			long, len(all), maxLong, listFuncs(all[:long]))
	}
}

// A goFunc is a declared function, with the closures it holds.
type goFunc struct {
	where, name string
	lines       int
}

func listFuncs(fs []goFunc) string {
	var b strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&b, "  %3d lines  %s  %s\n", f.lines, f.where, f.name)
	}
	return b.String()
}

// A goFile is one file of ours.
type goFile struct {
	*ast.File
	fset  *token.FileSet
	path  string // below the root of the module
	pkg   string // its folder
	test  bool   // it is a _test.go
	lines int
}

// at returns the place of n as an editor understands it.
func (f *goFile) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.fset.Position(n.Pos()).Line)
}

func (f *goFile) functions() []goFunc {
	var all []goFunc
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			from, to := f.fset.Position(fn.Pos()).Line, f.fset.Position(fn.End()).Line
			all = append(all, goFunc{f.at(fn), fn.Name.Name, to - from + 1})
		}
	}
	return all
}

// checkNoInit refuses init: what runs before main cannot be tested, given a
// configuration, or left out.
func (f *goFile) checkNoInit(t *testing.T) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			t.Errorf("%s: has an init function; call it by a name, from where it is needed.", f.at(fn))
		}
	}
}

// checkClock refuses time.Now, and Since and Until, which call it, wherever the
// time is to be taken from the transaction.
func (f *goFile) checkClock(t *testing.T) {
	if slices.ContainsFunc(clockRooms, func(c string) bool { return within(f.pkg, c) }) {
		return
	}
	name := f.nameOf("time")
	ast.Inspect(f.File, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == name {
			t.Errorf("%s: asks time.%s; below an edge the time is tx.Now, or the clock that was given.", f.at(n), sel.Sel.Name)
		}
		return true
	})
}

// nameOf returns what the file calls the package imp, or "" if it does not know it.
func (f *goFile) nameOf(imp string) string {
	for _, spec := range f.Imports {
		if spec.Path.Value != strconv.Quote(imp) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(imp)
	}
	return ""
}

// introduces reports whether the comment of the package is here, and opens
// with its name, if it has one to be imported by, and a whole sentence.
func (f *goFile) introduces() bool {
	doc := strings.TrimSpace(f.Doc.Text())
	if f.Name.Name != "main" && !strings.HasPrefix(doc, "Package "+f.Name.Name+" ") {
		return false
	}
	return strings.Contains(doc+"\n", ".\n") || strings.Contains(doc, ". ")
}

// goFiles reads all our Go files: those of other modules, and of folders that
// the go command passes by too, are not ours.
func goFiles(t *testing.T) []*goFile {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []*goFile
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && passedBy(name):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		f, err := readGoFile(root, name)
		all = append(all, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func passedBy(dir string) bool {
	base := filepath.Base(dir)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func readGoFile(root, name string) (*goFile, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(root, name)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	rel = filepath.ToSlash(rel)
	return &goFile{
		File: file, fset: fset, path: rel, pkg: path.Dir(rel),
		test:  strings.HasSuffix(name, "_test.go"),
		lines: strings.Count(string(text), "\n"),
	}, err
}
