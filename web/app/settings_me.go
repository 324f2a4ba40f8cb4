package app

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// aSelf is one's own account, as one set it.
type aSelf struct {
	anAccount
	Source struct {
		Privacy        string   `json:"privacy"`
		Sensitive      bool     `json:"sensitive"`
		Language       string   `json:"language"`
		Note           string   `json:"note"`
		Fields         []aField `json:"fields"`
		Discoverable   bool     `json:"discoverable"`
		Indexable      bool     `json:"indexable"`
		HideCollection bool     `json:"hide_collections"`
		CanCollaborate string   `json:"can_collaborate"`
		QuotePolicy    string   `json:"quote_policy"`
		DuetPolicy     string   `json:"duet_policy"`
		Aliases        []string `json:"also_known_as_uris"`
	} `json:"source"`
}

func self(c *call.Call) (aSelf, error) {
	return call.Fetch[aSelf](c, http.MethodGet, "/api/v1/accounts/verify_credentials", nil)
}

const (
	profileFields = 4
	credentials   = "/api/v1/accounts/update_credentials"
)

func profileSettings(c *call.Call) (*settingsView, error) {
	me, err := self(c)
	if err != nil {
		return nil, err
	}
	more, err := call.Fetch[struct {
		AvatarAlt string `json:"avatar_description"`
		HeaderAlt string `json:"header_description"`
	}](c, http.MethodGet, "/api/v1/profile", nil)
	if err != nil {
		return nil, err
	}
	f := form{Name: "profile", send: sendProfile, Fields: []field{
		{Kind: "text", Name: "display_name", Value: me.DisplayName, Max: 100, Auto: "name"},
		{Kind: "area", Name: "note", Value: me.Source.Note, Max: 5000},
		{Kind: "file", Name: "avatar", Accept: "image/*", Picture: me.Avatar},
		{Kind: "text", Name: "avatar_description", Value: more.AvatarAlt, Max: 1500},
		{Kind: "file", Name: "header", Accept: "image/*", Picture: me.Header},
		{Kind: "text", Name: "header_description", Value: more.HeaderAlt, Max: 1500},
	}}
	for i := range profileFields {
		var have aField
		if i < len(me.Source.Fields) {
			have = me.Source.Fields[i]
		}
		n := strconv.Itoa(i)
		f.Fields = append(f.Fields, field{Kind: "text", Name: "field_name_" + n, Value: have.Name, Max: 255}, field{Kind: "text", Name: "field_value_" + n, Value: have.Value, Max: 255})
	}
	f.Fields = append(f.Fields, field{Kind: "check", Name: "bot", On: me.Bot})
	return &settingsView{Forms: []form{f}}, nil
}

func sendProfile(c *call.Call) (*shown, error) {
	params := url.Values{}
	for _, name := range []string{"display_name", "note", "avatar_description", "header_description"} {
		params.Set(name, c.Str(name))
	}
	params.Set("bot", strconv.FormatBool(c.Bool("bot")))
	for i := range profileFields {
		n := strconv.Itoa(i)
		params.Set(fmt.Sprintf("fields_attributes[%d][name]", i), c.Str("field_name_"+n))
		params.Set(fmt.Sprintf("fields_attributes[%d][value]", i), c.Str("field_value_"+n))
	}
	_, err := c.AskFiles(http.MethodPatch, "/api/v1/profile", params, filled(c, "avatar", "header"))
	return nil, err
}

