package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

func newDisk(t *testing.T) (*Disk, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "media")
	d, err := NewDisk(folder)
	check(t, err)
	t.Cleanup(func() { check(t, d.Close()) })
	return d, folder
}

func read(t *testing.T, d *Disk, key string) string {
	t.Helper()
	f, info, err := d.Open(key)
	check(t, err)
	b, err := io.ReadAll(f)
	check(t, errors.Join(err, f.Close()))
	if info.Size != int64(len(b)) || info.Modified.IsZero() {
		t.Errorf("Open told %+v of %d bytes", info, len(b))
	}
	return string(b)
}

// allFiles returns the paths of all files below folder.
func allFiles(t *testing.T, folder string) (paths []string) {
	t.Helper()
	check(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

func TestDiskKeepsFiles(t *testing.T) {
	d, _ := newDisk(t)
	ctx := context.Background()
	for _, key := range []string{"a", "a/b", "media/0123/original.jpg", strings.Repeat("k", 200)} {
		size, err := d.Put(ctx, key, strings.NewReader("of "+key))
		if err != nil || size != int64(len("of "+key)) {
			t.Fatalf("Put(%q) = %d, %v", key, size, err)
		}
	}
	if got := read(t, d, "a/b"); got != "of a/b" {
		t.Errorf("a/b holds %q", got)
	}
	_, err := d.Put(ctx, "a", strings.NewReader("new"))
	check(t, err)
	if got := read(t, d, "a"); got != "new" {
		t.Errorf("a holds %q after a second Put", got)
	}
}

func TestDiskMovesAndDeletes(t *testing.T) {
	d, _ := newDisk(t)
	_, err := d.Put(context.Background(), "draft/1.png", strings.NewReader("one"))
	check(t, err)
	check(t, d.Move("draft/1.png", "public/1.png"))
	if got := read(t, d, "public/1.png"); got != "one" {
		t.Errorf("after Move the file holds %q", got)
	}
	if ok, err := d.Exists("draft/1.png"); ok || err != nil {
		t.Errorf("the old key still exists: %v, %v", ok, err)
	}
	if err := d.Move("draft/1.png", "x"); models.KindOf(err) != models.NotFound {
		t.Errorf("moving nothing: %v", err)
	}
	if ok, err := d.Exists("public/1.png"); !ok || err != nil {
		t.Errorf("Exists = %v, %v", ok, err)
	}
	for range 2 {
		check(t, d.Delete("public/1.png"))
	}
	if _, _, err := d.Open("public/1.png"); models.KindOf(err) != models.NotFound {
		t.Errorf("opening a deleted file: %v", err)
	}
}

func TestDiskRefusesBadKeys(t *testing.T) {
	d, _ := newDisk(t)
	for _, key := range []string{"", ".", "..", "../x", "a/../b", "a..b", "/etc/passwd", "a//b", "a/", "./a", "a/./b", "A", "a b", "a\x00b",
		"a\\b", "a+b", "é", strings.Repeat("k", 201)} {
		_, put := d.Put(context.Background(), key, strings.NewReader("x"))
		_, _, open := d.Open(key)
		_, exists := d.Exists(key)
		for call, err := range map[string]error{"Put": put, "Open": open, "Exists": exists,
			"Move from": d.Move(key, "ok"), "Move to": d.Move("ok", key), "Delete": d.Delete(key)} {
			if models.KindOf(err) != models.Invalid {
				t.Errorf("%s(%q): %v", call, key, err)
			}
		}
	}
}

func TestDiskPutsAllOrNothing(t *testing.T) {
	d, folder := newDisk(t)
	_, err := d.Put(context.Background(), "kept", strings.NewReader("old"))
	check(t, err)
	broken := io.MultiReader(strings.NewReader("half"), brokenCable{})
	if _, err := d.Put(context.Background(), "kept", broken); !errors.Is(err, errCable) {
		t.Errorf("Put of a broken stream: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Put(ctx, "other", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put after the end: %v", err)
	}
	if got := read(t, d, "kept"); got != "old" {
		t.Errorf("a failed Put left %q", got)
	}
	if all := allFiles(t, folder); len(all) != 1 {
		t.Errorf("failed Puts left %v", all)
	}
}

func TestDiskShowsOldOrNewWhileWriting(t *testing.T) {
	d, _ := newDisk(t)
	_, err := d.Put(context.Background(), "k", strings.NewReader("old"))
	check(t, err)
	r, w := io.Pipe()
	done := make(chan error)
	go func() { _, err := d.Put(context.Background(), "k", r); done <- err }()
	_, err = w.Write([]byte("new")) // returns when Put has read it
	check(t, err)
	if got := read(t, d, "k"); got != "old" {
		t.Errorf("half way through Put there is %q", got)
	}
	check(t, w.Close())
	check(t, <-done)
	if got := read(t, d, "k"); got != "new" {
		t.Errorf("after Put there is %q", got)
	}
}

func TestDiskLeadsNowhereElse(t *testing.T) {
	d, folder := newDisk(t)
	_, err := d.Put(context.Background(), "k", strings.NewReader("x"))
	check(t, err)
	path := allFiles(t, folder)[0]
	check(t, os.Remove(path))
	check(t, os.Symlink("/etc/hostname", path))
	if _, _, err := d.Open("k"); err == nil {
		t.Error("a symbolic link led out of the folder")
	}
}

func TestSweepRemovesWhatACrashLeft(t *testing.T) {
	d, folder := newDisk(t)
	left := filepath.Join(folder, incoming, "LEFT")
	check(t, os.WriteFile(left, nil, 0o600))
	born := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	check(t, os.Chtimes(left, born, born))
	if n, err := d.Sweep(born); n != 0 || err != nil {
		t.Errorf("Sweep of nothing = %d, %v", n, err)
	}
	if n, err := d.Sweep(born.Add(time.Second)); n != 1 || err != nil {
		t.Errorf("Sweep = %d, %v", n, err)
	}
}

var errCable = errors.New("the cable broke")

type brokenCable struct{}

func (brokenCable) Read([]byte) (int, error) { return 0, errCable }
