package wire

import (
	"testing"

	"ensemble/models"
)

func claimOf() *models.ClaimDocument {
	return &models.ClaimDocument{
		URI: "https://a.example/claims/1", Account: alice, Object: "https://b.example/users/bob/notes/1",
		Label: models.CreditIllustration, Source: "https://portfolio.example/7", Words: "From my series <Mugs>.",
	}
}

// claimed adds credit claims and their answers to what is said.
func claimed(act func(models.Verb, models.Object) *models.Activity, all map[string]*models.Activity) {
	c := claimOf()
	offer := act(models.OfferVerb, models.Object{URI: c.URI, Type: typeClaim, Owner: alice, Claim: c})
	offer.Target, offer.Ends = models.Ref(bob), at(0)
	seen := act(models.TentativeAccept, models.Ref("https://b.example/activities/1"))
	seen.Code, seen.Reason = models.ClaimByModerators, "The moderators see it."
	yes := act(models.Accept, models.Ref("https://b.example/activities/1"))
	yes.Code = models.ClaimByModerators
	all["offer_claim"], all["tentative_claim"], all["accept_claim"] = offer, seen, yes
}

// A claim without a claimant, a post or a name, or with two of them, is none.
func TestClaimsThatAreNone(t *testing.T) {
	const whole = `"id":"https://a.example/claims/1","attributedTo":"https://a.example/users/alice","interactingObject":"https://b.example/1"`
	for name, members := range map[string]string{
		"whole":         whole,
		"no id":         `"attributedTo":"https://a.example/users/alice","interactingObject":"https://b.example/1"`,
		"no claimant":   `"id":"https://a.example/claims/1","interactingObject":"https://b.example/1"`,
		"two claimants": `"id":"https://a.example/claims/1","attributedTo":["https://a.example/users/alice","https://a.example/users/eve"],"interactingObject":"https://b.example/1"`,
		"no post":       `"id":"https://a.example/claims/1","attributedTo":"https://a.example/users/alice"`,
		"two posts":     `"id":"https://a.example/claims/1","attributedTo":"https://a.example/users/alice","interactingObject":["https://b.example/1","https://b.example/2"]`,
	} {
		raw := `{"id":"https://a.example/activities/1","type":"Offer","actor":"https://a.example/users/alice","object":{"type":"CreditClaim","creditedAs":"photo","url":"javascript:alert(1)",` + members + `}}`
		a, err := Decode([]byte(raw))
		if want := map[bool]string{true: "", false: "bad_claim"}[name == "whole"]; models.CodeOf(err) != want {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		if err == nil && (a.Object.Claim == nil || a.Object.Claim.Source != "") {
			t.Errorf("%s: read as %+v", name, a.Object.Claim)
		}
	}
}
