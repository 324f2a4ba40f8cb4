package federation

import (
	"encoding/json"
	"net/http"
	"strings"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
)

// webfinger answers who a handle is (RFC 7033), by acct: or by the address of an
// actor or a profile page.
func (s *Server) webfinger(tx *store.Tx, r *http.Request) (*document, error) {
	resource := r.URL.Query().Get("resource")
	if resource == "" {
		return nil, models.Errorf(models.Invalid, "which resource?")
	}
	if strings.TrimSuffix(resource, "/") == tx.Site.Origin {
		return serverActor(tx, resource)
	}
	a, err := finger(tx, resource)
	if err != nil {
		return nil, err
	}
	subject := "acct:" + strings.TrimPrefix(a.Handle(tx.Site), "@")
	d, err := jrd(map[string]any{
		"subject": subject,
		"aliases": []models.IRI{a.URL, a.URI},
		"links": []map[string]string{
			{"rel": "self", "type": "application/activity+json", "href": string(a.URI)},
			{"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": string(a.URL)},
			{"rel": "http://ostatus.org/schema/1.0/subscribe", "template": tx.Site.Origin + "/authorize_interaction?uri={uri}"},
		},
	}, "application/jrd+json; charset=utf-8")
	d.of = []store.Thing{store.Person(a.ID)}
	return d, err
}

func finger(tx *store.Tx, resource string) (*models.Account, error) {
	if rest, ok := strings.CutPrefix(resource, "acct:"); ok {
		return byHandle(tx, strings.TrimPrefix(rest, "@"))
	}
	if !tx.Site.Owns(models.IRI(resource)) {
		return byHandle(tx, strings.TrimPrefix(resource, "@"))
	}
	a, err := store.Maybe[models.Account](tx, "(uri = ? OR url = ?) AND domain = ''", resource, resource)
	if err != nil {
		return nil, err
	}
	if a == nil || a.State == models.AccountPending {
		return nil, nobody()
	}
	if !a.Active() {
		return nil, models.Errorf(models.Gone, "%s is gone", a.URI)
	}
	return a, nil
}

func byHandle(tx *store.Tx, handle string) (*models.Account, error) {
	name, domain, ok := strings.Cut(strings.ToLower(handle), "@")
	host := models.IRI(tx.Site.Origin).Host()
	if !ok || domain != tx.Site.Domain && domain != host {
		return nil, nobody()
	}
	a, err := named(tx, name)
	if err == nil && !a.System && !a.Active() {
		err = models.Errorf(models.Gone, "%s is gone", a.URI)
	}
	return a, err
}

func jrd(v any, kind string) (*document, error) {
	body, err := json.Marshal(v)
	return &document{body: body, kind: kind, cache: "max-age=600"}, err
}

// hostMeta points to WebFinger (RFC 6415), in XML or, if asked for, in JSON.
func (s *Server) hostMeta(tx *store.Tx, r *http.Request) (*document, error) {
	template := tx.Site.Origin + "/.well-known/webfinger?resource={uri}"
	if strings.HasSuffix(r.URL.Path, ".json") || strings.Contains(r.Header.Get("Accept"), "json") {
		return jrd(map[string]any{"links": []map[string]string{{"rel": "lrdd", "template": template}}}, "application/jrd+json; charset=utf-8")
	}
	return &document{kind: "application/xrd+xml; charset=utf-8", cache: "max-age=600", body: []byte(`<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
  <Link rel="lrdd" template="` + template + `"/>
</XRD>
`)}, nil
}

func (s *Server) nodeInfoLinks(tx *store.Tx, _ *http.Request) (*document, error) {
	var links []map[string]string
	for _, v := range []string{"2.0", "2.1"} {
		links = append(links, map[string]string{
			"rel": "http://nodeinfo.diaspora.software/ns/schema/" + v, "href": tx.Site.Origin + "/nodeinfo/" + v,
		})
	}
	links = append(links, map[string]string{"rel": application, "href": string(tx.Site.IRI("/actor"))}) // FEP-2677
	return jrd(map[string]any{"links": links}, "application/json; charset=utf-8")
}

// nodeInfo says what runs here (NodeInfo 2.0 and 2.1). upstream lets libraries that
// know a fixed list of programs treat us as what our client API is like.
func (s *Server) nodeInfo(tx *store.Tx, r *http.Request) (*document, error) {
	v := r.PathValue("version")
	if v != "2.0" && v != "2.1" {
		return nil, models.Errorf(models.NotFound, "NodeInfo is here in 2.0 and 2.1")
	}
	people, err := store.Count[models.User](tx, "1 = 1")
	if err != nil {
		return nil, err
	}
	month, err := store.ActiveSince(tx, 4)
	if err != nil {
		return nil, err
	}
	half, err := store.ActiveSince(tx, 26)
	if err != nil {
		return nil, err
	}
	posts, err := store.Count[models.Post](tx, "local")
	if err != nil {
		return nil, err
	}
	limit, err := collab.Limit(tx)
	if err != nil {
		return nil, err
	}
	features := []string{"collabs"}
	if off, err := rollout.Off(tx); err != nil {
		return nil, err
	} else if off {
		features = []string{}
	}
	open, err := account.Registered(tx)
	if err != nil {
		return nil, err
	}
	name, err := store.Title(tx)
	if err != nil {
		return nil, err
	}
	software := map[string]string{"name": "ensemble", "version": s.conf.Version}
	return jrd(map[string]any{
		"version": v, "software": software, "protocols": []string{"activitypub"},
		"services":          map[string][]string{"inbound": {}, "outbound": {}},
		"openRegistrations": open.Open(),
		"usage":             map[string]any{"users": map[string]int{"total": people, "activeMonth": month, "activeHalfyear": half}, "localPosts": posts},
		"metadata": map[string]any{
			"nodeName": name, "upstream": map[string]string{"name": "mastodon"},
			"features": features, "ensemble": map[string]any{"protocol": "ensemble/1", "maxCoauthors": limit},
		},
	}, `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/`+v+`#"; charset=utf-8`)
}

// How server-level actors are named by WebFinger and NodeInfo.
const (
	application = "https://www.w3.org/ns/activitystreams#Application" // FEP-2677
	service     = "https://www.w3.org/ns/activitystreams#Service"     // FEP-d556
)

// serverActor answers who this server itself is, asked by its origin (FEP-d556).
func serverActor(tx *store.Tx, resource string) (*document, error) {
	at := string(tx.Site.IRI("/actor"))
	var links []map[string]string
	for _, rel := range []string{"self", service, application} {
		links = append(links, map[string]string{"rel": rel, "type": "application/activity+json", "href": at})
	}
	return jrd(map[string]any{"subject": resource, "links": links}, "application/jrd+json; charset=utf-8")
}
