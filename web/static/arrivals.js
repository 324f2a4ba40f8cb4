// What arrives while one reads. New posts wait behind a button, so that nothing moves
// that is being read; what is deleted or edited is shown in its place, and the number of
// notifications is kept right.
import { prepare } from "./reading.js";

const list = document.querySelector("[data-single]");
const feed = list?.dataset.stream;
const lang = document.documentElement.lang;
const number = new Intl.NumberFormat(lang);
const held = new Set();
const known = (id) => document.querySelector(`article[data-id="${id}"], article[data-post="${id}"]`);

// The button, in a place that screen readers listen to.
const arrivals = document.createElement("div");
arrivals.className = "arrivals";
arrivals.setAttribute("role", "status");
list?.prepend(arrivals);

function announce() {
	if (!held.size) {
		arrivals.replaceChildren();
		return;
	}
	const text = held.size === 1 ? list.dataset.single : list.dataset.many.replace("%s", number.format(held.size));
	let button = arrivals.querySelector("button");
	if (!button) {
		button = document.createElement("button");
		button.type = "button";
		button.addEventListener("click", () => (list.dataset.newer ? insert() : location.reload()));
		arrivals.append(button);
	}
	button.textContent = text;
}

function hold(id) {
	if (!list || known(id) || held.has(id)) return;
	held.add(id);
	announce();
}

// newest is the ID of the newest post on the page.
function newest() {
	let max = 0n;
	for (const a of list.querySelectorAll("article[data-id]")) if (BigInt(a.dataset.id) > max) max = BigInt(a.dataset.id);
	return max;
}

// newer asks for what came after the newest post, as the server shows it.
async function newer() {
	const answer = await fetch(`${list.dataset.newer}?part=1&limit=40&min_id=${newest() || 1n}`);
	if (!answer.ok) throw new Error(answer.statusText);
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	return [...page.querySelectorAll("body > article[data-id]")].filter((a) => !known(a.dataset.id) && !known(a.dataset.post));
}

async function insert() {
	let first;
	for (let i = 0; i < 10; i++) {
		const all = await newer().catch(() => []);
		if (!all.length) break;
		for (const a of all) a.classList.add("fresh");
		arrivals.after(...all.map((a) => document.adoptNode(a)));
		for (const a of all) prepare(a);
		first = all[0];
		if (all.length < 40) break;
	}
	held.clear();
	announce();
	list.querySelector(".empty")?.remove();
	if (!first) return;
	first.tabIndex = -1;
	first.focus({ preventScroll: true });
	first.scrollIntoView({ block: "center" });
}

// catchUp finds out what came while nobody listened.
async function catchUp() {
	count();
	if (!list?.dataset.newer) return;
	for (const a of await newer().catch(() => [])) hold(a.dataset.id);
}

function gone(id) {
	held.delete(id);
	announce();
	for (const a of document.querySelectorAll(`article[data-id="${id}"], article[data-post="${id}"]`)) {
		a.style.minHeight = `${a.offsetHeight}px`; // what is below stays where it is
		a.classList.add("gone");
		a.textContent = words.gone;
	}
}

async function edited(id) {
	const all = document.querySelectorAll(`article[data-post="${id}"]`);
	if (!all.length) return;
	const answer = await fetch(`/statuses/${id}?part=1`);
	if (!answer.ok) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const now = page.querySelector("article[data-post]");
	for (const a of now ? all : []) {
		const next = document.adoptNode(now.cloneNode(true));
		if (a.classList.contains("large")) next.classList.add("large");
		const why = a.querySelector(":scope > .why");
		if (why) next.prepend(why);
		next.dataset.id = a.dataset.id;
		a.replaceWith(next);
		prepare(next);
	}
}

const words = { en: { waiting: "new", gone: "This post was deleted." }, fr: { waiting: "à voir", gone: "Ce message a été supprimé." } }[lang] ?? { waiting: "", gone: "" };
const bell = document.querySelector(".main-nav a[href='/notifications']");

async function count() {
	const answer = await fetch("/session/api/v2/notifications/unread_count?supported_types[]=collab_invite").catch(() => null);
	if (!answer?.ok || !bell) return;
	const n = (await answer.json()).count;
	let badge = bell.querySelector(".count");
	if (!n) {
		badge?.remove();
		return;
	}
	if (!badge) {
		badge = document.createElement("span");
		badge.className = "count";
		bell.append(" ", badge);
	}
	const unseen = document.createElement("span");
	unseen.className = "unseen";
	unseen.textContent = ` ${words.waiting}`;
	badge.replaceChildren(String(n), unseen);
}

// answers are the replies that a page of a thread waits for.
function answers(status) {
	if (list?.id === "thread" && status?.in_reply_to_id && known(status.in_reply_to_id)) hold(status.id);
}

const handlers = {
	update(data) {
		const status = JSON.parse(data);
		if (list?.dataset.newer) hold(status.id);
		else answers(status);
	},
	"status.update": (data) => edited(JSON.parse(data).id),
	delete: gone,
	notification(data) {
		count();
		const n = JSON.parse(data);
		answers(n.status);
		if (list?.id === "notices") hold(n.id);
	},
	notifications_merged: count,
};

let open = [];

function listen() {
	if (open.length) return;
	const streams = feed && feed !== "user" ? [feed, "user/notification"] : ["user"];
	open = streams.map((name, i) => {
		const source = new EventSource(`/session/api/v1/streaming/${name}`);
		let again = false;
		for (const [event, fn] of Object.entries(handlers)) source.addEventListener(event, (e) => fn(e.data));
		source.addEventListener("open", () => {
			if (again && i === 0) catchUp();
			again = true;
		});
		return source;
	});
}

// A page that nobody looks at gives its connections back, and catches up afterwards.
let rest;
document.addEventListener("visibilitychange", () => {
	clearTimeout(rest);
	if (document.hidden) {
		rest = setTimeout(() => {
			for (const source of open) source.close();
			open = [];
		}, 15000);
	} else if (!open.length) {
		listen();
		catchUp();
	}
});
addEventListener("pagehide", () => {
	for (const source of open) source.close();
	open = [];
});
addEventListener("pageshow", (e) => {
	if (!e.persisted) return;
	listen();
	catchUp();
});

listen();

// Notifications that were looked at for a moment are read.
const notices = document.querySelector("#notices[data-newest]");
if (notices && BigInt(notices.dataset.newest) > BigInt(notices.dataset.read)) {
	setTimeout(async () => {
		if (document.hidden) return;
		await fetch("/session/api/v1/markers", { method: "POST", body: new URLSearchParams({ "notifications[last_read_id]": notices.dataset.newest }) });
		count();
	}, 1500);
}
