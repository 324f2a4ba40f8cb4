package openapi

import "ensemble/models"

// guests are who is asked.
var guests = []param{
	list(id("coauthor_ids", "Accounts to ask, by ID.")).items(models.MaxCoauthors),
	coauthors,
	list(str("roles", "What each of `coauthor_ids` and then of `coauthors` is to be, in that order.").one("coauthor", "credit")).items(models.MaxCoauthors),
	list(id("partner_ids", "Accounts that paid for it, by ID: credits as `sponsor`, which label the post as a paid partnership.")),
	list(str("partners", "The same by handle.")),
}

var coauthors = param{
	name: "coauthors", about: "Accounts to ask: handles, or objects. Whoever is not known here is looked up.",
	schema: schema{"type": "array", "maxItems": models.MaxCoauthors, "items": schema{"anyOf": []schema{
		{"type": "string", "description": "A handle, as in bo@two.example."},
		properties([]param{
			id("id", "The account, by ID."), id("account_id", "The same, under another name."), str("acct", "The account, by handle."),
			str("role", "An author, or somebody who is named and no author.").one("coauthor", "credit").def("coauthor"),
			label("as"),
		}),
	}}},
	example: []any{map[string]any{"acct": "bo@two.example", "role": "credit", "as": "illustration"}},
}

// label is what a credit is for.
func label(name string) param {
	return str(name, "What a credit is for: one word of small letters, such as `author`, `photo`, `illustration`, `music`, `video`, `text`, `translation`, `design`, `source`, `sponsor`.").
		like("^[a-z]*$").most(20).eg("illustration")
}

// text is what a post says.
func written(withPoll bool) []param {
	all := []param{
		str("status", "The text. With `spoiler_text` it has at most 5000 characters.").most(5000).eg("Two mugs, four hands."),
		str("spoiler_text", "A content warning."),
		of("sensitive", "boolean", "Files are hidden until somebody wants to see them. Without it: as the account has it, or as it was."),
		str("language", "ISO 639, or BCP 47. Without it: as the account has it, or as it was.").most(35).eg("en"),
		list(id("media_ids", "Files that were uploaded by POST /api/v2/media.")),
		object("poll", "A poll. It excludes files.",
			list(str("options", "The answers.").most(models.MaxPollTitle)).items(models.MaxPollOptions),
			num("expires_in", "For how many seconds it is open.").between(int(models.MinPollTime.Seconds()), int(models.MaxPollTime.Seconds())),
			flag("multiple", "More than one answer may be chosen."), flag("hide_totals", "How many chose what is shown at the end alone.")),
		str("visibility", "A post of several authors is open to everybody. Without it: as the account has it, or as it was.").one("public", "unlisted"),
	}
	return all
}

var terms = []param{
	str("quorum", "It is published when `all` accept, when `any` one does, or `now`, with names to follow.").one("all", "any", "now").def("all"),
	str("on_decline", "If somebody declines: give it up (`delete`), make it a draft again (`draft`), or publish it without them (`publish`).").one("delete", "draft", "publish").def("delete"),
	num("expires_in", "For how many seconds the invitations stand: 1 to 90 days.").between(86400, int(models.MaxOffer.Seconds())).def(int(models.DefaultOffer.Seconds())),
	str("moderation", "Who takes replies out of the thread: the `initiator`, or `all` authors.").one("initiator", "all").def("initiator"),
	flag("allow_copy", "A co-author may keep a copy if the initiator disappears."),
	when("scheduled_at", "Not to be published before: at least 5 minutes and at most 89 days from now, and before the invitations end."),
}

func collabs() group {
	return group{"Collabs", "A collab is a work that one person started and others are asked to sign. Nothing is public before the quorum that was chosen; each signature is a stamp on the signer's own server.", append(collabDesk(), collabActs()...)}
}

