package api

import (
	"encoding/json"
	"slices"
	"time"

	"ensemble/activities/filter"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) filterRoutes() []call.Route {
	const v2, read, write = "/api/v2/filters", "read:filters", "write:filters"
	return append(a.oldFilterRoutes(), []call.Route{
		{Method: "GET", Path: v2, Scope: read, Handler: a.Filters},
		{Method: "POST", Path: v2, Scope: write, Handler: a.CreateFilter},
		{Method: "GET", Path: v2 + "/:id", Scope: read, Handler: a.Filter},
		{Method: "PUT", Path: v2 + "/:id", Scope: write, Handler: a.UpdateFilter},
		{Method: "DELETE", Path: v2 + "/:id", Scope: write, Handler: a.DeleteFilter},
		{Method: "GET", Path: v2 + "/:id/keywords", Scope: read, Handler: a.FilterKeywords},
		{Method: "POST", Path: v2 + "/:id/keywords", Scope: write, Handler: a.AddFilterKeyword},
		{Method: "GET", Path: v2 + "/keywords/:id", Scope: read, Handler: a.FilterKeyword},
		{Method: "PUT", Path: v2 + "/keywords/:id", Scope: write, Handler: a.UpdateFilterKeyword},
		{Method: "DELETE", Path: v2 + "/keywords/:id", Scope: write, Handler: a.DeleteFilterKeyword},
		{Method: "GET", Path: v2 + "/:id/statuses", Scope: read, Handler: a.FilterStatuses},
		{Method: "POST", Path: v2 + "/:id/statuses", Scope: write, Handler: a.AddFilterStatus},
		{Method: "GET", Path: v2 + "/statuses/:id", Scope: read, Handler: a.FilterStatus},
		{Method: "DELETE", Path: v2 + "/statuses/:id", Scope: write, Handler: a.DeleteFilterStatus},
	}...)
}

// Filters is GET /api/v2/filters: all of them, also those that are over.
func (a *API) Filters(c *call.Call) (any, error) {
	all, err := store.Find[models.Filter](c.Tx, "account_id = ? ORDER BY id", c.Me.ID)
	if err != nil {
		return nil, err
	}
	return filterViews(c, all)
}

// Filter is GET /api/v2/filters/:id.
func (a *API) Filter(c *call.Call) (any, error) {
	return askedFilter(c)
}

// CreateFilter is POST /api/v2/filters.
func (a *API) CreateFilter(c *call.Call) (any, error) {
	f := models.Filter{Title: c.Str("title"), Action: models.FilterWarn}
	filterFields(c, &f)
	made, err := filter.Create(c.Tx, c.Me, f, keywordChanges(c))
	if err != nil {
		return nil, err
	}
	return wholeFilter(c, made)
}

