package api

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"ensemble/activities/media"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Limits on rules.
const (
	maxRules = 50
	maxRule  = 500 // letters
)

// houseRoutes are what those decide who run a house: its rules, its emoji, and what it
// announces.
func (a *API) houseRoutes() []call.Route {
	const ours = "/api/ensemble/v1/admin"
	const emoji, read, write = ours + "/emojis", "admin:read", "admin:write"
	house := func(h call.Handler) call.Handler { return allowed(models.House, h) }
	return []call.Route{
		{Method: "PUT", Path: ours + "/rules", Scope: write, Handler: house(a.SetRules)},
		{Method: "GET", Path: ours + "/announcements", Scope: read, Handler: house(a.AllAnnouncements)},
		{Method: "GET", Path: emoji, Scope: read, Handler: house(a.AdminEmojis)},
		{Method: "POST", Path: emoji, Scope: write, Mode: call.Free, MaxBody: a.maxUpload(), Handler: house(a.AddEmoji)},
		{Method: "PATCH", Path: emoji + "/:id", Scope: write, Handler: house(a.ChangeEmoji)},
		{Method: "DELETE", Path: emoji + "/:id", Scope: write, Handler: house(a.DropEmoji)},
		{Method: "POST", Path: emoji + "/:id/copy", Scope: write, Mode: call.Free, Handler: house(a.CopyEmoji)},
	}
}

// ruleJSON is Mastodon's Rule.
type ruleJSON struct {
	ID           string                  `json:"id"`
	Text         string                  `json:"text"`
	Hint         string                  `json:"hint"`
	Translations map[string]ruleTextJSON `json:"translations"`
}

type ruleTextJSON struct {
	Text string `json:"text"`
	Hint string `json:"hint"`
}

func ruleViews(rules []moderation.Rule) []ruleJSON {
	out := []ruleJSON{}
	for _, r := range rules {
		v := ruleJSON{ID: r.ID.String(), Text: r.Text, Translations: map[string]ruleTextJSON{}}
		if r.French != "" {
			v.Translations["fr"] = ruleTextJSON{Text: r.French}
		}
		out = append(out, v)
	}
	return out
}

