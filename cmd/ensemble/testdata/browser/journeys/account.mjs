// Somebody sets up how they are seen and how they sign in: profile, who may invite them, a
// second step, a passkey; and signs in with each.
import { createHmac } from "node:crypto";

// totp is the code of a secret now (RFC 6238), or so many steps later.
function totp(secret, later = 0) {
	const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
	const mac = createHmac("sha1", key).update(counter).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

export default async function ({ step, visit, signIn, look, servers }) {
	const ada = await step("signing in", () => signIn("one", "ada", { path: "/settings" }));
	await step("the profile, with a picture", async () => {
		await ada.getByLabel("Name", { exact: true }).fill("Ada of the Ink");
		await ada.getByLabel("About you").fill("I draw with #ink.");
		await ada.getByLabel("Picture", { exact: true }).setInputFiles({
			name: "ada.png", mimeType: "image/png",
			buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGM4IReFFTEMLQkAXhlQAeZkKhAAAAAASUVORK5CYII=", "base64"),
		});
		await ada.getByLabel("What the picture shows").fill("A blot");
		await ada.getByLabel("Label 1").fill("Atelier");
		await ada.getByLabel("Content 1").fill("Paris");
		await ada.getByRole("button", { name: "Save" }).click();
		await ada.getByText("Saved.").waitFor();
		if (!(await ada.locator("img.now").first().getAttribute("src")).includes("/media/")) throw new Error("the picture was not kept");
		await look(ada, "profile");
	});
	await step("who may invite me", async () => {
		await ada.goto("/settings/privacy");
		await ada.getByLabel("Who may invite me to write together").selectOption("mutuals");
		await ada.getByRole("button", { name: "Save" }).first().click();
		await ada.getByText("Saved.").waitFor();
		if ((await ada.getByLabel("Who may invite me to write together").inputValue()) !== "mutuals") throw new Error("it was not kept");
	});
	await step("every other page, in French", async () => {
		await ada.goto("/settings/language");
		await ada.getByLabel("Language of the pages and of mail").selectOption("fr");
		await ada.getByRole("button", { name: "Save" }).click();
		await ada.getByText("Enregistré.").waitFor();
		for (const name of ["privacy", "language", "notifications", "filters", "blocks", "security", "factors", "data", "move", "delete"]) {
			await ada.goto(`/settings/${name}`);
			await look(ada, `${name}-fr`);
		}
		await ada.goto("/settings/language?lang=en");
		await ada.getByLabel("Language of the pages and of mail").selectOption("en");
		await ada.getByRole("button", { name: "Save" }).click();
		await ada.getByText("Saved.").waitFor();
	});
	await step("a filter, made and removed", async () => {
		await ada.goto("/settings/filters");
		await ada.getByLabel("Name of the filter").fill("Football");
		await ada.getByLabel("Word or phrase").fill("offside");
		await ada.getByRole("button", { name: "Add the filter" }).click();
		await ada.locator("li", { hasText: "Football · offside" }).waitFor();
		await ada.getByRole("button", { name: "Remove Football" }).click();
		await ada.getByText("You have no filters.").waitFor();
	});
	const [secret, codes] = await step("a second step", async () => {
		await ada.goto("/settings/factors");
		const form = ada.locator('form[data-form="totp"]');
		await form.getByLabel("Password").fill("wrong");
		await form.getByRole("button").click();
		await ada.getByText("That is not your password.").waitFor();
		await form.getByLabel("Password").fill("correct horse");
		await form.getByRole("button").click();
		const secret = await ada.locator("code.code").innerText();
		await look(ada, "second-step");
		await ada.locator('form[data-form="totp_confirm"]').getByLabel("Code").fill(totp(secret));
		await ada.locator('form[data-form="totp_confirm"]').getByRole("button").click();
		const codes = await ada.locator(".codes code").allInnerTexts();
		if (codes.length < 8) throw new Error(`${codes.length} recovery codes`);
		await look(ada, "recovery-codes");
		return [secret, codes];
	});
	const enter = async (code) => {
		const page = await visit("one", "/auth/sign_in");
		await page.locator("#login").fill("ada");
		await page.locator("#password").fill("correct horse");
		await page.locator("#password").press("Enter");
		await page.locator("#code").fill(code);
		await page.locator("#code").press("Enter");
		return page;
	};
	await step("the password alone is refused, and a recovery code works once", async () => {
		const page = await enter("000000");
		await page.getByRole("alert").first().waitFor();
		await look(page, "wrong-code");
		const good = await enter(codes[0]);
		await good.waitForURL((u) => u.pathname === "/home");
		const again = await enter(codes[0]);
		await again.getByRole("alert").first().waitFor();
	});
	await step("a passkey, made and used", async () => {
		const devtools = await ada.context().newCDPSession(ada);
		await devtools.send("WebAuthn.enable");
		await devtools.send("WebAuthn.addVirtualAuthenticator", {
			options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
		});
		await ada.goto("/settings/factors");
		const form = ada.locator('form[data-form="passkey"]');
		await form.getByLabel("Name of the passkey").fill("My phone");
		await form.getByLabel("Password").fill("correct horse");
		await form.getByLabel("Code").fill(totp(secret, 1));
		await form.getByRole("button").click();
		await ada.locator("li", { hasText: "My phone" }).waitFor();
		await look(ada, "factors");
		const more = ada.getByText("More", { exact: true });
		if (await more.isVisible()) await more.click(); // tall windows show the whole menu
		await ada.getByRole("button", { name: "Sign out" }).click();
		await ada.goto("/auth/sign_in?return_to=/settings/factors");
		await look(ada, "sign-in");
		await ada.getByRole("button", { name: "Use a passkey" }).click();
		await ada.waitForURL((u) => u.pathname === "/settings/factors");
	});
	await step("the other browsers are signed out", async () => {
		await ada.goto("/settings/security");
		await ada.getByRole("button", { name: "Sign all others out" }).click();
		await ada.waitForURL((u) => u.pathname === "/settings/security");
		if ((await ada.locator('input[name="session"]').count()) !== 1) throw new Error("others are still signed in");
	});
}
