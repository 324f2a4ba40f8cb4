package fetch

import (
	"context"
	"net/http"
	"strings"

	"ensemble/models"
)

// HTML reads a web page, as anybody would: nobody signs, redirects may go to other
// servers, and at most 1 MiB counts. It is Invalid if it is no HTML.
func (c *Client) HTML(ctx context.Context, uri models.IRI) ([]byte, error) {
	at, err := c.address(uri)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	resp, err := c.get(ctx, request{at: at, accept: "text/html, application/xhtml+xml"}, true)
	if err != nil {
		return nil, err
	}
	defer closeBody(resp)
	if kind := http.Header.Get(resp.Header, "Content-Type"); !strings.Contains(kind, "html") {
		return nil, models.Refuse(models.Invalid, codeType, "what is at %s is no web page, but %q", at, clip(kind))
	}
	return c.body(ctx, resp, maxDocument)
}
