package app

import (
	"slices"

	"ensemble/models"
)

// A difference is what a version says otherwise than one before.
type difference struct {
	From, To int
	Text     []change // nil if the words are the same
	Warning  []change
	Notes    []note
}

// A note is a difference that has a word of its own.
type note struct {
	Key  string   // of the words
	Text []change // for a description
}

// Any reports whether there is a difference.
func (d *difference) Any() bool {
	return d != nil && (len(d.Text) > 0 || len(d.Warning) > 0 || len(d.Notes) > 0)
}

// unlike returns what is different in the version b.
func unlike(a, b aVersion) *difference {
	d := &difference{From: a.Revision, To: b.Revision}
	if a.Text != b.Text {
		d.Text = differences(a.Text, b.Text)
	}
	if a.SpoilerText != b.SpoilerText {
		d.Warning = differences(a.SpoilerText, b.SpoilerText)
	}
	if a.Visibility != b.Visibility {
		d.Notes = append(d.Notes, note{Key: map[bool]string{true: "diff.now_public", false: "diff.now_unlisted"}[b.Visibility == models.VisPublic]})
	}
	if a.Sensitive != b.Sensitive {
		d.Notes = append(d.Notes, note{Key: map[bool]string{true: "diff.now_sensitive", false: "diff.not_sensitive"}[b.Sensitive]})
	}
	for i, m := range b.Media {
		j := -1
		for k := range a.Media {
			if a.Media[k].Digest == m.Digest && (m.Digest != "" || k == i) {
				j = k
			}
		}
		switch {
		case j < 0:
			d.Notes = append(d.Notes, note{"diff.media_new", []change{{"ins", m.Description}}})
		case a.Media[j].Description != m.Description:
			d.Notes = append(d.Notes, note{"diff.media_alt", differences(a.Media[j].Description, m.Description)})
		}
	}
	for i, m := range a.Media {
		kept := false
		for k := range b.Media {
			kept = kept || b.Media[k].Digest == m.Digest && (m.Digest != "" || k == i)
		}
		if !kept {
			d.Notes = append(d.Notes, note{"diff.media_gone", []change{{"del", m.Description}}})
		}
	}
	return d
}

// since returns what the version number says otherwise than the last one before it that
// the reader agreed to or, failing that, was shown; nil if it is the first.
func since(all []aVersion, number int) *difference {
	at := slices.IndexFunc(all, func(v aVersion) bool { return v.Revision == number })
	if at < 1 {
		return nil
	}
	before := all[at-1]
	for _, v := range all[:at] {
		if v.Agreed {
			before = v
		}
	}
	if d := unlike(before, all[at]); d.Any() {
		return d
	}
	return nil
}
