package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

type mediaCmd struct {
	Usage mediaUsageCmd `cmd:"" help:"Show how much room uploads and copies of others' files take."`
	Prune mediaPruneCmd `cmd:"" help:"Drop copies of others' files, and uploads that nobody used within a day."`
	Move  mediaMoveCmd  `cmd:"" help:"Copy the uploads in the data folder into the bucket that is configured now."`
}

// openCache opens the copies of others' files, as the server does.
func openCache(ctx context.Context, c config, db *store.DB) (*files.Cache, error) {
	most, err := cacheRoom(ctx, db, c.Cache)
	if err != nil {
		return nil, err
	}
	return files.NewCache(filepath.Join(c.Data, "cache"), most, files.Of(c.Site.Limits), db.Now)
}

type mediaUsageCmd struct{}

// Run shows what there is.
func (mediaUsageCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	return withDB(w, func(db *store.DB) error {
		var all []store.Hoard
		if err := db.Read(w, func(tx *store.Tx) (err error) {
			all, err = store.Hoards(tx)
			return err
		}); err != nil {
			return err
		}
		for _, h := range all {
			state := h.State
			if h.Unused {
				state += ", unused"
			}
			w.say("%-8s %-20s %8d files  %10.1f MiB", cmp.Or(h.Kind, "unknown"), state, h.Files, mebi(h.Bytes))
		}
		cache, err := openCache(w, c, db)
		if err != nil {
			return err
		}
		w.say("%-8s %-20s %8d files  %10.1f MiB of %.0f", "copies", "of other servers'", cache.Len(), mebi(cache.Size()), mebi(cache.Most()))
		return cache.Close()
	})
}

func mebi(bytes int64) float64 { return float64(bytes) / (1 << 20) }

type mediaPruneCmd struct {
	Days int   `default:"7" help:"Drop copies that nobody asked for in so many days."`
	Keep int64 `default:"-1" help:"Keep at most so many MiB of copies; -1 is what is configured."`
}

// Run drops what need not be kept. What is dropped and asked for again is fetched again.
func (p mediaPruneCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	if p.Days < 0 {
		return models.Errorf(models.Invalid, "a number of days is not below 0")
	}
	return withDB(w, func(db *store.DB) error {
		cache, err := openCache(w, c, db)
		if err != nil {
			return err
		}
		keep := cache.Most()
		if p.Keep >= 0 {
			keep = min(p.Keep, keep>>20) << 20
		}
		dropped, freed := cache.Prune(db.Now().AddDate(0, 0, -p.Days), keep)
		w.say("Dropped %d copies of other servers' files (%.1f MiB); %d are left (%.1f MiB).", dropped, mebi(freed), cache.Len(), mebi(cache.Size()))
		return errors.Join(cache.Close(), db.Tx(w, post.Sweep))
	})
}

type mediaMoveCmd struct{}

// Run copies what the bucket lacks. It may be run again, before and after the server is
// started with the bucket, and leaves the folder as it is.
func (mediaMoveCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	if c.Bucket.Endpoint == "" {
		return models.Errorf(models.Invalid, "there is no bucket: ENSEMBLE_S3_ENDPOINT is not set")
	}
	folder, err := files.NewDisk(filepath.Join(c.Data, "media"))
	if err != nil {
		return err
	}
	bucket, err := files.NewBucket(c.Bucket)
	if err != nil {
		return errors.Join(err, folder.Close())
	}
	err = withDB(w, func(db *store.DB) error {
		copied, missing, err := moveMedia(w, db, folder, bucket)
		w.say("Copied %d files into the bucket.", copied)
		if missing > 0 {
			w.say("%d files are neither in the folder nor in the bucket.", missing)
		}
		return err
	})
	return errors.Join(err, folder.Close(), bucket.Close())
}

// moveMedia copies every file that a row speaks of and that the bucket lacks.
func moveMedia(ctx context.Context, db *store.DB, from, to files.Store) (copied, missing int, err error) {
	for after := models.ID(0); ; {
		var rows []*models.Media
		if err := db.Read(ctx, func(tx *store.Tx) (err error) {
			rows, err = store.Find[models.Media](tx, "id > ? ORDER BY id LIMIT 200", after)
			return err
		}); err != nil || len(rows) == 0 {
			return copied, missing, err
		}
		for _, m := range rows {
			after = m.ID
			for _, key := range m.Keys() {
				switch made, err := carry(ctx, key, from, to); {
				case models.KindOf(err) == models.NotFound:
					missing++
				case err != nil:
					return copied, missing, fmt.Errorf("%s: %w", key, err)
				case made:
					copied++
				}
			}
		}
	}
}

func carry(ctx context.Context, key string, from, to files.Store) (made bool, err error) {
	if there, err := to.Exists(key); there || err != nil {
		return false, err
	}
	f, _, err := from.Open(key)
	if err != nil {
		return false, err
	}
	_, err = to.Put(ctx, key, f)
	return true, errors.Join(err, f.Close())
}
