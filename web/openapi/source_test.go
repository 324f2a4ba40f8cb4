package openapi_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A source is what a package's functions ask of a Call.
type source struct {
	info  *types.Info
	decls map[types.Object]*ast.FuncDecl
	named map[types.Object]map[int]bool // functions that are given the name of a parameter, and where
	found map[types.Object]asks
}

// asks are the names of parameters that a piece of source looks for, and the functions
// that it mentions.
type asks struct {
	names map[string]bool
	calls map[types.Object]bool
}

// readBy reads the source in folder and returns what each route looks for.
func readBy(t *testing.T, folder string) func(method, path string) map[string]bool {
	t.Helper()
	in := &importer{fset: token.NewFileSet(), done: map[string]*types.Package{}}
	s := &source{
		info:  &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}},
		decls: map[types.Object]*ast.FuncDecl{}, named: map[types.Object]map[int]bool{}, found: map[types.Object]asks{},
	}
	files, err := in.parse(folder)
	if err != nil {
		t.Fatal(err)
	}
	in.check("ensemble/web/api", files, s.info)
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, is := d.(*ast.FuncDecl); is && fn.Body != nil {
				s.decls[s.info.Defs[fn.Name]] = fn
			}
		}
	}
	for more := true; more; { // until no more functions turn out to be given names
		more = false
		for _, fn := range s.decls {
			more = s.passes(fn) || more
		}
	}
	for o, fn := range s.decls {
		s.found[o] = s.asks(fn.Body)
	}
	return s.routes(files)
}

// routes finds the table of routes, and all that can be reached from the handler of each.
func (s *source) routes(files []*ast.File) func(method, path string) map[string]bool {
	type row struct {
		method, path string
		prefix       bool
		names        map[string]bool
	}
	var table []row
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if !is || !strings.HasSuffix(s.typeOf(lit), "call.Route") {
				return true
			}
			r := row{names: map[string]bool{}}
			seen := map[types.Object]bool{}
			for _, e := range lit.Elts {
				kv, is := e.(*ast.KeyValueExpr)
				if !is {
					continue
				}
				switch kv.Key.(*ast.Ident).Name {
				case "Method":
					r.method, _ = s.text(kv.Value)
				case "Path":
					var whole bool
					if r.path, whole = s.text(kv.Value); !whole {
						r.prefix = true
						if sum, is := kv.Value.(*ast.BinaryExpr); is {
							r.path, _ = s.text(sum.X)
						}
					}
				case "Handler", "Prepare":
					s.gather(s.asks(kv.Value), seen, r.names)
				}
			}
			table = append(table, r)
			return true
		})
	}
	return func(method, path string) map[string]bool {
		for _, r := range table {
			if r.method == method && (r.path == path || r.prefix && r.path != "" && strings.HasPrefix(path, r.path)) {
				return r.names
			}
		}
		return nil
	}
}

// gather adds what a, and all that it calls, look for.
func (s *source) gather(a asks, seen map[types.Object]bool, names map[string]bool) {
	maps.Copy(names, a.names)
	for o := range a.calls {
		if !seen[o] {
			seen[o] = true
			s.gather(s.found[o], seen, names)
		}
	}
}

func (s *source) typeOf(e ast.Expr) string {
	if t := s.info.Types[e].Type; t != nil {
		return t.String()
	}
	return ""
}

// text returns a constant.
func (s *source) text(e ast.Expr) (string, bool) {
	v := s.info.Types[e].Value
	if v == nil || v.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(v), true
}

// readers are the methods of a Call that take the name of a parameter.
var readers = strings.Fields("Has Str Strs Objects Bool BoolOr Int Float ID IDs Time File")

// method returns which method of a Call e calls, "" for what is none.
func (s *source) method(e *ast.CallExpr) string {
	sel, is := e.Fun.(*ast.SelectorExpr)
	if !is || !strings.HasSuffix(s.typeOf(sel.X), "*ensemble/web/call.Call") {
		return ""
	}
	return sel.Sel.Name
}

