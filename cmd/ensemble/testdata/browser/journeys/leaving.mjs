// Somebody takes along what is theirs, brings a list, moves to another server, comes back,
// and deletes the account.

export default async function ({ servers, step, visit, signIn, look, until, ask }) {
	const call = (name, server, method, path, body) => ask({ do: "call", name, server, method, path, body }).then((r) => r.answer);
	const [one, two] = [servers.one.domain, servers.two.domain];
	for (const [server, name] of [["one", "cy"], ["two", "bo"], ["two", "ada"]]) await ask({ do: "person", server, name });
	const ada = await signIn("one", "ada", { path: "/settings/privacy" });
	await step("who may make duets is explained, and chosen", async () => {
		await ada.getByText("Who may make a duet with your posts, or quote them").click();
		await ada.getByText("each wish comes to your requests first").waitFor();
		await ada.getByLabel("Who may make a duet with my posts").selectOption("manual");
		await look(ada, "privacy");
		await ada.getByRole("button", { name: "Save" }).first().click();
		await ada.getByText("Saved.").waitFor();
		if ((await ada.getByLabel("Who may make a duet with my posts").inputValue()) !== "manual") throw new Error("it was not kept");
	});
	await step("a list is brought along, and what came to nothing is told by line", async () => {
		await ada.goto("/settings/data");
		await ada.getByLabel("File", { exact: true }).setInputFiles({ name: "following.csv", mimeType: "text/csv", buffer: Buffer.from(`Account address,Show boosts\n@bo@${two},true\nnobody@${one},true\n`) });
		await ada.getByRole("button", { name: "Import", exact: true }).click();
		await ada.getByText("Saved.").waitFor();
		await until(async () => {
			await ada.goto("/settings/data");
			return (await ada.getByText("1 line came to nothing").count()) === 1 && (await ada.getByText("Whom I follow: 1 of 2").count()) === 1;
		});
		await ada.getByText("1 line came to nothing").click();
		await ada.getByText(/Line 3, .*nobody/).waitFor();
	});
	await step("everything in one file, and the lists by themselves", async () => {
		await ada.getByRole("button", { name: "Make an archive" }).click();
		await ada.getByText("Saved.").waitFor();
		await until(async () => {
			await ada.goto("/settings/data");
			return (await ada.getByText("ready", { exact: true }).count()) === 1;
		});
		await look(ada, "data");
		const file = await ada.locator("a[href*='/archives/']").evaluate(async (a) => [...new Uint8Array(await (await fetch(a.href)).arrayBuffer()).slice(0, 2)]);
		if (String.fromCharCode(...file) !== "PK") throw new Error(`the archive begins with ${file}`);
		const list = await ada.getByRole("link", { name: "following.csv" }).evaluate(async (a) => (await fetch(a.href)).text());
		if (!list.includes(`bo@${two}`)) throw new Error(list);
		await ada.getByRole("button", { name: "Make an archive" }).click();
		await ada.getByText("An archive is made once a day").waitFor();
		await ada.getByRole("button", { name: /^Remove Archive/ }).click();
		await ada.getByText("Saved.").waitFor();
		await ada.goto("/settings/data?lang=fr");
		await look(ada, "data-fr");
	});
	const move = async (page, to) => {
		await page.goto("/settings/move?lang=en");
		const form = page.locator('form[data-form="move"]');
		await form.getByLabel("The account you move to").fill(to);
		await form.getByLabel("Password").fill("correct horse");
		await form.getByRole("button").click();
	};
	const there = await step("a move is refused until the other account says so", async () => {
		const { accounts: [far] } = await call("cy", "one", "GET", "/api/v2/search?type=accounts&q=ada");
		await call("cy", "one", "POST", `/api/v1/accounts/${far.id}/follow`);
		await move(ada, `@ada@${two}`);
		await ada.getByText("That account does not name this one").waitFor();
		await look(ada, "move-refused");
		const page = await signIn("two", "ada", { path: "/settings/move" });
		await page.getByLabel("The account you come from").fill(`@ada@${one}`);
		await page.getByRole("button", { name: "Save" }).click();
		await page.getByText("Saved.").waitFor();
		if (!(await page.getByLabel("The account you come from").inputValue()).includes("/users/ada")) throw new Error("what was said is not shown");
		return page;
	});
	await step("then followers go over, and the old page leads on", async () => {
		await move(ada, `@ada@${two}`);
		await ada.getByText("You have moved").waitFor();
		await look(ada, "moved");
		await until(async () => (await call("ada", "two", "GET", "/api/v1/accounts/verify_credentials")).followers_count === 1);
		const guest = await visit("one", "/@ada", { lang: "fr" });
		await guest.getByRole("link", { name: new RegExp(`@ada@${two}`) }).first().waitFor();
		await look(guest, "moved-guest-fr");
		await ada.getByRole("button", { name: "Come back" }).click();
		await ada.getByText("Saved.").waitFor();
	});
	await step("an account is deleted for good, with the password", async () => {
		await there.goto("/settings/delete?lang=fr");
		await there.getByLabel("Mot de passe").fill("wrong");
		await there.getByRole("checkbox").check();
		await there.getByRole("button", { name: "Supprimer définitivement" }).click();
		await there.getByText("Ce n’est pas votre mot de passe.").waitFor();
		await look(there, "delete-fr");
		await there.getByLabel("Mot de passe").fill("correct horse");
		await there.getByRole("button", { name: "Supprimer définitivement" }).click();
		await there.getByText("Your account is deleted.").waitFor();
		await look(there, "deleted");
		const gone = await visit("two", "/@ada");
		await gone.getByRole("heading", { level: 1 }).waitFor();
		if (await gone.getByText("@ada@", { exact: false }).count()) throw new Error("the page is still there");
	});
}
