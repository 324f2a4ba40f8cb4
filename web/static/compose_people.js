// Finding people, hashtags and emoji while writing, and choosing with whom to publish.

const api = "/session/api/";
const ask = async (path) => {
	const r = await fetch(api + path, { headers: { "Accept-Language": document.documentElement.lang } });
	if (!r.ok) throw new Error(r.status);
	return r.json();
};

const element = (name, props = {}, ...inside) => {
	const e = Object.assign(document.createElement(name), props);
	e.append(...inside);
	return e;
};

// chooser shows a list below a field, to choose from by arrow keys or pointer: what find
// says for what was typed. pick is told what was chosen.
function chooser(field, list, { find, pick, told }) {
	let items = [];
	let at = -1;
	let asked = 0;
	let timer;
	const close = () => {
		asked++;
		items = [];
		at = -1;
		list.hidden = true;
		field.removeAttribute("aria-activedescendant");
		if (field.matches("[role=combobox]")) field.setAttribute("aria-expanded", "false");
	};
	const mark = (i) => {
		at = i;
		[...list.children].forEach((li, n) => li.setAttribute("aria-selected", n === i));
		const li = list.children[i];
		if (!li) return field.removeAttribute("aria-activedescendant");
		field.setAttribute("aria-activedescendant", li.id);
		li.scrollIntoView({ block: "nearest" });
	};
	const choose = (i) => {
		if (list.children[i]?.getAttribute("aria-disabled") === "true") return;
		const item = items[i];
		close();
		if (item) pick(item);
	};
	const open = (found) => {
		items = found;
		list.replaceChildren(
			...found.map((item, i) => {
				const li = item.show();
				li.id = `${list.id}-${i}`;
				li.setAttribute("role", "option");
				li.addEventListener("pointerdown", (e) => {
					e.preventDefault();
					choose(i);
				});
				return li;
			}),
		);
		list.hidden = found.length === 0;
		if (field.matches("[role=combobox]")) field.setAttribute("aria-expanded", String(!list.hidden));
		if (found.length) mark(0);
		told?.(found);
	};
	field.addEventListener("input", () => {
		clearTimeout(timer);
		const mine = ++asked;
		timer = setTimeout(async () => {
			const found = await find().catch(() => []);
			if (mine === asked) found ? open(found) : close();
		}, 250);
	});
	field.addEventListener("keydown", (e) => {
		if (list.hidden || e.ctrlKey || e.metaKey) return;
		if (e.key === "ArrowDown" || e.key === "ArrowUp") mark((at + (e.key === "ArrowDown" ? 1 : items.length - 1)) % items.length);
		else if (e.key === "Enter" || (e.key === "Tab" && !e.shiftKey && field.matches("textarea"))) choose(at);
		else if (e.key === "Escape") close();
		else return;
		e.preventDefault();
		e.stopPropagation();
	});
	field.addEventListener("blur", () => setTimeout(close, 150));
	return { close };
}

const face = (who) => [
	element("img", { src: who.avatar, alt: "", width: 32, height: 32 }),
	element("b", { textContent: who.display_name || who.username }),
	element("span", { className: "quiet", textContent: `@${who.acct}` }),
];