func privacySettings(c *call.Call) (*settingsView, error) {
	me, err := self(c)
	if err != nil {
		return nil, err
	}
	country, err := call.Fetch[struct{ Country string }](c, http.MethodGet, "/api/ensemble/v1/capabilities", nil)
	if err != nil {
		return nil, err
	}
	together := form{Name: "together", send: sendTogether, Fields: []field{
		{Kind: "choice", Name: "can_collaborate", Value: me.Source.CanCollaborate, Options: []string{"everyone", "following", "mutuals", "nobody"}},
		{Kind: "choice", Name: "quote_policy", Value: me.Source.QuotePolicy, Options: []string{"public", "followers", "following", "mutuals", "manual", "nobody"}},
		{Kind: "choice", Name: "duet_policy", Value: me.Source.DuetPolicy, Options: []string{"", "public", "followers", "following", "mutuals", "manual", "nobody"}},
	}}
	found := form{Name: "found", send: sendFound, Fields: []field{
		{Kind: "check", Name: "locked", On: me.Locked},
		{Kind: "check", Name: "discoverable", On: me.Source.Discoverable},
		{Kind: "check", Name: "indexable", On: me.Source.Indexable},
		{Kind: "check", Name: "hide_collections", On: me.Source.HideCollection},
	}}
	posting := form{Name: "posting", send: sendPosting, Fields: []field{
		{Kind: "choice", Name: "privacy", Value: me.Source.Privacy, Options: []string{"public", "unlisted", "private", "direct"}},
		{Kind: "choice", Name: "language", Value: me.Source.Language, Options: []string{"", "en", "fr", "de", "es", "it", "nl", "pt"}},
		{Kind: "check", Name: "sensitive", On: me.Source.Sensitive},
	}}
	where := form{Name: "country", send: asks(http.MethodPut, "/api/ensemble/v1/me/country", "country"), Fields: []field{
		{Kind: "text", Name: "country", Value: country.Country, Max: 2, Auto: "country"},
	}}
	return &settingsView{Forms: []form{together, found, posting, where}}, nil
}

func sendTogether(c *call.Call) (*shown, error) {
	_, err := c.Ask(http.MethodPatch, credentials, url.Values{
		"can_collaborate": {c.Str("can_collaborate")}, "source[quote_policy]": {c.Str("quote_policy")}, "source[duet_policy]": {c.Str("duet_policy")},
	})
	return nil, err
}

func sendFound(c *call.Call) (*shown, error) {
	params := url.Values{}
	for _, name := range []string{"locked", "discoverable", "indexable", "hide_collections"} {
		params.Set(name, strconv.FormatBool(c.Bool(name)))
	}
	_, err := c.Ask(http.MethodPatch, credentials, params)
	return nil, err
}

func sendPosting(c *call.Call) (*shown, error) {
	_, err := c.Ask(http.MethodPatch, credentials, url.Values{
		"source[privacy]": {c.Str("privacy")}, "source[language]": {c.Str("language")}, "source[sensitive]": {strconv.FormatBool(c.Bool("sensitive"))},
	})
	return nil, err
}

func languageSettings(c *call.Call) (*settingsView, error) {
	f := form{Name: "language", send: asks(http.MethodPut, "/api/ensemble/v1/me/language", "locale"), Fields: []field{
		{Kind: "choice", Name: "locale", Value: c.Language(page.Languages...), Options: page.Languages},
	}}
	return &settingsView{Forms: []form{f}}, nil
}

func notificationSettings(c *call.Call) (*settingsView, error) {
	rules, err := call.Fetch[map[string]any](c, http.MethodGet, "/api/v2/notifications/policy", nil)
	if err != nil {
		return nil, err
	}
	mail, err := call.Fetch[struct {
		Digest  string
		Enabled bool
		Staff   map[string]bool
	}](c, http.MethodGet, "/api/ensemble/v1/me/mail", nil)
	if err != nil {
		return nil, err
	}
	names := []string{"for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions", "for_limited_accounts"}
	policy := form{Name: "policy", send: asks(http.MethodPatch, "/api/v2/notifications/policy", names...)}
	for _, name := range names {
		rule, _ := rules[name].(string)
		policy.Fields = append(policy.Fields, field{Kind: "choice", Name: name, Value: rule, Options: []string{"accept", "filter", "drop"}})
	}
	v := &settingsView{Forms: []form{policy}}
	if mail.Enabled {
		v.Forms = append(v.Forms, form{Name: "digest", send: asks(http.MethodPut, "/api/ensemble/v1/me/mail", "digest"), Fields: []field{
			{Kind: "choice", Name: "digest", Value: mail.Digest, Options: []string{"daily", "weekly", "off"}},
		}})
	}
	if mail.Enabled && mail.Staff != nil {
		v.Forms = append(v.Forms, staffMail(mail.Staff))
	}
	return v, nil
}

// staffMail asks of what those who look after the server are told by mail.
func staffMail(told map[string]bool) form {
	names := []string{"reports", "appeals", "sign_ups"}
	f := form{Name: "staff_mail", send: asks(http.MethodPut, "/api/ensemble/v1/me/mail", names...)}
	for _, name := range names {
		f.Fields = append(f.Fields, field{Kind: "check", Name: name, On: told[name]})
	}
	return f
}

