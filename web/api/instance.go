package api

import (
	"strings"

	"ensemble/activities"
	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/activities/moderation"
	"ensemble/activities/post"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/openapi"
)

// The settings by which an admin describes the server.
const (
	SettingTitle       = models.SettingTitle
	SettingDescription = setup.SettingDescription
	SettingAbout       = "site.about" // HTML
	SettingContact     = setup.SettingContact
	SettingThumbnail   = setup.SettingThumbnail
)

// maxAuthors returns how many co-authors a post may have here.
func maxAuthors(tx *store.Tx) (int, error) { return collab.Limit(tx) }

// InstanceV2 is GET /api/v2/instance.
func (a *API) InstanceV2(c *call.Call) (any, error) { return a.instance(c, "v2", a.instanceV2) }

func (a *API) instanceV2(c *call.Call) (any, error) {
	s, err := a.siteOf(c)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"domain": c.Site.Domain, "title": s.title, "version": Version, "source_url": c.Site.SourceURL(),
		"description": s.description, "usage": map[string]any{"users": map[string]int{"active_month": s.census.Active}},
		"thumbnail": thumbnail(s.thumbnail), "icon": s.icons(), "languages": s.languages,
		"configuration": a.configuration(c, s), "api_versions": map[string]int{"mastodon": MastodonVersion, "ensemble": 1},
		"registrations": registrationsView(c, s.registrations),
		"contact":       map[string]any{"email": s.contact, "account": s.owner}, "rules": s.rules,
	}, nil
}

// InstanceV1 is GET /api/v1/instance, for clients from before there was a second.
func (a *API) InstanceV1(c *call.Call) (any, error) { return a.instance(c, "v1", a.instanceV1) }

func (a *API) instanceV1(c *call.Call) (any, error) {
	s, err := a.siteOf(c)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"uri": c.Site.Domain, "title": s.title, "short_description": s.description, "description": s.description,
		"email": s.contact, "version": Version, "urls": map[string]string{"streaming_api": s.streaming},
		"stats":     map[string]int{"user_count": s.census.Users, "status_count": s.census.Posts, "domain_count": s.census.Peers},
		"thumbnail": s.thumbnail, "languages": s.languages, "registrations": s.registrations.Open(),
		"approval_required": s.registrations.Mode == "approval", "invites_enabled": s.registrations.Mode == "invite",
		"configuration": a.configuration(c, s), "contact_account": s.owner, "rules": s.rules,
	}, nil
}

// configuration is what clients may rely on, and the limits of our own features.
func (a *API) configuration(c *call.Call, s *site) map[string]any {
	l := files.Defaults()
	set := func(to *int64, from int64) {
		if from > 0 {
			*to = from
		}
	}
	set(&l.ImageBytes, a.Limits.ImageBytes)
	set(&l.VideoBytes, a.Limits.VideoBytes)
	set(&l.Pixels, a.Limits.Pixels)
	set(&l.VideoPixels, a.Limits.VideoPixels)
	return map[string]any{
		"urls": map[string]any{
			"streaming": s.streaming, "status": nil, "about": c.Site.Origin + "/about", "privacy_policy": nil, "terms_of_service": nil,
		},
		"vapid": map[string]string{"public_key": s.vapid},
		"accounts": map[string]int{
			"max_featured_tags": models.MaxFeaturedTags, "max_pinned_statuses": models.MaxPins, "max_profile_fields": 4,
			"profile_field_name_limit": 255, "profile_field_value_limit": 255,
		},
		"statuses": map[string]any{
			"max_characters": post.MaxChars, "max_media_attachments": c.Site.Most().Uploads, "characters_reserved_per_url": 23,
			"supported_mime_types": []string{"text/plain"},
		},
		"media_attachments": map[string]any{
			"description_limit": post.MaxAlt, "supported_mime_types": mediaTypes(), "image_size_limit": l.ImageBytes,
			"image_matrix_limit": l.Pixels, "video_size_limit": l.VideoBytes, "video_frame_rate_limit": 120,
			"video_matrix_limit": l.VideoPixels,
		},
		"polls": map[string]int{
			"max_options": models.MaxPollOptions, "max_characters_per_option": models.MaxPollTitle,
			"min_expiration": int(models.MinPollTime.Seconds()), "max_expiration": int(models.MaxPollTime.Seconds()),
		},
		"translation": map[string]bool{"enabled": false}, "limited_federation": s.limited,
		"ensemble": map[string]any{
			"documentation": c.Site.IRI(openapi.PagePath), "openapi": c.Site.IRI(openapi.Prefix + "/openapi.json"),
			"limits": limitsView(c.Site),
			"collabs": map[string]any{
				"enabled": s.start != "off", "start": s.start, // everyone, test, nobody, waiting, over or off
				"max_authors": s.maxAuthors, "default_expiry": int(models.DefaultOffer.Seconds()), "max_expiry": int(models.MaxOffer.Seconds()),
				"quorums":    []models.Quorum{models.QuorumAll, models.QuorumAny, models.QuorumNow},
				"on_decline": []models.OnDecline{models.DeclineDelete, models.DeclineDraft, models.DeclinePublish},
				"roles":      []models.CollabRole{models.RoleCoauthor, models.RoleCredit},
			},
		},
	}
}

