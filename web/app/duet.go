package app

import (
	"html/template"
	"slices"
)

// An aConsent is what a post lets whoever reads it do.
type aConsent struct {
	CurrentUser string `json:"current_user"` // automatic, manual: the author is asked; else denied
}

func (a aConsent) may() bool { return a.CurrentUser == "automatic" || a.CurrentUser == "manual" }

// consent is that for quotes of the post, or for duets.
func (s aStatus) consent(duet bool) aConsent {
	if d := s.QuoteApproval.Duet; duet && d != nil {
		return *d
	}
	return s.QuoteApproval.aConsent
}

// Quotable reports whether the reader may quote it, or ask to.
func (s aStatus) Quotable() bool { return s.consent(false).may() }

// Duettable reports whether the reader may make a duet with it, or ask to: it is open to
// all, and has something to be shown or played.
func (s aStatus) Duettable() bool {
	works := func(m aMedium) bool { return m.Type != "unknown" }
	return s.consent(true).may() && s.Visibility.Open() && slices.ContainsFunc(s.MediaAttachments, works)
}

// Consent is what the author of what is quoted lets be done; "" if nothing is.
func (v *composeView) Consent() string {
	switch {
	case v.Quoted == nil:
		return ""
	case v.Quoted.consent(v.Duet != "").may():
		return v.Quoted.consent(v.Duet != "").CurrentUser
	}
	return "denied"
}

// A duetView is two works that are shown and played together: that of who made the
// duet, and the original.
type duetView struct {
	Of    aStatus
	With  aStatus
	Sides []duetSide
}

type duetSide struct {
	Key    string // answer or original
	Name   string
	Called template.HTML
	Page   string
	Medium aMedium
}

// Duet is how the post is shown beside the one it was made with; nil if it is none, or
// if the original is not to be seen: detached, not allowed, or without media.
func (s aStatus) Duet() *duetView {
	if s.Quote == nil || s.Quote.Derivation != "duet" || s.Quote.State != "accepted" || s.Quote.Quoted == nil {
		return nil
	}
	with := *s.Quote.Quoted
	if len(s.MediaAttachments) == 0 || len(with.MediaAttachments) == 0 || s.Covered() || with.Covered() || with.SpoilerText != "" {
		return nil
	}
	side := func(key string, of aStatus) duetSide {
		return duetSide{key, nameOf(of.Account), of.Account.Called(), of.Page(), of.MediaAttachments[0]}
	}
	return &duetView{s, with, []duetSide{side("answer", s), side("original", with)}}
}

// Rest are the media of the duet beyond the first.
func (d duetView) Rest() aStatus {
	rest := d.Of
	rest.MediaAttachments = rest.MediaAttachments[1:]
	return rest
}

// Poster is the picture of a film that is shown before it plays, "" if it has none: then
// the file itself stands there.
func (m aMedium) Poster() string {
	if m.PreviewURL == m.URL || m.RemoteURL != "" && m.RemoteSmall == "" {
		return ""
	}
	return m.PreviewURL
}
