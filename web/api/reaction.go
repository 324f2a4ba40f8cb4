package api

import (
	"ensemble/activities/react"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// reactionRoutes are those of Pleroma and, the latter two, of glitch-soc.
func (a *API) reactionRoutes() []call.Route {
	const pleroma, one = "/api/v1/pleroma/statuses/:id/reactions/:emoji", "/api/v1/statuses/:id"
	return []call.Route{
		{Method: "PUT", Path: pleroma, Scope: "write:favourites", Handler: a.React},
		{Method: "DELETE", Path: pleroma, Scope: "write:favourites", Handler: a.Unreact},
		{Method: "POST", Path: one + "/react/:emoji", Scope: "write:favourites", Handler: a.React},
		{Method: "POST", Path: one + "/unreact/:emoji", Scope: "write:favourites", Handler: a.Unreact},
	}
}

// React is PUT /api/v1/pleroma/statuses/:id/reactions/:emoji.
func (a *API) React(c *call.Call) (any, error) { return a.reactWith(c, react.React) }

// Unreact is DELETE /api/v1/pleroma/statuses/:id/reactions/:emoji.
func (a *API) Unreact(c *call.Call) (any, error) { return a.reactWith(c, react.Unreact) }

func (a *API) reactWith(c *call.Call, do func(*store.Tx, *models.Account, *models.Post, string) error) (any, error) {
	return a.react(c, func(tx *store.Tx, me *models.Account, p *models.Post) error { return do(tx, me, p, c.Param("emoji")) })
}

// maxReactions is how many different emoji a post is shown with.
const maxReactions = 50

// reactionJSON is an emoji that people left at a post, in the shape of
// Mastodon's Reaction of an announcement, as glitch-soc gives it to a Status.
type reactionJSON struct {
	Name      string  `json:"name"` // an emoji, or shortcode@host
	Count     int     `json:"count"`
	Me        *bool   `json:"me,omitempty"`
	URL       *string `json:"url,omitempty"` // of a custom emoji
	StaticURL *string `json:"static_url,omitempty"`
}

// gatherReactions finds out which emoji were left at the posts.
func (s *shown) gatherReactions(ids []models.ID) error {
	s.reactions = map[models.ID][]reactionJSON{}
	all, err := store.ReactionsTo(s.call.Tx, s.call.MyID(), ids)
	if err != nil || len(all) == 0 {
		return err
	}
	var codes, domains []string
	for _, r := range all {
		if r.Domain != "" {
			codes, domains = append(codes, r.Name), append(domains, r.Domain)
		}
	}
	pictures := map[[2]string]string{}
	if len(codes) > 0 {
		known, err := emojis(s.call.Tx, codes, domains)
		if err != nil {
			return err
		}
		for _, e := range known {
			pictures[[2]string{e.Domain, e.Shortcode}] = emojiView(s.call.Site, e).URL
		}
	}
	for _, r := range all {
		v := reactionJSON{Name: r.Name, Count: r.Times, Me: new(r.Mine == 1)}
		if r.Domain != "" {
			v.Name += "@" + r.Domain
			if at := pictures[[2]string{r.Domain, r.Name}]; at != "" {
				v.URL, v.StaticURL = &at, &at
			}
		}
		if len(s.reactions[r.PostID]) < maxReactions {
			s.reactions[r.PostID] = append(s.reactions[r.PostID], v)
		}
	}
	return nil
}

func (s *shown) reactionsTo(p *models.Post) []reactionJSON {
	return append([]reactionJSON{}, s.reactions[p.ID]...)
}
