package federation

import (
	"context"
	"net/http"

	"ensemble/federation/fetch"
	"ensemble/federation/inbox"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

// A gate says who may GET a document. Where the setting federation.authorized_fetch
// is on, most of them open for servers alone that sign and are not blocked.
type gate int

// The gates. What is public is answered without a look at who asks: the instance
// actor above all, whose key every server must be able to have before it can verify
// anything of ours. An actor is answered to everybody by its name and keys alone, so
// that two servers that have yet to meet never wait for each other. Evidence is a
// consent: that of a public post says no more than the post, and whoever checks who
// stands under one need be nobody's server. What is asked for differs by who asks; the
// rest does not, and costs no look while the setting is off.
const (
	public gate = iota
	actors
	shared
	personal
	evidence
)

type readerKey struct{}

func whoReads(r *http.Request) *models.Account {
	a, _ := r.Context().Value(readerKey{}).(*models.Account)
	return a
}

type briefKey struct{}

// brief reports whether who asks is to be told keys alone, or of a consent only what
// is public.
func brief(r *http.Request) bool { return r.Context().Value(briefKey{}) != nil }

// admit finds out who asks, and lets them through the gate, or says why not. only
// reports whether the answer is for whoever signed alone.
func (s *Server) admit(r *http.Request, g gate) (in *http.Request, only bool, err error) {
	if g == public {
		return r, false, nil
	}
	on, why, err := s.terms(r)
	switch {
	case err != nil:
		return nil, false, err
	case why != "":
		return nil, false, models.Refuse(models.Forbidden, "peer_blocked", "%s", why)
	case !on && g != personal && g != evidence:
		return r, false, nil
	}
	who := s.reader(r)
	switch {
	case !on || who != nil:
		return r.WithContext(context.WithValue(r.Context(), readerKey{}, who)), on, nil
	case g == actors || g == evidence:
		return r.WithContext(context.WithValue(r.Context(), briefKey{}, true)), on, nil
	}
	return nil, false, unsigned()
}

func unsigned() error {
	return models.Refuse(models.Unauthed, "unsigned", "this server answers that to requests alone that are signed, and whose key can be had")
}

// attest refuses who may be told only what is public, if one of the posts that a
// consent is about is not, as far as is known here.
func attest(tx *store.Tx, r *http.Request, posts ...models.IRI) error {
	if !brief(r) {
		return nil
	}
	for _, uri := range posts {
		p, err := store.Maybe[models.Post](tx, "uri = ?", uri)
		if err != nil {
			return err
		}
		if p == nil || !p.Visibility.Open() {
			return unsigned()
		}
	}
	return nil
}

// terms reads whether signatures are asked for now, and why the server that signs,
// if any does, is not answered at all. It asks nobody.
func (s *Server) terms(r *http.Request) (on bool, why string, err error) {
	var host string
	if sign.Signed(r) {
		if sig, err := inbox.Parse(s.db, r, nil); err == nil {
			host = sig.KeyID.Host()
		}
	}
	if on, ok := store.Lately[bool](s.db, authorizedKey{}); ok && host == "" {
		return on, "", nil
	}
	err = s.db.Read(r.Context(), func(tx *store.Tx) (err error) {
		if on, err = authorized(tx); err != nil {
			return err
		}
		why, err = store.Shut(tx, host)
		return err
	})
	return on, why, err
}

// reader returns who signed a GET, nil if nobody did that we can tell. What is for
// everybody is served to a bad signature too.
func (s *Server) reader(r *http.Request) *models.Account {
	if !sign.Signed(r) {
		return nil
	}
	sig, err := inbox.Parse(s.db, r, nil)
	if err != nil || s.db.Site.Owns(sig.KeyID) {
		return nil
	}
	address, budget := inbox.Address(r), inbox.KeyRequests
	if s.strangers.Full(address) {
		budget = 0
	}
	a, err := s.Peers.ByKey(fetch.WithBudget(r.Context(), budget), sig.KeyID)
	if err != nil || inbox.Check(sig, a) != nil || !a.Active() {
		s.strangers.Take(address)
		return nil
	}
	return a
}
