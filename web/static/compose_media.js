// Files of a post that is being written: uploaded at once, each with words for those who
// do not see it and, if it is a picture, the point that stays in view.

const api = "/session/api/";

// refusal is what the server said, with the code that the page has words for.
const refusal = (answer) => Object.assign(new Error(answer?.error ?? ""), { code: answer?.code });

// upload sends a file, and tells how far it is.
function upload(file, tell) {
	return new Promise((done, failed) => {
		const x = new XMLHttpRequest();
		const body = new FormData();
		body.append("file", file, file.name || "pasted");
		x.open("POST", `${api}v2/media`);
		x.responseType = "json";
		x.setRequestHeader("Accept-Language", document.documentElement.lang);
		x.upload.addEventListener("progress", (e) => e.lengthComputable && tell(e.loaded / e.total));
		x.addEventListener("load", () => (x.status < 300 ? done(x.response) : failed(refusal(x.response))));
		x.addEventListener("error", () => failed(new Error("")));
		x.send(body);
	});
}

// shots makes the list of files live. It returns what there is, and a way to bring back
// what there was.
export function shots(form, say) {
	const list = form.querySelector(".shots");
	const blank = document.getElementById("shot");
	const pick = form.querySelector("#files");
	const told = form.querySelector("#described");
	const most = Number(form.dataset.files);
	const point = document.createElement("p");
	point.className = "hint";
	list.after(point);

	const changed = () => {
		const all = [...list.children].filter((li) => li.dataset.id);
		const lack = all.filter((li) => !li.querySelector("textarea").value.trim());
		for (const li of all) {
			const lacks = lack.includes(li);
			li.querySelector("textarea").classList.toggle("lacks", lacks);
			li.querySelector(".tell").textContent = lacks ? say("lackAlt") : "";
		}
		told.hidden = all.length === 0;
		told.classList.toggle("lacks", lack.length > 0);
		told.textContent = lack.length ? say("lack", lack.length, all.length) : say("lackNone");
		point.textContent = list.querySelector(".dot") ? say("focusHint") : "";
		form.dispatchEvent(new Event("changed"));
	};

	const wrong = (text) => {
		let p = form.querySelector("#media > .wrong");
		if (!p) {
			p = document.createElement("p");
			p.className = "wrong";
			p.id = "wrong-media";
			p.setAttribute("role", "alert");
			list.after(p);
		}
		p.textContent = text;
	};

	const because = (e) => say((e?.code ?? "").replace(/-(.)/g, (_, c) => c.toUpperCase())) ?? (e?.message || say("failed"));

	// live gives an entry of the list its buttons and its point.
	const live = (li) => {
		li.querySelector(".drop").addEventListener("click", (e) => {
			e.preventDefault();
			if (!li.querySelector(`[name=used_${li.dataset.id}]`)) fetch(`${api}v1/media/${li.dataset.id}`, { method: "DELETE" });
			li.remove();
			changed();
			told.textContent = say("removed");
			pick.focus();
		});
		li.querySelector("textarea").addEventListener("input", changed);
		if (li.querySelector(".view img")) focal(li, say);
		if (li.dataset.state) wait(li);
	};

	// fill makes an entry show what the server has.
	const fill = (li, m, alt, focus) => {
		li.dataset.id = m.id;
		for (const e of li.querySelectorAll("[name], [id], [for]")) {
			for (const a of ["name", "id", "for"]) if (e.hasAttribute(a)) e.setAttribute(a, e.getAttribute(a).replace(/([_-])0$/, `$1${m.id}`));
		}
		li.querySelector("[name=media]").value = m.id;
		li.querySelector(`[name=focus_${m.id}]`).value = li.dataset.focus = focus ?? "0.00,0.00";
		if (alt) li.querySelector("textarea").value = alt;
		picture(li, m);
		live(li);
	};

	const picture = (li, m) => {
		const view = li.querySelector(".view");
		view.querySelector(".busy")?.remove();
		const at = m.preview_url ?? (m.type === "image" ? m.url : null);
		if (at) {
			const img = new Image();
			img.src = at;
			img.alt = "";
			view.querySelector(".blank, img")?.replaceWith(img);
		}
		if (!m.url) {
			li.dataset.state = m.state ?? "waiting";
			const busy = document.createElement("span");
			busy.className = "busy";
			busy.textContent = say("processing");
			view.append(busy);
		} else delete li.dataset.state;
	};

	// wait asks for what is still converted.
	const wait = async (li) => {
		while (li.isConnected && li.dataset.state) {
			await new Promise((go) => setTimeout(go, 1500));
			const r = await fetch(`${api}v1/media/${li.dataset.id}`, { headers: { "Accept-Language": document.documentElement.lang } }).catch(() => null);
			const m = await r?.json().catch(() => null);
			if (r && r.status >= 400) {
				li.remove();
				wrong(because(refusal(m)));
				changed();
			} else if (r?.status === 200) {
				picture(li, m);
				if (li.querySelector(".view img")) focal(li, say);
				changed();
			}
		}
	};

	const one = async (file) => {
		if (list.children.length >= most) return wrong(say("tooMany", most));
		if (file.size > Number(file.type.startsWith("image/") ? form.dataset.image : form.dataset.video)) return wrong(`${file.name}: ${say("tooLarge")}`);
		const li = blank.content.firstElementChild.cloneNode(true);
		const bar = document.createElement("progress");
		bar.max = 1;
		bar.setAttribute("aria-label", say("uploading", file.name));
		li.querySelector(".view").append(bar);
		li.dataset.id = "";
		for (const e of li.querySelectorAll("input, textarea")) e.disabled = true;
		list.append(li);
		told.hidden = false;
		told.textContent = say("uploading", file.name);
		try {
			const m = await upload(file, (part) => (bar.value = part));
			bar.remove();
			for (const e of li.querySelectorAll("input, textarea")) e.disabled = false;
			fill(li, m);
			changed();
		} catch (e) {
			li.remove();
			wrong(`${file.name}: ${because(e)}`);
			changed();
		}
	};
	const add = (files) => {
		form.querySelector("#media > .wrong")?.remove();
		return Promise.all([...files].map(one));
	};

	pick.addEventListener("change", () => {
		add(pick.files);
		pick.value = "";
	});
	form.addEventListener("paste", (e) => {
		if (!e.clipboardData?.files.length) return;
		e.preventDefault();
		add(e.clipboardData.files);
	});
	const here = form.querySelector("#media");
	form.addEventListener("dragover", (e) => {
		if (![...e.dataTransfer.types].includes("Files")) return;
		e.preventDefault();
		here.classList.add("dropping");
	});
	form.addEventListener("dragleave", () => here.classList.remove("dropping"));
	form.addEventListener("drop", (e) => {
		here.classList.remove("dropping");
		if (!e.dataTransfer.files.length) return;
		e.preventDefault();
		add(e.dataTransfer.files);
	});
	[...list.children].forEach(live);
	if (list.children.length) changed();

	const all = () =>
		[...list.children].filter((li) => li.dataset.id).map((li) => ({ id: li.dataset.id, alt: li.querySelector("textarea").value, focus: li.dataset.focus }));
	// bring shows again what was uploaded before, if it is still there.
	const bring = async (kept) => {
		for (const { id, alt, focus } of kept) {
			const was = list.querySelector(`[data-id="${id}"]`);
			if (was) {
				was.querySelector("textarea").value = alt;
				continue;
			}
			const r = await fetch(`${api}v1/media/${id}`).catch(() => null);
			if (!r?.ok) continue;
			const li = blank.content.firstElementChild.cloneNode(true);
			list.append(li);
			fill(li, await r.json(), alt, focus);
		}
		if (kept.length) changed();
	};
	return { all, bring };
}

