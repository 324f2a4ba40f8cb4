// Package inbox takes in what peers say: it verifies and keeps each activity as it
// came, answers, and lets it take effect afterwards, once, in the order of its
// actor. table.go lists all that a peer can tell us.
package inbox

import (
	"bytes"
	"context"
	"crypto"
	"hash/fnv"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"ensemble/activities/interaction"
	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/limit"
	"ensemble/models/store"
)

const (
	shards   = 16
	batch    = 50
	attempts = 8
)

// Apply is the task that lets what a shard of the inbox holds take effect. An
// actor's activities are all in one shard, and one drain works a shard.
type Apply struct {
	Shard int `json:"shard"`
}

// Kind names the task in the queue.
func (Apply) Kind() string { return "inbox" }

// An Inbox is every inbox of this server.
type Inbox struct {
	DB    *store.DB
	Peers *fetch.Client
	Files files.Store
	Log   *slog.Logger
	// Back is told of a host that did not answer, and now speaks; nil tells nobody.
	Back func(tx *store.Tx, host string) error
	// Servers limits how often one server is heard, and Strangers how often an address
	// may come with a signature that does not hold.
	Servers, Strangers *limit.Limiter

	drains drains
}

// Work has the inbox's tasks done by w.
func (in *Inbox) Work(w *store.Workers) {
	store.Drain(w, in.drain, func(tx *store.Tx, t Apply) (bool, error) {
		return store.Any[models.Inbound](tx, "shard = ? AND done_at IS NULL AND due_at <= ?", t.Shard, tx.Now)
	})
	in.workChecks(w)
}

// Keep verifies who sent r and stores what it says; it returns once that is
// committed. What was heard before is not kept twice, and is no error. The error's
// kind is Unauthed for a signature that does not hold, Forbidden for a blocked or
// suspended sender, Gone for a deleted one, Invalid for what is no activity, and
// TooMany for who came too often, to whom h says when to come again.
func (in *Inbox) Keep(h http.Header, r *http.Request) error {
	body, err := in.body(r)
	if err != nil {
		return err
	}
	e, err := wire.Peek(body)
	if err != nil {
		return err
	}
	if n := in.DB.Site.Most().Nesting; e.Depth > n {
		return models.Refuse(models.Invalid, "too_deep", "an activity is nested at most %d deep here", n)
	}
	if err := in.secure(e); err != nil {
		return err
	}
	c, err := in.meet(r, body, e)
	if err != nil {
		return err
	}
	signer, err := in.known(h, r, c, e)
	if err != nil {
		return err
	}
	if !in.Servers.Count(h, signer.URI.Host()) {
		return models.Refuse(models.TooMany, "too_often", "%s says more than this server can hear: try again later", signer.URI.Host())
	}
	switch {
	case signer.State == models.AccountDeleted:
		return models.Errorf(models.Gone, "%s is gone", signer.URI)
	case !signer.Active():
		return models.Errorf(models.Forbidden, "%s is suspended here", signer.URI)
	case e.Actor != signer.URI:
		return in.hint(r.Context(), e, signer)
	case !e.ID.SameOrigin(e.Actor):
		return models.Refuse(models.Unauthed, "foreign_id", "the id of an activity is on its actor's server")
	}
	if err := in.store(r.Context(), c, e, body); err != nil {
		return err
	}
	return in.synced(r.Context(), r.Header.Get("Collection-Synchronization"), signer)
}

// store keeps what was said.
func (in *Inbox) store(ctx context.Context, c caller, e wire.Envelope, body []byte) error {
	shard := shardOf(e.Actor)
	awake := in.drains.count(shard)
	if awake {
		defer in.drains.ring(shard)
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		if c.failing && in.Back != nil { // who speaks can hear again
			if err := in.Back(tx, e.Actor.Host()); err != nil {
				return err
			}
		}
		return in.keep(tx, e, body, awake)
	})
}

// keep writes down what was said, once: what comes again under the same id is
// ignored, whatever it says by then (forged case 26). A drain that is awake need not be
// woken.
func (in *Inbox) keep(tx *store.Tx, e wire.Envelope, body []byte, awake bool) error {
	row := &models.Inbound{
		ID: models.NewID(tx.Now), Actor: e.Actor, URI: e.ID, Shard: shardOf(e.Actor), Body: body, DueAt: tx.Now, ReceivedAt: tx.Now,
	}
	isNew, err := store.Add(tx, row)
	if err != nil {
		return err
	}
	if !isNew {
		return in.heard(tx, e, body)
	}
	if awake {
		return nil
	}
	return store.Wake(tx, Apply{row.Shard})
}