// SetRules is PUT /api/ensemble/v1/admin/rules {rules: [{id, text, french}]}: all of them,
// in their order.
func (a *API) SetRules(c *call.Call) (any, error) {
	var rules []moderation.Rule
	for _, sent := range c.Objects("rules") {
		r := moderation.Rule{Text: oneLine(sent["text"]), French: oneLine(sent["french"])}
		switch {
		case r.Text == "" && r.French == "":
			continue
		case r.Text == "":
			return nil, models.Refuse(models.Invalid, "rule_empty", "each rule needs a text")
		case utf8.RuneCountInString(r.Text) > maxRule || utf8.RuneCountInString(r.French) > maxRule:
			return nil, models.Refuse(models.Invalid, "rule_long", "a rule has at most %d letters", maxRule)
		}
		if id := sent["id"]; id != "" {
			var err error
			if r.ID, err = models.ParseID(id); err != nil || r.ID <= 0 {
				return nil, models.Refuse(models.Invalid, "rule_gone", "%q is no number of a rule", id)
			}
		}
		rules = append(rules, r)
	}
	if len(rules) > maxRules {
		return nil, models.Refuse(models.Invalid, "rules_many", "there are at most %d rules", maxRules)
	}
	was, err := setting(c.Tx, moderation.SettingRules, "")
	if err != nil {
		return nil, err
	}
	if rules, err = moderation.SetRules(c.Tx, rules); err != nil {
		return nil, err
	}
	return ruleViews(rules), moderation.Note(c.Tx, c.Me, "rules_changed", c.Site.Domain, "before: "+was)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// AllAnnouncements is GET /api/ensemble/v1/admin/announcements: those that are over, too,
// the latest first.
func (a *API) AllAnnouncements(c *call.Call) (any, error) {
	rows, err := store.Find[models.Announcement](c.Tx, "id > 0 ORDER BY id DESC LIMIT ?", models.MaxAnnouncements)
	if err != nil {
		return nil, err
	}
	return announcementViews(c.Tx, c.MyID(), rows)
}

// adminEmojiJSON is a custom emoji, ours or another server's.
type adminEmojiJSON struct {
	ID        models.ID `json:"id,string"`
	Shortcode string    `json:"shortcode"`
	Domain    *string   `json:"domain"`
	URL       string    `json:"url"`
	Category  string    `json:"category"`
	Disabled  bool      `json:"disabled"`
	CreatedAt moment    `json:"created_at"`
}

func adminEmoji(c *call.Call, e *models.Emoji) adminEmojiJSON {
	return adminEmojiJSON{e.ID, e.Shortcode, orNull(e.Domain), emojiView(c.Site, e).URL, e.Category, e.Disabled, moment(e.CreatedAt)}
}

// AdminEmojis is GET /api/ensemble/v1/admin/emojis {remote, q}: ours, or those of other
// servers, whose shortcode begins with q.
func (a *API) AdminEmojis(c *call.Call) (any, error) {
	w := window(c, 100, 200)
	rows, err := store.CustomEmojis(c.Tx, c.Bool("remote"), c.Str("q"), w)
	out := []adminEmojiJSON{}
	for _, e := range rows {
		out = append(out, adminEmoji(c, e))
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return out, err
}

// AddEmoji is POST /api/ensemble/v1/admin/emojis {shortcode, category, image}. It takes the
// place of one that is called so.
func (a *API) AddEmoji(c *call.Call) (any, error) {
	sent, err := a.sent(c, "image")
	if err != nil {
		return nil, err
	}
	f, err := sent.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return a.keepEmoji(c, c.Str("shortcode"), c.Str("category"), f)
}

// keepEmoji makes an emoji of ours.
func (a *API) keepEmoji(c *call.Call, code, category string, picture io.Reader) (v any, err error) {
	code = strings.Trim(strings.TrimSpace(code), ":")
	m := media.New(0, c.Now())
	if err := a.desk().Emoji(c.Ctx(), m, code, category, picture); err != nil {
		return nil, err
	}
	err = c.InTx(func(tx *store.Tx) error {
		e, err := media.PutEmoji(tx, code, category, m)
		if err != nil {
			return err
		}
		v = adminEmoji(c, e)
		return moderation.Note(tx, c.Me, "emoji_added", code, "")
	})
	if err != nil {
		a.discard(m)
	}
	return v, err
}

// CopyEmoji is POST /api/ensemble/v1/admin/emojis/:id/copy {shortcode, category}: another
// server's becomes ours, too.
func (a *API) CopyEmoji(c *call.Call) (any, error) {
	var e *models.Emoji
	err := c.InRead(func(tx *store.Tx) (err error) { e, err = store.Get[models.Emoji](tx, c.ID("id")); return err })
	switch {
	case err != nil:
		return nil, err
	case e.Domain == "":
		return nil, models.Refuse(models.Invalid, "emoji_ours", "that emoji is ours already")
	case a.Remote == nil || a.Files == nil:
		return nil, models.Errorf(models.Forbidden, "this server takes no uploads")
	}
	f, err := a.Remote.File(c.Ctx(), e.URL, models.MaxEmojiBytes)
	if err != nil {
		return nil, errors.Join(models.Refuse(models.Unreachable, "emoji_away", "its picture could not be had from %s", e.Domain), err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	code := c.Str("shortcode")
	if code == "" {
		code = e.Shortcode
	}
	return a.keepEmoji(c, code, c.Str("category"), f)
}

// ChangeEmoji is PATCH /api/ensemble/v1/admin/emojis/:id {category, disabled}.
func (a *API) ChangeEmoji(c *call.Call) (any, error) {
	e, err := ourEmoji(c)
	if err != nil {
		return nil, err
	}
	if c.Has("category") {
		if e.Category = oneLine(c.Str("category")); utf8.RuneCountInString(e.Category) > models.MaxEmojiCategory {
			return nil, models.Errorf(models.Invalid, "a category has at most %d letters", models.MaxEmojiCategory)
		}
	}
	e.Disabled = c.BoolOr("disabled", e.Disabled)
	if err := store.Put(c.Tx, e); err != nil {
		return nil, err
	}
	what := "emoji_changed"
	if c.Has("disabled") {
		what = map[bool]string{true: "emoji_disabled", false: "emoji_enabled"}[e.Disabled]
	}
	return adminEmoji(c, e), moderation.Note(c.Tx, c.Me, what, e.Shortcode, "")
}

// DropEmoji is DELETE /api/ensemble/v1/admin/emojis/:id.
func (a *API) DropEmoji(c *call.Call) (any, error) {
	e, err := ourEmoji(c)
	if err != nil {
		return nil, err
	}
	if err := media.DropEmoji(c.Tx, e.Shortcode); err != nil {
		return nil, err
	}
	return nil, moderation.Note(c.Tx, c.Me, "emoji_dropped", e.Shortcode, "")
}

func ourEmoji(c *call.Call) (*models.Emoji, error) {
	e, err := store.Hold[models.Emoji](c.Tx, c.ID("id"))
	if err == nil && e.Domain != "" {
		err = models.Refuse(models.Invalid, "emoji_theirs", "that emoji is another server's")
	}
	return e, err
}
