// Walks one journey: node run.mjs NAME. It is told on its input, as one JSON object,
// which servers there are: {"servers": [{"name", "domain", "origin"}], "shots": FOLDER}.
// It says one JSON object a line: {"step", "took", "error"} of each step (in ms), {"do", …} for what the
// test is to do meanwhile (and is told the outcome), and {"end": true}.
import { chromium } from "playwright-core";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import readline from "node:readline";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await input.next()).value);

const name = process.argv[2];
const told = await hear();
const servers = Object.fromEntries(told.servers.map((s) => [s.name, s]));
const shots = join(told.shots, name);
await mkdir(shots, { recursive: true });

const browser = await chromium.launch({
	executablePath: told.chromium,
	args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream"],
});

// ask has the test do something: {do: "stop" | "start", server}, or {do: "run", server, args}
// for a command of the program, or {do: "person", server, name, role}, or {do: "mail", server,
// name: ADDRESS, in: WORD} for what came to an address last, with that word in its subject.
async function ask(what) {
	say(what);
	const got = await hear();
	if (got.error) throw new Error(`${what.do}: ${got.error}`);
	return got;
}

// step is one step of the journey. The journey ends with the first that fails.
async function step(what, fn) {
	const began = Date.now();
	try {
		const got = await fn();
		say({ step: what, took: Date.now() - began });
		return got;
	} catch (e) {
		for (const [i, page] of pages.entries()) {
			await page.screenshot({ path: join(shots, `failed-${i}.png`), fullPage: true }).catch(() => {});
		}
		say({ step: what, error: String(e?.stack ?? e) });
		throw e;
	}
}

const pages = [];

// visit opens a window of its own: another browser, as far as cookies go. lang is "en" or
// "fr". Whatever the page says is wrong, and what a policy refused it, is an error.
async function visit(server, path = "/", { lang = "en", width = 1280, ...more } = {}) {
	const context = await browser.newContext({
		baseURL: servers[server].origin, locale: lang === "fr" ? "fr-FR" : "en-GB", viewport: { width, height: 900 },
		timezoneId: "Europe/Paris", reducedMotion: "reduce", ...more,
	});
	context.setDefaultTimeout(40000);
	const page = await context.newPage();
	page.wrongs = [];
	page.on("pageerror", (e) => page.wrongs.push(String(e)));
	page.on("console", (m) => {
		if (m.type() === "error" && !/status of (4|5)\d\d|net::ERR_ABORTED/.test(m.text())) page.wrongs.push(m.text());
	});
	pages.push(page);
	await page.goto(path);
	return page;
}

// signIn opens a window in which name is signed in, who is made if need be.
async function signIn(server, name, { role, path = "/home", ...more } = {}) {
	await ask({ do: "person", server, name, role });
	const page = await visit(server, "/auth/sign_in", more);
	await page.locator("#login").fill(name);
	await page.locator("#password").fill("correct horse");
	await page.locator("#password").press("Enter");
	await page.waitForURL((u) => !u.pathname.startsWith("/auth/sign_in"));
	if (path) await page.goto(path);
	return page;
}