const cannotAsk = "`initiator_locked`: yours is a locked account. `no_support`: their server does not know posts of several authors; `ways` says what can be done. `policy_nobody`, `policy_following`, `policy_mutuals`, `never_again`, `blocked`, `server_blocked`, `account_gone`: they do not want it, or cannot. `rollout_nobody`, `rollout_not_yet`, `rollout_over`, `rollout_not_in_group`, `collabs_off`: nobody, or not you, starts one here now."

const away = "Another server, which has to be asked, does not answer."

func collabDesk() []op {
	return []op{
		{call: "GET /collabs", title: "List my collabs", paged: true, about: "Those I started, and those I was asked to join.",
			in: join([]param{
				list(str("state", "In these states. Without it: in any.").one("draft", "offered", "published", "revising", "discarded", "deleted")),
				str("role", "Those I started, or those I was asked to join. Without it: both.").one("initiator", "invitee"),
				flag("open", "Those alone that wait for me."),
			}, page(20, 40), words)},
		{call: "POST /collabs", title: "Ask others to sign a post", unable: true,
			about: "Everybody is asked at once, each by their own server. It answers with the collab; where nobody is left to ask (`unable=mention`), with the Status. POST /api/v1/statuses with `coauthor_ids` does the same, and answers 202.",
			in: join(written(true), guests, terms, []param{
				str("unable", "What to do about those whose servers cannot answer: without it all is refused, and with `mention` they are mentioned in the text.").one("mention"),
				id("in_reply_to_id", "A post of several authors is no reply: refused with `is_reply`."),
				id("quoted_status_id", "A post of several authors quotes none yet: refused with `not_built`."),
				str("derivation", "`duet`, along with `quoted_status_id`.").one("duet"),
				str("quote_approval_policy", "Who may quote the post. Without it: as the account has it.").one(policies...),
				str("duet_approval_policy", "Who may make a duet of the post. Without it: as the account has it.").one(policies...),
			}, words, posts),
			fails: fails{403: cannotAsk, 404: "One of those who are asked, or a file, is not to be found.", 422: "`too_many_coauthors`, `bad_expiry`, `bad_label`, `not_public`, `is_reply`, `not_built`, `too_soon`, `too_late`.", 503: away}},
		{call: "POST /preview", title: "See beforehand how a post will look",
			about:  "What POST /collabs, or POST /api/v1/statuses if nobody is named, would publish, by the eyes of others. It refuses what they would, keeps nothing, and asks nobody.",
			unable: true, in: join(written(true), guests, terms, []param{
				str("unable", "As in POST /collabs.").one("mention"),
				id("in_reply_to_id", "The post that it answers."), id("quoted_status_id", "The post that it quotes."),
				str("derivation", "`duet`, along with `quoted_status_id`.").one("duet"),
				str("quote_approval_policy", "Who may quote the post. Without it: as the account has it.").one(policies...),
				str("duet_approval_policy", "Who may make a duet of the post. Without it: as the account has it.").one(policies...),
			}, words),
			fails: fails{403: cannotAsk, 404: "One of those who are named, a file or a post is not to be found.", 422: "As POST /collabs, and `empty_post`, `too_long`, `too_many_files`, `poll_and_media`.", 503: away}},
		{call: "GET /collabs/:id", title: "Look at a collab", about: "The whole work as it is to be published, the terms, who was asked and what they answered, and in `can` what I can do now. To look at an invitation is to have seen it: who started it is told.",
			in: words, fails: fails{403: "`out_of_it`: I am no longer part of it."}},
		{call: "DELETE /collabs/:id", title: "Give a draft up", about: "For who started it. Invitations that are out are to be withdrawn before.",
			in: words, fails: fails{403: "`not_initiator`, `out_of_it`.", 409: "`is_offered`: withdraw the invitations first. `not_draft`: it is public, or over."}},
		{call: "GET /collabs/:id/preview", title: "See it by the eyes of others", about: "How a Mastodon and how an Ensemble will show the post, read off what either will be sent, and what is lost on the way.",
			in:    join([]param{flag("agreed", "With the names of those alone who agreed already.")}, words),
			fails: fails{403: "`out_of_it`.", 409: "There is no version to publish.", 410: "The text was deleted, or its author's account is not active."}},
		{call: "GET /collabs/:id/reach", title: "How far it went among my followers", about: "Numbers about my own followers: rounded down, made once a day, and none below `threshold`. Every author sees their own alone.",
			in: words, fails: fails{403: "`not_author`: only its authors are told. `out_of_it`.", 409: "`not_published`."}},
		{call: "GET /collabs/:id/versions", title: "The versions that I was shown", about: "The oldest first, in plain words, so that they can be compared. What was purged is left out.", fails: fails{403: "`out_of_it`."}},
		{call: "GET /collabs/:id/history", title: "Who did what, and when", about: "A chain of hashes: each entry holds that of the one before.", fails: fails{403: "`out_of_it`."}},
		{call: "GET /collabs/:id/history.json", title: "The same to keep", about: "With the last version that I agreed to, how a hash is made, and where the chain is broken (0: nowhere).", in: words, fails: fails{403: "`out_of_it`."}},
	}
}

