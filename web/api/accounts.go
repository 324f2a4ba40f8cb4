package api

import (
	"strings"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Where the banner of those who chose none is served: clients demand an address.
const missingHeader = "/headers/original/missing.png"

// Account is GET /api/v1/accounts/:id.
func (a *API) Account(c *call.Call) (any, error) {
	who, err := store.Get[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return a.stranger(c, who)
}

// Accounts is GET /api/v1/accounts?id[]=.
func (a *API) Accounts(c *call.Call) (any, error) {
	ids := c.IDs("id")
	known, err := store.AccountsByID(c.Tx, ids[:min(len(ids), 40)])
	out := []accountJSON{}
	for _, id := range ids {
		if who := known[id]; who != nil && who.Active() {
			out = append(out, accountView(c.Site, who))
		}
	}
	if err != nil {
		return nil, err
	}
	return out, peopleWithEmojis(c, pointers(out)...)
}

// LookupAccount is GET /api/v1/accounts/lookup. It finds who is known here.
func (a *API) LookupAccount(c *call.Call) (any, error) {
	who, err := byAcct(c.Tx, c.Str("acct"))
	if err != nil {
		return nil, err
	}
	return a.stranger(c, who)
}

// stranger shows one account, as it is however badly it may stand.
func (a *API) stranger(c *call.Call, who *models.Account) (any, error) {
	if who.State == models.AccountDeleted || who.State == models.AccountPending {
		return nil, models.Errorf(models.NotFound, "there is no such account here")
	}
	view := accountView(c.Site, who)
	if !who.Active() {
		view = suspended(view)
	}
	moved, err := movedView(c, who)
	if err != nil {
		return nil, err
	}
	view.Moved = moved
	err = peopleWithEmojis(c, &view)
	return view, err
}

// byAcct returns who is called name or name@domain.
func byAcct(tx *store.Tx, acct string) (*models.Account, error) {
	name, domain, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(strings.TrimSpace(acct), "@")), "@")
	if domain == strings.ToLower(tx.Site.Domain) {
		domain = ""
	}
	return store.One[models.Account](tx, "lower(username) = ? AND domain = ? AND NOT system", name, domain)
}

// Followers is GET /api/v1/accounts/:id/followers.
func (a *API) Followers(c *call.Call) (any, error) { return a.circle(c, store.FollowersOf) }

// Following is GET /api/v1/accounts/:id/following.
func (a *API) Following(c *call.Call) (any, error) { return a.circle(c, store.FollowedBy) }

