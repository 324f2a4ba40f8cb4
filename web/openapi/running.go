package openapi

// running is what admins do about the server itself.
func running() group {
	noAdmin := fails{403: noRole}
	paused := fails{403: noRole, 404: "No such server is known here."}
	return group{"Running the server", "How the server does, and what is to be done about it: for admins and owners.", []op{
		{call: "GET /admin/dashboard", title: "How the server does", about: "People, posts and collabs in numbers alone, other servers, and the machine.", fails: noAdmin},
		{call: "GET /admin/series", title: "How the server did, over time", about: "How old and how long its queues were, its memory and its storage: the worst of each step. They are measured every five minutes and kept for two weeks.",
			in: join([]param{str("span", "How far back.").one("day", "week", "fortnight").eg("day")}), fails: fails{403: noRole, 422: "There is no such span."}},
		{call: "GET /admin/checks", title: "Whether everything is as it should be", about: "What `ensemble doctor` says: name, certificate, clock, keys, mail, storage, and whether peers find the server. It takes some seconds.", in: join([]param{str("only", "Look at one thing alone.").one("mail", "media")}, words), fails: noAdmin},
		{call: "GET /admin/backups", title: "The backups there are", about: "Whether they would bring everything back, and when the next one is made. No call gives a backup away: it holds the keys of everybody here.", fails: noAdmin},
		{call: "POST /admin/backups", title: "Have one made at once", about: "It is made beside everything else, and then tried out: `state` says how far it is.", fails: fails{403: noRole, 409: "`backup_busy`."}},
		{call: "PUT /admin/backups/plan", title: "When they are made by themselves", in: join([]param{num("hour", "Of each day, in UTC; without it never.").between(0, 23).eg(3), num("keep", "How many of them are kept.").between(1, 90).def(7)}), fails: fails{403: noRole, 422: "`backup_hour` or `backup_keep`."}},
		{call: "POST /admin/backups/:id/check", title: "Have one tried out again", about: "All of it is read, its database is brought back where nobody looks, and rows are counted.", fails: fails{403: noRole, 404: "There is no such backup.", 409: "`backup_busy` or `backup_absent`."}},
		{call: "DELETE /admin/backups/:id", title: "Delete one", about: "Its file goes for good.", fails: fails{403: noRole, 404: "There is no such backup.", 409: "`backup_busy`."}},
		{call: "GET /admin/cache", title: "Copies of other servers' files", about: "How much room they take and may take, and what would go if it were less.", in: join([]param{num("most", "Another limit, in bytes, to see what it would drop.").eg(536870912)}), fails: fails{403: noRole, 404: "`no_cache`: none are kept.", 422: "`cache_limit`."}},
		{call: "PUT /admin/cache", title: "Change how much room they may take", about: "At once. Without a number, what is configured holds again. It is logged.", in: join([]param{num("most", "In bytes, from a MiB to 100 TiB.").eg(536870912)}), fails: fails{403: noRole, 404: "`no_cache`.", 422: "`cache_limit`."}},
		{call: "GET /admin/rollout", title: "Who may start posts of several authors", about: "The rule, what became of the test in numbers, and who changed what.", in: words, fails: noAdmin},
		{call: "PUT /admin/rollout", title: "Change that", about: "All of the rule anew. Everybody may be invited and accept, whatever it says. It is logged.",
			in: join([]param{
				str("scope", "Who.").required().one("everyone", "some", "nobody").eg("some"), list(str("roles", "For `some`: these roles.").one("user", "pilot", "moderator", "admin", "owner")),
				list(str("accounts", "These accounts, whatever else is said.")), list(str("countries", "Who chose one of these countries, as in FR.")), num("percent", "So many of a hundred accounts, always the same ones.").between(0, 100),
				str("from", "Not before.").eg("2026-11-01"), str("to", "Not after.").eg("2026-12-01"), str("end", "What happens then: nobody starts new ones, or everybody may.").one("close", "open"),
			}, words), fails: fails{403: noRole, 422: "`no_condition`."}},
		{call: "POST /admin/rollout/off", title: "Switch posts of several authors off", about: "Each becomes its first author's, boosted by the others. For 30 days that can be undone.", in: words, fails: fails{403: noRole, 409: "`is_off`."}},
		{call: "POST /admin/rollout/on", title: "Switch them on again", about: "Within the 30 days, with the names and stamps they had.", in: words, fails: fails{403: noRole, 409: "`is_on`."}},
		{call: "GET /admin/destinations", title: "Servers that something waits for", about: "That with the oldest first, and those that an admin holds back.", in: join([]param{num("limit", "How many.").between(1, 500).def(100)}, words), fails: noAdmin},
		{call: "GET /admin/destinations/:host", title: "One of them, and what waits for it", in: join([]param{num("limit", "How many letters.").between(1, 100).def(20)}, words), fails: paused},
		{call: "POST /admin/destinations/:host/pause", title: "Hold back what is to be brought to a server", in: words, fails: paused},
		{call: "POST /admin/destinations/:host/resume", title: "Have it brought again, and at once", in: words, fails: paused},
		{call: "POST /admin/destinations/:host/retry", title: "Try everything again at once", in: words, fails: fails{403: noRole, 404: paused[404], 409: "`delivery_paused`."}},
		{call: "POST /admin/destinations/:host/drop", title: "Give up what waits for a server", about: "For good. Invitations among it count as not delivered.", in: words, fails: paused},
		{call: "GET /admin/trace", title: "Who confirmed what was said about a post", in: join([]param{str("of", "The post, by its ID or any of its addresses; also if it is gone.").required().eg("https://one.example/@ada/115823283514819002")}, words), fails: fails{403: noRole, 404: "There is no post with that ID."}},
	}}
}
