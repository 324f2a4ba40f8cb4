package app

import (
	"html/template"
	"strings"
	"time"

	"ensemble/models"
)

// The nouns of the API, as far as pages show them. See docs/API.md for what they mean.

type anAccount struct {
	ID             models.ID  `json:"id,string"`
	Username       string     `json:"username"`
	Acct           string     `json:"acct"`
	DisplayName    string     `json:"display_name"`
	Locked         bool       `json:"locked"`
	Bot            bool       `json:"bot"`
	Note           string     `json:"note"`
	URL            models.IRI `json:"url"`
	URI            models.IRI `json:"uri"`
	Avatar         string     `json:"avatar"`
	Header         string     `json:"header"`
	FollowersCount int        `json:"followers_count"`
	FollowingCount int        `json:"following_count"`
	StatusesCount  int        `json:"statuses_count"`
	Emojis         []anEmoji  `json:"emojis"`
	Fields         []aField   `json:"fields"`
	CreatedAt      time.Time  `json:"created_at"`
	AvatarAlt      string     `json:"avatar_description"`
	HeaderAlt      string     `json:"header_description"`
	HideLists      bool       `json:"hide_collections"`
	Collaborate    string     `json:"can_collaborate"` // who may invite them; "" for nobody
	Suspended      bool       `json:"suspended"`
	Limited        bool       `json:"limited"`
	Roles          []aRole    `json:"roles"`
	Moved          *anAccount `json:"moved"`
}

// Called is the name that people gave themselves.
func (a anAccount) Called() template.HTML {
	return emojis(a.Emojis).in(template.HTMLEscapeString(a.Plain()))
}

// Plain is the name without pictures.
func (a anAccount) Plain() string { return or(a.DisplayName, a.Username) }

// Page is where we show the account.
func (a anAccount) Page() string { return "/@" + a.Acct }

// Foreign is the domain of who lives elsewhere, "" for those here.
func (a anAccount) Foreign() string {
	_, domain, _ := strings.Cut(a.Acct, "@")
	return domain
}

// HasHeader reports whether they chose a picture for the top of their profile.
func (a anAccount) HasHeader() bool {
	return a.Header != "" && !strings.HasSuffix(a.Header, "/headers/original/missing.png")
}

// About is what they say of themselves.
func (a anAccount) About() template.HTML { return emojis(a.Emojis).in(a.Note) }

type aField struct {
	Name       string     `json:"name"`
	Value      string     `json:"value"`
	VerifiedAt *time.Time `json:"verified_at"`
}

// HTML is the value, which the API cleaned.
func (f aField) HTML() template.HTML { return template.HTML(f.Value) } //nolint:gosec // sanitised where it came in

type anEmoji struct {
	Shortcode string     `json:"shortcode"`
	URL       models.IRI `json:"url"`
}

// emojis are custom emoji, for a text that is safe.
func emojis(list []anEmoji) pictures {
	all := pictures{}
	for _, e := range list {
		all[e.Shortcode] = e.URL
	}
	return all
}

type aMedium struct {
	ID          string     `json:"id"`   // a number, of what is kept here alone
	Type        string     `json:"type"` // image, gifv, video, audio or unknown
	URL         string     `json:"url"`
	PreviewURL  string     `json:"preview_url"`
	RemoteURL   models.IRI `json:"remote_url"`
	RemoteSmall models.IRI `json:"preview_remote_url"`
	Description string     `json:"description"`
	Blurhash    string     `json:"blurhash"`
	Meta        struct {
		Original struct {
			Width, Height int
		} `json:"original"`
		Small struct {
			Width, Height int
		} `json:"small"`
		Focus *struct{ X, Y float64 } `json:"focus"`
	} `json:"meta"`
}

type aPoll struct {
	ID          models.ID  `json:"id,string"`
	ExpiresAt   *time.Time `json:"expires_at"`
	Expired     bool       `json:"expired"`
	Multiple    bool       `json:"multiple"`
	VotesCount  int        `json:"votes_count"`
	VotersCount *int       `json:"voters_count"`
	Voted       bool       `json:"voted"`
	OwnVotes    []int      `json:"own_votes"`
	Emojis      []anEmoji  `json:"emojis"`
	Options     []aChoice  `json:"options"`
}

type aChoice struct {
	Title      string `json:"title"`
	VotesCount *int   `json:"votes_count"` // nil while it is hidden
}

