package api

import (
	"cmp"
	"fmt"
	"mime/multipart"
	"strconv"
	"strings"
	"unicode/utf8"

	"ensemble/activities/media"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Upload is POST /api/v2/media. A picture is ready when it answers; a film, a sound or
// a moving GIF is 202, and converted by a task.
func (a *API) Upload(c *call.Call) (any, error) { return a.take(c, false) }

// UploadNow is POST /api/v1/media, which answers when the file is ready.
func (a *API) UploadNow(c *call.Call) (any, error) { return a.take(c, true) }

// take runs outside a transaction, since reading and decoding take their time.
func (a *API) take(c *call.Call, now bool) (any, error) {
	sent, err := a.sent(c, "file")
	if err != nil {
		return nil, err
	}
	m := media.New(c.Me.ID, c.Now())
	if err := describe(m, c.Str("description"), true, c.Str("focus")); err != nil {
		return nil, err
	}
	if err := a.receive(c, m, sent, now); err != nil {
		return nil, err
	}
	if err := c.InTx(func(tx *store.Tx) error { return media.Save(tx, m) }); err != nil {
		a.discard(m)
		return nil, err
	}
	return progress(c, m, 202)
}

// desk is where uploads are handed in; it has no database, as calls bring their own.
func (a *API) desk() *media.Desk { return &media.Desk{Files: a.Files, Limits: a.Limits} }

// sent returns a file of the request.
func (a *API) sent(c *call.Call, name string) (*multipart.FileHeader, error) {
	sent := c.File(name)
	if sent == nil {
		return nil, models.Errorf(models.Invalid, "there is no file in the request: it goes into the field called %s", name)
	}
	if a.Files == nil {
		return nil, models.Errorf(models.Forbidden, "this server takes no uploads")
	}
	return sent, nil
}

// receive makes m of a file that somebody sent.
func (a *API) receive(c *call.Call, m *models.Media, sent *multipart.FileHeader, now bool) error {
	return a.opened(c, sent, func(u *files.Upload) error {
		m.Kind = string(u.Kind)
		if err := a.poster(c, m); err != nil {
			return err
		}
		return a.desk().Take(c.Ctx(), m, u, now)
	})
}

// opened gives fn a file that somebody sent, while it is here.
func (a *API) opened(c *call.Call, sent *multipart.FileHeader, fn func(*files.Upload) error) error {
	f, err := sent.Open()
	if err != nil {
		return fmt.Errorf("open upload: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	u, err := files.Receive(c.Ctx(), f, sent.Header.Get("Content-Type"), sent.Filename, a.Limits)
	if err != nil {
		return err
	}
	defer u.Close() //nolint:errcheck // the system sweeps its temporary folder
	return fn(u)
}

// poster gives a film or a sound the thumbnail that came along, if one did.
func (a *API) poster(c *call.Call, m *models.Media) error {
	sent := c.File("thumbnail")
	if sent == nil || m.Kind == string(files.Image) { // which is its own
		return nil
	}
	f, err := sent.Open()
	if err != nil {
		return fmt.Errorf("open thumbnail: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return a.desk().Poster(c.Ctx(), m, f, sent.Header.Get("Content-Type"), sent.Filename)
}

func (a *API) discard(m *models.Media) { a.desk().Discard(m) }

// progress shows an upload: with that status while it is not ready, and not at all if
// it came to nothing.
func progress(c *call.Call, m *models.Media, status int) (any, error) {
	switch m.State {
	case models.MediaReady:
		return mediaView(c, m), nil
	case models.MediaFailed:
		return nil, models.Refuse(models.Invalid, "media_failed", "%s", m.Error)
	}
	return call.Status(status, mediaView(c, m))
}

// describe gives an upload the words for those who do not see it, and the point
// that must stay in view.
func describe(m *models.Media, description string, sent bool, focus string) error {
	if n := utf8.RuneCountInString(description); n > post.MaxAlt {
		return models.Errorf(models.Invalid, "this description has %d characters, and may have at most %d", n, post.MaxAlt)
	}
	if sent {
		m.Alt = strings.TrimSpace(description)
	}
	if focus == "" {
		return nil
	}
	x, y, _ := strings.Cut(focus, ",")
	fx, err := strconv.ParseFloat(strings.TrimSpace(x), 64)
	fy, err2 := strconv.ParseFloat(strings.TrimSpace(y), 64)
	if err != nil || err2 != nil || !within(fx) || !within(fy) {
		return models.Errorf(models.Invalid, "a focus is two numbers from -1 to 1, with a comma between them")
	}
	m.FocusX, m.FocusY = fx, fy
	return nil
}

func within(f float64) bool { return f >= -1 && f <= 1 } // NaN is not

// Media is GET /api/v1/media/:id: 206 while it is processed.
func (a *API) Media(c *call.Call) (any, error) {
	m, err := store.One[models.Media](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err != nil {
		return nil, err
	}
	return progress(c, m, 206)
}

// EditMedia is PUT /api/v1/media/:id. What is in a post already is changed with
// the post, for its description is part of what was said.
func (a *API) EditMedia(c *call.Call) (any, error) {
	var m *models.Media
	find := func(of func(*store.Tx, models.ID) (*models.Media, error)) func(*store.Tx) error {
		return func(tx *store.Tx) (err error) {
			m, err = spare(tx, c, of)
			return err
		}
	}
	if err := c.InRead(find(store.Get[models.Media])); err != nil {
		return nil, err
	}
	posed := *m
	if err := a.poster(c, &posed); err != nil {
		return nil, err
	}
	err := c.InTx(func(tx *store.Tx) error {
		if err := find(store.Hold[models.Media])(tx); err != nil {
			return err
		}
		return edit(tx, c, m, &posed)
	})
	if err != nil {
		if posed.ThumbKey != m.ThumbKey {
			a.discard(&models.Media{ThumbKey: posed.ThumbKey})
		}
		return nil, err
	}
	return progress(c, m, 206)
}

// spare returns the upload that the path names, if it is the caller's and in no post.
func spare(tx *store.Tx, c *call.Call, of func(*store.Tx, models.ID) (*models.Media, error)) (*models.Media, error) {
	m, err := of(tx, c.ID("id"))
	if err == nil && m.AccountID != c.Me.ID {
		err = models.Errorf(models.NotFound, "there is no such file of yours")
	}
	if err == nil && (m.PostID != 0 || m.CollabID != 0) {
		err = models.Refuse(models.Invalid, "media_in_use", "this file is in a post: edit the post to change its description")
	}
	return m, err
}

// edit changes m as the call says, and gives it the thumbnail of posed if that is new.
func edit(tx *store.Tx, c *call.Call, m, posed *models.Media) error {
	if err := describe(m, c.Str("description"), c.Has("description"), c.Str("focus")); err != nil {
		return err
	}
	var old []string
	if c.File("thumbnail") != nil && posed.ThumbKey != m.ThumbKey {
		if m.ThumbKey != "" {
			old = append(old, m.ThumbKey)
		}
		m.ThumbKey, m.ThumbWidth, m.ThumbHeight, m.Blurhash = posed.ThumbKey, posed.ThumbWidth, posed.ThumbHeight, posed.Blurhash
	}
	if err := store.Put(tx, m); err != nil {
		return err
	}
	return media.Shelve(tx, old...)
}

// DeleteMedia is DELETE /api/v1/media/:id, for what is in no post.
func (a *API) DeleteMedia(c *call.Call) (any, error) {
	m, err := store.One[models.Media](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err != nil {
		return nil, err
	}
	if m.PostID != 0 || m.CollabID != 0 || isPortrait(c.Me, post.MediaURL(c.Site, m, call.Original)) {
		return nil, models.Refuse(models.Invalid, "media_in_use", "this file is in use: delete the post, or change the profile")
	}
	if waits, err := store.Any[models.ScheduledMedia](c.Tx, "media_id = ?", m.ID); err != nil || waits {
		return nil, first(err, models.Refuse(models.Invalid, "media_in_use", "this file is in a scheduled post: cancel that first"))
	}
	if planned, err := store.Any[models.ScheduledMedia](c.Tx, "media_id = ?", m.ID); err != nil || planned {
		return nil, cmp.Or(err, models.Refuse(models.Invalid, "media_in_use", "this file is in a scheduled post: cancel it first"))
	}
	return nil, post.Shred(c.Tx, "id = ?", m.ID)
}

func isPortrait(a *models.Account, at models.IRI) bool {
	return at != "" && (a.AvatarURL == string(at) || a.HeaderURL == string(at))
}

// mediaView shows an upload to somebody who may see it: at its public address, or,
// while it has none, at a signed one for their eyes.
func mediaView(c *call.Call, m *models.Media) attachmentJSON {
	a := post.AttachmentOf(c.Site, m)
	if m.Secret == "" && m.Key != "" {
		a.URL = c.PreviewURL(m.ID, call.Original)
		if m.ThumbKey != "" {
			a.PreviewURL = c.PreviewURL(m.ID, call.Small)
		}
	}
	v := attachmentView(a)
	if m.State != models.MediaReady {
		v.URL, v.PreviewURL, v.State = nil, nil, string(m.State)
	}
	return v
}
