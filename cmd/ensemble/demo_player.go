package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"ensemble/web/oauth"
)

// A player is one of the people of the demo, with an app that is signed in.
type player struct {
	stage    *stage
	house    *house
	name     string // Ada
	login    string // ada
	password string
	token    string
	id       string // at home
}

func (p *player) handle() string { return "@" + p.login + "@" + p.house.domain }
func (p *player) uri() string    { return p.house.origin + "/users/" + p.login }
func (p *player) page() string   { return p.house.origin + "/@" + p.login }

// create has the operator of the server make the account.
func (p *player) create() error {
	said, code, err := p.stage.do(p.house, p.password+"\n", "account", "create", p.login, "--email", p.login+"@example.org", "--password", "-")
	if err == nil && code != 0 {
		err = fmt.Errorf("'account create' ended with %d: %s", code, strings.TrimSpace(said))
	}
	return err
}

// signIn gets a token as any client program does: an app, the sign-in form, and a
// code with PKCE.
func (p *player) signIn() (err error) {
	const scopes = "read write follow profile"
	if p.token, err = oauth.Dance(p.stage, p.stage.net, p.house.origin, p.login, p.password, scopes); err != nil {
		return fmt.Errorf("%s could not sign in: %w", p.name, err)
	}
	var me accountView
	if err := p.send("PATCH", "/api/v1/accounts/update_credentials", fields{"display_name": p.name}, &me); err != nil {
		return err
	}
	p.id = me.ID
	return nil
}

// fields are sent as JSON.
type fields map[string]any

// A refusal is an answer that is no success.
type refusal struct {
	Status int    `json:"-"`
	Text   string `json:"error"`
}

func (r *refusal) Error() string { return fmt.Sprintf("the server refused (%d): %s", r.Status, r.Text) }

// send calls the client API.
func (p *player) send(method, path string, body fields, into any) error {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(b)
	}
	return p.call(method, path, "application/json", r, into)
}

func (p *player) get(path string, into any) error { return p.send("GET", path, nil, into) }

func (p *player) call(method, path, kind string, body io.Reader, into any) error {
	ctx, cancel := context.WithTimeout(p.stage, stepPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.house.origin+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := p.stage.net.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing was written
	b, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		no := &refusal{Status: resp.StatusCode}
		if json.Unmarshal(b, no) != nil || no.Text == "" {
			no.Text = string(b[:min(len(b), 300)])
		}
		return fmt.Errorf("%s %s: %w", method, path, no)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}

// post uploads a picture, with words for those who do not see it.
func (p *player) picture(file []byte, alt string) (m mediaView, err error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="valley.jpg"`}, "Content-Type": {"image/jpeg"},
	})
	if err != nil {
		return m, err
	}
	if _, err := part.Write(file); err != nil {
		return m, err
	}
	if err := form.WriteField("description", alt); err != nil {
		return m, err
	}
	if err := form.Close(); err != nil {
		return m, err
	}
	return m, p.call("POST", "/api/v2/media", form.FormDataContentType(), &b, &m)
}

// find looks somebody or something up, on other servers too.
func (p *player) find(what, kind string) (v searchView, err error) {
	q := url.Values{"q": {what}, "resolve": {"true"}, "type": {kind}}
	return v, p.get("/api/v2/search?"+q.Encode(), &v)
}

// sees returns a post as its server shows it to the player.
func (p *player) sees(post string) (statusView, error) {
	v, err := p.find(post, "statuses")
	if err != nil {
		return statusView{}, err
	}
	if len(v.Statuses) == 0 || v.Statuses[0].URI != post {
		return statusView{}, fmt.Errorf("%s does not have the post", p.house.name)
	}
	return v.Statuses[0], nil
}

// knows returns the number that the player's server has for somebody.
func (p *player) knows(other *player) (string, error) {
	if p.house == other.house {
		return other.id, nil
	}
	v, err := p.find(other.handle(), "accounts")
	if err != nil {
		return "", err
	}
	for _, a := range v.Accounts {
		if a.URI == other.uri() {
			return a.ID, nil
		}
	}
	return "", fmt.Errorf("%s does not find %s", p.house.name, other.handle())
}

// follows follows somebody, and waits until they are followed.
func (p *player) follows(other *player) error {
	var id string
	err := p.stage.until(func() (err error) {
		id, err = p.knows(other)
		return err
	})
	if err != nil {
		return err
	}
	if err := p.send("POST", "/api/v1/accounts/"+id+"/follow", nil, nil); err != nil {
		return err
	}
	return p.stage.until(func() error {
		var ties []struct{ Following bool }
		if err := p.get("/api/v1/accounts/relationships?id[]="+id, &ties); err != nil {
			return err
		}
		if len(ties) != 1 || !ties[0].Following {
			return fmt.Errorf("%s does not follow %s yet", p.name, other.name)
		}
		return nil
	})
}

// collab returns what the player's server shows them of a work.
func (p *player) collab(id string) (v collabView, err error) {
	return v, p.get("/api/ensemble/v1/collabs/"+id, &v)
}

// invitation waits for an open invitation to a post.
func (p *player) invitation(post string) (found collabView, err error) {
	err = p.stage.until(func() error {
		var all []collabView
		if err := p.get("/api/ensemble/v1/collabs?role=invitee&state[]=offered", &all); err != nil {
			return err
		}
		for _, c := range all {
			if c.PostURI == post {
				found = c
				return nil
			}
		}
		return fmt.Errorf("no invitation to %s has come to %s", post, p.name)
	})
	return found, err
}

// The views are the parts of the API's answers that the demo looks at.
type (
	accountView struct {
		ID, Acct, URI, URL string
	}
	mediaView struct {
		ID, Description string
		URL             string
		PreviewURL      string `json:"preview_url"`
	}
	statusView struct {
		ID, URI, URL, Content string
		Account               accountView
		Favourites            int         `json:"favourites_count"`
		Media                 []mediaView `json:"media_attachments"`
		Coauthors             []struct {
			Account     accountView
			Role, Stamp string
		}
	}
	searchView struct {
		Accounts []accountView
		Statuses []statusView
	}
	collabView struct {
		ID, URI, State string
		PostURI        string `json:"post_uri"`
		MyState        string `json:"my_state"`
		Initiator      accountView
		Invitees       []struct {
			Account accountView
			State   string
			SeenAt  *time.Time `json:"seen_at"`
		}
		Terms struct{ Audience, Quorum, OnDecline struct{ Text string } }
		Work  *struct {
			Content string
			Media   []mediaView `json:"media_attachments"`
		}
	}
)

// authors returns the addresses of a post's authors, in order.
func (s statusView) authors() []string {
	out := []string{s.Account.URI}
	for _, c := range s.Coauthors {
		out = append(out, c.Account.URI)
	}
	return out
}
