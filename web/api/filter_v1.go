package api

import (
	"ensemble/activities/filter"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// oldFilterRoutes are of clients from before Mastodon 4: what they call a filter is a
// keyword, with what holds of its filter.
func (a *API) oldFilterRoutes() []call.Route {
	const v1, read, write = "/api/v1/filters", "read:filters", "write:filters"
	return []call.Route{
		{Method: "GET", Path: v1, Scope: read, Handler: a.OldFilters},
		{Method: "POST", Path: v1, Scope: write, Handler: a.CreateOldFilter},
		{Method: "GET", Path: v1 + "/:id", Scope: read, Handler: a.OldFilter},
		{Method: "PUT", Path: v1 + "/:id", Scope: write, Handler: a.UpdateOldFilter},
		{Method: "DELETE", Path: v1 + "/:id", Scope: write, Handler: a.DeleteOldFilter},
	}
}

// OldFilters is GET /api/v1/filters.
func (a *API) OldFilters(c *call.Call) (any, error) {
	all, err := store.Find[models.Filter](c.Tx, "account_id = ?", c.Me.ID)
	if err != nil {
		return nil, err
	}
	of := map[models.ID]*models.Filter{}
	for _, f := range all {
		of[f.ID] = f
	}
	words, err := store.Find[models.FilterKeyword](c.Tx, "account_id = ? ORDER BY id", c.Me.ID)
	out := make([]oldFilterJSON, len(words))
	for i, k := range words {
		out[i] = oldFilterView(of[k.FilterID], k)
	}
	return out, err
}

// OldFilter is GET /api/v1/filters/:id.
func (a *API) OldFilter(c *call.Call) (any, error) {
	f, err := filterOfKeyword(c)
	if err != nil {
		return nil, err
	}
	return oldFilter(c, f, c.ID("id"))
}

// CreateOldFilter is POST /api/v1/filters.
func (a *API) CreateOldFilter(c *call.Call) (any, error) {
	phrase := c.Str("phrase")
	k := models.FilterKeyword{Keyword: phrase}
	if err := k.Check(); err != nil {
		return nil, err
	}
	f := models.Filter{Title: firstRunes(phrase, models.MaxFilterTitle), Action: models.FilterWarn}
	oldFields(c, &f)
	made, err := filter.Create(c.Tx, c.Me, f, nil)
	if err != nil {
		return nil, err
	}
	v, err := changeKeyword(c, made, 0, "phrase")
	if err != nil {
		return nil, err
	}
	return oldFilter(c, made, v.(filterKeywordJSON).ID)
}

// UpdateOldFilter is PUT /api/v1/filters/:id. It does not change what holds of other
// keywords too.
func (a *API) UpdateOldFilter(c *call.Call) (any, error) {
	f, err := filterOfKeyword(c)
	if err != nil {
		return nil, err
	}
	if _, err := changeKeyword(c, f, c.ID("id"), "phrase"); err != nil {
		return nil, err
	}
	before := *f
	if c.Has("phrase") {
		f.Title = firstRunes(c.Str("phrase"), models.MaxFilterTitle)
	}
	oldFields(c, f)
	n, err := store.Count[models.FilterKeyword](c.Tx, "filter_id = ?", f.ID)
	if err != nil {
		return nil, err
	}
	if n > 1 {
		if !alike(&before, f) {
			return nil, models.Errorf(models.Invalid,
				"These parameters cannot be changed from this application because they apply to more than one filter keyword. Use a more recent application or the web interface.")
		}
		return oldFilter(c, f, c.ID("id"))
	}
	if err := filter.Update(c.Tx, f, nil); err != nil {
		return nil, err
	}
	return oldFilter(c, f, c.ID("id"))
}

func alike(a, b *models.Filter) bool {
	if a.Title != b.Title || a.Action != b.Action || (a.ExpiresAt == nil) != (b.ExpiresAt == nil) || len(a.Contexts) != len(b.Contexts) {
		return false
	}
	for i := range a.Contexts {
		if a.Contexts[i] != b.Contexts[i] {
			return false
		}
	}
	return a.ExpiresAt == nil || a.ExpiresAt.Equal(*b.ExpiresAt)
}

// DeleteOldFilter is DELETE /api/v1/filters/:id.
func (a *API) DeleteOldFilter(c *call.Call) (any, error) {
	f, err := filterOfKeyword(c)
	if err != nil {
		return nil, err
	}
	return nil, filter.DeleteWord(c.Tx, f, c.ID("id"))
}

func oldFields(c *call.Call, f *models.Filter) {
	filterFields(c, f)
	if c.Str("irreversible") != "" {
		f.Action = models.FilterWarn
		if c.Bool("irreversible") {
			f.Action = models.FilterHide
		}
	}
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// oldFilterJSON is Mastodon's V1::Filter.
type oldFilterJSON struct {
	ID           models.ID              `json:"id,string"`
	Phrase       string                 `json:"phrase"`
	Context      []models.FilterContext `json:"context"`
	WholeWord    bool                   `json:"whole_word"`
	ExpiresAt    *moment                `json:"expires_at"`
	Irreversible bool                   `json:"irreversible"`
}

func oldFilter(c *call.Call, f *models.Filter, id models.ID) (any, error) {
	k, err := store.Get[models.FilterKeyword](c.Tx, id)
	if err != nil {
		return nil, err
	}
	return oldFilterView(f, k), nil
}

func oldFilterView(f *models.Filter, k *models.FilterKeyword) oldFilterJSON {
	return oldFilterJSON{
		ID: k.ID, Phrase: k.Keyword, Context: f.Contexts, WholeWord: k.WholeWord,
		ExpiresAt: momentOf(f.ExpiresAt), Irreversible: f.Action == models.FilterHide,
	}
}
