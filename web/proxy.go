package web

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Remote fetches files of other servers.
type Remote interface {
	File(ctx context.Context, uri models.IRI, max int64) (io.ReadCloser, error)
	Fails(uri models.IRI, why error)
}

// atOnce is how many files of others are fetched at a time.
const atOnce = 16

// proxy is GET /media/proxy/:kind/:id/:slot/:seal: a file of another server, served
// from here, so that its server does not learn who looks at it. Its address names a
// row of ours, and not the file; the file is what the row says.
func (s *site) proxy(c *call.Call) (any, error) {
	if s.Remote == nil || s.Cache == nil {
		return nil, noMedia()
	}
	var at models.IRI
	err := c.InRead(func(tx *store.Tx) (err error) {
		at, err = s.meant(tx, c.Param("kind"), c.ID("id"), c.Param("slot"), c.Param("seal"))
		return err
	})
	if err != nil {
		return nil, err
	}
	f, err := s.copyOf(c.Ctx(), at, s.most(c.Param("kind")))
	if err == nil && strings.HasSuffix(c.Param("slot"), models.ProxyStill) {
		f, err = s.Cache.Still(c.Ctx(), at, f)
	}
	if err != nil {
		return nil, models.Refuse(models.NotFound, models.CodeOf(err), "the file could not be had from its server")
	}
	defer f.Close() //nolint:errcheck // nothing was written
	h := c.Writer.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", "inline")
	h.Set("Cache-Control", "public, max-age=86400")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("ETag", strconv.Quote(c.Param("seal")))
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, f)
	return call.Written, nil
}

// copyOf returns the copy of a file, and makes it if there is none. Of those who want
// one at the same time one fetches it for all.
func (s *site) copyOf(ctx context.Context, at models.IRI, most int64) (*files.Copy, error) {
	if f, err := s.Cache.Open(at); f != nil || err != nil {
		return f, err
	}
	done := s.copying.DoChan(string(at), func() (any, error) {
		return nil, s.fetch(context.WithoutCancel(ctx), at, most) // others may wait for it too
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case made := <-done:
		if made.Err != nil {
			return nil, made.Err
		}
	}
	f, err := s.Cache.Open(at)
	if f == nil && err == nil {
		err = noMedia() // there is less room than such a file takes
	}
	return f, err
}

// most is how many bytes a file of that kind of row may have.
func (s *site) most(kind string) int64 {
	if kind == models.ProxyEmoji {
		return 4 * models.MaxEmojiBytes
	}
	m := s.DB.Site.Most()
	return int64(max(m.ImageMB, m.VideoMB)) << 20
}

func (s *site) fetch(ctx context.Context, at models.IRI, most int64) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	select {
	case s.fetching <- struct{}{}:
		defer func() { <-s.fetching }()
	case <-ctx.Done():
		return ctx.Err()
	}
	body, err := s.Remote.File(ctx, at, most)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // it was read
	if err = s.Cache.Keep(ctx, at, body); err != nil {
		s.logger().InfoContext(ctx, "a file of another server is not shown", "at", at, "err", err)
		s.Remote.Fails(at, err)
	}
	return err
}

// meant returns the address of the file that a row of ours speaks of, if the seal is
// ours, and everybody it is of may be heard here.
func (s *site) meant(tx *store.Tx, kind string, id models.ID, slot, seal string) (models.IRI, error) {
	owner, host, all, err := known(tx, kind, id, slot)
	if err != nil {
		return "", err
	}
	for _, at := range all {
		if !tx.Site.Holds(seal, kind, id, slot, at) {
			continue
		}
		return at, heard(tx, owner, host, at)
	}
	return "", noMedia()
}

// heard refuses the files of those who are suspended or gone, or whose server is
// blocked or limited to words, and of servers that are.
func heard(tx *store.Tx, owner models.ID, host string, at models.IRI) error {
	hosts := []string{at.Host()}
	if owner != 0 {
		a, err := store.Maybe[models.Account](tx, "id = ? AND state = ? AND NOT no_media", owner, models.AccountActive)
		if err != nil || a == nil {
			return first(err, noMedia())
		}
		host = a.URI.Host()
	}
	if host != "" {
		hosts = append(hosts, host)
	}
	blocked, err := store.Any[models.Peer](tx, "host IN ? AND blocked", hosts)
	if err != nil {
		return err
	}
	hidden, err := store.Unpictured(tx, hosts)
	if err == nil && (blocked || len(hidden) > 0) {
		err = noMedia()
	}
	return err
}

// known returns which files the slot of a row speaks of, or did before an edit, and
// whose they are: an account's, or those of all at a host.
func known(tx *store.Tx, kind string, id models.ID, slot string) (owner models.ID, host string, all []models.IRI, err error) {
	switch kind {
	case models.ProxyAccount:
		a, err := store.Maybe[models.Account](tx, "id = ?", id)
		if err != nil || a == nil {
			return 0, "", nil, err
		}
		avatar, header := []models.IRI{models.IRI(a.AvatarURL)}, []models.IRI{models.IRI(a.HeaderURL)}
		return a.ID, "", map[string][]models.IRI{"avatar": avatar, "avatar" + models.ProxyStill: avatar, "header": header, "header" + models.ProxyStill: header}[slot], nil
	case models.ProxyEmoji:
		e, err := store.Maybe[models.Emoji](tx, "id = ?", id)
		if err != nil || e == nil || slot != "image" {
			return 0, "", nil, err
		}
		return 0, e.Domain, []models.IRI{e.URL}, nil
	case models.ProxyPost:
		p, err := store.Maybe[models.Post](tx, "id = ?", id)
		if err != nil || p == nil {
			return 0, "", nil, err
		}
		all = pictured(p.Attachments, slot)
		edits, err := store.Find[models.PostEdit](tx, "post_id = ? ORDER BY id DESC LIMIT 50", id)
		for _, e := range edits {
			all = append(all, pictured(e.Attachments, slot)...)
		}
		return p.AccountID, "", all, err
	case models.ProxyCard:
		c, err := store.Maybe[models.Card](tx, "id = ? AND state = ?", id, models.CardReady)
		if err != nil || c == nil || slot != "image" {
			return 0, "", nil, err
		}
		return 0, "", []models.IRI{c.Image}, nil
	}
	return 0, "", nil, nil
}

// pictured returns the addresses in the slot of a list of attachments.
func pictured(all []models.Attachment, slot string) []models.IRI {
	number, small := strings.CutSuffix(slot, "-small")
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(all) {
		return nil
	}
	if small && all[i].PreviewURL != "" {
		return []models.IRI{all[i].PreviewURL}
	}
	return []models.IRI{all[i].URL}
}
