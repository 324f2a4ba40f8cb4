// Two people ask for an account where moderators read every request: one is let in, and
// one is turned away; each of them is told, on a page and by mail.
export default async function ({ step, visit, signIn, look, ask }) {
	const mail = async (name, about) => (await ask({ do: "mail", server: "one", name, in: about })).text;
	const link = (text) => text.match(/https?:\/\/\S+\/auth\/confirmation\?\S+/)[0];

	// What a server says before anybody may sign up.
	await ask({ do: "run", server: "one", args: ["setting", "set", "site.rules", "Be kind."] });
	await ask({ do: "run", server: "one", args: ["setting", "set", "site.terms", "# Terms\nWhoever is here keeps to the rules."] });
	await ask({ do: "run", server: "one", args: ["setting", "set", "registrations", "approval"] });
	await ask({ do: "run", server: "one", args: ["setting", "set", "registrations.reason", "required"] });

	const apply = async (page, name, reason, words) => {
		await page.getByLabel(words.name).fill(name);
		await page.getByLabel(words.mail).fill(`${name}@example.org`);
		await page.getByLabel(words.password).fill("a long password");
		await page.getByLabel(words.why).fill(reason);
		await page.getByRole("checkbox").check();
		await page.getByRole("button", { name: words.send }).press("Enter");
	};
	const en = { name: "User name", mail: "E-mail address", password: "Password", why: "Why do you want to join?", send: "Create an account" };
	const fr = { name: "Nom d’utilisateur", mail: "Adresse électronique", password: "Mot de passe", why: "Pourquoi souhaitez-vous nous rejoindre", send: "Créer un compte" };

	const zoe = await visit("one", "/auth/sign_up");
	await step("zoe asks for an account, and reads her mail", async () => {
		await look(zoe, "sign-up");
		await apply(zoe, "admin", "I draw.", en);
		await zoe.getByText("User name: this name is reserved").or(zoe.getByRole("alert")).first().waitFor();
		if ((await zoe.getByLabel(en.why).inputValue()) !== "I draw.") throw new Error("what she typed is gone");
		await apply(zoe, "zoe", "I draw with ink.", en);
		await zoe.getByText("zoe@example.org").waitFor();
		await look(zoe, "sent");
		await zoe.goto(link(await mail("zoe@example.org", "confirm")));
		await zoe.getByRole("button", { name: "Confirm" }).press("Enter");
		await zoe.getByText("still have to read your request").waitFor();
		await look(zoe, "waiting");
	});
	await step("signing in, she is told that she waits", async () => {
		await zoe.goto("/auth/sign_in");
		await zoe.locator("#login").fill("zoe");
		await zoe.locator("#password").fill("a long password");
		await zoe.locator("#password").press("Enter");
		await zoe.getByText("still have to read your request").waitFor();
		await look(zoe, "not-yet");
	});
	await step("so does max, in French", async () => {
		const max = await visit("one", "/auth/sign_up", { lang: "fr" });
		await look(max, "sign-up-fr");
		await apply(max, "max", "Je vends des tasses.", fr);
		await max.getByText("max@example.org").waitFor();
		await max.goto(link(await mail("max@example.org", "confirmez")));
		await max.getByRole("button", { name: "Confirmer" }).press("Enter");
		await max.getByText("doivent encore lire votre demande").waitFor();
		await look(max, "waiting-fr");
	});
	const mo = await signIn("one", "mo", { role: "moderator", path: "/admin/doors" });
	await step("a moderator reads why, lets zoe in and turns max away", async () => {
		await mo.getByText("I draw with ink.").waitFor();
		await mo.getByText("Je vends des tasses.").waitFor();
		await look(mo, "queue");
		await mo.getByRole("button", { name: "Let them in @zoe" }).press("Enter");
		await mo.getByText("They are let in").waitFor();
		await mo.getByText("Turn them away… @max").click();
		await mo.getByLabel("Why, for the log (optional)").fill("Advertising.");
		await look(mo, "turning-away");
		await mo.getByRole("button", { name: "Turn them away @max" }).press("Enter");
		await mo.getByText("Nobody waits to be let in.").waitFor();
	});
	await step("both have their answer by mail, and zoe signs in", async () => {
		const no = await mail("max@example.org", "inscription");
		if (!no.includes("max")) throw new Error(`max is told ${no}`);
		await mail("zoe@example.org", "welcome");
		await zoe.locator("#login").fill("zoe");
		await zoe.locator("#password").fill("a long password");
		await zoe.locator("#password").press("Enter");
		await zoe.waitForURL((u) => !u.pathname.startsWith("/auth"));
		await zoe.goto("/home");
		await look(zoe, "home");
		const max = await visit("one", "/auth/sign_in", { lang: "fr" });
		await max.locator("#login").fill("max");
		await max.locator("#password").fill("a long password");
		await max.locator("#password").press("Enter");
		await max.getByText("Ce nom et ce mot de passe ne vont pas ensemble").waitFor();
	});
}
