package fetch

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"ensemble/activities/text"
)

// FuzzOEmbed looks for an answer of which something is taken that may not be shown.
func FuzzOEmbed(f *testing.F) {
	f.Add([]byte(`{"title":"t","author_name":"a","author_url":"/a","provider_name":"p","provider_url":"https://p.example","html":"<script>"}`))
	f.Add([]byte(`{"title":1,"author_name":"\ud800","author_url":"javascript:alert(1)"}`))
	f.Add([]byte(`{"author_name":"\u202e","author_url":"https://u:p@a.example/"}`))
	at, err := url.Parse("https://far.example/oembed")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p text.Page
		readOEmbed(raw, at, &p)
		for _, s := range []string{p.Title, p.AuthorName, p.ProviderName} {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 255 || strings.ContainsAny(s, "\x00\r\n\u202e") {
				t.Errorf("shown: %q", s)
			}
		}
		for _, s := range []string{string(p.AuthorURL), string(p.ProviderURL)} {
			if s != "" && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
				t.Errorf("linked: %q", s)
			}
		}
	})
}
