package openapi

import "ensemble/models"

func me() group {
	return group{"Me", "What I chose, and who acts for me.", []op{
		{call: "GET /capabilities", title: "What I may do here", about: "And if not, why: whether posts of several authors are on, and whether I may start and receive them.", in: words},
		{call: "GET /requests/count", title: "How much waits for my answer", about: "Invitations, wishes for a change, requests to be quoted, and claims."},
		{call: "GET /me/collaborate", title: "Who may invite me"},
		{call: "PUT /me/collaborate", title: "Choose who may invite me", in: []param{str("policy", "`following`: people I follow.").one("everyone", "following", "mutuals", "nobody").required().eg("mutuals")}},
		{call: "PUT /me/country", title: "Say where I live", about: "It is shown to nobody, and decides only which tests I am part of.",
			in: join([]param{str("country", "Two letters (ISO 3166), or nothing to take it back.").like("^([A-Za-z]{2})?$").eg("FR")}, words)},
		{call: "GET /me/language", title: "In which language this server speaks to me"},
		{call: "PUT /me/language", title: "Choose that language", in: []param{str("locale", "Of pages and mail.").one("en", "fr").required().eg("fr")}},
		{call: "GET /me/mail", title: "What this server writes to me"},
		{call: "PUT /me/mail", title: "Choose what, and how often", about: "What is not sent stays as it is. The rest is for moderators alone.",
			in: []param{str("digest", "How often I am told by mail what waits for my answer.").one("weekly", "daily", "off").eg("daily"), flag("reports", "I am told of new reports."),
				flag("appeals", "I am told of appeals."), flag("sign_ups", "I am told who asks for an account.")},
			fails: fails{403: "`not_staff`."}},
		{call: "GET /me/sessions", title: "Browsers that are signed in"},
		{call: "DELETE /me/sessions", title: "Sign all browsers out"},
		{call: "DELETE /me/sessions/:id", title: "Sign one browser out"},
		{call: "GET /me/apps", title: "Apps that may act for me"},
		{call: "DELETE /me/apps/:id", title: "An app may no longer act for me", about: "All its tokens end at once."},
		{call: "GET /deletions", title: "What became of what I deleted", about: "What I deleted or took back in the last 30 days, and which servers confirmed that they heard it. That a server confirms does not prove that it deletes; only that it cannot say it never knew.",
			paged: true, in: join(page(20, 40), words)},
	}}
}

// secrets prove that it is me who asks, and not a program that has my token.
func secrets(code bool) []param {
	all := []param{str("password", "My password.").required().eg("correct horse battery")}
	if code {
		all = append(all, secondStep)
	}
	return all
}

var secondStep = str("code", "Where codes are asked for: the six digits of the moment, or a recovery code.").eg("123456")

func security() group {
	wrong, tries := "`wrong_password`, `wrong_code`.", "`too_many_tries`: wait a quarter of an hour."
	return group{"Security", "How I sign in. A token alone changes none of it: that takes the password, and a code where codes are asked for.", []op{
		{call: "GET /me/security", title: "How I sign in"},
		{call: "POST /me/totp", title: "Begin to be asked for codes", about: "The secret for an app that makes them. It counts once the first code was right.", in: secrets(false),
			fails: fails{403: wrong, 409: "`totp_on`.", 429: tries}},
		{call: "POST /me/totp/confirm", title: "The first code", about: "The answer has recovery codes, which are shown once.", in: []param{str("code", "Six digits.").required().eg("123456")},
			fails: fails{403: "`wrong_code`.", 409: "`totp_not_begun`, `totp_on`.", 429: tries}},
		{call: "DELETE /me/totp", title: "Be asked for codes no longer", in: secrets(true), fails: fails{403: wrong, 409: "`totp_off`.", 429: tries}},
		{call: "POST /me/recovery_codes", title: "New recovery codes", about: "The old ones end. They are shown once.", in: secrets(true), fails: fails{403: wrong, 409: "`totp_off`.", 429: tries}},
		{call: "POST /me/passkeys/options", title: "Begin to add a passkey", about: "`publicKey` is for `navigator.credentials.create`, with bytes in base64url.", in: secrets(true), fails: fails{403: wrong, 429: tries}},
		{call: "POST /me/passkeys", title: "Add it", about: "As JSON. With a first passkey come recovery codes, which are shown once.",
			in:    []param{str("handle", "As the options had it.").required().eg("k4qxvwjp2mzt3abc"), str("name", "What I call it.").most(60).eg("My phone"), object("credential", "What `navigator.credentials.create` gave, with bytes in base64url.").required().eg(map[string]any{"id": "AQIDBA", "type": "public-key"})},
			fails: fails{403: "`bad_passkey`."}},
		{call: "PUT /me/passkeys/:id", title: "Give a passkey another name", in: []param{str("name", "What I call it.").most(60).eg("My phone")}},
		{call: "DELETE /me/passkeys/:id", title: "Take a passkey away", in: secrets(true), fails: fails{403: wrong, 429: tries}},
		{call: "PUT /me/password", title: "Choose another password", about: "All browsers and apps are signed out but the one that asks.",
			in:    append(secrets(true), str("new_password", "8 to 256 characters.").most(256).with("minLength", 8).required().eg("correct horse battery staple")),
			fails: fails{403: wrong, 429: tries}},
		{call: "POST /me/email", title: "Have mail sent to another address", about: "A letter with a link goes there, and it counts once the link was opened.",
			in:    append(secrets(true), str("email", "The new address.").with("format", "email").required().eg("bo@example.org")),
			fails: fails{403: wrong, 429: tries + " `too_many_links`.", 503: "`no_mail`: this server sends no mail."}},
		{call: "DELETE /me/email", title: "Keep the old address", about: "The link in the letter counts no more.", fails: fails{404: "No new address waits."}},
		{call: "POST /me/delete", title: "Delete my account", about: "For good, here and at every server that hears of it.", in: append(secrets(true), flag("confirm", "Really: nobody can undo it.").required().eg(true)),
			fails: fails{403: wrong, 422: "`confirm`: nothing was deleted.", 429: tries}},
	}}
}

