package wire

import (
	"html"
	"strconv"
	"strings"

	"ensemble/models"
)

// readTags fills in the mentions and hashtags.
func readTags(v value, n *models.Note) {
	n.Emojis = emojis(v)
	mentions, tags := map[models.IRI]bool{}, map[string]bool{}
	for e := range v.all() {
		switch e.typ(func(s string) bool { return s == "Mention" || s == "Hashtag" }) {
		case "Mention":
			m := mention(e)
			if m.URI != "" && !mentions[m.URI] && len(mentions) < MaxMentions {
				mentions[m.URI] = true
				n.Mentions = append(n.Mentions, m)
			}
		case "Hashtag":
			tag := strings.TrimLeft(strings.TrimSpace(e.get("name").short(MaxName)), "#")
			if tag != "" && !tags[tag] && len(tags) < MaxTags {
				tags[tag] = true
				n.Tags = append(n.Tags, tag)
			}
		}
	}
}

// mention reads one Mention. Some peers leave the domain out of the name.
func mention(v value) models.Mention {
	m := models.Mention{URI: v.get("href").link()}
	m.Acct = strings.TrimLeft(v.get("name").short(MaxName), "@")
	if m.Acct != "" && !strings.Contains(m.Acct, "@") {
		m.Acct += "@" + m.URI.Host()
	}
	return m
}

// attachments reads what is attached to a post, but for Lemmy's links. Lemmy's
// and PeerTube's pages have a picture of their own beside that.
func attachments(v value) []models.Attachment {
	out := media(v.get("attachment"))
	if t := v.typ(knownNote); len(out) == 0 && t != "Note" && t != "Question" {
		for _, key := range [...]string{"image", "icon"} {
			if out = media(v.get(key)); len(out) > 0 {
				return out[:1]
			}
		}
	}
	return out
}

func media(v value) []models.Attachment {
	var out []models.Attachment
	for e := range v.all() {
		if a := attachment(e); a.URL != "" && !isLink(e) && len(out) < MaxAttachments {
			out = append(out, a)
		}
	}
	return out
}

// isLink reports whether an attachment is a page that a post points to.
func isLink(v value) bool { return v.get("type").str() == "Link" && v.get("mediaType").kind() == null }

// pointers returns the links of Lemmy's pages, as a paragraph each.
func pointers(v value) string {
	var out strings.Builder
	for e := range v.all() {
		if i := e.link(); i != "" && isLink(e) && out.Len() < 4*MaxIRI {
			s := html.EscapeString(string(i))
			out.WriteString(`<p><a href="` + s + `">` + s + `</a></p>`)
		}
	}
	return out.String()
}

func attachment(v value) models.Attachment {
	link := mediaLink(v.get("url"))
	a := models.Attachment{
		MediaType:  orElse(v.get("mediaType").short(128), link.get("mediaType").short(128)),
		URL:        link.link(),
		PreviewURL: v.get("icon").link(),
		Alt:        v.get("name").short(MaxAlt),
		Blurhash:   v.get("blurhash").short(256),
		Width:      max(v.get("width").whole(0), link.get("width").whole(0)),
		Height:     max(v.get("height").whole(0), link.get("height").whole(0)),
		Duration:   seconds(v.get("duration").short(32)),
		Digest:     digest(v.get("digestMultibase")),
	}
	if v.kind() == text {
		a.URL = v.iri()
	}
	if a.URL == "" {
		a.URL = address(v.get("href").str())
	}
	a.FocusX, a.FocusY = focus(v.get("focalPoint"))
	a.Kind = mediaKind(a.MediaType, v.typ(func(s string) bool { return mediaKind("", s) != "unknown" }))
	return a
}

// mediaLink picks one of the forms that a medium is offered in: the first that
// can be shown in a page.
func mediaLink(v value) value {
	for e := range v.all() {
		if k := mediaKind(e.get("mediaType").str(), ""); k != "unknown" {
			return e
		}
	}
	return v.one()
}

func mediaKind(mediaType, typ string) string {
	switch kind, _, _ := strings.Cut(mediaType, "/"); kind {
	case "image", "video", "audio":
		return kind
	}
	switch typ {
	case "Image", "Video", "Audio":
		return strings.ToLower(typ)
	}
	return "unknown"
}

// focus reads a focalPoint, [x, y] within -1 and 1.
func focus(v value) (x, y float64) {
	var at []float64
	for e := range v.all() {
		if f := e.float(); f >= -1 && f <= 1 {
			at = append(at, f)
		}
	}
	if v.kind() != list || len(at) != 2 {
		return 0, 0
	}
	return at[0], at[1]
}

// seconds reads an xsd:duration of hours, minutes and seconds.
func seconds(s string) float64 {
	s, ok := strings.CutPrefix(s, "PT")
	if !ok {
		return 0
	}
	total := 0.0
	for _, unit := range [...]struct {
		name string
		size float64
	}{{"H", 3600}, {"M", 60}, {"S", 1}} {
		n, rest, ok := strings.Cut(s, unit.name)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(n, 64)
		if err != nil || !(f >= 0 && f < 1e9) {
			return 0
		}
		total += f * unit.size
		s = rest
	}
	return total
}
