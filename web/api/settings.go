package api

import (
	"unicode/utf8"

	"ensemble/activities/account"
	"ensemble/activities/legal"
	"ensemble/activities/mail"
	"ensemble/activities/moderation"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// settingRoutes are what who runs the server settles about it.
func (a *API) settingRoutes() []call.Route {
	const ours, read, write = "/api/ensemble/v1/admin", "admin:read", "admin:write"
	run := func(h call.Handler) call.Handler { return allowed(models.Run, h) }
	return []call.Route{
		{Method: "GET", Path: ours + "/settings", Scope: read, Handler: run(a.Settings)},
		{Method: "PATCH", Path: ours + "/settings", Scope: write, Handler: run(a.ChangeSettings)},
		{Method: "GET", Path: ours + "/legal", Scope: read, Handler: run(a.LegalTexts)},
		{Method: "PUT", Path: ours + "/legal/:kind/:language", Scope: write, Handler: run(a.SetLegalText)},
		{Method: "POST", Path: ours + "/legal/answers", Scope: write, Handler: run(a.AnswerBlanks)},
		{Method: "POST", Path: ours + "/test_mail", Scope: write, Mode: call.Free, Handler: run(a.TestMail)},
	}
}

// settingsJSON is what is settled, and what the configuration fixes.
type settingsJSON struct {
	Title          string               `json:"title"`
	Description    string               `json:"description"`
	Contact        string               `json:"contact_email"`
	ContactAccount string               `json:"contact_account"` // a name; "" for the first owner
	Thumbnail      string               `json:"thumbnail"`
	Languages      []string             `json:"languages"`
	Registrations  settingsDoorJSON     `json:"registrations"`
	StaffFactor    bool                 `json:"staff_second_factor"`
	Configured     settingsMachinesJSON `json:"configured"`
}

// settingsDoorJSON is who may sign up.
type settingsDoorJSON struct {
	Mode    string `json:"mode"`
	Reason  bool   `json:"reason_required"`
	MinAge  *int   `json:"min_age"`
	Message string `json:"message"`
	Open    bool   `json:"enabled"` // somebody could, now
	Code    string `json:"code"`    // why nobody can whom the mode would let in: no_mail, terms_missing
}

// settingsMachinesJSON is what no page changes.
type settingsMachinesJSON struct {
	Domain   string  `json:"domain"`
	Origin   string  `json:"origin"`
	Title    string  `json:"title"` // holds where none is settled
	Database string  `json:"database"`
	Mail     *string `json:"mail_server"`
	MailFrom *string `json:"mail_from"`
	MediaAt  string  `json:"media_at"`
	Bucket   bool    `json:"bucket"`
}

// Settings is GET /api/ensemble/v1/admin/settings.
func (a *API) Settings(c *call.Call) (any, error) {
	s, err := setup.Read(c.Tx)
	if err != nil {
		return nil, err
	}
	v := settingsJSON{
		Title: s.Title, Description: s.Description, Contact: s.Contact, ContactAccount: s.ContactAccount, Thumbnail: s.Thumbnail,
		Languages: append([]string{}, s.Languages...), Registrations: doorView(s.Registrations), StaffFactor: s.StaffFactor,
		Configured: settingsMachinesJSON{
			Domain: c.Site.Domain, Origin: c.Site.Origin, Title: c.Site.Title, Database: c.Tx.Dialect(), MailFrom: orNull(c.Site.MailFrom),
		},
	}
	if a.Machine != nil {
		m := a.Machine.Place()
		v.Configured.MediaAt, v.Configured.Bucket, v.Configured.Mail = m.MediaAt, m.Bucket, orNull(m.Mail)
	}
	return v, nil
}

func doorView(r account.Registrations) settingsDoorJSON {
	v := settingsDoorJSON{Mode: r.Mode, Reason: r.Reason, Message: r.Message, Open: r.Open()}
	if r.MinAge > 0 {
		v.MinAge = &r.MinAge
	}
	switch {
	case r.Mode == "closed":
	case !r.Mails:
		v.Code = "no_mail"
	default:
		v.Code = models.CodeOf(r.Unready())
	}
	return v
}

// ChangeSettings is PATCH /api/ensemble/v1/admin/settings: what is given, and nothing
// else.
func (a *API) ChangeSettings(c *call.Call) (any, error) {
	ch := setup.Change{
		Title: given(c, "title", c.Str), Description: given(c, "description", c.Str), Contact: given(c, "contact_email", c.Str), ContactAccount: given(c, "contact_account", c.Str),
		Thumbnail: given(c, "thumbnail", c.Str), Mode: given(c, "registrations", c.Str), Message: given(c, "registrations_message", c.Str),
		Reason: given(c, "reason_required", c.Bool), StaffFactor: given(c, "staff_second_factor", c.Bool),
	}
	if c.Has("languages") {
		all := c.Strs("languages")
		ch.Languages = &all
	}
	if c.Has("min_age") {
		n := c.Int("min_age", 0)
		ch.MinAge = &n
	}
	if ch.Mode != nil && *ch.Mode == "" {
		return nil, models.Refuse(models.Invalid, "bad_mode", "who may sign up is open, approval, invite or closed")
	}
	if err := setup.Settle(c.Tx, c.Me, ch); err != nil {
		return nil, err
	}
	return a.Settings(c)
}

// legalTextJSON is a legal text in one language, as who runs the server writes it.
type legalTextJSON struct {
	Kind      legal.Kind `json:"kind"`
	Language  string     `json:"language"`
	Text      string     `json:"text"` // "" if nobody wrote it
	HTML      string     `json:"html"`
	Template  string     `json:"template"` // to begin with
	Blanks    []string   `json:"blanks"`   // that have to be filled in
	Asks      []string   `json:"asks"`     // what AnswerBlanks would fill in
	Complete  bool       `json:"complete"` // it is shown
	UpdatedAt *moment    `json:"updated_at"`
}

// LegalTexts is GET /api/ensemble/v1/admin/legal.
func (a *API) LegalTexts(c *call.Call) (any, error) {
	all, err := legal.All(c.Tx)
	out := []legalTextJSON{}
	for _, t := range all {
		out = append(out, legalTextJSON{
			t.Kind, t.Lang, t.Source, t.HTML(), legal.Template(c.Site, t.Kind, t.Lang, legal.Facts{}), append([]string{}, t.Blanks()...), t.Asks(c.Site), t.Complete(), momentOf(t.UpdatedAt),
		})
	}
	return out, err
}

// SetLegalText is PUT /api/ensemble/v1/admin/legal/:kind/:language {text}: "" takes it away.
func (a *API) SetLegalText(c *call.Call) (any, error) {
	kind, lang := c.Str("kind"), c.Str("language")
	if err := legal.Write(c.Tx, legal.Kind(kind), lang, c.Str("text")); err != nil {
		return nil, err
	}
	if err := moderation.Note(c.Tx, c.Me, "legal_changed", kind+" ("+lang+")", ""); err != nil {
		return nil, err
	}
	return a.LegalTexts(c)
}

// maxFact is how long an answer is, in letters.
const maxFact = 300

// AnswerBlanks is POST /api/ensemble/v1/admin/legal/answers {name, address, contact, host,
// law, age, backups}: what is given is filled into every text. Texts that nobody wrote
// begin as their templates.
func (a *API) AnswerBlanks(c *call.Call) (any, error) {
	f := legal.Facts{
		Name: c.Str("name"), Address: c.Str("address"), Contact: c.Str("contact"), Host: c.Str("host"), Law: c.Str("law"), Age: c.Str("age"), Backups: c.Str("backups"),
	}
	for _, s := range []string{f.Name, f.Address, f.Contact, f.Host, f.Law, f.Age, f.Backups} {
		if utf8.RuneCountInString(s) > maxFact {
			return nil, models.Refuse(models.Invalid, "fact_long", "each answer has at most %d letters", maxFact)
		}
	}
	if f.Contact != "" && !mail.Valid(f.Contact) {
		return nil, models.Refuse(models.Invalid, "bad_contact", "the contact is an e-mail address")
	}
	if err := legal.Answer(c.Tx, f); err != nil {
		return nil, err
	}
	if err := moderation.Note(c.Tx, c.Me, "legal_changed", c.Site.Domain, ""); err != nil {
		return nil, err
	}
	return a.LegalTexts(c)
}

// TestMail is POST /api/ensemble/v1/admin/test_mail: a letter to who asks, at once.
func (a *API) TestMail(c *call.Call) (any, error) {
	if err := mail.Ready(c.Site); err != nil || a.Machine == nil {
		return nil, first(err, mail.Ready(models.Site{}))
	}
	var to string
	err := c.InRead(func(tx *store.Tx) error {
		u, err := store.One[models.User](tx, "account_id = ?", c.Me.ID)
		if err == nil {
			to = u.Email
		}
		return err
	})
	if err == nil {
		err = a.Machine.TestMail(c.Ctx(), to, language(c))
	}
	if err != nil {
		return nil, err
	}
	return map[string]string{"sent_to": to}, nil
}
