// A stranger without an account reads, and is led to their own server.
export default async function ({ step, visit, look, ask, signIn, tab, servers }) {
	await ask({ do: "person", server: "one", name: "ada" });
	const post = await step("ada writes", async () => {
		const { answer } = await ask({
			do: "call", server: "one", name: "ada", method: "POST", path: "/api/v1/statuses",
			body: { status: "The first drawing of our atelier. Come and see how ink and water meet on Thursday! #ink", visibility: "public" },
		});
		return answer;
	});
	for (const [lang, width] of [["en", 1280], ["fr", 360]]) {
		await step(`the pages for everybody in ${lang}`, async () => {
			const page = await visit("one", "/", { lang, width });
			await look(page, `front-${lang}`);
			for (const [path, name] of [["/about", "about"], ["/@ada", "profile"], [new URL(post.url).pathname, "post"], ["/about/rollout", "rollout"], ["/nothing", "nothing"]]) {
				await page.goto(path);
				await look(page, `${name}-${lang}`);
			}
		});
	}
	await step("nothing on them needs a script", async () => {
		const page = await visit("one", new URL(post.url).pathname, { javaScriptEnabled: false });
		await page.getByText("Reply or share from your server").click();
		await page.getByLabel("Your handle").waitFor();
	});
	await step("from there to one's own server, by keyboard", async () => {
		const bo = await signIn("two", "bo", { path: "" });
		await bo.goto(servers.one.origin + "/@ada");
		const door = bo.locator("details.door > summary");
		await tab(bo, door);
		await bo.keyboard.press("Enter");
		await look(bo, "door");
		await tab(bo, bo.getByLabel("Your handle"));
		await bo.keyboard.type(`@bo@${servers.two.domain}`);
		const arrival = bo.waitForRequest((r) => r.url().startsWith(servers.two.origin + "/authorize_interaction?uri="));
		await bo.keyboard.press("Enter");
		await arrival;
		await bo.waitForURL((u) => u.pathname.startsWith("/@ada"));
	});
}
