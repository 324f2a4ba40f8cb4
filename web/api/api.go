// Package api is what programs talk to: Mastodon's client API, and beside it our
// own at /api/ensemble/v1 for what Mastodon has no word for. There is a file per
// feature, with the JSON it answers at its bottom; nouns are never marshalled.
// How our extensions look to clients that do not know them is its own affair:
//
//   - A post of several authors is one Status. account is the primary author;
//     coauthors and collab are extra keys, and hold only those who consented. The
//     byline stays in content unless a client sends ?byline=0 or the header
//     X-Ensemble-Byline: 0.
//   - Notifications of our own types go out only to who names them in types[], or
//     who sends supported_types[] as of Mastodon 4.6: then with a fallback text if
//     the type is not among them. Everybody else gets none, since old clients drop
//     a whole page over a type they do not know; invitations are in our own API.
//   - A POST of a status with coauthor_ids[] starts a collab. Nothing is public
//     yet, so it answers 202 and the collab instead of a Status.
//   - Lists that cannot have entries here yet are empty, as Mastodon's are when
//     there is nothing. What would change something that is not built is 404.
package api

import (
	"context"
	"io"
	"time"

	"ensemble/activities/media"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/openapi"
	"ensemble/web/stream"
)

// Version is what clients are told that we are: as good as that Mastodon, and us.
const Version = openapi.Version

// A Finder asks the network for what is not known here.
type Finder interface {
	// Lookup returns the account that is called name@domain.
	Lookup(ctx context.Context, acct string) (*models.Account, error)
	// Resolve returns what uri names: an "account" or a "post".
	Resolve(ctx context.Context, uri models.IRI) (kind string, id models.ID, err error)
	// Fresh returns the account that is called name, an address or name@domain, as
	// its server tells it now.
	Fresh(ctx context.Context, name string) (*models.Account, error)
}

// A Remote has the files of other servers.
type Remote interface {
	File(ctx context.Context, uri models.IRI, max int64) (io.ReadCloser, error)
}

// An API answers programs.
type API struct {
	Finder Finder       // nil: nobody is looked for
	Files  media.Shelf  // nil: nothing can be uploaded
	Writer Writer       // as peers are sent posts
	Limits files.Limits // of uploads
	Hub    *stream.Hub  // nil: nothing is streamed; see Stream
	Remote Remote       // files of other servers; nil: none can be had
	Copies Copies       // of other servers' files; nil: none are kept
	// Doubt is told, where what was kept of a page is not what it would be if it were
	// made anew. It is for tests: nil, as in the program, makes no page twice.
	Doubt func(kept, fresh []byte)
	// Machine is where the program runs; nil: nothing is known of that.
	Machine Machine

	guard     guard // of passwords
	reference reference
}

// window is the part of a list that was asked for.
func window(c *call.Call, def, max int) store.Window {
	p := c.Page(def, max)
	return store.Window{Max: p.MaxID, Since: p.SinceID, Min: p.MinID, Limit: p.Limit}
}

// link tells where the pages around this one are. There is none after one that is
// not full.
func link(c *call.Call, w store.Window, first, last models.ID, n int) {
	if n < w.Limit && w.Min == 0 {
		last = 0
	}
	c.Link(first, last)
}

// linkEntries is link for a page of posts.
func linkEntries(c *call.Call, w store.Window, entries []store.Entry) {
	if n := len(entries); n > 0 {
		link(c, w, entries[0].ID, entries[n-1].ID, n)
	}
}

// linkRefs is link for a page of accounts.
func linkRefs(c *call.Call, w store.Window, refs []store.Ref) {
	if n := len(refs); n > 0 {
		link(c, w, refs[0].ID, refs[n-1].ID, n)
	}
}

// setting returns what an admin chose, or def.
func setting(tx *store.Tx, name, def string) (string, error) {
	s, err := store.Maybe[models.Setting](tx, "name = ?", name)
	if err != nil || s == nil {
		return def, err
	}
	return s.Value, nil
}

// A moment is a time as clients read it: 2026-01-02T03:04:05.678Z.
type moment time.Time

// MarshalJSON writes the moment in UTC, to the millisecond.
func (m moment) MarshalJSON() ([]byte, error) {
	return time.Time(m).UTC().AppendFormat(nil, `"2006-01-02T15:04:05.000Z"`), nil
}

func momentOf(t *time.Time) *moment {
	if t == nil {
		return nil
	}
	m := moment(*t)
	return &m
}

// optional returns nil for 0.
func optional(id models.ID) *models.ID {
	if id == 0 {
		return nil
	}
	return &id
}

// orNull returns nil for "".
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
