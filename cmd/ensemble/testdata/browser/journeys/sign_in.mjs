// Somebody finds the server, signs in, looks around, and signs out again.
export default async function ({ step, visit, signIn, look, tab }) {
	await step("the front door in both languages", async () => {
		for (const lang of ["en", "fr"]) await look(await visit("one", "/", { lang }), `front-${lang}`);
	});
	const ada = await step("signing in", async () => signIn("one", "ada", {}));
	await step("the frame shows who it is", async () => {
		await ada.getByRole("button", { name: "Sign out" }).waitFor(); // there is room for all of the menu
		await ada.setViewportSize({ width: 1280, height: 700 });
		await ada.getByText("More", { exact: true }).click();
		await ada.getByText("@ada@").waitFor();
		await look(ada, "menu");
		await ada.keyboard.press("Escape");
	});
	await step("signing out by keyboard", async () => {
		const more = ada.locator("details.more > summary");
		await tab(ada, more);
		await ada.keyboard.press("Enter");
		const out = ada.getByRole("button", { name: "Sign out" });
		await tab(ada, out);
		await ada.keyboard.press("Enter");
		await ada.getByRole("navigation").getByRole("link", { name: "Sign in" }).waitFor();
	});
}
