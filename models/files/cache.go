package files

import (
	"bytes"
	"container/list"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"ensemble/models"
)

// headerBytes is where in a picture its size has to be told, at the latest.
const headerBytes = 512 << 10

// A Cache keeps copies of files of others on the disk, as many bytes as it may, and
// drops first what was asked for least lately. What it keeps was looked at: it is of
// a type that can be no page and no program, whatever its server said. All methods
// may be called at once; several caches may share a folder.
type Cache struct {
	root   *os.Root
	most   int64 // bytes
	limits Limits
	now    func() time.Time

	mu    sync.Mutex
	kept  map[string]*list.Element // by name, without its ending
	order *list.List               // of *copied, the latest first
	size  int64
}

type copied struct {
	name string // in the folder
	size int64
}

// NewCache opens the cache in folder with room for so many bytes, and takes over
// what is in there.
func NewCache(folder string, most int64, l Limits, now func() time.Time) (*Cache, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	c := &Cache{root: root, most: most, limits: l.filled(), now: now, kept: map[string]*list.Element{}, order: list.New()}
	if err := c.load(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return c, nil
}

// Close lets go of the folder.
func (c *Cache) Close() error { return c.root.Close() }

// load finds what an earlier process kept.
func (c *Cache) load() error {
	entries, err := fs.ReadDir(c.root.FS(), ".")
	if err != nil {
		return err
	}
	var found []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil:
			continue // another process has dropped it
		case path.Ext(e.Name()) == partial || typeOf(e.Name()) == "":
			if c.now().Sub(info.ModTime()) > time.Hour { // half written, and given up
				_ = c.root.Remove(e.Name())
			}
		default:
			found = append(found, info)
		}
	}
	slices.SortFunc(found, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range found {
		c.note(info.Name(), info.Size())
	}
	return nil
}

// partial is the ending of files that are being written.
const partial = ".part"

// nameOf is what the file of an address is called, but for its ending.
func nameOf(at models.IRI) string {
	sum := sha256.Sum256([]byte(at))
	return hex.EncodeToString(sum[:])
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// typeOf returns the content type that the ending of a name stands for.
func typeOf(name string) string {
	for _, kind := range Types() {
		if Extension(kind) == path.Ext(name) {
			return kind
		}
	}
	return ""
}

// A Copy is an open file of the cache.
type Copy struct {
	*os.File
	Type     string // as its bytes tell
	Modified time.Time
}

// Open returns the copy of the file at an address, to be closed, and nil if there is
// none.
func (c *Cache) Open(at models.IRI) (*Copy, error) {
	c.mu.Lock()
	e := c.kept[nameOf(at)]
	if e == nil {
		c.mu.Unlock()
		return nil, nil
	}
	c.order.MoveToFront(e)
	name := e.Value.(*copied).name
	c.mu.Unlock()
	f, err := c.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) { // another process has dropped it
		c.drop(stem(name))
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	_ = c.root.Chtimes(name, c.now(), c.now()) // so that the order outlives this process
	return &Copy{f, typeOf(name), info.ModTime()}, nil
}

// Keep copies the file at an address, which r gives. It is Invalid if it is not a
// picture, film or sound that a browser shows, or larger than those may be.
func (c *Cache) Keep(ctx context.Context, at models.IRI, r io.Reader) error {
	r = reader{ctx, r}
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	head = head[:n]
	kind := Sniff(head)
	if kind == "" || kind == typeHEIC { // which hardly a browser shows
		return models.Refuse(models.Invalid, "media_type", "the file is %s, which is not shown here", describe(head))
	}
	if isPicture(kind) {
		more, err := io.ReadAll(io.LimitReader(r, headerBytes))
		if err != nil {
			return err
		}
		head = append(head, more...)
		if err := c.looks(kind, head); err != nil {
			return err
		}
	}
	return c.write(nameOf(at)+Extension(kind), io.MultiReader(bytes.NewReader(head), r), c.limits.bytes(kind))
}

// looks refuses a picture that would take whoever shows it too much memory.
func (c *Cache) looks(kind string, head []byte) error {
	if kind == typeAVIF {
		if h, ok := dissectHEIF(head); ok {
			width, height := h.size(h.items[h.primary])
			return checkPixels(width, height, c.limits.Pixels)
		}
		return nil // no browser shows it either
	}
	width, height := 0, 0
	err := guard(func() error {
		config, err := decodeConfig(kind, head)
		width, height = config.Width, config.Height
		return err
	})
	if err != nil || width <= 0 || height <= 0 {
		return errBroken
	}
	return checkPixels(width, height, c.limits.Pixels)
}

// write puts a file in its place when it is whole.
func (c *Cache) write(name string, r io.Reader, most int64) error {
	temp := rand.Text() + partial
	size, err := c.fill(temp, r, most)
	if err == nil {
		err = c.root.Rename(temp, name)
	}
	if err != nil {
		_ = c.root.Remove(temp) // the error that brought us here matters more
		return err
	}
	c.note(name, size)
	return nil
}

func (c *Cache) fill(temp string, r io.Reader, most int64) (int64, error) {
	f, err := c.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(f, io.LimitReader(r, most+1))
	if err == nil && size > most {
		err = models.Refuse(models.Invalid, "too_long", "the file is larger than the %d MiB that are shown here", most>>20)
	}
	return size, errors.Join(err, f.Close())
}

// note takes a file into the order, and drops others for it if there is no room.
func (c *Cache) note(name string, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.kept[stem(name)]; old != nil {
		c.forget(old, old.Value.(*copied).name != name)
	}
	c.kept[stem(name)] = c.order.PushFront(&copied{name, size})
	c.size += size
	for c.size > c.most && c.order.Len() > 1 {
		c.forget(c.order.Back(), true)
	}
}

func (c *Cache) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.kept[key]; e != nil {
		c.forget(e, false)
	}
}

// forget takes a file out of the order, and off the disk.
func (c *Cache) forget(e *list.Element, remove bool) {
	f := c.order.Remove(e).(*copied)
	delete(c.kept, stem(f.name))
	c.size -= f.size
	if remove {
		_ = c.root.Remove(f.name) // whoever reads it goes on reading
	}
}

// Most returns how many bytes may be kept.
func (c *Cache) Most() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.most
}

// SetMost changes how many bytes may be kept, and drops at once what has no room, also the
// last file.
func (c *Cache) SetMost(most int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = most
	for c.size > c.most && c.order.Len() > 0 {
		c.forget(c.order.Back(), true)
	}
}

// Over returns how many files, and bytes of them, SetMost would drop.
func (c *Cache) Over(most int64) (files int, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.order.Back(); e != nil && c.size-bytes > most; e = e.Prev() {
		files, bytes = files+1, bytes+e.Value.(*copied).size
	}
	return files, bytes
}

// Size returns how many bytes are kept.
func (c *Cache) Size() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}
