package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
)

// A composeSource is a post, with what only its author, or who answers it, needs.
type composeSource struct {
	aStatus
	Mentions []struct {
		Acct string `json:"acct"`
	} `json:"mentions"`
	Text string `json:"text"`
}

// begin fills the form in as its address says.
func (v *composeView) begin(c *call.Call) error {
	for _, from := range []struct {
		name  string
		begin func(*call.Call, string) error
	}{
		{"in_reply_to", v.answer}, {"quote", v.quote}, {"duet", v.duet}, {"edit", v.edit}, {"redraft", v.redraft}, {"collab", v.revise},
	} {
		if id := c.Query(from.name); id != "" {
			return from.begin(c, id)
		}
	}
	var shared []string
	for _, name := range []string{"title", "text", "url"} {
		if s := strings.TrimSpace(c.Query(name)); s != "" {
			shared = append(shared, s)
		}
	}
	v.Text = strings.Join(shared, "\n")
	if acct := strings.TrimLeft(c.Query("mention"), "@"); acct != "" {
		v.Text = "@" + acct + " " + v.Text
	}
	if wanted := models.Visibility(c.Query("visibility")); wanted.Valid() {
		v.Visibility = wanted
	}
	for _, acct := range strings.FieldsFunc(c.Query("with"), func(r rune) bool { return r == ',' || r == ' ' }) {
		v.With = append(v.With, composeGuest{Acct: acct, Role: string(models.RoleCoauthor)})
	}
	return nil
}

func sourceOf(c *call.Call, id string) (composeSource, error) {
	return call.Fetch[composeSource](c, http.MethodGet, "/api/v1/statuses/"+url.PathEscape(id), nil)
}

// answer begins a reply: to all who were in it, and to no more than read it.
func (v *composeView) answer(c *call.Call, id string) error {
	s, err := sourceOf(c, id)
	if err != nil {
		return err
	}
	v.Kind, v.InReplyTo, v.Answered = "reply", s.ID.String(), &s.aStatus
	v.Visibility, v.Summary = narrower(v.Visibility, s.Visibility), s.SpoilerText
	var named []string
	add := func(acct string) {
		if acct != v.Me.Acct && !slices.Contains(named, acct) {
			named = append(named, acct)
		}
	}
	for _, a := range s.Authors() {
		add(a.Acct)
	}
	for _, m := range s.Mentions {
		add(m.Acct)
	}
	for _, acct := range named {
		v.Text += "@" + acct + " "
	}
	return nil
}

func (v *composeView) quote(c *call.Call, id string) error {
	s, err := sourceOf(c, id)
	if err != nil {
		return err
	}
	v.Kind, v.Quote, v.Quoted = "quote", s.ID.String(), &s.aStatus
	if s.Visibility == models.VisFollowers {
		v.Visibility = narrower(v.Visibility, s.Visibility)
	}
	return nil
}

func (v *composeView) duet(c *call.Call, id string) error {
	err := v.quote(c, id)
	v.Kind, v.Duet = "duet", models.Duet
	return err
}

// edit begins with what a post says.
func (v *composeView) edit(c *call.Call, id string) error {
	s, err := sourceOf(c, id)
	if err != nil {
		return err
	}
	typed, err := call.Fetch[struct {
		Text    string `json:"text"`
		Warning string `json:"spoiler_text"`
	}](c, http.MethodGet, "/api/v1/statuses/"+url.PathEscape(id)+"/source", nil)
	if err != nil {
		return err
	}
	if s.Account.Acct != v.Me.Acct {
		return models.Errorf(models.NotFound, "there is no such page here")
	}
	v.Kind, v.ID = "edit", s.ID.String()
	v.Text, v.Summary, v.Sensitive = typed.Text, typed.Warning, s.Sensitive
	v.Visibility, v.Language = s.Visibility, s.Language
	for _, m := range s.MediaAttachments {
		id, err := models.ParseID(m.ID)
		if err != nil {
			return models.Errorf(models.Invalid, "this post has files that are not kept on this server, so it cannot be edited")
		}
		f := composeFile{ID: id, Type: m.Type, URL: m.URL, PreviewURL: m.PreviewURL, Description: m.Description, Used: true}
		if at := m.Meta.Focus; at != nil { // a sound has none
			f.Focus = focusOf(at.X, at.Y)
		}
		v.Media = append(v.Media, f)
	}
	if p := s.Poll; p != nil {
		v.Multiple = p.Multiple
		for _, o := range p.Options {
			v.Options = append(v.Options, o.Title)
		}
		if p.ExpiresAt != nil {
			v.Lasts = max(300, int(p.ExpiresAt.Sub(c.Now()).Seconds()))
		}
	}
	return nil
}

// redraft begins a new post with what one says that it takes the place of.
func (v *composeView) redraft(c *call.Call, id string) error {
	if err := v.edit(c, id); err != nil {
		return err
	}
	s, err := sourceOf(c, id)
	if err != nil {
		return err
	}
	v.Kind, v.Lasts = "redraft", 86400
	if s.InReplyToID != nil {
		v.InReplyTo = s.InReplyToID.String()
	}
	if s.Quote != nil && s.Quote.Quoted != nil {
		v.Quote = s.Quote.Quoted.ID.String()
	}
	return nil
}

// A composeWork is a post of several authors that is not public yet.
type composeWork struct {
	ID   models.ID `json:"id,string"`
	Can  []string  `json:"can"`
	Work *struct {
		Text       string            `json:"text"`
		Warning    string            `json:"spoiler_text"`
		Sensitive  bool              `json:"sensitive"`
		Language   string            `json:"language"`
		Visibility models.Visibility `json:"visibility"`
		Media      []composeFile     `json:"media_attachments"`
		Poll       *struct {
			Options []struct {
				Title string `json:"title"`
			} `json:"options"`
			Multiple bool `json:"multiple"`
			Lasts    int  `json:"expires_in"`
		} `json:"poll"`
	} `json:"work"`
}

// revise begins a new version of what others were asked to sign.
func (v *composeView) revise(c *call.Call, id string) error {
	w, err := call.Fetch[composeWork](c, http.MethodGet, "/api/ensemble/v1/collabs/"+url.PathEscape(id), nil)
	if err != nil {
		return err
	}
	if w.Work == nil || !slices.Contains(w.Can, "revise") {
		return models.Errorf(models.NotFound, "there is no such page here")
	}
	v.Kind, v.ID = "revise", w.ID.String()
	v.Text, v.Summary, v.Sensitive = w.Work.Text, w.Work.Warning, w.Work.Sensitive
	v.Visibility, v.Language, v.Media = w.Work.Visibility, w.Work.Language, w.Work.Media
	for i := range v.Media {
		v.Media[i].Used = true
	}
	if p := w.Work.Poll; p != nil {
		v.Multiple, v.Lasts = p.Multiple, max(300, p.Lasts)
		for _, o := range p.Options {
			v.Options = append(v.Options, o.Title)
		}
	}
	return nil
}
