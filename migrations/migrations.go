// Package migrations is the memory of the schema: numbered SQL, embedded, forward
// only, and never edited after a release. One text in sql serves SQLite and
// PostgreSQL; where they must differ, each has a folder that is laid over it.
package migrations

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed sql/*.sql sqlite/*.sql postgres/*.sql
var files embed.FS

// FS returns the migrations of a dialect, "sqlite" or "postgres", their files at its
// root.
func FS(dialect string) (fs.FS, error) {
	common, err := fs.Sub(files, "sql")
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(files, dialect)
	return over{own, common}, err
}

// over is one folder laid over another.
type over struct{ top, bottom fs.FS }

// Open opens the file of the upper folder, or else of the lower one.
func (o over) Open(name string) (fs.File, error) {
	if f, err := o.top.Open(name); err == nil {
		return f, nil
	}
	return o.bottom.Open(name)
}

// ReadDir lists what is in either.
func (o over) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(o.top, name)
	if err != nil {
		return nil, err
	}
	more, err := fs.ReadDir(o.bottom, name)
	all = slices.Concat(all, more)
	slices.SortStableFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return slices.CompactFunc(all, func(a, b fs.DirEntry) bool { return a.Name() == b.Name() }), err
}
