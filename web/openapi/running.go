package openapi

// running is what admins do about the server itself.
func running() group {
	noAdmin := fails{403: noRole}
	paused := fails{403: noRole, 404: "No such server is known here."}
	return group{"Running the server", "How the server does, and what is to be done about it: for admins and owners.", []op{
		{call: "GET /admin/destinations", title: "Servers that something waits for", about: "That with the oldest first, and those that an admin holds back.", in: join([]param{num("limit", "How many.").between(1, 500).def(100)}, words), fails: noAdmin},
		{call: "GET /admin/destinations/:host", title: "One of them, and what waits for it", in: join([]param{num("limit", "How many letters.").between(1, 100).def(20)}, words), fails: paused},
		{call: "POST /admin/destinations/:host/pause", title: "Hold back what is to be brought to a server", in: words, fails: paused},
		{call: "POST /admin/destinations/:host/resume", title: "Have it brought again, and at once", in: words, fails: paused},
		{call: "POST /admin/destinations/:host/retry", title: "Try everything again at once", in: words, fails: fails{403: noRole, 404: paused[404], 409: "`delivery_paused`."}},
		{call: "POST /admin/destinations/:host/drop", title: "Give up what waits for a server", about: "For good. Invitations among it count as not delivered.", in: words, fails: paused},
		{call: "GET /admin/trace", title: "Who confirmed what was said about a post", in: join([]param{str("of", "The post, by its ID or any of its addresses; also if it is gone.").required().eg("https://one.example/@ada/115823283514819002")}, words), fails: fails{403: noRole, 404: "There is no post with that ID."}},
	}}
}
