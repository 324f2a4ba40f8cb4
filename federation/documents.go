package federation

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"strings"

	"ensemble/activities"
	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// wantsPage reports whether a browser asks, and not a server.
func wantsPage(r *http.Request) bool {
	a := r.Header.Get("Accept")
	return strings.Contains(a, "text/html") && !strings.Contains(a, "activity+json") && !strings.Contains(a, "ld+json")
}

func nobody() error { return models.Errorf(models.NotFound, "there is nobody of that name here") }

// local returns the account of that name that lives here; one that is suspended or
// deleted is gone.
func local(tx *store.Tx, name string) (*models.Account, error) {
	a, err := named(tx, name)
	if err != nil {
		return nil, err
	}
	if a.System {
		return nil, nobody()
	}
	if !a.Active() {
		return nil, models.Errorf(models.Gone, "%s is gone", a.URI)
	}
	return a, nil
}

// named returns whoever has the name here, the server itself too.
func named(tx *store.Tx, name string) (*models.Account, error) {
	a, err := store.Maybe[models.Account](tx, "lower(username) = ? AND domain = ''", strings.ToLower(name))
	if err == nil && (a == nil || a.State == models.AccountPending) {
		err = nobody()
	}
	return a, err
}

func (s *Server) actor(tx *store.Tx, r *http.Request) (*document, error) {
	a, err := local(tx, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	if wantsPage(r) {
		return &document{another: string(a.URL)}, nil
	}
	if brief(r) {
		body, err := wire.EncodeKeys(a)
		return &document{body: body}, err
	}
	if a.Emojis, err = activities.ProfileEmojis(tx, a); err != nil {
		return nil, err
	}
	body, err := wire.EncodeActor(a, tx.Site)
	return &document{body: body, cache: "max-age=180", of: []store.Thing{store.Person(a.ID), store.Emojis}}, err
}

func (s *Server) systemActor(tx *store.Tx, _ *http.Request) (*document, error) {
	a, err := store.One[models.Account](tx, "system AND domain = ''")
	if err != nil {
		return nil, err
	}
	body, err := wire.EncodeActor(a, tx.Site)
	return &document{body: body, cache: "max-age=180"}, err
}

func (s *Server) context(*store.Tx, *http.Request) (*document, error) {
	return &document{body: wire.ContextDocument(), kind: "application/ld+json", cache: "public, max-age=31536000, immutable"}, nil
}

// self is the address that r asks for, as this server says it.
func self(tx *store.Tx, r *http.Request) models.IRI { return tx.Site.IRI(r.URL.EscapedPath()) }

// buried returns the tombstone of what was at uri, or that nothing ever was.
func buried(tx *store.Tx, uri models.IRI) (*document, error) {
	t, err := store.Maybe[models.Tombstone](tx, "uri = ?", uri)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, models.Errorf(models.NotFound, "there is nothing here")
	}
	body, err := wire.EncodeTombstone(*t)
	return &document{body: body, gone: true}, err
}

func (s *Server) readable(tx *store.Tx, r *http.Request, uri models.IRI) (*models.Post, error) {
	p, err := store.Maybe[models.Post](tx, "uri = ? AND local", uri)
	if err != nil || p == nil {
		return nil, err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return nil, err
	}
	if !author.Active() {
		return nil, models.Errorf(models.Gone, "its author is gone")
	}
	ok, err := post.Visible(tx, whoReads(r), p)
	if err == nil && !ok {
		ok, err = isAsked(tx, whoReads(r), p)
	}
	if err != nil || !ok {
		return nil, err
	}
	return p, nil
}

func (s *Server) note(tx *store.Tx, r *http.Request) (*document, error) {
	uri := self(tx, r)
	p, err := s.readable(tx, r, uri)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return buried(tx, uri)
	}
	if wantsPage(r) {
		return &document{another: string(p.URL)}, nil
	}
	n, err := post.Note(tx, p)
	if err != nil {
		return nil, err
	}
	form, err := formFor(tx, whoReads(r))
	if err != nil {
		return nil, err
	}
	body, err := wire.EncodeNote(n, form, true)
	cache := "private, no-store"
	if p.Visibility.Open() {
		cache = "max-age=30"
	}
	return &document{body: body, cache: cache}, err
}

// formFor is the literal array (ensemble/1, fact 1), unless an admin chose another
// form for the peer that asks.
func formFor(tx *store.Tx, who *models.Account) (models.Form, error) {
	if who == nil {
		return models.FormArray, nil
	}
	p, err := store.Maybe[models.Peer](tx, "host = ?", who.URI.Host())
	if err != nil || p == nil || p.Form == "" {
		return models.FormArray, err
	}
	return p.Form, nil
}