func transfer() group {
	ops := []op{
		{call: "GET /imports", title: "Imports, the newest first"},
		{call: "POST /imports", title: "Bring a list along", about: "A CSV file as Mastodon writes it. It is worked off in the background. At most 8 MiB.",
			in: []param{
				str("type", "What the file lists.").one("following", "blocking", "muting", "domain_blocking", "lists", "bookmarks").required().eg("following"),
				str("mode", "Add to what is here, or put it in the place of that.").one("merge", "overwrite").def("merge"),
				upload("data", "The file, or its text.").required(),
			},
			fails: fails{422: "`import_type`, `import_mode`, `import_malformed`, `import_empty`, `import_too_long`.", 429: "`too_many_imports`: wait until one is finished."}},
		{call: "POST /imports/posts", title: "Bring posts along", about: "An archive as Mastodon or this server makes it, of at most 1 GiB. Its posts become copies here, on the days on which they were written; nobody is told.",
			in: []param{
				str("visibility", "The most that they are open. What was closed stays closed.").one("public", "unlisted", "private", "direct").def("private"),
				upload("data", "The archive.").required(),
			},
			fails: fails{403: "This server takes no uploads.", 422: "`import_malformed`, `import_empty`, `import_too_long`.", 429: "`too_many_imports`: wait until one is finished."}},
		{call: "GET /imports/:id", title: "How far an import is"},
		{call: "GET /imports/:id/failures", title: "Which lines came to nothing, and why", in: join([]param{num("after", "Only what is below this line of the file.").def(0), limited(100, 1000)}, words)},
		{call: "POST /imports/:id/stop", title: "Stop an import", about: "What was done stays."},
		{call: "GET /archives", title: "Archives of mine, the newest first"},
		{call: "POST /archives", title: "Have an archive made", about: "Everything I have here in one file. It is ready after a while, and can be fetched for some days.", fails: fails{429: "`archive_lately`: one a day."}},
		{call: "GET /archives/:id", title: "How far it is"},
		{call: "DELETE /archives/:id", title: "Throw an archive away"},
		{call: "GET /archives/:id/file", title: "The archive itself", file: "application/zip", about: "For its owner alone. Ranges are served (RFC 9110 §14).",
			also: fails{200: "A zip file.", 206: "The part that `Range` asked for.", 304: "It is what `If-Modified-Since` speaks of."}, fails: fails{416: "There is no such part."}},
	}
	for _, e := range [][2]string{
		{"following", "Whom I follow"}, {"blocks", "Whom I block"}, {"mutes", "Whom I mute"}, {"domain_blocks", "Which servers I block"}, {"lists", "My lists"}, {"bookmarks", "My bookmarks"},
	} {
		ops = append(ops, op{call: "GET /exports/" + e[0] + ".csv", title: e[1] + ", to take along", about: "As Mastodon writes it.", file: "text/csv", also: fails{200: "A CSV file."}})
	}
	return group{"Taking along", "What one decided and said, brought from another server or taken to it.", ops}
}

func admin() group {
	announced := []param{
		str("text", "What is announced.").most(models.MaxAnnouncement).eg("Maintenance on Sunday."),
		when("starts_at", "When what is announced starts. Empty: never mind."), when("ends_at", "When it ends, and is no longer shown. Empty: never mind."), of("all_day", "boolean", "Whole days: the hours do not count."),
	}
	return group{"Looking after the server", "For those whose role allows it.", []op{
		{call: "POST /admin/announcements", title: "Announce something", in: announced, fails: fails{403: noRole}},
		{call: "PUT /admin/announcements/:id", title: "Change an announcement", about: "What is not sent stays.", in: announced, fails: fails{403: noRole}},
		{call: "DELETE /admin/announcements/:id", title: "Take an announcement away", fails: fails{403: noRole}},
		{call: "GET /admin/invites", title: "Invitations to sign up", paged: true, in: page(100, 200), fails: fails{403: noRole}},
		{call: "POST /admin/invites", title: "Make one",
			in:    []param{num("max_uses", "How many may sign up with it. 0: any number.").between(0, 10000).def(0), num("expires_in", "For how many seconds it is good. Without it: for good.").with("minimum", 1).eg(604800)},
			fails: fails{403: noRole}},
		{call: "DELETE /admin/invites/:id", title: "Revoke one", fails: fails{403: noRole}},
	}}
}

func server() group {
	return group{"This server", "What anybody may know.", []op{
		{call: "GET /rollout", title: "Whether posts of several authors are being tried out", about: "On whom, from when to when, and what happens at the end. By feature.", in: words},
		{call: "GET /transparency", title: "How much there was to moderate", about: "By quarter, the latest first: reports, appeals, and what was done, as the moderation log counts it. `domain_blocks` is null where this server does not show whom it blocks."},
		{call: "GET /openapi.json", title: "This document", about: "OpenAPI 3.1. It may be kept for an hour.", also: fails{304: "It is what `If-None-Match` speaks of."},
			in: []param{str("If-None-Match", "The `ETag` of what one has.").in("header")}},
	}}
}
