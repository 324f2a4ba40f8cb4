package api

import (
	"net/http"

	"ensemble/activities/transfer"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) archiveRoutes() []call.Route {
	const all, one = "/api/ensemble/v1/archives", "/api/ensemble/v1/archives/:id"
	return []call.Route{
		{Method: "GET", Path: all, Scope: "read", Handler: a.Archives},
		{Method: "POST", Path: all, Scope: "read", Mode: call.Write, Handler: a.OrderArchive},
		{Method: "GET", Path: one, Scope: "read", Handler: a.OneArchive},
		{Method: "DELETE", Path: one, Scope: "write", Handler: a.DropArchive},
		{Method: "GET", Path: one + "/file", Scope: "read", Mode: call.Free, Handler: a.ArchiveFile},
	}
}

// OrderArchive is POST /api/ensemble/v1/archives: everything one has here, in one file.
func (a *API) OrderArchive(c *call.Call) (any, error) {
	row, err := transfer.Order(c.Tx, c.Me)
	if err != nil {
		return nil, err
	}
	return archiveView(c, row), nil
}

// Archives is GET /api/ensemble/v1/archives, the newest first.
func (a *API) Archives(c *call.Call) (any, error) {
	rows, err := store.Find[models.Archive](c.Tx, "account_id = ? ORDER BY id DESC LIMIT 20", c.Me.ID)
	out := make([]archiveJSON, len(rows))
	for i, r := range rows {
		out[i] = archiveView(c, r)
	}
	return out, err
}

// OneArchive is GET /api/ensemble/v1/archives/:id.
func (a *API) OneArchive(c *call.Call) (any, error) {
	row, err := transfer.MyArchive(c.Tx, c.Me, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return archiveView(c, row), nil
}

// DropArchive is DELETE /api/ensemble/v1/archives/:id.
func (a *API) DropArchive(c *call.Call) (any, error) {
	row, err := transfer.MyArchive(c.Tx, c.Me, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, transfer.Drop(c.Tx, row)
}

// ArchiveFile is GET /api/ensemble/v1/archives/:id/file, for its owner alone.
func (a *API) ArchiveFile(c *call.Call) (any, error) {
	var row *models.Archive
	err := c.InRead(func(tx *store.Tx) (err error) {
		row, err = transfer.MyArchive(tx, c.Me, c.ID("id"))
		return err
	})
	if err != nil {
		return nil, err
	}
	if row.State != models.ArchiveReady || row.ExpiresAt == nil || !row.ExpiresAt.After(c.Now()) || a.Files == nil {
		return nil, models.Errorf(models.NotFound, "there is no such archive here, or not any more")
	}
	f, info, err := a.Files.Open(row.Key)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	h := c.Writer.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="`+c.Me.Username+"-"+row.CreatedAt.Format("2006-01-02")+`.zip"`)
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(c.Writer, c.Request, "", info.Modified, f)
	return call.Written, nil
}

type archiveJSON struct {
	ID        models.ID           `json:"id,string"`
	State     models.ArchiveState `json:"state"`
	Size      int64               `json:"size"`
	URL       *string             `json:"url"`
	Error     string              `json:"error"`
	CreatedAt moment              `json:"created_at"`
	ReadyAt   *moment             `json:"ready_at"`
	ExpiresAt *moment             `json:"expires_at"`
}

func archiveView(c *call.Call, a *models.Archive) archiveJSON {
	v := archiveJSON{
		ID: a.ID, State: a.State, Size: a.Size, Error: a.Error, CreatedAt: moment(a.CreatedAt), ReadyAt: momentOf(a.ReadyAt), ExpiresAt: momentOf(a.ExpiresAt),
	}
	if a.State == models.ArchiveReady {
		url := c.Site.Origin + "/api/ensemble/v1/archives/" + a.ID.String() + "/file"
		v.URL = &url
	}
	return v
}
