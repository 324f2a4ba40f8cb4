package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

// A crowd is many servers in the test's own process, under names of their own on one
// port. Each counts what it is told. On the first lives Pia, who writes posts.
type crowd struct {
	t      *testing.T
	srv    *httptest.Server
	port   string
	many   int
	net    http.RoundTripper
	key    sign.Key
	serial atomic.Int64

	mu    sync.Mutex
	heard map[string]map[string]int // by host, by activity
	ill   map[string]int            // hosts that answer with this status; -1: that never answer
}

func newCrowd(t *testing.T, many int) *crowd {
	t.Helper()
	c := &crowd{t: t, many: many, net: fetch.Guarded(true), heard: map[string]map[string]int{}, ill: map[string]int{}}
	c.srv = httptest.NewServer(c)
	t.Cleanup(c.srv.Close)
	_, c.port, _ = net.SplitHostPort(c.srv.Listener.Addr().String())
	c.key = sign.Key{ID: models.IRI(c.pia() + "#main-key"), Private: forge(t, "rsa of pia", sign.NewRSA)}
	return c
}

func (c *crowd) host(i int) string { return fmt.Sprintf("p%d.localhost:%s", i, c.port) }
func (c *crowd) pia() string       { return "http://" + c.host(0) + "/users/pia" }

// ails has host i answer its inbox by that status, 0 for well again.
func (c *crowd) ails(i, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ill[c.host(i)] = status
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		c.take(w, r)
		return
	}
	public, err := sign.PublicPEM(c.key.Private.Public())
	if err != nil {
		c.t.Error(err)
	}
	w.Header().Set("Content-Type", activityKind)
	switch {
	case strings.HasPrefix(r.URL.Path, "/.well-known/webfinger"):
		w.Header().Set("Content-Type", "application/jrd+json")
		fmt.Fprintf(w, `{"subject":"acct:pia@%s","links":[{"rel":"self","type":%q,"href":%q}]}`, c.host(0), activityKind, c.pia())
	case r.URL.Path == "/users/pia":
		_ = json.NewEncoder(w).Encode(object{
			"@context": []any{activityNS, "https://w3id.org/security/v1"}, "id": c.pia(), "type": "Person", "preferredUsername": "pia",
			"inbox": c.pia() + "/inbox", "outbox": c.pia() + "/outbox", "followers": c.pia() + "/followers",
			"publicKey": object{"id": string(c.key.ID), "owner": c.pia(), "publicKeyPem": public},
		})
	default:
		http.NotFound(w, r)
	}
}

// take counts what an inbox is told.
func (c *crowd) take(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var a struct {
		ID    string `json:"id"`
		Type  string `json:"type"`
		Actor string `json:"actor"`
	}
	c.mu.Lock()
	ill := c.ill[r.Host]
	c.mu.Unlock()
	switch {
	case ill < 0:
		<-r.Context().Done()
		return
	case ill > 0:
		w.WriteHeader(ill)
		return
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	if c.heard[r.Host] == nil {
		c.heard[r.Host] = map[string]int{}
	}
	c.heard[r.Host][a.ID]++
	c.mu.Unlock()
	w.WriteHeader(http.StatusAccepted)
	if a.Type == "Follow" {
		go c.says(a.Actor+"/inbox", c.does("Accept", json.RawMessage(raw)))
	}
}

func (c *crowd) does(verb string, what any) object {
	return object{
		"@context": activityNS, "id": fmt.Sprintf("http://%s/a/%d", c.host(0), c.serial.Add(1)), "type": verb, "actor": c.pia(),
		"object": what, "to": []any{string(models.Public)},
	}
}

// says posts an activity of Pia's until it is taken, as servers do. It reports whether it
// was, within two minutes.
func (c *crowd) says(inbox string, a object) bool {
	body, err := json.Marshal(a)
	if err != nil {
		c.t.Error(err)
	}
	for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); time.Sleep(30 * time.Millisecond) {
		if status, err := c.post(inbox, body); err == nil && status/100 == 2 {
			return true
		}
	}
	return false
}

func (c *crowd) post(inbox string, body []byte) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", inbox, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", activityKind)
	if err := sign.Sign(r, body, c.key, sign.Cavage, time.Now()); err != nil {
		return 0, err
	}
	resp, err := c.net.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// writes has Pia publish a post, and returns its address.
func (c *crowd) writes(inbox string) (uri string, taken bool) {
	uri = fmt.Sprintf("%s/notes/%d", c.pia(), c.serial.Add(1))
	return uri, c.says(inbox, c.does("Create", object{
		"id": uri, "type": "Note", "attributedTo": c.pia(), "content": "<p>A post</p>", "published": time.Now().UTC().Format(time.RFC3339),
		"to": []any{string(models.Public)}, "cc": []any{c.pia() + "/followers"},
	}))
}

// follow has so many people on the crowd's servers follow somebody, by the database alone.
func (c *crowd) follow(db *store.DB, name string, followers int) {
	c.t.Helper()
	err := db.Tx(context.Background(), func(tx *store.Tx) error {
		who, err := store.One[models.Account](tx, "username = ? AND domain = ''", name)
		if err != nil {
			return err
		}
		var people []*models.Account
		var follows []*models.Follow
		for i := range followers {
			host := c.host(i % c.many)
			uri := models.IRI(fmt.Sprintf("http://%s/users/f%d-%s", host, i, name))
			a := &models.Account{
				ID: models.NewID(tx.Now), URI: uri, Username: fmt.Sprintf("f%d-%s", i, name), Domain: host, Type: "Person", Inbox: uri + "/inbox",
				SharedInbox: models.IRI("http://" + host + "/inbox"), State: models.AccountActive, CreatedAt: tx.Now, UpdatedAt: tx.Now,
			}
			people = append(people, a)
			follows = append(follows, &models.Follow{
				ID: models.NewID(tx.Now), URI: uri + "/follows", AccountID: a.ID, TargetID: who.ID, Accepted: true, CreatedAt: tx.Now,
			})
		}
		if err := store.AddAll(tx, people); err != nil {
			return err
		}
		if err := store.AddAll(tx, follows); err != nil {
			return err
		}
		_, err = store.Set[models.Account](tx, map[string]any{"followers_count": followers}, "id = ?", who.ID)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// got returns how many of the activities reached every healthy server, and how many
// came to one of them more than once.
func (c *crowd) got(activities []string) (missing, doubled int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.many {
		host := c.host(i)
		if c.ill[host] != 0 {
			continue
		}
		for _, a := range activities {
			switch n := c.heard[host][a]; {
			case n == 0:
				missing++
			case n > 1:
				doubled += n - 1
			}
		}
	}
	return missing, doubled
}
