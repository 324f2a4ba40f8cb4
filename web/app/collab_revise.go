package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// A reviseView is a new version that is being written.
type reviseView struct {
	Collab     aCollab
	Text       string
	Warning    string
	Sensitive  bool
	Visibility models.Visibility
	Media      []revisedMedium
	Since      *difference // once it was looked at
	Again      []anInvitee // who is asked again
	Unasked    []anInvitee // who agreed to edits beforehand
}

type revisedMedium struct {
	aMedium
	Kept bool
}

// revisePage is GET /collabs/:id/revise.
func revisePage(c *call.Call) (any, error) {
	v, err := readRevision(c)
	if err != nil {
		return nil, err
	}
	if v.Collab.Work == nil || !v.Collab.May("revise") {
		return call.Redirect(v.Collab.Page()), nil
	}
	w := v.Collab.Work
	v.Warning, v.Sensitive, v.Visibility = w.SpoilerText, w.Sensitive, w.Visibility
	if w.Text != nil {
		v.Text = *w.Text
	}
	for _, w := range v.Collab.Open() { // a wish that is taken up is typed already
		if w.ID == c.ID("change") && w.Wording != nil {
			v.Text = *w.Wording
		}
	}
	return showRevision(c, v, page.Page{}, http.StatusOK)
}

func readRevision(c *call.Call) (v reviseView, err error) {
	if v.Collab, err = collabOf(c); err != nil {
		return v, err
	}
	for _, i := range v.Collab.Invitees {
		switch {
		case !i.Stands():
		case i.CoversEdits:
			v.Unasked = append(v.Unasked, i)
		default:
			v.Again = append(v.Again, i)
		}
	}
	if v.Collab.Work != nil {
		for _, m := range v.Collab.Work.MediaAttachments {
			v.Media = append(v.Media, revisedMedium{m, true})
		}
	}
	return v, nil
}

func showRevision(c *call.Call, v reviseView, p page.Page, status int) (any, error) {
	p.Title, p.Section, p.Tabs, p.View = set.Say(c, "revise.title"), "collabs", rooms(c, "/collabs"), v
	return set.Show(c, status, "revise.html", p)
}

// reviseCollab is POST /collabs/:id/revise: first a look at what would be different,
// and who would be asked; then it is sent.
func reviseCollab(c *call.Call) (any, error) {
	v, err := readRevision(c)
	if err != nil {
		return nil, err
	}
	if v.Collab.Work == nil || !v.Collab.May("revise") {
		return call.Redirect(v.Collab.Page()), nil
	}
	if err := v.typed(c); err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showRevision(c, v, p, status) })
	}
	v.Since = v.difference(v.Collab.Work)
	if c.Str("do") != "send" {
		return showRevision(c, v, page.Page{}, http.StatusOK)
	}
	if _, err := c.AskJSON(http.MethodPost, collabAt(c)+"/revise", v.request()); err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showRevision(c, v, p, status) })
	}
	return call.Redirect(v.Collab.Page() + "?done=collab.revised"), nil
}

// typed reads the form. New files are kept at once: they are no part of anything yet.
func (v *reviseView) typed(c *call.Call) error {
	v.Text, v.Warning, v.Sensitive = strings.ReplaceAll(c.Str("status"), "\r\n", "\n"), c.Str("spoiler_text"), c.Bool("sensitive")
	v.Visibility = models.Visibility(or(c.Str("visibility"), string(v.Collab.Work.Visibility)))
	v.Media = nil
	for _, id := range c.IDs("media") {
		m := revisedMedium{Kept: c.Bool("keep_" + id.String())}
		at := slices.IndexFunc(v.Collab.Work.MediaAttachments, func(old aMedium) bool { return old.ID == id.String() })
		if at >= 0 {
			m.aMedium = v.Collab.Work.MediaAttachments[at]
		} else if got, err := call.Fetch[aMedium](c, http.MethodGet, "/api/v1/media/"+id.String(), nil); err == nil {
			m.aMedium = got
		} else {
			return err
		}
		m.Description = c.Str("alt_" + id.String())
		v.Media = append(v.Media, m)
	}
	file := c.File("file")
	if file == nil || file.Size == 0 {
		return nil
	}
	m, err := uploadFile[aMedium](c, "file", c.Str("alt"))
	if err != nil {
		return err
	}
	v.Media = append(v.Media, revisedMedium{m, true})
	return nil
}

// uploadFile keeps the file that came with the form as name, as the API does.
func uploadFile[T any](c *call.Call, name, alt string) (m T, err error) {
	r, err := c.AskFiles(http.MethodPost, "/api/v1/media", url.Values{"description": {alt}}, map[string]string{name: "file"})
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(r.Body, &m); err != nil {
		return m, fmt.Errorf("read an upload: %w", err)
	}
	return m, nil
}

// request is the version as the API takes it.
func (v *reviseView) request() map[string]any {
	ids, alts := []string{}, []map[string]string{}
	for _, m := range v.Media {
		if m.Kept {
			ids = append(ids, m.ID)
			alts = append(alts, map[string]string{"id": m.ID, "description": m.Description})
		}
	}
	r := map[string]any{"status": v.Text, "spoiler_text": v.Warning, "sensitive": v.Sensitive, "visibility": v.Visibility}
	if len(ids) > 0 || len(v.Collab.Work.MediaAttachments) > 0 {
		r["media_ids"], r["media_attributes"] = ids, alts
	}
	return r
}

// difference is what the new version says otherwise, as it was typed.
func (v *reviseView) difference(old *aWork) *difference {
	d := &difference{From: old.Revision, To: old.Revision + 1}
	was := ""
	if old.Text != nil {
		was = *old.Text
	}
	if was != v.Text {
		d.Text = differences(was, v.Text)
	}
	if old.SpoilerText != v.Warning {
		d.Warning = differences(old.SpoilerText, v.Warning)
	}
	switch {
	case old.Visibility == v.Visibility:
	case v.Visibility == models.VisPublic:
		d.Notes = append(d.Notes, note{Key: "diff.now_public"})
	default:
		d.Notes = append(d.Notes, note{Key: "diff.now_unlisted"})
	}
	if old.Sensitive != v.Sensitive {
		d.Notes = append(d.Notes, note{Key: map[bool]string{true: "diff.now_sensitive", false: "diff.not_sensitive"}[v.Sensitive]})
	}
	for _, m := range v.Media {
		at := slices.IndexFunc(old.MediaAttachments, func(o aMedium) bool { return o.ID == m.ID })
		switch {
		case at < 0 && m.Kept:
			d.Notes = append(d.Notes, note{"diff.media_new", []change{{"ins", m.Description}}})
		case at >= 0 && !m.Kept:
			d.Notes = append(d.Notes, note{"diff.media_gone", []change{{"del", m.Description}}})
		case at >= 0 && old.MediaAttachments[at].Description != m.Description:
			d.Notes = append(d.Notes, note{"diff.media_alt", differences(old.MediaAttachments[at].Description, m.Description)})
		}
	}
	return d
}
