package openapi

import "ensemble/models"

// looked is about looking after the server, where Mastodon has no word for it.
var looked = table{
	{"GET", "/api/ensemble/v1/admin/accounts/:", "Ensemble::Dossier"},
	{"POST", "/api/ensemble/v1/admin/accounts/:/notes", "Ensemble::ModerationNote"},
	{"GET", "/api/ensemble/v1/admin/reports/:/notes", "Ensemble::ModerationNote[]"},
	{"DELETE", "/api/ensemble/v1/admin/notes/:", "Empty"},
	{"PUT", "/api/ensemble/v1/admin/accounts/:/features/:", "Ensemble::Dossier"},
	{"DELETE", "/api/ensemble/v1/admin/accounts/:/features/:", "Ensemble::Dossier"},
	{"PUT", "/api/ensemble/v1/admin/accounts/:/role", "Ensemble::Dossier"},
	{"POST", "/api/ensemble/v1/admin/accounts/:/reset_password", "Ensemble::Dossier"},
	{"POST", "/api/ensemble/v1/admin/accounts/:/end_second_factor", "Ensemble::Dossier"},
	{"GET", "/api/ensemble/v1/admin/waiting", "Ensemble::Counts"},
	{"GET", "/api/ensemble/v1/admin/roles", "Ensemble::RolePermissions[]"},
	{"GET", "/api/ensemble/v1/admin/log", "Ensemble::Act[]"},
	{"GET", "/api/ensemble/v1/transparency", "Ensemble::Tally[]"},
	{"GET", "/api/ensemble/v1/me/warnings", "Ensemble::Warning[]"},
	{"GET", "/api/ensemble/v1/me/warnings/:", "Ensemble::Warning"},
	{"POST", "/api/ensemble/v1/me/warnings/:/appeal", "Ensemble::Warning"},
	{"GET", "/api/ensemble/v1/admin/appeals", "Ensemble::AdminAppeal[]"},
	{"POST", "/api/ensemble/v1/admin/appeals/:/approve", "Ensemble::AdminAppeal"},
	{"POST", "/api/ensemble/v1/admin/appeals/:/reject", "Ensemble::AdminAppeal"},
	{"POST", "/api/ensemble/v1/admin/domain_blocks/preview", "Ensemble::BlockPreview"},
	{"GET", "/api/ensemble/v1/admin/domain_blocks/export", "File"},
	{"POST", "/api/ensemble/v1/admin/domain_blocks/import", "Ensemble::ListMerge"},
	{"GET", "/api/ensemble/v1/admin/domain_lists", "Ensemble::DomainList[]"},
	{"POST", "/api/ensemble/v1/admin/domain_lists", "Ensemble::DomainList"},
	{"DELETE", "/api/ensemble/v1/admin/domain_lists/:", "Ensemble::Effects"},
	{"PUT", "/api/ensemble/v1/admin/rules", "Rule[]"},
	{"GET", "/api/ensemble/v1/admin/announcements", "Announcement[]"},
	{"GET", "/api/ensemble/v1/admin/emojis", "Ensemble::AdminEmoji[]"},
	{"POST", "/api/ensemble/v1/admin/emojis", "Ensemble::AdminEmoji"},
	{"PATCH", "/api/ensemble/v1/admin/emojis/:", "Ensemble::AdminEmoji"},
	{"DELETE", "/api/ensemble/v1/admin/emojis/:", "Empty"},
	{"POST", "/api/ensemble/v1/admin/emojis/:/copy", "Ensemble::AdminEmoji"},
	{"GET", "/api/ensemble/v1/admin/settings", "Ensemble::Settings"},
	{"PATCH", "/api/ensemble/v1/admin/settings", "Ensemble::Settings"},
	{"GET", "/api/ensemble/v1/admin/legal", "Ensemble::LegalText[]"},
	{"PUT", "/api/ensemble/v1/admin/legal/:/:", "Ensemble::LegalText[]"},
	{"POST", "/api/ensemble/v1/admin/legal/answers", "Ensemble::LegalText[]"},
	{"POST", "/api/ensemble/v1/admin/test_mail", "Ensemble::Sent"},
}

// noted is the line that a moderator adds.
func noted(about string) param { return str("text", about).most(1000) }

