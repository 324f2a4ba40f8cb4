package app

import (
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ensemble/activities/collab"
	"ensemble/models"
)

// A composeView is what somebody writes, as the form has it.
type composeView struct {
	Key  string // of this form: sent twice, it is one post
	Kind string // new, reply, quote, duet, edit, redraft or revise
	ID   string // of what is edited, drafted anew or revised

	Text, Summary          string
	Sensitive              bool
	Visibility             models.Visibility
	Language, Quotable     string
	InReplyTo, Quote, Duet string // Duet is "duet" where the quote is one
	Answered, Quoted       *aStatus

	Media    []composeFile
	Options  []string
	Lasts    int // seconds
	Multiple bool
	At       time.Time // zero: now

	With                          []composeGuest
	Quorum, OnDecline, Moderation string
	Days                          int
	Copy, Unable                  bool

	Me      composeSelf
	Limits  composeLimits
	Start   composeStart
	Wrong   map[string]string // what was refused, by field
	Look    bool              // at the invited, before they are asked
	Preview *composePreview
}

// A composeFile is an upload.
type composeFile struct {
	ID          models.ID `json:"id,string"`
	Type        string    `json:"type"`
	URL         string    `json:"url"`
	PreviewURL  string    `json:"preview_url"`
	Description string    `json:"description"`
	State       string    `json:"state"`
	Meta        struct {
		Focus struct{ X, Y float64 } `json:"focus"`
	} `json:"meta"`
	Focus string `json:"-"` // as the form has it: "0.5,-0.2"
	Used  bool   `json:"-"` // by the post that is edited
}

// A composeSelf is who writes.
type composeSelf struct {
	anAccount
	Source struct {
		Privacy     models.Visibility `json:"privacy"`
		Sensitive   bool              `json:"sensitive"`
		Language    string            `json:"language"`
		QuotePolicy string            `json:"quote_policy"`
	} `json:"source"`
}

// composeLimits are what the server allows.
type composeLimits struct {
	Chars, Files, Alt, Options, OptionChars, Coauthors, MaxDays int
	ImageBytes, VideoBytes                                      int64
	Types                                                       []string
}

// A composeStart says whether somebody may start a post together.
type composeStart struct {
	May       bool   `json:"may_start"`
	Enabled   bool   `json:"enabled"`
	Code      string `json:"reason_code"`
	Reason    string `json:"reason"`
	Candidate bool   `json:"-"` // they wrote an invitation
}

// A composeGuest is somebody to invite.
type composeGuest struct {
	Acct    string // as it was typed
	Role    string // coauthor, sponsor, or credit:LABEL
	Account *anAccount
	Ability string // full, mention or cannot; "" while it is not known
	Why     string
}

// A composePreview is how each kind of reader will see it.
type composePreview struct {
	Names []struct {
		Account anAccount          `json:"account"`
		Role    models.CollabRole  `json:"role"`
		As      models.CreditLabel `json:"credit_as"`
	} `json:"names"`
	Readers []composeReader `json:"readers"`
}

type composeReader struct {
	Reader  string   `json:"reader"`
	Authors []string `json:"authors"`
	Credits []string `json:"credits"`
	Content string   `json:"content"`
	Text    string   `json:"text"`
	Warning string   `json:"spoiler_text"`
	Poll    *struct {
		Options  []string `json:"options"`
		Multiple bool     `json:"multiple"`
	} `json:"poll"`
	Media []struct {
		Description *string `json:"description"`
	} `json:"media"`
	Lost []struct {
		Text string `json:"text"`
	} `json:"lost"`
}

// HTML is what the post will say, as the API wrote it.
func (r composeReader) HTML() template.HTML { return template.HTML(r.Content) } //nolint:gosec // made of what was typed, escaped

// Authors are who will stand above the post, beside its first author.
func (p *composePreview) Authors() (all []anAccount) {
	for _, n := range p.Names {
		if n.Role == models.RoleCoauthor {
			all = append(all, n.Account)
		}
	}
	return all
}

// Reader returns the view of a kind of software, nil for none.
func (p *composePreview) Reader(name string) *composeReader {
	for i := range p.Readers {
		if p.Readers[i].Reader == name {
			return &p.Readers[i]
		}
	}
	return nil
}

// New reports whether it becomes a post of its own.
func (v *composeView) New() bool { return v.Kind != "edit" && v.Kind != "revise" }

// Together reports whether it can have several authors.
func (v *composeView) Together() bool {
	return v.New() && v.Kind != "reply" && v.Kind != "quote" && v.Kind != "duet"
}

// Used counts the characters of it that have a limit.
func (v *composeView) Used() int {
	return utf8.RuneCountInString(v.Text) + utf8.RuneCountInString(v.Summary)
}

// Slots are the file fields that a form without scripts has.
func (v *composeView) Slots() (list []int) {
	for i := 1; i <= min(v.Limits.Files, composeSlots)-len(v.Media); i++ {
		list = append(list, i)
	}
	return list
}

// Rows are the options of a poll, and empty ones to fill in.
func (v *composeView) Rows() []string {
	rows := slices.Clone(v.Options)
	for len(rows) < min(4, v.Limits.Options) {
		rows = append(rows, "")
	}
	return rows
}

// Places are those to invite, and empty places.
func (v *composeView) Places() []composeGuest {
	list := slices.Clone(v.With)
	for len(list) < min(max(3, len(v.With)+1), v.Limits.Coauthors+2) {
		list = append(list, composeGuest{})
	}
	return list
}

// Accept is what a file field takes.
func (v *composeView) Accept() string { return strings.Join(v.Limits.Types, ",") }

// Mentions reports whether somebody can be mentioned and no more.
func (v *composeView) Mentions() bool {
	return slices.ContainsFunc(v.With, func(g composeGuest) bool { return g.Ability == collab.AbilityMention })
}

// Refused reports whether somebody cannot be asked.
func (v *composeView) Refused() bool {
	return slices.ContainsFunc(v.With, func(g composeGuest) bool { return g.Ability == collab.AbilityCannot })
}

// Planned is the time as a field has it, in UTC.
func (v *composeView) Planned() string {
	if v.At.IsZero() {
		return ""
	}
	return v.At.UTC().Format("2006-01-02T15:04")
}

// PlannedAt is the same for programs.
func (v *composeView) PlannedAt() string {
	if v.At.IsZero() {
		return ""
	}
	return v.At.UTC().Format(time.RFC3339)
}

// More reports whether one of the rarer choices was made.
func (v *composeView) More() bool { return v.Sensitive || v.Quotable != "" }

// Ready reports whether the file is as it will be shown.
func (f composeFile) Ready() bool { return f.State == "" }

// Where is the focus as a form has it.
func (f composeFile) Where() string {
	if f.Focus != "" {
		return f.Focus
	}
	return focusOf(f.Meta.Focus.X, f.Meta.Focus.Y)
}

// Credited is what somebody is to be thanked for: the part of a role after credit.
func (g composeGuest) Credited() string {
	_, label, _ := strings.Cut(g.Role, ":")
	return label
}

// Handle is how they are called.
func (g composeGuest) Handle() string {
	if g.Account != nil {
		return g.Account.Acct
	}
	return strings.TrimPrefix(strings.TrimSpace(g.Acct), "@")
}

// Seconds is a number of seconds as a duration.
func (v *composeView) Seconds(n int) time.Duration { return time.Duration(n) * time.Second }