func (a *API) circle(c *call.Call, of func(*store.Tx, models.ID, models.ID, store.Window) ([]store.Ref, error)) (any, error) {
	who, err := store.Get[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	blocks, err := store.Any[models.Block](c.Tx, "account_id = ? AND target_id = ?", who.ID, c.MyID())
	if err != nil || blocks || !who.Active() || who.HideCollections && who.ID != c.MyID() {
		return []accountJSON{}, err
	}
	w := window(c, 40, 80)
	refs, err := of(c.Tx, c.MyID(), who.ID, w)
	if err != nil {
		return nil, err
	}
	linkRefs(c, w, refs)
	return a.refs(c, refs)
}

// refs shows a list of accounts.
func (a *API) refs(c *call.Call, refs []store.Ref) ([]accountJSON, error) {
	ids := make([]models.ID, len(refs))
	for i, r := range refs {
		ids[i] = r.AccountID
	}
	return a.accounts(c, ids)
}

func (a *API) accounts(c *call.Call, ids []models.ID) ([]accountJSON, error) {
	known, err := store.AccountsByID(c.Tx, ids)
	out := []accountJSON{}
	for _, id := range ids {
		if who := known[id]; who != nil {
			out = append(out, accountView(c.Site, who))
		}
	}
	if err != nil {
		return nil, err
	}
	return out, peopleWithEmojis(c, pointers(out)...)
}

// accountPosts are the posts of an account. Those it is a co-author of are there as
// much as its own, and with only_collabs, which is ours, they and those of its own that
// have several authors are alone.
func (a *API) accountPosts(c *call.Call) (any, error) {
	id := c.ID("id")
	active, err := isActive(c.Tx, id)
	if err != nil {
		return nil, err
	}
	if !active {
		return []statusJSON{}, nil
	}
	w := window(c, 20, 40)
	entries, err := store.ProfilePosts(c.Tx, store.Profile{
		Me: c.MyID(), Of: id, NoReplies: c.Bool("exclude_replies"), NoBoosts: c.Bool("exclude_reblogs"),
		Media: c.Bool("only_media"), Collabs: c.Bool("only_collabs"), Tag: tagName(c.Str("tagged")),
	}, w)
	if err != nil {
		return nil, err
	}
	linkEntries(c, w, entries)
	return a.page(c, entries)
}

// FamiliarFollowers is GET /api/v1/accounts/familiar_followers: who of those I
// follow follows them. Who hides their network is not named.
func (a *API) FamiliarFollowers(c *call.Call) (any, error) {
	type familiar struct {
		ID       models.ID     `json:"id,string"`
		Accounts []accountJSON `json:"accounts"`
	}
	ids := distinct(c.IDs("id"))
	ids = ids[:min(len(ids), 40)]
	known, err := store.AccountsByID(c.Tx, ids)
	if err != nil {
		return nil, err
	}
	out := []familiar{}
	for _, id := range ids {
		who := known[id]
		if who == nil || !who.Active() {
			continue
		}
		var refs []store.Ref
		if !who.HideCollections {
			if refs, err = store.Familiar(c.Tx, c.MyID(), id, 40); err != nil {
				return nil, err
			}
		}
		views, err := a.refs(c, refs)
		if err != nil {
			return nil, err
		}
		out = append(out, familiar{id, views})
	}
	return out, nil
}

type accountJSON struct {
	ID             models.ID     `json:"id,string"`
	Username       string        `json:"username"`
	Acct           string        `json:"acct"`
	DisplayName    string        `json:"display_name"`
	Locked         bool          `json:"locked"`
	Bot            bool          `json:"bot"`
	Discoverable   bool          `json:"discoverable"`
	Indexable      bool          `json:"indexable"`
	Group          bool          `json:"group"`
	CreatedAt      moment        `json:"created_at"`
	Note           string        `json:"note"`
	URL            models.IRI    `json:"url"`
	URI            models.IRI    `json:"uri"`
	Avatar         string        `json:"avatar"`
	AvatarStatic   string        `json:"avatar_static"`
	Header         string        `json:"header"`
	HeaderStatic   string        `json:"header_static"`
	AvatarAlt      string        `json:"avatar_description"`
	HeaderAlt      string        `json:"header_description"`
	ShowMedia      bool          `json:"show_media"`
	ShowReplies    bool          `json:"show_media_replies"`
	ShowFeatured   bool          `json:"show_featured"`
	FollowersCount int           `json:"followers_count"`
	FollowingCount int           `json:"following_count"`
	StatusesCount  int           `json:"statuses_count"`
	LastStatusAt   *string       `json:"last_status_at"`
	Noindex        bool          `json:"noindex"`
	HideLists      bool          `json:"hide_collections"`
	Emojis         []emojiJSON   `json:"emojis"`
	Roles          []roleJSON    `json:"roles"`
	Fields         []fieldJSON   `json:"fields"`
	CanCollaborate string        `json:"can_collaborate"` // ours: who may invite; "" means nobody can
	Suspended      bool          `json:"suspended,omitempty"`
	Limited        bool          `json:"limited,omitempty"`
	Moved          *accountJSON  `json:"moved,omitempty"`
	Source         *sourceJSON   `json:"source,omitempty"`
	Role           *userRoleJSON `json:"role,omitempty"`
}

type roleJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

type fieldJSON struct {
	Name       string  `json:"name"`
	Value      string  `json:"value"`
	VerifiedAt *moment `json:"verified_at"`
}

func accountView(site models.Site, a *models.Account) accountJSON {
	avatar := string(site.Proxied(models.ProxyAccount, a.ID, "avatar", models.IRI(a.AvatarURL)))
	header := string(site.Proxied(models.ProxyAccount, a.ID, "header", models.IRI(a.HeaderURL)))
	if a.NoMedia {
		avatar, header = "", ""
	}
	if avatar == "" {
		avatar = string(site.Blank(a))
	}
	if header == "" {
		header = site.Origin + missingHeader
	}
	url := a.URL
	if url == "" {
		url = a.URI
	}
	v := accountJSON{
		ID: a.ID, Username: a.Username, Acct: a.Acct(), DisplayName: a.DisplayName, Locked: a.Locked,
		Bot: a.Bot || a.Type == "Service" || a.Type == "Application", Discoverable: a.Discoverable,
		Indexable: a.Indexable, Noindex: !a.Indexable, Group: a.Type == "Group", CreatedAt: moment(a.CreatedAt),
		Note: a.Note, URL: url, URI: a.URI, Avatar: avatar, Header: header,
		AvatarStatic: still(site, a, "avatar", a.AvatarURL, avatar), HeaderStatic: still(site, a, "header", a.HeaderURL, header),
		AvatarAlt: a.AvatarAlt, HeaderAlt: a.HeaderAlt, ShowMedia: !a.HideMedia, ShowReplies: !a.HideMediaReplies, ShowFeatured: !a.HideFeatured,
		FollowersCount: a.FollowersCount, FollowingCount: a.FollowingCount, StatusesCount: a.PostsCount,
		Emojis: []emojiJSON{}, Roles: []roleJSON{}, Fields: fieldViews(a.Fields), CanCollaborate: string(a.Collaborates),
		Limited: a.Silenced(), HideLists: a.HideCollections,
	}
	if a.LastPostAt != nil {
		day := a.LastPostAt.UTC().Format("2006-01-02")
		v.LastStatusAt = &day
	}
	return v
}

func fieldViews(fields []models.Field) []fieldJSON {
	out := make([]fieldJSON, len(fields))
	for i, f := range fields {
		out[i] = fieldJSON{f.Name, f.Value, momentOf(f.VerifiedAt)}
	}
	return out
}

// suspended leaves of an account what tells that there is one.
func suspended(v accountJSON) accountJSON {
	v.DisplayName, v.Note, v.Fields, v.Suspended = "", "", []fieldJSON{}, true
	v.AvatarAlt, v.HeaderAlt = "", ""
	v.FollowersCount, v.FollowingCount, v.StatusesCount, v.LastStatusAt = 0, 0, 0, nil
	v.CanCollaborate = ""
	return v
}
