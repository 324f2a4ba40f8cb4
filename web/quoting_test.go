package web_test

import (
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// offered puts a public post with a picture by, which its policy lets be quoted and made
// duets with.
func (b *browser) offered(by *models.Account, quote, duet models.QuotePolicy) *models.Post {
	b.Helper()
	p := b.post(by, "<p>my song</p>", models.VisPublic)
	p.Policy = &models.Policy{Quote: quote.Rule(by)}
	if duet != models.QuoteSame {
		p.Policy.Duet = duet.Rule(by)
	}
	p.Attachments = []models.Attachment{{Kind: "image", URL: "https://two.example/song.png", MediaType: "image/png", Alt: "A score"}}
	b.put(p)
	return p
}

// A post offers to be quoted, and works to be made a duet with, to those whom its author
// lets: the form says beforehand what will come of it.
func TestQuotesAndDuetsAreOfferedToThoseWhoMay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		b := writing(t, dialect)
		bob := b.account("bob", "two.example")
		bob.Followers, bob.Following = bob.URI+"/followers", bob.URI+"/following"
		b.put(bob)
		for _, c := range []struct {
			quote, duet models.QuotePolicy
			offers      []string // and what begins with ! is not offered
			told        []string // in the forms for a quote and a duet
		}{
			{models.QuotePublic, models.QuoteSame, []string{"?quote=", "?duet="}, []string{"", ""}},
			{models.QuotePublic, models.QuoteNobody, []string{"?quote=", "!?duet="}, []string{"", "does not let you make a duet"}},
			{models.QuoteNobody, models.QuotePublic, []string{"!?quote=", "?duet="}, []string{"does not let you quote", ""}},
			{models.QuotePublic, models.QuoteManual, []string{"?quote=", "?duet="}, []string{"", "is asked first"}},
			{models.QuoteManual, models.QuoteSame, []string{"?quote=", "?duet="}, []string{"is asked first", "is asked first"}},
		} {
			p := b.offered(bob, c.quote, c.duet)
			b.holds("the post", b.open("/@bob@two.example/"+p.ID.String()), 200, c.offers...)
			for i, kind := range []string{"quote", "duet"} {
				all := []string{"my song", "does not let you", "is asked first"}
				for j := 1; j < len(all); j++ {
					if c.told[i] == "" || !strings.HasPrefix(c.told[i], all[j]) {
						all[j] = "!" + all[j]
					}
				}
				b.holds(kind+" "+string(c.quote)+" "+string(c.duet), b.open("/compose?"+kind+"="+p.ID.String()), 200, append(all, c.told[i])...)
			}
		}
		words := b.post(bob, "<p>words alone</p>", models.VisPublic)
		words.Policy = &models.Policy{Quote: models.QuotePublic.Rule(bob)}
		b.put(words)
		b.holds("words", b.open("/@bob@two.example/"+words.ID.String()), 200, "?quote=", "!?duet=")
		b.holds("in French", b.open("/compose?duet="+b.offered(bob, models.QuoteManual, models.QuoteSame).ID.String()+"&lang=fr"), 200, "On demande d’abord l’accord", "Un duo avec")
	})
}

// What the forms for a quote and a duet send is asked of the author, and shown with how it
// stands; who may not is told so next to the quote.
func TestQuotingAndMakingADuetFromThePage(t *testing.T) {
	t.Parallel()
	b := writing(t, "sqlite")
	carol := b.account("carol", "")
	song := b.offered(carol, models.QuotePublic, models.QuoteManual)
	song.Local = true
	b.put(song)
	if w := b.send(form("kind", "quote", "status", "listen", "quoted_status_id", song.ID.String())); w.Code != 303 {
		t.Fatalf("a quote: %d %s", w.Code, w.Body)
	}
	b.holds("the quote", b.open("/@alice/"+b.last().ID.String()), 200, "listen", "my song")
	b.holds("a duet without a work", b.send(form("kind", "duet", "status", "la", "quoted_status_id", song.ID.String(), "derivation", "duet")), 422, "picture, a video or a sound", "la")
	if w := b.send(form("kind", "duet", "status", "la la", "quoted_status_id", song.ID.String(), "derivation", "duet"), "My voice"); w.Code != 303 {
		t.Fatalf("a duet: %d %s", w.Code, w.Body)
	}
	duet := b.last()
	b.holds("the duet, which waits", b.open("/@alice/"+duet.ID.String()), 200, "la la", "its author has not answered", "!my song")
	var asked []*models.Interaction
	b.must(b.db.Read(b.Context(), func(tx *store.Tx) (err error) {
		asked, err = store.Find[models.Interaction](tx, "post_id = ?", duet.ID)
		return err
	}))
	if len(asked) != 1 || asked[0].Derivation != models.Duet || asked[0].State != models.InteractPending {
		t.Fatalf("asked: %+v", asked)
	}
	asked[0].State = models.InteractAccepted
	b.put(asked[0])
	b.holds("the duet", b.open("/@alice/"+duet.ID.String()), 200, "A duet of Alice with Carol", "my song", "My voice")

	song.Policy = &models.Policy{Quote: models.QuoteNobody.Rule(carol), Duet: models.QuoteNobody.Rule(carol)}
	b.put(song)
	b.holds("a quote that may not be", b.send(form("kind", "quote", "status", "again", "quoted_status_id", song.ID.String())), 422, "does not let you quote", "again", `id="wrong-quote"`)
	b.holds("a duet that may not be", b.send(form("kind", "duet", "status", "again", "quoted_status_id", song.ID.String(), "derivation", "duet"), "x"), 422, "does not let you make a duet", "again")
	b.holds("a derivation of another kind", b.send(form("kind", "duet", "status", "again", "quoted_status_id", song.ID.String(), "derivation", "remix"), "x"), 422)
	for _, id := range []string{"1", "x", "..%2Fx"} {
		b.holds("a quote of nothing", b.open("/compose?quote="+id), 404)
		b.holds("a duet with nothing", b.open("/compose?duet="+id), 404)
	}
}
