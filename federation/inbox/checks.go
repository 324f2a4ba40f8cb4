package inbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"ensemble/activities/collab"
	"ensemble/activities/interaction"
	"ensemble/activities/poll"
	"ensemble/activities/post"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

// workChecks has w do what features ask of the network and of the disk.
func (in *Inbox) workChecks(w *store.Workers) {
	store.Drain(w, in.verify, func(tx *store.Tx, t collab.Verify) (bool, error) {
		return store.Any[models.Author](tx, "post_id = ? AND state = ? AND next_check <= ?", t.Post, models.AuthorClaimed, tx.Now)
	})
	store.Drain(w, in.verifyInteraction, func(tx *store.Tx, t interaction.Verify) (bool, error) {
		return store.Any[models.Interaction](tx, "id = ? AND check_at <= ?", t.ID, tx.Now)
	})
	store.Drain(w, in.fetchDraft, func(tx *store.Tx, t collab.FetchDraft) (bool, error) {
		return store.Any[models.Media](tx, "collab_id = ? AND state = ?", t.Collab, models.MediaWaiting)
	})
	store.Work(w, func(ctx context.Context, t collab.Due) error {
		return in.DB.Tx(ctx, func(tx *store.Tx) error { return collab.Look(tx, t.ID) })
	})
	store.Work(w, func(ctx context.Context, t post.PollDue) error {
		return in.DB.Tx(ctx, func(tx *store.Tx) error { return poll.Look(tx, t.ID) })
	})
	store.Work(w, in.carry)
	store.Drain(w, in.refeatured, featuredDue)
	store.Work(w, in.compare)
	store.Work(w, in.links)
	store.Work(w, in.hinted)
	store.Work(w, in.fill)
	store.Work(w, func(_ context.Context, t post.Discard) error {
		var all error
		for _, k := range t.Keys {
			all = errors.Join(all, in.Files.Delete(k))
		}
		return all
	})
}