// UpdateFilter is PUT /api/v2/filters/:id. What is not sent stays.
func (a *API) UpdateFilter(c *call.Call) (any, error) {
	f, err := ownFilter(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if c.Has("title") {
		f.Title = c.Str("title")
	}
	filterFields(c, f)
	if err := filter.Update(c.Tx, f, keywordChanges(c)); err != nil {
		return nil, err
	}
	return wholeFilter(c, f)
}

// DeleteFilter is DELETE /api/v2/filters/:id.
func (a *API) DeleteFilter(c *call.Call) (any, error) {
	f, err := ownFilter(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, filter.Delete(c.Tx, f)
}

func ownFilter(c *call.Call, id models.ID) (*models.Filter, error) {
	return store.One[models.Filter](c.Tx, "id = ? AND account_id = ?", id, c.Me.ID)
}

// filterFields reads what both versions of the API call alike.
func filterFields(c *call.Call, f *models.Filter) {
	if c.Has("context") {
		f.Contexts = nil
		for _, name := range c.Strs("context") {
			if name != "" && !slices.Contains(f.Contexts, models.FilterContext(name)) {
				f.Contexts = append(f.Contexts, models.FilterContext(name))
			}
		}
	}
	if action := c.Str("filter_action"); action != "" {
		f.Action = models.FilterAction(action)
	}
	switch {
	case c.Str("expires_in") != "":
		const most = 100 * 365 * 24 * 3600 // seconds
		at := c.Tx.Now.Add(time.Duration(min(max(c.Int("expires_in", 0), 0), most)) * time.Second)
		f.ExpiresAt = &at
	case c.Has("expires_in") || saysNull(c, "expires_in"):
		f.ExpiresAt = nil
	}
}

// saysNull reports whether the body is JSON in which name is null: not the same as
// nothing where a time is to be taken away.
func saysNull(c *call.Call, name string) bool {
	var body map[string]json.RawMessage
	return json.Unmarshal(c.Raw(), &body) == nil && string(body[name]) == "null"
}

func keywordChanges(c *call.Call) []filter.Keyword {
	var out []filter.Keyword
	for _, o := range c.Objects("keywords_attributes") {
		k := filter.Keyword{Remove: call.Truth(o["_destroy"], false)}
		if o["id"] != "" {
			id, err := models.ParseID(o["id"])
			if err != nil {
				c.Refuse(err)
			}
			k.ID = id
		}
		if word, sent := o["keyword"]; sent {
			k.Keyword = &word
		}
		if whole, sent := o["whole_word"]; sent && whole != "" {
			is := call.Truth(whole, false)
			k.WholeWord = &is
		}
		if k.ID == 0 && o["keyword"] == "" && o["whole_word"] == "" { // a blank row of a form
			continue
		}
		out = append(out, k)
	}
	return out
}

// FilterKeywords is GET /api/v2/filters/:id/keywords.
func (a *API) FilterKeywords(c *call.Call) (any, error) {
	v, err := askedFilter(c)
	if err != nil {
		return nil, err
	}
	return *v.Keywords, nil
}

// AddFilterKeyword is POST /api/v2/filters/:id/keywords.
func (a *API) AddFilterKeyword(c *call.Call) (any, error) {
	f, err := ownFilter(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return changeKeyword(c, f, 0, "keyword")
}

// FilterKeyword is GET /api/v2/filters/keywords/:id.
func (a *API) FilterKeyword(c *call.Call) (any, error) {
	k, err := ownKeyword(c)
	return keywordView(k), err
}

// UpdateFilterKeyword is PUT /api/v2/filters/keywords/:id.
func (a *API) UpdateFilterKeyword(c *call.Call) (any, error) {
	f, err := filterOfKeyword(c)
	if err != nil {
		return nil, err
	}
	return changeKeyword(c, f, c.ID("id"), "keyword")
}

// DeleteFilterKeyword is DELETE /api/v2/filters/keywords/:id.
func (a *API) DeleteFilterKeyword(c *call.Call) (any, error) {
	f, err := filterOfKeyword(c)
	if err != nil {
		return nil, err
	}
	_, err = filter.Word(c.Tx, f, filter.Keyword{ID: c.ID("id"), Remove: true})
	return nil, err
}

func changeKeyword(c *call.Call, f *models.Filter, id models.ID, name string) (any, error) {
	change := filter.Keyword{ID: id}
	if c.Has(name) || id == 0 {
		word := c.Str(name)
		change.Keyword = &word
	}
	if c.Str("whole_word") != "" {
		whole := c.Bool("whole_word")
		change.WholeWord = &whole
	}
	k, err := filter.Word(c.Tx, f, change)
	if err != nil {
		return nil, err
	}
	return keywordView(k), nil
}

func ownKeyword(c *call.Call) (*models.FilterKeyword, error) {
	return store.One[models.FilterKeyword](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
}

func filterOfKeyword(c *call.Call) (*models.Filter, error) {
	k, err := ownKeyword(c)
	if err != nil {
		return nil, err
	}
	return ownFilter(c, k.FilterID)
}

// FilterStatuses is GET /api/v2/filters/:id/statuses.
func (a *API) FilterStatuses(c *call.Call) (any, error) {
	v, err := askedFilter(c)
	if err != nil {
		return nil, err
	}
	return *v.Statuses, nil
}

// AddFilterStatus is POST /api/v2/filters/:id/statuses.
func (a *API) AddFilterStatus(c *call.Call) (any, error) {
	f, err := ownFilter(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	p, err := readable(c, c.ID("status_id"))
	if models.KindOf(err) == models.NotFound {
		err = models.Errorf(models.Invalid, "Validation failed: Status is invalid")
	}
	if err != nil {
		return nil, err
	}
	row, err := filter.AddPost(c.Tx, f, p)
	if err != nil {
		return nil, err
	}
	return filterStatusJSON{row.ID, row.PostID}, nil
}

// FilterStatus is GET /api/v2/filters/statuses/:id.
func (a *API) FilterStatus(c *call.Call) (any, error) {
	row, err := store.One[models.FilterPost](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	return filterStatusJSON{row.ID, row.PostID}, err
}

// DeleteFilterStatus is DELETE /api/v2/filters/statuses/:id.
func (a *API) DeleteFilterStatus(c *call.Call) (any, error) {
	n, err := store.Delete[models.FilterPost](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "there is no such thing here")
	}
	store.Stream(c.Tx, models.StreamEvent{Kind: models.StreamFilters, Account: c.Me.ID})
	return nil, err
}

// filterJSON is Mastodon's Filter. In a FilterResult it has no keywords and no statuses.
type filterJSON struct {
	ID        models.ID              `json:"id,string"`
	Title     string                 `json:"title"`
	Context   []models.FilterContext `json:"context"`
	ExpiresAt *moment                `json:"expires_at"`
	Action    models.FilterAction    `json:"filter_action"`
	Keywords  *[]filterKeywordJSON   `json:"keywords,omitempty"`
	Statuses  *[]filterStatusJSON    `json:"statuses,omitempty"`
}

type filterKeywordJSON struct {
	ID        models.ID `json:"id,string"`
	Keyword   string    `json:"keyword"`
	WholeWord bool      `json:"whole_word"`
}

type filterStatusJSON struct {
	ID       models.ID `json:"id,string"`
	StatusID models.ID `json:"status_id,string"`
}

func filterView(f *models.Filter) filterJSON {
	return filterJSON{ID: f.ID, Title: f.Title, Context: f.Contexts, ExpiresAt: momentOf(f.ExpiresAt), Action: f.Action}
}

func keywordView(k *models.FilterKeyword) filterKeywordJSON {
	return filterKeywordJSON{k.ID, k.Keyword, k.WholeWord}
}

// askedFilter is the filter that the address names, if it is one's own.
func askedFilter(c *call.Call) (*filterJSON, error) {
	f, err := ownFilter(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return wholeFilter(c, f)
}

func wholeFilter(c *call.Call, f *models.Filter) (*filterJSON, error) {
	views, err := filterViews(c, []*models.Filter{f})
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// filterViews shows filters with all that they match.
func filterViews(c *call.Call, all []*models.Filter) ([]filterJSON, error) {
	out := make([]filterJSON, len(all))
	at := map[models.ID]*filterJSON{}
	for i, f := range all {
		out[i] = filterView(f)
		out[i].Keywords, out[i].Statuses = &[]filterKeywordJSON{}, &[]filterStatusJSON{}
		at[f.ID] = &out[i]
	}
	words, err := store.Find[models.FilterKeyword](c.Tx, "account_id = ? ORDER BY id", c.Me.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range words {
		if v := at[k.FilterID]; v != nil {
			*v.Keywords = append(*v.Keywords, keywordView(k))
		}
	}
	posts, err := store.Find[models.FilterPost](c.Tx, "account_id = ? ORDER BY id", c.Me.ID)
	for _, p := range posts {
		if v := at[p.FilterID]; v != nil {
			*v.Statuses = append(*v.Statuses, filterStatusJSON{p.ID, p.PostID})
		}
	}
	return out, err
}
