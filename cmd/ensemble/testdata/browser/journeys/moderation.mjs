// Somebody reports a post of two people on two servers, whose moderators are both told; one
// warns, suspends and thinks better of it; who was warned appeals; a whole server is blocked
// after a look at what that means; and anybody may see how often what was done.
export default async function ({ servers, step, visit, signIn, look, tab, until, ask }) {
	const two = servers.two.domain;
	const api = (server, name, method, path, body) => ask({ do: "call", server, name, method, path, body }).then((r) => r.answer.list ?? r.answer);
	const collabs = "/api/ensemble/v1/collabs";

	const ada = await signIn("one", "ada", { path: "" });
	await ask({ do: "run", server: "one", args: ["account", "create", "cy", "--email", "cy@example.org", "--password", "correct horse", "--locale", "fr"] });
	await ask({ do: "person", server: "one", name: "cy" });
	await ask({ do: "person", server: "two", name: "bo" });
	await ask({ do: "run", server: "one", args: ["setting", "set", "site.rules", "Be kind.\nNo advertising."] });
	await ask({ do: "run", server: "one", args: ["setting", "set", "site.rules.fr", "Soyez aimable.\nPas de publicité."] });
	let post;
	await step("cy and bo publish together, and ada follows bo", async () => {
		await api("two", "bo", "PUT", "/api/ensemble/v1/me/collaborate", { policy: "everyone" });
		const bo = (await api("one", "ada", "GET", `/api/v2/search?resolve=true&type=accounts&q=@bo@${two}`)).accounts[0];
		await api("one", "ada", "POST", `/api/v1/accounts/${bo.id}/follow`);
		const made = await api("one", "cy", "POST", collabs, { status: "Buy our mugs, you fools!", coauthors: [`bo@${two}`] });
		const asked = await until(async () => (await api("two", "bo", "GET", collabs))[0]);
		await api("two", "bo", "POST", `${collabs}/${asked.id}/accept`);
		post = await until(async () => (await api("one", "cy", "GET", `${collabs}/${made.id}`)).status_id);
		await until(async () => (await api("one", "ada", "GET", `/api/v1/statuses/${post}`)).coauthors?.length === 1);
	});
	await step("ada reports it, and both servers are told", async () => {
		await ada.goto(`/report?status=${post}`);
		await look(ada, "report");
		await ada.getByRole("radio", { name: "It breaks a rule" }).check();
		await ada.getByRole("checkbox", { name: "Be kind." }).check();
		await ada.getByLabel("What should moderators know?").fill("They insult their customers.");
		await ada.getByRole("button", { name: "Send the report" }).click();
		await ada.getByText("The moderators of this server have your report").waitFor();
		await ada.getByText(two).first().waitFor();
		await look(ada, "reported");
	});
	const mo = await signIn("one", "mo", { role: "owner", path: "/admin/reports" });
	await step("the moderators of one see the report", async () => {
		await mo.getByText("They insult their customers.").waitFor();
		await look(mo, "reports");
	});
	await step("those of two see it too, about bo, and not who reported", async () => {
		const max = await signIn("two", "max", { role: "moderator", path: "" });
		await until(async () => {
			await max.goto("/admin/reports");
			return (await max.getByText("They insult their customers.").count()) > 0;
		});
		await max.getByRole("link", { name: "Look at it @bo" }).click();
		await max.getByText("Buy our mugs").first().waitFor();
		if ((await max.locator("main").innerText()).includes("@ada")) throw new Error("two learns who reported");
	});
	await step("the moderator warns cy by keyboard", async () => {
		const open = mo.getByRole("link", { name: "Look at it @cy" });
		await tab(mo, open);
		await mo.keyboard.press("Enter");
		await mo.waitForURL(/reports\/\d/);
		await mo.getByText("Buy our mugs").first().waitFor();
		await look(mo, "report-one");
		await tab(mo, mo.locator("#act-text"));
		await mo.keyboard.type("Please be kind to people.");
		await tab(mo, mo.getByRole("button", { name: "Do it" }));
		await mo.keyboard.press("Enter");
		await mo.getByText("They are warned.").waitFor();
	});
	const cy = await signIn("one", "cy", { path: "/warnings", lang: "fr" });
	await step("cy reads why, in French, and appeals", async () => {
		await cy.getByRole("link", { name: "Vous avez reçu un avertissement" }).click();
		await look(cy, "warning-fr");
		await cy.getByLabel("Pourquoi cette décision").fill("J’étais aimable.");
		await cy.getByRole("button", { name: "Envoyer l’appel" }).click();
		await cy.getByText("Votre appel est à l’étude").waitFor();
	});
	await step("the moderator turns the appeal down", async () => {
		await mo.goto("/admin/appeals");
		await look(mo, "appeals");
		await mo.getByLabel("Your answer").fill("I read it again.");
		await mo.getByRole("button", { name: "Keep the decision" }).click();
		await mo.getByText("The decision stays.").waitFor();
	});
	await step("suspends cy, who sees it at the door, and takes it back", async () => {
		await mo.goto("/admin/people?q=cy");
		await mo.getByRole("link", { name: /@cy/ }).click();
		await look(mo, "person");
		await mo.getByRole("radio", { name: "Suspend" }).check();
		await mo.locator("#act-text").fill("Enough.");
		await mo.getByRole("button", { name: "Do it" }).click();
		await mo.getByRole("heading", { name: "Suspend @cy?" }).waitFor();
		await look(mo, "suspend");
		await mo.getByRole("button", { name: "Suspend now" }).click();
		await mo.getByText("The account is suspended.").waitFor();
		await cy.goto("/auth/sign_in");
		await cy.locator("#login").fill("cy");
		await cy.locator("#password").fill("correct horse");
		await cy.locator("#password").press("Enter");
		await cy.getByRole("heading", { name: "Votre compte est suspendu" }).waitFor();
		await look(cy, "suspended-fr");
		await mo.goto("/admin/log");
		await look(mo, "log");
		await mo.getByRole("button", { name: /Undo/ }).click();
		await mo.getByText("The suspension is over.").waitFor();
	});
	await step("blocks server two after reading what that would do", async () => {
		await mo.goto("/admin/servers");
		await look(mo, "servers");
		await mo.getByText("New rule for a server").click();
		await mo.getByLabel("Server", { exact: true }).fill(two);
		await mo.getByLabel("Reason, for everybody").fill("Insults.");
		await mo.getByRole("button", { name: "See what it would do" }).click();
		await mo.getByText("1 follow of people here ends").waitFor();
		await look(mo, "preview");
		await mo.getByRole("button", { name: /^Block .* now$/ }).click();
		await mo.getByText("The rule holds.").waitFor();
	});
	await step("anybody sees how often what was done, and the rules", async () => {
		const guest = await visit("one", "/about/transparency", { lang: "fr" });
		for (const [what, n] of [["reports_here", 1], ["account_warned", 1], ["account_suspended", 1], ["account_unsuspended", 1], ["appeals", 1], ["appeal_rejected", 1], ["report_closed", 1]]) {
			const got = await guest.locator(`[data-count=${what}]`).first().innerText();
			if (got.trim() !== String(n)) throw new Error(`${what} is ${got}, not ${n}`);
		}
		await look(guest, "transparency-fr");
		await guest.goto("/about/rules");
		await guest.getByText("Soyez aimable.").waitFor();
	});
}
