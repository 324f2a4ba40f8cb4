package api

import (
	"cmp"

	"ensemble/activities/account"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Self is GET /api/v1/accounts/verify_credentials.
func (a *API) Self(c *call.Call) (any, error) { return selfView(c) }

// update changes the profile of who calls, in the call's transaction.
func update(c *call.Call, p account.Profile) error {
	me, err := store.Hold[models.Account](c.Tx, c.Me.ID)
	if err != nil {
		return err
	}
	if err := account.UpdateProfile(c.Tx, me, p); err != nil {
		return err
	}
	c.Me = me
	c.User, err = store.One[models.User](c.Tx, "account_id = ?", me.ID)
	return err
}

// profileOf reads what is to change; what was not sent stays.
func profileOf(c *call.Call) account.Profile {
	p := account.Profile{
		DisplayName: given(c, "display_name", c.Str), Note: given(c, "note", c.Str), Locked: given(c, "locked", c.Bool),
		Bot: given(c, "bot", c.Bool), Discoverable: given(c, "discoverable", c.Bool), Indexable: given(c, "indexable", c.Bool),
		HideCollections: given(c, "hide_collections", c.Bool),
		Sensitive:       given(c, "source[sensitive]", c.Bool), Language: given(c, "source[language]", c.Str),
		Collaborates: given(c, "can_collaborate", func(name string) models.CollabPolicy { return models.CollabPolicy(c.Str(name)) }),
		Privacy:      given(c, "source[privacy]", func(name string) models.Visibility { return models.Visibility(c.Str(name)) }),
	}
	p.Quotes, p.Duets = given(c, "source[quote_policy]", quoteChoice(c)), given(c, "source[duet_policy]", quoteChoice(c))
	p.More = moreOf(c)
	if fields := c.Objects("fields_attributes"); len(fields) > 0 || c.Has("fields_attributes") {
		rows := []models.Field{}
		for _, f := range fields {
			rows = append(rows, models.Field{Name: f["name"], Value: f["value"]})
		}
		p.Fields = &rows
	}
	return p
}

// given returns the value of a parameter that was sent, else nil.
func given[T any](c *call.Call, name string, read func(string) T) *T {
	if !c.Has(name) {
		return nil
	}
	v := read(name)
	return &v
}

// Preferences is GET /api/v1/preferences.
func (a *API) Preferences(c *call.Call) (any, error) {
	return map[string]any{
		"posting:default:visibility":   c.User.Privacy,
		"posting:default:sensitive":    c.User.Sensitive,
		"posting:default:language":     orNull(c.User.Language),
		"posting:default:quote_policy": c.User.QuotePolicy,
		"reading:expand:media":         "default",
		"reading:expand:spoilers":      false,
		"reading:autoplay:gifs":        false,
	}, nil
}

type sourceJSON struct {
	Privacy             models.Visibility   `json:"privacy"`
	Sensitive           bool                `json:"sensitive"`
	Language            *string             `json:"language"`
	Note                string              `json:"note"`
	Fields              []fieldJSON         `json:"fields"`
	FollowRequestsCount int                 `json:"follow_requests_count"`
	Discoverable        bool                `json:"discoverable"`
	Indexable           bool                `json:"indexable"`
	HideCollections     bool                `json:"hide_collections"`
	AttributionDomains  []string            `json:"attribution_domains"`
	CanCollaborate      models.CollabPolicy `json:"can_collaborate"` // ours
	QuotePolicy         models.QuotePolicy  `json:"quote_policy"`
	DuetPolicy          models.QuotePolicy  `json:"duet_policy"`        // ours; empty: as quotes
	Aliases             []models.IRI        `json:"also_known_as_uris"` // as GoToSocial has it
}

type userRoleJSON struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
	Color       string `json:"color"`
	Highlighted bool   `json:"highlighted"`
}

// selfView shows one's own account, with what one typed.
func selfView(c *call.Call) (any, error) {
	waiting, err := store.Count[models.Follow](c.Tx, "target_id = ? AND NOT accepted", c.Me.ID)
	if err != nil {
		return nil, err
	}
	v, typed := accountView(c.Site, c.Me), []fieldJSON{}
	for _, f := range c.Me.Fields {
		typed = append(typed, fieldJSON{f.Name, text.Plain(f.Value), momentOf(f.VerifiedAt)})
	}
	v.Source = &sourceJSON{
		Privacy: c.User.Privacy, Sensitive: c.User.Sensitive, Language: orNull(c.User.Language), Note: c.Me.NoteSource,
		Fields: typed, FollowRequestsCount: waiting, Discoverable: c.Me.Discoverable, Indexable: c.Me.Indexable,
		CanCollaborate: c.Me.Collaborates, QuotePolicy: c.User.QuotePolicy, DuetPolicy: c.User.DuetPolicy,
		HideCollections: c.Me.HideCollections, AttributionDomains: domainsOf(c.Me),
		Aliases: append([]models.IRI{}, c.Me.AlsoKnownAs...),
	}
	v.Role = roleView(c.User.Role)
	if v.Moved, err = movedView(c, c.Me); err != nil {
		return nil, err
	}
	err = peopleWithEmojis(c, &v)
	return v, err
}

// roleView shows a role. The permissions are Mastodon's bits of what the admin API
// lets the role do: reports and people, and for admins other servers too.
func roleView(r models.Role) *userRoleJSON {
	ids := map[models.Role]string{models.RoleUser: "-99", models.RoleModerator: "1", models.RoleAdmin: "2", models.RoleOwner: "3", models.RolePilot: "4", models.RoleSupport: "5", models.RoleFinance: "6"}
	can := map[models.Role]string{models.RoleSupport: "1024", models.RoleModerator: "1040", models.RoleAdmin: "1072", models.RoleOwner: "1072"}
	v := &userRoleJSON{ID: ids[r], Permissions: cmp.Or(can[r], "0")}
	if r != models.RoleUser {
		v.Name, v.Highlighted = string(r), true
	}
	return v
}
