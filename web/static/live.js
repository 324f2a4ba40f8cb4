// Parts of a page that change by themselves (data-live, with an id) are fetched anew every
// few seconds, while somebody looks and has no focus or open question within them.
import { localise } from "./app.js";

const often = 4000;

async function renew() {
	const parts = [...document.querySelectorAll("[data-live][id]")];
	const busy = (part) => part.contains(document.activeElement) || part.querySelector("details.confirm[open]");
	if (document.hidden || parts.every(busy)) return;
	const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
	if (!answer.ok) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	for (const part of parts) {
		const fresh = page.getElementById(part.id);
		if (!fresh || busy(part) || fresh.innerHTML === part.dataset.last) continue;
		part.dataset.last = fresh.innerHTML;
		part.replaceChildren(...fresh.childNodes);
		localise(part);
	}
}

setInterval(() => renew().catch(() => {}), often);