// suggest completes @people, #hashtags and :emoji: in a text.
export function suggest(field, say) {
	const list = element("ul", { id: "suggested", className: "compose-choices", hidden: true });
	list.setAttribute("role", "listbox");
	list.setAttribute("aria-label", say("suggestions"));
	const told = element("p", { className: "unseen" });
	told.setAttribute("role", "status");
	field.after(list, told);
	field.setAttribute("aria-autocomplete", "list");
	field.setAttribute("aria-controls", list.id);
	let emoji;
	const token = () => /(?:^|[\s(])([@#:])([\p{L}\p{N}_.@-]{1,60})$/u.exec(field.value.slice(0, field.selectionStart));
	const row = (text, ...inside) => ({ text, show: () => element("li", {}, ...inside) });
	const find = async () => {
		const got = token();
		if (!got || field.selectionStart !== field.selectionEnd) return null;
		const [, kind, q] = got;
		if (kind === "@") return (await ask(`v1/accounts/search?limit=5&q=${encodeURIComponent(q)}`)).map((a) => row(`@${a.acct} `, ...face(a)));
		if (kind === "#") {
			const { hashtags } = await ask(`v2/search?type=hashtags&limit=5&q=${encodeURIComponent(q)}`);
			return hashtags.map((t) => row(`#${t.name} `, element("b", { textContent: `#${t.name}` })));
		}
		if (q.length < 2) return null;
		emoji ??= await ask("v1/custom_emojis");
		return emoji
			.filter((e) => e.shortcode.toLowerCase().includes(q.toLowerCase()))
			.slice(0, 6)
			.map((e) => row(`:${e.shortcode}: `, element("img", { className: "emoji", src: e.url, alt: "" }), element("span", { textContent: `:${e.shortcode}:` })));
	};
	const pick = (item) => {
		const [, , q] = token();
		field.setRangeText(item.text, field.selectionStart - q.length - 1, field.selectionStart, "end");
		field.dispatchEvent(new Event("input", { bubbles: true }));
	};
	chooser(field, list, { find, pick, told: (found) => (told.textContent = found.length ? say("suggest", found.length) : "") });
}

const signs = { full: ["good", "check"], mention: ["warm", "mail"], cannot: ["bad", "cross"] };

// can says what somebody, and their server, can do with an invitation.
function can(ability, say) {
	const [colour, icon] = signs[ability.ability];
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	use.setAttribute("href", `/static/icons.svg#${icon}`);
	svg.append(use);
	const key = `can${ability.ability[0].toUpperCase()}${ability.ability.slice(1)}`;
	return [
		element("span", { className: `chip ${colour}` }, svg, " ", say(key)),
		" ",
		element("span", { className: "because", textContent: ability.reason || say("whyFull") }),
	];
}

// guests lets one search for people, shows what each can do, and keeps them in order. It
// returns null where nobody can be invited.
export function guests(form, say) {
	const field = form.querySelector("#find");
	const list = form.querySelector(".guests");
	const blank = document.getElementById("guest");
	if (!field || !blank) return null;
	const hint = form.querySelector("#find-hint");
	const usual = hint.textContent;
	const status = element("p", { className: "unseen" });
	status.setAttribute("role", "status");
	list.after(status);

	const changed = () => {
		const all = [...list.querySelectorAll(".invitee[data-ability]")];
		const mention = all.some((li) => li.dataset.ability === "mention");
		const unable = form.querySelector(".unable");
		unable.hidden = !mention;
		if (!mention) unable.querySelector("input").checked = false;
		all.forEach((li, i) => {
			li.querySelector(".up").disabled = i === 0;
			li.querySelector(".down").disabled = i === all.length - 1;
		});
		form.dispatchEvent(new Event("changed"));
	};

	const live = (li) => {
		const acct = li.dataset.acct;
		for (const e of li.querySelectorAll(".moves")) e.hidden = false;
		const move = (where, button) => {
			if (where < 0) li.previousElementSibling?.before(li);
			else li.nextElementSibling?.after(li);
			changed();
			(button.disabled ? li.querySelector(".moves button:not(:disabled)") : button)?.focus();
			status.textContent = say("moved", `@${acct}`, [...list.children].indexOf(li) + 1);
		};
		li.querySelector(".up").addEventListener("click", (e) => move(-1, e.currentTarget));
		li.querySelector(".down").addEventListener("click", (e) => move(1, e.currentTarget));
		li.querySelector(".leave").addEventListener("click", (e) => {
			e.preventDefault();
			li.remove();
			changed();
			status.textContent = say("removed");
			field.focus();
		});
	};

	const add = (who, ability, role) => {
		if (list.querySelector(`[data-acct="${CSS.escape(who.acct)}"]`)) return;
		const li = blank.content.firstElementChild.cloneNode(true);
		li.className = `invitee ${ability.ability}`;
		li.dataset.ability = ability.ability;
		li.dataset.acct = who.acct;
		for (const e of li.querySelectorAll("[name=who], [name=known]")) e.value = who.acct;
		li.querySelector(".visage").src = who.avatar;
		li.querySelector(".name b").textContent = who.display_name || who.username;
		li.querySelector(".name span").textContent = `@${who.acct}`;
		li.querySelector(".leave").value = `uninvite:${who.acct}`;
		li.querySelector(".can").replaceChildren(...can(ability, say));
		if (role) li.querySelector("select").value = role;
		list.append(li);
		live(li);
		changed();
	};

	const full = () => list.querySelectorAll(".invitee[data-ability]").length >= 20;
	const find = async () => {
		const q = field.value.trim();
		if (q.length < 2) return null;
		if (full()) {
			hint.textContent = say("full");
			return null;
		}
		hint.textContent = say("searching");
		const resolve = /^@?[^@\s]+@[^@\s]+\.[^@\s]+$|^@?[^@\s]+@[^@\s]+:\d+$/.test(q);
		const found = await ask(`v1/accounts/search?limit=5&resolve=${resolve}&q=${encodeURIComponent(q)}`).catch(() => []);
		const able = await Promise.all(found.map((a) => ask(`ensemble/v1/accounts/${a.id}/collaborate`).catch(() => null)));
		hint.textContent = found.length ? usual : say("nobody");
		return found.flatMap((who, i) => {
			const ability = able[i];
			if (!ability || list.querySelector(`[data-acct="${CSS.escape(who.acct)}"]`)) return [];
			const show = () => {
				const li = element("li", {}, ...face(who), ...can(ability, say));
				if (ability.ability === "cannot") li.setAttribute("aria-disabled", "true");
				return li;
			};
			return [{ who, ability, show }];
		});
	};
	const pick = ({ who, ability }) => {
		add(who, ability);
		field.value = "";
		status.textContent = `@${who.acct}: ${list.lastElementChild.querySelector(".can").textContent}`;
	};
	chooser(field, form.querySelector("#found"), { find, pick, told: (found) => found.length && (status.textContent = say("suggest", found.length)) });
	field.addEventListener("keydown", (e) => e.key === "Enter" && e.preventDefault());
	for (const li of list.querySelectorAll(".invitee[data-ability]")) live(li);
	if (list.children.length) changed();

	const all = () => [...list.querySelectorAll(".invitee[data-ability]")].map((li) => ({ acct: li.dataset.acct, role: li.querySelector("select").value }));
	// bring invites again whom a draft had, as far as they still can be.
	const bring = async (kept) => {
		for (const { acct, role } of kept) {
			const who = (await ask(`v1/accounts/search?limit=5&q=${encodeURIComponent(`@${acct}`)}`).catch(() => [])).find((a) => a.acct === acct);
			if (who) add(who, await ask(`ensemble/v1/accounts/${who.id}/collaborate`), role);
		}
		if (kept.length) form.querySelector("details[data-part=with]").open = true;
	};
	return { all, bring };
}
