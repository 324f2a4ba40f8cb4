// Somebody reports a joint post of two servers; a moderator warns, suspends and thinks
// better of it; who was warned appeals; a whole server is blocked after a look at what that
// means; and anybody may see how often what was done.
export default async function ({ servers, step, visit, signIn, look, tab, until, ask }) {
	const two = servers.two.domain;
	const api = (server, name, method, path, body) => ask({ do: "call", server, name, method, path, body }).then((r) => r.answer.list ?? r.answer);

	const ada = await signIn("one", "ada", { path: "" });
	await ask({ do: "run", server: "one", args: ["account", "create", "cy", "--email", "cy@example.org", "--password", "correct horse", "--locale", "fr"] });
	await ask({ do: "person", server: "one", name: "cy" });
	await ask({ do: "person", server: "two", name: "bo" });
	await ask({ do: "run", server: "one", args: ["setting", "set", "site.rules", "Be kind.\nNo advertising."] });
	await ask({ do: "run", server: "one", args: ["setting", "set", "site.rules.fr", "Soyez aimable.\nPas de publicité."] });
	let post;
	await step("bo's post is seen on one", async () => {
		const found = await api("one", "ada", "GET", `/api/v2/search?resolve=true&type=accounts&q=@bo@${two}`);
		await api("one", "ada", "POST", `/api/v1/accounts/${found.accounts[0].id}/follow`);
		await until(async () => (await api("one", "ada", "GET", `/api/v1/accounts/relationships?id[]=${found.accounts[0].id}`))[0].following);
		const said = await api("two", "bo", "POST", "/api/v1/statuses", { status: "Buy my mugs, you fools!" });
		post = await until(async () => (await api("one", "ada", "GET", "/api/v1/timelines/home")).find((s) => s.uri === said.uri));
	});
	await step("ada reports it, and her server and his are told", async () => {
		await ada.goto(`/report?status=${post.id}`);
		await look(ada, "report");
		await ada.getByRole("radio", { name: "It breaks a rule" }).check();
		await ada.getByRole("checkbox", { name: "Be kind." }).check();
		await ada.getByLabel("What should moderators know?").fill("He insults his customers.");
		await ada.getByRole("button", { name: "Send the report" }).click();
		await ada.getByText("The moderators of this server have your report").waitFor();
		await ada.getByText(two).first().waitFor();
		await look(ada, "reported");
		await api("one", "ada", "POST", "/api/v1/reports", { account_id: (await api("one", "cy", "GET", "/api/v1/accounts/verify_credentials")).id, comment: "Cy is rude." });
	});
	const mo = await signIn("one", "mo", { role: "owner", path: "/admin/reports" });
	await step("the moderator sees both reports", async () => {
		await mo.getByText("He insults his customers.").waitFor();
		await look(mo, "reports");
		await mo.getByRole("link", { name: /Look at it @bo/ }).click();
		await mo.getByText("Buy my mugs").waitFor();
		await look(mo, "report-one");
	});
	await step("and warns cy by keyboard", async () => {
		await mo.goto("/admin/reports");
		const open = mo.getByRole("link", { name: "Look at it @cy" });
		await tab(mo, open);
		await mo.keyboard.press("Enter");
		await mo.waitForURL(/reports\/\d/);
		const words = mo.locator("#act-text");
		await tab(mo, words);
		await mo.keyboard.type("Please be kind to ada.");
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
		await look(mo, "people");
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
		await look(mo, "rule");
	});
	await step("the other rooms", async () => {
		for (const [path, name] of [["doors", "doors"], ["doors/invites", "invites"], ["doors/email", "email"], ["doors/networks", "networks"], ["servers/lists", "lists"],
			["house", "house"], ["house/announcements", "announcements"], ["house/emoji", "emoji"], ["roles", "roles"], ["claims", "claims"]]) {
			await mo.goto(`/admin/${path}`);
			await look(mo, name);
		}
		await mo.goto("/admin/doors/invites");
		await mo.getByLabel("How many may use it").fill("1");
		await mo.getByRole("button", { name: "Make an invitation" }).click();
		await mo.getByText("The invitation is ready").waitFor();
		await mo.goto("/admin/house/announcements");
		await mo.getByLabel("What to say").fill("Maintenance on Sunday.");
		await mo.getByRole("button", { name: "Announce it" }).click();
		await mo.getByText("It is announced.").waitFor();
	});
	await step("anybody sees how often what was done, and the rules", async () => {
		const guest = await visit("one", "/about/transparency", { lang: "fr" });
		for (const [what, n] of [["reports_here", 2], ["account_warned", 1], ["account_suspended", 1], ["account_unsuspended", 1], ["appeals", 1], ["appeal_rejected", 1], ["report_closed", 1]]) {
			const got = await guest.locator(`[data-count=${what}]`).first().innerText();
			if (got.trim() !== String(n)) throw new Error(`${what} is ${got}, not ${n}`);
		}
		await look(guest, "transparency-fr");
		await guest.goto("/about/rules");
		await guest.getByText("Soyez aimable.").waitFor();
		await look(guest, "rules-fr");
	});
}