// heard notes where an activity that came again says something else.
func (in *Inbox) heard(tx *store.Tx, e wire.Envelope, body []byte) error {
	first, err := store.Maybe[models.Inbound](tx, "actor = ? AND uri = ?", e.Actor, e.ID)
	if err == nil && first != nil && !bytes.Equal(first.Body, body) {
		in.Log.Warn("inbox: the same activity came with another body, and is ignored", "activity", e.ID, "actor", e.Actor)
	}
	return err
}

func shardOf(actor models.IRI) int {
	h := fnv.New32a()
	h.Write([]byte(actor))
	return int(h.Sum32() % shards)
}

// secure refuses plain http where servers are not on one machine.
func (in *Inbox) secure(e wire.Envelope) error {
	if in.DB.Site.Loose {
		return nil
	}
	if !strings.HasPrefix(string(e.ID), "https://") || !strings.HasPrefix(string(e.Actor), "https://") {
		return models.Refuse(models.Invalid, "not_https", "ids and actors are https addresses")
	}
	return nil
}

// signer returns whose signature r carries. On failure the key is read anew, once.
func (in *Inbox) signer(r *http.Request, c caller, e wire.Envelope) (a *models.Account, err error) {
	if c.err != nil {
		return nil, c.err
	}
	s := c.sign
	if a = c.holder; a == nil {
		a, err = in.Peers.ByKey(r.Context(), s.KeyID)
	}
	if err != nil {
		if k := models.KindOf(err); (k == models.Gone || k == models.NotFound) && e.Verb == models.Delete {
			return nil, models.Refuse(models.Gone, "actor_gone", "the signer is gone") // nothing of theirs is here
		}
		if models.KindOf(err) == models.Internal || models.CodeOf(err) == "peer_blocked" {
			return nil, err
		}
		return nil, models.Refuse(models.Unauthed, "no_key", "the key %s could not be had: %v", s.KeyID, err)
	}
	if err = in.check(s, a); err == nil {
		return a, nil
	}
	fresh, again := in.Peers.RefreshKey(r.Context(), a)
	if again != nil || fresh.PublicKey == a.PublicKey && len(fresh.Assertions) == len(a.Assertions) {
		return nil, err
	}
	return fresh, in.check(s, fresh)
}

// Parse reads the signature of r as it was sent to this server.
func Parse(db *store.DB, r *http.Request, body []byte) (*sign.Signature, error) {
	scheme, host, _ := strings.Cut(db.Site.Origin, "://")
	return sign.Parse(r, body, scheme, host, db.Now())
}

func (in *Inbox) check(s *sign.Signature, a *models.Account) error { return Check(s, a) }

// Check verifies a signature by the key of a that it names.
func Check(s *sign.Signature, a *models.Account) error {
	if !a.KeyID.SameOrigin(a.URI) && a.KeyID != "" {
		return models.Errorf(models.Unauthed, "the key of %s is on another server", a.URI)
	}
	k, err := keyOf(s.KeyID, a)
	if err != nil {
		return err
	}
	return s.Verify(k)
}

func keyOf(id models.IRI, a *models.Account) (crypto.PublicKey, error) {
	for _, as := range a.Assertions {
		if as.ID == id {
			return sign.ParseMultikey(as.Multibase)
		}
	}
	if a.KeyID != id {
		return nil, models.Errorf(models.Unauthed, "%s is no key of %s", id, a.URI)
	}
	return sign.ParsePublic(a.PublicKey)
}

// hint is what somebody says that another said, without a proof: nothing is
// believed of it. It makes us look: at a post, where it lives, and whether a stamp is
// still there (forged case 14).
func (in *Inbox) hint(ctx context.Context, e wire.Envelope, signer *models.Account) error {
	if yes, err := in.relays(ctx, signer.URI); err != nil || yes && e.Verb != models.Delete {
		if err == nil {
			err = in.passedOn(ctx, e, signer)
		}
		return err
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		if known, err := passed(tx, e.Verb, e.ID, e.Actor, e.ObjectURI, signer); err != nil {
			return err
		} else if !known && e.Verb != models.Delete {
			return models.Refuse(models.Unauthed, "not_actor", "%s may not speak for %s", signer.URI, e.Actor)
		}
		if err := interaction.Recheck(tx, e.ObjectURI); err != nil {
			return err
		}
		return recheck(tx, e.ObjectURI)
	})
}

