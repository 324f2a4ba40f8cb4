// Server two stops; an admin of one sees in words what waits for it and why, holds it
// back, has it tried again once two is up, and traces who confirmed what.
export default async function ({ servers, step, signIn, look, tab, until, ask }) {
	const call = async (server, name, method, path, body) => (await ask({ do: "call", server, name, method, path, body })).answer;
	const two = servers.two.domain;
	await step("bo on two follows ada on one", async () => {
		await ask({ do: "person", server: "one", name: "ada" });
		await ask({ do: "person", server: "two", name: "bo" });
		const found = await call("two", "bo", "GET", `/api/v2/search?resolve=true&type=accounts&q=@ada@${servers.one.domain}`);
		await call("two", "bo", "POST", `/api/v1/accounts/${found.accounts[0].id}/follow`);
		await until(async () => (await call("one", "ada", "GET", "/api/v1/accounts/verify_credentials")).followers_count === 1);
	});
	const ruth = await step("an admin sees that nothing waits", async () => {
		const page = await signIn("one", "ruth", { role: "admin", path: "/admin/delivery" });
		await page.getByText("Nothing waits for another server").waitFor();
		await look(page, "nothing");
		return page;
	});
	const post = await step("two stops, and ada posts", async () => {
		await ask({ do: "stop", server: "two" });
		return call("one", "ada", "POST", "/api/v1/statuses", { status: "Are you there?" });
	});
	await step("the page says so in words, by itself", async () => {
		await ruth.getByRole("heading", { name: two }).waitFor();
		await ruth.getByText(/1 delivery waits since/).waitFor();
		await ruth.getByText(`${two} refused the connection`).first().waitFor();
		await ruth.getByText("Next try:").waitFor();
		await look(ruth, "waits");
	});
	await step("the one server in French, and its letters", async () => {
		const page = await signIn("one", "ruth", { lang: "fr", path: `/admin/delivery/${two}?lang=fr` });
		await page.getByText(`${two} a refusé la connexion`).first().waitFor();
		await page.getByRole("cell", { name: "Publication suivre" }).waitFor();
		await look(page, "one-server-fr");
		await page.context().close();
	});
	await step("she holds it back by keyboard", async () => {
		await tab(ruth, ruth.getByRole("button", { name: `Pause ${two}` }));
		await ruth.keyboard.press("Enter");
		await ruth.getByText("Nothing is sent to that server until you resume").waitFor();
		await look(ruth, "paused");
		await ruth.getByRole("button", { name: `Resume ${two}` }).click();
		await ruth.getByText("What waits is sent within seconds").waitFor();
	});
	await step("two starts, she tries now, and it drains", async () => {
		await ask({ do: "start", server: "two" });
		await ruth.goto("/admin/delivery");
		const retry = ruth.getByRole("button", { name: `Try now ${two}` });
		if (await retry.isVisible()) await retry.click();
		await ruth.getByText("Nothing waits for another server").waitFor({ timeout: 30000 });
		await until(async () => (await call("two", "bo", "GET", "/api/v1/timelines/home")).list.some((s) => s.content.includes("Are you there?")));
	});
	await step("the trace says who confirmed, and who did not hear of the end", async () => {
		await ruth.getByLabel("Address of a post").fill(post.url);
		await ruth.keyboard.press("Enter");
		await ruth.getByText("1 confirmed.").waitFor();
		await ask({ do: "stop", server: "two" });
		await call("one", "ada", "DELETE", `/api/v1/statuses/${post.id}`);
		await until(async () => {
			await ruth.reload();
			return ruth.getByText("Not reachable since").isVisible();
		});
		await look(ruth, "trace");
	});
	await step("she gives up what waits, and is told what that means first", async () => {
		await ruth.goto("/admin/delivery");
		await ruth.getByText("Give up…").click();
		await ruth.getByText("that server will never get it").waitFor();
		await look(ruth, "give-up");
		await ruth.getByRole("button", { name: "Give them up" }).click();
		await ruth.getByText("Given up. It is written in the log.").waitFor();
		await ask({ do: "start", server: "two" });
	});
}
