// Package migrations is the memory of the schema: numbered SQL, embedded, forward
// only, and never edited after a release. One text serves SQLite and PostgreSQL;
// the day they must differ, a folder a dialect is laid over it.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sql/*.sql
var files embed.FS

// FS returns the migrations, their files at its root.
func FS() (fs.FS, error) { return fs.Sub(files, "sql") }
