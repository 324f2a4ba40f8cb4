package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/files/filestest"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

func TestMediaCommands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		url, data, fake := storetest.URL(t, dialect), t.TempDir(), filestest.NewBucket(t)
		ctx := context.Background()
		env := map[string]string{"ENSEMBLE_DATABASE_URL": url, "ENSEMBLE_DATA": data}
		tell := func(args ...string) string {
			t.Helper()
			var out bytes.Buffer
			w := &world{Context: ctx, out: &out, err: &out, getenv: func(name string) string { return env[name] }}
			if code := run(w, append([]string{"media"}, args...)); code != 0 {
				t.Fatalf("media %v: %d %s", args, code, out.String())
			}
			return out.String()
		}
		db, err := store.Open(ctx, store.Config{URL: url, Site: models.Site{Domain: "localhost:8080", Origin: "http://localhost:8080"}})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		disk, err := files.NewDisk(filepath.Join(data, "media"))
		if err != nil {
			t.Fatal(err)
		}
		defer disk.Close()
		if _, err := disk.Put(ctx, "media/1/a.png", strings.NewReader("picture")); err != nil {
			t.Fatal(err)
		}
		if err := db.Tx(ctx, func(tx *store.Tx) error {
			for i, m := range []*models.Media{
				{PostID: 9, Kind: "image", Key: "media/1/a.png", Size: 3 << 20, State: models.MediaReady, CreatedAt: tx.Now},
				{PostID: 9, Kind: "image", Key: "media/2/lost.png", Size: 1 << 20, State: models.MediaReady, CreatedAt: tx.Now},
				{Kind: "video", SourceKey: "media/3/lost.mov", Size: 2 << 20, State: models.MediaProcessing, CreatedAt: tx.Now.AddDate(0, 0, -2)},
			} {
				m.ID = models.ID(i + 1)
				if err := store.Put(tx, m); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		cache, err := files.NewCache(filepath.Join(data, "cache"), 1<<30, files.Defaults(), db.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer cache.Close()
		if err := cache.Keep(ctx, "https://two.example/cat.png", bytes.NewReader(drawing(t, 20))); err != nil {
			t.Fatal(err)
		}
		said := tell("usage")
		for _, want := range []string{"2 files         4.0 MiB", "processing, unused", "1 files         0.0 MiB of 1024"} {
			if !strings.Contains(said, want) {
				t.Errorf("usage says\n%s, and not %q", said, want)
			}
		}
		if said := tell("prune"); !strings.Contains(said, "Dropped 0 copies") {
			t.Errorf("prune says %s", said)
		}
		if said := tell("usage"); strings.Contains(said, "processing") {
			t.Errorf("what nobody used is there: %s", said)
		}
		if said := tell("prune", "--keep=0"); !strings.Contains(said, "Dropped 1 copies") {
			t.Errorf("prune says %s", said)
		}
		if f, err := cache.Open("https://two.example/cat.png"); f != nil || err != nil {
			t.Errorf("it is still there: %v", err)
		}
		for name, value := range map[string]string{"ENDPOINT": fake.URL, "BUCKET": "pictures", "KEY": "the-key", "SECRET": "the-secret", "REGION": "eu-test-1"} {
			env["ENSEMBLE_S3_"+name] = value
		}
		if said := tell("move"); !strings.Contains(said, "Copied 1 files") || !strings.Contains(said, "1 files are neither") {
			t.Errorf("move says %s", said)
		}
		if said := tell("move"); !strings.Contains(said, "Copied 0 files") || len(fake.Keys()) != 1 {
			t.Errorf("move again says %s; %v", said, fake.Keys())
		}
	})
}
