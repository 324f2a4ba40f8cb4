// Pictures, film and sound: pasted, dropped and converted while one writes; looked at large
// by keyboard, behind a cover, and beside the film that somebody answers with.
import { film, hand, png, tone } from "../files.mjs";

export default async function ({ servers, step, signIn, look, tab, until, ask }) {
	const picture = (name, width, height, colour) => ({ name, mimeType: "image/png", buffer: png(width, height, colour) });
	const call = (name, server, method, path, body) => ask({ do: "call", name, server, method, path, body }).then((r) => r.answer);
	const ada = await signIn("one", "ada", { path: "/compose" });
	const say = ada.getByLabel("Text", { exact: true });
	await ask({ do: "person", server: "two", name: "bo" });
	const { accounts: [far] } = await call("bo", "two", "GET", `/api/v2/search?type=accounts&resolve=true&q=@ada@${servers.one.domain}`);
	await call("bo", "two", "POST", `/api/v1/accounts/${far.id}/follow`);
	const publish = async (page) => {
		await page.locator("#send").click();
		await page.waitForURL(/\/home/);
	};
	const arrived = (text) => until(async () => (await call("bo", "two", "GET", "/api/v1/timelines/home")).list.find((s) => s.content.includes(text)));

	await step("files are pasted and dropped, and what is no file of those is refused in words", async () => {
		await say.fill("Two hills, twice");
		await hand(ada, "#status", "paste", picture("one.png", 640, 420, [240, 170, 90]));
		await ada.getByText("Without a description: 1 of 1").waitFor();
		await hand(ada, "#media", "drop", picture("two.png", 420, 560, [110, 170, 230]), picture("three.png", 500, 500, [150, 220, 150]));
		await ada.getByText("Without a description: 3 of 3").waitFor();
		await hand(ada, "#media", "drop", { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear Bo") });
		await ada.locator("#wrong-media").getByText(/letter\.txt/).waitFor();
		await look(ada, "pasted");
		for (const [i, alt] of ["Hills in orange", "Hills in blue, standing", "Hills in green"].entries()) await ada.locator(".shot textarea").nth(i).fill(alt);
		await publish(ada);
	});
	await step("a film is converted while one writes, and then published", async () => {
		await ada.goto("/compose");
		await say.fill("Two seconds of colour");
		const answer = ada.waitForResponse((r) => r.url().includes("/api/v2/media"));
		await ada.locator("#files").setInputFiles({ name: "bars.mp4", mimeType: "video/mp4", buffer: film() });
		if ((await answer).status() !== 202) throw new Error(`the film was answered ${(await answer).status()}`);
		await ada.locator(".shot textarea").fill("A test card, counting to two");
		await until(async () => (await ada.locator(".shot[data-id]").count()) === 1 && (await ada.locator(".shot[data-state]").count()) === 0);
		await ada.locator(".shot .view img").waitFor();
		await look(ada, "film");
		await publish(ada);
	});
	await step("sound, and what is sensitive", async () => {
		await ada.goto("/compose");
		await say.fill("A tone");
		await ada.locator("#files").setInputFiles({ name: "tone.mp3", mimeType: "audio/mpeg", buffer: tone() });
		await ada.locator(".shot textarea").fill("A low, even tone");
		await until(async () => (await ada.locator(".shot[data-id]").count()) === 1 && (await ada.locator(".shot[data-state]").count()) === 0);
		await publish(ada);
		await ada.goto("/compose");
		await say.fill("Not for everybody");
		await ada.locator("#files").setInputFiles(picture("cover.png", 600, 400, [230, 90, 120]));
		await ada.locator(".shot textarea").fill("Red hills");
		await ada.getByText("More choices").click();
		await ada.getByText("Hide the pictures until").click();
		await publish(ada);
		await ada.goto("/compose");
		await say.fill("The end of the film");
		await ada.getByText("Content warning").click();
		await ada.getByLabel("What to warn of").fill("Spoilers");
		await ada.locator("#files").setInputFiles(picture("end.png", 600, 400, [90, 90, 200]));
		await ada.locator(".shot textarea").fill("Hills at night");
		await publish(ada);
	});
	const bo = await step("all of it is shown on another server", async () => {
		await arrived("The end of the film");
		const page = await signIn("two", "bo", { path: "/home" });
		await page.getByText("Two hills, twice").waitFor();
		await look(page, "home");
		return page;
	});
	await step("pictures are looked at large, by keyboard", async () => {
		const post = bo.locator("article", { hasText: "Two hills, twice" });
		const first = post.locator("a[data-zoom]").first();
		await tab(bo, first);
		await bo.keyboard.press("Enter");
		const box = bo.locator("dialog.lightbox");
		await box.getByRole("img", { name: "Hills in orange" }).waitFor();
		await bo.keyboard.press("ArrowRight");
		await box.getByRole("img", { name: "Hills in blue, standing" }).waitFor();
		await bo.keyboard.press("ArrowLeft");
		await bo.keyboard.press("ArrowLeft");
		await box.getByRole("img", { name: "Hills in green" }).waitFor();
		await look(bo, "lightbox");
		await bo.keyboard.press("Escape");
		await box.waitFor({ state: "hidden" });
		if (!(await first.evaluate((e) => e === document.activeElement))) throw new Error("the focus is lost");
		const file = await first.evaluate(async (e) => (await fetch(e.href)).headers.get("content-type"));
		if (!file?.startsWith("image/")) throw new Error(`without a script the picture leads to ${file}`);
	});
	await step("a cover and a warning are opened by keyboard", async () => {
		const cover = bo.locator("article", { hasText: "Not for everybody" }).locator(".veil > summary");
		await tab(bo, cover);
		await bo.keyboard.press("Enter");
		await bo.getByRole("img", { name: "Red hills" }).waitFor();
		const warned = bo.locator("article", { hasText: "Spoilers" }).locator(".warned > summary");
		if (await bo.getByText("The end of the film").isVisible()) throw new Error("the warning covers nothing");
		await tab(bo, warned);
		await bo.keyboard.press("Enter");
		await bo.getByText("The end of the film").waitFor();
	});
	await step("a film is answered with a duet", async () => {
		const post = bo.locator("article", { hasText: "Two seconds of colour" });
		await post.locator(".menu > summary").click();
		await post.getByRole("link", { name: "Make a duet" }).click();
		await bo.getByText("A duet with").waitFor();
		await bo.getByLabel("Text", { exact: true }).fill("My two seconds");
		await bo.locator("#send").click();
		await bo.getByText("Add your part of the duet").waitFor();
		await bo.locator("#files").setInputFiles({ name: "mine.mp4", mimeType: "video/mp4", buffer: film() });
		await bo.locator(".shot textarea").fill("The same test card");
		await until(async () => (await bo.locator(".shot[data-id]").count()) === 1 && (await bo.locator(".shot[data-state]").count()) === 0);
		await look(bo, "duetting");
		await publish(bo);
		const mine = (await call("bo", "two", "GET", "/api/v1/timelines/home")).list.find((s) => s.content.includes("My two seconds"));
		await until(async () => (await call("bo", "two", "GET", `/api/v1/statuses/${mine.id}`)).quote.state === "accepted");
		await bo.goto(`/@bo/${mine.id}?lang=fr`);
		await bo.getByRole("button", { name: "Lire les deux" }).click();
		await bo.getByRole("button", { name: "Mettre en pause" }).waitFor();
		await look(bo, "duet-fr");
	});
}
