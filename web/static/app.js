// What every page does for who is signed in: times are shown in the reader's own place,
// and an open menu closes when one turns away from it.

const lang = document.documentElement.lang;
const format = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
const lately = new Intl.RelativeTimeFormat(lang, { style: "short", numeric: "auto" });
const date = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });
const day = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
const short = ".post:not(.large) .when time, .quote .when time, .told-of .sentence time";

// since says how long ago it was, within a week; else the day.
function since(at) {
	const s = (Date.now() - at) / 1000;
	if (s < -60 || s > 7 * 86400) return at.getFullYear() === new Date().getFullYear() ? day.format(at) : date.format(at);
	if (s < 60) return lately.format(0, "second");
	if (s < 3600) return lately.format(-Math.floor(s / 60), "minute");
	if (s < 86400) return lately.format(-Math.floor(s / 3600), "hour");
	return lately.format(-Math.floor(s / 86400), "day");
}

// localise shows each time within root in the reader's own time zone: where many stand
// below one another, how long ago it was, and the rest when one points at it.
export function localise(root = document) {
	for (const time of root.querySelectorAll("time[datetime*=T]:not([data-local])")) {
		const at = new Date(time.dateTime);
		if (Number.isNaN(at.valueOf())) continue;
		time.dataset.local = "";
		time.textContent = format.format(at);
		if (!time.matches(short)) continue;
		time.title = time.textContent;
		time.dataset.since = "";
		time.textContent = since(at);
	}
}

localise();

setInterval(() => {
	for (const time of document.querySelectorAll("time[data-since]")) time.textContent = since(new Date(time.dateTime));
}, 60_000);

document.addEventListener("click", (e) => {
	for (const menu of document.querySelectorAll("details.more[open], details.menu[open]")) {
		if (!menu.contains(e.target)) menu.open = false;
	}
});

document.addEventListener("keydown", (e) => {
	if (e.key !== "Escape") return;
	for (const menu of document.querySelectorAll("details.more[open], details.menu[open]")) {
		menu.open = false;
		menu.querySelector("summary").focus();
	}
});

if (document.querySelector("[data-duet]")) import("/static/duet.js");
