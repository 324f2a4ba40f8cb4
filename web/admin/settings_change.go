package admin

import (
	"net/url"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// changeSettings is POST /admin/settings/:part.
func changeSettings(c *call.Call) (any, error) {
	v, err := settingsOf(c)
	if err != nil {
		return nil, err
	}
	switch c.Str("do") + "/" + v.Part {
	case "/server":
		return v.save(c, params(c, "title", "description", "contact_email", "contact_account", "thumbnail"))
	case "/people":
		return v.save(c, params(c, "registrations", "min_age", "registrations_message"))
	case "staff/people":
		_, err := c.Ask("PATCH", apiSettings, url.Values{"staff_second_factor": {strconv.FormatBool(c.Bool("staff_second_factor"))}})
		if err != nil {
			return showSettings(c, v, err)
		}
		return after(v.Root+"/people", "settings_saved")
	case "test/mail":
		return v.testMail(c)
	case "test/storage":
		v.findings, err = look(c, "media")
		return showSettings(c, v, err)
	case "/legal":
		return v.answer(c)
	}
	return nil, models.Errorf(models.Invalid, "there is nothing to save there")
}

// save changes settings; what was typed stays if it is refused.
func (v *settingsView) save(c *call.Call, q url.Values) (any, error) {
	if v.Part == "server" {
		v.Tongues = c.Str("languages")
		q["languages[]"] = strings.FieldsFunc(v.Tongues, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
		if len(q["languages[]"]) == 0 {
			q["languages[]"] = []string{""}
		}
	} else {
		q.Set("reason_required", strconv.FormatBool(c.Bool("reason_required")))
		if strings.TrimSpace(q.Get("min_age")) == "" {
			q.Set("min_age", "0")
		}
	}
	if _, err := c.Ask("PATCH", apiSettings, q); err != nil {
		v.typed(c)
		return showSettings(c, v, err)
	}
	return v.onward("settings_saved")
}

// typed puts what was sent in the place of what is settled.
func (v *settingsView) typed(c *call.Call) {
	if v.Part == "server" {
		v.S.Title, v.S.Description, v.S.Contact = c.Str("title"), c.Str("description"), c.Str("contact_email")
		v.S.ContactAccount, v.S.Thumbnail = c.Str("contact_account"), c.Str("thumbnail")
		return
	}
	v.S.Registrations.Mode, v.S.Registrations.Message = c.Str("registrations"), c.Str("registrations_message")
	v.S.Registrations.Reason = c.Bool("reason_required")
}

// testMail sends a letter to who asks, and says what came of it.
func (v *settingsView) testMail(c *call.Call) (any, error) {
	got, err := call.Fetch[struct {
		To string `json:"sent_to"`
	}](c, "POST", ourAdmin+"/test_mail", nil)
	v.Sent = got.To
	if err != nil && call.CodeOf(err) == "mail_not_taken" { // the mail server's own words say most
		v.Checks = []check{{State: "fail", Text: call.Sentence(err)}}
		err = nil
	}
	return showSettings(c, v, err)
}

// answer fills in the blanks of the legal texts.
func (v *settingsView) answer(c *call.Call) (any, error) {
	q := url.Values{}
	for _, f := range facts {
		if c.Has(f.Name) {
			q.Set(f.Name, c.Str(f.Name))
		}
	}
	if _, err := c.Ask("POST", apiLegal+"/answers", q); err != nil {
		v.asked = q
		return showSettings(c, v, err)
	}
	return after(v.Root+"/legal", "legal_saved")
}

// legalText is GET /admin/settings/legal/:kind/:language: a text is written.
func legalText(c *call.Call) (any, error) {
	v, err := settingsOf(c)
	if err == nil {
		err = v.pick(c)
	}
	if err != nil {
		return nil, err
	}
	if c.Bool("template") {
		v.One.Text = v.One.Template
	}
	return showLegalText(c, v, nil)
}

// pick finds the text that the address names.
func (v *settingsView) pick(c *call.Call) error {
	for i, t := range v.Legal {
		if t.Kind == c.Str("kind") && t.Language == c.Str("language") {
			v.One = &v.Legal[i]
			return nil
		}
	}
	return models.Errorf(models.NotFound, "there is no such text here")
}

func showLegalText(c *call.Call, v *settingsView, wrong error) (any, error) {
	p := page.Page{Title: set.Say(c, "settings.text."+v.One.Kind+"."+v.One.Language), View: v}
	return orAgain(c, wrong, "settings", "legal_text.html", p)
}

// writeLegalText is POST /admin/settings/legal/:kind/:language {text}.
func writeLegalText(c *call.Call) (any, error) {
	v, err := settingsOf(c)
	if err == nil {
		err = v.pick(c)
	}
	if err != nil {
		return nil, err
	}
	if _, err := c.Ask("PUT", apiLegal+"/"+v.One.Kind+"/"+v.One.Language, params(c, "text")); err != nil {
		v.One.Text = c.Str("text")
		return showLegalText(c, v, err)
	}
	return after(v.Root+"/legal", "legal_saved")
}
