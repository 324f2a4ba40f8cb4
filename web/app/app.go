// Package app is what people see who come with a browser: the page of a profile
// and the page of a post, with everybody who stands by it. Pages are plain HTML
// without scripts; how they look is this package's own affair.
package app

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
)

//go:embed pages/*.html
var files embed.FS

var pages = template.Must(template.New("").ParseFS(files, "pages/*.html"))

// Routes returns the pages.
func Routes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/", Who: call.Anyone, Page: true, Handler: home},
		{Method: "GET", Path: "/about", Who: call.Anyone, Page: true, Handler: home},
		{Method: "GET", Path: "/about/rollout", Who: call.Anyone, Page: true, Handler: rolloutPage},
		{Method: "GET", Path: "/@:name", Who: call.Anyone, Page: true, Handler: profile},
		{Method: "GET", Path: "/@:name/:id", Who: call.Anyone, Page: true, Handler: post},
	}
}

// policy lets a page show pictures and our style sheet, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' https:; media-src 'self' https:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// A page is what every page has, and the view of its own.
type page struct {
	Lang  string
	W     map[string]string
	Site  string
	Title string
	Tell  string     // a sentence for search engines and previews
	Self  models.IRI // the page's own address
	URI   models.IRI // what peers call the thing on it; "" if they do not know it
	Image models.IRI
	Kind  string     // og:type
	Embed models.IRI // how other sites may show it (oEmbed)
	Index bool       // search engines may list it
	View  any
}

// For returns the page with another view, for a part of it.
func (p page) For(view any) page {
	p.View = view
	return p
}

// Many returns n of a thing, in words: French has a singular for none, too.
func (p page) Many(n int, what string) string {
	if n == 1 || n == 0 && p.Lang == "fr" {
		what += "_one"
	}
	return strconv.Itoa(n) + " " + p.W[what]
}

func show(c *call.Call, status int, name string, p page) (call.Answer, error) {
	p.Lang = c.Language("en", "fr")
	p.W, p.Site = catalogues[p.Lang], title(c.Site)
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, p); err != nil {
		return call.Answer{}, fmt.Errorf("page %s: %w", name, err)
	}
	a := call.HTML(status, b.Bytes())
	a.Header = http.Header{
		"Content-Security-Policy": {policy},
		"Vary":                    {"Accept, Accept-Language, Cookie"},
		"Cache-Control":           {"private, max-age=0, must-revalidate"},
	}
	if p.URI != "" {
		a.Header.Set("Link", "<"+escape(p.URI)+`>; rel="alternate"; type="application/activity+json"`)
	}
	return a, nil
}

// escape keeps an address from ending the <…> it stands in.
func escape(i models.IRI) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", "\r", "", "\n", "").Replace(string(i))
}

// Error is the page that tells of an error.
func Error(c *call.Call, status int, sentence string) call.Answer {
	p := page{Title: http.StatusText(status), View: sentence}
	a, err := show(c, status, "error.html", p)
	if err != nil {
		return call.Answer{Status: status, Type: "text/plain; charset=utf-8", Body: []byte(sentence + "\n")}
	}
	return a
}

// home is GET /.
func home(c *call.Call) (any, error) {
	return show(c, http.StatusOK, "home.html", page{Title: title(c.Site), Self: c.Site.IRI("/"), Index: true, View: c.Me})
}

func title(s models.Site) string {
	if s.Title != "" {
		return s.Title
	}
	return s.Domain
}

var catalogues = map[string]map[string]string{
	"en": {
		"by": "By", "and": "and", "verified": "stands by this post", "credits": "Thanks to", "posts": "posts",
		"followers": "followers", "following": "following", "empty": "There is nothing to read here yet.",
		"sensitive": "Show", "home": "A server of the fediverse, run with Ensemble.", "signed_in": "You are signed in as",
		"sign_out": "Sign out", "edited": "edited", "with": "with", "replies": "replies", "likes": "favourites", "boosts": "boosts",
		"posts_one": "post", "followers_one": "follower", "following_one": "following", "replies_one": "reply",
		"likes_one": "favourite", "boosts_one": "boost",
		"rollout": "Posts of several authors", "rollout_start": "Who may start one", "rollout_dates": "From when to when", "rollout_end": "What happens at the end",
		"votes": "votes", "votes_one": "vote", "voters": "people voted", "voters_one": "person voted",
		"poll_open": "Open until", "poll_over": "Closed",
		"file": "Attachment", "checked": "Authors whose consent was checked",
	},
	"fr": {
		"by": "Par", "and": "et", "verified": "signe ce message", "credits": "Merci à", "posts": "messages",
		"followers": "abonnés", "following": "abonnements", "empty": "Il n’y a encore rien à lire ici.",
		"sensitive": "Montrer", "home": "Un serveur du fédivers, propulsé par Ensemble.", "signed_in": "Vous êtes connecté en tant que",
		"sign_out": "Se déconnecter", "edited": "modifié", "with": "avec", "replies": "réponses", "likes": "favoris", "boosts": "partages",
		"posts_one": "message", "followers_one": "abonné", "following_one": "abonnement", "replies_one": "réponse",
		"likes_one": "favori", "boosts_one": "partage",
		"rollout": "Publications à plusieurs", "rollout_start": "Qui peut en lancer une", "rollout_dates": "De quand à quand", "rollout_end": "Ce qui se passe à la fin",
		"votes": "voix", "votes_one": "voix", "voters": "personnes ont voté", "voters_one": "personne a voté",
		"poll_open": "Ouvert jusqu’au", "poll_over": "Terminé",
		"file": "Pièce jointe", "checked": "Auteurs dont l’accord a été vérifié",
	},
}
