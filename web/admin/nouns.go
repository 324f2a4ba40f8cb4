package admin

import (
	"html/template"
	"slices"
	"time"

	"ensemble/models"
)

// The nouns of the admin API, as far as pages show them.

type anAccount struct {
	ID          models.ID  `json:"id,string"`
	Username    string     `json:"username"`
	Acct        string     `json:"acct"`
	DisplayName string     `json:"display_name"`
	Note        string     `json:"note"`
	URL         models.IRI `json:"url"`
	Avatar      string     `json:"avatar"`
	Followers   int        `json:"followers_count"`
	Following   int        `json:"following_count"`
	Statuses    int        `json:"statuses_count"`
	CreatedAt   time.Time  `json:"created_at"`
}

// Called is the name that people gave themselves.
func (a anAccount) Called() string {
	if a.DisplayName != "" {
		return a.DisplayName
	}
	return a.Username
}

// About is what they say of themselves.
func (a anAccount) About() template.HTML { return template.HTML(a.Note) } //nolint:gosec // sanitised where it came in

type aPerson struct {
	ID            models.ID `json:"id,string"`
	Username      string    `json:"username"`
	Domain        *string   `json:"domain"`
	CreatedAt     time.Time `json:"created_at"`
	Email         string    `json:"email"`
	IP            *string   `json:"ip"`
	Role          *aRole    `json:"role"`
	Confirmed     bool      `json:"confirmed"`
	Suspended     bool      `json:"suspended"`
	Silenced      bool      `json:"silenced"`
	Sensitized    bool      `json:"sensitized"`
	Approved      bool      `json:"approved"`
	Locale        *string   `json:"locale"`
	InviteRequest *string   `json:"invite_request"`
	Account       anAccount `json:"account"`
}

// Local reports whether they live here.
func (p aPerson) Local() bool { return p.Domain == nil }

type aRole struct {
	Name string `json:"name"`
}

// Called is the role, user for none.
func (r *aRole) Called() string {
	if r == nil || r.Name == "" {
		return string(models.RoleUser)
	}
	return r.Name
}

type aStatus struct {
	ID          models.ID  `json:"id,string"`
	CreatedAt   time.Time  `json:"created_at"`
	SpoilerText string     `json:"spoiler_text"`
	Content     string     `json:"content"`
	URL         models.IRI `json:"url"`
	Account     anAccount  `json:"account"`
	Media       []struct {
		Type        string `json:"type"`
		PreviewURL  string `json:"preview_url"`
		URL         string `json:"url"`
		Description string `json:"description"`
	} `json:"media_attachments"`
	Coauthors []struct {
		Account anAccount `json:"account"`
	} `json:"coauthors"`
}

// HTML is what it says, which the API cleaned.
func (s aStatus) HTML() template.HTML { return template.HTML(s.Content) } //nolint:gosec // sanitised where it came in

type aReport struct {
	ID            models.ID  `json:"id,string"`
	ActionTaken   bool       `json:"action_taken"`
	ActionTakenAt *time.Time `json:"action_taken_at"`
	Category      string     `json:"category"`
	Comment       string     `json:"comment"`
	CreatedAt     time.Time  `json:"created_at"`
	ForwardedTo   []aWay     `json:"forwarded_to"`
	Account       *aPerson   `json:"account"`
	Target        *aPerson   `json:"target_account"`
	Assigned      *aPerson   `json:"assigned_account"`
	ActionedBy    *aPerson   `json:"action_taken_by_account"`
	Statuses      []aStatus  `json:"statuses"`
	Rules         []aRule    `json:"rules"`
}

type aWay struct {
	Domain string `json:"domain"`
	State  string `json:"state"`
	Reason string `json:"reason"`
}

type aRule struct {
	ID           string `json:"id"`
	Text         string `json:"text"`
	Translations map[string]struct {
		Text string `json:"text"`
	} `json:"translations"`
	place string // in the list, as it was typed
	was   int    // the place that it had
}

// In is the rule in a language.
func (r aRule) In(lang string) string {
	if t := r.Translations[lang]; t.Text != "" {
		return t.Text
	}
	return r.Text
}

type aNote struct {
	ID        models.ID `json:"id,string"`
	Who       string    `json:"who"`
	Text      string    `json:"text"`
	ReportID  *string   `json:"report_id"`
	CreatedAt time.Time `json:"created_at"`
	Mine      bool      `json:"mine"`
}

type aWarning struct {
	ID        models.ID  `json:"id,string"`
	Action    string     `json:"action"`
	Feature   string     `json:"feature"`
	Text      string     `json:"text"`
	CreatedAt time.Time  `json:"created_at"`
	UndoneAt  *time.Time `json:"undone_at"`
	Appeal    *anAppeal  `json:"appeal"`
}

type anAppeal struct {
	ID        models.ID  `json:"id,string"`
	Text      string     `json:"text"`
	State     string     `json:"state"`
	Answer    string     `json:"answer"`
	DecidedAt *time.Time `json:"decided_at"`
	CreatedAt time.Time  `json:"created_at"`
	Account   *aPerson   `json:"account"`
	Warning   *aWarning  `json:"warning"`
	MayAct    bool       `json:"may_act"`
}

