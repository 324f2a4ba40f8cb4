import { join } from "node:path";
import { writeFile } from "node:fs/promises";

// A stranger without an account reads, and is led to their own server.
export default async function ({ step, visit, look, ask, signIn, tab, servers, shots }) {
	const call = async (name, method, path, body) => (await ask({ do: "call", server: "one", name, method, path, body })).answer;
	for (const name of ["ada", "cleo"]) await ask({ do: "person", server: "one", name });
	const [post, joint] = await step("ada writes, cleo answers, and both publish something together", async () => {
		const post = await call("ada", "POST", "/api/v1/statuses", {
			status: "The first drawing of our atelier. Come and see how ink and water meet on Thursday! #ink", visibility: "public",
		});
		const answer = await call("cleo", "POST", "/api/v1/statuses", { status: "I shall be there, with paper.", in_reply_to_id: post.id, visibility: "public" });
		await call("ada", "POST", "/api/v1/statuses", { status: "And I with brushes.", in_reply_to_id: answer.id, visibility: "public" });
		await call("cleo", "PUT", "/api/ensemble/v1/me/collaborate", { policy: "everyone" });
		const made = await call("ada", "POST", "/api/ensemble/v1/collabs", { status: "A poster for the atelier, drawn by four hands. #ink", coauthors: ["cleo"] });
		const { status_id } = await call("cleo", "POST", `/api/ensemble/v1/collabs/${made.id}/accept`);
		return [post, await call("ada", "GET", `/api/v1/statuses/${status_id}`)];
	});
	const at = (status) => new URL(status.url).pathname;
	for (const [lang, width] of [["en", 1280], ["fr", 360]]) {
		await step(`the pages for everybody in ${lang}`, async () => {
			const page = await visit("one", "/", { lang, width });
			await look(page, `front-${lang}`);
			for (const [path, name] of [
				["/@ada", "profile"], ["/@ada/collabs", "collabs"], [at(post), "post"], [at(joint), "joint"], ["/tags/ink", "tag"],
				["/about", "about"], ["/nothing", "nothing"],
			]) {
				await page.goto(path);
				await look(page, `${name}-${lang}`);
			}
		});
	}
	await step("what is printed is what was said, and by whom", async () => {
		const page = await visit("one", at(joint));
		await page.emulateMedia({ media: "print" });
		for (const hidden of ["header.top", "footer.bottom", "details.door"]) {
			if (await page.locator(hidden).first().isVisible()) throw new Error(`${hidden} is printed`);
		}
		for (const name of ["ada", "cleo"]) await page.locator(".authors").getByText(name, { exact: true }).waitFor();
		await page.screenshot({ path: join(shots, "print.png"), fullPage: true });
		await writeFile(join(shots, "print.pdf"), await page.pdf({ format: "A4" }));
	});
	await step("the picture beside a link has both names", async () => {
		const page = await visit("one", at(joint));
		const picture = await page.locator('meta[property="og:image"]').getAttribute("content");
		const got = await page.goto(picture);
		if (!got.ok() || got.headers()["content-type"] !== "image/png") throw new Error(`${picture}: ${got.status()}`);
		await page.screenshot({ path: join(shots, "share.png") });
	});
	await step("nothing on them needs a script", async () => {
		const page = await visit("one", at(post), { javaScriptEnabled: false });
		await page.getByText("I shall be there, with paper.").waitFor();
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
