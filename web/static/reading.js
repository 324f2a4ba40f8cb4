// What makes reading smoother: one likes and boosts without the page being asked for
// anew, and pictures open large. Without it the forms and links do the same.
import { localise } from "./app.js";

const opposite = { favourite: "favourited", reblog: "reblogged", bookmark: "bookmarked" };
const counts = { favourite: "favourites_count", reblog: "reblogs_count" };
const number = new Intl.NumberFormat(document.documentElement.lang);

document.addEventListener("submit", async (e) => {
	const form = e.target.closest("form[data-act]");
	if (!form) return;
	e.preventDefault();
	const button = form.querySelector("button");
	if (button.ariaBusy === "true") return;
	button.ariaBusy = "true";
	const path = new URL(form.action).pathname;
	try {
		const answer = await fetch("/session/api/v1" + path, { method: "POST" });
		if (!answer.ok) throw new Error(answer.statusText);
		show(form, await answer.json(), path);
	} catch {
		form.submit(); // the page says what is wrong
	} finally {
		button.removeAttribute("aria-busy");
	}
});

function show(form, status, path) {
	const act = form.dataset.act;
	const is = status[opposite[act]];
	const [, , id] = path.split("/");
	for (const same of document.querySelectorAll(`article[data-post="${id}"] > .acts form[data-act="${act}"], article[data-post="${id}"] > .warned .acts form[data-act="${act}"]`)) {
		same.setAttribute("action", `/statuses/${id}/${is ? "un" : ""}${act}`);
		const button = same.querySelector("button");
		button.setAttribute("aria-pressed", is);
		button.classList.toggle("on", is);
		const n = button.querySelector(".n");
		if (n && counts[act]) {
			const count = (status.reblog ?? status)[counts[act]];
			n.textContent = count ? number.format(count) : "";
		}
	}
}

// A menu that opens below the window opens upwards instead.
document.addEventListener("toggle", (e) => {
	if (!e.target.matches?.("details.menu[open]")) return;
	for (const other of document.querySelectorAll("details.menu[open]")) if (other !== e.target) other.open = false;
	const list = e.target.querySelector("ul");
	list.style.top = list.style.bottom = "";
	const room = document.querySelector(".main-nav .first") && innerWidth < 960 ? 72 : 0;
	if (list.getBoundingClientRect().bottom > innerHeight - room) {
		list.style.top = "auto";
		list.style.bottom = "100%";
	}
}, true);

// The cover of sensitive media has the mean colour of what it covers: the first part of
// a blurhash.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

export function colour(root = document) {
	for (const cover of root.querySelectorAll("[data-blurhash]:not([data-coloured])")) {
		const mean = [...cover.dataset.blurhash.slice(2, 6)].reduce((sum, c) => sum * 83 + digits.indexOf(c), 0);
		cover.dataset.coloured = "";
		if (!(mean >= 0 && mean < 1 << 24)) continue;
		const rgb = `${mean >> 16} ${(mean >> 8) & 255} ${mean & 255}`;
		cover.style.background = `radial-gradient(ellipse at 30% 20%, rgb(${rgb} / .55), rgb(${rgb} / .25)), var(--raised)`;
	}
}

// prepare does what is to be done for what is put on the page later.
export function prepare(root) {
	localise(root);
	colour(root);
}

colour();

// The lightbox shows the pictures of a post one by one.
let box, all, at;

document.addEventListener("click", (e) => {
	const link = e.target.closest("a[data-zoom]");
	if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
	e.preventDefault();
	all = [...link.closest(".gallery").querySelectorAll("a[data-zoom]")];
	open(all.indexOf(link));
});

function open(i) {
	box ??= build();
	at = (i + all.length) % all.length;
	const small = all[at].querySelector("img");
	const img = box.querySelector("img");
	img.src = all[at].href;
	img.alt = small.alt;
	box.querySelector("p").textContent = all[at].parentElement.querySelector(".alt p")?.textContent ?? "";
	for (const b of box.querySelectorAll(".former, .next")) b.hidden = all.length < 2;
	if (!box.open) box.showModal();
}

const words = { en: ["Picture", "Close", "Previous", "Next"], fr: ["Image", "Fermer", "Précédente", "Suivante"] }[document.documentElement.lang] ?? ["Picture", "Close", "Previous", "Next"];

function build() {
	const dialog = document.createElement("dialog");
	dialog.className = "lightbox";
	dialog.setAttribute("aria-label", words[0]);
	const button = (name, label, fn) => {
		const b = document.createElement("button");
		b.type = "button";
		b.className = name;
		b.textContent = label;
		b.addEventListener("click", fn);
		return b;
	};
	dialog.append(button("shut", words[1], () => dialog.close()), button("former", words[2], () => open(at - 1)), document.createElement("img"), button("next", words[3], () => open(at + 1)), document.createElement("p"));
	dialog.addEventListener("keydown", (e) => {
		if (e.key === "ArrowLeft") open(at - 1);
		if (e.key === "ArrowRight") open(at + 1);
	});
	dialog.addEventListener("click", (e) => e.target === dialog && dialog.close());
	document.body.append(dialog);
	return dialog;
}