func judging() group {
	no := fails{403: noRole}
	about := "Why. It is told to who it is about, and stands in the log."
	return group{"Moderating", "What those do who judge, and what people say to it.", []op{
		{call: "GET /me/warnings", title: "What moderators did to me", about: "The latest first."},
		{call: "GET /me/warnings/:id", title: "One of those, with my appeal"},
		{call: "POST /me/warnings/:id/appeal", title: "Appeal against it", about: "Once, within 180 days. Moderators read it and answer.",
			in: []param{str("text", "Why it is wrong.").most(1000).required()}, fails: fails{409: "`appeal_again`, `appeal_late`, `appeal_undone`.", 422: "`appeal_empty`, `appeal_long`."}},
		{call: "GET /admin/appeals", title: "Appeals that wait", in: []param{flag("all", "Those that were decided, too.")}, fails: no},
		{call: "POST /admin/appeals/:id/approve", title: "Grant an appeal", about: "What was done is taken back.", in: []param{noted("The answer.")}, fails: fails{403: noRole, 409: "`appeal_decided`."}},
		{call: "POST /admin/appeals/:id/reject", title: "Turn an appeal down", in: []param{noted("The answer.")}, fails: fails{403: noRole, 409: "`appeal_decided`."}},
		{call: "GET /admin/accounts/:id", title: "What is known of an account", about: "Notes, warnings and reports are shown to those alone who judge.", fails: no},
		{call: "POST /admin/accounts/:id/notes", title: "Write a note for other moderators", in: []param{str("text", "The note.").most(models.MaxReportHeard).required(), id("report_id", "The report because of which it is written.")},
			fails: fails{403: noRole, 422: "`note_empty`."}},
		{call: "DELETE /admin/notes/:id", title: "Delete a note of mine", fails: no},
		{call: "GET /admin/reports/:id/notes", title: "Notes at a report", fails: no},
		{call: "PUT /admin/accounts/:id/features/:feature", title: "Shut somebody out of a feature", about: "`collabs`, `claims` or `reports`. What they did with it stays.", in: []param{noted(about)}, fails: no},
		{call: "DELETE /admin/accounts/:id/features/:feature", title: "Let them in again", in: []param{noted("Why, for the log.")}, fails: no},
		{call: "PUT /admin/accounts/:id/role", title: "Give somebody a role", about: "To those below oneself, and none above one's own.",
			in: []param{str("role", "The role.").one("user", "pilot", "support", "finance", "moderator", "admin", "owner").required()}, fails: fails{403: noRole + " `own_role`, `role_above`."}},
		{call: "POST /admin/accounts/:id/reset_password", title: "Send somebody a way to a new password", fails: fails{403: noRole, 409: "`not_active`.", 422: "`no_address`.", 503: "`no_mail`."}},
		{call: "POST /admin/accounts/:id/end_second_factor", title: "End the second step of who lost it", about: "A password alone signs them in then; they are told, and all that was signed in is signed out.",
			in: []param{noted("Why, for the log.")}, fails: fails{403: noRole, 409: "`totp_off`."}},
		{call: "GET /admin/waiting", title: "How much waits for moderators", about: "Open reports, appeals, sign-ups whose address is confirmed, and claims whose owner was silent.", fails: no},
		{call: "GET /admin/roles", title: "Which role may do what", fails: no},
		{call: "GET /admin/log", title: "What was done, by whom", about: "The moderation log, the latest first.", paged: true,
			in: join([]param{str("what", "A code, such as `account_suspended`."), str("who", "The name of who did it."), str("about", "A domain, an address, or a number."), id("account_id", "Whom it was done to.")}, page(40, 200)), fails: no},
		{call: "POST /admin/domain_blocks/preview", title: "What a rule for a server would do", about: "Nothing is changed.", in: []param{
			str("domain", "The domain; all below it are meant.").required().eg("two.example"), str("severity", "What is done.").one("suspend", "silence", "noop").def("suspend"),
			flag("reject_media", "Link none of its pictures."), flag("reject_reports", "Take none of its reports."), flag("lift", "What the end of the rule would do."),
		}, fails: no},
		{call: "GET /admin/domain_blocks/export", title: "All rules, as Mastodon writes them", file: "text/csv", also: fails{200: "A CSV file."}, fails: no},
		{call: "POST /admin/domain_blocks/import", title: "Take rules over", about: "If one line makes no sense, nothing is taken.",
			in: []param{upload("data", "The CSV file, or its text.").required(), flag("dry_run", "Only say what it would do.")}, fails: fails{403: noRole, 422: "`empty_list`, `import_malformed`."}},
		{call: "GET /admin/domain_lists", title: "Lists of rules that are taken over every day", fails: no},
		{call: "POST /admin/domain_lists", title: "Subscribe to a list", in: []param{str("url", "Its address.").required().eg("https://list.example/blocks.csv")}, fails: fails{403: noRole, 409: "It is subscribed to already."}},
		{call: "DELETE /admin/domain_lists/:id", title: "Subscribe no more", in: []param{flag("lift", "Lift the rules that came by it.")}, fails: no},
	}}
}

func house() group {
	no := fails{403: noRole}
	category := str("category", "Under which it stands in pickers.").most(models.MaxEmojiCategory)
	picture := fails{403: noRole, 422: "`bad_shortcode`, `not_a_picture`, `emoji_ours`.", 503: "`emoji_away`."}
	return group{"The house", "Its rules, its emoji, and what it announces.", []op{
		{call: "PUT /admin/rules", title: "Set the rules of the server", about: "All of them, in their order. A rule keeps its number whatever becomes of its words and its place; that of a rule which is left out is nobody's again.",
			in: []param{objects("rules", "The rules.", str("id", "The number of a rule that is there already. Without one, the rule of the same text, or a new one."), str("text", "The rule, in a line.").required(), str("french", "The same in French."))}, fails: fails{403: noRole, 422: "`rule_empty`, `rule_long`, `rules_many`, `rule_gone`, `rule_twice`."}},
		{call: "GET /admin/announcements", title: "Announcements, those that are over, too", fails: no},
		{call: "GET /admin/emojis", title: "Custom emoji", paged: true, in: join([]param{flag("remote", "Those of other servers."), str("q", "How the shortcode begins.")}, page(100, 200)), fails: no},
		{call: "POST /admin/emojis", title: "Add an emoji", about: "It takes the place of one that is called so.", in: []param{str("shortcode", "What stands between the colons.").required().eg("mug"), category, upload("image", "A still picture of at most 256 KiB.").required()}, fails: picture},
		{call: "POST /admin/emojis/:id/copy", title: "Copy another server's emoji", in: []param{str("shortcode", "Another shortcode than there."), category}, fails: picture},
		{call: "PATCH /admin/emojis/:id", title: "Change an emoji of ours", in: []param{category, flag("disabled", "Nobody can write it any more; what was written stays.")}, fails: fails{403: noRole, 422: "`emoji_theirs`."}},
		{call: "DELETE /admin/emojis/:id", title: "Delete an emoji of ours", about: "What was written with it shows its shortcode.", fails: fails{403: noRole, 422: "`emoji_theirs`."}},
	}}
}