// put puts what else held actors said off, behind their earlier words.
func (in *Inbox) put(ctx context.Context, held map[models.IRI]bool) error {
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		for actor, waits := range held {
			if !waits {
				continue
			}
			first, err := store.Find[models.Inbound](tx, "actor = ? AND done_at IS NULL ORDER BY id LIMIT 1", actor)
			if err != nil {
				return err
			}
			if len(first) == 0 {
				continue
			}
			if _, err := store.Set[models.Inbound](tx, map[string]any{"due_at": first[0].DueAt}, "actor = ? AND done_at IS NULL", actor); err != nil {
				return err
			}
		}
		return nil
	})
}

// one lets a single activity take effect, in a transaction that also notes that it
// did. It reports whether to try again later.
func (in *Inbox) one(ctx context.Context, row *models.Inbound) (later bool, err error) {
	a, err := wire.Decode(row.Body)
	if err != nil {
		return false, in.settle(ctx, row, err)
	}
	m, err := in.prepare(fetch.WithBudget(ctx, in.DB.Site.Most().Requests), a)
	if err == nil {
		m.raw = row.Body
		err = in.DB.Tx(ctx, func(tx *store.Tx) error {
			if fresh, err := store.Hold[models.Inbound](tx, row.ID); err != nil || fresh.DoneAt != nil {
				return err
			}
			if err := m.dispatch(tx); err != nil {
				return err
			}
			return done(tx, row, "applied")
		})
	}
	if err == nil {
		return false, nil
	}
	if k := models.KindOf(err); (k == models.Unreachable || k == models.Internal) && row.Attempts+1 < attempts && ctx.Err() == nil {
		return true, in.postpone(ctx, row, err)
	}
	if ctx.Err() != nil {
		return false, ctx.Err() // stopping: the row is as it was
	}
	return false, in.settle(ctx, row, err)
}

func done(tx *store.Tx, row *models.Inbound, outcome string) error {
	_, err := store.Set[models.Inbound](tx, map[string]any{"done_at": tx.Now, "outcome": outcome}, "id = ? AND done_at IS NULL", row.ID)
	return err
}

// settle notes that an activity has no effect, and why. Its sender is not told: that
// would be an oracle.
func (in *Inbox) settle(ctx context.Context, row *models.Inbound, why error) error {
	level := slog.LevelDebug
	if models.KindOf(why) == models.Internal {
		level = slog.LevelError
	}
	in.Log.Log(ctx, level, "inbox: not applied", "activity", row.URI, "actor", row.Actor, "code", models.CodeOf(why), "err", why)
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		outcome := why.Error()
		if code := models.CodeOf(why); code != "" {
			outcome = code + ": " + outcome
		}
		return done(tx, row, outcome)
	})
}

func (in *Inbox) postpone(ctx context.Context, row *models.Inbound, why error) error {
	in.Log.Info("inbox: put off", "activity", row.URI, "attempt", row.Attempts+1, "err", why)
	wait := 5 * time.Second << (2 * row.Attempts)
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		_, err := store.Set[models.Inbound](tx, map[string]any{
			"attempts": row.Attempts + 1, "due_at": tx.Now.Add(wait), "outcome": "waits: " + why.Error(),
		}, "id = ? AND done_at IS NULL", row.ID)
		return err
	})
}

// Clean forgets what was heard long ago: a replay is known for 30 days.
func (in *Inbox) Clean(ctx context.Context) error {
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		_, err := store.Delete[models.Inbound](tx, "done_at < ?", tx.Now.Add(-30*24*time.Hour))
		return err
	})
}

// Sweep wakes shards in which something is due that no drain was told of: put off,
// or left by a killed process.
func (in *Inbox) Sweep(ctx context.Context) error {
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		due, err := store.Find[models.Inbound](tx, "done_at IS NULL AND due_at <= ? ORDER BY id LIMIT 200", tx.Now)
		if err != nil {
			return err
		}
		woken := map[int]bool{}
		for _, row := range due {
			woken[row.Shard] = true
		}
		for _, shard := range slices.Sorted(maps.Keys(woken)) {
			if err := store.Wake(tx, Apply{shard}); err != nil {
				return err
			}
		}
		return nil
	})
}