// stamp serves a consent of somebody who lives here (ensemble/1 §3.4, C4): to
// everybody once the work is public, before that to the initiator's server alone.
// It is made anew each time, to the same bytes.
func (s *Server) stamp(tx *store.Tx, r *http.Request) (*document, error) {
	st, err := store.Maybe[models.Stamp](tx, "uri = ?", self(tx, r))
	if err != nil {
		return nil, err
	}
	who := whoReads(r)
	if st == nil || !st.Public && (who == nil || !who.URI.SameOrigin(st.PostURI)) {
		return nil, models.Errorf(models.NotFound, "there is no such stamp here")
	}
	a, err := store.Get[models.Account](tx, st.AccountID)
	if err != nil {
		return nil, err
	}
	if st.RevokedAt != nil || !a.Active() || st.RetireAt != nil && !tx.Now.Before(*st.RetireAt) {
		return &document{gone: true, body: []byte(fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Tombstone"}`, st.URI)), cache: "no-store"}, nil
	}
	if off, err := store.Any[models.Collab](tx, "id = ? AND suspended_at IS NOT NULL", st.CollabID); err != nil || off {
		return nil, first(err, models.Refuse(models.NotFound, "stamp_suspended", "this consent does not stand at present: collabs are switched off where the post is from"))
	}
	if err := attest(tx, r, st.PostURI); err != nil {
		return nil, err
	}
	body, err := s.sealed(tx, st, a)
	return &document{body: body, cache: "max-age=60"}, err
}

func (s *Server) sealed(tx *store.Tx, st *models.Stamp, a *models.Account) ([]byte, error) {
	plain, err := wire.EncodeStamp(st.Document(a))
	if err != nil {
		return nil, err
	}
	k, err := store.One[models.PrivateKey](tx, "account_id = ?", a.ID)
	if err != nil {
		return nil, err
	}
	method := a.Assertions[0].ID
	key, err := s.keys.Key(method, k.Ed25519)
	if err != nil {
		return nil, err
	}
	private, ok := key.Private.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the proof key of %s is no Ed25519 key", a.URI)
	}
	return sign.Prove(plain, method, private, st.CreatedAt)
}

// collaboration serves a working copy to the servers of its people.
func (s *Server) collaboration(tx *store.Tx, r *http.Request) (*document, error) {
	c, err := store.Maybe[models.Collab](tx, "uri = ?", self(tx, r))
	if err != nil {
		return nil, err
	}
	hidden := models.Errorf(models.NotFound, "there is nothing here")
	if c == nil {
		return buried(tx, self(tx, r))
	}
	ok, err := insider(tx, c, whoReads(r))
	if err != nil {
		return nil, err
	}
	if c.Over() {
		return buried(tx, c.URI)
	}
	if !ok {
		return nil, hidden
	}
	doc, err := collab.Document(tx, c)
	if err != nil {
		return nil, err
	}
	body, err := wire.EncodeCollaboration(doc)
	return &document{body: body, cache: "private, no-store"}, err
}

// insider reports whether who is somebody who is asked, or the instance actor of
// their server.
func insider(tx *store.Tx, c *models.Collab, who *models.Account) (bool, error) {
	if who == nil {
		return false, nil
	}
	all, err := store.Find[models.Invite](tx, "collab_id = ? AND state <> ?", c.ID, models.InviteDraft)
	if err != nil {
		return false, err
	}
	for _, inv := range all {
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return false, err
		}
		if inv.Ended() {
			continue
		}
		if guest.ID == who.ID || who.Type == "Application" && who.URI.SameOrigin(guest.URI) {
			return true, nil
		}
	}
	return false, nil
}

// draft serves a file of an unpublished work to those who are asked.
func (s *Server) draft(tx *store.Tx, r *http.Request) (*document, error) {
	hidden := models.Errorf(models.NotFound, "there is nothing here")
	id, err := models.ParseID(r.PathValue("collab"))
	if err != nil {
		return nil, hidden
	}
	media, err := models.ParseID(r.PathValue("media"))
	if err != nil {
		return nil, hidden
	}
	c, err := store.Maybe[models.Collab](tx, "id = ?", id)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, hidden
	}
	if ok, err := insider(tx, c, whoReads(r)); err != nil || !ok {
		return nil, hidden
	}
	m, err := store.Maybe[models.Media](tx, "id = ? AND collab_id = ?", media, c.ID)
	if err != nil {
		return nil, err
	}
	if m == nil || m.Key == "" {
		return nil, hidden
	}
	return &document{cache: "private, no-store", send: func(w http.ResponseWriter, r *http.Request) {
		f, info, err := s.files.Open(m.Key)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		defer f.Close()
		w.Header().Set("Content-Type", m.ContentType)
		w.Header().Set("Content-Disposition", "attachment")
		http.ServeContent(w, r, "", info.Modified, f)
	}}, nil
}

// activity serves what somebody here said to everybody.
func (s *Server) activity(tx *store.Tx, r *http.Request) (*document, error) {
	out, err := store.Maybe[models.Outbound](tx, "uri = ?", self(tx, r))
	if err != nil {
		return nil, err
	}
	if out == nil || out.Activity == nil || !models.VisibilityOf(out.Activity.To, out.Activity.Cc, "").Open() {
		return nil, models.Errorf(models.NotFound, "there is nothing here")
	}
	body, err := wire.Encode(out.Activity, models.FormArray)
	return &document{body: body, cache: "max-age=60"}, err
}
