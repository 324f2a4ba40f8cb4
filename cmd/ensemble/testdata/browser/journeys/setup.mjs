// A server that nobody owns prints an address; whoever opens it puts the server in order,
// by keyboard, up to the self-check. Nobody signs up before the terms are complete.
export default async function ({ servers, step, visit, signIn, look, tab, ask }) {
	const press = async (page, name) => {
		await tab(page, page.getByRole("button", { name }));
		await page.keyboard.press("Enter");
	};
	const word = await step("the server prints where it is set up, once", async () => {
		const said = [...(await ask({ do: "log", server: "one" })).out.matchAll(/open (\S+)\/setup\?token=(\w+)/g)];
		if (said.length !== 1 || said[0][1] !== servers.one.origin) throw new Error(`it printed ${said.map((m) => m[0])}`);
		return said[0][2];
	});
	await step("nobody gets in without it", async () => {
		await look(await visit("one", "/setup", { lang: "fr" }), "no-token-fr");
	});
	const olga = await step("the owner makes an account, and is signed in", async () => {
		const french = await visit("one", `/setup?token=${word}`, { lang: "fr" });
		await look(french, "owner-fr");
		const page = await visit("one", `/setup?token=${word}`);
		await tab(page, page.locator("#username"));
		await page.keyboard.type("olga");
		await page.keyboard.press("Tab");
		await page.keyboard.type("olga@one.example");
		await page.keyboard.press("Tab");
		await page.keyboard.type("correct horse battery");
		await page.keyboard.press("Enter");
		await page.getByRole("heading", { name: "The server", exact: true }).waitFor();
		if ((await french.reload()).status() !== 404) throw new Error("there is an owner, and the page is there still");
		return page;
	});
	await step("what the server is", async () => {
		await look(olga, "server");
		await tab(olga, olga.locator("#title"));
		await olga.keyboard.type("The house of Olga");
		await olga.keyboard.press("Tab");
		await olga.keyboard.type("For people who make things together.");
		await press(olga, "Save and go on");
		await olga.getByText("Saved. It holds from now on.").waitFor();
		await olga.getByRole("link", { name: "The house of Olga" }).waitFor();
	});
	const guest = await visit("one", "/auth/sign_up");
	await step("who may come: nobody yet, for want of terms", async () => {
		await olga.getByRole("radio", { name: "Everybody" }).check();
		await look(olga, "people");
		await press(olga, "Save and go on");
		await olga.getByRole("button", { name: "Send me a test" }).waitFor();
		await guest.reload();
		await guest.getByText("has not completed its terms of service").waitFor();
	});
	await step("mail is tried", async () => {
		await press(olga, "Send me a test");
		await olga.getByText("took a mail to olga@one.example").waitFor();
		await look(olga, "mail");
	});
	await step("files are written and read", async () => {
		await olga.goto("/admin/setup/storage");
		await press(olga, "Write and read a test file");
		await olga.getByText("can be written to and read").waitFor();
	});
	await step("the legal texts, with their blanks", async () => {
		await olga.goto("/admin/setup/legal");
		await olga.getByText("4 texts are not complete").waitFor();
		await olga.goto("/admin/setup/legal?lang=fr");
		await look(olga, "legal-fr");
		await olga.goto("/admin/setup/legal");
		const answers = { name: "Olga", address: "1 street, Paris", contact: "olga@one.example", host: "Olga", law: "France", age: "15", backups: "30 days" };
		for (const [name, value] of Object.entries(answers)) await olga.locator(`#fact-${name}`).fill(value);
		await press(olga, "Fill in");
		await olga.getByText("All texts are complete").waitFor();
		await olga.getByRole("link", { name: "Terms of service, in French" }).click();
		await olga.getByText("As it is saved").click();
		await look(olga, "text");
		await guest.goto("/terms?lang=fr");
		await guest.getByText("exploité par Olga").waitFor();
		await look(guest, "terms-fr");
	});
	await step("the server looks at itself", async () => {
		await olga.goto("/admin/setup/check?lang=fr");
		await olga.getByText("WebFinger répond à").waitFor();
		await look(olga, "check-fr");
	});
	await step("now people sign up", async () => {
		await guest.goto("/auth/sign_up");
		await guest.locator("#username").fill("zoe");
		await guest.locator("#email").fill("zoe@example.org");
		await guest.locator("#password").fill("correct horse battery");
		await guest.getByRole("checkbox").check();
		await press(guest, "Create an account");
		await guest.getByText("zoe@example.org").waitFor();
	});
	await step("a server without mail says what does not work", async () => {
		await ask({ do: "stop", server: "two" });
		await ask({ do: "start", server: "two", in: "no mail" });
		const ruth = await signIn("two", "ruth", { role: "owner", lang: "fr", path: "/admin/setup/mail?lang=fr" });
		await ruth.getByText("Aucun serveur de courriel").waitFor();
		await look(ruth, "no-mail-fr");
	});
}
