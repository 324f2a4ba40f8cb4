package files

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

func padded(t *testing.T, width, height, more int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), make([]byte, more)...)
}

func newCache(t *testing.T, folder string, most int64, l Limits, now func() time.Time) *Cache {
	t.Helper()
	c, err := NewCache(folder, most, l, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func holds(t *testing.T, c *Cache, at models.IRI) bool {
	t.Helper()
	f, err := c.Open(at)
	if err != nil {
		t.Fatal(err)
	}
	if f == nil {
		return false
	}
	f.Close()
	return true
}

func TestACacheDropsWhatWasAskedForLeastLately(t *testing.T) {
	folder, at := t.TempDir(), time.Now()
	now := func() time.Time { return at }
	c := newCache(t, folder, 10_000, Limits{}, now)
	name := func(i int) models.IRI { return models.IRI(fmt.Sprint("https://far.example/", i)) }
	for i := range 3 {
		at = at.Add(time.Second)
		if err := c.Keep(context.Background(), name(i), bytes.NewReader(padded(t, 8, 8, 3000))); err != nil {
			t.Fatal(err)
		}
	}
	at = at.Add(time.Second)
	if !holds(t, c, name(0)) {
		t.Fatal("the first is not there")
	}
	at = at.Add(time.Second)
	if err := c.Keep(context.Background(), name(3), bytes.NewReader(padded(t, 8, 8, 3000))); err != nil {
		t.Fatal(err)
	}
	again := newCache(t, folder, 10_000, Limits{}, now) // as another process finds it
	for _, c := range []*Cache{c, again} {
		if !holds(t, c, name(0)) || holds(t, c, name(1)) || !holds(t, c, name(2)) || !holds(t, c, name(3)) {
			t.Errorf("kept %v %v %v %v", holds(t, c, name(0)), holds(t, c, name(1)), holds(t, c, name(2)), holds(t, c, name(3)))
		}
		if c.Size() > 10_000 {
			t.Errorf("keeps %d bytes", c.Size())
		}
	}
	at = at.Add(time.Second)
	if !holds(t, again, name(3)) {
		t.Fatal("the last is not there")
	}
	small := newCache(t, folder, 4000, Limits{}, now)
	if small.Size() > 4000 {
		t.Errorf("with less room: keeps %d bytes", small.Size())
	}
	if holds(t, again, name(0)) { // another process dropped it: no error
		t.Error("what is not on the disk is there")
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestACacheTakesWhatBrowsersShowAlone(t *testing.T) {
	c := newCache(t, t.TempDir(), 1<<20, Limits{ImageBytes: 9000, VideoBytes: 9000, Pixels: 10_000}, time.Now)
	for name, f := range map[string]struct {
		body []byte
		kind string
	}{
		"a picture":         {padded(t, 8, 8, 0), "image/png"},
		"an AVIF":           {append([]byte("\x00\x00\x00\x20ftypavif"), make([]byte, 50)...), "image/avif"},
		"a page":            {[]byte("<!doctype html><script>alert(1)</script>"), ""},
		"a drawing":         {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ""},
		"a script":          {[]byte("alert(1)"), ""},
		"a document":        {[]byte(`{"id":"https://one.example/users/alice","type":"Person"}`), ""},
		"nothing":           {nil, ""},
		"a PDF":             {[]byte("%PDF-1.7 and so on, for as long as it takes"), ""},
		"a pixel bomb":      {padded(t, 200, 200, 0), ""},
		"a large picture":   {padded(t, 8, 8, 9001), ""},
		"a broken picture":  {[]byte("\x89PNG\r\n\x1a\n and then nothing"), ""},
		"a page as picture": {[]byte("GIF89a\x08\x00\x08\x00\x00\x00\x00<script>alert(1)</script>"), "image/gif"},
	} {
		at := models.IRI("https://far.example/" + name)
		err := c.Keep(context.Background(), at, bytes.NewReader(f.body))
		if (err == nil) != (f.kind != "") || err != nil && models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		got, err := c.Open(at)
		if err != nil || (got == nil) != (f.kind == "") || got != nil && got.Type != f.kind {
			t.Errorf("%s: kept %v, %v", name, got, err)
		}
		if got != nil {
			got.Close()
		}
	}
}

func TestAFileThatBreaksOffIsNotKept(t *testing.T) {
	folder := t.TempDir()
	c := newCache(t, folder, 1<<20, Limits{}, time.Now)
	broken := io.MultiReader(bytes.NewReader(padded(t, 8, 8, 600_000)), failing{})
	if err := c.Keep(context.Background(), "https://far.example/x", broken); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 || c.Size() != 0 {
		t.Errorf("%d files are left, %d bytes", len(left), c.Size())
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("the server is gone") }

func TestACacheIsPruned(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	folder := t.TempDir()
	c := newCache(t, folder, 1<<20, Defaults(), func() time.Time { return now })
	addresses := []models.IRI{"https://a.example/1", "https://a.example/2", "https://a.example/3", "https://a.example/4"}
	for _, at := range addresses {
		check(t, c.Keep(t.Context(), at, bytes.NewReader(padded(t, 8, 8, 1000))))
		holds(t, c, at) // which sets its time
		now = now.Add(24 * time.Hour)
	}
	each := c.Size() / 4
	if n, freed := c.Prune(now.Add(-85*time.Hour), 1<<20); n != 1 || freed != each || c.Len() != 3 || holds(t, c, addresses[0]) {
		t.Errorf("dropped %d, %d bytes; %d are left", n, freed, c.Len())
	}
	other := newCache(t, folder, 1<<20, Defaults(), func() time.Time { return now })
	if n, _ := other.Prune(time.Time{}, 2*each); n != 1 || other.Size() != 2*each {
		t.Errorf("dropped %d, %d bytes are left", n, other.Size())
	}
	if holds(t, c, addresses[1]) || !holds(t, c, addresses[2]) || !holds(t, c, addresses[3]) {
		t.Error("a process does not see what another one dropped")
	}
}

func TestACacheStandsStill(t *testing.T) {
	c := newCache(t, t.TempDir(), 1<<20, Defaults(), time.Now)
	for name, b := range map[string][]byte{"moving": gifOf(t, 30, 20, 4), "still": gifOf(t, 30, 20, 1), "other": pngOf(t, scene(30, 20))} {
		at := models.IRI("https://a.example/" + name)
		check(t, c.Keep(t.Context(), at, bytes.NewReader(b)))
		for range 2 {
			f, err := c.Open(at)
			check(t, err)
			f, err = c.Still(t.Context(), at, f)
			check(t, err)
			got, err := io.ReadAll(f)
			check(t, err)
			check(t, f.Close())
			img, kind, err := image.Decode(bytes.NewReader(got))
			check(t, err)
			if want := map[string]string{"moving": "png", "still": "gif", "other": "png"}[name]; kind != want || img.Bounds().Dx() != 30 || "image/"+kind != f.Type {
				t.Errorf("%s: %s of %v, said to be %s", name, kind, img.Bounds(), f.Type)
			}
		}
	}
}
