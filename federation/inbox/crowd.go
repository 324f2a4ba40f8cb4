package inbox

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// KeyRequests is how many requests to other servers it may take to find out whose a
// signature is: the key, its owner and WebFinger, with redirects and second knocks.
const KeyRequests = 12

// Address returns where r came from, as trusted proxies tell it.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// body reads what was posted, if it can be an activity.
func (in *Inbox) body(r *http.Request) ([]byte, error) {
	if kind := r.Header.Get("Content-Type"); !strings.Contains(kind, "json") {
		return nil, models.Refuse(models.Invalid, "not_json", "an activity is sent as application/activity+json, not %q", kind)
	}
	if how := r.Header.Get("Content-Encoding"); how != "" && !strings.EqualFold(how, "identity") {
		return nil, models.Refuse(models.Invalid, "encoded", "an activity is sent as it is, not as %q", how)
	}
	most := in.DB.Site.Most().Body
	if r.ContentLength > int64(most) {
		return nil, tooLarge(most)
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, int64(most)))
	if err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return nil, tooLarge(most)
		}
		return nil, models.Errorf(models.Invalid, "the body could not be read")
	}
	return body, nil
}

func tooLarge(most int) error {
	return models.Refuse(models.Invalid, "too_large", "an activity has at most %d kB", most>>10)
}

// A caller is what is known here of who speaks, before anybody is asked.
type caller struct {
	sign    *sign.Signature
	err     error           // why there is no signature, or none that is heard
	holder  *models.Account // of the key; nil if it is not known
	failing bool            // the server did not answer us lately
}

// meet reads the signature of r, and who is known to have made it. It refuses a server
// with which there is to be no traffic, before anything is looked up.
func (in *Inbox) meet(r *http.Request, body []byte, e wire.Envelope) (c caller, err error) {
	c.sign, c.err = Parse(in.DB, r, body)
	err = in.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		host := e.Actor.Host()
		if c.failing, err = open(tx, host); err != nil || c.err != nil {
			return err
		}
		if other := c.sign.KeyID.Host(); other != host {
			if _, c.err = open(tx, other); c.err != nil {
				return nil
			}
		}
		c.holder, err = fetch.Holder(tx, c.sign.KeyID)
		return err
	})
	return c, err
}

// open refuses a host with which there is to be no traffic.
func open(tx *store.Tx, host string) (failing bool, err error) {
	why, failing, err := store.Gate(tx, host)
	if err == nil && why != "" {
		err = models.Refuse(models.Forbidden, "peer_blocked", "%s", why)
	}
	return failing, err
}

// known is signer, and counts signatures that do not hold against the address that
// they came from. From one that sent too many no unknown key is looked for any more,
// since that costs requests; who is known here is still heard.
func (in *Inbox) known(h http.Header, r *http.Request, c caller, e wire.Envelope) (*models.Account, error) {
	address, budget := Address(r), KeyRequests
	full := in.Strangers.Full(address)
	if full {
		budget = 0
	}
	signer, err := in.signer(r.WithContext(fetch.WithBudget(r.Context(), budget)), c, e)
	if err == nil {
		return signer, nil
	}
	if !in.Strangers.Count(h, address) || full {
		return nil, models.Refuse(models.TooMany, "too_often", "too many requests from this address had no signature that holds: try again later")
	}
	return nil, err
}
