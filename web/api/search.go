package api

import (
	"context"
	"net/http"
	"strings"

	"ensemble/activities/search"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Search is GET /api/v2/search. With resolve the network is asked for a handle or
// an address that is not known here. Strangers find accounts and hashtags alone, and
// no further page of them.
func (a *API) Search(c *call.Call) (call.Handler, error) {
	q := strings.TrimSpace(c.Str("q"))
	switch {
	case q == "":
		return nil, call.Fail(http.StatusBadRequest, "malformed", "there is nothing to search for: send it as q")
	case c.Me == nil && c.Str("offset") != "":
		return nil, models.Errorf(models.Unauthed, "further pages of what is found are for people who are signed in")
	case c.Me == nil && c.Bool("resolve"):
		return nil, models.Errorf(models.Unauthed, "other servers are asked for people who are signed in alone")
	}
	found := a.resolve(c, q)
	return func(c *call.Call) (any, error) {
		v := searchJSON{Accounts: []accountJSON{}, Statuses: []statusJSON{}, Hashtags: []hashtagJSON{}}
		for kind, search := range map[string]func(*call.Call, string, hit, *searchJSON) error{
			"accounts": a.searchAccounts, "statuses": a.searchStatuses, "hashtags": a.searchTags,
		} {
			if asked := c.Str("type"); asked == "" || asked == kind {
				if err := search(c, q, found, &v); err != nil {
					return nil, err
				}
			}
		}
		return v, nil
	}, nil
}

// A hit is what the network knows by a name.
type hit struct{ account, post models.ID }

// resolve asks the network, if the caller wants that. That it knows nothing is no
// error: then nothing is found.
func (a *API) resolve(c *call.Call, q string) (h hit) {
	if a.Finder == nil || c.Me == nil || !c.Bool("resolve") || len(q) > 2000 {
		return h
	}
	ctx, cancel := context.WithTimeout(c.Ctx(), lookupTime)
	defer cancel()
	if isAddress(q) {
		switch kind, id, err := a.Finder.Resolve(ctx, models.IRI(q)); {
		case err != nil:
		case kind == "account":
			h.account = id
		case kind == "post":
			h.post = id
		}
		return h
	}
	if name, domain, ok := strings.Cut(strings.TrimPrefix(q, "@"), "@"); ok && name != "" && strings.Contains(domain, ".") {
		if who, err := a.Finder.Lookup(ctx, name+"@"+domain); err == nil {
			h.account = who.ID
		}
	}
	return h
}

func isAddress(q string) bool { return models.IRI(q).Host() != "" }

func (a *API) searchAccounts(c *call.Call, q string, found hit, v *searchJSON) error {
	return a.accountsCalled(c, q, found, limit(c, 20, 40), v)
}

func (a *API) accountsCalled(c *call.Call, q string, found hit, n int, v *searchJSON) (err error) {
	var ids []models.ID
	switch {
	case isAddress(q):
		if found.account == 0 {
			if who, err := store.Maybe[models.Account](c.Tx, "(uri = ? OR url = ?) AND NOT system", q, q); err == nil && who != nil {
				found.account = who.ID
			}
		}
	case !strings.HasPrefix(q, "#"):
		ids, err = search.Accounts(c.Tx, c.MyID(), q, c.Bool("following") && c.Me != nil, n, offset(c))
	}
	if err != nil {
		return err
	}
	if found.account != 0 && offset(c) == 0 {
		ids = append([]models.ID{found.account}, ids...)
	}
	ids = distinct(ids)
	v.Accounts, err = a.accounts(c, ids[:min(len(ids), n)])
	return err
}

func (a *API) searchStatuses(c *call.Call, q string, found hit, v *searchJSON) error {
	if c.Me == nil {
		return nil
	}
	if isAddress(q) {
		if offset(c) > 0 {
			return nil
		}
		p, err := store.Maybe[models.Post](c.Tx, "id = ? OR uri = ? OR url = ?", found.post, q, q)
		if err != nil || p == nil {
			return err
		}
		views, err := a.postsByID(c, []models.ID{p.ID})
		if s := views[p.ID]; s != nil {
			v.Statuses = append(v.Statuses, *s)
		}
		return err
	}
	w := window(c, 20, 40)
	entries, err := search.Posts(c.Tx, c.Me, q, c.ID("account_id"), w, offset(c))
	if err != nil {
		return err
	}
	v.Statuses, err = a.statuses(c, entries)
	return err
}

func (a *API) searchTags(c *call.Call, q string, _ hit, v *searchJSON) error {
	if isAddress(q) || strings.ContainsAny(q, "@ ") {
		return nil
	}
	tags, err := store.SearchTags(c.Tx, tagName(q), limit(c, 20, 40), offset(c))
	if err != nil {
		return err
	}
	v.Hashtags, err = hashtagViews(c, tags)
	return err
}

// SearchAccounts is GET /api/v1/accounts/search.
func (a *API) SearchAccounts(c *call.Call) (call.Handler, error) {
	q := strings.TrimSpace(c.Str("q"))
	found := a.resolve(c, q)
	return func(c *call.Call) (any, error) {
		v := searchJSON{Accounts: []accountJSON{}}
		if q == "" {
			return v.Accounts, nil
		}
		err := a.accountsCalled(c, q, found, limit(c, 40, 80), &v)
		return v.Accounts, err
	}, nil
}

func limit(c *call.Call, def, most int) int { return min(max(c.Int("limit", def), 1), most) }

func offset(c *call.Call) int { return min(max(c.Int("offset", 0), 0), 1000) }

// distinct leaves each ID once, in order.
func distinct(ids []models.ID) []models.ID {
	seen, out := map[models.ID]bool{}, []models.ID{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

type searchJSON struct {
	Accounts []accountJSON `json:"accounts"`
	Statuses []statusJSON  `json:"statuses"`
	Hashtags []hashtagJSON `json:"hashtags"`
}

// hashtagJSON is a hashtag by itself.
type hashtagJSON struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	URL       string       `json:"url"`
	History   []tagDayJSON `json:"history"`
	Following bool         `json:"following"`
	Featuring bool         `json:"featuring"`
}

func hashtagView(site models.Site, tag string) hashtagJSON {
	return hashtagJSON{ID: tag, Name: tag, URL: tagURL(site, tag), History: []tagDayJSON{}}
}
