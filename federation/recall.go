package federation

import (
	"net/http"

	"ensemble/models"
	"ensemble/models/store"
)

// askedFor names an answer that many servers come for at once, when somebody is read in
// many places: who has a name, and an actor.
type askedFor struct{ path, resource string }

// keyOf returns by what key the answer to r may be remembered, nil if it may not.
func keyOf(r *http.Request) any {
	switch r.Pattern {
	case "GET /.well-known/webfinger":
		return askedFor{r.URL.Path, r.URL.Query().Get("resource")}
	case "GET /users/{name}":
		if !brief(r) && !wantsPage(r) {
			return askedFor{path: r.URL.Path}
		}
	}
	return nil
}

// find returns what h answers, in a transaction of its own for reading, or what it
// answered when nothing that this was made of was different.
func (s *Server) find(h handler, r *http.Request) (d document, err error) {
	key := keyOf(r)
	if d, ok := store.Lately[document](s.db, key); ok {
		return d, nil
	}
	err = s.db.Read(r.Context(), func(tx *store.Tx) error {
		if key != nil {
			var ok bool
			if d, ok = store.Recall[document](tx, key); ok {
				return nil
			}
		}
		found, err := h(tx, r)
		if err != nil {
			return err
		}
		d = *found
		if key != nil && d.of != nil {
			store.Remember(tx, key, d, len(d.body)+len(r.URL.RawQuery), d.of...)
		}
		return nil
	})
	return d, err
}

type authorizedKey struct{}

// authorized reports whether signatures are asked for now.
func authorized(tx *store.Tx) (on bool, err error) {
	if on, ok := store.Recall[bool](tx, authorizedKey{}); ok {
		return on, nil
	}
	if on, err = store.Any[models.Setting](tx, "name = ? AND value = 'on'", models.SettingAuthorized); err == nil {
		store.Remember(tx, authorizedKey{}, on, 0, store.Settings)
	}
	return on, err
}
