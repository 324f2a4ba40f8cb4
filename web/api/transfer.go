package api

import (
	"bytes"
	"io"
	"strings"

	"ensemble/activities/transfer"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// maxImport is how large a list may be that somebody brings along, in bytes.
const maxImport = 8 << 20

// exports are the files that Mastodon writes, and what one has to be allowed to read
// for each.
var exports = []struct {
	file, scope string
	kind        models.ImportKind
}{
	{"following.csv", "read:follows", models.ImportFollowing},
	{"blocks.csv", "read:blocks", models.ImportBlocking},
	{"mutes.csv", "read:mutes", models.ImportMuting},
	{"domain_blocks.csv", "read:blocks", models.ImportDomains},
	{"lists.csv", "read:lists", models.ImportLists},
	{"bookmarks.csv", "read:bookmarks", models.ImportBookmarks},
}

func (a *API) transferRoutes() []call.Route {
	const all, one = "/api/ensemble/v1/imports", "/api/ensemble/v1/imports/:id"
	routes := []call.Route{
		{Method: "GET", Path: all, Scope: "read", Handler: a.Imports},
		{Method: "POST", Path: all, Scope: "write", MaxBody: maxImport, Handler: a.Import},
		{Method: "POST", Path: all + "/posts", Scope: "write", Mode: call.Free, MaxBody: maxBag, Handler: a.ImportPosts},
		{Method: "GET", Path: one, Scope: "read", Handler: a.OneImport},
		{Method: "GET", Path: one + "/failures", Scope: "read", Handler: a.ImportFailures},
		{Method: "POST", Path: one + "/stop", Scope: "write", Handler: a.StopImport},
	}
	for _, e := range exports {
		routes = append(routes, call.Route{
			Method: "GET", Path: "/api/ensemble/v1/exports/" + e.file, Scope: e.scope,
			Handler: func(c *call.Call) (any, error) { return export(c, e.file, e.kind) },
		})
	}
	return routes
}

// export is GET /api/ensemble/v1/exports/….csv.
func export(c *call.Call, name string, kind models.ImportKind) (any, error) {
	body, err := transfer.Write(c.Tx, c.Me, kind)
	if err != nil {
		return nil, err
	}
	out := call.Raw("text/csv; charset=utf-8", body)
	out.Header = map[string][]string{"Content-Disposition": {`attachment; filename="` + name + `"`}}
	return out, nil
}

// Import is POST /api/ensemble/v1/imports: data is a file, or its text.
func (a *API) Import(c *call.Call) (any, error) {
	kind := models.ImportKind(c.Str("type"))
	if !kind.Valid() {
		return nil, models.Refuse(models.Invalid, "import_type", "type is following, blocking, muting, domain_blocking, lists or bookmarks, not %q", kind)
	}
	mode := c.Str("mode")
	if mode != "" && mode != "merge" && mode != "overwrite" {
		return nil, models.Refuse(models.Invalid, "import_mode", "mode is merge or overwrite, not %q", mode)
	}
	data, err := dataOf(c)
	if err != nil {
		return nil, err
	}
	rows, err := transfer.Read(kind, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	i, err := transfer.Begin(c.Tx, c.Me, models.Import{Kind: kind, Overwrite: mode == "overwrite"}, rows)
	if err != nil {
		return nil, err
	}
	return oneImport(c, i)
}

func dataOf(c *call.Call) ([]byte, error) {
	sent := c.File("data")
	if sent == nil {
		return []byte(c.Str("data")), nil
	}
	f, err := sent.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(f, maxImport))
	if err == nil && (bytes.ContainsRune(data, 0) || !validText(data)) {
		err = models.Refuse(models.Invalid, "import_malformed", "that file is no text")
	}
	return data, err
}

func validText(data []byte) bool { return strings.ToValidUTF8(string(data), "") == string(data) }

// Imports is GET /api/ensemble/v1/imports, the newest first.
func (a *API) Imports(c *call.Call) (any, error) {
	all, err := store.Find[models.Import](c.Tx, "account_id = ? ORDER BY id DESC LIMIT ?", c.Me.ID, models.MaxImportsKept+models.MaxOpenImports)
	if err != nil {
		return nil, err
	}
	return importViews(c, all)
}

// OneImport is GET /api/ensemble/v1/imports/:id.
func (a *API) OneImport(c *call.Call) (any, error) {
	i, err := transfer.Mine(c.Tx, c.Me, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return oneImport(c, i)
}

// StopImport is POST /api/ensemble/v1/imports/:id/stop. What was done stays.
func (a *API) StopImport(c *call.Call) (any, error) {
	i, err := transfer.Mine(c.Tx, c.Me, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := transfer.Stop(c.Tx, i); err != nil {
		return nil, err
	}
	return a.OneImport(c)
}

// ImportFailures is GET /api/ensemble/v1/imports/:id/failures: which lines came to
// nothing, and why.
func (a *API) ImportFailures(c *call.Call) (any, error) {
	i, err := transfer.Mine(c.Tx, c.Me, c.ID("id"))
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[models.ImportRow](c.Tx, "import_id = ? AND state = ? AND line > ? ORDER BY line LIMIT ?",
		i.ID, models.RowFailed, max(c.Int("after", 0), 0), c.Limit(100, 1000))
	out := make([]importFailureJSON, len(rows))
	for n, r := range rows {
		out[n] = importFailureJSON{r.Line, r.Item.About(), r.Code, orElse(c, r.Code, r.Error)}
	}
	return out, err
}

type importJSON struct {
	ID         models.ID          `json:"id,string"`
	Type       models.ImportKind  `json:"type"`
	Mode       string             `json:"mode"`
	State      models.ImportState `json:"state"`
	Total      int                `json:"total"`
	Done       int                `json:"done"`
	Failed     int                `json:"failed"`
	CreatedAt  moment             `json:"created_at"`
	FinishedAt *moment            `json:"finished_at"`
}

type importFailureJSON struct {
	Line  int    `json:"line"`
	About string `json:"about"`
	Code  string `json:"code"`
	Error string `json:"error"`
}

func oneImport(c *call.Call, i *models.Import) (any, error) {
	views, err := importViews(c, []*models.Import{i})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

func importViews(c *call.Call, all []*models.Import) ([]importJSON, error) {
	ids := make([]models.ID, len(all))
	for n, i := range all {
		ids[n] = i.ID
	}
	tallies, err := store.ImportTallies(c.Tx, ids)
	out := make([]importJSON, len(all))
	for n, i := range all {
		v := importJSON{ID: i.ID, Type: i.Kind, Mode: "merge", State: i.State, Total: i.Total, CreatedAt: moment(i.CreatedAt), FinishedAt: momentOf(i.FinishedAt)}
		if i.Overwrite {
			v.Mode = "overwrite"
		}
		for _, t := range tallies {
			if t.ImportID == i.ID && t.State == models.RowDone {
				v.Done = t.Lines
			}
			if t.ImportID == i.ID && t.State == models.RowFailed {
				v.Failed = t.Lines
			}
		}
		out[n] = v
	}
	return out, err
}
