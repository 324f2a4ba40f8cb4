package openapi

// settling is what who runs the server says of it, and by law.
func settling() group {
	no := fails{403: noRole}
	fact := func(name, about string) param { return str(name, about).most(300) }
	return group{"Settling what the server is", "How it is called, who may come, and its legal texts: for admins and owners. All of it holds at once, and is logged.", []op{
		{call: "GET /admin/settings", title: "What is settled", about: "With what the configuration fixes, and why nobody can sign up who otherwise might.", fails: no},
		{call: "PATCH /admin/settings", title: "Settle it anew", about: "What is given, and nothing else; \"\" takes a text back.", in: []param{
			str("title", "What the server is called.").most(60).eg("Our house"), str("description", "What it is for, as plain text.").most(500), str("contact_email", "The address of who runs it.").eg("contact@one.example"),
			str("contact_account", "The name of who answers for it; the first owner, if none is given."), str("thumbnail", "The address of its picture.").eg("https://one.example/house.png"),
			list(str("languages", "Languages of who runs it, as BCP 47 has them.")), str("registrations", "Who may sign up.").one("open", "approval", "invite", "closed"),
			flag("reason_required", "With approval, people say why they want an account."), num("min_age", "From which age, in years; 0 for any.").between(0, 99),
			str("registrations_message", "Why it is closed.").most(500), flag("staff_second_factor", "Those who look after the server need a second step. Who demands it has one."),
		}, fails: fails{403: noRole, 409: "`own_factor_first`.", 422: "`title_long`, `description_long`, `message_long`, `bad_contact`, `bad_contact_account`, `bad_thumbnail`, `bad_languages`, `bad_mode`, `bad_age`."}},
		{call: "GET /admin/legal", title: "The legal texts", about: "Terms and privacy, in English and French, with what still has to be filled in. Nobody can sign up before the terms are complete.", fails: no},
		{call: "PUT /admin/legal/:kind/:language", title: "Write one of them", about: "`terms` or `privacy`, in `en` or `fr`. What stands in `[[ ]]` is a blank; with one, the text is not shown.",
			in: []param{str("text", "With # headings, - lists, **strong** words and [links](https://…); \"\" takes it away.").most(60000)}, fails: fails{403: noRole, 404: "`no_such_text`.", 422: "`text_long`."}},
		{call: "POST /admin/legal/answers", title: "Fill in the blanks", about: "Of every text; one that nobody wrote begins as its template.", in: []param{
			fact("name", "Who runs the server.").eg("Association of Ada"), fact("address", "Their postal address."), fact("contact", "Their e-mail address."), fact("host", "Who keeps the machine, and where."),
			fact("law", "The country whose law holds."), fact("age", "From which age people may use it."), fact("backups", "How long backups are kept."),
		}, fails: fails{403: noRole, 422: "`fact_long`, `bad_contact`."}},
		{call: "POST /admin/test_mail", title: "Send a mail to myself", about: "At once, and not by the queue.", in: words, fails: fails{403: noRole, 503: "`no_mail`, `mail_not_taken`."}},
	}}
}