type aDossier struct {
	Account      aPerson `json:"account"`
	MayAct       bool    `json:"may_act"`
	Limited      bool    `json:"limited"`
	ByDomain     *string `json:"by_domain"`
	SecondFactor bool    `json:"second_factor"`
	Features     []struct {
		Feature   string    `json:"feature"`
		Reason    string    `json:"reason"`
		CreatedAt time.Time `json:"created_at"`
	} `json:"features"`
	Warnings       []aWarning `json:"warnings"`
	Notes          []aNote    `json:"notes"`
	ReportsAgainst int        `json:"reports_against"`
	ReportsOpen    int        `json:"reports_open"`
	ReportsBy      int        `json:"reports_by"`
}

// Banned reports whether the account is shut out of a feature.
func (d aDossier) Banned(f models.Feature) bool {
	for _, b := range d.Features {
		if b.Feature == string(f) {
			return true
		}
	}
	return false
}

type anAct struct {
	ID      models.ID  `json:"id,string"`
	What    string     `json:"what"`
	Who     string     `json:"who"`
	About   string     `json:"about"`
	Account *anAccount `json:"account"`
	Reason  string     `json:"reason"`
	At      time.Time  `json:"at"`
	Undo    string     `json:"undo"`
}

// IsReport reports whether About is the number of a report.
func (a anAct) IsReport() bool {
	return slices.Contains([]string{"report_assigned", "report_unassigned", "report_closed", "report_reopened", "report_sorted"}, a.What)
}

type aBlock struct {
	ID             models.ID `json:"id,string"`
	Domain         string    `json:"domain"`
	CreatedAt      time.Time `json:"created_at"`
	Severity       string    `json:"severity"`
	RejectMedia    bool      `json:"reject_media"`
	RejectReports  bool      `json:"reject_reports"`
	PrivateComment *string   `json:"private_comment"`
	PublicComment  *string   `json:"public_comment"`
	Obfuscate      bool      `json:"obfuscate"`
	Effects        string    `json:"effects"`
}

type effects struct {
	Accounts    int `json:"accounts"`
	Following   int `json:"following"`
	Followers   int `json:"followers"`
	Restored    int `json:"restored"`
	Names       int `json:"names"`
	Invitations int `json:"invitations"`
	Letters     int `json:"letters"`
	Lost        int `json:"lost"`
}

type aPreview struct {
	Domain   string  `json:"domain"`
	Severity string  `json:"severity"`
	Known    bool    `json:"known"`
	Effects  effects `json:"effects"`
}

type aMerge struct {
	Added     int     `json:"added"`
	Changed   int     `json:"changed"`
	Same      int     `json:"same"`
	Ourselves int     `json:"ourselves"`
	Effects   effects `json:"effects"`
}

type aList struct {
	ID        models.ID  `json:"id,string"`
	URL       string     `json:"url"`
	State     string     `json:"state"`
	Error     string     `json:"error"`
	Entries   int        `json:"entries"`
	FetchedAt *time.Time `json:"fetched_at"`
	NextAt    time.Time  `json:"next_at"`
}

type anInvite struct {
	ID        models.ID  `json:"id,string"`
	Code      string     `json:"code"`
	URL       string     `json:"url"`
	MaxUses   int        `json:"max_uses"`
	Uses      int        `json:"uses"`
	Good      bool       `json:"good"`
	ExpiresAt *time.Time `json:"expires_at"`
}

type anEmailBlock struct {
	ID                models.ID `json:"id,string"`
	Domain            string    `json:"domain"`
	AllowWithApproval bool      `json:"allow_with_approval"`
}

type anIPBlock struct {
	ID        models.ID  `json:"id,string"`
	IP        string     `json:"ip"`
	Severity  string     `json:"severity"`
	Comment   string     `json:"comment"`
	ExpiresAt *time.Time `json:"expires_at"`
}

type anEmoji struct {
	ID        models.ID `json:"id,string"`
	Shortcode string    `json:"shortcode"`
	Domain    *string   `json:"domain"`
	URL       string    `json:"url"`
	Category  string    `json:"category"`
	Disabled  bool      `json:"disabled"`
}

type anAnnouncement struct {
	ID          models.ID  `json:"id,string"`
	Content     string     `json:"content"`
	StartsAt    *time.Time `json:"starts_at"`
	EndsAt      *time.Time `json:"ends_at"`
	PublishedAt time.Time  `json:"published_at"`
	Over        bool       `json:"-"` // nobody is shown it any more
}

// HTML is what it says, which the API wrote.
func (a anAnnouncement) HTML() template.HTML { return template.HTML(a.Content) } //nolint:gosec // made by ourselves

type aClaim struct {
	ID          models.ID  `json:"id,string"`
	Account     anAccount  `json:"account"`
	Owner       anAccount  `json:"owner"`
	StatusURI   models.IRI `json:"status_uri"`
	Label       string     `json:"label"`
	Source      *string    `json:"source"`
	Text        string     `json:"text"`
	State       string     `json:"state"`
	EscalatedAt *time.Time `json:"escalated_at"`
	ExpiresAt   time.Time  `json:"expires_at"`
}

// Waits reports whether the claim is to be decided.
func (c aClaim) Waits() bool { return c.State == "sent" || c.State == "delivered" }
