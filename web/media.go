package web

import (
	"crypto/subtle"
	"net/http"
	"path"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// shown are the types that a browser may show by themselves. Anything else is
// handed over as a file to keep, so that no upload can pass for a page or for a
// document of ours (SECURITY rule 4).
var shown = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/webp": true, "image/gif": true, "image/avif": true,
	"video/mp4": true, "video/webm": true, "video/quicktime": true,
	"audio/mpeg": true, "audio/ogg": true, "audio/mp4": true, "audio/flac": true, "audio/wav": true, "audio/webm": true,
}

// byExt are the types of thumbnails, of which only the key is kept.
var byExt = map[string]string{".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}

// unkept is the Cache-Control of what is for one person's eyes.
const unkept = "private, no-store"

func noMedia() error { return models.Errorf(models.NotFound, "there is no such file here") }

// media is GET /media/:id/:secret/:file, where file is original or small with an
// extension that says nothing.
func (s *site) media(c *call.Call) (any, error) {
	m, err := s.row(c)
	if err != nil {
		return nil, err
	}
	if m.Secret == "" || subtle.ConstantTimeCompare([]byte(m.Secret), []byte(c.Param("secret"))) != 1 {
		return nil, noMedia()
	}
	size, _, _ := strings.Cut(c.Param("file"), ".")
	return s.send(c, m, size, "public, max-age=31536000, immutable")
}

// preview is GET /media/preview/:id/:size: what waits for consent, for the eyes of
// who was asked, as long as they are.
func (s *site) preview(c *call.Call) (any, error) {
	viewer, e := c.ID("v"), int64(c.Int("e", 0))
	if !call.PreviewHolds(s.Secret, c.ID("id"), c.Param("size"), viewer, e, c.Str("s"), c.Now()) {
		return nil, noMedia()
	}
	m, err := s.row(c)
	if err != nil {
		return nil, err
	}
	err = c.InRead(func(tx *store.Tx) error { return may(tx, m, viewer) })
	if err != nil {
		return nil, err
	}
	return s.send(c, m, c.Param("size"), unkept)
}

func (s *site) row(c *call.Call) (m *models.Media, err error) {
	if s.Files == nil {
		return nil, noMedia()
	}
	err = c.InRead(func(tx *store.Tx) error {
		m, err = store.Maybe[models.Media](tx, "id = ?", c.ID("id"))
		if err == nil && m == nil {
			err = noMedia()
		}
		return err
	})
	return m, err
}

// may refuses viewers who are not, or no longer, asked.
func may(tx *store.Tx, m *models.Media, viewer models.ID) error {
	a, err := store.Maybe[models.Account](tx, "id = ? AND domain = '' AND state = ?", viewer, models.AccountActive)
	switch {
	case err != nil:
		return err
	case a == nil:
		return noMedia()
	case m.AccountID == viewer:
		return nil
	case m.CollabID == 0:
		return noMedia()
	}
	collab, err := store.Maybe[models.Collab](tx, "id = ?", m.CollabID)
	if err != nil || collab == nil {
		return first(err, noMedia())
	}
	if collab.InitiatorID == viewer {
		return nil
	}
	i, err := store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", collab.ID, viewer)
	if err != nil || i == nil || i.Ended() || i.State == models.InviteDraft {
		return first(err, noMedia())
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *site) send(c *call.Call, m *models.Media, size, cache string) (any, error) {
	key, kind := m.Key, m.ContentType
	switch {
	case size == call.Small && m.ThumbKey != "":
		key, kind = m.ThumbKey, byExt[path.Ext(m.ThumbKey)]
	case size != call.Original && size != call.Small:
		return nil, noMedia()
	}
	if key == "" || m.State != models.MediaReady {
		return nil, noMedia()
	}
	if at := s.Files.Public(key); at != "" && m.Secret != "" && shown[kind] && cache != unkept {
		// The redirect is soon forgotten: the file may go, or move.
		return call.Answer{Status: http.StatusFound, Type: "text/plain; charset=utf-8", Location: at, Header: http.Header{"Cache-Control": {"public, max-age=300"}}}, nil
	}
	f, info, err := s.Files.Open(key)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	h := c.Writer.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment")
	if shown[kind] {
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", "inline")
	}
	h.Set("Cache-Control", cache)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("ETag", strconv.Quote(m.ID.String()+"-"+size+"-"+strconv.FormatInt(info.Size, 10)))
	http.ServeContent(c.Writer, c.Request, "", info.Modified, f)
	return call.Written, nil
}