// aFilter is a filter of the API.
type aFilter struct {
	ID       models.ID `json:"id,string"`
	Title    string    `json:"title"`
	Context  []string  `json:"context"`
	Action   string    `json:"filter_action"`
	Keywords []struct {
		Keyword string `json:"keyword"`
	} `json:"keywords"`
}

var filterContexts = []string{"home", "notifications", "public", "thread", "account"}

func filterSettings(c *call.Call) (*settingsView, error) {
	filters, err := call.Fetch[[]aFilter](c, http.MethodGet, "/api/v2/filters", nil)
	if err != nil {
		return nil, err
	}
	v := &settingsView{Empty: true}
	for _, f := range filters {
		text := f.Title
		for _, k := range f.Keywords {
			text += " · " + k.Keyword
		}
		v.Rows = append(v.Rows, settingsRow{Text: text, Note: "settings.filter_action." + f.Action, Form: "unfilter", Button: "settings.remove", Name: "id", ID: f.ID.String()})
	}
	fields := []field{
		{Kind: "text", Name: "title", Required: true, Max: 100}, {Kind: "text", Name: "keyword", Required: true, Max: 200},
		{Kind: "choice", Name: "filter_action", Value: "warn", Options: []string{"warn", "blur", "hide"}},
		{Kind: "choice", Name: "expires_in", Options: []string{"", "3600", "86400", "604800", "2592000"}},
	}
	for _, name := range filterContexts {
		fields = append(fields, field{Kind: "check", Name: "context_" + name, On: true})
	}
	v.Forms = []form{{Name: "filter", send: sendFilter, Fields: fields}, {Name: "unfilter", send: remove("/api/v2/filters/")}}
	return v, nil
}

func sendFilter(c *call.Call) (*shown, error) {
	params := url.Values{
		"title": {c.Str("title")}, "filter_action": {c.Str("filter_action")}, "expires_in": {c.Str("expires_in")},
		"keywords_attributes[0][keyword]": {c.Str("keyword")}, "keywords_attributes[0][whole_word]": {"true"},
	}
	for _, name := range filterContexts {
		if c.Bool("context_" + name) {
			params.Add("context[]", name)
		}
	}
	_, err := c.Ask(http.MethodPost, "/api/v2/filters", params)
	return nil, err
}

// remove deletes what id names below path.
func remove(path string) func(c *call.Call) (*shown, error) {
	return func(c *call.Call) (*shown, error) {
		_, err := c.Ask(http.MethodDelete, path+url.PathEscape(c.Str("id")), nil)
		return nil, err
	}
}

func blockSettings(c *call.Call) (*settingsView, error) {
	v := &settingsView{Empty: true}
	for _, list := range []struct{ path, note, form, button string }{
		{"/api/v1/mutes", "settings.muted", "unmute", "settings.unmute"}, {"/api/v1/blocks", "settings.blocked", "unblock", "settings.unblock"},
	} {
		people, err := call.Fetch[[]anAccount](c, http.MethodGet, list.path, url.Values{"limit": {"80"}})
		if err != nil {
			return nil, err
		}
		for _, a := range people {
			v.Rows = append(v.Rows, settingsRow{Text: "@" + a.Acct, Link: a.Page(), Note: list.note, Form: list.form, Button: list.button, Name: "id", ID: a.ID.String()})
		}
	}
	domains, err := call.Fetch[[]string](c, http.MethodGet, "/api/v1/domain_blocks", url.Values{"limit": {"200"}})
	for _, d := range domains {
		v.Rows = append(v.Rows, settingsRow{Text: d, Note: "settings.blocked_domain", Form: "undomain", Button: "settings.unblock", Name: "domain", ID: d})
	}
	v.Forms = []form{
		{Name: "domain", Fields: []field{{Kind: "text", Name: "domain", Required: true, Max: 253}}, send: asks(http.MethodPost, "/api/v1/domain_blocks", "domain")},
		{Name: "undomain", send: asks(http.MethodDelete, "/api/v1/domain_blocks", "domain")},
		{Name: "unmute", send: towards("unmute")}, {Name: "unblock", send: towards("unblock")},
	}
	return v, err
}

// towards does something to the account that id names.
func towards(act string) func(c *call.Call) (*shown, error) {
	return func(c *call.Call) (*shown, error) {
		_, err := c.Ask(http.MethodPost, "/api/v1/accounts/"+c.ID("id").String()+"/"+act, nil)
		return nil, err
	}
}
