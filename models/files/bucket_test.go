package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/files/filestest"
)

// Whatever a store keeps its files in, it keeps them the same way.
func TestStores(t *testing.T) {
	disk, err := files.NewDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := filestest.NewBucket(t).Config()
	c.Scratch = t.TempDir()
	bucket, err := files.NewBucket(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]files.Store{"disk": disk, "bucket": bucket} {
		t.Run(name, func(t *testing.T) { keeps(t, s) })
	}
	if left, err := os.ReadDir(c.Scratch); err != nil || len(left) > 0 {
		t.Errorf("left in the scratch folder: %v, %v", left, err)
	}
}

func keeps(t *testing.T, s files.Store) {
	ctx := context.Background()
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	file := filepath.Join(t.TempDir(), "large.mp4")
	if err := os.WriteFile(file, large, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for key, r := range map[string]io.Reader{"media/1/original.png": strings.NewReader("one"), "empty.jpg": strings.NewReader(""), "media/2/large.mp4": f} {
		if _, err := s.Put(ctx, key, r); err != nil {
			t.Fatalf("Put(%q): %v", key, err)
		}
	}
	if n, err := s.Put(ctx, "media/1/original.png", strings.NewReader("other")); n != 5 || err != nil {
		t.Errorf("put again: %d, %v", n, err)
	}
	got, info := readAll(t, s, "media/1/original.png")
	if string(got) != "other" || info.Size != 5 || info.Modified.IsZero() {
		t.Errorf("got %q, %+v", got, info)
	}
	if got, info := readAll(t, s, "media/2/large.mp4"); !bytes.Equal(got, large) || info.Size != int64(len(large)) {
		t.Errorf("got %d bytes, %+v", len(got), info)
	}
	r, _, err := s.Open("media/2/large.mp4")
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 4)
	end, err := r.Seek(0, io.SeekEnd)
	_, err2 := r.Seek(end-6, io.SeekStart)
	_, err3 := io.ReadFull(r, part)
	if err := errors.Join(err, err2, err3, r.Close()); err != nil || string(part) != "abcd" || end != int64(len(large)) {
		t.Errorf("from the middle: %q of %d, %v", part, end, err)
	}
	if ok, err := s.Exists("media/1/original.png"); !ok || err != nil {
		t.Errorf("it is there: %v, %v", ok, err)
	}
	for range 2 {
		if err := s.Delete("media/1/original.png"); err != nil {
			t.Error(err)
		}
	}
	if ok, err := s.Exists("media/1/original.png"); ok || err != nil {
		t.Errorf("it is gone: %v, %v", ok, err)
	}
	if _, _, err := s.Open("media/1/original.png"); models.KindOf(err) != models.NotFound {
		t.Errorf("it is gone: %v", err)
	}
	for _, bad := range []string{"", "../x", "a//b", "A", "/a", strings.Repeat("k", 201)} {
		_, err := s.Put(ctx, bad, strings.NewReader("x"))
		_, _, err2 := s.Open(bad)
		_, err3 := s.Exists(bad)
		for _, err := range []error{err, err2, err3, s.Delete(bad)} {
			if models.KindOf(err) != models.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
	over, stop := context.WithCancel(ctx)
	stop()
	if _, err := s.Put(over, "late.png", strings.NewReader("x")); err == nil {
		t.Error("who went away left a file")
	}
	if ok, _ := s.Exists("late.png"); ok {
		t.Error("who went away left a file")
	}
}

func readAll(t *testing.T, s files.Store, key string) ([]byte, files.Info) {
	t.Helper()
	r, info, err := s.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return b, info
}

func TestBucketThatSaysNo(t *testing.T) {
	fake := filestest.NewBucket(t)
	c := fake.Config()
	b, err := files.NewBucket(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(context.Background(), "media/1/a.png", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if fake.Kind("media/1/a.png") != "image/png" || !slices.Equal(fake.Keys(), []string{"media/1/a.png"}) {
		t.Errorf("in the bucket: %v, %q", fake.Keys(), fake.Kind("media/1/a.png"))
	}
	wrong := c
	wrong.Secret = "another"
	thief, err := files.NewBucket(wrong)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := thief.Put(context.Background(), "media/1/a.png", strings.NewReader("stolen")); err == nil {
		t.Error("a wrong secret opens it")
	}
	if _, _, err := thief.Open("media/1/a.png"); err == nil || models.KindOf(err) == models.NotFound {
		t.Errorf("a wrong secret: %v", err)
	}
	fake.Down(true)
	if _, err := b.Exists("media/1/a.png"); models.KindOf(err) != models.Unreachable {
		t.Errorf("it is not available: %v", err)
	}
	fake.Close()
	if _, _, err := b.Open("media/1/a.png"); models.KindOf(err) != models.Unreachable {
		t.Errorf("nobody answers: %v", err)
	}
}

func TestBucketConfig(t *testing.T) {
	good := files.BucketConfig{Endpoint: "https://s3.example", Bucket: "b", Key: "k", Secret: "s", PublicURL: "https://files.example/b/"}
	b, err := files.NewBucket(good)
	if err != nil || b.Public("media/1/a.png") != "https://files.example/b/media/1/a.png" {
		t.Errorf("%v, %v", b, err)
	}
	for why, change := range map[string]func(*files.BucketConfig){
		"no address":          func(c *files.BucketConfig) { c.Endpoint = "" },
		"no scheme":           func(c *files.BucketConfig) { c.Endpoint = "s3.example" },
		"a path":              func(c *files.BucketConfig) { c.Endpoint += "/b" },
		"another scheme":      func(c *files.BucketConfig) { c.Endpoint = "ftp://s3.example" },
		"a password":          func(c *files.BucketConfig) { c.Endpoint = "https://a:b@s3.example" },
		"no bucket":           func(c *files.BucketConfig) { c.Bucket = "" },
		"no key":              func(c *files.BucketConfig) { c.Key = "" },
		"no secret":           func(c *files.BucketConfig) { c.Secret = "" },
		"a public query":      func(c *files.BucketConfig) { c.PublicURL += "?x" },
		"a public name alone": func(c *files.BucketConfig) { c.PublicURL = "files.example" },
	} {
		c := good
		change(&c)
		if _, err := files.NewBucket(c); models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v", why, err)
		}
	}
}
