// Two people on two servers publish a picture together: asked, changed, agreed, left; a
// second post that is declined; a third that is revised.
export default async function ({ servers, step, signIn, look, tab, until, ask, visit }) {
	const call = async (server, name, method, path, body) => (await ask({ do: "call", server, name, method, path, body })).answer;
	const collabs = "/api/ensemble/v1/collabs";
	const press = async (page, locator) => { await tab(page, locator); await page.keyboard.press("Enter"); };
	await ask({ do: "run", server: "two", args: ["account", "create", "bo", "--email", "bo@example.org", "--locale", "fr", "--password", "-"], in: "correct horse\n" });
	const ada = await signIn("one", "ada"), bo = await signIn("two", "bo", { lang: "fr" });
	const boAt = `bo@${servers.two.domain}`;

	// invite has ada ask bo, with a picture, by what runs in her page.
	const invite = async (status, more = {}) => ada.evaluate(async ({ status, boAt, more, collabs }) => {
		const canvas = Object.assign(document.createElement("canvas"), { width: 480, height: 320 });
		const draw = canvas.getContext("2d");
		for (const [i, colour] of ["#f2c14e", "#5f4bb6", "#86bbd8", "#f26419"].entries()) {
			draw.fillStyle = colour;
			draw.fillRect(i * 120, 0, 120, 320);
		}
		const form = new FormData();
		form.append("file", await new Promise((done) => canvas.toBlob(done, "image/png")), "cups.png");
		form.append("description", "Four cups in a row");
		const media = await (await fetch("/session/api/v1/media", { method: "POST", body: form })).json();
		const answer = await fetch(`/session${collabs}`, {
			method: "POST", headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ status, media_ids: [media.id], coauthors: [boAt], moderation: "all", ...more }),
		});
		const made = await answer.json();
		if (!answer.ok) throw new Error(JSON.stringify(made));
		return made.id;
	}, { status, boAt, more, collabs });

	// reload looks at path again until it shows what is looked for.
	const reload = (page, path, what) => until(async () => {
		await page.goto(path);
		return (await page.locator("main").getByText(what).count()) > 0;
	});

	await call("two", "bo", "PUT", "/api/ensemble/v1/me/collaborate", { policy: "everyone" });
	await step("an empty desk says what comes there", async () => {
		await bo.goto("/requests");
		await look(bo, "requests-empty-fr");
	});
	const first = await step("ada invites bo, and sees how far it came", async () => {
		const id = await invite("Four mugs, one table. Opening on Friday.");
		await reload(ada, `/collabs/${id}`, "Delivered");
		await look(ada, "collab-delivered");
		return id;
	});
	const request = await step("bo is asked apart from notifications, and opens it", async () => {
		await reload(bo, "/requests", "Four mugs");
		await bo.locator(".main-nav .count").first().waitFor();
		await look(bo, "requests-fr");
		await bo.getByRole("link", { name: /Consulter/ }).first().click();
		await bo.getByRole("heading", { name: /vous invite à publier ensemble/ }).waitFor();
		await until(async () => {
			await bo.reload();
			return (await bo.locator(".eyes img[alt='Four cups in a row']").count()) === 2;
		});
		await look(bo, "request-fr");
		return new URL(bo.url()).pathname;
	});
	await step("ada sees that it was seen", async () => reload(ada, `/collabs/${first}`, "Seen"));
	await step("bo proposes another text, by keyboard", async () => {
		await press(bo, bo.locator("summary", { hasText: "Proposer un changement" }));
		await tab(bo, bo.locator("#words"));
		await bo.keyboard.type("Samedi, pas vendredi.");
		await bo.locator("#wording").fill("Four mugs, one table. Opening on Saturday.");
		await press(bo, bo.getByRole("button", { name: "Envoyer la proposition" }));
		await bo.getByText("Votre proposition a été envoyée").waitFor();
	});
	await step("ada sees the difference word by word, and takes it over", async () => {
		await reload(ada, "/requests", "Samedi");
		await look(ada, "requests-wish");
		await ada.getByRole("link", { name: /Look at it/ }).click();
		await ada.locator("del", { hasText: "Friday." }).waitFor();
		await ada.locator("ins", { hasText: "Saturday." }).waitFor();
		await look(ada, "collab-wish");
		await ada.getByRole("button", { name: "Take over this text" }).click();
		await ada.getByText("The new version is out for consent.").waitFor();
	});
	await step("bo reads what is new, and accepts by keyboard", async () => {
		await until(async () => {
			await bo.goto(request);
			return (await bo.locator("ins", { hasText: "Saturday." }).count()) > 0 && (await bo.locator(".eyes img").count()) > 2;
		});
		await look(bo, "request-again-fr");
		await press(bo, bo.getByRole("button", { name: "Accepter" }));
		await bo.getByText("Vous avez accepté.").waitFor();
	});
	await step("it is published under both names, and the badge explains itself", async () => {
		await reload(ada, `/collabs/${first}`, "Read the post");
		const id = (await call("one", "ada", "GET", `${collabs}/${first}`)).status_id;
		const post = await visit("one", `/@ada/${id}`);
		await post.getByText("1 verified signature").click();
		await post.getByRole("link", { name: "Proof on their own server" }).waitFor();
		await look(post, "post-verified");
		await look(ada, "collab-published");
		await reload(bo, "/home", "1 signature vérifiée");
	});
	await step("the trail and the numbers", async () => {
		await ada.goto(`/collabs/${first}/audit`);
		await ada.getByText(/Verified: all \d+ links hold/).waitFor();
		await look(ada, "audit");
		await ada.goto(`/collabs/${first}/reach`);
		await look(ada, "reach");
	});
	await step("bo leaves, and the name is gone", async () => {
		await bo.goto(request.replace("requests", "collabs"));
		await look(bo, "collab-bo-fr");
		await press(bo, bo.locator("summary", { hasText: "Me retirer" }));
		await press(bo, bo.getByRole("button", { name: "Me retirer maintenant" }));
		await bo.getByText("Vous vous êtes retiré·e.").waitFor();
		await reload(ada, `/collabs/${first}`, "Left");
	});
	await step("a second one is declined, asked twice, by keyboard", async () => {
		const second = await invite("Never to be seen", { on_decline: "delete" });
		await reload(bo, "/requests", "Never to be seen");
		await bo.getByRole("link", { name: /Consulter/ }).first().click();
		await press(bo, bo.getByRole("link", { name: "Refuser…" }));
		await bo.getByText("supprime cette publication pour de bon").waitFor();
		await look(bo, "decline-fr");
		await tab(bo, bo.locator("#reason"));
		await bo.keyboard.type("Pas le temps.");
		await press(bo, bo.getByRole("button", { name: "Refuser définitivement" }));
		await bo.getByText("Vous avez refusé.").waitFor();
		await reload(ada, `/collabs/${second}`, "Pas le temps.");
		await ada.getByText("They declined.").waitFor();
		await look(ada, "collab-declined");
	});
	await step("a third is revised, with the difference first, and agreed to anew", async () => {
		const third = await invite("Tea at four");
		await reload(bo, "/requests", "Tea at four");
		await bo.getByRole("link", { name: /Consulter/ }).first().click();
		const at = new URL(bo.url()).pathname;
		await until(async () => { await bo.goto(at); return (await bo.locator(".eyes img[alt^=Four]").count()) === 2; });
		await bo.getByRole("button", { name: "Accepter" }).click();
		await reload(ada, `/collabs/${third}`, "Read the post");
		await ada.goto(`/collabs/${third}/revise`);
		await ada.locator("#status").fill("Tea at five");
		await ada.getByRole("button", { name: "See the difference" }).click();
		await ada.locator("ins", { hasText: "five" }).waitFor();
		await look(ada, "revise");
		await ada.getByRole("button", { name: "Ask for consent" }).click();
		await reload(bo, "/requests", "Nouvelles versions à approuver");
		await bo.goto(at);
		await bo.getByRole("button", { name: "Approuver cette version" }).click();
		await bo.getByText("Vous avez accepté.").waitFor();
		await ada.goto("/collabs?state=published");
		await look(ada, "collabs");
	});
}