type aCard struct {
	URL          string `json:"url"`
	Title        string `json:"title"`
	Description  string `json:"description"`
	ProviderName string `json:"provider_name"`
	Image        string `json:"image"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
}

type aCoauthor struct {
	Account     anAccount          `json:"account"`
	Role        models.CollabRole  `json:"role"`
	CreditAs    models.CreditLabel `json:"credit_as"`
	CreditLabel string             `json:"credit_label"`
	AcceptedAt  *time.Time         `json:"accepted_at"`
	Stamp       models.IRI         `json:"stamp"`
}

type aQuote struct {
	State      string     `json:"state"`
	Quoted     *aStatus   `json:"quoted_status"`
	QuotedID   *models.ID `json:"quoted_status_id,string"` // within what is quoted
	Derivation string     `json:"derivation"`
}

type aStatus struct {
	ID                 models.ID         `json:"id,string"`
	CreatedAt          time.Time         `json:"created_at"`
	InReplyToID        *models.ID        `json:"in_reply_to_id,string"`
	InReplyToAccountID *models.ID        `json:"in_reply_to_account_id,string"`
	Sensitive          bool              `json:"sensitive"`
	SpoilerText        string            `json:"spoiler_text"`
	Visibility         models.Visibility `json:"visibility"`
	Language           string            `json:"language"`
	URI                models.IRI        `json:"uri"`
	URL                models.IRI        `json:"url"`
	RepliesCount       int               `json:"replies_count"`
	ReblogsCount       int               `json:"reblogs_count"`
	FavouritesCount    int               `json:"favourites_count"`
	QuotesCount        int               `json:"quotes_count"`
	EditedAt           *time.Time        `json:"edited_at"`
	Favourited         bool              `json:"favourited"`
	Reblogged          bool              `json:"reblogged"`
	Muted              bool              `json:"muted"`
	Bookmarked         bool              `json:"bookmarked"`
	Pinned             *bool             `json:"pinned"`
	Content            string            `json:"content"`
	Reblog             *aStatus          `json:"reblog"`
	Account            anAccount         `json:"account"`
	MediaAttachments   []aMedium         `json:"media_attachments"`
	Emojis             []anEmoji         `json:"emojis"`
	Card               *aCard            `json:"card"`
	Poll               *aPoll            `json:"poll"`
	Quote              *aQuote           `json:"quote"`
	Coauthors          []aCoauthor       `json:"coauthors"`
	Filtered           []aFiltering      `json:"filtered"`
	Mentions           []aMention        `json:"mentions"`
	Tags               []aTag            `json:"tags"`
	Reactions          []aReaction       `json:"reactions"`
	QuoteApproval      struct {
		aConsent
		Duet *aConsent `json:"duet"` // nil: as quotes
	} `json:"quote_approval"`
	Approval     *anApproval     `json:"approval"`
	Requests     []anApproval    `json:"requests"`
	Partnership  *aPartnership   `json:"paid_partnership"`
	Confirmed    []aConfirmation `json:"confirmed"`
	ImportedFrom models.IRI      `json:"imported_from"`
	Veil         *aVeil          `json:"-"` // what the reader's filters put before it: see veiled
	Depth        int             `json:"-"` // in a thread
	Large        bool            `json:"-"` // it is what the page is of
	Collab       *struct {
		ID       *models.ID `json:"id,string"`
		Revision int        `json:"revision"`
		Verified bool       `json:"verified"`
	} `json:"collab"`
}

// HTML is what the post says, which the API cleaned. Those it names lead to our pages.
func (s aStatus) HTML() template.HTML { return emojis(s.Emojis).in(s.led()) }

// Warning is what the author says before it.
func (s aStatus) Warning() template.HTML {
	return emojis(s.Emojis).in(template.HTMLEscapeString(s.SpoilerText))
}

// Page is where we show the post to who is signed in.
func (s aStatus) Page() string { return s.Account.Page() + "/" + s.ID.String() }

// Authors are all who stand by the post, who published it first.
func (s aStatus) Authors() []anAccount {
	all := []anAccount{s.Account}
	for _, c := range s.Coauthors {
		if c.Role == models.RoleCoauthor {
			all = append(all, c.Account)
		}
	}
	return all
}

// Credits are those who are thanked.
func (s aStatus) Credits() (credits []aCoauthor) {
	for _, c := range s.Coauthors {
		if c.Role == models.RoleCredit {
			credits = append(credits, c)
		}
	}
	return credits
}

// Mine reports whether its author, who lives here, is called handle: @name@domain.
func (s aStatus) Mine(handle string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(handle, "@"), "@")
	return name == s.Account.Acct
}
