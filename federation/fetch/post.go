package fetch

import (
	"context"
	"net/http"

	"ensemble/models"
)

// Post gives an activity to an inbox, signed by from, who lives here. It is nil
// once the server has taken it. It is Gone for an inbox that is no more (404 too),
// Forbidden if the server wants nothing of us, Invalid if it cannot make sense of
// what we say, and Unreachable if it may take it later: see RetryAfter.
func (c *Client) Post(ctx context.Context, inbox models.IRI, from *models.Account, body []byte) error {
	return c.PostTo(ctx, nil, inbox, from, body)
}

// PostTo is Post for who has just read what is known of the inbox's server; nil if it
// has not. A header goes along.
func (c *Client) PostTo(ctx context.Context, peer *models.Peer, inbox models.IRI, from *models.Account, body []byte, header ...http.Header) error {
	at, err := c.address(inbox)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	resp, err := c.send(ctx, request{method: http.MethodPost, at: at, kind: activityJSON, body: body, as: from, peer: peer, header: first(header)})
	if err != nil {
		return err
	}
	defer closeBody(resp)
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusNotFound:
		return models.Refuse(models.Gone, codeRefused, "%s has no such inbox any more (404)", at.Host)
	}
	return outcome(resp, c.db.Now())
}

func first(all []http.Header) http.Header {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}
