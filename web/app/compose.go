package app

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ensemble/models"
	uploads "ensemble/models/files"
	"ensemble/web/call"
	"ensemble/web/page"
)

// composeSlots are how many files a form without scripts takes at once.
const composeSlots = 4

// composeRoutes are where one writes, and what one wrote for later.
func composeRoutes() []call.Route {
	most := uploads.Defaults()
	body := most.VideoBytes + (composeSlots-1)*most.ImageBytes + 1<<20
	return []call.Route{
		{Method: "GET", Path: "/compose", Page: true, Mode: call.Free, Handler: compose},
		{Method: "POST", Path: "/compose", Page: true, Mode: call.Free, MaxBody: body, Handler: composed},
		{Method: "GET", Path: "/drafts", Page: true, Mode: call.Free, Handler: drafts},
		{Method: "POST", Path: "/drafts/:id/:act", Page: true, Mode: call.Free, Handler: draftAct},
	}
}

// compose is GET /compose.
func compose(c *call.Call) (any, error) {
	v := &composeView{Kind: "new", Wrong: map[string]string{}}
	if err := v.load(c); err != nil {
		return nil, err
	}
	v.defaults()
	if err := v.begin(c); err != nil {
		return nil, err
	}
	if err := v.meet(c); err != nil {
		return nil, err
	}
	return v.show(c, http.StatusOK)
}

// defaults are what the person chose for all posts.
func (v *composeView) defaults() {
	v.Visibility, v.Sensitive, v.Language = cmp.Or(v.Me.Source.Privacy, models.VisPublic), v.Me.Source.Sensitive, v.Me.Source.Language
	v.Quorum, v.OnDecline, v.Moderation, v.Days, v.Lasts = "all", "delete", "initiator", 14, 86400
}

// load asks for who writes, and what they may.
func (v *composeView) load(c *call.Call) (err error) {
	if v.Me, err = call.Fetch[composeSelf](c, http.MethodGet, "/api/v1/accounts/verify_credentials", nil); err != nil {
		return err
	}
	if v.Limits, err = limitsOfCompose(c); err != nil {
		return err
	}
	can, err := call.Fetch[struct {
		Collabs composeStart `json:"collabs"`
	}](c, http.MethodGet, "/api/ensemble/v1/capabilities", nil)
	v.Start = can.Collabs
	if key := "compose.start." + v.Start.Code; !v.Start.May && set.In("en").Can(key) {
		v.Start.Reason = set.Say(c, key)
	}
	return err
}

func limitsOfCompose(c *call.Call) (composeLimits, error) {
	said, err := call.Fetch[struct {
		Configuration struct {
			Statuses struct {
				Chars int `json:"max_characters"`
				Files int `json:"max_media_attachments"`
			} `json:"statuses"`
			Media struct {
				Alt        int      `json:"description_limit"`
				Types      []string `json:"supported_mime_types"`
				ImageBytes int64    `json:"image_size_limit"`
				VideoBytes int64    `json:"video_size_limit"`
			} `json:"media_attachments"`
			Polls struct {
				Options int `json:"max_options"`
				Chars   int `json:"max_characters_per_option"`
			} `json:"polls"`
			Ensemble struct {
				Collabs struct {
					Authors int `json:"max_authors"`
					Expiry  int `json:"max_expiry"`
				} `json:"collabs"`
			} `json:"ensemble"`
		} `json:"configuration"`
	}](c, http.MethodGet, "/api/v2/instance", nil)
	k := said.Configuration
	return composeLimits{
		Chars: k.Statuses.Chars, Files: k.Statuses.Files, Alt: k.Media.Alt, Options: k.Polls.Options, OptionChars: k.Polls.Chars,
		Coauthors: k.Ensemble.Collabs.Authors, MaxDays: k.Ensemble.Collabs.Expiry / 86400,
		ImageBytes: k.Media.ImageBytes, VideoBytes: k.Media.VideoBytes, Types: k.Media.Types,
	}, err
}