// policies are who may do something without being asked each time.
var policies = []string{"public", "followers", "following", "mutuals", "manual", "nobody"}

const notStarter = "`not_initiator`: that is for who started it. `out_of_it`: I am no longer part of it."

const notAsked = "`is_initiator`: I started it, so there is no invitation for me to answer. `out_of_it`: I am no longer part of it."

const closed = "`not_open`: the invitation is answered, withdrawn or over."

func collabActs() []op {
	return []op{
		{call: "POST /collabs/:id/accept", title: "Accept", about: "My server makes a stamp of consent to exactly this text and these pictures.",
			in:    join([]param{flag("covers_edits", "Later versions that change no more than spelling need not ask me again.")}, words),
			fails: fails{403: notAsked, 409: closed + " `stale`: there is a newer version. `media_waiting`, `media_failed`: the pictures could not be shown to me yet, or at all.", 410: "`expired`, `discarded`: too late."}},
		{call: "POST /collabs/:id/decline", title: "Decline", about: "Without `confirm` nothing happens, and the error says in words what would.",
			in: join([]param{
				flag("confirm", "Really.").eg(true), flag("never_again", "Who asked cannot invite me again."), str("reason", "For who asked; nobody has to give one.").most(1000),
				str("answer", "To a credit alone: `as_coauthor` (invite me to be an author), `by_name_only` (name me in plain words), `do_not_name`, `not_mine`, `not_allowed` (this use of my work was not permitted).").one(models.CreditAsCoauthor, models.CreditByNameOnly, models.CreditDoNotName, models.CreditNotMine, models.CreditNotAllowed),
			}, words),
			fails: fails{403: notAsked, 409: "`confirm_needed`: what would happen. " + closed, 410: "`expired`, `discarded`: too late.", 422: "`not_a_credit`."}},
		{call: "POST /collabs/:id/suggest", title: "Ask for a change", about: "Who started it reads it beside my name. The invitation stays open.",
			in: join([]param{str("text", "Which change, in words.").most(1000).eg("Could the second picture come first?"), str("wording", "The whole text that I would agree to.")}, words), fails: fails{403: notAsked, 409: closed, 410: "`expired`, `discarded`: too late.", 422: "`no_wish`: neither says anything, or it is the text as it stands."}},
		{call: "POST /collabs/:id/leave", title: "Leave", about: "At once and for no reason: my stamp is taken back, and my name goes from the post wherever it is.",
			in: words, fails: fails{403: notAsked, 409: "`not_active`: I am no author of it (yet): decline it."}},
		{call: "POST /collabs/:id/withdraw", title: "Take the invitations back", about: "Nobody can accept any more; it is a draft again.", in: words,
			fails: fails{403: notStarter, 409: "`not_open`: no invitation is out."}},
		{call: "POST /collabs/:id/remove", title: "Take somebody out", about: "For who started it.",
			in: join([]param{id("account_id", "Whom.").required().eg("113210934285926401")}, words), fails: fails{403: notStarter, 404: "Nor if nobody of that ID is part of it.", 409: "`not_active`: they are not part of it any more."}},
		{call: "POST /collabs/:id/remind", title: "Remind somebody who has not answered", about: "For who started it, once a day at most, as `remind_from` of an invitee says. Their server tells them anew of the one request that there is.",
			in: join([]param{id("account_id", "Whom.").required().eg("113210934285926401")}, words), fails: fails{403: notStarter, 404: "Nor if nobody of that ID is part of it.",
				409: "`not_open`: no answer is awaited. `not_delivered`: the invitation is still on its way.", 429: "`reminded_lately`: within a day."}},
		{call: "POST /collabs/:id/invite", title: "Ask more people", about: "For who started it. Who was asked before and did not accept is asked by a new collab alone.", in: join(guests, words),
			fails: fails{403: notStarter + " " + cannotAsk, 409: "`asked_before`.", 410: "`over`.", 422: "`too_many_coauthors`, `bad_label`.", 503: away}},
		{call: "POST /collabs/:id/revise", title: "Make a new version", about: "What is not sent stays as it is. Everybody is asked anew, and until all have answered the old version is what everybody sees.",
			in: join(written(false), []param{
				objects("media_attributes", "New descriptions of pictures of mine.", id("id", "The picture."), str("description", "What is to be seen on it.").most(1500), str("focus", "The middle of its small form, from -1 to 1: x,y.").eg("0.5,-0.5")),
				when("scheduled_at", "Only a new post can be scheduled: refused with `not_scheduled`."),
			}, words),
			fails: fails{403: notStarter, 409: "A state in which there can be no new version.", 410: "`over`.", 422: "`no_change`, `not_public`, `not_scheduled`.", 503: away}},
		{call: "POST /collabs/:id/schedule", title: "Say when it is published", about: "For who started it, while nobody has seen it. Without a time it is published as soon as the quorum is there. Nobody is asked anew.",
			in:    join([]param{when("scheduled_at", "At least 5 minutes and at most 89 days from now, and before the invitations end.").eg("2026-02-01T08:00:00Z")}, words),
			fails: fails{403: notStarter, 409: "`not_pending`: it is public, or over.", 422: "`too_soon`, `too_late`."}},
		{call: "POST /collabs/:id/publish", title: "Publish a draft alone", about: "What became a draft again is published as a post of mine.", in: join(posts, words), fails: fails{403: notStarter, 409: "`not_draft`."}},
		{call: "POST /collabs/:id/hide", title: "Keep it off my profile", about: "It is not listed on my own page, and nowhere else changes anything.", in: words, fails: fails{403: "`out_of_it`.", 409: "`not_active`: I am no author of it."}},
		{call: "POST /collabs/:id/unhide", title: "List it on my profile again", in: words, fails: fails{403: "`out_of_it`.", 409: "`not_active`: I am no author of it."}},
		{call: "POST /collabs/:id/keep", title: "Keep a copy", about: "Where that was agreed (`allow_copy`) and who started it is gone. It answers with the copy, a post of mine.", in: join(posts, words), fails: fails{403: "`no_copy`, `out_of_it`.", 409: "`copied`: I have one already. `not_active`."}},
		{call: "POST /collabs/:id/replies/:status_id/remove", title: "Take a reply out of the thread", about: "For those who may moderate, as was agreed; where it is another server's thread, its initiator is asked to.", in: words,
			fails: fails{403: "`not_active`: I am no author of it. `out_of_it`.", 422: "`not_a_reply`."}},
	}
}
