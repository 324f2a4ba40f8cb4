// A server is looked after from its pages: how it does, and who may start what is tried out.
export default async function ({ step, visit, signIn, look, tab }) {
	const ruth = await step("an admin sees how the server does", async () => {
		const page = await signIn("one", "ruth", { role: "owner", path: "/admin" });
		await page.getByRole("img", { name: "Posts, by week" }).waitFor();
		await look(page, "overview");
		await page.goto("/admin?lang=fr");
		await page.getByText("En tableau").first().click();
		await look(page, "overview-fr");
		return page;
	});
	await step("the server looks at itself, and says where things are", async () => {
		await ruth.goto("/admin/health?lang=fr");
		await ruth.getByText("WebFinger répond à").waitFor();
		await look(ruth, "health-fr");
		await ruth.goto("/admin/storage");
		await look(ruth, "storage");
	});
	await step("she has everything backed up, and sees that it would come back", async () => {
		await ruth.goto("/admin/backups");
		await ruth.getByText("No backup was made yet").waitFor();
		await ruth.getByLabel("Every day at").selectOption("3");
		await ruth.getByRole("button", { name: "Save" }).click();
		await ruth.getByText("The plan is saved").waitFor();
		await tab(ruth, ruth.getByRole("button", { name: "Back up now" }));
		await ruth.keyboard.press("Enter");
		await ruth.getByText("every table has the rows it had").first().waitFor({ timeout: 30000 });
		await look(ruth, "backups");
		await ruth.goto("/admin/backups?lang=fr");
		await ruth.getByText("Supprimer").first().click();
		await ruth.getByText("supprimé pour de bon").first().waitFor();
		await look(ruth, "backups-fr");
	});
	await step("she limits who may start a post of several authors", async () => {
		await ruth.goto("/admin/rollout");
		await look(ruth, "rollout");
		await ruth.getByLabel("Those who meet the conditions below").check();
		await tab(ruth, ruth.getByRole("button", { name: "Save" }));
		await ruth.keyboard.press("Enter");
		await ruth.getByText("say who it is limited to").waitFor();
		await ruth.getByLabel("Pilot").check();
		await ruth.getByLabel("Countries").fill("FR, CA");
		await ruth.getByLabel("Percent of accounts").fill("20");
		await ruth.getByLabel("Not after").fill("2030-06-30");
		await ruth.getByRole("button", { name: "Save" }).click();
		await ruth.getByText("It holds from now on").waitFor();
		await ruth.getByRole("cell", { name: "everyone" }).waitFor();
		await ruth.goto("/admin/rollout?lang=fr");
		await look(ruth, "rollout-test-fr");
		const anybody = await visit("one", "/about/rollout", { lang: "fr" });
		await anybody.getByText("pilot").waitFor();
		await look(anybody, "public-fr");
	});
	await step("she switches it off, is told first what that means, and thinks better of it", async () => {
		await ruth.goto("/admin/rollout");
		await ruth.getByText("Switch off…").click();
		await ruth.getByText("For 30 days you can switch it on again").waitFor();
		await look(ruth, "switch-off");
		await ruth.getByRole("button", { name: "Switch it off for everybody" }).click();
		await ruth.getByText("The names can come back until").waitFor();
		await ruth.getByRole("button", { name: "Switch on again" }).click();
		await ruth.getByText("Switched on again").waitFor();
	});
}