// show answers with the form.
func (v *composeView) show(c *call.Call, status int) (any, error) {
	v.Key = rand.Text()
	if err := v.around(c); err != nil {
		return nil, err
	}
	p := page.Page{Title: set.Say(c, "compose.title."+v.Kind), Section: "compose", Scripts: []string{"compose.js"}, View: v, Wrong: v.Wrong["all"]}
	if p.Wrong == "" && len(v.Wrong) > 0 {
		p.Wrong = set.Say(c, "compose.wrong")
	}
	return set.Show(c, status, "compose.html", p)
}

// around asks for the posts that it answers or quotes. One that is gone by now is left
// out: the API says so when it is sent.
func (v *composeView) around(c *call.Call) error {
	for _, s := range []struct {
		id string
		to **aStatus
	}{{v.InReplyTo, &v.Answered}, {v.Quote, &v.Quoted}} {
		if s.id == "" || *s.to != nil {
			continue
		}
		got, err := call.Fetch[aStatus](c, http.MethodGet, "/api/v1/statuses/"+url.PathEscape(s.id), nil)
		if err == nil {
			*s.to = &got
		} else if call.StatusOf(err) >= http.StatusInternalServerError {
			return err
		}
	}
	return nil
}

// composed is POST /compose: what was written is sent, or shown with what was asked of
// the form.
func composed(c *call.Call) (any, error) {
	v := &composeView{Wrong: map[string]string{}}
	if err := v.load(c); err != nil {
		return nil, err
	}
	v.read(c)
	if err := v.attach(c); err != nil {
		return nil, err
	}
	if err := v.meet(c); err != nil {
		return nil, err
	}
	do, what, _ := strings.Cut(c.Str("do"), ":")
	v.change(do, what)
	if len(v.Wrong) == 0 && do == "preview" {
		if err := v.look(c); err != nil {
			return nil, err
		}
	}
	if v.Kind == "duet" && len(v.Media) == 0 && (do == "send" || do == "preview") {
		v.Wrong["media"] = set.Say(c, "compose.error.duet_media")
	}
	if len(v.Wrong) == 0 && do == "send" && !v.unseen(c) {
		to, err := v.send(c)
		if err != nil || to != "" {
			return call.Redirect(to), err
		}
	}
	if len(v.Wrong) > 0 {
		return v.show(c, http.StatusUnprocessableEntity)
	}
	return v.show(c, http.StatusOK)
}

// change does what a button of the form says that needs no more.
func (v *composeView) change(do, what string) {
	switch do {
	case "drop":
		v.Media = slices.DeleteFunc(v.Media, func(f composeFile) bool { return f.ID.String() == what })
	case "uninvite":
		v.With = slices.DeleteFunc(v.With, func(g composeGuest) bool { return g.Handle() == what })
	case "check":
		v.Look = true
	}
}

// unseen reports whether somebody is invited of whom it was not shown yet what they, and
// their server, can do. It is shown then.
func (v *composeView) unseen(c *call.Call) bool {
	known := c.Strs("known")
	v.Look = v.Look || slices.ContainsFunc(v.With, func(g composeGuest) bool { return !slices.Contains(known, g.Handle()) })
	return v.Look
}

// look asks how it would be shown.
func (v *composeView) look(c *call.Call) error {
	got, err := call.Fetch[composePreview](c, http.MethodPost, "/api/ensemble/v1/preview", v.values())
	if err != nil {
		return v.blame(c, err)
	}
	v.Preview = &got
	return nil
}

func focusOf(x, y float64) string { return fmt.Sprintf("%.2f,%.2f", x, y) }

// narrower returns which of two audiences is the smaller one.
func narrower(a, b models.Visibility) models.Visibility {
	order := []models.Visibility{models.VisPublic, models.VisUnlisted, models.VisFollowers, models.VisDirect}
	return order[max(0, slices.Index(order, a), slices.Index(order, b))]
}
