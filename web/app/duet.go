package app

import "html/template"

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
