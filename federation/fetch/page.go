package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html/charset"

	"ensemble/activities/text"
	"ensemble/models"
)

const (
	acceptPage   = "text/html, application/xhtml+xml;q=0.9"
	acceptOEmbed = "application/json+oembed, application/json"
	maxPage      = 512 << 10 // bytes of a page that are read: what it says of itself is at its beginning
	pageBudget   = 8         // requests for one page
)

// Page asks a web page what it says of itself, as nobody in particular. It is Invalid
// if that is nothing, and Forbidden if the page does not want to be shown in part.
func (c *Client) Page(ctx context.Context, uri models.IRI) (*models.Card, error) {
	at, err := c.address(uri)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(WithBudget(ctx, pageBudget), 2*c.patience)
	defer cancel()
	resp, err := c.get(ctx, request{at: at, accept: acceptPage}, true)
	if err != nil {
		return nil, err
	}
	defer closeBody(resp)
	kind := resp.Header.Get("Content-Type")
	if k, _, _ := mime.ParseMediaType(kind); k != "text/html" && k != "application/xhtml+xml" {
		return nil, models.Refuse(models.Invalid, codeType, "what is at %s is no page, but %q", at.Host, clip(kind))
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return nil, c.explain(ctx, at.Host, err)
	}
	return c.card(ctx, resp, inUTF8(raw, kind))
}

// inUTF8 returns a page in UTF-8, whatever it was written in.
func inUTF8(raw []byte, kind string) []byte {
	r, err := charset.NewReader(bytes.NewReader(raw), kind)
	if err != nil {
		return raw
	}
	out, err := io.ReadAll(io.LimitReader(r, 2*maxPage))
	if err != nil {
		return raw
	}
	return out
}

// card makes a card of a page, asking its oEmbed where the page itself has no title.
func (c *Client) card(ctx context.Context, resp *http.Response, raw []byte) (*models.Card, error) {
	at := resp.Request.URL
	p := text.ReadPage(raw, models.IRI(at.String()))
	robots := strings.Join(resp.Header.Values("X-Robots-Tag"), ",")
	if p.Forbids(robots, "nosnippet") {
		return nil, models.Refuse(models.Forbidden, "opt_out", "%s asks programs not to show parts of it", at.Host)
	}
	if p.OEmbed != "" && (p.Title == "" || p.AuthorName == "" || p.ProviderName == "") {
		c.oembed(ctx, &p)
	}
	if p.Forbids(robots, "noimageindex") {
		p.Image, p.ImageAlt, p.Width, p.Height = "", "", 0, 0
	}
	if u, ok := parse(p.Image); p.Image != "" && (!ok || u.Scheme != "https" && !c.site.Loose) {
		p.Image = "" // it would not be fetched
	}
	if p.Title == "" {
		return nil, models.Refuse(models.Invalid, "no_title", "what is at %s does not say what it is", at.Host)
	}
	if p.ProviderURL == "" && p.ProviderName != "" {
		p.ProviderURL = models.IRI(at.Scheme + "://" + at.Host)
	}
	return &p.Card, nil
}

// oembed adds what oEmbed (oembed.com, §2.3.4) says of a page: names, and no HTML.
// That it cannot be had is no loss.
func (c *Client) oembed(ctx context.Context, p *text.Page) {
	at, err := c.address(p.OEmbed)
	if err != nil {
		return
	}
	resp, err := c.get(ctx, request{at: at, accept: acceptOEmbed}, true)
	if err != nil {
		return
	}
	defer closeBody(resp)
	raw, err := c.body(ctx, resp, maxFinger)
	if err != nil {
		return
	}
	readOEmbed(raw, at, p)
}

func readOEmbed(raw []byte, at *url.URL, p *text.Page) {
	var said struct {
		Title        string `json:"title"`
		AuthorName   string `json:"author_name"`
		AuthorURL    string `json:"author_url"`
		ProviderName string `json:"provider_name"`
		ProviderURL  string `json:"provider_url"`
	}
	if json.Unmarshal(raw, &said) != nil {
		return
	}
	if p.Title == "" {
		p.Title = text.Line(said.Title, 255)
	}
	if said.AuthorName != "" {
		p.AuthorName, p.AuthorURL = text.Line(said.AuthorName, 120), onWeb(at, said.AuthorURL)
	}
	if said.ProviderName != "" {
		p.ProviderName, p.ProviderURL = text.Line(said.ProviderName, 120), onWeb(at, said.ProviderURL)
	}
}

// onWeb returns an address that may be linked, "" for any other.
func onWeb(base *url.URL, s string) models.IRI {
	u, err := base.Parse(strings.TrimSpace(s))
	if err != nil || s == "" || len(s) > 2048 || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return models.IRI(u.String())
}
