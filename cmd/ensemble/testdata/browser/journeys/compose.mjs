// Somebody writes: with pictures, a warning and a poll, for later, and together with
// somebody on another server; with the keyboard alone, in French, and without scripts.
import { png } from "../files.mjs";

export default async function ({ servers, step, signIn, look, tab, until, shots }) {
	const files = [
		{ name: "kiln.png", mimeType: "image/png", buffer: png(640, 420, [240, 170, 90]) },
		{ name: "mugs.png", mimeType: "image/png", buffer: png(420, 560, [110, 170, 230]) },
	];
	// api asks the API as whoever is signed in with page.
	const api = (page, path, method = "GET") => page.evaluate(async ([path, method]) => (await fetch(`/session${path}`, { method })).json(), [path, method]);
	const ada = await signIn("one", "ada", { path: "/compose" });
	const say = ada.getByLabel("Text", { exact: true });

	await step("an empty page", async () => {
		await ada.getByText("5,000 characters left").waitFor();
		await look(ada, "empty");
	});
	await step("pictures, their words and the point that stays in view", async () => {
		await say.fill("The kiln was opened this morning.\nTwo mugs survived #clay");
		await ada.locator("#files").setInputFiles(files);
		await ada.getByText("Without a description: 2 of 2").waitFor();
		await ada.locator(".shot textarea").first().fill("A kiln in the evening sun");
		await ada.getByText("Without a description: 1 of 2").waitFor();
		const dot = ada.locator(".dot").nth(1);
		await tab(ada, dot);
		await ada.keyboard.press("ArrowUp");
		await ada.keyboard.press("ArrowRight");
		await ada.getByRole("button", { name: /55 % from the left, 45 % from the top/ }).waitFor();
		await ada.getByText("Content warning").click();
		await ada.getByLabel("What to warn of").fill("Dust");
		await look(ada, "pictures");
	});
	await step("what is typed is kept on this device", async () => {
		await ada.getByText(/Draft kept on this device/).waitFor();
		await ada.reload();
		await ada.getByText(/This is your draft/).waitFor();
		await ada.getByText("Without a description: 1 of 2").waitFor();
		if (!(await say.inputValue()).includes("kiln")) throw new Error("the words are lost");
	});
	await step("a preview as others will see it", async () => {
		await ada.locator(".shot textarea").nth(1).fill("Two mugs, one blue");
		await ada.getByRole("button", { name: "Preview" }).last().click();
		await ada.getByRole("heading", { name: "How it will look" }).waitFor();
		await look(ada, "preview");
	});
	await step("Ctrl+Enter publishes", async () => {
		await say.focus();
		await ada.keyboard.press("Control+Enter");
		await ada.waitForURL(/\/home/);
		const [post] = await api(ada, "/api/v1/timelines/home");
		const [one, two] = post.media_attachments;
		if (one.description !== "A kiln in the evening sun" || two.description !== "Two mugs, one blue" || two.meta.focus.x !== 0.1) throw new Error(JSON.stringify(post.media_attachments));
		if (post.spoiler_text !== "Dust") throw new Error(post.spoiler_text);
		await ada.goto("/compose");
		if ((await say.inputValue()) !== "") throw new Error("the draft is still there");
	});
	await step("a poll by keyboard, for later", async () => {
		await say.focus();
		await ada.keyboard.type("Which glaze?");
		await tab(ada, ada.locator("[data-part=poll] > summary"));
		await ada.keyboard.press("Enter");
		await tab(ada, ada.locator("#option0"));
		await ada.keyboard.type("Celadon");
		await ada.keyboard.press("Tab");
		await ada.keyboard.type("Celadon");
		await tab(ada, ada.locator("[data-part=when] > summary"));
		await ada.keyboard.press("Enter");
		await ada.getByText("Europe/Paris").waitFor();
		await ada.getByLabel("Date and time").fill("2031-05-06T18:00");
		await tab(ada, ada.getByRole("button", { name: "Schedule", exact: true }));
		await ada.keyboard.press("Enter");
		await ada.getByText("Two options of this poll are the same").waitFor();
		await look(ada, "refused");
		await ada.locator("#option1").fill("Tenmoku");
		await ada.getByRole("button", { name: "Schedule", exact: true }).click();
		await ada.waitForURL(/\/drafts/);
		await ada.getByText("Which glaze?").waitFor();
		const [waits] = await api(ada, "/api/v1/scheduled_statuses");
		if (!waits.scheduled_at.startsWith("2031-05-06T16:00")) throw new Error(waits.scheduled_at);
	});
	await step("an invitation to another server says beforehand what it can do", async () => {
		const bo = await signIn("two", "bo");
		const { accounts: [ada2] } = await api(bo, `/api/v2/search?type=accounts&resolve=true&q=@ada@${servers.one.domain}`);
		await ada.goto("/compose");
		await say.fill("Our first drop: forty mugs, two pairs of hands.");
		await ada.locator("#files").setInputFiles(files.slice(1));
		await ada.locator(".shot textarea").fill("Two mugs, one blue");
		await ada.getByText("Invite collaborators").click();
		const find = ada.getByRole("combobox", { name: "Search for people" });
		await find.fill(`@bo@${servers.two.domain}`);
		await ada.getByRole("option").getByText("Cannot be invited").waitFor();
		await look(ada, "cannot");
		await api(bo, `/api/v1/accounts/${ada2.id}/follow`, "POST");
		await until(async () => (await api(ada, "/api/v1/accounts/verify_credentials")).followers_count === 1);
		await find.fill(`@bo@${servers.two.domain} `);
		await ada.getByRole("option").getByText("Full collaboration").waitFor();
		await ada.keyboard.press("Enter");
		await ada.locator(".invitee.full").waitFor();
		await ada.getByRole("button", { name: "Preview" }).last().click();
		await ada.getByText("On Mastodon").waitFor();
		await ada.locator(".content.plain").getByText(/With @bo/).waitFor();
		await look(ada, "together");
		await ada.getByRole("button", { name: "Send the invitations" }).click();
		await ada.waitForURL(/\/collabs\/\d+/);
		const work = await until(async () => (await api(bo, "/api/ensemble/v1/collabs"))[0]);
		if (work.role !== "coauthor" || work.on_decline !== "delete") throw new Error(JSON.stringify(work));
		await ada.goto("/drafts");
		await ada.getByText("As soon as the others agree", { exact: true }).waitFor();
		await look(ada, "drafts");
	});
	await step("people are completed while one writes", async () => {
		await ada.goto("/compose");
		await say.pressSequentially("Well done, @bo");
		await ada.getByRole("option").getByText(`@bo@${servers.two.domain}`).waitFor();
		await ada.keyboard.press("Enter");
		if ((await say.inputValue()) !== `Well done, @bo@${servers.two.domain} `) throw new Error(await say.inputValue());
	});
	await step("in French", async () => {
		const fr = await signIn("one", "ada", { lang: "fr", path: `/compose?with=bo@${servers.two.domain}&text=Bonjour&lang=fr` });
		await fr.getByText("Collaboration complète").waitFor();
		await look(fr, "french");
		await fr.goto("/drafts?lang=fr");
		await look(fr, "drafts-french");
		await fr.context().close();
	});
	await step("without scripts", async () => {
		const plain = await signIn("one", "ada", { javaScriptEnabled: false, path: "/compose" });
		const shoot = (what) => plain.screenshot({ path: `${shots}/plain-${what}.png`, fullPage: true });
		await shoot("empty");
		await plain.getByLabel("Text", { exact: true }).fill("Without a script");
		await plain.locator("summary").getByText("Add pictures, video or sound").click();
		await plain.getByLabel("File 1", { exact: true }).setInputFiles(files[0]);
		await plain.getByLabel("Description of file 1").fill("A kiln");
		await plain.getByText("Invite collaborators").click();
		await plain.getByLabel("Handle").first().fill(`@bo@${servers.two.domain}`);
		await plain.locator("#send").click();
		await plain.getByText("Nothing was sent yet").waitFor();
		await plain.getByText("Full collaboration").waitFor();
		await shoot("check");
		await plain.locator("#send").click();
		await plain.waitForURL(/\/collabs\/\d+/);
		await plain.context().close();
	});
}
