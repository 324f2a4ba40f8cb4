package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/web/call"
)

// values are what the API is sent.
func (v *composeView) values() url.Values {
	to := url.Values{
		"status": {v.Text}, "spoiler_text": {v.Summary}, "sensitive": {strconv.FormatBool(v.Sensitive)},
		"visibility": {string(v.Visibility)}, "language": {v.Language},
	}
	put := func(name, value string) {
		if value != "" {
			to.Set(name, value)
		}
	}
	put("in_reply_to_id", v.InReplyTo)
	put("quoted_status_id", v.Quote)
	put("derivation", v.Duet)
	put("quote_approval_policy", v.Quotable)
	if v.New() {
		put("scheduled_at", v.PlannedAt())
	}
	for i, f := range v.Media {
		to.Add("media_ids[]", f.ID.String())
		if f.Used {
			at := fmt.Sprintf("media_attributes[%d]", i)
			to.Set(at+"[id]", f.ID.String())
			to.Set(at+"[description]", f.Description)
			to.Set(at+"[focus]", f.Focus)
		}
	}
	if len(v.Media) == 0 && !v.New() {
		to.Set("media_ids[]", "")
	}
	if len(v.Options) > 0 {
		to["poll[options][]"] = v.Options
		to.Set("poll[multiple]", strconv.FormatBool(v.Multiple))
		to.Set("poll[expires_in]", strconv.Itoa(v.Lasts))
	}
	v.invitation(to)
	return to
}

// invitation adds who is invited, and on which terms.
func (v *composeView) invitation(to url.Values) {
	if len(v.With) == 0 {
		return
	}
	for i, g := range v.With {
		at := fmt.Sprintf("coauthors[%d]", i)
		if g.Account != nil {
			to.Set(at+"[id]", g.Account.ID.String())
		} else {
			to.Set(at+"[acct]", g.Handle())
		}
		role, label, _ := strings.Cut(g.Role, ":")
		if role == string(models.CreditSponsor) {
			role, label = string(models.RoleCredit), string(models.CreditSponsor)
		}
		to.Set(at+"[role]", role)
		to.Set(at+"[as]", label)
	}
	to.Set("quorum", v.Quorum)
	to.Set("on_decline", v.OnDecline)
	to.Set("moderation", v.Moderation)
	to.Set("allow_copy", strconv.FormatBool(v.Copy))
	to.Set("expires_in", strconv.Itoa(v.Days*int(24*time.Hour/time.Second)))
	if v.Unable {
		to.Set("unable", "mention")
	}
}

// send has the API do it. It returns where that leads, "" if it was refused.
func (v *composeView) send(c *call.Call) (string, error) {
	c.Request.Header.Set("Idempotency-Key", v.Key)
	defer c.Request.Header.Del("Idempotency-Key")
	switch v.Kind {
	case "edit":
		return v.deliver(c, http.MethodPut, "/api/v1/statuses/"+url.PathEscape(v.ID))
	case "revise":
		return v.deliver(c, http.MethodPost, "/api/ensemble/v1/collabs/"+url.PathEscape(v.ID)+"/revise")
	case "redraft":
		return v.replace(c)
	}
	return v.deliver(c, http.MethodPost, "/api/v1/statuses")
}

// replace deletes the post that this one takes the place of, and then says it anew. It
// is looked at beforehand whether that could be said at all.
func (v *composeView) replace(c *call.Call) (string, error) {
	words := v.values()
	words.Del("media_ids[]") // which are the old one's until it is gone
	if v.Text == "" {
		words.Set("status", "…")
	}
	if _, err := c.Ask(http.MethodPost, "/api/ensemble/v1/preview", words); err != nil {
		return "", v.blame(c, err)
	}
	if _, err := c.Ask(http.MethodDelete, "/api/v1/statuses/"+url.PathEscape(v.ID), nil); err != nil {
		return "", v.blame(c, err)
	}
	v.Kind, v.ID = "new", ""
	for i := range v.Media { // they are free now
		v.Media[i].Used = false
		if err := v.describe(c, &v.Media[i]); err != nil || len(v.Wrong) > 0 {
			return "", err
		}
	}
	return v.deliver(c, http.MethodPost, "/api/v1/statuses")
}

// deliver asks the API, and reads from its answer what became of it.
func (v *composeView) deliver(c *call.Call, method, path string) (string, error) {
	reply, err := c.Ask(method, path, v.values())
	if err != nil {
		return "", v.blame(c, err)
	}
	var got struct {
		ID          models.ID `json:"id,string"`
		Initiator   *struct{} `json:"initiator"`    // of a collab
		ScheduledAt *string   `json:"scheduled_at"` // of what waits
		Account     anAccount `json:"account"`
		Collab      *struct {
			ID *models.ID `json:"id,string"`
		} `json:"collab"`
	}
	if err := json.Unmarshal(reply.Body, &got); err != nil {
		return "", fmt.Errorf("read what was posted: %w", err)
	}
	switch {
	case got.Initiator != nil && v.Kind == "revise":
		return "/collabs/" + got.ID.String() + "?done=compose.revised", nil
	case got.Initiator != nil:
		return "/collabs/" + got.ID.String() + "?done=compose.invited", nil
	case got.ScheduledAt != nil && got.Account.ID == 0:
		return "/drafts?done=compose.scheduled", nil
	case v.Kind == "edit" && got.Collab != nil && got.Collab.ID != nil:
		return "/collabs/" + got.Collab.ID.String() + "?done=compose.revised", nil
	case v.Kind == "edit":
		return "/@" + got.Account.Acct + "/" + got.ID.String() + "?done=compose.saved", nil
	case len(v.With) > 0: // it is public already: at once, or by a mention
		return "/@" + got.Account.Acct + "/" + got.ID.String() + "?done=compose.posted", nil
	}
	return "/home?done=compose.posted#status-" + got.ID.String(), nil
}
