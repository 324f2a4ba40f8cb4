package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

// keys looks whether everybody here can sign, and as whom peers believe they do.
func (d *doctor) keys() []finding {
	var bad []finding
	checked, last := 0, models.ID(0)
	for {
		all, err := d.people(last)
		if err != nil {
			return []finding{fail("", "The accounts cannot be read: %s", sentence(err))}
		}
		for _, a := range all {
			if err := d.pair(a); err != nil {
				bad = append(bad, fail("Restore the row of private_keys from a backup: without it peers refuse what the account says.",
					"The keys of %s are broken: %s", a.Handle(d.config.Site), sentence(err)))
			}
			checked, last = checked+1, a.ID
		}
		if len(all) == 0 {
			break
		}
	}
	switch {
	case checked == 0:
		return []finding{fail("Start the server once.", "There is no account here, not even that of the server itself.")}
	case len(bad) == 0:
		return []finding{ok("The signing keys of all %d accounts fit together.", checked)}
	}
	return bad
}

// pair says what is wrong with the keys of an account.
func (d *doctor) pair(a *models.Account) error {
	var k *models.PrivateKey
	err := d.db.Read(d, func(tx *store.Tx) (err error) {
		k, err = store.Maybe[models.PrivateKey](tx, "account_id = ?", a.ID)
		return err
	})
	switch {
	case err != nil:
		return err
	case k == nil:
		return fmt.Errorf("there are no private ones")
	}
	public, err := sign.ParsePublic(a.PublicKey)
	if err != nil {
		return err
	}
	if err := fits(k.RSA, public); err != nil {
		return fmt.Errorf("of the one for requests, %w", err)
	}
	if len(a.Assertions) == 0 {
		return fmt.Errorf("there is no public one for proofs")
	}
	proofs, err := sign.ParseMultikey(a.Assertions[0].Multibase)
	if err != nil {
		return err
	}
	if err := fits(k.Ed25519, proofs); err != nil {
		return fmt.Errorf("of the one for proofs, %w", err)
	}
	return nil
}

// fits compares a private key with what is told of it.
func fits(private string, public crypto.PublicKey) error {
	k, err := sign.ParsePrivate(private)
	if err != nil {
		return fmt.Errorf("the private half cannot be read: %w", err)
	}
	same, ok := k.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !same.Equal(public) {
		return fmt.Errorf("the private half does not fit the public one")
	}
	if _, isProof := public.(ed25519.PublicKey); isProof {
		if _, ok := k.(ed25519.PrivateKey); !ok {
			return fmt.Errorf("the private half is no Ed25519 key")
		}
	}
	return nil
}

// reachable asks for the server's own account as a peer would.
func (d *doctor) reachable() []finding {
	site := d.config.Site
	var transport http.RoundTripper
	if site.Loose {
		transport = fetch.Guarded(true) // it knows where names such as one.localhost are
	}
	scheme := "https"
	if !site.Secure() {
		scheme = "http"
	}
	finger := fmt.Sprintf("%s://%s/.well-known/webfinger?resource=%s", scheme, site.Domain,
		url.QueryEscape(string(site.IRI("/actor"))))
	const hint = "Does the server run, does the name lead to it, and does the proxy before it pass on the Host header?"
	var out []finding
	for _, ask := range []struct{ well, badly, at, accept string }{
		{"WebFinger answers at %s.", "WebFinger does not answer as it should: %s", finger, "application/jrd+json"},
		{"The actor of this server answers at %s.", "The actor of this server does not answer as it should: %s", string(site.IRI("/actor")), asDocument},
	} {
		if err := d.ask(transport, ask.at, ask.accept); err != nil {
			out = append(out, fail(hint, ask.badly, sentence(err)))
			continue
		}
		out = append(out, ok(ask.well, ask.at))
	}
	return out
}

func (d *doctor) ask(transport http.RoundTripper, at, accept string) error {
	ctx, cancel := context.WithTimeout(d, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", accept)
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it is not read
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", at, resp.Status)
	}
	return nil
}
