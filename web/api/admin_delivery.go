package api

import (
	"cmp"
	"net/url"
	"strings"

	"ensemble/activities/moderation"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// deliveryRoutes are about what waits to be brought to other servers: for admins.
func (a *API) deliveryRoutes() []call.Route {
	const v1 = "/api/ensemble/v1/admin"
	const read, write = "admin:read", "admin:write"
	return []call.Route{
		{Method: "GET", Path: v1 + "/destinations", Scope: read, Handler: admins(a.Destinations)},
		{Method: "GET", Path: v1 + "/destinations/:host", Scope: read, Handler: admins(a.Destination)},
		{Method: "POST", Path: v1 + "/destinations/:host/pause", Scope: write, Handler: admins(a.atDestination(moderation.HoldBack))},
		{Method: "POST", Path: v1 + "/destinations/:host/resume", Scope: write, Handler: admins(a.atDestination(moderation.Release))},
		{Method: "POST", Path: v1 + "/destinations/:host/retry", Scope: write, Handler: admins(a.atDestination(moderation.Retry))},
		{Method: "POST", Path: v1 + "/destinations/:host/drop", Scope: write, Handler: admins(a.atDestination(drop))},
		{Method: "GET", Path: v1 + "/trace", Scope: read, Handler: admins(a.Trace)},
	}
}

// The states of a destination.
const (
	destinationClear  = "clear"  // nothing waits
	destinationSoon   = "soon"   // it is being brought, or for the first time
	destinationRests  = "rests"  // it did not take what was brought last, and is left alone until next_try
	destinationPaused = "paused" // an admin holds it back
)

// destinationJSON is another server that something waits for.
type destinationJSON struct {
	Host     string  `json:"host"`
	State    string  `json:"state"`
	Waiting  int     `json:"waiting"`
	Since    *moment `json:"since"` // when the oldest was written
	Failures int     `json:"failures"`
	Reason   string  `json:"reason"` // of the last failure, a sentence
	NextTry  *moment `json:"next_try"`
	LastOK   *moment `json:"last_ok"`
}

func destination(c *call.Call, d *store.Destination) destinationJSON {
	v := destinationJSON{
		Host: d.Host, State: destinationSoon, Waiting: d.Waiting, Since: momentOf(d.Since()), Failures: d.Peer.Failures,
		Reason: text.Failure(language(c), d.LastError), NextTry: momentOf(d.NextTry), LastOK: momentOf(d.Peer.LastOK),
	}
	switch {
	case d.Peer.Paused:
		v.State = destinationPaused
	case d.Waiting == 0:
		v.State = destinationClear
	case d.LastError != "":
		v.State = destinationRests
	}
	return v
}

// Destinations is GET /api/ensemble/v1/admin/destinations: the servers that letters
// wait for, that with the oldest first.
func (a *API) Destinations(c *call.Call) (any, error) {
	all, err := store.Destinations(c.Tx, upToLimit(c, 100, 500))
	out := []destinationJSON{}
	for _, d := range all {
		out = append(out, destination(c, d))
	}
	return out, err
}

// letterJSON is one activity that waits for a server.
type letterJSON struct {
	ID       models.ID  `json:"id,string"`
	Verb     string     `json:"verb"`
	What     string     `json:"what"` // the kind of thing, such as Note
	URI      models.IRI `json:"uri"`
	Account  string     `json:"account"` // who says it
	At       moment     `json:"at"`
	Attempts int        `json:"attempts"`
	Reason   string     `json:"reason"`
	NextTry  *moment    `json:"next_try"`
}

// Destination is GET /api/ensemble/v1/admin/destinations/:host: one server, and the
// oldest letters that wait for it.
func (a *API) Destination(c *call.Call) (any, error) {
	d, err := a.destination(c)
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[models.Delivery](c.Tx, "host = ? AND state = ? ORDER BY id LIMIT ?", d.Host, models.DeliveryQueued, upToLimit(c, 20, 100))
	if err != nil {
		return nil, err
	}
	letters := []letterJSON{}
	for _, r := range rows {
		l, err := a.letter(c, r)
		if err != nil {
			return nil, err
		}
		letters = append(letters, l)
	}
	return struct {
		destinationJSON
		Letters []letterJSON `json:"letters"`
	}{destination(c, d), letters}, nil
}

func (a *API) letter(c *call.Call, d *models.Delivery) (letterJSON, error) {
	l := letterJSON{ID: d.ID, At: moment(d.CreatedAt), Attempts: d.Attempts, Reason: text.Failure(language(c), d.LastError), NextTry: momentOf(&d.DueAt)}
	o, err := store.Get[models.Outbound](c.Tx, d.OutboundID)
	if err != nil {
		return l, err
	}
	who, err := store.Get[models.Account](c.Tx, o.AccountID)
	if err != nil {
		return l, err
	}
	l.Verb, l.URI, l.Account, l.What = string(o.Verb), o.ObjectURI, who.Acct(), kindOf(o)
	return l, nil
}

// kindOf says what an activity is about, in a word of ActivityStreams.
func kindOf(o *models.Outbound) string {
	if o.Activity == nil {
		return ""
	}
	return cmp.Or(o.Activity.Object.Former, o.Activity.Object.Type)
}

func (a *API) destination(c *call.Call) (*store.Destination, error) {
	host := strings.ToLower(c.Str("host"))
	d, err := store.DestinationOf(c.Tx, host)
	if err == nil && d == nil {
		err = models.Errorf(models.NotFound, "this server knows no server called %s", host)
	}
	return d, err
}

func drop(tx *store.Tx, by *models.Account, host string) error {
	_, err := moderation.Drop(tx, by, host)
	return err
}

// atDestination does something about all that waits for a server, and answers with
// how it is then. It is logged.
func (a *API) atDestination(do func(*store.Tx, *models.Account, string) error) call.Handler {
	return func(c *call.Call) (any, error) {
		d, err := a.destination(c)
		if err != nil {
			return nil, err
		}
		if err := do(c.Tx, c.Me, d.Host); err != nil {
			return nil, err
		}
		if d, err = a.destination(c); err != nil {
			return nil, err
		}
		return destination(c, d), nil
	}
}

// traceJSON is an activity about a thing, and how far it came at each server.
type traceJSON struct {
	deletionJSON
	Verb    string `json:"verb"`
	Account string `json:"account"`
}

// Trace is GET /api/ensemble/v1/admin/trace?of=: what was said to other servers about
// a post of this server, by its ID or any of its addresses, and which of them confirmed
// it. What everybody took is forgotten after a week, and what took something away after
// 30 days.
func (a *API) Trace(c *call.Call) (any, error) {
	of := strings.TrimSpace(c.Str("of"))
	if of == "" {
		return nil, models.Errorf(models.Invalid, "of is the address of a post")
	}
	uri, err := a.traced(c, of)
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[models.Outbound](c.Tx, "object_uri = ? ORDER BY id DESC LIMIT 40", uri)
	if err != nil {
		return nil, err
	}
	receipts, err := receiptsOf(c.Tx, rows)
	if err != nil {
		return nil, err
	}
	out := []traceJSON{}
	for _, o := range rows {
		who, err := store.Get[models.Account](c.Tx, o.AccountID)
		if err != nil {
			return nil, err
		}
		out = append(out, traceJSON{deletion(c, o, receipts), string(o.Verb), who.Acct()})
	}
	return out, nil
}

// traced returns the address by which peers know what of names: also that of a post
// that is gone.
func (a *API) traced(c *call.Call, of string) (models.IRI, error) {
	if id, err := models.ParseID(of); err == nil {
		p, err := store.Get[models.Post](c.Tx, id)
		if err != nil {
			return "", err
		}
		return p.URI, nil
	}
	p, err := store.Maybe[models.Post](c.Tx, "uri = ? OR url = ?", of, of)
	if err != nil {
		return "", err
	}
	if p != nil {
		return p.URI, nil
	}
	u, err := url.Parse(of)
	if err != nil {
		return "", models.Errorf(models.Invalid, "%q is no address", clipped(of))
	}
	name, page := strings.CutPrefix(u.Path, "/@")
	if who, id, both := strings.Cut(name, "/"); page && both {
		return c.Site.IRI("/users/" + strings.ToLower(who) + "/notes/" + id), nil
	}
	return models.IRI(of), nil
}

// upToLimit is the parameter limit, where a list has no pages.
func upToLimit(c *call.Call, def, most int) int { return min(max(c.Int("limit", def), 1), most) }

func clipped(s string) string { return s[:min(len(s), 100)] }
