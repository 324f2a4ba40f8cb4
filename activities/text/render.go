package text

import (
	"net/url"
	"regexp"
	"strings"

	"ensemble/models"
)

// Rendered is what somebody typed, made ready to be sent and shown.
type Rendered struct {
	HTML     string
	Mentions []models.Mention // whom it names, each once, in order
	Tags     []string         // without #, as typed, each once whatever its case
}

// Render turns plain text, as people compose it, into HTML the way Mastodon
// writes it. Blank lines part paragraphs; web addresses, hashtags and those
// handles that resolve knows become links. resolve is given an acct as
// FindMentions spells it; nil knows nobody.
func Render(source string, site models.Site, resolve func(acct string) (*models.Mention, bool)) Rendered {
	w := writer{site: site, resolve: resolve, seen: map[string]bool{}}
	for _, paragraph := range paragraphs(source) {
		w.html.WriteString("<p>")
		w.words(paragraph)
		w.html.WriteString("</p>")
	}
	w.done.HTML = w.html.String()
	return w.done
}

// FindMentions returns the accts that source names, each once and in order, so
// that strangers among them can be looked up before a transaction opens. An acct
// is user or user@domain, with the domain in lower case.
func FindMentions(source string) []string {
	var found []string
	seen := map[string]bool{}
	for _, e := range entities(tidySource(source)) {
		if e.kind == mentionEntity && !seen[e.name] {
			seen[e.name] = true
			found = append(found, e.name)
		}
	}
	return found
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n")

// tidySource settles what a form field leaves open: how lines end.
func tidySource(source string) string {
	return strings.TrimSpace(legible(lineEnds.Replace(source)))
}

var blankLines = regexp.MustCompile(`[ \t]*\n[ \t]*(?:\n[ \t]*)+`)

func paragraphs(source string) []string {
	source = tidySource(source)
	if source == "" {
		return nil
	}
	return blankLines.Split(source, -1)
}

// A writer holds one Render under way.
type writer struct {
	site    models.Site
	resolve func(string) (*models.Mention, bool)
	html    strings.Builder
	done    Rendered
	seen    map[string]bool // of mentions, by @ and IRI; of tags, by # and lower case
}

func (w *writer) words(s string) {
	at := 0
	for _, e := range entities(s) {
		w.plain(s[at:e.start])
		if !w.entity(e) {
			w.plain(s[e.start:e.end])
		}
		at = e.end
	}
	w.plain(s[at:])
}

func (w *writer) plain(s string) {
	w.html.WriteString(strings.ReplaceAll(inText.Replace(s), "\n", "<br>"))
}

// entity writes e and reports whether it could: a handle may be nobody's.
func (w *writer) entity(e entity) bool {
	switch e.kind {
	case urlEntity:
		return w.url(e.name)
	case mentionEntity:
		return w.mention(e.name)
	default:
		return w.tag(e.name)
	}
}

func (w *writer) url(raw string) bool {
	href, ok := address(raw)
	if !ok {
		return false
	}
	prefix, shown, rest := label(raw)
	class := ""
	if rest != "" {
		class = ` class="ellipsis"`
	}
	w.add(`<a href="`, inQuotes.Replace(href), `" rel="nofollow noopener noreferrer" target="_blank">`,
		`<span class="invisible">`, inText.Replace(prefix), `</span>`,
		`<span`, class, `>`, inText.Replace(shown), `</span>`,
		`<span class="invisible">`, inText.Replace(rest), `</span></a>`)
	return true
}

func (w *writer) mention(acct string) bool {
	if w.resolve == nil {
		return false
	}
	m, ok := w.resolve(acct)
	if !ok || m == nil {
		return false
	}
	key := "@" + string(m.URI)
	if m.URI == "" {
		key = "@" + m.Acct
	}
	if !w.seen[key] {
		w.seen[key] = true
		w.done.Mentions = append(w.done.Mentions, *m)
	}
	username, _, _ := strings.Cut(acct, "@")
	if m.Acct != "" {
		username, _, _ = strings.Cut(m.Acct, "@")
	}
	page := m.URL
	if page == "" {
		page = m.URI
	}
	w.add(card(Name{URL: page, Username: username}))
	return true
}

func (w *writer) tag(name string) bool {
	lower := strings.ToLower(name)
	if !w.seen["#"+lower] {
		w.seen["#"+lower] = true
		w.done.Tags = append(w.done.Tags, name)
	}
	w.add(`<a href="`, inQuotes.Replace(w.site.Origin+"/tags/"+url.PathEscape(lower)),
		`" class="mention hashtag" rel="tag">#<span>`, inText.Replace(name), `</span></a>`)
	return true
}

func (w *writer) add(parts ...string) {
	for _, part := range parts {
		w.html.WriteString(part)
	}
}
