package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"ensemble/models/files"
)

// readBucket reads where uploads are kept, if not in the data folder.
func (c *config) readBucket(v values) error {
	c.Bucket = files.BucketConfig{
		Endpoint: v["ENSEMBLE_S3_ENDPOINT"], Bucket: v["ENSEMBLE_S3_BUCKET"], Region: v["ENSEMBLE_S3_REGION"],
		Key: v["ENSEMBLE_S3_KEY"], Secret: v["ENSEMBLE_S3_SECRET"], PublicURL: v["ENSEMBLE_S3_PUBLIC_URL"],
	}
	if c.Bucket == (files.BucketConfig{}) {
		return nil
	}
	if err := c.Bucket.Check(); err != nil {
		return fmt.Errorf("ENSEMBLE_S3_…: %w", err)
	}
	return nil
}

// openFiles opens the store of uploads: the bucket, or a folder of data if there is none.
func openFiles(data string, bucket files.BucketConfig) (files.Store, error) {
	if bucket.Endpoint != "" {
		return files.NewBucket(bucket)
	}
	return files.NewDisk(filepath.Join(data, "media"))
}

// media looks whether uploads can be kept, by keeping one and reading it again.
func (d *doctor) media() []finding {
	folder := filepath.Join(d.config.Data, "media")
	where, hint := spot{"en": "media folder " + folder, "fr": "dossier " + folder}, "Give the folder to the user that the server runs as."
	if b := d.config.Bucket; b.Endpoint != "" {
		where = spot{"en": fmt.Sprintf("bucket %s at %s", b.Bucket, b.Endpoint), "fr": fmt.Sprintf("compartiment %s de %s", b.Bucket, b.Endpoint)}
		hint = "Are ENSEMBLE_S3_ENDPOINT, _REGION, _BUCKET, _KEY and _SECRET right, and may the key write, read and delete?"
	}
	s, err := openFiles(d.config.Data, d.config.Bucket)
	if err != nil {
		return []finding{fail(hint, "The %s cannot be opened: %s", where, sentence(err))}
	}
	defer s.Close() //nolint:errcheck // what was written is gone again
	probe := []byte(rand.Text())
	key := "doctor/" + strings.ToLower(rand.Text()) + ".png"
	ctx, cancel := context.WithTimeout(d, 30*time.Second)
	defer cancel()
	if _, err := s.Put(ctx, key, bytes.NewReader(probe)); err != nil {
		return []finding{fail(hint, "The %s cannot be written to: %s", where, reason(err))}
	}
	out := []finding{ok("The %s can be written to and read.", where)}
	if err := reads(s, key, probe); err != nil {
		out = []finding{fail(hint, "The %s cannot be read: %s", where, reason(err))}
	} else if at := s.Public(key); at != "" {
		out = append(out, d.publicly(ctx, at, probe))
	}
	if err := s.Delete(key); err != nil {
		out = append(out, fail(hint, "The %s cannot be tidied: %s", where, reason(err)))
	}
	return out
}

// reason is all that an error says: an operator wants to know what is behind it.
func reason(err error) string { return strings.TrimSuffix(err.Error(), ".") + "." }

var errOther = errors.New("what comes is not what was put there")

func reads(s files.Store, key string, want []byte) error {
	r, _, err := s.Open(key)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(io.LimitReader(r, 1<<10))
	if err = errors.Join(err, r.Close()); err == nil && !bytes.Equal(got, want) {
		err = errOther
	}
	return err
}

// publicly looks whether everybody can read what is at an address.
func (d *doctor) publicly(ctx context.Context, at string, want []byte) finding {
	const hint = "ENSEMBLE_S3_PUBLIC_URL is where browsers read the bucket: let everybody read it, or leave it empty."
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return fail(hint, "The public address of the bucket makes no sense: %s", reason(err))
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fail(hint, "The public address of the bucket does not answer: %s", reason(err))
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	switch {
	case err != nil || resp.StatusCode != http.StatusOK:
		return fail(hint, "The public address of the bucket answers %s.", resp.Status)
	case !bytes.Equal(got, want):
		return fail(hint, "At the public address of the bucket is something else than in the bucket.")
	}
	return ok("Everybody can read it at %s.", d.config.Bucket.PublicURL)
}
