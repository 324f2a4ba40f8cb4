package files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"ensemble/models"
)

// longestKey leaves room in a file name, of which file systems allow 255 bytes.
const longestKey = 200

const keyLetters = "abcdefghijklmnopqrstuvwxyz0123456789/._-"

// incoming is the folder of files that are being written.
const incoming = "incoming"

// Disk keeps files under one folder of the local disk. It implements Store.
type Disk struct{ root *os.Root }

// Info is what a store knows about a file without reading it.
type Info struct {
	Size     int64     // in bytes
	Modified time.Time // when its present content was put there
}

// NewDisk opens the store in folder, and makes the folder if there is none. No
// key leads out of the folder, not even through a symbolic link.
func NewDisk(folder string) (*Disk, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("media folder: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("media folder: %w", err)
	}
	d := &Disk{root: root}
	if err := root.MkdirAll(incoming, 0o750); err != nil {
		return nil, errors.Join(fmt.Errorf("media folder: %w", err), root.Close())
	}
	return d, nil
}

// Close lets go of the folder; files that are open stay readable.
func (d *Disk) Close() error { return d.root.Close() }

// Put stores everything r gives under key, in place of what was there, and
// returns its size in bytes. The file appears whole and safely on disk, or, if
// there is an error, not at all.
func (d *Disk) Put(ctx context.Context, key string, r io.Reader) (size int64, err error) {
	name, err := place(key)
	if err != nil {
		return 0, err
	}
	temp := path.Join(incoming, rand.Text())
	size, err = d.write(temp, reader{ctx, r})
	if err == nil {
		err = d.rename(temp, name)
	}
	if err != nil {
		_ = d.root.Remove(temp) // the error that brought us here matters more
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("%w (%w)", models.ErrFull, err)
		}
		return 0, fmt.Errorf("put %s: %w", key, err)
	}
	return size, nil
}

func (d *Disk) write(name string, r io.Reader) (int64, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return size, errors.Join(err, f.Close())
}

// rename moves a file and makes sure that the move outlives a power cut.
func (d *Disk) rename(from, to string) error {
	folder := path.Dir(to)
	if err := d.root.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if err := d.root.Rename(from, to); err != nil {
		return err
	}
	return errors.Join(d.sync(folder), d.sync(path.Dir(folder)), d.sync("."))
}

func (d *Disk) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open returns the file under key for reading; the caller closes it. NotFound if
// there is none.
func (d *Disk) Open(key string) (io.ReadSeekCloser, Info, error) {
	name, err := place(key)
	if err != nil {
		return nil, Info{}, err
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, Info{}, missing(key, err)
	}
	stat, err := f.Stat()
	if err != nil {
		return nil, Info{}, errors.Join(fmt.Errorf("open %s: %w", key, err), f.Close())
	}
	return f, Info{Size: stat.Size(), Modified: stat.ModTime()}, nil
}

// Move gives a file another key, in place of what was there. NotFound if there
// is no file under the old key.
func (d *Disk) Move(from, to string) error {
	old, err := place(from)
	if err != nil {
		return err
	}
	name, err := place(to)
	if err != nil {
		return err
	}
	if err := d.rename(old, name); err != nil {
		return missing(from, err)
	}
	return nil
}

// Delete removes a file; it is no error if there is none.
func (d *Disk) Delete(key string) error {
	name, err := place(key)
	if err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// Public implements Store: a folder is nobody else's.
func (d *Disk) Public(string) string { return "" }

// Exists reports whether there is a file under key.
func (d *Disk) Exists(key string) (bool, error) {
	name, err := place(key)
	if err != nil {
		return false, err
	}
	_, err = d.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Sweep removes what a crash left half written before the given moment, and
// returns how many files that were. It belongs to disks alone.
func (d *Disk) Sweep(before time.Time) (removed int, err error) {
	entries, err := fs.ReadDir(d.root.FS(), incoming)
	if err != nil {
		return 0, fmt.Errorf("sweep media folder: %w", err)
	}
	for _, e := range entries {
		stat, err := e.Info()
		if err != nil || !stat.ModTime().Before(before) {
			continue // it was just finished, or is being written
		}
		if err := d.root.Remove(path.Join(incoming, e.Name())); err == nil {
			removed++
		}
	}
	return removed, nil
}

// place turns a key into a path below the root: two folders named by a hash, so
// that none grows large, then the key with + for /, so that one key can never be
// the folder of another.
func place(key string) (string, error) {
	if !validKey(key) {
		return "", models.Errorf(models.Invalid, "%q cannot be the name of a stored file", shortened(key))
	}
	sum := sha256.Sum256([]byte(key))
	shard := hex.EncodeToString(sum[:2])
	return path.Join(shard[:2], shard[2:], strings.ReplaceAll(key, "/", "+")), nil
}

func validKey(key string) bool {
	if key == "" || len(key) > longestKey || strings.Contains(key, "..") {
		return false
	}
	for _, c := range []byte(key) {
		if !strings.ContainsRune(keyLetters, rune(c)) {
			return false
		}
	}
	for _, part := range strings.Split(key, "/") {
		if part == "" || part == "." {
			return false
		}
	}
	return true
}

func missing(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return models.Errorf(models.NotFound, "there is no file called %q here", key)
	}
	return fmt.Errorf("file %s: %w", key, err)
}

// reader stops reading when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
