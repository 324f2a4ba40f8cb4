package call

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// ReplayFor is how long the answer to a request with an Idempotency-Key is kept.
const ReplayFor = 24 * time.Hour

// replayKey returns the Idempotency-Key of a call that is to be done once, "" for
// others. It is hashed, so that a key may be anything.
func (c *Call) replayKey() string {
	key := c.GetHeader("Idempotency-Key")
	if key == "" || c.Me == nil || c.Request.Method != http.MethodPost || c.route.mode() == Read {
		return ""
	}
	return hexSum(key)
}

// once runs h, unless the same request was answered before. The row is written
// first, so that of several that come at once all but one wait for it; whoever
// comes second finds the answer that the first one left when it committed.
func (c *Call) once(key string, h Handler) (*Answer, error) {
	row := &models.Replay{
		AccountID: c.Me.ID, Key: key, Route: c.Request.Method + " " + c.Request.URL.Path,
		BodyHash: c.asked.hash(), CreatedAt: c.Tx.Now,
	}
	fresh, err := store.Add(c.Tx, row)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return c.again(row)
	}
	a, err := c.run(h)
	if err != nil {
		return nil, err
	}
	if row.Status = a.Status; row.Status == 0 {
		row.Status = http.StatusOK
	}
	row.Answer = a.Body
	return a, store.Put(c.Tx, row)
}

// again returns the answer that was given before.
func (c *Call) again(row *models.Replay) (*Answer, error) {
	old, err := store.One[models.Replay](c.Tx, "account_id = ? AND key = ? AND route = ?", row.AccountID, row.Key, row.Route)
	if err != nil {
		return nil, err
	}
	if old.BodyHash != row.BodyHash {
		return nil, models.Refuse(models.Invalid, "idempotency_key", "this Idempotency-Key was used before, for another request")
	}
	return &Answer{Status: old.Status, Body: old.Answer}, nil
}

// ForgetReplays removes answers that no client will ask for again.
func ForgetReplays(tx *store.Tx) error {
	_, err := store.Delete[models.Replay](tx, "created_at < ?", tx.Now.Add(-ReplayFor))
	return err
}

// hash returns a fingerprint of what was asked that is the same when a client
// sends it again, though the boundaries of a multipart form change.
func (p *params) hash() string {
	v := url.Values{}
	for name, values := range p.values {
		v[name] = values
	}
	for name, files := range p.files {
		for _, f := range files {
			v.Add("file "+name, f.Filename+" "+strconv.FormatInt(f.Size, 10))
		}
	}
	if len(p.values) == 0 && len(p.raw) > 0 {
		v.Set("raw", string(p.raw))
	}
	return hexSum(v.Encode())
}

func hexSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
