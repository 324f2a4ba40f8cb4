package wire

import (
	"cmp"
	"html"
	"slices"
	"strings"

	"ensemble/models"
)

// DecodeNote reads a Note, or what peers send in its place: Article, Question,
// Page, Video, Event. Their name becomes the first paragraph of the content, and
// what a Lemmy page links to the last.
func DecodeNote(raw []byte) (*models.Note, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	return note(v)
}

func note(v value) (*models.Note, error) {
	n := &models.Note{
		URI:        address(v.get("id").str()),
		Type:       v.typ(knownNote),
		URL:        pageURL(v.get("url")),
		Collab:     v.get("collaboration").iri(),
		Digest:     digest(v.get("contentDigest")),
		Suspended:  v.get("collaborationStatus").str() == statusSuspended,
		To:         v.get("to").audience(),
		Cc:         v.get("cc").audience(),
		Sensitive:  v.get("sensitive").is(),
		InReplyTo:  v.get("inReplyTo").iri(),
		ReplyStamp: replyStamp(v),
		Policy:     policy(v.get("interactionPolicy")),
		Context:    cmp.Or(v.get("context").iri(), v.get("conversation").iri()),
		Published:  v.get("published").time(),
		Updated:    v.get("updated").time(),
		Likes:      tally(v.get("likes")),
		Shares:     tally(v.get("shares")),
		Replies:    tally(v.get("replies")),
	}
	switch {
	case !knownNote(n.Type):
		return nil, models.Refuse(models.Invalid, "bad_type", "A document of type %q is not a post.", clip(n.Type, 64))
	case n.URI == "":
		return nil, models.Refuse(models.Invalid, "bad_id", "The post has no id that is an absolute http or https address.")
	}
	n.Author, n.Claims = claims(v)
	if n.Author == "" {
		return nil, models.Refuse(models.Invalid, "bad_author", "The post does not say who wrote it.")
	}
	readTags(v.get("tag"), n)
	readQuote(v, n)
	n.Attachments = attachments(v)
	if err := readText(v, n); err != nil {
		return nil, err
	}
	n.Name = ballot(v, n)
	return n, question(v, n)
}

// readText fills in Content, its language, and Summary.
func readText(v value, n *models.Note) error {
	n.Content = v.get("content").one().str()
	n.ContentMap = languages(v.get("contentMap"))
	n.Language, n.Content = language(n.ContentMap, n.Content)
	if len(n.ContentMap) < 2 {
		n.ContentMap = nil
	}
	if l := v.get("language").get("identifier").short(35); n.Language == "" && l != "" { // Lemmy, PeerTube
		n.Language = l
	}
	if m := v.get("mediaType").str(); m == "text/markdown" || m == "text/plain" {
		n.Content = "<p>" + strings.ReplaceAll(html.EscapeString(n.Content), "\n", "<br>") + "</p>"
	}
	if name := v.get("name").short(MaxName); name != "" && n.Type != "Note" {
		n.Content = "<p><strong>" + html.EscapeString(name) + "</strong></p>" + n.Content
	}
	if n.Type != "Note" {
		n.Content += pointers(v.get("attachment"))
	}
	if s := v.get("summary").one(); s.kind() == text {
		summary := s.str()
		n.Summary = &summary
	} else if all := languages(v.get("summaryMap")); all != nil {
		_, summary := language(all, all[n.Language])
		n.Summary = &summary
	}
	if len(n.Content) > MaxContent || n.Summary != nil && len(*n.Summary) > MaxSummary {
		return models.Refuse(models.Invalid, "too_long", "The post is longer than this server reads.")
	}
	return nil
}

// languages reads a contentMap.
func languages(v value) map[string]string {
	out := map[string]string{}
	for tag, text := range v.members() {
		if s := text.str(); s != "" && len(tag) <= 35 && len(out) < MaxLanguages {
			out[strings.ReplaceAll(tag, "\x00", "")] = s
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// language finds which language content is in, and picks one if there is a
// contentMap alone.
func language(all map[string]string, content string) (string, string) {
	var tags []string
	for tag := range all {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	for _, tag := range tags {
		if content == "" || all[tag] == content || len(tags) == 1 {
			return tag, orElse(content, all[tag])
		}
	}
	return "", content
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// authors returns the first name of an attributedTo, and the others. PeerTube
// names the person and the channel as objects; the channel is no author.
func authors(v value) (primary models.IRI, others []models.IRI) {
	var group models.IRI
	for e := range v.all() {
		i := e.iri()
		switch {
		case i == "":
		case e.typ(knownActor) == "Group":
			group = i
		case primary == "":
			primary = i
		case i != primary && !slices.Contains(others, i) && len(others) < MaxClaims:
			others = append(others, i)
		}
	}
	if primary == "" {
		primary = group
	}
	return primary, others
}

// claims returns the primary author and the other names under a post, in the
// order of collaborators[] if that has them all (ensemble/1 §7 V1, V2).
func claims(v value) (primary models.IRI, all []models.Claim) {
	primary, named := authors(v.get("attributedTo"))
	for i := range v.get("coAttributedTo").all() {
		named = append(named, i.iri())
	}
	listed := collaborators(v.get("collaborators"))
	var unlisted []models.Claim
	for _, name := range named {
		if !slices.ContainsFunc(listed, func(c models.Claim) bool { return c.Account == name }) {
			unlisted = append(unlisted, models.Claim{Account: name, Role: models.RoleCoauthor})
		}
	}
	if len(unlisted) > 0 { // then the order of attributedTo rules
		for _, name := range named {
			for _, c := range append(unlisted, listed...) {
				if c.Account == name {
					all = append(all, c)
				}
			}
		}
	}
	return primary, unique(append(all, listed...), primary)
}

// unique drops names that come again, and the primary author's.
func unique(claims []models.Claim, primary models.IRI) []models.Claim {
	var out []models.Claim
	seen := map[models.IRI]bool{primary: true, "": true}
	for _, c := range claims {
		if !seen[c.Account] && len(out) < MaxClaims {
			seen[c.Account] = true
			out = append(out, c)
		}
	}
	return out
}

// collaborators reads collaborators[] or invitations[]. No role means coauthor,
// a role that we do not know is no more than a credit.
func collaborators(v value) []models.Claim {
	var out []models.Claim
	for e := range v.all() {
		c := models.Claim{
			Account:       e.get("collaborator").iri(),
			Role:          models.CollabRole(e.get("role").short(32)),
			Label:         models.CreditLabel(e.get("creditedAs").short(32)),
			Authorization: e.get("authorization").iri(),
			Former:        e.get("formerly").iri(),
		}
		if e.kind() == text {
			c.Account = e.iri()
		}
		if c.Role == "" {
			c.Role = models.RoleCoauthor
		}
		if !c.Role.Valid() {
			c.Role = models.RoleCredit
		}
		if c.Account != "" && len(out) < MaxClaims {
			out = append(out, c)
		}
	}
	return out
}

// pageURL picks the address that a browser opens.
func pageURL(v value) models.IRI {
	var first models.IRI
	for e := range v.all() {
		i := e.link()
		if e.get("mediaType").str() == "text/html" && i != "" {
			return i
		}
		if first == "" {
			first = i
		}
	}
	return first
}

// tally reads a collection by address and size.
func tally(v value) *models.Tally {
	i := v.iri()
	if i == "" {
		return nil
	}
	return &models.Tally{URI: i, Total: v.one().get("totalItems").whole(-1)}
}

// digest reads a multibase multihash; one of a strange length is none.
func digest(v value) string {
	if s := v.one().str(); len(s) <= 128 {
		return s
	}
	return ""
}