// mediaTypes are what can be uploaded: films and sounds need ffmpeg.
func mediaTypes() []string {
	types := []string{"image/jpeg", "image/png", "image/gif", "image/webp"}
	if files.HasFFmpeg() {
		types = append(types, "image/avif", "image/heic", "image/heif", "video/mp4", "video/webm", "video/quicktime", "audio/mpeg", "audio/mp3", "audio/ogg",
			"audio/wav", "audio/x-wav", "audio/wave", "audio/flac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac")
	}
	return types
}

// A site is what the server says about itself.
type site struct {
	title, description, about, contact, thumbnail string
	streaming, vapid                              string
	registrations                                 account.Registrations
	rules                                         []ruleJSON
	census                                        store.Census
	owner                                         *accountJSON
	maxAuthors                                    int
	start                                         string
	look
}

func (a *API) siteOf(c *call.Call) (s *site, err error) {
	s = &site{streaming: "ws" + strings.TrimPrefix(c.Site.Origin, "http"), rules: []ruleJSON{}}
	if s.vapid, err = activities.PushPublic(c.Tx); err != nil {
		return nil, err
	}
	title := c.Site.Title
	if title == "" {
		title = c.Site.Domain
	}
	for _, row := range []struct {
		to        *string
		name, def string
	}{
		{&s.title, SettingTitle, title}, {&s.description, SettingDescription, ""}, {&s.about, SettingAbout, ""},
		{&s.contact, SettingContact, ""}, {&s.thumbnail, SettingThumbnail, c.Site.Origin + missingHeader},
	} {
		if *row.to, err = setting(c.Tx, row.name, row.def); err != nil {
			return nil, err
		}
	}
	rules, err := moderation.Rules(c.Tx)
	if err != nil {
		return nil, err
	}
	s.rules = ruleViews(rules)
	if s.registrations, err = account.Registered(c.Tx); err != nil {
		return nil, err
	}
	if s.look, err = lookOf(c); err != nil {
		return nil, err
	}
	if s.maxAuthors, err = maxAuthors(c.Tx); err != nil {
		return nil, err
	}
	if s.start, err = startOf(c.Tx); err != nil {
		return nil, err
	}
	if s.census, err = store.TakeCensus(c.Tx); err != nil {
		return nil, err
	}
	s.owner, err = owner(c)
	return s, err
}

// owner is who answers for the server: whom an admin chose, or its first owner.
func owner(c *call.Call) (*accountJSON, error) {
	name, err := setting(c.Tx, setup.SettingAccount, "")
	if err != nil {
		return nil, err
	}
	if name != "" {
		a, err := setup.Named(c.Tx, name)
		if err != nil {
			return nil, err
		}
		if a != nil {
			v := accountView(c.Site, a)
			return &v, nil
		}
	}
	owners, err := store.Find[models.Account](c.Tx,
		"state = 'active' AND id IN (SELECT account_id FROM users WHERE role = 'owner') ORDER BY id LIMIT 1")
	if err != nil || len(owners) == 0 {
		return nil, err
	}
	v := accountView(c.Site, owners[0])
	return &v, nil
}

// Rules is GET /api/v1/instance/rules.
func (a *API) Rules(c *call.Call) (any, error) {
	s, err := a.siteOf(c)
	if err != nil {
		return nil, err
	}
	return s.rules, nil
}

// About is GET /api/v1/instance/extended_description.
func (a *API) About(c *call.Call) (any, error) {
	html, at, err := chosen(c.Tx, SettingAbout)
	return map[string]any{"updated_at": at, "content": html}, err
}

// Peers is GET /api/v1/instance/peers.
func (a *API) Peers(c *call.Call) (any, error) {
	peers, err := store.Find[models.Peer](c.Tx, "NOT blocked ORDER BY host LIMIT 5000")
	hosts := []string{}
	for _, p := range peers {
		hosts = append(hosts, p.Host)
	}
	return hosts, err
}
