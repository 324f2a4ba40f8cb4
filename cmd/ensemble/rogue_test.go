package main

import (
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/federation/sign"
	"ensemble/models"
)

// A rogue is a server that follows a script, not the protocol. It serves whatever
// it is told to, under its own name alone, and keeps all that is posted to it.
type rogue struct {
	n    *network
	host string

	mu     sync.Mutex
	pages  map[string]http.HandlerFunc // by path
	hits   map[string]int              // GETs, by path
	heard  []object                    // what was posted to it
	people map[string]*villain
	serial int
}

// A villain has an actor on a rogue, and keys that are in order.
type villain struct {
	*rogue
	name, uri string
	key       sign.Key
	seal      sign.Key // for proofs
}

const (
	activityKind = "application/activity+json"
	activityNS   = "https://www.w3.org/ns/activitystreams"
)

// rogue puts one under host, with people of these names.
func (n *network) rogue(host string, names ...string) (*rogue, []*villain) {
	n.t.Helper()
	r := &rogue{n: n, host: host, pages: map[string]http.HandlerFunc{}, hits: map[string]int{}, people: map[string]*villain{}}
	n.mu.Lock()
	n.handlers[host] = r
	n.mu.Unlock()
	var all []*villain
	for _, name := range names {
		all = append(all, r.born(name))
	}
	return r, all
}

// evil is the usual one, with the usual two.
func (n *network) evil() (mallory, eve *villain) {
	_, all := n.rogue("evil.test", "mallory", "eve")
	return all[0], all[1]
}

var (
	forging sync.Mutex
	forged  = map[string]crypto.Signer{}
)

// forge returns the private key of that name: the same one in every story, since
// making one takes long.
func forge(t *testing.T, name string, make func() (string, string, error)) crypto.Signer {
	t.Helper()
	forging.Lock()
	defer forging.Unlock()
	if k := forged[name]; k != nil {
		return k
	}
	_, private, err := make()
	if err != nil {
		t.Fatal(err)
	}
	if forged[name], err = sign.ParsePrivate(private); err != nil {
		t.Fatal(err)
	}
	return forged[name]
}

func (r *rogue) born(name string) *villain {
	r.n.t.Helper()
	v := &villain{rogue: r, name: name, uri: "https://" + r.host + "/users/" + name}
	v.seal = sign.Key{ID: models.IRI(v.uri + "#ed25519-key"), Private: forge(r.n.t, name+" seal", sign.NewEd25519)}
	v.rekey("rsa of " + name)
	r.mu.Lock()
	r.people[name] = v
	r.mu.Unlock()
	v.appears(nil)
	return v
}

// rekey gives v another key under the same name; what its actor says is left.
func (v *villain) rekey(name string) {
	v.key = sign.Key{ID: models.IRI(v.uri + "#main-key"), Private: forge(v.n.t, name, sign.NewRSA)}
}

// appears serves v's actor, with its present keys; fields overwrite.
func (v *villain) appears(fields object) {
	v.n.t.Helper()
	public, err := sign.PublicPEM(v.key.Private.Public())
	if err != nil {
		v.n.t.Fatal(err)
	}
	doc := object{
		"@context": []any{activityNS, "https://w3id.org/security/v1"}, "id": v.uri, "type": "Person", "preferredUsername": v.name,
		"inbox": v.uri + "/inbox", "outbox": v.uri + "/outbox", "followers": v.uri + "/followers", "following": v.uri + "/following",
		"publicKey": object{"id": string(v.key.ID), "owner": v.uri, "publicKeyPem": public},
		"assertionMethod": []any{object{"id": string(v.seal.ID), "type": "Multikey", "controller": v.uri,
			"publicKeyMultibase": sign.Multikey(v.seal.Private.Public().(ed25519.PublicKey))}},
		"interactionPolicy": object{"canCollaborate": object{"automaticApproval": v.uri, "manualApproval": string(models.Public)}},
	}
	maps.Copy(doc, fields)
	v.serve(doc)
}

// serve puts a document where its id says.
func (r *rogue) serve(doc object) string {
	r.n.t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		r.n.t.Fatal(err)
	}
	return r.serveAs(doc["id"].(string), activityKind, raw)
}

func (r *rogue) serveAs(uri, kind string, raw []byte) string {
	return r.on(uri, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(raw)
	})
}

func (r *rogue) on(uri string, page http.HandlerFunc) string {
	_, path, _ := strings.Cut(uri, "https://"+r.host)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages[path] = page
	return uri
}

// nothing is a page of nothing but a status.
func nothing(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func (r *rogue) count(uri string) int {
	_, path, _ := strings.Cut(uri, "https://"+r.host)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hits[path]
}

// ServeHTTP is what evil looks like from outside.
func (r *rogue) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if q.Method == http.MethodPost {
		raw, _ := io.ReadAll(q.Body)
		var said object
		_ = json.Unmarshal(raw, &said)
		r.mu.Lock()
		r.heard = append(r.heard, said)
		r.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
		return
	}
	r.mu.Lock()
	r.hits[q.URL.Path]++
	page := r.pages[q.URL.Path]
	name, _, _ := strings.Cut(strings.TrimPrefix(q.FormValue("resource"), "acct:"), "@")
	who := r.people[name]
	r.mu.Unlock()
	switch {
	case page != nil:
		page(w, q)
	case q.URL.Path == "/.well-known/webfinger" && who != nil:
		w.Header().Set("Content-Type", "application/jrd+json")
		fmt.Fprintf(w, `{"subject":"acct:%s@%s","links":[{"rel":"self","type":%q,"href":%q}]}`, name, r.host, activityKind, who.uri)
	default:
		http.NotFound(w, q)
	}
}

// told returns what it was told by that verb, oldest first.
func (r *rogue) told(verb string) (all []object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.heard {
		if a["type"] == verb {
			all = append(all, a)
		}
	}
	return all
}

func (r *rogue) fresh(kind string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.serial++
	return fmt.Sprintf("https://%s/%s/%d", r.host, kind, r.serial)
}

func (n *network) at() string { return n.now().UTC().Format(time.RFC3339) }
