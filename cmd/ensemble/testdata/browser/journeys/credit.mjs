// Somebody is asked for a credit, and answers otherwise; somebody finds a work of theirs
// in another's post and claims it; two sounds are played as a duet.
export default async function ({ servers, step, signIn, visit, look, tab, until, ask }) {
	const call = async (server, name, method, path, body) => (await ask({ do: "call", server, name, method, path, body })).answer;
	await ask({ do: "run", server: "two", args: ["account", "create", "bo", "--email", "bo@example.org", "--locale", "fr", "--password", "-"], in: "correct horse\n" });
	const ada = await signIn("one", "ada"), bo = await signIn("two", "bo");
	const say = async (name, status, more = {}) => (await call("one", name, "POST", "/api/v1/statuses", { status, ...more }));
	const reload = (page, path, what) => until(async () => {
		await page.goto(path);
		return (await page.locator("main").getByText(what).count()) > 0;
	});
	await call("two", "bo", "PUT", "/api/ensemble/v1/me/collaborate", { policy: "everyone" });

	const first = await say("ada", "A drawing by a friend");
	await step("ada asks bo for a credit", async () => {
		await ada.goto(`/credit?status=${first.id}`);
		await ada.getByLabel("Who? Their handle").fill("nobody@nowhere.invalid");
		await ada.getByLabel("What for").selectOption("illustration");
		await ada.getByRole("button", { name: "Ask for the credit" }).click();
		await ada.locator(".notice.wrong").waitFor();
		await ada.getByLabel("Who? Their handle").fill(`@bo@${servers.two.domain}`);
		await ada.getByRole("button", { name: "Ask for the credit" }).click();
		await ada.getByText("The request was sent.").waitFor();
		await look(ada, "credit-asked");
	});
	await step("bo would rather be named in plain words, by keyboard", async () => {
		await reload(bo, "/requests", "A drawing by a friend");
		await bo.getByRole("link", { name: /Consulter/ }).click();
		await look(bo, "credit-request-fr");
		await tab(bo, bo.getByRole("link", { name: "Une autre réponse…" }));
		await bo.keyboard.press("Enter");
		const choice = bo.getByLabel(/Me nommer en toutes lettres/);
		await tab(bo, bo.getByRole("radio").first());
		for (let i = 0; i < 9 && !(await choice.isChecked()); i++) await bo.keyboard.press("ArrowDown");
		await tab(bo, bo.locator("#reason"));
		await bo.keyboard.type("Atelier Bo");
		await look(bo, "credit-answers-fr");
		await tab(bo, bo.getByRole("button", { name: "Envoyer cette réponse" }));
		await bo.keyboard.press("Enter");
		await bo.getByText("Votre réponse a été envoyée.").waitFor();
		await reload(ada, `/credit?status=${first.id}`, "Atelier Bo");
		await look(ada, "credit-answered");
	});
	const second = await say("ada", "Found this photo, lovely");
	await step("bo finds a photo of theirs, and claims it", async () => {
		const id = await until(async () => (await call("two", "bo", "GET", `/api/v2/search?resolve=true&q=${encodeURIComponent(second.uri)}`)).statuses?.[0]?.id);
		await bo.goto(`/claim?status=${id}`);
		await bo.getByLabel("Ce que vous avez fait").selectOption("photo");
		await bo.getByRole("button", { name: "Envoyer la revendication" }).click();
		await bo.getByText("Dites d’où vient le travail").waitFor();
		await bo.getByLabel("Avec vos mots").fill("Prise au port, en 2024.");
		await look(bo, "claim-fr");
		await bo.getByRole("button", { name: "Envoyer la revendication" }).click();
		await bo.getByText("La revendication a été envoyée.").waitFor();
		await look(bo, "claim-sent-fr");
	});
	await step("ada grants it, and it is in bo's portfolio", async () => {
		await reload(ada, "/requests", "Prise au port");
		await ada.getByRole("link", { name: /Look at it/ }).click();
		await look(ada, "claim-got");
		await ada.getByRole("button", { name: "Yes, add the credit" }).click();
		await ada.getByText("The credit is added.").first().waitFor();
		await reload(bo, "/claims", "acceptée");
		await look(bo, "claims-fr");
		await reload(bo, "/credits", "Found this photo");
		await look(bo, "credits-fr");
		const guest = await visit("two", "/@bo/credits");
		await guest.getByText("Found this photo").waitFor();
		await look(guest, "portfolio");
	});
	await step("a duet plays as one, and is detached", async () => {
		const sound = (page, more) => page.evaluate(async (more) => {
			const rate = 8000, samples = rate * 3, view = new DataView(new ArrayBuffer(44 + samples));
			const text = (at, s) => [...s].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
			text(0, "RIFF"); view.setUint32(4, 36 + samples, true); text(8, "WAVEfmt ");
			view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
			view.setUint32(24, rate, true); view.setUint32(28, rate, true); view.setUint16(32, 1, true); view.setUint16(34, 8, true);
			text(36, "data"); view.setUint32(40, samples, true);
			for (let i = 0; i < samples; i++) view.setUint8(44 + i, 128 + 60 * Math.sin(i / more.pitch));
			const form = new FormData();
			form.append("file", new Blob([view.buffer], { type: "audio/wav" }), "sound.wav");
			form.append("description", more.alt);
			const media = await (await fetch("/session/api/v1/media", { method: "POST", body: form })).json();
			if (!media.id) throw new Error(JSON.stringify(media));
			const answer = await fetch("/session/api/v1/statuses", {
				method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...more.fields, media_ids: [media.id] }),
			});
			const made = await answer.json();
			if (!answer.ok) throw new Error(JSON.stringify(made));
			return made.id;
		}, more);
		const cy = await signIn("one", "cy");
		const original = await sound(ada, { pitch: 5, alt: "A low note", fields: { status: "Sing with me", duet_approval_policy: "public" } });
		const duet = await sound(cy, { pitch: 3, alt: "A high note", fields: { status: "Here I am", quoted_status_id: original, derivation: "duet" } });
		await cy.goto(`/@cy/${duet}`);
		const toggle = cy.getByRole("button", { name: "Play both" });
		await tab(cy, toggle);
		await cy.keyboard.press("Space");
		await until(async () => cy.evaluate(() => {
			const [a, b] = document.querySelectorAll("[data-duet] audio");
			return a.currentTime > 0.3 && !a.paused && !b.paused && Math.abs(a.currentTime - b.currentTime) < 0.3;
		}), 10);
		await cy.getByRole("button", { name: "Pause both" }).press("Space");
		await cy.getByRole("button", { name: "Play both" }).waitFor();
		await look(cy, "duet");
		await ada.goto(`/derivatives/${original}`);
		await look(ada, "derivatives");
		await ada.locator("summary", { hasText: "Detach it" }).click();
		await ada.getByRole("button", { name: "Detach it" }).click();
		await ada.getByText("It is detached.").waitFor();
		await until(async () => {
			await cy.reload();
			return (await cy.locator("[data-duet]").count()) === 0;
		});
	});
}
