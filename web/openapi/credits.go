package openapi

import "ensemble/models"

var person = []param{
	id("account_id", "Who, by ID."), str("acct", "Who, by handle. Whoever is not known here is looked up.").eg("bo@two.example"),
}

func credits() group {
	return group{"Credits", "Somebody is named under a post for a part in it, and is no author. They are asked, too.", []op{
		{call: "POST /statuses/:id/credits", title: "Ask somebody to be named under a post that is out", about: "It answers with the collab, in which the answer can be followed.",
			in:    join(person, []param{label("as").required()}, words),
			fails: fails{403: cannotAsk + " `not_initiator`: it is not my post.", 409: "`already_named`, `asked_before`, `asked_already`.", 422: "`no_label`, `bad_label`, `not_public`.", 503: away, 410: "`over`."}},
		{call: "GET /statuses/:id/credits", title: "Who is named under a post", about: "Whose consent stands; and for who wrote it, those who were asked, with what they answered.", in: words},
		{call: "GET /accounts/:id/credits", title: "The posts under which somebody is named", about: "Public ones; `coauthors` of each says for what.", paged: true, in: join(page(20, 40), posts, words)},
		{call: "GET /accounts/:id/collaborate", title: "Whether I may invite somebody", about: "`full`, `mention` (their server cannot answer), or `cannot`, with the reason.", in: words},
	}}
}

func confirmations() group {
	return group{"Confirmations", "A credit of somebody whose server cannot be asked: they confirm it by signing in there, from a link that is handed over to them. It is no stamp, and is not shown as one.", []op{
		{call: "POST /statuses/:id/confirmations", title: "Make such a link", about: "It is in the answer, and never again.",
			in:    join(person, []param{label("as")}, words),
			fails: fails{403: "`not_initiator`: it is not my post. `account_gone`, `blocked`, `server_blocked`.", 409: "`confirmed`, `asked_before`.", 422: "`not_public`, `is_poll`, `can_be_asked`, `bad_label`.", 429: "`too_many_links`.", 503: away}},
		{call: "GET /statuses/:id/confirmations", title: "Credits under a post that were confirmed by signing in", about: "For who asked, those that wait, too.", in: words},
		{call: "DELETE /statuses/:id/confirmations/:confirmation_id", title: "Take the asking back", about: "For who asked. Who confirmed takes it back on the page `url`.", in: words},
	}}
}

func claims() group {
	reason := []param{str("reason", "The claimant is told.").most(models.MaxClaimText).required().eg("I drew it myself; see the sketches.")}
	over := fails{403: "`not_owner`: that is for who published the post.", 409: "`claim_over`.", 410: "`no_post`, `account_gone`."}
	return group{"Claims", "“This is my work”: somebody claims a credit under another's post. Its owner answers; after 7 days of silence the moderators of the owner's server do.", []op{
		{call: "POST /claims", title: "Claim a credit",
			in: join([]param{
				id("status_id", "The post, by ID."), str("url", "Or by its address, which is looked for if it is not known here.").most(2000), label("as").required(),
				str("source", "A page that shows where the work is from.").most(models.MaxClaimSource).eg("https://bo.example/mugs"), str("text", "What is to be said of it.").most(models.MaxClaimText),
			}, words),
			fails: fails{403: "`no_support`: the owner's server does not know credits. `blocked`, `server_blocked`.", 404: "There is no such post.", 409: "`claimed_already`, `refused_before`, `already_named`.", 410: "`account_gone`.", 422: "`self`, `not_public`.", 429: "`too_many_claims`: 10 a day.", 503: away}},
		{call: "GET /claims", title: "List claims", about: "Those I made, and those about my posts.", paged: true,
			in: join([]param{
				str("role", "Those I made, or those about my posts. Without it: both.").one("claimant", "owner"),
				list(str("state", "In these states. Without it: in any.").one("sent", "delivered", "accepted", "refused", "withdrawn", "expired", "cancelled", "undeliverable")),
			}, page(20, 40), words)},
		{call: "GET /claims/:id", title: "One claim", about: "For its two alone, with all that happened to it in a chain of hashes.", in: words},
		{call: "POST /claims/:id/accept", title: "Accept a claim", about: "The credit is added, and nobody is asked again: a claim is the consent.", in: words, fails: over},
		{call: "POST /claims/:id/refuse", title: "Refuse a claim", in: join(reason, words), fails: over},
		{call: "POST /claims/:id/withdraw", title: "Withdraw a claim of mine", in: words, fails: fails{403: "`not_claimant`.", 409: "`claim_over`."}},
		{call: "GET /admin/claims", title: "Claims for the moderators", about: "Those whose owner was silent for 7 days: 200 at most.", in: join([]param{flag("all", "The decided ones, too.")}, words), fails: fails{403: noRole}},
		{call: "POST /admin/claims/:id/accept", title: "Accept it in the owner's place", in: join([]param{str("reason", "Both are told.").most(models.MaxClaimText)}, words), fails: decided},
		{call: "POST /admin/claims/:id/refuse", title: "Refuse it in the owner's place", in: join([]param{str("reason", "Both are told.").most(models.MaxClaimText).required().eg("The owner was silent, and the sketches are older.")}, words), fails: decided},
	}}
}

const noRole = "My role on this server does not allow it."

var decided = fails{403: noRole + " `own_claim`: nobody decides their own affair. `not_ours`.", 409: "`not_due`: the owner has time left. `claim_over`.", 410: "`no_post`."}

func quotes() group {
	pending := fails{409: "`not_pending`: it was answered already.", 410: "`deleted`, `gone`."}
	return group{"Quotes", "Who quotes a post, or makes a duet of it, asks its author; with consent comes a stamp, and it can be taken back.", []op{
		{call: "GET /quote_requests", title: "Who asks me", about: "And of whose request I got a copy, as a co-author.", paged: true, in: join(page(20, 40), posts, words)},
		{call: "POST /quote_requests/:id/accept", title: "Allow it", in: join(posts, words), fails: pending},
		{call: "POST /quote_requests/:id/reject", title: "Refuse it", in: join([]param{
			str("reason", "They are told. Without it, only that I do not agree."), str("reason_code", "The same for programs. It counts along with a reason alone."),
		}, posts, words), fails: pending},
		{call: "POST /quote_requests/:id/object", title: "Object as a co-author", about: "The first author decides, and sees it.", in: join([]param{str("reason", "Why.")}, posts, words),
			fails: fails{403: "I am no co-author of what is quoted.", 409: "`not_pending`."}},
		{call: "GET /statuses/:id/derivatives", title: "All that was made of a post of mine", paged: true, in: join(page(40, 80), posts, words)},
		{call: "POST /statuses/:id/derivatives/:derivative_id/detach", title: "Take the consent back", about: "With it go the credit and the picture of the original, wherever they are.", in: join(posts, words),
			fails: fails{409: "`not_accepted`.", 422: "`own_quote`."}},
	}}
}
