// Writing, made better: files are uploaded at once, people are found by name, times are
// the reader's own, and what is typed is kept on this device until it is sent. The form
// works without any of this.
import { localise } from "./app.js";
import { shots } from "./compose_media.js";
import { guests, suggest } from "./compose_people.js";

// zone has every field for a time show and send the reader's own.
function zone(root) {
	const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
	for (const field of root.querySelectorAll("input[type=datetime-local][data-at]")) {
		const { at, zoned } = field.form.elements;
		const set = () => (at.value = field.value ? new Date(field.value).toISOString() : "");
		if (field.dataset.at) {
			const then = new Date(field.dataset.at);
			field.value = new Date(then - then.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
		}
		zoned.value = "true";
		set();
		field.addEventListener("input", set);
		const hint = field.parentElement.querySelector("[data-zone]");
		hint.textContent = hint.dataset.zone.replace("%s", name);
	}
}

function show(root) {
	for (const e of root.querySelectorAll(".with-script")) e.hidden = false;
	for (const e of root.querySelectorAll(".without-script")) e.remove();
}

// say returns the words of a key, in the language of the page.
function say(key, ...args) {
	let text = document.getElementById("say").dataset[key];
	for (const a of args) text = text.replace("%s", () => a);
	return text;
}

function counter(form) {
	const { status, spoiler_text: warning } = form.elements;
	const out = form.querySelector("#count");
	const most = Number(form.dataset.chars);
	const count = () => {
		const left = most - [...status.value.trim(), ...warning.value.trim()].length;
		out.classList.toggle("over", left < 0);
		const shape = left < 0 ? out.dataset.over : left === 1 ? out.dataset.one : out.dataset.left;
		out.textContent = shape.replace("%s", Math.abs(left).toLocaleString(document.documentElement.lang));
	};
	form.addEventListener("input", count);
	count();
}

function poll(form) {
	const list = form.querySelector(".options");
	const more = form.querySelector("#more-options");
	const most = Number(form.dataset.options);
	const fit = () => (more.hidden = list.children.length >= most);
	for (const li of [...list.children].slice(2)) if (!li.querySelector("input").value) li.remove();
	more.addEventListener("click", () => add().focus());
	const add = () => {
		const li = list.lastElementChild.cloneNode(true);
		const [label, input] = [li.querySelector("label"), li.querySelector("input")];
		const n = list.children.length;
		input.value = "";
		input.id = label.htmlFor = `option${n}`;
		label.textContent = `${say("option")} ${n}`;
		list.append(li);
		fit();
		return input;
	};
	fit();
	return { add, list };
}

// label has the button say what it will do.
function label(form) {
	const button = form.querySelector("#send");
	const text = button.querySelector("span");
	const set = () => {
		if (form.dataset.kind === "edit" || form.dataset.kind === "revise") return;
		const planned = form.elements.at?.value;
		text.textContent = form.querySelector(".invitee[data-ability]") ? button.dataset.invite : planned ? button.dataset.plan : button.dataset.post;
	};
	form.addEventListener("input", set);
	form.addEventListener("changed", set);
	set();
}

// A draft is what was typed, kept on this device for as long as it was not sent.
const remembered = ["status", "spoiler_text", "visibility", "language", "lasts", "multiple", "sensitive", "quote_approval_policy"];

function draft(form, parts) {
	const key = `ensemble.draft ${form.dataset.me} ${form.dataset.kind} ${form.dataset.about}`;
	const note = form.querySelector("#kept");
	const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
	const take = () => {
		const got = { options: [], media: parts.media.all(), guests: parts.guests?.all() ?? [] };
		for (const name of remembered) {
			const field = form.elements[name];
			if (field) got[name] = field.type === "checkbox" ? field.checked : field.value;
		}
		for (const input of parts.poll.list.querySelectorAll("input")) if (input.value) got.options.push(input.value);
		return got;
	};
	let first = JSON.stringify(take());
	let timer, over;
	const keep = () => {
		clearTimeout(timer);
		const now = take(); // of a form that may have been replaced
		if (over || !form.isConnected || JSON.stringify(now) === first) return;
		try {
			localStorage.setItem(key, JSON.stringify({ at: Date.now(), ...now }));
		} catch {
			return; // this device keeps nothing
		}
		note.hidden = false;
		note.firstElementChild.textContent = say("kept", new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" }));
	};
	const later = () => {
		clearTimeout(timer);
		timer = setTimeout(keep, 600);
	};
	form.addEventListener("input", later);
	form.addEventListener("changed", later);
	addEventListener("pagehide", keep);
	const forget = () => {
		over = true;
		clearTimeout(timer);
		localStorage.removeItem(key);
	};
	note.querySelector("button").addEventListener("click", () => {
		forget();
		location.reload();
	});
	const back = async () => {
		let kept;
		try {
			kept = JSON.parse(localStorage.getItem(key));
		} catch {
			return;
		}
		if (!kept) return;
		for (const name of remembered) {
			const field = form.elements[name];
			if (!field || !(name in kept)) continue;
			if (field.type === "checkbox") field.checked = kept[name];
			else field.value = kept[name];
		}
		const rows = parts.poll.list.getElementsByTagName("input");
		(kept.options ?? []).forEach((text, i) => ((rows[i] ?? parts.poll.add()).value = text));
		for (const d of form.querySelectorAll("details[data-part]")) {
			d.open ||= (d.dataset.part === "warning" && kept.spoiler_text) || (d.dataset.part === "poll" && kept.options?.length > 0);
		}
		note.hidden = false;
		note.firstElementChild.textContent = say("keptBack", clock.format(kept.at));
		form.dispatchEvent(new Event("input"));
		await parts.media.bring(kept.media ?? []);
		await parts.guests?.bring(kept.guests ?? []);
	};
	return { back, forget, keep };
}

// sending sends the form and shows what comes of it, so that nothing typed is ever lost:
// not even if the server cannot be reached.
function sending(form, kept) {
	const told = form.querySelector("#sending");
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		if (form.dataset.busy) return;
		form.dataset.busy = "yes";
		told.textContent = say("sending");
		kept.keep();
		try {
			const r = await fetch(form.action, { method: "POST", body: new FormData(form, e.submitter) });
			if (r.redirected) {
				kept.forget();
				location.assign(r.url);
				return;
			}
			const got = new DOMParser().parseFromString(await r.text(), "text/html");
			const main = got.getElementById("compose") && got.querySelector("main");
			if (!main) throw new Error(got.querySelector("main p")?.textContent);
			document.querySelector("main").replaceWith(main);
			setUp(false);
			turnTo(main);
		} catch (err) {
			told.textContent = err instanceof TypeError || !err.message ? say("offline") : err.message;
			delete form.dataset.busy;
		}
	});
	form.addEventListener("keydown", (e) => {
		if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) form.requestSubmit(form.querySelector("#send"));
	});
}

// turnTo leads to what is to be read first.
function turnTo(main) {
	const field = main.querySelector("[aria-invalid=true], p.wrong[id]");
	const first = main.querySelector("#preview") ?? field ?? main.querySelector(".notice");
	const part = first?.closest("details");
	if (part) part.open = true;
	scrollTo(0, 0);
	if (!first) return;
	if (first !== field || !first.matches("[aria-invalid]")) first.tabIndex = -1;
	first.focus();
	first.scrollIntoView({ block: "center" });
}

function setUp(fresh) {
	show(document);
	localise();
	zone(document);
	const form = document.getElementById("compose");
	if (!form) return;
	const parts = { poll: poll(form), media: shots(form, say), guests: guests(form, say) };
	counter(form);
	label(form);
	suggest(form.elements.status, say);
	const kept = draft(form, parts);
	sending(form, kept);
	const asked = new URLSearchParams(location.search);
	if (fresh && !("wrong" in form.dataset) && !["text", "title", "url", "with", "mention", "visibility"].some((k) => asked.has(k))) kept.back();
	form.elements.status.setSelectionRange(form.elements.status.value.length, form.elements.status.value.length);
}

setUp(true);
