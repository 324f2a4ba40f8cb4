package wire

import (
	"reflect"
	"testing"

	"ensemble/models"
)

func approvalOf(kind models.InteractionKind) *models.Approval {
	return &models.Approval{URI: "https://a.example/users/alice/authorizations/1", Kind: kind, Account: alice, Object: bob + "/notes/9", Target: work1}
}

// interactions adds what is said of asking and answering.
func interactions(act func(models.Verb, models.Object) *models.Activity, all map[string]*models.Activity) {
	quoting := &models.Note{
		URI: "https://a.example/users/alice/notes/9", Type: "Note", Author: alice, To: []models.IRI{models.Public},
		Content: "<p>Look</p>", Quote: bob + "/notes/1", Published: at(0),
	}
	all["quote_request"] = act(models.QuoteRequest, models.Ref(quoting.Quote))
	all["quote_request"].Instrument = models.Object{URI: quoting.URI, Type: "Note", Owner: alice, Note: quoting}
	all["reply_request"] = act(models.ReplyRequest, models.Ref(quoting.Quote))
	all["reply_request"].Instrument = models.Ref(quoting.URI)
	like := nested(models.LikeVerb, alice, quoting.Quote)
	all["like_request"] = act(models.LikeRequest, models.Ref(quoting.Quote))
	all["like_request"].Instrument = models.Object{URI: like.URI, Type: "Like", Activity: like}
	all["announce_request"] = act(models.AnnounceRequest, models.Ref(quoting.Quote))
	all["announce_request"].Instrument = models.Ref(alice + "/boosts/1")
	asked := &models.Activity{
		URI: bob + "/requests/1", Verb: models.QuoteRequest, Actor: bob, Object: models.Ref(work1), Instrument: models.Ref(bob + "/notes/9"),
	}
	all["accept_quote"] = act(models.Accept, models.Object{URI: asked.URI, Type: string(models.QuoteRequest), Activity: asked})
	all["accept_quote"].Result = "https://a.example/users/alice/authorizations/1"
	all["like_approved"] = act(models.LikeVerb, models.Ref(quoting.Quote))
	all["like_approved"].Stamp = bob + "/likes/1"
	all["delete_quote_authorization"] = act(models.Delete, models.Object{
		URI: alice + "/authorizations/1", Type: "QuoteAuthorization", Owner: alice, Approval: &models.Approval{
			URI: alice + "/authorizations/1", Kind: models.InteractQuote, Account: alice, Object: bob + "/notes/9", Target: work1,
		},
	})
}

func TestApprovalsAreRead(t *testing.T) {
	for _, kind := range []models.InteractionKind{models.InteractQuote, models.InteractReply, models.InteractLike, models.InteractAnnounce} {
		body, err := EncodeApproval(approvalOf(kind))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeApproval(body); err != nil || !reflect.DeepEqual(got, approvalOf(kind)) {
			t.Errorf("%s: got %+v, %v", kind, got, err)
		}
	}
	for name, want := range map[string]models.InteractionKind{"mastodon_quote_authorization": models.InteractQuote, "gotosocial_reply_authorization": models.InteractReply, "gotosocial_old_accept": ""} {
		a, err := DecodeApproval(readFile(t, "approvals/"+name+".json"))
		if err != nil || a.Kind != want || a.Object == "" || a.Account == "" {
			t.Errorf("%s: got %+v, %v", name, a, err)
		}
	}
	for _, bad := range []string{
		`{"id":"https://a.example/1","type":"QuoteAuthorization","attributedTo":"https://a.example/u","interactingObject":"https://b.example/1"}`,
		`{"id":"https://a.example/1","type":"QuoteAuthorization","attributedTo":["https://a.example/u","https://a.example/v"],"interactingObject":"https://b.example/1","interactionTarget":"https://a.example/2"}`,
		`{"id":"https://a.example/1","type":"QuoteAuthorization","attributedTo":"https://a.example/u","interactingObject":["https://b.example/1","https://b.example/2"],"interactionTarget":"https://a.example/2"}`,
		`{"id":"https://a.example/1","type":"Note","attributedTo":"https://a.example/u","interactingObject":"https://b.example/1","interactionTarget":"https://a.example/2"}`,
	} {
		if a, err := DecodeApproval([]byte(bad)); models.KindOf(err) != models.Invalid {
			t.Errorf("%s reads %+v, %v", bad, a, err)
		}
	}
}

// How peers say quotes and policies, in words.
func TestInteractionTraits(t *testing.T) {
	read, check := traits(t)
	n := read("mastodon_quote_create").Object.Note
	check(n.Quote == work1 && !n.Legacy && n.QuoteStamp != "", "Mastodon's quote comes with its stamp")
	check(n.Policy.Quote != nil && len(n.Policy.Quote.Automatic) == 1 && n.Policy.Reply == nil, "Mastodon has a rule for quotes alone")
	n = read("misskey_create").Object.Note
	check(n.Legacy && n.Policy == nil, "Misskey's quote is from before consent")
	n = read("fedify_quote_create").Object.Note
	check(n.Quote == work1 && n.Legacy, "a Link among the tags is a quote")
	g := read("gotosocial_policy_create").Object.Note
	check(len(g.Policy.Reply.Automatic) == 2 && g.Policy.Reply.Manual[0] == models.Public && !g.Policy.Old, "GoToSocial's rules are read")
	old := read("gotosocial_old_policy_create").Object.Note
	check(old.Policy.Old && old.Policy.Reply.Manual[0] == models.Public && old.Policy.Announce == nil, "and those of before")
	q := read("mastodon_quote_request")
	check(q.Verb == models.QuoteRequest && q.Object.URI == work1 && q.Instrument.URI != "", "Mastodon asks")
	r := read("gotosocial_reply_request")
	check(r.Instrument.Note != nil && r.Instrument.Note.InReplyTo == work1, "GoToSocial shows the reply")
	acc := read("mastodon_accept_quote")
	check(acc.Result != "" && acc.Object.Activity != nil && acc.Object.Activity.Verb == models.QuoteRequest, "Mastodon's Accept gives a stamp")
	check(read("mastodon_delete_quote_authorization").Object.Approval != nil, "Mastodon's Delete shows the stamp")
}
