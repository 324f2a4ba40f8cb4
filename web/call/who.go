package call

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/limit"
	"ensemble/models/store"
)

// identify finds out who asks, and whether they may call this route.
func (c *Call) identify() error {
	switch {
	case c.route.Who == Nobody:
		return nil
	case c.route.Page:
		return c.greet()
	case c.inner() != nil:
		return c.enter(c.inner())
	}
	bearer := c.bearer()
	if bearer == "" {
		if c.route.Who == Anyone {
			return nil
		}
		return models.Refuse(models.Unauthed, "invalid_token", "The access token is invalid")
	}
	var err error
	if c.Token, c.Me, c.User, err = c.server.Who(c.Tx, bearer); err != nil && !(c.route.Waiting && c.Me != nil) {
		c.Me, c.User = nil, nil
		return first(c.tooOften(), err)
	}
	key := c.Token.Hash // an app's own
	if c.Me != nil {
		key = c.Me.ID.String() // however many apps somebody has
	}
	if err := c.count(key); err != nil {
		return err
	}
	if c.route.Who == Person && c.Me == nil {
		return models.Errorf(models.Invalid, "This method requires an authenticated user")
	}
	if err := c.granted(); err != nil {
		return err
	}
	return c.seen()
}

// granted refuses what the token does not allow.
func (c *Call) granted() error {
	if Grants(c.Token.Scopes, c.route.Scope) {
		return nil
	}
	return models.Refuse(models.Forbidden, "insufficient_scope", "This action is outside the authorized scopes")
}

// greet finds out who is signed in with the browser.
func (c *Call) greet() (err error) {
	if c.server.Browser != nil {
		_, c.Me, c.User, err = c.server.Browser(c.Tx, c.Request)
	}
	switch {
	case err != nil || c.met:
	case c.Me == nil:
		err = c.tooOften()
	default:
		err = c.count(c.Me.ID.String())
	}
	if err == nil && c.Me == nil && c.route.Who == Person {
		err = models.Errorf(models.Unauthed, "you need to sign in to see that")
	}
	return err
}

// sameSite refuses a form that another site made a browser send: cookies would
// come along. Programs that are no browsers pass.
func (c *Call) sameSite() error {
	if !c.route.Page {
		return nil // a token is never sent unasked
	}
	return fromHere(c.Site, c.Request)
}

func fromHere(site models.Site, r *http.Request) error {
	var p http.CrossOriginProtection
	if err := p.AddTrustedOrigin(site.Origin); err != nil {
		return err
	}
	if p.Check(r) != nil {
		return models.Errorf(models.Forbidden, "this form was sent from another site")
	}
	return nil
}

// seen notes that a token is still in use, once a day.
func (c *Call) seen() error {
	const day = 24 * time.Hour
	last := c.Token.LastUsedAt
	if !c.writes || (last != nil && c.Tx.Now.Sub(*last) < day) {
		return nil
	}
	if _, err := store.Set[models.Token](c.Tx, map[string]any{"last_used_at": c.Tx.Now}, "id = ?", c.Token.ID); err != nil || c.Me == nil {
		return err
	}
	_, err := store.Add(c.Tx, &models.ActiveWeek{Week: models.WeekOf(c.Tx.Now), AccountID: c.Me.ID})
	return err
}

func (c *Call) bearer() string {
	if kind, token, _ := strings.Cut(c.GetHeader("Authorization"), " "); strings.EqualFold(kind, "Bearer") {
		return strings.TrimSpace(token)
	}
	if !c.route.QueryToken {
		return ""
	}
	if t := c.Query("access_token"); t != "" {
		return t
	}
	return strings.TrimSpace(c.GetHeader("Sec-WebSocket-Protocol"))
}

// follow is the scope of old clients.
var follow = []string{
	"read:blocks", "write:blocks", "read:follows", "write:follows", "read:mutes", "write:mutes",
}

// Grants reports whether have, a list of scopes, allows one of those in want. An
// empty want is always allowed.
func Grants(have, want string) bool {
	wanted := strings.Fields(want)
	if len(wanted) == 0 {
		return true
	}
	held := strings.Fields(have)
	for _, w := range wanted {
		for _, h := range held {
			if h == w || strings.HasPrefix(w, h+":") || (h == "follow" && slices.Contains(follow, w)) {
				return true
			}
		}
	}
	return false
}

// Address returns what the caller's address counts as: an IPv6 network of 64 bits
// is one caller, for whoever has one address there has them all.
func Address(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}

// count adds the call to those of key or, where that is "" and no token was sent, to
// those from the address.
func (c *Call) count(key string) error {
	if key != "" {
		return c.take(c.server.People, key)
	}
	if c.route.Who != Nobody && c.names() {
		return nil // it is counted when we know whose it is
	}
	return c.tooOften()
}

// names reports whether the call says who asks: by a token or, for a page, a cookie.
func (c *Call) names() bool {
	if c.route.Page {
		return len(c.Request.Cookies()) > 0
	}
	return c.inner() != nil || c.bearer() != ""
}

// tooOften counts the call against the address, as one whose token is not good.
func (c *Call) tooOften() error {
	return c.take(c.server.Addresses, Address(c.ClientIP()))
}

// unread counts a call that cannot be understood, and so was not asked who it is.
func (c *Call) unread() error {
	if c.met || c.route.Unmetered {
		return nil
	}
	return c.InRead(func(*store.Tx) error { return c.identify() })
}

func (c *Call) take(l *limit.Limiter, key string) error {
	if c.met || c.route.Unmetered {
		return nil
	}
	c.met = true // a Prepare finds out twice who asks
	h := c.Writer.Header()
	if in := c.inner(); in != nil && in.page && c.route.Rare == Common {
		return nil
	}
	if l.Count(h, key) && c.server.Rare[c.route.Rare].Count(h, c.rareKey(key)) {
		return nil
	}
	return models.Errorf(models.TooMany, "that was too often; try again later")
}

// rareKey is whom a rare call counts against. Apps are registered, and accounts asked
// for, from an address; a token for that is for the asking.
func (c *Call) rareKey(key string) string {
	if r := c.route.Rare; r == Apps || r == Signups {
		return Address(c.ClientIP())
	}
	return key
}
