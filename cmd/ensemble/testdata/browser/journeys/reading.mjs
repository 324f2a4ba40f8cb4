// Somebody finds a person on another server, follows her, and reads what she writes as it
// arrives; answers, likes, and is told of what others do.
export default async function ({ servers, step, visit, signIn, look, tab, until, ask }) {
	const bo = `@bo@${servers.two.domain}`;
	await ask({ do: "person", server: "two", name: "bo" });
	const call = (name, server, method, path, body) => ask({ do: "call", name, server, method, path, body }).then((r) => r.answer);
	let his;
	const ada = await step("an empty home says what to do next", async () => {
		const page = await signIn("one", "ada", {});
		await look(page, "home-empty");
		return page;
	});
	await step("somebody elsewhere is found by handle, and followed by keyboard", async () => {
		await ada.goto("/search");
		await ada.locator("#q").fill(bo);
		await ada.keyboard.press("Enter");
		await tab(ada, ada.locator(`article a[href="/${bo}"]`).first());
		await look(ada, "search");
		await ada.keyboard.press("Enter");
		const follow = ada.getByRole("button", { name: "Follow", exact: true });
		await follow.waitFor();
		await tab(ada, follow);
		await ada.keyboard.press("Enter");
		await ada.getByText(/you follow them|request sent/).waitFor();
		await until(async () => {
			await ada.goto(`/${bo}`);
			return ada.getByText("you follow them").isVisible();
		});
		await look(ada, "profile");
	});
	await step("what arrives waits, and moves nothing", async () => {
		for (let i = 0; i < 12; i++) await call("ada", "one", "POST", "/api/v1/statuses", { status: `Note ${i}: what I saw today, in a few words.`, visibility: "unlisted" });
		await ada.goto("/home");
		const third = ada.locator("article.post").nth(4);
		await third.scrollIntoViewIfNeeded();
		await third.evaluate((e) => e.scrollIntoView({ block: "start" }));
		const place = () => ada.evaluate(() => Math.round(scrollY));
		const [before, from] = [(await third.boundingBox()).y, await place()];
		if (from < 100) throw new Error("there is nothing to scroll");
		his = await call("bo", "two", "POST", "/api/v1/statuses", { status: "Good morning from the other side #cats", visibility: "public" });
		const button = ada.getByRole("button", { name: "1 new post" });
		await button.waitFor();
		const after = (await third.boundingBox()).y;
		if (Math.abs(after - before) > 1) throw new Error(`what is read moved by ${after - before} px`);
		if ((await place()) !== from) throw new Error(`the page was scrolled from ${from} to ${await place()}`);
		await ada.evaluate(() => scrollTo(0, 0));
		await look(ada, "arrival");
		await button.click();
		await ada.locator("article.fresh", { hasText: "Good morning" }).waitFor();
		if (await ada.locator("article.fresh").count() !== 1) throw new Error("more was put in than is new");
	});
	await step("a like does not load the page again, and the thread is read", async () => {
		const post = ada.locator("article.fresh");
		const like = post.getByRole("button", { name: "Favourite" });
		await tab(ada, like);
		await ada.keyboard.press("Enter");
		await until(async () => (await like.getAttribute("aria-pressed")) === "true");
		const id = await post.getAttribute("data-post");
		await call("ada", "one", "POST", "/api/v1/statuses", { status: `${bo} Good morning! How is the light?`, in_reply_to_id: id, visibility: "public" });
		await post.locator(".when a").click();
		await ada.getByRole("heading", { name: "1 reply" }).waitFor();
		await ada.getByText("How is the light?").waitFor();
		await look(ada, "thread");
	});
	await step("an edit and a deletion are shown where they happen", async () => {
		await call("bo", "two", "PUT", `/api/v1/statuses/${his.id}`, { status: "Good evening from the other side #cats" });
		await ada.getByText("Good evening from the").waitFor();
		await ada.locator("article.large .told a").first().click();
		await ada.locator("ins", { hasText: "evening" }).waitFor();
		await look(ada, "versions");
		await ada.goBack();
		await ada.locator("article.large").waitFor();
		await call("bo", "two", "DELETE", `/api/v1/statuses/${his.id}`);
		await ada.getByText("This post was deleted.").first().waitFor();
	});
	await step("notifications are counted as they come, and read in French too", async () => {
		await call("ada", "one", "POST", "/api/v1/statuses", { status: `${bo} Shall we write something together?`, visibility: "public" });
		const about = await until(async () => (await call("bo", "two", "GET", "/api/v1/notifications")).list.find((n) => n.status?.content.includes("together")));
		await ada.goto("/local");
		await call("bo", "two", "POST", `/api/v1/statuses/${about.status.id}/favourite`);
		await call("bo", "two", "POST", "/api/v1/statuses", { status: `@ada@${servers.one.domain} Gladly.`, in_reply_to_id: about.status.id, visibility: "public" });
		await until(async () => (await call("ada", "one", "GET", "/api/v1/notifications")).list.length > 1, 60);
		await ada.locator(".main-nav a[href='/notifications'] .count").waitFor();
		await ada.goto("/notifications");
		await ada.getByText("Gladly.").waitFor();
		await look(ada, "notifications");
		await until(async () => (await ada.locator(".main-nav a[href='/notifications'] .count").count()) === 0);
		const french = await signIn("two", "bo", { lang: "fr", path: "/notifications?lang=fr" });
		await look(french, "notifications-fr");
		await french.goto(`/@ada@${servers.one.domain}?lang=fr`);
		await look(french, "profile-fr");
		await french.goto(`/statuses/${about.status.id}`);
		await french.goto(`${new URL(french.url()).pathname}?lang=fr`);
		await look(french, "thread-fr");
	});
}