// look judges the screen that page shows, and takes pictures of it: nothing that axe
// calls serious, nothing wider than a phone, no word that has no translation, no error of
// a script, and no more than 150 kB but for media.
async function look(page, what) {
	await page.evaluate(() => document.fonts.ready);
	const slow = await weigh(page);
	if (slow.length) throw new Error(`${what} ${slow.join("; ")}`);
	const wide = page.viewportSize();
	for (const width of [360, 1280]) {
		await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
		await page.screenshot({ path: join(shots, `${what}-${width}.png`), fullPage: true });
		const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
		if (over > 1) throw new Error(`${what} is ${over} px wider than a window of ${width}`);
	}
	await page.setViewportSize(wide);
	const text = await page.locator("body").innerText();
	const bare = text.match(/\[[a-z_]+(\.[\w.-]+)+\]/);
	if (bare) throw new Error(`${what} says ${bare[0]}`);
	const wrong = text.match(/.{0,30}%!.{0,30}/);
	if (wrong) throw new Error(`${what} says ${wrong[0]}`);
	const weight = await page.evaluate(() =>
		[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
			.filter((r) => !/\/media\/|\.(png|jpe?g|webp|gif|mp4|mp3)$|\/session\//.test(r.name))
			.reduce((sum, r) => sum + (r.decodedBodySize ?? 0), 0),
	);
	if (weight > 150000) throw new Error(`${what} weighs ${weight} bytes`);
	const bad = await judge(page);
	if (bad.length) throw new Error(`${what}: ${bad.join("; ")}`);
	if (page.wrongs.length) throw new Error(`${what}: ${page.wrongs.splice(0).join("; ")}`);
}

// weigh returns what keeps a page from being there at once, as a person with a small phone
// has it: what moves while it is read, more than can be laid out quickly, or what it waits
// for. It measures nothing that depends on how busy this machine is.
async function weigh(page) {
	const got = await page.evaluate(async () => {
		const seen = async (type) => {
			const all = [], watch = new PerformanceObserver((list) => all.push(...list.getEntries()));
			watch.observe({ type, buffered: true });
			await new Promise((go) => setTimeout(go, 20));
			all.push(...watch.takeRecords());
			watch.disconnect();
			return all;
		};
		// From the first touch on it may answer, and a journey may act without touching.
		const loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
		const end = Math.min((await seen("first-input"))[0]?.startTime ?? Infinity, loaded + 500);
		const shifts = (await seen("layout-shift")).filter((e) => !e.hadRecentInput && e.startTime < end);
		const moved = shifts.reduce((sum, e) => sum + e.value, 0);
		const movers = shifts.flatMap((e) => [...e.sources]).map((s) => s.node?.outerHTML?.slice(0, 80)).slice(0, 3);
		const loads = performance.getEntriesByType("resource").filter((r) => !["fetch", "xmlhttprequest", "video", "audio", "img"].includes(r.initiatorType));
		return {
			moved, movers, scripts: document.scripts.length, elements: document.querySelectorAll("*").length, loads: loads.length,
			foreign: performance.getEntriesByType("resource").map((r) => new URL(r.name)).filter((u) => u.protocol.startsWith("http") && u.origin !== location.origin).map(String),
			blocking: [...document.querySelectorAll("head script[src]:not([type=module], [defer], [async])")].map((s) => s.src),
			sheets: document.querySelectorAll("link[rel=stylesheet]").length,
			viewport: document.querySelector("meta[name=viewport]")?.content ?? "",
		};
	});
	const bad = [];
	const most = got.scripts ? 0.25 : 0.1; // what scripts arrange may come late on a busy machine
	if (got.moved > most) bad.push(`moves while it loads (CLS ${got.moved.toFixed(3)}: ${got.movers})`);
	if (got.elements > 3000) bad.push(`has ${got.elements} elements`);
	if (got.loads > 25) bad.push(`loads ${got.loads} files before it is whole`);
	if (got.foreign.length) bad.push(`asks other servers: ${got.foreign.slice(0, 3)}`);
	if (got.blocking.length) bad.push(`waits for ${got.blocking}`);
	if (got.sheets > 1) bad.push(`has ${got.sheets} style sheets`);
	if (!got.viewport.includes("width=device-width") || /user-scalable=no|maximum-scale/.test(got.viewport)) bad.push(`has the viewport ${got.viewport}`);
	return bad;
}

// judge returns what axe finds that is serious. It is handed in through the debugger's
// own door, since the page's policy lets no such script in.
async function judge(page) {
	// One session a page, which stays: with it would go what others have switched on.
	page.devtools ??= await page.context().newCDPSession(page);
	await page.devtools.send("Page.setBypassCSP", { enabled: true }).catch(() => {});
	await page.evaluate(await source());
	const found = await page.evaluate(() =>
		globalThis.axe.run(document, {
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], rules: { "target-size": { enabled: true } },
		}),
	);
	return found.violations
		.filter((v) => v.impact === "serious" || v.impact === "critical")
		.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary?.slice(0, 200)}`);
}

let axeSource;
async function source() {
	axeSource ??= await (await import("node:fs/promises")).readFile(axe, "utf8");
	return axeSource;
}

// tab presses Tab until what locator finds has the focus: it can be had by keyboard.
async function tab(page, locator, most = 150) {
	for (let i = 0; i < most; i++) {
		if (await locator.evaluate((e) => e === document.activeElement).catch(() => false)) return;
		await page.keyboard.press("Tab");
	}
	throw new Error(`no Tab leads to ${locator}`);
}

// until tries fn again until it returns something.
async function until(fn, seconds = 30) {
	for (let i = 0; i < seconds * 5; i++) {
		const got = await fn();
		if (got) return got;
		await new Promise((go) => setTimeout(go, 200));
	}
	throw new Error("it did not come about");
}

try {
	const journey = await import(`./journeys/${name}.mjs`);
	await journey.default({ servers, step, visit, signIn, look, tab, until, ask, shots });
	say({ end: true });
} catch (e) {
	say({ wrong: String(e?.stack ?? e) });
} finally {
	await browser.close();
	process.exit(0);
}
