package app

import (
	"net/http"
	"net/url"
	"strconv"

	"ensemble/models"
	"ensemble/web/call"
)

// exportFiles are the lists that can be taken along.
var exportFiles = []string{"following", "blocks", "mutes", "domain_blocks", "lists", "bookmarks"}

func dataSettings(c *call.Call) (*settingsView, error) {
	v := &settingsView{}
	for _, name := range exportFiles {
		v.Facts = append(v.Facts, fact{Key: "settings.export." + name, Text: name + ".csv", Link: "/session/api/ensemble/v1/exports/" + name + ".csv"})
	}
	archives, err := call.Fetch[[]struct {
		ID    models.ID `json:"id,string"`
		State string
		Size  int64
	}](c, http.MethodGet, "/api/ensemble/v1/archives", nil)
	if err != nil {
		return nil, err
	}
	say := set.For(c)
	for _, a := range archives {
		row := settingsRow{Text: say.T("settings.archive") + " · " + say.Size(a.Size), Note: "settings.archive_state." + a.State, Form: "archive_drop", Button: "settings.remove", Name: "id", ID: a.ID.String()}
		switch a.State {
		case string(models.ArchiveExpired):
			row.Text, row.Form, row.Button = say.T("settings.archive"), "", "" // there is nothing left to take away
		case string(models.ArchiveReady):
			row.Link = "/session/api/ensemble/v1/archives/" + a.ID.String() + "/file"
		}
		v.Rows = append(v.Rows, row)
	}
	rows, err := importRows(c)
	if err != nil {
		return nil, err
	}
	v.Rows = append(v.Rows, rows...)
	v.Forms = []form{
		{Name: "archive", send: asks(http.MethodPost, "/api/ensemble/v1/archives")},
		{Name: "archive_drop", send: remove("/api/ensemble/v1/archives/")},
		{Name: "import", send: sendImport, Fields: []field{
			{Kind: "choice", Name: "type", Value: "following", Options: []string{"following", "blocking", "muting", "domain_blocking", "lists", "bookmarks"}},
			{Kind: "choice", Name: "mode", Value: "merge", Options: []string{"merge", "overwrite"}},
			{Kind: "file", Name: "data", Accept: ".csv,text/csv", Required: true},
		}},
		{Name: "import_stop", send: stopImport},
		{Name: "import_posts", send: sendPosts, Fields: []field{
			{Kind: "choice", Name: "visibility", Value: string(models.VisFollowers), Options: []string{"private", "unlisted", "public"}},
			{Kind: "file", Name: "archive", Accept: ".zip,application/zip", Required: true},
		}},
	}
	return v, nil
}

func sendImport(c *call.Call) (*shown, error) {
	_, err := c.AskFiles(http.MethodPost, "/api/ensemble/v1/imports", url.Values{"type": {c.Str("type")}, "mode": {c.Str("mode")}}, filled(c, "data"))
	return nil, err
}

// failuresShown are how many lines of an import that came to nothing a page tells of.
const failuresShown = 20

// importRows are the lists that were brought along, with what came of each.
func importRows(c *call.Call) ([]settingsRow, error) {
	const path = "/api/ensemble/v1/imports"
	imports, err := call.Fetch[[]struct {
		ID                  models.ID `json:"id,string"`
		Type, State         string
		Total, Done, Failed int
	}](c, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	say := set.For(c)
	var rows []settingsRow
	for _, i := range imports {
		row := settingsRow{
			Text: say.T("settings.import_line", say.T("settings.choice.type."+i.Type), say.Num(i.Done), say.Num(i.Total)),
			Note: "settings.import_state." + i.State, Name: "id", ID: i.ID.String(),
		}
		if i.State == string(models.ImportWaiting) || i.State == string(models.ImportRunning) {
			row.Form, row.Button = "import_stop", "settings.stop"
		}
		if i.Failed > 0 {
			failed, err := call.Fetch[[]struct {
				Line               int
				About, Code, Error string
			}](c, http.MethodGet, path+"/"+row.ID+"/failures", url.Values{"limit": {strconv.Itoa(failuresShown)}})
			if err != nil {
				return nil, err
			}
			row.More = say.N("settings.import_failed", i.Failed)
			for _, f := range failed {
				row.Lines = append(row.Lines, say.T("settings.import_failure", f.Line, f.About, set.Sentence(c, http.StatusUnprocessableEntity, f.Code, f.Error)))
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func stopImport(c *call.Call) (*shown, error) {
	_, err := c.Ask(http.MethodPost, "/api/ensemble/v1/imports/"+c.ID("id").String()+"/stop", nil)
	return nil, err
}

// sendPosts sends on the archive that was made elsewhere.
func sendPosts(c *call.Call) (*shown, error) {
	if len(filled(c, "archive")) == 0 {
		return nil, call.Fail(http.StatusUnprocessableEntity, "no_file", "choose a file first")
	}
	_, err := c.AskFiles(http.MethodPost, "/api/ensemble/v1/imports/posts", url.Values{"visibility": {c.Str("visibility")}}, map[string]string{"archive": "data"})
	return nil, err
}