// asks looks through a piece of source.
func (s *source) asks(body ast.Node) asks {
	a := asks{map[string]bool{}, map[types.Object]bool{}}
	var list string // whose objects are looked into here
	var keys []string
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if o := s.info.Uses[n]; o != nil && s.decls[origin(o)] != nil && !strings.HasSuffix(o.Type().String(), "[]ensemble/web/call.Route") {
				a.calls[origin(o)] = true
			}
		case *ast.IndexExpr:
			if key, is := s.text(n.Index); is && s.typeOf(n.X) == "map[string]string" {
				keys = append(keys, key)
			}
		case *ast.CallExpr:
			switch m := s.method(n); {
			case m == "Objects":
				list, _ = s.text(n.Args[0])
				a.names[list] = true
			case slices.Contains(readers, m):
				if name, is := s.text(n.Args[0]); is {
					a.names[name] = true
				}
			case m == "GetHeader":
				if name, is := s.text(n.Args[0]); is {
					a.names["header "+name] = true
				}
			case m == "Page":
				for _, name := range []string{"max_id", "since_id", "min_id", "limit"} {
					a.names[name] = true
				}
			case m == "Limit":
				a.names["limit"] = true
			case m == "Raw":
				for _, name := range rawFields(body) {
					a.names[name] = true
				}
			}
			for i := range s.named[s.callee(n)] {
				if name, is := s.text(n.Args[i]); is {
					a.names[name] = true
				}
			}
		}
		return true
	})
	for _, key := range keys {
		if list != "" {
			a.names[list+"[]["+key+"]"] = true
		}
	}
	return a
}

// rawFields are the fields of a struct that a body is read into.
func rawFields(body ast.Node) (names []string) {
	ast.Inspect(body, func(n ast.Node) bool {
		if st, is := n.(*ast.StructType); is {
			for _, f := range st.Fields.List {
				for _, name := range f.Names {
					names = append(names, strings.ToLower(name.Name))
				}
			}
		}
		return true
	})
	return names
}

func origin(o types.Object) types.Object {
	if f, is := o.(*types.Func); is {
		return f.Origin()
	}
	return o
}

// callee is the function of the package that e calls.
func (s *source) callee(e *ast.CallExpr) types.Object {
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		return origin(s.info.Uses[fun])
	case *ast.SelectorExpr:
		return origin(s.info.Uses[fun.Sel])
	}
	return nil
}

// passes notes which parameters of fn are names that it looks for, and reports whether
// one is new.
func (s *source) passes(fn *ast.FuncDecl) (more bool) {
	at := map[types.Object]int{}
	i := 0
	for _, f := range fn.Type.Params.List {
		for _, name := range f.Names {
			at[s.info.Defs[name]] = i
			i++
		}
	}
	me := s.info.Defs[fn.Name]
	note := func(e ast.Expr) {
		id, is := e.(*ast.Ident)
		if !is || s.info.Uses[id] == nil {
			return
		}
		if i, is := at[s.info.Uses[id]]; is && !s.named[me][i] {
			if s.named[me] == nil {
				s.named[me] = map[int]bool{}
			}
			s.named[me][i], more = true, true
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if e, is := n.(*ast.CallExpr); is {
			if slices.Contains(readers, s.method(e)) {
				note(e.Args[0])
			}
			for i := range s.named[s.callee(e)] {
				note(e.Args[i])
			}
		}
		return true
	})
	return more
}

// An importer reads the few packages that the table of routes needs, and takes all
// others as empty: what is unknown about them asks nothing of a Call.
type importer struct {
	fset *token.FileSet
	done map[string]*types.Package
}

func (in *importer) parse(folder string) (files []*ast.File, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || err != nil {
			continue
		}
		var f *ast.File
		f, err = parser.ParseFile(in.fset, name, nil, parser.SkipObjectResolution)
		files = append(files, f)
	}
	return files, err
}

func (in *importer) check(path string, files []*ast.File, info *types.Info) *types.Package {
	c := types.Config{Importer: in, Error: func(error) {}}
	p, _ := c.Check(path, in.fset, files, info) //nolint:errcheck // of course names are missing
	return p
}

// Import returns the package of that path.
func (in *importer) Import(path string) (*types.Package, error) {
	if p := in.done[path]; p != nil {
		return p, nil
	}
	if path == "ensemble/web/call" {
		files, err := in.parse(filepath.Join("..", "call"))
		if err != nil {
			return nil, err
		}
		in.done[path] = in.check(path, files, nil)
		return in.done[path], nil
	}
	p := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	p.MarkComplete()
	in.done[path] = p
	return p, nil
}
