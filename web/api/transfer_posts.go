package api

import (
	"crypto/rand"
	"errors"
	"io"
	"mime/multipart"
	"strings"

	"ensemble/activities/transfer"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// maxBag is how large an archive of posts may be, in bytes.
const maxBag = 1 << 30

// ImportPosts is POST /api/ensemble/v1/imports/posts: data is an archive as Mastodon or
// we make it. Its posts become copies here, at most as open as visibility says; without
// one they are for followers.
func (a *API) ImportPosts(c *call.Call) (any, error) {
	v := models.Visibility(c.Str("visibility"))
	if v == "" {
		v = models.VisFollowers
	}
	if !v.Valid() {
		return nil, models.Errorf(models.Invalid, "a post is public, unlisted, private or direct, not %q", v)
	}
	sent, err := a.sent(c, "data")
	if err != nil {
		return nil, err
	}
	rows, key, err := a.shelve(c, sent)
	if err != nil {
		return nil, err
	}
	var view any
	err = c.InTx(func(tx *store.Tx) error {
		i, err := transfer.Begin(tx, c.Me, models.Import{Kind: models.ImportPosts, Key: key, Visibility: v}, rows)
		if err == nil {
			view, err = oneImport(c, i)
		}
		return err
	})
	if err != nil {
		return nil, errors.Join(err, a.Files.Delete(key))
	}
	return view, nil
}

// shelve looks into an archive and keeps it until its posts are here.
func (a *API) shelve(c *call.Call, sent *multipart.FileHeader) (rows []*models.ImportRow, key string, err error) {
	f, err := sent.Open()
	if err != nil {
		return nil, "", err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	bag, err := transfer.OpenBag(f, sent.Size)
	if err != nil {
		return nil, "", err
	}
	if rows, err = bag.Rows(); err != nil {
		return nil, "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, "", err
	}
	key = "imports/" + c.Me.ID.String() + "/" + strings.ToLower(rand.Text()) + ".zip"
	_, err = a.Files.Put(c.Ctx(), key, f)
	return rows, key, err
}
