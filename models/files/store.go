package files

import (
	"context"
	"io"
)

// A Store keeps the files of a server: a Disk or a Bucket. A key is 1 to 200 of
// [a-z0-9/._-] with no empty, "." or ".." part; any other is Invalid. All methods may
// be called at once.
type Store interface {
	// Put stores everything r gives under key, in place of what was there, and returns
	// its size in bytes. The file appears whole, or not at all.
	Put(ctx context.Context, key string, r io.Reader) (int64, error)
	// Open returns the file under key, to be closed. NotFound if there is none.
	Open(key string) (io.ReadSeekCloser, Info, error)
	// Delete removes a file; it is no error if there is none.
	Delete(key string) error
	Exists(key string) (bool, error)
	// Public returns where everybody can read the file under key, "" if nobody can but
	// through this server.
	Public(key string) string
	Close() error
}
