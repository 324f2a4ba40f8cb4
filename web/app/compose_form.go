package app

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/web/call"
)

// read takes the form as it was sent.
func (v *composeView) read(c *call.Call) {
	v.Kind, v.ID, v.Key = c.Str("kind"), c.Str("id"), c.Str("key")
	if !slices.Contains([]string{"new", "reply", "quote", "duet", "edit", "redraft", "revise"}, v.Kind) {
		v.Kind = "new"
	}
	v.Text, v.Summary = strings.ReplaceAll(c.Str("status"), "\r\n", "\n"), c.Str("spoiler_text")
	v.Sensitive, v.Visibility = c.Bool("sensitive"), models.Visibility(c.Str("visibility"))
	v.Language, v.Quotable = c.Str("language"), c.Str("quote_approval_policy")
	v.InReplyTo, v.Quote, v.Duet = c.Str("in_reply_to_id"), c.Str("quoted_status_id"), c.Str("derivation")
	for _, o := range c.Strs("option") {
		if o = strings.TrimSpace(o); o != "" {
			v.Options = append(v.Options, o)
		}
	}
	v.Lasts, _ = strconv.Atoi(c.Str("lasts")) // 0 is refused, if there is a poll
	v.Multiple = c.Bool("multiple")
	v.Quorum, v.OnDecline, v.Moderation = c.Str("quorum"), c.Str("on_decline"), c.Str("moderation")
	v.Days, _ = strconv.Atoi(c.Str("days"))
	v.Copy, v.Unable = c.Bool("allow_copy"), c.Bool("unable")
	v.readTime(c)
	v.readGuests(c)
	for _, s := range c.Strs("media") {
		if id, err := models.ParseID(s); err == nil && !slices.ContainsFunc(v.Media, func(f composeFile) bool { return f.ID == id }) {
			v.Media = append(v.Media, composeFile{ID: id, Description: c.Str("alt_" + s), Focus: c.Str("focus_" + s), Used: c.Bool("used_" + s)})
		}
	}
}

// readTime reads when it is to appear: a script says it with the reader's own zone, and
// what comes without one is UTC, as the field says.
func (v *composeView) readTime(c *call.Call) {
	said := c.Str("at")
	if said == "" && !c.Bool("zoned") {
		if said = c.Str("at_local"); said != "" {
			said += ":00Z"
		}
	}
	if said == "" {
		return
	}
	at, err := time.Parse(time.RFC3339, said)
	if err != nil {
		v.Wrong["at"] = set.Say(c, "compose.error.bad_time")
		return
	}
	v.At = at.UTC()
}

func (v *composeView) readGuests(c *call.Call) {
	roles := c.Strs("role")
	for i, acct := range c.Strs("who") {
		g := composeGuest{Acct: strings.TrimSpace(acct), Role: string(models.RoleCoauthor)}
		if i < len(roles) && roles[i] != "" {
			g.Role = roles[i]
		}
		same := func(o composeGuest) bool { return strings.EqualFold(o.Handle(), g.Handle()) }
		if g.Handle() != "" && !slices.ContainsFunc(v.With, same) && len(v.With) < models.MaxCoauthors {
			v.With = append(v.With, g)
		}
	}
}

// attach uploads the files that came with the form, and gives all their words.
func (v *composeView) attach(c *call.Call) error {
	for i := range v.Media {
		if err := v.describe(c, &v.Media[i]); err != nil {
			return err
		}
	}
	for i := 1; i <= composeSlots; i++ {
		name, words := fmt.Sprintf("file%d", i), c.Str(fmt.Sprintf("alt%d", i))
		sent := c.File(name)
		if sent == nil || sent.Filename == "" && sent.Size == 0 {
			continue
		}
		f, err := uploadFile[composeFile](c, name, words)
		if err != nil {
			if err := v.blame(c, err); err != nil {
				return err
			}
			continue
		}
		f.Description = words
		v.Media = append(v.Media, f)
	}
	return nil
}

// describe gives an upload the words that the form has for it. What a post has already
// gets them with the post.
func (v *composeView) describe(c *call.Call, f *composeFile) error {
	path, words, focus := "/api/v1/media/"+f.ID.String(), f.Description, f.Focus
	if f.Used {
		return v.describeUsed(c, f)
	}
	got, err := call.Fetch[composeFile](c, http.MethodPut, path, url.Values{"description": {words}, "focus": {focus}})
	if err != nil {
		if call.CodeOf(err) == "media_in_use" { // it is: of a post that is written anew
			f.Used = true
			return v.describeUsed(c, f)
		}
		return v.blame(c, err)
	}
	*f = got
	f.Description, f.Focus = words, focus
	return nil
}