// focal lets one choose, by pointer or arrow keys, the point that stays in view.
function focal(li, say) {
	const view = li.querySelector(".view");
	if (view.querySelector(".dot")) return;
	const field = li.querySelector(`[name=focus_${li.dataset.id}]`);
	const dot = document.createElement("button");
	dot.type = "button";
	dot.className = "dot";
	let [x, y] = (field.value || "0,0").split(",").map(Number);
	const put = (a, b) => {
		x = Math.min(1, Math.max(-1, a));
		y = Math.min(1, Math.max(-1, b));
		field.value = li.dataset.focus = `${x.toFixed(2)},${y.toFixed(2)}`;
		const [left, top] = [(x + 1) * 50, (1 - y) * 50].map(Math.round);
		dot.style.left = `${left}%`;
		dot.style.top = `${top}%`;
		dot.setAttribute("aria-label", say("focus", left, top));
	};
	const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
	dot.addEventListener("keydown", (e) => {
		if (!by[e.key]) return;
		e.preventDefault();
		put(x + by[e.key][0], y + by[e.key][1]);
		li.dispatchEvent(new Event("input", { bubbles: true }));
	});
	view.addEventListener("click", (e) => {
		if (e.target === dot) return;
		const box = view.getBoundingClientRect();
		put(((e.clientX - box.left) / box.width) * 2 - 1, 1 - ((e.clientY - box.top) / box.height) * 2);
		li.dispatchEvent(new Event("input", { bubbles: true }));
	});
	view.classList.add("pointable");
	view.append(dot);
	put(x, y);
}
