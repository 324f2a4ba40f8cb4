package account

import (
	"regexp"
	"strings"

	"ensemble/activities/text"
	"ensemble/models"
)

// Limits on a profile.
const (
	MaxPictureAlt   = 150 // code points
	MaxAttributions = 10  // web sites
)

// More is what a person may change about their profile as of Mastodon 4.6.
type More struct {
	AvatarAlt, HeaderAlt                          *string
	HideMedia, HideReplies, HideFeatured, HideApp *bool
	Attributions                                  *[]string // domains, perhaps with https:// before them
}

var domainShape = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)

func (m *More) check() error {
	for _, alt := range []*string{m.AvatarAlt, m.HeaderAlt} {
		if alt != nil && len([]rune(*alt)) > MaxPictureAlt {
			return models.Errorf(models.Invalid, "what is to be seen on a picture of a profile is told in at most %d characters", MaxPictureAlt)
		}
	}
	if m.Attributions == nil {
		return nil
	}
	var domains []string
	for _, d := range *m.Attributions {
		d = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(d)), "https://"), "http://"), "/")
		if d == "" {
			continue
		}
		if !domainShape.MatchString(d) || len(d) > 253 {
			return models.Errorf(models.Invalid, "%q is no domain of a web site", text.Line(d, 80))
		}
		domains = append(domains, d)
	}
	if len(domains) > MaxAttributions {
		return models.Errorf(models.Invalid, "at most %d web sites may name you as an author", MaxAttributions)
	}
	m.Attributions = &domains
	return nil
}

func (m *More) change(a *models.Account) {
	if m.AvatarAlt != nil {
		a.AvatarAlt = text.Line(*m.AvatarAlt, MaxPictureAlt)
	}
	if m.HeaderAlt != nil {
		a.HeaderAlt = text.Line(*m.HeaderAlt, MaxPictureAlt)
	}
	set(&a.HideMedia, m.HideMedia)
	set(&a.HideMediaReplies, m.HideReplies)
	set(&a.HideFeatured, m.HideFeatured)
	set(&a.HideApp, m.HideApp)
	set(&a.AttributionDomains, m.Attributions)
	if a.AvatarURL == "" {
		a.AvatarAlt = ""
	}
	if a.HeaderURL == "" {
		a.HeaderAlt = ""
	}
}
