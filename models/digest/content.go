package digest

import (
	"slices"

	"ensemble/models"
)

// Content is exactly what a co-author signs of a joint post (PROTOCOL §3.2). It
// does not depend on the wire form (F1 or F2) in which the post arrives. What is
// absent is nil, and counts as null, false or [].
type Content struct {
	Attachment []Attachment          `json:"attachment"`
	Audience   []models.IRI          `json:"audience"` // to and cc, in any order
	Authors    []models.IRI          `json:"authors"`  // the primary first
	Content    *string               `json:"content"`
	ID         models.IRI            `json:"id"`
	InReplyTo  *string               `json:"inReplyTo"`
	Quote      *string               `json:"quote"`
	Roles      map[models.IRI]string `json:"roles"` // by co-author
	Sensitive  bool                  `json:"sensitive"`
	Summary    *string               `json:"summary"`
	Poll       *Poll                 `json:"poll,omitempty"` // of a post that asks something: see FEDERATION.md
}

// Poll is what a co-author signs of a poll: what it asks, and not how it stands.
type Poll struct {
	Multiple bool     `json:"multiple"`
	Options  []string `json:"options"`
}

// Attachment is what a co-author signs of one picture or video: the digest is of
// the file, as File returns it. All three are null when absent.
type Attachment struct {
	Digest    *string `json:"digest"`
	MediaType *string `json:"mediaType"`
	Name      *string `json:"name"`
}

// Optional returns nil for "", and otherwise a pointer to s: the nullable form of
// a string of which the empty one is never written on the wire.
func Optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Bytes returns the canonical bytes that are digested. The order of the audience
// and of the authors after the first does not matter, nor does naming one twice.
func (c Content) Bytes() ([]byte, error) { return JCS(c.normal()) }

// Digest returns the contentDigest that a stamp carries (PROTOCOL §3.2, C4).
func (c Content) Digest() (string, error) {
	b, err := c.Bytes()
	if err != nil {
		return "", err
	}
	return Multibase(b), nil
}

// normal works on copies: the caller's slices stay as they are.
func (c Content) normal() Content {
	c.Attachment = append([]Attachment{}, c.Attachment...)
	c.Audience = sorted(c.Audience)
	if len(c.Authors) == 0 {
		c.Authors = []models.IRI{}
	} else {
		c.Authors = withPrimary(c.Authors[0], c.Authors[1:])
	}
	if c.Roles == nil {
		c.Roles = map[models.IRI]string{}
	}
	return c
}

// withPrimary puts the primary author before the others, who are sorted.
func withPrimary(primary models.IRI, others []models.IRI) []models.IRI {
	authors := []models.IRI{primary}
	for _, a := range sorted(others) {
		if a != primary {
			authors = append(authors, a)
		}
	}
	return authors
}

// sorted returns the IRIs by their bytes, each once; never nil.
func sorted(in []models.IRI) []models.IRI {
	out := append([]models.IRI{}, in...)
	slices.Sort(out)
	return slices.Compact(out)
}
