package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// shownCode finds the code on the page that shows it.
var shownCode = regexp.MustCompile(`id="code">([A-Z2-7]+)<`)

// Dance signs in at origin as a client program would, through the real form with
// plain HTTP, and returns an access token: for demos and tests. It registers an
// app, signs in, allows it and exchanges the code, with PKCE.
func Dance(ctx context.Context, transport http.RoundTripper, origin, login, password, scopes string) (token string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	d := dance{ctx, &http.Client{Transport: transport, Jar: jar}, origin}
	var app struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	err = d.json("/api/v1/apps", url.Values{"client_name": {"Dance"}, "redirect_uris": {oob}, "scopes": {scopes}}, &app)
	if err != nil {
		return "", err
	}
	verifier := secret()
	sum := sha256.Sum256([]byte(verifier))
	code, err := d.approve(url.Values{
		"response_type": {"code"}, "client_id": {app.ClientID}, "redirect_uri": {oob}, "scope": {scopes},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}, login, password)
	if err != nil {
		return "", err
	}
	var answer tokenJSON
	err = d.json("/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {oob}, "code_verifier": {verifier},
		"client_id": {app.ClientID}, "client_secret": {app.ClientSecret},
	}, &answer)
	return answer.AccessToken, err
}

// Approve signs in at the address that an app sent somebody to, allows the app what it
// asks for, and returns the code that the page shows: for tests of such apps.
func Approve(ctx context.Context, transport http.RoundTripper, at, login, password string) (code string, err error) {
	u, err := url.Parse(at)
	if err != nil {
		return "", err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	d := dance{ctx, &http.Client{Transport: transport, Jar: jar}, u.Scheme + "://" + u.Host}
	return d.approve(u.Query(), login, password)
}

func (d dance) approve(ask url.Values, login, password string) (string, error) {
	ask.Set("login", login)
	ask.Set("password", password)
	ask.Set("decision", "sign_in")
	if _, err := d.post("/oauth/authorize", ask); err != nil {
		return "", err
	}
	ask.Del("login")
	ask.Del("password")
	ask.Set("decision", "allow")
	page, err := d.post("/oauth/authorize", ask)
	if err != nil {
		return "", err
	}
	code := shownCode.FindSubmatch(page)
	if code == nil {
		return "", fmt.Errorf("the page shows no code: %s", page)
	}
	return string(code[1]), nil
}

type dance struct {
	ctx    context.Context
	client *http.Client
	origin string
}

func (d dance) post(path string, form url.Values) ([]byte, error) {
	r, err := http.NewRequestWithContext(d.ctx, http.MethodPost, d.origin+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := d.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s: %s", path, resp.Status, body)
	}
	return body, err
}

func (d dance) json(path string, form url.Values, into any) error {
	body, err := d.post(path, form)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}
