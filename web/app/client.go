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
	Moved          *anAccount `json:"moved"`
}

// Called is the name that people gave themselves.
func (a anAccount) Called() template.HTML {
	name := a.DisplayName
	if name == "" {
		name = a.Username
	}
	return emojis(a.Emojis).in(template.HTMLEscapeString(name))
}

// Page is where we show the account.
func (a anAccount) Page() string { return "/@" + a.Acct }

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
	ID          models.ID  `json:"id,string"`
	Type        string     `json:"type"` // image, gifv, video, audio or unknown
	URL         string     `json:"url"`
	PreviewURL  string     `json:"preview_url"`
	RemoteURL   models.IRI `json:"remote_url"`
	Description string     `json:"description"`
	Blurhash    string     `json:"blurhash"`
	Meta        struct {
		Original struct {
			Width, Height int
		} `json:"original"`
		Focus struct{ X, Y float64 } `json:"focus"`
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
	Options     []struct {
		Title      string `json:"title"`
		VotesCount *int   `json:"votes_count"`
	} `json:"options"`
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
	State  string   `json:"state"`
	Quoted *aStatus `json:"quoted_status"`
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
	Filtered           []struct {
		Filter struct {
			Title  string `json:"title"`
			Action string `json:"filter_action"`
		} `json:"filter"`
	} `json:"filtered"`
	Collab *struct {
		ID       *models.ID `json:"id,string"`
		Revision int        `json:"revision"`
		Verified bool       `json:"verified"`
	} `json:"collab"`
}

// HTML is what the post says, which the API cleaned.
func (s aStatus) HTML() template.HTML { return emojis(s.Emojis).in(s.Content) }

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

// Mine reports whether one of the authors is called handle.
func (s aStatus) Mine(handle string) bool {
	return strings.TrimPrefix(handle, "@") == s.Account.Acct
}
