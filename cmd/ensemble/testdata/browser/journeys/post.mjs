// What a post can hold besides words, as somebody on another server reads it: polls, quotes
// with and without consent, link cards, emoji; and what filters make of it.
import { png } from "../files.mjs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default async function ({ servers, step, signIn, look, tab, until, ask }) {
	const call = (name, server, method, path, body) => ask({ do: "call", name, server, method, path, body }).then((r) => r.answer);
	const say = (status, more) => call("bo", "two", "POST", "/api/v1/statuses", { status, visibility: "public", ...more });
	const [ada] = await Promise.all([signIn("one", "ada", {})]);
	await ask({ do: "person", server: "two", name: "bo" });
	const { accounts: [bo] } = await call("ada", "one", "GET", `/api/v2/search?type=accounts&resolve=true&q=@bo@${servers.two.domain}`);
	await call("ada", "one", "POST", `/api/v1/accounts/${bo.id}/follow`);
	await until(async () => (await call("bo", "two", "GET", "/api/v1/accounts/verify_credentials")).followers_count === 1);
	await call("ada", "one", "POST", "/api/v1/statuses", { status: `What that server is: ${servers.two.origin}/about` }); // its card comes within ten seconds
	const article = (text) => ada.locator("article.post", { hasText: text }).first();
	const arrived = (text) => until(async () => (await call("ada", "one", "GET", "/api/v1/timelines/home")).list.find((s) => s.content.includes(text)));

	await step("a poll elsewhere is voted in by keyboard, and shows its results", async () => {
		const poll = { options: ["Celadon", "Tenmoku", "Shino"], expires_in: 86400 };
		const several = await say("Which glazes?", { poll: { ...poll, multiple: true } });
		await say("Which one glaze?", { poll });
		await arrived("Which one glaze?");
		await ada.goto("/home");
		const post = article("Which glazes?");
		await tab(ada, post.getByLabel("Celadon"));
		await ada.keyboard.press("Space");
		await tab(ada, post.getByLabel("Shino"));
		await ada.keyboard.press("Space");
		await look(ada, "voting");
		await tab(ada, post.getByRole("button", { name: "Vote" }));
		await ada.keyboard.press("Enter");
		await article("Which glazes?").getByText("your choice").first().waitFor();
		await article("Which one glaze?").getByLabel("Tenmoku").check();
		await article("Which one glaze?").getByRole("button", { name: "Vote" }).click();
		await article("Which one glaze?").getByText("your choice").waitFor();
		await until(async () => {
			const { options } = (await call("bo", "two", "GET", `/api/v1/statuses/${several.id}`)).poll;
			return options.map((o) => o.votes_count).join() === "1,0,1";
		});
		await look(ada, "voted");
	});
	await step("a quote waits for consent, appears with it, and goes when it is taken back", async () => {
		const asked = await say("Ask me before you quote this.", { quote_approval_policy: "manual" });
		await arrived("Ask me before");
		await ada.goto("/home");
		await article("Ask me before").locator(".menu > summary").click();
		await article("Ask me before").getByRole("link", { name: "Quote" }).click();
		await ada.getByText("Its author is asked first").waitFor();
		await look(ada, "quoting");
		await ada.getByLabel("Text", { exact: true }).fill("Listen to Bo:");
		await ada.locator("#send").click();
		await ada.waitForURL(/\/home/);
		await article("Listen to Bo:").getByText("its author has not answered").waitFor();
		const his = await signIn("two", "bo", { path: "/requests" });
		await his.getByRole("button", { name: "Allow it" }).first().click();
		await his.getByText("You allowed it.").waitFor();
		await until(async () => {
			await ada.goto("/home");
			return article("Listen to Bo:").locator("blockquote", { hasText: "Ask me before" }).isVisible();
		});
		await look(ada, "quoted");
		await his.goto(`/derivatives/${asked.id}`);
		await his.locator('details.sure > summary').click();
		await his.locator("form[action$='/detach'] button").first().click();
		await his.getByText("It is detached.").waitFor();
		await until(async () => {
			await ada.goto("/home?lang=fr");
			return article("Listen to Bo:").getByText("son auteur est revenu sur son accord").isVisible();
		});
		await ada.goto("/home?lang=en");
		await his.context().close();
	});
	await step("an emoji is left at a post, and reaches its author", async () => {
		const post = article("Ask me before");
		await tab(ada, post.locator(".menu > summary"));
		await ada.keyboard.press("Enter");
		await tab(ada, post.getByRole("button", { name: "🎉" }));
		await look(ada, "reacting");
		await ada.keyboard.press("Enter");
		await post.getByRole("button", { name: "🎉 1", pressed: true }).waitFor();
		await until(async () => (await call("bo", "two", "GET", "/api/v1/timelines/home")).list.some((s) => s.reactions[0]?.name === "🎉"));
		await look(ada, "reacted");
		await article("Ask me before").getByRole("button", { name: "🎉 1" }).click();
		await until(async () => (await article("Ask me before").locator(".reactions").count()) === 0);
	});
	await step("emoji, a link card, and what filters cover and hide", async () => {
		const file = join(await mkdtemp(join(tmpdir(), "emoji-")), "blob.png");
		await writeFile(file, png(64, 64, [240, 200, 80]));
		await ask({ do: "run", server: "two", args: ["emoji", "add", "blob", file] });
		for (const [title, action] of [["Cats", "blur"], ["Dogs", "hide"], ["Birds", "warn"]]) {
			await ada.goto("/settings/filters");
			await ada.getByLabel("Name of the filter").fill(title);
			await ada.getByLabel("Word or phrase").fill(title.toLowerCase());
			await ada.getByLabel("What happens", { exact: true }).selectOption(action);
			await ada.getByRole("button", { name: "Add the filter" }).click();
			await ada.getByRole("button", { name: `Remove ${title}` }).waitFor();
		}
		await look(ada, "filters");
		const picture = await signIn("two", "bo", { path: "/compose" });
		await picture.getByLabel("Text", { exact: true }).fill("All my cats");
		await picture.locator("#files").setInputFiles({ name: "cats.png", mimeType: "image/png", buffer: png(600, 400, [200, 120, 220]) });
		await picture.locator(".shot textarea").fill("Cats on a hill");
		await picture.locator("#send").click();
		await picture.waitForURL(/\/home/);
		await say("All my dogs");
		await say("All my birds");
		await say("Soft as a :blob: today");
		await arrived("Soft as");
		await until(async () => (await call("ada", "one", "GET", "/api/v1/timelines/home")).list.some((s) => s.card));
		await ada.goto("/home");
		await article("Soft as a").getByRole("img", { name: ":blob:" }).waitFor();
		await article("What that server is").locator(".link-card").waitFor();
		await ada.getByText("Filtered: Birds").waitFor();
		await article("All my cats").getByText("Filtered: Cats").waitFor();
		if (await ada.getByText("All my dogs").count()) throw new Error("what is to be hidden is shown");
		if (await ada.getByText("All my birds").isVisible()) throw new Error("what is to be covered is shown");
		await look(ada, "home");
		await article("All my cats").getByText("Filtered: Cats").click();
		await ada.getByRole("img", { name: "Cats on a hill" }).waitFor();
		await ada.goto("/home?lang=fr");
		await look(ada, "home-fr");
	});
}
