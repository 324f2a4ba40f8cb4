package app

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// A draftsView is what somebody wrote for later.
type draftsView struct {
	Posts        []draftPost
	Newer, Older string
	Wrong        map[string]string // what was refused, by what it is about
}

// A draftPost is a post that waits: for its time, or for those who are invited.
type draftPost struct {
	ID      models.ID
	Collab  bool
	State   models.CollabState
	At      time.Time // zero: as soon as all agree
	Text    string
	Warning string
	Media   []composeFile
	With    []anAccount
	Poll    []string
	Why     string // it was not published
}

// Words are the beginning of it.
func (d draftPost) Words() template.HTML {
	s := d.Text
	if r := []rune(s); len(r) > 400 {
		s = string(r[:399]) + "…"
	}
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(s), "\n", "<br>")) //nolint:gosec // escaped
}

// Field is the time as a field has it, in UTC.
func (d draftPost) Field() string {
	if d.At.IsZero() {
		return ""
	}
	return d.At.UTC().Format("2006-01-02T15:04")
}

// drafts is GET /drafts.
func drafts(c *call.Call) (any, error) { return showDrafts(c, http.StatusOK, nil) }

func showDrafts(c *call.Call, status int, wrong map[string]string) (any, error) {
	v := draftsView{Wrong: wrong}
	waiting, err := call.Fetch[[]struct {
		ID     models.ID     `json:"id,string"`
		At     time.Time     `json:"scheduled_at"`
		Media  []composeFile `json:"media_attachments"`
		Code   string        `json:"code"`
		Reason string        `json:"reason"`
		Params struct {
			Text    string `json:"text"`
			Warning string `json:"spoiler_text"`
			Poll    *struct {
				Options []string `json:"options"`
			} `json:"poll"`
		} `json:"params"`
	}](c, http.MethodGet, "/api/v1/scheduled_statuses", url.Values{"limit": {"40"}, "max_id": {c.Query("max_id")}})
	if err != nil {
		return nil, err
	}
	for _, s := range waiting {
		d := draftPost{ID: s.ID, At: s.At, Text: s.Params.Text, Warning: s.Params.Warning, Media: s.Media, Why: s.Reason}
		if key := "compose.error." + s.Code; s.Code != "" && set.In("en").Can(key) {
			d.Why = set.Say(c, key)
		}
		if s.Params.Poll != nil {
			d.Poll = s.Params.Poll.Options
		}
		v.Posts = append(v.Posts, d)
	}
	if n := len(waiting); n == 40 {
		v.Older = "/drafts?max_id=" + waiting[n-1].ID.String()
	}
	if c.Query("max_id") == "" {
		if err := v.together(c); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(v.Posts, func(a, b draftPost) int { return a.At.Compare(b.At) })
	return set.Show(c, status, "compose_drafts.html", page.Page{
		Title: set.Say(c, "compose.drafts"), Section: "drafts", Scripts: []string{"compose.js"}, View: v,
	})
}

// together adds what others were asked to sign and is not public yet.
func (v *draftsView) together(c *call.Call) error {
	works, err := call.Fetch[[]struct {
		ID       models.ID          `json:"id,string"`
		State    models.CollabState `json:"state"`
		At       *time.Time         `json:"scheduled_at"`
		Invitees []struct {
			Account anAccount `json:"account"`
		} `json:"invitees"`
		Work *struct {
			Text    string        `json:"text"`
			Content string        `json:"content"`
			Warning string        `json:"spoiler_text"`
			Media   []composeFile `json:"media_attachments"`
		} `json:"work"`
	}](c, http.MethodGet, "/api/ensemble/v1/collabs", url.Values{"role": {"initiator"}, "state[]": {"draft", "offered"}, "limit": {"40"}})
	if err != nil {
		return err
	}
	for _, w := range works {
		d := draftPost{ID: w.ID, Collab: true, State: w.State}
		if w.At != nil {
			d.At = *w.At
		}
		if w.Work != nil {
			d.Text, d.Warning, d.Media = w.Work.Text, w.Work.Warning, w.Work.Media
			if d.Text == "" {
				d.Text = text.Plain(w.Work.Content)
			}
		}
		for _, i := range w.Invitees {
			d.With = append(d.With, i.Account)
		}
		v.Posts = append(v.Posts, d)
	}
	return nil
}

// draftAct is POST /drafts/:id/:act: another time for a post that waits, or its end.
func draftAct(c *call.Call) (any, error) {
	id := c.ID("id").String()
	method, path, done := http.MethodPut, "/api/v1/scheduled_statuses/"+id, "compose.moved"
	switch c.Param("act") {
	case "move":
	case "cancel":
		method, done = http.MethodDelete, "compose.cancelled"
	case "plan":
		method, path = http.MethodPost, "/api/ensemble/v1/collabs/"+id+"/schedule"
	default:
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	v := composeView{Wrong: map[string]string{}}
	v.readTime(c)
	if method == http.MethodPut && v.At.IsZero() && len(v.Wrong) == 0 {
		v.Wrong["at"] = set.Say(c, "compose.error.bad_time")
	}
	if len(v.Wrong) == 0 || method == http.MethodDelete {
		if _, err := c.Ask(method, path, url.Values{"scheduled_at": {v.PlannedAt()}}); err == nil {
			return call.Redirect("/drafts?done=" + done), nil
		} else if err := v.blame(c, err); err != nil {
			return nil, err
		}
	}
	for _, text := range v.Wrong {
		return showDrafts(c, http.StatusUnprocessableEntity, map[string]string{id: text})
	}
	return nil, nil
}
