package federation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"ensemble/activities/post"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

const pageSize = 20

// A list is a collection that is read a page at a time, newest first.
type list struct {
	id    models.IRI
	kind  wire.CollectionKind
	total int
	page  func(before models.ID) (items []any, last models.ID, err error)
}

// serve answers with the collection, or with the page of it that r asks for.
func (l list) serve(r *http.Request) (*document, error) {
	q := r.URL.Query()
	if !q.Has("page") {
		body, err := wire.EncodeCollection(l.id, l.kind, l.total, l.id+"?page=1")
		return &document{body: body, cache: "max-age=30"}, err
	}
	before := models.ID(1<<63 - 1)
	self := l.id + "?page=1"
	if m := q.Get("max_id"); m != "" {
		id, err := models.ParseID(m)
		if err != nil {
			return nil, err
		}
		before, self = id, models.IRI(fmt.Sprintf("%s?page=1&max_id=%d", l.id, id))
	}
	items, last, err := l.page(before)
	if err != nil {
		return nil, err
	}
	var next models.IRI
	if len(items) == pageSize {
		next = models.IRI(fmt.Sprintf("%s?page=1&max_id=%d", l.id, last))
	}
	body, err := wire.EncodeCollectionPage(self, l.id, l.kind, items, next, "")
	return &document{body: body, cache: "max-age=30"}, err
}

// unless is serve; where the list is nobody's business only its size is said.
func (l list) unless(hidden bool, r *http.Request) (*document, error) {
	if !hidden {
		return l.serve(r)
	}
	body, err := wire.EncodeCollection(l.id, l.kind, l.total, "")
	return &document{body: body, cache: "max-age=30"}, err
}

// rows turns rows into the items of a page.
func rows[M any](found []*M, err error, item func(*M) (any, models.ID, error)) ([]any, models.ID, error) {
	var out []any
	var last models.ID
	for _, m := range found {
		i, id, e := item(m)
		if e != nil {
			return nil, 0, e
		}
		last = id
		if i != nil {
			out = append(out, i)
		}
	}
	return out, last, err
}

func (s *Server) systemCollection(tx *store.Tx, r *http.Request) (*document, error) {
	body, err := wire.EncodeCollection(self(tx, r), wire.Ordered, 0, "")
	return &document{body: body, cache: "max-age=3600"}, err
}

