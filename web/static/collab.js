// On the page of a collaboration: how far each person has come is shown anew while one
// looks on, without touching what is being typed.
import { localise } from "./app.js";

const every = 10000; // milliseconds

async function refresh() {
	const live = document.querySelector("[data-live]");
	if (!live || document.hidden || live.contains(document.activeElement)) return;
	const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
	if (!answer?.ok || answer.redirected) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const fresh = page.querySelector("[data-live]");
	if (!fresh) return;
	localise(fresh);
	if (fresh.innerHTML !== live.innerHTML && !live.contains(document.activeElement)) live.replaceChildren(...fresh.childNodes);
}

setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
