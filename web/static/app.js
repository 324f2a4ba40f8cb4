// What every page does for who is signed in: times are shown in the reader's own place,
// and an open menu closes when one turns away from it.

const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

// localise shows each time within root in the reader's own time zone.
export function localise(root = document) {
	for (const time of root.querySelectorAll("time[datetime*=T]:not([data-local])")) {
		const at = new Date(time.dateTime);
		if (Number.isNaN(at.valueOf())) continue;
		time.dataset.local = "";
		time.textContent = format.format(at);
	}
}

localise();

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