// verify looks at the stamps of a post's names that are due (ensemble/1 §7, V3 to
// V7). A server that does not answer leaves the name as it was, for an hour.
func (in *Inbox) verify(ctx context.Context, t collab.Verify) error {
	var due []*models.Author
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = store.Find[models.Author](tx, "post_id = ? AND next_check <= ? AND state IN ?", t.Post, tx.Now,
			[]models.AuthorState{models.AuthorClaimed, models.AuthorVerified, models.AuthorStale})
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range due {
		if in.DB.Site.Owns(a.URI) {
			if err := in.later(ctx, a); err != nil {
				return err
			}
			continue
		}
		who, auth, why := in.look(fetch.WithBudget(ctx, KeyRequests), a)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := in.DB.Tx(ctx, func(tx *store.Tx) error {
			now, err := store.Maybe[models.Author](tx, "post_id = ? AND uri = ?", a.PostID, a.URI)
			if err != nil || now == nil || now.Stamp != a.Stamp {
				return err // the post changed meanwhile
			}
			if err := collab.Checked(tx, a.PostID, a.URI, who, auth, why); err != nil || !passing(why) {
				return err
			}
			_, err = store.Set[models.Author](tx, map[string]any{"next_check": tx.Now.Add(wait(a))}, "post_id = ? AND uri = ?", a.PostID, a.URI)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// passing reports whether why will pass by itself.
func passing(why error) bool {
	switch models.KindOf(why) {
	case models.Unreachable, models.TooMany, models.Internal:
		return true
	}
	code := models.CodeOf(why)
	return models.KindOf(why) == models.Forbidden && (code == "peer_refused" || code == "peer_blocked")
}

// wait is how long to leave a server alone that did not answer about a stamp:
// longer the longer the stamp has been known to hold.
func wait(a *models.Author) time.Duration {
	if a.State == models.AuthorClaimed {
		return 15 * time.Second
	}
	return time.Hour
}

// look gets the stamp of a, and whose it is.
func (in *Inbox) look(ctx context.Context, a *models.Author) (*models.Account, *models.Authorization, error) {
	who, err := in.Peers.Account(ctx, a.URI)
	if err != nil {
		return nil, nil, err
	}
	auth, err := in.Peers.Stamp(ctx, a.Stamp, who)
	return who, auth, err
}

func (in *Inbox) later(ctx context.Context, a *models.Author) error {
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		_, err := store.Set[models.Author](tx, map[string]any{"next_check": tx.Now.Add(models.StampRecheck)}, "post_id = ? AND uri = ?", a.PostID, a.URI)
		return err
	})
}

// recheck has the stamp uri looked at now, wherever it stands.
func recheck(tx *store.Tx, uri models.IRI) error {
	names, err := store.Find[models.Author](tx, "stamp = ? AND state IN ?", uri, []models.AuthorState{models.AuthorVerified, models.AuthorStale})
	if err != nil {
		return err
	}
	for _, a := range names {
		if _, err := store.Set[models.Author](tx, map[string]any{"next_check": tx.Now}, "post_id = ? AND uri = ?", a.PostID, a.URI); err != nil {
			return err
		}
		if err := store.Wake(tx, collab.Verify{Post: a.PostID}); err != nil {
			return err
		}
	}
	return nil
}

// fetchDraft gets the pictures of a draft, signed by whoever here is invited, and
// checks that they are the ones that the digest speaks of.
func (in *Inbox) fetchDraft(ctx context.Context, t collab.FetchDraft) error {
	var waiting []*models.Media
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		waiting, err = store.Find[models.Media](tx, "collab_id = ? AND state = ? ORDER BY position", t.Collab, models.MediaWaiting)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range waiting {
		err := in.picture(ctx, m)
		switch models.KindOf(err) {
		case "":
		case models.Unreachable, models.TooMany, models.Internal:
			return err
		default:
			m.State, m.Error = models.MediaFailed, err.Error()
		}
		if err := in.DB.Tx(ctx, func(tx *store.Tx) error {
			still, err := store.Maybe[models.Media](tx, "id = ?", m.ID)
			if err != nil {
				return err
			}
			if still == nil { // the draft was given up meanwhile
				return store.Enqueue(tx, post.Discard{Keys: m.Keys()})
			}
			return collab.Fetched(tx, m)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) picture(ctx context.Context, m *models.Media) error {
	var as *models.Account
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		as, err = store.Get[models.Account](tx, m.AccountID)
		return err
	})
	if err != nil {
		return err
	}
	limits := files.Of(in.DB.Site.Limits)
	body, _, err := in.Peers.Media(ctx, m.RemoteURL, as, limits.VideoBytes)
	if err != nil {
		return err
	}
	defer body.Close()
	f, err := files.Inspect(ctx, body, limits)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Digest != m.Digest {
		return models.Refuse(models.Invalid, "media_mismatch", "the picture is not the one that the draft speaks of")
	}
	m.State, m.ContentType, m.Blurhash = models.MediaReady, f.Original.Type, f.Blurhash
	if m.Kind == "" || m.Kind == "unknown" {
		m.Kind = string(f.Kind)
	}
	m.Width, m.Height, m.ThumbWidth, m.ThumbHeight = f.Original.Width, f.Original.Height, f.Small.Width, f.Small.Height
	m.Duration, m.FPS, m.Size = f.Seconds, f.Rate, f.Original.Size
	return in.Store(ctx, m, f)
}

// Store puts the files of f on disk under names of m's, and notes them in m.
func (in *Inbox) Store(ctx context.Context, m *models.Media, f *files.Processed) error {
	put := func(name string, from files.File) (string, error) {
		if from.Path == "" {
			return "", nil
		}
		key := fmt.Sprintf("drafts/%d/%s-%s%s", m.ID, name, post.Secret(), files.Extension(from.Type))
		r, err := os.Open(from.Path)
		if err != nil {
			return "", err
		}
		defer r.Close()
		_, err = in.Files.Put(ctx, key, r)
		return key, err
	}
	var err error
	if m.Key, err = put("original", f.Original); err != nil {
		return err
	}
	m.ThumbKey, err = put("small", f.Small)
	return err
}
