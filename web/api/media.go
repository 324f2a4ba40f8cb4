package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"mime/multipart"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Upload is POST /api/v2/media and /api/v1/media. The file is ready when it
// answers. It runs outside a transaction, since decoding takes its time.
func (a *API) Upload(c *call.Call) (any, error) {
	m, err := a.upload(c, c.File("file"))
	if err != nil {
		return nil, err
	}
	if err := describe(m, c.Str("description"), true, c.Str("focus")); err != nil {
		a.discard(m)
		return nil, err
	}
	err = c.InTx(func(tx *store.Tx) error { return store.Put(tx, m) })
	if err != nil {
		a.discard(m)
		return nil, err
	}
	return mediaView(c, m), nil
}

// upload makes of a file that somebody sent a Media that is stored and has no row
// yet.
func (a *API) upload(c *call.Call, sent *multipart.FileHeader) (*models.Media, error) {
	if sent == nil {
		return nil, models.Errorf(models.Invalid, "there is no file in the request: it goes into the field called file")
	}
	if a.Files == nil {
		return nil, models.Errorf(models.Forbidden, "this server takes no uploads")
	}
	f, err := sent.Open()
	if err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	done, err := files.Process(c.Ctx(), f, sent.Header.Get("Content-Type"), sent.Filename, a.Limits)
	if err != nil {
		return nil, err
	}
	defer done.Close() //nolint:errcheck // the system sweeps its temporary folder
	m := &models.Media{
		ID: models.NewID(c.Now()), AccountID: c.Me.ID, Kind: string(done.Kind), ContentType: done.Original.Type,
		Secret: strings.ToLower(rand.Text()), Blurhash: done.Blurhash, Width: done.Original.Width, Height: done.Original.Height,
		ThumbWidth: done.Small.Width, ThumbHeight: done.Small.Height, Duration: done.Seconds, FPS: done.Rate,
		Size: done.Original.Size, Digest: done.Digest, State: models.MediaReady, CreatedAt: c.Now(),
	}
	m.Key, err = a.put(c.Ctx(), m.ID, "original", done.Original)
	if err == nil && done.Small.Path != "" {
		m.ThumbKey, err = a.put(c.Ctx(), m.ID, "small", done.Small)
	}
	if err != nil {
		a.discard(m)
		return nil, err
	}
	return m, nil
}

func (a *API) put(ctx context.Context, id models.ID, size string, file files.File) (string, error) {
	key := "media/" + id.String() + "/" + size + files.Extension(file.Type)
	f, err := os.Open(file.Path)
	if err != nil {
		return "", fmt.Errorf("open processed upload: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	_, err = a.Files.Put(ctx, key, f)
	return key, err
}

// discard removes the bytes of an upload that came to nothing. What cannot be
// removed now is an orphan, and harmless.
func (a *API) discard(m *models.Media) {
	for _, key := range []string{m.Key, m.ThumbKey} {
		if key != "" {
			_ = a.Files.Delete(key)
		}
	}
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

// Media is GET /api/v1/media/:id.
func (a *API) Media(c *call.Call) (any, error) {
	m, err := store.One[models.Media](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err != nil {
		return nil, err
	}
	if m.State == models.MediaWaiting {
		return call.Status(206, mediaView(c, m))
	}
	return mediaView(c, m), nil
}

// EditMedia is PUT /api/v1/media/:id. What is in a post already is changed with
// the post, for its description is part of what was said.
func (a *API) EditMedia(c *call.Call) (any, error) {
	m, err := store.One[models.Media](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err != nil {
		return nil, err
	}
	if m.PostID != 0 || m.CollabID != 0 {
		return nil, models.Refuse(models.Invalid, "media_in_use", "this file is in a post: edit the post to change its description")
	}
	if err := describe(m, c.Str("description"), c.Has("description"), c.Str("focus")); err != nil {
		return nil, err
	}
	if err := store.Put(c.Tx, m); err != nil {
		return nil, err
	}
	return mediaView(c, m), nil
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
	return nil, post.Shred(c.Tx, "id = ?", m.ID)
}

func isPortrait(a *models.Account, at models.IRI) bool {
	return at != "" && (a.AvatarURL == string(at) || a.HeaderURL == string(at))
}

// mediaView shows an upload to somebody who may see it: at its public address, or,
// while it has none, at a signed one for their eyes.
func mediaView(c *call.Call, m *models.Media) attachmentJSON {
	original, small := post.MediaURL(c.Site, m, call.Original), post.MediaURL(c.Site, m, call.Small)
	if m.Secret == "" && m.Key != "" {
		original, small = c.PreviewURL(m.ID, call.Original), c.PreviewURL(m.ID, call.Small)
	}
	v := attachmentJSON{
		ID: m.ID.String(), Type: m.Kind, URL: &original, PreviewURL: &small, Description: orNull(m.Alt),
		Blurhash: orNull(m.Blurhash), Meta: metaOf(m.Kind, m.Width, m.Height, m.Duration, m.FocusX, m.FocusY),
	}
	if m.ThumbWidth > 0 && m.ThumbHeight > 0 {
		v.Meta.Small = size(m.ThumbWidth, m.ThumbHeight)
	}
	if m.State != models.MediaReady {
		v.URL, v.PreviewURL, v.State = nil, nil, string(m.State)
	}
	if v.Type == "" {
		v.Type = "unknown"
	}
	return v
}
