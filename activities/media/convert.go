package media

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

// mostTries is how often a conversion is begun. One that was never heard of again took
// the whole process with it.
const mostTries = 5

// Convert is the task that makes of an upload what is shown.
type Convert struct {
	ID models.ID `json:"id,string"`
}

// Kind names the task in the queue.
func (Convert) Kind() string { return "convert" }

// Toils is more than all runs of ffmpeg for one upload may take together.
func (Convert) Toils() time.Duration { return 45 * time.Minute }

// Work has uploads converted by w.
func (d *Desk) Work(w *store.Workers) { store.Work(w, d.convert) }

// Sweep has those converted that the queue forgot.
func (d *Desk) Sweep(ctx context.Context) error {
	return d.DB.Tx(ctx, func(tx *store.Tx) error {
		waiting, err := store.Find[models.Media](tx, "state = ? AND created_at < ? ORDER BY id LIMIT 100", models.MediaProcessing, tx.Now.Add(-time.Minute))
		if err != nil {
			return err
		}
		tasks := make([]Convert, len(waiting))
		for i, m := range waiting {
			tasks[i] = Convert{m.ID}
		}
		return store.WakeAll(tx, tasks)
	})
}

func (d *Desk) convert(ctx context.Context, t Convert) error {
	m, err := d.begin(ctx, t.ID)
	if err != nil || m == nil {
		return err
	}
	had := m.Keys()
	err = d.process(ctx, m)
	switch models.KindOf(err) {
	case "":
	case models.Internal, models.Unreachable:
		d.drop(m, had)
		return err
	default:
		d.drop(m, had)
		d.log().Info("an upload could not be converted", "media", m.ID, "err", err)
		m.State, m.Error = models.MediaFailed, words(err)
	}
	return d.DB.Tx(ctx, func(tx *store.Tx) error { return d.end(tx, m) })
}

// words returns the part of err that is meant for whoever uploaded.
func words(err error) string {
	var e *models.Error
	if errors.As(err, &e) {
		return e.Text
	}
	return err.Error()
}

func (d *Desk) log() *slog.Logger {
	if d.Log == nil {
		return slog.Default()
	}
	return d.Log
}

// begin counts a try, and returns nil if there is nothing to convert.
func (d *Desk) begin(ctx context.Context, id models.ID) (m *models.Media, err error) {
	err = d.DB.Tx(ctx, func(tx *store.Tx) error {
		m, err = store.Maybe[models.Media](tx, "id = ?", id)
		if err != nil || m == nil || m.State != models.MediaProcessing {
			m = nil
			return err
		}
		m.Tries++
		_, err = store.Set[models.Media](tx, map[string]any{"tries": m.Tries}, "id = ?", id)
		return err
	})
	return m, err
}

func (d *Desk) process(ctx context.Context, m *models.Media) error {
	if m.Tries > mostTries {
		return models.Refuse(models.Invalid, "media-slow", "This file could not be converted, though it was tried %d times.", mostTries)
	}
	f, _, err := d.Files.Open(m.SourceKey)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	done, err := files.Process(ctx, f, m.ContentType, "", d.Limits)
	if err != nil {
		return err
	}
	defer done.Close() //nolint:errcheck // the system sweeps its temporary folder
	return d.keep(ctx, m, done)
}

// drop takes off the shelf what m got since it had those keys.
func (d *Desk) drop(m *models.Media, had []string) {
	before := map[string]bool{}
	for _, k := range had {
		before[k] = true
	}
	for _, k := range m.Keys() {
		if !before[k] {
			_ = d.Files.Delete(k)
		}
	}
	if !before[m.Key] {
		m.Key = ""
	}
	if !before[m.ThumbKey] {
		m.ThumbKey, m.ThumbWidth, m.ThumbHeight, m.Blurhash = "", 0, 0, ""
	}
}

// end writes down what came of m. What its owner said of it meanwhile stays, and if
// they took it away, what was made of it goes too.
func (d *Desk) end(tx *store.Tx, m *models.Media) error {
	now, err := store.Hold[models.Media](tx, m.ID)
	if models.KindOf(err) == models.NotFound {
		return Shelve(tx, m.Keys()...)
	}
	if err != nil || now.State != models.MediaProcessing {
		return err
	}
	gone := []string{now.SourceKey}
	m.SourceKey, m.Alt, m.FocusX, m.FocusY = "", now.Alt, now.FocusX, now.FocusY
	m.PostID, m.CollabID, m.Position, m.Secret = now.PostID, now.CollabID, now.Position, now.Secret
	if now.ThumbKey != "" && now.ThumbKey != m.ThumbKey {
		if m.ThumbKey != "" {
			gone = append(gone, m.ThumbKey)
		}
		m.ThumbKey, m.ThumbWidth, m.ThumbHeight, m.Blurhash = now.ThumbKey, now.ThumbWidth, now.ThumbHeight, now.Blurhash
	}
	if err := store.Put(tx, m); err != nil {
		return err
	}
	return Shelve(tx, gone...)
}
