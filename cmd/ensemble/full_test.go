package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

// A cramped server has no room left for what its people write, until it is given some.
type cramped struct {
	*person
	media   string // where uploads are
	room    func() // makes some
	waiting func() // sends again what was refused
	disk    bool   // it is a disk that is full, and not a pretence
}

// TestFullDisk fills the disk of a server: a small one of its own where this system lets
// a test have one, and everywhere a database that says that it is full. What does not fit
// is refused in words, what was kept can be read, no half file is left, and when there is
// room again the server goes on.
func TestFullDisk(t *testing.T) {
	t.Run("pretended", func(t *testing.T) { fill(t, pretended) })
	t.Run("real", func(t *testing.T) { fill(t, onSmallDisk) })
}

func fill(t *testing.T, where func(*network) *cramped) {
	n := &network{t: t, dialect: "sqlite", servers: map[string]*server{}, handlers: map[string]http.Handler{}, down: map[string]bool{}}
	s := where(n)
	_, people := n.rogue("peer.test", "pia")
	pia := people[0]
	pia.followedBy(s.person)
	kept := s.write()
	t.Logf("%d posts fit", len(kept))
	heard := s.overhear(pia)
	s.uploads()
	for _, id := range kept { // reading goes on
		s.get("/api/v1/statuses/" + id)
	}
	if got := rowsOf[models.Post](s.server, "local"); len(got) != len(kept) {
		t.Errorf("%d posts are there, and %d were answered", len(got), len(kept))
	}
	s.room()
	if code, out := s.send("POST", "/api/v1/statuses", object{"status": "There is room again"}); code != 200 {
		t.Fatalf("with room again: %d %v", code, out)
	}
	s.picture("There is room for a picture")
	s.waiting()
	n.calm()
	home := map[string]int{}
	for _, p := range s.list("/api/v1/timelines/home?limit=40") {
		home[p["uri"].(string)]++
	}
	for _, uri := range heard {
		if home[uri] != 1 {
			t.Errorf("%s was taken, and is there %d times", uri, home[uri])
		}
	}
}

// write posts until there is no room, and returns the posts that were kept.
func (s *cramped) write() (kept []string) {
	s.t.Helper()
	for i := range 5000 {
		key := fmt.Sprint("post ", i)
		code, out := s.send("POST", "/api/v1/statuses", object{"status": strings.Repeat("words ", 700) + key}, "Idempotency-Key", key)
		switch code {
		case http.StatusOK:
			kept = append(kept, out["id"].(string))
			continue
		case http.StatusInsufficientStorage:
		default:
			s.t.Fatalf("post %d: %d %v", i, code, out)
		}
		if text, _ := out["error"].(string); !strings.Contains(text, "no room") || out["code"] != "disk_full" {
			s.t.Errorf("it is refused without a reason: %v", out)
		}
		s.waiting = func() {
			if code, out := s.send("POST", "/api/v1/statuses", object{"status": strings.Repeat("words ", 700) + key}, "Idempotency-Key", key); code != 200 {
				s.t.Errorf("sent again: %d %v", code, out)
			}
		}
		return kept
	}
	s.t.Fatal("the disk never was full")
	return nil
}

// overhear has Pia say things until one is refused, and returns the posts that are to be
// there in the end: she says that one again when there is room.
func (s *cramped) overhear(pia *villain) (heard []string) {
	s.t.Helper()
	for i := range 30 {
		a := pia.does("Create", pia.writes(strings.Repeat("foreign words ", 400)+fmt.Sprint(i), nil), nil)
		heard = append(heard, a["object"].(object)["id"].(string))
		code := pia.posts(s.server, marshal(s.t, a))
		if code == http.StatusAccepted {
			continue
		}
		if code != http.StatusInsufficientStorage {
			s.t.Errorf("an activity without room: %d", code)
		}
		before := s.waiting
		s.waiting = func() {
			before()
			if code := pia.posts(s.server, marshal(s.t, a)); code != http.StatusAccepted {
				s.t.Errorf("said again: %d", code)
			}
		}
		return heard
	}
	s.t.Error("there was room for all that others said")
	return heard
}

// uploads tries to upload a picture, which leaves nothing behind.
func (s *cramped) uploads() {
	s.t.Helper()
	before := filesIn(s.t, s.media)
	if code, raw := s.ask(s.person, "POST", "/api/v2/media", noise(s.t, 1200)); code != http.StatusInsufficientStorage {
		s.t.Errorf("a picture without room: %d %s", code, cutoff(raw))
	}
	if after := filesIn(s.t, s.media); after != before {
		s.t.Errorf("a refused picture left %q, before it was %q", after, before)
	}
}

// noise is an upload of a picture that is so wide, and hard to compress.
func noise(t *testing.T, size int) *upload {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, size, size))
	for i := range img.Pix {
		img.Pix[i] = byte(rand.IntN(256))
	}
	u := &upload{}
	m := multipart.NewWriter(&u.body)
	f, err := m.CreateFormFile("file", "noise.jpg")
	if err == nil {
		err = jpeg.Encode(f, img, nil)
	}
	if err = errors.Join(err, m.Close()); err != nil {
		t.Fatal(err)
	}
	u.kind = m.FormDataContentType()
	return u
}

func filesIn(t *testing.T, folder string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// pretended is a server whose database has room for some posts.
func pretended(n *network) *cramped {
	var full atomic.Bool
	var posts atomic.Int64
	folder := n.t.TempDir()
	s := n.join("one.test", func(c *nodeConfig) {
		c.Data = folder
		c.Calls = func(_ context.Context, what string, call func() error) error {
			if strings.HasPrefix(what, "INSERT INTO") && strings.Contains(what, "outbounds") && posts.Add(1) == 20 {
				full.Store(true)
			}
			if full.Load() && (what == store.CallCommit || what == store.CallEnqueue) {
				return syscall.ENOSPC
			}
			return call()
		}
	})
	return &cramped{person: s.born("ada"), media: folder, room: func() { full.Store(false) }}
}

// onSmallDisk is a server on a disk of 6 MiB, of which a third is kept free for later.
func onSmallDisk(n *network) *cramped {
	folder := smallDisk(n.t, 6<<20)
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		n.t.Fatal(err)
	}
	s := n.join("one.test", func(c *nodeConfig) { c.Data, c.Database = folder, filepath.Join(folder, "ensemble.db") })
	s.database = filepath.Join(folder, "ensemble.db")
	return &cramped{person: s.born("ada"), media: filepath.Join(folder, "media"), disk: true, room: func() {
		if err := os.Remove(ballast); err != nil {
			n.t.Fatal(err)
		}
	}}
}
