package api

import (
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// CustomEmojis is GET /api/v1/custom_emojis: those that people here can write.
func (a *API) CustomEmojis(c *call.Call) (any, error) {
	all, err := store.Find[models.Emoji](c.Tx, "domain = '' AND NOT disabled ORDER BY category, shortcode")
	out := []emojiJSON{}
	for _, e := range all {
		out = append(out, emojiView(c.Site, e))
	}
	return out, err
}

// emojiJSON is Mastodon's CustomEmoji.
type emojiJSON struct {
	Shortcode       string `json:"shortcode"`
	URL             string `json:"url"`
	StaticURL       string `json:"static_url"`
	VisibleInPicker bool   `json:"visible_in_picker"`
	Category        string `json:"category,omitempty"`
}

func emojiView(site models.Site, e *models.Emoji) emojiJSON {
	at := string(site.Proxied(models.ProxyEmoji, e.ID, "image", e.URL))
	return emojiJSON{Shortcode: e.Shortcode, URL: at, StaticURL: at, VisibleInPicker: e.Domain == "", Category: e.Category}
}

// A wish is a list of custom emoji that is to hold those which some texts use, as
// their author's server means them.
type wish struct {
	domain string
	codes  []string
	into   *[]emojiJSON
}

// wishes are met together, with one question to the database.
type wishes struct {
	site models.Site
	all  []wish
}

func (w *wishes) add(by models.IRI, into *[]emojiJSON, texts ...string) {
	codes := models.Shortcodes(texts...)
	if len(codes) == 0 {
		return
	}
	domain := by.Host()
	if w.site.Owns(by) {
		domain = ""
	}
	w.all = append(w.all, wish{domain, codes, into})
}

func (w *wishes) account(v *accountJSON) {
	texts := []string{v.DisplayName, v.Note}
	for _, f := range v.Fields {
		texts = append(texts, f.Name, f.Value)
	}
	w.add(v.URI, &v.Emojis, texts...)
	if v.Moved != nil {
		w.account(v.Moved)
	}
}

func (w *wishes) status(v *statusJSON) {
	by := v.Account.URI
	w.account(&v.Account)
	if v.Reblog != nil {
		by = v.Reblog.Account.URI
		w.status(v.Reblog)
	}
	w.add(by, &v.Emojis, v.Content, v.SpoilerText)
	for i := range v.Coauthors {
		w.account(&v.Coauthors[i].Account)
	}
	if v.Poll != nil {
		w.add(by, &v.Poll.Emojis, v.Poll.titles()...)
	}
}

// wants reports whether a status uses any custom emoji, known or not.
func (w *wishes) wants(v *statusJSON) bool {
	w.status(v)
	return len(w.all) > 0
}

// wantsOf reports the same of an account.
func (w *wishes) wantsOf(v *accountJSON) bool {
	w.account(v)
	return len(w.all) > 0
}

// meet fills in what is known.
func (w *wishes) meet(tx *store.Tx) error {
	var codes, domains []string
	for _, one := range w.all {
		codes, domains = append(codes, one.codes...), append(domains, one.domain)
	}
	if len(codes) == 0 {
		return nil
	}
	known, err := emojis(tx, codes, domains)
	if err != nil || len(known) == 0 {
		return err
	}
	byName := map[[2]string]*models.Emoji{}
	for _, e := range known {
		byName[[2]string{e.Domain, e.Shortcode}] = e
	}
	for _, one := range w.all {
		*one.into = []emojiJSON{} // views may share a list
		for _, code := range one.codes {
			if e := byName[[2]string{one.domain, code}]; e != nil {
				*one.into = append(*one.into, emojiView(w.site, e))
			}
		}
	}
	return nil
}

// withEmojis fills in the custom emoji of posts.
func withEmojis(c *call.Call, views []statusJSON) ([]statusJSON, error) {
	w := wishes{site: c.Site}
	for i := range views {
		w.status(&views[i])
	}
	return views, w.meet(c.Tx)
}

// peopleWithEmojis fills in the custom emoji of accounts.
func peopleWithEmojis(c *call.Call, views ...*accountJSON) error {
	w := wishes{site: c.Site}
	for _, v := range views {
		w.account(v)
	}
	return w.meet(c.Tx)
}

// pointers returns where the elements of a list are.
func pointers[T any](all []T) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}