func (s *Server) followers(tx *store.Tx, r *http.Request) (*document, error) {
	a, err := local(tx, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	l := people(tx, a.Followers, a.FollowersCount, "target_id", a.ID, func(f *models.Follow) models.ID { return f.AccountID })
	return l.unless(a.HideCollections, r)
}

func (s *Server) following(tx *store.Tx, r *http.Request) (*document, error) {
	a, err := local(tx, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	l := people(tx, a.Following, a.FollowingCount, "account_id", a.ID, func(f *models.Follow) models.ID { return f.TargetID })
	return l.unless(a.HideCollections, r)
}

func people(tx *store.Tx, id models.IRI, total int, column string, of models.ID, other func(*models.Follow) models.ID) list {
	return list{id: id, kind: wire.Ordered, total: total, page: func(before models.ID) ([]any, models.ID, error) {
		found, err := store.Find[models.Follow](tx, column+" = ? AND accepted AND id < ? ORDER BY id DESC LIMIT ?", of, before, pageSize)
		return rows(found, err, func(f *models.Follow) (any, models.ID, error) {
			a, err := store.Get[models.Account](tx, other(f))
			if err != nil {
				return nil, 0, err
			}
			return a.URI, f.ID, nil
		})
	}}
}

func (s *Server) outbox(tx *store.Tx, r *http.Request) (*document, error) {
	a, err := local(tx, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	open := "account_id = ? AND visibility IN ('public', 'unlisted') AND NOT hidden"
	total, err := store.Count[models.Feed](tx, open, a.ID)
	if err != nil {
		return nil, err
	}
	return list{id: a.Outbox, kind: wire.Ordered, total: total, page: func(before models.ID) ([]any, models.ID, error) {
		found, err := store.Find[models.Feed](tx, open+" AND id < ? ORDER BY id DESC LIMIT ?", a.ID, before, pageSize)
		return rows(found, err, func(f *models.Feed) (any, models.ID, error) {
			item, err := said(tx, a, f)
			return item, f.ID, err
		})
	}}.serve(r)
}

// said returns what a said that put f before its followers.
func said(tx *store.Tx, a *models.Account, f *models.Feed) (any, error) {
	p, err := store.Get[models.Post](tx, f.PostID)
	if err != nil {
		return nil, err
	}
	switch f.Kind {
	case models.FeedBoost:
		b, err := store.One[models.Boost](tx, "id = ?", f.ID)
		if err != nil {
			return nil, err
		}
		return announced(b.URI, a, p.URI, b.CreatedAt)
	case models.FeedCoauthor:
		inv, err := store.Maybe[models.Invite](tx, "account_id = ? AND collab_id IN (SELECT id FROM collabs WHERE post_uri = ?)", a.ID, p.URI)
		if err != nil || inv == nil {
			return nil, err
		}
		return announced(inv.AnnounceURI, a, p.URI, p.PublishedAt)
	}
	n, err := post.Note(tx, p)
	if err != nil {
		return nil, err
	}
	body, err := wire.EncodeNote(n, models.FormArray, false)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(map[string]any{
		"id": p.URI + "/activity", "type": "Create", "actor": a.URI, "published": p.PublishedAt.Format(time.RFC3339),
		"to": n.To, "cc": n.Cc, "object": json.RawMessage(body),
	})
	return json.RawMessage(raw), err
}

func announced(uri models.IRI, a *models.Account, object models.IRI, at time.Time) (any, error) {
	raw, err := json.Marshal(map[string]any{
		"id": uri, "type": "Announce", "actor": a.URI, "published": at.Format(time.RFC3339), "object": object,
		"to": []models.IRI{models.Public}, "cc": []models.IRI{a.Followers},
	})
	return json.RawMessage(raw), err
}

// noteCollection serves what hangs on a note: its Create, likes, shares, replies.
func (s *Server) noteCollection(tx *store.Tx, r *http.Request) (*document, error) {
	uri := self(tx, r)
	of := r.PathValue("of")
	note := uri[:len(uri)-len(of)-1]
	p, err := s.readable(tx, r, note)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return buried(tx, note)
	}
	switch of {
	case "activity":
		return s.created(tx, p)
	case "context":
		return conversation(tx, r, p)
	case "likes":
		return list{id: uri, kind: wire.Unordered, total: p.LikesCount, page: func(before models.ID) ([]any, models.ID, error) {
			found, err := store.Find[models.Like](tx, "post_id = ? AND id < ? ORDER BY id DESC LIMIT ?", p.ID, before, pageSize)
			return rows(found, err, func(l *models.Like) (any, models.ID, error) { return l.URI, l.ID, nil })
		}}.serve(r)
	case "shares":
		return list{id: uri, kind: wire.Unordered, total: p.BoostsCount, page: func(before models.ID) ([]any, models.ID, error) {
			found, err := store.Find[models.Boost](tx, "post_id = ? AND id < ? ORDER BY id DESC LIMIT ?", p.ID, before, pageSize)
			return rows(found, err, func(b *models.Boost) (any, models.ID, error) { return b.URI, b.ID, nil })
		}}.serve(r)
	case "replies":
		open := "in_reply_to_id = ? AND visibility IN ('public', 'unlisted') AND NOT hidden"
		total, err := store.Count[models.Post](tx, open, p.ID)
		if err != nil {
			return nil, err
		}
		return list{id: uri, kind: wire.Unordered, total: total, page: func(before models.ID) ([]any, models.ID, error) {
			found, err := store.Find[models.Post](tx, open+" AND id < ? ORDER BY id DESC LIMIT ?", p.ID, before, pageSize)
			return rows(found, err, func(p *models.Post) (any, models.ID, error) { return p.URI, p.ID, nil })
		}}.serve(r)
	}
	return nil, models.Errorf(models.NotFound, "there is nothing here")
}

func (s *Server) created(tx *store.Tx, p *models.Post) (*document, error) {
	n, err := post.Note(tx, p)
	if err != nil {
		return nil, err
	}
	body, err := wire.Encode(&models.Activity{
		URI: p.URI + "/activity", Verb: models.Create, Actor: n.Author, To: n.To, Cc: n.Cc, Published: n.Published,
		Object: models.Object{URI: n.URI, Type: "Note", Note: n},
	}, models.FormArray)
	return &document{body: body, cache: "max-age=30"}, err
}

// conversation serves what is here of the thread that began with p (FEP-7888).
func conversation(tx *store.Tx, r *http.Request, p *models.Post) (*document, error) {
	if p.ThreadID != p.ID || p.InReplyToURI != "" {
		return nil, models.Errorf(models.NotFound, "no conversation begins here")
	}
	open := "thread_id = ? AND visibility IN ('public', 'unlisted') AND NOT hidden"
	total, err := store.Count[models.Post](tx, open, p.ID)
	if err != nil {
		return nil, err
	}
	return list{id: self(tx, r), kind: wire.Unordered, total: total, page: func(before models.ID) ([]any, models.ID, error) {
		found, err := store.Find[models.Post](tx, open+" AND id < ? ORDER BY id DESC LIMIT ?", p.ID, before, pageSize)
		return rows(found, err, func(p *models.Post) (any, models.ID, error) { return p.URI, p.ID, nil })
	}}.serve(r)
}