func (v *composeView) describeUsed(c *call.Call, f *composeFile) error {
	of := "/api/v1/statuses/" + url.PathEscape(v.ID)
	words, focus := f.Description, f.Focus
	var all []composeFile
	if v.Kind == "revise" {
		w, err := call.Fetch[composeWork](c, http.MethodGet, "/api/ensemble/v1/collabs/"+url.PathEscape(v.ID), nil)
		if err != nil {
			return v.blame(c, err)
		}
		if w.Work != nil {
			all = w.Work.Media
		}
	} else {
		s, err := call.Fetch[struct {
			Media []composeFile `json:"media_attachments"`
		}](c, http.MethodGet, of, nil)
		if err != nil {
			return v.blame(c, err)
		}
		all = s.Media
	}
	for _, m := range all {
		if m.ID == f.ID {
			*f = m
			f.Description, f.Focus, f.Used = words, focus, true
		}
	}
	return nil
}

// meet finds those who are to be invited, and what they and their servers can do.
func (v *composeView) meet(c *call.Call) error {
	for i := range v.With {
		if err := v.With[i].meet(c); err != nil {
			return err
		}
		v.Start.Candidate = true
	}
	return nil
}

func (g *composeGuest) meet(c *call.Call) error {
	found, err := call.Fetch[[]anAccount](c, http.MethodGet, "/api/v1/accounts/search", url.Values{"q": {"@" + g.Handle()}, "resolve": {"true"}, "limit": {"5"}})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(found, func(a anAccount) bool { return isCalled(c.Site, a, g.Handle()) })
	if at < 0 {
		g.Ability, g.Why = collab.AbilityCannot, set.Say(c, "compose.reason.not_found")
		return nil
	}
	g.Account = &found[at]
	can, err := call.Fetch[struct {
		Ability string `json:"ability"`
		Code    string `json:"reason_code"`
		Reason  string `json:"reason"`
	}](c, http.MethodGet, "/api/ensemble/v1/accounts/"+g.Account.ID.String()+"/collaborate", nil)
	if err != nil {
		return err
	}
	g.Ability, g.Why = can.Ability, can.Reason
	if key := "compose.reason." + can.Code; set.In("en").Can(key) {
		g.Why = set.Say(c, key)
	}
	return nil
}

// isCalled reports whether a goes by that handle; those who live here by their name, too.
func isCalled(site models.Site, a anAccount, handle string) bool {
	name, domain, whole := strings.Cut(handle, "@")
	if whole && strings.EqualFold(domain, site.Domain) {
		handle = name
	}
	return strings.EqualFold(a.Acct, handle)
}

// blame says what the API refused next to the field it is about. What is no refusal is
// returned.
func (v *composeView) blame(c *call.Call, err error) error {
	var f *call.Failure
	if !errors.As(err, &f) || f.Status == http.StatusUnauthorized {
		return err
	}
	text := f.Text
	if key := "compose.error." + f.Code; f.Code != "" && set.In("en").Can(key) {
		text = set.Say(c, key)
	} else if key := "compose.start." + f.Code; f.Code != "" && set.In("en").Can(key) {
		text = set.Say(c, key)
	}
	v.Wrong[v.fieldOf(f.Code)] = text
	return nil
}

// fieldOf returns which part of the form a refusal is about.
func (v *composeView) fieldOf(code string) string {
	if field := composeFields[code]; field != "" {
		return field
	}
	switch {
	case strings.HasPrefix(code, "media"):
		return "media"
	case strings.HasPrefix(code, "quote_"):
		return "quote"
	case (code == "too_soon" || code == "too_late") && !v.At.IsZero():
		return "at"
	case code == "too_soon" || code == "too_late":
		return "poll"
	case strings.HasPrefix(code, "policy_") || strings.HasPrefix(code, "rollout_"):
		return "with"
	}
	return "all"
}

var composeFields = map[string]string{
	"empty_post": "status", "too_long": "status", "no_change": "status", "too_many_files": "media", "poll_and_media": "poll",
	"empty_option": "poll", "long_option": "poll", "same_option": "poll", "few_options": "poll", "many_options": "poll",
	"duet_denied": "quote", "too_many_scheduled": "at", "bad_expiry": "days",
	"initiator_locked": "with", "not_public": "visibility", "is_reply": "with", "bad_label": "with", "too_many_coauthors": "with",
	"not_built": "with", "no_support": "with", "self": "with", "account_gone": "with", "blocked": "with", "server_blocked": "with",
	"never_again": "with", "collabs_off": "with",
}
