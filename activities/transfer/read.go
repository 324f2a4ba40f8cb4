// Package transfer carries what somebody decided about others from one server to the
// next, as the lists that Mastodon writes and reads.
package transfer

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"ensemble/models"
)

// Columns are what Mastodon calls them, in lower case.
const (
	colAcct      = "account address"
	colBoosts    = "show boosts"
	colNotify    = "notify on new posts"
	colLanguages = "languages"
	colHide      = "hide notifications"
	colDomain    = "#domain"
	colURI       = "#uri"
	colList      = "list name"
)

// bare are the columns of a file without a headline.
var bare = map[models.ImportKind][]string{
	models.ImportFollowing: {colAcct, colBoosts, colNotify, colLanguages},
	models.ImportBlocking:  {colAcct},
	models.ImportMuting:    {colAcct, colHide},
	models.ImportDomains:   {colDomain},
	models.ImportLists:     {colList, colAcct},
	models.ImportBookmarks: {colURI},
}

// headings are what may stand first in a headline.
var headings = []string{colAcct, colDomain, colURI, colList, "domain", "uri"}

// Read reads a file of a kind: one with a headline, or none. Lines that hold nothing
// are left out; one that makes no sense is Invalid, and says which.
func Read(kind models.ImportKind, file io.Reader) ([]*models.ImportRow, error) {
	r := csv.NewReader(file)
	r.FieldsPerRecord, r.TrimLeadingSpace, r.LazyQuotes = -1, true, true
	columns := bare[kind]
	var rows []*models.ImportRow
	for first := true; ; first = false {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, models.Refuse(models.Invalid, "import_malformed", "that is no CSV file: %v", err)
		}
		line, _ := r.FieldPos(0)
		if first {
			fields[0] = strings.TrimPrefix(fields[0], "\ufeff")
			if head := headline(fields); head != nil {
				columns = head
				continue
			}
		}
		if len(fields) > models.MaxImportFields {
			return nil, models.Refuse(models.Invalid, "import_malformed", "line %d has too many fields", line)
		}
		if item, ok := itemOf(kind, columns, fields); ok {
			rows = append(rows, &models.ImportRow{Line: line, Item: item, State: models.RowWaiting})
		}
		if len(rows) > models.MaxImportRows {
			return nil, models.Refuse(models.Invalid, "import_too_long", "a file has at most %d lines", models.MaxImportRows)
		}
	}
	if len(rows) == 0 {
		return nil, models.Refuse(models.Invalid, "import_empty", "there is nothing in that file that can be imported")
	}
	return rows, nil
}

// headline returns the columns that a first line names, nil if it is none.
func headline(fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = strings.ToLower(strings.TrimSpace(f))
	}
	for _, h := range headings {
		if out[0] != h {
			continue
		}
		if h == "domain" || h == "uri" {
			out[0] = "#" + h
		}
		return out
	}
	return nil
}

// itemOf reads a line. It is false for one that does not name what the kind is about.
func itemOf(kind models.ImportKind, columns, fields []string) (item models.ImportItem, ok bool) {
	for i, f := range fields {
		if i >= len(columns) {
			break
		}
		if f = strings.TrimSpace(f); f != "" && len(f) <= maxField {
			fill(&item, columns[i], f)
		}
	}
	switch kind {
	case models.ImportDomains:
		return item, item.Domain != ""
	case models.ImportBookmarks:
		return item, item.URI != ""
	case models.ImportLists:
		return item, item.List != "" && item.Acct != ""
	}
	return item, item.Acct != ""
}

const maxField = 2048 // bytes

func fill(to *models.ImportItem, column, f string) {
	switch column {
	case colAcct:
		to.Acct = strings.ToLower(strings.TrimPrefix(f, "@"))
	case colDomain:
		to.Domain = f
	case colURI:
		to.URI = models.IRI(f)
	case colList:
		to.List = f
	case colBoosts:
		to.Boosts = yes(f)
	case colNotify:
		to.Notify = yes(f)
	case colHide:
		to.Hide = yes(f)
	case colLanguages:
		for _, l := range strings.Split(f, ",") {
			if l = strings.TrimSpace(l); l != "" {
				to.Languages = append(to.Languages, l)
			}
		}
	}
}

func yes(f string) *bool {
	b := true
	switch strings.ToLower(f) {
	case "false", "f", "no", "off", "0":
		b = false
	}
	return &b
}
